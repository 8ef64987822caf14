"""Names of organisations and people for lists: one query for all rows."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import organisations as directory
from directives.account_tables import AccountRow
from directives.people_tables import PersonRow
from directives.roles import ROLES
from foundation.actors import SYSTEM
from foundation.texts import Text, _
from web import context


def organisations_of(groups: Iterable[str]) -> list[str]:
    """Give the organisation ids of candidate groups (`role@organisation`)."""
    return [one.partition("@")[2] for one in groups]


def organisations(session: Session, ids: Iterable[str | None], on: date) -> dict[str, str]:
    """Give names by id; ids that are None are left out."""
    wanted = {one for one in ids if one}
    return directory.names_on(session, wanted, on) if wanted else {}


def accounts(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """Give the names behind account ids, and behind person ids, since history keeps either."""
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    query = select(AccountRow.id, AccountRow.username, PersonRow.id.label("person"), PersonRow.full_name)
    query = query.join(PersonRow, PersonRow.id == AccountRow.person_id, isouter=True)
    found = {SYSTEM.id: str(_(SYSTEM.name))} if SYSTEM.id in wanted else {}
    for row in session.execute(query.where(AccountRow.id.in_(wanted) | PersonRow.id.in_(wanted))):
        found[row.id] = row.full_name or row.username
        if row.person:
            found[row.person] = row.full_name
    return found


def group(name: str, known: dict[str, str]) -> Text:
    """Give a candidate group as people say it: “Trưởng phòng, trưởng đơn vị – Phòng Quản lý Khoa học”."""
    role, _at, organisation = name.partition("@")
    title = ROLES[role].title if role in ROLES else _("Mọi người")
    return _("{role} – {organisation}", role=title, organisation=known.get(organisation, organisation))


def groups(session: Session, wanted: Iterable[str], on: date) -> dict[str, str]:
    """Give candidate groups in the words of `group`, in the language of the page."""
    several = set(wanted)
    known = organisations(session, organisations_of(several), on)
    return {one: context.text(group(one, known)) for one in several}
