"""The import runner: whatever comes is judged whole and quickly; what is unclear or breaks is told."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.people import Answer
from tests.conformance import importing, nasty, refusals, running
from tests.conformance.conftest import corpus
from tests.conformance.house import BrokenError, House
from tests.conformance.importing import Document
from tests.conformance.outcomes import Outcome, Result
from tests.conformance.running import Manner

#: nasty files that could run as they are
RUN_AS_THEY_ARE = {
    "encodings/utf-8-bom.bpmn",
    "good/default-namespace-and-prefix.bpmn",
    "good/one-step.bpmn",
    "hostile/calls-itself.bpmn",
    "hostile/import-loop.bpmn",
    "hostile/include.bpmn",
    "size/six-thousand-tasks.bpmn",
    "size/thousand-tasks.bpmn",
    "structure/comments.bpmn",
    "structure/flows-of-text.bpmn",
    "structure/odd-names.bpmn",
}


def look_at(documents: list[Document], houses: tuple[House, ...]) -> list[Result]:
    return running.run(documents, importing.look, [houses[:1]], Manner())


def test_whatever_comes_is_accepted_or_refused_clearly(houses: tuple[House, ...], tmp_path: Path) -> None:
    nasty.write(tmp_path)
    results = look_at(importing.read(tmp_path), houses)

    assert {one.id for one in results if one.outcome is Outcome.PASS} == RUN_AS_THEY_ARE
    assert [one for one in results if one.outcome not in {Outcome.PASS, Outcome.CLEAR}] == []
    assert len(results) == len(nasty.TEXTS) + len(nasty.BYTES)


def test_drawings_of_others_are_judged_whole(houses: tuple[House, ...]) -> None:
    results = look_at(importing.read(corpus("miwg-reference")), houses)
    assert {one.outcome for one in results} <= {Outcome.PASS, Outcome.CLEAR}
    assert max(one.detail.count("; [") for one in results) > 3


def test_all_problems_of_a_file_come_at_once(houses: tuple[House, ...], tmp_path: Path) -> None:
    file = tmp_path / "dangling.bpmn"
    file.write_bytes(nasty.TEXTS["structure/dangling.bpmn"].encode())
    (result,) = look_at(importing.read(tmp_path), houses)
    for element in ("[f]", "[b]", "[g]", "[c]", "[m]"):
        assert element in result.detail


class Pretender(House):
    """A house that says what a test wants it to say."""

    def __init__(self, answer: Answer | Exception) -> None:
        self.answer = answer

    def allow(self, seconds: float) -> None:
        """Take as long as it likes."""

    def is_up(self) -> bool:
        return True

    def send_files(self, path: str, files: Any) -> Answer:  # noqa: ARG002  a house is asked like this
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def finding(**given: Any) -> Answer:
    said = {"rule": "x.y", "element": "t0", "severity": "error", "message": "Sai.", "facts": {}, **given}
    return Answer(status=200, body={"findings": [said]}, headers={})


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (finding(element=""), Outcome.UNCLEAR),
        (finding(message=""), Outcome.UNCLEAR),
        (finding(message="AttributeError: 'NoneType' object has no attribute 'get'"), Outcome.UNCLEAR),
        (finding(), Outcome.UNCLEAR),  # tiendo lint finds nothing
        (Answer(status=422, body={"code": "x", "detail": "y"}, headers={}), Outcome.UNCLEAR),
        (BrokenError("POST /deployments/check: 500"), Outcome.CRASH),
    ],
)
def test_an_unclear_answer_or_a_broken_house_is_told(
    tmp_path: Path, answer: Answer | Exception, outcome: Outcome
) -> None:
    file = tmp_path / "one.bpmn"
    file.write_bytes(nasty.TEXTS["good/one-step.bpmn"].encode())
    (document,) = importing.read(tmp_path)
    (result,) = running.run([document], importing.look, [(Pretender(answer),)], Manner())
    assert result.outcome is outcome
    assert result.detail


def test_a_slow_answer_is_told(
    monkeypatch: pytest.MonkeyPatch, houses: tuple[House, ...], tmp_path: Path
) -> None:
    monkeypatch.setattr(importing, "QUICK", 0.0)
    (tmp_path / "one.bpmn").write_bytes(nasty.TEXTS["good/one-step.bpmn"].encode())
    (result,) = look_at(importing.read(tmp_path), houses)
    assert result.outcome is Outcome.CRASH
    assert "took" in result.detail


def test_a_problem_without_id_is_placed_by_its_line() -> None:
    given = finding(element="", facts={"line": 3}).body["findings"]
    (problem,) = refusals.of_findings(given)
    assert problem.is_clear
    assert not replace(problem, is_about_file=False).is_clear
