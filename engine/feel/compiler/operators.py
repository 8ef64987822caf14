"""Closures of literals, conditions, comparisons and arithmetic."""

from decimal import Decimal
from typing import Any

from engine.feel import arithmetic
from engine.feel.compare import before, contains, equal
from engine.feel.compiler.core import Code, Compiler, makes
from engine.feel.nodes import (
    Between,
    Chain,
    Compare,
    Constant,
    ContextOf,
    Differs,
    FunctionOf,
    If,
    InstanceOf,
    Junction,
    ListOf,
    Name,
    Negate,
    Node,
    RangeOf,
    Within,
)
from engine.feel.run import Frame, Run
from engine.feel.types import kind_of, shown
from engine.feel.values import Function, Range
from foundation.texts import _

_ARITHMETIC = {
    "+": arithmetic.add,
    "-": arithmetic.subtract,
    "*": arithmetic.multiply,
    "/": arithmetic.divide,
    "**": arithmetic.power,
}
_EQUATABLE = (str, Decimal, bool)
#: kinds that may stand at the end of a range; lists, contexts and ranges would nest without end
_AT_ENDS = frozenset(
    {
        "number", "string", "boolean", "date", "time", "date and time", "days and time duration",
        "years and months duration", "Null",
    }
)  # fmt: skip


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
    return run.warn(
        at,
        "type",
        _(
            "phép “{sign}” không dùng được giữa {left} và {right}.",
            sign=sign,
            left=shown(left),
            right=shown(right),
        ),
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
            return _incomparable(frame.run, a, b, at)
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
            return _incomparable(frame.run, a, b, at)
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
            return _incomparable(frame.run, a, fixed, at)

        return with_constant
    return equality


def _incomparable(run: Run, left: Any, right: Any, at: int) -> Any:
    return run.warn(
        at, "type", _("không so sánh được {left} với {right}.", left=shown(left), right=shown(right))
    )


@makes(Between)
def between(compiler: Compiler, node: Between) -> Code:
    """Say whether a value lies between two others, both included."""
    value, low, high, at = (
        compiler.code(node.value),
        compiler.code(node.low),
        compiler.code(node.high),
        node.at,
    )

    def inside(frame: Frame) -> Any:
        a, b, c = value(frame), low(frame), high(frame)
        under, over = before(a, b), before(c, a)
        if under is None or over is None:
            return _incomparable(frame.run, a, b if under is None else c, at)
        return not under and not over

    return inside


@makes(RangeOf)
def range_of(compiler: Compiler, node: RangeOf) -> Code:
    """Make a range; its ends must be comparable with each other."""
    low = None if node.low is None else compiler.code(node.low)
    high = None if node.high is None else compiler.code(node.high)
    at, low_closed, high_closed, one_sided = node.at, node.low_closed, node.high_closed, not node.dotted

    def make(frame: Frame) -> Any:
        start = None if low is None else low(frame)
        end = None if high is None else high(frame)
        if start is None and end is None and not one_sided:
            return frame.run.warn(at, "range", _("khoảng giá trị cần ít nhất một đầu."))
        if kind_of(start) not in _AT_ENDS or kind_of(end) not in _AT_ENDS:
            wrong = start if kind_of(start) not in _AT_ENDS else end
            return frame.run.warn(
                at, "range", _("{found} không làm đầu khoảng giá trị được.", found=shown(wrong))
            )
        if start is not None and end is not None and kind_of(start) != kind_of(end):
            return _incomparable(frame.run, start, end, at)
        return Range(
            start, end, low_closed and start is not None, high_closed and end is not None, one_sided=one_sided
        )

    return make


@makes(Differs)
def differs(compiler: Compiler, node: Differs) -> Code:
    """Make the range of everything but one value."""
    value, at = compiler.code(node.value), node.at

    def make(frame: Frame) -> Any:
        found = value(frame)
        if kind_of(found) not in _AT_ENDS:
            return frame.run.warn(at, "range", _("{found} không dùng được sau “!=”.", found=shown(found)))
        return Range(found, None, low_closed=False, high_closed=False, excludes=True, one_sided=True)

    return make


@makes(Within)
def within(compiler: Compiler, node: Within) -> Code:
    """Say whether a value passes one of the tests."""
    value, tests, at = compiler.code(node.value), tuple(compiler.code(test) for test in node.tests), node.at

    def inside(frame: Frame) -> Any:
        a = value(frame)
        unknown = False
        for test in tests:
            b = test(frame)
            result = passes(frame.run, a, b)
            if result:
                return True
            if result is None:
                unknown = True
                _incomparable(frame.run, a, b, at)
        return None if unknown else False

    return inside


def passes(run: Run, value: Any, test: Any) -> bool | None:
    """Say whether a value is in a range, among the elements of a list, or equal (DMN 1.5 table 55)."""
    if type(test) is Range:
        return contains(run, test, value)
    if type(test) is list:
        run.charge(1 + len(test) // 4)
        if any(
            (contains(run, item, value) if type(item) is Range else equal(run, value, item)) for item in test
        ):
            return True
        return type(value) is list and equal(run, value, test) is True
    return equal(run, value, test)


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
