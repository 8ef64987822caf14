"""Working-day arithmetic on a calendar that is data (R-C1 to R-C4); pure, no database, no clock.

Weekends are Saturday and Sunday (R-C2). A swapped Saturday is a working day, a swapped weekday is not.
The day an event happens is never counted (R-T3): "5 working days from Monday" starts counting on Tuesday.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property

from foundation.clock import BUSINESS_ZONE, aware
from foundation.errors import Invalid
from foundation.texts import _

#: the last instant of a local day at millisecond precision (R-T8)
LAST_INSTANT = time(23, 59, 59, 999000)
#: working days that one call may step over; far beyond any deadline (40 years)
LARGEST_STEP = 10_000
_SATURDAY = 5
_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """Why a day differs from its weekday (R-C1)."""

    HOLIDAY = "holiday"
    COMPENSATORY = "compensatory"
    SWAPPED_OFF = "swapped_off"
    SWAPPED_WORK = "swapped_work"


class DaySource(StrEnum):
    """Where an entry comes from; a manual entry wins over a packaged one (R-C1)."""

    PACKAGE = "package"
    MANUAL = "manual"


@dataclass(frozen=True, kw_only=True)
class CalendarDay:
    """One day that differs from its weekday: a day off, or a weekend day that is worked."""

    date: date
    kind: DayKind
    #: Vietnamese name as people know it ("Tết Nguyên Đán")
    name: str
    #: the document the entry rests on, may be empty
    basis: str = ""
    source: DaySource = DaySource.PACKAGE
    #: computed, not yet confirmed by the yearly notice ("dự kiến", R-C3)
    is_estimate: bool = False

    @property
    def is_working(self) -> bool:
        """Tell whether people work on this day."""
        return self.kind is DayKind.SWAPPED_WORK


@dataclass(frozen=True, kw_only=True)
class WorkingCalendar:
    """Which days are worked. Its version is kept beside every deadline computed with it."""

    #: changes whenever an entry changes; equal for equal entries
    version: str
    #: the days that differ from their weekday
    days: Mapping[date, CalendarDay] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """Tell whether `day` is worked."""
        entry = self.days.get(day)
        return day.weekday() < _SATURDAY if entry is None else entry.is_working

    def is_estimated(self, day: date) -> bool:
        """Tell whether the answer for `day` is "dự kiến": an estimated entry or an unknown year (R-C3)."""
        entry = self.days.get(day)
        return day.year not in self.known_years if entry is None else entry.is_estimate

    @cached_property
    def known_years(self) -> frozenset[int]:
        """Give the years that have at least one entry."""
        return frozenset(day.year for day in self.days)

    def next_working_day(self, day: date) -> date:
        """Give `day` itself when it is worked, else the first working day after it."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def previous_working_day(self, day: date) -> date:
        """Give `day` itself when it is worked, else the last working day before it."""
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """Give the `count`-th working day after `day` (before it when negative); `day` itself for 0.

        `day` need not be worked. Raises Invalid when |count| exceeds LARGEST_STEP.
        """
        if abs(count) > LARGEST_STEP:
            raise Invalid(
                _(
                    "Số ngày làm việc phải từ -{limit} đến {limit}, nhận được {found}.",
                    limit=LARGEST_STEP,
                    found=count,
                ),
                found=count,
            )
        step = _DAY if count > 0 else -_DAY
        left = abs(count)
        while left:
            day += step
            if self.is_working_day(day):
                left -= 1
        return day

    def working_days_in(self, first: date, last: date) -> int:
        """Count the working days from `first` to `last`, both included; 0 when `last` is earlier."""
        if last < first:
            return 0
        return _weekdays_until(last) - _weekdays_until(first - _DAY) + self._correction(first, last)

    def working_days_between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to `end` included (R-T3); negative when `end` is earlier.

        The inverse of `add_working_days`: adding the answer to `start` gives `end` when `end` is worked.
        """
        if end >= start:
            return self.working_days_in(start + _DAY, end)
        return -self.working_days_in(end, start - _DAY)

    def end_of_day(self, day: date) -> datetime:
        """Give the last instant of `day` in the business zone as an aware UTC moment (R-T8)."""
        return end_of_day(day)

    def add_working_time(self, moment: datetime, duration: timedelta) -> datetime:
        """Give the moment `duration` later, counting working days only, each as 24 hours.

        A moment on a day off counts as the beginning of the next working day. Negative durations go back.
        Raises ValueError for a naive moment.
        """
        local = aware(moment).astimezone(BUSINESS_ZONE)
        day = local.date()
        into_day = local - datetime.combine(day, time.min, BUSINESS_ZONE)
        if not self.is_working_day(day):
            day, into_day = self.next_working_day(day), timedelta(0)
        shift, into_day = divmod(into_day + duration, _DAY)
        day = self.add_working_days(day, shift)
        return (datetime.combine(day, time.min, BUSINESS_ZONE) + into_day).astimezone(UTC)

    @cached_property
    def _free_weekdays(self) -> list[date]:
        return sorted(d for d, e in self.days.items() if d.weekday() < _SATURDAY and not e.is_working)

    @cached_property
    def _worked_weekend_days(self) -> list[date]:
        return sorted(d for d, e in self.days.items() if d.weekday() >= _SATURDAY and e.is_working)

    def _correction(self, first: date, last: date) -> int:
        return _count_within(self._worked_weekend_days, first, last) - _count_within(
            self._free_weekdays, first, last
        )


def end_of_day(day: date) -> datetime:
    """Give the last instant of `day` in the business zone as an aware UTC moment (R-T8)."""
    return datetime.combine(day, LAST_INSTANT, BUSINESS_ZONE).astimezone(UTC)


def local_date(moment: datetime) -> date:
    """Give the calendar day of an aware moment in the business zone."""
    return aware(moment).astimezone(BUSINESS_ZONE).date()


def _weekdays_until(day: date) -> int:
    """Count Mondays to Fridays from the beginning of the calendar (a Monday) to `day` included."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * _SATURDAY + min(rest, _SATURDAY)


def _count_within(days: list[date], first: date, last: date) -> int:
    return bisect_right(days, last) - bisect_left(days, first)
