"""Plans for machines: the table of tasks, edited row by row while it is a draft, with findings."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy import select

from api import etags, pages
from api.commands import command, reading
from api.errors import language
from api.gate import principal, rule, runtime
from directives import deadlines, plan_checks, plans
from directives.plan_tables import Plan
from foundation.errors import NotFound
from foundation.texts import _
from foundation.working_time import local_date
from processes import planning, visibility

blueprint = Blueprint("plans", __name__, url_prefix="/api/v1/plans", description="Kế hoạch triển khai")


class PartySchema(Schema):
    """A lead or coordinator: an organisation, or a name nobody settled yet."""

    name = fields.String(load_default="")
    organisation = fields.String(attribute="organisation_id", load_default=None, allow_none=True)
    accountable = fields.Boolean(attribute="is_accountable", load_default=False)


class TraceSchema(Schema):
    """What an item carries out from above."""

    parent_item = fields.String(attribute="parent_item_id", load_default=None, allow_none=True)
    parent_assignment = fields.String(attribute="parent_assignment_id", load_default=None, allow_none=True)


class ItemBody(Schema):
    """A row of a plan as it is sent."""

    content = fields.String()
    section = fields.String()
    leads = fields.List(fields.Nested(PartySchema))
    coordinators = fields.List(fields.Nested(PartySchema))
    deadline = fields.Dict(metadata={"description": "Như “deadline” của tiendo intake: kind, raw, due …"})
    output = fields.String()
    reports_to = fields.String()
    reports_to_id = fields.String(allow_none=True)
    mode = fields.String()
    task_class = fields.String()
    source_lines = fields.List(fields.Integer(validate=validate.Range(1)))
    is_mandatory = fields.Boolean()
    traces = fields.List(fields.Nested(TraceSchema))


class NewItemBody(ItemBody):
    """A new row."""

    content = fields.String(required=True)
    ordinal = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(1))


class MoveBody(Schema):
    """Where a row goes."""

    ordinal = fields.Integer(required=True, validate=validate.Range(1))


class ItemSchema(ItemBody):
    """A row of a plan as it is read; its version is the ETag of the row."""

    id = fields.String()
    version = fields.Integer()
    ordinal = fields.Integer()


class PlanSchema(Schema):
    """A plan; its version is its ETag."""

    id = fields.String()
    directive = fields.String(attribute="directive_id")
    organisation = fields.String(attribute="organisation_id")
    title = fields.String()
    status = fields.String()
    document = fields.String(attribute="document_id", allow_none=True)
    issued_on = fields.Date(allow_none=True)
    monitor = fields.String(attribute="monitor_id", allow_none=True)
    consolidator = fields.String(attribute="consolidator_id", allow_none=True)
    version = fields.Integer()


class WholePlanSchema(PlanSchema):
    """A plan with its rows."""

    items = fields.List(fields.Nested(ItemSchema))


class PlansQuery(pages.PageQuery):
    """Which plans."""

    directive = fields.String(load_default=None)
    status = fields.String(load_default=None)


class FindingSchema(Schema):
    """What does not fit together in a plan."""

    code = fields.String()
    rule = fields.String()
    severity = fields.String()
    item = fields.String(allow_none=True)
    message = fields.String()


class FindingsSchema(Schema):
    """Findings in the order of the rows."""

    items = fields.List(fields.Nested(FindingSchema))


@blueprint.get("")
@rule("plans.read")
@blueprint.doc(summary="Danh sách kế hoạch, mới nhất trước")
@blueprint.arguments(PlansQuery, location="query")
@blueprint.response(200, pages.listed(PlanSchema))
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """List the plans the caller may see."""
    statement = select(Plan).where(visibility.plans(principal()))
    if query["directive"]:
        statement = statement.where(Plan.directive_id == query["directive"])
    if query["status"]:
        statement = statement.where(Plan.status == query["status"])
    with reading() as session:
        return pages.newest(session, statement, Plan.id, query)


@blueprint.get("/<plan_id>")
@rule("plans.read")
@blueprint.doc(summary="Một kế hoạch với mọi dòng; ETag là phiên bản của kế hoạch")
@blueprint.response(200, WholePlanSchema)
def one(plan_id: str) -> Any:
    """Look at one plan with its rows."""
    with reading() as session:
        found = visibility.plan(session, principal(), plan_id)
        shown = {name: getattr(found, name) for name in _COLUMNS}
        shown["items"] = [_row(view) for view in plans.items(session, plan_id)]
    return shown, 200, etags.headers(found.version)


@blueprint.get("/<plan_id>/findings")
@rule("plans.read")
@blueprint.doc(summary="Những điểm chưa khớp trong kế hoạch")
@blueprint.response(200, FindingsSchema)
def findings_of(plan_id: str) -> dict[str, Any]:
    """List what does not fit together."""
    with reading() as session:
        visibility.plan(session, principal(), plan_id)
        today = local_date(runtime().clock.now())
        found = plan_checks.check(session, plan_id, today)
    lang = language()
    return {
        "items": [
            {
                "code": one.code,
                "rule": one.rule,
                "severity": one.severity.value,
                "item": one.item_id,
                "message": one.text.render(lang),
            }
            for one in found
        ]
    }


@blueprint.post("/<plan_id>/items")
@rule("plans.draft")
@blueprint.doc(summary="Thêm một dòng vào dự thảo")
@blueprint.arguments(NewItemBody)
@blueprint.response(201, ItemSchema)
def add_item(body: dict[str, Any], plan_id: str) -> Any:
    """Add a row to a draft."""
    ordinal = body.pop("ordinal")
    with command() as work:
        visibility.plan(work.session, principal(), plan_id)
        draft = plans.ItemDraft(**_changes(body))
        item = planning.add_item(work, principal(), plan_id, draft, ordinal=ordinal)
        view = plans.view(work.session, item.id)
    return _row(view), 201, etags.headers(view.version)


@blueprint.get("/<plan_id>/items/<item_id>")
@rule("plans.read")
@blueprint.doc(summary="Một dòng của kế hoạch; ETag là phiên bản của dòng")
@blueprint.response(200, ItemSchema)
def item_of(plan_id: str, item_id: str) -> Any:
    """Look at one row."""
    with reading() as session:
        visibility.plan(session, principal(), plan_id)
        _require_row(session, plan_id, item_id)
        view = plans.view(session, item_id)
    return _row(view), 200, etags.headers(view.version)


@blueprint.patch("/<plan_id>/items/<item_id>")
@rule("plans.draft")
@blueprint.doc(summary="Sửa các cột của một dòng; cần If-Match với ETag của dòng")
@blueprint.arguments(ItemBody)
@blueprint.response(200, ItemSchema)
def edit_item(body: dict[str, Any], plan_id: str, item_id: str) -> Any:
    """Change columns of a row; 412 when somebody was faster."""
    version = etags.required()
    with command() as work:
        visibility.plan(work.session, principal(), plan_id)
        _require_row(work.session, plan_id, item_id)
        planning.edit_item(work, principal(), item_id, version, _changes(body))
        view = plans.view(work.session, item_id)
    return _row(view), 200, etags.headers(view.version)


@blueprint.post("/<plan_id>/items/<item_id>/move")
@rule("plans.draft")
@blueprint.doc(summary="Chuyển một dòng tới vị trí khác; cần If-Match")
@blueprint.arguments(MoveBody)
@blueprint.response(204)
def move_item(body: dict[str, Any], plan_id: str, item_id: str) -> None:
    """Put a row at another place."""
    version = etags.required()
    with command() as work:
        visibility.plan(work.session, principal(), plan_id)
        _require_row(work.session, plan_id, item_id)
        planning.move_item(work, principal(), item_id, version, body["ordinal"])


@blueprint.delete("/<plan_id>/items/<item_id>")
@rule("plans.draft")
@blueprint.doc(summary="Bỏ một dòng khỏi dự thảo; cần If-Match")
@blueprint.response(204)
def remove_item(plan_id: str, item_id: str) -> None:
    """Take a row out of a draft."""
    version = etags.required()
    with command() as work:
        visibility.plan(work.session, principal(), plan_id)
        _require_row(work.session, plan_id, item_id)
        planning.remove_item(work, principal(), item_id, version)


_COLUMNS = tuple(field.attribute or name for name, field in PlanSchema().fields.items())


def _changes(body: dict[str, Any]) -> dict[str, Any]:
    """Make the values of a draft of what was sent; columns not sent are not changed."""
    changes = dict(body)
    for name in ("leads", "coordinators"):
        if name in changes:
            changes[name] = tuple(plans.Party(**party) for party in changes[name])
    if "traces" in changes:
        changes["traces"] = tuple(plans.Trace(**trace) for trace in changes["traces"])
    if "source_lines" in changes:
        changes["source_lines"] = tuple(changes["source_lines"])
    if "deadline" in changes:
        changes["deadline"] = deadlines.from_proposal(changes["deadline"])
    return changes


def _row(view: plans.ItemView) -> dict[str, Any]:
    draft = {name: getattr(view.draft, name) for name in plans.ItemDraft.__dataclass_fields__}
    deadline = view.draft.deadline.to_json()
    return {**draft, "deadline": deadline, "id": view.id, "version": view.version, "ordinal": view.ordinal}


def _require_row(session: Any, plan_id: str, item_id: str) -> None:
    if plans.of_item(session, item_id).id != plan_id:
        raise NotFound(_("Không tìm thấy dòng kế hoạch."), item=item_id)
