"""Whatever a stranger uploads is answered with findings: quickly, with rule and place, in both languages."""

import re

import pytest

from engine import lint, rules
from engine.findings import Finding
from tests.effort import calls_of
from tests.engine.lint import foreign

#: function calls for one file of at most 2 MB: about two seconds
LIMIT = 20_000_000
#: soups per run
SEEDS = range(250)


def judged(content: bytes) -> list[Finding]:
    calls, found = calls_of(lambda: lint.check({"lạ.bpmn": content}, known=None))
    assert calls < LIMIT
    return found


def assert_helpful(finding: Finding) -> None:
    """A finding has a known rule, a place, and a whole sentence in both languages."""
    assert finding.rule in {rule.code for rule in rules.registered()}
    is_of_file = finding.rule.startswith(("xml.", "file."))
    assert finding.element or finding.facts.get("line") or is_of_file, finding
    said = [finding.as_json(language)["message"] for language in ("vi", "en")]
    assert all(said)
    assert said[0] != said[1]
    assert not re.search(r"(?<![${])\{[a-z_]+\}", finding.message.template.format_map(Blank()))


class Blank(dict[str, str]):
    """Fills every place of a message with nothing."""

    def __missing__(self, key: str) -> str:
        return ""


@pytest.mark.parametrize("name", foreign.FILES)
def test_a_nasty_file_is_answered_quickly_and_helpfully(name: str) -> None:
    for finding in judged(foreign.FILES[name]()):
        assert_helpful(finding)


@pytest.mark.parametrize(
    "name", ["nothing", "html", "utf-16", "doctype", "two thousand deep", "too many elements"]
)
def test_what_the_gate_refuses_is_one_finding(name: str) -> None:
    (finding,) = judged(foreign.FILES[name]())
    assert finding.is_error
    assert finding.rule.startswith("xml.")


def test_soups_of_elements_are_answered_with_findings() -> None:
    for seed in SEEDS:
        for finding in judged(foreign.soup(seed)):
            assert_helpful(finding)


def test_torn_files_are_answered_with_findings() -> None:
    for seed in SEEDS:
        assert judged(foreign.torn(seed)), seed


def test_more_expressions_than_anybody_reads_are_refused_in_time() -> None:
    found = judged(foreign.FILES["many scripts"]())
    assert "file.too-many-expressions" in {finding.rule for finding in found}
