"""Assignments: from handing over to the end. What a page did before the message came is not done twice."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from directives import assignments, consolidation, openings, results
from directives.assignment_tables import Assignment
from directives.results import ResultDraft
from directives.states import ENDED, WORKING, State
from engine.ports import JobContext
from foundation import calendars
from foundation.database import UnitOfWork
from foundation.texts import _
from foundation.working_time import local_date
from processes import notices
from processes.handlers.inputs import day, iso, optional, text

#: urgency from which an answer is wanted in hours (R-D7: thượng khẩn, hỏa tốc)
_IN_HOURS = 2
#: hours to accept an assignment of that urgency
_ACCEPT_HOURS = timedelta(hours=4)
#: working days to accept any other: two, one when it is urgent
_ACCEPT_DAYS = {0: 2, 1: 1}
#: working days the monitor has to judge a result
_CONFIRM_DAYS = 2


def open_(work: UnitOfWork, job: JobContext) -> Mapping[str, Any]:
    """Hand the assignment to its lead, tell the coordinators, and give everything the diagram waits by."""
    assignment = assignments.get(work.session, text(job, "assignment"))
    if assignment.state == State.NEW:
        openings.hand_over(work, assignment.id)
    for row in assignments.coordinators(work.session, assignment.id):
        notices.tell(
            work,
            notices.nearest(work, notices.DESK, row.organisation_id),
            kind="task.assigned",
            title=_("Phối hợp thực hiện nhiệm vụ: {title}", title=assignment.content),
            subject=("assignment", assignment.id),
            urgency=assignment.urgency,
        )
    return {
        "lead": assignment.lead_id,
        "assigner": assignment.organisation_id,
        "decision_holder": assignment.due_holder_id,
        "monitor": assignment.monitor_id or assignment.organisation_id,
        "due_at": iso(assignment.effective_due),
        "accept_due_at": _accept_due(work, assignment),
    }


def accept(work: UnitOfWork, job: JobContext) -> None:
    """The lead takes the assignment."""
    assignments.accept(work, text(job, "assignment"))


def return_(work: UnitOfWork, job: JobContext) -> None:
    """The lead sends the assignment back, or names who should have it."""
    proposed = optional(job, "proposed_lead")
    assignment = assignments.return_(work, text(job, "assignment"), text(job, "reason"))
    if proposed:
        assignments.tell(work, "task.returned", assignment, proposed_lead=proposed)


def reassign(work: UnitOfWork, job: JobContext) -> None:
    """To another lead; without one the assigner insists on the first."""
    assignment = assignments.get(work.session, text(job, "assignment"))
    lead, reason = optional(job, "new_lead"), text(job, "reason")
    if lead is None:
        if assignment.state == State.RETURNED:
            assignments.insist(work, assignment.id, reason)
    elif assignment.lead_id != lead:
        assignments.reassign(work, assignment.id, lead, reason)


def organise(work: UnitOfWork, job: JobContext) -> None:
    """The lead names who does the work."""
    officer = optional(job, "officer")
    if officer is not None:
        person = notices.recipient_of(work.session, officer)
        assignments.name_officer(work, text(job, "assignment"), person)


def submit(work: UnitOfWork, job: JobContext) -> Mapping[str, Any]:
    """Send the result on; it waits for confirmation."""
    draft = ResultDraft(
        result_on=day(job, "result_on"),
        document_number=optional(job, "result_number") or "",
        statement=optional(job, "result_statement") or "",
    )
    results.submit(work, text(job, "assignment"), draft)
    calendar = calendars.load(work.session)
    return {"confirm_due_at": iso(calendar.add_working_days(local_date(work.now), _CONFIRM_DAYS))}


def confirm(work: UnitOfWork, job: JobContext) -> None:
    """The result is good."""
    results.confirm(work, text(job, "assignment"))


def redo(work: UnitOfWork, job: JobContext) -> None:
    """The result is not good: to be done again, counted. A result taken back needs no redo."""
    if State(assignments.get(work.session, text(job, "assignment")).state) in WORKING:
        return
    results.redo(work, text(job, "assignment"), text(job, "reason"))


def cancel(work: UnitOfWork, job: JobContext) -> None:
    """The assigner takes the assignment away."""
    assignment = assignments.get(work.session, text(job, "assignment"))
    if State(assignment.state) not in ENDED:
        assignments.cancel(work, assignment.id, text(job, "reason"))


def complete_by_report(work: UnitOfWork, job: JobContext) -> None:
    """The accepted report of the lead's own cycle is the result (§2.3, sub-plan)."""
    assignment_id, report = text(job, "assignment"), optional(job, "result_report")
    if report is None:
        results.complete_by_hand(
            work, assignment_id, str(_("Chu trình triển khai của đơn vị chủ trì đã kết thúc."))
        )
        return
    results.submit(work, assignment_id, consolidation.as_result(work.session, report))
    results.confirm(work, assignment_id, str(_("Báo cáo của đơn vị đã được chấp nhận.")))


def _accept_due(work: UnitOfWork, assignment: Assignment) -> str | None:
    if assignment.urgency >= _IN_HOURS:
        return iso(work.now + _ACCEPT_HOURS)
    calendar = calendars.load(work.session)
    return iso(calendar.add_working_days(local_date(work.now), _ACCEPT_DAYS[max(assignment.urgency, 0)]))


HANDLERS = {
    "assignment.open": open_,
    "assignment.accept": accept,
    "assignment.return": return_,
    "assignment.reassign": reassign,
    "assignment.organise": organise,
    "assignment.submit": submit,
    "assignment.confirm": confirm,
    "assignment.redo": redo,
    "assignment.cancel": cancel,
    "assignment.complete_by_report": complete_by_report,
}
