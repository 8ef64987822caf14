"""The escalation ladder: one row per step of a user task or of a child of a call activity, in working time.

Steps fire without loading the instance; they inform and re-route, never close or re-assign. They are
planned again when the due moment moves, and vanish with the task or the child. The rows of a step are those
of the instance that has the task or calls the child, and change under its lock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session

from engine import decisions, history
from engine.calendar import CalendarOnDemand
from engine.feel.values import to_json
from engine.models import CallDeadline, EscalationStep, ProcessInstance, UserTask
from engine.ports import EscalationNotice, EscalationSink
from engine.spiff import state
from engine.spiff.effects import Happened
from engine.spiff.elements import Ladder, LadderStep
from engine.spiff.execution import Execution
from engine.states import LIVE, InstanceState, WorkState
from foundation import outbox
from foundation.clock import BUSINESS_ZONE, aware
from foundation.database import Database, UnitOfWork
from foundation.ids import new_id

#: hour of the local day at which a step counted in days is told
MORNING = time(8)
#: column of a step that names what carries the ladder
Owner = Literal["task_id", "child_id"]


@dataclass(frozen=True, kw_only=True)
class _Came:
    """A step that came due, while what carries it is still open."""

    token: str
    element_type: str
    #: events for the outside begin with it
    topic: str
    subject: str
    notice: EscalationNotice


def as_data(ladder: Ladder | None) -> dict[str, Any] | None:
    """Give the ladder as drawn, for the row of what carries it."""
    if ladder is None:
        return None
    steps = [{"offset": s.offset, "unit": s.unit, "to": s.to, "action": s.action} for s in ladder.steps]
    return {"decision": ladder.decision, "calendar": ladder.calendar, "steps": steps}


def plan(
    work: UnitOfWork, owner: Owner, rows: Sequence[dict[str, Any]], ladder: Ladder, execution: Execution
) -> None:
    """Write the steps of what was newly opened with a due moment: rows of tasks, or of called children.

    A decision gives steps of its own to each, from the variables of the process and of the item.
    """
    working = CalendarOnDemand(work.session, ladder.calendar)
    planned: list[dict[str, Any]] = []
    for row in rows:
        steps = list(ladder.steps)
        if ladder.decision is not None:
            steps += _decided(execution, ladder.decision, row)
            decided = Ladder(decision=ladder.decision, calendar=ladder.calendar, steps=tuple(steps))
            row["ladder"] = as_data(decided)
        planned += _rows(work, (row["instance_id"], owner, row["id"]), row["due_at"], steps, working)
    _insert(work, planned)


def replan(work: UnitOfWork, owner: Owner, bearer: UserTask | CallDeadline) -> None:
    """Plan the steps again after the due moment of a task or a child moved."""
    cancel(work.session, owner, [bearer.id])
    if bearer.ladder is None or bearer.due_at is None:
        return
    if bearer.ladder["decision"] and not bearer.ladder["steps"]:
        bearer.ladder = {**bearer.ladder, "steps": _decided_late(work, bearer)}
        work.session.flush()
    steps = [LadderStep(**step) for step in bearer.ladder["steps"]]
    working = CalendarOnDemand(work.session, bearer.ladder["calendar"])
    _insert(work, _rows(work, (bearer.instance_id, owner, bearer.id), bearer.due_at, steps, working))


def cancel(session: Session, owner: Owner, ids: Sequence[str] | Select[str]) -> None:
    """Drop the pending steps of tasks or children."""
    session.execute(
        update(EscalationStep)
        .where(getattr(EscalationStep, owner).in_(ids), EscalationStep.state == WorkState.PENDING.value)
        .values(state=WorkState.CANCELLED.value)
        .execution_options(synchronize_session=False)
    )


def of_task(session: Session, task_id: str) -> list[EscalationStep]:
    """Give the steps of a task in the order they are due."""
    return _of(session, "task_id", task_id)


def of_child(session: Session, child_id: str) -> list[EscalationStep]:
    """Give the steps of a called instance in the order they are due."""
    return _of(session, "child_id", child_id)


def _of(session: Session, owner: Owner, identity: str) -> list[EscalationStep]:
    return list(
        session.scalars(
            select(EscalationStep)
            .where(
                getattr(EscalationStep, owner) == identity,
                EscalationStep.state != WorkState.CANCELLED.value,
            )
            .order_by(EscalationStep.due_at, EscalationStep.id)
        )
    )


def fire_due(database: Database, sink: EscalationSink, *, limit: int = 200) -> int:
    """Fire the steps that are due, each in a transaction of its own; gives how many fired."""
    with database.reading() as session:
        due = session.execute(
            select(EscalationStep.id, EscalationStep.instance_id)
            .join(ProcessInstance, ProcessInstance.id == EscalationStep.instance_id)
            .where(
                EscalationStep.state == WorkState.PENDING.value,
                EscalationStep.due_at <= database.clock.now(),
                ProcessInstance.state == InstanceState.RUNNING.value,
            )
            .order_by(EscalationStep.due_at, EscalationStep.offset, EscalationStep.id)
            .limit(limit)
        ).all()
    fired = 0
    for step_id, instance_id in due:
        with database.unit_of_work() as work:
            if _fire(work, step_id, instance_id, sink):
                fired += 1
            work.commit()
    return fired


def _fire(work: UnitOfWork, step_id: str, instance_id: str, sink: EscalationSink) -> bool:
    instance = work.session.execute(
        select(ProcessInstance.key, ProcessInstance.business_key)
        .where(ProcessInstance.id == instance_id)
        .with_for_update()
    ).one()
    step = work.session.scalars(
        select(EscalationStep).where(
            EscalationStep.id == step_id,
            EscalationStep.state == WorkState.PENDING.value,
            EscalationStep.due_at <= work.now,
        )
    ).one_or_none()
    if step is None:
        return False
    if step.task_id is not None:
        came = _of_open_task(work.session, step, step.task_id)
    else:
        came = _of_open_call(work.session, step, instance.key, instance.business_key)
    step.state = WorkState.CANCELLED.value if came is None else WorkState.FIRED.value
    step.fired_at = work.now
    if came is None:
        return False
    _tell(work, step, came)
    sink(work, came.notice)
    return True


def _tell(work: UnitOfWork, step: EscalationStep, came: _Came) -> None:
    """Write the step into history and tell the outside."""
    notice = came.notice
    facts = {"to": step.to, "action": step.action, "offset": step.offset, "unit": step.unit}
    called: dict[str, Any] = {}
    if notice.child_id is not None:
        called = {"child": notice.child_id, "called_business_key": notice.called_business_key}
    line = Happened(
        type="escalation.fired",
        element=notice.element,
        element_type=came.element_type,
        name=notice.title,
        token=came.token,
        data={**facts, **called},
    )
    history.append_alone(work, step.instance_id, line)
    event = {"remind": "due_soon", "overdue": "overdue"}.get(step.action, "escalated")
    outbox.record(
        work,
        f"{came.topic}.{event}",
        subject=came.subject,
        instance_id=step.instance_id,
        data={
            **facts,
            **called,
            "title": notice.title,
            "business_key": notice.business_key,
            "due_at": None if notice.due_at is None else notice.due_at.isoformat(),
        },
    )


def _of_open_task(session: Session, step: EscalationStep, task_id: str) -> _Came | None:
    task = session.get_one(UserTask, task_id)
    if task.state != WorkState.OPEN.value:
        return None
    notice = EscalationNotice(
        user_task=task.id,
        instance_id=task.instance_id,
        element=task.element,
        title=task.name,
        process_key=task.process_key,
        business_key=task.business_key,
        assignee=task.assignee,
        candidate_groups=tuple(task.candidate_groups),
        due_at=task.due_at,
        offset=step.offset,
        unit=step.unit,
        to=step.to,
        action=step.action,
    )
    return _Came(token=task.token, element_type="userTask", topic="user_task", subject=task.id, notice=notice)


def _of_open_call(
    session: Session, step: EscalationStep, process_key: str, business_key: str | None
) -> _Came | None:
    """Give the step of a child; a child that has ended is not told of, though its caller may not know yet."""
    call, child = session.execute(
        select(CallDeadline, ProcessInstance)
        .join(ProcessInstance, ProcessInstance.id == CallDeadline.id)
        .where(CallDeadline.id == step.child_id)
    ).one()
    if call.state != WorkState.OPEN.value or child.state not in LIVE:
        return None
    notice = EscalationNotice(
        user_task=None,
        instance_id=step.instance_id,
        element=call.element,
        title=call.name,
        process_key=process_key,
        business_key=business_key,
        assignee=None,
        candidate_groups=(),
        due_at=call.due_at,
        offset=step.offset,
        unit=step.unit,
        to=step.to,
        action=step.action,
        child_id=child.id,
        called_key=child.key,
        called_business_key=child.business_key,
    )
    return _Came(token=call.token, element_type="callActivity", topic="call", subject=child.id, notice=notice)


def _decided(execution: Execution, decision: str, row: Mapping[str, Any]) -> list[LadderStep]:
    variables = {**execution.root.data, **row["local"], "element": row["element"]}
    return _steps(execution.ports.decide(decision, variables, execution, element=row["element"]).value)


def _decided_late(work: UnitOfWork, bearer: UserTask | CallDeadline) -> list[dict[str, Any]]:
    """Give the ladder of what had no due moment when it was opened."""
    blob = work.session.scalar(select(ProcessInstance.blob).where(ProcessInstance.id == bearer.instance_id))
    variables = {**state.variables(blob), **bearer.local, "element": bearer.element}
    ladder = bearer.ladder or {}
    calendar = CalendarOnDemand(work.session, ladder["calendar"])
    result = decisions.decide(work.session, ladder["decision"], variables, now=work.now, calendar=calendar)
    steps = tuple(_steps(to_json(result.value)))
    decided = as_data(Ladder(decision=ladder["decision"], calendar=ladder["calendar"], steps=steps))
    found: list[dict[str, Any]] = (decided or {})["steps"]
    return found


def _steps(result: Any) -> list[LadderStep]:
    rows = result if isinstance(result, list) else [] if result is None else [result]
    return [
        LadderStep(
            offset=int(row["offset"]), unit=str(row["unit"]), to=str(row["to"]), action=str(row["action"])
        )
        for row in rows
    ]


def _rows(
    work: UnitOfWork,
    place: tuple[str, Owner, str],
    due_at: datetime,
    steps: Sequence[LadderStep],
    working: CalendarOnDemand,
) -> list[dict[str, Any]]:
    """Give the rows of the steps of a task or child; `place` is its instance, what it is, and its id."""
    instance_id, owner, identity = place
    rows: list[dict[str, Any]] = []
    for step in steps:
        at = moment(due_at, step, working)
        if at < work.now and step.action != "overdue":
            continue  # what is born late is told to be late once, not urged for days gone by
        rows.append(
            {
                "id": new_id(),
                "instance_id": instance_id,
                "task_id": identity if owner == "task_id" else None,
                "child_id": identity if owner == "child_id" else None,
                "offset": step.offset,
                "unit": step.unit,
                "to": step.to,
                "action": step.action,
                "due_at": max(at, work.now),
                "state": WorkState.PENDING.value,
                "calendar_version": working.calendar.version,
            }
        )
    return rows


def _insert(work: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    if rows:
        work.session.execute(insert(EscalationStep.__table__), rows)  # type: ignore[arg-type]


def moment(due_at: datetime, step: LadderStep, working: CalendarOnDemand) -> datetime:
    """Give when a step fires: hours shift the due moment; days are told in the morning of that day."""
    if step.unit == "hours":
        return due_at + timedelta(hours=step.offset)
    if step.offset == 0:
        return due_at
    day = due_at.astimezone(BUSINESS_ZONE).date()
    if step.unit == "days":
        day += timedelta(days=step.offset)
    else:
        day = working.add_working_days(day, step.offset)
    return aware(datetime.combine(day, MORNING, BUSINESS_ZONE))
