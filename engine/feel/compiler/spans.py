"""Closures of ranges and of the tests that use them: between, in, < value."""

from typing import Any

from engine.feel.compare import before, contains, equal
from engine.feel.compiler.core import Code, Compiler, makes
from engine.feel.compiler.operators import incomparable
from engine.feel.nodes import Between, Constant, Differs, Node, RangeOf, Within
from engine.feel.run import Frame, Run
from engine.feel.types import kind_of, shown
from engine.feel.values import Range
from foundation.texts import _

#: kinds that may stand at the end of a range; lists, contexts and ranges would nest without end
_AT_ENDS = frozenset(
    {
        "number", "string", "boolean", "date", "time", "date and time", "days and time duration",
        "years and months duration", "Null",
    }
)  # fmt: skip


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
            return incomparable(frame.run, a, b if under is None else c, at)
        return not under and not over

    return inside


@makes(RangeOf)
def range_of(compiler: Compiler, node: RangeOf) -> Code:
    """Make a range; its ends must be comparable with each other."""
    low = None if node.low is None else compiler.code(node.low)
    high = None if node.high is None else compiler.code(node.high)
    at, low_closed, high_closed, one_sided = node.at, node.low_closed, node.high_closed, not node.dotted
    low_asked, high_asked = _is_asked(node.low, closed=low_closed), _is_asked(node.high, closed=high_closed)
    is_point = node.low is not None and node.low is node.high
    is_nothing = _is_absent(node.low) and _is_absent(node.high)

    def make(frame: Frame) -> Any:
        start = None if low is None else low(frame)
        end = None if high is None else high(frame)
        unknown = (low_asked and start is None) or (high_asked and end is None)
        if start is None and end is None and not one_sided and (is_nothing or not unknown):
            return frame.run.warn(at, "range", _("khoảng giá trị cần ít nhất một đầu."))
        if kind_of(start) not in _AT_ENDS or kind_of(end) not in _AT_ENDS:
            wrong = start if kind_of(start) not in _AT_ENDS else end
            return frame.run.warn(
                at, "range", _("{found} không làm đầu khoảng giá trị được.", found=shown(wrong))
            )
        if start is not None and end is not None and kind_of(start) != kind_of(end):
            return incomparable(frame.run, start, end, at)
        if is_point:
            return Range(start, end, low_closed=True, high_closed=True, one_sided=True)
        if unknown:
            said = _(
                "một đầu của khoảng giá trị là rỗng (null) nên không biết giá trị có nằm trong đó không."
            )
            frame.run.warn(at, "range", said)
        return Range(
            start,
            end,
            low_closed and start is not None,
            high_closed and end is not None,
            one_sided=one_sided,
            unknown=unknown,
        )

    return make


def _is_asked(end: Node | None, *, closed: bool) -> bool:
    """Tell whether an end must have a value; an open end written `null` has none on purpose."""
    return end is not None and (closed or not _is_absent(end))


def _is_absent(end: Node | None) -> bool:
    """Tell whether an end is not written, or written `null`."""
    return end is None or (type(end) is Constant and end.value is None)


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
                incomparable(frame.run, a, b, at)
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
