"""The working calendar as the engine uses it: read from the database only when something asks."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from foundation import calendars
from foundation.working_time import WorkingCalendar


class CalendarOnDemand:
    """A `WorkingTime` for FEEL and ladders that loads the calendar at its first use in a command."""

    def __init__(self, session: Session, name: str = "default") -> None:
        """Remember where to load from."""
        self._session = session
        self._name = name
        self._loaded: WorkingCalendar | None = None

    @property
    def calendar(self) -> WorkingCalendar:
        """The calendar itself."""
        if self._loaded is None:
            self._loaded = calendars.load(self._session, self._name)
        return self._loaded

    def add_working_days(self, day: date, count: int) -> date:
        """Give the day `count` working days after (or before) a day."""
        return self.calendar.add_working_days(day, count)

    def working_days_between(self, start: date, end: date) -> int:
        """Give the number of working days after `start` up to `end`."""
        return self.calendar.working_days_between(start, end)

    def next_working_day(self, day: date) -> date:
        """Give the day itself when it is a working day, else the next one."""
        return self.calendar.next_working_day(day)

    def add_working_time(self, moment: datetime, duration: timedelta) -> datetime:
        """Give the moment after a duration of working time."""
        return self.calendar.add_working_time(moment, duration)
