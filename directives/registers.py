"""Registers of documents: numbers per organisation, register and year, without gaps (R-D4, R-D9)."""

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from directives.document_tables import Document, RegisterCounter
from foundation.database import UnitOfWork
from foundation.errors import Conflict
from foundation.texts import _


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


def take(work: UnitOfWork, organisation_id: str, register: str, year: int, number: int | None = None) -> int:
    """Take the next number, or the one a clerk gives: a paper register may have been kept before (R-D4).

    Raises Conflict for a number that is not later than the last one: none is used twice.
    """
    following = next_number(work, organisation_id, register, year)
    if number is None or number == following:
        return following
    if number < following:
        raise Conflict(
            _(
                "Số {found} đã cấp trong sổ năm {year}; số tiếp theo là {next}.",
                found=number,
                year=year,
                next=following,
            ),
            rule="R-D4",
            found=number,
            expected=following,
        )
    work.session.execute(
        update(RegisterCounter)
        .where(
            RegisterCounter.organisation_id == organisation_id,
            RegisterCounter.register == register,
            RegisterCounter.year == year,
        )
        .values(last=number)
    )
    return number


def last_number(session: Session, organisation_id: str, register: str, year: int) -> int:
    """Give the last number of a register in a year, 0 when it has none."""
    row = session.get(RegisterCounter, (organisation_id, register, year), populate_existing=True)
    return 0 if row is None else row.last


def label(document: Document) -> str:
    """Give the register number as written, "07" (R-D4)."""
    return "" if document.register_number is None else f"{document.register_number:02d}"
