"""Registers of documents: numbers per organisation, register and year, without gaps (R-D4, R-D9)."""

from sqlalchemy.dialects import postgresql, sqlite

from directives.document_tables import Document, RegisterCounter
from foundation.database import UnitOfWork


def next_number(work: UnitOfWork, organisation_id: str, register: str, year: int) -> int:
    """Take the next number; the row lock makes the register gap-free even when commands run side by side."""
    dialect = work.session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = (
        insert(RegisterCounter)
        .values(organisation_id=organisation_id, register=register, year=year, last=1)
        .on_conflict_do_update(
            index_elements=["organisation_id", "register", "year"], set_={"last": RegisterCounter.last + 1}
        )
        .returning(RegisterCounter.last)
    )
    return int(work.session.execute(statement).scalar_one())


def label(document: Document) -> str:
    """Give the register number as written, "07" (R-D4)."""
    return "" if document.register_number is None else f"{document.register_number:02d}"
