"""Incidents for machines: what needs a person, and trying again."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields
from sqlalchemy import select

from api.commands import command, reading
from api.gate import principal, rule
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
@blueprint.doc(summary="Thử lại việc đã hỏng")
@blueprint.response(204)
def retry(incident_id: str) -> None:
    """Try again what failed."""
    with command() as work:
        found = work.session.get(Incident, incident_id)
        if found is not None:
            instance_access.visible(work.session, principal(), found.instance_id)
        incidents.retry(work, incident_id)
