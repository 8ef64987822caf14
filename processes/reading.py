"""Reading an uploaded document with what this installation knows: its directory and its calendar."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import intake
from directives.intake import Directory, Proposal
from directives.intake.parties import Known
from directives.organisation_tables import OrganisationAlias, OrganisationVersion
from directives.organisation_versions import standing_on
from foundation import calendars


def read(session: Session, content: bytes, file_name: str, on: date) -> Proposal:
    """Propose header and items of a document; raises as `intake.read` does."""
    return intake.read(
        content, filename=file_name, known=directory(session, on), working=calendars.load(session)
    )


def directory(session: Session, on: date) -> Directory:
    """Give the organisations that stand on a day with their other names, by two queries."""
    rows = session.execute(
        select(OrganisationVersion.organisation_id, OrganisationVersion.name).where(standing_on(on))
    )
    names: dict[str, str] = dict(rows.all())
    spellings: dict[str, list[str]] = {}
    aliases = select(OrganisationAlias.organisation_id, OrganisationAlias.alias).where(
        OrganisationAlias.scope_id.is_(None), OrganisationAlias.is_name.is_(False)
    )
    for organisation_id, alias in session.execute(aliases):
        spellings.setdefault(organisation_id, []).append(alias)
    return Directory(Known(name=name, aliases=tuple(spellings.get(one, ()))) for one, name in names.items())
