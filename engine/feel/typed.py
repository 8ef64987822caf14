"""FEEL values as JSON that keeps their types: `{"type": "date", "value": "2024-02-05"}`.

Plain JSON cannot tell a date from a string nor keep more than 15 digits; programs that compare decisions
need both. Type names are those of `instance of` (DMN 1.5 §10.3.2.13): number, string, boolean, date, time,
date and time, days and time duration, years and months duration, list, context, range, function, null.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.feel import temporal
from engine.feel.text import text_of
from engine.feel.values import Function, Range, WideDate, WideDateTime, YearsMonths, number
from foundation.errors import Invalid
from foundation.texts import _

#: levels of lists and contexts taken in
_DEPTH = 60


def to_typed(value: Any) -> dict[str, Any]:
    """Give a FEEL value with its type; numbers and moments as FEEL writes them."""
    kind = next((name for name, classes in _KINDS if isinstance(value, classes)), "null")
    if kind == "null":
        return {"type": kind, "value": None}
    if kind == "boolean":
        return {"type": kind, "value": value}
    if kind == "list":
        return {"type": kind, "value": [to_typed(item) for item in value]}
    if kind == "context":
        return {"type": kind, "value": {str(key): to_typed(item) for key, item in value.items()}}
    return {"type": kind, "value": text_of(value)}


def from_typed(given: Any, where: str, depth: int = _DEPTH) -> Any:
    """Give the FEEL value of what `to_typed` writes; Invalid names the place that is wrong.

    Ranges and functions are results only: they cannot be given.
    """
    if not isinstance(given, Mapping) or "type" not in given or depth <= 0:
        raise _wrong(where, given)
    kind, value = given["type"], given.get("value")
    if kind == "null":
        return None
    if kind == "list" and isinstance(value, list):
        return [from_typed(item, f"{where}.{number}", depth - 1) for number, item in enumerate(value, 1)]
    if kind == "context" and isinstance(value, Mapping):
        return {str(key): from_typed(item, f"{where}.{key}", depth - 1) for key, item in value.items()}
    if kind == "boolean" and isinstance(value, bool):
        return value
    read = _READERS.get(kind) if isinstance(kind, str) else None
    found = read(value) if read is not None and isinstance(value, str) else None
    if found is None:
        raise _wrong(where, given)
    return found


def _number(text: str) -> Decimal | None:
    try:
        return number(Decimal(text))
    except InvalidOperation:
        return None


def _duration(wanted: type) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        found = temporal.read_duration(text)
        return found if isinstance(found, wanted) else None

    return read


def _wrong(where: str, given: Any) -> Invalid:
    return Invalid(
        fields={
            where: _(
                "Cần giá trị có kiểu, ví dụ {example}, nhận được {found}.",
                example='{"type": "date", "value": "2024-02-05"}',
                found=repr(given)[:100],
            )
        }
    )


#: name of a type → its classes, the narrower first
_KINDS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("boolean", (bool,)),
    ("number", (Decimal, int, float)),
    ("string", (str,)),
    ("date and time", (datetime, WideDateTime)),
    ("date", (date, WideDate)),
    ("time", (time,)),
    ("days and time duration", (timedelta,)),
    ("years and months duration", (YearsMonths,)),
    ("list", (list,)),
    ("context", (dict,)),
    ("range", (Range,)),
    ("function", (Function,)),
)
_READERS: dict[str, Callable[[str], Any]] = {
    "number": _number,
    "string": str,
    "date": temporal.read_date,
    "time": temporal.read_time,
    "date and time": temporal.read_date_time,
    "days and time duration": _duration(timedelta),
    "years and months duration": _duration(YearsMonths),
}
