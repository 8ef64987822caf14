"""Sending by hand: a test message, one message again, everything since a moment again (same `webhook-id`)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, insert, select

from foundation.database import UnitOfWork
from foundation.errors import Conflict, NotFound, TooLarge
from foundation.ids import new_id
from foundation.outbox import OutboxEvent
from foundation.texts import _
from webhooks import deliveries, dispatch, events, subscriptions
from webhooks.deliveries import Delivery
from webhooks.dispatch import Within, same_organisation
from webhooks.subscriptions import Subscription

#: the most events one `redeliver_since` looks at
MOST = 10_000


def ping(work: UnitOfWork, subscription_id: str) -> str:
    """Send a test message, once and without retries; gives the delivery's id.

    Raises NotFound, or Conflict when the subscription is switched off.
    """
    _sending(work, subscription_id)
    delivery_id = new_id()
    row = {
        "id": delivery_id,
        "subscription_id": subscription_id,
        "event_id": new_id(),
        "event_type": events.PING,
        "body": events.body_of(events.PING, work.now, {}, subject=subscription_id),
        "state": deliveries.PENDING,
        "due_at": work.now,
        "attempts": 0,
        "failures": 0,
        "created_at": work.now,
    }
    work.session.execute(insert(Delivery), [row])
    return delivery_id


def redeliver(work: UnitOfWork, delivery_id: str) -> None:
    """Send one message again, from the beginning of the schedule.

    Raises NotFound; Conflict when the subscription is switched off or the message is on its way now.
    """
    found = work.session.get(Delivery, delivery_id)
    if found is None:
        raise NotFound(_("Không tìm thấy lượt gửi webhook."), delivery=delivery_id)
    _sending(work, found.subscription_id)
    row = work.session.get_one(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if row.leased_until is not None and row.leased_until > work.now:
        raise Conflict(_("Thông điệp đang được gửi; hãy xem kết quả sau giây lát."), delivery=delivery_id)
    _restart(row, work.now)
    work.session.flush()


def redeliver_since(
    work: UnitOfWork,
    subscription_id: str,
    since: datetime,
    *,
    include_delivered: bool = False,
    within: Within = same_organisation,
) -> int:
    """Send again what happened since a moment and was given up, or never sent because the endpoint was off.

    With `include_delivered` also what was accepted: for a receiver that lost its data. Gives how many
    messages will be sent. Raises NotFound, Conflict when switched off, TooLarge beyond `MOST` events.
    """
    subscription = _sending(work, subscription_id)
    states = [deliveries.FAILED, *([deliveries.DELIVERED] if include_delivered else [])]
    happened = _happened(work, since)
    ids = select(OutboxEvent.id).where(OutboxEvent.occurred_at >= since)
    again = select(Delivery).where(
        Delivery.subscription_id == subscription_id, Delivery.state.in_(states), Delivery.event_id.in_(ids)
    )
    rows = work.session.scalars(again.with_for_update()).all()
    for row in rows:
        _restart(row, work.now)
    missed = [
        dispatch.new_delivery(work, subscription_id, event)
        for event in _without_delivery(work, subscription_id, since, happened)
        if dispatch.concerns(work.session, subscription, event, within)
    ]
    if missed:
        work.session.execute(insert(Delivery), missed)
    work.session.flush()
    return len(rows) + len(missed)


def _happened(work: UnitOfWork, since: datetime) -> int:
    count = work.session.scalar(select(func.count()).where(OutboxEvent.occurred_at >= since)) or 0
    if count > MOST:
        text = _(
            "Có {count} sự kiện từ thời điểm này; tối đa {most}. Hãy chọn thời điểm muộn hơn.",
            count=count,
            most=MOST,
        )
        raise TooLarge(text, found=count, limit=MOST)
    return count


def _without_delivery(
    work: UnitOfWork, subscription_id: str, since: datetime, happened: int
) -> Sequence[OutboxEvent]:
    if not happened:
        return ()
    sent = exists().where(Delivery.subscription_id == subscription_id, Delivery.event_id == OutboxEvent.id)
    # what is not dispatched yet will be fanned out by itself
    query = select(OutboxEvent).where(
        OutboxEvent.occurred_at >= since, OutboxEvent.dispatched_at.is_not(None), ~sent
    )
    return work.session.scalars(query.order_by(OutboxEvent.seq)).all()


def _restart(row: Delivery, now: datetime) -> None:
    row.state = deliveries.PENDING
    row.due_at = now
    row.failures = 0
    row.finished_at = row.leased_until = None


def _sending(work: UnitOfWork, subscription_id: str) -> Subscription:
    row = subscriptions.held(work, subscription_id)
    if not row.is_enabled:
        raise Conflict(
            _("Đăng ký webhook đang bị ngừng; hãy bật lại trước khi gửi."),
            subscription=subscription_id,
            reason=row.disabled_reason,
        )
    return row
