"""Syntax tree to closures: each node becomes one function of a frame.

Names are resolved while compiling: how many frames up a name lives is known, except behind a filter, where
the fields of the element come first (DMN 1.5 §10.3.2.5).
"""

from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from engine.feel.errors import FeelLimitExceeded
from engine.feel.limits import DEFAULT, Limits
from engine.feel.nodes import Node
from engine.feel.run import Frame, Run
from engine.feel.suggestions import no_variable
from foundation.texts import _

Code = Callable[[Frame], Any]
Maker = Callable[["Compiler", Any], Code]

#: kinds of JSON-like scalars that are FEEL values as they are
_AS_IS = frozenset({str, bool, type(None)})
_MISSING = object()
_SMALL = 10**34

MAKERS: dict[type, Maker] = {}


def makes(kind: type) -> Callable[[Maker], Maker]:
    """Register the function that compiles one kind of node."""

    def register(maker: Maker) -> Maker:
        MAKERS[kind] = maker
        return maker

    return register


class Compiler:
    """Compiles one expression; afterwards `free` and `weight` describe it."""

    def __init__(
        self,
        *,
        known: Collection[str] = (),
        scopes: tuple[set[str] | None, ...] = (),
        limits: Limits = DEFAULT,
    ):
        """Begin with names that hide built-ins, and with the scopes around the expression."""
        self.known = frozenset(known)
        #: names of each frame between the root and here; None = fields of a filtered element
        self.scopes: list[set[str] | None] = list(scopes)
        self.limits = limits
        #: top-level names used
        self.free: set[str] = set()
        #: nodes compiled so far
        self.weight = 0
        self.depth = 0
        self.deepest = 0

    def code(self, node: Node) -> Code:
        """Give the closure of a node."""
        self.weight += 1
        if self.weight > self.limits.nodes:
            raise FeelLimitExceeded(
                _("Biểu thức có hơn {most} thành phần.", most=self.limits.nodes), limit="nodes"
            )
        self.depth += 1
        self.deepest = max(self.deepest, self.depth)
        made = MAKERS[type(node)](self, node)
        self.depth -= 1
        return made

    def measured(self, node: Node) -> tuple[Code, int, int]:
        """Give the closure with its weight in steps and its levels on the stack."""
        weight, deepest, self.deepest = self.weight, self.deepest, self.depth
        made = self.code(node)
        levels = self.deepest - self.depth
        self.deepest = max(deepest, self.deepest)
        return made, max(1, (self.weight - weight) // 4), levels

    def is_bound(self, name: str) -> bool:
        """Say whether a name is a local variable here, or given by the decision model."""
        return name in self.known or any(scope is not None and name in scope for scope in self.scopes)

    def is_local(self, name: str) -> bool:
        """Say whether a name may be found in a frame below the root."""
        return any(scope is None or name in scope for scope in self.scopes)

    def lookup(self, name: str, at: int) -> Code:
        """Give the closure that finds a name."""
        dynamic = False
        for hops, scope in enumerate(reversed(self.scopes)):
            if scope is None:
                dynamic = True
            elif name in scope:
                return _walk(name, at) if dynamic else _local(name, hops)
        if dynamic:
            return _walk(name, at)
        self.free.add(name)
        return _root(name, at, len(self.scopes))


def _local(name: str, hops: int) -> Code:
    if hops == 0:
        return lambda frame: frame.names[name]

    def far(frame: Frame) -> Any:
        for _hop in range(hops):
            frame = frame.parent  # type: ignore[assignment]  # counted while compiling
        return frame.names[name]

    return far


def _walk(name: str, at: int) -> Code:
    def walk(frame: Frame) -> Any:
        level: Any = frame
        while level.parent is not None:
            if name in level.names:
                return level.names[name]
            level = level.parent
        return from_root(level, frame.run, name, at)

    return walk


def _root(name: str, at: int, hops: int) -> Code:
    def far(frame: Frame) -> Any:
        level: Any = frame
        while level.parent is not None:
            level = level.parent
        return from_root(level, frame.run, name, at)

    if hops:
        return far

    def near(frame: Frame) -> Any:
        try:
            value = frame.names[name]
        except KeyError:
            return from_root(frame, frame.run, name, at)
        kind = type(value)
        if kind in _AS_IS:
            return value
        if kind is int and -_SMALL < value < _SMALL:
            return Decimal(value)
        return frame.run.admit(value, at)

    return near


def from_root(root: Frame, run: Run, name: str, at: int) -> Any:
    """Give a name of the caller's scope, else the built-in of that name, else null with a warning."""
    value = root.names.get(name, _MISSING)
    if value is _MISSING:
        from engine.feel.builtins import as_function

        function = as_function(name)
        if function is not None:
            return function
        return run.warn(at, "unknown_name", no_variable(name, root.names, run.warnings))
    return admit(run, value, at)


def admit(run: Run, value: Any, at: int) -> Any:
    """Give the FEEL value of something from the caller."""
    kind = type(value)
    if kind in _AS_IS:
        return value
    if kind is int and -_SMALL < value < _SMALL:
        return Decimal(value)
    return run.admit(value, at)
