"""No expression reaches a Python object, whatever it says."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import feel
from engine.feel.builtins import BUILTINS
from engine.feel.values import to_json
from foundation.errors import TiendoError
from tests.engine.feel.conftest import NOW, WeekdaysOnly
from tests.engine.feel.plain import is_plain

_OPERANDS = [
    *(
        "a",
        "b",
        "list",
        "c",
        "item",
        "partial",
        "?",
        "null",
        "true",
        "1",
        "-1",
        "1.5",
        "1e30",
        '"x"',
        '"(a"',
        "[]",
    ),
    *('@"2024-01-31"', '@"2024-01-31T10:00:00Z"', '@"10:00:00"', '@"PT1H"', '@"P1Y"', '@"999999999-12-31"'),
    *("{a: 1}", "[1, 2]", "[1..3]", "(< 3)"),
]
_WORDS = [
    *_OPERANDS,
    *(
        "__class__",
        "+",
        "-",
        "*",
        "/",
        "**",
        "=",
        "!=",
        "<",
        ">=",
        "and",
        "or",
        "in",
        "between",
        "instance of",
    ),
    *("number", "list<Any>", "if", "then", "else", "for", "return", "some", "every", "satisfies"),
    *("function(x)", "function(x, y)"),
    *("(", ")", "[", "]", "{", "}", "..", ",", ":", ".", "x"),
]

SCOPE: dict[str, Any] = {
    "a": 1,
    "b": "chữ",
    "list": [1, 2.5, None, {"a": True}],
    "c": {"a": {"b": [date(2024, 1, 1), timedelta(hours=1)]}},
}


def check(source: str) -> None:
    try:
        found = feel.compile(source).evaluate(SCOPE, now=NOW, calendar=WeekdaysOnly())
    except TiendoError:
        return
    assert is_plain(found.value)
    to_json(found.value)
    for warning in found.warnings:
        assert str(warning.message)


@given(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=14).map(" ".join))
@settings(max_examples=600, deadline=None)
def test_any_heap_of_words_ends_in_a_plain_value_or_a_clear_error(source: str) -> None:
    check(source)


@given(
    st.sampled_from(sorted(BUILTINS)),
    st.lists(st.sampled_from(_OPERANDS), max_size=4),
)
@settings(max_examples=800, deadline=None)
def test_any_function_with_any_arguments_ends_in_a_plain_value(name: str, arguments: list[str]) -> None:
    check(f"{name}({', '.join(arguments)})")


@given(st.text(max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_refused(source: str) -> None:
    check(source)


@pytest.mark.parametrize(
    "source",
    [
        "b.__class__",
        "list.__class__.__mro__",
        "list.append",
        "c.keys",
        "b.upper",
        'get value(c, "__class__")',
        "__import__",
        'eval("1")',
        "(function(x) x).__globals__",
        'string join(["a"]).__class__',
    ],
)
def test_the_ways_into_python_are_missing_names(source: str) -> None:
    found = feel.compile(source).evaluate(SCOPE, now=NOW).value

    assert found is None or found == [None] * 4


class Host:
    """Something that must not be reachable."""

    secret = "x"


def test_an_object_of_the_host_is_refused_not_touched() -> None:
    found = feel.compile("host.secret").evaluate({"host": Host()}, now=NOW)

    assert found.value is None
    assert "Host" in str(found.warnings[0].message)


def test_the_callers_data_is_never_changed_or_handed_out() -> None:
    scope = {"c": {"list": [1, 2]}}

    found = feel.compile("c.list").evaluate(scope, now=NOW).value
    found.append(3)

    assert scope == {"c": {"list": [1, 2]}}
