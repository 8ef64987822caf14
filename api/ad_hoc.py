"""Ad-hoc sub-processes for machines: what can be chosen, starting it, ending the whole."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from api.commands import command, reading
from api.gate import principal, rule
from engine import ad_hoc
from processes import instance_access

blueprint = Blueprint(
    "ad_hoc", __name__, url_prefix="/api/v1/instances", description="Tiểu quy trình tùy biến"
)


class AdHocActivitySchema(Schema):
    """An activity that can be started."""

    token = fields.String()
    ad_hoc = fields.String()
    activity = fields.String()
    name = fields.String()
    #: how often it was done
    times = fields.Integer()
    is_available = fields.Boolean()


class AdHocActivitiesSchema(Schema):
    """What can be chosen in an instance."""

    items = fields.List(fields.Nested(AdHocActivitySchema))


class AdHocActivateBody(Schema):
    """Which activity; the token tells several open sub-processes with it apart."""

    activity = fields.String(required=True)
    token = fields.String(load_default=None, allow_none=True)


class AdHocEndBody(Schema):
    """Why the sub-process ends."""

    reason = fields.String(required=True, validate=validate.Length(1, 2000))


@blueprint.get("/<instance_id>/choices")
@rule("instances.read")
@blueprint.doc(summary="Các bước chọn được trong tiểu quy trình tùy biến đang mở")
@blueprint.response(200, AdHocActivitiesSchema)
def choices(instance_id: str) -> dict[str, Any]:
    """List the activities that can be started."""
    return _choices(instance_id)


@blueprint.post("/<instance_id>/choices")
@rule("instances.start")
@blueprint.doc(summary="Bắt đầu một bước của tiểu quy trình tùy biến")
@blueprint.arguments(AdHocActivateBody)
@blueprint.response(200, AdHocActivitiesSchema)
def activate(body: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Start an activity; the answer shows what can be chosen next."""
    with command() as work:
        instance_access.visible(work.session, principal(), instance_id)
        ad_hoc.activate(work, instance_id, body["activity"], token=body["token"])
    return _choices(instance_id)


@blueprint.post("/<instance_id>/choices/<token>/end")
@rule("instances.repair")
@blueprint.doc(summary="Kết thúc một tiểu quy trình tùy biến")
@blueprint.arguments(AdHocEndBody)
@blueprint.response(200, AdHocActivitiesSchema)
def end(body: dict[str, Any], instance_id: str, token: str) -> dict[str, Any]:
    """End an ad-hoc sub-process; what still runs in it is cancelled."""
    with command() as work:
        ad_hoc.end(work, instance_id, token, reason=body["reason"])
    return _choices(instance_id)


def _choices(instance_id: str) -> dict[str, Any]:
    with reading() as session:
        instance_access.visible(session, principal(), instance_id)
        return {"items": ad_hoc.choices(session, instance_id)}
