"""What is wrong with a decision model, before it is published."""

from collections.abc import Iterator

from engine.dmn.coverage import coverage
from engine.dmn.judging import judge
from engine.dmn.model import Decision, Input, Knowledge, Model, Problem, Table
from engine.dmn.program import Program, program_of
from foundation.texts import Text, _


def lint(model: Model) -> list[Problem]:
    """Give the problems of a model.

    Errors: mistakes in expressions with their place, references to nothing, decisions that need themselves.
    a cell or result of another type than its column, overlapping rules of a UNIQUE table.
    Warnings: unknown names and types, unused inputs, decisions without logic, gaps and unreachable rules,
    operators between types they do not take.
    """
    program = program_of(model)
    found = [*program.problems, *_references(program), *_cycles(model), *_types(program), *_unused(model)]
    found += judge(program)
    for decision in model.decisions.values():
        if decision.logic is None:
            found.append(
                _problem(
                    decision.element,
                    "dmn-no-logic",
                    "warning",
                    _("Quyết định “{name}” chưa có biểu thức.", name=decision.name),
                )
            )
        if isinstance(decision.logic, Table):
            found += coverage(decision.logic)
    return found


def _problem(element: str, rule: str, severity: str, message: Text) -> Problem:
    return Problem(element=element, rule=rule, severity=severity, message=message)


def _references(program: Program) -> Iterator[Problem]:
    for decision in program.model.decisions.values():
        for reference in (*decision.decisions, *decision.inputs, *decision.knowledge):
            if program.resolve(reference)[1] is None:
                yield _problem(
                    decision.element,
                    "dmn-missing-reference",
                    "error",
                    _(
                        "Quyết định “{name}” cần phần tử “{ref}” không có trong mô hình.",
                        name=decision.name,
                        ref=reference,
                    ),
                )


def _unused(model: Model) -> Iterator[Problem]:
    """Give the inputs nothing requires, in a model whose decisions draw their requirements."""
    decisions = list(model.decisions.values())
    used = {reference for one in decisions for reference in one.inputs}
    used |= {reference for service in model.services.values() for reference in service.inputs}
    if any(one.takes_anything for one in decisions):
        return
    for element in model.inputs.values():
        if element.element not in used:
            message = _("Dữ liệu vào “{name}” không được quyết định nào dùng.", name=element.name)
            yield _problem(element.element, "dmn-unused-input", "warning", message)


def _cycles(model: Model) -> Iterator[Problem]:
    """Take away decisions that need nothing still there; what remains goes round in circles."""
    needs = {d.element: {r for r in d.decisions if r in model.decisions} for d in model.decisions.values()}
    while True:
        free = {element for element, required in needs.items() if not required}
        if not free:
            break
        needs = {element: required - free for element, required in needs.items() if element not in free}
    for element in needs:
        decision: Decision = model.decisions[element]
        yield _problem(
            element, "dmn-cycle", "error", _("Quyết định “{name}” nằm trong vòng lặp.", name=decision.name)
        )


def _types(program: Program) -> Iterator[Problem]:
    model = program.model
    elements: list[Decision | Input | Knowledge] = [*model.decisions.values(), *model.inputs.values()]
    for element in [*elements, *model.knowledge.values()]:
        if not program.types.known(element.type_ref):
            yield _problem(
                element.element,
                "dmn-unknown-type",
                "warning",
                _(
                    "“{name}” dùng kiểu dữ liệu “{type}” không có trong mô hình.",
                    name=element.name,
                    type=element.type_ref,
                ),
            )
