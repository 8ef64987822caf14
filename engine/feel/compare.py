"""Equality and order of FEEL values (DMN 1.5 §10.3.2.13, tables 51–54)."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.errors import FeelLimitExceeded
from engine.feel.run import Run
from engine.feel.temporal import absolute, offset_of, seconds_of_day, zone_name
from engine.feel.types import kind_of
from engine.feel.values import Range, WideDate, WideDateTime, YearsMonths
from foundation.texts import _

_PLAIN = (Decimal, str, bool, date, WideDate, timedelta, YearsMonths)
_ORDERED = (Decimal, str, timedelta, YearsMonths)


def equal(run: Run, left: Any, right: Any, depth: int = 60) -> bool | None:  # noqa: PLR0911  one line per kind
    """Say whether two values are equal; None when their types cannot be compared."""
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is type(right):
        if kind in _PLAIN:
            return bool(left == right)
        if kind is list:
            return _equal_lists(run, left, right, depth)
        if kind is dict:
            return _equal_contexts(run, left, right, depth)
    if kind_of(left) != kind_of(right):
        return None
    if kind is datetime or kind is WideDateTime:
        return _to_milliseconds(left) == _to_milliseconds(right)
    if kind is time:
        return _equal_times(left, right)
    if kind is Range:
        return _equal_ranges(run, left, right, depth)
    return left is right or (None if kind_of(left) == "function" else False)


def _to_milliseconds(value: datetime | WideDateTime) -> tuple[int, datetime]:
    """Give a moment for equality, which looks at milliseconds (DMN TCK 0068)."""
    cycles, moment = absolute(value)
    return cycles, moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _deeper(depth: int) -> int:
    if depth <= 0:
        raise FeelLimitExceeded(_("Giá trị có quá nhiều cấp lồng nhau để so sánh."), limit="depth")
    return depth - 1


def _equal_lists(run: Run, left: list[Any], right: list[Any], depth: int) -> bool | None:
    if len(left) != len(right):
        return False
    depth = _deeper(depth)
    run.charge(1 + len(left))
    return _all(equal(run, a, b, depth) for a, b in zip(left, right, strict=True))


def _equal_contexts(run: Run, left: dict[str, Any], right: dict[str, Any], depth: int) -> bool | None:
    if left.keys() != right.keys():
        return False
    depth = _deeper(depth)
    run.charge(1 + len(left))
    return _all(equal(run, value, right[key], depth) for key, value in left.items())


def _all(results: Any) -> bool | None:
    unknown = False
    for result in results:
        if result is False:
            return False
        unknown = unknown or result is None
    return None if unknown else True


def _equal_times(left: time, right: time) -> bool:
    if (left.tzinfo is None) != (right.tzinfo is None):
        return False
    return seconds_of_day(left) // 1000 == seconds_of_day(right) // 1000


def _equal_ranges(run: Run, left: Range, right: Range, depth: int) -> bool | None:
    shape = (left.low_closed, left.high_closed, left.excludes, left.one_sided)
    if shape != (right.low_closed, right.high_closed, right.excludes, right.one_sided):
        return False
    depth = _deeper(depth)
    return _all((equal(run, left.low, right.low, depth), equal(run, left.high, right.high, depth)))


def before(left: Any, right: Any) -> bool | None:
    """Say whether the first value lies before the second; None when they have no common order."""
    kind = type(left)
    if kind is type(right):
        if kind in _ORDERED or kind is date:
            return bool(left < right)
        if kind is time:
            return (
                None
                if (left.tzinfo is None) != (right.tzinfo is None)
                else seconds_of_day(left) < seconds_of_day(right)
            )
    if isinstance(left, datetime | WideDateTime) and isinstance(right, datetime | WideDateTime):
        return absolute(left) < absolute(right)
    if kind_of(left) == kind_of(right) == "date":
        return _day(left) < _day(right)
    return None


def _day(value: date | WideDate) -> tuple[int, date]:
    if isinstance(value, WideDate):
        return value.cycles, value.base
    cycles, rest = divmod(value.year - 2000, 400)
    return cycles, value.replace(year=2000 + rest)


def contains(run: Run, span: Range, value: Any) -> bool | None:
    """Say whether a value lies in a range; None when the types do not fit."""
    if span.excludes:
        same = equal(run, span.low, value)
        return None if same is None else not same
    if span.is_point:
        return equal(run, span.low, value)
    if value is None:
        return None
    above = _beyond(run, span, value, low=True)
    below = _beyond(run, span, value, low=False)
    if above is False or below is False:
        return False
    return None if above is None or below is None else True


def _beyond(run: Run, span: Range, value: Any, *, low: bool) -> bool | None:
    end, closed = (span.low, span.low_closed) if low else (span.high, span.high_closed)
    if end is None:
        return None if span.unknown else True
    order = before(end, value) if low else before(value, end)
    if order is None:
        return True if closed and equal(run, end, value) else None
    return order or (closed and equal(run, end, value) is True)


def identical(run: Run, left: Any, right: Any) -> bool:
    """Say whether two values are the same element of the same type, zone included (`is`)."""
    if kind_of(left) != kind_of(right):
        return False
    if isinstance(left, datetime | time) and isinstance(right, datetime | time):
        zones = [(zone_name(v.tzinfo), offset_of(v)) for v in (left, right)]
        return zones[0] == zones[1] and left.replace(tzinfo=None) == right.replace(tzinfo=None)
    return equal(run, left, right) is True
