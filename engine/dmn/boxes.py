"""Boxed expressions to closures, on the same frames as FEEL itself (DMN 1.5 §10.2)."""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, ClassVar

from engine.dmn.errors import DecisionError
from engine.dmn.model import (
    Boxed,
    BoxedContext,
    BoxedList,
    Conditional,
    FunctionDefinition,
    Invocation,
    Iteration,
    Literal,
    Problem,
    Relation,
    Table,
)
from engine.dmn.types import ItemTypes, coerced
from engine.feel.builtins import BUILTINS
from engine.feel.compiler.cells import tests_code
from engine.feel.compiler.core import Code, Compiler
from engine.feel.compiler.loops import iterate
from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError
from engine.feel.expressions import guarded
from engine.feel.forms import Parser
from engine.feel.run import Frame
from engine.feel.suggestions import nearest
from engine.feel.types import ANY_TYPE, Type, shown
from engine.feel.values import Function
from foundation.texts import _

Check = Callable[[Frame, Any], bool | None]
_BASE_LEVELS = 6
#: likeness from which on an unknown name is taken for a misspelling
_LIKE = 0.75
#: syntax nodes of all different expressions of a model; a table of 2 500 rules has about as many
MOST_NODES = 30_000


class Budget:
    """The syntax nodes a model may still have, so that compiling it is bounded too."""

    def __init__(self) -> None:
        """Begin with all of them."""
        self.left = MOST_NODES

    def take(self, nodes: int) -> None:
        """Take the nodes of one expression."""
        self.left -= nodes

    def require(self) -> None:
        """Raise `FeelLimitExceeded` when all are used up."""
        if self.left < 0:
            message = _("Mô hình có quá nhiều biểu thức (hơn {most} thành phần).", most=MOST_NODES)
            raise FeelLimitExceeded(message, limit="nodes")


class BoxCompiler:
    """Compiles the boxes of one decision or knowledge model."""

    def __init__(
        self,
        *,
        types: ItemTypes,
        known: frozenset[str],
        words: frozenset[str],
        problems: list[Problem],
        budget: Budget,
    ) -> None:
        """Begin with the names in scope, the names of type components, and the list for problems."""
        self.types = types
        self.known = known
        self.words = words
        self.problems = problems
        self.budget = budget
        #: closures by text while the cells of one table are compiled, which all see the same names
        self.same: dict[tuple[str, bool], tuple[Any, int]] | None = None
        self.scopes: list[set[str] | None] = []
        self.deepest = 0
        #: True when any name may be given, so that none is unknown
        self.open = False

    def code(self, box: Boxed | None, what: str) -> Code:
        """Give the closure of a box, its result conforming to the declared type."""
        if box is None:
            return lambda frame: frame.run.warn(0, "missing", _("“{what}” không có biểu thức.", what=what))
        made = self._makers[type(box)](self, box, what)
        wanted = self.types.of(box.type_ref)
        if wanted is ANY_TYPE or isinstance(box, Table | FunctionDefinition):
            return made
        return lambda frame: coerced(frame.run, wanted, made(frame), what)

    def _compiler(self) -> Compiler:
        return Compiler(known=self.known, scopes=tuple(self.scopes))

    def _parser(self, text: str) -> Parser:
        local = {name for scope in self.scopes if scope for name in scope}
        parser = Parser(text, names=self.known | self.words | local)
        parser.types = self.types.all()
        return parser

    def literal(self, box: Literal, what: str) -> Code:
        """Compile a literal expression; a mistake becomes a problem and a refusal to run."""
        if not box.text.strip():
            return lambda frame: frame.run.warn(0, "missing", _("“{what}” không có biểu thức.", what=what))
        try:
            code, _weight = self._compiled(box, is_test=False)
        except (FeelSyntaxError, FeelLimitExceeded) as problem:
            return self._refusal(box, problem)
        return located(code, box.element)

    def tests(self, box: Literal) -> tuple[Check, int] | None:
        """Compile a cell, with its weight in syntax nodes; None for one that every value passes."""
        if box.text.strip() in ("", "-"):
            return None
        try:
            return self._compiled(box, is_test=True)
        except (FeelSyntaxError, FeelLimitExceeded) as problem:
            refusal = self._refusal(box, problem)
            return (lambda frame, _value: refusal(frame)), 1

    def _compiled(self, box: Literal, *, is_test: bool) -> tuple[Any, int]:
        """Give the closure of an expression or cell and its weight; names of cells are learned once each."""
        known = None if self.same is None else self.same.get((box.text, is_test))
        if known is not None:
            return known
        self.budget.require()
        compiler = self._compiler()
        parser = self._parser(box.text)
        try:
            made = guarded(
                (lambda: tests_code(compiler, parser.unary_tests()))
                if is_test
                else (lambda: compiler.code(parser.whole()))
            )
        except (FeelSyntaxError, FeelLimitExceeded):
            self.budget.take(min(len(box.text), compiler.limits.nodes))
            raise
        self.budget.take(compiler.weight)
        self._learn(compiler, box)
        if self.same is not None:
            self.same[box.text, is_test] = made, compiler.weight
        return made, compiler.weight

    def _learn(self, compiler: Compiler, box: Literal) -> None:
        self.deepest = max(self.deepest, compiler.deepest)
        for name in () if self.open else sorted(compiler.free - self.known - BUILTINS.keys()):
            similar = next(iter(get_close_matches(name, self.known, 1, _LIKE)), None)
            near = nearest(name, self.known | BUILTINS.keys())
            message = _("Biểu thức dùng tên “{name}” không có trong các dữ liệu cần thiết.", name=name)
            if near is not None:
                message = _(
                    "Biểu thức dùng tên “{name}” không có trong các dữ liệu cần thiết; có phải ý bạn là "
                    "“{near}”?",
                    name=name,
                    near=near,
                )
            if similar is not None:
                message = _(
                    "Biểu thức dùng tên “{name}” không có trong các dữ liệu cần thiết; có phải là "
                    "“{similar}”?",
                    name=name,
                    similar=similar,
                )
            self.problems.append(
                Problem(element=box.element, rule="dmn-unknown-name", severity="warning", message=message)
            )

    def _refusal(self, box: Literal, problem: FeelSyntaxError | FeelLimitExceeded) -> Code:
        self.problems.append(
            Problem(element=box.element, rule="feel-syntax", severity="error", message=problem.text)
        )
        message = _(
            "Biểu thức của phần tử {element} viết sai: {problem}", element=box.element, problem=problem.text
        )

        def refuse(_frame: Frame) -> Any:
            raise DecisionError(message, element=box.element)

        return refuse

    def _table(self, box: Table, what: str) -> Code:
        from engine.dmn.tables import table_code

        return table_code(self, box, what)

    def _context(self, box: BoxedContext, _what: str) -> Code:
        names: set[str] = set()
        self.scopes.append(names)
        entries: list[tuple[str, Code, Type]] = []
        result: Code | None = None
        for entry in box.entries:
            if entry.name:
                entries.append(
                    (entry.name, self.code(entry.value, entry.name), self.types.of(entry.type_ref))
                )
                names.add(entry.name)
            else:
                result = self.code(entry.value, "result")
        self.scopes.pop()

        def make(frame: Frame) -> Any:
            made: dict[str, Any] = {}
            inner = Frame(made, frame, frame.run)
            for name, value, wanted in entries:
                made[name] = coerced(frame.run, wanted, value(inner), name)
            return made if result is None else result(inner)

        return make

    def _list(self, box: BoxedList, what: str) -> Code:
        items = tuple(self.code(item, what) for item in box.items)
        return lambda frame: [item(frame) for item in items]

    def _relation(self, box: Relation, what: str) -> Code:
        rows = tuple(
            tuple(zip(box.columns, (self.code(cell, what) for cell in row), strict=False)) for row in box.rows
        )
        return lambda frame: [{name: cell(frame) for name, cell in row} for row in rows]

    def _invocation(self, box: Invocation, what: str) -> Code:
        called = self.code(box.called, what)
        bindings = tuple(
            (entry.name, self.code(entry.value, entry.name), self.types.of(entry.type_ref))
            for entry in box.bindings
        )

        def invoke(frame: Frame) -> Any:
            function = called(frame)
            if type(function) is not Function:
                return frame.run.warn(
                    0,
                    "type",
                    _("{found} không phải là hàm nên không gọi được.", found=shown(function)),
                    box.element,
                )
            given = {name: coerced(frame.run, wanted, value(frame), name) for name, value, wanted in bindings}
            if not given.keys() <= set(function.parameters):
                return frame.run.warn(
                    0,
                    "argument",
                    _("hàm cần các tham số: {names}.", names=", ".join(function.parameters)),
                    box.element,
                )
            return frame.run.call(function, [given.get(name) for name in function.parameters], 0)

        return invoke

    def function(
        self, box: FunctionDefinition, what: str
    ) -> tuple[tuple[str, ...], tuple[Type, ...], Code, int]:
        """Compile a boxed function: parameters, their types, closure over a frame of arguments, levels."""
        names = tuple(name for name, _ref in box.parameters)
        types = tuple(self.types.of(ref) for _name, ref in box.parameters)
        if box.kind.upper().removeprefix("F:") not in ("FEEL", "FEEL1"):
            message = _("hàm ngoài kiểu {kind} không được hỗ trợ.", kind=box.kind)
            return names, types, (lambda frame: frame.run.warn(0, "argument", message, box.element)), 1
        deepest, self.deepest = self.deepest, 0
        self.scopes.append(set(names))
        body = self.code(box.body, what)
        self.scopes.pop()
        levels = self.deepest + _BASE_LEVELS
        self.deepest = max(deepest, levels)
        return names, types, body, levels

    def _function(self, box: FunctionDefinition, what: str) -> Code:
        names, types, body, levels = self.function(box, what)
        result = self.types.of(box.type_ref)
        return lambda frame: Function(names, body, frame, levels, types, result)

    def _conditional(self, box: Conditional, what: str) -> Code:
        condition, then, otherwise = (
            self.code(part, what) for part in (box.condition, box.then, box.otherwise)
        )

        def choose(frame: Frame) -> Any:
            value = condition(frame)
            if value is not None and type(value) is not bool:
                return frame.run.warn(
                    0,
                    "type",
                    _("điều kiện phải là đúng/sai nhưng là {found}.", found=shown(value)),
                    box.element,
                )
            return then(frame) if value is True else otherwise(frame)

        return choose

    def _iteration(self, box: Iteration, what: str) -> Code:
        if box.word == "filter":
            return self._filter(box, what)
        domain = self.code(box.domain, what)
        self.scopes.append({box.variable, "partial"})
        body = self.code(box.body, what)
        self.scopes.pop()
        word, variable = box.word, box.variable

        def turn(frame: Frame) -> Any:
            items = iterate(frame.run, domain(frame), 0)
            if items is None:
                return None
            results: list[Any] = []
            for item in items:
                frame.run.charge(4 + len(results) // 8)
                names = {variable: item, "partial": list(results) if word == "for" else None}
                results.append(body(Frame(names, frame, frame.run)))
                frame.run.room(len(results), frame.run.limits.items, "items")
            if word == "for":
                return results
            wrong = next((r for r in results if r is not None and type(r) is not bool), None)
            if wrong is not None:
                return frame.run.warn(
                    0,
                    "type",
                    _("điều kiện phải là đúng/sai nhưng là {found}.", found=shown(wrong)),
                    box.element,
                )
            return quantified(results, decides=word == "some")

        return turn

    def _filter(self, box: Iteration, what: str) -> Code:
        domain = self.code(box.domain, what)
        self.scopes += [{"item"}, None]
        test = self.code(box.body, what)
        del self.scopes[-2:]

        def select(frame: Frame) -> Any:
            value = domain(frame)
            if value is None:
                return frame.run.warn(
                    0, "type", _("không lọc được {found}.", found=shown(value)), box.element
                )
            kept = []
            for item in value if type(value) is list else [value]:
                frame.run.charge(4)
                inner = Frame(
                    item if type(item) is dict else {}, Frame({"item": item}, frame, frame.run), frame.run
                )
                answer = test(inner)
                if type(answer) is not bool:
                    return frame.run.warn(
                        0,
                        "type",
                        _("điều kiện lọc phải là đúng/sai nhưng là {found}.", found=shown(answer)),
                        box.element,
                    )
                if answer:
                    kept.append(item)
            return kept

        return select

    _makers: ClassVar[dict[type, Callable[..., Code]]] = {
        Literal: literal,
        Table: _table,
        BoxedContext: _context,
        BoxedList: _list,
        Relation: _relation,
        Invocation: _invocation,
        FunctionDefinition: _function,
        Conditional: _conditional,
        Iteration: _iteration,
    }


def quantified(results: list[Any], *, decides: bool) -> bool | None:
    """Give `some` (decides true) or `every` (decides false) of truth values."""
    if any(result is decides for result in results):
        return decides
    return not decides if all(result is (not decides) for result in results) else None


def located(code: Code, element: str) -> Code:
    """Note the element on the warnings a closure gives."""

    def place(frame: Frame) -> Any:
        run = frame.run
        had = len(run.warnings) if run.warnings else 0
        value = code(frame)
        warnings = run.warnings
        if warnings is not None and len(warnings) > had:
            for index in range(had, len(warnings)):
                if not warnings[index].element:
                    warnings[index] = warnings[index]._replace(element=element)
        return value

    return place


__all__ = ["BoxCompiler", "located", "quantified"]
