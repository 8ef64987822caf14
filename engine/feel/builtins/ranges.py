"""Relations of points and ranges after Allen (DMN 1.5 table 80), and `range()`."""

from typing import Any

from engine.feel.builtins.registry import Refused, builtin
from engine.feel.compare import before, contains, equal
from engine.feel.run import Run
from engine.feel.types import kind_of
from engine.feel.values import Range
from foundation.texts import _

_POINT = "number|string|date|time|date and time|days and time duration|years and months duration"


def _less(left: Any, right: Any) -> bool:
    result = before(left, right)
    if result is None:
        raise Refused(_("hai giá trị không cùng kiểu nên không so sánh được"), "type")
    return result


def _same(run: Run, left: Any, right: Any) -> bool:
    result = equal(run, left, right)
    if result is None:
        raise Refused(_("hai giá trị không cùng kiểu nên không so sánh được"), "type")
    return result


def _has(run: Run, span: Range, point: Any) -> bool:
    result = contains(run, span, point)
    if result is None:
        raise Refused(_("hai giá trị không cùng kiểu nên không so sánh được"), "type")
    return result


def _ends_before(run: Run, left: Range, right: Range) -> bool:
    """Say whether the first range ends before the second begins."""
    if left.high is None or right.low is None:
        return False
    if _less(left.high, right.low):
        return True
    return _same(run, left.high, right.low) and not (left.high_closed and right.low_closed)


@builtin(f"before(point1: {_POINT}, point2: {_POINT})")
@builtin("before(range1: range, range2: range)")
@builtin(f"before(point: {_POINT}, range: range)")
@builtin(f"before(range: range, point: {_POINT})")
def is_before(run: Run, left: Any, right: Any) -> bool:
    """Say whether the first lies wholly before the second."""
    return _ends_before(run, _span(left), _span(right))


@builtin(f"after(point1: {_POINT}, point2: {_POINT})")
@builtin("after(range1: range, range2: range)")
@builtin(f"after(point: {_POINT}, range: range)")
@builtin(f"after(range: range, point: {_POINT})")
def is_after(run: Run, left: Any, right: Any) -> bool:
    """Say whether the first lies wholly after the second."""
    return _ends_before(run, _span(right), _span(left))


def _span(value: Any) -> Range:
    return value if type(value) is Range else Range(value, value, low_closed=True, high_closed=True)


@builtin("meets(range1: range, range2: range)")
def meets(run: Run, left: Range, right: Range) -> bool:
    """Say whether the first ends where the second begins."""
    return left.high_closed and right.low_closed and _same(run, left.high, right.low)


@builtin("met by(range1: range, range2: range)")
def met_by(run: Run, left: Range, right: Range) -> bool:
    """Say whether the first begins where the second ends."""
    return meets(run, right, left)


@builtin("overlaps(range1: range, range2: range)")
def overlaps(run: Run, left: Range, right: Range) -> bool:
    """Say whether two ranges have a part in common."""
    return not _ends_before(run, left, right) and not _ends_before(run, right, left)


def _begins_first(run: Run, left: Range, right: Range) -> bool:
    """Say whether the first range begins before the second."""
    if left.low is None or right.low is None:
        return left.low is None and right.low is not None
    return _less(left.low, right.low) or (
        _same(run, left.low, right.low) and left.low_closed and not right.low_closed
    )


def _stops_first(run: Run, left: Range, right: Range) -> bool:
    """Say whether the first range ends before the second ends."""
    if left.high is None or right.high is None:
        return left.high is not None and right.high is None
    return _less(left.high, right.high) or (
        _same(run, left.high, right.high) and right.high_closed and not left.high_closed
    )


@builtin("overlaps before(range1: range, range2: range)")
def overlaps_before(run: Run, left: Range, right: Range) -> bool:
    """Say whether the first begins before the second and ends inside it."""
    return (
        overlaps(run, left, right) and _begins_first(run, left, right) and not _stops_first(run, right, left)
    )


@builtin("overlaps after(range1: range, range2: range)")
def overlaps_after(run: Run, left: Range, right: Range) -> bool:
    """Say whether the first begins inside the second and ends after it."""
    return (
        overlaps(run, left, right) and _stops_first(run, right, left) and not _begins_first(run, left, right)
    )


@builtin("finishes(range1: range, range2: range)")
@builtin(f"finishes(point: {_POINT}, range: range)")
def finishes(run: Run, left: Any, right: Range) -> bool:
    """Say whether the first ends together with the second and lies inside it."""
    first = _span(left)
    if first.high_closed != right.high_closed or not _same(run, first.high, right.high):
        return False
    return not _begins_first(run, first, right)


@builtin("finished by(range1: range, range2: range)")
@builtin(f"finished by(range: range, point: {_POINT})")
def finished_by(run: Run, left: Range, right: Any) -> bool:
    """Say whether the second finishes the first."""
    return finishes(run, right, left)


@builtin("includes(range1: range, range2: range)")
@builtin(f"includes(range: range, point: {_POINT})")
def includes(run: Run, left: Range, right: Any) -> bool:
    """Say whether the second lies inside the first."""
    if type(right) is not Range:
        return _has(run, left, right)
    return not _begins_first(run, right, left) and not _stops_first(run, left, right)


@builtin("during(range1: range, range2: range)")
@builtin(f"during(point: {_POINT}, range: range)")
def during(run: Run, left: Any, right: Range) -> bool:
    """Say whether the first lies inside the second."""
    return includes(run, right, left)


@builtin("starts(range1: range, range2: range)")
@builtin(f"starts(point: {_POINT}, range: range)")
def starts(run: Run, left: Any, right: Range) -> bool:
    """Say whether the first begins together with the second and lies inside it."""
    first = _span(left)
    if first.low_closed != right.low_closed or not _same(run, first.low, right.low):
        return False
    return not _stops_first(run, right, first)


@builtin("started by(range1: range, range2: range)")
@builtin(f"started by(range: range, point: {_POINT})")
def started_by(run: Run, left: Range, right: Any) -> bool:
    """Say whether the second starts the first."""
    return starts(run, right, left)


@builtin(f"coincides(point1: {_POINT}, point2: {_POINT})")
@builtin("coincides(range1: range, range2: range)")
def coincides(run: Run, left: Any, right: Any) -> bool:
    """Say whether both are the same."""
    return _same(run, left, right)


@builtin("range(from: string)")
def range_from(run: Run, text: str) -> Range:
    """Read a range of literals, such as `[1..10)`."""
    from engine.feel.builtins.range_text import read_range

    found = read_range(run, text)
    if found is None:
        raise Refused(_("“{text}” không phải là khoảng giá trị", text=text[:40]), "value")
    both = found.low is not None and found.high is not None
    if both and (kind_of(found.low) != kind_of(found.high) or _less(found.high, found.low)):
        raise Refused(_("hai đầu của khoảng giá trị không hợp lệ"), "range")
    return found
