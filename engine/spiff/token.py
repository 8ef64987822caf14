"""A token: SpiffWorkflow's task, kept only while it is alive, holding the variables of the scope it opens."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.spiff.elements import EventDefinition

if TYPE_CHECKING:
    from engine.spiff.execution import Execution
    from engine.spiff.nodes.base import Node

READY: int = TaskState.READY
WAITING: int = TaskState.WAITING
STARTED: int = TaskState.STARTED
COMPLETED: int = TaskState.COMPLETED


class Token(Task):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """A live token at a node. `data` are local variables, `internal_data` facts of the engine."""

    data: dict[str, Any]
    internal_data: dict[str, Any]
    id: str

    def _set_state(self, value: int) -> None:
        """Change state without building log records: the history rows are the log."""
        self._state = value

    def run(self) -> None:
        """Execute the node: done at once, or left waiting as the node says."""
        if self.task_spec._run(self):
            self.complete()
        elif self._state == READY:
            self._state = STARTED

    @property
    def node(self) -> "Node":
        """The node the token is at."""
        node: Node = self.task_spec
        return node

    @property
    def event(self) -> EventDefinition:
        """The event definition the token is at: of a multiple event one of several, or the whole."""
        position, element = self.internal_data.get("definition"), self.node.element
        return element.event if position is None else element.events[position]

    def catches(self, kind: str, code: str | None) -> bool:
        """Tell whether the token listens for an error or escalation with this code, or for any."""
        event = self.event
        return self.listens and event.kind == kind and event.name in {None, code}

    @property
    def execution(self) -> "Execution":
        """The execution the token belongs to."""
        execution: Execution = self.workflow
        return execution

    @property
    def scope(self) -> "Token | None":
        """The token of the enclosing scope; None for the process itself."""
        parent: Token | None = self.parent
        return parent

    @property
    def listens(self) -> bool:
        """Tell whether the token only listens beside the flow; it does not keep its scope alive."""
        return "listens" in self.internal_data

    def lineage(self) -> Iterator["Token"]:
        """This token and its scopes, innermost first."""
        token: Token | None = self
        while token is not None:
            yield token
            token = token.scope

    def inside(self) -> list["Token"]:
        """The tokens directly inside the scope this token opens."""
        tasks = self.workflow.tasks
        return [tasks[child] for child in self._children if child in tasks]

    def variables(self) -> dict[str, Any]:
        """What an expression at this token sees: inner scopes hide outer ones. Read only."""
        layers = [token.data for token in self.lineage() if token.data]
        if len(layers) == 1:
            return layers[0]
        merged: dict[str, Any] = {}
        for layer in reversed(layers):
            merged.update(layer)
        return merged

    def set(self, name: str, value: Any) -> None:
        """Change a variable where it lives; a new one belongs to the process."""
        token = self
        for token in self.lineage():
            if name in token.data:
                break
        token.data[name] = value

    def set_all(self, variables: dict[str, Any]) -> None:
        """Change several variables."""
        for name, value in variables.items():
            self.set(name, value)

    def scope_path(self) -> str:
        """The enclosing scopes with the key of the multi-instance item, outermost first."""
        parts: list[str] = []
        for token in self.lineage():
            key = token.internal_data.get("key")
            if key is not None:
                parts.append(f"{token.node.element.id}[{key}]")
            elif token is not self and token.scope is not None and token.node.is_in_paths:
                parts.append(token.node.element.id)
        return "/".join(reversed(parts))
