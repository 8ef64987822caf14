"""One moment, one calendar, and short ways to evaluate."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from engine import feel

#: Monday 5 January 2026, 10:00 in Vietnam
NOW = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)


class WeekdaysOnly:
    """A calendar without holidays."""

    def add_working_days(self, start: date, days: int, /) -> date:
        step = 1 if days > 0 else -1
        while days:
            start += timedelta(days=step)
            days -= step if start.isoweekday() <= 5 else 0
        return start

    def working_days_between(self, start: date, end: date, /) -> int:
        days = (start + timedelta(days=i) for i in range(1, (end - start).days + 1))
        return sum(day.isoweekday() <= 5 for day in days)

    def next_working_day(self, day: date, /) -> date:
        while day.isoweekday() > 5:
            day += timedelta(days=1)
        return day


Evaluate = Callable[..., feel.Evaluation]


@pytest.fixture
def evaluate() -> Evaluate:
    def run(source: str, **scope: Any) -> feel.Evaluation:
        return feel.compile(source).evaluate(scope, now=NOW, calendar=WeekdaysOnly())

    return run


@pytest.fixture
def value(evaluate: Evaluate) -> Callable[..., Any]:
    return lambda source, **scope: evaluate(source, **scope).value


@pytest.fixture
def passes() -> Callable[..., Any]:
    def run(cell: str, given: Any, **scope: Any) -> Any:
        return feel.compile_unary_tests(cell).evaluate(given, scope, now=NOW).value

    return run
