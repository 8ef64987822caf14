"""Process variables as they were before a past step, read back from history where history is enough.

History keeps what people, jobs, messages and repairs brought. What scripts, decisions, mappings, children and
multi-instances computed is not kept; where any of those came before, no sure answer exists and none is given.
"""

from typing import Any

from sqlalchemy.orm import Session

from engine import graphs, history
from engine.models import HistoryEvent, ProcessInstance
from engine.spiff import placing
from engine.spiff.graph import ProcessGraph

#: lines whose data says which variables came
_BROUGHT = frozenset(
    {"user_task.completed", "job.completed", "message.received", "signal.received", "activity.skipped"}
)
#: elements that set variables without a word in history
_SILENT = frozenset({"scriptTask", "businessRuleTask", "callActivity"})
#: lines after which variables are not known for sure
_UNSURE = frozenset({"error.caught", "escalation.caught", "instance.modified", "instance.migrated"})


def before(session: Session, instance: ProcessInstance, element: str) -> dict[str, Any] | None:
    """Give the variables just before an element was last reached; None when history does not tell."""
    lines = history.of_instance(session, instance.id, limit=100_000)
    reached = [line.seq for line in lines if line.type == "element.entered" and line.element == element]
    if not reached:
        return None
    graph = graphs.of_definition(session, instance.definition_id)
    found: dict[str, Any] = {}
    for line in lines:
        if line.seq >= reached[-1]:
            return found
        if not _is_told(line, graph):
            return None
        found.update(_brought(line))
    return found


def _is_told(line: HistoryEvent, graph: ProcessGraph) -> bool:
    if line.type in _UNSURE or line.scope:
        return False
    if line.type == "variables.repaired":
        return not line.element
    if not line.element or line.type == "element.entered":
        return True
    node = graph.task_specs.get(line.element)
    if node is None:
        return line.type == "decision.made"
    element = node.element
    if any(one.element.is_event_subprocess for one in placing.enclosing(node)):
        return False
    maps = element.inputs or element.outputs or element.multi is not None or element.loop is not None
    return element.type not in _SILENT and not maps


def _brought(line: HistoryEvent) -> dict[str, Any]:
    if line.type == "instance.started" or line.type in _BROUGHT:
        brought: dict[str, Any] = line.data.get("variables") or {}
        return brought
    if line.type == "variables.repaired":
        repaired: dict[str, Any] = line.data["after"]
        return repaired
    return {}
