"""Reading organisations as they stand on a day: names, children, search, successors (R-O1, R-O2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from directives.organisation_tables import OrganisationRow, OrganisationSuccession, OrganisationVersion
from foundation.errors import NotFound
from foundation.texts import _
from foundation.vietnamese import fold, format_date


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """An organisation as it stands on a day."""

    id: str
    name: str
    short_name: str
    kind: str
    level: str
    parent_id: str | None
    code: str | None
    is_group: bool
    valid_from: date
    #: last day of this version, None while it stands
    valid_to: date | None


def current(session: Session, organisation_id: str, on: date) -> Organisation:
    """Give an organisation as it stands on a day; raises NotFound when it does not exist then."""
    row = session.execute(_versions(on).where(OrganisationVersion.organisation_id == organisation_id)).first()
    if row is None:
        raise NotFound(
            _("Không có cơ quan này vào ngày {date}.", date=format_date(on)), organisation=organisation_id
        )
    return _value(row)


def several(session: Session, organisation_ids: Iterable[str], on: date) -> dict[str, Organisation]:
    """Give organisations by id as they stand on a day; those that do not exist then are missing."""
    rows = session.execute(
        _versions(on).where(OrganisationVersion.organisation_id.in_(set(organisation_ids)))
    )
    return {row.organisation_id: _value(row) for row in rows}


def name_on(session: Session, organisation_id: str, on: date) -> str:
    """Give the name an organisation had on a day (R-O2); outside its life the nearest name."""
    return names_on(session, [organisation_id], on).get(organisation_id, "")


def names_on(session: Session, organisation_ids: Iterable[str], on: date) -> dict[str, str]:
    """Give the names organisations had on a day by id, in one query; nearest names outside their lives."""
    version = OrganisationVersion
    rows = session.execute(
        select(version.organisation_id, version.name, version.valid_from)
        .where(version.organisation_id.in_(set(organisation_ids)))
        .order_by(version.organisation_id, version.valid_from)
    )
    names: dict[str, str] = {}
    for organisation_id, name, valid_from in rows:
        if valid_from <= on or organisation_id not in names:
            names[organisation_id] = name
    return names


def children(session: Session, parent_id: str | None, on: date) -> list[Organisation]:
    """Give the organisations directly below one (the roots for None), without groups, in Vietnamese order."""
    query = _versions(on).where(OrganisationRow.is_group.is_(False))
    if parent_id is None:
        query = query.where(OrganisationVersion.parent_id.is_(None))
    else:
        query = query.where(OrganisationVersion.parent_id == parent_id)
    return [_value(row) for row in session.execute(query.order_by(OrganisationVersion.sort_key))]


def search(session: Session, text: str, on: date, *, limit: int = 50) -> list[Organisation]:
    """Find organisations whose name contains the text, marks and case aside, exact ones first."""
    wanted = fold(text.strip())
    query = _versions(on).where(
        or_(
            OrganisationVersion.search_text.contains(wanted, autoescape=True),
            OrganisationVersion.code == text.strip(),
        )
    )
    found = [
        _value(row) for row in session.execute(query.order_by(OrganisationVersion.sort_key).limit(limit))
    ]
    return sorted(found, key=lambda one: text.strip().lower() not in one.name.lower())


def versions(session: Session, organisation_id: str) -> list[OrganisationVersion]:
    """Give all versions of an organisation, the oldest first, with change and basis."""
    query = select(OrganisationVersion).where(OrganisationVersion.organisation_id == organisation_id)
    return list(session.scalars(query.order_by(OrganisationVersion.valid_from)))


def successors(session: Session, organisation_id: str, on: date) -> list[str]:
    """Give the ids that answer for an organisation on a day: itself while it stands, else who took over."""
    reached = {organisation_id}
    waiting = [organisation_id]
    answer: list[str] = []
    while waiting:
        standing = several(session, waiting, on)
        answer += [one for one in waiting if one in standing]
        ended = [one for one in waiting if one not in standing]
        step = OrganisationSuccession
        query = select(step.successor_id).where(step.predecessor_id.in_(ended), step.effective_on <= on)
        waiting = [one for one in session.scalars(query.distinct()) if one not in reached] if ended else []
        reached.update(waiting)
    return answer


def label(session: Session, organisation_id: str, *, written_on: date, today: date) -> str:
    """Give today's name with the old one: “Sở Tài chính (trước đây: Sở Kế hoạch và Đầu tư)” (R-O2)."""
    then = name_on(session, organisation_id, written_on)
    now = list(names_on(session, successors(session, organisation_id, today), today).values())
    if not now or now == [then]:
        return then
    return f"{', '.join(now)} (trước đây: {then})"


def standing_on(on: date) -> ColumnElement[bool]:
    """Give the condition that a version holds on a day, for queries that join versions."""
    version = OrganisationVersion
    return (version.valid_from <= on) & or_(version.valid_to.is_(None), version.valid_to >= on)


def _versions(on: date) -> Select[*tuple[Any, ...]]:
    version = OrganisationVersion
    return (
        select(
            version.organisation_id,
            version.name,
            version.short_name,
            version.kind,
            version.level,
            version.parent_id,
            version.code,
            version.valid_from,
            version.valid_to,
            OrganisationRow.is_group,
        )
        .join(OrganisationRow, OrganisationRow.id == version.organisation_id)
        .where(standing_on(on))
    )


def _value(row: Any) -> Organisation:
    columns = dict(row._mapping)  # noqa: SLF001  the public name of SQLAlchemy's row mapping
    return Organisation(id=columns.pop("organisation_id"), **columns)
