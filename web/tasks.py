"""Một việc: what exactly is asked, by whom, why, until when? The form, its draft, what was, what comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from directives import tree
from directives.access import Principal
from engine import escalations, history, instances, user_tasks
from engine.forms import Form, from_post
from engine.forms.choices import Choice
from engine.models import UserTask
from engine.states import WorkState
from foundation.errors import Conflict, Invalid, Stale
from foundation.texts import Text, _
from foundation.vietnamese import format_moment
from processes import choices, drafts, task_facts, task_matters, work_list, work_views
from processes.task_facts import Facts
from web import context, errors, gate, names, timelines
from web.days import days

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")

#: fields of a posted form that are not the form's own
_CONTROL = frozenset({"csrf_token", "revision"})
#: lines of history shown at once
_LINES = 60
#: form → the verb of its button, until a decision names a better one
VERBS: Mapping[str, Text] = {
    "directive-register": _("Vào sổ"),
    "directive-instruct": _("Bút phê"),
    "plan-assign-drafting": _("Phân công soạn thảo"),
    "plan-draft": _("Trình kiểm tra"),
    "plan-number": _("Cấp số, phát hành"),
    "assignment-accept": _("Trả lời việc được giao"),
    "assignment-organise": _("Phân công"),
    "assignment-do": _("Trình kết quả"),
    "report-compile": _("Trình ký"),
    "report-number": _("Cấp số, gửi báo cáo"),
    "unit-report-write": _("Trình duyệt"),
    "difficulty-decide": _("Chỉ đạo"),
}
#: what was done, said after it
_DONE = _("Đã xong bước “{step}”.")


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A task with its form as it stands now."""

    task: UserTask
    form: Form | None
    #: of the process, with the lists to choose from
    variables: dict[str, Any]


@blueprint.get("/<task_id>")
@gate.rule("user_tasks.read")
def show(task_id: str) -> Any:
    """Show the task with its form, filled from the draft if there is one."""
    with gate.runtime().database.reading() as session:
        return _page(session, task_id)


@blueprint.post("/<task_id>/form")
@gate.rule("user_tasks.work")
def refresh(task_id: str) -> Any:
    """Give the fields anew after a value changed: some appear, some go, the button says the decision."""
    with gate.runtime().database.reading() as session:
        loaded = _load(session, task_id)
        if loaded.form is None:
            return ""
        values = from_post(loaded.form, _posted())
        return render_template("tasks/fields.html", **_fields(loaded, values, {}))


@blueprint.post("/<task_id>/draft")
@gate.rule("user_tasks.work")
def save_draft(task_id: str) -> Response:
    """Keep what is typed; nothing is checked but that the person may do the task."""
    who = gate.principal()
    with gate.runtime().database.unit_of_work(who.actor) as work:
        _require_doable(who, work_list.visible(work.session, who, task_id))
        drafts.save(work, who.account_id, f"task:{task_id}", _posted())
        work.commit()
    return Response(status=204)


@blueprint.post("/<task_id>/complete")
@gate.rule("user_tasks.work")
def complete(task_id: str) -> Any:
    """Finish the task; what is wrong comes back beside its field with everything that was typed."""
    who = gate.principal()
    with gate.runtime().database.reading() as session:
        loaded = _load(session, task_id)
    values = from_post(loaded.form, _posted()) if loaded.form is not None else {}
    actor = who.actor_for(frozenset(loaded.task.candidate_groups))
    try:
        with gate.runtime().database.unit_of_work(actor) as work:
            work_list.complete(work, who, task_id, values, revision=_revision())
            drafts.drop(work, who.account_id, f"task:{task_id}")
            work.commit()
    except (Invalid, Stale, Conflict) as error:
        with gate.runtime().database.reading() as session:
            status = 422 if isinstance(error, Invalid) else 409
            found = errors.messages(error) if isinstance(error, Invalid) else {"": context.text(error.text)}
            return make_response(_page(session, task_id, values=values, problems=found), status)
    context.flash(Text(_DONE.template, {"step": loaded.task.name}))
    return redirect(url_for("pages.inbox.index"))


@blueprint.post("/<task_id>/claim")
@gate.rule("user_tasks.work")
def claim(task_id: str) -> Any:
    """Take the task over."""
    who = gate.principal()
    with gate.runtime().database.unit_of_work(who.actor) as work:
        user_tasks.claim(work, task_id, account=who.account_id, groups=who.groups)
        work.commit()
    context.flash(_("Bạn đã nhận việc này."))
    return redirect(url_for(".show", task_id=task_id))


@blueprint.post("/<task_id>/release")
@gate.rule("user_tasks.work")
def release(task_id: str) -> Any:
    """Give the task back to its group; the draft stays with the person."""
    who = gate.principal()
    with gate.runtime().database.unit_of_work(who.actor) as work:
        user_tasks.release(work, task_id, account=who.account_id)
        work.commit()
    context.flash(_("Việc đã trở về nhóm để người khác nhận."))
    return redirect(url_for(".show", task_id=task_id))


def about(session: Session, row: work_views.Row) -> Facts:
    """Give what a task is about, for page and preview."""
    return task_facts.facts(session, row.subject)


def _page(
    session: Session,
    task_id: str,
    *,
    values: Mapping[str, Any] | None = None,
    problems: Mapping[str, str] | None = None,
) -> str:
    who = gate.principal()
    loaded = _load(session, task_id)
    row = work_views.rows_of(session, [loaded.task])[0]
    facts = about(session, row)
    saved = drafts.get(session, who.account_id, f"task:{task_id}")
    if values is None and loaded.form is not None:
        values = from_post(loaded.form, saved.values) if saved else loaded.form.defaults(loaded.variables)
    ladder = timelines.of_ladder(escalations.of_task(session, task_id))
    lines = history.of_instance(session, loaded.task.instance_id)
    now = days(session)
    holders = names.organisations(session, names.organisations_of(loaded.task.candidate_groups), now.today)
    return render_template(
        "tasks/show.html",
        here="inbox",
        row=row,
        task=loaded.task,
        about=facts,
        matters=task_matters.of_task(session, loaded.task.form_key, facts, loaded.variables),
        days=now,
        ladder=ladder,
        events=timelines.of_instance(lines)[-_LINES:],
        saved_at=format_moment(saved.saved_at) if saved else "",
        holders=[names.group(one, holders) for one in loaded.task.candidate_groups],
        steps=chain(session, facts),
        **_abilities(who, loaded.task),
        **_fields(loaded, values or {}, problems or {}),
    )


def _fields(loaded: Loaded, values: Mapping[str, Any], problems: Mapping[str, str]) -> dict[str, Any]:
    now = gate.runtime().clock.now()
    form = loaded.form
    hidden = form.hidden(values, now=now, variables=loaded.variables) if form is not None else frozenset()
    return {
        "loaded": form,
        "task_id": loaded.task.id,
        "values": values,
        "problems": {name: words for name, words in problems.items() if name not in hidden},
        "hidden": hidden,
        "variables": loaded.variables,
        "verb": _verb(loaded, values, hidden),
        "is_reactive": form is not None and any(isinstance(one, Choice) for one in form.fields),
    }


def _verb(loaded: Loaded, values: Mapping[str, Any], hidden: frozenset[str]) -> str:
    """Give the word on the button: the decision that is chosen, else the verb of the form."""
    for field in loaded.form.fields if loaded.form is not None else ():
        if field.type == "radio" and field.name not in hidden and isinstance(field, Choice):
            chosen = values.get(field.key)
            label = next((one.label for one in field.options(loaded.variables) if one.value == chosen), None)
            if label:
                return label
            return context.text(VERBS.get(loaded.task.form_key or "", _("Gửi quyết định")))
    return context.text(VERBS.get(loaded.task.form_key or "", _("Hoàn thành việc này")))


def _load(session: Session, task_id: str) -> Loaded:
    task = work_list.visible(session, gate.principal(), task_id)
    if not task.form_key:
        return Loaded(task=task, form=None, variables={})
    form = work_list.form_of(session, task.form_key)
    variables = instances.variables(instances.get(session, task.instance_id))
    offered = choices.lists(session, form, task.candidate_groups, gate.principal().on)
    return Loaded(task=task, form=form, variables={**variables, **task.local, **offered})


def _abilities(who: Principal, task: UserTask) -> dict[str, bool]:
    is_open = task.state == WorkState.OPEN.value
    may_do = is_open and (user_tasks.may_do(task, who.account_id, who.groups) or who.is_admin)
    return {
        "is_open": is_open,
        "may_do": may_do,
        "may_claim": is_open
        and task.assignee is None
        and user_tasks.may_do(task, who.account_id, who.groups),
        "may_release": is_open and task.assignee == who.account_id and bool(task.candidate_groups),
    }


def _require_doable(who: Principal, task: UserTask) -> None:
    if not _abilities(who, task)["may_do"]:
        raise Conflict(_("Công việc đã có người khác nhận hoặc đã xong, bản nháp không được lưu."))


def _posted() -> dict[str, list[str]]:
    return {name: texts for name, texts in request.form.lists() if name not in _CONTROL}


def _revision() -> int | None:
    given = request.form.get("revision", "")
    return int(given) if given.isdigit() else None


def chain(session: Session, facts: Facts) -> Sequence[tuple[str, str | None]]:
    """Give the way from the highest document down to what a task is about (R-U11)."""
    if facts.directive is None:
        return [(context.text(_("Việc của tôi")), url_for("pages.inbox.index"))]
    links = tree.chain(session, facts.directive.id)
    steps: list[tuple[str, str | None]] = []
    for link in links:
        url = url_for("pages.directives.show", directive_id=link.directive_id) if link.directive_id else None
        steps.append((link.number or link.title, url))
        if link.directive_id == facts.directive.id:
            break
    if facts.assignment is not None:
        where = url_for("pages.assignments.show", assignment_id=facts.assignment.id)
        section = facts.assignment.section
        steps.append((context.text(_("Nhiệm vụ {section}", section=section)), where))
    return steps
