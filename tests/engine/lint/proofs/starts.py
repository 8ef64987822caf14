"""Start events of the support table, each played at every place it may stand."""

from engine.play import Player
from tests.engine.diagrams import Diagram, conditional, diagram, event, timer
from tests.engine.lint.proofs.stage import HOUR, entered, play, proves, tasks, words


@proves("startEvent", "none", "process")
def a_none_start_begins_the_process() -> None:
    assert entered(play(diagram().start("x").user_task("u").end())) == ["x", "u"]


def started_by(body: str) -> Player:
    return Player({"p.bpmn": words().start("x", body).user_task("u").end().bytes()})


@proves("startEvent", "message", "process")
def a_message_starts_a_process_with_what_it_brings() -> None:
    player = started_by(event("message", "m"))
    player.send("other")
    assert entered(player) == []
    player.send("answer")
    assert entered(player) == ["x", "u"]


@proves("startEvent", "timer", "process")
def a_timer_starts_a_process_at_its_moment() -> None:
    player = started_by(timer("timeDate", "2026-01-06T08:00:00+07:00"))
    player.advance("PT23H")
    assert entered(player) == []
    player.advance("PT2H")
    assert entered(player) == ["x", "u"]


@proves("startEvent", "signal", "process")
def a_signal_starts_a_process() -> None:
    player = started_by(event("signal", "s"))
    player.signal("storm")
    assert entered(player) == ["x", "u"]


@proves("startEvent", "none", "subProcess")
def a_sub_process_begins_at_its_start() -> None:
    drawing = diagram().start().inside("body").start("x").user_task("u").end("e1").outside().end()
    assert entered(play(drawing)) == ["start", "body", "x", "u"]


def beside(body: str, **attributes: str) -> Diagram:
    """Draw a sub-process s with user task u, and in it an event sub-process that starts at x."""
    drawing = words().start().inside("body").start("s1").user_task("u").end("e1").at(None)
    drawing.inside("handler", triggeredByEvent="true").start("x", body, **attributes).user_task("handle")
    return drawing.end("e2").outside().outside().user_task("after").end()


def is_interrupted(player: Player) -> bool:
    """Tell whether the handler runs in the place of the work, and the process goes on behind the scope."""
    alone = tasks(player) == {"handle"}
    player.complete("handle")
    return alone and tasks(player) == {"after"}


@proves("startEvent", "message", "eventSubProcess")
def a_message_starts_an_event_sub_process() -> None:
    player = play(beside(event("message", "m")))
    assert tasks(player) == {"u"}
    player.send("answer")
    assert is_interrupted(player)


@proves("startEvent", "timer", "eventSubProcess")
def a_timer_starts_an_event_sub_process_beside_the_work() -> None:
    player = play(beside(HOUR, isInterrupting="false"))
    assert tasks(player) == {"u"}
    player.advance("PT1H")
    assert tasks(player) == {"u", "handle"}
    player.complete("u")
    assert tasks(player) == {"handle"}


@proves("startEvent", "signal", "eventSubProcess")
def a_signal_starts_an_event_sub_process() -> None:
    player = play(beside(event("signal", "s")))
    player.signal("storm")
    assert is_interrupted(player)


@proves("startEvent", "conditional", "eventSubProcess")
def a_condition_that_becomes_true_starts_an_event_sub_process() -> None:
    drawing = diagram().start().inside("body").start("s1").parallel("g").user_task("u").end("e1")
    drawing.at("g").user_task("count").end("e3").at(None).inside("handler", triggeredByEvent="true")
    drawing.start("x", conditional("n > 5")).user_task("handle").end("e2").outside().outside()
    player = play(drawing.user_task("after").end(), n=1)
    player.complete("count", {"n": 9})
    assert is_interrupted(player)


@proves("startEvent", "error", "eventSubProcess")
def an_error_in_the_scope_starts_its_event_sub_process() -> None:
    drawing = words().start().inside("body").start("s1").user_task("u").end("fails", event("error", "e"))
    drawing.at(None).inside("handler", triggeredByEvent="true").start("x", event("error", "e"))
    drawing.user_task("handle").end("e2").outside().outside().user_task("after").end()
    player = play(drawing)
    assert "handler" not in entered(player)
    player.complete("u")
    assert is_interrupted(player)


@proves("startEvent", "escalation", "eventSubProcess")
def an_escalation_starts_an_event_sub_process_and_the_work_goes_on() -> None:
    drawing = (
        words().start().inside("body").start("s1").throw("tell", event("escalation", "l")).user_task("u")
    )
    drawing.end("e1").at(None).inside("handler", triggeredByEvent="true")
    drawing.start("x", event("escalation", "l"), isInterrupting="false").user_task("handle").end("e2")
    assert tasks(play(drawing.outside().outside().end())) == {"u", "handle"}
