"""How much one expression may cost: every bound of the interpreter in one place.

The figures follow notes/reliability.md §4.2. Steps count the work of loops, calls and of creating
strings and lists, so time and memory are bounded together.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The bounds of compiling and evaluating one expression."""

    #: characters of source text
    source: int = 20_000
    #: syntax nodes
    nodes: int = 5_000
    #: brackets, calls, contexts, functions inside each other
    nesting: int = 60
    #: units of work while evaluating
    steps: int = 100_000
    #: characters of a string made while evaluating
    string: int = 100_000
    #: elements of a list made while evaluating
    items: int = 10_000
    #: values inside the result, counted through lists and contexts
    result: int = 100_000
    #: lists and contexts inside each other in a value
    depth: int = 60
    #: nested calls, counted in levels of the function bodies
    calls: int = 240
    #: warnings kept; later ones are dropped
    warnings: int = 100


DEFAULT = Limits()
