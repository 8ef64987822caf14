"""What the scoring of civil servants needs to know: counts per organisation or officer and period (R-K3).

Nobody is scored here. Nghị định 335/2025 takes quantity, quality and progress; lateness with an objective
cause counts only when a competent person confirmed it, so each late task comes with cause and confirmer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from directives.assignment_tables import Assignment
from directives.explanations import Cause, Explanation
from directives.states import State

_DAY = timedelta(days=1)


class By(StrEnum):
    """Who the counts are of."""

    LEAD = "lead"
    OFFICER = "officer"


@dataclass(frozen=True, kw_only=True)
class LateTask:
    """A task that was late in the period."""

    assignment_id: str
    content: str
    effective_due: date
    #: None while there is no result
    result_on: date | None
    #: a competent person confirmed a cause beyond the lead's power
    is_excused: bool
    #: account name of who confirmed it, else empty
    confirmed_by: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """The counts of one organisation or officer."""

    #: organisation id or person id
    id: str
    #: given in the period
    assigned: int
    #: done with a result dated in the period
    done: int
    #: of the done ones, how often a result was sent back
    redone: int
    late: tuple[LateTask, ...]

    @property
    def excused(self) -> int:
        """Count the late tasks with a confirmed objective cause."""
        return sum(task.is_excused for task in self.late)


def records(session: Session, first: date, last: date, today: date, *, by: By = By.LEAD) -> list[Record]:
    """Give the counts of a period, both days included, by two queries; cancelled tasks are left out.

    A task is late once, in the period in which its first day too late lies, whenever it is done.
    """
    who = Assignment.lead_id if by is By.LEAD else Assignment.officer_id
    until = min(last, today)
    query = select(Assignment).where(
        who.is_not(None),
        Assignment.state != State.CANCELLED.value,
        or_(
            Assignment.assigned_on.between(first, last),
            Assignment.result_on.between(first, last),
            Assignment.effective_due.between(first - _DAY, until - _DAY),
        ),
    )
    tasks: dict[str, list[Assignment]] = {}
    for task in session.scalars(query.order_by(Assignment.effective_due, Assignment.id)):
        tasks.setdefault(str(task.lead_id if by is By.LEAD else task.officer_id), []).append(task)
    late = [task.id for rows in tasks.values() for task in rows if _is_late(task, first, until)]
    excuses = _excuses(session, late)
    return [_record(who_id, rows, (first, last, until), excuses) for who_id, rows in sorted(tasks.items())]


def _record(
    who_id: str, tasks: list[Assignment], span: tuple[date, date, date], excuses: dict[str, str]
) -> Record:
    first, last, until = span
    done = [task for task in tasks if _is_done(task, first, last)]
    return Record(
        id=who_id,
        assigned=sum(first <= task.assigned_on <= last for task in tasks),
        done=len(done),
        redone=sum(task.redo_count for task in done),
        late=tuple(_late(task, excuses) for task in tasks if _is_late(task, first, until)),
    )


def _late(task: Assignment, excuses: dict[str, str]) -> LateTask:
    return LateTask(
        assignment_id=task.id,
        content=task.content,
        effective_due=task.effective_due or date.min,
        result_on=task.result_on,
        is_excused=task.id in excuses,
        confirmed_by=excuses.get(task.id, ""),
    )


def _is_done(task: Assignment, first: date, last: date) -> bool:
    return task.state == State.DONE and task.result_on is not None and first <= task.result_on <= last


def _is_late(task: Assignment, first: date, until: date) -> bool:
    due = task.effective_due
    if due is None or task.state == State.SUSPENDED:
        return False
    is_missed = task.result_on is None or task.result_on > due
    return is_missed and first <= due + _DAY <= until


def _excuses(session: Session, assignment_ids: Iterable[str]) -> dict[str, str]:
    query = select(Explanation.assignment_id, Explanation.judged_by_name).where(
        Explanation.assignment_id.in_(list(assignment_ids)),
        Explanation.cause == Cause.OBJECTIVE.value,
        Explanation.status == "confirmed",
    )
    return dict(session.execute(query).all())
