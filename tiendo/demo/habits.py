"""How people of the sample province work: when each step is done, and what becomes of each task."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from directives.access import Principal
from directives.assignment_tables import Assignment
from directives.directives import Directive
from directives.document_tables import Document
from directives.report_tables import ReportRound, UnitReport
from engine.models import UserTask
from foundation.clock import BUSINESS_ZONE
from foundation.database import UnitOfWork
from foundation.working_time import WorkingCalendar, local_date
from processes.autopilot import Turn

_HOUR = timedelta(hours=1)
#: a unit that never reports; one whose report nobody has checked yet
NEVER, UNCHECKED = "never", "unchecked"

Before = Callable[[UnitOfWork, Principal], None]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a cycle."""

    values: Mapping[str, Any] = field(default_factory=dict)
    #: None is the next working morning
    at: datetime | None = None
    before: Before | None = None
    #: account that does it; None takes the first holder
    by: str | None = None


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What becomes of a task."""

    #: words of its content, and its lead, None for any
    words: str = ""
    lead: str | None = None
    #: day of its result; None leaves it at work
    finish: date | None = None
    #: step at which it stops: `accept`, `confirm`
    stop: str = ""
    #: reason to send it back once it comes to `lead`
    returned: str = ""
    #: the first result is not good enough, for this reason
    redo: str = ""
    is_sub_plan: bool = False
    #: decision on an extension that was asked for
    extension: str = ""


@dataclass(frozen=True, kw_only=True)
class Habit:
    """How one cycle goes."""

    steps: Mapping[str, Step] = field(default_factory=dict)
    fates: Sequence[Fate] = ()
    #: (unit, year of the round, or 0 for one asked for in between) → working days late, NEVER or UNCHECKED
    late: Mapping[tuple[str, int], int | str] = field(default_factory=dict)
    #: who answers the report for the superior
    answered_by: str = ""
    #: years whose report the superior sends back for more
    more_wanted: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Habits:
    """The script of the sample province."""

    calendar: WorkingCalendar
    #: (organisation, number of the document it carries out) → habit
    cycles: Mapping[tuple[str, str], Habit]
    #: organisation id → key, organisation id → account that does the work
    keys: Mapping[str, str]
    officers: Mapping[str, str]

    def __call__(self, session: Session, task: UserTask) -> Turn | None:
        """Give the turn of an open step; None leaves it open."""
        key = task.business_key or ""
        match task.process_key:
            case "directive-cycle":
                return self._cycle(task, self.of_directive(session, session.get_one(Directive, key)))
            case "assignment":
                return self._assignment(session, task, session.get_one(Assignment, key))
            case "unit-report":
                return self._unit_report(session, task, session.get_one(UnitReport, key))
            case "report-round":
                return self._round(task)
        return None

    def of_directive(self, session: Session, directive: Directive) -> Habit:
        """Give how a cycle goes."""
        number = session.get_one(Document, directive.document_id).number or ""
        return self.cycles[(self.keys[directive.organisation_id], number)]

    def of_round(self, session: Session, asked: ReportRound) -> Habit:
        """Give how the cycle of a round goes."""
        return self.of_directive(session, session.get_one(Directive, asked.directive_id))

    def _cycle(self, task: UserTask, habit: Habit) -> Turn | None:
        step = habit.steps.get(task.element)
        if step is None:
            return None
        at = max(step.at or self._morning(task.created_at), task.created_at + timedelta(minutes=20))
        values = dict(step.values)
        if task.element == "register":
            values = {"arrived_on": _day(task.created_at), "urgency": 0, **values}
        if task.element == "number":
            values = {"issued_on": _day(at), "recipients_checked": True, **values}
        return Turn(at=at, values=values, before=step.before, by=step.by)

    def _assignment(self, session: Session, task: UserTask, given: Assignment) -> Turn | None:
        habit = self.of_directive(session, session.get_one(Directive, given.directive_id))
        fate = self._fate(habit, given)
        if fate.stop == task.element:
            return None
        if task.element == "do":
            return self._do(task, given, fate)
        soon, morning = task.created_at + _HOUR, self._morning(task.created_at)
        turns = {
            "accept": (morning, _acceptance(fate)),
            "organise": (soon, self._organisation(fate, given)),
            "approve": (soon, {"approve_decision": "approve"}),
            "confirm": (morning, _verdict(fate, given)),
        }
        if fate.extension:
            turns["decide_extension"] = (morning, {"extension_decision": fate.extension})
        found = turns.get(task.element)
        return None if found is None else Turn(at=found[0], values=found[1])

    def _organisation(self, fate: Fate, given: Assignment) -> dict[str, Any]:
        if fate.is_sub_plan:
            return {"work_mode": "sub_plan"}
        return {"work_mode": "do", "officer": self.officers.get(given.lead_id)}

    def _do(self, task: UserTask, given: Assignment, fate: Fate) -> Turn | None:
        if fate.finish is None or (fate.redo and given.redo_count):
            return None
        at = max(datetime.combine(fate.finish, time(15), BUSINESS_ZONE), task.created_at + 4 * _HOUR)
        statement = f"Đã hoàn thành: {given.content[:200]}"
        return Turn(at=at, values={"result_on": _day(at), "result_statement": statement})

    def _fate(self, habit: Habit, given: Assignment) -> Fate:
        lead = self.keys[given.lead_id]
        return next(
            (one for one in habit.fates if one.words in given.content and one.lead in (None, lead)), Fate()
        )

    def _unit_report(self, session: Session, task: UserTask, report: UnitReport) -> Turn | None:
        asked = session.get_one(ReportRound, report.round_id)
        habit = self.of_round(session, asked)
        year = 0 if asked.kind == "ad_hoc" else asked.due_up.year
        late = habit.late.get((self.keys[report.unit_id], year))
        match task.element:
            case "write" if late != NEVER:
                count = late if isinstance(late, int) else -1
                day = self.calendar.add_working_days(report.effective_due, count)
                at = max(datetime.combine(day, time(14), BUSINESS_ZONE), task.created_at + _HOUR)
                return Turn(at=at, values={"write_complete": True})
            case "approve":
                return Turn(at=task.created_at + _HOUR, values={"approve_decision": "approve"})
            case "check" if late != UNCHECKED:
                return Turn(at=task.created_at + _HOUR, values={"check_decision": "receive"})
        return None

    def _round(self, task: UserTask) -> Turn | None:
        at = task.created_at + 2 * _HOUR
        match task.element:
            case "compile":
                return Turn(at=self._morning(task.created_at), values={"compile_complete": True})
            case "sign":
                return Turn(at=at, values={"sign_decision": "sign"})
            case "number":
                return Turn(at=at, values={"report_issued_on": _day(at)})
        return None

    def _morning(self, moment: datetime) -> datetime:
        day = self.calendar.add_working_days(local_date(moment), 1)
        return datetime.combine(day, time(9, 30), BUSINESS_ZONE)


def _acceptance(fate: Fate) -> dict[str, Any]:
    if fate.returned:
        return {"accept_decision": "return", "accept_reason": fate.returned}
    return {"accept_decision": "accept"}


def _verdict(fate: Fate, given: Assignment) -> dict[str, Any]:
    if fate.redo and not given.redo_count:
        return {"confirm_decision": "redo", "confirm_reason": fate.redo}
    return {"confirm_decision": "confirm"}


def _day(moment: datetime) -> str:
    return local_date(moment).isoformat()
