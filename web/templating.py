"""What every template may use: built files, and dates and numbers as officials write them (R-U1)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jinja2 import Environment

from engine.feel.text import text_of
from engine.forms import Option
from engine.forms.choices import Choice
from engine.forms.fields import Field
from foundation.vietnamese import format_date, format_moment, format_number, format_percent
from web.assets import asset, preloads


def prepare(environment: Environment) -> None:
    """Give an environment the filters `day`, `moment`, `number`, `percent`, `named`, `feel`, and globals.

    Global are `asset` and `preloads` of `web.assets`, `value_of` and `choices_of`.
    The translating global `_` depends on the request and is given by the application.
    """
    environment.globals.update(asset=asset, preloads=preloads, value_of=value_of, choices_of=choices_of)
    environment.filters.update(
        day=_day, moment=format_moment, number=_number, percent=_percent, named=named, feel=_feel
    )


def named(ids: Iterable[str], names: Mapping[str, Any]) -> list[Any]:
    """Give the names of ids; an id without a name stands for itself."""
    return [names.get(one, one) for one in ids]


def value_of(field: Field, values: Mapping[str, Any]) -> Any:
    """Give the value of a form field from values by name (`group.key`) or nested as in `Form.defaults`."""
    if field.name in values:
        return values[field.name]
    inner: Any = values
    for name in (*field.path, field.key):
        inner = inner.get(name) if isinstance(inner, Mapping) else None
    return inner


def choices_of(field: Field, variables: Mapping[str, Any]) -> tuple[Option, ...]:
    """Give the options of a field that offers any; lists named by `valuesKey` come from the variables."""
    return field.options(variables) if isinstance(field, Choice) else ()


def _day(value: date | datetime | None) -> str:
    return format_date(value)


def _number(value: float | Decimal | None, decimals: int | None = None) -> str:
    return "" if value is None else format_number(value, decimals)


def _percent(ratio: float | Decimal | None, decimals: int = 2) -> str:
    return "" if ratio is None else format_percent(ratio, decimals)


def _feel(value: Any) -> str:
    return text_of(value, quoted=True)
