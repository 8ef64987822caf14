"""What all nodes share: entering, waiting, leaving, and the boundary events around an activity."""

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.specs.base import TaskSpec

from engine.spiff.elements import Element, EventDefinition, Flow, Occasion
from engine.spiff.token import COMPLETED, STARTED, WAITING, Token

if TYPE_CHECKING:
    from engine.spiff.graph import ProcessGraph


class Node(TaskSpec):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """One flow node. A token that arrives runs `execute`: True means done at once, None means it waits."""

    #: shown in history
    is_recorded = True
    #: without incoming flows it starts with its scope
    is_implicit_start = True
    is_none_start = False
    #: a token that arrives goes before others that are ready, so that no signal thrown beside it is missed
    hears_signals = False
    #: named in the scope of what runs inside
    is_in_paths = True
    #: kinds of rows a token at this node may have opened (keys of `engine.projections.CLOSERS`)
    rows: tuple[str, ...] = ()

    def __init__(self, graph: "ProcessGraph", element: Element, scope: str | None) -> None:
        """Register the node in its graph under the element's id."""
        super().__init__(graph, element.id)
        self.graph = graph
        self.element = element
        #: id of the sub-process the node is drawn in, None for the process itself
        self.scope = scope
        self.incoming: list[Flow] = []
        self.outgoing: list[Flow] = []
        self.boundaries: list[Node] = []
        #: the boundary compensation event of an activity, and the activity that undoes it
        self.compensation: Node | None = None
        self.handler: Node | None = None

    @property
    def title(self) -> str:
        """The name shown to people, the id when it has none."""
        return self.element.name or self.element.drawn_id

    @property
    def scope_id(self) -> str | None:
        """Id under which nodes inside this node are drawn."""
        return self.element.id

    # --- SpiffWorkflow's protocol -------------------------------------------------------------------

    def _run_hook(self, my_task: Token) -> bool | None:
        if not my_task.internal_data.get("entered"):
            my_task.internal_data["entered"] = True
            if self.is_recorded:
                my_task.execution.happened("element.entered", my_task)
        return self.execute(my_task)

    def _run(self, my_task: Token) -> bool | None:
        return self._run_hook(my_task)

    def _on_complete(self, my_task: Token) -> None:
        if my_task.id in my_task.execution.tasks:
            self.finish(my_task)

    # --- behaviour ----------------------------------------------------------------------------------

    def execute(self, token: Token) -> bool | None:
        """Do what the node does when a token arrives."""
        return True

    def finish(self, token: Token) -> None:
        """Record that the node is done and let the token go on."""
        if self.is_recorded:
            token.execution.happened("element.completed", token)
        token.execution.leave(token)

    def complete(self, token: Token, variables: dict[str, Any]) -> None:
        """Finish a waiting activity from outside."""
        token.set_all(variables)
        token._set_state(COMPLETED)
        self._on_complete(token)

    def triggers(self) -> tuple[tuple[str, EventDefinition], ...]:
        """Give the events that start the process here: element id and definition (BPMN 2.0 §13.2)."""
        return ()

    def start_here(self, scope: Token, occasion: Occasion) -> None:
        """Begin the process at this node, which the occasion triggered."""
        scope.execution.spawn(self, scope)

    def triggered(self, token: Token, variables: dict[str, Any]) -> None:
        """React to the event the token waits for."""
        self.complete(token, variables)

    def scope_done(self, token: Token) -> None:
        """React to the end of the last token inside."""

    def inner_completed(self, token: Token, node: "Node") -> bool:
        """React to a node done inside the scope of a token; True when no token may follow it."""
        return False

    def wakes(self, token: Token) -> bool:
        """Look again at a waiting token when nothing else moves; True when something moved."""
        return False

    def opens_scope(self, token: Token) -> bool:
        """Tell whether a token here is a sub-process at work, with activities and variables inside."""
        return False

    def taken_away(self, token: Token) -> None:
        """React to a token of this node being cancelled, while what is inside is still there."""

    def is_join_waiting(self, token: Token) -> bool:
        """Tell whether the token only waits for other tokens."""
        return False

    def arm(self, token: Token) -> None:
        """Begin to listen."""

    def wait(self, token: Token) -> None:
        """Leave the token waiting for an event."""
        token._set_state(WAITING)

    def arm_boundaries(self, token: Token) -> None:
        """Begin to listen for the boundary events attached to this activity."""
        for boundary in self.boundaries:
            token.execution.listen(boundary, token, {"listens": True})


class ProcessNode(Node):
    """The process itself: the outermost scope."""

    is_recorded = False

    @property
    def scope_id(self) -> str | None:
        """Nodes directly in the process have no scope."""
        return None

    def scope_done(self, token: Token) -> None:
        """Complete the instance."""
        token.execution.end("completed")


def keep_open(token: Token) -> None:
    """Mark an activity as under way: it waits for somebody outside."""
    token._set_state(STARTED)
