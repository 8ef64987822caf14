"""Assignments for machines: look, progress, extension, difficulty, and what the authority may do.

Accepting, submitting, confirming and deciding are steps of the process: they are done by completing the
user task (`/api/v1/user-tasks`), which `steps` of an assignment names.
"""

from typing import Any

from flask_smorest import Blueprint
from sqlalchemy import select

from api import etags, pages
from api.assignment_schemas import (
    AssignmentSchema,
    AssignmentsQuery,
    CourseSchema,
    DifficultiesSchema,
    DifficultyBody,
    DifficultySchema,
    ExtensionBody,
    ExtensionSchema,
    ExtensionsSchema,
    InputBody,
    ProgressBody,
    ReasonBody,
    ReassignBody,
    RedateBody,
    ResumeBody,
    SuspendBody,
    UrgeBody,
    WholeAssignmentSchema,
)
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
