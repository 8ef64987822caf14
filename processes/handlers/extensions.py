"""Extensions: the decision of who set the day, and the lead's answer to a counter-proposal (R-X4 to R-X6)."""

from collections.abc import Mapping
from typing import Any

from directives import assignments, extensions
from directives.extensions import PENDING, Extension, Status
from directives.states import ENDED, State
from engine.ports import JobContext
from foundation.database import UnitOfWork
from foundation.errors import Invalid
from foundation.texts import _
from processes.handlers.inputs import day, iso, optional, text


def decide(work: UnitOfWork, job: JobContext) -> Mapping[str, Any]:
    """Accept, refuse or propose another day; a request taken back meanwhile needs no decision."""
    request = extensions.get(work.session, text(job, "extension"))
    if not _is_alive(work, request):
        return {"extension_state": request.status}
    match text(job, "decision"):
        case "approve":
            extensions.approve(
                work, request.id, holder_id=request.holder_id, note=optional(job, "reason") or ""
            )
            return {"extension_state": "approved", **_due(work, request)}
        case "refuse":
            extensions.refuse(work, request.id, holder_id=request.holder_id, reason=text(job, "reason"))
            return {"extension_state": "refused"}
        case "counter":
            due = day(job, "new_due_at")
            if due is None:
                raise Invalid(fields={"extension_due_at": _("Cần thời hạn đề nghị.")})
            extensions.counter(
                work, request.id, holder_id=request.holder_id, due=due, reason=text(job, "reason")
            )
            return {"extension_state": "countered"}
        case other:
            raise Invalid(_("Quyết định gia hạn “{found}” không hợp lệ.", found=other))


def answer(work: UnitOfWork, job: JobContext) -> Mapping[str, Any]:
    """The lead takes the day proposed, or leaves it."""
    request = extensions.get(work.session, text(job, "extension"))
    if not _is_alive(work, request):
        return {}
    is_accepted = text(job, "answer") == "accept"
    extensions.answer_counter(work, request.id, lead_id=request.lead_id, is_accepted=is_accepted)
    return _due(work, request) if is_accepted else {}


def _is_alive(work: UnitOfWork, request: Extension) -> bool:
    """Tell whether a request still waits; one whose assignment ended or changed its lead is taken back."""
    if Status(request.status) not in PENDING:
        return False
    assignment = assignments.get(work.session, request.assignment_id)
    if State(assignment.state) in ENDED or assignment.lead_id != request.lead_id:
        extensions.withdraw(work, request.id, lead_id=request.lead_id)
        return False
    return True


def _due(work: UnitOfWork, request: Extension) -> dict[str, Any]:
    return {"due_at": iso(assignments.get(work.session, request.assignment_id).effective_due)}


HANDLERS = {"extension.decide": decide, "extension.answer": answer}
