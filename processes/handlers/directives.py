"""Directives: entering the register, the instruction, the cycle of a lower organisation, the end."""

from collections.abc import Mapping
from typing import Any

from directives import assignments, consolidation, directives, documents, reports
from directives.directives import Decision, Instruction, Status
from engine import messages, starts
from engine.ports import JobContext
from foundation.database import UnitOfWork
from foundation.working_time import local_date
from processes import receiving
from processes.handlers.inputs import day, number, optional, text


def register(work: UnitOfWork, job: JobContext) -> None:
    """Enter the document in the register of the organisation (R-D7); one entered on arrival stays."""
    directive = directives.lock(work, text(job, "directive"))
    document = documents.get(work.session, directive.document_id)
    arrived_on = day(job, "arrived_on") or local_date(work.now)
    if document.stage == "arrived":
        documents.enter(work, document.id, on=arrived_on, number=number(job, "arrival_number"))
    directive.received_on = arrived_on
    urgency = number(job, "urgency")
    directive.urgency = document.urgency = directive.urgency if urgency is None else urgency


def instruct(work: UnitOfWork, job: JobContext) -> None:
    """Record the bút phê; a forwarded document begins its cycle at the competent organisation."""
    decision = Decision(text(job, "decision"))
    directive = directives.instruct(
        work,
        text(job, "directive"),
        Instruction(
            decision=decision,
            text=optional(job, "instruction") or "",
            lead_unit_id=optional(job, "lead_unit"),
            internal_due=day(job, "internal_due"),
            monitor_id=optional(job, "monitor"),
            consolidator_id=optional(job, "consolidator"),
        ),
    )
    if decision is Decision.FORWARD:
        document = documents.get(work.session, directive.document_id)
        _begin(work, receiving.copy_to(work, document, text(job, "lead_unit")))


def open_child(work: UnitOfWork, job: JobContext) -> Mapping[str, Any]:
    """Open the cycle of the lead for an assignment, or let one that is not planned yet carry it too."""
    assignment = assignments.get(work.session, text(job, "assignment"))
    existing = directives.open_child(work.session, assignment.directive_id, text(job, "lead"))
    if existing is not None and existing.status in (Status.RECEIVED, Status.INSTRUCTED):
        directives.carry(work, existing.id, assignment.id)
        receiving.add_to_draft(work, existing.id, assignment)
        return {"child_directive": existing.id, "is_shared": True}
    document = receiving.document_that_gives(work.session, assignment)
    child = receiving.copy_to(
        work, document, text(job, "lead"), parent_assignment_id=assignment.id, title=document.subject
    )
    return {"child_directive": child.id, "is_shared": False}


def close(work: UnitOfWork, job: JobContext) -> None:
    """End the cycle and bring its accepted report to the other assignments it carried."""
    directive = directives.close(work, text(job, "directive"))
    report = last_report(work, directive.id)
    others = directives.carried(work.session, directive.id)[1:]
    for assignment_id in others:
        messages.send(work, "sub_plan.completed", assignment_id, {"result_report": report})


def last_report(work: UnitOfWork, directive_id: str) -> str | None:
    """Give the newest consolidated report of a directive that was sent."""
    for found in reports.rounds(work.session, directive_id):
        latest = consolidation.latest(work.session, found.id)
        if latest is not None and latest.sent_at is not None:
            return latest.id
    return None


def _begin(work: UnitOfWork, directive: directives.Directive) -> None:
    variables = {
        "directive": directive.id,
        "organisation": directive.organisation_id,
        "urgency": directive.urgency,
        "parent_assignment": None,
    }
    starts.create(work, receiving.PROCESS, variables, business_key=directive.id)


HANDLERS = {
    "directive.register": register,
    "directive.instruct": instruct,
    "directive.open_child": open_child,
    "directive.close": close,
}
