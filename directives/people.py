"""People, the positions they hold and whom they stand in for (§2.1, R-U6).

A position in an organisation makes a person a member of the candidate group `role@organisation_id`, and of
`member@organisation_id`. A delegate acts in the groups of the delegator while the delegation lasts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Date, Select, String, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from directives.people_tables import DelegationRow, PersonRow, PositionRow
from directives.roles import ROLES
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id
from foundation.texts import _
from foundation.vietnamese import fold, format_date, person_sort_key

#: the group of everybody with a position in an organisation
MEMBER = "member"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who works in an organisation."""

    id: str
    full_name: str
    email: str
    phone: str
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class Position:
    """A role held in an organisation from one day to another, both included."""

    id: str
    person_id: str
    organisation_id: str
    role: str
    title: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, kw_only=True)
class HeldRole:
    """A role somebody may act in on a day: an own one, or one of a delegator."""

    role: str
    organisation_id: str
    #: whose position it is
    holder_id: str
    holder_name: str

    @property
    def group(self) -> str:
        """Give the candidate group of the role."""
        return group(self.role, self.organisation_id)


def group(role: str, organisation_id: str) -> str:
    """Give the candidate group of a role in an organisation, as the engine's user tasks name it."""
    return f"{role}@{organisation_id}"


def create(work: UnitOfWork, *, full_name: str, email: str = "", phone: str = "") -> str:
    """Enter a person; give the id. Raises Invalid without a name."""
    name = " ".join(full_name.split())
    if not name:
        raise Invalid(fields={"full_name": _("Họ và tên không được để trống.")})
    row = PersonRow(
        id=new_id(), email=email, phone=phone, is_active=True, created_at=work.now, **_named(name)
    )
    work.session.add(row)
    work.session.flush()
    return row.id


def change(
    work: UnitOfWork,
    person_id: str,
    *,
    full_name: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    is_active: bool | None = None,
) -> None:
    """Change what is given about a person; raises NotFound."""
    row = _row(work.session, person_id)
    if full_name is not None:
        name = " ".join(full_name.split())
        if not name:
            raise Invalid(fields={"full_name": _("Họ và tên không được để trống.")})
        for column, value in _named(name).items():
            setattr(row, column, value)
    row.email = row.email if email is None else email
    row.phone = row.phone if phone is None else phone
    row.is_active = row.is_active if is_active is None else is_active
    work.session.flush()


def get(session: Session, person_id: str) -> Person:
    """Give a person; raises NotFound."""
    return _person(_row(session, person_id))


def names(session: Session, person_ids: Iterable[str]) -> dict[str, str]:
    """Give full names by person id in one query."""
    query = select(PersonRow.id, PersonRow.full_name).where(PersonRow.id.in_(set(person_ids)))
    return dict(session.execute(query).all())


def search(session: Session, text: str = "", *, limit: int = 50) -> list[Person]:
    """Find people by a part of the name, marks and case aside, by given name."""
    query = select(PersonRow).where(PersonRow.search_text.contains(fold(text.strip()), autoescape=True))
    return [_person(row) for row in session.scalars(query.order_by(PersonRow.sort_key).limit(limit))]


def appoint(
    work: UnitOfWork,
    person_id: str,
    role: str,
    organisation_id: str,
    *,
    valid_from: date,
    valid_to: date | None = None,
    title: str = "",
) -> str:
    """Give a person a role in an organisation from a day; give the position's id.

    Raises Invalid for an unknown role or turned dates, Conflict when the person already holds it then.
    """
    _row(work.session, person_id)
    if role not in ROLES:
        raise Invalid(
            fields={
                "role": _(
                    "Vai trò “{role}” chưa có; hãy chọn một trong: {known}.",
                    role=role,
                    known=", ".join(ROLES),
                )
            }
        )
    _require_order(valid_from, valid_to)
    row = PositionRow
    same = (row.person_id == person_id) & (row.organisation_id == organisation_id) & (row.role == role)
    if work.session.scalar(select(row.id).where(same, _overlaps(row, valid_from, valid_to)).limit(1)):
        raise Conflict(_("Người này đã giữ vai trò “{role}” trong thời gian đó.", role=ROLES[role].title))
    position = PositionRow(
        id=new_id(),
        person_id=person_id,
        organisation_id=organisation_id,
        role=role,
        title=title,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    work.session.add(position)
    work.session.flush()
    return position.id


def dismiss(work: UnitOfWork, position_id: str, *, last_day: date) -> None:
    """End a position with its last day; raises NotFound, or Invalid when that is before its first day."""
    row = work.session.get(PositionRow, position_id)
    if row is None:
        raise NotFound(_("Không tìm thấy chức vụ này."), position=position_id)
    _require_order(row.valid_from, last_day)
    row.valid_to = last_day
    work.session.flush()


def positions(
    session: Session, *, person_id: str | None = None, organisation_id: str | None = None
) -> list[Position]:
    """Give the positions of a person or in an organisation, past ones too, the latest first."""
    query = select(PositionRow).order_by(PositionRow.valid_from.desc(), PositionRow.id)
    if person_id is not None:
        query = query.where(PositionRow.person_id == person_id)
    if organisation_id is not None:
        query = query.where(PositionRow.organisation_id == organisation_id)
    return [_position(row) for row in session.scalars(query)]


def holders(session: Session, role: str, organisation_id: str, on: date) -> list[Person]:
    """Give the people who hold a role in an organisation on a day, by given name; delegates not included."""
    query = (
        select(PersonRow)
        .join(PositionRow, PositionRow.person_id == PersonRow.id)
        .where(
            PositionRow.organisation_id == organisation_id,
            _holds(PositionRow, on),
            PersonRow.is_active.is_(True),
        )
        .order_by(PersonRow.sort_key)
    )
    if role != MEMBER:
        query = query.where(PositionRow.role == role)
    return [_person(row) for row in dict.fromkeys(session.scalars(query))]


def groups_of(session: Session, person_id: str, on: date, *, cycle_id: str | None = None) -> frozenset[str]:
    """Give the candidate groups a person may act in on a day; one query.

    Own positions give `role@organisation_id` and `member@organisation_id`; delegations give those of the
    delegators, ones limited to a cycle only when that cycle is asked for.
    """
    return groups(held_roles(session, person_id, on, cycle_id=cycle_id))


def groups(roles: Iterable[HeldRole]) -> frozenset[str]:
    """Give the candidate groups that roles stand for."""
    found: set[str] = set()
    for one in roles:
        found |= {one.group, group(MEMBER, one.organisation_id)}
    return frozenset(found)


def held_roles(session: Session, person_id: str, on: date, *, cycle_id: str | None = None) -> list[HeldRole]:
    """Give the roles a person may act in on a day, own ones first, then those of delegators (R-U6)."""
    parameters = {"person_id": person_id, "on": on, "cycle_id": cycle_id or ""}
    return roles_from(session.execute(HELD_ROLES, parameters), person_id)


def roles_from(rows: Iterable[tuple[str, str, str, str]], person_id: str) -> list[HeldRole]:
    """Make roles of the rows of `HELD_ROLES`, own ones first."""
    roles = [
        HeldRole(role=role, organisation_id=organisation_id, holder_id=holder_id, holder_name=name)
        for role, organisation_id, holder_id, name in rows
    ]
    return sorted(roles, key=lambda one: (one.holder_id != person_id, one.holder_id, one.group))


def _held_roles() -> Select[str, str, str, str]:
    """Make the query of held roles; making it takes longer than running it, so it is made once."""
    person_id, on = bindparam("person_id", type_=String), bindparam("on", type_=Date)
    covers = or_(
        DelegationRow.scope == "all",
        and_(DelegationRow.scope == "organisation", DelegationRow.scope_id == PositionRow.organisation_id),
        and_(DelegationRow.scope == "cycle", DelegationRow.scope_id == bindparam("cycle_id", type_=String)),
    )
    delegation = and_(DelegationRow.delegate_id == person_id, _holds(DelegationRow, on))
    lent = (
        select(DelegationRow.id)
        .where(delegation, DelegationRow.delegator_id == PositionRow.person_id, covers)
        .exists()
    )
    delegators = select(DelegationRow.delegator_id).where(delegation)
    return (
        select(PositionRow.role, PositionRow.organisation_id, PositionRow.person_id, PersonRow.full_name)
        .join(PersonRow, PersonRow.id == PositionRow.person_id)
        .where(
            or_(PositionRow.person_id == person_id, and_(PositionRow.person_id.in_(delegators), lent)),
            _holds(PositionRow, on),
            PersonRow.is_active.is_(True),
        )
    )


def _overlaps(row: Any, valid_from: date, valid_to: date | None) -> ColumnElement[bool]:
    begins = or_(row.valid_to.is_(None), row.valid_to >= valid_from)
    return begins if valid_to is None else and_(begins, row.valid_from <= valid_to)


def _holds(row: Any, on: date | BindParameter[date]) -> ColumnElement[bool]:
    return and_(row.valid_from <= on, or_(row.valid_to.is_(None), row.valid_to >= on))


def _require_order(valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to < valid_from:
        raise Invalid(
            fields={
                "valid_to": _(
                    "Ngày kết thúc {to} không được trước ngày bắt đầu {start}.",
                    to=format_date(valid_to),
                    start=format_date(valid_from),
                )
            }
        )


def _row(session: Session, person_id: str) -> PersonRow:
    row = session.get(PersonRow, person_id)
    if row is None:
        raise NotFound(_("Không tìm thấy người này."), person=person_id)
    return row


def _named(name: str) -> dict[str, str]:
    return {"full_name": name, "sort_key": person_sort_key(name)[:800], "search_text": fold(name)}


def _person(row: PersonRow) -> Person:
    return Person(
        id=row.id, full_name=row.full_name, email=row.email, phone=row.phone, is_active=row.is_active
    )


def _position(row: PositionRow) -> Position:
    return Position(
        id=row.id,
        person_id=row.person_id,
        organisation_id=row.organisation_id,
        role=row.role,
        title=row.title,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


#: role, organisation, holder id and name of each role a person may act in; parameters person_id, on, cycle_id
HELD_ROLES = _held_roles()
