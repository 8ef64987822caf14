"""Nhiệm vụ được giao: how far is it, what blocks it? Everything about one assignment, and what one may do."""

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import assignments, difficulties, extensions, history, people, results
from directives.assignment_tables import Assignment
from directives.directives import Directive
from engine import escalations, user_tasks
from engine.models import UserTask
from engine.states import WorkState
from foundation.errors import Conflict, Forbidden, Invalid
from foundation.texts import _
from processes import choices, task_facts, visibility, work_views
from web import assignment_acts, context, errors, gate, names, tasks, timelines
from web.assignment_acts import ACTS
from web.days import Days, days

blueprint = Blueprint("assignments", __name__, url_prefix="/assignments")


@blueprint.get("/<assignment_id>")
@gate.rule("assignments.read")
def show(assignment_id: str) -> Any:
    """Show progress, result, days, difficulties, inputs, the ladder, and the acts allowed to this person."""
    with gate.runtime().database.reading() as session:
        assignment = visibility.assignment(session, gate.principal(), assignment_id)
        return render_template(
            "assignments/show.html", here="tree", **_page(session, assignment, days(session))
        )


@blueprint.get("/<assignment_id>/<act>")
@gate.rule("assignments.read")
def act_form(assignment_id: str, act: str) -> Any:
    """Ask what one act needs: one question, one button."""
    with gate.runtime().database.reading() as session:
        return _form(session, assignment_id, act, {})


@blueprint.post("/<assignment_id>/<act>")
@gate.rule("assignments.read")
def do_act(assignment_id: str, act: str) -> Any:
    """Do one act; the use case checks right and state, what is wrong comes back beside its field."""
    who = gate.principal()
    found = ACTS.get(act)
    if found is None:
        raise Forbidden(_("Không có việc “{act}” trên nhiệm vụ.", act=act))
    try:
        with gate.runtime().database.unit_of_work(who.actor) as work:
            visibility.assignment(work.session, who, assignment_id)
            found.perform(work, who, assignment_id, request.form)
            work.commit()
    except (Invalid, Conflict) as error:
        problems = errors.messages(error) if isinstance(error, Invalid) else {"": context.text(error.text)}
        with gate.runtime().database.reading() as session:
            status = 422 if isinstance(error, Invalid) else 409
            return make_response(_form(session, assignment_id, act, problems), status)
    context.flash(found.done)
    return redirect(url_for(".show", assignment_id=assignment_id))


def _form(session: Session, assignment_id: str, act: str, problems: dict[str, str]) -> str:
    who = gate.principal()
    assignment = visibility.assignment(session, who, assignment_id)
    standing = assignment_acts.standing(session, assignment)
    if act not in ACTS or act not in assignment_acts.allowed(who, assignment, standing):
        raise Conflict(_("Nhiệm vụ đang ở trạng thái không làm được việc này, hoặc bạn không có quyền làm."))
    now = days(session)
    facts = task_facts.facts(session, _subject(assignment))
    known = _names(session, assignment, now)
    label = assignments.label_of(assignment, now.today, now.soon)
    offered = {
        "organisations": choices.organisations(session, now.today) if act in ("reassign", "split") else [],
        "helping": [
            {"value": one, "label": known.get(one, "")} for one in assignment_acts.inputs_of(who, standing)
        ],
    }
    return render_template(
        "assignments/act.html",
        here="tree",
        assignment=assignment,
        act=ACTS[act],
        key=act,
        problems=problems,
        typed=request.form,
        days=now,
        names=known,
        label=label,
        steps=[*tasks.chain(session, facts), (context.text(ACTS[act].title), None)],
        offered=offered,
        standing=standing,
    )


def _page(session: Session, assignment: Assignment, now: Days) -> dict[str, Any]:
    who = gate.principal()
    standing = assignment_acts.standing(session, assignment)
    facts = task_facts.facts(session, _subject(assignment))
    known = _names(session, assignment, now)
    changes = history.of(session, "assignment", assignment.id)
    touched = {
        value for change in changes for value in (change.after or {}).values() if isinstance(value, str)
    }
    known |= names.organisations(session, touched, now.today) | names.accounts(session, touched)
    open_tasks = _open_tasks(session, assignment.id)
    steps = [one for task in open_tasks for one in escalations.of_task(session, task.id)]
    mine = [task for task in open_tasks if user_tasks.may_do(task, who.account_id, who.groups)]
    return {
        "assignment": assignment,
        "label": assignments.label_of(assignment, now.today, now.soon),
        "days": now,
        "about": facts,
        "steps": tasks.chain(session, facts),
        "names": known,
        "standing": standing,
        "allowed": assignment_acts.allowed(who, assignment, standing),
        "acts": ACTS,
        "open_tasks": work_views.rows_of(session, open_tasks),
        "mine": mine,
        "ladder": timelines.of_ladder(sorted(steps, key=lambda one: one.due_at)),
        "events": timelines.of_changes(changes, known),
        "parts": assignments.children(session, assignment.id),
        "above": assignments.parents_of(session, assignment),
        "lower": _lower(session, assignment),
        "notes": assignments.progress_notes(session, assignment.id),
        "results": results.of_assignment(session, assignment.id),
        "remedies": difficulties.REMEDY_NAMES,
        "label_of": lambda one: assignments.label_of(one, now.today, now.soon),
        "extension_states": EXTENSION_STATES,
        "verbs": tasks.VERBS,
    }


#: state of a request → kind of status and words
EXTENSION_STATES = {
    extensions.Status.OPEN: ("to_confirm", _("Chờ quyết định")),
    extensions.Status.COUNTERED: ("to_confirm", _("Được đề nghị ngày khác")),
    extensions.Status.APPROVED: ("done", _("Đồng ý")),
    extensions.Status.REFUSED: ("cancelled", _("Không đồng ý")),
    extensions.Status.WITHDRAWN: ("cancelled", _("Đã rút")),
}


def _subject(assignment: Assignment) -> work_views.Subject:
    return work_views.Subject(
        kind="assignment",
        id=assignment.id,
        title=assignment.content,
        directive_id=assignment.directive_id,
        organisation_id=assignment.organisation_id,
    )


def _names(session: Session, assignment: Assignment, now: Days) -> dict[str, str]:
    helping = [row.organisation_id for row in assignments.coordinators(session, assignment.id)]
    parts = [part.lead_id for part in assignments.children(session, assignment.id)]
    ids = [assignment.organisation_id, assignment.lead_id, assignment.monitor_id, assignment.reports_to_id]
    ids += [assignment.due_holder_id, assignment.group_id, *helping, *parts]
    found = names.organisations(session, ids, now.today)
    if assignment.officer_id:
        found |= people.names(session, [assignment.officer_id]) or names.accounts(
            session, [assignment.officer_id]
        )
    return found


def _open_tasks(session: Session, assignment_id: str) -> list[UserTask]:
    query = select(UserTask).where(
        UserTask.business_key == assignment_id, UserTask.state == WorkState.OPEN.value
    )
    return list(session.scalars(query.order_by(UserTask.id)))


def _lower(session: Session, assignment: Assignment) -> list[Directive]:
    """Give the cycles of the lead that carry the assignment out (sub-plans)."""
    query = select(Directive).where(Directive.parent_assignment_id == assignment.id)
    return list(session.scalars(query.order_by(Directive.id)))
