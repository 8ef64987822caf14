"""Reports for machines: rounds, unit reports, consolidated reports with lineage, the superior's answer.

Writing, checking, compiling, signing and numbering are steps of the process; here drafts are saved, and
everything is read: every figure of a consolidated report opens to the assignments behind it.
"""

from dataclasses import asdict
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from api import etags, pages
from api.commands import command, reading
from api.gate import principal, rule
from directives import access, consolidation, reports
from directives.access import Principal
from directives.directives import Directive
from directives.report_tables import ConsolidatedReport, ReportRound, UnitReport
from foundation.errors import Invalid, NotFound
from foundation.texts import _
from processes import answering

blueprint = Blueprint("reports", __name__, url_prefix="/api/v1", description="Báo cáo")


class RoundSchema(Schema):
    """A reporting period of a cycle."""

    id = fields.String()
    directive = fields.String(attribute="directive_id")
    organisation = fields.String(attribute="organisation_id")
    consolidator = fields.String(attribute="consolidator_id")
    superior = fields.String(attribute="superior_id", allow_none=True)
    title = fields.String()
    kind = fields.String()
    period = fields.String()
    data_from = fields.Date()
    data_to = fields.Date()
    data_as_of = fields.Date()
    due_up = fields.Date()
    status = fields.String()


class UnitReportSchema(Schema):
    """The report of one unit; `edits` is its ETag."""

    id = fields.String()
    round = fields.String(attribute="round_id")
    unit = fields.String(attribute="unit_id")
    due = fields.Date()
    effective_due = fields.Date()
    status = fields.String()
    figures = fields.Dict()
    lineage = fields.Dict(metadata={"description": "Chỉ tiêu → các nhiệm vụ đã đếm."})
    sections = fields.Dict()
    overrides = fields.Dict()
    is_late = fields.Boolean()
    return_reason = fields.String()
    submitted_at = fields.AwareDateTime(allow_none=True)
    version = fields.Integer()
    edits = fields.Integer()


class ConsolidatedSchema(Schema):
    """A consolidated report; `edits` is its ETag."""

    id = fields.String()
    round = fields.String(attribute="round_id")
    version = fields.Integer()
    status = fields.String()
    totals = fields.Dict()
    sections = fields.Dict()
    missing_units = fields.List(fields.String())
    late_units = fields.List(fields.String())
    signer = fields.Dict(allow_none=True)
    document = fields.String(attribute="document_id", allow_none=True)
    signed_at = fields.AwareDateTime(allow_none=True)
    sent_at = fields.AwareDateTime(allow_none=True)
    answered_at = fields.AwareDateTime(allow_none=True)
    answer = fields.String()
    edits = fields.Integer()


class WholeRoundSchema(RoundSchema):
    """A round with its unit reports and the versions of its consolidated report."""

    reports = fields.List(fields.Nested(UnitReportSchema))
    consolidated = fields.List(fields.Nested(ConsolidatedSchema))


class RoundsQuery(pages.PageQuery):
    """Which rounds."""

    directive = fields.String(load_default=None)
    status = fields.String(load_default=None)


class DraftBody(Schema):
    """What a person wrote in a unit report."""

    sections = fields.Dict(keys=fields.String(), values=fields.String(), load_default=None)
    figures = fields.Dict(keys=fields.String(), values=fields.Integer(), load_default=None)
    overrides = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        load_default=None,
        metadata={"description": "Lý do của từng chỉ tiêu khác với số đếm được."},
    )


class SectionsBody(Schema):
    """The prose of a consolidated report."""

    sections = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class SourceSchema(Schema):
    """What a total was added from."""

    unit = fields.String(attribute="unit_id")
    report = fields.String(attribute="unit_report_id")
    report_version = fields.Integer(attribute="unit_report_version")
    value = fields.Integer()
    assignments = fields.List(fields.String(), attribute="assignment_ids")
    override = fields.String()


class LineageSchema(Schema):
    """The sources of one total."""

    figure = fields.String()
    total = fields.Integer()
    sources = fields.List(fields.Nested(SourceSchema))


class AnswerBody(Schema):
    """What the superior says."""

    answer = fields.String(required=True, validate=validate.OneOf(["accepted", "more_requested"]))
    reason = fields.String(load_default="")


class WaitingSchema(Schema):
    """A report that waits for an answer."""

    report_round = fields.String()
    consolidated_report = fields.String()
    organisation = fields.String(attribute="organisation_id")
    title = fields.String()
    due_up = fields.Date()
    sent_at = fields.AwareDateTime(allow_none=True)


class WaitingsSchema(Schema):
    """Reports that wait for an answer, the oldest first."""

    items = fields.List(fields.Nested(WaitingSchema))


@blueprint.get("/report-rounds")
@rule("reports.read")
@blueprint.doc(summary="Danh sách kỳ báo cáo, mới nhất trước")
@blueprint.arguments(RoundsQuery, location="query")
@blueprint.response(200, pages.listed(RoundSchema))
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """List the rounds the caller may see."""
    statement = select(ReportRound).where(_rounds(principal()))
    if query["directive"]:
        statement = statement.where(ReportRound.directive_id == query["directive"])
    if query["status"]:
        statement = statement.where(ReportRound.status == query["status"])
    with reading() as session:
        return pages.newest(session, statement, ReportRound.id, query)


@blueprint.get("/report-rounds/waiting")
@rule("reports.read")
@blueprint.doc(summary="Báo cáo cấp dưới gửi lên đang chờ trả lời")
@blueprint.response(200, WaitingsSchema)
def waiting() -> dict[str, Any]:
    """List the reports that wait for the caller's answer."""
    with reading() as session:
        return {"items": [asdict(one) for one in answering.waiting(session, principal())]}


@blueprint.get("/report-rounds/<round_id>")
@rule("reports.read")
@blueprint.doc(summary="Một kỳ báo cáo với báo cáo đơn vị và báo cáo tổng hợp")
@blueprint.response(200, WholeRoundSchema)
def one(round_id: str) -> dict[str, Any]:
    """Look at one round; a unit sees its own report, the consolidator all of them."""
    with reading() as session:
        found = _round(session, round_id)
        shown = [row for row in reports.unit_reports(session, round_id) if _sees_report(found, row)]
        return {
            **{name: getattr(found, name) for name in _COLUMNS},
            "reports": shown,
            "consolidated": consolidation.versions(session, round_id) if _sees_all(found) else [],
        }


_COLUMNS = tuple(field.attribute or name for name, field in RoundSchema().fields.items())


@blueprint.post("/report-rounds/<round_id>/answer")
@rule("reports.read")
@blueprint.doc(summary="Cấp trên chấp nhận báo cáo hoặc yêu cầu bổ sung")
@blueprint.arguments(AnswerBody)
@blueprint.response(200, ConsolidatedSchema)
def answer(body: dict[str, Any], round_id: str) -> ConsolidatedReport:
    """Answer a report that came up; who may is the superior's decision makers."""
    with command() as work:
        if body["answer"] == "accepted":
            return answering.accept(work, principal(), round_id)
        return answering.ask_for_more(work, principal(), round_id, body["reason"])


@blueprint.get("/reports/<report_id>")
@rule("reports.read")
@blueprint.doc(summary="Báo cáo của một đơn vị; ETag là lần lưu")
@blueprint.response(200, UnitReportSchema)
def unit_report(report_id: str) -> Any:
    """Look at the report of a unit."""
    with reading() as session:
        found = _report(session, report_id)
    return found, 200, etags.headers(found.edits)


@blueprint.patch("/reports/<report_id>")
@rule("reports.write")
@blueprint.doc(summary="Lưu dự thảo báo cáo của đơn vị; cần If-Match")
@blueprint.arguments(DraftBody)
@blueprint.response(200, UnitReportSchema)
def save_unit_report(body: dict[str, Any], report_id: str) -> Any:
    """Save what people wrote; a figure that differs from the assignments needs its reason."""
    edits = etags.required()
    with command() as work:
        found = _report(work.session, report_id)
        access.require(principal(), "reports.write", found.unit_id)
        saved = reports.save_draft(work, report_id, edits=edits, **body)
    return saved, 200, etags.headers(saved.edits)


@blueprint.get("/consolidated-reports/<report_id>")
@rule("reports.read")
@blueprint.doc(summary="Một báo cáo tổng hợp; ETag là lần lưu")
@blueprint.response(200, ConsolidatedSchema)
def consolidated(report_id: str) -> Any:
    """Look at a consolidated report."""
    with reading() as session:
        found = _consolidated(session, report_id)
    return found, 200, etags.headers(found.edits)


@blueprint.patch("/consolidated-reports/<report_id>")
@rule("reports.consolidate")
@blueprint.doc(summary="Lưu lời văn của báo cáo tổng hợp; cần If-Match")
@blueprint.arguments(SectionsBody)
@blueprint.response(200, ConsolidatedSchema)
def save_consolidated(body: dict[str, Any], report_id: str) -> Any:
    """Save the prose of a draft."""
    edits = etags.required()
    with command() as work:
        found = _consolidated(work.session, report_id)
        asked = reports.get_round(work.session, found.round_id)
        access.require(principal(), "reports.consolidate", asked.consolidator_id)
        saved = consolidation.save(work, report_id, edits=edits, sections=body["sections"])
    return saved, 200, etags.headers(saved.edits)


@blueprint.get("/consolidated-reports/<report_id>/figures/<figure>")
@rule("reports.read")
@blueprint.doc(summary="Nguồn của một số tổng hợp: từng báo cáo đơn vị và nhiệm vụ phía sau")
@blueprint.response(200, LineageSchema)
def lineage(report_id: str, figure: str) -> dict[str, Any]:
    """Open a total to its sources."""
    with reading() as session:
        found = _consolidated(session, report_id)
        if figure not in found.totals:
            known = ", ".join(found.totals)
            raise Invalid(
                fields={"figure": _("Không có chỉ tiêu “{figure}”; có: {known}.", figure=figure, known=known)}
            )
        sources = consolidation.sources(session, report_id, figure)
    return {
        "figure": figure,
        "total": found.totals[figure],
        "sources": [asdict(source) for source in sources],
    }


def _rounds(who: Principal) -> Any:
    """Give the condition for rounds of visible cycles, of one's own units, and those sent up to one."""
    own = select(UnitReport.round_id).where(access.within(who, "reports.read", UnitReport.unit_id))
    cycles = select(Directive.id).where(access.within(who, "reports.read", Directive.organisation_id))
    sent_up = access.within(who, "reports.read", ReportRound.superior_id)
    return or_(
        ReportRound.directive_id.in_(cycles),
        access.within(who, "reports.read", ReportRound.consolidator_id),
        ReportRound.id.in_(own),
        sent_up & ReportRound.status.in_(SENT),
    )


#: states of a round in which the superior has its report
SENT = ("sent", "accepted", "more_requested", "answered", "closed")


def _round(session: Session, round_id: str) -> ReportRound:
    query = select(ReportRound).where(ReportRound.id == round_id, _rounds(principal()))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_("Không tìm thấy kỳ báo cáo."), report_round=round_id)
    return found


def _sees_all(asked: ReportRound) -> bool:
    """Tell whether the caller sees the whole round: its organisation, its consolidator, its superior."""
    parties = (asked.organisation_id, asked.consolidator_id, asked.superior_id)
    return any(one is not None and access.allow(principal(), "reports.read", one) for one in parties)


def _sees_report(asked: ReportRound, report: UnitReport) -> bool:
    return _sees_all(asked) or access.allow(principal(), "reports.read", report.unit_id)


def _report(session: Session, report_id: str) -> UnitReport:
    found = reports.get(session, report_id)
    if not _sees_report(reports.get_round(session, found.round_id), found):
        raise NotFound(_("Không tìm thấy báo cáo."), report=report_id)
    return found


def _consolidated(session: Session, report_id: str) -> ConsolidatedReport:
    found = consolidation.get(session, report_id)
    asked = reports.get_round(session, found.round_id)
    if not _sees_all(asked):
        raise NotFound(_("Không tìm thấy báo cáo."), report=report_id)
    return found
