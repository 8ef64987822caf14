"""Jobs: which automatic work waits, which program holds it until when, what stopped, by topic."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import ColumnElement, and_, func, not_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from directives import access
from engine import external_jobs, graphs
from engine.models import Incident, Job, ProcessDefinition, ProcessInstance
from engine.states import LIVE, WorkState
from foundation.texts import Text, _
from processes import work_views
from web.gate import principal, rule, runtime
from web.posted import then

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")

PAGE = 100
#: state of the filter → its words
STATES: dict[str, Text] = {
    "waiting": _("Đang chờ"),
    "locked": _("Đang được xử lý"),
    "failed": _("Đã dừng vì sự cố"),
}


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which jobs the list shows; empty strings mean all."""

    state: str
    topic: str


@blueprint.get("")
@rule("jobs.read")
def index() -> str:
    """List the jobs that are not done, what stopped first, and count them by topic."""
    state = request.args.get("state", "")
    chosen = Chosen(state=state if state in STATES else "", topic=request.args.get("topic", ""))
    now = runtime().clock.now()
    with runtime().database.reading() as session:
        backlog = external_jobs.backlog(session, runtime().dispatcher.handlers, now)
        condition = _condition(chosen, now)
        rows = _listed(session, condition)
        total = session.scalar(_open(select(func.count(Job.id))).where(condition)) or 0
        shown: dict[str, Any] = {
            "titles": _titles(session, rows),
            "incidents": _incidents(session, [row.Job.id for row in rows]),
            "subjects": work_views.subjects_of(session, [(row.key, row.business_key) for row in rows]),
        }
    return render_template(
        "jobs/index.html",
        here="incidents",
        rows=rows,
        total=total,
        backlog=backlog,
        in_house=runtime().dispatcher.handlers,
        chosen=chosen,
        states=STATES,
        now=now,
        may_resolve=access.allow(principal(), "incidents.resolve"),
        may_unlock=access.allow(principal(), "instances.repair"),
        **shown,
    )


@blueprint.post("/<job_id>/unlock")
@rule("instances.repair")
def unlock(job_id: str) -> Response:
    """End the lock of a program, so that the job is given out again at once."""
    with runtime().database.unit_of_work(principal().actor) as work:
        external_jobs.unlock(work, job_id, None)
        work.commit()
    return then("pages.jobs.index", _("Đã mở khóa; việc được giao lại cho bộ xử lý hỏi trước."))


def _open(statement: Any) -> Any:
    """Keep the jobs that are not done, of instances that have not ended."""
    return statement.join(ProcessInstance, ProcessInstance.id == Job.instance_id).where(
        Job.state.in_([WorkState.CREATED.value, WorkState.FAILED.value]),
        ProcessInstance.state.in_([state.value for state in LIVE]),
    )


def _condition(chosen: Chosen, now: datetime) -> ColumnElement[bool]:
    is_locked = and_(Job.locked_until.is_not(None), Job.locked_until > now)
    is_waiting = Job.state == WorkState.CREATED.value
    by_state: dict[str, ColumnElement[bool]] = {
        "waiting": and_(is_waiting, not_(is_locked)),
        "locked": and_(is_waiting, is_locked),
        "failed": Job.state == WorkState.FAILED.value,
    }
    wanted = [by_state[chosen.state]] if chosen.state else []
    return and_(Job.id.is_not(None), *wanted, *([Job.topic == chosen.topic] if chosen.topic else []))


def _listed(session: Session, condition: ColumnElement[bool]) -> list[Any]:
    """Give the jobs, what stopped first (failed sorts after created), then the oldest."""
    query = _open(
        select(
            Job,
            ProcessInstance.key,
            ProcessInstance.business_key,
            ProcessInstance.definition_id,
            ProcessInstance.state.label("instance_state"),
            ProcessDefinition.name,
        )
    )
    query = query.join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
    return list(
        session.execute(query.where(condition).order_by(Job.state.desc(), Job.due_at, Job.id).limit(PAGE))
    )


def _titles(session: Session, rows: list[Any]) -> dict[str, str]:
    """Give the name of the step of every job, as it is drawn."""
    used = {row.definition_id for row in rows}
    drawn = {one: graphs.of_definition(session, one).task_specs for one in used}
    found = {row.Job.id: drawn[row.definition_id].get(row.Job.element) for row in rows}
    return {job: node.title for job, node in found.items() if node is not None}


def _incidents(session: Session, jobs: list[str]) -> dict[str, str]:
    """Give the open incident of every job that stopped."""
    query = select(Incident.reference, Incident.id).where(
        Incident.kind == "job", Incident.reference.in_(jobs), Incident.resolved_at.is_(None)
    )
    return dict(session.execute(query).all())
