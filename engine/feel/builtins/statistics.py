"""Sums and averages (DMN 1.5 table 77)."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.feel import arithmetic
from engine.feel.builtins.registry import Refused, builtin
from engine.feel.run import Run
from engine.feel.types import shown
from engine.feel.values import DECIMAL128, YearsMonths
from foundation.texts import _


def figures(run: Run, items: tuple[Any, ...]) -> list[Decimal]:
    """Give the numbers of the arguments, or of the one list. Raises `Refused` for anything else."""
    values = items[0] if len(items) == 1 and type(items[0]) is list else list(items)
    run.charge(len(values) >> 2)
    for value in values:
        if type(value) is not Decimal:
            raise Refused(_("mọi phần tử phải là số, nhưng có {found}", found=shown(value)), "type")
    return values


@builtin("sum(list: list)")
@builtin("sum(...n: any)")
def total(run: Run, *items: Any) -> Any:
    """Add numbers, or durations of one kind; nothing has no sum."""
    values = items[0] if len(items) == 1 and type(items[0]) is list else list(items)
    run.charge(len(values) >> 2)
    if not values:
        return None
    if type(values[0]) not in (Decimal, timedelta, YearsMonths):
        raise Refused(_("không cộng được {found}", found=shown(values[0])), "type")
    result = values[0]
    for value in values[1:]:
        found = arithmetic.add(result, value) if type(value) is type(result) else None
        if found is None:
            raise Refused(
                _("không cộng được {left} với {right}", left=shown(result), right=shown(value)), "type"
            )
        result = found
    return result


@builtin("product(list: list)")
@builtin("product(...n: any)")
def product(run: Run, *items: Any) -> Decimal | None:
    """Multiply numbers; nothing has no product."""
    values = figures(run, items)
    if not values:
        return None
    result = Decimal(1)
    for value in values:
        result = DECIMAL128.multiply(result, value)
    return arithmetic.finite(result)


@builtin("mean(list: list)")
@builtin("mean(...n: any)")
def mean(run: Run, *items: Any) -> Any:
    """Give the average; nothing has none."""
    values = items[0] if len(items) == 1 and type(items[0]) is list else list(items)
    if not values:
        return None
    return arithmetic.divide(total(run, values), Decimal(len(values)))


@builtin("median(list: list)")
@builtin("median(...n: any)")
def median(run: Run, *items: Any) -> Decimal | None:
    """Give the middle value, of an even number the average of the two in the middle."""
    values = sorted(figures(run, items))
    if not values:
        return None
    middle = len(values) // 2
    if len(values) % 2:
        return values[middle]
    return DECIMAL128.divide(DECIMAL128.add(values[middle - 1], values[middle]), Decimal(2))


@builtin("stddev(list: list)")
@builtin("stddev(...n: any)")
def stddev(run: Run, *items: Any) -> Decimal | None:
    """Give the standard deviation of a sample; it needs two values."""
    values = figures(run, items)
    if len(values) < 2:  # noqa: PLR2004  a single value has no spread
        raise Refused(_("cần ít nhất hai số"), "value")
    average = arithmetic.divide(total(run, values), Decimal(len(values)))
    squares = Decimal(0)
    for value in values:
        off = DECIMAL128.subtract(value, average)
        squares = DECIMAL128.add(squares, DECIMAL128.multiply(off, off))
    return arithmetic.finite(DECIMAL128.sqrt(DECIMAL128.divide(squares, Decimal(len(values) - 1))))


@builtin("mode(list: list)")
@builtin("mode(...n: any)")
def mode(run: Run, *items: Any) -> list[Decimal]:
    """Give the most frequent values in ascending order."""
    counts = Counter(figures(run, items))
    most = max(counts.values(), default=0)
    return sorted(value for value, times in counts.items() if times == most)
