"""Receiving: a document arrives, becomes a directive of the organisation, and its cycle starts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import (
    access,
    assignments,
    deadlines,
    directives,
    document_files,
    documents,
    plans,
    proposals,
    signing,
)
from directives.access import Principal
from directives.assignment_tables import Assignment
from directives.directives import Directive
from directives.document_tables import Document
from directives.documents import Header
from directives.plan_tables import Plan
from engine import instances
from foundation.database import UnitOfWork
from foundation.working_time import local_date
from processes import headers, reading

#: the process of a cycle
PROCESS = "directive-cycle"


@dataclass(frozen=True, kw_only=True)
class Received:
    """What receiving a document began."""

    document_id: str
    directive_id: str
    instance_id: str


def receive(
    work: UnitOfWork,
    principal: Principal,
    organisation_id: str,
    *,
    proposal: Mapping[str, Any] | None = None,
    lines: Sequence[str] = (),
    file: tuple[str, bytes, str] | None = None,
    received_on: date | None = None,
) -> Received:
    """Take a document in, open its directive and start its cycle; the business key is the directive's id.

    `proposal` is what a person confirmed, in the JSON shape of `tiendo intake`; without it the `file` (name,
    bytes, media type) or the `lines` are read. Raises Forbidden without the right to register for the
    organisation, Invalid or Conflict as `documents.arrive` and `reading.read` say.
    """
    access.require(principal, "directives.register", organisation_id)
    if proposal is None:
        name, content = file[:2] if file else ("van-ban.txt", "\n".join(lines).encode())
        read = reading.read(work.session, content, name, local_date(work.now))
        proposal, lines = read.as_json(), lines or read.lines
    header = headers.read(work, proposal.get("document") or {}, organisation_id)
    document = documents.arrive(work, organisation_id, header, lines=list(lines), received_on=received_on)
    if file is not None:
        document_files.attach(work, document.id, *file)
    items = [dict(item) for item in proposal.get("items") or ()]
    proposals.keep(work, document.id, items)
    directive = directives.receive(
        work, document.id, organisation_id, received_on=document.received_on or local_date(work.now)
    )
    return start(work, directive)


def start(work: UnitOfWork, directive: Directive) -> Received:
    """Start the cycle of a directive at the top of its tree."""
    variables = {
        "directive": directive.id,
        "organisation": directive.organisation_id,
        "urgency": directive.urgency,
        "parent_assignment": None,
    }
    instance_id = instances.start(work, PROCESS, variables, business_key=directive.id)
    return Received(document_id=directive.document_id, directive_id=directive.id, instance_id=instance_id)


def copy_to(
    work: UnitOfWork,
    document: Document,
    organisation_id: str,
    *,
    parent_assignment_id: str | None = None,
    title: str = "",
) -> Directive:
    """Let a document of the house arrive at another organisation and open its directive there."""
    arrived = arrive_at(work, document, organisation_id)
    return directives.receive(
        work,
        arrived.id,
        organisation_id,
        received_on=local_date(work.now),
        parent_assignment_id=parent_assignment_id,
        title=title,
    )


def arrive_at(work: UnitOfWork, document: Document, organisation_id: str) -> Document:
    """Let a document of the house arrive at another organisation; its clerk enters it in the register."""
    header = Header(
        type_code=document.type_code,
        number_raw=document.number or document.number_raw,
        issuer_id=document.issuer_id or document.organisation_id,
        issuer_name=document.issuer_name,
        place=document.place,
        issued_on=document.issued_on,
        subject=document.subject,
        urgency=document.urgency,
        signer=_signer(document),
        legal_bases=document.legal_bases,
        is_internal=document.is_internal,
    )
    return documents.arrive(
        work,
        organisation_id,
        header,
        lines=documents.text_lines(work.session, document.id),
        is_duplicate_allowed=True,
    )


def enter_report(work: UnitOfWork, organisation_id: str, report: Document) -> None:
    """Enter the report of a lower organisation in the register of the superior, once it was looked at."""
    arrived = work.session.scalars(
        select(Document).where(
            Document.organisation_id == organisation_id,
            Document.direction == "in",
            Document.stage == "arrived",
            Document.number_key == report.number_key,
            Document.issuer_id == report.organisation_id,
        )
    ).first()
    if arrived is not None:
        documents.enter(work, arrived.id)


def document_that_gives(session: Session, assignment: Assignment) -> Document:
    """Give the document an assignment was given by: that of its plan, else that of its directive."""
    plan = session.get(Plan, assignment.plan_id) if assignment.plan_id else None
    if plan is not None and plan.document_id is not None:
        return documents.get(session, plan.document_id)
    return directives.document_of(session, assignment.directive_id)


def add_to_draft(work: UnitOfWork, directive_id: str, assignment: Assignment) -> None:
    """Add one more assignment to the plan of a cycle that is still being drafted."""
    draft = work.session.scalars(
        select(Plan).where(Plan.directive_id == directive_id, Plan.status == "draft")
    ).first()
    if draft is not None:
        add_item_for(work, draft.id, assignment)


def add_item_for(work: UnitOfWork, plan_id: str, assignment: Assignment) -> None:
    """Add the row that carries out an assignment from above, with its words, day and trace (R-S4)."""
    helping = [row.organisation_id for row in assignments.coordinators(work.session, assignment.id)]
    draft = plans.ItemDraft(
        content=assignment.content,
        section=assignment.section,
        output=assignment.output,
        deadline=deadlines.from_json(assignment.deadline),
        coordinators=tuple(plans.Party(organisation_id=one) for one in helping),
        traces=(plans.Trace(parent_item_id=assignment.item_id, parent_assignment_id=assignment.id),),
    )
    plans.add_item(work, plan_id, draft)


def _signer(document: Document) -> signing.Signer | None:
    from processes import signatures

    return signatures.from_json(document.signer) if document.signer else None
