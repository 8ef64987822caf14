"""Tokens move as BPMN 2.0 chapter 13 says: gateways, loops, sub-processes, ends."""

import pytest

from engine.spiff.errors import ExecutionError
from foundation.errors import Conflict, TiendoError
from tests.engine.conftest import Bench
from tests.engine.diagrams import diagram, event, multi


def fork() -> bytes:
    """Two parallel user tasks that join before a last one."""
    return (
        diagram()
        .start()
        .parallel("split")
        .user_task("a")
        .parallel("join")
        .user_task("last")
        .end()
        .at("split")
        .user_task("b")
        .flow("b", "join")
        .bytes()
    )


def test_a_parallel_join_waits_for_every_branch(bench: Bench) -> None:
    bench.deploy(fork())
    instance = bench.start()
    assert bench.waiting(instance) == ["a", "b"]
    bench.complete(instance, "a")
    assert bench.waiting(instance) == ["b"]
    bench.complete(instance, "b")
    assert bench.waiting(instance) == ["last"]


def test_branches_share_the_variables_of_the_process(bench: Bench) -> None:
    bench.deploy(fork())
    instance = bench.start(x=1)
    bench.complete(instance, "a", x=2, y="a")
    bench.complete(instance, "b", z="b")
    assert bench.variables(instance) == {"x": 2, "y": "a", "z": "b"}


def choice() -> bytes:
    return (
        diagram()
        .start()
        .exclusive("gate", default="otherwise")
        .user_task("large")
        .end()
        .at(None)
        .user_task("small")
        .end("done")
        .flow("gate", "small", identity="otherwise")
        .bytes()
        .replace(
            b'sourceRef="gate" targetRef="large"></bpmn:sequenceFlow>',
            b'sourceRef="gate" targetRef="large"><bpmn:conditionExpression>amount &gt; 10'
            b"</bpmn:conditionExpression></bpmn:sequenceFlow>",
        )
    )


@pytest.mark.parametrize(("amount", "taken"), [(11, "large"), (10, "small")])
def test_an_exclusive_gateway_takes_the_first_true_flow_else_the_default(
    bench: Bench, amount: int, taken: str
) -> None:
    bench.deploy(choice())
    assert bench.waiting(bench.start(amount=amount)) == [taken]


def test_a_gateway_without_a_true_condition_is_an_incident_and_changes_nothing(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .start()
        .user_task("ask")
        .exclusive("gate")
        .at(None)
        .user_task("yes")
        .end()
        .flow("gate", "yes", "answer = true")
        .at(None)
        .user_task("no")
        .end("e2")
        .flow("gate", "no", "answer = false")
        .bytes()
    )
    instance = bench.start()
    with pytest.raises(ExecutionError, match="gate"):
        bench.complete(instance, "ask", answer="maybe")
    assert bench.waiting(instance) == ["ask"]
    assert bench.variables(instance) == {}
    assert [one.element for one in bench.incidents(instance)] == ["gate"]


def test_a_task_completed_twice_is_refused_the_second_time(bench: Bench) -> None:
    from engine import user_tasks

    bench.deploy(fork())
    instance = bench.start()
    with bench.database.reading() as session:
        task = user_tasks.of_instance(session, instance)[0]
    bench.complete(instance, task.element)
    with bench.database.unit_of_work() as work, pytest.raises(Conflict):
        user_tasks.complete(work, task.id, {})


def test_a_terminate_end_event_ends_every_other_branch(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .start()
        .parallel("split")
        .user_task("a")
        .end("kill", "<bpmn:terminateEventDefinition/>")
        .at("split")
        .user_task("b")
        .end("never")
        .bytes()
    )
    instance = bench.start()
    bench.complete(instance, "a")
    assert bench.state(instance) == "terminated"
    assert bench.waiting(instance) == []


def test_a_loop_of_a_thousand_rounds_ends(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .start()
        .exclusive("merge")
        .script_task("add", "count + 1", camunda__resultVariable="count")
        .exclusive("again")
        .at(None)
        .end("done")
        .flow("again", "done", "count >= 1000")
        .flow("again", "merge", "count < 1000")
        .bytes()
    )
    instance = bench.start(count=0)
    assert bench.state(instance) == "completed"
    assert bench.variables(instance)["count"] == 1000


def test_a_sub_process_keeps_its_own_scope_and_goes_on_when_it_is_done(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .start()
        .inside("sub")
        .start("s2")
        .user_task("inner")
        .end("e2")
        .outside()
        .user_task("after")
        .end()
        .bytes()
    )
    instance = bench.start()
    assert bench.waiting(instance) == ["inner"]
    bench.complete(instance, "inner")
    assert bench.waiting(instance) == ["after"]


def test_an_error_is_caught_by_the_sub_process_it_is_thrown_in_and_by_no_sister(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .error("oops")
        .start()
        .parallel("split")
        .inside("one")
        .start("s1")
        .user_task("a")
        .end("throws", event("error", "oops"))
        .outside()
        .end("e1")
        .at("split")
        .inside("two")
        .start("s2")
        .user_task("b")
        .end("e2")
        .outside()
        .end("e3")
        .boundary("caught1", "one", event("error", "oops"))
        .user_task("repair")
        .end("e4")
        .boundary("caught2", "two", event("error", "oops"))
        .user_task("wrong")
        .end("e5")
        .bytes()
    )
    instance = bench.start()
    bench.complete(instance, "a")
    assert bench.waiting(instance) == ["b", "repair"]


def test_an_embedded_multi_instance_opens_one_task_per_item_and_collects_by_key(bench: Bench) -> None:
    loop = multi(
        camunda__collection="=units",
        camunda__elementVariable="unit",
        tiendo__elementKey="=unit",
        tiendo__outputCollection="answers",
        tiendo__outputElement="=answer",
    )
    bench.deploy(diagram().start().user_task("ask", loop).user_task("read").end().bytes())
    instance = bench.start(units=["north", "south"])
    assert bench.waiting(instance) == ["ask", "ask"]
    bench.complete(instance, "ask", answer="yes")
    bench.complete(instance, "ask", answer="no")
    assert bench.variables(instance)["answers"] == {"north": "yes", "south": "no"}


def test_an_inclusive_join_waits_only_for_branches_that_were_taken(bench: Bench) -> None:
    drawing = (
        diagram()
        .start()
        .node("inclusiveGateway", "split")
        .at(None)
        .user_task("a")
        .at(None)
        .user_task("b")
        .at(None)
        .user_task("c")
        .flow("split", "a", "a")
        .flow("split", "b", "b")
        .flow("split", "c", "c")
        .at("a")
        .node("inclusiveGateway", "join")
        .flow("b", "join")
        .flow("c", "join")
        .user_task("last")
        .end()
    )
    bench.deploy(drawing.bytes())
    instance = bench.start(a=True, b=True, c=False)
    assert bench.waiting(instance) == ["a", "b"]
    bench.complete(instance, "a")
    assert bench.waiting(instance) == ["b"]
    bench.complete(instance, "b")
    assert bench.waiting(instance) == ["last"]


def test_a_join_that_can_never_fire_is_said_at_once(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .start()
        .node("inclusiveGateway", "gate")
        .user_task("a")
        .parallel("join")
        .end()
        .at(None)
        .user_task("b")
        .flow("gate", "b", "false")
        .flow("b", "join")
        .bytes()
        .replace(
            b'sourceRef="gate" targetRef="a"></bpmn:sequenceFlow>',
            b'sourceRef="gate" targetRef="a"><bpmn:conditionExpression>true'
            b"</bpmn:conditionExpression></bpmn:sequenceFlow>",
        )
    )
    instance = bench.start()
    bench.complete(instance, "a")
    assert bench.state(instance) == "running"
    [incident] = bench.incidents(instance)
    assert incident.element == "join"
    assert "bế tắc" in incident.message


def test_two_instances_with_one_key_are_an_incident_and_lose_no_result(bench: Bench) -> None:
    repeated = multi(camunda__collection="units", tiendo__elementKey="item", tiendo__outputCollection="found")
    bench.deploy(diagram().start().user_task("u", repeated).end().bytes())
    with pytest.raises(TiendoError):
        bench.start(units=["HN", "HN"])


def test_an_inclusive_join_does_not_wait_for_what_comes_round_a_loop(bench: Bench) -> None:
    """The branch beside it reaches the join only by going back to the split (BPMN 2.0 §13.4.3)."""
    drawn = (
        diagram().start().exclusive("again").parallel("both").node("inclusiveGateway", "some", default="d")
    )
    drawn.at(None).task("a").flow("some", "a", identity="d").node("inclusiveGateway", "join")
    drawn.at(None).task("b").flow("some", "b", "= false").flow("b", "join")
    drawn.at("join").user_task("done").parallel("joined").exclusive("more", default="no")
    drawn.flow("more", "again", "= false").at(None).end("end").flow("more", "end", identity="no")
    drawn.at("both").user_task("beside").flow("beside", "joined")
    bench.deploy(drawn.bytes())
    assert bench.waiting(bench.start()) == ["beside", "done"]
