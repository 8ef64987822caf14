"""Sending by hand."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook

from foundation import outbox
from foundation.clock import MovableClock
from foundation.database import Database
from foundation.errors import Conflict, NotFound, TooLarge
from tests.webhooks.conftest import Receiver, Subscribe
from webhooks import delivery, dispatch, redelivery, subscriptions
from webhooks.client import Client
from webhooks.deliveries import Delivery
from webhooks.secrets import SecretBox


@pytest.fixture(autouse=True)
def short_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redelivery, "MOST", 5)


def _happened(database: Database, *subjects: str) -> None:
    with database.unit_of_work() as work:
        for subject in subjects:
            outbox.record(work, "task.assigned", subject=subject, data={})
        work.commit()
    dispatch.fan_out(database)


def _switch(database: Database, subscription_id: str, *, on: bool) -> None:
    with database.unit_of_work() as work:
        (subscriptions.enable if on else subscriptions.disable)(work, subscription_id)
        work.commit()


def test_a_ping_arrives_signed_and_is_not_repeated_when_it_fails(
    database: Database, client: Client, box: SecretBox, receiver: Receiver, subscribe: Subscribe
) -> None:
    made = subscribe("task.*")
    receiver.status = 500
    with database.unit_of_work() as work:
        pinged = redelivery.ping(work, made.id)
        work.commit()

    delivery.deliver_due(database, client, box=box)

    (message,) = receiver.messages
    assert Webhook(made.secret).verify(message.body, message.headers)["type"] == "endpoint.ping"
    with database.reading() as session:
        assert session.get_one(Delivery, pinged).state == "failed"


def test_a_delivered_message_can_be_sent_again_with_the_same_id(
    database: Database, client: Client, box: SecretBox, receiver: Receiver, subscribe: Subscribe
) -> None:
    subscribe()
    _happened(database, "nv-1")
    delivery.deliver_due(database, client, box=box)

    with database.unit_of_work() as work:
        redelivery.redeliver(work, work.session.scalars(select(Delivery.id)).one())
        work.commit()
    delivery.deliver_due(database, client, box=box)

    first, second = receiver.messages
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_a_message_on_its_way_is_not_sent_a_second_time(database: Database, subscribe: Subscribe) -> None:
    subscribe()
    _happened(database, "nv-1")
    with database.unit_of_work() as work:
        row = work.session.scalars(select(Delivery)).one()
        row.leased_until = work.now + timedelta(seconds=60)
        with pytest.raises(Conflict, match="đang được gửi"):
            redelivery.redeliver(work, row.id)


def test_nothing_is_sent_by_hand_to_an_endpoint_that_is_switched_off(
    database: Database, subscribe: Subscribe
) -> None:
    made = subscribe()
    _happened(database, "nv-1")
    _switch(database, made.id, on=False)

    with database.unit_of_work() as work:
        with pytest.raises(Conflict, match="bật lại"):
            redelivery.ping(work, made.id)
        with pytest.raises(Conflict, match="bật lại"):
            redelivery.redeliver(work, work.session.scalars(select(Delivery.id)).one())


def test_an_unknown_delivery_is_not_found(database: Database) -> None:
    with database.unit_of_work() as work, pytest.raises(NotFound):
        redelivery.redeliver(work, "0" * 32)


def test_what_was_given_up_or_missed_since_a_moment_is_sent_again(
    database: Database,
    clock: MovableClock,
    client: Client,
    box: SecretBox,
    receiver: Receiver,
    subscribe: Subscribe,
) -> None:
    made = subscribe("task.*")
    _happened(database, "truoc-do")
    delivery.deliver_due(database, client, box=box)
    clock.advance(timedelta(hours=1))
    since = clock.now()
    receiver.status = 410
    _happened(database, "bi-tu-choi")
    delivery.deliver_due(database, client, box=box)
    _happened(database, "khi-da-ngung")
    receiver.status = 200
    receiver.messages.clear()
    _switch(database, made.id, on=True)

    with database.unit_of_work() as work:
        assert redelivery.redeliver_since(work, made.id, since) == 2
        work.commit()
    delivery.deliver_due(database, client, box=box)

    subjects = {Webhook(made.secret).verify(m.body, m.headers)["data"]["subject"] for m in receiver.messages}
    assert subjects == {"bi-tu-choi", "khi-da-ngung"}
    with database.unit_of_work() as work:
        assert redelivery.redeliver_since(work, made.id, since) == 0
        assert redelivery.redeliver_since(work, made.id, since, include_delivered=True) == 2


def test_too_many_events_at_once_are_refused_with_what_to_do(
    database: Database, clock: MovableClock, subscribe: Subscribe
) -> None:
    made = subscribe()
    _happened(database, *map(str, range(6)))

    with database.unit_of_work() as work, pytest.raises(TooLarge, match="thời điểm muộn hơn"):
        redelivery.redeliver_since(work, made.id, clock.now())
