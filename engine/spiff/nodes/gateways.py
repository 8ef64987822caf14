"""Gateways: exclusive, parallel, inclusive, event-based (BPMN 2.0 §13.4)."""

from collections.abc import Collection
from typing import Any

from engine.spiff.elements import EventDefinition, Flow, Occasion
from engine.spiff.errors import no_way_out
from engine.spiff.expressions import holds
from engine.spiff.nodes.base import Node
from engine.spiff.token import STARTED, WAITING, Token


class Gateway(Node):
    """Routes tokens over its outgoing flows."""

    def route(self, token: Token, flows: list[Flow]) -> None:
        """Consume the token and put one on each chosen flow."""
        execution, scope = token.execution, token.scope
        chosen = {"flows": [flow.id for flow in flows if flow.is_drawn]}
        execution.happened("flows.chosen" if self.element.origin else "element.completed", token, chosen)
        execution.remove(token, is_cancelled=False)
        if scope is None:
            return
        for flow in flows:
            execution.take(flow.id, scope)
        if not self.outgoing:
            execution.check_scope(scope)


class ExclusiveGateway(Gateway):
    """Takes the first flow, in document order, whose condition is true; else the default."""

    def execute(self, token: Token) -> bool | None:
        """Choose one flow; none is an incident."""
        for flow in self.outgoing:
            if flow.id != self.element.default_flow and (
                flow.condition is None or holds(token, flow.condition)
            ):
                self.route(token, [flow])
                return None
        default = [flow for flow in self.outgoing if flow.id == self.element.default_flow]
        if not default and self.outgoing:
            raise no_way_out(self.element.drawn_id, self.element.name)
        self.route(token, default)
        return None


class Join(Gateway):
    """A gateway that waits for tokens on its incoming flows; each waiting token remembers its flow."""

    def execute(self, token: Token) -> bool | None:
        """Wait, and fire when the rule of the gateway allows it."""
        token._set_state(WAITING)
        token.internal_data["joins"] = True
        self.wakes(token)
        return None

    def is_join_waiting(self, token: Token) -> bool:
        """A token at a join waits for other tokens only."""
        return bool(token.internal_data.get("joins"))

    def arrived(self, token: Token) -> dict[str | None, list[Token]]:
        """Give the waiting tokens of this gateway in the same scope, by incoming flow."""
        return self.arrived_in(token.scope) if token.scope else {}

    def arrived_in(self, scope: Token) -> dict[str | None, list[Token]]:
        """Give the waiting tokens of this gateway in a scope, by incoming flow."""
        waiting: dict[str | None, list[Token]] = {}
        for other in scope.inside():
            if other.task_spec is self and other.state == WAITING:
                waiting.setdefault(other.internal_data.get("flow"), []).append(other)
        return waiting

    def can_still_arrive(self, token: Token, given: Collection[str | None]) -> bool:
        """Tell whether a token elsewhere in the scope is waited for, beside the flows given (§13.4.3)."""
        others = {
            other.node.element.id
            for other in (token.scope.inside() if token.scope else [])
            if other.node is not self and not other.listens and "beside" not in other.internal_data
        }
        return any(self._is_awaited(start, given) for start in others)

    def _is_awaited(self, start: str, given: Collection[str | None]) -> bool:
        """Tell whether the gateway waits for a token at a node: it reaches an empty flow and no other.

        One that reaches a flow that has its token too comes round a loop: it belongs to the next time.
        """
        reached = [f for f in self.incoming if self.graph.reaches(start, f, avoiding=self.element.id)]
        return bool(reached) and all(flow.id not in given for flow in reached)

    def merge(self, tokens: list[Token]) -> Token:
        """Consume all but one of the tokens that belong together; gives the one that goes on."""
        last = tokens[-1]
        for other in tokens[:-1]:
            other.execution.remove(other, is_cancelled=False)
        last._set_state(STARTED)
        return last


class ParallelGateway(Join):
    """Fires with one token from each incoming flow; excess tokens stay (BPMN 2.0 §13.4.1)."""

    def wakes(self, token: Token) -> bool:
        """Fire when every incoming flow has a token."""
        waiting = self.arrived(token)
        if any(flow.id not in waiting for flow in self.incoming):
            return False
        chosen = [tokens[0] for tokens in waiting.values()]
        self.route(self.merge(chosen), self.outgoing)
        return True


class InclusiveGateway(Join):
    """Waits while another token can still arrive, then takes every flow whose condition is true (§13.4.3)."""

    def execute(self, token: Token) -> bool | None:
        """A gateway with one incoming flow has nothing to wait for."""
        if len(self.incoming) <= 1:
            self._split(token)
            return None
        token._set_state(WAITING)
        token.internal_data["joins"] = True
        return None

    def wakes(self, token: Token) -> bool:
        """Fire when no token elsewhere in the scope can still reach a flow that is empty."""
        waiting = self.arrived(token)
        if self.can_still_arrive(token, waiting):
            return False
        self._split(self.merge([tokens[0] for tokens in waiting.values()]))
        return True

    def _split(self, token: Token) -> None:
        default = self.element.default_flow
        chosen = [
            flow
            for flow in self.outgoing
            if flow.id != default and (flow.condition is None or holds(token, flow.condition))
        ]
        if not chosen:
            chosen = [flow for flow in self.outgoing if flow.id == default]
        if not chosen and self.outgoing:
            raise no_way_out(self.element.drawn_id, self.element.name)
        self.route(token, chosen)


class EventBasedGateway(Gateway):
    """Listens for the events behind its flows; the first one to happen takes the token (§13.4.4)."""

    @property
    def hears_signals(self) -> bool:  # type: ignore[override]  # decided per element, not per class
        """Tell whether a signal is among the events behind it."""
        return any(self.graph.node(flow.target).hears_signals for flow in self.outgoing)

    def execute(self, token: Token) -> bool | None:
        """Arm one inner token per event."""
        for flow in self.outgoing:
            token.execution.listen(self.graph.node(flow.target), token, {"gateway": True})
        token._set_state(STARTED)
        return None

    def triggers(self) -> tuple[tuple[str, EventDefinition], ...]:
        """Give the events behind an instantiating gateway: each starts the process (§10.6.6)."""
        if not self.element.instantiates:
            return ()
        targets = [self.graph.node(flow.target).element for flow in self.outgoing]
        return tuple((target.id, event) for target in targets for event in target.definitions)

    def instantiate(self, scope: Token, event: Node, occasion: Occasion) -> None:
        """Begin behind one event; a parallel gateway then waits for the others in the same instance."""
        execution = scope.execution
        token = execution.spawn(self, scope, state=STARTED)
        execution.happened("element.entered", token)
        execution.happened("element.completed", token)
        execution.remove(token, is_cancelled=False)
        execution.spawn(event, scope, internal={"received": True})
        if self.element.needs_all_targets:
            for other in (self.graph.node(flow.target) for flow in self.outgoing):
                if other is not event:
                    execution.spawn(other, scope, internal={"correlation": occasion.key})

    def chosen(self, token: Token, event_token: Token, variables: dict[str, Any]) -> None:
        """Continue behind the event that happened; the others are forgotten."""
        execution, scope, event = token.execution, token.scope, event_token.node
        event_token.set_all(variables)
        execution.happened("element.completed", token)
        execution.happened("element.entered", event_token)
        execution.happened("element.completed", event_token)
        execution.remove(token, is_cancelled=False)
        if scope is not None:
            execution.continue_from(event, scope)
