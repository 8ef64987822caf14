"""The state of an execution as one blob: `zstd(orjson(...))`, definition never inside.

Format 1: `{"f": 1, "n": next token number, "t": [[id, parent, node, state, data, internal], …]}`, in the
order in which the tokens came, so scopes before what is inside them. A state taken in the middle of a run
also has `"r"`: the ids of the ready tokens in the order of their turns. Unknown formats are refused, never
guessed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
import zstandard

from engine.feel import WorkingTime
from engine.spiff.execution import Decided, Execution, Ports
from engine.spiff.graph import ProcessGraph
from engine.spiff.token import WAITING, Token
from foundation.errors import TiendoError

FORMAT = 1


class UnknownState(TiendoError):
    """Trạng thái phiên chạy được ghi bởi một phiên bản phần mềm khác."""

    code = "unknown_state"


def dump(execution: Execution) -> bytes:
    """Give the state as bytes."""
    tokens: list[Any] = []

    def add(token: Token) -> None:
        parent = None if token.scope is None else token.scope.id
        tokens.append([token.id, parent, token.node.element.id, token.state, token.data, token.internal_data])

    if execution.ended is None:
        for token in execution.tasks.values():
            add(token)
    else:
        add(execution.root)
    state = {"f": FORMAT, "n": execution.next_token, "t": tokens}
    if execution.ready:
        state["r"] = [token.id for token in execution.ready if token.id in execution.tasks]
    return zstandard.ZstdCompressor(level=1).compress(orjson.dumps(state))


def load(
    blob: bytes, graph: ProcessGraph, *, now: datetime, calendar: WorkingTime | None, ports: Ports
) -> Execution:
    """Give the execution back; raises UnknownState for a format it does not know."""
    state = _decode(blob)
    execution = Execution(graph, now=now, calendar=calendar, ports=ports, next_token=state["n"])
    for token_id, parent_id, node_id, token_state, data, internal in state["t"]:
        node = graph.node(node_id) if node_id else graph.start
        parent = None if parent_id is None else execution.tasks[parent_id]
        token = Token(execution, node, parent, token_state, token_id)
        token.data, token.internal_data = data, internal
        if parent is None:
            execution.task_tree = token
        elif token.event.kind == "conditional" and token_state == WAITING:
            execution.listen_for_condition(token)
    execution.ready.extend(execution.tasks[token_id] for token_id in state.get("r", ()))
    return execution


def reload(execution: Execution) -> Execution:
    """Drop a running execution and give the one its state brings back, with what it did so far.

    Whatever a run keeps outside its state is lost here, as it would be by a restart: tests run diagrams with
    this between any two steps and compare.
    """
    if execution.ended is not None:
        return execution
    fresh = load(
        dump(execution),
        execution.graph,
        now=execution.now,
        calendar=execution.calendar,
        ports=execution.ports,
    )
    fresh.effects = execution.effects
    return fresh


class _Nobody:
    """Answers nothing: an execution that is only looked at asks nothing."""

    def decide(
        self, decision: str, variables: Mapping[str, Any], execution: Execution, *, element: str
    ) -> Decided:
        """Refuse."""
        raise LookupError(decision)

    def child_results(self, token: str) -> list[tuple[str, Any]]:
        """Refuse."""
        raise LookupError(token)


def look(blob: bytes, graph: ProcessGraph, *, now: datetime) -> Execution:
    """Give the execution to look at, never to run."""
    return load(blob, graph, now=now, calendar=None, ports=_Nobody())


def variables(blob: bytes | None) -> dict[str, Any]:
    """Give the process variables without building the execution."""
    if blob is None:
        return {}
    found: dict[str, Any] = _decode(blob)["t"][0][4]
    return found


def tokens(blob: bytes | None) -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Give (token id, element id, local variables, engine facts) of the live tokens, for pages and lists."""
    return [] if blob is None else [(row[0], row[2], row[4], row[5]) for row in _decode(blob)["t"][1:]]


def _decode(blob: bytes) -> dict[str, Any]:
    state: dict[str, Any] = orjson.loads(zstandard.ZstdDecompressor().decompress(blob))
    if state.get("f") != FORMAT:
        raise UnknownState(found=state.get("f"), expected=FORMAT)
    return state
