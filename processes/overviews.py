"""Lists of documents, cycles and plans as pages show them: filtered, paged, with their figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from directives import document_numbers, figures
from directives.access import Principal
from directives.assignment_tables import Assignment
from directives.directives import Directive
from directives.document_tables import Document
from directives.figures import Figures
from directives.plan_tables import Plan, PlanItem
from foundation.vietnamese import fold
from processes import visibility

#: rows of one page
PAGE = 30


@dataclass(frozen=True, kw_only=True)
class DocumentRow:
    """One line of the register."""

    id: str
    direction: str
    stage: str
    number: str
    type_code: str
    issuer_id: str | None
    issuer_name: str
    subject: str
    issued_on: date | None
    received_on: date | None
    register_number: int | None
    urgency: int
    is_secret_stub: bool
    organisation_id: str


@dataclass(frozen=True, kw_only=True)
class DirectiveRow:
    """One cycle with the figures of its own assignments."""

    id: str
    title: str
    number: str
    status: str
    urgency: int
    organisation_id: str
    issuer_id: str | None
    issuer_name: str
    received_on: date
    internal_due: date | None
    is_top: bool
    figures: Figures


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """One plan with the number of its tasks."""

    id: str
    title: str
    status: str
    directive_id: str
    directive_title: str
    organisation_id: str
    issued_on: date | None
    created_at: datetime
    items: int


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One page of a list and how many there are in all."""

    rows: Sequence[Any]
    total: int

    @property
    def pages(self) -> int:
        """Give how many pages there are."""
        return -(-self.total // PAGE)


def documents(
    session: Session, principal: Principal, *, direction: str = "", text: str = "", page: int = 1
) -> Listed:
    """Give a page of the documents somebody may see, the latest first; `text` is a number or words."""
    wanted = [visibility.documents(principal)]
    if direction:
        wanted.append(Document.direction == direction)
    if text.strip():
        wanted.append(matching(text))
    total = int(session.scalar(select(func.count()).select_from(Document).where(*wanted)) or 0)
    columns = [getattr(Document, name) for name in DocumentRow.__dataclass_fields__]
    latest = func.coalesce(Document.received_on, Document.issued_on)
    query = (
        select(*columns).where(*wanted).order_by(latest.is_(None).desc(), latest.desc(), Document.id.desc())
    )
    rows = [
        DocumentRow(**{**row._mapping, "number": row.number or ""})  # noqa: SLF001  public in all but name
        for row in session.execute(_paged(query, page))
    ]
    return Listed(rows=rows, total=total)


def matching(text: str) -> ColumnElement[bool]:
    """Give the condition that a document has a number or words, marks and case aside (R-D3, R-U2)."""
    number = document_numbers.read(text)
    words = Document.search_key.contains(fold(text.strip()), autoescape=True)
    if number.key.isdigit():
        return or_(Document.number_sequence == number.sequence, words)
    return or_(Document.number_key == number.key, words)


def directives(
    session: Session,
    principal: Principal,
    today: date,
    soon: date,
    *,
    status: str = "",
    text: str = "",
    page: int = 1,
) -> Listed:
    """Give a page of the cycles somebody may see, open ones first, then the latest."""
    wanted = [visibility.directives(principal)]
    if status == "open":
        wanted.append(Directive.closed_at.is_(None))
    elif status == "closed":
        wanted.append(Directive.closed_at.is_not(None))
    if text.strip():
        wanted.append(matching(text))
    joined = select(Directive, Document).join(Document, Document.id == Directive.document_id).where(*wanted)
    total = int(session.scalar(select(func.count()).select_from(joined.subquery())) or 0)
    query = joined.order_by(
        Directive.closed_at.is_not(None), Directive.received_on.desc(), Directive.id.desc()
    )
    found = session.execute(_paged(query, page)).all()
    counted = directive_figures(session, [row[0].id for row in found], today, soon)
    rows = [
        DirectiveRow(
            id=directive.id,
            title=directive.title,
            number=document.number or "",
            status=directive.status,
            urgency=directive.urgency,
            organisation_id=directive.organisation_id,
            issuer_id=document.issuer_id,
            issuer_name=document.issuer_name,
            received_on=directive.received_on,
            internal_due=directive.internal_due,
            is_top=directive.parent_id is None,
            figures=counted.get(directive.id, Figures()),
        )
        for directive, document in found
    ]
    return Listed(rows=rows, total=total)


def directive_figures(session: Session, ids: Iterable[str], today: date, soon: date) -> dict[str, Figures]:
    """Give the figures of the assignments of several cycles in one query."""
    wanted = list(ids)
    if not wanted:
        return {}
    query = select(Assignment.directive_id, *figures.sums(today, soon))
    query = query.where(Assignment.directive_id.in_(wanted)).group_by(Assignment.directive_id)
    return {
        row["directive_id"]: Figures(**{name: int(row[name]) for name in Figures.__dataclass_fields__})
        for row in session.execute(query).mappings()
    }


def plans(session: Session, principal: Principal, *, status: str = "", page: int = 1) -> Listed:
    """Give a page of the plans somebody may see, drafts first, then the latest."""
    wanted = [visibility.plans(principal)]
    if status:
        wanted.append(Plan.status == status)
    total = int(session.scalar(select(func.count()).select_from(Plan).where(*wanted)) or 0)
    count = select(func.count()).where(PlanItem.plan_id == Plan.id).scalar_subquery()
    query = (
        select(
            Plan.id,
            Plan.title,
            Plan.status,
            Plan.directive_id,
            Directive.title.label("directive_title"),
            Plan.organisation_id,
            Plan.issued_on,
            Plan.created_at,
            count.label("items"),
        )
        .join(Directive, Directive.id == Plan.directive_id)
        .where(*wanted)
        .order_by(Plan.status != "draft", Plan.created_at.desc(), Plan.id)
    )
    rows = [PlanRow(**row._mapping) for row in session.execute(_paged(query, page))]  # noqa: SLF001  as above
    return Listed(rows=rows, total=total)


def _paged(query: Any, page: int) -> Any:
    return query.limit(PAGE).offset((max(1, page) - 1) * PAGE)
