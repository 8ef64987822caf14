"""Việc của tôi: what do I have to do now? Lists by urgency with counts, claiming, a preview beside them."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from engine import user_tasks
from foundation.errors import TiendoError
from foundation.texts import _
from processes import drafts, work_list, work_views
from processes.work_views import View
from web import context, gate, names, tasks
from web.days import days

blueprint = Blueprint("inbox", __name__)

#: the cards on top: view → tone and icon
CARDS = {
    View.OVERDUE: ("late", "late"),
    View.TODAY: ("soon", "alarm"),
    View.SOON: ("soon", "clock"),
    View.ARRIVAL: ("term", "inbox"),
    View.DECISION: ("wait", "sign"),
    View.UNIT: ("idle", "people"),
}
#: tasks claimed by one press
MOST_AT_ONCE = 100


@blueprint.get("/")
@gate.rule("user_tasks.read")
def index() -> Any:
    """Show one of the lists; the first is everything, the most urgent first."""
    return render_template("inbox/index.html", here="inbox", **_page())


@blueprint.get("/inbox/news")
@gate.rule("user_tasks.read")
def news() -> Any:
    """Say that the list changed since it was shown; nothing moves under the hand of who reads it."""
    with gate.runtime().database.reading() as session:
        found = work_views.count(session, gate.principal())
    if found == request.args.get("known", type=int):
        return Response(status=204)
    return render_template("inbox/news.html", count=found)


@blueprint.get("/inbox/count")
@gate.rule("user_tasks.read")
def count() -> Response:
    """Give how much there is to do, for the badge."""
    with gate.runtime().database.reading() as session:
        found = work_views.count(session, gate.principal())
    return Response(str(found) if found else "", mimetype="text/plain")


@blueprint.get("/inbox/<task_id>/preview")
@gate.rule("user_tasks.read")
def preview(task_id: str) -> Any:
    """Give the short form of one task for the pane beside the list."""
    with gate.runtime().database.reading() as session:
        task = work_list.visible(session, gate.principal(), task_id)
        shown = _preview(session, work_views.rows_of(session, [task])[0])
    return render_template("inbox/preview.html", **shown)


@blueprint.post("/inbox/claim")
@gate.rule("user_tasks.work")
def claim_several() -> Any:
    """Take over all marked tasks, each by itself: one that somebody else took does not stop the others."""
    who, taken, refused = gate.principal(), 0, 0
    for task_id in request.form.getlist("task")[:MOST_AT_ONCE]:
        try:
            with gate.runtime().database.unit_of_work(who.actor) as work:
                user_tasks.claim(work, task_id, account=who.account_id, groups=who.groups)
                work.commit()
            taken += 1
        except TiendoError:
            refused += 1
    if taken:
        context.flash(_("Đã nhận {count} việc.", count=taken))
    if refused:
        context.flash(_("{count} việc không nhận được vì đã có người nhận.", count=refused), "soon")
    if not taken and not refused:
        context.flash(_("Chưa đánh dấu việc nào để nhận."), "soon")
    chosen = _chosen()
    return redirect(url_for(".index", view=chosen["view"], q=chosen["q"], process=chosen["process"]))


def _page() -> dict[str, Any]:
    who, chosen = gate.principal(), _chosen()
    view = View(chosen["view"])
    page = max(1, request.args.get("page", 1, type=int))
    with gate.runtime().database.reading() as session:
        now = days(session)
        counts = work_views.counts(session, who, now.now)
        found = work_views.listing(
            session, who, now.now, view, text=chosen["q"], process_key=chosen["process"], page=page
        )
        givers = names.organisations(session, [row.subject.organisation_id for row in found.rows], now.today)
        forms = [f"task:{row.id}" for row in found.rows]
        drafted = drafts.with_drafts(session, who.account_id, forms) if forms else set()
        first = _preview(session, found.rows[0]) if found.rows else None
    return {
        "view": view,
        "views": work_views.VIEW_NAMES,
        "cards": CARDS,
        "tallies": counts,
        "found": found,
        "givers": givers,
        "drafted": drafted,
        "days": now,
        "chosen": chosen,
        "page": page,
        "me": who.account_id,
        "first": first,
        "pages": -(-found.total // work_views.PAGE),
        "processes": PROCESSES,
    }


#: kinds of work a person may narrow the list to
PROCESSES = {
    "directive-cycle": _("Văn bản và kế hoạch"),
    "assignment": _("Nhiệm vụ được giao"),
    "unit-report": _("Báo cáo của đơn vị"),
    "report-round": _("Tổng hợp báo cáo"),
}


def _preview(session: Session, row: work_views.Row) -> dict[str, Any]:
    return {
        "row": row,
        "about": tasks.about(session, row),
        "days": days(session),
        "me": gate.principal().account_id,
    }


def _chosen() -> dict[str, str]:
    wanted = request.values.get("view", View.ALL)
    process = request.values.get("process", "")
    return {
        "view": wanted if wanted in list(View) else View.ALL.value,
        "q": request.values.get("q", "")[:100],
        "process": process if process in PROCESSES else "",
    }
