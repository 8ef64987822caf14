"""Values in and out."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

from engine.feel.values import Unsupported, YearsMonths, from_json, to_json

Value = Callable[..., Any]


def test_json_data_becomes_exact_numbers() -> None:
    assert from_json({"a": [1, 0.1, True, None, "x"]}) == {"a": [Decimal(1), Decimal("0.1"), True, None, "x"]}


def test_values_leave_as_json() -> None:
    value = [Decimal("3.0"), Decimal("0.5"), date(2024, 1, 31), timedelta(hours=36), YearsMonths(14)]

    assert to_json(value) == [3, 0.5, "2024-01-31", "P1DT12H", "P1Y2M"]
    assert to_json({"a": datetime(2024, 1, 1, tzinfo=UTC)}) == {"a": "2024-01-01T00:00:00+00:00"}


def test_nan_and_numbers_beyond_decimal128_are_null() -> None:
    assert from_json(float("nan")) is None
    assert from_json(10**7000) is None


def test_an_object_is_not_a_value() -> None:
    with pytest.raises(Unsupported):
        from_json({"a": object()})


@pytest.mark.parametrize("given", [1, 2.5, "x", True, None, [1, [2]], {"a": {"b": "c"}}])
def test_data_goes_through_unchanged(value: Value, given: Any) -> None:
    assert to_json(value("x", x=given)) == given


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("9223372036854775807", 9223372036854775807),
        ("9223372036854775808", 9.223372036854775808e18),
        ("-1e300", -1e300),
        ("1e6000", "1E+6000"),
        ("0.5", 0.5),
        ("1e-6000", 0.0),
    ],
)
def test_a_number_too_large_for_json_is_rounded_or_written_as_text(number: str, expected: object) -> None:
    found = to_json(Decimal(number))

    assert (type(found), found) == (type(expected), expected)
    assert orjson.loads(orjson.dumps(found)) == expected
