"""Closures of decision-table cells: does the input value pass (DMN 1.5 §8.3.3, grammar rules 12–17)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from engine.feel.compiler.core import Code, Compiler
from engine.feel.compiler.spans import passes
from engine.feel.forms import Tests
from engine.feel.nodes import Constant, Differs, Node, RangeOf
from engine.feel.run import Frame
from engine.feel.types import shown
from engine.feel.values import Range
from foundation.texts import _

Check = Callable[[Frame, Any], bool | None]
#: kinds whose equality is that of Python
_PLAIN = frozenset({str, Decimal, bool})


def tests_code(compiler: Compiler, cell: Tests) -> Check:
    """Give the closure of a cell; `?` must be a name of the frame it is called with."""
    if not cell.tests:
        return lambda _frame, _value: True
    checks = tuple(_check(compiler, test) for test in cell.tests)
    if cell.negated:
        return lambda frame, value: _opposite(_any(checks, frame, value))
    if len(checks) == 1:
        return checks[0]
    return lambda frame, value: _any(checks, frame, value)


def _opposite(result: bool | None) -> bool | None:  # noqa: FBT001  a truth value
    return None if result is None else not result


def _any(checks: tuple[Check, ...], frame: Frame, value: Any) -> bool | None:
    unknown = False
    for check in checks:
        result = check(frame, value)
        if result is True:
            return True
        unknown = unknown or result is None
    return None if unknown else False


def _check(compiler: Compiler, test: Node) -> Check:
    if type(test) is Constant:
        compiler.weight += 1
        return _literal(test)
    code = compiler.code(test)
    if type(test) in (RangeOf, Differs):
        return _range(code)
    at = test.at
    asks = _mentions_input(test)

    def check(frame: Frame, value: Any) -> bool | None:
        found = code(frame)
        if asks:
            return found if type(found) is bool else None
        if found is True and type(value) is not bool:
            return True
        if found is False and type(value) is not bool:
            return False
        result = passes(frame.run, value, found)
        if result is None:
            frame.run.warn(
                at, "type", _("không so sánh được {left} với {right}.", left=shown(value), right=shown(found))
            )
        return result

    return check


def _literal(test: Constant) -> Check:
    wanted, at = test.value, test.at
    kind = type(wanted)
    is_plain = kind in _PLAIN

    def check(frame: Frame, value: Any) -> bool | None:
        if type(value) is kind:
            return bool(value == wanted) if is_plain else passes(frame.run, value, wanted)
        if value is None:
            return wanted is None
        result = passes(frame.run, value, wanted)
        if result is None:
            frame.run.warn(
                at,
                "type",
                _("không so sánh được {left} với {right}.", left=shown(value), right=shown(wanted)),
            )
        return result

    return check


def _range(code: Code) -> Check:
    def check(frame: Frame, value: Any) -> bool | None:
        span = code(frame)
        return passes(frame.run, value, span) if type(span) is Range else None

    return check


def _mentions_input(test: Any) -> bool:
    waiting = [test]
    while waiting:
        part = waiting.pop()
        if getattr(part, "name", None) == "?":
            return True
        if isinstance(part, tuple):
            waiting.extend(item for item in part if isinstance(item, tuple))
    return False
