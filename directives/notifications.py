"""Notifications: what a person or a group `role@organisation` is told inside the house.

One row per recipient, not per reader: a group's notification is read by each of its people for themselves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, and_, func, or_, select
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, Session, mapped_column

from foundation.database import Base, Json, Moment, UnitOfWork
from foundation.errors import NotFound
from foundation.ids import new_id
from foundation.texts import Text, _

#: what one page of the list shows
PAGE = 50


class NotificationRow(Base):
    """One thing told to one person or group."""

    __tablename__ = "notification"
    __table_args__ = (Index("ix_notification_recipient", "recipient", "created_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    #: person id or `role@organisation`
    recipient: Mapped[str] = mapped_column(String(80))
    #: stable name such as `task.due_soon`, for icons and filters
    kind: Mapped[str] = mapped_column(String(60))
    #: Vietnamese template and its values, rendered in the reader's language
    template: Mapped[str] = mapped_column(LongText)
    params: Mapped[dict[str, Any]] = mapped_column(Json)
    subject_type: Mapped[str] = mapped_column(String(30))
    subject_id: Mapped[str] = mapped_column(String(64), index=True)
    #: 0 thường to 3 hỏa tốc
    urgency: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)


class NotificationReading(Base):
    """What one person did with a notification."""

    __tablename__ = "notification_reading"

    notification_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    person_id: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    snoozed_until: Mapped[datetime | None] = mapped_column(Moment)


@dataclass(frozen=True, kw_only=True)
class Notification:
    """A notification as a person sees it."""

    id: str
    kind: str
    title: Text
    subject_type: str
    subject_id: str
    urgency: int
    created_at: datetime
    read_at: datetime | None


def notify(
    work: UnitOfWork,
    recipients: Iterable[str],
    *,
    kind: str,
    title: Text,
    subject_type: str,
    subject_id: str,
    urgency: int = 0,
) -> list[str]:
    """Tell persons or groups something; gives the ids. A recipient named twice is told once."""
    rows = [
        NotificationRow(
            id=new_id(),
            recipient=recipient,
            kind=kind,
            template=title.template,
            params={
                key: str(value) if isinstance(value, Text) else value for key, value in title.params.items()
            },
            subject_type=subject_type,
            subject_id=subject_id,
            urgency=urgency,
            created_at=work.now,
        )
        for recipient in dict.fromkeys(recipients)
    ]
    work.session.add_all(rows)
    work.session.flush()
    return [row.id for row in rows]


def unread(
    session: Session, person_id: str, groups: Sequence[str], now: datetime, *, limit: int = PAGE
) -> list[Notification]:
    """Give what a person and its groups were told and it has not read, the urgent and the latest first."""
    query = _unread(select(NotificationRow, NotificationReading.read_at), person_id, groups, now)
    query = query.order_by(NotificationRow.urgency.desc(), NotificationRow.created_at.desc())
    return [_value(row, read_at) for row, read_at in session.execute(query.limit(limit))]


def count_unread(session: Session, person_id: str, groups: Sequence[str], now: datetime) -> int:
    """Count what `unread` would give without a limit."""
    query = _unread(select(func.count(NotificationRow.id)), person_id, groups, now)
    return int(session.execute(query).scalar_one())


def recent(
    session: Session,
    person_id: str,
    groups: Sequence[str],
    *,
    before: datetime | None = None,
    limit: int = PAGE,
) -> list[Notification]:
    """Give read and unread ones, the latest first; `before` turns the page."""
    query = select(NotificationRow, NotificationReading.read_at).outerjoin(
        NotificationReading, _reading_of(person_id)
    )
    query = query.where(NotificationRow.recipient.in_([person_id, *groups]))
    if before is not None:
        query = query.where(NotificationRow.created_at < before)
    rows = session.execute(query.order_by(NotificationRow.created_at.desc()).limit(limit))
    return [_value(row, read_at) for row, read_at in rows]


def mark_read(work: UnitOfWork, person_id: str, notification_ids: Iterable[str]) -> None:
    """Record that a person has read notifications; reading twice keeps the first moment."""
    for notification_id in notification_ids:
        reading = _reading(work, person_id, notification_id)
        reading.read_at = reading.read_at or work.now
    work.session.flush()


def snooze(work: UnitOfWork, person_id: str, notification_id: str, until: datetime) -> None:
    """Hide an unread notification from a person until a moment."""
    _reading(work, person_id, notification_id).snoozed_until = until
    work.session.flush()


def _reading(work: UnitOfWork, person_id: str, notification_id: str) -> NotificationReading:
    reading = work.session.get(NotificationReading, (notification_id, person_id))
    if reading is not None:
        return reading
    if work.session.get(NotificationRow, notification_id) is None:
        raise NotFound(_("Không tìm thấy thông báo."), notification=notification_id)
    reading = NotificationReading(notification_id=notification_id, person_id=person_id)
    work.session.add(reading)
    return reading


def _reading_of(person_id: str) -> Any:
    return and_(
        NotificationReading.notification_id == NotificationRow.id, NotificationReading.person_id == person_id
    )


def _unread(query: Any, person_id: str, groups: Sequence[str], now: datetime) -> Any:
    reading = NotificationReading
    return query.outerjoin(reading, _reading_of(person_id)).where(
        NotificationRow.recipient.in_([person_id, *groups]),
        reading.read_at.is_(None),
        or_(reading.snoozed_until.is_(None), reading.snoozed_until <= now),
    )


def _value(row: NotificationRow, read_at: datetime | None) -> Notification:
    return Notification(
        id=row.id,
        kind=row.kind,
        title=Text(row.template, row.params),
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        urgency=row.urgency,
        created_at=row.created_at,
        read_at=read_at,
    )
