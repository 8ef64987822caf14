"""Incidents for machines: what needs a person, and trying again."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.commands import command, reading
from api.gate import principal, rule
from api.instances import ReasonBody
from engine import incidents
from engine.models import Incident, ProcessInstance
from processes import instance_access

blueprint = Blueprint("incidents", __name__, url_prefix="/api/v1/incidents", description="Sự cố")


class IncidentSchema(Schema):
    """An incident."""

    id = fields.String()
    instance = fields.String(attribute="instance_id")
    kind = fields.String()
    element = fields.String()
    message = fields.String()
    count = fields.Integer()
    created_at = fields.AwareDateTime()
    last_at = fields.AwareDateTime()
    resolved_at = fields.AwareDateTime(allow_none=True)


class IncidentsQuery(Schema):
    """Which incidents."""

    instance = fields.String(load_default=None)
    all = fields.Boolean(load_default=False)


class IncidentsSchema(Schema):
    """A list of incidents."""

    items = fields.List(fields.Nested(IncidentSchema))


class RetryBody(Schema):
    """How often it may fail before it is an incident again, and why it is tried now."""

    tries = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1, 100))
    reason = fields.String(load_default="", validate=validate.Length(max=2000))


@blueprint.get("")
@rule("incidents.read")
@blueprint.doc(summary="Các sự cố chưa xử lý, mới nhất trước")
@blueprint.arguments(IncidentsQuery, location="query")
@blueprint.response(200, IncidentsSchema)
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """List open incidents, newest first."""
    statement = select(Incident).order_by(Incident.created_at.desc()).limit(200)
    if not query["all"]:
        statement = statement.where(Incident.resolved_at.is_(None))
    if query["instance"]:
        statement = statement.where(Incident.instance_id == query["instance"])
    with reading() as session:
        if "incidents.read" not in principal().everywhere:
            seen = select(ProcessInstance.id).where(instance_access.within(principal()))
            statement = statement.where(Incident.instance_id.in_(seen))
        return {"items": list(session.scalars(statement))}


@blueprint.post("/<incident_id>/retry")
@rule("incidents.resolve")
@blueprint.doc(summary="Thử lại việc đã hỏng, với số lần thử mới nếu cần")
@blueprint.arguments(RetryBody, required=False)
@blueprint.response(204)
def retry(body: dict[str, Any], incident_id: str) -> None:
    """Try again what failed."""
    with command() as work:
        _require_visible(work.session, incident_id)
        incidents.retry(work, incident_id, tries=body.get("tries"), reason=body.get("reason", ""))


@blueprint.post("/<incident_id>/close")
@rule("incidents.resolve")
@blueprint.doc(summary="Đóng một sự cố không còn việc gì phải thử lại")
@blueprint.arguments(ReasonBody)
@blueprint.response(204)
def close(body: dict[str, Any], incident_id: str) -> None:
    """Take note that an incident needs nothing more."""
    with command() as work:
        _require_visible(work.session, incident_id)
        incidents.close(work, incident_id, reason=body["reason"])


def _require_visible(session: Session, incident_id: str) -> None:
    found = session.get(Incident, incident_id)
    if found is not None:
        instance_access.visible(session, principal(), found.instance_id)
