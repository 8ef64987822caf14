"""Transactions: cancelled, what completed in them is undone before the way of the cancellation is taken."""

import pytest

from engine import history
from tests.engine.conftest import Bench
from tests.engine.diagrams import Diagram, cardinality, compensation, diagram, event, multi, timer

CANCEL = "<bpmn:cancelEventDefinition/>"


@pytest.fixture(autouse=True, params=[False, True], ids=["plain", "reloaded"])
def reloads(request: pytest.FixtureRequest, bench: Bench) -> None:
    """Run every story twice: the second time the state is saved and loaded after each step."""
    bench.database.reloads_each_step = request.param


def begun() -> Diagram:
    """Draw a transaction with two steps that can be undone, still open."""
    drawing = diagram().error("bad").start().inside("deal", "transaction").start("s")
    return drawing.task("book").undone_by("unbook").task("pay").undone_by("refund")


def finished(drawing: Diagram) -> Diagram:
    """Close the transaction and draw the ways that leave it."""
    drawing.outside().user_task("well").end()
    return drawing.boundary("cancelled", "deal", CANCEL).user_task("badly").end("e2")


def types(bench: Bench, instance: str) -> list[tuple[str, str]]:
    with bench.database.reading() as session:
        return [(line.type, line.element) for line in history.of_instance(session, instance)]


def test_a_transaction_that_ends_well_goes_on_and_undoes_nothing(bench: Bench) -> None:
    bench.deploy(finished(begun().end("e")).bytes())
    instance = bench.start()
    assert bench.entered(instance)[-3:] == ["pay", "e", "well"]


def test_a_cancelled_transaction_undoes_in_reverse_order_then_takes_the_cancel_path(bench: Bench) -> None:
    bench.deploy(finished(begun().end("e", CANCEL)).bytes())
    instance = bench.start()
    assert bench.entered(instance)[-5:] == ["e", "refund", "unbook", "cancelled", "badly"]


def test_history_tells_of_the_cancellation(bench: Bench) -> None:
    bench.deploy(finished(begun().end("e", CANCEL)).bytes())
    told = types(bench, bench.start())
    kept = [one for one in told if one[0].startswith(("cancel.", "compensation.", "element.compensated"))]
    assert kept == [
        ("cancel.thrown", "e"),
        ("compensation.caught", "pay_undo"),
        ("element.compensated", "pay"),
        ("compensation.caught", "book_undo"),
        ("element.compensated", "book"),
        ("cancel.caught", "cancelled"),
    ]


def test_work_still_going_on_in_the_transaction_is_cancelled_and_not_undone(bench: Bench) -> None:
    drawing = diagram().start().inside("deal", "transaction").start("s").parallel("g").user_task("slow")
    drawing.undone_by("unslow").end("e1").at("g").task("book").undone_by("unbook").user_task("stop")
    bench.deploy(finished(drawing.end("e", CANCEL)).bytes())
    instance = bench.start()
    bench.complete(instance, "stop")
    assert bench.waiting(instance) == ["badly"]
    assert "unbook" in bench.entered(instance)
    assert "unslow" not in bench.entered(instance)
    assert ("element.cancelled", "slow") in types(bench, instance)


def test_the_cancel_path_waits_until_people_have_undone(bench: Bench) -> None:
    drawing = diagram().start().inside("deal", "transaction").start("s").task("book")
    drawing.undone_by("unbook", "userTask", camunda__assignee="an").end("e", CANCEL)
    bench.deploy(finished(drawing).bytes())
    instance = bench.start()
    assert bench.waiting(instance) == ["unbook"]
    bench.complete(instance, "unbook")
    assert bench.waiting(instance) == ["badly"]


def test_a_timer_on_the_transaction_does_not_disturb_its_cancellation(bench: Bench) -> None:
    drawing = diagram().start().inside("deal", "transaction").start("s").task("book")
    drawing.undone_by("unbook", "userTask", camunda__assignee="an").end("e", CANCEL)
    finished(drawing).boundary("late", "deal", timer("timeDuration", "PT1H")).user_task("too_late").end("e3")
    bench.deploy(drawing.bytes())
    instance = bench.start()
    bench.wait(hours=2)
    assert bench.waiting(instance) == ["unbook"]


def test_a_cancel_end_deeper_inside_cancels_the_whole_transaction(bench: Bench) -> None:
    drawing = begun().inside("inner").start("s2").task("deep").undone_by("undeep").end("e1", CANCEL)
    bench.deploy(finished(drawing.outside().end("e")).bytes())
    instance = bench.start()
    assert bench.entered(instance)[-5:] == ["undeep", "refund", "unbook", "cancelled", "badly"]


def test_an_event_sub_process_may_cancel_its_transaction(bench: Bench) -> None:
    drawing = begun().user_task("wait").end("e").inside("late", triggeredByEvent="true")
    drawing.start("t", timer("timeDuration", "PT1H")).end("e3", CANCEL).outside()
    bench.deploy(finished(drawing).bytes())
    instance = bench.start()
    bench.wait(hours=1)
    assert bench.entered(instance)[-4:] == ["refund", "unbook", "cancelled", "badly"]


def test_an_inner_transaction_is_cancelled_without_the_outer_one(bench: Bench) -> None:
    drawing = begun().inside("inner", "transaction").start("s2").task("deep").undone_by("undeep")
    drawing.end("e1", CANCEL).outside().end("e").boundary("b", "inner", CANCEL).user_task("redo").end("e3")
    bench.deploy(finished(drawing).bytes())
    instance = bench.start()
    assert bench.waiting(instance) == ["redo"]
    assert "refund" not in bench.entered(instance)


def test_an_error_that_leaves_a_transaction_is_a_hazard_and_undoes_nothing(bench: Bench) -> None:
    drawing = finished(begun().end("e", event("error", "bad")))
    bench.deploy(drawing.boundary("b", "deal", event("error", "bad")).user_task("hazard").end("e3").bytes())
    instance = bench.start()
    assert bench.waiting(instance) == ["hazard"]
    assert "refund" not in bench.entered(instance)


def test_an_error_while_undoing_is_a_hazard(bench: Bench) -> None:
    fails = '<bpmn:startEvent id="us"/><bpmn:sequenceFlow id="uf" sourceRef="us" targetRef="ue"/>'
    fails += f'<bpmn:endEvent id="ue">{event("error", "bad")}</bpmn:endEvent>'
    drawing = diagram().error("bad").start().inside("deal", "transaction").start("s").task("a")
    drawing.undone_by("un_a").task("b").undone_by("un_b", "subProcess", fails).end("e", CANCEL)
    finished(drawing).boundary("b2", "deal", event("error", "bad")).user_task("hazard").end("e3")
    bench.deploy(drawing.bytes())
    instance = bench.start()
    assert bench.waiting(instance) == ["hazard"]
    assert "un_a" not in bench.entered(instance)


def test_a_transaction_that_ended_well_may_be_undone_later(bench: Bench) -> None:
    drawing = begun().end("e").outside().throw("throw", compensation("deal")).user_task("well").end()
    bench.deploy(drawing.bytes())
    instance = bench.start()
    assert bench.entered(instance)[-4:] == ["throw", "refund", "unbook", "well"]


def test_a_transaction_cancelled_once_leaves_nothing_to_undo_later(bench: Bench) -> None:
    drawing = begun().end("e", CANCEL).outside().end()
    drawing.boundary("cancelled", "deal", CANCEL).throw("throw", compensation()).user_task("badly").end("e2")
    bench.deploy(drawing.bytes())
    instance = bench.start()
    assert bench.entered(instance)[-3:] == ["cancelled", "throw", "badly"]


def test_completed_items_of_a_repeated_activity_still_going_on_are_undone(bench: Bench) -> None:
    drawing = diagram().start().inside("deal", "transaction").start("s").parallel("g")
    drawing.user_task("visit", multi(cardinality("2"))).undone_by("unvisit").end("e1")
    bench.deploy(finished(drawing.at("g").user_task("stop").end("e", CANCEL)).bytes())
    instance = bench.start()
    bench.complete(instance, "visit")
    bench.complete(instance, "stop")
    assert bench.entered(instance).count("unvisit") == 1
    assert bench.waiting(instance) == ["badly"]
