"""Global tasks: drawn once, called by many; each call is an instance of its own."""

import pytest

from engine import lint
from tests.engine.conftest import Bench
from tests.engine.diagrams import Diagram, diagram, extension

IN_OUT = extension(
    '<camunda:in sourceExpression="a" target="number"/><camunda:out sourceExpression="answer" target="b"/>'
)


def calling(body: str, tag: str, attributes: str = "") -> Diagram:
    """Draw a process that calls the global task `shared`, and the task in the same file."""
    task = f'<bpmn:{tag} id="shared" name="Việc chung" {attributes}>{body}</bpmn:{tag}>'
    drawn = diagram().root(task).start().node("callActivity", "call", IN_OUT, calledElement="shared")
    return drawn.user_task("after").end()


def test_a_global_script_computes_and_gives_its_result_back(bench: Bench) -> None:
    script = "<bpmn:script>number + 1</bpmn:script>"
    attributes = 'scriptLanguage="feel" camunda:resultVariable="answer"'
    bench.deploy(calling(script, "globalScriptTask", attributes).bytes())
    instance = bench.start(a=41)
    assert bench.waiting(instance) == ["after"]
    assert bench.variables(instance)["b"] == 42


@pytest.mark.parametrize("tag", ["globalUserTask", "globalManualTask"])
def test_a_global_task_for_people_waits_in_an_instance_of_its_own(bench: Bench, tag: str) -> None:
    bench.deploy(calling("", tag, 'camunda:assignee="an"').bytes())
    instance = bench.start(a=1)
    [child] = bench.children(instance)
    assert bench.variables(child) == {"number": 1}
    bench.complete(child, "shared", answer="có")
    assert bench.variables(instance)["b"] == "có"
    assert bench.waiting(instance) == ["after"]


def test_a_plain_global_task_lets_its_caller_go_on(bench: Bench) -> None:
    bench.deploy(calling("", "globalTask").bytes())
    assert bench.waiting(bench.start(a=1)) == ["after"]


def test_a_global_task_in_another_file_is_called_by_its_newest_version(bench: Bench) -> None:
    def shared(answer: int) -> bytes:
        script = f"<bpmn:script>{answer}</bpmn:script>"
        attributes = 'id="shared" camunda:resultVariable="answer"'
        task = f"<bpmn:globalScriptTask {attributes}>{script}</bpmn:globalScriptTask>"
        return diagram("other").root(task).start().user_task("u").end().bytes()

    caller = diagram().start().node("callActivity", "call", IN_OUT, calledElement="shared")
    bench.deploy(shared(1), caller.user_task("after").end().bytes())
    assert bench.variables(bench.start(a=1))["b"] == 1
    bench.deploy(shared(2))
    assert bench.variables(bench.start(a=1))["b"] == 2


def test_what_is_wrong_in_a_global_task_is_said_of_it() -> None:
    drawn = calling("<bpmn:script>print(1)</bpmn:script>", "globalScriptTask", 'scriptLanguage="python"')
    found = {(one.rule, one.element) for one in lint.check({"a.bpmn": drawn.bytes()})}
    assert ("script.format", "shared") in found


def test_a_correct_global_task_has_no_findings() -> None:
    assert lint.check({"a.bpmn": calling("", "globalUserTask", 'camunda:assignee="an"').bytes()}) == []
