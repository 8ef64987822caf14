"""`startQuantity` and `completionQuantity`: how many tokens an activity takes and gives."""

import pytest

from engine.findings import DefinitionRefused
from engine.spiff.errors import ExecutionError
from tests.engine.conftest import Bench
from tests.engine.diagrams import diagram, multi


def test_an_activity_gives_as_many_tokens_as_it_says(bench: Bench) -> None:
    bench.deploy(diagram().start().task("send", completionQuantity="3").user_task("do").end().bytes())
    assert bench.waiting(bench.start()) == ["do", "do", "do"]


def test_an_activity_waits_for_its_tokens_and_begins_once(bench: Bench) -> None:
    drawn = diagram().start().task("send", completionQuantity="4").user_task("pass")
    bench.deploy(drawn.user_task("receive", startQuantity="2").end().bytes())
    instance = bench.start()
    bench.complete(instance, "pass")
    assert bench.waiting(instance) == ["pass", "pass", "pass"]
    bench.complete(instance, "pass")
    assert bench.waiting(instance) == ["pass", "pass", "receive"]
    assert bench.entered(instance).count("receive") == 1
    bench.complete(instance, "pass")
    bench.complete(instance, "pass")
    assert bench.waiting(instance) == ["receive", "receive"]
    bench.complete(instance, "receive")
    bench.complete(instance, "receive")
    assert bench.state(instance) == "completed"


def test_tokens_of_different_flows_count_together(bench: Bench) -> None:
    drawn = diagram().start().task("send").user_task("a").user_task("both", startQuantity="2").end()
    bench.deploy(drawn.at("send").user_task("b").flow("b", "both").bytes())
    instance = bench.start()
    bench.complete(instance, "b")
    assert bench.waiting(instance) == ["a"]
    bench.complete(instance, "a")
    assert bench.waiting(instance) == ["both"]


def test_too_few_tokens_are_told_as_an_incident(bench: Bench) -> None:
    bench.deploy(diagram().start().user_task("a").user_task("both", startQuantity="2").end().bytes())
    instance = bench.start()
    bench.complete(instance, "a")
    assert bench.state(instance) == "running"
    assert [one.element for one in bench.incidents(instance)] == ["both"]


def test_an_activity_that_repeats_takes_and_gives_its_tokens_once(bench: Bench) -> None:
    twice = multi(camunda__collection="=[1, 2]")
    drawn = diagram().start().task("send", completionQuantity="2")
    drawn.user_task("each", twice, startQuantity="2", completionQuantity="2").user_task("do").end()
    bench.deploy(drawn.bytes())
    instance = bench.start()
    assert bench.waiting(instance) == ["each", "each"]
    bench.complete(instance, "each")
    bench.complete(instance, "each")
    assert bench.waiting(instance) == ["do", "do"]


@pytest.mark.parametrize("found", ["0", "-1", "hai"])
def test_a_quantity_that_is_no_positive_number_is_refused(bench: Bench, found: str) -> None:
    with pytest.raises(DefinitionRefused, match="startQuantity"):
        bench.deploy(diagram().start().task("t", startQuantity=found).end().bytes())


def test_a_negative_number_of_instances_is_an_incident(bench: Bench) -> None:
    each = multi("<bpmn:loopCardinality>= n</bpmn:loopCardinality>")
    bench.deploy(diagram().start().user_task("ask").task("each", each).end().bytes())
    instance = bench.start()
    with pytest.raises(ExecutionError, match="từ 0 trở lên"):
        bench.complete(instance, "ask", n=-1)
    assert [one.element for one in bench.incidents(instance)] == ["each"]


@pytest.mark.parametrize("is_sequential", ["true", "false"])
def test_a_receive_task_may_wait_once_for_each_item(bench: Bench, is_sequential: str) -> None:
    each = multi(
        camunda__collection='=["A", "B"]', camunda__elementVariable="unit", isSequential=is_sequential
    )
    drawn = diagram().message("m", "answer", "= unit").start().node("receiveTask", "r", each, messageRef="m")
    bench.deploy(drawn.user_task("after").end().bytes())
    instance = bench.start()
    bench.send("answer", "B")
    bench.send("answer", "A")
    assert bench.waiting(instance) == ["after"]
