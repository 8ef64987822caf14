"""What lint says about a model."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

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


def typed(cell: str, result: str, *, policy: str = "UNIQUE", output: str = "string") -> list[dmn.Problem]:
    columns = (
        '<input label="Số ngày"><inputExpression typeRef="number"><text>n</text></inputExpression></input>'
        f'<output name="r" typeRef="{output}"/>'
    )
    rule = (
        f'<rule><inputEntry id="test"><text>{escape(cell)}</text></inputEntry>'
        f'<outputEntry id="result"><text>{escape(result)}</text></outputEntry></rule>'
    )
    logic = f'<decisionTable id="table" hitPolicy="{policy}">{columns}{rule}</decisionTable>'
    return [
        problem
        for problem in dmn.lint(
            dmn.read(definitions(input_data("n") + decision("d", logic, needs(inputs=["n"]))))
        )
        if problem.rule in {"dmn-type", "dmn-no-output-values"}
    ]


def test_a_cell_of_another_type_than_its_column_never_matches() -> None:
    problem = typed('"5"', '"a"')[0]

    assert (problem.element, problem.severity) == ("test", "error")
    assert "“Số ngày”: ô so với chuỗi, nhưng cột có kiểu số" in str(problem.message)


def test_a_result_of_another_type_than_its_column_is_an_error() -> None:
    problem = typed("5", "7 + 1")[0]

    assert (problem.element, problem.severity) == ("result", "error")
    assert "cần chuỗi nhưng ô này cho số" in str(problem.message)


@pytest.mark.parametrize(
    ("cell", "result", "output"),
    [
        ("[1..5], > 10", '"a"', "string"),
        ("? > 3", "null", "string"),
        ("not(1, 2)", 'date("2024-01-01")', "date and time"),
        ("limit", "someone", "number"),
        ("n + 1", '["a"]', "string"),
    ],
)
def test_what_may_fit_a_column_is_not_told(cell: str, result: str, output: str) -> None:
    assert typed(cell, result, output=output) == []


def test_a_policy_by_priority_needs_the_list_of_values() -> None:
    assert [problem.rule for problem in typed("5", '"a"', policy="PRIORITY")] == ["dmn-no-output-values"]


def test_an_operator_between_types_it_does_not_take_is_noticed_with_its_column() -> None:
    parts = input_data("n", "number"), decision("d", literal('n + "a"'), needs(inputs=["n"]))

    problem = dmn.lint(dmn.read(definitions("".join(parts))))[0]

    assert (problem.rule, problem.severity) == ("dmn-type", "warning")
    assert "Cột 3: phép “+” không dùng được giữa số và chuỗi" in str(problem.message)


def test_a_misspelt_name_is_answered_with_the_one_that_was_meant() -> None:
    parts = input_data("urgency"), decision("d", literal("urgnecy"), needs(inputs=["urgency"]))

    assert "có phải là “urgency”?" in str(dmn.lint(dmn.read(definitions("".join(parts))))[0].message)


def test_an_input_no_decision_uses_is_noticed() -> None:
    parts = input_data("n"), input_data("m"), decision("d", literal("n"), needs(inputs=["n"]))

    assert rules_of(*parts) == [("dmn-unused-input", "warning")]


def test_gaps_and_overlaps_are_seen_between_dates() -> None:
    tet, late = 'date("2024-02-08")', '@"2024-02-14"'

    gap = lint_table(["d"], [[f"< {tet}", "1"], [f"> {late}", "2"]])
    overlap = lint_table(["d"], [[f"<= {late}", "1"], [f">= {tet}", "2"]])

    assert [(p.rule, "2024-02-08" in str(p.message)) for p in gap] == [("dmn-missing-rule", True)]
    assert [(p.rule, p.severity) for p in overlap] == [("dmn-overlapping-rules", "error")]
