"""Event sub-processes, errors and escalations: what starts when, and who is interrupted."""

import pytest

from tests.engine.diagrams import Diagram, cardinality, compensation, conditional, event, multi, timer
from tests.engine.library.plain import BpmnParser, Plain, SpiffBpmnParser
from tests.engine.lint.proofs.stage import entered, play, tasks, words


def handled_by(body: str, **attributes: str) -> Diagram:
    """Draw user tasks u and v, and an event sub-process that leads to user task handle."""
    drawing = words().start().user_task("u").user_task("v").end().at(None)
    drawing.inside("sub", triggeredByEvent="true").start("x", body, **attributes).user_task("handle")
    return drawing.end("e2").outside()


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_an_event_sub_process_waits_for_its_trigger_instead_of_running_at_the_start(kind: str) -> None:
    drawing = handled_by(event(kind, kind[0] if kind == "error" else "l"))
    assert Plain(drawing).ready() == ["handle", "u"]
    assert tasks(play(drawing)) == {"u"}


def test_an_interrupting_event_sub_process_interrupts() -> None:
    drawing = handled_by(event("message", "m"), isInterrupting="true")
    plain = Plain(drawing)
    plain.send("answer")
    assert plain.ready() == ["handle", "u"]
    player = play(drawing)
    player.send("answer")
    assert tasks(player) == {"handle"}


def test_a_timer_event_sub_process_does_not_keep_a_finished_process_open() -> None:
    plain = Plain(handled_by(timer("timeDuration", "'PT1H'")))
    plain.complete("u")
    plain.complete("v")
    assert (plain.ready(), plain.is_completed) == ([], False)
    player = play(handled_by(timer("timeDuration", "PT1H")))
    player.complete("u")
    player.complete("v")
    assert player.result().state == "completed"


def test_a_conditional_event_sub_process_starts_when_its_condition_becomes_true() -> None:
    drawing = handled_by(conditional("n > 5"))
    plain = Plain(drawing, n=1)
    plain.complete("u", n=9)
    assert plain.ready() == ["v"]
    player = play(drawing, n=1)
    player.complete("u", {"n": 9})
    assert tasks(player) == {"handle"}


def guarded_twice() -> Diagram:
    """Draw two parallel sub-processes that each guard against the same error; only the first throws it."""
    drawing = words().start().parallel("g")
    for number, ends in (("1", event("error", "e")), ("2", "")):
        drawing.at("g").inside(f"body{number}").start(f"s{number}").user_task(f"u{number}")
        drawing.end(f"x{number}", ends).outside().end(f"o{number}")
        drawing.boundary(f"b{number}", f"body{number}", event("error", "e")).user_task(f"h{number}")
        drawing.end(f"z{number}")
    return drawing


def test_an_error_interrupts_the_sub_process_it_was_thrown_in_and_no_other() -> None:
    plain = Plain(guarded_twice())
    plain.complete("u1")
    assert plain.ready() == ["h1", "h2"]
    player = play(guarded_twice())
    player.complete("u1")
    assert tasks(player) == {"h1", "u2"}


def test_an_error_in_one_instance_of_a_multi_instance_leaves_its_sisters_alone() -> None:
    drawing = words().start().inside("body", body=multi(cardinality("3"))).start("begin").inside("inner")
    drawing.start("s2").user_task("u").end("x", event("error", "e")).outside().end("o")
    drawing.boundary("b", "inner", event("error", "e")).user_task("h").end("z").outside().end()
    plain = Plain(drawing, parser=SpiffBpmnParser)
    plain.complete("u")
    assert plain.ready() == ["h", "h", "h"]
    player = play(drawing)
    player.complete("u")
    assert sorted(task.element for task in player.open_tasks()) == ["h", "u", "u"]


@pytest.mark.parametrize("parser", [BpmnParser, SpiffBpmnParser])
def test_an_uncaught_error_is_an_incident_and_not_a_success(parser: type) -> None:
    drawing = words().start().inside("body").start("begin").end("x", event("error", "e")).outside()
    drawing.user_task("after").end()
    assert Plain(drawing, parser=parser).ready() == ["after"]
    found = play(drawing).result()
    assert (found.state, found.error["element"]) == ("failed", "x")


def test_a_thrown_escalation_reaches_only_the_scope_around_it() -> None:
    drawing = words().start().parallel("g")
    for number, inner in (("1", event("escalation", "l")), ("2", "")):
        drawing.at("g").inside(f"body{number}").start(f"s{number}").user_task(f"u{number}")
        drawing.throw(f"t{number}", inner).end(f"x{number}").outside().end(f"o{number}")
        drawing.boundary(f"b{number}", f"body{number}", event("escalation", "l")).user_task(f"h{number}")
        drawing.end(f"z{number}")
    plain = Plain(drawing)
    plain.complete("u1")
    assert plain.ready() == ["h1", "h2"]
    player = play(drawing)
    player.complete("u1")
    assert tasks(player) == {"h1", "u2"}
    assert "h2" not in entered(player)


def test_what_was_completed_is_undone_when_compensation_is_thrown() -> None:
    drawing = words().start().user_task("book").throw("undo", compensation()).user_task("after").end()
    plain = Plain(drawing)
    plain.complete("book")
    assert plain.ready() == ["after"]
    undone = words().start().user_task("book").undone_by("unbook").throw("undo", compensation())
    player = play(undone.user_task("after").end())
    player.complete("book")
    assert entered(player) == ["start", "book", "undo", "unbook", "after"]


def test_a_compensation_event_sub_process_does_not_run_at_the_start() -> None:
    drawing = words().start().inside("body").start("begin").user_task("u").end("e1").at(None)
    drawing.inside("sub", triggeredByEvent="true").start("x", compensation()).user_task("handle").end("e2")
    drawing.outside().outside().end()
    assert Plain(drawing).ready() == ["handle", "u"]
    assert tasks(play(drawing)) == {"u"}


def test_a_sequential_ad_hoc_sub_process_runs_one_activity_at_a_time() -> None:
    def drawn(condition: str) -> Diagram:
        data = '<bpmn:dataObject id="inner"/>'
        body = f"<bpmn:completionCondition>{condition}</bpmn:completionCondition>{data}"
        drawing = words().raw('<bpmn:dataObject id="outer"/>').start()
        drawing.inside("body", "adHocSubProcess", body, ordering="Sequential")
        drawing.at(None).script_task("a", "1").user_task("a2")
        return drawing.at(None).script_task("b", "1").user_task("b2").outside().end()

    assert Plain(drawn("False")).ready() == ["a2", "b2"]
    assert tasks(play(drawn("false"))) == {"a2"}
