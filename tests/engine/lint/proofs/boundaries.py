"""Boundary events of the support table, each played."""

from tests.engine.diagrams import Diagram, conditional, diagram, event
from tests.engine.lint.proofs.stage import HOUR, play, proves, tasks, words


def guarded(body: str) -> Diagram:
    """Draw user task u with boundary event x, which interrupts and leads to user task instead."""
    return words().start().user_task("u").end().boundary("x", "u", body).user_task("instead").end("e2")


@proves("boundaryEvent", "message")
def a_message_boundary_ends_the_work() -> None:
    player = play(guarded(event("message", "m")))
    player.send("answer")
    assert tasks(player) == {"instead"}


@proves("boundaryEvent", "timer")
def a_timer_boundary_ends_the_work_at_its_time() -> None:
    player = play(guarded(HOUR))
    player.advance("PT59M")
    assert tasks(player) == {"u"}
    player.advance("PT1M")
    assert tasks(player) == {"instead"}


@proves("boundaryEvent", "signal")
def a_signal_boundary_ends_the_work() -> None:
    player = play(guarded(event("signal", "s")))
    player.signal("storm")
    assert tasks(player) == {"instead"}


@proves("boundaryEvent", "conditional")
def a_conditional_boundary_ends_the_work_once_its_condition_holds() -> None:
    drawing = diagram().start().parallel("g").user_task("u").end().at("g").user_task("count").end("e3")
    player = play(drawing.boundary("x", "u", conditional("n > 5")).user_task("instead").end("e2"), n=1)
    player.complete("count", {"n": 6})
    assert tasks(player) == {"instead"}


@proves("boundaryEvent", "error")
def an_error_boundary_catches_the_error_of_its_own_step_only() -> None:
    drawing = (
        words().start().parallel("g").inside("s1").start("a").user_task("u").end("b", event("error", "e"))
    )
    drawing.outside().end("e1").at("g").inside("s2").start("c").user_task("other").end("d").outside().end(
        "e2"
    )
    drawing.boundary("x", "s1", event("error", "e")).user_task("instead").end("e3")
    player = play(drawing.boundary("y", "s2", event("error", "e")).user_task("wrong").end("e4"))
    player.complete("u")
    assert tasks(player) == {"instead", "other"}


@proves("boundaryEvent", "escalation")
def an_interrupting_escalation_boundary_ends_the_scope_that_told() -> None:
    drawing = (
        words().start().inside("body").start("s1").throw("tell", event("escalation", "l")).user_task("u")
    )
    drawing.end("e1").outside().end()
    player = play(drawing.boundary("x", "body", event("escalation", "l")).user_task("instead").end("e2"))
    assert tasks(player) == {"instead"}
