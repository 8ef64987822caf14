"""Due moments that follow their variables: a task drawn with `=due_at` moves when a job changes `due_at`.

The original moment stays with the task; the ladder is planned again (`user_tasks.set_due`).
"""

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, select

from engine import user_tasks
from engine.models import UserTask
from engine.spiff.execution import Execution
from engine.spiff.expressions import moment_of
from engine.states import WorkState
from foundation.database import UnitOfWork
from foundation.texts import _

_NAME = re.compile(r"[^\W\d]\w*")


def follow(
    work: UnitOfWork,
    row: Row[Any],
    execution: Execution,
    changed: Collection[str],
    *,
    reason: str = "variables",
) -> None:
    """Move the open tasks of an instance whose due date names a changed variable; call it after the save."""
    if not changed or execution.ended is not None:
        return
    open_tasks = work.session.execute(
        select(UserTask.id, UserTask.token, UserTask.due_at).where(
            UserTask.instance_id == row.id, UserTask.state == WorkState.OPEN.value
        )
    ).all()
    for task in open_tasks:
        token = execution.tasks.get(task.token)
        due = None if token is None else token.node.element.attribute("dueDate")
        if due is None or not due.is_expression or not set(_NAME.findall(due.text)) & set(changed):
            continue
        moment = moment_of(token, due, what=_("Thời hạn"), day_ends=True)
        if moment != task.due_at:
            user_tasks.set_due(work, task.id, moment, reason=reason)
