"""Makes a decision: required decisions first, each once, without recursion (DMN 1.5 §6.2, §10.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.dmn.errors import DecisionError
from engine.dmn.model import Decision, Input, Knowledge, Model, Service, Table
from engine.dmn.program import Program, program_of
from engine.dmn.types import coerced, given
from engine.feel.errors import Warning_
from engine.feel.expressions import finished
from engine.feel.limits import DEFAULT, Limits
from engine.feel.ports import WorkingTime
from engine.feel.run import Frame, Run
from engine.feel.values import Function
from foundation.errors import NotFound
from foundation.texts import _


@dataclass(frozen=True, kw_only=True)
class DecisionResult:
    """What was decided, by which rules, and why parts of it are null."""

    value: Any
    #: 1-based numbers of the rules of the decision's own table, in order
    matched_rules: tuple[int, ...]
    warnings: tuple[Warning_, ...]
    #: values of all decisions made on the way, by name
    decisions: Mapping[str, Any]
    #: matched rules of every table on the way: element id of the table, rule numbers
    trace: tuple[tuple[str, tuple[int, ...]], ...]
    #: True when the value is the list of the results of all rules that matched
    is_list: bool = False
    #: True when each result is a context by the names of several output columns
    has_columns: bool = False


class DecisionRun(Run):
    """An evaluation that also notes which rules matched."""

    __slots__ = ("matched",)

    def __init__(
        self, names: Mapping[str, Any], now: datetime, calendar: WorkingTime | None, limits: Limits
    ) -> None:
        """Begin without matches."""
        super().__init__(names, now, calendar, limits)
        self.matched: list[tuple[str, tuple[int, ...]]] = []
        self.warnings = []


def decide(
    model: Model,
    decision_id: str,
    inputs: Mapping[str, Any],
    *,
    now: datetime,
    calendar: WorkingTime | None = None,
    limits: Limits = DEFAULT,
) -> DecisionResult:
    """Make the decision of an id or name with inputs by name; `now` is aware.

    Raises `NotFound` for an unknown decision, `DecisionError` for a model that cannot run, and
    `FeelLimitExceeded`.
    """
    decision = find(model, decision_id)
    budget = DecisionRun({}, now, calendar, limits)
    making = _Making(program_of(model), inputs, budget)
    found = finished(budget, lambda _frame: making.value_of(decision))
    return DecisionResult(
        value=found.value,
        matched_rules=making.rules.get(decision.element, ()),
        warnings=found.warnings,
        decisions=making.by_name(),
        trace=tuple(budget.matched),
        is_list=isinstance(decision.logic, Table) and decision.logic.gives_list,
        has_columns=isinstance(decision.logic, Table) and len(decision.logic.outputs) > 1,
    )


def invoke(
    model: Model,
    name: str,
    arguments: Mapping[str, Any],
    *,
    now: datetime,
    calendar: WorkingTime | None = None,
    limits: Limits = DEFAULT,
) -> DecisionResult:
    """Call a decision service or knowledge model, by id or name, with arguments by name (DMN 1.5 §6.3.10).

    A service with several outputs gives a context by their names. Raises `NotFound`, `DecisionError` and
    `FeelLimitExceeded`.
    """
    elements: list[Service | Knowledge] = [*model.services.values(), *model.knowledge.values()]
    found = next((one for one in elements if name in {one.element, one.name}), None)
    if found is None:
        raise NotFound(
            _("Mô hình “{model}” không có dịch vụ quyết định “{name}”.", model=model.name, name=name)
        )
    budget = DecisionRun({}, now, calendar, limits)
    function = _Making(program_of(model), arguments, budget).functions[found.element]
    given = [budget.admit(arguments.get(parameter), 0) for parameter in function.parameters]
    result = finished(budget, lambda _frame: budget.call(function, given, 0))
    return DecisionResult(
        value=result.value,
        matched_rules=(),
        warnings=result.warnings,
        decisions={},
        trace=tuple(budget.matched),
    )


def find(model: Model, wanted: str) -> Decision:
    """Give the decision of an id, else of a name. Raises `NotFound`."""
    found = model.decisions.get(wanted) or next(
        (d for d in model.decisions.values() if d.name == wanted), None
    )
    if found is None:
        raise NotFound(
            _("Mô hình “{model}” không có quyết định “{decision}”.", model=model.name, decision=wanted)
        )
    return found


class _Making:
    """One call of `decide`, or of a decision service inside one."""

    def __init__(
        self,
        program: Program,
        inputs: Mapping[str, Any],
        budget: DecisionRun,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        self.program = program
        self.model = program.model
        self.inputs = inputs
        self.budget = budget
        #: values of decisions by id: made here, or given by the caller of a service
        self.made: dict[str, Any] = dict(given or {})
        self.rules: dict[str, tuple[int, ...]] = {}
        self.others: dict[str, _Making] = {}
        self.functions = self._functions()

    def by_name(self) -> dict[str, Any]:
        """Give the values made, by the decisions' names."""
        return {self.model.decisions[key].name: value for key, value in self.made.items()}

    def value_of(self, wanted: Decision) -> Any:
        """Make a decision after those it requires. Raises `DecisionError` when they require each other."""
        waiting: list[tuple[Decision, bool]] = [(wanted, False)]
        open_: set[str] = set()
        while waiting:
            decision, ready = waiting.pop()
            if decision.element in self.made:
                continue
            if ready:
                open_.discard(decision.element)
                self.made[decision.element] = self._make(decision)
                continue
            if decision.element in open_:
                raise DecisionError(
                    _("Quyết định “{name}” cần chính nó (vòng lặp).", name=decision.name),
                    element=decision.element,
                )
            open_.add(decision.element)
            waiting.append((decision, True))
            for reference in decision.decisions:
                required = self.model.decisions.get(reference)
                if required is not None and required.element not in self.made:
                    waiting.append((required, False))
        return self.made[wanted.element]

    def _make(self, decision: Decision) -> Any:
        code = self.program.decisions[decision.element]
        if code is None:
            return self.budget.warn(
                0,
                "missing",
                _("quyết định “{name}” không có biểu thức.", name=decision.name),
                decision.element,
            )
        run = self._run(self._names(decision))
        before = len(run.matched)
        value = code(run)
        value = coerced(run, self.program.types.of(decision.type_ref), value, decision.name)
        self.budget.steps = run.steps
        if decision.logic is not None:
            own = [rules for element, rules in run.matched[before:] if element == decision.logic.element]
            self.rules[decision.element] = own[-1] if own else ()
        return value

    def _run(self, names: Mapping[str, Any]) -> DecisionRun:
        """Give a run that shares budget, warnings and matches with the whole decision."""
        budget = self.budget
        run = DecisionRun(names, budget.now, budget.calendar, budget.limits)
        run.steps, run.levels, run.warnings, run.matched = (
            budget.steps,
            budget.levels,
            budget.warnings,
            budget.matched,
        )
        return run

    def _names(self, decision: Decision) -> dict[str, Any]:
        names: dict[str, Any] = dict(self.inputs) if decision.takes_anything else {}
        for reference in (*decision.inputs, *decision.decisions, *decision.knowledge):
            prefix, element = self.program.resolve(reference)
            if element is None:
                raise DecisionError(
                    _(
                        "Quyết định “{name}” cần phần tử “{ref}” không có trong mô hình.",
                        name=decision.name,
                        ref=reference,
                    ),
                    element=decision.element,
                )
            value = self._other(prefix).visible(element) if prefix else self.visible(element)
            if prefix:
                names.setdefault(prefix, {})[element.name] = value
            else:
                names[element.name] = value
        return names

    def _other(self, prefix: str) -> "_Making":
        """Give the making of an imported model, with the inputs given for it."""
        if prefix not in self.others:
            inner = self.inputs.get(prefix)
            dotted = {
                name.removeprefix(f"{prefix}."): value
                for name, value in self.inputs.items()
                if name.startswith(f"{prefix}.")
            }
            inputs = {**self.inputs, **dotted, **(inner if isinstance(inner, Mapping) else {})}
            self.others[prefix] = _Making(program_of(self.model.imports[prefix]), inputs, self.budget)
        return self.others[prefix]

    def visible(self, element: Any) -> Any:
        """Give what a requirement makes visible: an input, a decision's value, or a function."""
        if isinstance(element, Input):
            return self._input(element)
        if isinstance(element, Decision):
            return self.value_of(element) if element.element not in self.made else self.made[element.element]
        return self.functions.get(element.element)

    def _input(self, element: Input) -> Any:
        if element.name not in self.inputs:
            return self.budget.warn(
                0, "missing", _("thiếu dữ liệu vào “{name}”.", name=element.name), element.element
            )
        value = self.budget.admit(self.inputs[element.name], 0)
        return given(self.budget, self.program.types.of(element.type_ref), value, element.name)

    def _functions(self) -> dict[str, Function]:
        """Give every knowledge model and service as a function; each sees those it requires."""
        scopes: dict[str, dict[str, Any]] = {}
        found: dict[str, Function] = {}
        for identity, (parameters, types, body, levels, result) in self.program.functions.items():
            scopes[identity] = {}
            frame = self._run(scopes[identity])
            found[identity] = Function(
                parameters, _conforming(body, result, parameters, types), frame, levels, (), result
            )
        for service in self.model.services.values():
            found[service.element] = self._service(service)
        for identity, scope in scopes.items():
            knowledge = self.model.knowledge[identity]
            scope[knowledge.name] = found[identity]
            for reference in knowledge.knowledge:
                self._add(scope, reference, found)
        return found

    def _add(self, scope: dict[str, Any], reference: str, found: Mapping[str, Function]) -> None:
        prefix, element = self.program.resolve(reference)
        if isinstance(element, Knowledge | Service):
            if prefix:
                scope.setdefault(prefix, {})[element.name] = self._other(prefix).functions.get(
                    element.element
                )
            else:
                scope[element.name] = found.get(element.element)

    def _service(self, service: Service) -> Function:
        """Give a decision service as a function of its inputs."""
        parameters = self.program.service_parameters(service)

        def body(frame: Frame) -> Any:
            names = frame.names
            given = {
                reference: names[self.model.decisions[reference].name]
                for reference in service.input_decisions
                if reference in self.model.decisions
            }
            self.budget.steps, self.budget.levels = frame.run.steps, frame.run.levels
            inner = _Making(self.program, names, self.budget, given)
            values = {
                self.model.decisions[reference].name: inner.value_of(self.model.decisions[reference])
                for reference in service.outputs
                if reference in self.model.decisions
            }
            frame.run.steps = self.budget.steps
            return next(iter(values.values())) if len(values) == 1 else values

        return Function(parameters, body, None, 20)


def _conforming(body: Any, result: Any, parameters: tuple[str, ...], types: tuple[Any, ...]) -> Any:
    """Make the arguments and the result of a knowledge model conform to its types."""

    def conform(frame: Frame) -> Any:
        run = frame.run
        arguments = {
            name: coerced(run, wanted, frame.names[name], name)
            for name, wanted in zip(parameters, types, strict=True)
        }
        return coerced(run, result, body(Frame(arguments, frame.parent, run)), "result")

    return conform
