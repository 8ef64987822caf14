"""Mistakes of type that are certain before anything is evaluated: "a" + 1, a date compared with a string.

Only kinds that are known for sure are judged: literals, results of operators and of functions that give one
kind, and names whose kind the caller knows. Everything else is taken to fit.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from engine.feel.compiler.operators import arithmetic_misfit, comparison_misfit
from engine.feel.forms import Parser
from engine.feel.nodes import (
    Between,
    Call,
    Chain,
    Compare,
    Constant,
    ContextOf,
    Filter,
    For,
    FunctionOf,
    InstanceOf,
    Junction,
    ListOf,
    Name,
    Negate,
    Node,
    Postfix,
    Within,
)
from engine.feel.temporal import read_duration
from engine.feel.types import (
    BOOLEAN,
    CONTEXT,
    DATE,
    DATE_TIME,
    DAYS,
    FUNCTION,
    LIST,
    MONTHS,
    NULL,
    NUMBER,
    STRING,
    TIME,
    kind_of,
)
from foundation.texts import Text

#: what built-ins give when they do not give null
_RESULTS = {
    **dict.fromkeys(("date", "today", "add working days", "next working day"), DATE),
    **dict.fromkeys(("date and time", "now", "add working time"), DATE_TIME),
    **dict.fromkeys(("time",), TIME),
    **dict.fromkeys(("years and months duration",), MONTHS),
    **dict.fromkeys(
        ("string", "substring", "upper case", "lower case", "substring before", "substring after", "replace",
         "string join", "day of week", "month of year"),
        STRING,
    ),
    **dict.fromkeys(
        ("number", "count", "string length", "floor", "ceiling", "decimal", "modulo", "sqrt", "day of year",
         "week of year", "working days between"),
        NUMBER,
    ),
    **dict.fromkeys(
        ("contains", "starts with", "ends with", "matches", "list contains", "not", "odd", "even"), BOOLEAN
    ),
}  # fmt: skip
_MOMENTS = frozenset({DATE, DATE_TIME, TIME})
_SPANS = frozenset({DAYS, MONTHS})
_BINDING = (Filter, For, FunctionOf, ContextOf)


class Clash(NamedTuple):
    """A part of an expression that cannot have a value."""

    #: 0-based offset in the source
    at: int
    message: Text


def in_source(source: str) -> list[Clash]:
    """Give the certain misfits of an expression that compiles, whatever its variables are."""
    return list(clashes(Parser(source).whole(), {}))


def clashes(node: Node, kinds: Mapping[str, str]) -> Iterator[Clash]:
    """Give the certain misfits of an expression; `kinds` are those of names that are always of one kind."""
    parts = list(_parts(node))
    if any(isinstance(part, _BINDING) for part in parts):
        kinds = {}  # a name may mean something else inside
    for part in parts:
        if type(part) is Chain:
            yield from _of_chain(part, kinds)
        elif type(part) is Compare:
            yield from _compared(part.left, part.right, part.at, kinds)
        elif type(part) is Between:
            yield from _compared(part.value, part.low, part.at, kinds)
            yield from _compared(part.value, part.high, part.at, kinds)


def kind_of_node(node: Node, kinds: Mapping[str, str]) -> str | None:  # noqa: PLR0911  one line per node
    """Give the kind an expression has whenever it is not null; None when that is not certain."""
    if isinstance(node, Constant):
        found = kind_of(node.value)
        return None if found == NULL else found
    if isinstance(node, Name):
        return kinds.get(node.name)
    if isinstance(node, Compare | Between | Junction | InstanceOf | Within):
        return BOOLEAN
    if isinstance(node, Negate):
        return kind_of_node(node.operand, kinds)
    if isinstance(node, Chain):
        return _kind_of_chain(node, kinds)
    if isinstance(node, Postfix):
        return _kind_of_call(node, kinds)
    if isinstance(node, For):
        return LIST if node.word == "for" else BOOLEAN
    plain: dict[type, str] = {ListOf: LIST, ContextOf: CONTEXT, FunctionOf: FUNCTION}
    return plain.get(type(node))


def _parts(node: Any) -> Iterator[Any]:
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if hasattr(part, "_fields"):
            yield part
        waiting.extend(item for item in part if isinstance(item, tuple))


def _compared(left: Node, right: Node, at: int, kinds: Mapping[str, str]) -> Iterator[Clash]:
    one, other = kind_of_node(left, kinds), kind_of_node(right, kinds)
    if one is not None and other is not None and one != other:
        yield Clash(at, comparison_misfit(one, other))


def _kind_of_call(node: Postfix, kinds: Mapping[str, str]) -> str | None:
    step = node.steps[0]
    if (
        len(node.steps) > 1
        or type(step) is not Call
        or type(node.base) is not Name
        or node.base.name in kinds
    ):
        return None
    if node.base.name == "duration" and len(step.arguments) == 1:
        given = step.arguments[0]
        found = read_duration(given.value) if type(given) is Constant and type(given.value) is str else None
        return None if found is None else kind_of(found)
    return _RESULTS.get(node.base.name)


def _kind_of_chain(node: Chain, kinds: Mapping[str, str]) -> str | None:
    found = kind_of_node(node.first, kinds)
    for sign, operand, _at in node.rest:
        found = _result(sign, found, kind_of_node(operand, kinds))[1]
    return found


def _of_chain(node: Chain, kinds: Mapping[str, str]) -> Iterator[Clash]:
    found = kind_of_node(node.first, kinds)
    for sign, operand, at in node.rest:
        other = kind_of_node(operand, kinds)
        fits, result = _result(sign, found, other)
        if not fits and found is not None and other is not None:
            yield Clash(at, arithmetic_misfit(sign, found, other))
        found = result


def _result(  # noqa: PLR0911  one line per row of the table
    sign: str, left: str | None, right: str | None
) -> tuple[bool, str | None]:
    """Say whether two kinds fit an operator (DMN 1.5 tables 45–49), and the kind of the result if certain."""
    if left is None or right is None:
        return True, None
    if left == right == NUMBER:
        return True, NUMBER
    if sign == "+" and left == right == STRING:
        return True, STRING
    if left in _SPANS and right in _SPANS:
        return left == right and sign in {"+", "-", "/"}, None if sign == "/" else left
    if sign in {"+", "-"} and left in _MOMENTS and right in _SPANS:
        return True, None
    if sign == "+" and left in _SPANS and right in _MOMENTS:
        return True, None
    if sign == "-" and left in _MOMENTS and right in _MOMENTS:
        return True, None
    if sign in {"*", "/"} and left in _SPANS and right == NUMBER:
        return True, left
    return sign == "*" and left == NUMBER and right in _SPANS, None
