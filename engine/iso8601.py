"""Time literals of diagrams: dates, date-times, durations, repeating intervals (ISO 8601, BPMN 2.0 §10.5.5).

Only the form is judged here; arithmetic on durations and calendars is done where time is computed.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

Kind = Literal["date", "date-time", "duration", "cycle"]

_BEGINS_AS_LITERAL = re.compile(r"\A(\d{4}-\d|[-+]?P(\d|T\d)|R\d*/|R-\d)")
_NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
_DURATION = re.compile(
    rf"\A(?P<sign>[-+]?)P(?=\d|T\d)(?:\d{{1,9}}Y)?(?:\d{{1,9}}M)?(?:\d{{1,9}}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=\d)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?\Z"
)
_CYCLE = re.compile(r"\AR(?P<count>\d{0,9})/(?P<first>[^/]+)(?:/(?P<second>[^/]+))?\Z")


@dataclass(frozen=True, kw_only=True)
class TimeLiteral:
    """What a time literal says, as far as its form tells."""

    kind: Kind
    #: a date-time (or the start of a cycle) without offset: its zone would be guessed
    is_local: bool = False
    #: a duration below zero
    is_negative: bool = False
    #: a duration, or the interval of a cycle, of no length
    is_zero: bool = False
    #: how often a cycle repeats, None for ever
    repetitions: int | None = None
    #: the day or moment of a date or date-time, as written
    moment: date | datetime | None = None

    def is_before(self, now: datetime) -> bool:
        """Tell whether a date or date-time has certainly passed at an aware moment, in any time zone."""
        if isinstance(self.moment, datetime):
            aware = (
                self.moment if self.moment.tzinfo else self.moment.replace(tzinfo=UTC) + timedelta(hours=12)
            )
            return aware < now
        return self.moment is not None and self.moment < (now - timedelta(hours=36)).date()


def looks_literal(text: str) -> bool:
    """Tell whether a text is meant as a time literal and not as an expression."""
    return bool(_BEGINS_AS_LITERAL.match(text.strip()))


def read(text: str) -> TimeLiteral | None:
    """Read a time literal; None when the text is none, or names a day that does not exist."""
    stripped = text.strip()
    return _duration(stripped) or _cycle(stripped) or _moment(stripped)


def _duration(text: str) -> TimeLiteral | None:
    match = _DURATION.match(text)
    if match is None:
        return None
    is_zero = not any(digit in "123456789" for digit in text)
    return TimeLiteral(kind="duration", is_negative=match["sign"] == "-", is_zero=is_zero)


def _cycle(text: str) -> TimeLiteral | None:
    match = _CYCLE.match(text)
    if match is None:
        return None
    parts = [_duration(part) or _moment(part) for part in (match["first"], match["second"]) if part]
    intervals = [part for part in parts if part is not None and part.kind == "duration"]
    if None in parts or len(intervals) != 1:
        return None
    starts = [part for part in parts if part is not None and part.kind != "duration"]
    return TimeLiteral(
        kind="cycle",
        is_local=any(start.is_local for start in starts),
        is_negative=intervals[0].is_negative,
        is_zero=intervals[0].is_zero,
        repetitions=int(match["count"]) if match["count"] else None,
    )


def _moment(text: str) -> TimeLiteral | None:
    if not re.match(r"\A\d{4}-\d\d-\d\d", text):
        return None
    try:
        if "T" not in text:
            return TimeLiteral(kind="date", is_local=True, moment=date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return TimeLiteral(kind="date-time", is_local=moment.tzinfo is None, moment=moment)
