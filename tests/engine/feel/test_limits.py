"""Attacks and accidents: each ends soon, with a clear error or a bounded value."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from engine import feel
from engine.feel import juel
from foundation.errors import TiendoError

Evaluate = Callable[..., feel.Evaluation]

_SHARED = ", ".join(f"a{i}: [{', '.join([f'a{i - 1}'] * 10)}]" for i in range(1, 28))
_LISTS = f"{{a0: [1, 2], {_SHARED}, r: %s}}.r"
_OPERATORS = "(1 or 1 and 1 = 1 + 1 * 2 ** -"

ATTACKS = {
    "a hundred thousand brackets": "(" * 100_000 + "1" + ")" * 100_000,
    "brackets within the size": "(" * 9_000 + "1" + ")" * 9_000,
    "every operator inside the other": _OPERATORS * 55 + "1" + ")" * 55,
    "a long sum": "+".join(["1"] * 9_000),
    "ten megabytes": "1+" * 5_000_000 + "1",
    "a number without end": "1e99999999999999",
    "three loops over ten thousand": "for a in l, b in l, c in l return a",
    "a loop over a billion": "some a in 1..1000000000 satisfies a < 0",
    "a thousand iterators": "some " + ", ".join(f"a{i} in 1..2" for i in range(1_000)) + " satisfies false",
    "doubling a string": "{a: s + s, b: a + a, c: b + b}.c",
    "many long strings": "for i in 1..10000 return upper case(s)",
    "joining long strings": "string join(for i in l return s)",
    "a function that calls itself": "(function(f) f(f))(function(f) f(f))",
    "a function that calls itself twice": "(function(f) f(f, 1))(function(f, n) f(f, n) + f(f, n))",
    "lists that share lists, as text": _LISTS % "string(a27)",
    "lists that share lists, compared": _LISTS % "a27 = a27",
    "lists that share lists, flattened": _LISTS % "flatten(a27)",
    "lists that share lists, typed": _LISTS % ("a27 instance of " + "list<" * 28 + "number" + ">" * 28),
    "lists that share lists, as result": _LISTS % "a27",
    "results inside results": "for i in 1..3000 return partial",
    "replacing by longer and longer": f'replace(s, "a", "{"b" * 1000}")',
    "splitting everywhere": 'split(s, "")',
    "a large regular expression": 'matches(s, "(.{1,500}){1,2}b")',
    "filters in filters": "l[" * 50 + "1" + "]" * 50,
    "quadratic counting": "for i in l return count(l[item > i])",
    "distinct lists": "distinct values(for i in l return [i])",
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_stopped_with_a_clear_error(evaluate: Evaluate, name: str) -> None:
    started = time.process_time()

    with pytest.raises(TiendoError) as caught:
        evaluate(ATTACKS[name], l=list(range(10_000)), s="a" * 100_000)

    assert time.process_time() - started < 2
    assert isinstance(caught.value, feel.FeelLimitExceeded | feel.FeelSyntaxError)
    assert str(caught.value)


BOUNDED = {
    "towers of powers": "9 ** 9 ** 9 ** 9 ** 9",
    "tiny to a huge power": "0.5 ** 999999999999",
    "catastrophic backtracking": f'matches("{"a" * 5000}b", "(a+)+$")',
    "repetition of repetitions": 'matches("a", "((a{100}){100}){100}")',
    "a long chain of minus": "-" * 9_000 + "1",
    "a long chain of else if": "if false then 1 else " * 900 + "1",
    "a long chain of calls": "a" + "()" * 2_000,
    "a range no one can walk": "for i in 1e6000..1e6001 return i",
    "decimal places": "decimal(1 / 3, 6000)",
    "far dates": 'date("999999999-12-31") + duration("P999999999Y")',
}


@pytest.mark.parametrize("name", BOUNDED)
def test_what_is_cheap_to_answer_is_answered(evaluate: Evaluate, name: str) -> None:
    started = time.process_time()

    evaluate(BOUNDED[name])

    assert time.process_time() - started < 2


@pytest.mark.parametrize("inner", ["!", "(", "-", "empty ", "a ? "])
def test_conditions_of_the_other_language_are_bounded_too(inner: str) -> None:
    with pytest.raises(TiendoError):
        juel.translate("${" + inner * 3_000 + "x}")


def test_the_caller_may_set_narrower_limits() -> None:
    from tests.engine.feel.conftest import NOW

    narrow = feel.Limits(steps=10)

    with pytest.raises(feel.FeelLimitExceeded, match="10 bước"):
        feel.compile("for i in 1..100 return i").evaluate({}, now=NOW, limits=narrow)


def test_deep_data_from_outside_does_not_overflow_the_stack(evaluate: Evaluate) -> None:
    deep: list[Any] = []
    for _level in range(5_000):
        deep = [deep]

    found = evaluate("count(deep)", deep=deep)

    assert found.value is None
    assert "lồng nhau quá sâu" in str(found.warnings[0].message)


def test_a_cached_condition_is_no_slower_than_pythons_own_from_source() -> None:
    from timeit import repeat

    from tests.engine.feel.conftest import NOW

    scope = {"amount": 1200, "unit": "HR", "user": {"age": 20}}
    source = 'amount > 1000 and unit = "HR" and user.age >= 18'
    python = 'amount > 1000 and unit == "HR" and user["age"] >= 18'

    ours = min(repeat(lambda: feel.compile(source).evaluate(scope, now=NOW), number=500, repeat=7))
    theirs = min(repeat(lambda: eval(python, {}, scope), number=500, repeat=7))  # noqa: S307  the yardstick

    assert ours < theirs
