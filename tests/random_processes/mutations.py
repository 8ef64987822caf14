"""Rules of the engine, each broken in one way, to see that the random processes notice it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine import children, turns
from engine.spiff import expressions
from engine.spiff.execution import Execution
from engine.spiff.nodes import events
from engine.spiff.nodes.activities import Activity
from engine.spiff.nodes.events import BoundaryEvent, EndEvent, StartEvent
from engine.spiff.nodes.gateways import EventBasedGateway, ExclusiveGateway, InclusiveGateway, ParallelGateway
from engine.spiff.nodes.subprocesses import SubProcess
from engine.spiff.token import Token

Break = Callable[[pytest.MonkeyPatch], None]


def a_parallel_join_forgets_a_branch(patch: pytest.MonkeyPatch) -> None:
    def wakes(self: ParallelGateway, token: Token) -> bool:
        waiting = self.arrived(token)
        if len(waiting) < max(1, len(self.incoming) - 1):
            return False
        self.route(self.merge([tokens[0] for tokens in waiting.values()]), self.outgoing)
        return True

    patch.setattr(ParallelGateway, "wakes", wakes)


def an_interrupting_boundary_event_leaves_its_activity(patch: pytest.MonkeyPatch) -> None:
    right = Execution.remove

    def triggered(self: BoundaryEvent, token: Token, variables: dict[str, Any]) -> None:
        host = token.scope
        assert host is not None
        assert host.scope is not None
        host.set_all(variables)
        token.execution.happened("element.completed", token)
        right(token.execution, token, is_cancelled=False)
        token.execution.continue_from(self, host.scope)

    patch.setattr(BoundaryEvent, "triggered", triggered)


def an_event_beside_interrupts(patch: pytest.MonkeyPatch) -> None:
    right = BoundaryEvent.triggered

    def triggered(self: BoundaryEvent, token: Token, variables: dict[str, Any]) -> None:
        host = token.scope
        right(self, token, variables)
        if host is not None and host.id in token.execution.tasks:
            token.execution.remove(host, is_cancelled=True)

    patch.setattr(BoundaryEvent, "triggered", triggered)


def a_multi_instance_ends_one_early(patch: pytest.MonkeyPatch) -> None:
    right = Activity._instance_done

    def done(self: Activity, outer: Token, multi: Any) -> None:
        if outer.internal_data["done"] == 0 and outer.internal_data["total"] > 1:
            outer.internal_data["total"] -= 1
        right(self, outer, multi)

    patch.setattr(Activity, "_instance_done", done)


def a_completion_condition_is_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Activity, "is_satisfied", lambda *_given: False)


def a_default_flow_is_always_taken(patch: pytest.MonkeyPatch) -> None:
    right = ExclusiveGateway.execute

    def execute(self: ExclusiveGateway, token: Token) -> bool | None:
        default = [flow for flow in self.outgoing if flow.id == self.element.default_flow]
        if not default:
            return right(self, token)
        self.route(token, default)
        return None

    patch.setattr(ExclusiveGateway, "execute", execute)


def a_timer_is_a_minute_late(patch: pytest.MonkeyPatch) -> None:
    right = expressions.due_moment

    def late(token: Token, event: Any) -> Any:
        due, remaining, interval = right(token, event)
        return due + timedelta(minutes=1), remaining, interval

    patch.setattr(events, "due_moment", late)


def a_cycle_fires_once_too_often(patch: pytest.MonkeyPatch) -> None:
    right = expressions.due_moment

    def often(token: Token, event: Any) -> Any:
        due, remaining, interval = right(token, event)
        return due, remaining + 1 if remaining is not None else None, interval

    patch.setattr(events, "due_moment", often)


def variables_of_a_scope_leak(patch: pytest.MonkeyPatch) -> None:
    def set_(self: Token, name: str, value: Any) -> None:
        self.execution.root.data[name] = value

    patch.setattr(Token, "set", set_)


def an_inclusive_join_waits_for_nobody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(InclusiveGateway, "_is_awaited", lambda *_given: False)


def an_inclusive_join_waits_for_what_comes_round_a_loop(patch: pytest.MonkeyPatch) -> None:
    def awaited(self: InclusiveGateway, start: str, waiting: Any) -> bool:
        return any(
            flow.id not in waiting and self.graph.reaches(start, flow, avoiding=self.element.id)
            for flow in self.incoming
        )

    patch.setattr(InclusiveGateway, "_is_awaited", awaited)


def an_inclusive_split_takes_one_branch(patch: pytest.MonkeyPatch) -> None:
    right = InclusiveGateway.route
    patch.setattr(InclusiveGateway, "route", lambda self, token, flows: right(self, token, flows[:1]))


def an_event_gateway_leaves_the_other_arm_alive(patch: pytest.MonkeyPatch) -> None:
    def chosen(self: EventBasedGateway, token: Token, event_token: Token, variables: dict[str, Any]) -> None:
        execution, scope, event = token.execution, token.scope, event_token.node
        event_token.set_all(variables)
        execution.happened("element.completed", token)
        execution.happened("element.completed", event_token)
        execution.remove(event_token, is_cancelled=False)
        assert scope is not None
        execution.continue_from(event, scope)

    patch.setattr(EventBasedGateway, "chosen", chosen)


def a_sub_process_ends_with_its_first_path(patch: pytest.MonkeyPatch) -> None:
    right = Execution.check_scope

    def check(self: Execution, scope: Token) -> None:
        if scope.id in self.tasks and isinstance(scope.node, SubProcess):
            for inner in scope.inside():
                self.remove(inner, is_cancelled=True)
        right(self, scope)

    patch.setattr(Execution, "check_scope", check)


def an_event_sub_process_does_not_interrupt(patch: pytest.MonkeyPatch) -> None:
    right = Execution.remove

    def triggered(self: StartEvent, token: Token, variables: dict[str, Any]) -> None:
        def remove(execution: Execution, other: Token, *, is_cancelled: bool) -> None:
            if other is token or other.scope is not token.scope:
                right(execution, other, is_cancelled=is_cancelled)

        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(Execution, "remove", remove)
            right_triggered(self, token, variables)

    right_triggered = StartEvent.triggered
    patch.setattr(StartEvent, "triggered", triggered)


def an_error_is_caught_by_the_next_boundary_event_whatever_its_code(patch: pytest.MonkeyPatch) -> None:
    right = Token.catches

    def catches(self: Token, kind: str, code: str | None) -> bool:
        if not isinstance(self.node, BoundaryEvent):
            return right(self, kind, code)
        return self.event.kind == kind

    patch.setattr(Token, "catches", catches)


def a_terminate_end_ends_only_its_path(patch: pytest.MonkeyPatch) -> None:
    def terminate(self: EndEvent, token: Token) -> None:
        token.execution.happened("element.completed", token)
        scope = token.scope
        token.execution.remove(token, is_cancelled=False)
        assert scope is not None
        token.execution.check_scope(scope)

    patch.setattr(EndEvent, "_terminate", terminate)


def a_loop_makes_one_round_more(patch: pytest.MonkeyPatch) -> None:
    right = Activity._loops_again

    def again(self: Activity, outer: Token) -> bool:
        outer.internal_data["rounds"] -= 1
        try:
            return right(self, outer)
        finally:
            outer.internal_data["rounds"] += 1

    patch.setattr(Activity, "_loops_again", again)


def a_sequential_multi_instance_starts_all_at_once(patch: pytest.MonkeyPatch) -> None:
    def begin(self: Activity, token: Token, multi: Any) -> bool | None:
        return right(self, token, replace(multi, is_sequential=False))

    right = Activity._begin_instances
    patch.setattr(Activity, "_begin_instances", begin)


def a_called_process_gives_everything_back(patch: pytest.MonkeyPatch) -> None:
    right = children._result
    patch.setattr(children, "_result", lambda call, execution: right({**call, "all": True}, execution))


def results_come_in_the_order_of_completion(patch: pytest.MonkeyPatch) -> None:
    def done(self: Activity, outer: Token, multi: Any) -> bool:
        if multi.output_collection:
            kept = outer.data.pop("#results")
            outer.set(multi.output_collection, [value for _key, value in kept.values()])
        return True

    patch.setattr(Activity, "_instances_done", done)


def children_of_a_cancelled_call_live_on(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(children, "cancel", lambda *_given: None)


def a_failed_child_counts_as_done(patch: pytest.MonkeyPatch) -> None:
    right = turns.TURNS["child_ended"]

    def ended(work: Any, instance: Any, payload: dict[str, Any]) -> None:
        right(work, instance, {**payload, "outcome": "completed"})

    patch.setitem(turns.TURNS, "child_ended", ended)


ALL: tuple[Break, ...] = tuple(
    value
    for name, value in list(globals().items())
    if callable(value) and getattr(value, "__module__", "") == __name__ and "_" in name
)
