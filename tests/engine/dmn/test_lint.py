"""What lint says about a model."""

from collections.abc import Sequence

import pytest

from engine import dmn
from tests.engine.dmn.conftest import NOW, decision, definitions, input_data, literal, needs, table


def rules_of(*parts: str) -> list[tuple[str, str]]:
    return [(problem.rule, problem.severity) for problem in dmn.lint(dmn.read(definitions("".join(parts))))]


def lint_table(
    inputs: Sequence[str], rows: Sequence[Sequence[str]], policy: str = "UNIQUE"
) -> list[dmn.Problem]:
    names = "".join(input_data(name) for name in inputs)
    logic = table(inputs, ["r"], rows, policy=policy)
    return dmn.lint(dmn.read(definitions(names + decision("d", logic, needs(inputs=inputs)))))


def test_a_sound_model_has_no_problems() -> None:
    assert rules_of(input_data("n"), decision("d", literal("n + 1"), needs(inputs=["n"]))) == []


def test_a_mistake_in_an_expression_is_an_error_with_its_place_and_is_not_run() -> None:
    model = dmn.read(
        definitions(decision("d", '<literalExpression id="e"><text>1 + </text></literalExpression>'))
    )

    problem = dmn.lint(model)[0]

    assert (problem.element, problem.rule, problem.severity) == ("e", "feel-syntax", "error")
    assert "cột 5" in str(problem.message)
    with pytest.raises(dmn.DecisionError, match="viết sai"):
        dmn.decide(model, "d", {}, now=NOW)


def test_a_name_without_requirement_is_noticed() -> None:
    parts = input_data("n"), decision("d", literal("n + m"), needs(inputs=["n"]))

    assert rules_of(*parts) == [("dmn-unknown-name", "warning")]


def test_a_reference_to_nothing_is_an_error() -> None:
    assert rules_of(decision("d", literal("1"), needs(decisions=["gone"]))) == [
        ("dmn-missing-reference", "error")
    ]


def test_an_unknown_type_and_missing_logic_are_noticed() -> None:
    assert rules_of(decision("d", "", type_ref="tGone")) == [
        ("dmn-unknown-type", "warning"),
        ("dmn-no-logic", "warning"),
    ]


def test_overlapping_rules_of_a_unique_table_are_named() -> None:
    problems = lint_table(["n"], [["<= 5", "1"], [">= 5", "2"]])

    assert [(p.element, p.rule) for p in problems] == [("rule2", "dmn-overlapping-rules")]
    assert "Luật 1 và luật 2" in str(problems[0].message)


def test_a_case_without_rule_is_shown() -> None:
    problems = lint_table(["n", "ok"], [["< 5", "true", "1"], [">= 5", "-", "2"]])

    assert [p.rule for p in problems] == ["dmn-missing-rule"]
    assert "n: < 5, ok: false" in str(problems[0].message)


def test_a_rule_behind_a_wider_one_is_never_reached() -> None:
    problems = lint_table(["n"], [["> 1", "1"], ["> 2", "2"], ["-", "3"]], policy="FIRST")

    assert [(p.element, p.rule) for p in problems] == [("rule2", "dmn-unreachable-rule")]


def test_tables_with_expressions_in_cells_are_not_judged() -> None:
    assert lint_table(["n"], [["? > n", "1"], ["? > n", "2"]]) == []
