"""Decision tables to closures: which rules match, and what the hit policy makes of them (DMN 1.5 §8.2.8)."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.dmn.model import Literal, OutputClause, Table
from engine.dmn.types import coerced, given
from engine.feel.builtins.lists import extreme
from engine.feel.builtins.registry import Refused
from engine.feel.builtins.statistics import total
from engine.feel.compare import equal
from engine.feel.compiler.core import Code
from engine.feel.run import Frame, Run
from foundation.texts import _

if TYPE_CHECKING:
    from engine.dmn.boxes import BoxCompiler, Check
    from engine.feel.types import Type

#: number of the rule, its checks by column with their weights, its results
Row = tuple[int, tuple[tuple[int, "Check", int], ...], tuple[Code, ...]]
Hit = tuple[int, tuple[Code, ...]]
#: kinds whose equality is that of Python
_HASHABLE = frozenset({str, Decimal, bool})


class TableCode:
    """A compiled decision table; calling it with a frame gives the result."""

    def __init__(self, boxes: "BoxCompiler", table: Table, what: str) -> None:
        """Compile the columns and rows of a table."""
        self.table = table
        self.what = what
        self.inputs = tuple(
            boxes.literal(column.expression, column.label or column.expression.text)
            for column in table.inputs
        )
        self.input_types = tuple(boxes.types.of(column.expression.type_ref) for column in table.inputs)
        boxes.scopes.append({"?"})
        self.allowed: tuple[tuple[Check, int] | None, ...] = tuple(
            None if column.values is None else _allowed(boxes, column.element, column.values)
            for column in table.inputs
        )
        boxes.same = {}
        checks = [
            tuple((at, *cell) for at, cell in enumerate(map(boxes.tests, rule.tests)) if cell is not None)
            for rule in table.rules
        ]
        boxes.scopes.pop()
        boxes.same = {}
        results = [tuple(boxes.literal(cell, what) for cell in rule.results) for rule in table.rules]
        boxes.same = None
        self.rows: tuple[Row, ...] = tuple(
            (rule.number, own, found) for rule, own, found in zip(table.rules, checks, results, strict=True)
        )
        self.outputs = tuple(Output(boxes, column) for column in table.outputs)
        self.finish: Callable[[Frame, list[Hit]], Any] = _POLICIES[table.hit_policy](self)

    def __call__(self, frame: Frame) -> Any:
        """Decide: evaluate the inputs, find the matching rules, apply the hit policy."""
        values = self._values(frame)
        if values is None:
            return None
        hits = self._hits(frame, values)
        run = frame.run
        matched = getattr(run, "matched", None)
        if matched is not None:
            matched.append((self.table.element, tuple(number for number, _results in hits)))
        if not hits and self.table.hit_policy != "COLLECT":
            return self._default(frame)
        return self.finish(frame, hits)

    def _values(self, frame: Frame) -> list[Any] | None:
        run = frame.run
        values: list[Any] = []
        for at, code in enumerate(self.inputs):
            value = given(run, self.input_types[at], code(frame), self.table.inputs[at].expression.text)
            allowed = self.allowed[at]
            if allowed is not None and value is not None and not _each(allowed, frame, value):
                message = _(
                    "điều kiện “{input}” có giá trị ngoài các giá trị cho phép {values}.",
                    input=self.table.inputs[at].expression.text,
                    values=self.table.inputs[at].values,
                )
                run.warn(0, "value", message, self.table.inputs[at].element)
                return None
            values.append(value)
        return values

    def _hits(self, frame: Frame, values: list[Any]) -> list[Hit]:
        run = frame.run
        frames = [Frame({"?": value}, frame, run) for value in values]
        first_only = self.table.hit_policy == "FIRST"
        hits: list[Hit] = []
        run.charge(1 + len(self.rows) // 4)
        tried = 0
        for number, checks, results in self.rows:
            for at, check, weight in checks:
                tried += weight
                if check(frames[at], values[at]) is not True:
                    break
            else:
                hits.append((number, results))
                if first_only:
                    break
        run.charge(tried >> 2)
        return hits

    def _default(self, frame: Frame) -> Any:
        if all(output.default is None for output in self.outputs):
            return frame.run.warn(
                0,
                "missing",
                _("không có luật nào của bảng “{table}” khớp.", table=self.what),
                self.table.element,
            )
        return self.combined([output.default(frame) if output.default else None for output in self.outputs])

    def result(self, frame: Frame, hit: Hit) -> Any:
        """Give the result of one rule: a value, or a context for several outputs."""
        values = [
            output.checked(frame, cell(frame)) for output, cell in zip(self.outputs, hit[1], strict=True)
        ]
        return self.combined(values)

    def combined(self, values: list[Any]) -> Any:
        """Give the one value, or a context of the named outputs."""
        if len(self.outputs) == 1:
            return values[0]
        return {output.name: value for output, value in zip(self.outputs, values, strict=True)}

    def ordered(self, frame: Frame, hits: list[Hit]) -> list[Any]:
        """Give the results of rules in the order of the output values, of the first output first."""
        places = [Places(output, frame) for output in self.outputs]

        def key(result: Any) -> tuple[int, ...]:
            parts = [result] if len(self.outputs) == 1 else [result.get(one.name) for one in self.outputs]
            return tuple(one.of(part) for one, part in zip(places, parts, strict=True))

        return sorted((self.result(frame, hit) for hit in hits), key=key)


class Output:
    """A compiled column of results."""

    def __init__(self, boxes: "BoxCompiler", column: OutputClause) -> None:
        """Compile the allowed values and the default of a column."""
        self.name = column.name
        self.element = column.element
        self.type: Type = boxes.types.of(column.type_ref)
        self.default = None if column.default is None else boxes.literal(column.default, column.name)
        self.priorities: Code | None = None
        self.allowed: tuple[Check, int] | None = None
        if column.values is not None:
            text = column.values
            self.priorities = boxes.literal(Literal(element=column.element, text=f"[{text}]"), column.name)
            boxes.scopes.append({"?"})
            self.allowed = _allowed(boxes, column.element, text)
            boxes.scopes.pop()

    def checked(self, frame: Frame, value: Any) -> Any:
        """Give the value when type and allowed values admit it, else null with a warning."""
        value = coerced(frame.run, self.type, value, self.name or "output")
        if value is not None and self.allowed is not None and not _each(self.allowed, frame, value):
            return frame.run.warn(
                0,
                "value",
                _("kết quả “{name}” có giá trị ngoài các giá trị cho phép.", name=self.name),
                self.element,
            )
        return value


class Places:
    """The output values of a column in their order, computed once for all the rules that matched."""

    def __init__(self, output: Output, frame: Frame) -> None:
        """Compute the list of output values; a column without one orders nothing."""
        known = None if output.priorities is None else output.priorities(frame)
        self.run = frame.run
        self.orders = output.priorities is not None
        self.known: list[Any] = known if type(known) is list else []
        self.found: dict[tuple[type, Any], int] = {}
        for at, item in enumerate(self.known):
            if type(item) in _HASHABLE:
                self.found.setdefault((type(item), item), at)

    def of(self, value: Any) -> int:
        """Give the place of a value, behind all when it is not there."""
        if not self.orders:
            return 0
        if type(value) in _HASHABLE:
            return self.found.get((type(value), value), 1 << 30)
        self.run.charge(1 + len(self.known))
        return next((at for at, item in enumerate(self.known) if equal(self.run, item, value)), 1 << 30)


def _allowed(boxes: "BoxCompiler", element: str, text: str) -> "tuple[Check, int] | None":
    """Compile the allowed values of a column, with what one check costs in steps."""
    found = boxes.tests(Literal(element=element, text=text))
    return None if found is None else (found[0], 1 + (found[1] >> 2))


def _each(allowed: "tuple[Check, int]", frame: Frame, value: Any) -> bool:
    check, cost = allowed
    run = frame.run
    run.charge(cost * (1 + len(value)) if type(value) is list else cost)
    if check(Frame({"?": value}, frame, run), value) is True:
        return True
    return type(value) is list and all(check(Frame({"?": item}, frame, run), item) is True for item in value)


def table_code(boxes: "BoxCompiler", table: Table, what: str) -> Code:
    """Compile a decision table."""
    return TableCode(boxes, table, what)


def _unique(code: TableCode) -> Callable[[Frame, list[Hit]], Any]:
    def finish(frame: Frame, hits: list[Hit]) -> Any:
        if len(hits) > 1:
            return _several(code, frame.run, hits, _("chính sách UNIQUE chỉ cho phép một luật khớp"))
        return code.result(frame, hits[0])

    return finish


def _several(code: TableCode, run: Run, hits: list[Hit], rule: Any) -> Any:
    message = _(
        "bảng “{table}”: {rule}, nhưng các luật {rules} cùng khớp.",
        table=code.what,
        rule=rule,
        rules=", ".join(str(number) for number, _results in hits),
    )
    return run.warn(0, "conflict", message, code.table.element)


def _first(code: TableCode) -> Callable[[Frame, list[Hit]], Any]:
    return lambda frame, hits: code.result(frame, hits[0])


def _any(code: TableCode) -> Callable[[Frame, list[Hit]], Any]:
    def finish(frame: Frame, hits: list[Hit]) -> Any:
        results = [code.result(frame, hit) for hit in hits]
        if any(equal(frame.run, results[0], other) is not True for other in results[1:]):
            return _several(code, frame.run, hits, _("chính sách ANY cần các luật khớp cho cùng kết quả"))
        return results[0]

    return finish


def _priority(code: TableCode) -> Callable[[Frame, list[Hit]], Any]:
    return lambda frame, hits: code.ordered(frame, hits)[0]


def _rule_order(code: TableCode) -> Callable[[Frame, list[Hit]], Any]:
    return lambda frame, hits: [code.result(frame, hit) for hit in hits]


def _output_order(code: TableCode) -> Callable[[Frame, list[Hit]], Any]:
    return code.ordered


def _collect(code: TableCode) -> Callable[[Frame, list[Hit]], Any]:
    aggregation = code.table.aggregation

    def finish(frame: Frame, hits: list[Hit]) -> Any:
        results = [code.result(frame, hit) for hit in hits]
        if not aggregation:
            return results
        if aggregation == "COUNT":
            return Decimal(len(results))
        if not results:
            return code._default(frame)  # noqa: SLF001  the same module
        run = frame.run
        try:
            if len(code.outputs) == 1:
                return _aggregated(run, aggregation, results)
            return {o.name: _aggregated(run, aggregation, [r[o.name] for r in results]) for o in code.outputs}
        except Refused as refused:
            return run.warn(0, "type", refused.text, code.table.element)

    return finish


def _aggregated(run: Run, aggregation: str, values: list[Any]) -> Any:
    if aggregation == "SUM":
        return total(run, values)
    return extreme(run, values, least=aggregation == "MIN")


_POLICIES: dict[str, Callable[[TableCode], Callable[[Frame, list[Hit]], Any]]] = {
    "UNIQUE": _unique,
    "FIRST": _first,
    "ANY": _any,
    "PRIORITY": _priority,
    "RULE ORDER": _rule_order,
    "OUTPUT ORDER": _output_order,
    "COLLECT": _collect,
}
