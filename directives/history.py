"""What was changed in the domain: who, when, before, after, why (R-U9). Append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, Text, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from foundation.database import Base, Json, Moment, UnitOfWork
from foundation.errors import Invalid
from foundation.texts import _


class Change(Base):
    """One act upon one thing."""

    __tablename__ = "directive_change"
    __table_args__ = (Index("ix_directive_change_subject", "subject_type", "subject_id", "seq"),)

    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    #: document, directive, plan, assignment, extension, difficulty, report …
    subject_type: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[str] = mapped_column(String(32))
    #: what was done, a verb such as `accept`, `extend`, `reassign`
    act: Mapped[str] = mapped_column(String(40))
    before: Mapped[dict[str, Any] | None] = mapped_column(Json)
    after: Mapped[dict[str, Any] | None] = mapped_column(Json)
    #: in the words of who did it, may be empty
    reason: Mapped[str] = mapped_column(Text, default="")
    actor_id: Mapped[str] = mapped_column(String(64))
    actor_name: Mapped[str] = mapped_column(String(200))
    #: the person acted for under a delegation (R-U6)
    on_behalf_of: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)


def record(
    work: UnitOfWork,
    subject_type: str,
    subject_id: str,
    act: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write down an act; committed with it or not at all."""
    work.session.execute(
        insert(Change),
        {
            "subject_type": subject_type,
            "subject_id": subject_id,
            "act": act,
            "before": before,
            "after": after,
            "reason": reason,
            "actor_id": work.actor.id,
            "actor_name": work.actor.name,
            "on_behalf_of": work.actor.on_behalf_of,
            "at": work.now,
        },
    )


def of(session: Session, subject_type: str, subject_id: str) -> list[Change]:
    """Give the changes of a thing, the oldest first."""
    return list(
        session.scalars(
            select(Change)
            .where(Change.subject_type == subject_type, Change.subject_id == subject_id)
            .order_by(Change.seq)
        )
    )


def require_reason(reason: str) -> None:
    """Refuse an empty reason where a rule asks for one."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("Cần ghi rõ lý do.")})
