"""FEEL values as text: what `string()` gives, and what reads back as the same value."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.temporal import base_of, offset_of, year_of, zone_name
from engine.feel.values import Function, Range, WideDate, WideDateTime, YearsMonths


def text_of(value: Any, *, quoted: bool = False) -> str:
    """Give a value as text; inside lists and contexts strings are quoted."""
    shape = _SHAPES.get(type(value))
    if shape is not None:
        return str(shape(value))
    if type(value) is str:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if quoted else value
    if type(value) is list:
        return "[" + ", ".join(text_of(item, quoted=True) for item in value) + "]"
    if type(value) is dict:
        return (
            "{" + ", ".join(f"{_key(key)}: {text_of(item, quoted=True)}" for key, item in value.items()) + "}"
        )
    return "null"


def number_text(value: Decimal) -> str:
    """Give a number without exponent and without idle zeros."""
    plain = format(value, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def date_text(value: date | WideDate) -> str:
    """Give `2017-12-31`, also for years of more than four digits."""
    base = base_of(value)
    year = year_of(value)
    sign = "-" if year < 0 else ""
    return f"{sign}{abs(year):04d}-{base.month:02d}-{base.day:02d}"


def time_text(value: time | datetime) -> str:
    """Give the time of day with fraction and zone."""
    text = f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}"
    if value.microsecond:
        text += f".{value.microsecond:06d}".rstrip("0")
    name = zone_name(value.tzinfo)
    if name is not None:
        return f"{text}@{name}"
    offset = offset_of(value)
    return text if offset is None else text + offset_text(offset)


def offset_text(offset: timedelta) -> str:
    """Give `Z` or `+07:00`."""
    seconds = int(offset.total_seconds())
    if seconds == 0:
        return "Z"
    sign = "-" if seconds < 0 else "+"
    minutes, rest = divmod(abs(seconds), 60)
    tail = f":{rest:02d}" if rest else ""
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}{tail}"


def moment_text(value: datetime | WideDateTime) -> str:
    """Give `2017-12-31T10:00:00+07:00`."""
    day = WideDate(value.cycles, value.base.date()) if isinstance(value, WideDateTime) else value.date()
    return f"{date_text(day)}T{time_text(base_of(value))}"


def days_text(value: timedelta) -> str:
    """Give a days-and-time duration as ISO 8601."""
    if not value:
        return "PT0S"
    sign = "-" if value < timedelta(0) else ""
    value = abs(value)
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    text = f"{value.days}D" if value.days else ""
    clock = f"{hours}H" if hours else ""
    clock += f"{minutes}M" if minutes else ""
    if seconds or value.microseconds:
        fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
        clock += f"{seconds}{fraction}S"
    return f"{sign}P{text}" + (f"T{clock}" if clock else "")


def months_text(value: YearsMonths) -> str:
    """Give a years-and-months duration as ISO 8601."""
    years, months = divmod(abs(value.months), 12)
    sign = "-" if value.months < 0 else ""
    if not years and not months:
        return "P0M"
    return f"{sign}P" + (f"{years}Y" if years else "") + (f"{months}M" if months else "")


def range_text(value: Range) -> str:
    """Give a range as it is written."""
    if value.excludes:
        return f"!={text_of(value.low, quoted=True)}"
    low = "" if value.low is None else text_of(value.low, quoted=True)
    high = "" if value.high is None else text_of(value.high, quoted=True)
    if value.low is None and value.high is not None:
        return f"<={high}" if value.high_closed else f"<{high}"
    if value.high is None and value.low is not None:
        return f">={low}" if value.low_closed else f">{low}"
    return f"{'[' if value.low_closed else '('}{low}..{high}{']' if value.high_closed else ')'}"


def _key(name: str) -> str:
    plain = name.replace("_", "a").replace(" ", "a").isalnum() and not name[0].isdigit()
    return name if plain else text_of(name, quoted=True)


def _boolean(value: bool) -> str:  # noqa: FBT001  the value itself
    return "true" if value else "false"


def _function(value: Function) -> str:
    return f"function({', '.join(value.parameters)})"


_SHAPES: dict[type, Any] = {
    Decimal: number_text,
    bool: _boolean,
    date: date_text,
    WideDate: date_text,
    time: time_text,
    datetime: moment_text,
    WideDateTime: moment_text,
    timedelta: days_text,
    YearsMonths: months_text,
    Range: range_text,
    Function: _function,
}
