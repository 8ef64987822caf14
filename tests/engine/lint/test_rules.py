"""Every rule of the lint: a minimal diagram breaks it, the element is named, and nothing else is said."""

import re
from datetime import UTC, datetime

import pytest

from engine import lint
from engine.findings import Finding
from tests.engine.diagrams import Diagram, diagram, timer
from tests.engine.lint import cases_of_choice  # noqa: F401  its cases go into the list
from tests.engine.lint.cases import CASES, Case, choice, task

#: rules that need more than one diagram, or no diagram; tested in test_deployment.py and test_xml_gate.py
ELSEWHERE = {
    "file.too-many-expressions",
    "call.retired-process",
    "decision.unreadable",
    "file.none",
    "file.unknown-kind",
    "process.duplicate-id",
}


#: the moment past days are judged by
NOW = datetime(2026, 1, 5, tzinfo=UTC)


def findings(drawing: Diagram) -> list[Finding]:
    return lint.check({"a.bpmn": drawing.bytes()}, now=NOW)


def codes(drawing: Diagram) -> set[str]:
    return {finding.rule for finding in findings(drawing)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_a_minimal_diagram_breaks_the_rule_and_the_element_is_named(case: Case) -> None:
    found = findings(case.drawing)
    named = [finding.element for finding in found if finding.rule == case.rule]
    assert case.element in named
    assert {finding.rule for finding in found} - case.also == {case.rule}


def test_every_rule_has_a_case() -> None:
    declared = {entry.code for entry in lint.catalogue() if not entry.code.startswith("xml.")}
    assert declared == {case.rule for case in CASES} | ELSEWHERE


def test_every_rule_has_one_severity_an_explanation_and_an_example() -> None:
    for entry in lint.catalogue():
        assert entry.severity in {"error", "warning"}
        assert str(entry.explanation).endswith(".")
        assert entry.example


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_messages_are_complete_sentences_with_every_place_filled(case: Case) -> None:
    for finding in findings(case.drawing):
        text = finding.message.render()
        assert not re.search(r"(?<!\$)\{\w+\}", text)
        assert text.endswith((".", ";")) or "Biểu thức: " in text or "Nội dung: " in text


def test_a_correct_diagram_has_no_findings() -> None:
    drawing = diagram().start().user_task("u").exclusive("g", default="no").at(None).service_task("s").end()
    drawing.flow("g", "s", 'decision = "yes"').flow("g", "end", identity="no")
    assert findings(drawing) == []


def test_all_problems_are_given_at_once_in_document_order() -> None:
    drawing = diagram().start().node("serviceTask", "s").node("userTask", "u").node("receiveTask", "r").end()
    assert [finding.element for finding in findings(drawing)] == ["s", "u", "r"]


def test_a_finding_carries_the_line_of_its_element() -> None:
    (finding,) = findings(task(tag="receiveTask"))
    assert finding.facts["line"] > 1


def test_a_finding_speaks_of_the_element_by_its_name() -> None:
    (finding,) = findings(task(tag="receiveTask", name="Nhận báo cáo"))
    assert finding.element_name == "Nhận báo cáo"
    assert "Nhận báo cáo" in str(finding.message)


def test_a_syntax_error_tells_the_position_in_the_expression() -> None:
    drawing = choice(default="d").flow("g", "a", "amount > ", identity="f").flow("g", "b", identity="d")
    (finding,) = findings(drawing)
    assert finding.facts["position"] >= len("amount")
    assert "Dòng 1, cột" in str(finding.message)


@pytest.mark.parametrize("text", ["PT1H", "P3D", '= due - duration("P1D")', "${due}", 'duration("PT1H")'])
def test_timers_take_literals_and_expressions_marked_or_not(text: str) -> None:
    assert codes(diagram().start().catch("c", timer("timeDuration", text)).end()) == set()


def test_two_opposite_conditions_need_no_default() -> None:
    assert codes(choice().flow("g", "a", "= is ok").flow("g", "b", "= not(is ok)")) == set()


def test_simple_juel_conditions_pass() -> None:
    drawing = (
        choice(default="d").flow("g", "a", "${amount > 1000 && unit == 'HR'}").flow("g", "b", identity="d")
    )
    assert codes(drawing) == set()


def test_a_user_task_in_a_lane_belongs_to_somebody() -> None:
    lane = '<bpmn:lane id="l" name="Văn thư"><bpmn:flowNodeRef>t</bpmn:flowNodeRef></bpmn:lane>'
    drawing = (
        diagram().raw(f'<bpmn:laneSet id="ls">{lane}</bpmn:laneSet>').start().node("userTask", "t").end()
    )
    assert codes(drawing) == set()


def test_drawings_without_executable_process_are_told_what_is_missing_to_execute_them() -> None:
    drawing = diagram(attributes='isExecutable="false"').start().node("serviceTask", "s").end()
    assert codes(drawing) == {"file.no-executable-process", "service-task.no-topic"}


def test_a_drawing_beside_an_executable_process_is_not_judged() -> None:
    drawing = diagram().start().end()
    drawing.root('<bpmn:process id="other"><bpmn:complexGateway id="g"/></bpmn:process>')
    assert codes(drawing) == {"process.not-executable"}


def test_a_reference_to_something_of_another_kind_is_dangling() -> None:
    assert codes(task(tag="receiveTask", messageRef="s").signal("s")) == {"event.reference-dangling"}


def test_an_event_definition_reference_that_leads_nowhere_does_not_become_a_plain_event() -> None:
    body = "<bpmn:eventDefinitionRef>nowhere</bpmn:eventDefinitionRef>"
    assert "event.reference-dangling" in codes(diagram().start("start", body).user_task("u").end())


def test_a_conditional_event_without_condition_is_refused() -> None:
    body = "<bpmn:conditionalEventDefinition/>"
    assert codes(diagram().start().catch("c", body).end()) == {"expression.empty"}
