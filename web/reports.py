"""Reports: rounds and who still owes one, a unit's report, the consolidated report whose figures open."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from directives import access, board, consolidation, directives, documents, organisations, reports
from directives.report_figures import FIGURES, SECTIONS
from directives.report_tables import ConsolidatedReport, ReportRound, UnitReport
from engine import user_tasks
from engine.models import UserTask
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Forbidden, Invalid, Stale
from foundation.texts import Text, _
from foundation.vietnamese import sort_key
from processes import answering, work_list
from web import context, names, report_lists
from web.days import day_of, days
from web.gate import principal, rule, runtime
from web.posted import Posted, problems, then

blueprint = Blueprint("reports", __name__, url_prefix="/reports")

ROUND_STATES: dict[str, tuple[Text, str]] = {
    "planned": (_("Chưa đến kỳ"), "not_started"),
    "collecting": (_("Đang thu báo cáo"), "running"),
    "consolidated": (_("Đã tổng hợp, chờ ký"), "review"),
    "signed": (_("Đã ký, chờ gửi"), "review"),
    "sent": (_("Đã gửi cấp trên"), "to_confirm"),
    "accepted": (_("Cấp trên đã chấp nhận"), "done"),
    "more_requested": (_("Cấp trên yêu cầu bổ sung"), "returned"),
}
UNIT_STATES: dict[str, tuple[Text, str]] = {
    "requested": (_("Chưa lập"), "not_started"),
    "draft": (_("Đang lập"), "draft"),
    "submitted": (_("Đã gửi"), "done"),
    "returned": (_("Bị trả lại"), "returned"),
}
VERSION_STATES: dict[str, tuple[Text, str]] = {
    "draft": (_("Dự thảo"), "draft"),
    "signed": (_("Đã ký"), "review"),
    "sent": (_("Đã gửi"), "to_confirm"),
    "accepted": (_("Được chấp nhận"), "done"),
    "more_requested": (_("Phải bổ sung"), "returned"),
    "superseded": (_("Đã thay bằng bản sau"), "suspended"),
}
_STATES = {"round_states": ROUND_STATES, "unit_states": UNIT_STATES, "version_states": VERSION_STATES}
#: step in which a unit writes its report
_WRITE = "unit-report-write"


@blueprint.get("")
@rule("reports.read")
def index() -> str:
    """Show the reports my units owe and the rounds under way."""
    is_open = "done" not in request.args
    before = _before(request.args.get("before", ""))
    who = principal()
    with runtime().database.reading() as session:
        today = days(session)
        found = report_lists.rounds(session, who, is_open=is_open, before=before)
        rows, more = found[: report_lists.PAGE], len(found) > report_lists.PAGE
        mine = report_lists.mine(session, who) if is_open else []
        counts = report_lists.counts(session, [row.id for row in rows], today.today)
        units = [report.unit_id for report, _title in mine] + [row.organisation_id for row in rows]
        titles = organisations.names_on(session, units, today.today)
        waiting = answering.waiting(session, who) if is_open else []
        titles |= organisations.names_on(session, [one.organisation_id for one in waiting], today.today)
    return render_template(
        "reports/index.html",
        here="reports",
        is_open=is_open,
        rows=rows,
        mine=mine,
        progress=counts,
        titles=titles,
        waiting=waiting,
        today=today,
        after=f"{rows[-1].due_up}_{rows[-1].id}" if more else None,
        **_STATES,
    )


@blueprint.get("/rounds/<round_id>")
@rule("reports.read")
def show_round(round_id: str) -> str:
    """Show one round: who must report by when, who has not, and the consolidated report."""
    return _round_page(round_id, {})


@blueprint.post("/rounds/<round_id>/consolidate")
@rule("reports.consolidate")
def consolidate(round_id: str) -> Any:
    """Add the submitted reports up into a new version."""
    try:
        with runtime().database.unit_of_work(principal().actor) as work:
            asked = report_lists.visible_round(work.session, principal(), round_id)
            access.require(principal(), "reports.consolidate", asked.consolidator_id)
            made = consolidation.consolidate(work, round_id, reason=request.form.get("reason", ""))
            work.commit()
    except (Invalid, Conflict) as error:
        return _round_page(round_id, problems(error)), 422
    said = _("Đã tổng hợp bản {version}.", version=made.version)
    return then("pages.reports.show_consolidated", said, report_id=made.id)


@blueprint.post("/rounds/<round_id>/remind")
@rule("reports.consolidate")
def remind(round_id: str) -> Any:
    """Remind every unit that has not sent its report although it is due."""
    with runtime().database.unit_of_work(principal().actor) as work:
        asked = report_lists.visible_round(work.session, principal(), round_id)
        access.require(principal(), "reports.consolidate", asked.consolidator_id)
        today = days(work.session).today
        late = [one for one in reports.missing(work.session, round_id) if one.effective_due < today]
        count = sum(reports.remind(work, one.id, "overdue") for one in late)
        work.commit()
    said = _("Đã nhắc {count} đơn vị chậm báo cáo.", count=count)
    return then("pages.reports.show_round", said, round_id=round_id)


@blueprint.post("/rounds/<round_id>/answer")
@rule("reports.read")
def answer(round_id: str) -> Any:
    """Take the superior's answer: accepted, or what more is asked for."""
    posted = Posted()
    known = {"accept", "more"}
    decision = posted.choice("decision", known, _("Hãy chọn chấp nhận hoặc yêu cầu bổ sung."))
    reason = posted.text("reason", most=2000)
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            if decision == "accept":
                answering.accept(work, principal(), round_id)
            else:
                answering.ask_for_more(work, principal(), round_id, reason)
            work.commit()
    except (Invalid, Conflict, Forbidden) as error:
        return _round_page(round_id, problems(error)), 422
    said = _("Đã chấp nhận báo cáo.") if decision == "accept" else _("Đã yêu cầu bổ sung.")
    return then("pages.reports.show_round", said, round_id=round_id)


@blueprint.get("/units/<report_id>")
@rule("reports.read")
def show_unit(report_id: str) -> str:
    """Show a unit's report: figures from its assignments, prose; a form while it is being written."""
    return _unit_page(report_id)


@blueprint.post("/units/<report_id>/begin")
@rule("reports.write")
def begin(report_id: str) -> Any:
    """Fill the figures in anew from the assignments; what people wrote stays."""
    with runtime().database.unit_of_work(principal().actor) as work:
        _require_writer(work.session, report_id)
        reports.begin(work, report_id)
        work.commit()
    said = _("Đã cập nhật số liệu từ nhiệm vụ.")
    return then("pages.reports.show_unit", said, report_id=report_id)


@blueprint.post("/units/<report_id>/draft")
@rule("reports.write")
def save_draft(report_id: str) -> Response:
    """Keep what is typed; a figure whose reason is still missing waits until it has one."""
    try:
        with runtime().database.unit_of_work(principal().actor) as work:
            _require_writer(work.session, report_id)
            saved = _save(work, report_id, is_draft=True)
            work.commit()
    except Stale:
        return Response(status=412)
    return Response(status=204, headers={"ETag": f'"{saved.edits}"'})


@blueprint.post("/units/<report_id>/send")
@rule("reports.write")
def send_unit(report_id: str) -> Any:
    """Save and pass on: to whoever approves it where a process runs, else straight to the consolidator."""
    try:
        with runtime().database.unit_of_work(principal().actor) as work:
            _require_writer(work.session, report_id)
            _save(work, report_id, is_draft=False)
            said = _pass_on(work, report_id)
            work.commit()
    except (Invalid, Conflict) as error:
        return _unit_page(report_id, errors=problems(error), typed=request.form), 422
    return then("pages.reports.show_unit", said, report_id=report_id)


@blueprint.post("/units/<report_id>/return")
@rule("reports.consolidate")
def return_unit(report_id: str) -> Any:
    """Send a report back to its unit for more."""
    try:
        with runtime().database.unit_of_work(principal().actor) as work:
            _report, asked = report_lists.visible_report(work.session, principal(), report_id)
            access.require(principal(), "reports.consolidate", asked.consolidator_id)
            reports.return_(work, report_id, request.form.get("reason", ""))
            work.commit()
    except (Invalid, Conflict) as error:
        return _unit_page(report_id, errors=problems(error)), 422
    return then("pages.reports.show_unit", _("Đã trả lại báo cáo để bổ sung."), report_id=report_id)


@blueprint.get("/consolidated/<report_id>")
@rule("reports.read")
def show_consolidated(report_id: str) -> str:
    """Show a consolidated report: totals that open, prose, who is missing, versions, what comes next."""
    return _consolidated_page(report_id)


@blueprint.post("/consolidated/<report_id>")
@rule("reports.consolidate")
def save_consolidated(report_id: str) -> Any:
    """Save the prose of a draft."""
    try:
        with runtime().database.unit_of_work(principal().actor) as work:
            _require_consolidator(work.session, report_id)
            _save_sections(work, report_id)
            work.commit()
    except (Invalid, Conflict) as error:
        return _consolidated_page(report_id, errors=problems(error), typed=request.form), 422
    return then("pages.reports.show_consolidated", _("Đã lưu báo cáo tổng hợp."), report_id=report_id)


@blueprint.post("/consolidated/<report_id>/draft")
@rule("reports.consolidate")
def autosave_consolidated(report_id: str) -> Response:
    """Keep the prose while it is typed."""
    try:
        with runtime().database.unit_of_work(principal().actor) as work:
            _require_consolidator(work.session, report_id)
            saved = _save_sections(work, report_id)
            work.commit()
    except Stale:
        return Response(status=412)
    return Response(status=204, headers={"ETag": f'"{saved.edits}"'})


@blueprint.get("/consolidated/<report_id>/figures/<figure>")
@rule("reports.read")
def figure(report_id: str, figure: str) -> str:
    """Open a total: the unit reports it was added from, and the assignments each of them counted."""
    with runtime().database.reading() as session:
        found = consolidation.get(session, report_id)
        asked = report_lists.visible_round(session, principal(), found.round_id)
        parts = consolidation.sources(session, report_id, figure)
        ids = [one for part in parts for one in part.assignment_ids]
        assignments = report_lists.contents(session, ids)
        titles = organisations.names_on(session, [part.unit_id for part in parts], asked.data_as_of)
    return render_template(
        "reports/figure.html",
        here="reports",
        report=found,
        asked=asked,
        figure=figure,
        heading=FIGURES[figure],
        parts=sorted(parts, key=lambda part: (-part.value, sort_key(titles.get(part.unit_id, "")))),
        assignments=assignments,
        titles=titles,
    )


@blueprint.get("/consolidated/<report_id>/print")
@rule("reports.read")
def print_consolidated(report_id: str) -> str:
    """Show the consolidated report on paper, in the form of an official document."""
    with runtime().database.reading() as session:
        found = consolidation.get(session, report_id)
        asked = report_lists.visible_round(session, principal(), found.round_id)
        shown = _paper(session, found, asked)
    return render_template("reports/paper.html", here="reports", report=found, asked=asked, **shown)


def _round_page(round_id: str, errors: Mapping[str, str]) -> str:
    who = principal()
    with runtime().database.reading() as session:
        asked = report_lists.visible_round(session, who, round_id)
        today = days(session)
        units = reports.unit_reports(session, round_id)
        places = [unit.unit_id for unit in units]
        above = [asked.organisation_id, asked.consolidator_id, asked.superior_id or ""]
        titles = organisations.names_on(session, [*places, *above], today.today)
        units.sort(key=lambda one: (one.level, sort_key(titles.get(one.unit_id, ""))))
        shown = {
            "versions": consolidation.versions(session, round_id),
            "directive": _directive(session, asked),
            **_tasks(session, round_id),
        }
    return render_template(
        "reports/round.html",
        here="reports",
        asked=asked,
        units=units,
        missing=[unit for unit in units if unit.status != "submitted"],
        titles=titles,
        today=today,
        errors=errors,
        values=request.form,
        may_collect=access.allow(who, "reports.consolidate", asked.consolidator_id),
        may_answer=_may_answer(asked),
        **shown,
        **_STATES,
    )


def _unit_page(
    report_id: str, errors: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None
) -> str:
    who = principal()
    with runtime().database.reading() as session:
        report, asked = report_lists.visible_report(session, who, report_id)
        today = days(session)
        filled = reports.prefill(session, asked.id, report.unit_id)
        ids = [one for several in (report.lineage or filled.lineage).values() for one in several]
        shown = {
            "computed": filled.figures,
            "figures": report.figures or filled.figures,
            "sections": {
                name: report.sections.get(name, "") or filled.sections.get(name, "") for name in SECTIONS
            },
            "lineage": report.lineage or filled.lineage,
            "assignments": report_lists.contents(session, ids),
            "versions": reports.versions(session, report_id),
            "titles": organisations.names_on(session, [report.unit_id, asked.consolidator_id], today.today),
            "directive": _directive(session, asked),
            **_tasks(session, report_id),
        }
        people = names.accounts(session, [one.submitted_by for one in shown["versions"]])
    is_writer = access.allow(who, "reports.write", report.unit_id)
    is_open = report.status != "submitted" and asked.status in {
        "collecting",
        "consolidated",
        "more_requested",
    }
    write = next((task for task in shown["tasks"] if task.form_key == _WRITE), None)
    return render_template(
        "reports/unit.html",
        here="reports",
        report=report,
        asked=asked,
        today=today,
        people=people,
        names=FIGURES,
        headings=SECTIONS,
        names_shown={name: context.text(words) for name, words in FIGURES.items()},
        # once it lies with whoever approves it, it is read there and returned, not changed under their eyes
        may_write=is_writer and is_open and (write is not None or not shown["tasks"]),
        may_return=access.allow(who, "reports.consolidate", asked.consolidator_id)
        and report.status == "submitted"
        and not shown["tasks"],
        errors=errors or {},
        typed=typed or {},
        **shown,
        **_STATES,
    )


def _consolidated_page(
    report_id: str, errors: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None
) -> str:
    with runtime().database.reading() as session:
        found = consolidation.get(session, report_id)
        asked = report_lists.visible_round(session, principal(), found.round_id)
        today = days(session)
        places = [*found.missing_units, *found.late_units, asked.organisation_id, asked.superior_id or ""]
        shown = {
            "titles": organisations.names_on(session, places, today.today),
            "versions": consolidation.versions(session, asked.id),
            "directive": _directive(session, asked),
            **_tasks(session, asked.id),
        }
        people = names.accounts(session, [one.created_by for one in shown["versions"]])
    may_edit = found.status == "draft" and access.allow(
        principal(), "reports.consolidate", asked.consolidator_id
    )
    return render_template(
        "reports/consolidated.html",
        here="reports",
        report=found,
        asked=asked,
        people=people,
        names=FIGURES,
        headings=SECTIONS,
        may_edit=may_edit,
        may_answer=_may_answer(asked) and found.status == "sent",
        errors=errors or {},
        typed=typed or {},
        **shown,
        **_STATES,
    )


def _paper(session: Session, found: ConsolidatedReport, asked: ReportRound) -> dict[str, Any]:
    directive = directives.get(session, asked.directive_id)
    document = documents.get(session, directive.document_id)
    places = [asked.organisation_id, asked.superior_id or "", *found.missing_units, *found.late_units]
    today = days(session).today
    chosen = board.Filter(directive_id=directive.id, assigned_to=asked.data_as_of)
    rows = board.listed(session, asked.data_as_of, "total", chosen, limit=500)
    leads = organisations.names_on(session, [row.lead_id for row in rows], today)
    return {
        "titles": organisations.names_on(session, places, today) | leads,
        "number": documents.get(session, found.document_id).number if found.document_id else "",
        "place": documents.get(session, found.document_id).place if found.document_id else "",
        "basis": document,
        "names": FIGURES,
        "headings": SECTIONS,
        "rows": rows,
    }


def _directive(session: Session, asked: ReportRound) -> Mapping[str, str]:
    found = directives.get(session, asked.directive_id)
    return {"id": found.id, "title": found.title}


def _tasks(session: Session, business_key: str) -> dict[str, Any]:
    """Give the open steps of the process, and which of them are for whoever looks."""
    tasks = report_lists.open_tasks(session, business_key)
    who = principal()
    groups = names.groups(session, [group for task in tasks for group in task.candidate_groups], who.on)
    return {
        "tasks": tasks,
        "task_groups": groups,
        "my_tasks": {task.id for task in tasks if user_tasks.may_do(task, who.account_id, who.groups)},
    }


def _may_answer(asked: ReportRound) -> bool:
    return asked.status == "sent" and (
        principal().is_admin or access.allow(principal(), "reports.consolidate", asked.superior_id or "-")
    )


def _require_writer(session: Session, report_id: str) -> UnitReport:
    report, _asked = report_lists.visible_report(session, principal(), report_id)
    access.require(principal(), "reports.write", report.unit_id)
    return report


def _require_consolidator(session: Session, report_id: str) -> None:
    found = consolidation.get(session, report_id)
    asked = report_lists.visible_round(session, principal(), found.round_id)
    access.require(principal(), "reports.consolidate", asked.consolidator_id)


def _save(work: UnitOfWork, report_id: str, *, is_draft: bool) -> UnitReport:
    posted = Posted()
    report = reports.get(work.session, report_id)
    computed = reports.prefill(work.session, report.round_id, report.unit_id).figures
    figures = {name: posted.number(name) for name in FIGURES if name in request.form}
    reasons = {name: posted.text(f"reason-{name}") for name in FIGURES}
    edits = posted.number("edits")
    if is_draft:
        figures = {n: v for n, v in figures.items() if v == computed.get(n) or reasons[n]}
    else:
        posted.check()
    return reports.save_draft(
        work,
        report_id,
        edits=edits,
        sections=_sections(posted),
        figures=figures,
        overrides={name: reason for name, reason in reasons.items() if reason},
    )


def _save_sections(work: UnitOfWork, report_id: str) -> ConsolidatedReport:
    posted = Posted()
    return consolidation.save(work, report_id, edits=posted.number("edits"), sections=_sections(posted))


def _sections(posted: Posted) -> dict[str, str]:
    return {name: posted.text(name, most=100_000) for name in SECTIONS if name in request.form}


def _pass_on(work: UnitOfWork, report_id: str) -> Text:
    for task in report_lists.open_tasks(work.session, report_id):
        if task.form_key == _WRITE:
            return _complete(work, task)
    reports.submit(work, report_id, reason=request.form.get("reason", ""))
    return _("Đã gửi báo cáo.")


def _complete(work: UnitOfWork, task: UserTask) -> Text:
    work_list.complete(work, principal(), task.id, {"write_complete": True})
    return _("Đã trình duyệt báo cáo.")


def _before(mark: str) -> Any:
    day, _line, identity = mark.partition("_")
    found = day_of("before", day) if identity else None
    return None if found is None else (found, identity)
