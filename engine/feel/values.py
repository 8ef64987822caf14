"""The values of FEEL, and the way in and out: JSON-like data only, never a live Python object.

number = Decimal of at most 34 digits; string = str; boolean = bool; date, time, date and time and
days-and-time duration = the classes of `datetime`; list = list; context = dict. What Python has no
class for is here: `YearsMonths`, `Range`, `Function`, and dates outside the years 1 … 9999.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING, Any

from foundation.texts import Text, _

if TYPE_CHECKING:
    from engine.feel.run import Frame

#: decimal128 (IEEE 754-2008): 34 digits, exponents −6143 … 6144; errors give NaN or infinity, never raise
DECIMAL128 = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144, capitals=1, clamp=0, traps=[])
#: days in 400 years of the Gregorian calendar, after which it repeats
CYCLE_DAYS = 146_097
_EXACT = 10**34
_MOST_BITS = 20_500
#: whole numbers up to this are written as such; writers of JSON know 64 bits
_MOST_INTEGER = 2**63
#: decimal exponent up to which a number is certainly a float
_MOST_FLOAT = 307


@dataclass(frozen=True, order=True)
class YearsMonths:
    """A years-and-months duration, kept as months."""

    months: int


@dataclass(frozen=True, order=True)
class WideDate:
    """A date outside the years 1 … 9999: `base` lies in 2000 … 2399, `cycles` × 400 years away."""

    cycles: int
    base: date


@dataclass(frozen=True)
class WideDateTime:
    """A date and time outside the years 1 … 9999; see `WideDate`."""

    cycles: int
    base: datetime


@dataclass(frozen=True)
class Range:
    """A range of numbers, strings, dates, times or durations; an absent end is unbounded."""

    low: Any
    high: Any
    low_closed: bool
    high_closed: bool
    #: True for the test `!= value` written as a value: everything but `low`
    excludes: bool = False
    #: True when written as one comparison (`< 10`), which differs from one with two dots (DMN 1.5 §10.3.2.7)
    one_sided: bool = False
    #: True when an end that was asked for is null: what the other end does not exclude is unknown
    unknown: bool = False

    @property
    def is_point(self) -> bool:
        """Tell whether the range is the test `= value`."""
        return self.one_sided and self.low_closed and self.high_closed


@dataclass(frozen=True, eq=False)
class Function:
    """A function made by an expression or by a decision model; it exists only inside evaluations."""

    parameters: tuple[str, ...]
    #: closure over a frame holding the arguments
    body: "Callable[[Frame], Any]"
    #: the frame of the definition; None for a function of a decision model
    frame: "Frame | None"
    #: levels of nested calls one invocation may use on the Python stack
    levels: int
    #: declared types of the parameters, as `types.Type`
    types: tuple[Any, ...] = ()
    #: declared type of the result, as `types.Type`
    result: Any = None


class Unsupported(TypeError):
    """A value of a kind that FEEL does not have, or too deep."""

    def __init__(self, text: Text) -> None:
        """Keep the reason for people."""
        super().__init__(str(text))
        self.text = text


def from_json(value: Any, depth: int = 60) -> Any:
    """Give the FEEL value of JSON-like data. Raises `Unsupported` for anything else."""
    convert = _IN.get(type(value))
    if convert is not None:
        return convert(value)
    if depth <= 0:
        raise Unsupported(_("giá trị lồng nhau quá sâu nên không dùng được trong biểu thức FEEL."))
    if isinstance(value, list | tuple):
        return [from_json(item, depth - 1) for item in value]
    if isinstance(value, Mapping):
        return {str(key): from_json(item, depth - 1) for key, item in value.items()}
    for base, convert in _IN_BASES:
        if isinstance(value, base):
            return convert(value)
    raise Unsupported(
        _("giá trị kiểu {kind} không dùng được trong biểu thức FEEL.", kind=type(value).__name__[:60])
    )


def number(value: float | Decimal | str) -> Decimal | None:
    """Give a number of decimal128; None for NaN, infinity and what is too large."""
    if type(value) is int:
        if -_EXACT < value < _EXACT:
            return Decimal(value)
        if (
            value.bit_length() > _MOST_BITS
        ):  # beyond 10**6144; also spares the slow conversion of huge integers
            return None
    elif type(value) is float:
        value = repr(value)
    result = DECIMAL128.create_decimal(value)
    return result if result.is_finite() else None


def to_json(value: Any) -> Any:
    """Give a FEEL value as JSON data: numbers as int or float, temporal values as ISO 8601 text.

    Whole numbers of more than 64 bits become the nearest float, those beyond any float become text.
    """
    kind = type(value)
    if value is None or kind is bool or kind is str or kind is int or kind is float:
        return value
    if kind is Decimal:
        return _json_number(value)
    if kind is list:
        return [to_json(item) for item in value]
    if kind is dict:
        return {key: to_json(item) for key, item in value.items()}
    from engine.feel.text import text_of

    if kind is datetime or kind is time:
        return value.isoformat()
    return text_of(value)


def _json_number(value: Decimal) -> int | float | str:
    if value.adjusted() > _MOST_FLOAT:
        return str(value)
    if -_MOST_INTEGER <= value < _MOST_INTEGER and value == value.to_integral_value():
        return int(value)
    return float(value)


def _same(value: Any) -> Any:
    return value


def _from_tuple(value: timedelta) -> timedelta:
    return timedelta(days=value.days, seconds=value.seconds, microseconds=value.microseconds)


_IN: dict[type, Callable[[Any], Any]] = {
    type(None): _same,
    bool: _same,
    str: _same,
    int: number,
    float: number,
    Decimal: number,
    date: _same,
    time: _same,
    datetime: _same,
    timedelta: _same,
    YearsMonths: _same,
    WideDate: _same,
    WideDateTime: _same,
    Range: _same,
    Function: _same,
}
_IN_BASES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, lambda v: str.__str__(v)[:]),
    (int, lambda v: number(int.__index__(v))),
    (float, lambda v: number(float.__float__(v))),
    (Decimal, lambda v: number(Decimal(v))),
    (timedelta, _from_tuple),
)
