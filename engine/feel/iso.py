"""ISO 8601 literals of timers: timeDate, timeDuration and timeCycle (BPMN 2.0 §10.4.5).

More lenient than FEEL's own literals: seconds may be missing, weeks and mixed durations are understood.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from engine.feel.arithmetic import add_months
from engine.feel.temporal import named_zone
from foundation.clock import BUSINESS_ZONE
from foundation.errors import Invalid
from foundation.texts import Text, _

_MOMENT = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})"
    r"(?:[T ]([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]{1,12}))?)?"
    r"(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?(?:@([A-Za-z0-9_+\-/]{1,60})|\[([A-Za-z0-9_+\-/]{1,60})\])?)?"
)
_DURATION = re.compile(
    r"([+-])?P(?=.)(?:([0-9]{1,9})Y)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})W)?(?:([0-9]{1,9})D)?"
    r"(?:T(?=.)(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9})(?:[.,]([0-9]{1,12}))?S)?)?"
)
_MONTHS_IN_YEAR = 12


class IsoError(Invalid):
    """Ngày, giờ hoặc khoảng thời gian không đúng dạng ISO 8601."""

    code = "iso_8601"


@dataclass(frozen=True, kw_only=True)
class Duration:
    """Calendar months and exact time, kept apart because months differ in length."""

    months: int
    rest: timedelta

    def added_to(self, moment: datetime, times: int = 1) -> datetime:
        """Give the moment so many durations later; months are counted in the moment's own zone.

        Raises `IsoError` when that lies outside the years 1 … 9999.
        """
        shifted = add_months(moment, self.months * times) if self.months else moment
        try:
            if isinstance(shifted, datetime):
                return (shifted.astimezone(UTC) + self.rest * times).astimezone(moment.tzinfo)
        except OverflowError:
            pass
        raise IsoError(_("Thời điểm tính được nằm ngoài các năm 1 đến 9999."))

    @property
    def is_positive(self) -> bool:
        """Say whether adding it goes forward."""
        return (self.months, self.rest) > (0, timedelta(0)) and self.months >= 0


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """A repetition: how often (None = without end), from when, at which interval, until when."""

    repetitions: int | None
    interval: Duration
    start: datetime | None = None
    end: datetime | None = None


def _wrong(text: str, expected: Text) -> IsoError:
    return IsoError(
        _("“{text}” không đúng dạng; cần {expected}.", text=text[:60], expected=expected),
        found=text[:60],
        expected=str(expected),
    )


def parse_date_time(text: str) -> datetime:
    """Read a date-time; without zone it is Vietnam time, a date alone its midnight. Raises `IsoError`."""
    expected = _("ngày giờ ISO 8601, ví dụ 2024-01-31T17:00:00+07:00")
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        raise _wrong(text, expected)
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
        hour, minute, second = int(match[4] or 0), int(match[5] or 0), int(match[6] or 0)
        midnight = (hour, minute, second) == (24, 0, 0)
        clock = time(0 if midnight else hour, minute, second, int((match[7] or "0")[:6].ljust(6, "0")))
        moment = datetime.combine(day, clock)
        if midnight:
            moment += timedelta(days=1)
        return _placed(moment, match[8], match[9] or match[10])
    except (ValueError, OverflowError):
        raise _wrong(text, expected) from None


def _placed(moment: datetime, offset: str | None, zone: str | None) -> datetime:
    if zone:
        named = named_zone(zone)
        if named is None:
            raise ValueError(zone)
        return moment.replace(tzinfo=named)
    if offset is None:
        return moment.replace(tzinfo=BUSINESS_ZONE)
    if offset == "Z":
        return moment.replace(tzinfo=UTC)
    digits = offset[1:].replace(":", "").ljust(4, "0")
    return datetime.fromisoformat(f"{moment.isoformat()}{offset[0]}{digits[:2]}:{digits[2:]}")


def parse_duration(text: str) -> Duration:
    """Read `P3D`, `PT2H30M`, `P2W`, `P1M15D`. Raises `IsoError`."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()[1:]):
        raise _wrong(text, _("khoảng thời gian ISO 8601, ví dụ PT2H, P3D hoặc P1M"))
    years, months, weeks, days, hours, minutes, seconds = (int(match[i] or 0) for i in range(2, 9))
    sign = -1 if match[1] == "-" else 1
    try:
        rest = timedelta(
            weeks=weeks,
            days=days,
            hours=hours,
            minutes=minutes,
            seconds=seconds,
            microseconds=int((match[9] or "0")[:6].ljust(6, "0")),
        )
    except OverflowError:
        raise _wrong(text, _("khoảng thời gian ngắn hơn")) from None
    return Duration(months=sign * (years * _MONTHS_IN_YEAR + months), rest=sign * rest)


def parse_cycle(text: str) -> Cycle:
    """Read `R3/PT1H`, `R/2024-01-01T08:00/P1D`, `R2/P1D/2024-02-01`. Raises `IsoError`."""
    expected = _("chu kỳ ISO 8601, ví dụ R3/PT1H hoặc R/2024-01-01T08:00:00+07:00/P1D")
    head, *rest = text.strip().split("/")
    if not re.fullmatch(r"R[0-9]{0,6}", head) or not 1 <= len(rest) <= 2:  # noqa: PLR2004  interval, with a moment
        raise _wrong(text, expected)
    repetitions = int(head[1:]) if len(head) > 1 else None
    start = end = None
    if len(rest) == 1:
        interval = parse_duration(rest[0])
    elif rest[0].startswith(("P", "-P", "+P")):
        interval, end = parse_duration(rest[0]), parse_date_time(rest[1])
    else:
        start = parse_date_time(rest[0])
        if rest[1].startswith("P"):
            interval = parse_duration(rest[1])
        else:
            interval = Duration(months=0, rest=parse_date_time(rest[1]) - start)
    if not interval.is_positive:
        raise _wrong(text, _("chu kỳ có khoảng cách lớn hơn 0"))
    return Cycle(repetitions=repetitions, interval=interval, start=start, end=end)
