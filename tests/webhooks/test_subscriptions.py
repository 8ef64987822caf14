"""Subscriptions as their owners see them."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from foundation.actors import Actor
from foundation.clock import MovableClock
from foundation.database import Database
from foundation.errors import Invalid, NotFound
from foundation.outbox import OutboxEvent
from tests.webhooks.conftest import Receiver, Subscribe
from webhooks import secrets, subscriptions
from webhooks.addresses import AddressRefused, EgressPolicy
from webhooks.secrets import SecretBox
from webhooks.subscriptions import Subscription


def test_a_subscription_shows_what_was_asked_for_and_never_its_secret(
    database: Database, subscribe: Subscribe, receiver: Receiver
) -> None:
    made = subscribe("task.*", "report.sent", organisation_id="so-khcn")

    with database.reading() as session:
        shown = subscriptions.get(session, made.id)
    assert (shown.url, shown.events) == (receiver.url, ("task.*", "report.sent"))
    assert (shown.organisation_id, shown.is_enabled) == ("so-khcn", True)
    assert made.secret not in repr(shown)


def test_the_secret_is_not_readable_in_the_database(database: Database, subscribe: Subscribe) -> None:
    made = subscribe()

    with database.reading() as session:
        sealed = session.scalar(text("SELECT secret_sealed FROM webhook_subscription"))
    assert made.secret.removeprefix("whsec_").encode() not in bytes(sealed)


def test_a_private_address_is_refused_before_anything_is_stored(receiver: Receiver) -> None:
    with pytest.raises(AddressRefused) as refused:
        EgressPolicy(allows_http=True).vet(receiver.url)

    assert "địa chỉ nội bộ 127.0.0.1" in refused.value.fields["url"].render()


def test_an_unknown_event_is_refused(database: Database, subscribe: Subscribe) -> None:
    with pytest.raises(Invalid, match=r"task\.assigned"):
        subscribe("task.asigned")

    with database.reading() as session:
        assert subscriptions.listing(session) == ()


def test_the_old_secret_counts_for_a_day_after_a_rotation(
    database: Database, clock: MovableClock, box: SecretBox, subscribe: Subscribe
) -> None:
    made = subscribe()
    with database.unit_of_work() as work:
        new = subscriptions.rotate_secret(work, box, made.id)
        work.commit()

    with database.reading() as session:
        row = session.get_one(Subscription, made.id)
        assert secrets.usable(row, box, clock.now() + timedelta(hours=23, minutes=59)) == (new, made.secret)
        assert secrets.usable(row, box, clock.now() + timedelta(hours=24)) == (new,)


def test_switching_off_is_told_to_others_once(database: Database, subscribe: Subscribe) -> None:
    made = subscribe()
    for _ in range(2):
        with database.unit_of_work() as work:
            subscriptions.disable(work, made.id)
            work.commit()

    with database.reading() as session:
        shown = subscriptions.get(session, made.id)
        told = session.scalars(select(OutboxEvent)).all()
    assert (shown.is_enabled, shown.disabled_reason) == (False, "by_hand")
    assert [(event.type, event.subject) for event in told] == [("endpoint.disabled", made.id)]
    assert told[0].data["host"] == "127.0.0.1"


def test_a_list_can_be_narrowed_to_an_owner(
    database: Database, box: SecretBox, policy: EgressPolicy, receiver: Receiver
) -> None:
    endpoint = policy.vet(receiver.url)
    for name in ("lan", "minh"):
        with database.unit_of_work(Actor(id=name, name=name)) as work:
            subscriptions.create(work, box, endpoint=endpoint, patterns=["*"])
            work.commit()

    with database.reading() as session:
        assert [row.owner_id for row in subscriptions.listing(session, owner_id="lan")] == ["lan"]
        assert len(subscriptions.listing(session)) == 2


def test_what_is_changed_changes_and_the_rest_stays(database: Database, subscribe: Subscribe) -> None:
    made = subscribe("task.*")
    with database.unit_of_work() as work:
        subscriptions.change(work, made.id, description="Trục liên thông tỉnh")
        work.commit()

    with database.reading() as session:
        shown = subscriptions.get(session, made.id)
    assert (shown.description, shown.events) == ("Trục liên thông tỉnh", ("task.*",))


def test_a_removed_subscription_is_gone(database: Database, subscribe: Subscribe) -> None:
    made = subscribe()
    with database.unit_of_work() as work:
        subscriptions.remove(work, made.id)
        work.commit()

    with database.reading() as session, pytest.raises(NotFound):
        subscriptions.get(session, made.id)
