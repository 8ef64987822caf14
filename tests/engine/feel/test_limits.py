"""Attacks and accidents: each ends soon, with a clear error or a bounded value."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from engine import feel
from engine.feel import juel
from engine.feel.values import to_json
from foundation.errors import TiendoError
from foundation.working_time import WorkingCalendar
from tests.engine.feel import attacks
from tests.engine.feel.conftest import NOW

Evaluate = Callable[..., feel.Evaluation]

#: bytes an expression may need while it is compiled and evaluated
MOST_MEMORY = 64 << 20


def run(source: str) -> feel.Evaluation:
    return feel.compile(source).evaluate(attacks.SCOPE, now=NOW, calendar=WorkingCalendar(version="0"))


@pytest.mark.parametrize("name", attacks.REFUSED)
def test_an_attack_is_stopped_with_a_clear_error_in_little_memory(name: str) -> None:
    tracemalloc.start()

    with pytest.raises(TiendoError) as caught:
        run(attacks.REFUSED[name])
    _size, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert isinstance(caught.value, feel.FeelLimitExceeded | feel.FeelSyntaxError)
    assert caught.value.facts.get("limit") or caught.value.facts.get("position") is not None
    assert str(caught.value).endswith((".", ")"))
    assert peak < MOST_MEMORY


@pytest.mark.parametrize("name", attacks.ANSWERED)
def test_what_is_cheap_to_answer_is_answered(name: str) -> None:
    to_json(run(attacks.ANSWERED[name]).value)


def test_a_pattern_is_paid_for_once_in_each_run_however_often_it_was_compiled_before() -> None:
    source = 'for i in 1..20 return matches("a", "(a|b){1,90}")'
    narrow = feel.Limits(steps=1_000)

    for _round in range(2):
        feel.compile(source).evaluate({}, now=NOW, limits=narrow)
    with pytest.raises(feel.FeelLimitExceeded):
        feel.compile(source.replace('")', '" + string(i))')).evaluate({}, now=NOW, limits=narrow)


@pytest.mark.parametrize("inner", ["!", "(", "-", "empty ", "a ? "])
def test_conditions_of_the_other_language_are_bounded_too(inner: str) -> None:
    with pytest.raises(TiendoError):
        juel.translate("${" + inner * 3_000 + "x}")


def test_the_caller_may_set_narrower_limits() -> None:
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
