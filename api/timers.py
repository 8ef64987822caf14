"""Timers for machines: what fires when, and how far behind the house is."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields
from sqlalchemy import select

from api.commands import reading
from api.gate import principal, rule
from engine.models import ProcessInstance, Timer
from engine.states import WorkState
from processes import instance_access

blueprint = Blueprint("timers", __name__, url_prefix="/api/v1/timers", description="Hẹn giờ")


class TimerSchema(Schema):
    """A timer."""

    id = fields.String()
    instance = fields.String(attribute="instance_id")
    element = fields.String()
    due_at = fields.AwareDateTime()
    state = fields.String()


class TimersQuery(Schema):
    """Which timers."""

    instance = fields.String(load_default=None)


class TimersSchema(Schema):
    """A list of timers."""

    items = fields.List(fields.Nested(TimerSchema))


@blueprint.get("")
@rule("instances.read")
@blueprint.doc(summary="Các hẹn giờ đang chờ, sớm nhất trước")
@blueprint.arguments(TimersQuery, location="query")
@blueprint.response(200, TimersSchema)
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """List pending timers, the next one first."""
    statement = select(Timer).where(Timer.state == WorkState.PENDING.value).order_by(Timer.due_at).limit(200)
    if query["instance"]:
        statement = statement.where(Timer.instance_id == query["instance"])
    with reading() as session:
        if "instances.read" not in principal().everywhere:
            seen = select(ProcessInstance.id).where(instance_access.within(principal()))
            statement = statement.where(Timer.instance_id.in_(seen))
        return {"items": list(session.scalars(statement))}
