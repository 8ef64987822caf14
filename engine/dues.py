"""Due moments that follow their variables: a task drawn with `=due_at` moves when a job changes `due_at`.

So do the children of a call activity, each with the variables of its item. The original moment stays; the
ladder is planned again (`user_tasks.set_due`, `call_deadlines.set_due`).
"""

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, select

from engine import call_deadlines, user_tasks
from engine.models import UserTask
from engine.spiff.execution import Execution
from engine.spiff.expressions import moment_of
from engine.spiff.nodes.subprocesses import CallActivity
from engine.spiff.token import Token
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
    """Move what is open in an instance and has a due date that names a changed variable; after the save."""
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
        if token is None or due is None or not _follows(token, changed):
            continue
        moment = moment_of(token, due, what=_("Thời hạn"), day_ends=True)
        if moment != task.due_at:
            user_tasks.set_due(work, task.id, moment, reason=reason)
    _follow_calls(work, row.id, execution, changed, reason)


def _follow_calls(
    work: UnitOfWork, instance_id: str, execution: Execution, changed: Collection[str], reason: str
) -> None:
    calls = [
        token
        for token in execution.tasks.values()
        if isinstance(token.node, CallActivity) and _follows(token, changed)
    ]
    for token in calls:
        for call in call_deadlines.of_token(work.session, instance_id, token.id):
            moment = token.node.due_of(token, call.local)
            if moment != call.due_at:
                call_deadlines.set_due(work, call, moment, reason=reason)


def _follows(token: Token, changed: Collection[str]) -> bool:
    """Tell whether the due date of a token's element is an expression over a changed variable."""
    due = token.node.element.attribute("dueDate")
    return due is not None and due.is_expression and bool(set(_NAME.findall(due.text)) & set(changed))
