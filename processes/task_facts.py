"""What a task is about, for page and preview: who gave it, why, in which sentence of which document."""

import re
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import documents, organisations
from directives.assignment_tables import Assignment
from directives.directives import Directive
from directives.document_tables import Document
from directives.plan_tables import PlanItem
from foundation.vietnamese import fold
from foundation.working_time import local_date
from processes.work_views import Subject

#: characters of a quoted sentence
_LONGEST = 900
#: from so many words on, a few more before them (a bullet, a number) make no other sentence
_MANY_WORDS = 6


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The surroundings of one task."""

    giver: str = ""
    lead: str = ""
    output: str = ""
    #: the words of the document it comes from
    sentence: str = ""
    #: the sentence says the same as the task itself
    is_verbatim: bool = False
    document_id: str | None = None
    document_number: str = ""
    document_subject: str = ""
    directive: Directive | None = None
    assignment: Assignment | None = field(default=None, repr=False)


def facts(session: Session, subject: Subject) -> Facts:
    """Give the surroundings of what a task is about; nothing for a process that is not of the house."""
    if subject.directive_id is None:
        return Facts()
    row = session.execute(
        select(Directive, Document)
        .join(Document, Document.id == Directive.document_id)
        .where(Directive.id == subject.directive_id)
    ).one_or_none()
    if row is None:
        return Facts()
    directive, document = row
    assignment = session.get(Assignment, subject.id) if subject.kind == "assignment" else None
    units = {directive.organisation_id} | (
        {assignment.organisation_id, assignment.lead_id} if assignment else set()
    )
    names = organisations.names_on(session, units, local_date(directive.created_at))
    giver = assignment.organisation_id if assignment else document.issuer_id
    sentence = _sentence(session, assignment, document.id) if assignment else ""
    return Facts(
        giver=names.get(giver or "", document.issuer_name),
        lead=names.get(assignment.lead_id, "") if assignment else "",
        output=assignment.output if assignment else "",
        sentence=sentence,
        is_verbatim=bool(sentence) and assignment is not None and _same(sentence, assignment.content),
        document_id=document.id,
        document_number=document.number or "",
        document_subject=document.subject,
        directive=directive,
        assignment=assignment,
    )


def _same(sentence: str, content: str) -> bool:
    """Tell whether two texts have the same words, whatever bullets and punctuation stand around them."""
    one, other = (re.findall(r"\w+", fold(text)) for text in (sentence, content))
    return one == other or (len(other) > _MANY_WORDS and one[-len(other) :] == other)


def _sentence(session: Session, assignment: Assignment, document_id: str) -> str:
    """Give the lines of the document from which the assignment's plan item was read (R-S11)."""
    if assignment.item_id is None:
        return ""
    numbers = session.scalar(select(PlanItem.source_lines).where(PlanItem.id == assignment.item_id)) or []
    if not numbers:
        return ""
    lines = documents.text_lines(session, document_id)
    words = " ".join(lines[number - 1].strip() for number in numbers if 0 < number <= len(lines))
    return words if len(words) <= _LONGEST else words[:_LONGEST].rsplit(" ", 1)[0] + " …"
