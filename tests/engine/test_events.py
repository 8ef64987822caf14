"""Timers, messages, signals, event gateways and event sub-processes, on a clock that is moved by hand."""

from tests.engine.conftest import Bench
from tests.engine.diagrams import diagram, event, timer


def guarded(interrupting: str = "true", duration: str = "PT24H") -> bytes:
    return (
        diagram()
        .start()
        .user_task("work")
        .end()
        .boundary("late", "work", timer("timeDuration", duration), cancelActivity=interrupting)
        .user_task("remind")
        .end("e2")
        .bytes()
    )


def test_an_interrupting_timer_takes_the_work_away_when_it_is_due(bench: Bench) -> None:
    bench.deploy(guarded())
    instance = bench.start()
    bench.wait(hours=23)
    assert bench.waiting(instance) == ["late", "work"]
    bench.wait(hours=1)
    assert bench.waiting(instance) == ["remind"]


def test_a_timer_beside_the_work_leaves_it_open(bench: Bench) -> None:
    bench.deploy(guarded(interrupting="false"))
    instance = bench.start()
    bench.wait(hours=24)
    assert bench.waiting(instance) == ["remind", "work"]


def test_a_cycle_fires_as_often_as_it_says(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .start()
        .user_task("work")
        .end()
        .boundary("tick", "work", timer("timeCycle", "R3/PT1H"), cancelActivity="false")
        .task("note")
        .end("e2")
        .bytes()
    )
    instance = bench.start()
    bench.wait(hours=10)
    assert bench.entered(instance).count("note") == 3
    assert bench.waiting(instance) == ["work"]


def test_work_done_in_time_cancels_its_timer(bench: Bench) -> None:
    bench.deploy(guarded())
    instance = bench.start()
    bench.complete(instance, "work")
    bench.wait(days=3)
    assert bench.state(instance) == "completed"
    assert "remind" not in bench.entered(instance)


def receiving() -> bytes:
    return (
        diagram()
        .message("m", "answer", "= code")
        .start()
        .catch("wait", event("message", "m"))
        .user_task("read")
        .end()
        .bytes()
    )


def test_a_message_reaches_the_one_instance_with_its_key(bench: Bench) -> None:
    bench.deploy(receiving())
    first, second = bench.start(code="A"), bench.start(code="B")
    bench.send("answer", "B", text="có")
    assert bench.waiting(first) == ["wait"]
    assert bench.waiting(second) == ["read"]
    assert bench.variables(second)["text"] == "có"


def test_a_message_sent_too_early_waits_for_its_taker(bench: Bench) -> None:
    bench.deploy(receiving())
    bench.send("answer", "A")
    assert bench.waiting(bench.start(code="A")) == ["read"]


def test_two_messages_reach_two_takers_with_the_same_key(bench: Bench) -> None:
    bench.deploy(receiving())
    instances = [bench.start(code="A") for _ in range(2)]
    bench.send("answer", "A")
    bench.send("answer", "A")
    assert [bench.waiting(one) for one in instances] == [["read"], ["read"]]


def test_a_signal_reaches_everybody_who_waits(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .signal("s", "storm")
        .start()
        .catch("wait", event("signal", "s"))
        .user_task("act")
        .end()
        .bytes()
    )
    instances = [bench.start() for _ in range(3)]
    bench.signal("storm")
    assert [bench.waiting(one) for one in instances] == [["act"]] * 3


def test_the_first_event_behind_an_event_gateway_wins(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .message("m", "answer", "= code")
        .start()
        .node("eventBasedGateway", "either")
        .catch("came", event("message", "m"))
        .user_task("read")
        .end()
        .at("either")
        .catch("silence", timer("timeDuration", "P1D"))
        .user_task("urge")
        .end("e2")
        .bytes()
    )
    answered, silent = bench.start(code="A"), bench.start(code="B")
    bench.send("answer", "A")
    bench.wait(days=2)
    assert bench.waiting(answered) == ["read"]
    assert bench.waiting(silent) == ["urge"]


def test_an_interrupting_event_sub_process_takes_over_its_process(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .message("m", "stop", "= code")
        .start()
        .user_task("work")
        .end()
        .inside("handler", triggeredByEvent="true")
        .at(None)
        .start("stopped", event("message", "m"), isInterrupting="true")
        .user_task("clean")
        .end("e2")
        .outside()
        .bytes()
    )
    instance = bench.start(code="A")
    assert bench.waiting(instance) == ["stopped", "work"]
    bench.send("stop", "A")
    assert bench.waiting(instance) == ["clean"]
    bench.complete(instance, "clean")
    assert bench.state(instance) == "completed"


def test_an_event_sub_process_beside_the_work_can_happen_again(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .message("m", "ask", "= code")
        .start()
        .user_task("work")
        .end()
        .inside("handler", triggeredByEvent="true")
        .at(None)
        .start("asked", event("message", "m"), isInterrupting="false")
        .user_task("answer")
        .end("e2")
        .outside()
        .bytes()
    )
    instance = bench.start(code="A")
    bench.send("ask", "A")
    bench.send("ask", "A")
    assert bench.waiting(instance) == ["answer", "answer", "asked", "work"]


def test_a_message_start_event_starts_the_newest_version(bench: Bench) -> None:
    from sqlalchemy import select

    from engine.models import ProcessInstance

    bench.deploy(
        diagram()
        .message("m", "arrived", None)
        .start("start", event("message", "m"))
        .user_task("read")
        .end()
        .bytes()
    )
    bench.send("arrived", "463-KL/TU", subject="x")
    with bench.database.reading() as session:
        found = session.execute(select(ProcessInstance.id, ProcessInstance.business_key)).one()
    assert found.business_key == "463-KL/TU"
    assert bench.waiting(found.id) == ["read"]


def test_a_timer_start_event_starts_one_instance_per_tick(bench: Bench) -> None:
    from sqlalchemy import func, select

    from engine.models import ProcessInstance

    bench.deploy(diagram().start("start", timer("timeCycle", "R3/P1D")).task("t").end().bytes())
    bench.wait(days=10)
    with bench.database.reading() as session:
        assert session.scalar(select(func.count(ProcessInstance.id))) == 3
