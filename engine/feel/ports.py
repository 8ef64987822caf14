"""What the interpreter asks of others."""

from datetime import date, datetime, timedelta
from typing import Protocol, runtime_checkable


class WorkingTime(Protocol):
    """The national working-day calendar behind `add working days` and its sisters."""

    def add_working_days(self, start: date, days: int, /) -> date:
        """Give the day that lies `days` working days after `start` (before it when negative)."""
        ...

    def working_days_between(self, start: date, end: date, /) -> int:
        """Count the working days after `start` up to and including `end`."""
        ...

    def next_working_day(self, day: date, /) -> date:
        """Give `day` itself when work is done on it, else the first working day after it."""
        ...


@runtime_checkable
class WorkingHours(Protocol):
    """A calendar that also counts time within working days, behind `add working time`."""

    def add_working_time(self, moment: datetime, duration: timedelta, /) -> datetime:
        """Give the aware moment so much working time later."""
        ...
