"""Process instances for machines: start, look, cancel, suspend, resume, variables, history."""

from dataclasses import asdict
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy import select

from api import etags, pages
from api.commands import command, reading
from api.gate import principal, rule
from engine import history, instances, repairs
from engine.models import ProcessInstance
from processes import instance_access, scenario_export

blueprint = Blueprint("instances", __name__, url_prefix="/api/v1/instances", description="Phiên chạy")


class StartBody(Schema):
    """What to start."""

    process = fields.String(required=True)
    variables = fields.Dict(keys=fields.String(), load_default=dict)
    business_key = fields.String(load_default=None, allow_none=True)
    version = fields.Integer(load_default=None, allow_none=True)


class WaitingSchema(Schema):
    """Where an instance waits."""

    element = fields.String()
    token = fields.String()
    kind = fields.String()
    name = fields.String()
    due_at = fields.AwareDateTime(allow_none=True)


class InstanceSchema(Schema):
    """An instance as the API shows it."""

    id = fields.String()
    process = fields.String()
    version = fields.Integer()
    business_key = fields.String(allow_none=True)
    state = fields.String()
    variables = fields.Dict()
    waiting = fields.List(fields.Nested(WaitingSchema))
    parent = fields.String(allow_none=True)
    root = fields.String()
    #: instance it was forked from
    origin = fields.String(allow_none=True)
    #: grows with every change; the ETag
    revision = fields.Integer()
    started_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)


class ReasonBody(Schema):
    """Why."""

    reason = fields.String(required=True, validate=validate.Length(1, 2000))


class VariablesBody(ReasonBody):
    """Variables to set, and why."""

    variables = fields.Dict(keys=fields.String(), required=True)
    #: token whose local variables are meant; those of the process without it
    token = fields.String(load_default=None, allow_none=True)


class HistoryQuery(Schema):
    """Which part of the history."""

    after = fields.Integer(load_default=0)
    limit = fields.Integer(load_default=1000, validate=validate.Range(1, 5000))


class HistoryEventSchema(Schema):
    """One line of history."""

    seq = fields.Integer()
    type = fields.String()
    element = fields.String()
    element_type = fields.String()
    name = fields.String()
    scope = fields.String()
    at = fields.AwareDateTime()
    actor = fields.String(attribute="actor_name")
    data = fields.Dict()
    hash = fields.String()


class HistorySchema(Schema):
    """The history of an instance."""

    items = fields.List(fields.Nested(HistoryEventSchema))
    #: sequence number of the first line that was tampered with, null when the chain holds
    broken_at = fields.Integer(allow_none=True)


class InstanceLineSchema(Schema):
    """An instance in a list."""

    id = fields.String()
    process = fields.String(attribute="key")
    version = fields.Integer(attribute="definition_version")
    business_key = fields.String(allow_none=True)
    state = fields.String()
    parent = fields.String(attribute="parent_instance_id", allow_none=True)
    started_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)


class InstancesQuery(pages.PageQuery):
    """Which instances."""

    process = fields.String(load_default=None)
    business_key = fields.String(load_default=None)
    state = fields.String(load_default=None)


@blueprint.get("")
@rule("instances.read")
@blueprint.doc(summary="Danh sách phiên chạy, mới nhất trước")
@blueprint.arguments(InstancesQuery, location="query")
@blueprint.response(200, pages.listed(InstanceLineSchema))
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """List the instances the caller may see, the newest first."""
    table = ProcessInstance
    statement = select(table).where(instance_access.within(principal()))
    for name, column in (
        ("process", table.key),
        ("business_key", table.business_key),
        ("state", table.state),
    ):
        if query[name]:
            statement = statement.where(column == query[name])
    with reading() as session:
        return pages.newest(session, statement, table.id, query)


@blueprint.post("")
@rule("instances.start")
@blueprint.doc(summary="Khởi tạo một phiên chạy")
@blueprint.arguments(StartBody)
@blueprint.response(201, InstanceSchema)
def start(body: dict[str, Any]) -> dict[str, Any]:
    """Start an instance; the answer shows where it waits."""
    with command() as work:
        instance_access.require_subject(work.session, principal(), body["business_key"])
        instance_id = instances.start(
            work,
            body["process"],
            body["variables"],
            business_key=body["business_key"],
            version=body["version"],
        )
    return _show(instance_id)


@blueprint.get("/<instance_id>")
@rule("instances.read")
@blueprint.doc(summary="Trạng thái, biến, nơi đang chờ của một phiên chạy; ETag là lần thay đổi gần nhất")
@blueprint.response(200, InstanceSchema)
def one(instance_id: str) -> Any:
    """Look at an instance: state, variables, waiting elements; its revision is the ETag."""
    shown = _show(instance_id)
    return shown, 200, etags.headers(shown["revision"])


@blueprint.get("/<instance_id>/history")
@rule("history.read")
@blueprint.doc(summary="Lịch sử của một phiên chạy và chuỗi kiểm chứng")
@blueprint.arguments(HistoryQuery, location="query")
@blueprint.response(200, HistorySchema)
def history_of(query: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Read the history of an instance and whether its hash chain holds."""
    with reading() as session:
        instance_access.visible(session, principal(), instance_id)
        return {
            "items": history.of_instance(session, instance_id, after=query["after"], limit=query["limit"]),
            "broken_at": history.verify(session, instance_id),
        }


@blueprint.get("/<instance_id>/scenario")
@rule("history.read")
@blueprint.doc(
    summary="Phiên chạy dưới dạng kịch bản thử (YAML), chạy lại được bằng tiendo test",
    responses={"200": {"description": "Tệp kịch bản", "content": {"application/yaml": {}}}},
)
def scenario_of(instance_id: str) -> Response:
    """Export an instance as a scenario that takes the same way."""
    with reading() as session:
        instance_access.visible(session, principal(), instance_id)
        content = scenario_export.as_yaml(session, instance_id)
    return Response(content, mimetype="application/yaml")


@blueprint.post("/<instance_id>/cancel")
@rule("instances.repair")
@blueprint.doc(summary="Hủy một phiên chạy cùng các phiên con")
@blueprint.arguments(ReasonBody)
@blueprint.response(200, InstanceSchema)
def cancel(body: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Cancel an instance with its children."""
    with command() as work:
        instances.cancel(work, instance_id, reason=body["reason"])
    return _show(instance_id)


@blueprint.post("/<instance_id>/suspend")
@rule("instances.repair")
@blueprint.doc(summary="Tạm dừng một phiên chạy")
@blueprint.arguments(ReasonBody)
@blueprint.response(200, InstanceSchema)
def suspend(body: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Suspend an instance."""
    with command() as work:
        instances.suspend(work, instance_id, reason=body["reason"])
    return _show(instance_id)


@blueprint.post("/<instance_id>/resume")
@rule("instances.repair")
@blueprint.doc(summary="Cho phiên chạy tiếp tục")
@blueprint.arguments(ReasonBody)
@blueprint.response(200, InstanceSchema)
def resume(body: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Let a suspended instance go on."""
    with command() as work:
        instances.resume(work, instance_id, reason=body["reason"])
    return _show(instance_id)


@blueprint.post("/<instance_id>/variables")
@rule("instances.repair")
@blueprint.doc(summary="Sửa biến của một phiên chạy")
@blueprint.arguments(VariablesBody)
@blueprint.response(200, InstanceSchema)
def set_variables(body: dict[str, Any], instance_id: str) -> dict[str, Any]:
    """Repair variables; before and after are kept."""
    with command() as work:
        repairs.set_variables(
            work,
            instance_id,
            body["variables"],
            reason=body["reason"],
            token=body["token"],
            revision=etags.expected(),
        )
    return _show(instance_id)


def _show(instance_id: str) -> dict[str, Any]:
    with reading() as session:
        found = instance_access.visible(session, principal(), instance_id)
        return {
            "id": found.id,
            "process": found.key,
            "version": found.definition_version,
            "business_key": found.business_key,
            "state": found.state,
            "variables": instances.variables(found),
            "waiting": [asdict(element) for element in instances.waiting(session, instance_id)],
            "parent": found.parent_instance_id,
            "root": found.root_instance_id,
            "origin": found.origin_instance_id,
            "revision": found.revision,
            "started_at": found.started_at,
            "ended_at": found.ended_at,
        }
