"""Find documents, assignments, organisations and people by number or words, with or without marks (R-U2)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Function, func, select
from sqlalchemy.orm import Session

from directives import access, organisations, people
from directives.access import Principal
from directives.assignment_tables import Assignment
from directives.directives import Directive
from directives.document_tables import Document
from directives.organisations import Organisation
from directives.people import Person
from foundation.vietnamese import fold
from processes import overviews, visibility

#: hits of one kind
MOST = 20
#: shorter texts find too much
SHORTEST = 2
# letters with marks and what they are without, for databases that cannot be given our `fold`
_MARKED = (
    "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
    "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴĐ"
)
_BARE = "".join(fold(letter) for letter in _MARKED)


@dataclass(frozen=True, kw_only=True)
class FoundAssignment:
    """An assignment that was found."""

    id: str
    content: str
    section: str
    number: str
    lead_id: str
    state: str
    current_due: date | None
    effective_due: date | None
    result_on: date | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found, by kind; each list is cut at `MOST`."""

    documents: list[overviews.DocumentRow]
    assignments: list[FoundAssignment]
    organisations: list[Organisation]
    people: list[Person]

    @property
    def total(self) -> int:
        """Count all hits."""
        return len(self.documents) + len(self.assignments) + len(self.organisations) + len(self.people)


def find(session: Session, principal: Principal, text: str) -> Found:
    """Give what somebody may see that has the number or words; nothing for a text that is too short."""
    words = text.strip()
    if len(words) < SHORTEST:
        return Found(documents=[], assignments=[], organisations=[], people=[])
    listed = overviews.documents(session, principal, text=words)
    seen = access.allow(principal, "organisations.read")
    known = access.allow(principal, "people.read")
    return Found(
        documents=list(listed.rows)[:MOST],
        assignments=assignments(session, principal, words),
        organisations=organisations.search(session, words, principal.on, limit=MOST) if seen else [],
        people=people.search(session, words, limit=MOST) if known else [],
    )


def assignments(session: Session, principal: Principal, text: str) -> list[FoundAssignment]:
    """Give assignments whose content has the words, or that belong to a document of that number."""
    columns = (
        Assignment.id,
        Assignment.content,
        Assignment.section,
        Document.number,
        Assignment.lead_id,
        Assignment.state,
        Assignment.current_due,
        Assignment.effective_due,
        Assignment.result_on,
    )
    query = (
        select(*columns)
        .join(Directive, Directive.id == Assignment.directive_id)
        .join(Document, Document.id == Directive.document_id)
        .where(visibility.assignments(principal), _has(session, text))
        .order_by(Assignment.effective_due.is_(None), Assignment.effective_due.desc(), Assignment.id)
        .limit(MOST)
    )
    return [
        FoundAssignment(**{**row._mapping, "number": row.number or ""})  # noqa: SLF001  public in all but name
        for row in session.execute(query)
    ]


def _has(session: Session, text: str) -> ColumnElement[bool]:
    needle = fold(text)
    if any(letter.isdigit() for letter in needle) and " " not in needle:
        return overviews.matching(text)
    return _folded(session, Assignment.content).contains(needle, autoescape=True)


def _folded(session: Session, column: Any) -> Function[str]:
    """Give a column as search compares it: by our own `fold` on SQLite, by its letters on PostgreSQL."""
    if session.get_bind().dialect.name == "sqlite":
        driver: Any = session.connection().connection.driver_connection
        driver.create_function("tiendo_fold", 1, fold, deterministic=True)
        return func.tiendo_fold(column)
    bare = func.lower(func.translate(column, _MARKED, _BARE))
    # ky/ki, ly/li, quy/qui are one syllable in two spellings, as in `fold`
    return func.regexp_replace(bare, r"\m(qu|[b-df-hj-np-tv-z]{1,2})y\M", r"\1i", "g")
