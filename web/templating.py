"""What every template may use: built files, and dates and numbers as officials write them (R-U1)."""

from datetime import date, datetime
from decimal import Decimal

from jinja2 import Environment

from foundation.vietnamese import format_date, format_moment, format_number, format_percent
from web.assets import asset, preloads


def prepare(environment: Environment) -> None:
    """Give an environment the filters `day`, `moment`, `number`, `percent` and the globals of `web.assets`.

    The translating global `_` depends on the request and is given by the application.
    """
    environment.globals.update(asset=asset, preloads=preloads)
    environment.filters.update(day=_day, moment=format_moment, number=_number, percent=_percent)


def _day(value: date | datetime | None) -> str:
    return format_date(value)


def _number(value: float | Decimal | None, decimals: int | None = None) -> str:
    return "" if value is None else format_number(value, decimals)


def _percent(ratio: float | Decimal | None, decimals: int = 2) -> str:
    return "" if ratio is None else format_percent(ratio, decimals)
