"""The life of definitions: which version starts, from when, by what; retirement; unique business keys."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from engine import definition_events, deployments, instances, publishing, taking_effect
from engine.models import ProcessInstance, Schedule
from foundation.clock import MovableClock
from foundation.database import Database
from foundation.errors import Conflict, Invalid, NotFound
from tests.conftest import MORNING
from tests.engine.conftest import Bench
from tests.engine.diagrams import diagram, event, extension, timer

HOUR = timedelta(hours=1)


def step(name: str, switches: str = "") -> bytes:
    return diagram("p", switches).start().user_task(name).end().bytes()


def by_message(name: str, message: str = "letter", switches: str = "") -> bytes:
    drawn = diagram("p", switches).message("m", message, key=None)
    return drawn.start(body=event("message", "m")).user_task(name).end().bytes()


def by_signal(name: str) -> bytes:
    return diagram("p").signal("s", "flood").start(body=event("signal", "s")).user_task(name).end().bytes()


def every(hours: int, name: str) -> bytes:
    cycle = timer("timeCycle", f"R/PT{hours}H")
    return diagram("p").start(body=cycle).user_task(name).end().bytes()


def calling(process: str, case: str = "") -> bytes:
    inside = extension(f'<camunda:in businessKey="{case}"/>') if case else ""
    drawn = diagram(process).start().user_task("first")
    return drawn.node("callActivity", "invoke", inside, calledElement="p").end().bytes()


def deploy_later(bench: Bench, content: bytes, hours: float) -> None:
    with bench.database.unit_of_work() as work:
        deployments.deploy(work, {"0.bpmn": content}, effective_at=work.now + hours * HOUR)
        work.commit()


def act(bench: Bench, what: str, **facts: object) -> None:
    with bench.database.unit_of_work() as work:
        getattr(publishing, what)(work, "p", reason="Thử", **facts)
        work.commit()


def started(bench: Bench) -> list[tuple[int, str | None]]:
    with bench.database.reading() as session:
        rows = session.execute(
            select(ProcessInstance.definition_version, ProcessInstance.scheduled_for).order_by(
                ProcessInstance.id
            )
        )
        return [(row[0], row[1]) for row in rows]


def test_a_version_is_started_from_its_effective_date_on(bench: Bench) -> None:
    bench.deploy(step("old"))
    deploy_later(bench, step("new"), 2)
    before = bench.start()
    bench.wait(hours=2)
    assert bench.waiting(before) == ["old"]
    assert bench.waiting(bench.start()) == ["new"]
    with bench.database.reading() as session:
        acts = [event.act for event in definition_events.of_version(session, "p", 2)]
    assert acts == ["published", "effective"]


def test_plain_starts_ask_the_clock_and_need_no_tick(bench: Bench) -> None:
    bench.deploy(step("old"))
    deploy_later(bench, step("new"), 2)
    bench.clock.advance(2 * HOUR)
    assert bench.waiting(bench.start()) == ["new"]


def test_a_version_before_its_date_cannot_be_asked_for(bench: Bench) -> None:
    deploy_later(bench, step("new"), 2)
    for version in (None, 1):
        with (
            pytest.raises(Conflict, match="có hiệu lực từ 05/02/2024 10:00"),
            bench.database.unit_of_work() as work,
        ):
            instances.start(work, "p", {}, version=version)


def test_a_clock_that_is_set_back_takes_nothing_out_of_effect(bench: Bench) -> None:
    bench.deploy(step("old"))
    yesterday = Database(
        bench.database.url.render_as_string(hide_password=False), MovableClock(MORNING - HOUR)
    )
    with yesterday.unit_of_work() as work:
        assert instances.start(work, "p", {})
    yesterday.dispose()


def test_messages_start_the_version_in_effect(bench: Bench) -> None:
    bench.deploy(by_message("old", "letter"))
    deploy_later(bench, by_message("new", "email"), 2)
    bench.send("letter")
    bench.wait(hours=2)
    bench.send("letter")
    bench.send("email")
    bench.dispatcher.settle()
    assert [version for version, _ in started(bench)] == [1, 2]


def test_a_signal_thrown_before_the_next_tick_starts_the_version_in_effect(bench: Bench) -> None:
    bench.deploy(by_signal("old"))
    deploy_later(bench, by_signal("new"), 2)
    bench.clock.advance(2 * HOUR)
    bench.signal("flood")
    assert [version for version, _ in started(bench)] == [2]


def test_a_schedule_changes_hands_on_the_date_and_a_downtime_loses_nothing(
    bench: Bench,
) -> None:
    bench.deploy(every(1, "old"))
    deploy_later(bench, every(2, "new"), 2.5)
    bench.wait(hours=1)
    bench.clock.advance(4 * HOUR)  # nothing ran at 2, 2.5, 3 and 4.5 hours
    bench.dispatcher.settle()
    found = [(version, scheduled) for version, scheduled in started(bench)]
    moments = [MORNING + HOUR, MORNING + 2 * HOUR, MORNING + 4.5 * HOUR]
    assert found == [(1, moments[0].isoformat()), (1, moments[1].isoformat()), (2, moments[2].isoformat())]


def test_a_version_takes_effect_exactly_once_when_several_workers_run(bench: Bench) -> None:
    bench.deploy(every(1, "old"))
    deploy_later(bench, every(1, "new"), 2)
    bench.clock.advance(2 * HOUR)
    barrier, counts = Barrier(4), []

    def work_once() -> None:
        barrier.wait()
        counts.append(taking_effect.take_effect(bench.database))

    threads = [Thread(target=work_once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 0, 0, 1]
    with bench.database.reading() as session:
        assert len(session.scalars(select(Schedule)).all()) == 1


def test_versions_that_came_due_in_a_downtime_take_effect_in_order(bench: Bench) -> None:
    deploy_later(bench, step("two"), 2)
    deploy_later(bench, step("one"), 1)
    bench.clock.advance(3 * HOUR)
    bench.dispatcher.settle()
    with bench.database.reading() as session:
        events = reversed(definition_events.of_definition(session, "p"))
        acts = [event.version for event in events if event.act == "effective"]
    assert acts == [2, 1]
    assert bench.waiting(bench.start()) == ["two"]


def test_a_version_is_withdrawn_before_its_date_and_not_after(bench: Bench) -> None:
    bench.deploy(step("old"))
    deploy_later(bench, step("new"), 2)
    act(bench, "withdraw", version=2)
    bench.wait(hours=3)
    assert bench.waiting(bench.start()) == ["old"]
    with pytest.raises(Conflict, match="không còn chờ hiệu lực"):
        act(bench, "withdraw", version=1)


def test_a_retired_version_gives_way_to_the_one_before(bench: Bench) -> None:
    bench.deploy(step("old"))
    bench.deploy(step("new"))
    running = bench.start()
    act(bench, "retire", version=2)
    assert bench.waiting(bench.start()) == ["old"]
    bench.complete(running, "new")
    assert bench.state(running) == "completed"
    act(bench, "reinstate", version=2)
    assert bench.waiting(bench.start()) == ["new"]


def test_a_retired_process_starts_nothing_and_says_what_to_do(bench: Bench) -> None:
    bench.deploy(by_message("do"))
    act(bench, "retire")
    with pytest.raises(Conflict, match="cho áp dụng lại"):
        bench.start()
    bench.send("letter")
    assert started(bench) == []
    act(bench, "reinstate")
    bench.dispatcher.settle()
    assert len(started(bench)) == 1


def test_a_call_of_a_retired_process_is_an_incident_at_the_call(bench: Bench) -> None:
    bench.deploy(step("do"), calling("r"))
    running = bench.start("r")
    act(bench, "retire")
    with pytest.raises(Exception, match="đã ngừng áp dụng"):
        bench.complete(running, "first")
    (incident,) = bench.incidents(running)
    assert incident.element == "invoke"
    act(bench, "reinstate")
    bench.complete(running, "first")
    assert len(bench.children(running)) == 1


def test_calling_a_retired_process_is_a_warning_when_it_is_drawn(bench: Bench) -> None:
    bench.deploy(step("do"))
    act(bench, "retire", version=1)
    with bench.database.reading() as session:
        (finding,) = deployments.check(session, {"q.bpmn": calling("q")})
    assert (finding.rule, finding.element, finding.severity) == ("call.retired-process", "invoke", "warning")


def test_a_reason_is_needed_and_the_process_must_be_there(bench: Bench) -> None:
    with bench.database.unit_of_work() as work, pytest.raises(NotFound):
        publishing.retire(work, "p", reason="Thử")
    bench.deploy(step("do"))
    with bench.database.unit_of_work() as work, pytest.raises(Invalid):
        publishing.retire(work, "p", reason=" ")


# --- unique business keys -------------------------------------------------------------------------------

UNIQUE = 'tiendo:uniqueBusinessKey="true"'


def start(bench: Bench, key: str | None) -> str:
    with bench.database.unit_of_work() as work:
        instance = instances.start(work, "p", {}, business_key=key)
        work.commit()
    return instance


def test_a_second_live_instance_with_the_same_key_is_refused_by_name(bench: Bench) -> None:
    bench.deploy(step("do", UNIQUE))
    first = start(bench, "HS-1")
    with pytest.raises(Conflict, match=f"phiên {first}"):
        start(bench, "HS-1")
    start(bench, "HS-2")
    bench.complete(first, "do")
    assert start(bench, "HS-1")
    with pytest.raises(Invalid, match="mã hồ sơ"):
        start(bench, None)


def test_without_the_switch_keys_may_be_shared(bench: Bench) -> None:
    bench.deploy(step("do"))
    assert start(bench, "HS-1") != start(bench, "HS-1")


def test_of_many_starts_at_once_one_wins(bench: Bench) -> None:
    bench.deploy(step("do", UNIQUE))
    barrier, won, refused = Barrier(8), [], []

    def begin() -> None:
        barrier.wait()
        try:
            won.append(start(bench, "HS-1"))
        except Conflict as error:
            refused.append(error)

    threads = [Thread(target=begin) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(refused)) == (1, 7)
    assert all(won[0] in str(error) for error in refused)


def test_a_message_for_a_running_case_waits_until_that_one_has_ended(bench: Bench) -> None:
    bench.deploy(by_message("do", switches=UNIQUE))
    bench.send("letter", "HS-1")
    bench.send("letter", "HS-1")
    bench.send("letter", "HS-2")
    bench.dispatcher.settle()
    assert len(started(bench)) == 2
    with bench.database.reading() as session:
        first = session.scalars(select(ProcessInstance.id).order_by(ProcessInstance.id)).first()
    bench.complete(str(first), "do")
    bench.dispatcher.settle()
    assert len(started(bench)) == 3


def test_children_with_a_taken_key_are_an_incident_at_the_call(bench: Bench) -> None:
    bench.deploy(step("do", UNIQUE), calling("q", "=case"))
    taken = start(bench, "HS-1")
    parent = bench.start("q", case="HS-1")
    with pytest.raises(Exception, match="HS-1"):
        bench.complete(parent, "first")
    assert [incident.element for incident in bench.incidents(parent)] == ["invoke"]
    bench.complete(taken, "do")
    bench.complete(parent, "first")
    assert len(bench.children(parent)) == 1
