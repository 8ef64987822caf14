"""Errors and escalations go outwards to the nearest place that catches them, and tell it what happened."""

from typing import Any

import pytest

from engine.jobs import BusinessError
from foundation.texts import Text
from tests.engine.conftest import Bench
from tests.engine.diagrams import Diagram, compensation, diagram, event


def caught_by(definition: str) -> Diagram:
    """Draw a job that fails, and a boundary event that catches it."""
    drawing = diagram().root('<bpmn:error id="bad" errorCode="E1" camunda:errorMessage="Thiếu dấu"/>')
    drawing.start().service_task("work", "stamp").user_task("well").end()
    return drawing.boundary("caught", "work", definition).user_task("repair").end("e2")


TOLD = 'camunda:errorCodeVariable="code" camunda:errorMessageVariable="said"'


def refuse(*_given: Any) -> dict[str, Any]:
    raise BusinessError("E1", Text("Chưa ký số"), {"sheet": 3})


@pytest.mark.parametrize("reference", ['errorRef="bad"', ""], ids=["this error", "any error"])
def test_a_boundary_event_keeps_code_and_message_of_what_it_caught(bench: Bench, reference: str) -> None:
    bench.deploy(caught_by(f"<bpmn:errorEventDefinition {reference} {TOLD}/>").bytes())
    bench.handle("stamp", refuse)
    instance = bench.start()
    bench.dispatcher.settle()
    assert bench.waiting(instance) == ["repair"]
    assert bench.variables(instance) == {"code": "E1", "said": "Chưa ký số", "sheet": 3}


def test_an_error_end_event_says_the_message_of_its_error(bench: Bench) -> None:
    drawing = diagram().root('<bpmn:error id="bad" errorCode="E1" camunda:errorMessage="Thiếu dấu"/>').start()
    drawing.inside("sub").start("s").end("failed", event("error", "bad")).outside().end()
    drawing.boundary("b", "sub", f"<bpmn:errorEventDefinition {TOLD}/>").user_task("repair").end("e2")
    bench.deploy(drawing.bytes())
    assert bench.variables(bench.start()) == {"code": "E1", "said": "Thiếu dấu"}


def test_an_escalation_tells_its_code(bench: Bench) -> None:
    drawing = diagram().escalation("l").start().inside("sub").start("s").throw("t", event("escalation", "l"))
    told = '<bpmn:escalationEventDefinition camunda:escalationCodeVariable="level"/>'
    drawing.end("e").outside().user_task("after").end().boundary("b", "sub", told, cancelActivity="false")
    bench.deploy(drawing.user_task("told").end("e2").bytes())
    instance = bench.start()
    assert bench.waiting(instance) == ["after", "told"]
    assert bench.variables(instance) == {"level": "L1"}


# --- scopes -----------------------------------------------------------------------------------------------


def listening(inside: str) -> Diagram:
    """Draw a process with an escalation event sub-process beside the work that throws the same itself."""
    drawing = diagram().escalation("l").start().inside("sub").start("s").throw("t", event("escalation", "l"))
    drawing.user_task("work").end("e").inside("hear", triggeredByEvent="true")
    drawing.start("heard", event("escalation", "l"), isInterrupting="false").throw("again", inside).end("e3")
    drawing.outside().outside().end().boundary("b", "sub", event("escalation", "l"), cancelActivity="false")
    return drawing.user_task("above").end("e2")


def test_an_event_sub_process_catches_before_the_boundary(bench: Bench) -> None:
    bench.deploy(listening("").bytes())
    instance = bench.start()
    assert "hear" in bench.entered(instance)
    assert "above" not in bench.waiting(instance)


def test_what_an_event_sub_process_throws_itself_goes_further_out(bench: Bench) -> None:
    bench.deploy(listening(event("escalation", "l")).bytes())
    instance = bench.start()
    assert bench.entered(instance).count("hear") == 1
    assert "above" in bench.waiting(instance)


def test_an_error_in_an_undoing_step_is_caught_where_it_stands_not_where_it_was_done(bench: Bench) -> None:
    fails = '<bpmn:startEvent id="us"/><bpmn:sequenceFlow id="uf" sourceRef="us" targetRef="ue"/>'
    fails += f'<bpmn:endEvent id="ue">{event("error", "bad")}</bpmn:endEvent>'
    drawing = (
        diagram()
        .error("bad")
        .start()
        .inside("sub")
        .start("s")
        .task("a")
        .undone_by("un_a", "subProcess", fails)
    )
    drawing.end("e").outside().throw("t", compensation()).end()
    drawing.boundary("b", "sub", event("error", "bad")).user_task("never").end("e2")
    drawing.inside("rescue", triggeredByEvent="true").start("r", event("error", "bad")).user_task("look").end(
        "e3"
    )
    bench.deploy(drawing.outside().bytes())
    assert bench.waiting(bench.start()) == ["look"]


# --- called processes -------------------------------------------------------------------------------------


def calling(interrupting: str) -> tuple[bytes, bytes]:
    child = (
        diagram("child").escalation("l").start().throw("t", event("escalation", "l")).user_task("work").end()
    )
    drawing = diagram().escalation("l").start().node("callActivity", "call", calledElement="child")
    drawing.user_task("after").end()
    drawing.boundary("b", "call", event("escalation", "l"), cancelActivity=interrupting).user_task("told")
    return drawing.end("e2").bytes(), child.bytes()


def test_the_call_keeps_code_message_and_variables_of_an_error_that_ended_its_process(bench: Bench) -> None:
    child = diagram("child").start().service_task("work", "stamp").end().bytes()
    drawing = diagram().start().node("callActivity", "call", calledElement="child").end()
    drawing.boundary("b", "call", f"<bpmn:errorEventDefinition {TOLD}/>").user_task("repair").end("e2")
    bench.deploy(drawing.bytes(), child)
    bench.handle("stamp", refuse)
    instance = bench.start()
    bench.dispatcher.settle()
    assert bench.variables(instance) == {"code": "E1", "said": "Chưa ký số", "sheet": 3}


def test_an_escalation_of_a_called_process_reaches_the_call(bench: Bench) -> None:
    bench.deploy(*calling("false"))
    instance = bench.start()
    bench.dispatcher.settle()
    assert bench.waiting(instance) == ["call", "told"]
    bench.complete(bench.children(instance)[0], "work")
    bench.dispatcher.settle()
    assert bench.waiting(instance) == ["after", "told"]


def test_an_escalation_that_interrupts_the_call_cancels_the_called_process(bench: Bench) -> None:
    bench.deploy(*calling("true"))
    instance = bench.start()
    bench.dispatcher.settle()
    assert bench.waiting(instance) == ["told"]
    assert bench.state(bench.children(instance)[0]) == "cancelled"
