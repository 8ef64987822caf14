"""Functions of the working-day calendar; without a calendar they are null with a warning."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.feel.builtins.registry import Refused, builtin
from engine.feel.ports import WorkingHours, WorkingTime
from engine.feel.run import Run
from foundation.clock import BUSINESS_ZONE
from foundation.errors import Invalid
from foundation.texts import _

_MOST_DAYS = 100_000


def _calendar(run: Run) -> WorkingTime:
    if run.calendar is None:
        raise Refused(_("không có lịch làm việc cho lần tính này"), "missing")
    return run.calendar


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.astimezone(BUSINESS_ZONE).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    raise Refused(_("ngày nằm ngoài các năm 1 đến 9999"), "range")


@builtin("add working days(date: date|date and time, days: number)")
def add_working_days(run: Run, day: Any, days: Decimal) -> date:
    """Give the date so many working days later, or earlier when negative."""
    if days != days.to_integral_value() or abs(days) > _MOST_DAYS:
        raise Refused(_("số ngày làm việc phải là số nguyên trong khoảng ±{most}", most=_MOST_DAYS), "range")
    run.charge(abs(int(days)))
    try:
        return _calendar(run).add_working_days(_day(day), int(days))
    except Invalid as problem:
        raise Refused(problem.text, "range") from None


@builtin("working days between(from: date|date and time, to: date|date and time)")
def working_days_between(run: Run, start: Any, end: Any) -> Decimal:
    """Count the working days after the first date up to the second."""
    first, last = _day(start), _day(end)
    run.charge(abs((last - first).days))
    return Decimal(_calendar(run).working_days_between(first, last))


@builtin("next working day(date: date|date and time)")
def next_working_day(run: Run, day: Any) -> date:
    """Give the date itself when work is done on it, else the next one on which it is."""
    return _calendar(run).next_working_day(_day(day))


@builtin("add working time(from: date and time, duration: days and time duration)")
def add_working_time(run: Run, moment: Any, duration: timedelta) -> datetime:
    """Give the moment so much working time later; a moment without zone is Vietnam time."""
    calendar = _calendar(run)
    if not isinstance(calendar, WorkingHours):
        raise Refused(_("lịch làm việc không tính được theo giờ"), "missing")
    if not isinstance(moment, datetime):
        raise Refused(_("ngày nằm ngoài các năm 1 đến 9999"), "range")
    run.charge(1 + abs(duration.days))
    try:
        local = moment if moment.tzinfo else moment.replace(tzinfo=BUSINESS_ZONE)
        return calendar.add_working_time(local, duration).astimezone(local.tzinfo)
    except Invalid as problem:
        raise Refused(problem.text, "range") from None
