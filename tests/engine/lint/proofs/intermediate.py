"""Intermediate events of the support table, each played."""

from tests.engine.diagrams import conditional, diagram, event, link
from tests.engine.lint.proofs.stage import HOUR, completed, entered, play, proves, tasks, waiting, words


@proves("intermediateCatchEvent", "message")
def a_message_catch_waits_for_its_message() -> None:
    player = play(words().start().catch("x", event("message", "m")).end())
    assert waiting(player) == {"x"}
    player.send("answer")
    assert player.result().state == "completed"


@proves("intermediateCatchEvent", "timer")
def a_timer_catch_waits_its_time() -> None:
    player = play(diagram().start().catch("x", HOUR).end())
    player.advance("PT59M")
    assert player.result().state == "waiting"
    player.advance("PT1M")
    assert player.result().state == "completed"


@proves("intermediateCatchEvent", "signal")
def a_signal_catch_waits_for_its_signal() -> None:
    player = play(words().start().catch("x", event("signal", "s")).end())
    player.signal("calm")
    assert waiting(player) == {"x"}
    player.signal("storm")
    assert player.result().state == "completed"


@proves("intermediateCatchEvent", "conditional")
def a_conditional_catch_waits_until_its_condition_holds() -> None:
    drawing = diagram().start().parallel("g").catch("x", conditional("n > 5")).user_task("more").end()
    player = play(drawing.at("g").user_task("u").end("e2"), n=1)
    assert tasks(player) == {"u"}
    player.complete("u", {"n": 6})
    assert tasks(player) == {"more"}


@proves("intermediateCatchEvent", "link")
def a_link_catch_goes_on_where_a_throw_of_its_name_jumped() -> None:
    drawing = diagram().start().throw("away", link("A")).at(None).catch("x", link("A")).user_task("u").end()
    assert entered(play(drawing)) == ["start", "away", "x", "u"]


@proves("intermediateThrowEvent", "none")
def a_none_throw_marks_a_point_on_the_way() -> None:
    assert completed(play(diagram().start().throw("x").end())) == ["start", "x", "end"]


@proves("intermediateThrowEvent", "message")
def a_message_throw_sends_and_goes_on() -> None:
    drawing = words().start().parallel("g").catch("c", event("message", "m")).end("e1")
    player = play(drawing.at("g").user_task("u").throw("x", event("message", "m")).user_task("on").end("e2"))
    player.complete("u")
    assert (tasks(player), waiting(player)) == ({"on"}, {"on"})
    assert "e1" in completed(player)


@proves("intermediateThrowEvent", "signal")
def a_signal_throw_wakes_all_and_goes_on() -> None:
    drawing = words().start().parallel("g").catch("c", event("signal", "s")).user_task("heard").end("e1")
    player = play(drawing.at("g").user_task("u").throw("x", event("signal", "s")).user_task("on").end("e2"))
    player.complete("u")
    assert tasks(player) == {"heard", "on"}


@proves("intermediateThrowEvent", "escalation")
def an_escalation_throw_tells_outside_and_goes_on() -> None:
    drawing = words().start().inside("body").start("s1").throw("x", event("escalation", "l")).user_task("on")
    drawing.end("e1").outside().end()
    drawing.boundary("b", "body", event("escalation", "l"), cancelActivity="false").user_task("told").end(
        "e2"
    )
    assert tasks(play(drawing)) == {"on", "told"}


@proves("intermediateThrowEvent", "link")
def a_link_throw_jumps_to_the_catch_of_its_name() -> None:
    drawing = diagram().start().exclusive("g", default="no").at(None).throw("y", link("A")).at(None)
    drawing.throw("x", link("B")).flow("g", "x", "true").flow("g", "y", identity="no").at(None)
    drawing.catch("a", link("A")).user_task("wrong").end().at(None).catch("b", link("B")).user_task("right")
    assert tasks(play(drawing.end("e2"))) == {"right"}
