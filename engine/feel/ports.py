"""What the interpreter asks of others."""

from datetime import date
from typing import Protocol


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
