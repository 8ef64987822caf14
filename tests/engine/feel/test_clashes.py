"""Misfits of type that are certain before anything is evaluated."""

from itertools import product

import pytest

from engine import feel
from engine.feel.clashes import clashes
from engine.feel.forms import Parser
from tests.engine.feel.conftest import NOW
from tests.engine.feel.differential.grammar import LEAVES, VARIABLES, Grammar

KINDS = {"n": "number", "m": "number", "số lượng": "number", "s": "string", "t": "string", "yes": "boolean"}


def said(source: str) -> list[str]:
    return [str(clash.message) for clash in clashes(Parser(source).whole(), KINDS)]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('1 + "a"', "phép “+” không dùng được giữa số và chuỗi"),
        ('date("2024-01-01") > "2024-02-01"', "hãy đổi chuỗi bằng date"),
        ('n = "7"', "không so sánh được số với chuỗi"),
        ("s between 1 and 2", "không so sánh được chuỗi với số"),
        ('today() - "P1D"', "phép “-” không dùng được giữa ngày và chuỗi"),
        ('if yes then duration("P1D") + duration("P1M") else null', "phép “+” không dùng được"),
        ("upper case(s) * 2", "phép “*” không dùng được giữa chuỗi và số"),
        ("now() < today()", "không so sánh được ngày giờ với ngày"),
    ],
)
def test_what_cannot_fit_is_told(source: str, message: str) -> None:
    assert message in said(source)[0]


@pytest.mark.parametrize(
    "source",
    [
        "unknown + 1",
        'unknown > "a"',
        "n + null",
        "s = null",
        'date("2024-01-01") + duration("P1D")',
        'duration("P1D") * 2',
        'for n in ["a"] return n + "b"',
        '{n: "a", b: n + "c"}',
        '[{n: "a"}][n = "a"]',
        '(function(n) n + "x")("y")',
        'string(n) + "a"',
    ],
)  # fmt: skip
def test_what_may_fit_is_not_told(source: str) -> None:
    assert said(source) == []


def test_expressions_whose_types_fit_are_not_told() -> None:
    grammar = Grammar(7)

    for source in {grammar.expression() for _number in range(3_000)}:
        assert said(source) == [], source


@pytest.mark.parametrize("sign", ["+", "-", "*", "/", "**", "<", ">=", "=", "!="])
def test_what_is_told_is_always_null(sign: str) -> None:
    operands = [leaf for leaves in LEAVES.values() for leaf in leaves[-4:]]
    told = 0
    for left, right in product(operands, operands):
        source = f"{left} {sign} {right}"
        if list(clashes(Parser(source, names=VARIABLES).whole(), KINDS)):
            told += 1
            assert feel.compile(source).evaluate(VARIABLES, now=NOW).value is None, source

    assert told > 100
