"""Confirmed intake proposals: the items a person took over from a document, kept for the draft of its plan."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from directives.document_tables import Document
from foundation.database import Base, Json, Moment, UnitOfWork


class ProposalRow(Base):
    """The items of one document in the JSON shape of the intake contract, as a person confirmed them."""

    __tablename__ = "document_proposal"

    document_id: Mapped[str] = mapped_column(ForeignKey(Document.id), primary_key=True)
    items: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    confirmed_by: Mapped[str] = mapped_column(String(64))
    confirmed_at: Mapped[datetime] = mapped_column(Moment)


def keep(work: UnitOfWork, document_id: str, items: Iterable[Mapping[str, Any]]) -> None:
    """Keep the confirmed items of a document; a later confirmation takes the place of an earlier one."""
    row = work.session.get(ProposalRow, document_id)
    if row is None:
        row = ProposalRow(document_id=document_id)
        work.session.add(row)
    row.items = [dict(item) for item in items]
    row.confirmed_by, row.confirmed_at = work.actor.id, work.now
    work.session.flush()


def of_document(session: Session, document_id: str) -> list[dict[str, Any]] | None:
    """Give the confirmed items of a document; None when nobody confirmed any, which is not an empty list."""
    row = session.get(ProposalRow, document_id)
    return None if row is None else list(row.items)
