"""User tasks: work for people. Claim, release, assign, complete, move the due moment, list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, func, insert, select, union_all
from sqlalchemy.orm import Session

from engine import escalations, history, incidents, instances, runner
from engine.models import ProcessInstance, UserTask, UserTaskCandidate
from engine.spiff.effects import Happened
from engine.states import WorkState
from foundation import outbox
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Forbidden, NotFound, Stale
from foundation.texts import _


def get(session: Session, task_id: str) -> UserTask:
    """Give a user task; NotFound when there is none."""
    found = session.get(UserTask, task_id)
    if found is None:
        raise NotFound(_("Không tìm thấy công việc {id}.", id=task_id))
    return found


def may_do(task: UserTask, account: str, groups: frozenset[str]) -> bool:
    """Tell whether somebody may do a task: its assignee, or while it has none a member of a group."""
    if task.assignee is not None:
        return task.assignee == account
    return any(group in groups for group in task.candidate_groups)


def open_for(
    session: Session, account: str, groups: Iterable[str], *, limit: int = 50, offset: int = 0
) -> list[UserTask]:
    """Give the open tasks somebody may do or has claimed, the most urgent first."""
    return list(
        session.scalars(
            select(UserTask)
            .where(may_be_done_by(account, groups))
            .order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id)
            .limit(limit)
            .offset(offset)
        )
    )


def may_be_done_by(account: str, groups: Iterable[str]) -> ColumnElement[bool]:
    """Give the condition of open tasks somebody has, or may take as a member of a group.

    Asked by ids, so that the few groups of a person lead the search and not the many open tasks; groups are
    kept only while a task is open, asking for its state too would lead the database astray.
    """
    own = select(UserTask.id).where(UserTask.assignee == account, UserTask.state == WorkState.OPEN.value)
    offered = select(UserTaskCandidate.task_id).where(UserTaskCandidate.group.in_(sorted(groups)))
    is_free_or_own = func.coalesce(UserTask.assignee, account) == account
    return UserTask.id.in_(union_all(own, offered)) & is_free_or_own


def of_instance(session: Session, instance_id: str, *, only_open: bool = True) -> list[UserTask]:
    """Give the tasks of one instance, oldest first."""
    statement = select(UserTask).where(UserTask.instance_id == instance_id).order_by(UserTask.id)
    if only_open:
        statement = statement.where(UserTask.state == WorkState.OPEN.value)
    return list(session.scalars(statement))


def claim(work: UnitOfWork, task_id: str, *, account: str, groups: frozenset[str]) -> UserTask:
    """Take a task over; somebody else's is refused."""
    task = _lock(work, task_id)
    _require_open(task)
    if task.assignee == account:
        return task
    if task.assignee is not None:
        raise Conflict(_("Công việc đã có người nhận."), assignee=task.assignee)
    if not may_do(task, account, groups):
        raise Forbidden(_("Công việc này không thuộc nhóm của bạn."), candidate_groups=task.candidate_groups)
    _assign(work, task, account, "user_task.claimed", {})
    return task


def release(work: UnitOfWork, task_id: str, *, account: str) -> UserTask:
    """Give a claimed task back to its candidate groups."""
    task = _lock(work, task_id)
    _require_open(task)
    if task.assignee != account:
        raise Forbidden(_("Chỉ người đã nhận mới trả lại được công việc."))
    if not task.candidate_groups:
        raise Conflict(_("Công việc được giao đích danh nên không trả về nhóm được."))
    _assign(work, task, None, "user_task.released", {})
    return task


def assign(work: UnitOfWork, task_id: str, assignee: str | None, *, reason: str) -> UserTask:
    """Give a task to somebody else; who was told before is in history."""
    task = _lock(work, task_id)
    _require_open(task)
    _assign(work, task, assignee, "user_task.assigned", {"reason": reason})
    return task


def set_candidates(work: UnitOfWork, task_id: str, groups: Iterable[str]) -> None:
    """Change who may do a task (an organisation merged, a unit took over)."""
    task = _lock(work, task_id)
    before, after = task.candidate_groups, list(dict.fromkeys(groups))
    work.session.execute(delete(UserTaskCandidate).where(UserTaskCandidate.task_id == task_id))
    if after and task.state == WorkState.OPEN.value:
        rows = [{"task_id": task_id, "group": group} for group in after]
        work.session.execute(insert(UserTaskCandidate.__table__), rows)  # type: ignore[arg-type]
    task.candidate_groups = after
    task.revision += 1
    _note(work, task, "user_task.candidates_changed", {"before": before, "after": after})


def set_due(work: UnitOfWork, task_id: str, due_at: datetime | None, *, reason: str) -> UserTask:
    """Move the due moment; the original stays, the ladder is planned again."""
    task = _lock(work, task_id)
    _require_open(task)
    if task.due_at == due_at:
        return task
    before, task.due_at = task.due_at, due_at
    task.revision += 1
    work.session.flush()
    escalations.replan(work, "task_id", task)
    _note(work, task, "user_task.due_changed", {"before": before, "after": due_at, "reason": reason})
    return task


_TASKS = UserTask.__table__
_LOCK_INSTANCE_OF = (
    select(*runner.COLUMNS)
    .where(
        runner.INSTANCES.c.id
        == select(_TASKS.c.instance_id).where(_TASKS.c.id == bindparam("task_id")).scalar_subquery()
    )
    .with_for_update()
)
_HELD_COLUMNS = (
    "id",
    "instance_id",
    "token",
    "element",
    "state",
    "revision",
    "assignee",
    "candidate_groups",
    "form_key",
    "business_key",
)
_HELD = select(*(_TASKS.c[name] for name in _HELD_COLUMNS)).where(_TASKS.c.id == bindparam("task_id"))


@dataclass(frozen=True, kw_only=True)
class HeldTask:
    """An open task whose instance is locked: nobody else can change either until the transaction ends."""

    #: the locked row of the instance
    instance: Row[Any]
    #: the task as it is under the lock
    task: Row[Any]


def hold(work: UnitOfWork, task_id: str) -> HeldTask:
    """Lock the instance of a task, then read the task; NotFound, or Conflict when it is no longer open."""
    instance = work.connection.execute(_LOCK_INSTANCE_OF, {"task_id": task_id}).one_or_none()
    if instance is None:
        raise NotFound(_("Không tìm thấy công việc {id}.", id=task_id))
    task = work.connection.execute(_HELD, {"task_id": task_id}).one()
    _require_open(task)
    return HeldTask(instance=instance, task=task)


def finish(
    work: UnitOfWork, held: HeldTask, variables: dict[str, Any], *, revision: int | None = None
) -> None:
    """Finish a held task with what the person entered; the process goes on in the same transaction.

    Raises Stale when `revision` is not the task's newest.
    """
    instances.check_variables(variables)
    task, instance = held.task, held.instance
    if revision is not None and revision != task.revision:
        raise Stale(user_task=task.id, revision=task.revision)
    with incidents.noted(work, instance.id, kind="command", reference=task.id, element=task.element):
        runner.run(work, instance, lambda execution: execution.complete_user_task(task.token, variables))


def complete(
    work: UnitOfWork, task_id: str, variables: dict[str, Any], *, revision: int | None = None
) -> None:
    """Hold a task and finish it. Raises Conflict when it was done already."""
    finish(work, hold(work, task_id), variables, revision=revision)


def _lock(work: UnitOfWork, task_id: str) -> UserTask:
    work.session.execute(
        select(ProcessInstance.id)
        .where(
            ProcessInstance.id == select(UserTask.instance_id).where(UserTask.id == task_id).scalar_subquery()
        )
        .with_for_update()
    ).one_or_none()
    task = work.session.get(UserTask, task_id, populate_existing=True)
    if task is None:
        raise NotFound(_("Không tìm thấy công việc {id}.", id=task_id))
    return task


def _require_open(task: Any) -> None:
    if task.state != WorkState.OPEN.value:
        raise Conflict(_("Công việc đã hoàn thành hoặc không còn hiệu lực."), state=task.state)


def _assign(
    work: UnitOfWork, task: UserTask, assignee: str | None, event: str, facts: dict[str, Any]
) -> None:
    before, task.assignee = task.assignee, assignee
    task.revision += 1
    work.session.flush()
    _note(work, task, event, {"before": before, "after": assignee, **facts})
    outbox.record(
        work,
        event,
        subject=task.id,
        instance_id=task.instance_id,
        data={
            "user_task": task.id,
            "title": task.name,
            "assignee": assignee,
            "business_key": task.business_key,
        },
    )


def _note(work: UnitOfWork, task: UserTask, event: str, facts: dict[str, Any]) -> None:
    line = Happened(
        type=event,
        element=task.element,
        element_type="userTask",
        name=task.name,
        token=task.token,
        data=facts,
    )
    history.append_alone(work, task.instance_id, line)
