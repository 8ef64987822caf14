"""The functions every expression may use (DMN 1.5 §10.3.4), and those for working days."""

from engine.feel.builtins import (
    contexts,
    conversion,
    dates,
    lists,
    numbers,
    ranges,
    statistics,
    strings,
    working_days,
)
from engine.feel.builtins.registry import BUILTINS
from engine.feel.values import Function

__all__ = [
    "BUILTINS", "as_function", "contexts", "conversion", "dates", "lists", "numbers", "ranges", "statistics",
    "strings", "working_days",
]  # fmt: skip


def as_function(name: str) -> Function | None:
    """Give a built-in as a value (to hand it to another function); None when there is none."""
    entry = BUILTINS.get(name)
    if entry is None:
        return None
    parameters = tuple(parameter.name for parameter in entry.overloads[0].parameters)
    return Function(
        parameters, lambda frame: entry.call(frame.run, [frame.names[p] for p in parameters], 0), None, 3
    )
