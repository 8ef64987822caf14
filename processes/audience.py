"""Whom an event concerns: a webhook limited to an organisation hears of everything below it as well."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives.organisation_tables import OrganisationVersion

#: a chain of organisations longer than this is a mistake
_DEEPEST = 20


def within(session: Session, scope: str, organisations: tuple[str, ...]) -> bool:
    """Tell whether one of the organisations is the scope or lies below it, as the directory stands last."""
    frontier, seen = set(organisations), set(organisations)
    for _step in range(_DEEPEST):
        if scope in frontier:
            return True
        if not frontier:
            return False
        rows = session.execute(
            select(OrganisationVersion.organisation_id, OrganisationVersion.parent_id)
            .where(OrganisationVersion.organisation_id.in_(frontier))
            .order_by(OrganisationVersion.valid_from)
        )
        # the newest version comes last and wins
        latest: dict[str, str | None] = dict(rows.all())
        frontier = {parent for parent in latest.values() if parent is not None} - seen
        seen |= frontier
    return False
