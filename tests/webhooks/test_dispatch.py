"""Who is told of what."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from foundation import outbox
from foundation.database import Database
from foundation.outbox import OutboxEvent
from tests.webhooks.conftest import Subscribe
from webhooks import dispatch, subscriptions
from webhooks.deliveries import Delivery


def _happened(database: Database, *types: str, **data: object) -> None:
    with database.unit_of_work() as work:
        for name in types:
            outbox.record(work, name, subject="nv-1", data=data)
        work.commit()


def _told(database: Database, subscription_id: str) -> list[str]:
    query = select(Delivery.event_type).where(Delivery.subscription_id == subscription_id)
    with database.reading() as session:
        return list(session.scalars(query.order_by(Delivery.id)))


def test_each_endpoint_is_told_of_what_it_asked_for(database: Database, subscribe: Subscribe) -> None:
    tasks, everything = subscribe("task.*"), subscribe("*")
    _happened(database, "task.assigned", "report.sent")

    assert dispatch.fan_out(database) == 2

    assert _told(database, tasks.id) == ["task.assigned"]
    assert sorted(_told(database, everything.id)) == ["report.sent", "task.assigned"]


def test_an_event_is_fanned_out_once(database: Database, subscribe: Subscribe) -> None:
    made = subscribe()
    _happened(database, "task.assigned")

    assert [dispatch.fan_out(database), dispatch.fan_out(database)] == [1, 0]
    assert len(_told(database, made.id)) == 1


def test_an_endpoint_of_an_organisation_hears_only_of_that_organisation(
    database: Database, subscribe: Subscribe
) -> None:
    made = subscribe("*", organisation_id="so-khcn")
    _happened(database, "task.assigned", organisation="so-khcn")
    _happened(database, "task.overdue", organisation="so-tc")
    _happened(database, "task.returned", organisation="so-tc", organisations=["so-khcn"])
    _happened(database, "org.changed")

    dispatch.fan_out(database)

    assert sorted(_told(database, made.id)) == ["task.assigned", "task.returned"]


def test_what_lies_within_an_organisation_is_for_the_caller_to_say(
    database: Database, subscribe: Subscribe
) -> None:
    made = subscribe("*", organisation_id="ubnd-tinh")
    _happened(database, "task.assigned", organisation="ubnd-tinh/so-khcn")

    dispatch.fan_out(
        database, within=lambda _session, scope, found: any(name.startswith(scope) for name in found)
    )

    assert _told(database, made.id) == ["task.assigned"]


def test_an_endpoint_that_is_switched_off_is_not_told(database: Database, subscribe: Subscribe) -> None:
    made = subscribe("task.*")
    with database.unit_of_work() as work:
        subscriptions.disable(work, made.id)
        work.commit()
    _happened(database, "task.assigned")

    dispatch.fan_out(database)

    assert _told(database, made.id) == []


def test_an_endpoint_is_not_told_of_its_own_failures_but_others_are(
    database: Database, subscribe: Subscribe
) -> None:
    failing, other = subscribe("*"), subscribe("endpoint.*")
    with database.unit_of_work() as work:
        subscriptions.disable(work, failing.id)
        subscriptions.enable(work, failing.id)
        work.commit()

    dispatch.fan_out(database)

    assert _told(database, failing.id) == []
    assert _told(database, other.id) == ["endpoint.disabled"]


def test_more_events_than_a_batch_are_all_handled(database: Database, subscribe: Subscribe) -> None:
    made = subscribe()
    _happened(database, *["task.progress"] * (2 * dispatch.BATCH + 1))

    assert dispatch.fan_out(database) == 2 * dispatch.BATCH + 1
    assert len(_told(database, made.id)) == 2 * dispatch.BATCH + 1


def test_several_dispatchers_at_once_tell_once(database: Database, subscribe: Subscribe) -> None:
    made = subscribe()
    _happened(database, *["task.progress"] * 500)

    with ThreadPoolExecutor(4) as pool:
        handled = list(pool.map(dispatch.fan_out, [database] * 4))

    assert sum(handled) == 500
    assert len(_told(database, made.id)) == 500
    with database.reading() as session:
        assert session.scalar(select(OutboxEvent.id).where(OutboxEvent.dispatched_at.is_(None))) is None
