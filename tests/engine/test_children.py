"""Call activities: every called process is an instance of its own, results come back by key."""

from sqlalchemy import select

from engine.models import UserTask
from tests.engine.conftest import Bench
from tests.engine.diagrams import diagram, event, extension, multi


def parent(loop: str = "", more: str = "") -> bytes:
    mapping = extension(
        '<camunda:in sourceExpression="unit" target="unit"/>'
        '<camunda:in businessKey="=&quot;B-&quot; + unit"/>'
        '<camunda:out sourceExpression="done" target="answer"/>' + more
    )
    return (
        diagram("parent")
        .start()
        .node("callActivity", "call", mapping + loop, calledElement="child")
        .user_task("read")
        .end()
        .bytes()
    )


def child() -> bytes:
    return diagram("child").start().user_task("do").end().bytes()


EACH = multi(
    camunda__collection="=units",
    camunda__elementVariable="unit",
    tiendo__elementKey="=unit",
    tiendo__outputCollection="answers",
    tiendo__outputElement="=answer",
)


def test_a_called_process_is_an_instance_with_mapped_variables(bench: Bench) -> None:
    bench.deploy(parent(), child())
    instance = bench.start("parent", unit="north", secret=1)
    [called] = bench.children(instance)
    assert bench.variables(called) == {"unit": "north"}
    bench.complete(called, "do", done="yes", noise=1)
    assert bench.waiting(instance) == ["read"]
    assert bench.variables(instance) == {"unit": "north", "secret": 1, "answer": "yes"}


def test_one_child_per_item_and_the_results_are_keyed_by_item_not_by_order(bench: Bench) -> None:
    bench.deploy(parent(EACH), child())
    instance = bench.start("parent", units=["north", "south"])
    north, south = bench.children(instance)
    bench.complete(south, "do", done="late")
    assert bench.waiting(instance) == ["call"]
    bench.complete(north, "do", done="soon")
    assert bench.variables(instance)["answers"] == {"north": "soon", "south": "late"}


def test_children_of_a_sequential_call_come_one_after_the_other(bench: Bench) -> None:
    bench.deploy(
        parent(
            EACH.replace("id=", "id=")
            .replace("<bpmn:multi", "<bpmn:multi", 1)
            .replace(
                "multiInstanceLoopCharacteristics ",
                'multiInstanceLoopCharacteristics isSequential="true" ',
                1,
            )
        ),
        child(),
    )
    instance = bench.start("parent", units=["north", "south"])
    assert len(bench.children(instance)) == 1
    bench.complete(bench.children(instance)[0], "do", done=1)
    assert len(bench.children(instance)) == 2
    bench.complete(bench.children(instance)[1], "do", done=2)
    assert bench.variables(instance)["answers"] == {"north": 1, "south": 2}


def test_an_empty_list_calls_nobody_and_goes_on(bench: Bench) -> None:
    bench.deploy(parent(EACH), child())
    assert bench.waiting(bench.start("parent", units=[])) == ["read"]


def test_an_error_in_a_child_is_caught_at_the_call(bench: Bench) -> None:
    failing = diagram("child").error("e", "BAD").start().end("end", event("error", "e")).bytes()
    caller = (
        diagram("parent")
        .error("e", "BAD")
        .start()
        .node("callActivity", "call", calledElement="child")
        .end()
        .boundary("caught", "call", event("error", "e"))
        .user_task("repair")
        .end("e2")
        .bytes()
    )
    bench.deploy(caller, failing)
    assert bench.waiting(bench.start("parent")) == ["repair"]


def test_an_error_of_a_child_brings_what_it_carries_and_nothing_else_of_the_child(bench: Bench) -> None:
    carried = '<camunda:inputOutput><camunda:inputParameter name="reason">=why</camunda:inputParameter>'
    throwing = extension(f"{carried}</camunda:inputOutput>") + event("error", "e")
    failing = (
        diagram("child").error("e", "BAD").start().script_task("s", '"late"', camunda__resultVariable="why")
    )
    caller = (
        diagram("parent").error("e", "BAD").start().node("callActivity", "call", calledElement="child").end()
    )
    caller.boundary("caught", "call", event("error", "e")).user_task("repair").end("e2")
    bench.deploy(caller.bytes(), failing.end("end", throwing).bytes())
    assert bench.variables(bench.start("parent")) == {"reason": "late"}


def test_children_take_their_first_steps_in_the_order_of_their_items(bench: Bench) -> None:
    bench.deploy(parent(EACH), child())
    units = [f"u{number}" for number in range(30)]
    instance = bench.start("parent", units=units)
    with bench.database.reading() as session:
        tasks = select(UserTask.instance_id).where(UserTask.element != "read").order_by(UserTask.id)
        assert list(session.scalars(tasks)) == bench.children(instance)


def test_cancelling_the_parent_cancels_its_children(bench: Bench) -> None:
    from engine import instances

    bench.deploy(parent(EACH), child())
    instance = bench.start("parent", units=["north", "south"])
    with bench.database.unit_of_work() as work:
        instances.cancel(work, instance, reason="Văn bản bị thu hồi")
        work.commit()
    assert [bench.state(one) for one in bench.children(instance)] == ["cancelled", "cancelled"]


def test_running_instances_stay_on_their_version(bench: Bench) -> None:
    bench.deploy(child())
    old = bench.start("child")
    bench.deploy(diagram("child").start().user_task("check").user_task("do").end().bytes())
    assert bench.waiting(old) == ["do"]
    assert bench.waiting(bench.start("child")) == ["check"]


def looping(loop: str) -> bytes:
    """Draw a call that repeats; each round adds one to `count` in the called process."""
    mapping = extension('<camunda:in variables="all"/><camunda:out sourceExpression="count" target="count"/>')
    drawn = diagram("parent").start().node("callActivity", "call", mapping + loop, calledElement="child")
    return drawn.user_task("read").end().bytes()


def adding() -> bytes:
    drawn = diagram("child").start().script_task("add", "count + 1", camunda__resultVariable="count")
    return drawn.user_task("do").end().bytes()


def test_a_call_is_repeated_while_its_condition_holds_one_child_at_a_time(bench: Bench) -> None:
    loop = "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>count &lt; 3</bpmn:loopCondition>"
    bench.deploy(looping(loop + "</bpmn:standardLoopCharacteristics>"), adding())
    instance = bench.start("parent", count=0)
    for round_ in (1, 2, 3):
        assert bench.waiting(instance) == ["call"]
        assert len(bench.children(instance)) == round_
        bench.complete(bench.children(instance)[-1], "do")
    assert bench.waiting(instance) == ["read"]
    assert bench.variables(instance)["count"] == 3


def test_a_call_tested_before_may_never_be_made(bench: Bench) -> None:
    loop = '<bpmn:standardLoopCharacteristics testBefore="true"><bpmn:loopCondition>false'
    bench.deploy(looping(loop + "</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"), adding())
    instance = bench.start("parent", count=0)
    assert bench.waiting(instance) == ["read"]
    assert bench.children(instance) == []


def test_a_call_is_made_at_most_as_often_as_its_maximum(bench: Bench) -> None:
    bench.deploy(looping('<bpmn:standardLoopCharacteristics loopMaximum="2"/>'), adding())
    instance = bench.start("parent", count=0)
    for _round in range(2):
        bench.complete(bench.children(instance)[-1], "do")
    assert bench.waiting(instance) == ["read"]


def test_output_parameters_of_a_call_are_set_from_what_came_back(bench: Bench) -> None:
    drawn = (
        '<camunda:inputOutput><camunda:outputParameter name="twice">= answer * 2</camunda:outputParameter>'
    )
    bench.deploy(parent(more=drawn + "</camunda:inputOutput>"), child())
    instance = bench.start("parent", unit="north")
    [called] = bench.children(instance)
    bench.complete(called, "do", done=21)
    assert bench.variables(instance)["twice"] == 42
