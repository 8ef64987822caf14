"""Multi-instance activities: what they throw, what they count, and how one instance is taken back."""

from typing import Any

import pytest

from engine import history, instances, modifications, user_tasks
from engine.models import UserTask
from engine.modifications import CancelToken
from tests.engine.conftest import Bench
from tests.engine.diagrams import Diagram, cardinality, compensation, diagram, event, multi

SIGNAL = '<bpmn:signalEventDefinition id="told" signalRef="s"/>'


@pytest.fixture(autouse=True, params=[False, True], ids=["plain", "reloaded"])
def reloads(request: pytest.FixtureRequest, bench: Bench) -> None:
    """Run every story twice: the second time the state is saved and loaded after each step."""
    bench.database.reloads_each_step = request.param


def reports(body: str, **attributes: str) -> Diagram:
    """Draw a sequential activity over three items with a boundary event that hears what it throws."""
    loop = multi(cardinality("3") + body, isSequential="true", **attributes)
    drawing = diagram().signal("s").root(SIGNAL).escalation("l").error("e")
    drawing.start().user_task("visit", loop).user_task("all").end()
    return drawing.boundary("heard", "visit", event("signal", "s")).user_task("told_of").end("e2")


def complex_when(condition: str, definition: str = event("signal", "s")) -> str:
    body = f"<bpmn:condition>{condition}</bpmn:condition><bpmn:event>{definition}</bpmn:event>"
    return f"<bpmn:complexBehaviorDefinition>{body}</bpmn:complexBehaviorDefinition>"


def opened(bench: Bench, instance: str, element: str) -> list[UserTask]:
    with bench.database.reading() as session:
        found = user_tasks.of_instance(session, instance)
    return [task for task in found if task.element == element and task.completed_at is None]


def test_all_throws_nothing(bench: Bench) -> None:
    bench.deploy(reports("", behavior="All").bytes())
    instance = bench.start()
    for _each in range(3):
        bench.complete(instance, "visit")
    assert "heard" not in bench.entered(instance)
    assert bench.waiting(instance) == ["all"]


def test_one_throws_when_the_first_instance_is_done_and_the_others_go_on(bench: Bench) -> None:
    bench.deploy(reports("", behavior="One", oneBehaviorEventRef="told").bytes())
    instance = bench.start()
    bench.complete(instance, "visit")
    assert bench.waiting(instance) == ["heard", "told_of", "visit"]
    bench.complete(instance, "visit")
    bench.complete(instance, "visit")
    assert bench.waiting(instance) == ["all", "told_of"]
    assert bench.entered(instance).count("heard") == 1


def test_none_throws_for_every_instance(bench: Bench) -> None:
    bench.deploy(reports("", behavior="None", noneBehaviorEventRef="told").bytes())
    instance = bench.start()
    for _each in range(3):
        bench.complete(instance, "visit")
    assert bench.entered(instance).count("heard") == 3
    assert bench.waiting(instance) == ["all", "told_of", "told_of", "told_of"]


def test_complex_throws_and_ends_the_rest_when_its_condition_holds(bench: Bench) -> None:
    bench.deploy(reports(complex_when("numberOfCompletedInstances = 2"), behavior="Complex").bytes())
    instance = bench.start()
    bench.complete(instance, "visit")
    assert bench.waiting(instance) == ["heard", "visit"]
    bench.complete(instance, "visit")
    assert bench.waiting(instance) == ["all", "told_of"]


def test_each_complex_definition_that_holds_throws_its_own_event(bench: Bench) -> None:
    drawing = reports(
        complex_when("numberOfCompletedInstances = 1") + complex_when("true", event("escalation", "l")),
        behavior="Complex",
    )
    drawing.boundary("raised", "visit", event("escalation", "l"), cancelActivity="false").user_task("up").end(
        "e3"
    )
    bench.deploy(drawing.bytes())
    instance = bench.start()
    bench.complete(instance, "visit")
    assert bench.waiting(instance) == ["all", "told_of", "up"]


def test_an_error_thrown_by_the_behaviour_interrupts(bench: Bench) -> None:
    drawing = reports(complex_when("true", event("error", "e")), behavior="Complex")
    drawing.boundary("failed", "visit", event("error", "e")).user_task("repair").end("e3")
    bench.deploy(drawing.bytes())
    instance = bench.start()
    bench.complete(instance, "visit")
    assert bench.waiting(instance) == ["repair"]


def test_the_event_carries_the_counters(bench: Bench) -> None:
    bench.deploy(reports("", behavior="One", oneBehaviorEventRef="told").bytes())
    instance = bench.start()
    bench.complete(instance, "visit")
    known = bench.variables(instance)
    assert (known["numberOfInstances"], known["numberOfCompletedInstances"]) == (3, 1)


def test_a_signal_from_outside_still_interrupts(bench: Bench) -> None:
    bench.deploy(reports("", behavior="One", oneBehaviorEventRef="told").bytes())
    instance = bench.start()
    bench.signal("Bão")
    bench.dispatcher.settle()
    assert bench.waiting(instance) == ["told_of"]


def test_other_instances_hear_the_signal_too(bench: Bench) -> None:
    listener = diagram("other").signal("s").start().catch("c", event("signal", "s")).user_task("u").end()
    bench.deploy(reports("", behavior="One", oneBehaviorEventRef="told").bytes(), listener.bytes())
    other = bench.start("other")
    bench.complete(bench.start(), "visit")
    bench.dispatcher.settle()
    assert bench.waiting(other) == ["u"]


def test_a_repeated_call_throws_too(bench: Bench) -> None:
    child = diagram("child").start().user_task("work").end()
    loop = multi(cardinality("2"), behavior="One", oneBehaviorEventRef="told")
    drawing = (
        diagram().signal("s").root(SIGNAL).start().node("callActivity", "call", loop, calledElement="child")
    )
    drawing.user_task("all").end().boundary("heard", "call", event("signal", "s")).user_task("told_of").end(
        "e2"
    )
    bench.deploy(drawing.bytes(), child.bytes())
    instance = bench.start()
    bench.dispatcher.settle()
    first, second = bench.children(instance)
    bench.complete(first, "work")
    bench.dispatcher.settle()
    assert bench.waiting(instance) == ["call", "heard", "told_of"]
    bench.complete(second, "work")
    bench.dispatcher.settle()
    assert bench.waiting(instance) == ["all", "told_of"]


# --- outputs ----------------------------------------------------------------------------------------------


def collecting(**attributes: str) -> bytes:
    loop = multi(camunda__collection="units", camunda__elementVariable="unit",
                 tiendo__outputCollection="found", tiendo__outputElement="answer", **attributes)  # fmt: skip
    return diagram().start().user_task("ask", loop).user_task("after").end().bytes()


def answer(bench: Bench, instance: str, unit: str, value: Any) -> None:
    task = next(task for task in opened(bench, instance, "ask") if task.local["unit"] == unit)
    with bench.database.unit_of_work() as work:
        user_tasks.complete(work, task.id, {"answer": value})
        work.commit()


def withdraw(bench: Bench, instance: str, unit: str) -> None:
    task = next(task for task in opened(bench, instance, "ask") if task.local["unit"] == unit)
    with bench.database.unit_of_work() as work:
        modifications.modify(work, instance, [CancelToken(token=task.token)], reason="Đơn vị đã giải thể")
        work.commit()


def test_outputs_stand_in_the_order_of_the_items(bench: Bench) -> None:
    bench.deploy(collecting())
    instance = bench.start(units=["a", "b", "c"])
    for unit in "cab":
        answer(bench, instance, unit, unit.upper())
    assert bench.variables(instance)["found"] == ["A", "B", "C"]


def test_keyed_outputs_stand_in_the_order_of_the_items(bench: Bench) -> None:
    bench.deploy(collecting(tiendo__elementKey="unit"))
    instance = bench.start(units=["b", "a"])
    answer(bench, instance, "a", 1)
    answer(bench, instance, "b", 2)
    assert list(bench.variables(instance)["found"].items()) == [("b", 2), ("a", 1)]


# --- one instance taken back ------------------------------------------------------------------------------


@pytest.mark.parametrize("is_sequential", ["false", "true"])
def test_a_withdrawn_item_gives_nothing_and_the_others_finish(bench: Bench, is_sequential: str) -> None:
    bench.deploy(collecting(isSequential=is_sequential, tiendo__elementKey="unit"))
    instance = bench.start(units=["a", "b", "c"])
    withdraw(bench, instance, "a")
    answer(bench, instance, "b", 2)
    answer(bench, instance, "c", 3)
    assert bench.variables(instance)["found"] == {"b": 2, "c": 3}
    assert bench.waiting(instance) == ["after"]


@pytest.mark.parametrize("is_sequential", ["false", "true"])
def test_when_all_items_are_withdrawn_the_activity_is_over(bench: Bench, is_sequential: str) -> None:
    bench.deploy(collecting(isSequential=is_sequential))
    instance = bench.start(units=["a", "b"])
    withdraw(bench, instance, "a")
    withdraw(bench, instance, "b")
    assert bench.variables(instance)["found"] == []
    assert bench.waiting(instance) == ["after"]


def test_a_withdrawn_item_counts_as_terminated(bench: Bench) -> None:
    done = "numberOfCompletedInstances = 1 and numberOfTerminatedInstances = 1 and "
    done += "numberOfActiveInstances = 1 and numberOfInstances = 3"
    loop = multi(f"<bpmn:completionCondition>{done}</bpmn:completionCondition>",
                 camunda__collection="units", camunda__elementVariable="unit")  # fmt: skip
    bench.deploy(diagram().start().user_task("ask", loop).user_task("after").end().bytes())
    instance = bench.start(units=["a", "b", "c"])
    withdraw(bench, instance, "a")
    answer(bench, instance, "b", 2)
    assert bench.waiting(instance) == ["after"]


def test_a_cancelled_child_of_a_repeated_call_counts_as_terminated(bench: Bench) -> None:
    done = "<bpmn:completionCondition>numberOfCompletedInstances = 1</bpmn:completionCondition>"
    child = diagram("child").start().user_task("work").end().bytes()
    drawing = (
        diagram().start().node("callActivity", "call", multi(cardinality("3") + done), calledElement="child")
    )
    bench.deploy(drawing.user_task("after").end().bytes(), child)
    instance = bench.start()
    bench.dispatcher.settle()
    first, second, third = bench.children(instance)
    with bench.database.unit_of_work() as work:
        instances.cancel(work, first, reason="Giao nhầm")
        work.commit()
    bench.dispatcher.settle()
    assert bench.waiting(instance) == ["call"]
    bench.complete(second, "work")
    bench.dispatcher.settle()
    assert bench.waiting(instance) == ["after"]
    assert bench.state(third) == "cancelled"


def test_a_withdrawn_instance_of_a_sub_process_leaves_its_sisters_alone(bench: Bench) -> None:
    loop = multi(camunda__collection="units", camunda__elementVariable="unit")
    drawing = diagram().start().inside("each", body=loop).start("s").user_task("ask").end("e").outside()
    bench.deploy(drawing.user_task("after").end().bytes())
    instance = bench.start(units=["a", "b"])
    first = opened(bench, instance, "ask")[0]
    with bench.database.unit_of_work() as work:
        modifications.modify(work, instance, [CancelToken(token=first.token)], reason="Giao nhầm")
        work.commit()
    assert bench.waiting(instance) == ["ask"]
    bench.complete(instance, "ask")
    assert bench.waiting(instance) == ["after"]


def test_a_person_may_leave_a_step_that_undoes_and_the_rest_is_undone(bench: Bench) -> None:
    drawing = diagram().start().task("a").undone_by("un_a", "userTask", camunda__assignee="an").task("b")
    drawing.undone_by("un_b", "userTask", camunda__assignee="an").throw("t", compensation())
    bench.deploy(drawing.user_task("after").end().bytes())
    instance = bench.start()
    task = opened(bench, instance, "un_b")[0]
    with bench.database.unit_of_work() as work:
        modifications.modify(work, instance, [CancelToken(token=task.token)], reason="Không còn cần")
        work.commit()
    assert bench.waiting(instance) == ["un_a"]
    with bench.database.reading() as session:
        told = [line.type for line in history.of_instance(session, instance)]
    assert "element.compensated" not in told
