"""When a cycle reports: the regime its plan states, else once its tasks are due, else by the year (§7)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import deadlines, directives, documents, plans, reports
from directives.assignment_tables import Assignment
from directives.deadlines import Deadline
from directives.directives import Directive
from directives.plan_tables import Plan
from directives.report_dates import DataSpan, Period, data_span
from directives.report_tables import ReportRound
from directives.reports import RoundDraft
from directives.states import ENDED, State
from foundation import calendars
from foundation.clock import BUSINESS_ZONE
from foundation.database import UnitOfWork
from foundation.texts import _
from foundation.working_time import WorkingCalendar, local_date

#: working days between the units' day and the report upward, proposed where nobody states it (R-S6)
UPWARD_DAYS = 5
#: working days before the units' day on which they are asked
NOTICE_DAYS = 10
#: day of the last month by which a province reports upward unless its own rules say otherwise (R-R3)
UPWARD_DAY = 25
_MORNING = time(8)
_LAST_MONTH = 12


@dataclass(frozen=True, kw_only=True)
class Dates:
    """When a round goes up, when its units send, and which data it holds."""

    due_up: date
    due_units: date | None
    span: DataSpan
    period: Period


def next_round(work: UnitOfWork, directive_id: str) -> ReportRound | None:
    """Give the next round of a cycle, planned now if it is not yet; None when nothing is left to report.

    Nothing is left when a report went up and no task is open, and for a cycle that nobody above expects a
    report of and whose plan orders none.
    """
    directive = directives.get(work.session, directive_id)
    earlier = reports.rounds(work.session, directive_id)
    for found in earlier:
        if found.status == "planned":
            return found
    if earlier and not directives.open_assignments(work.session, directive_id):
        return None
    superior = superior_of(work.session, directive)
    regime = _regime(work.session, directive_id)
    if superior is None and regime is None:
        return None
    after = max([local_date(work.now), *(found.due_up for found in earlier)])
    dates = _stated(work, regime, after) or _proposed(work, directive, after, is_first=not earlier)
    document = documents.get(work.session, directive.document_id)
    draft = RoundDraft(
        title=str(
            _(
                "Báo cáo {period} kết quả thực hiện {number}",
                period=dates.span.name,
                number=document.number or directive.title,
            )
        ),
        due_up=dates.due_up,
        due_units=dates.due_units,
        period=dates.period,
        data_from=dates.span.first,
        data_to=dates.span.last,
        consolidator_id=_consolidator(work.session, directive),
        superior_id=superior,
    )
    return reports.plan_round(work, directive_id, draft)


def request_at(work: UnitOfWork, planned: ReportRound) -> datetime:
    """Give the moment at which the units of a round are asked; never in the past."""
    calendar = calendars.load(work.session)
    day = planned.due_units or calendar.add_working_days(planned.due_up, -2)
    asked = calendar.add_working_days(day, -NOTICE_DAYS)
    return max(datetime.combine(asked, _MORNING, BUSINESS_ZONE), work.now.astimezone(BUSINESS_ZONE))


def superior_of(session: Session, directive: Directive) -> str | None:
    """Give to whom a cycle reports: who gave the assignment above, else the issuer of the document."""
    if directive.parent_assignment_id is not None:
        given = session.get(Assignment, directive.parent_assignment_id)
        if given is not None:
            return given.organisation_id
    issuer = documents.get(session, directive.document_id).issuer_id
    return None if issuer == directive.organisation_id else issuer


def _regime(session: Session, directive_id: str) -> tuple[Deadline, bool] | None:
    """Give the reporting deadline a plan states, and whether it is the day of the units or the day upward.

    It is the units' day when anybody beside the consolidator is to send by it.
    """
    for plan in plans.of_directive(session, directive_id):
        consolidator = plan.consolidator_id
        for item in plans.items(session, plan.id):
            if not plans.is_reporting(item.draft) or not _has_day(item.draft.deadline):
                continue
            senders = {lead.organisation_id for lead in item.draft.leads} - {
                consolidator,
                plan.organisation_id,
            }
            return item.draft.deadline, bool(senders)
    return None


def _has_day(deadline: Deadline) -> bool:
    return any(one.day is not None for one in deadline.recurrences)


def _stated(work: UnitOfWork, regime: tuple[Deadline, bool] | None, after: date) -> Dates | None:
    if regime is None:
        return None
    deadline, is_of_units = regime
    day = deadlines.next_due(deadline, after)
    if day is None:
        return None
    calendar = calendars.load(work.session)
    period, span = _period(deadline, day)
    if is_of_units:
        effective = calendar.next_working_day(day)
        due_up = calendar.add_working_days(effective, UPWARD_DAYS)
        return Dates(due_up=due_up, due_units=day, span=span, period=period)
    return Dates(due_up=day, due_units=None, span=span, period=period)


def _proposed(work: UnitOfWork, directive: Directive, after: date, *, is_first: bool) -> Dates:
    """Propose a day where the plan states none: after the last task is due, else at the end of the year."""
    calendar = calendars.load(work.session)
    open_dues = list(
        work.session.scalars(
            select(Assignment.effective_due).where(
                Assignment.directive_id == directive.id,
                Assignment.state.not_in([state.value for state in ENDED]),
            )
        )
    )
    known = [due for due in open_dues if due is not None]
    if is_first and known and len(known) == len(open_dues):
        return _after_the_last(work, directive, max(known), calendar)
    year = after.year if after < date(after.year, _LAST_MONTH, UPWARD_DAY) else after.year + 1
    span = data_span(Period.YEAR, year)
    return Dates(due_up=date(year, _LAST_MONTH, UPWARD_DAY), due_units=None, span=span, period=Period.YEAR)


def _after_the_last(work: UnitOfWork, directive: Directive, last: date, calendar: WorkingCalendar) -> Dates:
    today = local_date(work.now)
    due_up = calendar.add_working_days(max(last, today), UPWARD_DAYS)
    above = work.session.get(Assignment, directive.parent_assignment_id or "")
    if above is not None and above.effective_due is not None and State(above.state) not in ENDED:
        due_up = max(min(due_up, above.effective_due), calendar.add_working_days(today, UPWARD_DAYS))
    span = DataSpan(first=min(directive.received_on, last), last=due_up, name=_("cuối kỳ"))
    return Dates(due_up=due_up, due_units=None, span=span, period=Period.OTHER)


def _period(deadline: Deadline, day: date) -> tuple[Period, DataSpan]:
    frequency = next((one.freq for one in deadline.recurrences if one.day is not None), "yearly")
    match frequency:
        case "monthly":
            return Period.MONTH, data_span(Period.MONTH, day.year, day.month)
        case "quarterly":
            # a report early in a quarter is about the one before
            asked = day - timedelta(days=45)
            quarter = (asked.month - 1) // 3 + 1
            return Period.QUARTER, data_span(Period.QUARTER, asked.year, quarter)
        case "half_yearly":
            half = Period.FIRST_HALF if day.month <= 7 else Period.SECOND_HALF  # noqa: PLR2004  July
            return half, data_span(half, day.year)
        case _:
            return Period.YEAR, data_span(Period.YEAR, day.year)


def _consolidator(session: Session, directive: Directive) -> str | None:
    plan = session.scalars(
        select(Plan.consolidator_id)
        .where(Plan.directive_id == directive.id, Plan.consolidator_id.is_not(None))
        .order_by(Plan.id)
    ).first()
    return plan or directive.consolidator_id
