"""Report rounds and unit reports as somebody may see them: lists with counts, a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from directives import access, reports
from directives.access import Principal
from directives.assignment_tables import Assignment
from directives.report_tables import ConsolidatedReport, ReportRound, UnitReport
from engine.models import UserTask
from engine.states import WorkState
from foundation.errors import NotFound
from foundation.texts import _

#: rounds of one page
PAGE = 40


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How far a round is."""

    units: int = 0
    submitted: int = 0
    late: int = 0
    #: not sent although due
    overdue: int = 0


def may_see(principal: Principal) -> ColumnElement[bool]:
    """Give the condition for rounds asked, collected, received or answered by organisations of the branch."""
    own = select(UnitReport.round_id).where(access.within(principal, "reports.read", UnitReport.unit_id))
    return or_(
        access.within(principal, "reports.read", ReportRound.organisation_id),
        access.within(principal, "reports.read", ReportRound.consolidator_id),
        access.within(principal, "reports.read", ReportRound.superior_id),
        ReportRound.id.in_(own),
    )


def rounds(
    session: Session, principal: Principal, *, is_open: bool, before: tuple[date, str] | None = None
) -> list[ReportRound]:
    """Give rounds by the day they go up: open ones the earliest first, the others the latest first."""
    query = select(ReportRound).where(may_see(principal))
    if is_open:
        query = query.where(ReportRound.status != "accepted").order_by(ReportRound.due_up, ReportRound.id)
    else:
        query = query.where(ReportRound.status == "accepted")
        query = query.order_by(ReportRound.due_up.desc(), ReportRound.id.desc())
    if before is not None:
        day, last = before
        later = ReportRound.due_up > day if is_open else ReportRound.due_up < day
        tie = ReportRound.id > last if is_open else ReportRound.id < last
        query = query.where(later | ((ReportRound.due_up == day) & tie))
    return list(session.scalars(query.limit(PAGE + 1)))


def counts(session: Session, round_ids: Iterable[str], today: date) -> dict[str, Counts]:
    """Count the unit reports of rounds, by one query."""
    sent = UnitReport.status == "submitted"

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.sum(case((condition, 1), else_=0))

    rows = session.execute(
        select(
            UnitReport.round_id,
            func.count().label("units"),
            count(sent).label("submitted"),
            count(sent & UnitReport.is_late).label("late"),
            count(~sent & (UnitReport.effective_due < today)).label("overdue"),
        )
        .where(UnitReport.round_id.in_(list(round_ids)))
        .group_by(UnitReport.round_id)
    )
    return {
        row.round_id: Counts(
            units=int(row.units),
            submitted=int(row.submitted),
            late=int(row.late),
            overdue=int(row.overdue),
        )
        for row in rows
    }


def mine(session: Session, principal: Principal) -> list[tuple[UnitReport, str]]:
    """Give the reports that the principal's own units still have to send, the earliest due first.

    Units below one's own send theirs themselves: who is above them reads them in the round.
    """
    own = {one.partition("@")[2] for one in principal.groups}
    rows = session.execute(
        select(UnitReport, ReportRound.title)
        .join(ReportRound, ReportRound.id == UnitReport.round_id)
        .where(
            UnitReport.status != "submitted",
            ReportRound.status.in_(("collecting", "consolidated", "more_requested")),
            access.within(principal, "reports.write", UnitReport.unit_id),
            UnitReport.unit_id.in_(own),
        )
        .order_by(UnitReport.effective_due, UnitReport.id)
        .limit(20)
    )
    return [(report, title) for report, title in rows]


def visible_round(session: Session, principal: Principal, round_id: str) -> ReportRound:
    """Give a round the principal may see; raises NotFound."""
    query = select(ReportRound).where(ReportRound.id == round_id, may_see(principal))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_("Không tìm thấy đợt báo cáo."), round=round_id)
    return found


def visible_report(session: Session, principal: Principal, report_id: str) -> tuple[UnitReport, ReportRound]:
    """Give a unit report of the own branch, or of a round the own branch collects; raises NotFound."""
    report = reports.get(session, report_id)
    asked = reports.get_round(session, report.round_id)
    places = (report.unit_id, asked.organisation_id, asked.consolidator_id)
    if not any(access.allow(principal, "reports.read", place) for place in places):
        raise NotFound(_("Không tìm thấy báo cáo của đơn vị."), report=report_id)
    return report, asked


def open_tasks(session: Session, business_key: str) -> list[UserTask]:
    """Give the open steps of the process that runs a round or a unit report."""
    query = select(UserTask).where(
        UserTask.business_key == business_key, UserTask.state == WorkState.OPEN.value
    )
    return list(session.scalars(query.order_by(UserTask.id)))


def contents(session: Session, assignment_ids: Iterable[str]) -> dict[str, Assignment]:
    """Give assignments by id, for the figures that were counted from them."""
    query = select(Assignment).where(Assignment.id.in_(set(assignment_ids)))
    return {row.id: row for row in session.scalars(query)}


def newest(session: Session, round_ids: Iterable[str]) -> dict[str, ConsolidatedReport]:
    """Give the newest consolidated report of each round."""
    query = select(ConsolidatedReport).where(ConsolidatedReport.round_id.in_(list(round_ids)))
    return {row.round_id: row for row in session.scalars(query.order_by(ConsolidatedReport.version))}
