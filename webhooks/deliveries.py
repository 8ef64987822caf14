"""Deliveries: one event for one subscription, and the log of every attempt to bring it there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import (
    CursorResult,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    delete,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from foundation.database import Base, Moment, UnitOfWork
from foundation.errors import NotFound
from foundation.texts import Text as Words
from foundation.texts import _

#: waiting for its next attempt, or in one
PENDING = "pending"
#: accepted by the receiver with 2xx
DELIVERED = "delivered"
#: given up: the schedule is used up, or the receiver said 410
FAILED = "failed"

#: why an attempt got no status, for people
REASONS: Mapping[str, Words] = {
    "refused_address": _("Địa chỉ không được phép"),
    "dns": _("Không tìm thấy máy chủ"),
    "connect": _("Không kết nối được"),
    "tls": _("Chứng thư hoặc kết nối TLS không hợp lệ"),
    "timeout": _("Quá thời gian chờ"),
    "broken": _("Kết nối bị ngắt giữa chừng"),
    "secret": _("Không mở được khóa ký"),
}

#: bytes of an answer kept in the log
EXCERPT_LIMIT = 4 * 1024


class Delivery(Base):
    """One message to one endpoint. Its id on the wire stays the same over all attempts."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        # one message per event and endpoint, however often the fan-out runs
        UniqueConstraint("subscription_id", "event_id"),
        # the claim: oldest due of one endpoint
        Index("ix_webhook_delivery_due", "subscription_id", "state", "due_at"),
        # how many attempts of an endpoint are running
        Index("ix_webhook_delivery_leased", "subscription_id", "leased_until"),
        # the log page: newest first
        Index("ix_webhook_delivery_log", "subscription_id", "id"),
        # retention
        Index("ix_webhook_delivery_finished", "finished_at"),
    )

    #: opaque id
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    subscription_id: Mapped[str] = mapped_column(ForeignKey("webhook_subscription.id", ondelete="CASCADE"))
    #: id of the outbox event; a ping has one of its own
    event_id: Mapped[str] = mapped_column(String(32))
    #: event name
    event_type: Mapped[str] = mapped_column(String(80))
    #: what is posted, byte for byte, in every attempt
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    #: `pending`, `delivered` or `failed`
    state: Mapped[str] = mapped_column(String(12))
    #: when the next attempt may be claimed; during an attempt the end of its lease (UTC)
    due_at: Mapped[datetime] = mapped_column(Moment)
    #: until when the running attempt holds it; null when none runs (UTC)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    #: attempts begun: the fence against a late worker
    attempts: Mapped[int] = mapped_column(Integer)
    #: attempts known to have failed: the place in the schedule
    failures: Mapped[int] = mapped_column(Integer)
    #: when the event was fanned out (UTC)
    created_at: Mapped[datetime] = mapped_column(Moment)
    #: when it was accepted or given up (UTC)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class Attempt(Base):
    """One POST: what came back, how fast, from which address."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (UniqueConstraint("delivery_id", "number"),)

    #: opaque id
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    delivery_id: Mapped[str] = mapped_column(ForeignKey("webhook_delivery.id", ondelete="CASCADE"))
    #: 1 for the first; a gap is an attempt whose process died
    number: Mapped[int] = mapped_column(Integer)
    #: when it was recorded (UTC)
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    #: how long it took, in milliseconds
    ms: Mapped[int] = mapped_column(Integer)
    #: HTTP status; null when none was received
    status: Mapped[int | None] = mapped_column(Integer)
    #: why there is none: `refused_address`, `dns`, `connect`, `tls`, `timeout`, `broken`, `secret`
    error: Mapped[str | None] = mapped_column(String(20))
    #: technical words
    detail: Mapped[str] = mapped_column(Text)
    #: address that was connected to
    address: Mapped[str | None] = mapped_column(String(64))
    #: beginning of the answer's body, at most 4 KB
    response_excerpt: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, kw_only=True)
class DeliverySummary:
    """A line of the delivery log."""

    id: str
    subscription_id: str
    #: the `webhook-id` on the wire
    message_id: str
    event_type: str
    state: str
    attempts: int
    failures: int
    due_at: datetime
    created_at: datetime
    finished_at: datetime | None


def message_id(event_id: str) -> str:
    """Give the `webhook-id` of an event."""
    return f"msg_{event_id}"


def excerpt_of(body: bytes) -> str:
    """Give the beginning of an answer as text that both databases can hold."""
    return body[:EXCERPT_LIMIT].decode("utf-8", "replace").replace("\x00", "\ufffd")


def get(session: Session, delivery_id: str) -> DeliverySummary:
    """Give one delivery; NotFound when there is none."""
    row = session.get(Delivery, delivery_id)
    if row is None:
        raise NotFound(_("Không tìm thấy lượt gửi webhook."), delivery=delivery_id)
    return _summary(row)


def body(session: Session, delivery_id: str) -> bytes:
    """Give the body of a delivery as it is sent; NotFound when there is none."""
    found = session.scalar(select(Delivery.body).where(Delivery.id == delivery_id))
    if found is None:
        raise NotFound(_("Không tìm thấy lượt gửi webhook."), delivery=delivery_id)
    return found


def log(
    session: Session,
    subscription_id: str,
    *,
    state: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> tuple[DeliverySummary, ...]:
    """Give the deliveries of an endpoint, the newest first; `before` is the id of the last one seen."""
    query = select(Delivery).where(Delivery.subscription_id == subscription_id)
    if state is not None:
        query = query.where(Delivery.state == state)
    if before is not None:
        query = query.where(Delivery.id < before)
    query = query.order_by(Delivery.id.desc()).limit(limit)
    return tuple(_summary(row) for row in session.scalars(query))


def attempts(session: Session, delivery_id: str) -> tuple[Attempt, ...]:
    """Give the attempts of a delivery in order."""
    return tuple(
        session.scalars(select(Attempt).where(Attempt.delivery_id == delivery_id).order_by(Attempt.number))
    )


def forget(work: UnitOfWork, before: datetime) -> int:
    """Delete deliveries accepted or given up before a moment, with their attempts; gives how many."""
    old = delete(Delivery).where(Delivery.finished_at < before)
    return cast("CursorResult[object]", work.session.execute(old)).rowcount


def _summary(row: Delivery) -> DeliverySummary:
    return DeliverySummary(
        id=row.id,
        subscription_id=row.subscription_id,
        message_id=message_id(row.event_id),
        event_type=row.event_type,
        state=row.state,
        attempts=row.attempts,
        failures=row.failures,
        due_at=row.due_at,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def waiting(session: Session) -> int:
    """Count the deliveries that have not arrived yet, for metrics."""
    pending = select(func.count(Delivery.id)).where(Delivery.state == PENDING)
    return session.scalar(pending) or 0
