"""Deadlines as directives write them: what a phrase means, and where a sentence holds one (domain notes §4).

`raw` is never changed and nothing is guessed in silence: an impossible date is clamped and kept in `invalid`,
a phrase that names no date ("kịp thời", "định kỳ" alone) is `none`, to be asked of a person.
"""

import math
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol

from directives.deadline_points import Context, Point, clamp, month_end, next_day_of_year, points
from foundation.vietnamese import fold

#: every kind a deadline can have
KINDS = (
    "fixed", "quarter", "month", "recurring_annual", "recurring_quarterly", "recurring_monthly",
    "continuous", "conditional", "relative", "none",
)  # fmt: skip
_KIND_OF_UNIT = {"day": "fixed", "month": "month", "quarter": "quarter", "period": "fixed"}
_HOURS_A_DAY = 24
_LONGEST_TERM = 40 * 366


class WorkingTime(Protocol):
    """The working-day calendar, as far as a deadline needs it (`foundation.working_time.WorkingCalendar`)."""

    def add_working_days(self, day: date, count: int, /) -> date:
        """Give the `count`-th working day after `day`."""
        ...


@dataclass(frozen=True, kw_only=True)
class Recurrence:
    """How often a duty returns: every `interval` years, quarters, months or weeks."""

    #: yearly, quarterly, monthly, weekly or daily
    freq: str
    interval: int = 1
    month: int | None = None
    day: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the facts that are known."""
        facts = {"freq": self.freq, "interval": self.interval, "month": self.month, "day": self.day}
        return {k: v for k, v in facts.items() if v is not None and not (k == "interval" and v == 1)}


@dataclass(frozen=True, kw_only=True)
class DeadlineText:
    """What a deadline phrase says; all days are calendar days in the business zone."""

    kind: str
    raw: str
    #: the day as written; for a recurrence with a stated day its first occurrence
    due: date | None = None
    #: before, by or in: "trước ngày", "chậm nhất", "trong tháng" (R-T1)
    qualifier: str | None = None
    recurrence: Recurrence | None = None
    #: the event a conditional or relative deadline waits for, in the words of the text
    condition: str = ""
    window_start: date | None = None
    #: the impossible date as written ("31/6/2022"); a person confirms the reading
    invalid: str | None = None
    is_also_continuous: bool = False
    is_on_demand: bool = False
    #: further dates of the same duty
    further: tuple[date, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give kind, raw and due always, and of the rest what is known."""
        rest = {
            "qualifier": self.qualifier,
            "recurrence": self.recurrence.as_json() if self.recurrence else None,
            "condition": self.condition or None,
            "window_start": self.window_start.isoformat() if self.window_start else None,
            "invalid": self.invalid,
            "also_continuous": self.is_also_continuous or None,
            "on_demand": self.is_on_demand or None,
            "further": [day.isoformat() for day in self.further] or None,
        }
        head = {"kind": self.kind, "raw": self.raw, "due": self.due.isoformat() if self.due else None}
        return head | {key: value for key, value in rest.items() if value is not None}


#: nothing is said
NO_DEADLINE = DeadlineText(kind="none", raw="")

_QUALIFIERS = (
    ("before", re.compile(r"\btruoc\b")),
    ("by", re.compile(r"\b(?:cham|muon) nhat\b|\bden(?:\s+het)?\b|\bhet\b|\bkhong qua\b|\bhan cuoi\b")),
    ("in", re.compile(r"\b(?:trong|vao|dip|nhan)\b")),
)
_YEARLY = re.compile(
    r"\blan\s*/\s*nam\b|(?<!\d )\bnam\s*/\s*lan\b|\bcuoi moi nam\b|"
    r"\b(?:hang|moi|tung)\s+nam\b|\bdinh ki\s+(?:bao cao\s+)?nam\b|\bthuong nien\b|\bnam\s+(?:mot|1"
    r"|01)\s+lan\b"
    r"|\b(?:6|06|sau) thang(?:\s*,|\s+va)\s*(?:hang |ca |mot )?nam\b"
)
_EVERY_YEARS = re.compile(r"\b(\d{1,2}|hai|ba)\s*(?:\(\w+\)\s*)?nam\s*(?:/\s*|mot\s+|1\s+|01\s+)lan\b")
_HALF_YEARLY = re.compile(
    r"\b(?:dinh ki|hang|moi)\s+(?:bao cao\s+)?(?:6|06|sau)\s+thang\b(?!\s+(?:dau|cuoi))"
    r"|\b(?:6|06|sau)\s+thang\s*(?:/\s*|mot\s+|1\s+|01\s+)lan\b|\b(?:6|06|sau) thang(?:\s*,"
    r"|\s+va)\s*(?:hang |ca )?nam\b"
)
_QUARTERLY = re.compile(
    r"\bqui\s*/\s*lan\b|\blan\s*/\s*qui\b|\bcuoi moi qui\b|"
    r"\b(?:hang|moi|tung)\s+qui\b|\bdinh ki\s+(?:bao cao\s+)?qui\b|\bqui\s+(?:mot|1|01)\s+lan\b"
    r"|\b(?:3|03|ba) thang\s*(?:/\s*|mot\s+|1\s+|01\s+)lan\b|\bthang (?:cuoi|dau"
    r"|giua)(?:\s+tien)?(?:\s+cua)?(?:\s+moi)? qui\b(?!\s*(?:[1-4]|i))"
)
_MONTHLY = re.compile(
    r"\bngay\s*\d{1,2}\s+cua\s+(?:moi\s+)?thang\b(?!\s*\d|\s+(?:cuoi|dau|giua))|"
    r"(?<!\d)(?<!\d )\b(?:0?1 )?thang\s*/\s*lan\b|\blan\s*/\s*thang\b"
    r"|\bngay cuoi (?:cung )?(?:cua )?thang\b(?!\s*\d)|\bcuoi moi thang\b|"
    r"\b(?:hang|moi|tung)\s+thang\b|\bdinh ki\s+(?:bao cao\s+)?thang\b"
    r"|(?<!\d )(?<!ba )(?<!sau )\bthang\s+(?:mot|1|01)\s+lan\b"
)
_DAILY = re.compile(
    r"\b(?:hang|moi|tung)\s+ngay\b(?!\s*\d)|\bdinh ki\s+ngay\b(?!\s*\d)|\bngay\s+(?:mot|1|01)\s+lan\b"
)
_WEEKLY = re.compile(
    r"\btuan\s*/\s*lan\b|\blan\s*/\s*tuan\b|"
    r"\b(?:hang|moi|tung)\s+tuan\b|\btuan\s+(?:mot|1|01)\s+lan\b"
)
_CONTINUOUS = re.compile(
    r"\bthuong xuyen\b|\btrong suot\b|\blien tuc\b|\bduy tri\b|\bhang ngay\b|\bquanh nam\b"
    r"|\b(?:cac|nhung) nam (?:tiep theo|sau)\b|\bxuyen suot\b|\bvan ban qui dinh thoi gian\b"
)
_ON_DEMAND = re.compile(r"\bkhi co yeu cau\b|\btheo yeu cau\b|\bdot xuat\b")
_CONDITION = re.compile(
    r"\b(?:ngay\s+)?(?:sau khi|khi co(?! yeu cau)|khi duoc|khi phat sinh|khi xay ra|khi nhan duoc"
    r"|ngay khi|truoc khi|truoc (?:mua|tet|ki hop|khai giang|ngay khai giang|dai hoi|dip tet))\b[^.;)]*"
    r"|\btren co so (?:do|nay)\b"
    r"|\btheo (?:tien do|lo trinh|huong dan|chi dao)\b[^.;)]*"
)
_TERM = re.compile(
    r"(?:\b(?:trong(?:\s+(?:vong|thoi han|thoi gian))?|thoi han(?:\s+la)?|(?:cham|muon) nhat(?:\s+(?:la"
    r"|sau|trong))*"
    r"|khong qua|toi da|sau)\s+)?(?<![\d/.\-])(\d{1,3})\s*(?:\([^)]{0,12}\)\s*)?"
    r"(ngay lam viec|ngay|tuan|thang|nam|gio)\b(?!\s+(?:dau|cuoi|mot|1|01)\b)(?!\s*/?\s*lan\b)"
    r"(\s*,?\s*(?:ke tu|tinh tu|tu (?:ngay|khi)|sau (?:khi|ngay)?)\s*[^,.;()]*)?"
)
_FROM_ISSUE = re.compile(
    r"\b(?:ngay|khi)?\s*(?:ki(?:\s+ban hanh)?|ban hanh|phat hanh|ra)\s*$"
    r"|\b(?:ki|ban hanh|phat hanh)\s+(?:van ban|ke hoach|cong van|quyet dinh|chi thi|thong bao"
    r"|chuong trinh)(?: nay)?\s*$"
    r"|\b(?:van ban|ke hoach|cong van|quyet dinh|chi thi|thong bao|chuong trinh|ket luan) nay\b"
)
_DAY_OF_MONTH = re.compile(
    r"\bngay\s*(\d{1,2})(?!\s*[/.\-]\s*\d)(?!\s*thang\s*\d)(?!\d)|\b(ngay cuoi|cuoi (?:thang|qui))\b"
)
#: "từ ngày 05 đến ngày 10 hằng tháng" is due on its last day
_DAYS_OF_MONTH = re.compile(
    r"\bngay\s*\d{1,2}\s*(?:-|den)\s*(?:het\s+)?(?:ngay\s*)?(\d{1,2})\b(?!\s*[/.\-]\s*\d)"
)
_NEXT_MONTH = re.compile(r"\bthang\s+(?:sau|lien ke|ke tiep|tiep theo|ke sau)\b")
_FIRST_OF_QUARTER = re.compile(
    r"\bthang\s+(?:dau|dau tien|thu nhat)(?:\s+tien)?(?:\s+cua)?(?:\s+moi)?\s+qui\b|\bqui\s+(?:sau|tiep"
    r"|ke|lien)"
)
_MIDDLE_OF_QUARTER = re.compile(r"\bthang\s+(?:giua|thu hai)(?:\s+cua)?(?:\s+moi)?\s+qui\b")


def parse(  # noqa: PLR0911 - one return per rule
    raw: str, *, issued_on: date | None = None, year: int | None = None, working: WorkingTime | None = None
) -> DeadlineText:
    """Read one deadline phrase against the day (or only the year) of its document.

    A term in working days needs `working`; without it `due` stays empty rather than mixing day kinds (R-T6).
    """
    raw = unicodedata.normalize("NFC", raw)
    text = fold(raw)
    context = Context(
        issued_on=issued_on, year=year if year is not None else getattr(issued_on, "year", None)
    )
    if re.fullmatch(r"\s*\d{1,2}\s*/\s*\d{4}\s*\.?", text):
        text = f"thang {text.strip()}"
    found = points(text, context)
    facts = DeadlineText(
        kind="none",
        raw=raw.strip(),
        is_on_demand=bool(_ON_DEMAND.search(text)),
        qualifier=_qualifier(text, found),
    )
    recurrence = _recurrence(text)
    if recurrence is not None:
        return _recurring(facts, text, found, recurrence, context)
    term = _term(text)
    if term is not None and not any(p.start <= term.start(1) < p.end for p in found):
        return _relative(facts, raw, term, issued_on, working)
    condition = _CONDITION.search(text)
    if condition is not None:
        return _conditional(facts, raw, condition, found)
    if found and not _is_open_ended(text, found) and not _lasts(text, found):
        return _dated(facts, text, found)
    if _CONTINUOUS.search(text) or found:
        return replace(
            facts, kind="continuous", window_start=found[0].first if found else None, qualifier=None
        )
    if facts.is_on_demand:
        return replace(facts, kind="conditional", condition=raw.strip(), qualifier=None)
    return replace(facts, qualifier=None)


def _qualifier(text: str, found: tuple[Point, ...]) -> str | None:
    head = text[: found[0].start + 1] if found else text
    hits = [(m.start(), name) for name, pattern in _QUALIFIERS for m in pattern.finditer(head)]
    strong = [hit for hit in hits if hit[1] != "in"]
    return max(strong or hits)[1] if hits else None


def _recurrence(text: str) -> Recurrence | None:
    several = _EVERY_YEARS.search(text)
    checks = (
        (_DAILY, Recurrence(freq="daily")),
        (_WEEKLY, Recurrence(freq="weekly")),
        (_MONTHLY, Recurrence(freq="monthly")),
        (_QUARTERLY, Recurrence(freq="quarterly")),
        (_HALF_YEARLY, Recurrence(freq="monthly", interval=6)),
    )
    for pattern, recurrence in checks:
        if pattern.search(text):
            return recurrence
    if several and not _YEARLY.search(text[: several.start()]):
        return Recurrence(freq="yearly", interval={"hai": 2, "ba": 3}.get(several[1]) or int(several[1]))
    return Recurrence(freq="yearly") if _YEARLY.search(text) else None


def _recurring(
    facts: DeadlineText, text: str, found: tuple[Point, ...], recurrence: Recurrence, context: Context
) -> DeadlineText:
    continuous = bool(_CONTINUOUS.search(text))
    facts = replace(facts, is_also_continuous=continuous, recurrence=recurrence)
    if recurrence.freq in {"daily", "weekly"}:
        return replace(facts, kind="continuous", qualifier=None)
    if recurrence.freq == "yearly" or recurrence.interval > 1:
        return _yearly(facts, recurrence, found, context)
    kind = "recurring_monthly" if recurrence.freq == "monthly" else "recurring_quarterly"
    day = _stated_day(text)
    if day is None:
        return replace(facts, kind=kind, qualifier=None)
    due = _first_in_months(text, recurrence.freq, day, context.base) if context.base else None
    return replace(facts, kind=kind, due=due, recurrence=replace(recurrence, day=day))


def _yearly(
    facts: DeadlineText, recurrence: Recurrence, found: tuple[Point, ...], context: Context
) -> DeadlineText:
    days = [p for p in found if p.unit == "day" and p.month and p.day]
    facts = replace(facts, kind="recurring_annual")
    if not days:
        months = [p.month for p in found if p.unit == "month"]
        return replace(
            facts, recurrence=replace(recurrence, month=months[0] if months else None), qualifier=None
        )
    dated = [p for p in days if p.has_year]
    if dated:
        first, due = dated[0], dated[0].due
    elif context.base is None:
        first, due = days[0], None
    else:
        base = context.base
        first = min(days, key=lambda p: next_day_of_year(p.month or 1, p.day or 1, base))
        due = next_day_of_year(first.month or 1, first.day or 1, base)
    further = tuple(p.due for p in days if p is not first and p.due is not None)
    return replace(
        facts, due=due, recurrence=replace(recurrence, month=first.month, day=first.day), further=further,
        invalid=first.invalid,
    )  # fmt: skip


def _stated_day(text: str) -> int | None:
    window = _DAYS_OF_MONTH.search(text)
    if window is not None:
        return int(window[1]) if 1 <= int(window[1]) <= 31 else None  # noqa: PLR2004 - days of a month
    match = _DAY_OF_MONTH.search(text)
    if match is None:
        return None
    if match[2]:
        return 31
    return int(match[1]) if 1 <= int(match[1]) <= 31 else None  # noqa: PLR2004 - days of a month


def _first_in_months(text: str, freq: str, day: int, base: date) -> date:
    """Give the first occurrence on or after the base; a quarter's report falls into its last month."""
    if freq == "quarterly":
        wanted = 1 if _FIRST_OF_QUARTER.search(text) else 2 if _MIDDLE_OF_QUARTER.search(text) else 0
    else:
        wanted = None
    year, month = base.year, base.month
    if _NEXT_MONTH.search(text) and freq == "monthly":
        year, month = _month_after(year, month)
    for _attempt in range(8):
        at = clamp(year, month, day)
        if at >= base and (wanted is None or month % 3 == wanted):
            return at
        year, month = _month_after(year, month)
    return month_end(year, month)


def _month_after(year: int, month: int) -> tuple[int, int]:
    return (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004 - December


def _term(text: str) -> re.Match[str] | None:
    for match in _TERM.finditer(text):
        has_event = bool(match[3] and match[3].strip())
        if has_event or match.start() != match.start(1):
            return match
    return None


def _relative(
    facts: DeadlineText, raw: str, term: re.Match[str], issued_on: date | None, working: WorkingTime | None
) -> DeadlineText:
    event = (term[3] or "").strip(" ,")
    said = raw[term.start(3) : term.end(3)].strip(" ,") if event else ""
    due = None
    if issued_on is not None and (not event or (_FROM_ISSUE.search(event) and "nhan duoc" not in event)):
        due = _after_term(issued_on, int(term[1]), term[2], working)
    return replace(facts, kind="relative", due=due, condition=said, qualifier="by")


def _after_term(start: date, count: int, unit: str, working: WorkingTime | None) -> date | None:
    """Count a term: the first day is not counted, a missing day becomes the month's last (R-T3, R-T4)."""
    if count > _LONGEST_TERM:
        return None
    if unit == "ngay lam viec":
        return working.add_working_days(start, count) if working is not None else None
    if unit in {"thang", "nam"}:
        months = start.month - 1 + count * (12 if unit == "nam" else 1)
        return clamp(start.year + months // 12, months % 12 + 1, start.day)
    days = {"ngay": count, "tuan": 7 * count}.get(unit, math.ceil(count / _HOURS_A_DAY))
    return start + timedelta(days=days)


def _conditional(
    facts: DeadlineText, raw: str, condition: re.Match[str], found: tuple[Point, ...]
) -> DeadlineText:
    outside = [p for p in found if not condition.start() <= p.start < condition.end()]
    said = raw[condition.start() : condition.end()].strip(" ,.")
    if not outside:
        return replace(facts, kind="conditional", condition=said, qualifier=None)
    return replace(facts, kind="conditional", condition=said, due=outside[0].due, invalid=outside[0].invalid)


def _is_open_ended(text: str, found: tuple[Point, ...]) -> bool:
    """Tell whether the text only names a beginning: "từ năm 2024", "năm 2024 và các năm tiếp theo"."""
    if re.search(r"\b(?:cac|nhung) nam (?:tiep theo|sau)\b", text):
        return True
    only = found[0]
    starts = re.search(r"\b(?:ke )?tu\s*(?:ngay\s*)?(?:cuoi |dau |giua )?$", text[: only.start]) is not None
    return len(found) == 1 and starts and only.first == only.last


def _lasts(text: str, found: tuple[Point, ...]) -> bool:
    """Tell whether work goes on all through a named year ("thường xuyên trong năm") rather than ends then."""
    return (
        re.match(r"(?:thuc hien |duy tri |trien khai )?(?:thuong xuyen|lien tuc)\b", text.strip()) is not None
        and len(found) == 1
        and found[0].unit == "period"
        and re.search(r"\b(?:hoan thanh|truoc|den het|cham nhat)\b", text) is None
    )


def _dated(facts: DeadlineText, text: str, found: tuple[Point, ...]) -> DeadlineText:
    point = _principal(text, found)
    due = point.due
    if point.unit != "day" and not point.part and _stands_before(text, point) and point.first:
        due = point.first - timedelta(days=1)
    window = point.first if point.first != point.last and _is_window(text, point) else None
    return replace(
        facts, kind=_KIND_OF_UNIT[point.unit], due=due, invalid=point.invalid, window_start=window,
        qualifier=_qualifier(text[: point.end], (point,)),
        is_also_continuous=bool(_CONTINUOUS.search(text)),
        further=tuple(p.due for p in found if p is not point and p.unit == "day" and p.due),
    )  # fmt: skip


def _principal(text: str, found: tuple[Point, ...]) -> Point:
    """Choose the date of completion when a phrase names several; else the first one."""
    for point in found[1:]:
        if re.search(r"\bhoan thanh\b[^.;]{0,30}$", text[: point.start]) and not re.search(
            r"\bhoan thanh\b[^.;]{0,30}$", text[: found[0].start]
        ):
            return point
    return found[0]


def _stands_before(text: str, point: Point) -> bool:
    return re.search(r"\btruoc(?:\s+khi het)?\s*$", text[: point.start]) is not None


def _is_window(text: str, point: Point) -> bool:
    written = text[point.start : point.end]
    starts = re.search(r"\btu\s*(?:ngay\s*)?$", text[: point.start]) is not None
    return starts or re.search(r"-|\bden\b|,|\bva\b|giai doan", written) is not None
