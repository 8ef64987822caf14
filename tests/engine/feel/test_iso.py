"""ISO 8601 literals of timers."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.feel.iso import IsoError, parse_cycle, parse_date_time, parse_duration
from foundation.clock import BUSINESS_ZONE


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-31T17:00:00+07:00", datetime(2024, 1, 31, 10, tzinfo=UTC)),
        ("2024-01-31T17:00", datetime(2024, 1, 31, 10, tzinfo=UTC)),
        ("2024-01-31", datetime(2024, 1, 30, 17, tzinfo=UTC)),
        ("2024-01-31T10:00:00.5Z", datetime(2024, 1, 31, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("2024-01-31T24:00:00Z", datetime(2024, 2, 1, tzinfo=UTC)),
    ],
)
def test_a_moment_without_zone_is_vietnam_time(text: str, moment: datetime) -> None:
    assert parse_date_time(text) == moment


def test_months_are_added_in_the_calendar_and_hours_in_time() -> None:
    start = datetime(2024, 1, 31, 8, tzinfo=BUSINESS_ZONE)

    assert parse_duration("P1M").added_to(start) == datetime(2024, 2, 29, 8, tzinfo=BUSINESS_ZONE)
    assert parse_duration("P1W").rest == timedelta(days=7)
    assert parse_duration("P1M1DT2H").added_to(start) == datetime(2024, 3, 1, 10, tzinfo=BUSINESS_ZONE)


def test_a_cycle_says_how_often_from_when_and_at_which_interval() -> None:
    cycle = parse_cycle("R3/2024-01-01T08:00/PT1H")

    assert (cycle.repetitions, cycle.interval.rest) == (3, timedelta(hours=1))
    assert cycle.start == datetime(2024, 1, 1, 1, tzinfo=UTC)
    assert parse_cycle("R/P1D").repetitions is None


@pytest.mark.parametrize(
    "text", ["31/12/2024", "2024-02-30", "2024-01-01T25:00", "", "P1D", "2024-01-01@Nowhere"]
)
def test_what_is_no_moment_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(IsoError, match="2024-01-31T17:00"):
        parse_date_time(text)


@pytest.mark.parametrize("text", ["P", "PT", "1D", "P1H", "P-1D", "P1.5D"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(IsoError, match="PT2H"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["R3", "R/PT0S", "R-1/PT1H", "R/-PT1H", "PT1H", "R/P1D/P1D/P1D"])
def test_what_is_no_cycle_is_refused(text: str) -> None:
    with pytest.raises(IsoError):
        parse_cycle(text)
