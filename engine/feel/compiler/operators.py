"""Closures of literals, conditions, comparisons and arithmetic."""

from decimal import Decimal
from typing import Any

from engine.feel import arithmetic
from engine.feel.compare import before, equal
from engine.feel.compiler.core import Code, Compiler, makes
from engine.feel.nodes import (
    Chain,
    Compare,
    Constant,
    ContextOf,
    FunctionOf,
    If,
    InstanceOf,
    Junction,
    ListOf,
    Name,
    Negate,
    Node,
)
from engine.feel.run import Frame, Run
from engine.feel.types import kind_of, shown, shown_kind
from engine.feel.values import Function
from foundation.texts import Text, _

_ARITHMETIC = {
    "+": arithmetic.add,
    "-": arithmetic.subtract,
    "*": arithmetic.multiply,
    "/": arithmetic.divide,
    "**": arithmetic.power,
}
#: steps of a power, which takes as long as so many additions
_POWER = 40
_EQUATABLE = (str, Decimal, bool)
_TEMPORAL = frozenset(
    {"date", "time", "date and time", "days and time duration", "years and months duration"}
)


@makes(Constant)
def constant(_compiler: Compiler, node: Constant) -> Code:
    """Give the literal."""
    value = node.value
    return lambda _frame: value


@makes(Name)
def name(compiler: Compiler, node: Name) -> Code:
    """Find the variable."""
    return compiler.lookup(node.name, node.at)


@makes(Chain)
def chain(compiler: Compiler, node: Chain) -> Code:
    """Calculate from left to right."""
    first = compiler.code(node.first)
    rest = tuple((_ARITHMETIC[sign], sign, compiler.code(operand), at) for sign, operand, at in node.rest)

    def calculate(frame: Frame) -> Any:
        value = first(frame)
        for operation, sign, operand, at in rest:
            other = operand(frame)
            if operation is arithmetic.power:
                frame.run.charge(_POWER)
            result = operation(value, other)
            if result is None:
                return _no_result(frame.run, sign, value, other, at)
            value = frame.run.new_text(result) if type(result) is str else result
        return value

    return calculate


def _no_result(run: Run, sign: str, left: Any, right: Any, at: int) -> Any:
    if sign == "/" and type(right) is Decimal and right == 0:
        return run.warn(at, "arithmetic", _("không chia được cho 0."))
    if kind_of(left) == kind_of(right) == "number":
        return run.warn(at, "arithmetic", _("kết quả của phép “{sign}” không biểu diễn được.", sign=sign))
    return run.warn(at, "type", arithmetic_misfit(sign, kind_of(left), kind_of(right)))


def arithmetic_misfit(sign: str, left: str, right: str) -> Text:
    """Say that an operator does not take two kinds."""
    return _(
        "phép “{sign}” không dùng được giữa {left} và {right}.",
        sign=sign,
        left=shown_kind(left),
        right=shown_kind(right),
    )


@makes(Negate)
def negate(compiler: Compiler, node: Negate) -> Code:
    """Change the sign as often as written."""
    operand, count, at = compiler.code(node.operand), node.times, node.at

    def change(frame: Frame) -> Any:
        value = operand(frame)
        result = arithmetic.negate(value)
        if result is None:
            return frame.run.warn(at, "type", _("không đổi dấu được {found}.", found=shown(value)))
        return result if count % 2 else value

    return change


@makes(Junction)
def junction(compiler: Compiler, node: Junction) -> Code:
    """Three-valued `and` / `or`: one deciding operand is enough (DMN 1.5 table 50)."""
    operands, at = tuple(compiler.code(operand) for operand in node.operands), node.at
    decides = node.word == "or"
    otherwise = not decides

    def join(frame: Frame) -> Any:
        result: bool | None = otherwise
        for operand in operands:
            value = operand(frame)
            if value is decides:
                return decides
            if value is not otherwise:
                result = None
                if value is not None:
                    _not_boolean(frame.run, value, at)
        return result

    return join


def _not_boolean(run: Run, value: Any, at: int) -> None:
    run.warn(at, "type", _("cần giá trị đúng/sai nhưng gặp {found}.", found=shown(value)))


@makes(If)
def conditional(compiler: Compiler, node: If) -> Code:
    """Take the first branch whose condition is true, else the last; null counts as not true."""
    branches = tuple((compiler.code(condition), compiler.code(result)) for condition, result in node.branches)
    otherwise, at = compiler.code(node.otherwise), node.at

    def choose(frame: Frame) -> Any:
        for condition, result in branches:
            value = condition(frame)
            if value is True:
                return result(frame)
            if value is not False:
                frame.run.warn(
                    at, "type", _("điều kiện của “if” là {found}, được coi là sai.", found=shown(value))
                )
        return otherwise(frame)

    return choose


@makes(Compare)
def compare(compiler: Compiler, node: Compare) -> Code:
    """Compare two values; a comparison of unlike types is null with a warning."""
    if node.sign in ("=", "!="):
        return _equality(compiler, node)
    swap, negated = node.sign in (">", "<="), node.sign in ("<=", ">=")
    left, right, at = compiler.code(node.left), compiler.code(node.right), node.at

    def order(frame: Frame) -> Any:
        a, b = left(frame), right(frame)
        if swap:
            result = b < a if type(a) is Decimal and type(b) is Decimal else before(b, a)
        else:
            result = a < b if type(a) is Decimal and type(b) is Decimal else before(a, b)
        if result is None:
            return incomparable(frame.run, a, b, at)
        return result is not negated

    return order


def _equality(compiler: Compiler, node: Compare) -> Code:
    left, right, at = compiler.code(node.left), compiler.code(node.right), node.at
    wanted = node.sign == "="

    def equality(frame: Frame) -> Any:
        a, b = left(frame), right(frame)
        kind = type(a)
        if kind is type(b) and kind in _EQUATABLE:
            return (a == b) is wanted
        result = equal(frame.run, a, b)
        if result is None:
            return incomparable(frame.run, a, b, at)
        return result is wanted

    if type(node.right) is Constant and type(node.right.value) in _EQUATABLE:
        fixed = node.right.value
        fixed_kind = type(fixed)

        def with_constant(frame: Frame) -> Any:
            a = left(frame)
            if type(a) is fixed_kind:
                return (a == fixed) is wanted
            if a is None:
                return not wanted
            return incomparable(frame.run, a, fixed, at)

        return with_constant
    return equality


def incomparable(run: Run, left: Any, right: Any, at: int) -> Any:
    """Give null for a comparison of unlike types, with advice where a date is still text."""
    return run.warn(at, "type", comparison_misfit(kind_of(left), kind_of(right)))


def comparison_misfit(left: str, right: str) -> Text:
    """Say that two kinds cannot be compared, with advice where a date is still text."""
    kinds = {left, right}
    if "string" in kinds and kinds & _TEMPORAL:
        return _(
            "không so sánh được {left} với {right}; hãy đổi chuỗi bằng date(…), time(…) hoặc duration(…).",
            left=shown_kind(left),
            right=shown_kind(right),
        )
    return _("không so sánh được {left} với {right}.", left=shown_kind(left), right=shown_kind(right))


@makes(InstanceOf)
def instance_of(compiler: Compiler, node: InstanceOf) -> Code:
    """Say whether a value has a type."""
    value, wanted = compiler.code(node.value), node.type
    return lambda frame: wanted.matches(value(frame), frame.run.charge)


@makes(ListOf)
def list_of(compiler: Compiler, node: ListOf) -> Code:
    """Make a list."""
    items = tuple(compiler.code(item) for item in node.items)
    return lambda frame: [item(frame) for item in items]


@makes(ContextOf)
def context_of(compiler: Compiler, node: ContextOf) -> Code:
    """Make a context; an entry sees the ones before it."""
    names: set[str] = set()
    compiler.scopes.append(names)
    entries: list[tuple[str, Code]] = []
    for key, value in node.entries:
        entries.append((key, compiler.code(value)))
        names.add(key)
    compiler.scopes.pop()

    def make(frame: Frame) -> dict[str, Any]:
        made: dict[str, Any] = {}
        inner = Frame(made, frame, frame.run)
        for key, value in entries:
            made[key] = value(inner)
        return made

    return make


@makes(FunctionOf)
def function_of(compiler: Compiler, node: FunctionOf) -> Code:
    """Make a function that remembers where it was defined."""
    names, types = (
        tuple(name for name, _type in node.parameters),
        tuple(type_ for _name, type_ in node.parameters),
    )
    body, levels = function_body(compiler, node.at, names, node.body)
    return lambda frame: Function(names, body, frame, levels, types)


def function_body(compiler: Compiler, at: int, names: tuple[str, ...], body: Node | None) -> tuple[Code, int]:
    """Compile a body in the scope of its parameters; an external function is refused when it is called."""
    if body is None:

        def refuse(frame: Frame) -> None:
            frame.run.warn(at, "argument", _("hàm ngoài (external) không được hỗ trợ."))

        return refuse, 1
    compiler.scopes.append(set(names))
    code, _weight, levels = compiler.measured(body)
    compiler.scopes.pop()
    return code, levels
