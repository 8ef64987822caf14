"""Messages on their way: to a real receiver, on a clock that is moved."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import event as database_event
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook

from foundation import outbox
from foundation.clock import MovableClock
from foundation.database import Database
from foundation.outbox import OutboxEvent
from tests.webhooks.conftest import Receiver, Subscribe
from webhooks import deliveries, delivery, dispatch, subscriptions
from webhooks.addresses import EgressPolicy
from webhooks.client import Client
from webhooks.deliveries import DeliverySummary
from webhooks.schedule import DELAYS
from webhooks.secrets import SecretBox

Deliver = Callable[..., int]


@pytest.fixture
def deliver(database: Database, client: Client, box: SecretBox) -> Deliver:
    """Fan out and attempt what is due, without jitter."""

    def run(client: Client = client, limit: int = 100, threads: int = 1) -> int:
        dispatch.fan_out(database)
        return delivery.deliver_due(database, client, limit, box=box, threads=threads, jitter=lambda: 0.0)

    return run


def _happened(database: Database, count: int = 1) -> None:
    with database.unit_of_work() as work:
        for number in range(count):
            outbox.record(work, "task.assigned", subject=f"nv-{number}", data={"title": "Báo cáo quý I"})
        work.commit()


def _log(database: Database, subscription_id: str) -> tuple[DeliverySummary, ...]:
    with database.reading() as session:
        return deliveries.log(session, subscription_id, limit=1000)


def test_a_message_arrives_signed_and_is_logged(
    database: Database, receiver: Receiver, subscribe: Subscribe, deliver: Deliver
) -> None:
    made = subscribe("task.*")
    receiver.status, receiver.reply = 200, "đã nhận\x00".encode()
    _happened(database)

    assert deliver() == 1

    (message,) = receiver.messages
    body = Webhook(made.secret).verify(message.body, message.headers)
    assert (body["type"], body["data"]["title"]) == ("task.assigned", "Báo cáo quý I")
    (line,) = _log(database, made.id)
    assert (line.state, line.attempts, line.message_id) == ("delivered", 1, message.headers["webhook-id"])
    with database.reading() as session:
        (attempt,) = deliveries.attempts(session, line.id)
    assert (attempt.status, attempt.address, attempt.error) == (200, "127.0.0.1", None)
    assert attempt.response_excerpt == "đã nhận\ufffd"


def test_failures_are_repeated_on_the_published_schedule_and_then_given_up(
    database: Database, clock: MovableClock, receiver: Receiver, subscribe: Subscribe, deliver: Deliver
) -> None:
    made = subscribe()
    receiver.status = 500
    _happened(database)
    deliver()

    for delay in DELAYS[1:]:
        clock.advance(delay - timedelta(seconds=1))
        assert deliver() == 0
        clock.advance(timedelta(seconds=1))
        assert deliver() == 1

    line = _log(database, made.id)[-1]
    assert (line.state, line.attempts) == ("failed", 10)
    ids = {message.headers["webhook-id"] for message in receiver.messages}
    assert ids == {line.message_id}


def test_a_receiver_that_recovers_gets_the_message_with_the_same_id_and_body(
    database: Database, clock: MovableClock, receiver: Receiver, subscribe: Subscribe, deliver: Deliver
) -> None:
    made = subscribe()
    receiver.status = 500
    _happened(database)
    deliver()
    receiver.status = 200
    clock.advance(timedelta(seconds=5))

    assert [deliver(), deliver()] == [1, 0]

    first, second = receiver.messages
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert _log(database, made.id)[0].state == "delivered"
    with database.reading() as session:
        assert subscriptions.get(session, made.id).failures == 0


def test_gone_switches_the_endpoint_off(
    database: Database, receiver: Receiver, subscribe: Subscribe, deliver: Deliver
) -> None:
    made = subscribe()
    receiver.status = 410
    _happened(database)

    deliver()

    with database.reading() as session:
        shown = subscriptions.get(session, made.id)
    assert (shown.is_enabled, shown.disabled_reason) == (False, "gone")
    assert _log(database, made.id)[0].state == "failed"


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_asks_for_time_gets_it(
    database: Database,
    clock: MovableClock,
    receiver: Receiver,
    subscribe: Subscribe,
    deliver: Deliver,
    status: int,
) -> None:
    subscribe()
    receiver.status, receiver.reply_headers = status, {"retry-after": "3600"}
    _happened(database)
    deliver()

    clock.advance(timedelta(seconds=3599))
    assert deliver() == 0
    clock.advance(timedelta(seconds=1))
    assert deliver() == 1


def test_a_request_to_retry_sooner_than_the_schedule_is_not_followed(
    database: Database, clock: MovableClock, receiver: Receiver, subscribe: Subscribe, deliver: Deliver
) -> None:
    subscribe()
    receiver.status, receiver.reply_headers = 503, {"retry-after": "0"}
    _happened(database)
    deliver()

    assert deliver() == 0
    clock.advance(timedelta(seconds=5))
    assert deliver() == 1


def test_a_redirect_counts_as_a_failure(
    database: Database, receiver: Receiver, subscribe: Subscribe, deliver: Deliver
) -> None:
    made = subscribe()
    receiver.status, receiver.reply_headers = 307, {"location": receiver.url}
    _happened(database)

    deliver()

    assert len(receiver.messages) == 1
    assert (_log(database, made.id)[0].state, _log(database, made.id)[0].failures) == ("pending", 1)


def test_an_endpoint_is_switched_off_after_five_days_of_nothing_but_failures(
    database: Database, clock: MovableClock, receiver: Receiver, subscribe: Subscribe, deliver: Deliver
) -> None:
    made = subscribe("task.*")
    receiver.status = 500
    for _ in range(10):
        _happened(database)
        deliver()
        clock.advance(timedelta(hours=12))
    with database.reading() as session:
        assert subscriptions.get(session, made.id).is_enabled

    _happened(database)
    deliver()

    with database.reading() as session:
        assert subscriptions.get(session, made.id).disabled_reason == "failing"
        about = select(OutboxEvent.type).where(OutboxEvent.subject == made.id).order_by(OutboxEvent.seq)
        assert list(session.scalars(about)) == ["endpoint.failing", "endpoint.disabled"]


def test_two_failures_a_week_apart_do_not_switch_an_endpoint_off(
    database: Database, clock: MovableClock, receiver: Receiver, subscribe: Subscribe, deliver: Deliver
) -> None:
    made = subscribe("task.*")
    receiver.status = 500
    _happened(database)
    deliver()
    clock.advance(timedelta(days=7))
    deliver()

    with database.reading() as session:
        assert subscriptions.get(session, made.id).is_enabled


def test_what_waits_at_a_switched_off_endpoint_goes_out_when_it_is_enabled(
    database: Database, receiver: Receiver, subscribe: Subscribe, deliver: Deliver
) -> None:
    made = subscribe("task.*")
    _happened(database)
    dispatch.fan_out(database)
    with database.unit_of_work() as work:
        subscriptions.disable(work, made.id)
        work.commit()
    assert deliver() == 0

    with database.unit_of_work() as work:
        subscriptions.enable(work, made.id)
        work.commit()

    assert deliver() == 1
    assert len(receiver.messages) == 1


def test_during_a_rotation_receivers_with_either_secret_accept(
    database: Database, receiver: Receiver, subscribe: Subscribe, deliver: Deliver, box: SecretBox
) -> None:
    made = subscribe()
    with database.unit_of_work() as work:
        new = subscriptions.rotate_secret(work, box, made.id)
        work.commit()
    _happened(database)
    deliver()

    (message,) = receiver.messages
    for secret in (made.secret, new):
        assert Webhook(secret).verify(message.body, message.headers)


def test_an_attempt_whose_process_died_is_made_again_with_the_same_id(
    database: Database, clock: MovableClock, receiver: Receiver, subscribe: Subscribe, deliver: Deliver
) -> None:
    made = subscribe()
    _happened(database)

    class Dying(Client):
        def post(self, *_arguments: object) -> None:  # type: ignore[override]
            raise SystemExit

    for _ in range(20):
        with pytest.raises(SystemExit):
            deliver(Dying(EgressPolicy()))
        assert deliver() == 0
        clock.advance(delivery.LEASE)

    assert deliver() == 1
    (line,) = _log(database, made.id)
    assert (line.state, line.attempts, len(receiver.messages)) == ("delivered", 21, 1)


def test_no_transaction_is_open_while_a_message_is_sent(
    database: Database, subscribe: Subscribe, deliver: Deliver, policy: EgressPolicy
) -> None:
    subscribe()
    _happened(database)
    open_now: list[int] = []
    seen: list[int] = []
    for engine in {database.write_engine, database.read_engine}:
        database_event.listen(engine, "checkout", lambda *_: open_now.append(1))
        database_event.listen(engine, "checkin", lambda *_: open_now.pop())

    class Watching(Client):
        def post(self, *arguments: object) -> object:  # type: ignore[override]
            seen.append(len(open_now))
            return super().post(*arguments)  # type: ignore[arg-type]

    deliver(Watching(policy))

    assert seen == [0]


def test_several_workers_at_once_deliver_each_message_once(
    database: Database, client: Client, box: SecretBox, receiver: Receiver, subscribe: Subscribe
) -> None:
    subscribe()
    _happened(database, 40)
    dispatch.fan_out(database)

    with ThreadPoolExecutor(2) as pool:
        work = partial(delivery.deliver_due, database, client, box=box, threads=2)
        made = sum(pool.map(lambda _: work(), range(2)))

    ids = [message.headers["webhook-id"] for message in receiver.messages]
    assert made == len(ids) == len(set(ids)) == 40


def test_a_dead_endpoint_does_not_keep_a_living_one_waiting(
    database: Database, receiver: Receiver, subscribe: Subscribe, deliver: Deliver
) -> None:
    dead = subscribe()
    with database.unit_of_work() as work:
        row = subscriptions.held(work, dead.id)
        row.url, row.failures = "http://127.0.0.1:9/", delivery.BREAKER
        work.commit()
    _happened(database, 3)
    dispatch.fan_out(database)
    living = subscribe()
    _happened(database)

    deliver(limit=1)

    assert [line.state for line in _log(database, living.id)] == ["delivered"]
    assert len(receiver.messages) == 1


def test_the_limit_is_kept(database: Database, subscribe: Subscribe, deliver: Deliver) -> None:
    subscribe()
    _happened(database, 5)

    assert [deliver(limit=3, threads=2), deliver(limit=3)] == [3, 2]


def test_a_name_that_now_leads_inwards_is_logged_as_refused(
    database: Database, subscribe: Subscribe, deliver: Deliver
) -> None:
    made = subscribe()
    _happened(database)

    deliver(Client(EgressPolicy(allows_http=True)))

    (line,) = _log(database, made.id)
    with database.reading() as session:
        (attempt,) = deliveries.attempts(session, line.id)
    assert (line.state, attempt.error, attempt.status) == ("pending", "refused_address", None)
    assert "127.0.0.1" in attempt.detail


def test_a_secret_that_cannot_be_opened_is_a_logged_failure(
    database: Database, client: Client, receiver: Receiver, subscribe: Subscribe
) -> None:
    made = subscribe()
    _happened(database)
    dispatch.fan_out(database)

    delivery.deliver_due(database, client, box=SecretBox(Fernet.generate_key().decode()))

    (line,) = _log(database, made.id)
    with database.reading() as session:
        assert [attempt.error for attempt in deliveries.attempts(session, line.id)] == ["secret"]
    assert receiver.messages == []


def test_a_late_worker_does_not_undo_what_a_faster_one_achieved(
    database: Database, clock: MovableClock, receiver: Receiver, subscribe: Subscribe, deliver: Deliver
) -> None:
    made = subscribe()
    _happened(database)

    class Overtaken(Client):
        def post(self, *arguments: object) -> object:  # type: ignore[override]
            clock.advance(delivery.LEASE)
            assert deliver() == 1
            receiver.status = 500
            return super().post(*arguments)  # type: ignore[arg-type]

    deliver(Overtaken(EgressPolicy.of(["127.0.0.1"], allows_http=True)))

    (line,) = _log(database, made.id)
    assert (line.state, line.attempts) == ("delivered", 2)
    with database.reading() as session:
        assert subscriptions.get(session, made.id).failures == 0


def test_a_late_failure_is_logged_but_not_counted_again(
    database: Database, clock: MovableClock, receiver: Receiver, subscribe: Subscribe, deliver: Deliver
) -> None:
    made = subscribe()
    receiver.status = 500
    _happened(database)

    class Overtaken(Client):
        def post(self, *arguments: object) -> object:  # type: ignore[override]
            clock.advance(delivery.LEASE)
            assert deliver() == 1
            return super().post(*arguments)  # type: ignore[arg-type]

    deliver(Overtaken(EgressPolicy.of(["127.0.0.1"], allows_http=True)), limit=1)

    (line,) = _log(database, made.id)
    assert (line.failures, line.attempts) == (1, 2)
    with database.reading() as session:
        assert subscriptions.get(session, made.id).failures == 1
        assert [attempt.number for attempt in deliveries.attempts(session, line.id)] == [1, 2]


def test_old_deliveries_are_forgotten_with_their_attempts(
    database: Database, clock: MovableClock, subscribe: Subscribe, deliver: Deliver
) -> None:
    made = subscribe()
    _happened(database)
    deliver()
    clock.advance(timedelta(days=31))

    with database.unit_of_work() as work:
        assert deliveries.forget(work, clock.now() - timedelta(days=30)) == 1
        work.commit()

    assert _log(database, made.id) == ()
    with database.reading() as session:
        assert session.scalars(select(deliveries.Attempt)).all() == []
