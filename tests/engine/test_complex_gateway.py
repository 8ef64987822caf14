"""Complex gateways: n of m goes on once, latecomers are swallowed, the gateway is as new afterwards."""

import pytest

from engine.spiff.errors import ExecutionError
from tests.engine.conftest import Bench
from tests.engine.diagrams import Diagram, diagram


def activation(text: str) -> str:
    return f"<bpmn:activationCondition>{text}</bpmn:activationCondition>"


def three(condition: str) -> Diagram:
    """Draw start → merge → split → a, b, c → complex gateway `gate`, and leave it there."""
    drawn = diagram().start().exclusive("merge").parallel("split")
    for step in ("a", "b", "c"):
        drawn.at("split").user_task(step)
    drawn.at(None).node("complexGateway", "gate", activation(condition))
    for step in ("a", "b", "c"):
        drawn.flow(step, "gate", identity=f"from_{step}")
    return drawn


def test_two_of_three_go_on_once_and_the_third_is_swallowed(bench: Bench) -> None:
    bench.deploy(three("activationCount &gt;= 2").user_task("next").end().bytes())
    instance = bench.start()
    bench.complete(instance, "a")
    assert bench.waiting(instance) == ["b", "c"]
    bench.complete(instance, "b")
    assert bench.waiting(instance) == ["c", "next"]
    bench.complete(instance, "c")
    assert bench.waiting(instance) == ["next"]
    bench.complete(instance, "next")
    assert bench.state(instance) == "completed"


def test_a_condition_may_ask_for_one_flow_in_particular(bench: Bench) -> None:
    bench.deploy(three("activationCounts.from_c &gt;= 1").user_task("next").end().bytes())
    instance = bench.start()
    bench.complete(instance, "a")
    assert "next" not in bench.waiting(instance)
    bench.complete(instance, "c")
    assert bench.waiting(instance) == ["b", "next"]


def test_the_condition_sees_variables(bench: Bench) -> None:
    bench.deploy(three("activationCount &gt;= needed").user_task("next").end().bytes())
    assert bench.waiting(bench.start(needed=1)) == ["a", "b", "c"]
    instance = bench.start(needed=1)
    bench.complete(instance, "b")
    assert bench.waiting(instance) == ["a", "c", "next"]


def test_after_the_reset_the_gateway_starts_again(bench: Bench) -> None:
    bench.deploy(
        three("activationCount &gt;= 2")
        .exclusive("again", default="enough")
        .flow("again", "merge", "rounds = 1")
        .at(None)
        .end()
        .flow("again", "end", identity="enough")
        .bytes()
    )
    instance = bench.start(rounds=1)
    bench.complete(instance, "a")
    bench.complete(instance, "b")
    # the second round has begun, the latecomer of the first is still out
    assert bench.waiting(instance) == ["a", "b", "c", "c"]
    bench.complete(instance, "c")
    bench.complete(instance, "a", rounds=2)
    bench.complete(instance, "b")
    bench.complete(instance, "c")
    assert bench.state(instance) == "completed"


def test_a_split_takes_every_flow_that_holds_once_else_the_default(bench: Bench) -> None:
    drawn = diagram().start().node("complexGateway", "gate", default="rest")
    for step in ("a", "b", "c"):
        drawn.at(None).user_task(step)
    drawn.flow("gate", "a", "x > 1").flow("gate", "b", "x > 2")
    bench.deploy(drawn.flow("gate", "c", identity="rest").bytes())
    assert bench.waiting(bench.start(x=3)) == ["a", "b"]
    assert bench.waiting(bench.start(x=0)) == ["c"]


def test_no_way_out_is_an_incident(bench: Bench) -> None:
    drawn = diagram().start().user_task("ask").node("complexGateway", "gate")
    drawn.at(None).user_task("a").flow("gate", "a", "x > 1")
    bench.deploy(drawn.bytes())
    instance = bench.start(x=0)
    with pytest.raises(ExecutionError, match="gate"):
        bench.complete(instance, "ask")
    assert bench.waiting(instance) == ["ask"]


def test_a_diagram_may_tell_the_first_from_the_rest(bench: Bench) -> None:
    drawn = three("activationCount &gt;= 1")
    drawn.at(None).user_task("first").at(None).user_task("rest")
    drawn.flow("gate", "first", "waitingForStart").flow("gate", "rest", "not(waitingForStart)")
    bench.deploy(drawn.bytes())
    instance = bench.start()
    bench.complete(instance, "b")
    assert bench.waiting(instance) == ["a", "c", "first"]
    bench.complete(instance, "a")
    assert bench.waiting(instance) == ["c", "first"]
    bench.complete(instance, "c")
    assert bench.waiting(instance) == ["first", "rest"]


def test_a_condition_that_can_no_longer_hold_is_told(bench: Bench) -> None:
    bench.deploy(three("activationCount &gt;= 4").user_task("next").end().bytes())
    instance = bench.start()
    for step in ("a", "b", "c"):
        bench.complete(instance, step)
    assert [one.element for one in bench.incidents(instance)] == ["gate"]
