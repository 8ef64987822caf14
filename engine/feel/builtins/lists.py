"""List functions (DMN 1.5 table 77); positions begin with 1, negative ones count from the end."""

from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from engine.feel.builtins.registry import Refused, builtin, deep_limit
from engine.feel.compare import before, equal
from engine.feel.run import Run
from engine.feel.types import kind_of, shown
from engine.feel.values import Function
from foundation.texts import _

_HASHABLE = frozenset(
    {"number", "string", "boolean", "date", "days and time duration", "years and months duration", "Null"}
)


def place(items: list[Any], position: Decimal) -> int:
    """Give the 0-based index of a position. Raises `Refused` when there is no such element."""
    index = int(position)
    if index == 0 or abs(index) > len(items) or position != index:
        raise Refused(
            _("danh sách có {size} phần tử, không có vị trí {at}", size=len(items), at=str(position)), "range"
        )
    return index - 1 if index > 0 else len(items) + index


def occurs(run: Run, items: list[Any], element: Any) -> bool:
    """Say whether a list has an element equal to the given one."""
    run.charge(len(items) >> 2)
    return any(equal(run, item, element) is True for item in items)


@builtin("list contains(list: list, element: any)")
def list_contains(run: Run, items: list[Any], element: Any) -> bool:
    """Say whether the list has the element."""
    return occurs(run, items, element)


@builtin("count(list: list)")
def count(_run: Run, items: list[Any]) -> Decimal:
    """Count the elements."""
    return Decimal(len(items))


def extreme(run: Run, items: list[Any], *, least: bool) -> Any:
    """Give the smallest or largest element; unlike elements have none."""
    run.charge(len(items) >> 2)
    best = None
    for item in items:
        if best is None:
            best = item
        earlier = before(item, best) if least else before(best, item)
        if earlier is None:
            raise Refused(
                _("không so sánh được {left} với {right}", left=shown(item), right=shown(best)), "type"
            )
        if earlier:
            best = item
    return best


@builtin("min(list: list)")
@builtin("min(...items: any)")
def minimum(run: Run, *items: Any) -> Any:
    """Give the smallest element."""
    return extreme(run, _one_list(items), least=True)


@builtin("max(list: list)")
@builtin("max(...items: any)")
def maximum(run: Run, *items: Any) -> Any:
    """Give the largest element."""
    return extreme(run, _one_list(items), least=False)


def _one_list(items: tuple[Any, ...]) -> list[Any]:
    return items[0] if len(items) == 1 and type(items[0]) is list else list(items)


@builtin("all(list: list)")
@builtin("all(...items: any)")
def every(_run: Run, *items: Any) -> bool | None:
    """Say whether all are true; one false decides."""
    return _junction(_one_list(items), decides=False)


@builtin("any(list: list)")
@builtin("any(...items: any)")
def some(_run: Run, *items: Any) -> bool | None:
    """Say whether one is true; one true decides."""
    return _junction(_one_list(items), decides=True)


def _junction(items: list[Any], *, decides: bool) -> bool | None:
    if any(item is decides for item in items):
        return decides
    if all(item is (not decides) for item in items):
        return not decides
    return None


@builtin("sublist(list: list, start position: number, length?: number?)")
def sublist(run: Run, items: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any]:
    """Give a part of the list."""
    begin = place(items, start)
    if length is None:
        return run.new_list(items[begin:])
    if length < 1 or begin + int(length) > len(items):
        raise Refused(_("độ dài {length} vượt ra ngoài danh sách", length=str(length)), "range")
    return run.new_list(items[begin : begin + int(length)])


@builtin("append(list: list, ...item: any)")
def append(run: Run, items: list[Any], *more: Any) -> list[Any]:
    """Add elements at the end."""
    return run.new_list([*items, *more])


@builtin("concatenate(...list: list)")
def concatenate(run: Run, *lists: list[Any]) -> list[Any]:
    """Put lists one after the other."""
    run.room(sum(map(len, lists)), run.limits.items, "items")
    return run.new_list([item for items in lists for item in items])


@builtin("insert before(list: list, position: number, newItem: any)")
def insert_before(run: Run, items: list[Any], position: Decimal, new: Any) -> list[Any]:
    """Add an element before a position."""
    at = place(items, position)
    return run.new_list([*items[:at], new, *items[at:]])


@builtin("remove(list: list, position: number)")
def remove(run: Run, items: list[Any], position: Decimal) -> list[Any]:
    """Leave out the element at a position."""
    at = place(items, position)
    return run.new_list([*items[:at], *items[at + 1 :]])


@builtin("list replace(list: list, position: number, newItem: any)")
def list_replace(run: Run, items: list[Any], position: Decimal, new: Any) -> list[Any]:
    """Replace the element at a position."""
    at = place(items, Decimal(int(position)))  # a fraction is cut off (DMN TCK 1155)
    return run.new_list([*items[:at], new, *items[at + 1 :]])


@builtin("list replace(list: list, match: function, newItem: any)")
def list_replace_where(run: Run, items: list[Any], match: Function, new: Any) -> list[Any]:
    """Replace the elements for which `match(element, newItem)` is true."""
    if len(match.parameters) != 2:  # noqa: PLR2004  element and new element
        raise Refused(_("hàm chọn phần tử phải có 2 tham số"))
    made = []
    for item in items:
        answer = run.call(match, [item, new], 0)
        if type(answer) is not bool:
            raise Refused(
                _("hàm chọn phần tử phải trả về đúng/sai, nhưng trả về {found}", found=shown(answer)), "type"
            )
        made.append(new if answer else item)
    return run.new_list(made)


@builtin("reverse(list: list)")
def reverse(run: Run, items: list[Any]) -> list[Any]:
    """Give the elements in opposite order."""
    return run.new_list(items[::-1])


@builtin("index of(list: list, match: any)")
def index_of(run: Run, items: list[Any], match: Any) -> list[Decimal]:
    """Give all positions of the element."""
    run.charge(len(items) >> 2)
    return [Decimal(at) for at, item in enumerate(items, 1) if equal(run, item, match) is True]


@builtin("union(...list: list)")
def union(run: Run, *lists: list[Any]) -> list[Any]:
    """Put lists together without duplicates."""
    return distinct_values(run, concatenate(run, *lists))


@builtin("distinct values(list: list)")
def distinct_values(run: Run, items: list[Any]) -> list[Any]:
    """Leave out later duplicates."""
    seen: set[tuple[str, Any]] = set()
    others: list[Any] = []
    made: list[Any] = []
    for item in items:
        kind = kind_of(item)
        if kind in _HASHABLE:
            if (kind, item) in seen:
                continue
            seen.add((kind, item))
        else:
            if occurs(run, others, item):
                continue
            others.append(item)
        made.append(item)
    return run.new_list(made)


@builtin("flatten(list: list)")
def flatten(run: Run, items: list[Any]) -> list[Any]:
    """Dissolve lists inside lists."""
    made: list[Any] = []
    waiting = [iter(items)]
    while waiting:
        for item in waiting[-1]:
            run.charge(1)
            if type(item) is list:
                if len(waiting) > run.limits.depth:
                    raise deep_limit()
                waiting.append(iter(item))
                break
            made.append(item)
        else:
            waiting.pop()
    return run.new_list(made)


@builtin("sort(list: list, precedes?: function?)")
def sort(run: Run, items: list[Any], precedes: Function | None = None) -> list[Any]:
    """Sort by a function that says whether its first argument comes before its second, else naturally."""
    if precedes is not None and len(precedes.parameters) != 2:  # noqa: PLR2004  a pair
        raise Refused(_("hàm so sánh phải có 2 tham số"))

    def order(left: Any, right: Any) -> int:
        run.charge(1)
        if precedes is None:
            earlier, later = before(left, right), before(right, left)
            if earlier is None or later is None:
                raise Refused(
                    _("không so sánh được {left} với {right}", left=shown(left), right=shown(right)), "type"
                )
            return -1 if earlier else int(later)
        return (
            -1
            if run.call(precedes, [left, right], 0) is True
            else int(run.call(precedes, [right, left], 0) is True)
        )

    return run.new_list(sorted(items, key=cmp_to_key(order)))
