"""Deadlines: rolling, the strict switch, timeliness, recurrences (domain note §4)."""

from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directives import deadlines
from directives.deadlines import Deadline, DeadlineKind, Recurrence
from directives.policies import Policy, Roll
from directives.states import State, Timeliness, label
from foundation.calendar_entries import SHIPPED_YEARS, packaged_days
from foundation.errors import Invalid
from foundation.working_time import WorkingCalendar

TODAY = date(2024, 3, 1)


@cache
def vietnam() -> WorkingCalendar:
    days = {day.date: day for day in packaged_days(tuple(SHIPPED_YEARS))}
    return WorkingCalendar(version="shipped", days=days)


def due(day: date, **more: object) -> Deadline:
    written = Deadline(kind=DeadlineKind.FIXED, original_due=day, current_due=day)
    return replace(written, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("roll", "expected"),
    [
        (Roll.NEXT, date(2024, 4, 1)),
        (Roll.PREVIOUS, date(2024, 3, 29)),
        (Roll.NONE, date(2024, 3, 31)),
    ],
)
def test_a_due_day_on_a_sunday_is_judged_by_the_day_the_policy_says(roll: Roll, expected: date) -> None:
    computed = deadlines.effective(due(date(2024, 3, 31)), vietnam(), Policy(roll=roll))
    assert computed.effective_due == expected
    assert computed.current_due == date(2024, 3, 31)
    assert computed.calendar_version == "shipped"


def test_before_a_day_includes_the_day_unless_the_switch_is_strict() -> None:
    before = due(date(2022, 3, 31), qualifier="before")
    assert deadlines.effective(before, vietnam(), Policy()).effective_due == date(2022, 3, 31)
    strict = Policy(before_is_strict=True)
    assert deadlines.effective(before, vietnam(), strict).effective_due == date(2022, 3, 30)


def test_a_strict_before_never_rolls_onto_the_day_that_is_too_late() -> None:
    before_monday = due(date(2024, 4, 1), qualifier="before")
    strict = Policy(before_is_strict=True)
    assert deadlines.effective(before_monday, vietnam(), strict).effective_due == date(2024, 3, 31)


def test_before_an_impossible_day_still_includes_the_clamped_one() -> None:
    clamped = due(date(2022, 6, 30), qualifier="before", invalid="31/6/2022")
    strict = Policy(before_is_strict=True)
    assert deadlines.effective(clamped, vietnam(), strict).effective_due == date(2022, 6, 30)


def test_a_year_without_a_confirmed_calendar_gives_an_estimate() -> None:
    assert deadlines.effective(due(date(2027, 5, 12)), vietnam(), Policy()).is_estimate is False
    assert deadlines.effective(due(date(2031, 5, 12)), vietnam(), Policy()).is_estimate is True


def test_moving_a_due_day_keeps_the_words_and_the_original() -> None:
    written = due(date(2024, 3, 31), raw="trước ngày 31/3", qualifier="before")
    moved = deadlines.redated(written, date(2024, 4, 15), vietnam(), Policy(before_is_strict=True))
    assert (moved.raw, moved.original_due) == ("trước ngày 31/3", date(2024, 3, 31))
    assert moved.current_due == moved.effective_due == date(2024, 4, 15)


def test_a_day_set_where_none_was_becomes_the_original() -> None:
    moved = deadlines.redated(Deadline(), date(2024, 4, 15), vietnam(), Policy())
    assert moved.original_due == date(2024, 4, 15)


@pytest.mark.parametrize(
    ("state", "day", "result", "expected", "words"),
    [
        (State.IN_PROGRESS, None, None, Timeliness.NO_DUE, "Đang thực hiện – không thời hạn"),
        (
            State.AWAITING_ACCEPTANCE,
            date(2024, 3, 29),
            None,
            Timeliness.IN_TERM,
            "Chưa thực hiện – trong hạn",
        ),
        (State.IN_PROGRESS, date(2024, 3, 6), None, Timeliness.DUE_SOON, "Đang thực hiện – sắp đến hạn"),
        (State.REDO, date(2024, 3, 7), None, Timeliness.IN_TERM, "Đang thực hiện trong hạn"),
        (State.IN_PROGRESS, date(2024, 3, 1), None, Timeliness.DUE_SOON, "Đang thực hiện – sắp đến hạn"),
        (State.IN_PROGRESS, date(2024, 2, 29), None, Timeliness.OVERDUE, "Đang thực hiện quá hạn"),
        (
            State.AWAITING_CONFIRMATION,
            date(2024, 2, 29),
            date(2024, 3, 1),
            Timeliness.OVERDUE,
            "Chờ xác nhận quá hạn",
        ),
        (
            State.AWAITING_CONFIRMATION,
            date(2024, 2, 29),
            date(2024, 2, 28),
            Timeliness.DUE_SOON,
            "Chờ xác nhận trong hạn",
        ),
        (State.DONE, date(2024, 2, 29), date(2024, 2, 29), Timeliness.ON_TIME, "Hoàn thành đúng hạn"),
        (State.DONE, date(2024, 2, 28), date(2024, 2, 29), Timeliness.LATE, "Hoàn thành quá hạn"),
        (State.DONE, None, date(2024, 2, 29), Timeliness.NO_DUE, "Hoàn thành (không thời hạn)"),
    ],
)
def test_state_and_timeliness_make_the_label_officials_know(
    state: State, day: date | None, result: date | None, expected: Timeliness, words: str
) -> None:
    soon = deadlines.due_soon_horizon(TODAY, vietnam(), Policy())
    judged = deadlines.timeliness(state, day, TODAY, result, soon)
    assert judged is expected
    assert str(label(state, judged).text) == words


def test_every_state_has_a_label_with_word_icon_and_colour_in_every_timeliness_it_can_have() -> None:
    soon = deadlines.due_soon_horizon(TODAY, vietnam(), Policy())
    for state in State:
        for day in (None, date(2024, 2, 1), TODAY, date(2024, 6, 1)):
            for result in (None, date(2024, 2, 20)):
                found = label(state, deadlines.timeliness(state, day, TODAY, result, soon))
                assert all((str(found.text), found.icon, found.colour))


@pytest.mark.parametrize(
    ("recurrence", "expected"),
    [
        (Recurrence(month=11, day=15), [date(2024, 11, 15), date(2025, 11, 15)]),
        (Recurrence(month=2, day=29), [date(2025, 2, 28), date(2026, 2, 28)]),
        (
            Recurrence(month=5, day=18, interval=2, start=date(2023, 5, 18)),
            [date(2025, 5, 18), date(2027, 5, 18)],
        ),
        (Recurrence(freq="monthly", day=31), [date(2024, 3, 31), date(2024, 4, 30)]),
        (Recurrence(freq="quarterly", day=20), [date(2024, 3, 20), date(2024, 6, 20)]),
        (Recurrence(freq="quarterly", day=5, month=1), [date(2024, 4, 5), date(2024, 7, 5)]),
        (Recurrence(freq="half_yearly", day=10), [date(2024, 6, 10), date(2024, 12, 10)]),
        (Recurrence(), []),
    ],
)
def test_recurrences_give_the_next_days_and_none_when_no_day_is_stated(
    recurrence: Recurrence, expected: list[date]
) -> None:
    assert deadlines.occurrences(recurrence, TODAY, 2) == expected


def test_one_task_with_two_recurrences_is_due_at_the_nearer_one() -> None:
    read = deadlines.from_proposal(
        {
            "kind": "recurring_annual",
            "due": "2022-05-18",
            "recurrence": {"freq": "yearly", "month": 5, "day": 18, "from": "2022-05-18"},
            "secondary": [
                {"recurrence": {"freq": "yearly", "interval": 2, "month": 3, "day": 1, "from": "2023-03-01"}}
            ],
        }
    )
    assert deadlines.next_due(read, date(2022, 6, 1)) == date(2023, 3, 1)
    assert deadlines.next_due(read, date(2023, 3, 1)) == date(2023, 5, 18)


def test_a_duty_with_two_days_a_year_has_a_next_day_after_the_first() -> None:
    read = deadlines.from_proposal({"kind": "fixed", "due": "2024-06-15", "further": ["2024-12-15"]})
    assert deadlines.next_due(read, date(2024, 6, 15)) == date(2024, 12, 15)
    assert deadlines.next_due(read, date(2024, 12, 15)) is None


def test_a_half_yearly_recurrence_counts_from_its_first_occurrence() -> None:
    read = deadlines.from_proposal(
        {
            "kind": "recurring_quarterly",
            "due": "2024-06-15",
            "recurrence": {"freq": "monthly", "interval": 6, "day": 15},
        }
    )
    assert deadlines.next_due(read, date(2024, 7, 1)) == date(2024, 12, 15)


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(Invalid, match="recurring_annual"):
        deadlines.from_proposal({"kind": "someday"})


@given(
    day=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    freq=st.sampled_from(["yearly", "half_yearly", "quarterly", "monthly"]),
    interval=st.integers(1, 3),
    month=st.integers(1, 12),
    of_month=st.integers(1, 31),
)
def test_occurrences_come_later_than_asked_in_order_and_without_end(
    day: date, freq: str, interval: int, month: int, of_month: int
) -> None:
    rule = Recurrence(freq=freq, interval=interval, month=month, day=of_month)
    found = deadlines.occurrences(rule, day, 3)
    assert len(found) == 3
    assert day < found[0] < found[1] < found[2]


@given(st.dates(date(2021, 1, 1), date(2026, 12, 31)), st.sampled_from(["", "before"]))
def test_a_deadline_survives_its_json(day: date, qualifier: str) -> None:
    computed = deadlines.effective(
        due(day, qualifier=qualifier, further=(day,), recurrences=(Recurrence(month=1, day=2, start=day),)),
        vietnam(),
        Policy(),
    )
    assert deadlines.from_json(computed.to_json()) == computed
