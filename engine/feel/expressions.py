"""Compiled expressions: what the rest of the house calls."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from engine.feel.compiler.cells import tests_code
from engine.feel.compiler.core import Code, Compiler, admit
from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError, Warning_
from engine.feel.forms import Parser
from engine.feel.limits import DEFAULT, Limits
from engine.feel.ports import WorkingTime
from engine.feel.run import Frame, Run
from foundation.texts import _

#: characters up to which an expression goes to the large cache
_SHORT = 500


class Evaluation(NamedTuple):
    """The value of an expression, and why parts of it are null."""

    value: Any
    warnings: tuple[Warning_, ...]


class Expression:
    """A compiled expression; immutable, to be shared between threads."""

    __slots__ = ("_code", "names", "source")

    def __init__(self, source: str, code: Code, names: frozenset[str]) -> None:
        """Keep what `compile` made."""
        #: the text as given
        self.source = source
        #: top-level names the expression uses, built-ins excepted
        self.names = names
        self._code = code

    def evaluate(
        self,
        scope: Mapping[str, Any],
        *,
        now: datetime,
        calendar: WorkingTime | None = None,
        limits: Limits = DEFAULT,
    ) -> Evaluation:
        """Give the value for a scope of JSON-like data; `now` is aware. Raises `FeelLimitExceeded`."""
        run = Run(scope, now, calendar, limits)
        return finished(run, self._code)


class UnaryTests:
    """The compiled tests of a decision-table cell."""

    __slots__ = ("_code", "names", "source")

    def __init__(self, source: str, code: Callable[[Frame, Any], bool | None], names: frozenset[str]) -> None:
        """Keep what `compile_unary_tests` made."""
        self.source = source
        self.names = names
        self._code = code

    def evaluate(
        self,
        value: Any,
        scope: Mapping[str, Any],
        *,
        now: datetime,
        calendar: WorkingTime | None = None,
        limits: Limits = DEFAULT,
    ) -> Evaluation:
        """Say whether an input value passes; null means that it cannot be told."""
        run = Run(scope, now, calendar, limits)
        code = self._code
        admitted = admit(run, value, 0)
        return finished(run, lambda _run: code(Frame({"?": admitted}, run, run), admitted))


def finished(run: Run, code: Code) -> Evaluation:
    """Run a closure and weigh its result. Raises `FeelLimitExceeded`."""
    try:
        value = code(run)
    except RecursionError:
        raise FeelLimitExceeded(_("Biểu thức lồng nhau quá sâu để tính."), limit="calls") from None
    except (ArithmeticError, ValueError):
        value = run.warn(0, "value", _("kết quả không biểu diễn được."))
    kind = type(value)
    if kind is list or kind is dict:
        _weigh_result(run, value)
    return Evaluation(value, tuple(run.warnings) if run.warnings else ())


def _weigh_result(run: Run, value: Any) -> None:
    level = [value]
    count = size = 0
    for _depth in range(run.limits.depth + 2):
        inner: list[Any] = []
        for item in level:
            if type(item) is list:
                inner += item
            elif type(item) is dict:
                inner += item.values()
            elif type(item) is str:
                size += len(item)
        count += len(inner)
        if count > run.limits.result or size > 10 * run.limits.string:
            break
        if not inner:
            return
        level = inner
    raise FeelLimitExceeded(_("Kết quả của biểu thức quá lớn hoặc lồng nhau quá sâu."), limit="result")


def compile(source: str, *, limits: Limits = DEFAULT) -> Expression:  # noqa: A001  the word of the trade
    """Compile an expression, from the cache when it was compiled before; one leading `=` is dropped.

    Raises `FeelSyntaxError` (position, line, column, expected, found) or `FeelLimitExceeded`.
    """
    if limits is not DEFAULT:
        return _expression(source, limits)
    return _short_expression(source) if len(source) <= _SHORT else _long_expression(source)


def compile_unary_tests(source: str, *, limits: Limits = DEFAULT) -> UnaryTests:
    """Compile the tests of a decision-table cell, such as `-`, `"A", "B"`, `[1..5)`, `not(< 3)`, `? > a + 1`.

    Raises `FeelSyntaxError` or `FeelLimitExceeded`.
    """
    if limits is not DEFAULT:
        return _tests(source, limits)
    return _short_tests(source) if len(source) <= _SHORT else _long_tests(source)


def _expression(source: str, limits: Limits) -> Expression:
    parser = Parser(_without_sign(source, limits), limits=limits)
    compiler = Compiler(limits=limits)
    code = guarded(lambda: compiler.code(parser.whole()))
    return Expression(source, code, frozenset(compiler.free))


def _tests(source: str, limits: Limits) -> UnaryTests:
    parser = Parser(source, limits=limits)
    compiler = Compiler(limits=limits, scopes=({"?"},))
    code = guarded(lambda: tests_code(compiler, parser.unary_tests()))
    return UnaryTests(source, code, frozenset(compiler.free))


# Two caches, so that a few very long expressions cannot fill the memory of many short ones.
_short_expression = lru_cache(maxsize=4096)(lambda source: _expression(source, DEFAULT))
_long_expression = lru_cache(maxsize=64)(lambda source: _expression(source, DEFAULT))
_short_tests = lru_cache(maxsize=4096)(lambda source: _tests(source, DEFAULT))
_long_tests = lru_cache(maxsize=64)(lambda source: _tests(source, DEFAULT))


def guarded(make: Callable[[], Any]) -> Any:
    """Turn an overflow of the Python stack, which the limits should prevent, into the error for it."""
    try:
        return make()
    except RecursionError:
        raise FeelLimitExceeded(_("Biểu thức lồng nhau quá sâu."), limit="nesting") from None


def _without_sign(source: str, limits: Limits) -> str:
    """Blank one leading `=` (the Camunda 8 way to mark FEEL), so that positions stay those of the source."""
    if len(source) <= limits.source:
        lead = len(source) - len(source.lstrip())
        if source[lead : lead + 1] == "=":
            return f"{source[:lead]} {source[lead + 1 :]}"
    return source


__all__ = ["Evaluation", "Expression", "FeelSyntaxError", "UnaryTests", "compile", "compile_unary_tests"]
