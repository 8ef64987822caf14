"""What somebody who decides must know first: the request, the difficulty, the return, the result at hand."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import difficulties, history, organisations, results
from directives.assignment_tables import Assignment
from directives.extensions import PENDING, Extension
from foundation.texts import Text, _
from foundation.vietnamese import format_date, format_moment
from foundation.working_time import local_date
from processes.task_facts import Facts

#: what it is called, and what it is; nothing is listed without a value
Lines = Sequence[tuple[Text, str]]
_RETURNS = frozenset({"return", "return_by_agreement"})


def of_task(session: Session, form_key: str | None, facts: Facts, variables: Mapping[str, Any]) -> Lines:
    """Give what a decision of this form is about, the most important first (R-X4, R-S7); else nothing."""
    reader = _READERS.get(form_key or "")
    if reader is None or facts.assignment is None:
        return ()
    return [(label, value) for label, value in reader(session, facts.assignment, variables) if value]


def _extension(session: Session, assignment: Assignment, variables: Mapping[str, Any]) -> Lines:
    request = session.get(Extension, str(variables.get("extension", "")))
    if request is None or request.assignment_id != assignment.id:
        waiting = select(Extension).where(
            Extension.assignment_id == assignment.id, Extension.status.in_(PENDING)
        )
        request = session.scalar(waiting.order_by(Extension.asked_at.desc()).limit(1))
    if request is None:
        return ()
    asker = organisations.names_on(session, {request.lead_id}, local_date(request.asked_at))
    return (
        (_("Xin gia hạn đến"), format_date(request.wanted_due)),
        (_("Ngày được đề nghị lại"), format_date(request.countered_due)),
        (_("Lý do"), request.reason),
        (_("Thời hạn hiện nay"), format_date(request.old_due)),
        (_("Thời hạn ban đầu"), format_date(assignment.original_due)),
        (_("Số lần đã gia hạn"), str(assignment.extension_count)),
        (_("Người đề nghị"), _joined(request.asked_by_name, asker.get(request.lead_id, ""))),
        (_("Đề nghị lúc"), format_moment(request.asked_at)),
    )


def _difficulty(session: Session, assignment: Assignment, variables: Mapping[str, Any]) -> Lines:
    raised = difficulties.of_assignment(session, assignment.id)
    open_ones = [one for one in raised if one.status == "raised"]
    found = next((one for one in raised if one.id == variables.get("difficulty")), None)
    found = found or max(open_ones, key=lambda one: one.raised_at, default=None)
    if found is None:
        return ()
    units = organisations.names_on(session, {found.organisation_id}, local_date(found.raised_at))
    return (
        (_("Khó khăn, vướng mắc và nguyên nhân"), found.text),
        (_("Đề xuất"), found.proposal),
        (_("Đơn vị báo"), units.get(found.organisation_id, "")),
        (_("Báo lúc"), format_moment(found.raised_at)),
        (_("Thời hạn hiện nay"), format_date(assignment.current_due)),
    )


def _return(session: Session, assignment: Assignment, _variables: Mapping[str, Any]) -> Lines:
    changes = [one for one in history.of(session, "assignment", assignment.id) if one.act in _RETURNS]
    if not changes:
        return ()
    last = max(changes, key=lambda one: one.seq)
    units = organisations.names_on(session, {assignment.lead_id}, local_date(last.at))
    return (
        (_("Lý do trả lại"), last.reason),
        (_("Người trả lại"), _joined(last.actor_name, units.get(assignment.lead_id, ""))),
        (_("Trả lại lúc"), format_moment(last.at)),
    )


def _result(session: Session, assignment: Assignment, _variables: Mapping[str, Any]) -> Lines:
    sent = results.of_assignment(session, assignment.id)
    if not sent:
        return ()
    last = max(sent, key=lambda one: (one.attempt, one.sent_at))
    return (
        (_("Văn bản kết quả"), last.document_number),
        (_("Kết quả thực hiện"), last.statement),
        (_("Ngày có kết quả"), format_date(last.result_on)),
        (_("Tệp kèm theo"), ", ".join(str(file.get("name", "")) for file in last.files)),
        (_("Gửi lúc"), format_moment(last.sent_at)),
    )


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


_READERS: Mapping[str, Callable[[Session, Assignment, Mapping[str, Any]], Lines]] = {
    "extension-decide": _extension,
    "extension-answer": _extension,
    "difficulty-decide": _difficulty,
    "assignment-resolve-return": _return,
    "assignment-confirm": _result,
    "assignment-approve": _result,
}
