"""Consolidated reports: totals that open to their sources, who is missing, signing, sending, the answer.

A report may go up without the late units, but it lists them (§2.2 step 18). Every figure keeps the unit
reports it was added from, and each of these the assignments it counted: that is its lineage.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import history, reports, signing
from directives.report_figures import FIGURES, SECTIONS
from directives.report_tables import (
    ConsolidatedReport,
    FigureSource,
    ReportRound,
    UnitReport,
    UnitReportVersion,
)
from directives.results import ResultDraft
from foundation import outbox
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound, Stale
from foundation.texts import _
from foundation.working_time import local_date


@dataclass(frozen=True, kw_only=True)
class Source:
    """A unit's part of a total, with the assignments it counted."""

    unit_id: str
    unit_report_id: str
    unit_report_version: int
    value: int
    assignment_ids: tuple[str, ...]
    #: why the unit's figure differs from its assignments, if it does
    override: str


def consolidate(work: UnitOfWork, round_id: str, *, reason: str = "") -> ConsolidatedReport:
    """Add the submitted reports up into a new version; missing and late units are listed, never hidden.

    After the first signed version a new one needs its reason (R-R8). Raises Conflict while the report is with
    the superior or accepted.
    """
    asked = _lock_round(work, round_id)
    if asked.status not in ("collecting", "consolidated", "more_requested", "signed"):
        raise Conflict(_("Báo cáo đã gửi cấp trên; chỉ tổng hợp lại khi cấp trên yêu cầu."), round=round_id)
    earlier = latest(work.session, round_id)
    if earlier is not None and earlier.status != "draft":
        history.require_reason(reason)
    units = reports.unit_reports(work.session, round_id)
    sent = [report for report in units if report.status == "submitted"]
    consolidated = ConsolidatedReport(
        round_id=round_id,
        version=1 if earlier is None else earlier.version + 1,
        totals={name: sum(report.figures.get(name, 0) for report in sent) for name in FIGURES},
        sections=_sections(earlier, sent),
        missing_units=[report.unit_id for report in units if report.status != "submitted"],
        late_units=[report.unit_id for report in sent if report.is_late],
        reason=reason,
        created_by=work.actor.id,
        created_at=work.now,
    )
    work.session.add(consolidated)
    work.session.flush()
    _add_sources(work.session, consolidated.id, sent)
    if earlier is not None:
        earlier.status = "superseded"
    asked.status = "consolidated"
    history.record(
        work,
        "report_round",
        round_id,
        "consolidate",
        after={"version": consolidated.version, "missing": consolidated.missing_units},
        reason=reason,
    )
    _tell(work, "report.consolidated", asked, consolidated)
    return consolidated


def save(
    work: UnitOfWork, consolidated_id: str, *, edits: int, sections: Mapping[str, str]
) -> ConsolidatedReport:
    """Save the prose of a draft; raises Stale when somebody was faster, Conflict once it is signed."""
    consolidated = _lock(work, consolidated_id)
    _require(consolidated, "draft")
    if consolidated.edits != edits:
        raise Stale(report=consolidated_id, edits=consolidated.edits)
    unknown = sorted(set(sections) - set(SECTIONS))
    if unknown:
        raise Invalid(_("Báo cáo không có mục {names}.", names=", ".join(unknown)), found=unknown)
    consolidated.sections = {**consolidated.sections, **sections}
    consolidated.edits += 1
    work.session.flush()
    return consolidated


def sign(work: UnitOfWork, consolidated_id: str, signer: signing.Signer) -> ConsolidatedReport:
    """Record that the report was signed (R-D10)."""
    consolidated = _lock(work, consolidated_id)
    _require(consolidated, "draft")
    signing.check_signer(signer, local_date(work.now))
    consolidated.status, consolidated.signed_at = "signed", work.now
    consolidated.signer = signing.signer_json(signer)
    asked = _lock_round(work, consolidated.round_id)
    asked.status = "signed"
    history.record(work, "report_round", asked.id, "sign", after=consolidated.signer)
    return consolidated


def send(work: UnitOfWork, consolidated_id: str, *, document_id: str | None = None) -> ConsolidatedReport:
    """Send the signed report to the superior, under the number of its document."""
    consolidated = _lock(work, consolidated_id)
    _require(consolidated, "signed")
    consolidated.status, consolidated.sent_at = "sent", work.now
    consolidated.document_id = document_id or consolidated.document_id
    asked = _lock_round(work, consolidated.round_id)
    asked.status = "sent"
    history.record(work, "report_round", asked.id, "send", after={"document": document_id})
    _tell(work, "report.sent", asked, consolidated)
    return consolidated


def answer(
    work: UnitOfWork, consolidated_id: str, *, is_accepted: bool, text: str = ""
) -> ConsolidatedReport:
    """Record the superior's answer: accepted, or more is asked for (§2.2 step 20)."""
    consolidated = _lock(work, consolidated_id)
    _require(consolidated, "sent")
    if not is_accepted:
        history.require_reason(text)
    status = "accepted" if is_accepted else "more_requested"
    consolidated.status, consolidated.answer, consolidated.answered_at = status, text, work.now
    asked = _lock_round(work, consolidated.round_id)
    asked.status = status
    history.record(work, "report_round", asked.id, "answer", after={"status": status}, reason=text)
    if not is_accepted:
        _tell(work, "report.returned", asked, consolidated, reason=text)
    work.session.flush()
    return consolidated


def sources(session: Session, consolidated_id: str, figure: str) -> list[Source]:
    """Open a total: the unit reports it was added from, and the assignments each of them counted."""
    if figure not in FIGURES:
        raise Invalid(
            _("Không có chỉ tiêu “{found}”; cần một trong: {known}.", found=figure, known=", ".join(FIGURES))
        )
    query = (
        select(FigureSource, UnitReportVersion.lineage, UnitReport.overrides)
        .join(
            UnitReportVersion,
            (UnitReportVersion.report_id == FigureSource.unit_report_id)
            & (UnitReportVersion.version == FigureSource.unit_report_version),
        )
        .join(UnitReport, UnitReport.id == FigureSource.unit_report_id)
        .where(FigureSource.consolidated_id == consolidated_id, FigureSource.figure == figure)
        .order_by(FigureSource.value.desc(), FigureSource.unit_id)
    )
    return [
        Source(
            unit_id=row.unit_id,
            unit_report_id=row.unit_report_id,
            unit_report_version=row.unit_report_version,
            value=row.value,
            assignment_ids=tuple(lineage.get(figure, ())),
            override=overrides.get(figure, ""),
        )
        for row, lineage, overrides in session.execute(query)
    ]


def as_result(session: Session, consolidated_id: str) -> ResultDraft:
    """Give a sent report as the result of the assignment its cycle carries out (sub-plan, §2.3)."""
    consolidated = get(session, consolidated_id)
    asked = reports.get_round(session, consolidated.round_id)
    sent = consolidated.sent_at or consolidated.created_at
    return ResultDraft(
        result_on=local_date(sent),
        statement=str(_("Báo cáo kết quả thực hiện: {title}", title=asked.title)),
        document_id=consolidated.document_id,
    )


def latest(session: Session, round_id: str) -> ConsolidatedReport | None:
    """Give the newest version of a round's consolidated report."""
    query = select(ConsolidatedReport).where(ConsolidatedReport.round_id == round_id)
    return session.scalars(query.order_by(ConsolidatedReport.version.desc()).limit(1)).first()


def versions(session: Session, round_id: str) -> list[ConsolidatedReport]:
    """Give all versions, the first one first."""
    query = select(ConsolidatedReport).where(ConsolidatedReport.round_id == round_id)
    return list(session.scalars(query.order_by(ConsolidatedReport.version)))


def get(session: Session, consolidated_id: str) -> ConsolidatedReport:
    """Give a consolidated report; raises NotFound."""
    found = session.get(ConsolidatedReport, consolidated_id)
    if found is None:
        raise NotFound(_("Không tìm thấy báo cáo tổng hợp."), report=consolidated_id)
    return found


def _sections(earlier: ConsolidatedReport | None, sent: list[UnitReport]) -> dict[str, str]:
    """Join the units' prose under each heading; what the consolidator already wrote stays."""
    written = earlier.sections if earlier is not None else {}
    joined = {
        name: "\n".join(text for report in sent if (text := report.sections.get(name, "").strip()))
        for name in SECTIONS
    }
    return {name: written.get(name, "").strip() or joined[name] for name in SECTIONS}


def _add_sources(session: Session, consolidated_id: str, sent: list[UnitReport]) -> None:
    session.add_all(
        FigureSource(
            consolidated_id=consolidated_id,
            figure=name,
            unit_id=report.unit_id,
            unit_report_id=report.id,
            unit_report_version=report.version,
            value=report.figures[name],
        )
        for report in sent
        for name in FIGURES
        if report.figures.get(name)
    )
    session.flush()


def _require(consolidated: ConsolidatedReport, status: str) -> None:
    if consolidated.status != status:
        names = {"draft": _("dự thảo"), "signed": _("đã ký"), "sent": _("đã gửi")}
        raise Conflict(
            _("Việc này chỉ làm được khi báo cáo tổng hợp ở bước “{needed}”.", needed=names[status]),
            report=consolidated.id,
            status=consolidated.status,
        )


def _lock(work: UnitOfWork, consolidated_id: str) -> ConsolidatedReport:
    found = work.session.get(ConsolidatedReport, consolidated_id, with_for_update=True)
    if found is None:
        raise NotFound(_("Không tìm thấy báo cáo tổng hợp."), report=consolidated_id)
    return found


def _lock_round(work: UnitOfWork, round_id: str) -> ReportRound:
    found = work.session.get(ReportRound, round_id, with_for_update=True)
    if found is None:
        raise NotFound(_("Không tìm thấy đợt báo cáo."), round=round_id)
    return found


def _tell(
    work: UnitOfWork, event: str, asked: ReportRound, consolidated: ConsolidatedReport, **more: Any
) -> None:
    data = {
        "round": asked.id,
        "report": consolidated.id,
        "version": consolidated.version,
        "directive": asked.directive_id,
        "organisation": asked.organisation_id,
        "organisations": [one for one in (asked.organisation_id, asked.superior_id) if one],
        "superior": asked.superior_id,
        "title": asked.title,
        "missing_units": consolidated.missing_units,
        "late_units": consolidated.late_units,
        **more,
    }
    outbox.record(work, event, subject=asked.id, data=data)
