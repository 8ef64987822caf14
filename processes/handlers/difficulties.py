"""Difficulties: what is decided about them (R-S7). The clock of the assignment never stopped."""

from collections.abc import Mapping
from typing import Any

from directives import assignments, difficulties
from directives.difficulties import Difficulty, Remedy, Ruling
from directives.states import ENDED, State
from engine.ports import JobContext
from foundation.database import UnitOfWork
from processes.handlers.inputs import day, iso, optional, text

#: decision of the form → remedy of the domain
REMEDIES = {
    "guide": Remedy.GUIDANCE,
    "extend": Remedy.EXTENSION,
    "adjust": Remedy.ADJUSTMENT,
    "reassign": Remedy.REASSIGNMENT,
    "cancel": Remedy.CANCELLATION,
}


def decide(work: UnitOfWork, job: JobContext) -> Mapping[str, Any]:
    """Record the decision and carry it out; for another lead or the end of the task messages follow."""
    difficulty = work.session.get_one(Difficulty, text(job, "difficulty"))
    assignment = assignments.get(work.session, text(job, "assignment"))
    if difficulty.status != "raised" or State(assignment.state) in ENDED:
        return {}
    remedy = REMEDIES[text(job, "decision")]
    ruling = Ruling(
        remedy=remedy,
        answer=text(job, "guidance"),
        due=day(job, "new_due_at"),
        content=optional(job, "content") or "",
        lead_id=optional(job, "new_lead"),
    )
    difficulties.decide(work, difficulty.id, difficulty.desk_id, ruling)
    if remedy is not Remedy.EXTENSION:
        return {}
    return {"due_at": iso(assignments.get(work.session, assignment.id).effective_due)}


HANDLERS = {"difficulty.decide": decide}
