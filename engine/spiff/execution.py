"""One process instance in memory: its live tokens, and the loop that moves them.

A command (start, complete, trigger, fail, cancel) changes tokens and then `run()` steps one token at a
time until nothing is ready. What happened is collected as effects; the runner writes them into rows.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from SpiffWorkflow.workflow import Workflow

from engine.feel import WorkingTime
from engine.spiff.effects import (
    Effect,
    Ended,
    EscalationLeft,
    Happened,
    MessageThrown,
    SignalThrown,
    Stuck,
    TokenClosed,
)
from engine.spiff.elements import Occasion
from engine.spiff.errors import ExecutionError, TokenGone, uncaught
from engine.spiff.graph import ProcessGraph
from engine.spiff.nodes.base import Node
from engine.spiff.token import READY, STARTED, WAITING, Token
from foundation.texts import _

#: steps one command may take before it is taken for an endless loop
STEP_LIMIT = 200_000
#: lines of history that tell of coming and going
PASSAGES = frozenset({"element.entered", "element.completed", "element.cancelled"})


#: what may be done between two steps of a run; gives the execution that goes on
AfterStep = Callable[["Execution"], "Execution"]


@dataclass(frozen=True, kw_only=True)
class Decided:
    """The result of a decision as JSON data, and its shape."""

    value: Any
    #: True when the value lists the results of all rules that matched
    is_list: bool = False
    #: True when each result is a context by the names of several output columns
    has_columns: bool = False


class Ports(Protocol):
    """What an execution asks of the world while it runs; the runner answers from the database."""

    def decide(
        self, decision: str, variables: Mapping[str, Any], execution: "Execution", *, element: str
    ) -> Decided:
        """Give the result of the newest published decision with this key, for a drawn element.

        Raises ExecutionError when the rules that match contradict the hit policy of the table.
        """
        ...

    def child_results(self, token: str) -> list[tuple[str, Any]]:
        """Give (element key, result) of the ended children of a call activity, as they were called."""
        ...


class Execution(Workflow):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """A SpiffWorkflow workflow whose task tree holds live tokens only."""

    def __init__(
        self,
        graph: ProcessGraph,
        *,
        now: datetime,
        calendar: WorkingTime | None,
        ports: Ports,
        next_token: int = 1,
    ) -> None:
        """Begin without tokens; `start` or the state loader brings them."""
        super().__init__(graph, deserializing=True)
        self.graph = graph
        #: the moment of the command (UTC)
        self.now = now
        self.calendar = calendar
        self.ports = ports
        self.next_token = next_token
        self.ready: deque[Token] = deque()
        self.effects: list[Effect] = []
        self.ended: Ended | None = None
        #: tokens that listen for a condition
        self._conditional: dict[str, None] = {}

    # --- tokens -------------------------------------------------------------------------------------

    @property
    def root(self) -> Token:
        """The token of the process itself; its data are the process variables."""
        root: Token = self.task_tree
        return root

    def spawn(
        self,
        node: Node,
        scope: Token | None,
        *,
        state: int = READY,
        internal: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
    ) -> Token:
        """Put a new token at a node inside a scope; a ready one is queued."""
        token = Token(self, node, scope, state, f"t{self.next_token}")
        self.next_token += 1
        token.internal_data = internal if internal is not None else {}
        token.data = data if data is not None else {}
        if scope is None:
            self.task_tree = token
        if state == READY and node.hears_signals:
            self.ready.appendleft(token)
        elif state == READY:
            self.ready.append(token)
        return token

    def stamp(self) -> int:
        """Give a number higher than all before: the order in which activities completed."""
        self.next_token += 1
        return self.next_token - 1

    def token(self, token_id: str) -> Token:
        """Give a live token; TokenGone when it has left."""
        found: Token | None = self.tasks.get(token_id)
        if found is None or self.ended is not None:
            raise TokenGone(token=token_id)
        return found

    def remove(self, token: Token, *, is_cancelled: bool) -> None:
        """Take a token away with everything inside it, innermost first."""
        if is_cancelled:
            token.node.taken_away(token)
        for inner in token.inside():
            self.remove(inner, is_cancelled=True)
        if token.scope is not None:
            token.scope._children.remove(token.id)
        del self.tasks[token.id]
        node = token.node
        if node.is_recorded and token.internal_data.get("entered") and is_cancelled:
            self.happened("element.cancelled", token)
        if node.rows:
            closed = TokenClosed(
                token=token.id, element=node.element.id, is_cancelled=is_cancelled, rows=node.rows
            )
            self.effects.append(closed)

    def leave(self, token: Token, node: Node | None = None) -> None:
        """Take a finished token away and put one on each outgoing flow of the node (its own by default)."""
        scope = token.scope
        if scope is None:
            raise ExecutionError(_("Bước không thuộc quy trình nào."), element=token.node.element.id)
        self.remove(token, is_cancelled=False)
        if not scope.node.inner_completed(scope, token.node):
            self.continue_from(node or token.node, scope)

    def continue_from(self, node: Node, scope: Token) -> None:
        """Put `completionQuantity` tokens on each outgoing flow of a node; without one the path ends."""
        for flow in node.outgoing:
            for _token in range(node.element.completion_quantity):
                self.take(flow.id, scope)
        if not node.outgoing:
            self.check_scope(scope)

    def take(self, flow_id: str, scope: Token) -> None:
        """Let a token arrive over a sequence flow."""
        flow = self.graph.flows[flow_id]
        self.spawn(self.graph.node(flow.target), scope, internal={"flow": flow.id})

    def check_scope(self, scope: Token) -> None:
        """End the scope when no token is left in it (BPMN 2.0 §13.5.6)."""
        if scope.id in self.tasks and not any(not token.listens for token in scope.inside()):
            scope.node.scope_done(scope)

    # --- commands -----------------------------------------------------------------------------------

    def start(self, variables: dict[str, Any], occasion: Occasion | None = None) -> None:
        """Begin the process at its none start event, or at the start event that was triggered."""
        root = self._begin(variables, {})
        if occasion is None or occasion.element is None:
            self._require_plain_start()
            self.open_scope(root)
        else:
            self.arm_event_subprocesses(root)
            self.graph.node(occasion.element).start_here(root, occasion)

    def begin_at(self, variables: dict[str, Any], origin: dict[str, Any]) -> None:
        """Begin the process without a start event: its event sub-processes listen; the caller puts tokens."""
        self.arm_event_subprocesses(self._begin(variables, {"forked_from": origin}))

    def _begin(self, variables: dict[str, Any], facts: dict[str, Any]) -> Token:
        facts = {"variables": dict(variables), **facts}
        self.effects.append(Happened(type="instance.started", element="", data=facts))
        return self.spawn(self.graph.start, None, state=STARTED, data=dict(variables))

    def _require_plain_start(self) -> None:
        """Refuse to begin without the event that an instantiating task or gateway stands for (§13.2)."""
        starts = self.graph.starts(None)
        if starts and all(node.element.instantiates for node in starts):
            node = starts[0]
            raise ExecutionError(
                _("Quy trình chỉ bắt đầu khi “{name}” nhận được sự kiện.", name=node.title),
                element=node.element.id,
            )

    def open_scope(self, scope: Token) -> None:
        """Arm the event sub-processes of a scope and put tokens at its starts."""
        self.arm_event_subprocesses(scope)
        starts = self.graph.starts(scope.node.scope_id)
        if any(node.is_none_start for node in starts):
            starts = [node for node in starts if node.is_none_start]
        for node in starts:
            self.spawn(node, scope)
        if not starts:
            self.check_scope(scope)

    def arm_event_subprocesses(self, scope: Token) -> None:
        """Begin to listen for what starts the event sub-processes of a scope."""
        for subprocess in self.graph.event_subprocesses(scope.node.scope_id):
            for start in self.graph.starts(subprocess.element.id):
                self.listen(start, scope, {"listens": True})

    def listen(self, node: Node, scope: Token, facts: dict[str, Any]) -> None:
        """Put a token that listens for an event, or one for each definition of a multiple event."""
        parts = [{"definition": position} for position in range(len(node.element.events))]
        for part in parts or [{}]:
            node.arm(self.spawn(node, scope, state=WAITING, internal={**facts, **part}))

    def complete(self, token_id: str, variables: dict[str, Any]) -> None:
        """Finish a waiting activity with the variables it brings."""
        token = self.token(token_id)
        token.node.complete(token, variables)

    def complete_user_task(self, token_id: str, variables: dict[str, Any]) -> None:
        """Finish a user task and keep what was entered in history."""
        token = self.token(token_id)
        self.happened("user_task.completed", token, {"variables": variables})
        token.node.complete(token, variables)

    def trigger(
        self, token_id: str, variables: dict[str, Any], how: str, facts: dict[str, Any] | None = None
    ) -> None:
        """Wake a token whose timer fired or whose message, signal or condition arrived.

        `facts` say for history which message or broadcast it was.
        """
        token = self.token(token_id)
        self.happened(how, token, {**({"variables": variables} if variables else {}), **(facts or {})})
        token.node.triggered(token, variables)

    def listen_for_condition(self, token: Token) -> None:
        """Look at a token's condition before every step from now on."""
        self._conditional[token.id] = None

    def signal(self, name: str, variables: dict[str, Any]) -> None:
        """Wake every token of this instance that waits for a signal, at once; others hear of it by rows."""
        for token in tuple(self.tasks.values()):
            event = token.event
            waits = token.listens or token.state == WAITING
            if waits and event.kind == "signal" and event.name == name and token.id in self.tasks:
                self.trigger(token.id, variables, "signal.received", {"signal": name, "is_own": True})
        self.effects.append(SignalThrown(name=name, variables=variables))

    def send(self, token: Token, name: str, correlation_key: str, variables: dict[str, Any]) -> None:
        """Let a message leave the instance."""
        self.happened("message.thrown", token, {"message": name, "key": correlation_key})
        self.effects.append(MessageThrown(name=name, correlation_key=correlation_key, variables=variables))

    def throw(
        self,
        token: Token,
        kind: str,
        code: str | None,
        variables: dict[str, Any],
        message: str | None = None,
    ) -> bool:
        """Look outwards for what catches an error or escalation: boundary or event sub-process (§13.5.4)."""
        came_from = ""
        for host in token.lineage():
            listeners = [t for t in host.inside() if t.node.scope != came_from and t.catches(kind, code)]
            # what an event sub-process throws is not caught by its own start
            came_from = host.node.element.id if host.node.element.is_event_subprocess else ""
            listeners.sort(key=lambda t: (t.node.element.attached_to is not None, t.event.name is None))
            if listeners:
                listener = listeners[0]
                self.happened(f"{kind}.caught", listener, {"code": code})
                told = listener.node.element.event.told(code, message)
                listener.node.triggered(listener, variables | told)
                return True
        if kind == "escalation" and self.root.internal_data.get("called"):
            self.effects.append(EscalationLeft(code=code, variables=variables))
        return False

    def fail(
        self, token: Token, code: str | None, variables: dict[str, Any], message: str | None = None
    ) -> None:
        """Throw a BPMN error; uncaught, it ends a called instance and is an incident in any other."""
        carried = {"variables": variables} if variables else {}
        self.happened("error.thrown", token, {"code": code, **carried})
        if self.throw(token, "error", code, variables, message):
            return
        if not self.root.internal_data.get("called"):
            raise uncaught(token.node.element.drawn_id, code)
        self.root.set_all(variables)
        self._end(Ended(state="failed", error_code=code, error_message=message, error_variables=variables))

    def end(self, state: str) -> None:
        """End the instance; tokens still inside are cancelled."""
        self._end(Ended(state=state))

    def _end(self, ended: Ended) -> None:
        if self.ended is None:
            for token in self.root.inside():
                self.remove(token, is_cancelled=True)
            self.ended = ended
            self.effects.append(Happened(type=f"instance.{ended.state}", element=""))
            self.effects.append(ended)
            self.ready.clear()

    # --- the loop -----------------------------------------------------------------------------------

    def run(self, after_step: AfterStep | None = None) -> "Execution":
        """Step until nothing is ready and give the execution; ExecutionError names where it fails.

        `after_step` may put another execution in the place of this one after each step (tests: save, reload).
        """
        execution = self
        for _step in range(STEP_LIMIT):
            if not execution.step():
                return execution
            if after_step is not None:
                execution = after_step(execution)
        raise ExecutionError(
            _("Quy trình lặp quá {limit} bước trong một lần chạy.", limit=STEP_LIMIT),
            element=execution.ready[0].node.element.drawn_id if execution.ready else "",
        )

    def step(self) -> bool:
        """Move one ready token, or one that waits for all others to be quiet; False when nothing moved."""
        if self.ended is not None:
            return False
        while self.ready and self.ready[0].id not in self.tasks:
            self.ready.popleft()
        if not self.ready:
            return self._wake_quiet_ones()
        if not self._conditional or not self._wake_conditional():
            self.ready.popleft().run()
        return True

    def _wake_quiet_ones(self) -> bool:
        """Give conditional events and inclusive joins their turn once nothing else moves."""
        for token in tuple(self.tasks.values()):
            if token.id in self.tasks and token.state == WAITING and token.node.wakes(token):
                return True
        self._notice_deadlock()
        return False

    def _wake_conditional(self) -> bool:
        """Give conditional events their turn before the next step: they see every change of a variable."""
        self._conditional = {token_id: None for token_id in self._conditional if token_id in self.tasks}
        return any(self.tasks[token_id].node.wakes(self.tasks[token_id]) for token_id in self._conditional)

    def _notice_deadlock(self) -> None:
        live = [token for token in self.tasks.values() if token is not self.root]
        working = [t for t in live if not t.node.is_join_waiting(t) and not t.listens and not t.inside()]
        armed = [token for token in live if token.listens and not token.node.is_join_waiting(token)]
        if live and not working and not armed:
            node = live[0].node
            message = _("Cổng “{name}” chờ một nhánh không bao giờ tới: quy trình bế tắc.", name=node.title)
            self.effects.append(Stuck(element=node.element.drawn_id, message=message))

    # --- reporting ----------------------------------------------------------------------------------

    def happened(self, event: str, token: Token, data: dict[str, Any] | None = None) -> None:
        """Add a line of history about the element a token is at; what nobody drew leaves none of its own."""
        element = token.node.element
        if element.origin and event in PASSAGES:
            return
        self.effects.append(
            Happened(
                type=event,
                element=element.drawn_id,
                element_type=token.internal_data.get("body") or self.graph.drawn_type(element),
                name=element.name,
                token=token.id,
                scope=token.scope_path(),
                data=data or {},
            )
        )

    def warn(self, token: Token, source: str, warning: Any) -> None:
        """Keep a warning of an expression in history: what it says, and where in the text."""
        self.happened(
            "expression.warning",
            token,
            {"expression": source, "warning": str(warning.message), "position": warning.position},
        )
