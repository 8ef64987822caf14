"""Kế hoạch: who does what by when, and does it fit together? A table edited row by row, checked at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from directives import (
    access,
    deadlines,
    directives,
    document_numbers,
    documents,
    organisations,
    plan_checks,
    plans,
    policies,
)
from directives.deadline_text import parse
from directives.deadlines import Deadline
from directives.plan_checks import Finding
from directives.plan_tables import Plan
from directives.plans import ItemDraft, ItemView, Party
from engine import user_tasks
from foundation import calendars
from foundation.errors import Invalid, Stale
from foundation.texts import Text, _
from processes import overviews, planning, visibility
from web import context, errors, gate, names, tasks
from web.days import days

blueprint = Blueprint("plans", __name__, url_prefix="/plans")

#: how a party of an unknown name is written in a form, before its name
_NAMED = "name:"
#: findings of which a row may have many, told in one line
_TOGETHER = {
    "unknown_organisation": _("{count} tên chưa gắn với cơ quan nào trong danh bạ (gạch chân chấm)."),
    "not_notified": _("{count} đơn vị có tên trong nhiệm vụ nhưng chưa có trong nơi nhận."),
}
_SUGGESTED = 8
STATUSES = {"": _("Tất cả"), "draft": _("Dự thảo"), "issued": _("Đã ban hành"), "closed": _("Đã kết thúc")}


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One lead or coordinator in the form of a row."""

    #: organisation id, or `name:` and the words of the document
    value: str
    label: str
    is_known: bool


@blueprint.get("")
@gate.rule("plans.read")
def index() -> Any:
    """List plans, drafts first."""
    status = request.args.get("status", "")
    status = status if status in STATUSES else ""
    page = max(1, request.args.get("page", 1, type=int))
    with gate.runtime().database.reading() as session:
        found = overviews.plans(session, gate.principal(), status=status, page=page)
        known = names.organisations(session, [row.organisation_id for row in found.rows], gate.principal().on)
    return render_template(
        "plans/index.html",
        here="plans",
        found=found,
        names=known,
        status=status,
        statuses=STATUSES,
        page=page,
    )


@blueprint.get("/<plan_id>")
@gate.rule("plans.read")
def show(plan_id: str) -> Any:
    """Show the table with what does not fit together beside each row."""
    with gate.runtime().database.reading() as session:
        plan = visibility.plan(session, gate.principal(), plan_id)
        return render_template(
            "plans/show.html", here="plans", **_table(session, plan), **_head(session, plan)
        )


@blueprint.get("/<plan_id>/preview")
@gate.rule("plans.read")
def preview(plan_id: str) -> Any:
    """Show the plan as the official document it will be."""
    with gate.runtime().database.reading() as session:
        plan = visibility.plan(session, gate.principal(), plan_id)
        document = documents.get(session, plan.document_id) if plan.document_id else None
        above = directives.document_of(session, plan.directive_id)
        receivers = documents.recipients(session, plan.document_id) if plan.document_id else []
        return render_template(
            "plans/preview.html",
            here="plans",
            document=document,
            above=above,
            receivers=receivers,
            above_type=document_numbers.TYPE_NAMES.get(above.type_code, _("văn bản")).render("vi"),
            **_table(session, plan),
            **_head(session, plan),
        )


@blueprint.get("/<plan_id>/items/<item_id>")
@gate.rule("plans.read")
def row(plan_id: str, item_id: str) -> Any:
    """Give one row as it is read: after editing was given up."""
    with gate.runtime().database.reading() as session:
        plan = visibility.plan(session, gate.principal(), plan_id)
        return render_template("plans/row.html", **_row(session, plan, _item(session, plan, item_id)))


@blueprint.get("/<plan_id>/items/<item_id>/edit")
@gate.rule("plans.draft")
def edit(plan_id: str, item_id: str) -> Any:
    """Give one row as a form."""
    with gate.runtime().database.reading() as session:
        plan = visibility.plan(session, gate.principal(), plan_id)
        return _form(session, plan, _item(session, plan, item_id))


@blueprint.get("/<plan_id>/items/new")
@gate.rule("plans.draft")
def new(plan_id: str) -> Any:
    """Give the form of a row to be added at the end."""
    with gate.runtime().database.reading() as session:
        return _form(session, visibility.plan(session, gate.principal(), plan_id), None)


@blueprint.post("/<plan_id>/items/<item_id>")
@gate.rule("plans.draft")
def save(plan_id: str, item_id: str) -> Any:
    """Keep a changed row; what is wrong comes back in the row with everything that was typed."""
    who = gate.principal()
    try:
        with gate.runtime().database.unit_of_work(who.actor) as work:
            before = _item(work.session, visibility.plan(work.session, who, plan_id), item_id)
            changes = _changes(work.session, before.draft)
            planning.edit_item(work, who, item_id, request.form.get("version", 0, type=int), changes)
            work.commit()
    except (Invalid, Stale) as error:
        return _refused(plan_id, item_id, error)
    return _saved(plan_id, item_id)


@blueprint.post("/<plan_id>/items")
@gate.rule("plans.draft")
def add(plan_id: str) -> Any:
    """Add a row at the end."""
    who = gate.principal()
    try:
        with gate.runtime().database.unit_of_work(who.actor) as work:
            visibility.plan(work.session, who, plan_id)
            draft = ItemDraft(**{"content": "", **_changes(work.session, ItemDraft(content=""))})
            item = planning.add_item(work, who, plan_id, draft)
            work.commit()
    except Invalid as error:
        return _refused(plan_id, None, error)
    return _saved(plan_id, item.id)


@blueprint.post("/<plan_id>/items/<item_id>/remove")
@gate.rule("plans.draft")
def remove(plan_id: str, item_id: str) -> Any:
    """Take a row out; what it said stays in the history."""
    who = gate.principal()
    with gate.runtime().database.unit_of_work(who.actor) as work:
        _item(work.session, visibility.plan(work.session, who, plan_id), item_id)
        planning.remove_item(work, who, item_id, request.form.get("version", 0, type=int))
        work.commit()
    return _whole(plan_id)


@blueprint.post("/<plan_id>/items/<item_id>/move")
@gate.rule("plans.draft")
def move(plan_id: str, item_id: str) -> Any:
    """Put a row one place up or down."""
    who = gate.principal()
    with gate.runtime().database.unit_of_work(who.actor) as work:
        item = _item(work.session, visibility.plan(work.session, who, plan_id), item_id)
        step = 1 if request.form.get("to") == "down" else -1
        version = request.form.get("version", 0, type=int)
        planning.move_item(work, who, item_id, version, max(1, item.ordinal + step))
        work.commit()
    return _whole(plan_id)


@blueprint.get("/<plan_id>/deadline")
@gate.rule("plans.read")
def read_deadline(plan_id: str) -> Any:
    """Say how the words of a deadline are understood."""
    with gate.runtime().database.reading() as session:
        plan = visibility.plan(session, gate.principal(), plan_id)
        understood = _deadline(session, request.args.get("deadline", ""), plan.issued_on)
        return render_template("plans/deadline.html", deadline=understood, calendar=days(session).calendar)


@blueprint.get("/<plan_id>/organisations")
@gate.rule("plans.read")
def suggest(plan_id: str) -> Any:
    """Give organisations whose name contains what was typed, with or without marks."""
    field = "leads" if request.args.get("field") == "leads" else "coordinators"
    text = request.args.get(f"{field}-search", "").strip()
    with gate.runtime().database.reading() as session:
        now = days(session)
        found = organisations.search(session, text, now.today, limit=_SUGGESTED) if text else []
        above = names.organisations(session, [one.parent_id for one in found], now.today)
    return render_template(
        "plans/suggestions.html", plan_id=plan_id, field=field, found=found, above=above, text=text
    )


@blueprint.post("/<plan_id>/parties")
@gate.rule("plans.draft")
def choose(plan_id: str) -> Any:
    """Give the chips anew after one was added or taken away; nothing is saved before the row is."""
    field = "leads" if request.args.get("field") == "leads" else "coordinators"
    values = request.form.getlist(field)
    added, gone = request.args.get("add", ""), request.args.get("drop", "")
    values = [one for one in values if one != gone] + ([added] if added and added not in values else [])
    with gate.runtime().database.reading() as session:
        chips = _chips(session, [_party(one) for one in values])
    return render_template(
        "plans/parties.html", plan_id=plan_id, field=field, chips=chips, errors={}, focus=True
    )


def _table(session: Session, plan: Plan) -> dict[str, Any]:
    items = plans.items(session, plan.id)
    now = days(session)
    ids = [party.organisation_id for item in items for party in (*item.draft.leads, *item.draft.coordinators)]
    checks = plan_checks.check(session, plan.id, now.today) if plan.status == "draft" else []
    return {
        "plan": plan,
        "items": items,
        "days": now,
        "findings": checks,
        "beside": _beside(checks),
        "names": names.organisations(session, [*ids, plan.organisation_id], now.today),
        "is_editable": _is_editable(session, plan),
    }


def _head(session: Session, plan: Plan) -> dict[str, Any]:
    directive = directives.get(session, plan.directive_id)
    task = planning.drafting_tasks(session, [plan.directive_id]).get(plan.directive_id)
    subject = task_subject(session, plan)
    return {"directive": directive, "task_id": task, "steps": [*subject, (plan.title, None)]}


def task_subject(session: Session, plan: Plan) -> list[tuple[str, str | None]]:
    """Give the chain down to the cycle a plan belongs to."""
    from processes.task_facts import Facts

    return list(tasks.chain(session, Facts(directive=directives.get(session, plan.directive_id))))


def _row(session: Session, plan: Plan, item: ItemView) -> dict[str, Any]:
    now = days(session)
    ids = [party.organisation_id for party in (*item.draft.leads, *item.draft.coordinators)]
    found = plan_checks.check(session, plan.id, now.today) if plan.status == "draft" else []
    return {
        "plan": plan,
        "item": item,
        "days": now,
        "findings": found,
        "beside": _beside([one for one in found if one.item_id == item.id]),
        "names": names.organisations(session, ids, now.today),
        "is_editable": _is_editable(session, plan),
    }


def _beside(found: list[Finding]) -> dict[str | None, list[Finding]]:
    """Give the findings by row; unknown names make one line, since each of them is marked anyway."""
    rows: dict[str | None, list[Finding]] = {}
    for finding in found:
        rows.setdefault(finding.item_id, []).append(finding)
    return {item: _joined(lines) for item, lines in rows.items()}


def _joined(lines: list[Finding]) -> list[Finding]:
    kept = list(lines)
    for code, words in _TOGETHER.items():
        same = [one for one in kept if one.code == code]
        if len(same) > 1:
            told = replace(same[0], text=Text(words.template, {"count": len(same)}))
            kept = [told if one is same[0] else one for one in kept if one is same[0] or one.code != code]
    return kept


def _form(
    session: Session, plan: Plan, item: ItemView | None, *, problems: Mapping[str, str] | None = None
) -> str:
    draft = item.draft if item is not None else ItemDraft(content="")
    typed = request.form if problems else {}
    leads = [_party(one) for one in request.form.getlist("leads")] if problems else draft.leads
    helping = (
        [_party(one) for one in request.form.getlist("coordinators")] if problems else draft.coordinators
    )
    raw = typed.get("deadline", draft.deadline.raw or _written(draft.deadline.current_due))
    understood = (
        _deadline(session, raw, plan.issued_on) if problems or not draft.deadline.raw else draft.deadline
    )
    return render_template(
        "plans/edit.html",
        plan=plan,
        item=item,
        problems=problems or {},
        deadline_raw=raw,
        deadline=understood,
        content=typed.get("content", draft.content),
        section=typed.get("section", draft.section),
        output=typed.get("output", draft.output),
        leads=_chips(session, leads),
        coordinators=_chips(session, helping),
        calendar=days(session).calendar,
    )


def _changes(session: Session, before: ItemDraft) -> dict[str, Any]:
    given = request.form
    changes: dict[str, Any] = {
        "content": given.get("content", "").strip(),
        "section": given.get("section", "").strip()[:60],
        "output": given.get("output", "").strip(),
        "leads": tuple(_party(one, session) for one in given.getlist("leads")),
        "coordinators": tuple(_party(one, session) for one in given.getlist("coordinators")),
    }
    raw = given.get("deadline", "").strip()
    if raw != (before.deadline.raw or _written(before.deadline.current_due)):
        changes["deadline"] = _deadline(session, raw, None)
    return changes


def _deadline(session: Session, raw: str, issued_on: date | None) -> Deadline:
    """Read the words of a deadline as an official types them; nothing is guessed in silence (R-T2)."""
    if not raw.strip():
        return deadlines.NO_DEADLINE
    calendar = calendars.load(session)
    today = days(session).today
    read = parse(raw.strip()[:300], issued_on=issued_on or today, working=calendar)
    policy = policies.current(session, today)
    return deadlines.effective(deadlines.from_proposal(read.as_json()), calendar, policy)


def _written(due: date | None) -> str:
    return "" if due is None else f"{due:%d/%m/%Y}"


def _party(value: str, session: Session | None = None) -> Party:
    if value.startswith(_NAMED):
        return Party(name=value.removeprefix(_NAMED)[:300])
    name = organisations.name_on(session, value, gate.principal().on) if session is not None else ""
    return Party(name=name, organisation_id=value)


def _chips(session: Session, parties: Any) -> list[Chip]:
    known = names.organisations(session, [one.organisation_id for one in parties], gate.principal().on)
    return [
        Chip(value=one.organisation_id, label=known.get(one.organisation_id, one.name), is_known=True)
        if one.organisation_id
        else Chip(value=f"{_NAMED}{one.name}", label=one.name, is_known=False)
        for one in parties
    ]


def _item(session: Session, plan: Plan, item_id: str) -> ItemView:
    item = plans.view(session, item_id)
    if plans.of_item(session, item_id).id != plan.id:
        raise Invalid(_("Dòng này không thuộc kế hoạch đang mở."), item=item_id)
    return item


def _is_editable(session: Session, plan: Plan) -> bool:
    """Tell whether this person may change rows now: the step of drafting is open and theirs to do."""
    who = gate.principal()
    task_id = planning.drafting_tasks(session, [plan.directive_id]).get(plan.directive_id)
    if plan.status != "draft" or task_id is None:
        return False
    is_holder = user_tasks.may_do(user_tasks.get(session, task_id), who.account_id, who.groups)
    return is_holder or access.allow(who, "plans.draft", plan.organisation_id)


def _saved(plan_id: str, item_id: str) -> Response:
    with gate.runtime().database.reading() as session:
        plan = visibility.plan(session, gate.principal(), plan_id)
        shown = _row(session, plan, _item(session, plan, item_id))
        return make_response(render_template("plans/row.html", is_saved=True, **shown))


def _refused(plan_id: str, item_id: str | None, error: Invalid | Stale) -> Response:
    found = errors.messages(error) if isinstance(error, Invalid) else {"": context.text(error.text)}
    with gate.runtime().database.reading() as session:
        plan = visibility.plan(session, gate.principal(), plan_id)
        item = _item(session, plan, item_id) if item_id else None
        return make_response(_form(session, plan, item, problems=found), 422)


def _whole(plan_id: str) -> Any:
    if not request.headers.get("HX-Request"):
        return redirect(url_for(".show", plan_id=plan_id))
    with gate.runtime().database.reading() as session:
        plan = visibility.plan(session, gate.principal(), plan_id)
        return render_template("plans/table.html", **_table(session, plan))
