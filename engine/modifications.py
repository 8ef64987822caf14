"""Modifying a running instance by hand: start before or after an element, cancel a token, move a token.

Several instructions are one command and one transaction. Where tokens stood before and after, who did it
and why is one line of history (`instance.modified`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from engine import graphs, incidents, instances, runner
from engine.models import ProcessInstance
from engine.spiff import placing, state
from engine.spiff.effects import Happened
from engine.spiff.execution import Execution
from engine.spiff.nodes.gateways import EventBasedGateway
from engine.spiff.token import Token
from foundation import outbox
from foundation.database import UnitOfWork
from foundation.errors import Invalid, Stale
from foundation.texts import _

#: instructions one command may carry
MOST_INSTRUCTIONS = 100

#: facts of tokens that belong to another one: events of a gateway, parts of a multiple event, a reset awaited
_INNER = frozenset({"gateway", "part", "reset"})


@dataclass(frozen=True, kw_only=True)
class StartBefore:
    """Put a token at an element, as if it had just arrived there."""

    element: str
    #: process variables to set first
    variables: dict[str, Any] = field(default_factory=dict)
    #: token of the scope, where several are open (items of a multi-instance)
    scope: str | None = None


@dataclass(frozen=True, kw_only=True)
class StartAfter:
    """Go on behind an element, as if it had just been completed."""

    element: str
    variables: dict[str, Any] = field(default_factory=dict)
    scope: str | None = None


@dataclass(frozen=True, kw_only=True)
class CancelToken:
    """Take a token away with everything inside it; its tasks, timers, jobs and children are cancelled."""

    token: str


@dataclass(frozen=True, kw_only=True)
class MoveToken:
    """Cancel a token and start before an element, in the same scope where that is possible."""

    token: str
    element: str
    variables: dict[str, Any] = field(default_factory=dict)
    scope: str | None = None


Instruction = StartBefore | StartAfter | CancelToken | MoveToken


@dataclass(frozen=True, kw_only=True)
class Position:
    """A live token a person can act on."""

    token: str
    element: str
    name: str
    #: tag name of the element: `userTask` …
    type: str
    #: enclosing scopes with the key of the multi-instance item, outermost first
    scope: str
    #: token of the enclosing scope, None directly in the process
    parent: str | None
    #: a sub-process or repeated activity with tokens inside
    is_container: bool


def modify(
    work: UnitOfWork,
    instance_id: str,
    instructions: Sequence[Instruction],
    *,
    reason: str,
    revision: int | None = None,
) -> None:
    """Carry out instructions on an instance: starts first, then what is cancelled, then steps.

    Raises Invalid for an unknown element, Conflict where a scope is ambiguous, a token is no longer there or
    nothing would be left, Stale when `revision` is not the instance's newest.
    """
    _check(instructions, reason)
    row = runner.lock(work, instance_id)
    require_revision(row, revision)

    facts: dict[str, Any] = {"reason": reason}

    def command(execution: Execution) -> None:
        told = [_told(execution, one) for one in instructions]
        facts.update(before=places(execution), instructions=told)
        execution.effects.append(Happened(type="instance.modified", element="", data=facts))
        _carry_out(execution, instructions)

    incidents.resolve(work, instance_id, kind="deadlock", reference="")
    runner.repair(work, row, command, lambda execution: facts.update(after=places(execution)))
    outbox.record(
        work,
        "instance.modified",
        subject=instance_id,
        instance_id=instance_id,
        data={"process": row.key, "business_key": row.business_key, "reason": reason},
    )


def positions(session: Session, instance: ProcessInstance) -> list[Position]:
    """Give the tokens of an instance a person can act on, containers before what is inside them."""
    if instance.blob is None or instance.ended_at is not None:
        return []
    graph = graphs.of_definition(session, instance.definition_id)
    return positions_of(state.look(instance.blob, graph, now=instance.started_at))


def positions_of(execution: Execution) -> list[Position]:
    """Give the tokens of an execution a person can act on, containers before what is inside them."""
    found: list[Position] = []
    for token in execution.tasks.values():
        scope = token.scope
        if scope is None or token.listens or not _INNER.isdisjoint(token.internal_data):
            continue
        element = token.node.element
        found.append(
            Position(
                token=token.id,
                element=element.id,
                name=element.name,
                type=element.type,
                scope=token.scope_path(),
                parent=None if scope is execution.root else scope.id,
                is_container=_is_container(token),
            )
        )
    return found


def places(execution: Execution) -> list[dict[str, Any]]:
    """Give where an execution stands, for history: each element once, with how many tokens are there."""
    if execution.ended is not None:
        return []
    counted: dict[str, dict[str, Any]] = {}
    for one in positions_of(execution):
        if not one.is_container:
            place = counted.setdefault(one.element, {"element": one.element, "name": one.name, "count": 0})
            place["count"] += 1
    return list(counted.values())


def require_revision(row: Any, revision: int | None) -> None:
    """Raise Stale when somebody changed the instance since `revision` was read."""
    if revision is not None and row.revision != revision:
        raise Stale(instance=row.id, revision=row.revision)


def require_reason(reason: str) -> None:
    """Raise Invalid without a reason: every act of repair says why."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("Cần nêu lý do.")})


def _check(instructions: Sequence[Instruction], reason: str) -> None:
    require_reason(reason)
    if not 1 <= len(instructions) <= MOST_INSTRUCTIONS:
        text = _(
            "Cần từ 1 đến {most} chỉ dẫn, nhận được {found}.", most=MOST_INSTRUCTIONS, found=len(instructions)
        )
        raise Invalid(text, fields={"instructions": text})
    for one in instructions:
        if not isinstance(one, CancelToken):
            instances.check_variables(one.variables)


def _carry_out(execution: Execution, instructions: Sequence[Instruction]) -> None:
    leaving = [execution.token(one.token) for one in instructions if isinstance(one, CancelToken | MoveToken)]
    for one in instructions:
        if not isinstance(one, CancelToken):
            _start(execution, one)
    emptied: list[Token] = []
    for token in leaving:
        if token.id not in execution.tasks:
            continue  # a token around it was cancelled by the same command
        scope = placing.withdraw(execution, token)
        if scope is not None:
            emptied.append(scope)
    placing.close_emptied(execution, emptied)


def _start(execution: Execution, one: StartBefore | StartAfter | MoveToken) -> None:
    node = placing.node_of(execution.graph, one.element)
    near = execution.token(one.token) if isinstance(one, MoveToken) else None
    scope = placing.scope_for(execution, node, chosen=one.scope, near=near)
    scope.set_all(one.variables)
    if isinstance(one, StartAfter):
        placing.start_after(execution, node, scope)
    else:
        placing.start_before(execution, node, scope)


def _is_container(token: Token) -> bool:
    if isinstance(token.node, EventBasedGateway):
        return False
    return any(not inner.listens for inner in token.inside())


def _told(execution: Execution, one: Instruction) -> dict[str, Any]:
    """Give an instruction as history keeps it: names beside ids, so that a person can read it later."""
    told: dict[str, Any] = {"type": TYPES[type(one)]}
    if isinstance(one, CancelToken | MoveToken):
        token = execution.token(one.token)
        told |= {"token": one.token, "from": token.node.element.id, "from_name": token.node.title}
    if not isinstance(one, CancelToken):
        node = placing.node_of(execution.graph, one.element)
        told |= {"to": one.element, "to_name": node.title, "variables": one.variables}
    return told


#: names of the instructions in history and in the API
TYPES: dict[type[Instruction], str] = {
    StartBefore: "start_before",
    StartAfter: "start_after",
    CancelToken: "cancel",
    MoveToken: "move",
}
