"""End events of the support table, each played."""

from tests.engine.diagrams import diagram, event
from tests.engine.lint.proofs.stage import completed, play, proves, tasks, waiting, words


@proves("endEvent", "none")
def a_none_end_ends_its_own_path_only() -> None:
    drawing = diagram().start().parallel("g").end("x").at("g").user_task("u").end("e2")
    player = play(drawing)
    assert (player.result().state, tasks(player)) == ("waiting", {"u"})


@proves("endEvent", "message")
def a_message_end_sends_its_message() -> None:
    drawing = words().start().parallel("g").catch("c", event("message", "m")).end("e1")
    player = play(drawing.at("g").user_task("u").end("x", event("message", "m")))
    assert waiting(player) == {"c", "u"}
    player.complete("u")
    assert player.result().state == "completed"
    assert "e1" in completed(player)


@proves("endEvent", "signal")
def a_signal_end_wakes_all_who_wait() -> None:
    drawing = words().start().parallel("g").catch("c1", event("signal", "s")).end("e1")
    drawing.at("g").catch("c2", event("signal", "s")).end("e2")
    player = play(drawing.at("g").user_task("u").end("x", event("signal", "s")))
    player.complete("u")
    assert player.result().state == "completed"
    assert {"e1", "e2"} <= set(completed(player))


@proves("endEvent", "error")
def an_error_end_ends_its_scope_and_goes_the_way_drawn_for_it() -> None:
    drawing = words().start().inside("body").start("s1").parallel("g").user_task("other").end("e1")
    drawing.at("g").user_task("u").end("x", event("error", "e")).outside().user_task("well").end()
    player = play(drawing.boundary("b", "body", event("error", "e")).user_task("badly").end("e2"))
    player.complete("u")
    assert tasks(player) == {"badly"}


@proves("endEvent", "escalation")
def an_escalation_end_tells_outside_and_lets_the_scope_finish() -> None:
    drawing = words().start().inside("body").start("s1").end("x", event("escalation", "l")).outside()
    drawing.user_task("well").end()
    drawing.boundary("b", "body", event("escalation", "l"), cancelActivity="false").user_task("told").end(
        "e2"
    )
    assert tasks(play(drawing)) == {"well", "told"}


@proves("endEvent", "terminate")
def a_terminate_end_ends_everything_around_it() -> None:
    drawing = diagram().start().inside("body").start("s1").parallel("g").user_task("other").end("e1")
    drawing.at("g").user_task("u").end("x", "<bpmn:terminateEventDefinition/>").outside()
    player = play(drawing.user_task("after").end())
    player.complete("u")
    assert tasks(player) == {"after"}
