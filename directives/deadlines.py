"""Deadlines: as written, as agreed, and the day by which lateness is judged (domain note §4).

`raw` is never edited and `original_due` never changes; an extension moves `current_due`; `effective_due` is
the last day that is still on time, after the roll of R-T5 and the strict switch of R-T1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import count
from typing import Any

from directives.policies import Policy, Roll
from directives.states import State, Timeliness
from foundation.errors import Invalid
from foundation.texts import _
from foundation.working_time import WorkingCalendar


class DeadlineKind(StrEnum):
    """How a deadline was stated; the kinds of the intake contract and `window`."""

    FIXED = "fixed"
    QUARTER = "quarter"
    MONTH = "month"
    WINDOW = "window"
    RECURRING_ANNUAL = "recurring_annual"
    RECURRING_QUARTERLY = "recurring_quarterly"
    RECURRING_MONTHLY = "recurring_monthly"
    CONTINUOUS = "continuous"
    CONDITIONAL = "conditional"
    RELATIVE = "relative"
    NONE = "none"


RECURRING = frozenset(kind for kind in DeadlineKind if kind.value.startswith("recurring"))
#: months between two occurrences at interval 1
_STEP = {"yearly": 12, "half_yearly": 6, "quarterly": 3, "monthly": 1}
#: occurrences are looked for over this many steps, far beyond any plan
_HORIZON = 1_200


@dataclass(frozen=True, kw_only=True)
class Recurrence:
    """How a deadline comes again; without a day it is a cycle whose date must be asked."""

    #: yearly, half_yearly, quarterly or monthly
    freq: str = "yearly"
    #: every n-th period ("định kỳ 02 năm một lần" is 2)
    interval: int = 1
    #: month of the year, or of any one quarter (its place in the quarter counts); None where not stated
    month: int | None = None
    #: day of the month; a missing day means the month's last (R-T4)
    day: int | None = None
    #: the first occurrence, anchors the interval
    start: date | None = None


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """A deadline as it was written and as it stands. Dates are days in the business zone."""

    kind: DeadlineKind = DeadlineKind.NONE
    #: the words of the document, never edited
    raw: str = ""
    #: `before` for "trước ngày X" (R-T1), else empty: the day itself is included
    qualifier: str = ""
    #: first day of a window ("từ tháng 11-12/2023")
    window_from: date | None = None
    #: what must happen first, in the words of the document
    condition: str = ""
    #: kind of the condition, such as `external_event`
    trigger: str = ""
    recurrences: tuple[Recurrence, ...] = ()
    #: also whenever asked ("và khi có yêu cầu")
    is_on_demand: bool = False
    #: further days of the same duty ("ngày 15/6 và ngày 15/12")
    further: tuple[date, ...] = ()
    #: section of the document-level clause it comes from (R-S5)
    inherited_from: str = ""
    #: the due day when it was first set
    original_due: date | None = None
    #: the due day agreed now
    current_due: date | None = None
    #: last day that counts as on time
    effective_due: date | None = None
    #: the impossible date as written ("31/6/2022"); a person confirms
    invalid: str = ""
    #: who confirmed a reading, an account id
    confirmed_by: str = ""
    #: version of the calendar `effective_due` was computed with
    calendar_version: str = ""
    #: computed in a year without a confirmed calendar: "dự kiến" (R-C3)
    is_estimate: bool = False

    def to_json(self) -> dict[str, Any]:
        """Give the deadline as plain JSON data; `from_json` reads it back."""
        # days become text at once, so that what is shown equals what is stored
        return {
            key: _text(value) for key, value in asdict(self).items() if value not in (None, "", (), False)
        }


#: nothing was said about a deadline
NO_DEADLINE = Deadline()


def from_json(data: Mapping[str, Any]) -> Deadline:
    """Read what `Deadline.to_json` gave."""
    values = dict(data)
    for name in ("window_from", "original_due", "current_due", "effective_due"):
        values[name] = _day(values.get(name))
    values["kind"] = DeadlineKind(values.get("kind", "none"))
    values["further"] = tuple(date.fromisoformat(day) for day in values.get("further", ()))
    values["recurrences"] = tuple(
        Recurrence(**{**item, "start": _day(item.get("start"))}) for item in values.get("recurrences", ())
    )
    return Deadline(**values)


def from_proposal(data: Mapping[str, Any]) -> Deadline:
    """Read a deadline in the JSON shape of the intake contract (`kind`, `raw`, `due`, `recurrence` …).

    Raises Invalid for an unknown kind or a due that is no date.
    """
    kind = str(data.get("kind") or "none")
    if kind not in list(DeadlineKind):
        raise Invalid(
            _(
                "Loại thời hạn “{found}” không được hỗ trợ; cần một trong: {kinds}.",
                found=kind,
                kinds=", ".join(DeadlineKind),
            ),
            found=kind,
        )
    due = _day(data.get("due"))
    return Deadline(
        kind=DeadlineKind(kind),
        raw=str(data.get("raw") or ""),
        qualifier=str(data.get("qualifier") or ""),
        window_from=_day(data.get("window_start")),
        condition=str(data.get("condition") or ""),
        trigger=str(data.get("trigger") or ""),
        recurrences=_recurrences(data, due),
        is_on_demand=bool(data.get("on_demand")),
        further=tuple(day for value in data.get("further") or () if (day := _day(value)) is not None),
        inherited_from=str(data.get("inherited_from") or ""),
        original_due=due,
        current_due=due,
        invalid=str(data.get("invalid_date") or data.get("invalid") or ""),
    )


def effective(deadline: Deadline, calendar: WorkingCalendar, policy: Policy) -> Deadline:
    """Compute the last day that is on time, with the calendar and policy of now (R-T1, R-T5, R-C3)."""
    due = deadline.current_due
    if due is None:
        return replace(deadline, effective_due=None, calendar_version="", is_estimate=False)
    day = _rolled(due, calendar, policy.roll)
    # "before 31/6" was clamped to the 30th, which is before the 31st (§4.2)
    if policy.before_is_strict and deadline.qualifier == "before" and not deadline.invalid:
        last = due.fromordinal(due.toordinal() - 1)
        # a roll must not reach the day that is already too late
        day = min(_rolled(last, calendar, policy.roll), last)
    return replace(
        deadline,
        effective_due=day,
        calendar_version=calendar.version,
        is_estimate=calendar.is_estimated(due),
    )


def due_on(
    due: date | None, calendar: WorkingCalendar, policy: Policy, *, raw: str = "", qualifier: str = ""
) -> Deadline:
    """Make a deadline from a day that a person set."""
    kind = DeadlineKind.FIXED if due else DeadlineKind.NONE
    written = Deadline(kind=kind, raw=raw, qualifier=qualifier, original_due=due, current_due=due)
    return effective(written, calendar, policy)


def redated(deadline: Deadline, due: date | None, calendar: WorkingCalendar, policy: Policy) -> Deadline:
    """Move the agreed due day; the words and the original day stay (R-X6).

    A day set where there was none becomes the original day as well.
    """
    moved = replace(
        deadline,
        original_due=deadline.original_due or due,
        current_due=due,
        # the new day was chosen by a person: it is included whatever the old words said
        qualifier=deadline.qualifier if due == deadline.current_due else "",
    )
    return effective(moved, calendar, policy)


def timeliness(
    state: State,
    effective_due: date | None,
    today: date,
    result_on: date | None,
    soon: date,
) -> Timeliness:
    """Judge an assignment by its last day on time (R-K1).

    A result that was sent counts from its own date, not from the day of the click. `soon` is the horizon of
    `due_soon_horizon`.
    """
    if effective_due is None:
        return Timeliness.NO_DUE
    if state is State.DONE:
        return Timeliness.ON_TIME if (result_on or today) <= effective_due else Timeliness.LATE
    if (result_on or today) > effective_due:
        return Timeliness.OVERDUE
    return Timeliness.DUE_SOON if effective_due <= soon else Timeliness.IN_TERM


def due_soon_horizon(today: date, calendar: WorkingCalendar, policy: Policy) -> date:
    """Give the last due day that is "sắp đến hạn" today, so that lists need no calendar."""
    return calendar.add_working_days(today, policy.due_soon_days)


def occurrences(recurrence: Recurrence, after: date, wanted: int = 1) -> list[date]:
    """Give the next due days later than `after`; none when no day is stated (a person must be asked)."""
    if recurrence.day is None or recurrence.freq not in _STEP:
        return []
    step = _STEP[recurrence.freq] * max(1, recurrence.interval)
    if recurrence.freq == "yearly" and recurrence.month is None:
        return []
    first = recurrence.start or date(after.year - (after.year % max(1, recurrence.interval)), 1, 1)
    month = _first_month(recurrence, first)
    found: list[date] = []
    for number in count():
        day = _in_month(month + number * step, recurrence.day)
        if day > after and (recurrence.start is None or day >= recurrence.start):
            found.append(day)
        if len(found) >= wanted or number > _HORIZON:
            return found
    return found


def next_due(deadline: Deadline, after: date) -> date | None:
    """Give the nearest coming due day of a deadline: its recurrences and its further days."""
    days = [day for item in deadline.recurrences for day in occurrences(item, after)]
    days += [day for day in deadline.further if day > after]
    return min(days, default=None)


def _first_month(recurrence: Recurrence, first: date) -> int:
    """Number months from the year 0, so that stepping over years is addition."""
    if recurrence.freq == "yearly":
        return first.year * 12 + (recurrence.month or 1) - 1
    if recurrence.freq == "monthly":
        return first.year * 12 + first.month - 1
    size = _STEP[recurrence.freq]
    place = size - 1 if recurrence.month is None else (recurrence.month - 1) % size
    return (first.year * 12 + first.month - 1) // size * size + place


def _in_month(month: int, day: int) -> date:
    year, index = divmod(month, 12)
    following = date(year + (index == 11), (index + 1) % 12 + 1, 1)  # noqa: PLR2004  December wraps
    last = following.toordinal() - date(year, index + 1, 1).toordinal()
    return date(year, index + 1, min(day, last))


def _rolled(day: date, calendar: WorkingCalendar, roll: Roll) -> date:
    if roll is Roll.NEXT:
        return calendar.next_working_day(day)
    if roll is Roll.PREVIOUS:
        return calendar.previous_working_day(day)
    return day


def _recurrences(data: Mapping[str, Any], due: date | None) -> tuple[Recurrence, ...]:
    raw: Sequence[Any] = [data.get("recurrence")]
    raw = [
        *raw,
        *(item.get("recurrence") for item in data.get("secondary") or () if isinstance(item, Mapping)),
    ]
    return tuple(
        Recurrence(
            freq=str(item.get("freq") or "yearly"),
            interval=int(item.get("interval") or 1),
            month=item.get("month"),
            day=item.get("day"),
            # the due of a recurrence with a stated day is its first occurrence
            start=_day(item.get("from")) or (due if item.get("day") and item is raw[0] else None),
        )
        for item in raw
        if isinstance(item, Mapping)
    )


def _text(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _text(item) for key, item in value.items()}
    return [_text(item) for item in value] if isinstance(value, tuple) else value


def _day(value: Any) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Invalid(
            _("Ngày phải có dạng năm-tháng-ngày (2024-03-31), nhận được “{found}”.", found=value), found=value
        ) from None
