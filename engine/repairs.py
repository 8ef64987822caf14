"""Repairs of one instance: set variables of the process or of one scope, skip a waiting step.

Each is one transaction and one line of history with before, after, who and why. Moving tokens:
`engine.modifications`; trying again: `engine.incidents.retry`.
"""

from typing import Any

from sqlalchemy import Row, select, update

from engine import children, dues, instances, runner
from engine.models import Job, UserTask
from engine.modifications import places, require_reason, require_revision
from engine.spiff.effects import Happened
from engine.spiff.execution import Execution
from engine.spiff.expressions import evaluate_json
from engine.spiff.nodes.subprocesses import CallActivity
from engine.spiff.nodes.tasks import ServiceTask
from engine.spiff.token import Token
from engine.states import InstanceState, WorkState
from foundation import outbox
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid
from foundation.texts import _

#: kinds of rows that make a step one that waits for the outside
SKIPPABLE = frozenset({"user_task", "job", "timer", "subscription", "children"})


def set_variables(
    work: UnitOfWork,
    instance_id: str,
    changes: dict[str, Any],
    *,
    reason: str,
    token: str | None = None,
    revision: int | None = None,
) -> None:
    """Repair variables of the process, or local ones of the scope a token opens.

    Open jobs see the new values, due dates drawn from a variable move. Raises TokenGone for a scope that has
    left, Stale when `revision` is not the instance's newest.
    """
    require_reason(reason)
    instances.check_variables(changes)
    if not changes:
        raise Invalid(fields={"variables": _("Cần ít nhất một biến.")})
    row = runner.lock(work, instance_id)
    require_revision(row, revision)

    def command(execution: Execution) -> None:
        scope = execution.root if token is None else execution.token(token)
        _change(execution, scope, changes, reason)

    execution = runner.repair(work, row, command)
    _tell_rows(work, row, execution, token)
    if row.state == InstanceState.RUNNING:
        dues.follow(work, row, execution, changes, reason=reason)


def skip(
    work: UnitOfWork,
    instance_id: str,
    token: str,
    variables: dict[str, Any],
    *,
    reason: str,
    revision: int | None = None,
) -> None:
    """Go on behind a waiting step with the given variables, as if it had been done; its events close.

    For user tasks, jobs, messages, signals, timers and call activities (their children are cancelled).
    Raises TokenGone when the step does not wait any more, Conflict for what does not wait for the outside.
    """
    require_reason(reason)
    instances.check_variables(variables)
    row = runner.lock(work, instance_id)
    require_revision(row, revision)

    facts: dict[str, Any] = {"variables": variables, "reason": reason}

    def command(execution: Execution) -> None:
        waiting = execution.token(token)
        _require_skippable(waiting)
        facts["before"] = places(execution)
        execution.happened("activity.skipped", waiting, facts)
        if isinstance(waiting.node, CallActivity):
            children.cancel(work, instance_id, [token])
            waiting.node.complete(waiting, variables)
        else:
            waiting.node.triggered(waiting, variables)

    runner.repair(work, row, command, lambda execution: facts.update(after=places(execution)))
    told = {"process": row.key, "business_key": row.business_key, "reason": reason}
    outbox.record(work, "instance.modified", subject=instance_id, instance_id=instance_id, data=told)


def _change(execution: Execution, scope: Token, changes: dict[str, Any], reason: str) -> None:
    before = {name: scope.data[name] for name in changes if name in scope.data}
    scope.data.update(changes)
    facts: dict[str, Any] = {"before": before, "after": changes, "reason": reason}
    if scope is execution.root:
        execution.effects.append(Happened(type="variables.repaired", element="", data=facts))
    else:
        execution.happened("variables.repaired", scope, facts)


def _tell_rows(work: UnitOfWork, row: Row[Any], execution: Execution, local: str | None) -> None:
    """Bring what open jobs and tasks were given up to the variables as they are now."""
    jobs = work.session.execute(
        select(Job.id, Job.token, Job.variables).where(
            Job.instance_id == row.id, Job.state.in_([WorkState.CREATED.value, WorkState.FAILED.value])
        )
    ).all()
    for job in jobs:
        token = execution.tasks.get(job.token)
        if token is None or not isinstance(token.node, ServiceTask):
            continue
        if token.id != local:
            _map_inputs(token)
        variables = token.node.job_variables(token)
        if variables != job.variables:
            work.session.execute(
                update(Job)
                .where(Job.id == job.id)
                .values(variables=variables)
                .execution_options(synchronize_session=False)
            )
    if local is not None and local in execution.tasks:
        work.session.execute(
            update(UserTask)
            .where(
                UserTask.instance_id == row.id,
                UserTask.token == local,
                UserTask.state == WorkState.OPEN.value,
            )
            .values(local=dict(execution.tasks[local].data), revision=UserTask.revision + 1)
            .execution_options(synchronize_session=False)
        )


def _map_inputs(token: Token) -> None:
    """Evaluate the input mappings of a waiting step anew, never from their own old results."""
    element = token.node.element
    item = element.multi.element_variable if element.multi is not None else None
    for mapping in element.inputs:
        if mapping.target != item:
            token.data.pop(mapping.target, None)
    for mapping in element.inputs:
        token.data[mapping.target] = evaluate_json(token, mapping.value)


def _require_skippable(token: Token) -> None:
    node = token.node
    if token.listens:
        raise Conflict(
            _("“{name}” chỉ lắng nghe bên cạnh; hãy chọn bước mà nó gắn vào.", name=node.title),
            element=node.element.id,
        )
    if not SKIPPABLE.intersection(node.rows) or any(not inner.listens for inner in token.inside()):
        raise Conflict(
            _(
                "Bước “{name}” không chờ người, hệ thống hay sự kiện bên ngoài nên không bỏ qua được; "
                "hãy dùng cách chuyển vị trí.",
                name=node.title,
            ),
            element=node.element.id,
        )
