"""Events with several definitions: any of them, or all of them with `parallelMultiple`."""

import pytest

from tests.engine.conftest import Bench
from tests.engine.diagrams import Diagram, conditional, diagram, event, timer

MESSAGE_OR_TIMER = event("message", "m") + timer("timeDuration", "P1D")
TWO_SIGNALS = event("signal", "s") + event("signal", "t")


def known() -> Diagram:
    """Declare message m "answer", signals s "storm" and t "flood", escalation l, error e."""
    drawn = diagram().message("m", "answer", "= code").signal("s", "storm").signal("t", "flood")
    return drawn.escalation("l").error("e")


def waits(body: str, **attributes: str) -> bytes:
    drawn = known().start().node("intermediateCatchEvent", "wait", body, **attributes)
    return drawn.user_task("next").end().bytes()


def test_the_first_of_several_definitions_lets_the_token_go_on(bench: Bench) -> None:
    bench.deploy(waits(MESSAGE_OR_TIMER))
    answered, silent = bench.start(code="A"), bench.start(code="B")
    assert bench.waiting(answered) == ["wait", "wait"]
    bench.send("answer", "A", text="có")
    assert bench.waiting(answered) == ["next"]
    assert bench.variables(answered)["text"] == "có"
    bench.wait(days=2)
    assert bench.waiting(silent) == ["next"]
    assert bench.entered(answered).count("next") == 1


def test_all_definitions_are_needed_when_the_diagram_says_so(bench: Bench) -> None:
    bench.deploy(waits(MESSAGE_OR_TIMER + event("signal", "s"), parallelMultiple="true"))
    instance = bench.start(code="A")
    bench.signal("storm")
    bench.signal("storm")
    bench.send("answer", "A", text="có")
    assert "next" not in bench.waiting(instance)
    bench.wait(days=1)
    assert bench.waiting(instance) == ["next"]
    assert bench.variables(instance)["text"] == "có"


def test_a_condition_may_be_one_of_several_definitions(bench: Bench) -> None:
    drawn = known().start().parallel("split").catch("wait", conditional("x > 1") + event("signal", "s"))
    bench.deploy(drawn.user_task("next").end().at("split").user_task("count").end("e2").bytes())
    instance = bench.start(x=0)
    bench.complete(instance, "count", x=2)
    assert bench.waiting(instance) == ["next"]


def guarded(body: str, **attributes: str) -> bytes:
    drawn = known().start().user_task("work").end().boundary("stop", "work", body, **attributes)
    return drawn.user_task("after").end("e2").bytes()


def test_any_definition_of_a_boundary_event_interrupts_once(bench: Bench) -> None:
    bench.deploy(guarded(MESSAGE_OR_TIMER))
    instance = bench.start(code="A")
    bench.send("answer", "A")
    bench.wait(days=2)
    assert bench.waiting(instance) == ["after"]


def test_a_boundary_event_beside_the_work_fires_for_each_definition(bench: Bench) -> None:
    bench.deploy(guarded(MESSAGE_OR_TIMER, cancelActivity="false"))
    instance = bench.start(code="A")
    bench.send("answer", "A")
    bench.send("answer", "A")
    bench.wait(days=2)
    assert bench.waiting(instance).count("after") == 3
    assert "work" in bench.waiting(instance)


def test_a_boundary_event_that_needs_all_fires_again_only_after_all_again(bench: Bench) -> None:
    bench.deploy(guarded(TWO_SIGNALS, cancelActivity="false", parallelMultiple="true"))
    instance = bench.start()
    for name in ("storm", "storm", "flood", "flood"):
        bench.signal(name)
    assert bench.waiting(instance).count("after") == 1
    bench.signal("storm")
    assert bench.waiting(instance).count("after") == 2


def test_an_error_and_a_message_may_share_a_boundary_event(bench: Bench) -> None:
    drawn = known().start().inside("sub").start("s2").user_task("work").end("fail", event("error", "e"))
    drawn.outside().end().boundary("stop", "sub", event("error", "e") + event("message", "m"))
    bench.deploy(drawn.user_task("after").end("e2").bytes())
    failing, told = bench.start(code="A"), bench.start(code="B")
    bench.complete(failing, "work")
    bench.send("answer", "B")
    assert bench.waiting(failing) == ["after"]
    assert bench.waiting(told) == ["after"]


def handled(body: str, **attributes: str) -> bytes:
    """Draw a process with an event sub-process that has several definitions."""
    drawn = known().start().user_task("work").end().inside("handler", triggeredByEvent="true")
    drawn.at(None).start("on", body, **attributes).user_task("handle").end("e2").outside()
    return drawn.bytes()


@pytest.mark.parametrize(("all_needed", "after_one"), [("false", ["handle"]), ("true", ["on", "on", "work"])])
def test_an_event_sub_process_starts_at_one_or_at_all_definitions(
    bench: Bench, all_needed: str, after_one: list[str]
) -> None:
    bench.deploy(handled(TWO_SIGNALS, parallelMultiple=all_needed))
    instance = bench.start()
    bench.signal("storm")
    assert bench.waiting(instance) == after_one
    bench.signal("flood")
    assert bench.waiting(instance) == ["handle"]


def test_a_process_starts_at_any_of_its_definitions(bench: Bench) -> None:
    body = event("message", "m") + event("signal", "s") + timer("timeCycle", "R2/PT1H")
    bench.deploy(known().start("begin", body).user_task("work").end().bytes())
    bench.send("answer", "A", text="có")
    bench.signal("storm")
    bench.wait(hours=5)
    assert started(bench) == [["work"]] * 4


def test_a_process_that_needs_all_its_definitions_waits_for_the_rest_with_the_same_key(bench: Bench) -> None:
    other = '<bpmn:message id="n" name="paid" tiendo:correlationKey="= code"/>'
    body = event("message", "m") + event("message", "n")
    drawn = known().root(other).start("begin", body, parallelMultiple="true")
    bench.deploy(drawn.user_task("work").end().bytes())
    bench.send("answer", "A", text="có")
    bench.send("paid", "B")
    assert started(bench) == [["begin"], ["begin"]]
    bench.send("paid", "A", amount=5)
    assert started(bench) == [["work"], ["begin"]]
    bench.send("answer", "B")
    assert started(bench) == [["work"], ["work"]]


def test_a_signal_a_begun_process_waits_for_begins_no_other(bench: Bench) -> None:
    bench.deploy(known().start("begin", TWO_SIGNALS, parallelMultiple="true").user_task("work").end().bytes())
    bench.signal("storm")
    bench.signal("flood")
    assert started(bench) == [["work"]]


def started(bench: Bench) -> list[list[str]]:
    """Give where all instances wait, in the order they were started."""
    from sqlalchemy import select

    from engine.models import ProcessInstance

    with bench.database.reading() as session:
        ids = list(session.scalars(select(ProcessInstance.id).order_by(ProcessInstance.id)))
    return [bench.waiting(one) for one in ids]


def test_an_end_event_throws_everything_it_carries(bench: Bench) -> None:
    drawn = known().start().inside("sub").start("s2")
    drawn.end("all", event("error", "e") + event("signal", "s") + event("escalation", "l"))
    drawn.outside().end().boundary("failed", "sub", event("error", "e")).user_task("repair").end("e2")
    drawn.boundary("told", "sub", event("escalation", "l"), cancelActivity="false").user_task("read")
    hearer = diagram("hearer").signal("s", "storm").start("hear", event("signal", "s")).user_task("act").end()
    bench.deploy(drawn.end("e3").bytes(), hearer.bytes())
    bench.start()
    assert sorted(map(tuple, started(bench))) == [("act",), ("read", "repair")]


def test_a_throw_event_sends_each_of_its_messages_and_goes_on(bench: Bench) -> None:
    other = '<bpmn:message id="n" name="paid" tiendo:correlationKey="= code"/>'
    drawn = known().root(other).start().throw("tell", event("message", "m") + event("message", "n"))
    catches = known().root(other).start("hear", event("message", "m"))
    catches.catch("wait", event("message", "n")).user_task("act").end()
    bench.deploy(
        drawn.user_task("next").end().bytes(), catches.bytes().replace(b'process id="p"', b'process id="q"')
    )
    bench.start(code="A")
    assert sorted(map(tuple, started(bench))) == [("next",), ("wait",)]


def test_behind_an_event_gateway_one_event_may_have_several_definitions(bench: Bench) -> None:
    drawn = known().start().node("eventBasedGateway", "either").catch("came", event("message", "m"))
    drawn.user_task("read").end().at("either").catch("danger", TWO_SIGNALS).user_task("flee").end("e2")
    bench.deploy(drawn.bytes())
    instance = bench.start(code="A")
    bench.signal("flood")
    assert bench.waiting(instance) == ["flee"]


def test_a_signal_thrown_beside_the_branch_that_waits_for_it_is_heard(bench: Bench) -> None:
    drawn = known().start().parallel("split").throw("tell", event("signal", "s")).end()
    bench.deploy(drawn.at("split").catch("wait", TWO_SIGNALS).user_task("next").end("e2").bytes())
    assert bench.waiting(bench.start()) == ["next"]
