"""Assignments for machines: look, progress, extension, difficulty, and what the authority may do.

Accepting, submitting, confirming and deciding are steps of the process: they are done by completing the
user task (`/api/v1/user-tasks`), which `steps` of an assignment names.
"""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy import select

from api import etags, pages
from api.commands import command, reading
from api.directives import ChangesSchema
from api.errors import language
from api.gate import principal, rule, runtime
from directives import assignments, difficulties, extensions, history, results
from directives.assignment_tables import Assignment
from directives.deadlines import due_soon_horizon
from directives.policies import current as current_policy
from engine.models import UserTask
from engine.states import WorkState
from foundation import calendars
from foundation.working_time import local_date
from processes import performing, visibility, work_list

blueprint = Blueprint("assignments", __name__, url_prefix="/api/v1/assignments", description="Nhiệm vụ")

_REASON = validate.Length(1, 4000)


class AssignmentSchema(Schema):
    """An assignment; its version is its ETag."""

    id = fields.String()
    directive = fields.String(attribute="directive_id")
    plan = fields.String(attribute="plan_id", allow_none=True)
    item = fields.String(attribute="item_id", allow_none=True)
    parent = fields.String(attribute="parent_id", allow_none=True)
    organisation = fields.String(attribute="organisation_id")
    lead = fields.String(attribute="lead_id")
    officer = fields.String(attribute="officer_id", allow_none=True)
    monitor = fields.String(attribute="monitor_id", allow_none=True)
    mode = fields.String()
    section = fields.String()
    content = fields.String()
    output = fields.String()
    urgency = fields.Integer()
    state = fields.String()
    original_due = fields.Date(allow_none=True)
    current_due = fields.Date(allow_none=True)
    effective_due = fields.Date(allow_none=True)
    due_holder = fields.String(attribute="due_holder_id")
    extensions = fields.Integer(attribute="extension_count")
    returns = fields.Integer(attribute="return_count")
    redos = fields.Integer(attribute="redo_count")
    urgings = fields.Integer(attribute="urge_count")
    progress = fields.Integer()
    assigned_on = fields.Date()
    result_on = fields.Date(allow_none=True)
    accepted_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()


class StepSchema(Schema):
    """An open step of the process of an assignment."""

    user_task = fields.String(attribute="id")
    element = fields.String()
    name = fields.String()
    form_key = fields.String(allow_none=True)
    due_at = fields.AwareDateTime(allow_none=True)
    revision = fields.Integer()


class WholeAssignmentSchema(AssignmentSchema):
    """An assignment with its deadline as written, timeliness, coordinators and open steps."""

    deadline = fields.Dict()
    timeliness = fields.String()
    label = fields.String()
    coordinators = fields.List(fields.Dict())
    steps = fields.List(fields.Nested(StepSchema))


class AssignmentsQuery(pages.PageQuery):
    """Which assignments."""

    directive = fields.String(load_default=None)
    lead = fields.String(load_default=None)
    state = fields.String(load_default=None)
    due_before = fields.Date(load_default=None)


class ProgressBody(Schema):
    """How far it is."""

    progress = fields.Integer(required=True, validate=validate.Range(0, 100))
    text = fields.String(load_default="")


class ExtensionBody(Schema):
    """What is asked for."""

    wanted_due = fields.Date(required=True)
    reason = fields.String(required=True, validate=_REASON)
    document = fields.String(load_default=None, allow_none=True)


class ExtensionSchema(Schema):
    """A request for a later day."""

    id = fields.String()
    assignment = fields.String(attribute="assignment_id")
    ordinal = fields.Integer(allow_none=True)
    status = fields.String()
    holder = fields.String(attribute="holder_id")
    old_due = fields.Date()
    wanted_due = fields.Date()
    countered_due = fields.Date(allow_none=True)
    new_due = fields.Date(allow_none=True)
    reason = fields.String()
    answer = fields.String()
    is_late = fields.Boolean()
    asked_by = fields.String(attribute="asked_by_name")
    asked_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)


class ExtensionsSchema(Schema):
    """Requests, the oldest first."""

    items = fields.List(fields.Nested(ExtensionSchema))


class DifficultyBody(Schema):
    """What blocks."""

    text = fields.String(required=True, validate=_REASON)
    proposal = fields.String(load_default="")


class DifficultySchema(Schema):
    """A difficulty."""

    id = fields.String()
    assignment = fields.String(attribute="assignment_id")
    organisation = fields.String(attribute="organisation_id")
    text = fields.String()
    proposal = fields.String()
    desk = fields.String(attribute="desk_id")
    status = fields.String()
    remedy = fields.String(allow_none=True)
    answer = fields.String()
    raised_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)


class DifficultiesSchema(Schema):
    """Difficulties, the oldest first."""

    items = fields.List(fields.Nested(DifficultySchema))


class ResultSchema(Schema):
    """A result that was sent."""

    id = fields.String()
    attempt = fields.Integer()
    result_on = fields.Date()
    statement = fields.String()
    document = fields.String(attribute="document_id", allow_none=True)
    document_number = fields.String()
    verdict = fields.String()
    verdict_reason = fields.String()
    sent_at = fields.AwareDateTime()


class ProgressNoteSchema(Schema):
    """What was reported on the way."""

    progress = fields.Integer()
    text = fields.String()
    by = fields.String(attribute="by_name")
    at = fields.AwareDateTime()


class CourseSchema(Schema):
    """Progress notes and results, the latest first."""

    progress = fields.List(fields.Nested(ProgressNoteSchema))
    results = fields.List(fields.Nested(ResultSchema))


class InputBody(Schema):
    """What a coordinating unit gives."""

    organisation = fields.String(required=True)
    text = fields.String(required=True, validate=_REASON)
    document = fields.String(load_default=None, allow_none=True)


class ReasonBody(Schema):
    """Why."""

    reason = fields.String(required=True, validate=_REASON)


class ReassignBody(ReasonBody):
    """To whom, and why."""

    lead = fields.String(required=True)


class SuspendBody(ReasonBody):
    """Why, and until when if known."""

    resume_on = fields.Date(load_default=None, allow_none=True)


class ResumeBody(ReasonBody):
    """Why, and a new day if set."""

    due = fields.Date(load_default=None, allow_none=True)


class RedateBody(ReasonBody):
    """Another day, and why."""

    due = fields.Date(required=True)


class UrgeBody(Schema):
    """Words of the reminder."""

    text = fields.String(load_default="")


@blueprint.get("")
@rule("assignments.read")
@blueprint.doc(summary="Danh sách nhiệm vụ, mới giao trước")
@blueprint.arguments(AssignmentsQuery, location="query")
@blueprint.response(200, pages.listed(AssignmentSchema))
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """List the assignments the caller may see."""
    statement = select(Assignment).where(visibility.assignments(principal()))
    columns = (
        ("directive", Assignment.directive_id),
        ("lead", Assignment.lead_id),
        ("state", Assignment.state),
    )
    for name, column in columns:
        if query[name]:
            statement = statement.where(column == query[name])
    if query["due_before"]:
        statement = statement.where(Assignment.effective_due < query["due_before"])
    with reading() as session:
        return pages.newest(session, statement, Assignment.id, query)


@blueprint.get("/<assignment_id>")
@rule("assignments.read")
@blueprint.doc(summary="Một nhiệm vụ: thời hạn, đánh giá, phối hợp, bước đang mở")
@blueprint.response(200, WholeAssignmentSchema)
def one(assignment_id: str) -> Any:
    """Look at one assignment."""
    with reading() as session:
        found = visibility.assignment(session, principal(), assignment_id)
        shown = _whole(session, found)
    return shown, 200, etags.headers(found.version)


@blueprint.get("/<assignment_id>/course")
@rule("assignments.read")
@blueprint.doc(summary="Tiến độ đã báo và kết quả đã gửi")
@blueprint.response(200, CourseSchema)
def course_of(assignment_id: str) -> dict[str, Any]:
    """Read what was reported and sent."""
    with reading() as session:
        visibility.assignment(session, principal(), assignment_id)
        return {
            "progress": assignments.progress_notes(session, assignment_id),
            "results": results.of_assignment(session, assignment_id),
        }


@blueprint.get("/<assignment_id>/history")
@rule("history.read")
@blueprint.doc(summary="Những thay đổi của một nhiệm vụ")
@blueprint.response(200, ChangesSchema)
def history_of(assignment_id: str) -> dict[str, Any]:
    """List what was changed."""
    with reading() as session:
        visibility.assignment(session, principal(), assignment_id)
        return {"items": history.of(session, "assignment", assignment_id)}


@blueprint.post("/<assignment_id>/progress")
@rule("assignments.perform")
@blueprint.doc(summary="Báo tiến độ")
@blueprint.arguments(ProgressBody)
@blueprint.response(200, WholeAssignmentSchema)
def report_progress(body: dict[str, Any], assignment_id: str) -> dict[str, Any]:
    """Say how far it is."""
    with command() as work:
        visibility.assignment(work.session, principal(), assignment_id)
        return _whole(
            work.session,
            performing.report_progress(work, principal(), assignment_id, body["progress"], body["text"]),
        )


@blueprint.get("/<assignment_id>/extensions")
@rule("assignments.read")
@blueprint.doc(summary="Các lần xin gia hạn của nhiệm vụ")
@blueprint.response(200, ExtensionsSchema)
def extensions_of(assignment_id: str) -> dict[str, Any]:
    """List the requests."""
    with reading() as session:
        visibility.assignment(session, principal(), assignment_id)
        return {"items": extensions.of_assignment(session, assignment_id)}


@blueprint.post("/<assignment_id>/extensions")
@rule("assignments.perform")
@blueprint.doc(summary="Xin gia hạn; việc quyết định là một bước của quy trình")
@blueprint.arguments(ExtensionBody)
@blueprint.response(201, ExtensionSchema)
def request_extension(body: dict[str, Any], assignment_id: str) -> Any:
    """Ask for a later day; who set the day decides by completing the step that opens."""
    with command() as work:
        visibility.assignment(work.session, principal(), assignment_id)
        return performing.request_extension(
            work,
            principal(),
            assignment_id,
            wanted_due=body["wanted_due"],
            reason=body["reason"],
            request_document_id=body["document"],
        )


@blueprint.post("/<assignment_id>/extensions/<extension_id>/withdraw")
@rule("assignments.perform")
@blueprint.doc(summary="Rút yêu cầu gia hạn chưa quyết định")
@blueprint.response(200, ExtensionSchema)
def withdraw_extension(assignment_id: str, extension_id: str) -> Any:
    """Take an undecided request back."""
    with command() as work:
        visibility.assignment(work.session, principal(), assignment_id)
        return performing.withdraw_extension(work, principal(), extension_id)


@blueprint.get("/<assignment_id>/difficulties")
@rule("assignments.read")
@blueprint.doc(summary="Vướng mắc của nhiệm vụ")
@blueprint.response(200, DifficultiesSchema)
def difficulties_of(assignment_id: str) -> dict[str, Any]:
    """List the difficulties."""
    with reading() as session:
        visibility.assignment(session, principal(), assignment_id)
        return {"items": difficulties.of_assignment(session, assignment_id)}


@blueprint.post("/<assignment_id>/difficulties")
@rule("assignments.perform")
@blueprint.doc(summary="Báo vướng mắc; thời hạn vẫn tính")
@blueprint.arguments(DifficultyBody)
@blueprint.response(201, DifficultySchema)
def raise_difficulty(body: dict[str, Any], assignment_id: str) -> Any:
    """Report what blocks."""
    with command() as work:
        visibility.assignment(work.session, principal(), assignment_id)
        return performing.raise_difficulty(
            work, principal(), assignment_id, body["text"], proposal=body["proposal"]
        )


@blueprint.post("/<assignment_id>/inputs")
@rule("assignments.perform")
@blueprint.doc(summary="Đơn vị phối hợp gửi phần của mình")
@blueprint.arguments(InputBody)
@blueprint.response(204)
def give_input(body: dict[str, Any], assignment_id: str) -> None:
    """Give the part of a coordinating unit."""
    with command() as work:
        visibility.assignment(work.session, principal(), assignment_id)
        performing.give_input(
            work,
            principal(),
            assignment_id,
            body["organisation"],
            body["text"],
            document_id=body["document"],
        )


@blueprint.post("/<assignment_id>/recall")
@rule("assignments.perform")
@blueprint.doc(summary="Rút lại kết quả đã gửi khi chưa được xem xét")
@blueprint.arguments(ReasonBody)
@blueprint.response(200, WholeAssignmentSchema)
def recall(body: dict[str, Any], assignment_id: str) -> dict[str, Any]:
    """Take a result back."""
    with command() as work:
        visibility.assignment(work.session, principal(), assignment_id)
        found = performing.recall(work, principal(), assignment_id, body["reason"])
        return _whole(work.session, found)


@blueprint.post("/<assignment_id>/reassign")
@rule("assignments.assign")
@blueprint.doc(summary="Giao nhiệm vụ cho đơn vị khác")
@blueprint.arguments(ReassignBody)
@blueprint.response(200, WholeAssignmentSchema)
def reassign(body: dict[str, Any], assignment_id: str) -> dict[str, Any]:
    """Give a task to another lead."""
    with command() as work:
        visibility.assignment(work.session, principal(), assignment_id)
        found = performing.reassign(work, principal(), assignment_id, body["lead"], body["reason"])
        return _whole(work.session, found)


@blueprint.post("/<assignment_id>/cancel")
@rule("assignments.withdraw")
@blueprint.doc(summary="Hủy nhiệm vụ")
@blueprint.arguments(ReasonBody)
@blueprint.response(200, WholeAssignmentSchema)
def cancel(body: dict[str, Any], assignment_id: str) -> dict[str, Any]:
    """Take a task away."""
    with command() as work:
        visibility.assignment(work.session, principal(), assignment_id)
        found = performing.cancel(work, principal(), assignment_id, body["reason"])
        return _whole(work.session, found)


@blueprint.post("/<assignment_id>/suspend")
@rule("assignments.withdraw")
@blueprint.doc(summary="Tạm dừng nhiệm vụ")
@blueprint.arguments(SuspendBody)
@blueprint.response(200, WholeAssignmentSchema)
def suspend(body: dict[str, Any], assignment_id: str) -> dict[str, Any]:
    """Stop the clock of a task."""
    with command() as work:
        visibility.assignment(work.session, principal(), assignment_id)
        found = performing.suspend(
            work, principal(), assignment_id, body["reason"], resume_on=body["resume_on"]
        )
        return _whole(work.session, found)


@blueprint.post("/<assignment_id>/resume")
@rule("assignments.withdraw")
@blueprint.doc(summary="Cho nhiệm vụ tiếp tục")
@blueprint.arguments(ResumeBody)
@blueprint.response(200, WholeAssignmentSchema)
def resume(body: dict[str, Any], assignment_id: str) -> dict[str, Any]:
    """Let a suspended task go on."""
    with command() as work:
        visibility.assignment(work.session, principal(), assignment_id)
        found = performing.resume(work, principal(), assignment_id, body["reason"], due=body["due"])
        return _whole(work.session, found)


@blueprint.post("/<assignment_id>/redate")
@rule("assignments.extend")
@blueprint.doc(summary="Người đặt thời hạn đổi sang ngày khác")
@blueprint.arguments(RedateBody)
@blueprint.response(200, WholeAssignmentSchema)
def redate(body: dict[str, Any], assignment_id: str) -> dict[str, Any]:
    """Set another due day unasked."""
    with command() as work:
        visibility.assignment(work.session, principal(), assignment_id)
        found = performing.redate(work, principal(), assignment_id, body["due"], body["reason"])
        return _whole(work.session, found)


@blueprint.post("/<assignment_id>/urge")
@rule("assignments.confirm")
@blueprint.doc(summary="Đôn đốc đơn vị chủ trì")
@blueprint.arguments(UrgeBody)
@blueprint.response(200, WholeAssignmentSchema)
def urge(body: dict[str, Any], assignment_id: str) -> dict[str, Any]:
    """Remind the lead by hand."""
    with command() as work:
        visibility.assignment(work.session, principal(), assignment_id)
        return _whole(work.session, performing.urge(work, principal(), assignment_id, body["text"]))


_COLUMNS = tuple(field.attribute or name for name, field in AssignmentSchema().fields.items())


def _whole(session: Any, found: Assignment) -> dict[str, Any]:
    today = local_date(runtime().clock.now())
    soon = due_soon_horizon(today, calendars.load(session), current_policy(session, today))
    steps = session.scalars(
        select(UserTask).where(UserTask.business_key == found.id, UserTask.state == WorkState.OPEN.value)
    )
    return {
        **{name: getattr(found, name) for name in _COLUMNS},
        "deadline": found.deadline,
        "timeliness": assignments.timeliness(found, today, soon).value,
        "label": assignments.label_of(found, today, soon).text.render(language()),
        "coordinators": [
            {
                "organisation": one.organisation_id,
                "due": one.due.isoformat() if one.due else None,
                "text": one.input_text,
                "given_at": one.given_at.isoformat() if one.given_at else None,
            }
            for one in assignments.coordinators(session, found.id)
        ],
        "steps": [one for one in steps if work_list.may_see(principal(), one)],
    }
