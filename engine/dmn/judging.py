"""Types in a decision model that cannot fit, as far as that is certain before anything is decided.

Cells against the type of their column, results against the type of theirs, operators and comparisons inside
expressions, sums of what is no number. What may be right is never told.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from engine.dmn.model import Decision, Literal, Model, OutputClause, Problem, Table
from engine.dmn.program import Program
from engine.feel.clashes import clashes, kind_of_node
from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError
from engine.feel.forms import Parser
from engine.feel.nodes import Constant, Differs, Node, RangeOf
from engine.feel.types import (
    BOOLEAN,
    DATE,
    DATE_TIME,
    DAYS,
    MONTHS,
    NUMBER,
    STRING,
    TIME,
    shown_kind,
)
from foundation.texts import Text, _

#: kinds a column or a name may have for certain; contexts, lists and Any may hold anything
_PLAIN = frozenset({NUMBER, STRING, BOOLEAN, DATE, TIME, DATE_TIME, DAYS, MONTHS})
#: what is written into a result of the other kind and converted there (DMN 1.5 §10.3.2.9.4)
_CONVERTED = frozenset({(DATE, DATE_TIME)})
_ORDERED = frozenset({"PRIORITY", "OUTPUT ORDER"})


def judge(program: Program) -> Iterator[Problem]:
    """Give the certain misfits of type of a model's decisions, and hit policies that lack what they need."""
    for decision in program.model.decisions.values():
        kinds = _kinds(program, decision)
        judged = _Judged(program, kinds)
        for literal in _literals(decision.logic):
            yield from judged.expression(literal)
        if isinstance(decision.logic, Table):
            yield from judged.table(decision.logic)


def _kinds(program: Program, decision: Decision) -> dict[str, str]:
    """Give the kinds of the names a decision sees, where they are plain."""
    found: dict[str, str] = {}
    for reference in (*decision.inputs, *decision.decisions):
        prefix, element = program.resolve(reference)
        kind = "" if element is None or prefix else program.types.of(element.type_ref).kind
        if kind in _PLAIN:
            found[element.name] = kind
    return found


def _literals(box: Any) -> Iterator[Literal]:
    """Give the expressions anywhere inside a box, cells of tables excepted."""
    waiting = [box]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Literal):
            yield part
        elif isinstance(part, Table):
            waiting += [column.expression for column in part.inputs]
            waiting += [cell for rule in part.rules for cell in rule.results]
        elif isinstance(part, tuple):
            waiting.extend(part)
        elif is_dataclass(part):
            waiting.extend(getattr(part, one.name) for one in fields(part))


class _Judged:
    """What is known while one decision is judged."""

    def __init__(self, program: Program, kinds: Mapping[str, str]) -> None:
        self.program = program
        self.kinds = kinds
        self.names = _names(program.model) | frozenset(kinds)
        self.read: dict[str, Node | None] = {}

    def node(self, text: str) -> Node | None:
        """Give the syntax tree of an expression; None when it has a mistake, which is told elsewhere."""
        if text not in self.read:
            try:
                self.read[text] = Parser(text, names=self.names).whole() if text.strip() else None
            except (FeelSyntaxError, FeelLimitExceeded):
                self.read[text] = None
        return self.read[text]

    def expression(self, literal: Literal) -> Iterator[Problem]:
        """Judge operators and comparisons inside an expression."""
        node = self.node(literal.text)
        for clash in () if node is None else clashes(node, self.kinds):
            yield _problem(
                literal.element,
                _("Cột {column}: {problem}", column=clash.at + 1, problem=clash.message),
                severity="warning",
            )

    def table(self, table: Table) -> Iterator[Problem]:
        """Judge the cells of a table against its columns."""
        for at, column in enumerate(table.inputs):
            kind = self._kind(column.expression.type_ref) or self.kinds.get(column.expression.text.strip())
            if kind is not None:
                for rule in table.rules:
                    yield from self._cell(rule.tests[at], kind, rule.number, column.label)
        for at, output in enumerate(table.outputs):
            yield from self._output(table, output, [rule.results[at] for rule in table.rules])

    def _kind(self, ref: str | None) -> str | None:
        found = self.program.types.of(ref).kind
        return found if found in _PLAIN else None

    def _cell(self, cell: Literal, kind: str, rule: int, column: str) -> Iterator[Problem]:
        for found in _tested(cell.text, self.names):
            if found != kind:
                message = _(
                    "Luật {rule}, cột “{column}”: ô so với {found}, nhưng cột có kiểu {wanted} nên không bao "
                    "giờ khớp.",
                    rule=rule,
                    column=column or kind,
                    found=shown_kind(found),
                    wanted=shown_kind(kind),
                )
                yield _problem(cell.element, message)
                return

    def _output(self, table: Table, output: OutputClause, cells: list[Literal]) -> Iterator[Problem]:
        if table.hit_policy in _ORDERED and output.values is None and output is table.outputs[0]:
            message = _(
                "Chính sách {policy} xếp kết quả theo danh sách giá trị, nhưng cột “{name}” chưa có danh "
                "sách.",
                policy=table.hit_policy,
                name=output.name,
            )
            yield _problem(output.element or table.element, message, rule="dmn-no-output-values")
        wanted = NUMBER if table.aggregation == "SUM" else self._kind(output.type_ref)
        for cell in cells:
            node = self.node(cell.text)
            found = None if node is None else kind_of_node(node, self.kinds)
            if found in _PLAIN and wanted and found != wanted and (found, wanted) not in _CONVERTED:
                if wanted == NUMBER and table.aggregation == "SUM" and found in {DAYS, MONTHS}:
                    continue
                message = _(
                    "Kết quả “{name}” cần {wanted} nhưng ô này cho {found}.",
                    name=output.name,
                    wanted=shown_kind(wanted),
                    found=shown_kind(found),
                )
                yield _problem(cell.element, message)


def _names(model: Model) -> frozenset[str]:
    decided = frozenset(one.name for one in model.decisions.values())
    return decided.union(
        (one.name for one in model.inputs.values()), (one.name for one in model.knowledge.values())
    )


def _tested(text: str, names: frozenset[str]) -> Iterator[str]:
    """Give the kinds of the values a cell compares its input with, where they are certain."""
    if text.strip() in ("", "-"):
        return
    try:
        tests = Parser(text, names=names).unary_tests().tests
    except (FeelSyntaxError, FeelLimitExceeded):
        return
    for test in tests:
        ends: list[Any] = [test]
        if isinstance(test, RangeOf):
            ends = [test.low, test.high]
        elif isinstance(test, Differs):
            ends = [test.value]
        elif not isinstance(test, Constant) and kind_of_node(test, {}) == BOOLEAN:
            continue  # a condition of its own, such as `? > 3`
        kinds = (kind_of_node(end, {}) for end in ends if end is not None)
        yield from (kind for kind in kinds if kind in _PLAIN)


def _problem(element: str, message: Text, *, rule: str = "dmn-type", severity: str = "error") -> Problem:
    return Problem(element=element, rule=rule, severity=severity, message=message)
