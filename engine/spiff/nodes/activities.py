"""What all activities share: boundary events, multi-instance and loops (BPMN 2.0 §13.3)."""

from typing import Any

from engine.spiff import compensation, data
from engine.spiff.elements import DataFlow, MultiInstance, Value
from engine.spiff.errors import ExecutionError, wrong_type
from engine.spiff.expressions import evaluate_json, holds, items_of, number_of
from engine.spiff.nodes import behaviour
from engine.spiff.nodes.base import Node
from engine.spiff.token import READY, STARTED, WAITING, Token
from foundation.texts import _

#: an embedded multi-instance larger than this should be a call activity
EMBEDDED_LIMIT = 10_000


class Activity(Node):
    """A task or sub-process. The outer token carries the boundary events and the loop; inner tokens work."""

    def _run_hook(self, my_task: Token) -> bool | None:
        if self.element.start_quantity > 1 and not self._has_enough(my_task):
            return None
        return super()._run_hook(my_task)

    def _has_enough(self, token: Token) -> bool:
        """Wait until `startQuantity` tokens have come, over whatever flow, and make one of them (§13.3.1)."""
        facts = token.internal_data
        if "inner" in facts or "entered" in facts:
            return True
        facts["joins"] = True
        token._set_state(WAITING)
        beside = token.scope.inside() if token.scope is not None else []
        come = [one for one in beside if one.node is self and "joins" in one.internal_data]
        if len(come) < self.element.start_quantity:
            return False
        others = [one for one in come if one is not token][: self.element.start_quantity - 1]
        for other in others:
            token.execution.remove(other, is_cancelled=False)
        del facts["joins"]
        token._set_state(READY)
        return True

    def is_join_waiting(self, token: Token) -> bool:
        """A token that is too few waits for others."""
        return "joins" in token.internal_data

    def execute(self, token: Token) -> bool | None:
        """Arm the boundary events once, then loop or work."""
        if "inner" in token.internal_data:
            return self.begin(token)
        self.arm_boundaries(token)
        if self.element.multi is not None:
            return self._begin_instances(token, self.element.multi)
        if self.element.loop is not None:
            return self._begin_loop(token)
        return self.begin(token)

    def begin(self, token: Token) -> bool | None:
        """Do the work of one instance of the activity."""
        return self.work(token)

    def work(self, token: Token) -> bool | None:
        """Do what this kind of activity does; True when done at once."""
        return True

    def finish(self, token: Token) -> None:
        """Apply the output mappings; an inner instance reports to the outer token."""
        is_inner = "inner" in token.internal_data
        if self.element.outputs and (is_inner or not self._repeats):
            results = {m.target: evaluate_json(token, m.value) for m in self.element.outputs}
            scope = token.scope
            if scope is not None:
                scope.set_all(results)
        if is_inner or not self._repeats:
            for flow in self.element.data_outputs:
                if token.scope is not None:
                    token.scope.set_all(moved(token, flow))
        compensation.remember(token)
        if not is_inner:
            super().finish(token)
            return
        token.execution.happened("element.completed", token)
        outer = token.scope
        if outer is not None:
            self._inner_done(outer, token)

    def complete(self, token: Token, variables: dict[str, Any]) -> None:
        """Finish from outside. Results stay local where a mapping or an output collection picks from them."""
        multi = self.element.multi
        if self.element.outputs or (multi is not None and multi.output_collection):
            token.data.update(variables)
        elif token.scope is not None:
            token.scope.set_all(variables)
        super().complete(token, {})

    @property
    def _repeats(self) -> bool:
        return self.element.multi is not None or self.element.loop is not None

    # --- multi-instance -----------------------------------------------------------------------------

    def _begin_instances(self, token: Token, multi: MultiInstance) -> bool | None:
        items = self.items(token, multi)
        token.internal_data.update(total=len(items), done=0, started=0, body="multiInstanceBody")
        if multi.output_collection:
            token.data["#results"] = {}
        if not items:
            return self._instances_done(token, multi)
        if multi.is_sequential:
            token.internal_data["items"] = items
            self._start_instance(token, multi, items[0])
        else:
            for item in items:
                self._start_instance(token, multi, item)
        return None

    def items(self, token: Token, multi: MultiInstance) -> list[Any]:
        """Give the items of the multi-instance; a cardinality counts from 1."""
        if multi.collection is not None:
            items = items_of(token, multi.collection)
        else:
            items = list(range(1, count_of(token, multi.cardinality) + 1))
        if len(items) > EMBEDDED_LIMIT:
            raise ExecutionError(
                _(
                    "Bước “{name}” lặp {count} lần, quá giới hạn {limit}.",
                    name=self.title,
                    count=len(items),
                    limit=EMBEDDED_LIMIT,
                ),
                element=self.element.id,
            )
        return items

    def _start_instance(self, outer: Token, multi: MultiInstance, item: Any) -> None:
        position = outer.internal_data["started"] + 1
        outer.internal_data["started"] = position
        data = {multi.element_variable: item, "loopCounter": position}
        inner = outer.execution.spawn(self, outer, internal={"inner": position}, data=data)
        inner.internal_data["key"] = str(position)
        if multi.element_key is not None:
            self._name_instance(outer, inner, str(evaluate_json(inner, multi.element_key)))

    def _name_instance(self, outer: Token, inner: Token, key: str) -> None:
        """Give an instance its own key; a second instance with the same key would take its result away."""
        keys = outer.internal_data.setdefault("keys", {})
        if key in keys:
            raise ExecutionError(
                _("Khóa phần tử của bước “{name}” bị trùng.", name=self.title), element=self.element.drawn_id
            )
        keys[key] = True
        inner.internal_data["key"] = key

    def _inner_done(self, outer: Token, inner: Token) -> None:
        multi, loop = self.element.multi, self.element.loop
        if multi is not None:
            if multi.output_collection:
                value = evaluate_json(inner, multi.output_element) if multi.output_element else None
                facts = inner.internal_data
                outer.data["#results"][str(facts["inner"])] = [facts["key"], value]
            outer.execution.remove(inner, is_cancelled=False)
            self._instance_done(outer, multi)
        elif loop is not None:
            outer.execution.remove(inner, is_cancelled=False)
            if self._loops_again(outer):
                self._start_round(outer)
            else:
                self.leave_outer(outer)

    def _instance_done(self, outer: Token, multi: MultiInstance) -> None:
        outer.internal_data["done"] += 1
        is_over = behaviour.report(outer, multi)
        if outer.id not in outer.execution.tasks:
            return
        if is_over or self.is_satisfied(outer, multi):
            for token in outer.inside():
                if "inner" in token.internal_data:
                    outer.execution.remove(token, is_cancelled=True)
            self._leave_instances(outer, multi)
        else:
            self._next_instance(outer, multi)

    def _next_instance(self, outer: Token, multi: MultiInstance) -> None:
        """Start the next of a sequence; when none is left to start or to wait for, go on."""
        facts = outer.internal_data
        if behaviour.is_exhausted(outer):
            self._leave_instances(outer, multi)
        elif multi.is_sequential:
            self._start_instance(outer, multi, facts["items"][facts["started"]])

    def _leave_instances(self, outer: Token, multi: MultiInstance) -> None:
        self._instances_done(outer, multi)
        self.leave_outer(outer)

    def withdraw(self, inner: Token) -> None:
        """Take one instance of a repeated activity back: the others, or the next one, go on without it.

        It counts as terminated, so the number of instances stays. A round of a loop that is taken back ends
        the loop.
        """
        outer, multi = inner.scope, self.element.multi
        if outer is None:
            return
        outer.execution.remove(inner, is_cancelled=True)
        if multi is None:
            self.leave_outer(outer)
            return
        outer.internal_data["withdrawn"] = outer.internal_data.get("withdrawn", 0) + 1
        self._next_instance(outer, multi)

    def is_satisfied(self, outer: Token, multi: MultiInstance) -> bool:
        """Tell whether the completion condition holds, with the standard counters (BPMN 2.0 table 10.30)."""
        if multi.completion_condition is None:
            return False
        return behaviour.holds_with_counters(outer, multi.completion_condition)

    def _instances_done(self, outer: Token, multi: MultiInstance) -> bool:
        if multi.output_collection:
            kept = outer.data.pop("#results")
            results = [kept[position] for position in sorted(kept, key=int)]
            values = [value for _key, value in results]
            outer.set(multi.output_collection, dict(results) if multi.element_key else values)
        return True

    # --- standard loop ------------------------------------------------------------------------------

    def _begin_loop(self, token: Token) -> bool | None:
        loop = self.element.loop
        token.internal_data.update(rounds=0, body="loopBody")
        if loop is not None and loop.test_before and not self._loops_again(token):
            return True
        self._start_round(token)
        return None

    def _loops_again(self, outer: Token) -> bool:
        loop = self.element.loop
        if loop is None:
            return False
        if loop.maximum is not None and outer.internal_data["rounds"] >= count_of(outer, loop.maximum):
            return False
        outer.data["loopCounter"] = outer.internal_data["rounds"]
        return loop.condition is None or holds(outer, loop.condition)

    def _start_round(self, outer: Token) -> None:
        outer.internal_data["rounds"] += 1
        outer.data["loopCounter"] = outer.internal_data["rounds"]
        outer.execution.spawn(
            self, outer, state=READY, internal={"inner": outer.internal_data["rounds"]}, data={}
        )

    # --- the outer token ----------------------------------------------------------------------------

    def leave_outer(self, outer: Token) -> None:
        """The whole activity is done: record it and go on."""
        outer._set_state(STARTED)
        compensation.remember(outer)
        outer.execution.happened("element.completed", outer)
        outer.execution.leave(outer)


def count_of(token: Token, count: Value | None) -> int:
    """Give how often an activity repeats; a negative number has no meaning and is an incident."""
    found = number_of(token, count, 0)
    if found < 0:
        source = "" if count is None else count.text
        element = token.node.element.id
        raise wrong_type(element, _("Số lần lặp"), source, _("một số nguyên từ 0 trở lên"), found)
    return found


def moved(token: Token, flow: DataFlow) -> dict[str, Any]:
    """Give the variable a data association sets (BPMN 2.0 §10.4.2)."""
    if flow.value is None:
        return data.copied(flow, token.variables())
    return {flow.target: evaluate_json(token, flow.value)}
