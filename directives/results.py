"""Results of assignments: sent by the lead, taken back, confirmed or sent back to be done again.

Lateness is judged by the date of the result itself, not by the day of the click (domain note §2.2 step 16).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directives import assignments, history
from directives.assignment_tables import Assignment, Result
from directives.states import ENDED, State
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid
from foundation.texts import _
from foundation.vietnamese import format_date
from foundation.working_time import local_date


@dataclass(frozen=True, kw_only=True)
class ResultDraft:
    """A result to send: a document, a statement, or both."""

    #: date of the document or statement; None is today
    result_on: date | None = None
    statement: str = ""
    document_id: str | None = None
    #: as written when the document is not in the system
    document_number: str = ""
    #: `{name, sha256}` each
    files: Sequence[Mapping[str, Any]] = ()
    #: why it is sent although mandatory parts are still open (§2.3 split)
    reason_despite_parts: str = ""


def submit(
    work: UnitOfWork, assignment_id: str, draft: ResultDraft, *, version: int | None = None
) -> Assignment:
    """Send the result; the assignment waits for confirmation.

    Raises Invalid without document or statement or with a date to come, Conflict while mandatory parts are
    open and no reason is given.
    """
    assignment = assignments.lock(work, assignment_id, version=version)
    today = local_date(work.now)
    result_on = draft.result_on or today
    if not (draft.statement.strip() or draft.document_id or draft.document_number.strip()):
        raise Invalid(_("Kết quả cần có văn bản (số, ngày) hoặc phần trình bày kết quả."), rule="§2.2.15")
    if result_on > today:
        raise Invalid(
            fields={
                "result_on": _(
                    "Ngày của kết quả không được sau hôm nay ({today}), nhận được {found}.",
                    today=format_date(today),
                    found=format_date(result_on),
                )
            }
        )
    if not draft.reason_despite_parts.strip():
        _refuse_open_parts(work.session, assignment_id)
    assignments.act(
        work,
        assignment,
        "submit",
        draft.reason_despite_parts or draft.statement,
        result_on=result_on,
        submitted_at=work.now,
    )
    _add(work, assignment_id, draft, result_on, "waiting")
    assignments.tell(work, "task.submitted", assignment, result_on=result_on.isoformat())
    return assignment


def recall(work: UnitOfWork, assignment_id: str, reason: str = "") -> Assignment:
    """The lead takes back what it sent, before anybody judged it."""
    assignment = assignments.lock(work, assignment_id)
    back = State.REDO if assignment.redo_count else State.IN_PROGRESS
    assignments.act(work, assignment, "recall", reason, state=back.value, result_on=None, submitted_at=None)
    _judge(work.session, assignment_id, "recalled", reason)
    return assignment


def confirm(work: UnitOfWork, assignment_id: str, note: str = "") -> Assignment:
    """The monitor or assigner confirms the result: done, on time or late by the date of the result."""
    assignment = assignments.lock(work, assignment_id)
    assignments.act(
        work,
        assignment,
        "confirm",
        note,
        ended_at=work.now,
        progress=assignments.HIGHEST_PROGRESS,
        is_extension_pending=False,
    )
    _judge(work.session, assignment_id, "confirmed", note)
    _tell_done(work, assignment)
    return assignment


def redo(work: UnitOfWork, assignment_id: str, reason: str, *, due: date | None = None) -> Assignment:
    """Send a result back to be done again; the due day stays unless another is set (§2.3)."""
    history.require_reason(reason)
    assignment = assignments.lock(work, assignment_id)
    assignments.act(
        work,
        assignment,
        "redo",
        reason,
        redo_count=assignment.redo_count + 1,
        result_on=None,
        submitted_at=None,
    )
    _judge(work.session, assignment_id, "redo", reason)
    if due is not None:
        assignments.check_against_parent(work.session, assignment, due)
        assignments.put_due(work, assignment, due, reason=reason)
    assignments.tell(work, "task.redo", assignment, reason=reason)
    return assignment


def complete_from_parts(work: UnitOfWork, assignment_id: str) -> Assignment:
    """End a split assignment whose mandatory parts are all done, on the day of the last result (§2.3)."""
    assignment = assignments.lock(work, assignment_id)
    parts = assignments.children(work.session, assignment_id)
    days = [part.result_on for part in parts if part.state == State.DONE and part.result_on]
    if not days:
        raise Conflict(
            _("Nhiệm vụ chưa có nhiệm vụ con nào hoàn thành; hãy gửi kết quả hoặc kết thúc có nêu lý do."),
            assignment=assignment_id,
        )
    _refuse_open_parts(work.session, assignment_id)
    return _complete(work, assignment, max(days), str(_("Các nhiệm vụ con đã hoàn thành.")))


def complete_by_hand(
    work: UnitOfWork, assignment_id: str, reason: str, *, result_on: date | None = None
) -> Assignment:
    """End an assignment without the usual confirmation; the reason is kept (§2.3 split)."""
    history.require_reason(reason)
    assignment = assignments.lock(work, assignment_id)
    return _complete(work, assignment, result_on or local_date(work.now), reason)


def are_parts_done(session: Session, assignment_id: str) -> bool:
    """Tell whether an assignment was split and all its mandatory parts are done or cancelled."""
    parts = assignments.children(session, assignment_id)
    return bool(parts) and not _open_parts(session, assignment_id)


def of_assignment(session: Session, assignment_id: str) -> list[Result]:
    """Give all results that were sent, the latest first."""
    query = select(Result).where(Result.assignment_id == assignment_id)
    return list(session.scalars(query.order_by(Result.attempt.desc())))


def _complete(work: UnitOfWork, assignment: Assignment, result_on: date, reason: str) -> Assignment:
    assignments.act(
        work,
        assignment,
        "complete_by_hand",
        reason,
        result_on=result_on,
        submitted_at=work.now,
        ended_at=work.now,
        progress=assignments.HIGHEST_PROGRESS,
        is_extension_pending=False,
    )
    _add(work, assignment.id, ResultDraft(statement=reason), result_on, "confirmed")
    _tell_done(work, assignment)
    return assignment


def _tell_done(work: UnitOfWork, assignment: Assignment) -> None:
    due = assignment.effective_due
    on_time = None if due is None else (assignment.result_on or local_date(work.now)) <= due
    parent_is_ready = assignment.parent_id is not None and are_parts_done(work.session, assignment.parent_id)
    assignments.tell(
        work,
        "task.confirmed",
        assignment,
        result_on=assignments.plain(assignment.result_on),
        is_on_time=on_time,
        parent=assignment.parent_id,
        parent_is_ready=parent_is_ready,
    )


def _open_parts(session: Session, assignment_id: str) -> int:
    query = select(func.count()).select_from(Assignment)
    query = query.where(
        Assignment.parent_id == assignment_id,
        Assignment.is_mandatory.is_(True),
        Assignment.state.not_in([state.value for state in ENDED]),
    )
    return int(session.scalar(query) or 0)


def _refuse_open_parts(session: Session, assignment_id: str) -> None:
    still_open = _open_parts(session, assignment_id)
    if still_open:
        raise Conflict(
            _(
                "Còn {count} nhiệm vụ con bắt buộc chưa hoàn thành; hãy chờ hoàn thành hoặc nêu lý do.",
                count=still_open,
            ),
            assignment=assignment_id,
            open=still_open,
        )


def _add(work: UnitOfWork, assignment_id: str, draft: ResultDraft, result_on: date, verdict: str) -> None:
    query = select(func.count()).select_from(Result).where(Result.assignment_id == assignment_id)
    work.session.add(
        Result(
            assignment_id=assignment_id,
            attempt=int(work.session.scalar(query) or 0) + 1,
            result_on=result_on,
            statement=draft.statement,
            document_id=draft.document_id,
            document_number=draft.document_number,
            files=[dict(file) for file in draft.files],
            verdict=verdict,
            sent_by=work.actor.id,
            sent_at=work.now,
        )
    )
    work.session.flush()


def _judge(session: Session, assignment_id: str, verdict: str, reason: str) -> None:
    latest = of_assignment(session, assignment_id)
    if latest:
        latest[0].verdict, latest[0].verdict_reason = verdict, reason
