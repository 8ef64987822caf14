"""Properties of dates, times, durations and ranges, reached by `value.name` (DMN 1.5 tables 56–60)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.temporal import base_of, offset_of, year_of, zone_name
from engine.feel.values import Range, WideDate, WideDateTime, YearsMonths

_DATE: dict[str, Callable[[Any], Any]] = {
    "year": lambda v: Decimal(year_of(v)),
    "month": lambda v: Decimal(base_of(v).month),
    "day": lambda v: Decimal(base_of(v).day),
    "weekday": lambda v: Decimal(base_of(v).isoweekday()),
}
_TIME: dict[str, Callable[[Any], Any]] = {
    "hour": lambda v: Decimal(base_of(v).hour),
    "minute": lambda v: Decimal(base_of(v).minute),
    "second": lambda v: Decimal(base_of(v).second),
    "time offset": lambda v: offset_of(base_of(v)),
    "timezone": lambda v: zone_name(base_of(v).tzinfo),
}
_DAYS: dict[str, Callable[[Any], Any]] = {
    "days": lambda v: _part(v, abs(v).days),
    "hours": lambda v: _part(v, abs(v).seconds // 3600),
    "minutes": lambda v: _part(v, abs(v).seconds // 60 % 60),
    "seconds": lambda v: _part(v, abs(v).seconds % 60),
}
_MONTHS: dict[str, Callable[[Any], Any]] = {
    "years": lambda v: Decimal(int(v.months / 12)),
    "months": lambda v: Decimal(abs(v.months) % 12 * (1 if v.months >= 0 else -1)),
}
_RANGE: dict[str, Callable[[Any], Any]] = {
    "start": lambda v: v.low,
    "end": lambda v: v.high,
    "start included": lambda v: v.low_closed,
    "end included": lambda v: v.high_closed,
}
_OF: dict[type, dict[str, Callable[[Any], Any]]] = {
    date: _DATE,
    WideDate: _DATE,
    datetime: _DATE | _TIME,
    WideDateTime: _DATE | _TIME,
    time: _TIME,
    timedelta: _DAYS,
    YearsMonths: _MONTHS,
    Range: _RANGE,
}


def property_of(value: Any, name: str) -> tuple[bool, Any]:
    """Say whether the value has such a property, and give it."""
    reader = _OF.get(type(value), {}).get(name)
    return (False, None) if reader is None else (True, reader(value))


def _part(value: timedelta, amount: int) -> Decimal:
    return Decimal(amount if value >= timedelta(0) else -amount)
