"""Confirmed intake proposals: the items a person took over from a document, kept for its plan."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from foundation.database import Base, Json, Moment, UnitOfWork


class ConfirmedProposal(Base):
    """The items of one document in the JSON shape of `tiendo intake`."""

    __tablename__ = "document_proposal"

    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"), primary_key=True)
    items: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    confirmed_by: Mapped[str] = mapped_column(String(64))
    confirmed_at: Mapped[datetime] = mapped_column(Moment)


def keep(work: UnitOfWork, document_id: str, items: Sequence[Mapping[str, Any]]) -> None:
    """Keep the items of a document as confirmed now; a later confirmation replaces them."""
    row = work.session.get(ConfirmedProposal, document_id)
    if row is None:
        row = ConfirmedProposal(document_id=document_id)
        work.session.add(row)
    row.items = [dict(item) for item in items]
    row.confirmed_by, row.confirmed_at = work.actor.id, work.now
    work.session.flush()


def of_document(session: Session, document_id: str) -> list[dict[str, Any]] | None:
    """Give the confirmed items of a document, None when nobody confirmed any."""
    row = session.get(ConfirmedProposal, document_id)
    return None if row is None else list(row.items)
