"""Item definitions as FEEL types, and the implicit conversions to them (DMN 1.5 §7.3.2, §10.3.2.9.4)."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

from engine.dmn.model import Item, Model
from engine.feel.expressions import compile_unary_tests
from engine.feel.run import Run
from engine.feel.temporal import combine, read_date, read_date_time, read_duration, read_time
from engine.feel.types import (
    ANY_TYPE,
    CONTEXT,
    DATE,
    DATE_TIME,
    DAYS,
    FUNCTION,
    LIST,
    MONTHS,
    NAMED,
    TIME,
    Pay,
    Type,
    kind_of,
    shown,
    shown_kind,
)
from foundation.texts import _

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DEPTH = 40
#: how the text of a JSON value becomes one of its type
_READERS: dict[str, Callable[[str], Any]] = {
    DATE: read_date,
    DATE_TIME: read_date_time,
    TIME: read_time,
    DAYS: read_duration,
    MONTHS: read_duration,
    "duration": read_duration,
}


class ItemTypes:
    """The named types of a model, made when they are asked for."""

    def __init__(self, model: Model) -> None:
        """Begin with the item definitions of a model and of those it imports."""
        self.items: dict[str, Item] = dict(model.items)
        for prefix, other in model.imports.items():
            self.items |= {f"{prefix}.{name}": item for name, item in other.items.items()}
            for name, item in other.items.items():
                self.items.setdefault(name, item)
        self.made: dict[str, Type] = {}

    def all(self) -> dict[str, Type]:
        """Give every named type."""
        return {name: self.of(name) for name in self.items}

    def of(self, ref: str | None, depth: int = _DEPTH) -> Type:
        """Give the type of a reference; an unknown one or none is Any."""
        if not ref:
            return ANY_TYPE
        name = " ".join(ref.split())
        if name not in self.items and ":" in name:
            name = name.partition(":")[2]
        if name in self.made:
            return self.made[name]
        item = self.items.get(name)
        if item is None:
            return NAMED.get(name, ANY_TYPE)
        if depth == 0:
            return ANY_TYPE
        self.made[name] = found = self._made(item, depth - 1)
        return found

    def _made(self, item: Item, depth: int) -> Type:
        if item.function is not None:
            parameters, result = item.function
            return Type(
                FUNCTION, self.of(result, depth), parameters=tuple(self.of(p, depth) for p in parameters)
            )
        if item.components:
            base = Type(
                CONTEXT,
                fields=tuple(
                    (c.name, self._made(c, depth - 1) if depth else ANY_TYPE) for c in item.components
                ),
            )
        else:
            base = self.of(item.type_ref, depth)
        check = _allowed(item.allowed) if item.allowed and item.allowed.strip() else None
        if check is not None and not (item.collection and item.whole):
            base = _constrained(base, check)
        if item.collection:
            base = Type(LIST, base, allowed=check if item.whole else None)
        return base

    def known(self, ref: str | None) -> bool:
        """Say whether a reference names a type."""
        if not ref:
            return True
        name = " ".join(ref.split())
        short = name.partition(":")[2] or name
        return name in self.items or short in self.items or short in NAMED


def _constrained(base: Type, check: Callable[[Any, Pay], bool]) -> Type:
    inner = base.allowed

    def both(value: Any, pay: Pay) -> bool:
        if inner is not None and not inner(value, pay):
            return False
        if base.kind == LIST and type(value) is list:
            return all(check(item, pay) for item in value)
        return check(value, pay)

    return Type(base.kind, base.inner, base.fields, base.parameters, both)


def _allowed(tests: str) -> Callable[[Any, Pay], bool]:
    def check(value: Any, pay: Pay) -> bool:
        pay(4 + len(tests) // 8)
        return compile_unary_tests(tests).evaluate(value, {}, now=_EPOCH).value is True

    return check


def given(run: Run, wanted: Type, value: Any, what: str) -> Any:
    """Give a value from outside as its type wants it: JSON has dates, times and durations only as text."""
    read = _READERS.get(wanted.kind)
    if read is not None and type(value) is str:
        found = read(value)
        value = value if found is None else found
    return coerced(run, wanted, value, what)


def coerced(run: Run, wanted: Type, value: Any, what: str) -> Any:
    """Give the value as the type wants it; one that does not fit is null with a warning."""
    if value is None or wanted is ANY_TYPE or wanted.matches(value, run.charge):
        return value
    if (
        type(value) is list
        and len(value) == 1
        and wanted.kind != LIST
        and wanted.matches(value[0], run.charge)
    ):
        return value[0]
    if wanted.kind == LIST and type(value) is not list and wanted.matches([value], run.charge):
        return [value]
    if wanted.kind == DATE_TIME and kind_of(value) == DATE:
        return combine(value, time(tzinfo=UTC))
    if wanted.kind == kind_of(value):
        message = _("“{what}” có giá trị không nằm trong các giá trị cho phép.", what=what)
    else:
        message = _(
            "“{what}” cần {wanted} nhưng có {found}.",
            what=what,
            wanted=shown_kind(wanted.kind),
            found=shown(value),
        )
    return run.warn(0, "type", message)
