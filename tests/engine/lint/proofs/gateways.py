"""Gateways of the support table, each played."""

from tests.engine.diagrams import Diagram, diagram, event, timer
from tests.engine.lint.proofs.stage import HOUR, completed, entered, play, proves, tasks, words


def branches(tag: str, **attributes: str) -> Diagram:
    """Draw gateway x with user tasks a, b and c behind it, the flows still missing."""
    drawing = diagram().start().node(tag, "x", **attributes).at(None)
    return (
        drawing.user_task("a").end("e1").at(None).user_task("b").end("e2").at(None).user_task("c").end("e3")
    )


@proves("exclusiveGateway")
def an_exclusive_gateway_takes_the_first_flow_that_holds_or_the_default() -> None:
    drawing = branches("exclusiveGateway", default="d").flow("x", "a", "n > 5").flow("x", "b", "n > 3")
    drawing.flow("x", "c", identity="d")
    assert [tasks(play(drawing, n=number)) for number in (9, 4, 1)] == [{"a"}, {"b"}, {"c"}]


@proves("parallelGateway")
def a_parallel_gateway_splits_and_waits_for_all() -> None:
    drawing = diagram().start().parallel("split").user_task("a").parallel("x").user_task("after").end()
    player = play(drawing.at("split").user_task("b").flow("b", "x"))
    assert tasks(player) == {"a", "b"}
    player.complete("a")
    assert tasks(player) == {"b"}
    player.complete("b")
    assert tasks(player) == {"after"}


@proves("inclusiveGateway")
def an_inclusive_gateway_takes_every_flow_that_holds_and_waits_for_those_taken() -> None:
    drawing = diagram().start().node("inclusiveGateway", "x", default="d").at(None)
    drawing.user_task("a").node("inclusiveGateway", "join").user_task("after").end()
    drawing.at(None).user_task("b").flow("b", "join").at(None).user_task("c").flow("c", "join")
    drawing.flow("x", "a", "n > 1").flow("x", "b", "n > 2").flow("x", "c", identity="d")
    player = play(drawing, n=3)
    assert tasks(player) == {"a", "b"}
    player.complete("a")
    assert tasks(player) == {"b"}
    player.complete("b")
    assert tasks(player) == {"after"}
    assert tasks(play(drawing, n=0)) == {"c"}


@proves("eventBasedGateway")
def an_event_gateway_goes_where_the_first_event_is() -> None:
    drawing = words().start().node("eventBasedGateway", "x").catch("late", HOUR).end("e1")
    drawing.at("x").catch("soon", timer("timeDuration", "PT1M")).end("e2")
    player = play(drawing.at("x").catch("answer", event("message", "m")).end("e3"))
    player.advance("PT2H")
    assert (player.result().state, completed(player)[-1]) == ("completed", "e2")
    assert not {"e1", "e3"} & set(entered(player))
