"""Our FEEL says what an independent implementation says, except where it is known why not."""

from dataclasses import replace
from typing import Any

import pytest

from engine.feel.compare import contains
from engine.feel.compiler import spans
from engine.feel.run import Run
from engine.feel.values import Range
from tests.engine.feel.differential import comparison
from tests.engine.feel.differential.grammar import KNOWN, Grammar

#: expressions compared in the suite; `python -m tests.engine.feel.differential` compares 100 000
COUNT = 10_000


def test_generated_expressions_give_the_same_value_on_both_sides(node: str) -> None:
    grammar = Grammar(seed=20_240_131)
    expressions = [grammar.expression() for _ in range(COUNT)]
    assert comparison.differences(expressions, node) == []


def test_each_known_difference_is_one(node: str) -> None:
    theirs = comparison.other_side([expression for expression, *_rest in KNOWN], node)
    for (expression, ours, known, _why), found in zip(KNOWN, theirs, strict=True):
        assert (comparison.our_side(expression), found) == (ours, known), expression


def test_a_fault_of_ours_would_be_seen(node: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(run: Run, span: Range, value: Any) -> bool | None:
        return contains(run, replace(span, low_closed=True, high_closed=True), value)

    monkeypatch.setattr(spans, "contains", careless)
    found = comparison.differences([f"{value} in (1..3)" for value in range(5)], node)
    assert [one.expression for one in found] == ["1 in (1..3)", "3 in (1..3)"]
