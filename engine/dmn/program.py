"""A decision model compiled: one closure per decision and per business knowledge model.

Compiled once per model and kept beside it. Expressions that do not compile become problems: lint shows them,
and deciding with them is refused.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from engine.dmn.boxes import BoxCompiler, Budget
from engine.dmn.model import Decision, FunctionDefinition, Knowledge, Model, Problem, Service
from engine.dmn.types import ItemTypes
from engine.feel.compiler.core import Code

if TYPE_CHECKING:
    from engine.feel.types import Type


class Program:
    """What `decide` runs."""

    def __init__(self, model: Model) -> None:
        """Compile every decision and knowledge model; problems are collected, not raised."""
        self.model = model
        self.types = ItemTypes(model)
        self.problems: list[Problem] = []
        #: per decision the closure, or None without logic
        self.decisions: dict[str, Code | None] = {}
        #: per knowledge model: parameters, their types, closure, levels on the stack, type of the result
        self.functions: dict[str, tuple[tuple[str, ...], tuple[Type, ...], Code, int, Type]] = {}
        self._budget = Budget()
        self._words = frozenset(self._component_names())
        for decision in model.decisions.values():
            self.decisions[decision.element] = self._decision(decision)
        for knowledge in model.knowledge.values():
            if knowledge.logic is not None:
                self._function(knowledge, knowledge.logic)

    def names_of(self, references: Iterable[str]) -> set[str]:
        """Give the names under which required elements are visible."""
        found = set()
        for reference in references:
            prefix, element = self.resolve(reference)
            if element is not None:
                found.add(prefix or element.name)
                if prefix:
                    found.add(element.name)
        return found

    def resolve(self, reference: str) -> tuple[str, Any]:
        """Give the import name (empty for this model) and the element of a reference, None without one."""
        namespace, _mark, identity = reference.rpartition("#")
        if not namespace:
            return "", element_of(self.model, identity)
        for prefix, other in self.model.imports.items():
            if other.namespace == namespace:
                return prefix, element_of(other, identity)
        return "", None

    def _component_names(self) -> Iterable[str]:
        waiting = list(self.types.items.values())
        while waiting:
            item = waiting.pop()
            waiting.extend(item.components)
            yield item.name

    def _boxes(self, names: set[str]) -> BoxCompiler:
        return BoxCompiler(
            types=self.types,
            known=frozenset(names),
            words=self._words,
            problems=self.problems,
            budget=self._budget,
        )

    def _decision(self, decision: Decision) -> Code | None:
        names = self.names_of((*decision.decisions, *decision.inputs, *decision.knowledge))
        boxes = self._boxes(names)
        boxes.open = decision.takes_anything
        return None if decision.logic is None else boxes.code(decision.logic, decision.name)

    def _function(self, knowledge: Knowledge, logic: FunctionDefinition) -> None:
        names = self.names_of(knowledge.knowledge) | {knowledge.name}
        boxes = self._boxes(names)
        parameters, types, body, levels = boxes.function(logic, knowledge.name)
        result = self.types.of(knowledge.type_ref or (logic.body.type_ref if logic.body else None))
        if result.kind == "function" and result.inner is not None:
            result = result.inner
        self.functions[knowledge.element] = (parameters, types, body, levels, result)

    def service_parameters(self, service: Service) -> tuple[str, ...]:
        """Give the parameters of a decision service in calling order: inputs, then input decisions."""
        found = [self.resolve(reference)[1] for reference in (*service.inputs, *service.input_decisions)]
        return tuple(element.name for element in found if element is not None)


def element_of(model: Model, identity: str) -> Any:
    """Give the decision, input, knowledge model or service of an id."""
    return (
        model.decisions.get(identity)
        or model.inputs.get(identity)
        or model.knowledge.get(identity)
        or model.services.get(identity)
    )


def program_of(model: Model) -> Program:
    """Give the compiled form of a model, made on first use."""
    found = model.compiled.get("program")
    if found is None:
        found = model.compiled["program"] = Program(model)
    return found
