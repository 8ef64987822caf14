"""Embedded sub-processes and call activities (BPMN 2.0 §13.3.4–5)."""

from datetime import datetime
from typing import Any

from engine.spiff import compensation
from engine.spiff.effects import Callee, ChildrenCalled
from engine.spiff.elements import MultiInstance, StandardLoop
from engine.spiff.errors import ExecutionError
from engine.spiff.expressions import evaluate_json, moment_of, text_of
from engine.spiff.nodes import behaviour
from engine.spiff.nodes.activities import Activity
from engine.spiff.nodes.tasks import PlainTask
from engine.spiff.token import STARTED, Token
from foundation.texts import _


class SubProcess(PlainTask):
    """A scope inside the process with starts, ends and variables of its own."""

    is_implicit_start = True

    def work(self, token: Token) -> bool | None:
        """Open the scope."""
        token._set_state(STARTED)
        token.execution.open_scope(token)
        return None

    def scope_done(self, token: Token) -> None:
        """The last token inside is gone: the sub-process is done, or one of its instances is."""
        if not self.opens_scope(token):
            return
        if compensation.is_under_way(token):
            if not compensation.go_on(token):
                self.undone(token)
            return
        token._set_state(STARTED)
        if self.element.is_event_subprocess:
            execution, scope = token.execution, token.scope
            compensation.remember(token)
            execution.happened("element.completed", token)
            execution.remove(token, is_cancelled=False)
            if scope is not None:
                execution.check_scope(scope)
        else:
            self.finish(token)

    def opens_scope(self, token: Token) -> bool:
        """Each instance of a repeated sub-process is a scope; the token around them is none."""
        return "total" not in token.internal_data and "rounds" not in token.internal_data

    def undone(self, token: Token) -> None:
        """Leave the completed sub-process that was brought back: all inside it is undone."""
        execution, scope = token.execution, token.scope
        execution.remove(token, is_cancelled=False)
        if scope is not None:
            execution.check_scope(scope)


class Transaction(SubProcess):
    """A sub-process that can be cancelled: what completed is undone, then the cancel boundary goes on."""

    def undone(self, token: Token) -> None:
        """Hand over to the cancel boundary event; a transaction brought back only leaves."""
        if compensation.RESTORED in token.internal_data:
            super().undone(token)
            return
        listener = next((t for t in token.inside() if t.catches("cancel", None)), None)
        if listener is None:
            raise ExecutionError(
                _("Giao dịch “{name}” bị hủy nhưng không có sự kiện biên hủy để đi tiếp.", name=self.title),
                element=self.element.id,
            )
        token.execution.happened("cancel.caught", listener)
        listener.node.triggered(listener, {})


class CallActivity(Activity):
    """Starts other processes as instances of their own: one token and a counter, however many they are."""

    rows = ("children",)

    def execute(self, token: Token) -> bool | None:
        """Arm the boundary events and call one child, or one per item."""
        self.arm_boundaries(token)
        multi = self.element.multi
        if self.element.loop is not None and multi is None:
            return self._begin_calls(token, self.element.loop)
        if multi is None:
            token.internal_data.update(total=1, done=0, started=0)
            self._call(token, [self._callee(token, None, None)])
            return None
        items = self.items(token, multi)
        token.internal_data.update(total=len(items), done=0, started=0)
        if not items:
            return self._apply(token, multi)
        if multi.is_sequential:
            token.internal_data["items"] = items
            items = items[:1]
        self._call(token, [self._callee(token, multi, item) for item in items])
        return None

    def _begin_calls(self, token: Token, loop: StandardLoop) -> bool | None:
        """Call one child after the other while the condition holds (BPMN 2.0 §13.3.6)."""
        token.internal_data.update(rounds=0, total=0, done=0, started=0, body="loopBody")
        if loop.test_before and not self._loops_again(token):
            return True
        self._call_again(token)
        return None

    def _call_again(self, token: Token) -> None:
        facts = token.internal_data
        facts["rounds"] += 1
        token.data["loopCounter"] = facts["rounds"]
        callee = self._callee(token, None, None)
        if self.handler is not None:
            facts.setdefault("called", {})[callee.key] = {"loopCounter": facts["rounds"]}
        self._call(token, [callee])

    def _callee(self, token: Token, multi: MultiInstance | None, item: Any) -> Callee:
        call, facts = self.element.call, token.internal_data
        facts["started"] += 1
        local: dict[str, Any] = {}
        key = str(facts["started"])
        if multi is not None:
            local = {multi.element_variable: item, "loopCounter": facts["started"]}
        variables = {**token.variables(), **local}
        if multi is not None:
            if multi.element_key is not None:
                key = str(evaluate_json(token, multi.element_key, variables=variables))
            if self.handler is not None:
                facts.setdefault("called", {})[key] = dict(local)
        given = dict(variables) if call.all_inputs else {}
        for mapping in call.inputs:
            given[mapping.target] = evaluate_json(token, mapping.value, variables=variables)
        business_key = None
        if call.business_key is not None:
            business_key = evaluate_json(token, call.business_key, variables=variables)
        return Callee(
            key=key,
            variables=given,
            business_key=None if business_key is None else str(business_key),
            local=local,
            due_at=self.due_of(token, local),
        )

    def due_of(self, token: Token, local: dict[str, Any]) -> datetime | None:
        """Give until when a child should have ended, worked out with the variables of its item."""
        due = self.element.attribute("dueDate")
        if due is None:
            return None
        variables = {**token.variables(), **local}
        return moment_of(token, due, what=_("Thời hạn"), day_ends=True, variables=variables)

    def _call(self, token: Token, callees: list[Callee]) -> None:
        element = self.element
        process = text_of(token, element.attribute("calledElement"))
        if not process:
            raise ExecutionError(
                _("Bước gọi “{name}” chưa chọn quy trình.", name=self.title), element=element.id
            )
        keys = [callee.key for callee in callees]
        if len(set(keys)) != len(keys):
            raise ExecutionError(
                _("Khóa phần tử của bước “{name}” bị trùng.", name=self.title), element=element.id
            )
        multi = element.multi
        token.execution.effects.append(
            ChildrenCalled(
                token=token.id,
                element=element.id,
                name=self.title,
                process=process,
                binding=element.call.binding,
                version=element.call.version,
                callees=tuple(callees),
                outputs=element.call.outputs,
                all_outputs=element.call.all_outputs,
                output_element=multi.output_element if multi is not None else None,
                is_dated=element.attribute("dueDate") is not None,
                ladder=element.ladder,
            )
        )

    def child_ended(self, token: Token, *, key: str, outcome: str) -> None:
        """Count one ended child; with the last one, or when the completion condition holds, go on."""
        facts, multi = token.internal_data, self.element.multi
        is_withdrawn = multi is not None and outcome == "cancelled"
        counter = "withdrawn" if is_withdrawn else "done"
        facts[counter] = facts.get(counter, 0) + 1
        called = facts.get("called", {}).pop(key, None)
        if called is not None and outcome != "cancelled":
            compensation.remember_child(token, key, called)
        is_over = multi is None or behaviour.is_exhausted(token)
        if multi is not None and not is_withdrawn:
            is_over = behaviour.report(token, multi) or self.is_satisfied(token, multi) or is_over
        if token.id not in token.execution.tasks:
            return
        if multi is not None and not is_over:
            if multi.is_sequential:
                self._call(token, [self._callee(token, multi, facts["items"][facts["started"]])])
            return
        self._apply(token, multi)
        if multi is None and self.element.loop is not None and self._loops_again(token):
            self._call_again(token)
            return
        self.leave_outer(token)

    def _apply(self, token: Token, multi: MultiInstance | None) -> bool:
        """Give the results back: a mapping keyed by element, or the out mappings of the only child."""
        results = token.execution.ports.child_results(token.id) if token.internal_data["started"] else []
        if multi is None:
            for _key, result in results[-1:]:  # of a loop the rounds before have given theirs
                if token.scope is not None and isinstance(result, dict):
                    token.scope.set_all(result)
            given = {m.target: evaluate_json(token, m.value) for m in self.element.outputs}
            if token.scope is not None:
                token.scope.set_all(given)
        elif multi.output_collection and token.scope is not None:
            keyed = dict(results)
            token.scope.set(multi.output_collection, keyed if multi.element_key else list(keyed.values()))
        return True
