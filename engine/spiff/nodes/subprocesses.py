"""Embedded sub-processes and call activities (BPMN 2.0 §13.3.4–5)."""

from typing import Any

from engine.spiff.effects import Callee, ChildrenCalled
from engine.spiff.elements import MultiInstance
from engine.spiff.errors import ExecutionError
from engine.spiff.expressions import evaluate_json, text_of
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
        if "total" in token.internal_data or "rounds" in token.internal_data:
            return
        token._set_state(STARTED)
        if self.element.is_event_subprocess:
            execution, scope = token.execution, token.scope
            execution.happened("element.completed", token)
            execution.remove(token, is_cancelled=False)
            if scope is not None:
                execution.check_scope(scope)
        else:
            self.finish(token)


class CallActivity(Activity):
    """Starts other processes as instances of their own: one token and a counter, however many they are."""

    rows = ("children",)

    def execute(self, token: Token) -> bool | None:
        """Arm the boundary events and call one child, or one per item."""
        self.arm_boundaries(token)
        multi = self.element.multi
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

    def _callee(self, token: Token, multi: MultiInstance | None, item: Any) -> Callee:
        call, facts = self.element.call, token.internal_data
        facts["started"] += 1
        variables = token.variables()
        key = str(facts["started"])
        if multi is not None:
            variables = {**variables, multi.element_variable: item, "loopCounter": facts["started"]}
            if multi.element_key is not None:
                key = str(evaluate_json(token, multi.element_key, variables=variables))
        given = dict(variables) if call.all_inputs else {}
        for mapping in call.inputs:
            given[mapping.target] = evaluate_json(token, mapping.value, variables=variables)
        business_key = None
        if call.business_key is not None:
            business_key = evaluate_json(token, call.business_key, variables=variables)
        return Callee(
            key=key, variables=given, business_key=None if business_key is None else str(business_key)
        )

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
                process=process,
                binding=element.call.binding,
                version=element.call.version,
                callees=tuple(callees),
                outputs=element.call.outputs,
                all_outputs=element.call.all_outputs,
                output_element=multi.output_element if multi is not None else None,
            )
        )

    def child_ended(
        self, token: Token, *, outcome: str, error_code: str | None, result: dict[str, Any]
    ) -> None:
        """Count one ended child; with the last one, or when the completion condition holds, go on."""
        if outcome == "failed":
            token.execution.fail(token, error_code, result)
            return
        facts, multi = token.internal_data, self.element.multi
        facts["done"] += 1
        if multi is not None and not self.is_satisfied(token, multi) and facts["done"] < facts["total"]:
            if multi.is_sequential:
                self._call(token, [self._callee(token, multi, facts["items"][facts["started"]])])
            return
        self._apply(token, multi)
        self.leave_outer(token)

    def _apply(self, token: Token, multi: MultiInstance | None) -> bool:
        """Give the results back: a mapping keyed by element, or the out mappings of the only child."""
        results = token.execution.ports.child_results(token.id) if token.internal_data["started"] else []
        if multi is None:
            for _key, result in results:
                if token.scope is not None and isinstance(result, dict):
                    token.scope.set_all(result)
        elif multi.output_collection and token.scope is not None:
            keyed = dict(results)
            token.scope.set(multi.output_collection, keyed if multi.element_key else list(keyed.values()))
        return True
