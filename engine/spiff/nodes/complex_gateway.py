"""Complex gateways: n of m, discriminators, splits by condition (BPMN 2.0 §10.6.5, §13.4.5).

Waiting for start, the gateway fires when its activation condition holds: one token of each incoming flow that
has one is consumed, and each outgoing flow whose condition holds gets a token (none: the default flow; no
default: an incident). Then it waits for reset: for a token on each flow that gave none, unless none can come.
These are consumed and the gateway is as new.

Conditions see the variables and `activationCount` (tokens waiting on all incoming flows), `activationCounts`
(the same by flow id) and `waitingForStart`. The standard evaluates the outgoing conditions once more at reset
and leaves to the diagram what should differ. Here a diagram says so by reading `waitingForStart` in one of
them; then all are evaluated at reset as the standard has it. Where none does, the reset gives no token: a
join of n of m would else go on twice.
"""

import re
from typing import Any

from engine.spiff.elements import Flow, Value
from engine.spiff.errors import no_way_out
from engine.spiff.expressions import evaluate
from engine.spiff.nodes.gateways import Join
from engine.spiff.token import WAITING, Token

PHASE = "waitingForStart"
#: fact of the token that waits for reset: flows consumed
RESET = "reset"
_READS_PHASE = re.compile(rf"\b{PHASE}\b")


class ComplexGateway(Join):
    """A join with a condition of its own; the token that waits for reset carries `reset`: flows consumed."""

    def wakes(self, token: Token) -> bool:
        """Fire or reset, whatever the gateway waits for in this scope."""
        reset = self._resetting(token)
        return self._fire(token) if reset is None else self._reset(reset)

    def is_join_waiting(self, token: Token) -> bool:
        """A token here waits for other tokens, the one that waits for reset too."""
        return True

    def arrived_in(self, scope: Token) -> dict[str | None, list[Token]]:
        """Give the tokens that came over incoming flows."""
        waiting = super().arrived_in(scope)
        for tokens in waiting.values():
            tokens[:] = [one for one in tokens if RESET not in one.internal_data]
        return {flow: tokens for flow, tokens in waiting.items() if tokens}

    # --- waiting for start ----------------------------------------------------------------------------

    def _fire(self, token: Token) -> bool:
        waiting = self.arrived(token)
        condition = self.element.activation_condition
        if condition is not None and not self._holds(token, condition, waiting, is_start=True):
            return False
        flows = self._chosen(token, waiting, is_start=True)
        if not flows and self.outgoing:
            raise no_way_out(self.element.drawn_id, self.element.name)
        consumed = [flow for flow in waiting if flow is not None]
        last = self.merge([tokens[0] for tokens in waiting.values()])
        scope = last.scope
        if scope is not None and (len(consumed) < len(self.incoming) or self._tells_phases()):
            # a phase without tokens to give only swallows latecomers: it keeps nothing alive
            internal: dict[str, Any] = {"joins": True, RESET: consumed}
            if not self._tells_phases():
                internal["listens"] = True
            token.execution.spawn(self, scope, state=WAITING, internal=internal)
        self.route(last, flows)
        return True

    # --- waiting for reset ----------------------------------------------------------------------------

    def _resetting(self, token: Token) -> Token | None:
        inside = token.scope.inside() if token.scope else []
        return next((one for one in inside if one.node is self and RESET in one.internal_data), None)

    def _reset(self, reset: Token) -> bool:
        waiting = self.arrived(reset)
        consumed = reset.internal_data[RESET]
        if self.can_still_arrive(reset, {*consumed, *waiting}):
            return False
        execution, scope = reset.execution, reset.scope
        flows = self._chosen(reset, waiting, is_start=False) if self._tells_phases() else []
        for flow_id, tokens in waiting.items():
            if flow_id not in consumed:
                execution.remove(tokens[0], is_cancelled=False)
        execution.remove(reset, is_cancelled=False)
        if scope is None:
            return True
        for flow in flows:
            execution.take(flow.id, scope)
        for tokens in self.arrived(reset).values():
            self.wakes(tokens[0])
            break
        execution.check_scope(scope)
        return True

    # --- conditions -----------------------------------------------------------------------------------

    def _chosen(self, token: Token, waiting: dict[str | None, list[Token]], *, is_start: bool) -> list[Flow]:
        default = self.element.default_flow
        chosen = [
            flow
            for flow in self.outgoing
            if flow.id != default
            and (flow.condition is None or self._holds(token, flow.condition, waiting, is_start=is_start))
        ]
        return chosen or [flow for flow in self.outgoing if flow.id == default]

    def _holds(
        self, token: Token, condition: Value, waiting: dict[str | None, list[Token]], *, is_start: bool
    ) -> bool:
        counts = {flow.id: len(waiting.get(flow.id, ())) for flow in self.incoming}
        own = {"activationCount": sum(counts.values()), "activationCounts": counts, PHASE: is_start}
        return evaluate(token, condition, variables={**token.variables(), **own}) is True

    def _tells_phases(self) -> bool:
        conditions = [flow.condition.text for flow in self.outgoing if flow.condition is not None]
        return any(_READS_PHASE.search(text) for text in conditions)
