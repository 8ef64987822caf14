"""Dates of reporting: which data a period holds, and when each level sends (R-R2 to R-R5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from foundation.errors import Invalid
from foundation.texts import Text, _
from foundation.vietnamese import ROMAN_QUARTERS, format_date
from foundation.working_time import WorkingCalendar

#: the data of a period end on this day of its last month; the next period begins the day after (R-R2)
_LAST_DAY = 14
#: a report needs this much time between its data and its sending, and between two levels (R-R4)
SMALLEST_GAP = 1


class Period(StrEnum):
    """A reporting period."""

    MONTH = "month"
    QUARTER = "quarter"
    FIRST_HALF = "first_half"
    SECOND_HALF = "second_half"
    YEAR = "year"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class DataSpan:
    """First and last day of the data of a period, and its name."""

    first: date
    last: date
    name: Text


def data_span(period: Period, year: int, number: int = 1) -> DataSpan:
    """Give the data of a period (R-R2); `number` is the month 1 to 12 or the quarter 1 to 4.

    Raises Invalid for a month or quarter that does not exist, and for `other`, which has its own dates.
    """
    match period:
        case Period.MONTH if 1 <= number <= 12:  # noqa: PLR2004  months of a year
            return _span(year, number, 1, _("tháng {month}/{year}", month=number, year=year))
        case Period.QUARTER if 1 <= number <= len(ROMAN_QUARTERS):
            name = _("quý {quarter}/{year}", quarter=ROMAN_QUARTERS[number - 1], year=year)
            return _span(year, number * 3, 3, name)
        case Period.FIRST_HALF:
            return _span(year, 6, 6, _("6 tháng đầu năm {year}", year=year))
        case Period.SECOND_HALF:
            return _span(year, 12, 6, _("6 tháng cuối năm {year}", year=year))
        case Period.YEAR:
            return _span(year, 12, 12, _("năm {year}", year=year))
        case _:
            raise Invalid(
                _("Không có kỳ báo cáo “{period}” số {number}.", period=period.value, number=number),
                rule="R-R2",
            )


def propose_dates(due_up: date, levels: int, calendar: WorkingCalendar, *, gap_days: int = 2) -> list[date]:
    """Propose the due day of each level, walking back in working days from the upward report (R-R4).

    The first is `due_up` itself, the last the day of the lowest level. A person confirms (R-S6).
    """
    if gap_days < SMALLEST_GAP:
        raise Invalid(
            _("Giữa hai cấp báo cáo phải có ít nhất 1 ngày làm việc, nhận được {found}.", found=gap_days),
            rule="R-R4",
        )
    dates = [due_up]
    for _level in range(levels):
        dates.append(calendar.add_working_days(dates[-1], -gap_days))
    return dates


def check_dates(dates: Sequence[date], data_as_of: date, calendar: WorkingCalendar) -> None:
    """Refuse dates with less than one working day between two levels, or after the data (R-R4).

    `dates` run from the upward report down to the lowest level; `data_as_of` is the last day of the data.
    """
    upper_and_lower = [*pairwise(dates), (dates[-1], data_as_of)]
    for upper, lower in upper_and_lower:
        if calendar.working_days_between(lower, upper) < SMALLEST_GAP:
            raise Invalid(
                _(
                    "Giữa {lower} và {upper} không có ngày làm việc nào; "
                    "mỗi cấp báo cáo cần ít nhất 1 ngày làm việc, hãy chọn ngày khác.",
                    lower=format_date(lower),
                    upper=format_date(upper),
                ),
                rule="R-R4",
                lower=lower.isoformat(),
                upper=upper.isoformat(),
            )


def latest_data_day(lowest_due: date, data_to: date, calendar: WorkingCalendar) -> date:
    """Give the day to which figures can be had: the cut-off, or the working day before an earlier due (R-R5).

    What lies between it and the cut-off is an estimate ("ước thực hiện").
    """
    last_working = calendar.previous_working_day(lowest_due)
    return min(data_to, calendar.add_working_days(last_working, -SMALLEST_GAP))


def _span(year: int, last_month: int, months: int, name: Text) -> DataSpan:
    last = date(year, last_month, _LAST_DAY)
    first_month = year * 12 + last_month - 1 - months
    first = date(first_month // 12, first_month % 12 + 1, _LAST_DAY) + timedelta(days=1)
    return DataSpan(first=first, last=last, name=name)
