"""The escalation ladder: one row per step of a user task, due in working time.

Steps fire without loading the instance; they inform and re-route, never close or re-assign. They are
planned again when the due moment moves, and vanish with the task.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine import decisions, history
from engine.calendar import CalendarOnDemand
from engine.feel.values import to_json
from engine.models import EscalationStep, ProcessInstance, UserTask
from engine.ports import EscalationNotice, EscalationSink
from engine.spiff import state
from engine.spiff.effects import Happened
from engine.spiff.elements import Ladder, LadderStep
from engine.spiff.execution import Execution
from engine.states import InstanceState, WorkState
from foundation import outbox
from foundation.clock import BUSINESS_ZONE, aware
from foundation.database import Database, UnitOfWork
from foundation.ids import new_id

#: hour of the local day at which a step counted in days is told
MORNING = time(8)


def as_data(ladder: Ladder | None) -> dict[str, Any] | None:
    """Give the ladder as drawn, for the row of the task."""
    if ladder is None:
        return None
    steps = [{"offset": s.offset, "unit": s.unit, "to": s.to, "action": s.action} for s in ladder.steps]
    return {"decision": ladder.decision, "calendar": ladder.calendar, "steps": steps}


def plan(work: UnitOfWork, task: dict[str, Any], ladder: Ladder, execution: Execution) -> None:
    """Write the steps of a newly opened task; a decision gives them from the process variables."""
    steps = list(ladder.steps)
    if ladder.decision is not None:
        steps += _decided(execution, ladder.decision, task)
        task["ladder"] = as_data(
            Ladder(decision=ladder.decision, calendar=ladder.calendar, steps=tuple(steps))
        )
    _insert(work, task["id"], task["instance_id"], task["due_at"], steps, ladder.calendar)


def replan(work: UnitOfWork, task: UserTask) -> None:
    """Plan the steps again after the due moment of a task moved."""
    cancel(work.session, [task.id])
    if task.ladder is None or task.due_at is None:
        return
    if task.ladder["decision"] and not task.ladder["steps"]:
        task.ladder = {**task.ladder, "steps": _decided_late(work, task)}
        work.session.flush()
    steps = [LadderStep(**step) for step in task.ladder["steps"]]
    _insert(work, task.id, task.instance_id, task.due_at, steps, task.ladder["calendar"])


def cancel(session: Session, task_ids: list[str]) -> None:
    """Drop the pending steps of tasks."""
    session.execute(
        update(EscalationStep)
        .where(EscalationStep.task_id.in_(task_ids), EscalationStep.state == WorkState.PENDING.value)
        .values(state=WorkState.CANCELLED.value)
        .execution_options(synchronize_session=False)
    )


def of_task(session: Session, task_id: str) -> list[EscalationStep]:
    """Give the steps of a task in the order they are due."""
    return list(
        session.scalars(
            select(EscalationStep)
            .where(EscalationStep.task_id == task_id, EscalationStep.state != WorkState.CANCELLED.value)
            .order_by(EscalationStep.due_at)
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
            .order_by(EscalationStep.due_at, EscalationStep.offset)
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
    work.session.execute(
        select(ProcessInstance.id).where(ProcessInstance.id == instance_id).with_for_update()
    ).one_or_none()
    row = work.session.execute(
        select(EscalationStep, UserTask)
        .join(UserTask, UserTask.id == EscalationStep.task_id)
        .where(
            EscalationStep.id == step_id,
            EscalationStep.state == WorkState.PENDING.value,
            EscalationStep.due_at <= work.now,
        )
    ).one_or_none()
    if row is None:
        return False
    step, task = row
    step.state = WorkState.FIRED.value if task.state == WorkState.OPEN.value else WorkState.CANCELLED.value
    step.fired_at = work.now
    if task.state != WorkState.OPEN.value:
        return False
    facts = {"to": step.to, "action": step.action, "offset": step.offset, "unit": step.unit}
    history.append_alone(
        work,
        instance_id,
        Happened(
            type="escalation.fired",
            element=task.element,
            element_type="userTask",
            name=task.name,
            token=task.token,
            data=facts,
        ),
    )
    event = {"remind": "user_task.due_soon", "overdue": "user_task.overdue"}.get(
        step.action, "user_task.escalated"
    )
    notice = _notice(step, task)
    outbox.record(
        work,
        event,
        subject=task.id,
        instance_id=instance_id,
        data={
            **facts,
            "title": task.name,
            "business_key": task.business_key,
            "due_at": None if task.due_at is None else task.due_at.isoformat(),
        },
    )
    sink(work, notice)
    return True


def _notice(step: EscalationStep, task: UserTask) -> EscalationNotice:
    return EscalationNotice(
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


def _decided(execution: Execution, decision: str, task: dict[str, Any]) -> list[LadderStep]:
    variables = {**execution.root.data, **task["local"], "element": task["element"]}
    return _steps(execution.ports.decide(decision, variables, execution, element=task["element"]))


def _decided_late(work: UnitOfWork, task: UserTask) -> list[dict[str, Any]]:
    """Give the ladder of a task that had no due moment when it was opened."""
    blob = work.session.scalar(select(ProcessInstance.blob).where(ProcessInstance.id == task.instance_id))
    variables = {**state.variables(blob), **task.local, "element": task.element}
    ladder = task.ladder or {}
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


def _insert(
    work: UnitOfWork,
    task_id: str,
    instance_id: str,
    due_at: datetime,
    steps: Iterable[LadderStep],
    calendar: str,
) -> None:
    working = CalendarOnDemand(work.session, calendar)
    rows: list[dict[str, Any]] = []
    for step in steps:
        at = moment(due_at, step, working)
        if at < work.now and step.action != "overdue":
            continue  # a task that is born late is told to be late once, not urged for days gone by
        rows.append(
            {
                "id": new_id(),
                "instance_id": instance_id,
                "task_id": task_id,
                "offset": step.offset,
                "unit": step.unit,
                "to": step.to,
                "action": step.action,
                "due_at": max(at, work.now),
                "state": WorkState.PENDING.value,
                "calendar_version": working.calendar.version,
            }
        )
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
