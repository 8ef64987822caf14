"""Whether a result is the expected one: numbers to 1e-8, null is no value, moments by what they mean."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import temporal
from tests.conformance.tck.cases import Typed

TOLERANCE = Decimal("1e-8")


def is_same(found: Typed, wanted: Typed) -> bool:
    """Compare two typed values."""
    kind = wanted["type"]
    if found["type"] != kind:
        return False
    left, right = found["value"], wanted["value"]
    if kind == "list":
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and all(is_same(one, other) for one, other in pairs)
    if kind == "context":
        return left.keys() == right.keys() and all(is_same(left[name], right[name]) for name in right)
    if kind == "number":
        one, other = Decimal(left), Decimal(right)
        return abs(one - other) <= TOLERANCE * max(Decimal(1), abs(other))
    read = _READERS.get(kind)
    return bool(left == right if read is None else left == right or read(left) == read(right))


def _moment(text: str) -> Any:
    found = temporal.read_date_time(text)
    if isinstance(found, datetime) and found.tzinfo is not None:
        return found.astimezone(UTC)
    return found


def _duration(text: str) -> Any:
    found = temporal.read_duration(text)
    return found.total_seconds() if isinstance(found, timedelta) else found


_READERS: dict[str, Callable[[str], Any]] = {
    "date": temporal.read_date,
    "time": temporal.read_time,
    "date and time": _moment,
    "days and time duration": _duration,
    "years and months duration": _duration,
}
