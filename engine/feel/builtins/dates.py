"""Date and time functions (DMN 1.5 tables 73, 75, 79, 81); the clock is that of the evaluation."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.builtins.registry import Refused, builtin
from engine.feel.run import Run
from engine.feel.temporal import (
    AnyDate,
    AnyDateTime,
    base_of,
    combine,
    cycles_of,
    make_date,
    offset_zone,
    read_date,
    read_date_time,
    read_duration,
    read_time,
    year_of,
)
from engine.feel.values import WideDate, WideDateTime, YearsMonths
from foundation.clock import BUSINESS_ZONE
from foundation.texts import _

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def _read(text: str, found: Any, kind: str) -> Any:
    if found is None:
        raise Refused(_("“{text}” không phải là {kind} hợp lệ", text=text[:40], kind=kind), "value")
    return found


def day_of(value: Any) -> AnyDate:
    """Give the date of a date or date-time."""
    if isinstance(value, WideDateTime):
        return WideDate(value.cycles, value.base.date())
    return value.date() if isinstance(value, datetime) else value


@builtin("date(from: string)")
def date_from_text(_run: Run, text: str) -> AnyDate:
    """Read `2024-01-31`."""
    return _read(text, read_date(text), "ngày (yyyy-mm-dd)")  # type: ignore[no-any-return]  # checked by the reader


@builtin("date(from: date|date and time)")
def date_from(_run: Run, value: Any) -> AnyDate:
    """Give the date of a date-time."""
    return day_of(value)


@builtin("date(year: number, month: number, day: number)")
def date_of_parts(_run: Run, year: Decimal, month: Decimal, day: Decimal) -> AnyDate:
    """Make a date."""
    found = make_date(int(year), int(month), int(day))
    return _read(f"{year}-{month}-{day}", found, "ngày")  # type: ignore[no-any-return]  # checked by make_date


@builtin("time(from: string)")
def time_from_text(_run: Run, text: str) -> time:
    """Read `10:00:00+07:00`."""
    return _read(text, read_time(text.removeprefix("T")), "giờ (hh:mm:ss)")  # type: ignore[no-any-return]  # a time


@builtin("time(from: time|date and time|date)")
def time_from(_run: Run, value: Any) -> time:
    """Give the time of a date-time; of a date midnight in UTC."""
    if isinstance(value, time):
        return value
    base = base_of(value)
    return base.timetz() if isinstance(base, datetime) else time(tzinfo=UTC)


@builtin("time(hour: number, minute: number, second: number, offset?: days and time duration?)")
def time_of_parts(
    _run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None
) -> time:
    """Make a time, with an offset from UTC when given."""
    whole = int(second)
    micro = int((second - whole) * 1_000_000)
    zone = None if offset is None else offset_zone(offset)
    if offset is not None and (zone is None or abs(offset) > timedelta(hours=18)):
        raise Refused(_("độ lệch múi giờ không hợp lệ"), "value")
    if not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second < 60):  # noqa: PLR2004  the clock
        raise Refused(
            _(
                "không có giờ {hour}:{minute}:{second}",
                hour=str(hour),
                minute=str(minute),
                second=str(second),
            ),
            "value",
        )
    return time(int(hour), int(minute), whole, micro, tzinfo=zone)


@builtin("date and time(from: string)")
def moment_from_text(_run: Run, text: str) -> AnyDateTime:
    """Read `2024-01-31T10:00:00+07:00`."""
    return _read(text, read_date_time(text), "ngày giờ (yyyy-mm-ddThh:mm:ss)")  # type: ignore[no-any-return]  # a moment


@builtin("date and time(from: date and time)")
def moment_from(_run: Run, value: AnyDateTime) -> AnyDateTime:
    """Give the date-time itself."""
    return value


@builtin("date and time(date: date|date and time, time: time)")
def moment_of_parts(_run: Run, day: Any, clock: time) -> AnyDateTime:
    """Put a date and a time together."""
    return combine(day_of(day), clock)


@builtin("date and time(from: date)")
def moment_of_date(_run: Run, day: AnyDate) -> AnyDateTime:
    """Give the midnight of a date, in UTC."""
    return combine(day, time(tzinfo=UTC))


@builtin("duration(from: string)")
def duration(_run: Run, text: str) -> timedelta | YearsMonths:
    """Read `P3D`, `PT2H30M`, `P1Y6M`."""
    return _read(text, read_duration(text), "khoảng thời gian (P…)")  # type: ignore[no-any-return]  # a duration


@builtin("duration(from: days and time duration|years and months duration)")
def duration_from(_run: Run, value: timedelta | YearsMonths) -> timedelta | YearsMonths:
    """Give the duration itself."""
    return value


@builtin("years and months duration(from: date|date and time, to: date|date and time)")
def years_months(_run: Run, start: Any, end: Any) -> YearsMonths:
    """Give the whole months from one date to another."""
    first, last = day_of(start), day_of(end)
    months = (year_of(last) - year_of(first)) * 12 + base_of(last).month - base_of(first).month
    if months > 0 and base_of(last).day < base_of(first).day:
        months -= 1
    elif months < 0 and base_of(last).day > base_of(first).day:
        months += 1
    return YearsMonths(months)


@builtin("now()")
def now(run: Run) -> datetime:
    """Give the moment of the evaluation, in the business zone."""
    return run.now.astimezone(BUSINESS_ZONE)


@builtin("today()")
def today(run: Run) -> date:
    """Give the date of the evaluation in the business zone."""
    return run.now.astimezone(BUSINESS_ZONE).date()


@builtin("day of week(date: date|date and time)")
def day_of_week(_run: Run, value: Any) -> str:
    """Give the English name of the weekday, as the standard says."""
    return _WEEKDAYS[base_of(value).weekday()]


@builtin("day of year(date: date|date and time)")
def day_of_year(_run: Run, value: Any) -> Decimal:
    """Give the number of the day in its year."""
    return Decimal(base_of(value).timetuple().tm_yday)


@builtin("month of year(date: date|date and time)")
def month_of_year(_run: Run, value: Any) -> str:
    """Give the English name of the month, as the standard says."""
    return _MONTHS[base_of(value).month - 1]


@builtin("week of year(date: date|date and time)")
def week_of_year(_run: Run, value: Any) -> Decimal:
    """Give the number of the week after ISO 8601."""
    base = base_of(value)
    if cycles_of(value) == 0 and base.year in (1, 9999):
        base = base.replace(year=2000 + (base.year - 2000) % 400)  # the calendar repeats after 400 years
    return Decimal(base.isocalendar().week)
