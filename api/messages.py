"""Messages and signals for machines."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from api.commands import command
from api.gate import rule
from engine import instances, messages

blueprint = Blueprint("messages", __name__, url_prefix="/api/v1", description="Thông điệp và tín hiệu")


class MessageBody(Schema):
    """A message for exactly one waiting instance."""

    name = fields.String(required=True, validate=validate.Length(1, 200))
    correlation_key = fields.String(load_default="")
    variables = fields.Dict(keys=fields.String(), load_default=dict)


class MessageSchema(Schema):
    """A message that was taken in; it waits for its taker until it expires."""

    id = fields.String()


class SignalBody(Schema):
    """A signal for everybody who waits for it."""

    name = fields.String(required=True, validate=validate.Length(1, 200))
    variables = fields.Dict(keys=fields.String(), load_default=dict)


class SignalSchema(Schema):
    """How many were told."""

    told = fields.Integer()


@blueprint.post("/messages")
@rule("messages.send")
@blueprint.doc(summary="Gửi một thông điệp tới đúng một phiên chạy đang chờ")
@blueprint.arguments(MessageBody)
@blueprint.response(202, MessageSchema)
def send(body: dict[str, Any]) -> dict[str, Any]:
    """Send a message by name and correlation key."""
    instances.check_variables(body["variables"])
    with command() as work:
        message_id = messages.send(work, body["name"], body["correlation_key"], body["variables"])
    return {"id": message_id}


@blueprint.post("/signals")
@rule("messages.send")
@blueprint.doc(summary="Phát một tín hiệu tới mọi phiên chạy đang chờ")
@blueprint.arguments(SignalBody)
@blueprint.response(202, SignalSchema)
def broadcast(body: dict[str, Any]) -> dict[str, Any]:
    """Broadcast a signal to every waiting instance."""
    instances.check_variables(body["variables"])
    with command() as work:
        told = messages.broadcast(work, body["name"], body["variables"])
    return {"told": told}
