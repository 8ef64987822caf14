"""From what happened to who is told: outbox rows become deliveries, one per endpoint that asked."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from foundation.database import Database, UnitOfWork
from foundation.ids import new_id
from foundation.outbox import OutboxEvent
from webhooks import deliveries, events
from webhooks.deliveries import Delivery
from webhooks.subscriptions import Subscription

#: events fanned out in one transaction: short enough not to keep writers waiting
BATCH = 200

#: tells whether one of an event's organisations lies within a subscription's organisation
Within = Callable[[Session, str, tuple[str, ...]], bool]


def same_organisation(_session: Session, scope: str, organisations: tuple[str, ...]) -> bool:
    """Give the narrowest reading of a scope: the organisation itself."""
    return scope in organisations


def fan_out(database: Database, *, within: Within = same_organisation) -> int:
    """Make deliveries from all events not yet dispatched; gives how many events were handled.

    Any number of processes may run it: rows are claimed under lock (SKIP LOCKED on PostgreSQL), and an
    event makes at most one delivery per endpoint. An endpoint limited to an organisation is never told of
    an event that names none.
    """
    handled = 0
    while _has_undispatched(database):
        with database.unit_of_work() as work:
            found = _fan_out_batch(work, within)
            work.commit()
        handled += found
        if found < BATCH:
            break
    return handled


def concerns(session: Session, subscription: Subscription, event: OutboxEvent, within: Within) -> bool:
    """Tell whether an endpoint is to be told of an event: by name and by organisation."""
    if event.subject == subscription.id or not events.matches(subscription.events, event.type):
        return False  # an endpoint is not told of its own failures
    scope = subscription.organisation_id
    return scope is None or within(session, scope, events.organisations_of(event.data))


def new_delivery(work: UnitOfWork, subscription_id: str, event: OutboxEvent) -> dict[str, Any]:
    """Give the row of a delivery that is due at once."""
    body = events.body_of(
        event.type,
        event.occurred_at,
        event.data,
        subject=event.subject,
        instance_id=event.instance_id,
        sequence=event.seq,
    )
    return {
        "id": new_id(),
        "subscription_id": subscription_id,
        "event_id": event.id,
        "event_type": event.type,
        "body": body,
        "state": deliveries.PENDING,
        "due_at": work.now,
        "attempts": 0,
        "failures": 0,
        "created_at": work.now,
    }


def _has_undispatched(database: Database) -> bool:
    with database.reading() as session:
        return (
            session.scalar(select(OutboxEvent.seq).where(OutboxEvent.dispatched_at.is_(None)).limit(1))
            is not None
        )


def _fan_out_batch(work: UnitOfWork, within: Within) -> int:
    waiting = (
        select(OutboxEvent).where(OutboxEvent.dispatched_at.is_(None)).order_by(OutboxEvent.seq).limit(BATCH)
    )
    claimed = work.session.scalars(waiting.with_for_update(skip_locked=True)).all()
    if not claimed:
        return 0
    subscribed = work.session.scalars(select(Subscription).where(Subscription.is_enabled)).all()
    rows = [
        new_delivery(work, subscription.id, event)
        for event in claimed
        for subscription in subscribed
        if concerns(work.session, subscription, event, within)
    ]
    if rows:
        work.session.execute(insert(Delivery), rows)
    done = update(OutboxEvent).where(OutboxEvent.seq.in_([event.seq for event in claimed]))
    work.session.execute(done.values(dispatched_at=work.now).execution_options(synchronize_session=False))
    return len(claimed)
