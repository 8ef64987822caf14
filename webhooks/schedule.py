"""When to try again: the published schedule of retries, with jitter, and what `Retry-After` asks for."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

#: waiting time before each attempt, counted from the one before it (Standard Webhooks; 75.6 h altogether)
DELAYS = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
#: the share by which a delay is made longer or shorter, so that retries do not arrive in step
JITTER = 0.2
#: the longest wait a receiver may ask for
LONGEST_RETRY_AFTER = timedelta(hours=24)

#: gives a number from -1 to 1; tests give their own
Jitter = Callable[[], float]


def random_jitter() -> float:
    """Give a random number from -1 to 1."""
    return random.uniform(-1.0, 1.0)  # noqa: S311  spreads load, protects nothing


def delay_after(failures: int, jitter: Jitter) -> timedelta | None:
    """Give the wait after so many failed attempts; None when the schedule is used up."""
    if failures >= len(DELAYS):
        return None
    return DELAYS[failures] * (1 + JITTER * jitter())


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Read a `Retry-After` header (seconds or an HTTP date), at most 24 hours; None when unusable."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        wanted = timedelta(seconds=min(int(text[:9]), 10**8))
    else:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        wanted = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return min(max(wanted, timedelta(0)), LONGEST_RETRY_AFTER)
