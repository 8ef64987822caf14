"""Built-in functions."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from engine import feel
from engine.feel.builtins import BUILTINS
from engine.feel.builtins.descriptions import DESCRIPTIONS, FAMILIES
from engine.feel.values import to_json
from foundation.clock import BUSINESS_ZONE
from foundation.working_time import WorkingCalendar
from tests.engine.feel.conftest import NOW

Value = Callable[..., Any]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('substring("Đồng Nai", -3)', "Nai"),
        ('substring(string: "abc", start position: 2, length: 1)', "b"),
        ('string length("🐎ab")', 3),
        ('upper case("đ")', "Đ"),
        ('substring before("a-b", "-")', "a"),
        ('replace("abcd", "(b)(c)", "[$2$1]")', "a[cb]d"),
        ('matches("Sở KH&CN", "^s", "i")', True),
        ('matches("Sở KH&CN", "^sở", "i")', True),
        ('split("a;b;c", ";")', ["a", "b", "c"]),
        ('string join(["a", null, "b"], ", ")', "a, b"),
        ('number("1.234,5", ".", ",")', 1234.5),
        ("string(1.50)", "1.5"),
        ('string({a: "x", b: [1, null]})', '{a: "x", b: [1, null]}'),
        ("decimal(2.5, 0)", 2),
        ("round half up(2.5, 0)", 3),
        ("round half down(-2.5, 0)", -2),
        ("floor(-1.5)", -2),
        ("modulo(-12, 5)", 3),
        ("even(4)", True),
        ("count([1, null])", 2),
        ("min(3, 1, 2)", 1),
        ("max([])", None),
        ("sum([1, 2.5])", 3.5),
        ("mean([1, 2])", 1.5),
        ("median([1, 4, 2, 3])", 2.5),
        ("mode([1, 2, 2, 1])", [1, 2]),
        ("all([true, null])", None),
        ("any([true, null])", True),
        ("sublist([1, 2, 3], -2)", [2, 3]),
        ("append([1], 2, 3)", [1, 2, 3]),
        ("insert before([1, 3], 2, 2)", [1, 2, 3]),
        ("list replace([1, 2], 2, 9)", [1, 9]),
        ("index of([1, 2, 1], 1)", [1, 3]),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ("flatten([1, [2, [3]]])", [1, 2, 3]),
        ('get value({a: {b: 1}}, ["a", "b"])', 1),
        ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
        ("context merge([{a: 1}, {a: 2}])", {"a": 2}),
        ('context([{key: "a", value: 1}])', {"a": 1}),
        ("before(1, [2..3])", True),
        ("includes([1..10], 5)", True),
        ("overlaps([1..5], (5..6])", False),
        ("is(1, 1.0)", True),
        ('range("[1..3)").end included', False),
    ],
)
def test_a_function_gives_what_the_standard_says(value: Value, source: str, expected: Any) -> None:
    assert to_json(value(source)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('date("2024-01-31") + duration("P1M")', "2024-02-29"),
        ('date("2024-03-01") - date("2024-02-01")', "P29D"),
        ("date(2024, 2, 29).weekday", 4),
        ('day of week(date("2024-02-29"))', "Thursday"),
        ('week of year(date("2026-01-01"))', 1),
        ('years and months duration(date("2023-05-31"), date("2024-05-30"))', "P11M"),
        ('date and time("2024-01-31T23:30:00Z").hour', 23),
        ('string(@"2024-07-01T10:00:00@Europe/Paris")', "2024-07-01T10:00:00@Europe/Paris"),
        ('string(date("-2016-01-30") + @"P1D")', "-2016-01-31"),
        ('date("2023-02-29")', None),
        ("today()", "2026-01-05"),
        ("string(now())", "2026-01-05T10:00:00@Asia/Ho_Chi_Minh"),
    ],
)
def test_dates_are_calculated_in_the_calendar(value: Value, source: str, expected: Any) -> None:
    assert to_json(value(source)) == expected


def test_working_days_come_from_the_calendar_given(value: Value) -> None:
    friday = date(2026, 1, 9)

    assert value("add working days(d, 1)", d=friday) == date(2026, 1, 12)
    assert value('working days between(d, d + @"P7D")', d=friday) == Decimal(5)
    assert value('next working day(d + @"P1D")', d=friday) == date(2026, 1, 12)


def test_without_a_calendar_working_days_are_null_and_say_why() -> None:
    found = feel.compile("next working day(today())").evaluate({}, now=NOW)

    assert found.value is None
    assert "lịch làm việc" in str(found.warnings[0].message)


def test_working_time_is_counted_by_a_calendar_that_can(value: Value) -> None:
    friday = datetime(2026, 1, 9, 17, 0, tzinfo=BUSINESS_ZONE)
    calendar = WorkingCalendar(version="0")

    found = feel.compile('add working time(d, @"P1DT1H")').evaluate({"d": friday}, now=NOW, calendar=calendar)

    assert found.value == datetime(2026, 1, 12, 18, 0, tzinfo=BUSINESS_ZONE)
    assert value('add working time(d, @"P1D")', d=friday) is None


def test_numbers_keep_all_their_digits(value: Value) -> None:
    digits = "1234567890123456789012345678901234"

    assert value(f"abs(-{digits})") == Decimal(digits)
    assert value(f"string({digits} + 1)") == "1234567890123456789012345678901235"


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_every_function_is_described_with_an_example_that_holds(name: str) -> None:
    text, example, result = BUILTINS[name].description
    calendar = WorkingCalendar(version="0")

    found, expected = (
        feel.compile(one).evaluate({}, now=NOW, calendar=calendar) for one in (example, result)
    )

    assert (found.value, found.warnings) == (expected.value, ())
    assert expected.value is not None
    assert name in example
    assert str(text).endswith(".")


def test_nothing_is_described_that_does_not_exist() -> None:
    assert DESCRIPTIONS.keys() == BUILTINS.keys()
    assert {function.family for function in BUILTINS.values()} == FAMILIES.keys()


def test_signatures_read_as_they_are_called() -> None:
    assert BUILTINS["sublist"].signatures() == [
        "sublist(list: list, start position: number, length?: number)"
    ]
    assert "before(point1: point, point2: point)" in BUILTINS["before"].signatures()
    assert "append(list: list, ...item: any)" in BUILTINS["append"].signatures()
