"""Unit reports: a round asks each unit, figures come from assignments, prose from people (§2.2).

What was submitted is kept; a corrected report is a new version beside it with its reason (R-R8).
Consolidating and sending upward: `directives.consolidation`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import deadlines, directives, history, policies, report_dates, report_figures
from directives.assignment_tables import Assignment
from directives.report_dates import Period
from directives.report_figures import Prefill
from directives.report_tables import ReportRound, UnitReport, UnitReportVersion
from directives.states import State
from foundation import calendars, outbox
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound, Stale
from foundation.texts import _
from foundation.working_time import local_date

#: kinds of reports (R-R1)
KINDS = ("periodic", "thematic", "ad_hoc")
#: round states in which units still report
_COLLECTING = frozenset({"collecting", "consolidated", "more_requested"})


@dataclass(frozen=True, kw_only=True)
class RoundDraft:
    """What is asked, of whom, by when."""

    title: str
    #: due day of the upward report
    due_up: date
    #: due day of the units where the plan states it
    due_units: date | None = None
    #: periodic, thematic or ad_hoc
    kind: str = "periodic"
    period: Period = Period.YEAR
    data_from: date
    data_to: date
    #: None takes the cut-off or the working day before the lowest due day (R-R5)
    data_as_of: date | None = None
    consolidator_id: str | None = None
    superior_id: str | None = None
    #: reporting units by level, 1 reports to the consolidator; empty for all leads of the directive
    units: Mapping[str, int] = field(default_factory=dict)
    #: due days from the upward report down; None proposes them (R-R4)
    dates: Sequence[date] | None = None


def open_round(work: UnitOfWork, directive_id: str, draft: RoundDraft) -> ReportRound:
    """Ask for reports now: `plan_round`, then `request`."""
    report_round = plan_round(work, directive_id, draft)
    request(work, report_round.id, units=draft.units, dates=draft.dates)
    return report_round


def plan_round(work: UnitOfWork, directive_id: str, draft: RoundDraft) -> ReportRound:
    """Put a round on the schedule; nobody is asked before `request`. Raises Invalid for an unknown kind."""
    directive = directives.get(work.session, directive_id)
    if draft.kind not in KINDS:
        raise Invalid(
            _("Loại báo cáo phải là một trong: {known}, nhận được “{found}”.", known=KINDS, found=draft.kind),
            rule="R-R1",
        )
    return _add_round(work, directive, draft, draft.data_as_of or draft.data_to)


def request(
    work: UnitOfWork,
    round_id: str,
    *,
    units: Mapping[str, int] | None = None,
    dates: Sequence[date] | None = None,
) -> list[UnitReport]:
    """Ask the units of a planned round: one `UnitReport` per unit with its own due day (R-R4).

    `units` by level, empty for all leads of the directive; `dates` from the upward report down, None proposes
    them. Raises Invalid for dates without a working day between two levels, Conflict when nobody is to report
    or they were asked before.
    """
    asked = work.session.get(ReportRound, round_id, with_for_update=True)
    if asked is None or asked.status != "planned":
        raise Conflict(_("Đợt báo cáo này đã được yêu cầu hoặc không còn."), round=round_id)
    units = dict(units or {}) or dict.fromkeys(reporting_units(work.session, asked.directive_id), 1)
    if not units:
        raise Conflict(_("Chưa có đơn vị nào được giao nhiệm vụ để báo cáo."), directive=asked.directive_id)
    calendar = calendars.load(work.session)
    policy = policies.current(work.session, local_date(work.now))
    stated = [asked.due_up, asked.due_units] if asked.due_units else None
    dates = list(
        dates
        or stated
        or report_dates.propose_dates(
            asked.due_up, max(units.values()), calendar, gap_days=policy.report_level_gap_days
        )
    )
    asked.data_as_of = min(asked.data_as_of, report_dates.latest_data_day(dates[-1], asked.data_to, calendar))
    report_dates.check_dates(dates, asked.data_as_of, calendar)
    asked.status = "collecting"
    reports = []
    for unit_id, level in units.items():
        due = deadlines.due_on(dates[min(level, len(dates) - 1)], calendar, policy)
        report = UnitReport(
            round_id=asked.id,
            unit_id=unit_id,
            level=level,
            due=due.current_due,
            effective_due=due.effective_due,
        )
        work.session.add(report)
        work.session.flush()
        _tell(work, "report.requested", report, asked)
        reports.append(report)
    return reports


def reporting_units(session: Session, directive_id: str) -> list[str]:
    """Give the leads of a directive's assignments that are not cancelled, each once."""
    query = select(Assignment.lead_id).where(
        Assignment.directive_id == directive_id,
        Assignment.parent_id.is_(None),
        Assignment.state != State.CANCELLED.value,
    )
    return sorted(set(session.scalars(query)))


def prefill(session: Session, round_id: str, unit_id: str) -> Prefill:
    """Give the figures, their assignments and the prose that the assignments already tell (R-R7)."""
    return report_figures.prefill(session, get_round(session, round_id), unit_id)


def begin(work: UnitOfWork, report_id: str) -> UnitReport:
    """Fill a requested or returned report from the assignments; what people wrote stays."""
    report = lock(work, report_id)
    if report.status not in ("requested", "draft", "returned"):
        raise Conflict(_("Báo cáo đã gửi; hãy gửi báo cáo thay thế nếu có sai sót."), report=report_id)
    filled = prefill(work.session, report.round_id, report.unit_id)
    report.figures = {**filled.figures, **{name: report.figures[name] for name in report.overrides}}
    report.lineage = filled.lineage
    report.sections = {**filled.sections, **{k: v for k, v in report.sections.items() if v.strip()}}
    report.status = "draft" if report.status == "requested" else report.status
    report.edits += 1
    work.session.flush()
    return report


def save_draft(
    work: UnitOfWork,
    report_id: str,
    *,
    edits: int,
    sections: Mapping[str, str] | None = None,
    figures: Mapping[str, int] | None = None,
    overrides: Mapping[str, str] | None = None,
) -> UnitReport:
    """Save what people wrote; a figure that differs from the assignments needs its reason in `overrides`.

    Raises Stale when somebody saved since `edits` was read.
    """
    report = lock(work, report_id)
    if report.edits != edits:
        raise Stale(report=report_id, edits=report.edits)
    reasons = {**report.overrides, **(overrides or {})}
    computed = prefill(work.session, report.round_id, report.unit_id).figures
    wrong = {
        name: _("Chỉ tiêu khác với số liệu từ nhiệm vụ ({computed}); hãy nêu lý do.", computed=computed[name])
        for name, value in (figures or {}).items()
        if value != computed.get(name) and name in computed and not reasons.get(name, "").strip()
    }
    wrong |= {
        name: _("Không có chỉ tiêu “{name}”.", name=name) for name in (figures or {}) if name not in computed
    }
    if wrong:
        raise Invalid(fields=wrong)
    report.figures = {**report.figures, **(figures or {})}
    report.overrides = {
        name: reason for name, reason in reasons.items() if report.figures.get(name) != computed.get(name)
    }
    report.sections = {**report.sections, **(sections or {})}
    report.status = "draft" if report.status == "requested" else report.status
    report.edits += 1
    work.session.flush()
    return report


def submit(
    work: UnitOfWork, report_id: str, *, document_id: str | None = None, reason: str = ""
) -> UnitReport:
    """Send a unit's report; late or not is judged by the rolled due day (R-T5).

    A second submission replaces nothing: it is a new version and needs its reason (R-R8). Raises Conflict
    once the round went up.
    """
    report = lock(work, report_id)
    report_round = get_round(work.session, report.round_id)
    if report_round.status not in _COLLECTING:
        raise Conflict(
            _("Báo cáo tổng hợp đã trình ký hoặc đã gửi; đợt báo cáo không nhận thêm."), report=report_id
        )
    if report.status == "submitted":
        history.require_reason(reason)
    if not report.figures:
        filled = prefill(work.session, report.round_id, report.unit_id)
        report.figures, report.lineage = filled.figures, filled.lineage
        report.sections = {**filled.sections, **report.sections}
    is_first = report.version == 0
    report.version += 1
    report.edits += 1
    report.status, report.return_reason = "submitted", ""
    report.document_id = document_id or report.document_id
    if is_first:
        # a correction on request does not make a punctual report late
        report.is_late = local_date(work.now) > report.effective_due
        report.submitted_at = work.now
    work.session.add(
        UnitReportVersion(
            report_id=report_id,
            version=report.version,
            figures=report.figures,
            lineage=report.lineage,
            sections=report.sections,
            reason=reason,
            submitted_at=work.now,
            submitted_by=work.actor.id,
        )
    )
    work.session.flush()
    after = {"version": report.version, "is_late": report.is_late}
    history.record(work, "unit_report", report_id, "submit", after=after, reason=reason)
    _tell(work, "report.submitted", report, report_round, version=report.version, is_late=report.is_late)
    return report


def return_(work: UnitOfWork, report_id: str, reason: str) -> UnitReport:
    """The consolidator sends a report back for more; the earlier version is kept."""
    history.require_reason(reason)
    report = lock(work, report_id)
    if report.status != "submitted":
        raise Conflict(_("Chỉ trả lại được báo cáo đã gửi."), report=report_id)
    report.status, report.return_reason = "returned", reason
    report.edits += 1
    history.record(work, "unit_report", report_id, "return", reason=reason)
    _tell(work, "report.returned", report, get_round(work.session, report.round_id), reason=reason)
    return report


def unit_reports(session: Session, round_id: str) -> list[UnitReport]:
    """Give the reports of a round."""
    query = select(UnitReport).where(UnitReport.round_id == round_id)
    return list(session.scalars(query.order_by(UnitReport.level, UnitReport.id)))


def missing(session: Session, round_id: str) -> list[UnitReport]:
    """Give the reports of a round that were not sent, or were sent back."""
    return [report for report in unit_reports(session, round_id) if report.status != "submitted"]


def overdue(session: Session, today: date) -> list[UnitReport]:
    """Give all reports of open rounds that should have been sent."""
    query = (
        select(UnitReport)
        .join(ReportRound, ReportRound.id == UnitReport.round_id)
        .where(
            UnitReport.status != "submitted",
            UnitReport.effective_due < today,
            ReportRound.status.in_(_COLLECTING),
        )
    )
    return list(session.scalars(query.order_by(UnitReport.effective_due, UnitReport.id)))


def remind(work: UnitOfWork, report_id: str, event: str) -> bool:
    """Tell that a report is `due_soon` or `overdue`; gives False, telling nothing, when it was sent."""
    report = get(work.session, report_id)
    if report.status == "submitted":
        return False
    _tell(work, f"report.{event}", report, get_round(work.session, report.round_id))
    return True


def versions(session: Session, report_id: str) -> list[UnitReportVersion]:
    """Give every submission of a unit report, the first one first."""
    query = select(UnitReportVersion).where(UnitReportVersion.report_id == report_id)
    return list(session.scalars(query.order_by(UnitReportVersion.version)))


def rounds(session: Session, directive_id: str) -> list[ReportRound]:
    """Give the rounds of a directive, the latest first."""
    query = select(ReportRound).where(ReportRound.directive_id == directive_id)
    return list(session.scalars(query.order_by(ReportRound.due_up.desc(), ReportRound.id)))


def get_round(session: Session, round_id: str) -> ReportRound:
    """Give a round; raises NotFound."""
    found = session.get(ReportRound, round_id)
    if found is None:
        raise NotFound(_("Không tìm thấy đợt báo cáo."), round=round_id)
    return found


def get(session: Session, report_id: str) -> UnitReport:
    """Give a unit report; raises NotFound."""
    found = session.get(UnitReport, report_id)
    if found is None:
        raise NotFound(_("Không tìm thấy báo cáo của đơn vị."), report=report_id)
    return found


def of_unit(session: Session, round_id: str, unit_id: str) -> UnitReport:
    """Give a unit's report of a round; raises NotFound when it was not asked."""
    query = select(UnitReport).where(UnitReport.round_id == round_id, UnitReport.unit_id == unit_id)
    found = session.scalars(query).first()
    if found is None:
        raise NotFound(_("Đơn vị này không thuộc đợt báo cáo."), round=round_id, unit=unit_id)
    return found


def lock(work: UnitOfWork, report_id: str) -> UnitReport:
    """Give a unit report locked for a change; raises NotFound."""
    report = work.session.get(UnitReport, report_id, with_for_update=True)
    if report is None:
        raise NotFound(_("Không tìm thấy báo cáo của đơn vị."), report=report_id)
    return report


def _add_round(
    work: UnitOfWork, directive: directives.Directive, draft: RoundDraft, as_of: date
) -> ReportRound:
    report_round = ReportRound(
        directive_id=directive.id,
        organisation_id=directive.organisation_id,
        consolidator_id=draft.consolidator_id or directive.consolidator_id or directive.organisation_id,
        superior_id=draft.superior_id,
        title=draft.title,
        kind=draft.kind,
        period=draft.period.value,
        data_from=draft.data_from,
        data_to=draft.data_to,
        data_as_of=as_of,
        due_up=draft.due_up,
        due_units=draft.due_units,
        status="planned",
        created_by=work.actor.id,
        created_at=work.now,
    )
    work.session.add(report_round)
    work.session.flush()
    history.record(work, "report_round", report_round.id, "open", after={"due_up": draft.due_up.isoformat()})
    return report_round


def _tell(work: UnitOfWork, event: str, report: UnitReport, asked: ReportRound, **more: Any) -> None:
    data = {
        "report": report.id,
        "round": asked.id,
        "directive": asked.directive_id,
        "unit": report.unit_id,
        "organisation": asked.organisation_id,
        "organisations": [asked.organisation_id, report.unit_id],
        "title": asked.title,
        "due": report.due.isoformat(),
        "effective_due": report.effective_due.isoformat(),
        **more,
    }
    outbox.record(work, event, subject=report.id, data=data)
