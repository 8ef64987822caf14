"""Where an organisation writes from: the place before the date of a document (Nghị định 30/2020, R-D11)."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import organisation_tree
from directives.document_tables import Document


def usual(session: Session, organisation_id: str, on: date) -> str:
    """Give the place its newest document names, else that of the nearest organisation above; may be empty."""
    for issuer in (organisation_id, *organisation_tree.ancestors(session, organisation_id, on)):
        newest = (
            select(Document.place)
            .where(Document.issuer_id == issuer, Document.place != "")
            .order_by(Document.issued_on.desc(), Document.id.desc())
            .limit(1)
        )
        if place := session.scalar(newest):
            return place
    return ""
