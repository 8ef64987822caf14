"""The outbox: what happened, as rows written in the transaction in which it happened.

Webhooks and in-house notifications read these rows; nobody is called. Event names: domain note §2.4.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, insert
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, Json, Moment, UnitOfWork
from foundation.ids import new_id


class OutboxEvent(Base):
    """One thing that happened, to be told to whoever subscribed."""

    __tablename__ = "outbox_event"
    __table_args__ = (Index("ix_outbox_event_undispatched", "dispatched_at", "seq"),)

    #: order of recording; gaps are possible, reuse is not
    seq: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    #: opaque id, the `webhook-id` basis
    id: Mapped[str] = mapped_column(String(32), unique=True)
    #: event name such as `task.overdue`
    type: Mapped[str] = mapped_column(String(80))
    #: id of what it is about (assignment, document, user task …)
    subject: Mapped[str] = mapped_column(String(64), index=True)
    #: process instance it happened in, if any
    instance_id: Mapped[str | None] = mapped_column(String(32))
    #: ids, titles, organisation codes, dates, actor; never a document body (R-U7)
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    #: when it happened (UTC)
    occurred_at: Mapped[datetime] = mapped_column(Moment)
    #: when deliveries were made from it, null until then (UTC)
    dispatched_at: Mapped[datetime | None] = mapped_column(Moment)


_RECORD = insert(OutboxEvent.__table__)  # type: ignore[arg-type]


def record(
    work: UnitOfWork, event_type: str, *, subject: str, data: dict[str, Any], instance_id: str | None = None
) -> str:
    """Write down that something happened; committed with the command or not at all. Gives the event id."""
    event = row(work, event_type, subject=subject, data=data, instance_id=instance_id)
    record_all(work, [event])
    return str(event["id"])


def record_all(work: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    """Write several events made with `row`, in one statement."""
    if rows:
        work.connection.execute(_RECORD, rows)


def row(
    work: UnitOfWork, event_type: str, *, subject: str, data: dict[str, Any], instance_id: str | None = None
) -> dict[str, Any]:
    """Give the columns of an event in the name of the command's actor."""
    return {
        "id": new_id(),
        "type": event_type,
        "subject": subject,
        "instance_id": instance_id,
        "data": {**data, "actor": {"id": work.actor.id, "name": work.actor.name}},
        "occurred_at": work.now,
    }
