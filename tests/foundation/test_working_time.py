"""Working-day arithmetic against the vectors of R-C4."""

from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.calendar_entries import SHIPPED_YEARS, packaged_days
from foundation.errors import Invalid
from foundation.working_time import WorkingCalendar, end_of_day, local_date

days = st.dates(date(2020, 6, 1), date(2028, 6, 1))


@cache
def vietnam() -> WorkingCalendar:
    return WorkingCalendar(
        version="shipped", days={day.date: day for day in packaged_days(tuple(SHIPPED_YEARS))}
    )


def day(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").replace(tzinfo=UTC).date()


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        ("05/02/2024", 5, "19/02/2024"),
        ("07/02/2024", 1, "15/02/2024"),
        ("26/04/2024", 1, "02/05/2024"),
        ("03/05/2024", 1, "04/05/2024"),
        ("25/04/2025", 1, "26/04/2025"),
        ("24/01/2025", 3, "05/02/2025"),
        ("31/12/2025", 1, "05/01/2026"),
        ("09/01/2026", 1, "10/01/2026"),
    ],
)
def test_terms_in_working_days_end_where_the_official_calendar_says(
    start: str, count: int, expected: str
) -> None:
    assert vietnam().add_working_days(day(start), count) == day(expected)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("31/03/2024", "01/04/2024"),
        ("30/09/2023", "02/10/2023"),
        ("30/11/2024", "02/12/2024"),
        ("01/05/2022", "04/05/2022"),
        ("04/05/2024", "04/05/2024"),
    ],
)
def test_a_day_off_rolls_to_the_next_working_day_and_a_working_day_stays(start: str, expected: str) -> None:
    assert vietnam().next_working_day(day(start)) == day(expected)


def test_thirty_four_days_are_worked_from_6_february_to_29_march_2024() -> None:
    assert vietnam().working_days_in(day("06/02/2024"), day("29/03/2024")) == 34
    assert vietnam().working_days_between(day("05/02/2024"), day("29/03/2024")) == 34


def test_three_working_days_before_tet_ends_are_counted_back_over_the_holiday() -> None:
    assert vietnam().add_working_days(day("16/02/2024"), -3) == day("06/02/2024")
    assert vietnam().previous_working_day(day("14/02/2024")) == day("07/02/2024")


def test_the_swap_of_2026_makes_2_january_free_and_10_january_a_working_saturday() -> None:
    assert not vietnam().is_working_day(day("02/01/2026"))
    assert vietnam().is_working_day(day("10/01/2026"))
    assert not vietnam().is_estimated(day("02/01/2026"))


def test_days_of_2027_and_the_culture_day_of_2026_are_estimates() -> None:
    calendar = vietnam()
    assert calendar.is_estimated(day("24/11/2026"))
    assert not calendar.is_working_day(day("24/11/2026"))
    assert calendar.is_estimated(day("04/02/2027"))
    assert not calendar.is_estimated(day("10/02/2024"))
    assert calendar.is_estimated(day("01/01/2030"))


def test_zero_working_days_is_the_day_itself_even_on_a_sunday() -> None:
    assert vietnam().add_working_days(day("31/03/2024"), 0) == day("31/03/2024")


def test_an_absurd_number_of_working_days_is_refused() -> None:
    with pytest.raises(Invalid, match="10001"):
        vietnam().add_working_days(day("31/03/2024"), 10_001)


def test_a_day_ends_one_millisecond_before_midnight_in_vietnam() -> None:
    assert end_of_day(day("31/03/2024")) == datetime(2024, 3, 31, 16, 59, 59, 999000, tzinfo=UTC)
    assert local_date(end_of_day(day("31/03/2024"))) == day("31/03/2024")


def test_one_working_day_after_friday_afternoon_is_monday_afternoon() -> None:
    friday = datetime(2024, 3, 29, 8, 0, tzinfo=UTC)
    assert vietnam().add_working_time(friday, timedelta(days=1)) == datetime(2024, 4, 1, 8, 0, tzinfo=UTC)
    assert vietnam().add_working_time(friday, timedelta(hours=12)) == datetime(2024, 3, 31, 20, 0, tzinfo=UTC)


def test_working_time_from_a_day_off_starts_with_the_next_working_day() -> None:
    sunday = datetime(2024, 3, 31, 3, 0, tzinfo=UTC)
    assert vietnam().add_working_time(sunday, timedelta(hours=2)) == datetime(2024, 3, 31, 19, 0, tzinfo=UTC)
    assert vietnam().add_working_time(sunday, timedelta(hours=-1)) == datetime(2024, 3, 29, 16, 0, tzinfo=UTC)


@given(days, st.integers(-300, 300))
def test_counting_is_the_inverse_of_adding(start: date, count: int) -> None:
    calendar = vietnam()
    end = calendar.add_working_days(start, count)
    if count > 0:
        assert calendar.working_days_between(start, end) == count
    if count < 0:
        assert calendar.working_days_between(start, end) == count
    assert count == 0 or calendar.is_working_day(end)


@given(days, st.integers(0, 400))
def test_the_count_equals_looking_at_every_day(first: date, length: int) -> None:
    calendar = vietnam()
    last = first + timedelta(days=length)
    slowly = sum(calendar.is_working_day(first + timedelta(days=n)) for n in range(length + 1))
    assert calendar.working_days_in(first, last) == slowly
