"""Groups such as “các sở, ban, ngành”: organisations whose members are rows with dates (R-S3)."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from directives import organisation_tree
from directives.organisation_tables import GroupMember, OrganisationRow, OrganisationVersion
from foundation import outbox
from foundation.database import UnitOfWork
from foundation.errors import Conflict, NotFound
from foundation.ids import new_id
from foundation.texts import _


def add_members(work: UnitOfWork, group_id: str, member_ids: Iterable[str], *, on: date) -> None:
    """Put organisations, or other groups, into a group from a day; those already in it stay.

    Raises NotFound when there is no such group, Conflict when the group would come to contain itself.
    """
    organisation_tree.begin_change(work)
    group = work.session.get(OrganisationRow, group_id)
    if group is None or not group.is_group:
        raise NotFound(_("Không tìm thấy nhóm cơ quan này."), group=group_id)
    wanted = dict.fromkeys(member_ids)
    present = set(work.session.scalars(_rows(on, [group_id])))
    for member_id in wanted:
        if group_id == member_id or group_id in _reach(work.session, [member_id], on):
            raise Conflict(_("Nhóm cơ quan không thể chứa chính nó."), group=group_id, member=member_id)
        if member_id not in present:
            work.session.add(GroupMember(id=new_id(), group_id=group_id, member_id=member_id, valid_from=on))
    work.session.flush()
    data = {"change": "members_added", "members": list(wanted), "on": on.isoformat()}
    outbox.record(work, "org.changed", subject=group_id, data=data)


def remove_member(work: UnitOfWork, group_id: str, member_id: str, *, on: date) -> None:
    """Take an organisation out of a group; `on` is the first day without it."""
    organisation_tree.begin_change(work)
    work.session.execute(
        update(GroupMember)
        .where(
            GroupMember.group_id == group_id,
            GroupMember.member_id == member_id,
            or_(GroupMember.valid_to.is_(None), GroupMember.valid_to >= on),
        )
        .values(valid_to=on - timedelta(days=1))
    )
    data = {"change": "member_removed", "members": [member_id], "on": on.isoformat()}
    outbox.record(work, "org.changed", subject=group_id, data=data)


def members(session: Session, group_id: str, on: date) -> list[str]:
    """Give the organisations a group stands for on a day, groups inside it expanded, in Vietnamese order."""
    reached = _reach(session, [group_id], on)
    version = OrganisationVersion
    query = (
        select(version.organisation_id)
        .join(OrganisationRow, OrganisationRow.id == version.organisation_id)
        .where(
            version.organisation_id.in_(reached),
            OrganisationRow.is_group.is_(False),
            version.valid_from <= on,
            or_(version.valid_to.is_(None), version.valid_to >= on),
        )
        .order_by(version.sort_key)
    )
    return list(session.scalars(query))


def _reach(session: Session, group_ids: Iterable[str], on: date) -> set[str]:
    reached: set[str] = set()
    waiting = list(group_ids)
    while waiting:
        found = set(session.scalars(_rows(on, waiting))) - reached
        reached |= found
        waiting = list(found)
    return reached


def _rows(on: date, group_ids: Iterable[str]) -> Select[str]:
    return select(GroupMember.member_id).where(
        GroupMember.group_id.in_(list(group_ids)),
        GroupMember.valid_from <= on,
        or_(GroupMember.valid_to.is_(None), GroupMember.valid_to >= on),
    )
