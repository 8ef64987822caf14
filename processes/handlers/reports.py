"""Reports: the round, the units' reports, consolidation, sending upward, the answer."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from directives import consolidation, documents, organisations, reports
from directives.documents import Header, Purpose, Recipient
from directives.report_tables import ReportRound, UnitReport
from engine.ports import JobContext
from foundation import calendars
from foundation.clock import BUSINESS_ZONE
from foundation.database import UnitOfWork
from foundation.texts import _
from foundation.working_time import end_of_day, local_date
from processes import notices, planning, receiving, reporting, signatures
from processes.handlers.inputs import day, iso, optional, text

#: hour at which the consolidator stops waiting for late units
_CLOSING = time(17)
_OPENING = time(8)
#: working days to compile and to sign what the superior asked for in addition
_COMPILE_DAYS, _SIGN_DAYS = 2, 3


def schedule(work: UnitOfWork, job: JobContext) -> Mapping[str, Any]:
    """Put the next period on the schedule; null when the cycle has no more to report."""
    planned = reporting.next_round(work, text(job, "directive"))
    if planned is None:
        return {"report_round": None, "report_request_at": None}
    return {"report_round": planned.id, "report_request_at": reporting.request_at(work, planned).isoformat()}


def request(work: UnitOfWork, job: JobContext) -> Mapping[str, Any]:
    """Ask the units, with a date for each level (R-R4)."""
    asked = reports.get_round(work.session, text(job, "report_round"))
    units = reports.request(work, asked.id)
    return {
        "reports": [unit.id for unit in units],
        "consolidator": asked.consolidator_id,
        "superior": asked.superior_id,
        **_dates(work, asked, units),
    }


def list_late(work: UnitOfWork, job: JobContext) -> Mapping[str, Any]:
    """Note who has not reported when the waiting is over."""
    missing = reports.missing(work.session, text(job, "report_round"))
    return {"late_units": [report.unit_id for report in missing]}


def consolidate(work: UnitOfWork, job: JobContext) -> Mapping[str, Any]:
    """Add the reports up, every figure with its sources, the missing units listed."""
    return {"consolidated_report": consolidation.consolidate(work, text(job, "report_round")).id}


def sign(work: UnitOfWork, job: JobContext) -> None:
    """Record the signature of whoever completed the step."""
    report = consolidation.get(work.session, text(job, "consolidated_report"))
    asked = reports.get_round(work.session, report.round_id)
    consolidation.sign(work, report.id, signatures.signer(work, asked.organisation_id))


def send(work: UnitOfWork, job: JobContext) -> None:
    """Issue the report as a document of the organisation and lay it on the superior's desk."""
    report = consolidation.get(work.session, text(job, "consolidated_report"))
    asked = reports.get_round(work.session, report.round_id)
    superior = optional(job, "superior")
    today = local_date(work.now)
    names = organisations.names_on(
        work.session, {asked.organisation_id, *([superior] if superior else [])}, today
    )
    header = Header(
        type_code="BC",
        issuer_id=asked.organisation_id,
        issuer_name=names.get(asked.organisation_id, ""),
        subject=asked.title,
        recipients=[Recipient(name=names.get(superior, ""), purpose=Purpose.REPORT, organisation_id=superior)]
        if superior
        else (),
    )
    document = documents.draft(work, asked.organisation_id, header)
    documents.sign(work, document.id, signatures.from_json(report.signer or {}))
    planning.give_number(work, document, optional(job, "number"), day(job, "issued_on") or today)
    documents.issue(work, document.id)
    consolidation.send(work, report.id, document_id=document.id)
    if superior is not None:
        receiving.arrive_at(work, document, superior)
        notices.tell(
            work,
            notices.nearest(work, ("office_head", "office_officer", "head", "unit_head"), superior),
            kind="report.sent",
            title=_("Báo cáo chờ ý kiến: {title}", title=asked.title),
            subject=("report_round", asked.id),
        )


def accepted(work: UnitOfWork, job: JobContext) -> None:
    """The superior accepts."""
    report = consolidation.get(work.session, text(job, "consolidated_report"))
    if report.status == "sent":
        consolidation.answer(work, report.id, is_accepted=True)


def more_requested(work: UnitOfWork, job: JobContext) -> Mapping[str, Any]:
    """The superior asks for more: a new version is opened, the one sent is kept (R-R8)."""
    report = consolidation.get(work.session, text(job, "consolidated_report"))
    reason = text(job, "reason")
    if report.status == "sent":
        consolidation.answer(work, report.id, is_accepted=False, text=reason)
    newer = consolidation.consolidate(work, report.round_id, reason=reason)
    calendar = calendars.load(work.session)
    today = local_date(work.now)
    return {
        "consolidated_report": newer.id,
        "compile_due_at": iso(calendar.add_working_days(today, _COMPILE_DAYS)),
        "sign_due_at": iso(calendar.add_working_days(today, _SIGN_DAYS)),
    }


def open_(work: UnitOfWork, job: JobContext) -> Mapping[str, Any]:
    """Tell the unit and fill in what the assignments already say."""
    report = reports.begin(work, text(job, "report"))
    asked = reports.get_round(work.session, report.round_id)
    _tell_unit(work, report, "report.requested", _("Yêu cầu báo cáo: {title}", title=asked.title))
    return {"unit": report.unit_id, "report_due_at": end_of_day(report.effective_due).isoformat()}


def remind(work: UnitOfWork, job: JobContext) -> None:
    """Urge a unit whose report is late."""
    report = reports.get(work.session, text(job, "report"))
    if reports.remind(work, report.id, "overdue"):
        asked = reports.get_round(work.session, report.round_id)
        _tell_unit(work, report, "report.overdue", _("Báo cáo đã quá hạn: {title}", title=asked.title))


def submit(work: UnitOfWork, job: JobContext) -> None:
    """The unit's report goes to the consolidator."""
    reports.submit(work, text(job, "report"))


def return_(work: UnitOfWork, job: JobContext) -> None:
    """The consolidator sends a report back."""
    reports.return_(work, text(job, "report"), text(job, "reason"))


def receive(work: UnitOfWork, job: JobContext) -> Mapping[str, Any]:
    """The report is taken into the round."""
    report = reports.get(work.session, text(job, "report"))
    return {"report_outcome": "late" if report.is_late else "on_time"}


def _dates(work: UnitOfWork, asked: ReportRound, units: list[UnitReport]) -> dict[str, Any]:
    """Give the consolidator's moments between the units' due day and the day upward (R-R4)."""
    calendar = calendars.load(work.session)
    due_units = max(unit.effective_due for unit in units)
    stop_waiting = calendar.add_working_days(due_units, 1)
    closing = _CLOSING if stop_waiting < asked.due_up else _OPENING
    proceed_at = datetime.combine(min(stop_waiting, asked.due_up), closing, BUSINESS_ZONE)
    compile_due = max(calendar.add_working_days(asked.due_up, -1), min(stop_waiting, asked.due_up))
    return {
        "proceed_at": proceed_at.isoformat(),
        "compile_due_at": iso(compile_due),
        "sign_due_at": iso(asked.due_up),
    }


def _tell_unit(work: UnitOfWork, report: UnitReport, kind: str, title: Any) -> None:
    notices.tell(
        work,
        notices.nearest(work, notices.DESK, report.unit_id),
        kind=kind,
        title=title,
        subject=("unit_report", report.id),
    )


HANDLERS = {
    "report.schedule": schedule,
    "report.request": request,
    "report.list_late": list_late,
    "report.consolidate": consolidate,
    "report.sign": sign,
    "report.send": send,
    "report.accepted": accepted,
    "report.more_requested": more_requested,
    "report.open": open_,
    "report.remind": remind,
    "report.submit": submit,
    "report.return": return_,
    "report.receive": receive,
}
