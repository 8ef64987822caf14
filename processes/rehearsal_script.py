"""When everybody does their step in a rehearsal: the working day before it is due; late units later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from directives import plans
from directives.access import Principal
from directives.assignment_tables import Assignment
from directives.plans import Party
from directives.report_tables import UnitReport
from engine import instances
from engine.models import UserTask
from foundation.clock import BUSINESS_ZONE
from foundation.database import UnitOfWork
from foundation.working_time import WorkingCalendar, local_date
from processes import planning
from processes.autopilot import Turn
from processes.rehearsal_cast import UNASSIGNED, RehearsalCast

#: step before the issue → working days before it, hour
BEFORE_ISSUE: Mapping[str, tuple[int, time]] = {
    "register": (-6, time(9)),
    "instruct": (-5, time(9)),
    "assign_drafting": (-5, time(14)),
    "draft": (-2, time(16)),
    "check": (-1, time(10)),
    "sign": (0, time(8, 30)),
    "number": (0, time(10)),
}
#: working days before the issue on which the document from above arrives, and the hour
ARRIVAL = (-6, time(8))
#: working days a superior takes to answer a report
ANSWER_DAYS = 2
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Script:
    """Gives the turn of every step of a rehearsal."""

    cast: RehearsalCast
    calendar: WorkingCalendar
    issued_on: date
    #: organisation id → working days by which it is late with results and reports
    late: Mapping[str, int]
    #: fields of the forms that depend on the document
    consolidator_id: str | None
    number: str

    def __call__(self, session: Session, task: UserTask) -> Turn | None:
        """Give when and how a step is done; None leaves it open."""
        match task.process_key:
            case "directive-cycle":
                return self._cycle(session, task)
            case "assignment":
                return self._assignment(session, task)
            case "unit-report":
                return self._unit_report(session, task)
            case "report-round":
                return self._round(task)
        return None

    def day(self, count: int, hour: time) -> datetime:
        """Give an hour of the n-th working day from the day of issue, which itself is 0."""
        day = self.calendar.add_working_days(self.issued_on, count) if count else self.issued_on
        return datetime.combine(day, hour, BUSINESS_ZONE)

    def _cycle(self, session: Session, task: UserTask) -> Turn | None:
        if task.element not in BEFORE_ISSUE:
            return None
        at = max(self.day(*BEFORE_ISSUE[task.element]), task.created_at)
        before = None
        match task.element:
            case "register":
                values: dict[str, Any] = {"arrived_on": _day(at), "urgency": 0}
            case "instruct":
                values = {
                    "instruct_decision": "issue_plan",
                    "instruction": "Tham mưu văn bản triển khai.",
                    "drafting_unit": self.cast.issuer_id,
                    "monitor": self.consolidator_id or self.cast.issuer_id,
                    "consolidator": self.consolidator_id or self.cast.issuer_id,
                }
            case "assign_drafting":
                values = {"drafter": self.cast.account("officer", self.cast.issuer_id)}
            case "draft":
                plan = str(instances.variables(instances.get(session, task.instance_id))["plan"])
                before, values = partial(self._settle_leads, plan), {"draft_complete": True}
            case "check":
                values = {"check_decision": "approve"}
            case "sign":
                values = {"sign_decision": "sign", "sign_capacity": "head"}
            case _number:
                values = {"issued_on": self.issued_on.isoformat(), "recipients_checked": True}
                values["issue_number"] = self.number
        return Turn(at=at, values=values, before=before)

    def _settle_leads(self, plan_id: str, work: UnitOfWork, principal: Principal) -> None:
        """Give every party its organisation, and a task without a lead a place of its own (R-S1)."""
        for item in plans.items(work.session, plan_id):
            changes: dict[str, Any] = {}
            for side in ("leads", "coordinators"):
                parties = tuple(self._known(party) for party in getattr(item.draft, side))
                if parties != getattr(item.draft, side):
                    changes[side] = parties
            if not item.draft.leads:
                changes["leads"] = (self._known(Party(name=str(UNASSIGNED))),)
            if changes:
                planning.edit_item(work, principal, item.id, item.version, changes)

    def _known(self, party: Party) -> Party:
        organisation_id = party.organisation_id or self.cast.id_of(party.name)
        return Party(name=party.name, organisation_id=organisation_id, is_accountable=party.is_accountable)

    def _assignment(self, session: Session, task: UserTask) -> Turn | None:
        given = session.get_one(Assignment, task.business_key or "")
        soon, morning = task.created_at + _HOUR, self._next_morning(task.created_at)
        turn = None
        match task.element:
            case "accept":
                turn = Turn(at=morning, values={"accept_decision": "accept"})
            case "organise":
                officer = self.cast.account("officer", given.lead_id)
                turn = Turn(at=soon, values={"work_mode": "do", "officer": officer})
            case "do" if given.effective_due is not None:
                at = self._finished(task.created_at, given.effective_due, given.lead_id)
                values = {"result_on": _day(at), "result_statement": "Đã hoàn thành."}
                turn = Turn(at=at, values=values)
            case "approve":
                turn = Turn(at=soon, values={"approve_decision": "approve"})
            case "confirm":
                turn = Turn(at=morning, values={"confirm_decision": "confirm"})
        return turn

    def _unit_report(self, session: Session, task: UserTask) -> Turn | None:
        report = session.get_one(UnitReport, task.business_key or "")
        match task.element:
            case "write":
                at = self._finished(task.created_at, report.effective_due, report.unit_id)
                return Turn(at=at, values={"write_complete": True})
            case "approve":
                return Turn(at=task.created_at + _HOUR, values={"approve_decision": "approve"})
            case "check":
                return Turn(at=task.created_at + _HOUR, values={"check_decision": "receive"})
        return None

    def _round(self, task: UserTask) -> Turn | None:
        match task.element:
            case "compile":
                at = self._next_morning(task.created_at)
                if task.due_at is not None and at > task.due_at:
                    at = task.created_at + _HOUR
                return Turn(at=at, values={"compile_complete": True})
            case "sign":
                return Turn(at=task.created_at + _HOUR, values={"sign_decision": "sign"})
            case "number":
                at = task.created_at + _HOUR
                return Turn(at=at, values={"report_issued_on": _day(at)})
        return None

    def _finished(self, begun: datetime, due: date, organisation_id: str) -> datetime:
        """Give when a unit is done: the working day before the due day, or as late as it is rehearsed."""
        lateness = self.late.get(organisation_id)
        count = -1 if lateness is None else lateness
        at = datetime.combine(self.calendar.add_working_days(due, count), time(15), BUSINESS_ZONE)
        return max(at, self._next_morning(begun) + 2 * _HOUR)

    def _next_morning(self, moment: datetime) -> datetime:
        day = self.calendar.add_working_days(local_date(moment), 1)
        return datetime.combine(day, time(9), BUSINESS_ZONE)


def _day(moment: datetime) -> str:
    return local_date(moment).isoformat()
