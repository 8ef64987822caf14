"""What officials may choose in a form: addressable organisations, the people of the task's unit.

A form names these lists by `valuesKey`; page and validation ask for the same list.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from directives.account_tables import AccountRow
from directives.organisation_tables import OrganisationRow, OrganisationVersion
from directives.organisation_tree import tree
from directives.organisation_versions import standing_on
from directives.people_tables import PersonRow, PositionRow
from engine.forms import Form
from engine.forms.choices import Choice

Choices = list[dict[str, str]]
#: lists a form may ask for by `valuesKey`
NAMES = frozenset({"organisations", "officers"})


def lists(session: Session, form: Form, groups: Iterable[str], on: date) -> dict[str, Choices]:
    """Give the lists a form asks for, those only; `groups` are the candidate groups of the task."""
    wanted = {field.values_key for field in form.fields if isinstance(field, Choice)} & NAMES
    return {name: named(session, name, groups, on) for name in sorted(wanted)}


def named(session: Session, name: str, groups: Iterable[str], on: date) -> Choices:
    """Give one list of `NAMES`."""
    if name == "organisations":
        return organisations(session, on)
    return officers(session, [one.partition("@")[2] for one in groups], on)


def organisations(session: Session, on: date) -> Choices:
    """Give the organisations that can be given work, units after the body they belong to."""
    version = OrganisationVersion
    query = select(version.organisation_id, version.name, version.parent_id, version.level)
    query = query.join(OrganisationRow, OrganisationRow.id == version.organisation_id)
    query = query.where(standing_on(on), OrganisationRow.is_group.is_(False)).order_by(version.sort_key)
    rows = list(session.execute(query))
    names = {row.organisation_id: row.name for row in rows}
    return [
        {"value": row.organisation_id, "label": _label(row.name, names.get(row.parent_id, ""), row.level)}
        for row in rows
    ]


def officers(session: Session, organisation_ids: Iterable[str], on: date) -> Choices:
    """Give the people with an account who work in the organisations or below them, by given name."""
    below = tree(session, on).subtree(one for one in organisation_ids if one)
    query = (
        select(AccountRow.id, PersonRow.full_name, PersonRow.sort_key, PositionRow.title)
        .join(PersonRow, PersonRow.id == AccountRow.person_id)
        .join(PositionRow, PositionRow.person_id == PersonRow.id)
        .where(
            PositionRow.organisation_id.in_(sorted(below)),
            PositionRow.valid_from <= on,
            or_(PositionRow.valid_to.is_(None), PositionRow.valid_to >= on),
            PersonRow.is_active.is_(True),
            AccountRow.is_disabled.is_(False),
        )
        .order_by(PersonRow.sort_key)
    )
    found: dict[str, dict[str, Any]] = {}
    for row in session.execute(query):
        label = f"{row.full_name} – {row.title}" if row.title else row.full_name
        found.setdefault(row.id, {"value": row.id, "label": label})
    return list(found.values())


def _label(name: str, parent: str, level: str) -> str:
    return f"{name} – {parent}" if level == "unit" and parent else name
