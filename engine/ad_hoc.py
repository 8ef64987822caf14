"""Ad-hoc sub-processes for people: what can be chosen, starting it, ending the whole (BPMN 2.0 §10.3.5)."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import graphs, incidents, instances, runner
from engine.spiff import state
from engine.spiff.errors import ExecutionError
from engine.spiff.execution import Execution
from engine.spiff.nodes import ad_hoc as nodes
from engine.spiff.token import Token
from engine.states import InstanceState
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound
from foundation.texts import _


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An activity that can be started in an ad-hoc sub-process that is open."""

    #: token and element of the sub-process
    token: str
    ad_hoc: str
    activity: str
    name: str
    #: how often it was done
    times: int
    #: False while a sequential sub-process is busy, or when it only waits for its end
    is_available: bool


def choices(session: Session, instance_id: str) -> list[Choice]:
    """Give what can be chosen in an instance, by sub-process in the order they were entered."""
    instance = instances.get(session, instance_id)
    if instance.state != InstanceState.RUNNING or instance.blob is None:
        return []
    if not any("offers" in internal for *_rest, internal in state.tokens(instance.blob)):
        return []
    graph = graphs.of_definition(session, instance.definition_id)
    execution = state.look(instance.blob, graph, now=instance.started_at)
    return [
        Choice(
            token=token.id,
            ad_hoc=node.element.id,
            activity=activity.element.id,
            name=activity.title,
            times=token.internal_data["done"].get(activity.element.id, 0),
            is_available=node.accepts(token),
        )
        for token in _open(execution)
        for node in (_node(token),)
        for activity in node.activities
    ]


def activate(work: UnitOfWork, instance_id: str, activity: str, *, token: str | None = None) -> None:
    """Start an enabled activity once more; `token` tells several open sub-processes with it apart.

    Raises NotFound when no open sub-process offers it, Conflict when it cannot start now.
    """

    def command(execution: Execution) -> None:
        open_ones = [one for one in _open(execution) if token in {None, one.id} and _offers(one, activity)]
        if not open_ones:
            raise NotFound(_("Không có tiểu quy trình tùy biến nào đang cho chọn “{id}”.", id=activity))
        if len(open_ones) > 1:
            raise Conflict(
                _("Có nhiều tiểu quy trình tùy biến đang cho chọn “{id}”; hãy nêu rõ token.", id=activity),
                tokens=[one.id for one in open_ones],
            )
        chosen = open_ones[0]
        _node(chosen).activate(chosen, activity)

    _run(work, instance_id, command, reference=activity)


def end(work: UnitOfWork, instance_id: str, token: str, *, reason: str) -> None:
    """End an ad-hoc sub-process by decision of a person; what still runs in it is cancelled."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("Cần nêu lý do kết thúc.")})

    def command(execution: Execution) -> None:
        open_ones = [one for one in _open(execution) if one.id == token]
        if not open_ones:
            raise NotFound(_("Không có tiểu quy trình tùy biến nào đang mở với token {id}.", id=token))
        _node(open_ones[0]).end(open_ones[0], reason)

    _run(work, instance_id, command, reference=token)


def _run(work: UnitOfWork, instance_id: str, command: Callable[[Execution], None], *, reference: str) -> None:
    row = runner.lock(work, instance_id)
    with incidents.noted(work, instance_id, kind="command", reference=reference):
        runner.run(work, row, command)


def _open(execution: Execution) -> list[Token]:
    return [token for token in execution.tasks.values() if "offers" in token.internal_data]


def _offers(token: Token, activity: str) -> bool:
    return any(node.element.id == activity for node in _node(token).activities)


def _node(token: Token) -> nodes.AdHocSubProcess:
    node = token.node
    if not isinstance(node, nodes.AdHocSubProcess):
        raise ExecutionError(_("Bước này không cho chọn việc."), element=node.element.id)
    return node
