"""Compensation: what completed is undone, newest first, once, with the values it had (BPMN 2.0 §13.5.5)."""

import pytest
from sqlalchemy import select

from engine import history, user_tasks
from engine.models import HistoryEvent, ProcessInstance
from engine.spiff import state
from tests.engine.conftest import Bench
from tests.engine.diagrams import (
    Diagram,
    cardinality,
    compensation,
    conditional,
    diagram,
    event,
    extension,
    multi,
    timer,
)


@pytest.fixture(autouse=True, params=[False, True], ids=["plain", "reloaded"])
def reloads(request: pytest.FixtureRequest, bench: Bench) -> None:
    """Run every story twice: the second time the state is saved and loaded after each step."""
    bench.database.reloads_each_step = request.param


def two_steps(throw: str = compensation()) -> Diagram:
    """Draw two steps that can be undone, then a throw event and a user task."""
    drawing = diagram().start().task("book").undone_by("unbook").task("pay").undone_by("refund")
    return drawing.throw("throw", throw).user_task("after").end()


def undone(bench: Bench, instance: str) -> list[str]:
    """Give the activities that history says were compensated, in order."""
    return [line.element for line in lines(bench, instance) if line.type == "element.compensated"]


def lines(bench: Bench, instance: str) -> list[HistoryEvent]:
    with bench.database.reading() as session:
        return history.of_instance(session, instance)


def local(bench: Bench, instance: str, element: str) -> dict[str, object]:
    with bench.database.reading() as session:
        found = user_tasks.of_instance(session, instance)
        return next(dict(task.local) for task in found if task.element == element)


def test_completed_steps_are_undone_in_reverse_order(bench: Bench) -> None:
    bench.deploy(two_steps().bytes())
    instance = bench.start()
    assert bench.entered(instance)[-5:] == ["pay", "throw", "refund", "unbook", "after"]
    assert undone(bench, instance) == ["pay", "book"]


def test_a_handler_does_not_run_by_itself_nor_without_being_thrown_at(bench: Bench) -> None:
    bench.deploy(diagram().start().task("book").undone_by("unbook").end().bytes())
    instance = bench.start()
    assert bench.entered(instance) == ["start", "book", "end"]
    assert bench.state(instance) == "completed"


def test_one_activity_is_undone_by_its_name(bench: Bench) -> None:
    bench.deploy(two_steps(compensation("book")).bytes())
    instance = bench.start()
    assert bench.entered(instance)[-3:] == ["throw", "unbook", "after"]


def test_what_was_not_completed_is_not_undone(bench: Bench) -> None:
    drawing = diagram().start().parallel("g").user_task("slow").undone_by("unslow").end("e1")
    drawing.at("g").task("quick").undone_by("unquick").throw("throw", compensation()).user_task("after").end()
    bench.deploy(drawing.bytes())
    instance = bench.start()
    assert "unquick" in bench.entered(instance)
    assert "unslow" not in bench.entered(instance)
    assert bench.waiting(instance) == ["after", "slow"]


def test_nothing_to_undo_lets_the_token_pass(bench: Bench) -> None:
    drawing = diagram().start().throw("throw", compensation("book")).task("book").undone_by("unbook").end()
    bench.deploy(drawing.bytes())
    instance = bench.start()
    assert bench.entered(instance) == ["start", "throw", "book", "end"]


def test_nothing_is_undone_twice(bench: Bench) -> None:
    drawing = diagram().start().task("book").undone_by("unbook")
    drawing.throw("first", compensation()).throw("second", compensation("book")).end("end", compensation())
    bench.deploy(drawing.bytes())
    instance = bench.start()
    assert bench.entered(instance).count("unbook") == 1
    assert bench.state(instance) == "completed"


def test_a_person_undoes_and_the_process_waits_for_it(bench: Bench) -> None:
    drawing = diagram().start().task("book").undone_by("unbook", "userTask", camunda__assignee="an")
    drawing.task("pay").undone_by("refund", "userTask", camunda__assignee="an")
    bench.deploy(drawing.throw("throw", compensation()).user_task("after").end().bytes())
    instance = bench.start()
    assert bench.waiting(instance) == ["refund"]
    bench.complete(instance, "refund", refunded=True)
    assert bench.waiting(instance) == ["unbook"]
    bench.complete(instance, "unbook")
    assert bench.waiting(instance) == ["after"]
    assert bench.variables(instance)["refunded"] is True


def test_a_thrower_that_does_not_wait_goes_on_beside_and_the_process_ends_after_both(bench: Bench) -> None:
    drawing = diagram().start().task("book").undone_by("unbook", "userTask", camunda__assignee="an")
    bench.deploy(drawing.throw("throw", compensation(waits=False)).user_task("after").end().bytes())
    instance = bench.start()
    assert bench.waiting(instance) == ["after", "unbook"]
    bench.complete(instance, "after")
    assert bench.state(instance) == "running"
    bench.complete(instance, "unbook")
    assert bench.state(instance) == "completed"


def test_an_end_event_undoes_before_its_scope_ends(bench: Bench) -> None:
    drawing = diagram().start().inside("sub").start("s").task("book").undone_by("unbook")
    drawing.end("e", compensation()).outside().user_task("after").end()
    bench.deploy(drawing.bytes())
    instance = bench.start()
    assert bench.entered(instance)[-4:] == ["book", "e", "unbook", "after"]


def test_parallel_branches_are_undone_newest_first(bench: Bench) -> None:
    drawing = diagram().start().parallel("g").user_task("a").undone_by("un_a").parallel("join")
    drawing.throw("throw", compensation()).end().at("g").user_task("b").undone_by("un_b").flow("b", "join")
    bench.deploy(drawing.bytes())
    instance = bench.start()
    bench.complete(instance, "b")
    bench.complete(instance, "a")
    assert undone(bench, instance) == ["a", "b"]


# --- sub-processes ----------------------------------------------------------------------------------------


def trip(*, body: str = "") -> Diagram:
    """Draw a sub-process with two steps that can be undone, open for a handler, then a throw outside."""
    drawing = diagram().start().inside("trip", body=body).start("s").task("hotel").undone_by("no_hotel")
    return drawing.task("flight").undone_by("no_flight").end("e")


def test_a_completed_sub_process_is_undone_from_inside_by_default(bench: Bench) -> None:
    drawing = trip().outside().task("pay").undone_by("refund").throw("throw", compensation()).end()
    bench.deploy(drawing.bytes())
    instance = bench.start()
    assert bench.entered(instance)[-5:] == ["throw", "refund", "no_flight", "no_hotel", "end"]
    assert undone(bench, instance) == ["pay", "flight", "hotel", "trip"]


def test_sub_processes_in_sub_processes_are_undone_by_default(bench: Bench) -> None:
    drawing = diagram().start().inside("outer").start("s1").task("a").undone_by("un_a")
    drawing.inside("inner").start("s2").task("b").undone_by("un_b").end("e2").outside()
    drawing.task("c").undone_by("un_c").end("e1").outside().throw("throw", compensation("outer")).end()
    bench.deploy(drawing.bytes())
    assert undone(bench, bench.start()) == ["c", "b", "inner", "a", "outer"]


def test_the_handler_at_the_border_takes_the_place_of_those_inside(bench: Bench) -> None:
    drawing = trip().outside().undone_by("no_trip").throw("throw", compensation()).end()
    bench.deploy(drawing.bytes())
    instance = bench.start()
    assert bench.entered(instance)[-3:] == ["throw", "no_trip", "end"]


def own_handler(throw: str | None) -> Diagram:
    """Draw a trip with a compensation event sub-process that perhaps undoes what is inside."""
    drawing = trip().inside("undo", triggeredByEvent="true").start("caught", compensation()).task("tell")
    if throw is not None:
        drawing.throw("again", throw)
    return drawing.end("e3").outside().outside().throw("throw", compensation()).user_task("after").end()


def test_a_compensation_event_sub_process_takes_the_place_of_the_default(bench: Bench) -> None:
    bench.deploy(own_handler(None).bytes())
    instance = bench.start()
    assert bench.entered(instance)[-6:] == ["throw", "undo", "caught", "tell", "e3", "after"]
    assert undone(bench, instance) == ["trip"]


def test_a_compensation_event_sub_process_may_undo_what_is_inside(bench: Bench) -> None:
    bench.deploy(own_handler(compensation()).bytes())
    instance = bench.start()
    assert bench.entered(instance)[-5:] == ["again", "no_flight", "no_hotel", "e3", "after"]


def test_a_compensation_event_sub_process_may_undo_one_step_inside(bench: Bench) -> None:
    bench.deploy(own_handler(compensation("hotel")).bytes())
    instance = bench.start()
    assert bench.entered(instance)[-4:] == ["again", "no_hotel", "e3", "after"]


def test_what_is_undone_inside_sees_the_variables_of_the_sub_process_as_it_completed(bench: Bench) -> None:
    body = extension(
        '<camunda:inputOutput><camunda:inputParameter name="city">= target</camunda:inputParameter>'
        "</camunda:inputOutput>"
    )
    drawing = diagram().start().inside("trip", body=body).start("s").task("hotel")
    drawing.undone_by("no_hotel", "userTask", camunda__assignee="= city").end("e").outside()
    bench.deploy(drawing.user_task("change").throw("throw", compensation()).end().bytes())
    instance = bench.start(target="Hue")
    bench.complete(instance, "change", target="Vinh")
    with bench.database.reading() as session:
        (task,) = user_tasks.of_instance(
            session,
            instance,
        )
    assert task.assignee == "Hue"


def test_a_handler_sees_the_local_values_of_its_activity_and_the_current_ones_of_the_process(
    bench: Bench,
) -> None:
    body = extension(
        '<camunda:inputOutput><camunda:inputParameter name="room">= wanted</camunda:inputParameter>'
        "</camunda:inputOutput>"
    )
    drawing = diagram().start().task("book", body)
    drawing.undone_by("unbook", "scriptTask", "<bpmn:script>[room, wanted]</bpmn:script>",
                      scriptFormat="feel", camunda__resultVariable="seen")  # fmt: skip
    drawing.user_task("change").throw("throw", compensation()).user_task("after").end()
    bench.deploy(drawing.bytes())
    instance = bench.start(wanted=7)
    bench.complete(instance, "change", wanted=8)
    assert bench.variables(instance)["seen"] == [7, 8]


def test_an_error_handler_undoes_what_completed_around_it(bench: Bench) -> None:
    drawing = diagram().error("bad").start().inside("trip").start("s").task("hotel").undone_by("no_hotel")
    drawing.end("failed", event("error", "bad")).inside("rescue", triggeredByEvent="true")
    drawing.start("caught", event("error", "bad")).throw("throw", compensation()).end("e2").outside()
    bench.deploy(drawing.outside().user_task("after").end().bytes())
    instance = bench.start()
    assert bench.entered(instance)[-6:] == ["rescue", "caught", "throw", "no_hotel", "e2", "after"]


def test_an_error_that_leaves_a_sub_process_undoes_nothing_and_forgets_it(bench: Bench) -> None:
    drawing = diagram().error("bad").start().inside("trip").start("s").task("hotel").undone_by("no_hotel")
    drawing.end("failed", event("error", "bad")).outside().end()
    drawing.boundary("caught", "trip", event("error", "bad")).throw("throw", compensation()).end("e2")
    bench.deploy(drawing.bytes())
    instance = bench.start()
    assert bench.entered(instance)[-2:] == ["throw", "e2"]
    assert bench.state(instance) == "completed"


def test_a_step_after_a_boundary_event_is_undone_before_the_activity_it_stands_on(bench: Bench) -> None:
    drawing = diagram().start().user_task("long").undone_by("un_long").throw("throw", compensation())
    drawing.user_task("after").end()
    drawing.boundary("late", "long", timer("timeDuration", "PT1H"), cancelActivity="false").task("urge")
    bench.deploy(drawing.undone_by("un_urge").end("e2").bytes())
    instance = bench.start()
    bench.wait(hours=1)
    bench.complete(instance, "long")
    assert undone(bench, instance) == ["urge", "long"]


# --- repeated activities ----------------------------------------------------------------------------------


def repeated(loop: str, tag: str = "userTask") -> Diagram:
    drawing = diagram().start().user_task("visit", loop)
    drawing.undone_by("cancel", tag, camunda__assignee="an")
    return drawing.throw("throw", compensation()).user_task("after").end()


@pytest.mark.parametrize("is_sequential", ["true", "false"])
def test_each_completed_item_is_undone_with_its_own_values(bench: Bench, is_sequential: str) -> None:
    loop = multi(camunda__collection="units", camunda__elementVariable="unit", isSequential=is_sequential)
    bench.deploy(repeated(loop).bytes())
    instance = bench.start(units=["x", "y"])
    bench.complete(instance, "visit")
    bench.complete(instance, "visit")
    assert bench.waiting(instance) == ["cancel"]
    assert local(bench, instance, "cancel")["unit"] == "y"
    bench.complete(instance, "cancel")
    assert local(bench, instance, "cancel")["unit"] == "x"
    bench.complete(instance, "cancel")
    assert bench.waiting(instance) == ["after"]


def test_items_cancelled_by_the_completion_condition_are_not_undone(bench: Bench) -> None:
    done = "<bpmn:completionCondition>numberOfCompletedInstances = 1</bpmn:completionCondition>"
    bench.deploy(repeated(multi(cardinality("3") + done), "task").bytes())
    instance = bench.start()
    bench.complete(instance, "visit")
    assert bench.entered(instance).count("cancel") == 1
    assert bench.waiting(instance) == ["after"]


def test_each_round_of_a_loop_is_undone_last_round_first(bench: Bench) -> None:
    loop = '<bpmn:standardLoopCharacteristics loopMaximum="2"/>'
    bench.deploy(repeated(loop).bytes())
    instance = bench.start()
    bench.complete(instance, "visit")
    bench.complete(instance, "visit")
    assert local(bench, instance, "cancel")["loopCounter"] == 2
    bench.complete(instance, "cancel")
    assert local(bench, instance, "cancel")["loopCounter"] == 1


def test_a_step_passed_twice_is_undone_twice(bench: Bench) -> None:
    drawing = diagram().start().exclusive("again").user_task("try").undone_by("untry")
    drawing.exclusive("more", default="no").flow("more", "again", "retry", identity="yes").at(None)
    drawing.throw("throw", compensation()).flow("more", "throw", identity="no").at("throw").end()
    bench.deploy(drawing.bytes())
    instance = bench.start()
    bench.complete(instance, "try", retry=True)
    bench.complete(instance, "try", retry=False)
    assert bench.entered(instance).count("untry") == 2


def test_each_instance_of_a_repeated_sub_process_is_undone_from_inside(bench: Bench) -> None:
    loop = multi(camunda__collection="units", camunda__elementVariable="unit")
    drawing = diagram().start().inside("each", body=loop).start("s").task("visit")
    drawing.undone_by("cancel", "userTask", camunda__assignee="= unit").end("e").outside()
    bench.deploy(drawing.throw("throw", compensation()).user_task("after").end().bytes())
    instance = bench.start(units=["x", "y"])
    seen = []
    for _each in range(2):
        with bench.database.reading() as session:
            (task,) = [t for t in user_tasks.of_instance(session, instance) if t.completed_at is None]
        seen.append(task.assignee)
        bench.complete(instance, "cancel")
    assert seen == ["y", "x"]
    assert bench.waiting(instance) == ["after"]


# --- handlers of every kind -------------------------------------------------------------------------------


def child() -> bytes:
    return diagram("child").start().user_task("work").end().bytes()


def test_a_completed_call_is_undone_by_its_handler(bench: Bench) -> None:
    drawing = diagram().start().node("callActivity", "call", calledElement="child").undone_by("uncall")
    bench.deploy(drawing.throw("throw", compensation()).user_task("after").end().bytes(), child())
    instance = bench.start()
    bench.complete(bench.children(instance)[0], "work")
    bench.dispatcher.settle()
    assert bench.entered(instance)[-3:] == ["throw", "uncall", "after"]


def test_each_completed_child_of_a_repeated_call_is_undone_with_its_item(bench: Bench) -> None:
    loop = multi(camunda__collection="units", camunda__elementVariable="unit", tiendo__elementKey="unit")
    drawing = diagram().start().node("callActivity", "call", loop, calledElement="child")
    drawing.undone_by("uncall", "userTask", camunda__assignee="an")
    bench.deploy(drawing.throw("throw", compensation()).user_task("after").end().bytes(), child())
    instance = bench.start(units=["x", "y"])
    bench.dispatcher.settle()
    for one in reversed(bench.children(instance)):
        bench.complete(one, "work")
        bench.dispatcher.settle()
    assert local(bench, instance, "uncall")["unit"] == "x"
    bench.complete(instance, "uncall")
    assert local(bench, instance, "uncall")["unit"] == "y"


def test_another_process_may_undo(bench: Bench) -> None:
    drawing = diagram().start().task("book").undone_by("unbook", "callActivity", calledElement="child")
    bench.deploy(drawing.throw("throw", compensation()).user_task("after").end().bytes(), child())
    instance = bench.start()
    bench.dispatcher.settle()
    assert bench.waiting(instance) == ["unbook"]
    bench.complete(bench.children(instance)[0], "work")
    bench.dispatcher.settle()
    assert bench.waiting(instance) == ["after"]


def test_a_sub_process_may_undo_and_its_error_goes_where_it_is_caught(bench: Bench) -> None:
    undo = '<bpmn:startEvent id="us"/><bpmn:sequenceFlow id="uf" sourceRef="us" targetRef="ue"/>'
    undo += f'<bpmn:endEvent id="ue">{event("error", "bad")}</bpmn:endEvent>'
    drawing = diagram().error("bad").start().inside("sub").start("s").task("book")
    drawing.undone_by("unbook", "subProcess", undo).throw("throw", compensation()).end("e").outside()
    drawing.end().boundary("caught", "sub", event("error", "bad")).user_task("repair").end("e2")
    bench.deploy(drawing.bytes())
    instance = bench.start()
    assert bench.waiting(instance) == ["repair"]


def test_a_repeated_handler_runs_as_often_as_it_says(bench: Bench) -> None:
    drawing = diagram().start().task("book").undone_by("unbook", "task", multi(cardinality("3")))
    bench.deploy(drawing.throw("throw", compensation()).user_task("after").end().bytes())
    instance = bench.start()
    assert bench.waiting(instance) == ["after"]
    assert undone(bench, instance) == ["book"]


# --- interrupted, saved, recorded -------------------------------------------------------------------------


def test_what_an_interrupted_thrower_left_may_still_be_undone(bench: Bench) -> None:
    drawing = diagram().start().inside("sub").start("s").task("a").undone_by("un_a").task("b")
    drawing.undone_by("un_b", "userTask", camunda__assignee="an").throw("throw", compensation()).end("e")
    drawing.inside("late", triggeredByEvent="true").start("t", timer("timeDuration", "PT1H"))
    drawing.throw("again", compensation()).user_task("told").end("e2").outside().outside().end()
    bench.deploy(drawing.bytes())
    instance = bench.start()
    assert bench.waiting(instance) == ["t", "un_b"]
    bench.wait(hours=1)
    assert bench.waiting(instance) == ["told"]
    assert undone(bench, instance) == ["a"]


def test_conditions_are_watched_while_a_person_undoes(bench: Bench) -> None:
    drawing = diagram().start().inside("sub").start("s").task("a")
    drawing.undone_by("un_a", "userTask", camunda__assignee="an").throw("throw", compensation()).end("e")
    drawing.outside().end().boundary("stop", "sub", conditional("stopped")).user_task("stopped_at").end("e2")
    bench.deploy(drawing.bytes())
    instance = bench.start(stopped=False)
    bench.complete(instance, "un_a", stopped=True)
    assert bench.waiting(instance) == ["stopped_at"]


def test_history_tells_who_threw_what_was_caught_and_what_is_undone(bench: Bench) -> None:
    bench.deploy(diagram().start().task("book").undone_by("unbook")
                 .throw("throw", compensation("book")).end().bytes())  # fmt: skip
    told = [(line.type, line.element) for line in lines(bench, bench.start())]
    start = told.index(("compensation.thrown", "throw"))
    assert told[start : start + 6] == [
        ("compensation.thrown", "throw"),
        ("compensation.caught", "book_undo"),
        ("element.entered", "unbook"),
        ("element.completed", "unbook"),
        ("element.compensated", "book"),
        ("element.completed", "throw"),
    ]


def test_a_handler_stands_in_history_in_the_scope_it_is_drawn_in(bench: Bench) -> None:
    drawing = diagram().start().inside("sub").start("s").task("a").undone_by("un_a").end("e").outside()
    bench.deploy(drawing.throw("throw", compensation()).end().bytes())
    scopes = {line.element: line.scope for line in lines(bench, bench.start()) if line.scope}
    assert scopes["un_a"] == scopes["a"] == "sub"


def test_only_what_can_be_undone_leaves_a_record(bench: Bench) -> None:
    sub = diagram().start().inside("sub").start("s").task("a").undone_by("un_a")
    sub.end("e", compensation("a")).outside().task("b").undone_by("un_b").task("c").user_task("wait").end()
    bench.deploy(sub.bytes())
    instance = bench.start()
    with bench.database.reading() as session:
        blob = session.scalar(select(ProcessInstance.blob).where(ProcessInstance.id == instance))
    assert blob is not None
    root = state._decode(blob)["t"][0]
    assert "done_inside" not in root[5]
