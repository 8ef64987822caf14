"""Delegation (ủy quyền, thay thế): one person acts for an absent one, with dates and a scope (R-U6).

It ends by itself after its last day. Nobody delegates what is only delegated to them, and two people never
stand in for each other at the same time.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from directives import people
from directives.people_tables import DelegationRow, PersonRow
from foundation import outbox
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id
from foundation.texts import Text, _
from foundation.vietnamese import format_date
from foundation.working_time import local_date


class Scope(StrEnum):
    """What is delegated: everything, the positions in one organisation, or one cycle."""

    ALL = "all"
    ORGANISATION = "organisation"
    CYCLE = "cycle"


@dataclass(frozen=True, kw_only=True)
class Delegation:
    """That `delegate_id` acts for `delegator_id` from one day to another, both included."""

    id: str
    delegator_id: str
    delegate_id: str
    scope: Scope
    #: organisation or cycle id, empty for everything
    scope_id: str
    reason: str
    basis: str
    valid_from: date
    valid_to: date


def delegate(  # noqa: PLR0913  each is a fact of the delegation, all by keyword
    work: UnitOfWork,
    *,
    delegator_id: str,
    delegate_id: str,
    valid_from: date,
    valid_to: date,
    reason: str,
    scope: Scope = Scope.ALL,
    scope_id: str = "",
    basis: str = "",
) -> str:
    """Let one person act for another; give the delegation's id and tell both (`delegation.started`).

    Raises Invalid for turned dates, a missing reason or scope, or oneself; Conflict for a chain or a circle.
    """
    _check(valid_from, valid_to, reason, scope, scope_id)
    if delegator_id == delegate_id:
        raise Invalid(fields={"delegate_id": _("Không thể ủy quyền cho chính mình.")})
    # both rows are locked in one order, so that two delegations that would form a circle cannot slip through
    shown = {person_id: _lock(work, person_id) for person_id in sorted({delegator_id, delegate_id})}
    _refuse_chain(work.session, delegator_id, delegate_id, valid_from, valid_to, scope, scope_id, shown)
    row = DelegationRow(
        id=new_id(),
        delegator_id=delegator_id,
        delegate_id=delegate_id,
        scope=scope.value,
        scope_id=scope_id,
        reason=reason.strip(),
        basis=basis,
        valid_from=valid_from,
        valid_to=valid_to,
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    _tell(work, "delegation.started", row)
    return row.id


def end(work: UnitOfWork, delegation_id: str, *, last_day: date) -> None:
    """End a delegation earlier, with `last_day` (before its first day: it never holds)."""
    row = work.session.get(DelegationRow, delegation_id)
    if row is None:
        raise NotFound(_("Không tìm thấy ủy quyền này."), delegation=delegation_id)
    if row.valid_to <= last_day:
        raise Conflict(_("Ủy quyền này đã kết thúc ngày {date}.", date=format_date(row.valid_to)))
    row.valid_to = max(last_day, row.valid_from - timedelta(days=1))
    if row.valid_to < local_date(work.now):
        _tell_end(work, row)
    work.session.flush()


def tell_ended(work: UnitOfWork) -> int:
    """Tell (`delegation.ended`) of delegations whose last day is over; for the worker, give how many."""
    row = DelegationRow
    over = select(row).where(row.end_told_at.is_(None), row.valid_to < local_date(work.now))
    ended = list(work.session.scalars(over.with_for_update(skip_locked=True)))
    for one in ended:
        _tell_end(work, one)
    work.session.flush()
    return len(ended)


def listing(session: Session, *, person_id: str, on: date | None = None) -> list[Delegation]:
    """Give the delegations from and to a person, the latest first; only those that hold on a day if given."""
    row = DelegationRow
    query = select(row).where(or_(row.delegator_id == person_id, row.delegate_id == person_id))
    if on is not None:
        query = query.where(row.valid_from <= on, row.valid_to >= on)
    return [_value(one) for one in session.scalars(query.order_by(row.valid_from.desc(), row.id))]


def _check(valid_from: date, valid_to: date, reason: str, scope: Scope, scope_id: str) -> None:
    fields: dict[str, Text] = {}
    if valid_to < valid_from:
        fields["valid_to"] = _(
            "Ngày kết thúc {to} không được trước ngày bắt đầu {start}.",
            to=format_date(valid_to),
            start=format_date(valid_from),
        )
    if not reason.strip():
        fields["reason"] = _("Cần ghi lý do ủy quyền.")
    if scope is not Scope.ALL and not scope_id:
        fields["scope_id"] = _("Cần chọn cơ quan hoặc chu trình được ủy quyền.")
    if fields:
        raise Invalid(fields=fields)


def _lock(work: UnitOfWork, person_id: str) -> str:
    work.session.execute(select(PersonRow.id).where(PersonRow.id == person_id).with_for_update()).first()
    return people.get(work.session, person_id).full_name


def _refuse_chain(
    session: Session,
    delegator_id: str,
    delegate_id: str,
    valid_from: date,
    valid_to: date,
    scope: Scope,
    scope_id: str,
    shown: dict[str, str],
) -> None:
    row = DelegationRow
    clashing = select(row).where(
        or_(row.delegate_id == delegator_id, row.delegator_id == delegate_id),
        row.valid_from <= valid_to,
        row.valid_to >= valid_from,
    )
    for other in session.scalars(clashing):
        if not _meet(scope, scope_id, Scope(other.scope), other.scope_id):
            continue
        period = f"{format_date(other.valid_from)} – {format_date(other.valid_to)}"
        if other.delegate_id == delegator_id:
            raise Conflict(
                _(
                    "{name} đang được người khác ủy quyền ({period}) nên không thể ủy quyền tiếp.",
                    name=shown[delegator_id],
                    period=period,
                )
            )
        raise Conflict(
            _(
                "{name} đã ủy quyền cho người khác ({period}) nên không thể nhận ủy quyền.",
                name=shown[delegate_id],
                period=period,
            )
        )


def _meet(one: Scope, one_id: str, other: Scope, other_id: str) -> bool:
    """Tell whether two scopes can cover the same act; a cycle and an organisation can."""
    return one is Scope.ALL or other is Scope.ALL or one is not other or one_id == other_id


def _tell_end(work: UnitOfWork, row: DelegationRow) -> None:
    row.end_told_at = work.now
    _tell(work, "delegation.ended", row)


def _tell(work: UnitOfWork, event: str, row: DelegationRow) -> None:
    data = {
        "delegator": row.delegator_id,
        "delegate": row.delegate_id,
        "from": row.valid_from.isoformat(),
        "to": row.valid_to.isoformat(),
        "scope": row.scope,
    }
    outbox.record(work, event, subject=row.id, data=data)


def _value(row: DelegationRow) -> Delegation:
    return Delegation(
        id=row.id,
        delegator_id=row.delegator_id,
        delegate_id=row.delegate_id,
        scope=Scope(row.scope),
        scope_id=row.scope_id,
        reason=row.reason,
        basis=row.basis,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )
