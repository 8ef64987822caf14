"""Plans: opening the draft, issuing it with its document, one task without a plan."""

from collections.abc import Mapping
from typing import Any

from directives import (
    assignments,
    deadlines,
    directives,
    documents,
    openings,
    organisations,
    plans,
    policies,
)
from directives.documents import Header
from engine.ports import JobContext
from foundation import calendars
from foundation.database import UnitOfWork
from foundation.texts import _
from foundation.working_time import local_date
from processes import planning, receiving, signatures
from processes.handlers.inputs import day, optional, text


def from_instruction(work: UnitOfWork, job: JobContext) -> Mapping[str, Any]:
    """Give one task at once, as the head wrote it (§2.2 step 3, "làm ngay")."""
    directive = directives.get(work.session, text(job, "directive"))
    calendar = calendars.load(work.session)
    policy = policies.current(work.session, local_date(work.now))
    new = openings.NewAssignment(
        lead_id=text(job, "lead"),
        content=optional(job, "instruction") or directive.title,
        deadline=deadlines.due_on(day(job, "due"), calendar, policy),
        is_held=True,
    )
    return {"plan": None, "assignments": [openings.assign(work, directive.id, new).id]}


def open_(work: UnitOfWork, job: JobContext) -> Mapping[str, Any]:
    """Begin the draft with what the document or the assignments above ask for, and its own document."""
    directive = directives.get(work.session, text(job, "directive"))
    document = documents.get(work.session, directive.document_id)
    title = str(_("Kế hoạch thực hiện {number}", number=document.number or document.subject))
    given = [assignments.get(work.session, one) for one in directives.carried(work.session, directive.id)]
    if given:
        plan = plans.create(work, directive.id, title)
        for assignment in given:
            receiving.add_item_for(work, plan.id, assignment)
    else:
        items = planning.proposed_items(work.session, document.id, local_date(work.now))
        plan = plans.from_proposal(
            work, directive.id, items, title, scope=document.issuer_id or directive.organisation_id
        )
    today = local_date(work.now)
    header = Header(
        type_code="KH",
        issuer_id=directive.organisation_id,
        issuer_name=organisations.name_on(work.session, directive.organisation_id, today),
        subject=title,
        urgency=directive.urgency,
        legal_bases=planning.legal_bases(document),
    )
    draft = documents.draft(work, directive.organisation_id, header)
    plans.attach_document(work, plan.id, draft.id)
    return {"plan": plan.id}


def issue(work: UnitOfWork, job: JobContext) -> Mapping[str, Any]:
    """Issue the signed document, put the plan in force and prepare its assignments."""
    plan = plans.get(work.session, text(job, "plan"))
    planning.put_recipients(work, plan)
    document = documents.get(work.session, plan.document_id or "")
    if document.stage == "drafting":
        capacity = optional(job, "sign_capacity")
        documents.sign(work, document.id, signatures.signer(work, plan.organisation_id, capacity))
    issued_on = day(job, "issued_on") or local_date(work.now)
    planning.give_number(work, document, optional(job, "number"), issued_on)
    documents.issue(work, document.id)
    plans.issue(work, plan.id, document.id, on=issued_on)
    return {"assignments": [one.id for one in openings.open_plan(work, plan.id, is_held=True)]}


HANDLERS = {
    "plan.from_instruction": from_instruction,
    "plan.open": open_,
    "plan.issue": issue,
}
