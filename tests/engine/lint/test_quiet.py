"""What the rules about tokens, loops, dead events and variables do not say: correct diagrams stay quiet."""

from datetime import UTC, datetime

import pytest

from engine import lint
from tests.engine.diagrams import Diagram, cardinality, diagram, event, extension, multi, timer
from tests.engine.lint.cases import LATER, STEP, branched, ladder, task

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def codes(drawing: Diagram, **files: bytes) -> set[str]:
    given = {"a.bpmn": drawing.bytes()} | {name.replace("_", "."): content for name, content in files.items()}
    return {finding.rule for finding in lint.check(given, now=NOW)}


def nested_choice() -> Diagram:
    """Draw a choice on one branch of a parallel block, merged before the join."""
    drawing = diagram().start().parallel("x").exclusive("c", default="d").user_task("a").exclusive("m")
    drawing.parallel("g").end().at(None).user_task("a2").flow("a2", "m").flow("c", "a2", identity="d")
    return drawing.at("x").user_task("b").flow("b", "g")


def conditioned(drawing: Diagram) -> Diagram:
    """Give the first flow out of c a condition."""
    drawing.scopes[0].parts = [
        part.replace("></bpmn:sequenceFlow>", "><bpmn:conditionExpression>n = 1</bpmn:conditionExpression>"
                     "</bpmn:sequenceFlow>") if 'sourceRef="c" targetRef="a"' in part else part
        for part in drawing.scopes[0].parts
    ]  # fmt: skip
    return drawing


def looping() -> Diagram:
    drawing = diagram().start().user_task("u").exclusive("g", default="d").at(None).end()
    return drawing.flow("g", "u", "n > 1").flow("g", "end", identity="d")


def guarded_by_message() -> Diagram:
    """Draw a loop without a way out of its own, inside a sub-process that a message ends."""
    drawing = diagram().message("m").start().inside("s").user_task("u").exclusive("g").flow("g", "u")
    drawing.at(None).start("s1").flow("s1", "u").outside().end()
    return drawing.boundary("b", "s", event("message", "m")).end("e2")


QUIET = {
    "a block that splits and joins in parallel": branched("parallelGateway", "parallelGateway")
    .flow("x", "a")
    .flow("x", "b"),
    "a choice that is merged": branched("exclusiveGateway", "exclusiveGateway", default="d")
    .flow("x", "a", "n > 1")
    .flow("x", "b", identity="d"),
    "an inclusive split into a parallel join": branched("inclusiveGateway", "parallelGateway", default="d")
    .flow("x", "a", "n > 1")
    .flow("x", "b", identity="d"),
    "a choice inside a parallel branch": conditioned(nested_choice()),
    "a loop with a way out": looping(),
    "a loop that a message ends": guarded_by_message(),
    "an implicit split that joins": diagram().start().task("t").user_task("a").parallel("g").end().at("t")
    .user_task("b").flow("b", "g"),
    "two implicit starts that join": diagram().user_task("a").parallel("g").end().at(None).user_task("b")
    .flow("b", "g"),
    "a reminder beside the work that joins it": diagram().start().user_task("u").parallel("g").end()
    .boundary("b", "u", timer("timeDuration", "PT1H"), cancelActivity="false").flow("b", "g"),
    "a cycle with a count": diagram().start().user_task("u").end()
    .boundary("b", "u", timer("timeCycle", "R3/P7D"), cancelActivity="false").user_task("more").end("e2"),
    "an error a job may throw": diagram().error("e").start().service_task("s").end()
    .boundary("b", "s", event("error", "e")).end("e2"),
    "a repeated step with a timer": diagram().start()
    .task("t", multi(cardinality("3"))).end().boundary("b", "t", timer("timeDuration", "PT1H")).end("e2"),
    "a moment to come": diagram().start().catch("c", timer("timeDate", "2026-02-01T08:00:00+07:00")).end(),
    "today": task(camunda__dueDate="2026-01-05"),
    "a follow-up before the due day": task(camunda__dueDate="P5D", camunda__followUpDate="P3D"),
    "a follow-up in another unit": task(camunda__dueDate="P1M", camunda__followUpDate="P40D"),
    "a ladder in order": ladder(f"<tiendo:escalation>{STEP}{LATER}</tiendo:escalation>"),
    "a variable that may come with the start": looping(),
    "a plural beside its singular": diagram().start()
    .script_task("s", "[1]", camunda__resultVariable="reports").script_task("t", "report").end(),
    "two numbered variables": diagram().start().script_task("s", camunda__resultVariable="nhiem_vu_1")
    .script_task("t", "nhiem_vu_2").end(),
    "a counter inside its loop": diagram().start()
    .user_task("t", multi(cardinality("3")), camunda__priority="= loopCounter").end(),
}  # fmt: skip


@pytest.mark.parametrize("name", QUIET)
def test_a_correct_diagram_stays_quiet(name: str) -> None:
    assert codes(QUIET[name]) - {"escalation.no-due-date"} == set()


def scheduled(condition: str) -> Diagram:
    """Draw a process that only a timer starts, with a form before the choice."""
    drawing = diagram().start("start", timer("timeCycle", "R/P7D")).user_task("u", camunda__formKey="f")
    drawing.exclusive("g", default="d").at(None).end("e1").at(None).end("e2")
    return drawing.flow("g", "e1", condition).flow("g", "e2", identity="d")


FORM = b'{"id": "f", "type": "default", "components": [{"type": "checkbox", "key": "agreed", "label": "A"}]}'


def test_a_field_of_a_form_is_a_known_variable_and_anything_else_is_not() -> None:
    assert codes(scheduled("agreed"), f_form=FORM) == set()
    assert codes(scheduled("urgent"), f_form=FORM) == {"variable.unknown"}


def test_where_a_job_may_bring_anything_nothing_is_guessed() -> None:
    drawing = diagram().start("start", timer("timeCycle", "R/P7D")).service_task("s")
    drawing.exclusive("g", default="d").at(None).end("e1").at(None).end("e2")
    assert codes(drawing.flow("g", "e1", "urgent").flow("g", "e2", identity="d")) == set()


def test_an_output_mapping_closes_what_a_job_may_bring() -> None:
    mapping = '<camunda:outputParameter name="found">= result.found</camunda:outputParameter>'
    drawing = diagram().start("start", timer("timeCycle", "R/P7D"))
    drawing.node("serviceTask", "s", extension(mapping), camunda__type="external", camunda__topic="t")
    drawing.exclusive("g", default="d").at(None).end("e1").at(None).end("e2")
    drawing.flow("g", "e1", "urgent").flow("g", "e2", identity="d")
    assert codes(drawing) == {"variable.unknown"}


def test_without_a_clock_no_day_has_passed() -> None:
    content = task(camunda__dueDate="2020-01-15").bytes()
    assert lint.check({"a.bpmn": content}) == []


def test_a_syntax_error_on_the_second_line_tells_line_and_column() -> None:
    drawing = diagram().start().script_task("t", "1 +\n  2 + )").end()
    (finding,) = lint.check({"a.bpmn": drawing.bytes()})
    assert (finding.facts["expression_line"], finding.facts["column"]) == (2, 7)
