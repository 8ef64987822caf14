"""Events: start, end, intermediate, boundary (BPMN 2.0 §13.5)."""

from datetime import datetime
from typing import Any

from engine.feel import iso
from engine.spiff import compensation
from engine.spiff.effects import EventAwaited, TimerArmed
from engine.spiff.elements import EventDefinition, Occasion
from engine.spiff.errors import ExecutionError
from engine.spiff.expressions import due_moment, evaluate_json, holds, later, text_of
from engine.spiff.nodes import behaviour
from engine.spiff.nodes.base import Node
from engine.spiff.nodes.gateways import EventBasedGateway
from engine.spiff.token import STARTED, WAITING, Token
from foundation.texts import _


def listen(node: Node, token: Token) -> None:
    """Report what a waiting token waits for: a timer row or a subscription row."""
    event, execution = token.event, token.execution
    if event.kind == "timer":
        due, remaining, interval = due_moment(token, event)
        token.internal_data.update(due=due.isoformat(), remaining=remaining, interval=interval)
        execution.effects.append(TimerArmed(token=token.id, element=node.element.id, due_at=due))
    elif event.kind == "conditional":
        execution.listen_for_condition(token)
    elif event.kind in {"message", "signal"}:
        key = text_of(token, event.correlation_key) or token.internal_data.get("correlation", "")
        execution.effects.append(
            EventAwaited(
                token=token.id,
                element=node.element.id,
                kind=event.kind,
                name=event.name or "",
                correlation_key=key,
            )
        )


class Event(Node):
    """What events share: the rows they open follow from their kind."""

    @property
    def rows(self) -> tuple[str, ...]:  # type: ignore[override]  # decided per element, not per class
        """A timer row, a subscription row, or none."""
        kinds = {event.kind for event in self.element.definitions}
        timers = ("timer",) if "timer" in kinds else ()
        return (*timers, "subscription") if kinds & {"message", "signal"} else timers

    def gather(self, token: Token, variables: dict[str, Any]) -> dict[str, Any] | None:
        """Give what an event brought; None while a parallel multiple event still waits for another part.

        BPMN 2.0 §10.5.1: `parallelMultiple` needs all definitions; each is remembered when it happened.
        """
        if not self.element.needs_all_events or "definition" not in token.internal_data:
            return variables
        token.internal_data["brought"] = variables
        brought: dict[str, Any] = {}
        for part in self.parts(token):
            if "brought" not in part.internal_data:
                return None
            brought.update(part.internal_data["brought"])
        return brought

    def repeat(self, token: Token) -> None:
        """After a non-interrupting event: listen again; a parallel multiple one for all its parts."""
        parts = self.parts(token) if self.element.needs_all_events else [token]
        for part in parts:
            part.internal_data.pop("brought", None)
            repeat(self, part)
        if any(part.id not in part.execution.tasks for part in parts):
            for part in self.parts(token):
                part.execution.remove(part, is_cancelled=False)

    def parts(self, token: Token) -> list[Token]:
        """Give the tokens that wait for the definitions of this multiple event together with one of them."""
        beside = token.scope.inside() if token.scope is not None else []
        return [one for one in beside if one.node is self and "definition" in one.internal_data]


class StartEvent(Event):
    """Where a process or sub-process begins; in an event sub-process it listens beside the flow."""

    @property
    def is_none_start(self) -> bool:  # type: ignore[override]  # decided per element, not per class
        """Starts whenever its scope starts."""
        return self.element.event.kind == "none"

    def arm(self, token: Token) -> None:
        """Begin to listen for the event that starts the event sub-process."""
        listen(self, token)

    def wakes(self, token: Token) -> bool:
        """Start the event sub-process when its condition holds."""
        return wake_conditional(self, token)

    def triggers(self) -> tuple[tuple[str, EventDefinition], ...]:
        """Give the messages, signals and timers that start the process here."""
        return tuple((self.element.id, event) for event in self.element.definitions if event.kind != "none")

    def start_here(self, scope: Token, occasion: Occasion) -> None:
        """Begin; a parallel multiple start first waits for its other events (BPMN 2.0 §10.5.2)."""
        if not self.element.needs_all_events:
            super().start_here(scope, occasion)
            return
        execution = scope.execution
        token = execution.spawn(self, scope, state=WAITING, internal={"entered": True})
        execution.happened("element.entered", token)
        facts = {"part": True, "correlation": occasion.key}
        kinds = [f"{event.kind} {event.name}" for event in self.element.events]
        came = kinds.index(f"{occasion.kind} {occasion.name}")
        for position in range(len(self.element.events)):
            part = execution.spawn(self, token, state=WAITING, internal={**facts, "definition": position})
            if position == came:
                part.internal_data["brought"] = {}
            else:
                self.arm(part)

    def triggered(self, token: Token, variables: dict[str, Any]) -> None:
        """Start the event sub-process; interrupting, it first ends what runs in the scope."""
        brought = self.gather(token, variables)
        if brought is None:
            return
        variables, scope, execution = brought, token.scope, token.execution
        if "part" in token.internal_data and scope is not None:
            self.complete(scope, variables)
            return
        subprocess = self.graph.node(self.scope or "")
        if scope is None:
            return
        if self.element.is_interrupting:
            for other in scope.inside():
                if other.node.element.attached_to != scope.node.element.id:
                    execution.remove(other, is_cancelled=True)
        else:
            self.repeat(token)
        running = execution.spawn(
            subprocess, scope, state=STARTED, internal={"entered": True}, data=dict(variables)
        )
        execution.happened("element.entered", running)
        execution.spawn(self, running)


class ThrowEvent(Node):
    """What end events and intermediate throw events share: while it undoes activities it is their scope."""

    is_in_paths = False

    def scope_done(self, token: Token) -> None:
        """Go on undoing; when all is undone, go on along the flow."""
        if compensation.go_on(token):
            return
        execution, scope = token.execution, token.scope
        if compensation.BESIDE not in token.internal_data:
            self.finish(token)
        elif scope is not None:
            execution.remove(token, is_cancelled=False)
            execution.check_scope(scope)

    def taken_away(self, token: Token) -> None:
        """What was not undone yet may be undone by another event of the scope."""
        compensation.give_back(token)


class EndEvent(ThrowEvent):
    """Ends a path; depending on its kind it also throws, or ends everything around it."""

    is_implicit_start = False

    def execute(self, token: Token) -> bool | None:
        """Do what the end event's kind says, then consume the token."""
        execution = token.execution
        if not throw(self, token) or token.id not in execution.tasks:
            return None
        for event in self.element.definitions:
            if event.kind == "error":
                execution.fail(token, event.name, payload(self, token), event.message)
                return None
            if event.kind == "terminate":
                self._terminate(token)
                return None
            if event.kind == "cancel":
                compensation.cancel(token)
                return None
        return True

    def _terminate(self, token: Token) -> None:
        """End the innermost process or sub-process with everything in it (§13.5.6)."""
        execution, scope = token.execution, token.scope
        execution.happened("element.completed", token)
        if scope is None or scope is execution.root:
            execution.end("terminated")
            return
        for other in scope.inside():
            execution.remove(other, is_cancelled=other is not token)
        scope.node.scope_done(scope)


class IntermediateThrowEvent(ThrowEvent):
    """Throws a message, signal or escalation on the way; a none event only marks a point."""

    def execute(self, token: Token) -> bool | None:
        """Throw and go on, unless an interrupting catcher took the token away or it has to wait."""
        return throw(self, token) and token.id in token.execution.tasks


class IntermediateCatchEvent(Event):
    """Waits for a timer, message, signal or condition."""

    is_implicit_start = False

    @property
    def hears_signals(self) -> bool:  # type: ignore[override]  # decided per element, not per class
        """Tell whether a signal is among what it waits for."""
        return any(event.kind == "signal" for event in self.element.definitions)

    def execute(self, token: Token) -> bool | None:
        """Begin to listen."""
        if self.element.event.kind == "none" or "received" in token.internal_data:
            return True
        token._set_state(WAITING)
        if self.element.events:
            token.execution.listen(self, token, {"part": True})
        else:
            listen(self, token)
        return None

    def start_here(self, scope: Token, occasion: Occasion) -> None:
        """Begin behind the instantiating gateway this event stands behind."""
        gateway = self.graph.node(self.incoming[0].source)
        if isinstance(gateway, EventBasedGateway):
            gateway.instantiate(scope, self, occasion)

    def arm(self, token: Token) -> None:
        """Listen on behalf of an event-based gateway."""
        listen(self, token)

    def wakes(self, token: Token) -> bool:
        """Go on when the condition holds."""
        return wake_conditional(self, token)

    def triggered(self, token: Token, variables: dict[str, Any]) -> None:
        """Go on with what the event brought."""
        brought, outer = self.gather(token, variables), token.scope
        if brought is None:
            return
        if token.internal_data.get("gateway") and outer is not None:
            if isinstance(outer.node, EventBasedGateway):
                outer.node.chosen(outer, token, brought)
        elif "part" in token.internal_data and outer is not None:
            self.complete(outer, brought)
        else:
            self.complete(token, brought)


class BoundaryEvent(Event):
    """Listens while the activity it is attached to runs."""

    is_implicit_start = False

    def arm(self, token: Token) -> None:
        """Begin to listen."""
        listen(self, token)

    def wakes(self, token: Token) -> bool:
        """Fire when the condition holds."""
        return wake_conditional(self, token)

    def triggered(self, token: Token, variables: dict[str, Any]) -> None:
        """Interrupting: end the activity and go on here. Otherwise: go on beside it and keep listening."""
        execution, host = token.execution, token.scope
        scope = host.scope if host is not None else None
        if host is None or scope is None:
            raise ExecutionError(_("Sự kiện biên không gắn với bước nào."), element=self.element.id)
        brought = self.gather(token, variables)
        if brought is None:
            return
        host.set_all(brought)
        execution.happened("element.entered", token)
        execution.happened("element.completed", token)
        if self.element.is_interrupting and not behaviour.is_reporting(host):
            execution.remove(host, is_cancelled=True)
        else:
            compensation.boundary_fired(host)
            self.repeat(token)
        execution.continue_from(self, scope)


def repeat(node: Node, token: Token) -> None:
    """After a non-interrupting event: keep listening, or re-arm a cycle, or stop a timer that fires once."""
    facts = token.internal_data
    if token.event.kind == "message":
        listen(node, token)
    if token.event.kind != "timer":
        return
    remaining, interval = facts.get("remaining"), facts.get("interval")
    if remaining is None or remaining == 0 or not interval:
        token.execution.remove(token, is_cancelled=False)
        return
    due = datetime.fromisoformat(facts["due"])
    due = later(due, iso.parse_duration(interval))
    facts.update(due=due.isoformat(), remaining=remaining - 1 if remaining > 0 else remaining)
    token.execution.effects.append(TimerArmed(token=token.id, element=node.element.id, due_at=due))


def wake_conditional(node: Node, token: Token) -> bool:
    """Trigger a conditional event when its condition becomes true (§13.5.2: on the change from false)."""
    event = token.event
    if event.kind != "conditional" or event.expression is None:
        return False
    is_true = holds(token, event.expression)
    was_true = token.internal_data.get("was_true", False)
    token.internal_data["was_true"] = is_true
    if not is_true or was_true:
        return False
    node.triggered(token, {})
    return True


def payload(node: Node, token: Token) -> dict[str, Any]:
    """Give what a thrown event carries: its input mappings."""
    return {m.target: evaluate_json(token, m.value) for m in node.element.inputs}


def throw(node: Node, token: Token) -> bool:
    """Throw what an event throws, every definition of a multiple one (BPMN 2.0 §10.5.3).

    Messages and signals leave before escalations, which may end the thrower; errors and ends come last, by
    the end event itself. False when the token has to wait, as for a compensation.
    """
    events = node.element.definitions
    goes_on = True
    for event in sorted(events, key=lambda event: event.kind == "escalation"):
        goes_on = _throw(node, token, event) and goes_on
    return goes_on


def _throw(node: Node, token: Token, event: EventDefinition) -> bool:
    execution = token.execution
    if event.kind == "message":
        key = text_of(token, event.correlation_key) or ""
        execution.send(token, event.name or "", key, payload(node, token))
    elif event.kind == "signal":
        execution.signal(event.name or "", payload(node, token))
    elif event.kind == "escalation" and token.id in execution.tasks:
        execution.happened("escalation.thrown", token, {"code": event.name})
        execution.throw(token, "escalation", event.name, payload(node, token))
    elif event.kind == "compensation":
        return not compensation.throw(token, event)
    return True
