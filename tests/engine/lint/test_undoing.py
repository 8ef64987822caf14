"""What lint says, and does not say, about diagrams that undo, cancel and report."""

from engine import lint
from tests.engine.diagrams import Diagram, cardinality, compensation, diagram, event, multi

CANCEL = "<bpmn:cancelEventDefinition/>"


def codes(drawing: Diagram) -> list[tuple[str, str]]:
    return [(finding.rule, finding.element) for finding in lint.check({"a.bpmn": drawing.bytes()})]


def test_a_sound_compensation_is_quiet() -> None:
    drawing = diagram().start().user_task("a").undone_by("un_a").throw("t", compensation("a")).end()
    assert codes(drawing) == []


def test_an_association_may_be_drawn_either_way() -> None:
    drawing = diagram().start().user_task("a").throw("t", compensation()).end()
    drawing.boundary("b", "a", compensation()).at(None).task("h", isForCompensation="true")
    assert codes(drawing.raw('<bpmn:association id="as" sourceRef="h" targetRef="b"/>')) == []


def test_a_sound_transaction_is_quiet() -> None:
    drawing = diagram().start().inside("x", "transaction").start("s").user_task("a").undone_by("un_a")
    drawing.end("e", CANCEL).outside().end().boundary("b", "x", CANCEL).end("e2")
    assert codes(drawing) == []


def test_a_cancel_end_in_a_handler_cancels_no_transaction() -> None:
    inner = '<bpmn:startEvent id="us"/><bpmn:sequenceFlow id="f" sourceRef="us" targetRef="ue"/>'
    inner += f'<bpmn:endEvent id="ue">{CANCEL}</bpmn:endEvent>'
    drawing = diagram().start().inside("x", "transaction").start("s").user_task("a")
    drawing.undone_by("un_a", "subProcess", inner).end("e", CANCEL).outside().end()
    assert codes(drawing.boundary("b", "x", CANCEL).end("e2")) == [("cancel.outside-transaction", "ue")]


def test_a_compensation_event_sub_process_that_is_never_called_for_is_told() -> None:
    drawing = diagram().start().inside("s").start("s1").user_task("a").end("e", compensation())
    drawing.inside("undo", triggeredByEvent="true").start("c", compensation()).end("e2").outside()
    assert ("compensation.never-thrown", "undo") in codes(drawing.outside().end())


def test_an_event_sub_process_may_undo_the_level_around_it_and_the_sub_process_itself() -> None:
    for wanted in ("a", "s", None):
        drawing = diagram().message("m").start().inside("s").start("s1").user_task("a").undone_by("un_a")
        drawing.end("e").inside("late", triggeredByEvent="true").start("c", event("message", "m"))
        drawing.throw("t", compensation(wanted)).end("e2").outside().outside().end()
        assert codes(drawing) == []


def test_a_step_of_another_level_is_not_seen() -> None:
    drawing = diagram().start().inside("s").start("s1").user_task("a").undone_by("un_a").end("e").outside()
    assert ("compensation.activity-not-visible", "t") in codes(drawing.throw("t", compensation("a")).end())


def test_what_a_behaviour_throws_is_thrown() -> None:
    when = "<bpmn:complexBehaviorDefinition><bpmn:condition>true</bpmn:condition><bpmn:event>"
    when += f"{event('escalation', 'l')}</bpmn:event></bpmn:complexBehaviorDefinition>"
    loop = multi(cardinality("3") + when, behavior="Complex")
    drawing = diagram().escalation("l").start().user_task("u", loop).end()
    drawing.boundary("b", "u", event("escalation", "l"), cancelActivity="false").end("e2")
    assert codes(drawing) == []


def test_a_handler_may_read_the_counter_of_the_round_it_undoes() -> None:
    drawing = diagram().start().user_task("u", multi(cardinality("3")))
    drawing.undone_by("h", "userTask", camunda__assignee="= string(loopCounter)")
    assert codes(drawing.throw("t", compensation()).end()) == []


def test_variables_of_a_caught_error_have_effect_only_where_it_is_caught() -> None:
    told = '<bpmn:errorEventDefinition errorRef="e" camunda:errorCodeVariable="code"/>'
    drawing = (
        diagram().error("e").start().inside("s").start("s1").end("failed", event("error", "e")).outside()
    )
    assert codes(drawing.end().boundary("b", "s", told).end("e2")) == []
    assert ("attribute.ignored", "failed") in codes(
        diagram().error("e").start().inside("s").start("s1").end("failed", told).outside().end()
        .boundary("b", "s", event("error", "e")).end("e2")
    )  # fmt: skip
