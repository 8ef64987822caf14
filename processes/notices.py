"""Whom to tell: roles in an organisation, and when nobody holds them there, the same roles above it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from directives import notifications, organisation_tree, people
from directives.account_tables import AccountRow
from directives.people_tables import PersonRow, PositionRow
from foundation.database import UnitOfWork
from foundation.texts import Text
from foundation.working_time import local_date

#: who receives what comes to an organisation
DESK = ("unit_head", "office_head", "head", "deputy_head")


def held_groups(session: Session, groups: Iterable[str], work: UnitOfWork) -> frozenset[str]:
    """Give those of the groups that have at least one person today."""
    wanted = dict.fromkeys(groups)
    organisations = {group.partition("@")[2] for group in wanted}
    today = local_date(work.now)
    rows = session.execute(
        select(PositionRow.role, PositionRow.organisation_id)
        .join(PersonRow, PersonRow.id == PositionRow.person_id)
        .where(
            PositionRow.organisation_id.in_(organisations),
            PersonRow.is_active.is_(True),
            PositionRow.valid_from <= today,
            or_(PositionRow.valid_to.is_(None), PositionRow.valid_to >= today),
        )
        .distinct()
    )
    held = {people.group(role, organisation) for role, organisation in rows}
    return frozenset(group for group in wanted if group in held)


def nearest(work: UnitOfWork, roles: Sequence[str], organisation_id: str) -> list[str]:
    """Give the groups of the roles that have holders in an organisation, else in the nearest one above it."""
    tree = organisation_tree.tree(work.session, local_date(work.now))
    line = [organisation_id, *tree.ancestors(organisation_id)]
    held = held_groups(work.session, (people.group(role, one) for one in line for role in roles), work)
    for one in line:
        found = [people.group(role, one) for role in roles if people.group(role, one) in held]
        if found:
            return found
    return []


def recipient_of(session: Session, account_id: str) -> str:
    """Give the recipient of what an account is told: its person, or the account itself for a machine."""
    person = session.scalar(select(AccountRow.person_id).where(AccountRow.id == account_id))
    return person or account_id


def tell(
    work: UnitOfWork,
    recipients: Iterable[str],
    *,
    kind: str,
    title: Text,
    subject: tuple[str, str],
    urgency: int = 0,
) -> None:
    """Write one notification per recipient; `subject` is its type and id."""
    notifications.notify(
        work,
        recipients,
        kind=kind,
        title=title,
        subject_type=subject[0],
        subject_id=subject[1],
        urgency=urgency,
    )
