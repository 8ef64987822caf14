"""The figures of every table: one definition of on time, late, in term and overdue (R-K2, R-K4).

The same rule stands here twice, as Python for trees and as SQL for boards; a test holds them together.
A task without a due day is neither on time nor late and is counted apart; cancelled ones are not counted,
suspended ones apart. Figures stand "as of" a day: a result dated later is not there yet (R-R5).
"""

from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, and_, case, func, literal

from directives.assignment_tables import Assignment
from directives.states import State

#: the categories that make up the total, each assignment is in exactly one
CATEGORIES = ("done_on_time", "done_late", "in_term", "overdue", "no_due")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Counts of assignments."""

    done_on_time: int = 0
    done_late: int = 0
    in_term: int = 0
    overdue: int = 0
    #: without a due day, done or not
    no_due: int = 0
    #: of `no_due` those that are done
    no_due_done: int = 0
    #: of `in_term` those that fall due within the horizon
    due_soon: int = 0
    #: stopped by the authority; outside the total
    suspended: int = 0
    #: extended at least once
    extended: int = 0
    #: returned by their lead at least once
    returned: int = 0

    @property
    def total(self) -> int:
        """Count all but the cancelled and the suspended."""
        return self.done_on_time + self.done_late + self.in_term + self.overdue + self.no_due

    @property
    def done(self) -> int:
        """Count the done ones that had a due day."""
        return self.done_on_time + self.done_late

    @property
    def completion_rate(self) -> float | None:
        """Give done / (done + overdue): of what fell due, how much is done (R-K2); None when nothing did."""
        return self._of_fallen_due(self.done)

    @property
    def overdue_rate(self) -> float | None:
        """Give overdue / (done + overdue) (R-K2); None when nothing fell due."""
        return self._of_fallen_due(self.overdue)

    @property
    def on_time_rate(self) -> float | None:
        """Give done on time / done (R-K2); None when nothing is done."""
        return self.done_on_time / self.done if self.done else None

    def __add__(self, other: "Figures") -> "Figures":
        """Add count by count."""
        # written out: a tree of ten thousand nodes adds ten thousand times
        return Figures(
            done_on_time=self.done_on_time + other.done_on_time,
            done_late=self.done_late + other.done_late,
            in_term=self.in_term + other.in_term,
            overdue=self.overdue + other.overdue,
            no_due=self.no_due + other.no_due,
            no_due_done=self.no_due_done + other.no_due_done,
            due_soon=self.due_soon + other.due_soon,
            suspended=self.suspended + other.suspended,
            extended=self.extended + other.extended,
            returned=self.returned + other.returned,
        )

    def to_json(self) -> dict[str, int]:
        """Give the counts with their total, as reports keep them."""
        return {"total": self.total, **{f.name: getattr(self, f.name) for f in fields(self)}}

    def _of_fallen_due(self, part: int) -> float | None:
        fallen_due = self.done + self.overdue
        return part / fallen_due if fallen_due else None


def category(state: State, effective_due: date | None, result_on: date | None, as_of: date) -> str | None:
    """Give the one of CATEGORIES an assignment is in as of a day, `suspended`, or None when cancelled."""
    if state is State.CANCELLED:
        return None
    if state is State.SUSPENDED:
        return "suspended"
    if effective_due is None:
        return "no_due"
    reference = result_on if result_on is not None and result_on <= as_of else as_of
    is_done = is_done_by(state, result_on, as_of)
    if reference <= effective_due:
        return "done_on_time" if is_done else "in_term"
    return "done_late" if is_done else "overdue"


def is_done_by(state: State, result_on: date | None, as_of: date) -> bool:
    """Tell whether an assignment is done with a result dated no later than `as_of`."""
    return state is State.DONE and result_on is not None and result_on <= as_of


def count(
    state: State,
    effective_due: date | None,
    result_on: date | None,
    as_of: date,
    *,
    soon: date,
    is_extended: bool = False,
    is_returned: bool = False,
) -> Figures:
    """Count one assignment."""
    place = category(state, effective_due, result_on, as_of)
    if place is None:
        return _NOTHING
    if place == "suspended":
        return _SUSPENDED
    is_soon = place == "in_term" and effective_due is not None and effective_due <= soon
    is_quietly_done = place == "no_due" and is_done_by(state, result_on, as_of)
    return _one(place, is_quietly_done, is_soon, is_extended, is_returned)


@cache
def _one(place: str, *flags: bool) -> Figures:
    no_due_done, due_soon, extended, returned = (int(flag) for flag in flags)
    return Figures(
        **{place: 1},
        no_due_done=no_due_done,
        due_soon=due_soon,
        extended=extended,
        returned=returned,
    )


def conditions(as_of: date, soon: date) -> dict[str, ColumnElement[bool]]:
    """Give for each figure the SQL condition under which an assignment counts in it."""
    day = literal(as_of, Date)
    table = Assignment
    counted = table.state.not_in([State.CANCELLED.value, State.SUSPENDED.value])
    is_done = and_(table.state == State.DONE.value, table.result_on <= day)
    is_open = and_(
        counted, case((and_(table.state == State.DONE.value, table.result_on <= day), 0), else_=1) == 1
    )
    reference = case((table.result_on <= day, table.result_on), else_=day)
    in_term = and_(is_open, reference <= table.effective_due)
    return {
        "done_on_time": and_(is_done, table.result_on <= table.effective_due),
        "done_late": and_(is_done, table.result_on > table.effective_due),
        "in_term": in_term,
        "overdue": and_(is_open, reference > table.effective_due),
        "no_due": and_(counted, table.effective_due.is_(None)),
        "no_due_done": and_(is_done, table.effective_due.is_(None)),
        "due_soon": and_(in_term, table.effective_due <= soon),
        "suspended": table.state == State.SUSPENDED.value,
        "extended": and_(counted, table.extension_count > 0),
        "returned": and_(counted, table.return_count > 0),
    }


def sums(as_of: date, soon: date) -> list[ColumnElement[Any]]:
    """Give the SQL sums of all figures, labelled by their names."""
    return [
        func.coalesce(func.sum(case((condition, 1), else_=0)), 0, type_=Integer).label(name)
        for name, condition in conditions(as_of, soon).items()
    ]


_NOTHING = Figures()
_SUSPENDED = Figures(suspended=1)
