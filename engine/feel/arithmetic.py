"""Addition, subtraction, multiplication, division and powers (DMN 1.5 §10.3.2.11, tables 45–49).

Each function gives None when the types do not fit or the result does not exist; the caller warns.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.temporal import absolute, base_of, centred, combine, days_between, settle
from engine.feel.values import CYCLE_DAYS, DECIMAL128, WideDate, WideDateTime, YearsMonths

_MICRO = timedelta(microseconds=1)
#: decimal places of a number of microseconds beyond which no duration exists
_MOST_DIGITS = 30
_CYCLE = timedelta(days=CYCLE_DAYS)
#: microseconds of a day
_DAY = 86_400_000_000
_DATES = (date, WideDate)
_MOMENTS = (datetime, WideDateTime)


def add(left: Any, right: Any) -> Any:  # noqa: PLR0911  one line per row of the table
    """Give left + right."""
    kinds = type(left), type(right)
    if kinds == (Decimal, Decimal):
        return finite(DECIMAL128.add(left, right))
    if kinds == (str, str):
        return left + right
    if kinds == (YearsMonths, YearsMonths):
        return YearsMonths(left.months + right.months)
    if kinds == (timedelta, timedelta):
        return _span(left // _MICRO + right // _MICRO)
    if isinstance(right, timedelta | YearsMonths):
        return _shift(left, right)
    if isinstance(left, timedelta | YearsMonths):
        return _shift(right, left)
    return None


def subtract(left: Any, right: Any) -> Any:
    """Give left − right."""
    kinds = type(left), type(right)
    if kinds == (Decimal, Decimal):
        return finite(DECIMAL128.subtract(left, right))
    if kinds == (YearsMonths, YearsMonths):
        return YearsMonths(left.months - right.months)
    if kinds == (timedelta, timedelta):
        return _span(left // _MICRO - right // _MICRO)
    if type(right) is timedelta:
        return _shift(left, -right) if right > timedelta.min else None
    if type(right) is YearsMonths:
        return _shift(left, YearsMonths(-right.months))
    return _distance(left, right)


def multiply(left: Any, right: Any) -> Any:
    """Give left × right."""
    kinds = type(left), type(right)
    if kinds == (Decimal, Decimal):
        return finite(DECIMAL128.multiply(left, right))
    if type(right) is Decimal:
        return _scale(left, right)
    if type(left) is Decimal:
        return _scale(right, left)
    return None


def divide(left: Any, right: Any) -> Any:
    """Give left ÷ right; None when dividing by zero."""
    kinds = type(left), type(right)
    if kinds == (Decimal, Decimal):
        return finite(DECIMAL128.divide(left, right))
    if kinds == (YearsMonths, YearsMonths):
        return finite(DECIMAL128.divide(Decimal(left.months), Decimal(right.months)))
    if kinds == (timedelta, timedelta):
        return finite(DECIMAL128.divide(Decimal(left // _MICRO), Decimal(right // _MICRO)))
    if type(right) is Decimal and type(left) in (YearsMonths, timedelta):
        return _scale(left, finite(DECIMAL128.divide(Decimal(1), right)), right)
    return None


def power(left: Any, right: Any) -> Any:
    """Give left to the power of right, rounded to 34 digits."""
    if type(left) is not Decimal or type(right) is not Decimal:
        return None
    return finite(DECIMAL128.power(left, right))


def negate(value: Any) -> Any:
    """Give −value of a number or duration."""
    if type(value) is Decimal:
        return DECIMAL128.minus(value)
    if type(value) is timedelta:
        return -value if value > timedelta.min else None
    if type(value) is YearsMonths:
        return YearsMonths(-value.months)
    return None


def finite(value: Decimal) -> Decimal | None:
    """Give the number, None for NaN and infinity."""
    return value if value.is_finite() else None


def add_days(moment: Any, span: timedelta) -> Any:
    """Give a date-time moved by a days-and-time duration; the elapsed time is exact across summer time."""
    base, cycles = centred(moment)
    whole, rest = divmod(span, _CYCLE)
    if base.tzinfo is None:
        return settle(base + rest, cycles + whole)
    zone = base.tzinfo
    try:
        return settle((base.astimezone(UTC) + rest).astimezone(zone), cycles + whole)
    except (OverflowError, ValueError):
        return None


def add_months(value: Any, months: int) -> Any:
    """Give a date or date-time moved by months; a day that does not exist becomes the month's last."""
    base, cycles = centred(value)
    years, month = divmod(base.month - 1 + months, 12)
    extra, rest = divmod(base.year + years - 2000, 400)
    year = 2000 + rest
    day = min(base.day, monthrange(year, month + 1)[1])
    return settle(base.replace(year=year, month=month + 1, day=day), cycles + extra)


def _shift(value: Any, span: timedelta | YearsMonths) -> Any:
    if isinstance(span, YearsMonths):
        return add_months(value, span.months) if type(value) in _DATES + _MOMENTS else None
    if type(value) in _MOMENTS:
        return add_days(value, span)
    if type(value) in _DATES:
        moved = add_days(combine(value, time()), span)
        return None if moved is None else settle(base_of(moved).date(), getattr(moved, "cycles", 0))
    if type(value) is time:
        return (
            (datetime.combine(date(2000, 6, 1), value.replace(tzinfo=None)) + span % timedelta(days=1))
            .timetz()
            .replace(tzinfo=value.tzinfo)
        )
    return None


def _distance(left: Any, right: Any) -> timedelta | None:  # noqa: PLR0911  one line per pair of kinds
    """Give the duration between two dates, moments or times; a bare date is its midnight in UTC."""
    if type(left) in _DATES and type(right) in _DATES:
        return _span(days_between(left, right) * _DAY)
    if type(left) is time and type(right) is time:
        if (left.tzinfo is None) != (right.tzinfo is None):
            return None
        from engine.feel.temporal import seconds_of_day

        return timedelta(microseconds=seconds_of_day(left) - seconds_of_day(right))
    left, right = _moment(left), _moment(right)
    if left is None or right is None:
        return None
    if (base_of(left).tzinfo is None) != (base_of(right).tzinfo is None):
        return None
    (cycles_left, at_left), (cycles_right, at_right) = absolute(left), absolute(right)
    try:
        return at_left - at_right + (cycles_left - cycles_right) * _CYCLE
    except OverflowError:
        return None


def _moment(value: Any) -> Any:
    if type(value) in _DATES:
        return combine(value, time(tzinfo=UTC))
    return value if type(value) in _MOMENTS else None


def _scale(value: Any, factor: Decimal | None, divisor: Decimal | None = None) -> Any:
    if factor is None:
        return None
    whole = (
        value.months if type(value) is YearsMonths else value // _MICRO if type(value) is timedelta else None
    )
    if whole is None:
        return None
    if divisor is not None:
        scaled = DECIMAL128.divide(Decimal(whole), divisor)
    else:
        scaled = DECIMAL128.multiply(Decimal(whole), factor)
    if not scaled.is_finite() or scaled.adjusted() > _MOST_DIGITS:
        return None
    return YearsMonths(int(scaled)) if type(value) is YearsMonths else _span(int(scaled))


def _span(micro: int) -> timedelta | None:
    try:
        return timedelta(microseconds=micro)
    except OverflowError:
        return None
