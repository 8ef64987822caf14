"""Hit policies and aggregators (DMN 1.5 §8.2.8)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from engine import dmn
from tests.engine.dmn.conftest import table

Decide = Callable[..., dmn.DecisionResult]
LEVELS = [["< 0", '"quá hạn"'], ["[0..3]", '"khẩn"'], ["> 3", '"thường"']]
STEPS = [[">= 1", "10"], [">= 5", "30"], [">= 9", "20"]]


@pytest.mark.parametrize(("days", "level", "rule"), [(-1, "quá hạn", 1), (3, "khẩn", 2), (9, "thường", 3)])
def test_a_unique_table_gives_the_one_rule_that_matches(
    decide: Decide, days: int, level: str, rule: int
) -> None:
    found = decide(table(["days"], ["level"], LEVELS), days=days)

    assert (found.value, found.matched_rules) == (level, (rule,))


def test_two_matches_in_a_unique_table_are_null_and_said(decide: Decide) -> None:
    found = decide(table(["n"], ["r"], STEPS), n=6)

    assert (found.value, found.matched_rules) == (None, (1, 2))
    assert "các luật 1, 2 cùng khớp" in str(found.warnings[0].message)


@pytest.mark.parametrize(
    ("policy", "aggregation", "value", "rules"),
    [
        ("FIRST", "", 10, (1,)),
        ("RULE ORDER", "", [10, 30, 20], (1, 2, 3)),
        ("COLLECT", "", [10, 30, 20], (1, 2, 3)),
        ("COLLECT", "SUM", 60, (1, 2, 3)),
        ("COLLECT", "MIN", 10, (1, 2, 3)),
        ("COLLECT", "MAX", 30, (1, 2, 3)),
        ("COLLECT", "COUNT", 3, (1, 2, 3)),
    ],
)
def test_a_policy_makes_one_result_of_many_matches(
    decide: Decide, policy: str, aggregation: str, value: Any, rules: tuple[int, ...]
) -> None:
    found = decide(table(["n"], ["r"], STEPS, policy=policy, aggregation=aggregation), n=9)

    assert (found.value, found.matched_rules) == (value, rules)


def test_any_accepts_equal_results_and_refuses_different_ones(decide: Decide) -> None:
    same = table(["n"], ["r"], [["> 1", '"a"'], ["> 2", '"a"']], policy="ANY")
    different = table(["n"], ["r"], [["> 1", '"a"'], ["> 2", '"b"']], policy="ANY")

    assert decide(same, n=3).value == "a"
    assert decide(different, n=3).value is None


@pytest.mark.parametrize(("policy", "value"), [("PRIORITY", "cao"), ("OUTPUT ORDER", ["cao", "vừa", "thấp"])])
def test_priority_follows_the_order_of_output_values(decide: Decide, policy: str, value: Any) -> None:
    rows = [["-", '"thấp"'], ["-", '"cao"'], ["-", '"vừa"']]

    assert decide(table(["n"], ["r"], rows, policy=policy, values='"cao", "vừa", "thấp"'), n=1).value == value


def test_several_outputs_are_a_context_per_rule(decide: Decide) -> None:
    rows = [["> 1", '"a"', "1"], ["> 2", '"b"', "n * 2"]]

    found = decide(table(["n"], ["tên", "số"], rows, policy="COLLECT"), n=4)

    assert found.value == [{"tên": "a", "số": 1}, {"tên": "b", "số": 8}]


def test_no_match_gives_the_default_or_null_with_a_warning(decide: Decide) -> None:
    assert decide(table(["n"], ["r"], [["> 5", "1"]], default="0"), n=1).value == Decimal(0)

    found = decide(table(["n"], ["r"], [["> 5", "1"]]), n=1)
    assert found.value is None
    assert "không có luật nào" in str(found.warnings[0].message)


def test_an_output_outside_its_values_is_null(decide: Decide) -> None:
    assert decide(table(["n"], ["r"], [["-", '"x"']], values='"a", "b"'), n=1).value is None


def test_cells_may_use_the_other_inputs_and_functions(decide: Decide) -> None:
    rows = [
        ["<= limit", "-", '"trong hạn mức"'],
        ["> limit", 'starts with(?, "UBND")', '"tỉnh"'],
        ["-", "-", '"khác"'],
    ]

    found = decide(table(["n", "unit"], ["r"], rows, policy="FIRST"), n=5, limit=3, unit="UBND tỉnh")

    assert (found.value, found.matched_rules) == ("tỉnh", (2,))


def test_a_thousand_rules_are_decided_at_once(decide: Decide) -> None:
    rows = [[f"[{i}..{i + 1})", '"a", "b"', str(i)] for i in range(1000)]

    assert decide(table(["n", "k"], ["r"], rows), n=999.5, k="b").value == 999
