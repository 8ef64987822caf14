"""Closures of for, some and every: one loop for any number of iterators, every turn paid."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine.feel.arithmetic import add
from engine.feel.compare import before
from engine.feel.compiler.core import Code, Compiler, makes
from engine.feel.nodes import For
from engine.feel.run import Frame, Run
from engine.feel.types import DATE, kind_of, shown
from engine.feel.values import Range
from foundation.texts import _

_END = object()
#: iterators over numbers stay within this, where they are exact and cheap
_MOST = 10**15


@makes(For)
def loop(compiler: Compiler, node: For) -> Code:
    """Compile the iterators, each seeing those before it, and the body."""
    domains: list[Code] = []
    for name, domain in zip(node.names, node.domains, strict=True):
        domains.append(compiler.code(domain))
        compiler.scopes.append({name, "partial"} if node.word == "for" else {name})
    body, weight, _levels = compiler.measured(node.body)
    del compiler.scopes[len(compiler.scopes) - len(node.names) :]
    if node.word == "for":
        return _for(node, tuple(domains), body, weight)
    return _quantified(node, tuple(domains), body, weight)


def _for(node: For, domains: tuple[Code, ...], body: Code, weight: int) -> Code:
    names, at, uses_partial = node.names, node.at, _mentions_partial(node)

    def collect(frame: Frame) -> list[Any] | None:
        run = frame.run
        results: list[Any] = []
        for inner in _turns(frame, names, domains, weight, at, results if uses_partial else None):
            if inner is None:
                return None
            results.append(body(inner))
            if len(results) > run.limits.items:
                run.room(len(results), run.limits.items, "items")
        return results

    return collect


def _quantified(node: For, domains: tuple[Code, ...], body: Code, weight: int) -> Code:
    names, at, decides = node.names, node.at, node.word == "some"

    def decide(frame: Frame) -> Any:
        result: bool | None = not decides
        for inner in _turns(frame, names, domains, weight, at, None):
            if inner is None:
                return None
            value = body(inner)
            if value is decides:
                return decides
            if value is not (not decides):
                result = None
                frame.run.warn(at, "type", _("cần giá trị đúng/sai nhưng gặp {found}.", found=shown(value)))
        return result

    return decide


def _turns(
    frame: Frame,
    names: tuple[str, ...],
    domains: tuple[Code, ...],
    weight: int,
    at: int,
    partial: list[Any] | None,
) -> Iterator[Frame | None]:
    """Give one frame per combination; None when a domain cannot be iterated."""
    run = frame.run
    deepest = len(names)
    frames: list[Frame] = [frame]
    running: list[Iterator[Any]] = []
    while True:
        if len(running) < deepest:
            items = iterate(run, domains[len(running)](frames[-1]), at)
            if items is None:
                yield None
                return
            running.append(items)
        item = next(running[-1], _END)
        while item is _END:
            running.pop()
            if not running:
                return
            frames.pop()
            item = next(running[-1], _END)
        run.charge(weight + 1)
        level: dict[str, Any] = {names[len(running) - 1]: item, "partial": None}
        if partial is not None:
            run.charge(len(partial) >> 3)
            level["partial"] = list(partial)
        inner = Frame(level, frames[-1], run)
        if len(running) == deepest:
            yield inner
        else:
            frames.append(inner)


def iterate(run: Run, value: Any, at: int) -> Any:
    """Give the elements of a list or range; a single value is a list of itself; null cannot be iterated."""
    if type(value) is list:
        return iter(value)
    if type(value) is Range:
        return _steps(run, value, at)
    if value is None:
        return run.warn(at, "type", _("không lặp được trên {found}.", found=shown(value)))
    return iter((value,))


def _steps(run: Run, span: Range, at: int) -> Any:
    low, high = span.low, span.high
    whole = type(low) is Decimal and type(high) is Decimal and low == low.to_integral_value()
    if whole and high == high.to_integral_value() and max(abs(low), abs(high)) < _MOST:
        return _numbers(int(low), int(high), span)
    if kind_of(low) == DATE and kind_of(high) == DATE:
        return _days(low, high, span)
    return run.warn(at, "type", _("chỉ lặp được trên khoảng số nguyên hoặc khoảng ngày."))


def _numbers(low: int, high: int, span: Range) -> Iterator[Decimal]:
    step = 1 if low <= high else -1
    if not span.low_closed:
        low += step
    if span.high_closed:
        high += step
    return (Decimal(i) for i in range(low, high, step))


def _days(low: Any, high: Any, span: Range) -> Iterator[Any]:
    step = timedelta(days=-1 if before(high, low) else 1)

    day = low
    if not span.low_closed and day != high:
        day = add(day, step)
    while day is not None:
        if day == high:
            if span.high_closed:
                yield day
            return
        yield day
        day = add(day, step)


def _mentions_partial(node: Any) -> bool:
    """Say whether the name `partial` occurs anywhere inside a syntax tree."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if getattr(part, "name", None) == "partial":
            return True
        if isinstance(part, tuple):
            waiting.extend(item for item in part if isinstance(item, tuple))
    return False
