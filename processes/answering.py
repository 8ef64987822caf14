"""Answering: the superior accepts a report that came up, or asks for more (§2.2 step 20)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import access, consolidation, documents, people, reports
from directives.access import Principal
from directives.people_tables import PositionRow
from directives.report_tables import ConsolidatedReport, ReportRound
from engine import messages
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Forbidden
from foundation.texts import _
from processes import receiving

#: right of those who judge a report that came up to their organisation
_RIGHT = "reports.consolidate"


@dataclass(frozen=True, kw_only=True)
class WaitingReport:
    """A report on the desk of the superior."""

    report_round: str
    consolidated_report: str
    organisation_id: str
    title: str
    due_up: date
    sent_at: datetime | None


def waiting(session: Session, principal: Principal, *, limit: int = 50) -> list[WaitingReport]:
    """Give the reports that wait for an answer a principal may give, the oldest first."""
    rows = session.execute(
        select(ReportRound, ConsolidatedReport)
        .join(ConsolidatedReport, ConsolidatedReport.round_id == ReportRound.id)
        .where(
            ReportRound.status == "sent",
            ConsolidatedReport.status == "sent",
            access.within(principal, _RIGHT, ReportRound.superior_id),
        )
        .order_by(ConsolidatedReport.sent_at)
        .limit(limit)
    )
    return [
        WaitingReport(
            report_round=asked.id,
            consolidated_report=report.id,
            organisation_id=asked.organisation_id,
            title=asked.title,
            due_up=asked.due_up,
            sent_at=report.sent_at,
        )
        for asked, report in rows
    ]


def accept(work: UnitOfWork, principal: Principal, round_id: str) -> ConsolidatedReport:
    """Accept the report of a round; its cycle goes on, and an assignment it carries out is done."""
    return _answer(work, principal, round_id, is_accepted=True, text="")


def ask_for_more(work: UnitOfWork, principal: Principal, round_id: str, reason: str) -> ConsolidatedReport:
    """Send a report back for more; the version sent is kept. Raises Invalid without a reason."""
    return _answer(work, principal, round_id, is_accepted=False, text=reason)


def _answer(
    work: UnitOfWork, principal: Principal, round_id: str, *, is_accepted: bool, text: str
) -> ConsolidatedReport:
    asked = reports.get_round(work.session, round_id)
    _require(work, principal, asked)
    report = consolidation.latest(work.session, round_id)
    if report is None or asked.status != "sent":
        raise Conflict(_("Đợt báo cáo này không có báo cáo nào đang chờ ý kiến."), round=round_id)
    consolidation.answer(work, report.id, is_accepted=is_accepted, text=text)
    if report.document_id is not None and asked.superior_id is not None:
        receiving.enter_report(work, asked.superior_id, documents.get(work.session, report.document_id))
    answer = "accepted" if is_accepted else "more_requested"
    messages.send(work, "report.answered", round_id, {"answer": answer, "answer_reason": text})
    return report


def _require(work: UnitOfWork, principal: Principal, asked: ReportRound) -> None:
    """Let the superior's own people answer; where none of them works here, the office that sent it."""
    if asked.superior_id is None:
        raise Conflict(_("Báo cáo này không gửi cấp trên."), round=asked.id)
    if access.allow(principal, _RIGHT, asked.superior_id):
        return
    works_here = work.session.scalar(
        select(PositionRow.id).where(PositionRow.organisation_id == asked.superior_id).limit(1)
    )
    office = {people.group(role, asked.organisation_id) for role in ("office_head", "clerk", "head")}
    if works_here is None and (principal.is_admin or office & principal.groups):
        return
    raise Forbidden(
        _("Chỉ cấp trên nhận báo cáo được chấp nhận hoặc yêu cầu bổ sung."), superior=asked.superior_id
    )
