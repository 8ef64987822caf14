"""Several files at once: every file is judged, and references between them are resolved."""

import pytest

from engine import lint
from engine.findings import DefinitionRefused
from tests.effort import calls_of
from tests.engine.diagrams import diagram
from tests.engine.lint.cases import task

DECISION = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
    '<decision id="ladder" name="Bậc thang"><literalExpression><text>1</text></literalExpression></decision>'
    "</definitions>"
).encode()


def codes(files: dict[str, bytes], known: tuple[str, ...] | None = ()) -> list[str]:
    return [finding.rule for finding in lint.check(files, known=known)]


def test_no_files_is_an_error() -> None:
    assert codes({}) == ["file.none"]


def test_a_file_of_another_kind_is_refused() -> None:
    assert codes({"ghi-chu.docx": b"x"}) == ["file.unknown-kind"]


def test_a_file_the_gate_refuses_does_not_hide_the_others() -> None:
    found = codes({"a.bpmn": b"<x", "b.bpmn": task(tag="receiveTask").bytes()})
    assert found == ["xml.malformed", "event.reference-missing"]


def test_a_process_called_in_another_file_is_found() -> None:
    caller = task(tag="callActivity", calledElement="child").bytes()
    child = diagram("child").start().end().bytes()
    assert codes({"a.bpmn": caller}) == ["call.unknown-process"]
    assert codes({"a.bpmn": caller, "b.bpmn": child}) == []


def test_a_key_the_installation_knows_is_found() -> None:
    caller = task(tag="callActivity", calledElement="child").bytes()
    assert codes({"a.bpmn": caller}, known=("child",)) == []


def test_without_knowledge_of_the_installation_a_missing_key_is_only_a_warning() -> None:
    caller = task(tag="callActivity", calledElement="child").bytes()
    (finding,) = lint.check({"a.bpmn": caller}, known=None)
    assert finding.severity == "warning"


def test_a_called_process_given_by_an_expression_is_not_looked_up() -> None:
    assert codes({"a.bpmn": task(tag="callActivity", calledElement="= kind").bytes()}) == []


def test_a_decision_is_found_by_the_id_in_its_file() -> None:
    rule = task(tag="businessRuleTask", camunda__decisionRef="ladder", camunda__resultVariable="r").bytes()
    assert "decision.unknown" not in codes({"a.bpmn": rule, "ladder.dmn": DECISION})


def test_a_form_is_found_by_its_file_name_or_its_id() -> None:
    form = b'{"type": "default", "id": "draft", "components": []}'
    for key in ("draft", "form-1"):
        drawing = task(camunda__formKey=key).bytes()
        assert "form.unknown" not in codes({"a.bpmn": drawing, "forms/form-1.form": form})


def test_a_broken_form_is_named() -> None:
    (finding,) = lint.check({"draft.form": b"not json"})
    assert (finding.file, finding.is_error) == ("draft.form", True)


@pytest.mark.parametrize(
    ("content", "rule"),
    [(b"<x", "xml.malformed"), (b"<!DOCTYPE a><a/>", "xml.doctype"), (b"<a/>", "decision.unreadable")],
)
def test_a_broken_decision_is_named(content: bytes, rule: str) -> None:
    (finding,) = lint.check({"a.dmn": content})
    assert (finding.file, finding.rule, finding.is_error) == ("a.dmn", rule, True)


def test_a_faulty_expression_in_a_decision_is_a_finding_of_that_file() -> None:
    found = lint.check({"ladder.dmn": DECISION.replace(b"<text>1<", b"<text>1 +<")})
    assert [finding.file for finding in found] == ["ladder.dmn"]
    assert found[0].element


def test_two_files_with_the_same_process_are_refused() -> None:
    process = diagram().start().end().bytes()
    (finding,) = lint.check({"a.bpmn": process, "b.bpmn": process})
    assert (finding.rule, finding.file, finding.facts["other"]) == (
        "process.duplicate-id",
        "b.bpmn",
        "a.bpmn",
    )


def test_a_chain_four_times_as_long_takes_about_four_times_the_work() -> None:
    efforts = []
    for steps in (500, 2000):
        drawing = diagram().start()
        for number in range(steps):
            drawing.user_task(f"u{number}")
        files = {"a.bpmn": drawing.end().bytes()}
        calls, findings = calls_of(lambda files=files: lint.check(files))  # type: ignore[misc]
        assert findings == []
        efforts.append(calls)
    assert efforts[1] < 5 * efforts[0]


def test_a_refusal_carries_all_findings() -> None:
    found = lint.check({"a.bpmn": task(tag="receiveTask").bytes()})
    refused = DefinitionRefused(found)
    assert refused.findings == tuple(found)
    assert "a.bpmn" in str(refused)


@pytest.mark.parametrize("broken", [b"<bpmn:definitions/>", b"\x00" * 100, b"<a>" * 300, b"{}", b"<?xml?>"])
def test_noise_is_answered_with_one_finding(broken: bytes) -> None:
    assert len(lint.check({"a.bpmn": broken})) == 1
