"""Global tasks of the support table: each is called, and does what its plain task does."""

from tests.engine.diagrams import Diagram, diagram, extension
from tests.engine.lint.proofs.stage import completed, play, proves, tasks

ALL = extension('<camunda:in variables="all"/><camunda:out variables="all"/>')


def called(task: str) -> Diagram:
    return (
        diagram()
        .root(task)
        .start()
        .node("callActivity", "call", ALL, calledElement="x")
        .user_task("after")
        .end()
    )


@proves("globalTask")
def a_global_task_lets_its_caller_go_on() -> None:
    player = play(called('<bpmn:globalTask id="x"/>'))
    assert tasks(player) == {"after"}
    assert "x" in completed(player)


@proves("globalUserTask")
def a_global_user_task_waits_for_its_person() -> None:
    _waits('<bpmn:globalUserTask id="x" camunda:assignee="an"/>')


@proves("globalManualTask")
def a_global_manual_task_waits_for_its_person() -> None:
    _waits('<bpmn:globalManualTask id="x" camunda:assignee="an"/>')


@proves("globalScriptTask")
def a_global_script_computes_its_result() -> None:
    script = "<bpmn:script>6 * 7</bpmn:script>"
    task = f'<bpmn:globalScriptTask id="x" camunda:resultVariable="r">{script}</bpmn:globalScriptTask>'
    assert play(called(task)).result().variables["r"] == 42


@proves("globalBusinessRuleTask")
def a_global_rule_is_handed_to_its_topic() -> None:
    task = '<bpmn:globalBusinessRuleTask id="x" camunda:type="external" camunda:topic="rules.ask"/>'
    player = play(called(task), jobs={"rules.ask": {"level": "cao"}})
    assert player.result().variables["level"] == "cao"


def _waits(task: str) -> None:
    player = play(called(task))
    assert tasks(player) == set()
    assert "x" not in completed(player)
    assert [one.kind for one in player.result().waiting] == ["child"]
