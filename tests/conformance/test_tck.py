"""The TCK runner: typed values, errors expected, and results that differ are told for what they are."""

from pathlib import Path
from typing import Any

import pytest

from tests.conformance.conftest import corpus
from tests.conformance.house import House
from tests.conformance.outcomes import Outcome
from tests.conformance.running import Manner
from tests.conformance.tck import cases, suite
from tests.conformance.tck.comparing import is_same

MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="m">
  <inputData id="i" name="n"><variable name="n" typeRef="{type}"/></inputData>
  <decision id="d-{name}" name="result"><variable name="result"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <literalExpression id="l"><text>{text}</text></literalExpression></decision></definitions>"""
CASES = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  <modelName>{name}.dmn</modelName><testCase id="001"><inputNode name="n">{given}</inputNode>
  <resultNode name="result" type="decision"{error}><expected>{wanted}</expected>
  </resultNode></testCase></testCases>"""


def value(kind: str, text: str) -> str:
    return f'<value xsi:type="xsd:{kind}">{text}</value>'


NULL = '<value xsi:nil="true"/>'
AN_ERROR = ' errorResult="true"'
FIVE = value("decimal", "5")


def judged(
    folder: Path, houses: tuple[House, ...], *, text: str, wanted: str, **more: str
) -> tuple[Outcome, str]:
    """Evaluate an expression of the input `n` and compare it with what is wanted."""
    name = f"case{houses[0].fresh_number()}"
    folder = folder / name
    folder.mkdir()
    kind, given, error = more.get("type", "number"), more.get("given", FIVE), more.get("error", "")
    (folder / f"{name}.dmn").write_text(MODEL.format(name=name, type=kind, text=text), encoding="utf-8")
    test = CASES.format(name=name, given=given, wanted=wanted, error=error)
    (folder / f"{name}-test-01.xml").write_text(test, encoding="utf-8")
    (case,) = cases.read(folder)
    houses[0].allow(30)
    result = suite.Library().play(case, houses[:1])
    return result.outcome, result.detail


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("n * 2", value("decimal", "10")),
        ("n / 3", value("decimal", "1.666666666")),
        ('"a" + string(n)', value("string", "a5")),
        ('date("2024-02-05")', value("date", "2024-02-05")),
        ('duration("P1D")', value("duration", "PT24H")),
        ('date and time("2024-02-05T08:00:00+07:00")', value("dateTime", "2024-02-05T01:00:00Z")),
        ("[n, null]", f"<list><item>{FIVE}</item><item>{NULL}</item></list>"),
        ("{a: n}", f'<component name="a">{FIVE}</component>'),
        ("if n = 1 then 1 else null", NULL),
    ],
)
def test_equal_values_of_the_same_type_pass(
    tmp_path: Path, houses: tuple[House, ...], text: str, wanted: str
) -> None:
    assert judged(tmp_path, houses, text=text, wanted=wanted) == (Outcome.PASS, "")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("n * 2", value("decimal", "10.001")),
        ("n", value("string", "5")),
        ('"2024-02-05"', value("date", "2024-02-05")),
        ("[n]", f"<list><item>{FIVE}</item><item>{FIVE}</item></list>"),
        ("{a: n}", f'<component name="b">{FIVE}</component>'),
        ("{a: n}", f'<component name="a">{FIVE}</component><component name="b">{NULL}</component>'),
        ("if n = 1 then 1 else null", FIVE),
        ("n", NULL),
    ],
)
def test_another_value_without_a_word_is_wrong_silently(
    tmp_path: Path, houses: tuple[House, ...], text: str, wanted: str
) -> None:
    found, detail = judged(tmp_path, houses, text=text, wanted=wanted)
    assert found is Outcome.SILENT
    assert "instead of" in detail


def test_null_with_its_reason_is_a_clear_refusal_unless_an_error_is_expected(
    tmp_path: Path, houses: tuple[House, ...]
) -> None:
    found, detail = judged(tmp_path, houses, text='n + "a"', wanted=FIVE)
    assert found is Outcome.CLEAR
    assert "because" in detail
    assert judged(tmp_path, houses, text='n + "a"', wanted=FIVE, error=AN_ERROR)[0] is Outcome.PASS


def test_a_model_that_is_refused_says_where(tmp_path: Path, houses: tuple[House, ...]) -> None:
    found, detail = judged(tmp_path, houses, text="n +", wanted=FIVE)
    assert found is Outcome.CLEAR
    assert "[l]" in detail
    assert judged(tmp_path, houses, text="n +", wanted=FIVE, error=AN_ERROR)[0] is Outcome.PASS


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [
        ("date", value("date", "2024-02-05"), value("decimal", "2024")),
        ("date and time", value("dateTime", "2024-02-05T08:00:00Z"), value("decimal", "2024")),
    ],
)
def test_inputs_keep_their_type(
    tmp_path: Path, houses: tuple[House, ...], kind: str, given: str, wanted: str
) -> None:
    found = judged(tmp_path, houses, text="n.year", wanted=wanted, type=kind, given=given)
    assert found == (Outcome.PASS, "")


def test_null_is_no_value_and_numbers_are_equal_to_a_hundred_millionth() -> None:
    def number(text: str) -> dict[str, Any]:
        return {"type": "number", "value": text}

    assert is_same(number("1.000000001"), number("1"))
    assert not is_same(number("1.00000002"), number("1"))
    assert not is_same({"type": "null", "value": None}, {"type": "string", "value": ""})


@pytest.mark.slow
def test_level_two_of_the_tck_passes_whole() -> None:
    results = suite.run(corpus("dmn-tck") / "compliance-level-2", Manner(jobs=1, seed=1))
    assert [one for one in results if one.outcome is not Outcome.PASS] == []
    assert len(results) == 116
