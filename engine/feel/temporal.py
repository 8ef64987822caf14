"""Dates, times and durations: reading their text, wide years, zones (DMN 1.5 §10.3.2.3.5–8).

The readers are strict: they give None for text that is not exactly of the form.
"""

import re
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel.values import CYCLE_DAYS, WideDate, WideDateTime, YearsMonths
from foundation.clock import BUSINESS_ZONE

AnyDate = date | WideDate
AnyDateTime = datetime | WideDateTime

_YEARS = 999_999_999
_SIXTY = 60
#: 24:00:00 is the midnight that ends a day
_MIDNIGHT = 24
_MOST_OFFSET = timedelta(hours=18)
_DATE = re.compile(r"(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,20}))?(Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z0-9_+\-/]{1,60})?"
)
_MONTHS = re.compile(r"(-)?P(?:([0-9]{1,12})Y)?(?:([0-9]{1,12})M)?")
_DAYS = re.compile(
    r"(-)?P(?:([0-9]{1,12})D)?(?:T(?:([0-9]{1,14})H)?(?:([0-9]{1,16})M)?(?:([0-9]{1,18})(?:\.([0-9]{0,20}))?S)?)?"
)


def make_date(year: int, month: int, day: int) -> AnyDate | None:
    """Give the date, also outside the years 1 … 9999; None when there is no such day."""
    if not -_YEARS <= year <= _YEARS:
        return None
    try:
        if MINYEAR <= year <= MAXYEAR:
            return date(year, month, day)
        cycles, rest = divmod(year - 2000, 400)
        return WideDate(cycles, date(2000 + rest, month, day))
    except (ValueError, OverflowError):
        return None


def year_of(value: AnyDate | AnyDateTime) -> int:
    """Give the year, negative before the year 0."""
    if isinstance(value, WideDate | WideDateTime):
        return value.base.year + 400 * value.cycles
    return value.year


def base_of(value: Any) -> Any:
    """Give the value itself, or of a wide one the date (and time) with the same month, day and weekday."""
    return value.base if isinstance(value, WideDate | WideDateTime) else value


def cycles_of(value: Any) -> int:
    """Give how many 400-year cycles lie between `base_of` and the value."""
    return value.cycles if isinstance(value, WideDate | WideDateTime) else 0


def settle(base: date | datetime, cycles: int) -> Any:
    """Give the value for a base and cycles: native when the year allows; None beyond ±999 999 999."""
    year = base.year + 400 * cycles
    if MINYEAR <= year <= MAXYEAR:
        return base if cycles == 0 else base.replace(year=year)
    if not -_YEARS <= year <= _YEARS:
        return None
    extra, rest = divmod(base.year - 2000, 400)
    moved = base.replace(year=2000 + rest)
    if isinstance(moved, datetime):
        return WideDateTime(cycles + extra, moved)
    return WideDate(cycles + extra, moved)


def centred(value: Any) -> tuple[Any, int]:
    """Give base and cycles with the base in 2000 … 2399, so that adding to it cannot leave Python's years."""
    base = base_of(value)
    extra, rest = divmod(base.year - 2000, 400)
    if extra == 0:
        return base, cycles_of(value)
    return base.replace(year=2000 + rest), cycles_of(value) + extra


def read_date(text: str) -> AnyDate | None:
    """Read `2017-12-31`."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    return make_date(int(match[1]), int(match[2]), int(match[3]))


def read_time(text: str) -> time | None:
    """Read `10:00:00`, with fraction, `Z`, offset or `@Zone`; 24:00:00 is midnight."""
    parts = _time_parts(text)
    return None if parts is None else parts[0]


def read_date_time(text: str) -> AnyDateTime | None:
    """Read `2017-12-31T10:00:00…`, or a date alone, which is its midnight."""
    head, mark, tail = text.partition("T")
    day = read_date(head)
    if day is None:
        return None
    if not mark:
        return combine(day, time())
    parts = _time_parts(tail)
    if parts is None:
        return None
    moment = combine(day, parts[0])
    if parts[1] and moment is not None:
        from engine.feel.arithmetic import add_days

        return add_days(moment, timedelta(days=1))  # type: ignore[no-any-return]  # a moment plus days is one
    return moment


def combine(day: AnyDate, clock: time) -> AnyDateTime:
    """Put a date and a time together."""
    if isinstance(day, WideDate):
        return WideDateTime(day.cycles, datetime.combine(day.base, clock))
    return datetime.combine(day, clock)


def _time_parts(text: str) -> tuple[time, bool] | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = int(match[1]), int(match[2]), int(match[3])
    micro = int((match[4] or "0")[:6].ljust(6, "0"))
    ends = hour == _MIDNIGHT and minute == second == micro == 0
    zone = _zone(match[5])
    if zone is None and match[5]:
        return None
    try:
        return time(0 if ends else hour, minute, second, micro, tzinfo=zone), ends
    except ValueError:
        return None


def _zone(text: str | None) -> tzinfo | None:
    """Give the zone; None without one or when it does not exist."""
    if not text:
        return None
    if text == "Z":
        return UTC
    if text[0] == "@":
        return named_zone(text[1:])
    hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    if max(minutes, *seconds, 0) >= _SIXTY or offset > _MOST_OFFSET:
        return None
    return offset_zone(-offset if text[0] == "-" else offset)


def offset_zone(offset: timedelta) -> tzinfo | None:
    """Give the fixed zone of an offset, UTC for none."""
    if not offset:
        return UTC
    try:
        return timezone(offset)
    except ValueError:
        return None


@lru_cache(maxsize=256)
def named_zone(name: str) -> tzinfo | None:
    """Give the zone of the IANA database; None when it is unknown."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def zone_name(zone: tzinfo | None) -> str | None:
    """Give the IANA name of a zone, None of a fixed offset."""
    return zone.key if isinstance(zone, ZoneInfo) else None


def offset_of(value: datetime | time) -> timedelta | None:
    """Give the offset from UTC; a zone with summer time has one for a bare time too (that of its winter)."""
    if value.tzinfo is None:
        return None
    found = value.utcoffset()
    if found is None and isinstance(value, time):
        return datetime.combine(date(1970, 1, 1), value).utcoffset()
    return found


def absolute(value: AnyDateTime) -> tuple[int, datetime]:
    """Give a moment comparable with others: cycles and UTC; one without a zone means the business zone."""
    base, cycles = centred(value)
    if base.tzinfo is None:
        base = base.replace(tzinfo=BUSINESS_ZONE)
    moment = base.astimezone(UTC)
    extra, rest = divmod(moment.year - 2000, 400)
    return (cycles + extra, moment.replace(year=2000 + rest)) if extra else (cycles, moment)


def seconds_of_day(value: time) -> int:
    """Give microseconds since midnight UTC (local when without zone)."""
    own = ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond
    offset = offset_of(value)
    return own if offset is None else own - offset // timedelta(microseconds=1)


def read_duration(text: str) -> timedelta | YearsMonths | None:
    """Read `P1Y2M` or `-P1DT2H3M4.5S`."""
    match = _MONTHS.fullmatch(text)
    if match is not None and (match[2] or match[3]):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return YearsMonths(-months if match[1] else months)
    match = _DAYS.fullmatch(text)
    if match is None or text.endswith(("T", "P")):
        return None
    micro = int((match[6] or "0")[:6].ljust(6, "0"))
    try:
        span = timedelta(
            days=int(match[2] or 0),
            hours=int(match[3] or 0),
            minutes=int(match[4] or 0),
            seconds=int(match[5] or 0),
        ) + timedelta(microseconds=micro)
    except OverflowError:
        return None
    return -span if match[1] else span


def days_between(later: AnyDate, earlier: AnyDate) -> int:
    """Count the calendar days from the second to the first."""
    return (base_of(later) - base_of(earlier)).days + (cycles_of(later) - cycles_of(earlier)) * CYCLE_DAYS  # type: ignore[no-any-return]  # date minus date
