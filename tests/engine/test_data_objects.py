"""Data associations move values: assignments, transformations, copies between items and activities."""

from tests.engine.conftest import Bench
from tests.engine.diagrams import Diagram, diagram


def association(kind: str, body: str) -> str:
    return f"<bpmn:data{kind}Association>{body}</bpmn:data{kind}Association>"


def assign(source: str, target: str) -> str:
    return f"<bpmn:assignment><bpmn:from>{source}</bpmn:from><bpmn:to>{target}</bpmn:to></bpmn:assignment>"


def ends(source: str, target: str, formula: str = "") -> str:
    formula = f"<bpmn:transformation>{formula}</bpmn:transformation>" if formula else ""
    return f"<bpmn:sourceRef>{source}</bpmn:sourceRef><bpmn:targetRef>{target}</bpmn:targetRef>{formula}"


def with_object(body: str) -> Diagram:
    """Draw a data object "plan" (`ref`) and a task `draft` with data input "text" and output "result"."""
    items = '<bpmn:dataObject id="object" name="plan"/>'
    items += '<bpmn:dataObjectReference id="ref" dataObjectRef="object"/>'
    inside = '<bpmn:dataInput id="in" name="text"/><bpmn:dataOutput id="out" name="result"/>'
    inside = f"<bpmn:ioSpecification>{inside}</bpmn:ioSpecification>"
    drawn = diagram().raw(items).start().user_task("draft", inside + body)
    return drawn.user_task("after").end()


def local(bench: Bench, instance: str) -> dict[str, object]:
    from engine import user_tasks

    with bench.database.reading() as session:
        return dict(user_tasks.of_instance(session, instance)[0].local)


def test_an_assignment_gives_the_task_what_its_expression_says(bench: Bench) -> None:
    bench.deploy(with_object(association("Input", assign("= upper case(plan)", "in"))).bytes())
    instance = bench.start(plan="a")
    assert local(bench, instance) == {"text": "A"}
    assert bench.variables(instance) == {"plan": "a"}


def test_an_assignment_writes_what_the_task_brought_into_a_data_object(bench: Bench) -> None:
    bench.deploy(with_object(association("Output", assign("result + 1", "object"))).bytes())
    instance = bench.start(plan=0)
    bench.complete(instance, "draft", result=41)
    assert bench.variables(instance)["plan"] == 42
    assert bench.waiting(instance) == ["after"]


def test_a_transformation_goes_into_the_target_of_its_association(bench: Bench) -> None:
    body = association("Input", ends("ref", "in", "plan * 2"))
    bench.deploy(with_object(body).bytes())
    assert local(bench, bench.start(plan=21)) == {"text": 42}


def test_a_plain_association_copies_what_has_a_value(bench: Bench) -> None:
    body = association("Input", ends("ref", "in")) + association("Output", ends("out", "ref"))
    bench.deploy(with_object(body).bytes())
    instance = bench.start(plan="a")
    assert local(bench, instance) == {"text": "a"}
    bench.complete(instance, "draft", result="b")
    assert bench.variables(instance)["plan"] == "b"
    assert local(bench, bench.start()) == {}


def test_a_target_may_be_a_plain_variable(bench: Bench) -> None:
    bench.deploy(with_object(association("Output", assign("= 1 + 1", "count"))).bytes())
    instance = bench.start()
    bench.complete(instance, "draft")
    assert bench.variables(instance)["count"] == 2
