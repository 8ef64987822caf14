"""Forking: a new instance that begins before a step of another one, running or over.

The new instance is on the same version, belongs to no parent, and remembers its origin. Its variables are
those from before that step where history tells them for sure (`engine.past_variables`), else the current
ones; given variables go over both. Steps beside the chosen one are not begun. The origin stays as it is.
"""

from dataclasses import dataclass
from typing import Any

from engine import definitions, history, incidents, instances, past_variables, runner, starts
from engine.modifications import require_reason
from engine.spiff import placing
from engine.spiff.effects import Happened
from engine.spiff.execution import Execution
from foundation import outbox
from foundation.database import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Fork:
    """A new instance and where its variables come from."""

    instance_id: str
    #: history: as they were before the step; current: as they are now
    variables_from: str


def fork(
    work: UnitOfWork,
    instance_id: str,
    element: str,
    *,
    reason: str,
    variables: dict[str, Any] | None = None,
    business_key: str | None = None,
) -> Fork:
    """Begin a new instance before an element of another one; its business key unless another is given.

    Raises Invalid for an unknown element, Conflict for one nothing can begin before, one inside a repeated
    sub-process, or a business key that must be unique and is taken.
    """
    require_reason(reason)
    given = variables or {}
    instances.check_variables(given)
    runner.lock(work, instance_id)
    origin = instances.get(work.session, instance_id)
    past = past_variables.before(work.session, origin, element)
    first = instances.variables(origin) if past is None else past
    source = "current" if past is None else "history"
    made = starts.write(
        work,
        definitions.get(work.session, origin.definition_id),
        business_key=business_key or origin.business_key,
        origin=(instance_id, element),
    )
    row = runner.lock(work, made)

    def command(execution: Execution) -> None:
        facts = {"instance": instance_id, "element": element, "variables_from": source, "reason": reason}
        execution.begin_at({**first, **given}, facts)
        node = placing.node_of(execution.graph, element)
        placing.start_before(execution, node, placing.scope_for(execution, node, chosen=None, near=None))

    with incidents.noted(work, made, kind="command", reference="start"):
        runner.begin_by(work, row, command)
    facts = {"instance": made, "element": element, "variables_from": source, "reason": reason}
    history.append_alone(work, instance_id, Happened(type="instance.forked", element=element, data=facts))
    told = {"process": origin.key, "business_key": origin.business_key, "fork": made, "element": element}
    outbox.record(work, "instance.forked", subject=instance_id, instance_id=instance_id, data=told)
    return Fork(instance_id=made, variables_from=source)
