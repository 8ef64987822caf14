"""Performing: what people do on the page of an assignment while its process runs.

Each act is the domain's verb and, where the process must hear of it, a message in the same transaction. What
belongs to a step (accept, submit, confirm …) is done by completing that step (`processes.work_list`).
"""

from datetime import date

from directives import access, assignments, difficulties, extensions, openings, results
from directives.access import Principal
from directives.assignment_tables import Assignment, AssignmentCoordinator
from directives.difficulties import Difficulty
from directives.extensions import Extension, Status
from directives.states import ENDED, WORKING, State
from engine import instances, messages, repairs, user_tasks
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Forbidden
from foundation.texts import _
from foundation.working_time import end_of_day
from processes.awaiting import instance_of, open_task, require_heard

#: the process of one assignment
PROCESS = "assignment"
_NOT_AT_WORK = _(
    "Nhiệm vụ không ở bước thực hiện nên chưa làm được việc này; hãy xử lý bước đang mở của nhiệm vụ trước."
)


def report_progress(
    work: UnitOfWork, principal: Principal, assignment_id: str, progress: int, text: str
) -> Assignment:
    """Say how far it is, in percent and words."""
    _require_lead(work, principal, assignment_id)
    return assignments.report_progress(work, assignment_id, progress, text)


def request_extension(
    work: UnitOfWork,
    principal: Principal,
    assignment_id: str,
    *,
    wanted_due: date,
    reason: str,
    request_document_id: str | None = None,
) -> Extension:
    """Ask for a later day (R-X1 to R-X8); the process opens the decision at who set the day."""
    assignment = _require_lead(work, principal, assignment_id)
    request = extensions.ask(
        work,
        assignment_id,
        lead_id=assignment.lead_id,
        wanted_due=wanted_due,
        reason=reason,
        request_document_id=request_document_id,
    )
    require_heard(work.session, "extension.requested", assignment_id, _NOT_AT_WORK)
    messages.send(work, "extension.requested", assignment_id, {"extension": request.id})
    return request


def withdraw_extension(work: UnitOfWork, principal: Principal, extension_id: str) -> Extension:
    """Take an undecided request back; the step of its decision is closed with it."""
    request = extensions.get(work.session, extension_id)
    assignment = _require_lead(work, principal, request.assignment_id)
    was = Status(request.status)
    extensions.withdraw(work, extension_id, lead_id=assignment.lead_id)
    running = instance_of(work.session, PROCESS, assignment.id)
    if running is None:
        return request
    if was is Status.COUNTERED:
        form, values = "extension-answer", {"extension_answer": "decline"}
    else:
        form, values = "extension-decide", {"extension_decision": "withdrawn"}
    task_id = open_task(work.session, running.id, form)
    if task_id is not None:
        user_tasks.complete(work, task_id, {**values})
    return request


def raise_difficulty(
    work: UnitOfWork, principal: Principal, assignment_id: str, text: str, *, proposal: str = ""
) -> Difficulty:
    """Report what blocks (R-S7); the clock keeps running, the process asks the assigner for a decision."""
    assignment = _require_lead(work, principal, assignment_id)
    if any(one.status == "raised" for one in difficulties.of_assignment(work.session, assignment_id)):
        raise Conflict(
            _("Nhiệm vụ có một vướng mắc đang chờ chỉ đạo; hãy chờ ý kiến giải quyết."),
            rule="R-S7",
            assignment=assignment_id,
        )
    difficulty = difficulties.raise_(work, assignment_id, assignment.lead_id, text, proposal=proposal)
    require_heard(work.session, "difficulty.raised", assignment_id, _NOT_AT_WORK)
    messages.send(work, "difficulty.raised", assignment_id, {"difficulty": difficulty.id})
    return difficulty


def give_input(
    work: UnitOfWork,
    principal: Principal,
    assignment_id: str,
    organisation_id: str,
    text: str,
    *,
    document_id: str | None = None,
) -> AssignmentCoordinator:
    """A coordinator gives its part."""
    access.require(principal, "assignments.perform", organisation_id)
    return assignments.give_input(work, assignment_id, organisation_id, text, document_id=document_id)


def recall(work: UnitOfWork, principal: Principal, assignment_id: str, reason: str) -> Assignment:
    """Take a result back before anybody judged it: the process goes back to carrying the task out."""
    assignment = _require_lead(work, principal, assignment_id)
    running = instance_of(work.session, PROCESS, assignment_id)
    task_id = open_task(work.session, running.id, "assignment-confirm") if running else None
    results.recall(work, assignment_id, reason)
    if task_id is not None:
        values = {"confirm_decision": "redo", "confirm_reason": reason}
        user_tasks.complete(work, task_id, values)
    return assignment


def reassign(
    work: UnitOfWork, principal: Principal, assignment_id: str, lead_id: str, reason: str
) -> Assignment:
    """Give a task that is being carried out to another lead; the former one is told (§2.3)."""
    assignment = assignments.lock(work, assignment_id)
    access.require(principal, "assignments.assign", assignment.organisation_id)
    if State(assignment.state) not in WORKING:
        raise Conflict(_NOT_AT_WORK, assignment=assignment_id)
    require_heard(work.session, "assignment.reassigned", assignment_id, _NOT_AT_WORK)
    assignments.reassign(work, assignment_id, lead_id, reason)
    messages.send(
        work, "assignment.reassigned", assignment_id, {"new_lead": lead_id, "resolve_reason": reason}
    )
    return assignment


def cancel(
    work: UnitOfWork,
    principal: Principal,
    assignment_id: str,
    reason: str,
    *,
    document_id: str | None = None,
) -> Assignment:
    """Take a task away at any moment (§2.3); it leaves the statistics, its steps close."""
    assignment = assignments.lock(work, assignment_id)
    access.require(principal, "assignments.withdraw", assignment.organisation_id)
    running = instance_of(work.session, PROCESS, assignment_id)
    if running is not None and assignment.state == State.SUSPENDED:
        instances.resume(work, running.id, reason=reason)
    assignments.cancel(work, assignment_id, reason, document_id=document_id)
    if running is not None:
        messages.send(work, "assignment.cancelled", assignment_id, {"cancel_reason": reason})
    return assignment


def suspend(
    work: UnitOfWork, principal: Principal, assignment_id: str, reason: str, *, resume_on: date | None = None
) -> Assignment:
    """Stop the clock of a task for a time: nothing of its process moves meanwhile."""
    assignment = assignments.lock(work, assignment_id)
    access.require(principal, "assignments.withdraw", assignment.organisation_id)
    assignments.suspend(work, assignment_id, reason, resume_on=resume_on)
    running = instance_of(work.session, PROCESS, assignment_id)
    if running is not None:
        instances.suspend(work, running.id, reason=reason)
    return assignment


def resume(
    work: UnitOfWork, principal: Principal, assignment_id: str, reason: str, *, due: date | None = None
) -> Assignment:
    """Let a suspended task go on; its day moves by the working days it stood still unless another is set."""
    assignment = assignments.lock(work, assignment_id)
    access.require(principal, "assignments.withdraw", assignment.organisation_id)
    assignments.resume(work, assignment_id, due=due)
    running = instance_of(work.session, PROCESS, assignment_id)
    if running is not None:
        instances.resume(work, running.id, reason=reason)
        _move_due(work, running.id, assignment, reason)
    return assignment


def redate(
    work: UnitOfWork,
    principal: Principal,
    assignment_id: str,
    due: date,
    reason: str,
    *,
    document_id: str | None = None,
) -> Assignment:
    """Who set the day sets another one unasked; raises Invalid past the parent's (R-X5)."""
    assignment = assignments.lock(work, assignment_id)
    access.require(principal, "assignments.extend", assignment.due_holder_id)
    assignments.redate(work, assignment_id, due, reason, document_id=document_id)
    running = instance_of(work.session, PROCESS, assignment_id)
    if running is not None:
        _move_due(work, running.id, assignment, reason)
    return assignment


def urge(work: UnitOfWork, principal: Principal, assignment_id: str, text: str) -> Assignment:
    """Remind the lead by hand; each one counts."""
    assignment = assignments.get(work.session, assignment_id)
    _require_one_of(
        principal, "assignments.confirm", assignment.monitor_id or assignment.organisation_id, assignment
    )
    return assignments.urge(work, assignment_id, text)


def split(
    work: UnitOfWork, principal: Principal, assignment_id: str, parts: list[openings.NewAssignment]
) -> list[Assignment]:
    """Split a task among the lead's units; each part runs as a process of its own (R-S4)."""
    parent = _require_lead(work, principal, assignment_id)
    made = openings.split(work, assignment_id, parts)
    for part in made:
        variables = {"assignment": part.id, "directive": parent.directive_id, "urgency": part.urgency}
        instances.start(work, PROCESS, variables, business_key=part.id)
    return made


def _move_due(work: UnitOfWork, instance_id: str, assignment: Assignment, reason: str) -> None:
    """Let the process and its open steps follow the day of the assignment."""
    effective = assignment.effective_due
    before = instances.variables(instances.get(work.session, instance_id)).get("due_at")
    changed = {"due_at": None if effective is None else effective.isoformat()}
    repairs.set_variables(work, instance_id, changed, reason=reason)
    for form in ("assignment-do", "assignment-approve"):
        task_id = open_task(work.session, instance_id, form)
        if task_id is not None and before != changed["due_at"]:
            moment = None if effective is None else end_of_day(effective)
            user_tasks.set_due(work, task_id, moment, reason=reason)


def _require_lead(work: UnitOfWork, principal: Principal, assignment_id: str) -> Assignment:
    assignment = assignments.lock(work, assignment_id)
    access.require(principal, "assignments.perform", assignment.lead_id)
    if not principal.is_admin and not _belongs(principal, assignment.lead_id):
        raise Forbidden(_("Việc này do đơn vị chủ trì thực hiện."), rule="R-X1", assignment=assignment_id)
    return assignment


def _require_one_of(
    principal: Principal, permission: str, organisation_id: str, assignment: Assignment
) -> None:
    if State(assignment.state) in ENDED:
        raise Conflict(_("Nhiệm vụ đã kết thúc."), assignment=assignment.id)
    if not access.allow(principal, permission, organisation_id):
        access.require(principal, permission, assignment.organisation_id)


def _belongs(principal: Principal, organisation_id: str) -> bool:
    """Tell whether a principal works in the organisation itself, not only above it."""
    return any(group.partition("@")[2] == organisation_id for group in principal.groups)
