"""The schedule of retries."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from webhooks.schedule import DELAYS, delay_after, random_jitter, retry_after

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def test_the_schedule_is_the_published_one() -> None:
    delays = [delay_after(failures, lambda: 0.0) for failures in range(len(DELAYS) + 1)]

    hours = [delay.total_seconds() / 3600 if delay is not None else None for delay in delays]
    assert hours[1:] == [5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24, None]


@pytest.mark.parametrize(("jitter", "minutes"), [(-1.0, 4), (0.0, 5), (1.0, 6)])
def test_jitter_moves_a_delay_by_a_fifth_at_most(jitter: float, minutes: int) -> None:
    assert delay_after(2, lambda: jitter) == timedelta(minutes=minutes)


def test_the_random_source_stays_within_its_bounds() -> None:
    drawn = [random_jitter() for _ in range(1000)]

    assert -1 <= min(drawn) < -0.5 < 0.5 < max(drawn) <= 1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        (format_datetime(NOW + timedelta(hours=1), usegmt=True), 3600),
        (format_datetime(NOW - timedelta(hours=1), usegmt=True), 0),
        ("999999999999999999", 86_400),
        (format_datetime(NOW + timedelta(days=9), usegmt=True), 86_400),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_date(value: str | None, seconds: int | None) -> None:
    wait = retry_after(value, NOW)

    assert (wait.total_seconds() if wait is not None else None) == seconds
