"""Events: start, end, intermediate, boundary (BPMN 2.0 §13.5)."""

from datetime import datetime
from typing import Any

from engine.feel import iso
from engine.spiff import compensation
from engine.spiff.effects import EventAwaited, MessageThrown, TimerArmed
from engine.spiff.errors import ExecutionError
from engine.spiff.expressions import due_moment, evaluate_json, holds, later, text_of
from engine.spiff.nodes import behaviour
from engine.spiff.nodes.base import Node
from engine.spiff.nodes.gateways import EventBasedGateway
from engine.spiff.token import STARTED, WAITING, Token
from foundation.texts import _


def listen(node: Node, token: Token) -> None:
    """Report what a waiting token waits for: a timer row or a subscription row."""
    event, execution = node.element.event, token.execution
    if event.kind == "timer":
        due, remaining, interval = due_moment(token, event)
        token.internal_data.update(due=due.isoformat(), remaining=remaining, interval=interval)
        execution.effects.append(TimerArmed(token=token.id, element=node.element.id, due_at=due))
    elif event.kind == "conditional":
        execution.listen_for_condition(token)
    elif event.kind in {"message", "signal"}:
        key = text_of(token, event.correlation_key) or ""
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
        kind = self.element.event.kind
        return ("timer",) if kind == "timer" else ("subscription",) if kind in {"message", "signal"} else ()


class StartEvent(Event):
    """Where a process or sub-process begins; in an event sub-process it listens beside the flow."""

    @property
    def is_none_start(self) -> bool:  # type: ignore[override]  # decided per element, not per class
        """Starts whenever its scope starts."""
        return self.element.event.kind == "none"

    def arm(self, token: Token) -> None:
        """Begin to listen for the event that starts the event sub-process."""
        listen(self, token)

    def catches(self, kind: str, code: str | None) -> bool:
        """Catch the same code, or any when none is drawn."""
        event = self.element.event
        return event.kind == kind and event.name in {None, code}

    def wakes(self, token: Token) -> bool:
        """Start the event sub-process when its condition holds."""
        return wake_conditional(self, token)

    def triggered(self, token: Token, variables: dict[str, Any]) -> None:
        """Start the event sub-process; interrupting, it first ends what runs in the scope."""
        scope, execution = token.scope, token.execution
        subprocess = self.graph.node(self.scope or "")
        if scope is None:
            return
        if self.element.is_interrupting:
            for other in scope.inside():
                if other.node.element.attached_to != scope.node.element.id:
                    execution.remove(other, is_cancelled=True)
        else:
            repeat(self, token)
        running = execution.spawn(
            subprocess, scope, state=STARTED, internal={"entered": True}, data=dict(variables)
        )
        execution.happened("element.entered", running)
        execution.spawn(self, running)


class ThrowEvent(Node):
    """What end events and intermediate throw events share: while it undoes activities it is their scope."""

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
        event, execution = self.element.event, token.execution
        if event.kind == "error":
            execution.fail(token, event.name, payload(self, token), event.message)
            return None
        if event.kind == "terminate":
            self._terminate(token)
            return None
        if event.kind == "cancel":
            compensation.cancel(token)
            return None
        return throw(self, token) and token.id in execution.tasks

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

    def execute(self, token: Token) -> bool | None:
        """Begin to listen."""
        if self.element.event.kind == "none":
            return True
        token._set_state(WAITING)
        listen(self, token)
        return None

    def arm(self, token: Token) -> None:
        """Listen on behalf of an event-based gateway."""
        listen(self, token)

    def wakes(self, token: Token) -> bool:
        """Go on when the condition holds."""
        return wake_conditional(self, token)

    def triggered(self, token: Token, variables: dict[str, Any]) -> None:
        """Go on with what the event brought."""
        gateway = token.scope
        if token.internal_data.get("gateway") and gateway is not None:
            if isinstance(gateway.node, EventBasedGateway):
                gateway.node.chosen(gateway, token, variables)
        else:
            self.complete(token, variables)


class BoundaryEvent(Event):
    """Listens while the activity it is attached to runs."""

    is_implicit_start = False

    def arm(self, token: Token) -> None:
        """Begin to listen."""
        listen(self, token)

    def catches(self, kind: str, code: str | None) -> bool:
        """Catch the same error or escalation code, or any when none is drawn."""
        event = self.element.event
        return event.kind == kind and event.name in {None, code}

    def wakes(self, token: Token) -> bool:
        """Fire when the condition holds."""
        return wake_conditional(self, token)

    def triggered(self, token: Token, variables: dict[str, Any]) -> None:
        """Interrupting: end the activity and go on here. Otherwise: go on beside it and keep listening."""
        execution, host = token.execution, token.scope
        scope = host.scope if host is not None else None
        if host is None or scope is None:
            raise ExecutionError(_("Sự kiện biên không gắn với bước nào."), element=self.element.id)
        host.set_all(variables)
        execution.happened("element.entered", token)
        execution.happened("element.completed", token)
        if self.element.is_interrupting and not behaviour.is_reporting(host):
            execution.remove(host, is_cancelled=True)
        else:
            compensation.boundary_fired(host)
            repeat(self, token)
        execution.continue_from(self, scope)


def repeat(node: Node, token: Token) -> None:
    """After a non-interrupting event: keep listening, or re-arm a cycle, or stop a timer that fires once."""
    facts = token.internal_data
    if node.element.event.kind == "message":
        listen(node, token)
    if node.element.event.kind != "timer":
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
    event = node.element.event
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
    """Throw the message, signal, escalation or compensation of an event; False when the token has to wait."""
    event, execution = node.element.event, token.execution
    if event.kind == "message":
        key = text_of(token, event.correlation_key) or ""
        message = MessageThrown(name=event.name or "", correlation_key=key, variables=payload(node, token))
        execution.effects.append(message)
    elif event.kind == "signal":
        execution.signal(event.name or "", payload(node, token))
    elif event.kind == "escalation":
        execution.happened("escalation.thrown", token, {"code": event.name})
        execution.throw(token, "escalation", event.name, payload(node, token))
    elif event.kind == "compensation":
        return not compensation.throw(token, event)
    return True
