"""Directives for machines: receive one, read its tree and chain, its instructions and what was changed."""

from dataclasses import asdict
from datetime import date
from typing import Any

import orjson
from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy import select

from api import pages
from api.commands import command, reading
from api.errors import language
from api.gate import principal, rule, runtime
from directives import access, directives, history, tree
from directives.directives import Directive
from foundation.errors import Invalid
from foundation.texts import _
from foundation.working_time import local_date
from processes import reading as documents_reading
from processes import receiving, visibility

blueprint = Blueprint(
    "directives", __name__, url_prefix="/api/v1", description="Văn bản chỉ đạo và chu trình thực hiện"
)

#: a file, or a proposal, or both
UPLOAD = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["organisation"],
                "properties": {
                    "organisation": {"type": "string", "description": "Mã cơ quan tiếp nhận"},
                    "received_on": {"type": "string", "format": "date"},
                    "file": {"type": "string", "format": "binary"},
                    "proposal": {"type": "string", "description": "JSON như “tiendo intake --json” trả về"},
                },
            }
        },
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["organisation", "proposal"],
                "properties": {
                    "organisation": {"type": "string"},
                    "received_on": {"type": "string", "format": "date"},
                    "proposal": {"type": "object"},
                    "lines": {"type": "array", "items": {"type": "string"}},
                },
            }
        },
    },
}


class DirectiveSchema(Schema):
    """A cycle."""

    id = fields.String()
    document = fields.String(attribute="document_id")
    organisation = fields.String(attribute="organisation_id")
    title = fields.String()
    status = fields.String()
    urgency = fields.Integer()
    parent = fields.String(attribute="parent_id", allow_none=True)
    parent_assignment = fields.String(attribute="parent_assignment_id", allow_none=True)
    root = fields.String(attribute="root_id")
    monitor = fields.String(attribute="monitor_id", allow_none=True)
    consolidator = fields.String(attribute="consolidator_id", allow_none=True)
    received_on = fields.Date()
    internal_due = fields.Date(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)


class DirectivesQuery(pages.PageQuery):
    """Which cycles."""

    status = fields.String(load_default=None)
    organisation = fields.String(load_default=None)


class ReceiveBody(Schema):
    """A directive as JSON."""

    organisation = fields.String(required=True)
    received_on = fields.Date(load_default=None, allow_none=True)
    proposal = fields.Dict(required=True)
    lines = fields.List(fields.String(), load_default=list)


class ReceivedSchema(Schema):
    """What receiving began."""

    directive = fields.String(attribute="directive_id")
    document = fields.String(attribute="document_id")
    instance = fields.String(attribute="instance_id")


class TreeQuery(Schema):
    """How deep."""

    depth = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 50))


class NodeSchema(Schema):
    """A directive or an assignment in its tree."""

    id = fields.String()
    kind = fields.String()
    parent = fields.String(attribute="parent_id", allow_none=True)
    depth = fields.Integer()
    title = fields.String()
    organisation = fields.String(attribute="organisation_id")
    number = fields.String()
    status = fields.String()
    label = fields.String(allow_none=True)
    due = fields.Date(allow_none=True)
    children = fields.Integer()
    figures = fields.Dict()


class TreeSchema(Schema):
    """A tree in reading order."""

    items = fields.List(fields.Nested(NodeSchema))


class LinkSchema(Schema):
    """One document of the chain upwards."""

    directive = fields.String(attribute="directive_id", allow_none=True)
    document = fields.String(attribute="document_id", allow_none=True)
    number = fields.String()
    title = fields.String()
    organisation = fields.String(attribute="organisation_id", allow_none=True)
    issued_on = fields.Date(allow_none=True)
    assignment = fields.String(attribute="assignment_id", allow_none=True)


class ChainSchema(Schema):
    """The chain, the highest first."""

    items = fields.List(fields.Nested(LinkSchema))


class InstructionSchema(Schema):
    """A bút phê."""

    decision = fields.String()
    text = fields.String()
    lead_unit = fields.String(attribute="lead_unit_id", allow_none=True)
    internal_due = fields.Date(allow_none=True)
    urgency = fields.Integer()
    by_name = fields.String()
    at = fields.AwareDateTime()


class InstructionsSchema(Schema):
    """Instructions, the oldest first."""

    items = fields.List(fields.Nested(InstructionSchema))


class ChangeSchema(Schema):
    """One act in the history of a thing."""

    act = fields.String()
    before = fields.Dict(allow_none=True)
    after = fields.Dict(allow_none=True)
    reason = fields.String()
    actor = fields.String(attribute="actor_name")
    on_behalf_of = fields.String(allow_none=True)
    at = fields.AwareDateTime()


class ChangesSchema(Schema):
    """What was changed, the oldest first."""

    items = fields.List(fields.Nested(ChangeSchema))


class ProposalSchema(Schema):
    """What intake read: the contract of `tiendo intake --json`."""

    document = fields.Dict()
    items = fields.List(fields.Dict())
    quirks = fields.List(fields.Dict())


@blueprint.post("/intake")
@rule("directives.register")
@blueprint.doc(summary="Bóc tách một tệp văn bản, không lưu gì", requestBody=UPLOAD)
@blueprint.response(200, ProposalSchema)
def propose() -> dict[str, Any]:
    """Read a file and propose header and items; nothing is stored."""
    upload = _file(is_required=True)
    if upload is None:
        raise Invalid
    name, content, _kind = upload
    with reading() as session:
        today = local_date(runtime().clock.now())
        return documents_reading.read(session, content, name, today).as_json()


@blueprint.get("/directives")
@rule("directives.read")
@blueprint.doc(summary="Danh sách chu trình thực hiện, mới nhất trước")
@blueprint.arguments(DirectivesQuery, location="query")
@blueprint.response(200, pages.listed(DirectiveSchema))
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """List the cycles the caller may see."""
    statement = select(Directive).where(visibility.directives(principal()))
    if query["status"]:
        statement = statement.where(Directive.status == query["status"])
    if query["organisation"]:
        statement = statement.where(Directive.organisation_id == query["organisation"])
    with reading() as session:
        return pages.newest(session, statement, Directive.id, query)


@blueprint.post("/directives")
@rule("directives.register")
@blueprint.doc(summary="Tiếp nhận văn bản chỉ đạo: tệp, hoặc dữ liệu đã xác nhận", requestBody=UPLOAD)
@blueprint.response(201, ReceivedSchema)
def receive() -> Any:
    """Receive a directive and start its cycle."""
    body = _json_body() if request.is_json else _form_body()
    file = None if request.is_json else _file(is_required=body["proposal"] is None)
    who = principal()
    with command() as work:
        if file is not None and body["proposal"] is None:
            # read with what the installation knows: its directory and calendar
            read = documents_reading.read(work.session, file[1], file[0], local_date(work.now))
            body["proposal"], body["lines"] = read.as_json(), list(read.lines)
        elif file is not None and not body["lines"]:
            body["lines"] = _lines_of(file)
        return receiving.receive(
            work,
            who,
            body["organisation"],
            proposal=body["proposal"],
            lines=body["lines"],
            file=file,
            received_on=body["received_on"],
        )


@blueprint.get("/directives/<directive_id>")
@rule("directives.read")
@blueprint.doc(summary="Một chu trình thực hiện")
@blueprint.response(200, DirectiveSchema)
def one(directive_id: str) -> Directive:
    """Look at one cycle."""
    with reading() as session:
        return visibility.directive(session, principal(), directive_id)


@blueprint.get("/directives/<directive_id>/tree")
@rule("directives.read")
@blueprint.doc(summary="Cây văn bản chỉ đạo và nhiệm vụ bên dưới, số liệu cộng dồn")
@blueprint.arguments(TreeQuery, location="query")
@blueprint.response(200, TreeSchema)
def tree_of(query: dict[str, Any], directive_id: str) -> dict[str, Any]:
    """Read everything beneath a directive, in reading order."""
    with reading() as session:
        visibility.directive(session, principal(), directive_id)
        today = local_date(runtime().clock.now())
        nodes = tree.tree(session, directive_id, today, depth=query["depth"])
    lang = language()
    return {
        "items": [
            {
                **{name: getattr(node, name) for name in _NODE},
                "label": node.label.text.render(lang) if node.label else None,
                "figures": node.figures.to_json(),
            }
            for node in nodes
        ]
    }


_NODE = (
    *("id", "kind", "parent_id", "depth", "title", "organisation_id"),
    *("number", "status", "due", "children"),
)


@blueprint.get("/directives/<directive_id>/chain")
@rule("directives.read")
@blueprint.doc(summary="Chuỗi văn bản từ cấp cao nhất xuống tới văn bản này")
@blueprint.response(200, ChainSchema)
def chain_of(directive_id: str) -> dict[str, Any]:
    """Read the chain upwards."""
    with reading() as session:
        visibility.directive(session, principal(), directive_id)
        return {"items": [asdict(link) for link in tree.chain(session, directive_id)]}


@blueprint.get("/directives/<directive_id>/instructions")
@rule("directives.read")
@blueprint.doc(summary="Các bút phê của một chu trình, cũ nhất trước")
@blueprint.response(200, InstructionsSchema)
def instructions_of(directive_id: str) -> dict[str, Any]:
    """List what was instructed."""
    with reading() as session:
        visibility.directive(session, principal(), directive_id)
        return {"items": directives.instructions(session, directive_id)}


@blueprint.get("/directives/<directive_id>/history")
@rule("history.read")
@blueprint.doc(summary="Những thay đổi của một chu trình: ai, khi nào, vì sao")
@blueprint.response(200, ChangesSchema)
def history_of(directive_id: str) -> dict[str, Any]:
    """List what was changed."""
    with reading() as session:
        visibility.directive(session, principal(), directive_id)
        return {"items": history.of(session, "directive", directive_id)}


class CloseBody(Schema):
    """Why a cycle ends although tasks are open."""

    reason = fields.String(load_default="")
    forced = fields.Boolean(load_default=False)


@blueprint.post("/directives/<directive_id>/close")
@rule("directives.close")
@blueprint.doc(summary="Kết thúc chu trình; còn nhiệm vụ dở dang thì phải nêu lý do")
@blueprint.arguments(CloseBody)
@blueprint.response(200, DirectiveSchema)
def close(body: dict[str, Any], directive_id: str) -> Directive:
    """End a cycle."""
    with command() as work:
        found = visibility.directive(work.session, principal(), directive_id)
        access.require(principal(), "directives.close", found.organisation_id)
        return directives.close(work, directive_id, reason=body["reason"], is_forced=body["forced"])


def _file(*, is_required: bool) -> tuple[str, bytes, str] | None:
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        return upload.filename, upload.read(), upload.mimetype or "application/octet-stream"
    if not is_required:
        return None
    text = _("Cần gửi tệp văn bản ở mục “file” (multipart/form-data), hoặc “proposal” đã xác nhận.")
    raise Invalid(text, fields={"file": text})


def _form_body() -> dict[str, Any]:
    organisation = request.form.get("organisation", "")
    if not organisation:
        raise Invalid(fields={"organisation": _("Cần mã của cơ quan tiếp nhận.")})
    return {
        "organisation": organisation,
        "received_on": _day(request.form.get("received_on", "")),
        "proposal": _proposal(request.form.get("proposal", "")),
        "lines": [],
    }


def _json_body() -> dict[str, Any]:
    from webargs.flaskparser import parser

    found: dict[str, Any] = parser.parse(ReceiveBody(), request, location="json")
    return found


def _proposal(text: str) -> dict[str, Any] | None:
    if not text:
        return None
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Invalid(
            fields={"proposal": _("Không phải JSON hợp lệ: {reason}.", reason=str(error))}
        ) from None
    if not isinstance(found, dict):
        raise Invalid(fields={"proposal": _("Cần một đối tượng JSON như “tiendo intake --json” trả về.")})
    return found


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            fields={"received_on": _("Ngày phải có dạng 2024-02-05, nhận được “{found}”.", found=text)}
        ) from None


def _lines_of(file: tuple[str, bytes, str]) -> list[str]:
    from directives import intake

    return list(intake.read(file[1], filename=file[0]).lines)
