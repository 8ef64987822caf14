"""Events with several definitions, each played at every place they may stand."""

from engine.play import Player
from tests.engine.diagrams import Diagram, event
from tests.engine.lint.proofs.stage import HOUR, entered, play, proves, tasks, words

EITHER = event("message", "m") + event("signal", "s")


@proves("startEvent", "multiple", "process")
def each_definition_starts_the_process() -> None:
    player = Player({"p.bpmn": words().start("x", EITHER).user_task("u").end().bytes()})
    player.send("answer")
    player.signal("storm")
    assert entered(player) == ["x", "u", "x", "u"]


@proves("startEvent", "multiple", "eventSubProcess")
def each_definition_starts_the_event_sub_process() -> None:
    drawing = words().start().user_task("work").end().inside("sub", triggeredByEvent="true")
    drawing.start("x", EITHER, isInterrupting="false").user_task("u").end("e1").outside()
    player = play(drawing)
    player.signal("storm")
    player.send("answer")
    assert sorted(task.element for task in player.open_tasks()) == ["u", "u", "work"]


@proves("intermediateCatchEvent", "multiple")
def the_first_definition_lets_the_token_go_on() -> None:
    player = play(words().start().catch("x", EITHER + HOUR).user_task("u").end())
    assert tasks(player) == set()
    player.signal("storm")
    player.advance("PT2H")
    assert [task.element for task in player.open_tasks()] == ["u"]


@proves("boundaryEvent", "multiple")
def the_first_definition_interrupts_the_work() -> None:
    drawing = words().start().user_task("work").end().boundary("x", "work", EITHER + HOUR)
    player = play(drawing.user_task("u").end("e1"))
    player.advance("PT2H")
    assert tasks(player) == {"u"}


@proves("intermediateThrowEvent", "multiple")
def every_definition_is_thrown_on_the_way() -> None:
    player = play(_heard().throw("x", EITHER).user_task("on").end("e3"))
    assert tasks(player) == {"on", "m1", "s1"}


@proves("endEvent", "multiple")
def every_definition_is_thrown_at_the_end() -> None:
    player = play(_heard().end("x", EITHER))
    assert tasks(player) == {"m1", "s1"}


def _heard() -> Diagram:
    drawing = words().start().parallel("g").catch("c1", event("message", "m")).user_task("m1").end("e1")
    return drawing.at("g").catch("c2", event("signal", "s")).user_task("s1").end("e2").at("g")
