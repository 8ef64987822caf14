"""Bringing messages to their endpoints: claim under a lease, post with no transaction open, record.

At least once: a process that dies in an attempt leaves a lease that runs out, and the message is sent
again with the same `webhook-id`. A dead endpoint costs one attempt at a time, a living one up to four.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import repeat

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, undefer

from foundation.clock import Clock, SystemClock
from foundation.database import Database, UnitOfWork
from foundation.errors import NotFound
from foundation.ids import new_id
from webhooks import deliveries, events, secrets, signing, subscriptions
from webhooks.client import Answer, Client
from webhooks.deliveries import Attempt, Delivery
from webhooks.schedule import Jitter, delay_after, random_jitter, retry_after
from webhooks.secrets import SecretBox, SecretUnreadable
from webhooks.subscriptions import Subscription

#: how long an attempt holds its delivery; longer than the client can take
LEASE = timedelta(seconds=120)
#: attempts running at once to one endpoint
WIDTH = 4
#: after so many failures in a row an endpoint gets one attempt at a time, after all others
BREAKER = 5
_GONE, _TOO_MANY, _UNAVAILABLE = 410, 429, 503


@dataclass(frozen=True, kw_only=True)
class _Claimed:
    delivery_id: str
    subscription_id: str
    url: str
    message_id: str
    body: bytes
    #: number of this attempt: the fence
    attempt: int
    #: none when the stored ones cannot be opened
    secrets: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """What an attempt needs."""

    database: Database
    client: Client
    box: SecretBox
    wall: Clock
    jitter: Jitter

    def attempt_next(self) -> bool:
        """Make one attempt; False when nothing is due."""
        claimed = _claim(self.database, self.box)
        if claimed is None:
            return False
        answer = self._send(claimed)
        with self.database.unit_of_work() as work:
            _record(work, claimed, answer, wall_now=self.wall.now(), jitter=self.jitter)
            work.commit()
        return True

    def _send(self, claimed: _Claimed) -> Answer:
        if not claimed.secrets:
            return Answer(error="secret", detail=str(SecretUnreadable()))
        signature = signing.sign(claimed.secrets, claimed.message_id, self.wall.now(), claimed.body)
        return self.client.post(claimed.url, {"content-type": "application/json", **signature}, claimed.body)


def deliver_due(
    database: Database,
    client: Client,
    limit: int = 100,
    *,
    box: SecretBox,
    threads: int = 1,
    wall: Clock | None = None,
    jitter: Jitter = random_jitter,
) -> int:
    """Attempt what is due, at most `limit` messages, in `threads` threads; gives the number of attempts.

    What is due is read on the database's clock (which a rehearsal moves); signatures carry the time of
    `wall`, by default the machine's, because receivers compare it with theirs.
    """
    desk = _Desk(database=database, client=client, box=box, wall=wall or SystemClock(), jitter=jitter)
    if threads == 1:
        return _work_through(desk, limit)
    shares = [limit // threads + (1 if number < limit % threads else 0) for number in range(threads)]
    with ThreadPoolExecutor(max_workers=threads, thread_name_prefix="webhook") as pool:
        return sum(pool.map(_work_through, repeat(desk), shares))


def _work_through(desk: _Desk, limit: int) -> int:
    made = 0
    while made < limit and desk.attempt_next():
        made += 1
    return made


def _claim(database: Database, box: SecretBox) -> _Claimed | None:
    with database.reading() as session:  # an idle tick must not take the write lock
        if not _ready(session, database.clock.now()):
            return None
    with database.unit_of_work() as work:
        for subscription_id in _ready(work.session, work.now):
            row = _oldest_due(work, subscription_id)
            if row is None:  # another worker was faster
                continue
            row.attempts += 1
            row.leased_until = row.due_at = work.now + LEASE
            claimed = _claimed(work, row, box)
            work.commit()
            return claimed
    return None


def _ready(session: Session, now: datetime) -> Sequence[str]:
    """Give the endpoints with something due and room for an attempt: healthy first, then longest due."""
    mine = Delivery.subscription_id == Subscription.id
    first_due = (
        select(func.min(Delivery.due_at)).where(mine, Delivery.state == deliveries.PENDING).scalar_subquery()
    )
    running = select(func.count()).where(mine, Delivery.leased_until > now).scalar_subquery()
    is_broken = Subscription.failures >= BREAKER
    query = (
        select(Subscription.id)
        .where(Subscription.is_enabled, first_due <= now, running < case((is_broken, 1), else_=WIDTH))
        .order_by(case((is_broken, 1), else_=0), first_due)
    )
    return session.scalars(query).all()


def _oldest_due(work: UnitOfWork, subscription_id: str) -> Delivery | None:
    query = (
        select(Delivery)
        .where(
            Delivery.subscription_id == subscription_id,
            Delivery.state == deliveries.PENDING,
            Delivery.due_at <= work.now,
        )
        .order_by(Delivery.due_at, Delivery.id)
        .limit(1)
        .options(undefer(Delivery.body))
        .with_for_update(skip_locked=True)
    )
    return work.session.scalar(query)


def _claimed(work: UnitOfWork, row: Delivery, box: SecretBox) -> _Claimed:
    subscription = work.session.get_one(Subscription, row.subscription_id)
    try:
        usable = secrets.usable(subscription, box, work.now)
    except SecretUnreadable:
        usable = ()
    return _Claimed(
        delivery_id=row.id,
        subscription_id=row.subscription_id,
        url=subscription.url,
        message_id=deliveries.message_id(row.event_id),
        body=row.body,
        attempt=row.attempts,
        secrets=usable,
    )


def _record(
    work: UnitOfWork, claimed: _Claimed, answer: Answer, *, wall_now: datetime, jitter: Jitter
) -> None:
    try:
        subscription = subscriptions.held(work, claimed.subscription_id)
    except NotFound:  # removed while the message was on its way
        return
    row = work.session.get_one(Delivery, claimed.delivery_id, with_for_update=True)
    work.session.add(_attempt(work, claimed, answer))
    is_current = row.state == deliveries.PENDING and row.attempts == claimed.attempt
    if answer.is_success:
        subscriptions.note_success(subscription)
        _finish(row, deliveries.DELIVERED, work.now)
    elif is_current:
        _put_off(row, answer, now=work.now, wall_now=wall_now, jitter=jitter)
        subscriptions.note_failure(work, subscription)
        if answer.status == _GONE:
            subscriptions.disable(work, subscription.id, subscriptions.GONE)


def _put_off(row: Delivery, answer: Answer, *, now: datetime, wall_now: datetime, jitter: Jitter) -> None:
    row.failures += 1
    wait = delay_after(row.failures, jitter)
    if wait is None or answer.status == _GONE or row.event_type == events.PING:
        _finish(row, deliveries.FAILED, now)
        return
    if answer.status in {_TOO_MANY, _UNAVAILABLE}:
        wait = max(wait, retry_after(answer.retry_after, wall_now) or wait)
    row.leased_until = None
    row.due_at = now + wait


def _finish(row: Delivery, state: str, now: datetime) -> None:
    row.state = state
    row.finished_at = now
    row.leased_until = None


def _attempt(work: UnitOfWork, claimed: _Claimed, answer: Answer) -> Attempt:
    return Attempt(
        id=new_id(),
        delivery_id=claimed.delivery_id,
        number=claimed.attempt,
        recorded_at=work.now,
        ms=answer.ms,
        status=answer.status,
        error=answer.error,
        detail=answer.detail.replace("\x00", ""),
        address=answer.address,
        response_excerpt=deliveries.excerpt_of(answer.excerpt),
    )
