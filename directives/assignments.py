"""Assignments: a task given to one lead, from the acceptance to the end (domain note §2.3, §3).

Every act goes through the transition table of `directives.states`, writes a history row with before and
after, and tells the outside. Giving tasks: `directives.openings`. Sending and judging results:
`directives.results`. Moving a due day on request: `directives.extensions`.
"""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import deadlines, history, policies
from directives.assignment_tables import Assignment, AssignmentCoordinator, ProgressNote, Urging
from directives.deadlines import Deadline
from directives.plan_tables import PlanTrace
from directives.states import ENDED, NOT_STARTED, WORKING, Label, State, Timeliness, label, next_state
from foundation import calendars, outbox
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound, Stale
from foundation.texts import _
from foundation.vietnamese import format_date
from foundation.working_time import local_date

#: a working lead may be at 99 %, 100 % is the result
HIGHEST_PROGRESS = 100


def accept(work: UnitOfWork, assignment_id: str, *, officer_id: str | None = None) -> Assignment:
    """The lead takes the task ("nhận việc"), with the officer who will do it if known."""
    assignment = lock(work, assignment_id)
    act(work, assignment, "accept", accepted_at=work.now, officer_id=officer_id or assignment.officer_id)
    tell(work, "task.accepted", assignment)
    return assignment


def return_(work: UnitOfWork, assignment_id: str, reason: str, *, agreed_by: str | None = None) -> Assignment:
    """The lead sends the task back with a reason; the clock keeps running (§2.3).

    Before acceptance the lead may; afterwards only with the agreement of the assigner, whose account is
    `agreed_by`.
    """
    history.require_reason(reason)
    assignment = lock(work, assignment_id)
    is_begun = State(assignment.state) not in NOT_STARTED
    name = "return_by_agreement" if agreed_by and is_begun else "return"
    act(work, assignment, name, reason, return_count=assignment.return_count + 1)
    tell(work, "task.returned", assignment, reason=reason)
    return assignment


def insist(work: UnitOfWork, assignment_id: str, reason: str) -> Assignment:
    """The assigner gives a returned task to the same lead again (§2.2 step 11)."""
    history.require_reason(reason)
    assignment = act(work, lock(work, assignment_id), "insist", reason)
    tell(work, "task.assigned", assignment, insisted=True)
    return assignment


def reassign(
    work: UnitOfWork, assignment_id: str, lead_id: str, reason: str, *, due: date | None = None
) -> Assignment:
    """Give the task to another lead; the former one is told and stays in the history (§2.3).

    Raises Invalid for the same lead, Conflict while an extension of it waits for a decision.
    """
    history.require_reason(reason)
    assignment = lock(work, assignment_id)
    if lead_id == assignment.lead_id:
        raise Invalid(_("Đơn vị này đang chủ trì nhiệm vụ; hãy chọn đơn vị khác."), assignment=assignment_id)
    if assignment.is_extension_pending:
        raise Conflict(
            _("Nhiệm vụ đang chờ duyệt gia hạn; hãy quyết định đề nghị gia hạn trước khi giao lại."),
            rule="R-X3",
            assignment=assignment_id,
        )
    former = assignment.lead_id
    act(work, assignment, "reassign", reason, lead_id=lead_id, officer_id=None, accepted_at=None, progress=0)
    if due is not None:
        put_due(work, assignment, due)
    tell(work, "task.reassigned", assignment, former_lead=former, reason=reason)
    return assignment


def report_progress(work: UnitOfWork, assignment_id: str, progress: int, text: str) -> Assignment:
    """The lead says how far it is, in percent and words."""
    if progress not in range(HIGHEST_PROGRESS + 1):
        raise Invalid(
            fields={"progress": _("Tiến độ phải từ 0 đến 100 phần trăm, nhận được {found}.", found=progress)}
        )
    assignment = act(work, lock(work, assignment_id), "progress", text, progress=progress)
    work.session.add(
        ProgressNote(
            assignment_id=assignment_id,
            progress=progress,
            text=text,
            at=work.now,
            by=work.actor.id,
            by_name=work.actor.name,
        )
    )
    tell(work, "task.progress", assignment, progress=progress)
    return assignment


def suspend(
    work: UnitOfWork, assignment_id: str, reason: str, *, resume_on: date | None = None
) -> Assignment:
    """The authority stops the clock of a task for a time (§2.3)."""
    history.require_reason(reason)
    assignment = lock(work, assignment_id)
    act(
        work,
        assignment,
        "suspend",
        reason,
        suspended_from=assignment.state,
        suspended_on=local_date(work.now),
        resume_on=resume_on,
    )
    tell(work, "task.suspended", assignment, reason=reason)
    return assignment


def resume(work: UnitOfWork, assignment_id: str, *, due: date | None = None) -> Assignment:
    """Let a suspended task go on; without a new due day it moves by the working days it stood still."""
    assignment = lock(work, assignment_id)
    next_state("resume", State(assignment.state), assignment_id)
    stopped = assignment.suspended_on or local_date(work.now)
    calendar = calendars.load(work.session)
    paused = calendar.working_days_between(stopped, local_date(work.now))
    if due is None and assignment.current_due is not None and paused > 0:
        due = calendar.add_working_days(assignment.current_due, paused)
    act(
        work,
        assignment,
        "resume",
        state=assignment.suspended_from,
        suspended_from=None,
        suspended_on=None,
        resume_on=None,
    )
    if due is not None:
        put_due(work, assignment, due)
    tell(work, "task.resumed", assignment)
    return assignment


def cancel(
    work: UnitOfWork, assignment_id: str, reason: str, *, document_id: str | None = None
) -> Assignment:
    """The authority takes a task away, its open parts with it; it leaves the KPI (R-K2)."""
    history.require_reason(reason)
    assignment = lock(work, assignment_id)
    act(work, assignment, "cancel", reason, ended_at=work.now, is_extension_pending=False)
    if document_id:
        history.record(work, "assignment", assignment_id, "basis", after={"document": document_id})
    tell(work, "task.cancelled", assignment, reason=reason)
    for child in children(work.session, assignment_id):
        if State(child.state) not in ENDED:
            cancel(work, child.id, reason, document_id=document_id)
    return assignment


def redate(
    work: UnitOfWork, assignment_id: str, due: date | None, reason: str, *, document_id: str | None = None
) -> Assignment:
    """The holder of the due day sets another one unasked; raises Invalid past the parent (R-X5)."""
    history.require_reason(reason)
    assignment = lock(work, assignment_id)
    next_state("redate", State(assignment.state), assignment_id)
    check_against_parent(work.session, assignment, due)
    put_due(work, assignment, due, reason=reason, document_id=document_id)
    tell(work, "task.assigned", assignment, redated=True, reason=reason)
    return assignment


def urge(
    work: UnitOfWork, assignment_id: str, text: str = "", *, document_id: str | None = None
) -> Assignment:
    """Remind the lead; with a document it is a formal urging letter. Each counts (§2.3)."""
    assignment = lock(work, assignment_id)
    act(work, assignment, "urge", text, urge_count=assignment.urge_count + 1)
    work.session.add(
        Urging(assignment_id=assignment_id, document_id=document_id, text=text, at=work.now, by=work.actor.id)
    )
    tell(work, "urge.sent", assignment, document=document_id)
    return assignment


def give_input(
    work: UnitOfWork, assignment_id: str, organisation_id: str, text: str, *, document_id: str | None = None
) -> AssignmentCoordinator:
    """A coordinator gives its part; raises NotFound for a unit that does not coordinate the task."""
    lock(work, assignment_id)
    row = work.session.get(AssignmentCoordinator, (assignment_id, organisation_id))
    if row is None:
        raise NotFound(_("Đơn vị này không phối hợp thực hiện nhiệm vụ."), assignment=assignment_id)
    row.input_text, row.input_document_id = text, document_id
    row.given_at, row.given_by = work.now, work.actor.id
    history.record(work, "assignment", assignment_id, "input", after={"unit": organisation_id, "text": text})
    return row


def name_officer(work: UnitOfWork, assignment_id: str, officer_id: str) -> Assignment:
    """The unit head names who does the work."""
    return act(work, lock(work, assignment_id), "name_officer", officer_id=officer_id)


def get(session: Session, assignment_id: str) -> Assignment:
    """Give an assignment; raises NotFound."""
    assignment = session.get(Assignment, assignment_id)
    if assignment is None:
        raise NotFound(_("Không tìm thấy nhiệm vụ."), assignment=assignment_id)
    return assignment


def lock(work: UnitOfWork, assignment_id: str, *, version: int | None = None) -> Assignment:
    """Give an assignment locked for a change; raises NotFound, Stale for another `version`."""
    assignment = work.session.get(Assignment, assignment_id, with_for_update=True)
    if assignment is None:
        raise NotFound(_("Không tìm thấy nhiệm vụ."), assignment=assignment_id)
    if version is not None and version != assignment.version:
        raise Stale(assignment=assignment_id, version=assignment.version)
    return assignment


def children(session: Session, assignment_id: str) -> list[Assignment]:
    """Give the parts an assignment was split into."""
    return list(
        session.scalars(
            select(Assignment).where(Assignment.parent_id == assignment_id).order_by(Assignment.ordinal)
        )
    )


def coordinators(session: Session, assignment_id: str) -> list[AssignmentCoordinator]:
    """Give the coordinating units and what they gave."""
    query = select(AssignmentCoordinator).where(AssignmentCoordinator.assignment_id == assignment_id)
    return list(session.scalars(query))


def progress_notes(session: Session, assignment_id: str) -> list[ProgressNote]:
    """Give what was reported on the way, the latest first."""
    query = select(ProgressNote).where(ProgressNote.assignment_id == assignment_id)
    return list(session.scalars(query.order_by(ProgressNote.at.desc(), ProgressNote.id.desc())))


def timeliness(assignment: Assignment, today: date, soon: date) -> Timeliness:
    """Judge an assignment today; `soon` comes from `deadlines.due_soon_horizon`."""
    return deadlines.timeliness(
        State(assignment.state), assignment.effective_due, today, assignment.result_on, soon
    )


def label_of(assignment: Assignment, today: date, soon: date) -> Label:
    """Give word, icon and colour of an assignment (R-K1)."""
    return label(State(assignment.state), timeliness(assignment, today, soon))


def act(work: UnitOfWork, assignment: Assignment, name: str, reason: str = "", **changes: Any) -> Assignment:
    """Do an act: check the transition, change the columns, count the version, write the history row."""
    if name in _WITHOUT_TRANSITION:
        target = State(assignment.state)
    else:
        target = next_state(name, State(assignment.state), assignment.id)
    changes = {"state": target.value, **changes}
    changed = {key: value for key, value in changes.items() if getattr(assignment, key) != value}
    before = {key: plain(getattr(assignment, key)) for key in changed}
    for key, value in changed.items():
        setattr(assignment, key, value)
    assignment.version += 1
    after = {key: plain(value) for key, value in changed.items()}
    history.record(work, "assignment", assignment.id, name, before=before, after=after, reason=reason)
    work.session.flush()
    return assignment


def put_due(
    work: UnitOfWork,
    assignment: Assignment,
    due: date | None,
    *,
    reason: str = "",
    document_id: str | None = None,
) -> None:
    """Move the agreed due day and recompute the last day on time; the original day stays (R-X6)."""
    calendar = calendars.load(work.session)
    policy = policies.current(work.session, local_date(work.now))
    deadline = deadlines.redated(deadlines.from_json(assignment.deadline), due, calendar, policy)
    before = {"current_due": plain(assignment.current_due)}
    copy_deadline(assignment, deadline)
    assignment.version += 1
    after = {"current_due": plain(due), "document": document_id}
    history.record(work, "assignment", assignment.id, "redate", before=before, after=after, reason=reason)
    work.session.flush()


def check_against_parent(session: Session, assignment: Assignment, due: date | None) -> None:
    """Refuse a due day after that of the task above: first extend the parent (R-S4, R-X5)."""
    parent_due = parent_due_of(session, assignment)
    if due is not None and parent_due is not None and due > parent_due:
        raise Invalid(
            _(
                "Thời hạn {due} muộn hơn thời hạn {parent} của nhiệm vụ cấp trên; "
                "hãy xin gia hạn nhiệm vụ cấp trên trước.",
                due=format_date(due),
                parent=format_date(parent_due),
            ),
            rule="R-X5",
            assignment=assignment.id,
        )


def parent_due_of(session: Session, assignment: Assignment) -> date | None:
    """Give the earliest due day of what the assignment carries out."""
    parents = parents_of(session, assignment)
    return min((p.current_due for p in parents if p.current_due), default=None)


def parents_of(session: Session, assignment: Assignment) -> list[Assignment]:
    """Give the assignments this one carries out: the one it was split from, and those its item traces to."""
    ids = {assignment.parent_id} - {None}
    if assignment.item_id is not None:
        query = select(PlanTrace.parent_assignment_id).where(PlanTrace.item_id == assignment.item_id)
        ids |= set(session.scalars(query)) - {None}
    if not ids:
        return []
    return list(session.scalars(select(Assignment).where(Assignment.id.in_(ids))))


def remind(work: UnitOfWork, assignment_id: str, event: str, **facts: Any) -> bool:
    """Tell that a task is `due_soon`, `due_today`, `overdue` or `escalated`; it changes nothing (§2.3).

    Gives False, telling nothing, when the task is over, suspended or waits for confirmation of its result.
    Raises Invalid for another name.
    """
    if event not in _REMINDERS:
        raise Invalid(
            _("Loại nhắc việc “{found}” không hợp lệ; cần một trong: {known}.", found=event, known=_REMINDERS)
        )
    assignment = get(work.session, assignment_id)
    if State(assignment.state) not in NOT_STARTED | WORKING:
        return False
    tell(work, f"task.{event}", assignment, **facts)
    return True


def recompute_due_days(work: UnitOfWork) -> int:
    """Compute the last day on time of all open assignments anew after the calendar or policy changed (R-C1).

    Gives how many moved; each move is in the history.
    """
    calendar = calendars.load(work.session)
    policy = policies.current(work.session, local_date(work.now))
    query = select(Assignment.id, Assignment.deadline, Assignment.effective_due).where(
        Assignment.state.not_in([state.value for state in ENDED]), Assignment.current_due.is_not(None)
    )
    moved = 0
    for assignment_id, deadline, was in work.session.execute(query).all():
        computed = deadlines.effective(deadlines.from_json(deadline), calendar, policy)
        if computed.effective_due == was:
            continue
        assignment = lock(work, assignment_id)
        copy_deadline(assignment, computed)
        assignment.version += 1
        moved += 1
        after = {"effective_due": plain(computed.effective_due), "calendar": calendar.version}
        before = {"effective_due": plain(was)}
        history.record(work, "assignment", assignment_id, "recompute", before=before, after=after)
    work.session.flush()
    return moved


def tell(work: UnitOfWork, event: str, assignment: Assignment, **more: Any) -> None:
    """Record an event about an assignment with the facts of §2.4."""
    data = {
        "assignment": assignment.id,
        "directive": assignment.directive_id,
        "organisation": assignment.organisation_id,
        "organisations": [assignment.organisation_id, assignment.lead_id],
        "lead": assignment.lead_id,
        "title": assignment.content,
        "state": assignment.state,
        "due": plain(assignment.current_due),
        "effective_due": plain(assignment.effective_due),
        **more,
    }
    outbox.record(work, event, subject=assignment.id, data=data)


_REMINDERS = ("due_soon", "due_today", "overdue", "escalated")
#: acts that may be done in any state because they change none
_WITHOUT_TRANSITION = frozenset({"name_officer"})


def due_holder(session: Session, assignment: Assignment) -> str:
    """Find who set the due day: a day that a higher level fixed belongs to that level (R-X8)."""
    for parent in parents_of(session, assignment):
        if parent.current_due is not None and parent.current_due == assignment.current_due:
            return parent.due_holder_id
    return assignment.organisation_id


def copy_deadline(assignment: Assignment, deadline: Deadline) -> None:
    """Write a deadline and its copies for lists."""
    assignment.deadline = deadline.to_json()
    assignment.original_due = deadline.original_due
    assignment.current_due = deadline.current_due
    assignment.effective_due = deadline.effective_due


def plain(value: Any) -> Any:
    """Give a day as text, everything else as it is, for history and events."""
    return value.isoformat() if hasattr(value, "isoformat") else value
