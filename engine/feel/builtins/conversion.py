"""Conversions between types, `not` and `is` (DMN 1.5 tables 72, 74, 82)."""

import re
from decimal import Decimal
from typing import Any

from engine.feel.builtins.registry import Refused, builtin
from engine.feel.compare import identical
from engine.feel.run import Run
from engine.feel.text import text_of
from engine.feel.values import number
from foundation.texts import _

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")


@builtin("string(from: any)")
def string(run: Run, value: Any) -> str | None:
    """Give a value as text; null stays null."""
    if value is None:
        return None
    weigh(run, value)
    return run.new_text(text_of(value))


def weigh(run: Run, value: Any) -> None:
    """Pay for walking through a value. Raises `FeelLimitExceeded` for one too large or too deep."""
    from engine.feel.builtins.registry import deep_limit

    level = [value]
    for _depth in range(run.limits.depth + 1):
        inner: list[Any] = []
        for item in level:
            if type(item) is list:
                run.charge(1 + len(item))
                inner += item
            elif type(item) is dict:
                run.charge(1 + len(item))
                inner += item.values()
            elif type(item) is str:
                run.charge(len(item) >> 6)
        if not inner:
            return
        level = inner
    raise deep_limit()


@builtin("number(from: string)")
@builtin("number(from: string, grouping separator: string?, decimal separator?: string?)")
def to_number(_run: Run, text: str, grouping: str | None = None, point: str | None = None) -> Decimal:
    """Read a number from text with the given separators."""
    if (
        grouping not in (None, " ", ",", ".")
        or point not in (None, ",", ".")
        or (grouping and grouping == point)
    ):
        raise Refused(_("dấu phân cách không hợp lệ"))
    plain = text.replace(grouping, "") if grouping else text
    if point == ",":
        plain = "" if "." in plain else plain.replace(",", ".")
    result = number(plain) if _NUMBER.fullmatch(plain) else None
    if result is None:
        raise Refused(_("“{text}” không phải là số", text=text[:40]), "value")
    return result


@builtin("number(from: number)")
def same_number(_run: Run, value: Decimal) -> Decimal:
    """Give the number itself."""
    return value


@builtin("not(negand: any)")
def negation(_run: Run, value: Any) -> bool | None:
    """Give the opposite truth value; anything else has none."""
    return not value if type(value) is bool else None


@builtin("is(value1: any, value2: any)")
def same(run: Run, left: Any, right: Any) -> bool:
    """Say whether two values are the same, type and time zone included."""
    return identical(run, left, right)
