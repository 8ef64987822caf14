"""Activities of the support table, each played."""

from engine.play import Player
from tests.engine.diagrams import diagram, event, extension
from tests.engine.lint.proofs.stage import completed, entered, play, proves, tasks, waiting, words


@proves("task")
def a_plain_task_lets_the_token_pass() -> None:
    player = play(diagram().start().task("x").end())
    assert (player.result().state, completed(player)) == ("completed", ["start", "x", "end"])


@proves("userTask")
def a_user_task_waits_for_a_person_and_takes_what_was_entered() -> None:
    player = play(diagram().start().user_task("x").end())
    assert tasks(player) == {"x"}
    player.complete("x", {"decision": "agree"})
    assert player.result().state == "completed"
    assert player.result().variables == {"decision": "agree"}


@proves("manualTask")
def a_manual_task_waits_until_somebody_says_it_is_done() -> None:
    player = play(diagram().start().node("manualTask", "x").end())
    assert tasks(player) == {"x"}
    player.complete("x")
    assert completed(player)[-2:] == ["x", "end"]


@proves("scriptTask")
def a_script_task_computes_its_result() -> None:
    player = play(diagram().start().script_task("x", "a * 2").end(), a=21)
    assert player.result().variables == {"a": 21, "result": 42}


@proves("serviceTask")
def a_service_task_hands_a_job_out_and_takes_its_result() -> None:
    player = play(diagram().start().service_task("x", "count").end(), jobs={"count": {"found": 3}})
    assert player.result().variables == {"found": 3}
    assert "job.completed" in {line.event for line in player.trace() if line.element == "x"}


@proves("sendTask")
def a_send_task_sends_its_message_to_who_waits() -> None:
    drawing = words().start().parallel("g").catch("c", event("message", "m")).end("e1")
    player = play(drawing.at("g").user_task("u").node("sendTask", "x", messageRef="m").end("e2"))
    assert waiting(player) == {"c", "u"}
    player.complete("u")
    assert player.result().state == "completed"
    assert "e1" in completed(player)


@proves("receiveTask")
def a_receive_task_waits_for_its_message() -> None:
    player = play(words().start().node("receiveTask", "x", messageRef="m").end())
    player.send("other")
    assert waiting(player) == {"x"}
    player.send("answer", variables={"text": "yes"})
    assert player.result().variables == {"text": "yes"}


@proves("businessRuleTask")
def a_business_rule_task_decides_by_its_table() -> None:
    table = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        '<decision id="double" name="double"><variable name="double"/>'
        "<literalExpression><text>a * 2</text></literalExpression></decision></definitions>"
    )
    drawing = diagram().start()
    drawing.node("businessRuleTask", "x", camunda__decisionRef="double", camunda__resultVariable="b").end()
    player = Player({"p.bpmn": drawing.bytes(), "double.dmn": table.encode()})
    player.begin({"a": 4})
    assert player.result().variables == {"a": 4, "b": 8}


@proves("callActivity")
def a_call_activity_runs_the_called_process_with_mapped_variables() -> None:
    mapping = '<camunda:in source="a" target="n"/><camunda:out source="result" target="b"/>'
    caller = diagram().start().node("callActivity", "x", extension(mapping), calledElement="child").end()
    child = diagram("child").start("child-start").script_task("s", "n + 1").end("child-end")
    player = Player({"p.bpmn": caller.bytes(), "child.bpmn": child.bytes()}, process="p")
    player.begin({"a": 1})
    assert player.result().variables == {"a": 1, "b": 2}
    assert {line.process for line in player.trace() if line.element == "s"} == {"child"}


@proves("subProcess")
def a_sub_process_is_done_when_everything_inside_is() -> None:
    drawing = diagram().start().inside("x").start("s1").parallel("g").user_task("u1").end("e1")
    drawing.at("g").user_task("u2").end("e2").outside().end()
    player = play(drawing)
    player.complete("u1")
    assert "end" not in entered(player)
    player.complete("u2")
    assert completed(player)[-2:] == ["x", "end"]
    assert {line.scope for line in player.trace() if line.element == "u1"} == {"x"}
