"""Closures of what follows an operand: `.name`, `[filter]`, `(arguments)`."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel.builtins import BUILTINS
from engine.feel.builtins.registry import Builtin
from engine.feel.compiler.core import _MISSING, Code, Compiler, admit, makes
from engine.feel.nodes import (
    Access,
    Between,
    Call,
    Chain,
    Compare,
    Constant,
    Filter,
    InstanceOf,
    Junction,
    Name,
    Negate,
    Node,
    Postfix,
    Within,
)
from engine.feel.properties import property_of
from engine.feel.run import Frame, Run
from engine.feel.suggestions import no_function, no_variable
from engine.feel.types import shown
from engine.feel.values import Function
from foundation.texts import _

Step = Callable[[Frame, Any], Any]
_BOOLEAN = (Compare, Junction, Between, Within, InstanceOf)


@makes(Postfix)
def postfix(compiler: Compiler, node: Postfix) -> Code:
    """Evaluate the operand, then each step on the result of the one before."""
    steps = list(node.steps)
    base = node.base
    if (
        type(base) is Name
        and type(steps[0]) is Call
        and base.name in BUILTINS
        and not compiler.is_bound(base.name)
    ):
        start = _builtin_call(compiler, BUILTINS[base.name], steps.pop(0), base.at)
    elif type(base) is Name and type(steps[0]) is Access and not compiler.is_local(base.name):
        names = []
        while steps and type(steps[0]) is Access:
            names.append(steps.pop(0))
        compiler.free.add(base.name)
        start = _root_path(base, tuple(names))
    else:
        start = compiler.code(base)
    rest = tuple(_step(compiler, step, base) for step in steps)
    if not rest:
        return start
    if len(rest) == 1:
        only = rest[0]
        return lambda frame: only(frame, start(frame))

    def follow(frame: Frame) -> Any:
        value = start(frame)
        for step in rest:
            value = step(frame, value)
        return value

    return follow


def _step(compiler: Compiler, step: Access | Filter | Call, base: Node) -> Step:
    if type(step) is Access:
        name, at = step.name, step.at
        return lambda frame, value: access(frame.run, value, name, at)
    if type(step) is Filter:
        return _filter(compiler, step)
    return _call(compiler, step, base.name if type(base) is Name else "")  # type: ignore[arg-type]  # the last of three


def _root_path(base: Name, names: tuple[Any, ...]) -> Code:
    """Walk the caller's own data and convert only what is found at the end."""
    first, at = base.name, base.at
    path = tuple((step.name, step.at) for step in names)

    def walk(frame: Frame) -> Any:
        level: Any = frame
        while level.parent is not None:
            level = level.parent
        run = frame.run
        value = level.names.get(first, _MISSING)
        if value is _MISSING:
            return run.warn(at, "unknown_name", no_variable(first, level.names, run.warnings))
        for name, place in path:
            if type(value) is dict:
                value = value.get(name, _MISSING)
                if value is _MISSING:
                    return _missing(run, name, place)
            else:
                value = access(run, admit(run, value, at), name, place)
        return admit(run, value, at)

    return walk


def _missing(run: Run, name: str, at: int) -> None:
    run.warn(at, "missing", _("ngữ cảnh không có mục “{name}”.", name=name))


def access(run: Run, value: Any, name: str, at: int, depth: int = 60) -> Any:
    """Give an entry of a context, a property of a date, time, duration or range, or those of each element."""
    if type(value) is dict:
        found = value.get(name, _MISSING)
        return _missing(run, name, at) if found is _MISSING else found
    if type(value) is list and depth:
        run.charge(1 + len(value) // 2)
        return [access(run, item, name, at, depth - 1) for item in value]
    known, found = property_of(value, name)
    if known:
        return found
    return run.warn(at, "missing", _("{found} không có thuộc tính “{name}”.", found=shown(value), name=name))


def _filter(compiler: Compiler, node: Filter) -> Step:
    condition, at = node.condition, node.at
    if type(condition) in (Constant, Chain, Negate):
        index = compiler.code(condition)
        return lambda frame, value: _at_index(frame.run, value, index(frame), at)
    may_be_index = type(condition) not in _BOOLEAN
    compiler.scopes += [{"item"}, None]
    test, weight, _levels = compiler.measured(condition)
    del compiler.scopes[-2:]

    def select(frame: Frame, value: Any) -> Any:
        run = frame.run
        items = value if type(value) is list else [] if value is None else [value]
        kept: list[Any] = []
        for number, item in enumerate(items):
            run.charge(weight + 2)
            result = test(Frame(item if type(item) is dict else {}, Frame({"item": item}, frame, run), run))
            if result is True:
                kept.append(item)
            elif type(result) is Decimal and number == 0 and may_be_index:
                return _at_index(run, value, result, at)
        return kept

    return select


def _at_index(run: Run, value: Any, index: Any, at: int) -> Any:
    """Give the element at a 1-based index, from the end when negative; a boolean keeps all or none."""
    items = value if type(value) is list else [value]
    if index is True or index is False:
        return items if index else []
    if type(index) is not Decimal:
        return run.warn(
            at, "type", _("bộ lọc cần điều kiện hoặc số thứ tự, nhưng gặp {found}.", found=shown(index))
        )
    if index == index.to_integral_value() and 1 <= abs(index) <= len(items):
        return items[int(index) - 1 if index > 0 else int(index)]
    return run.warn(
        at,
        "range",
        _("danh sách có {size} phần tử, không có phần tử thứ {index}.", size=len(items), index=str(index)),
    )


def _call(compiler: Compiler, node: Call, called: str) -> Step:
    arguments, names, at = tuple(compiler.code(argument) for argument in node.arguments), node.names, node.at

    def invoke(frame: Frame, function: Any) -> Any:
        if type(function) is not Function:
            if function is None and called:
                return frame.run.warn(at, "unknown_name", no_function(called, BUILTINS, frame.run.warnings))
            return frame.run.warn(
                at, "type", _("{found} không phải là hàm nên không gọi được.", found=shown(function))
            )
        values = [argument(frame) for argument in arguments]
        if names:
            if set(names) != set(function.parameters) or len(names) != len(function.parameters):
                return frame.run.warn(
                    at, "argument", _("hàm cần các tham số: {names}.", names=", ".join(function.parameters))
                )
            given = dict(zip(names, values, strict=True))
            values = [given[name] for name in function.parameters]
        return frame.run.call(function, values, at)

    return invoke


def _builtin_call(compiler: Compiler, builtin: Builtin, node: Any, at: int) -> Code:
    compiler.weight += 1
    arguments = tuple(compiler.code(argument) for argument in node.arguments)
    names = node.names
    if names:
        return lambda frame: builtin.call_named(
            frame.run, names, [argument(frame) for argument in arguments], at
        )
    if len(arguments) == 1:
        single = arguments[0]
        return lambda frame: builtin.call(frame.run, [single(frame)], at)
    return lambda frame: builtin.call(frame.run, [argument(frame) for argument in arguments], at)
