"""Today as the pages need it: working days left, dates from forms, the horizon of "sắp đến hạn"."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from directives import deadlines, policies
from foundation import calendars
from foundation.errors import Invalid
from foundation.texts import _
from foundation.working_time import WorkingCalendar, local_date
from web.gate import runtime


@dataclass(frozen=True, kw_only=True)
class Days:
    """One day with its calendar."""

    now: datetime
    today: date
    calendar: WorkingCalendar
    #: the last due day that is "sắp đến hạn"
    soon: date

    def left(self, due: date | datetime | None) -> int | None:
        """Give the working days until a due day, the days past it as a negative number."""
        if due is None:
            return None
        day = local_date(due) if isinstance(due, datetime) else due
        if day < self.today:
            return (day - self.today).days
        return max(self.calendar.working_days_between(self.today, day), int(day > self.today))

    def local(self, moment: datetime | None) -> date | None:
        """Give the day of a moment in the business zone."""
        return None if moment is None else local_date(moment)


def days(session: Session) -> Days:
    """Give today; two small queries."""
    now = runtime().clock.now()
    today = local_date(now)
    calendar = calendars.load(session)
    soon = deadlines.due_soon_horizon(today, calendar, policies.current(session, today))
    return Days(now=now, today=today, calendar=calendar, soon=soon)


def day_of(field: str, text: str, *, is_required: bool = False) -> date | None:
    """Read a day from a form: 2024-03-29 as browsers send it, or 29/03/2024. Raises Invalid."""
    written = text.strip()
    if not written:
        if is_required:
            raise Invalid(fields={field: _("Cần chọn ngày.")})
        return None
    try:
        if "/" in written:
            day, month, year = (int(part) for part in written.split("/"))
            return date(year, month, day)
        return date.fromisoformat(written)
    except ValueError:
        raise Invalid(
            fields={field: _("Cần ngày có thật dạng 29/03/2024, nhận được “{found}”.", found=written[:40])}
        ) from None
