"""Subscriptions: who wants to be told what, where, and with which secret."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Boolean, Index, Integer, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from foundation import outbox
from foundation.database import Base, Json, Moment, UnitOfWork
from foundation.errors import NotFound
from foundation.ids import new_id
from foundation.texts import Text as Words
from foundation.texts import _
from webhooks import events, secrets
from webhooks.addresses import Endpoint, parse
from webhooks.secrets import SecretBox, SigningSecrets

#: reasons for which a subscription is switched off
GONE, FAILING, BY_HAND = "gone", "failing", "by_hand"
#: the same for people
REASONS: Mapping[str, Words] = {
    GONE: _("Điểm nhận trả lời không còn tồn tại (410)"),
    FAILING: _("Năm ngày liền chỉ có lỗi"),
    BY_HAND: _("Người quản lý đã ngừng"),
}
#: after so long of nothing but failures the owner is told; then the endpoint is switched off
WARN_AFTER, DISABLE_AFTER = timedelta(days=1), timedelta(days=5)
#: fewer failures than this in a row never switch an endpoint off, however far apart they are
LEAST_FAILURES = 10


class Subscription(SigningSecrets, Base):
    """One endpoint that is told of events."""

    __tablename__ = "webhook_subscription"
    __table_args__ = (Index("ix_webhook_subscription_enabled", "is_enabled"),)

    #: opaque id
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: where messages are posted
    url: Mapped[str] = mapped_column(Text)
    #: what it is for, in the owner's words
    description: Mapped[str] = mapped_column(Text)
    #: event patterns such as `task.*`
    events: Mapped[list[str]] = mapped_column(Json)
    #: only events of this organisation (and what the caller says lies within it); null = all
    organisation_id: Mapped[str | None] = mapped_column(String(64), index=True)
    #: account that answers for it
    owner_id: Mapped[str] = mapped_column(String(64), index=True)
    #: whether messages are sent
    is_enabled: Mapped[bool] = mapped_column(Boolean)
    #: why not: `gone` (410), `failing` (days of failures), `by_hand`
    disabled_reason: Mapped[str | None] = mapped_column(String(20))
    #: since when not (UTC)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)
    #: first of the failures in a row; null after a success (UTC)
    failing_since: Mapped[datetime | None] = mapped_column(Moment)
    #: failures in a row
    failures: Mapped[int] = mapped_column(Integer)
    #: when the owner was told that it keeps failing (UTC)
    warned_at: Mapped[datetime | None] = mapped_column(Moment)
    #: when it was made (UTC)
    created_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, kw_only=True)
class SubscriptionSummary:
    """A subscription as pages and the API show it: without secrets."""

    id: str
    url: str
    description: str
    events: tuple[str, ...]
    organisation_id: str | None
    owner_id: str
    is_enabled: bool
    disabled_reason: str | None
    disabled_at: datetime | None
    failing_since: datetime | None
    failures: int
    #: until when the secret before the present one also signs (UTC)
    previous_secret_until: datetime | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Created:
    """A new row and its secret, which is shown this once."""

    id: str
    #: never in logs
    secret: str = field(repr=False)


def create(
    work: UnitOfWork,
    box: SecretBox,
    *,
    endpoint: Endpoint,
    patterns: Iterable[str],
    organisation_id: str | None = None,
    description: str = "",
) -> Created:
    """Subscribe an endpoint that `EgressPolicy.vet` has passed; the actor becomes its owner.

    Raises Invalid (field `events`) when a pattern names no event.
    """
    row = Subscription(
        id=new_id(),
        url=endpoint.url,
        description=description,
        events=events.check_patterns(patterns),
        organisation_id=organisation_id,
        owner_id=work.actor.id,
        is_enabled=True,
        failures=0,
        created_at=work.now,
    )
    secret = secrets.new_secret()
    row.secret_sealed = box.seal(secret, owner=row.id)
    work.session.add(row)
    work.session.flush()
    return Created(id=row.id, secret=secret)


def change(
    work: UnitOfWork,
    subscription_id: str,
    *,
    endpoint: Endpoint | None = None,
    patterns: Iterable[str] | None = None,
    description: str | None = None,
) -> None:
    """Change what is given; the rest stays. Raises NotFound, or Invalid (field `events`)."""
    row = held(work, subscription_id)
    if endpoint is not None:
        row.url = endpoint.url
    if patterns is not None:
        row.events = events.check_patterns(patterns)
    if description is not None:
        row.description = description
    work.session.flush()


def rotate_secret(work: UnitOfWork, box: SecretBox, subscription_id: str) -> str:
    """Give the endpoint a new secret, shown once; for 24 h messages carry both signatures."""
    row = held(work, subscription_id)
    secret = secrets.rotate(row, box, work.now)
    work.session.flush()
    return secret


def enable(work: UnitOfWork, subscription_id: str) -> None:
    """Send again; what was waiting goes out, and failures are counted from zero."""
    row = held(work, subscription_id)
    row.is_enabled = True
    row.disabled_reason = row.disabled_at = row.failing_since = row.warned_at = None
    row.failures = 0
    work.session.flush()


def disable(work: UnitOfWork, subscription_id: str, reason: str = BY_HAND) -> None:
    """Stop sending; deliveries wait until it is enabled again. Others learn by `endpoint.disabled`."""
    row = held(work, subscription_id)
    if not row.is_enabled:
        return
    row.is_enabled = False
    row.disabled_reason = reason
    row.disabled_at = work.now
    work.session.flush()
    outbox.record(work, events.ENDPOINT_DISABLED, subject=row.id, data=_told(row))


def remove(work: UnitOfWork, subscription_id: str) -> None:
    """Delete the subscription with its log; NotFound when there is none."""
    work.session.delete(held(work, subscription_id))
    work.session.flush()


def note_success(row: Subscription) -> None:
    """A message was accepted: the failures in a row are over."""
    row.failing_since = row.warned_at = None
    row.failures = 0


def note_failure(work: UnitOfWork, row: Subscription) -> None:
    """A message failed: count it, warn after a day, switch off after five days of nothing but failures."""
    row.failures += 1
    row.failing_since = row.failing_since or work.now
    lasting = work.now - row.failing_since
    if row.failures >= LEAST_FAILURES and lasting >= DISABLE_AFTER:
        disable(work, row.id, FAILING)
    elif lasting >= WARN_AFTER and row.warned_at is None:
        row.warned_at = work.now
        outbox.record(work, events.ENDPOINT_FAILING, subject=row.id, data=_told(row))


def held(work: UnitOfWork, subscription_id: str) -> Subscription:
    """Give the row locked for this command; NotFound when there is none."""
    row = work.session.get(Subscription, subscription_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise _unknown(subscription_id)
    return row


def get(session: Session, subscription_id: str) -> SubscriptionSummary:
    """Give one subscription; NotFound when there is none."""
    row = session.get(Subscription, subscription_id)
    if row is None:
        raise _unknown(subscription_id)
    return _summary(row)


def listing(
    session: Session, *, owner_id: str | None = None, organisation_id: str | None = None
) -> tuple[SubscriptionSummary, ...]:
    """Give all subscriptions, or those of an owner or organisation, the newest first."""
    query = select(Subscription).order_by(Subscription.created_at.desc(), Subscription.id)
    if owner_id is not None:
        query = query.where(Subscription.owner_id == owner_id)
    if organisation_id is not None:
        query = query.where(Subscription.organisation_id == organisation_id)
    return tuple(_summary(row) for row in session.scalars(query))


def _told(row: Subscription) -> dict[str, object]:
    told: dict[str, object] = {"host": parse(row.url).host, "owner": row.owner_id, "failures": row.failures}
    if row.disabled_reason is not None:
        told["reason"] = row.disabled_reason
    if row.organisation_id is not None:
        told["organisation"] = row.organisation_id
    return told


def _summary(row: Subscription) -> SubscriptionSummary:
    return SubscriptionSummary(
        id=row.id,
        url=row.url,
        description=row.description,
        events=tuple(row.events),
        organisation_id=row.organisation_id,
        owner_id=row.owner_id,
        is_enabled=row.is_enabled,
        disabled_reason=row.disabled_reason,
        disabled_at=row.disabled_at,
        failing_since=row.failing_since,
        failures=row.failures,
        previous_secret_until=row.previous_secret_until,
        created_at=row.created_at,
    )


def _unknown(subscription_id: str) -> NotFound:
    return NotFound(_("Không tìm thấy đăng ký webhook."), subscription=subscription_id)
