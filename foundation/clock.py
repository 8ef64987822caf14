"""The only source of time. Everything else receives a clock or a moment as a parameter."""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

#: the business zone of the house (UTC+7, no summer time; R-T8)
BUSINESS_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock(Protocol):
    """Tells the present moment."""

    def now(self) -> datetime:
        """Give the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The clock of the machine. It cannot be set."""

    def now(self) -> datetime:
        """Give the machine's present moment in UTC."""
        return datetime.now(UTC)  # noqa: TID251  the one place where time enters the house


class MovableClock:
    """A clock that stands still until it is moved: for tests, rehearsals and `--test-clock`."""

    def __init__(self, start: datetime) -> None:
        """Begin at an aware moment."""
        self._now = aware(start)

    def now(self) -> datetime:
        """Give the moment the clock was last set to."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Set the clock forward to an aware moment; it never goes back."""
        moment = aware(moment)
        if moment < self._now:
            raise ValueError(
                f"the clock shows {self._now.isoformat()} and cannot go back to {moment.isoformat()}"
            )
        self._now = moment

    def advance(self, duration: timedelta) -> None:
        """Set the clock forward by a duration."""
        self.move_to(self._now + duration)


def aware(moment: datetime) -> datetime:
    """Give the moment in UTC; a naive one is refused with ValueError."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a time zone, found {moment.isoformat()}")
    return moment.astimezone(UTC)
