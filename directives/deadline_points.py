"""Points in time as official Vietnamese writes them: days, months, quarters, half-years, years (R-T2).

Works on folded text (`foundation.vietnamese.fold`), so that case, diacritics and OCR noise do not matter.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

_QUARTER = r"(iv|i{1,3}|[1-4])"
_YEAR = r"(?:\s*(?:/|-|,?\s*nam)\s*(\d{4}))?"
_LINK = r"\s*(?:-|,|va|den(?:\s+het)?)\s*"
_PART = r"(?:\b(dau|giua|cuoi|nua dau|nua cuoi|thuong tuan|trung tuan|ha tuan)\s+(?:cua\s+)?)?"
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_CENTURY = 2000
_DECEMBER = 12


@dataclass(frozen=True, kw_only=True)
class Point:
    """A day or a named period found in a text."""

    #: day, month, quarter or period (half-year, year, several years)
    unit: str
    #: first and last day; None when the year is not known
    first: date | None
    last: date | None
    #: where it stands in the text
    start: int
    end: int
    #: "đầu tháng" is the first day, "giữa" the middle, "cuối" the last [V:7]
    part: str = ""
    month: int | None = None
    day: int | None = None
    #: the text says the year itself
    has_year: bool = False
    #: the date as written, when the calendar has no such day
    invalid: str | None = None

    @property
    def due(self) -> date | None:
        """Give the day the point stands for as a deadline: its last day, or the named part of it."""
        if self.first is None or self.last is None:
            return None
        if self.part in {"dau", "nua dau", "thuong tuan"}:
            return {"nua dau": self._middle, "thuong tuan": self.first + timedelta(days=9)}.get(
                self.part, self.first
            )
        return self._middle if self.part in {"giua", "trung tuan"} else self.last

    @property
    def _middle(self) -> date | None:
        if self.first is None or self.last is None:
            return None
        if self.unit == "month":
            return self.first.replace(day=15)
        if self.unit == "quarter":
            return month_end(self.first.year, self.first.month + 1).replace(day=15)
        return month_end(self.first.year, (self.first.month + self.last.month) // 2)


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a text without a year is read against: the day of the document, or only its year."""

    issued_on: date | None = None
    year: int | None = None

    @property
    def base(self) -> date | None:
        """Give the day from which the next occurrence is looked for."""
        if self.issued_on is not None:
            return self.issued_on
        return date(self.year, 1, 1) if self.year and 0 < self.year <= date.max.year else None


def month_end(year: int, month: int) -> date:
    """Give the last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def next_day_of_year(month: int, day: int, base: date) -> date:
    """Give the first such day on or after `base`; a day the month lacks becomes its last day."""
    this_year = clamp(base.year, month, day)
    return this_year if this_year >= base else clamp(base.year + 1, month, day)


def clamp(year: int, month: int, day: int) -> date:
    """Give the day, or the last day of its month when the month is shorter."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def points(text: str, context: Context) -> tuple[Point, ...]:
    """Find every point in a folded text, ranges merged into one, in order of place."""
    found = sorted(_candidates(text, context), key=lambda p: (p.start, -p.end))
    kept: list[Point] = []
    for point in found:
        if kept and point.start < kept[-1].end:
            continue
        kept.append(point)
    return tuple(_merge_ranges(text, kept))


def _candidates(text: str, context: Context) -> Iterator[Point]:
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            point = read(match, context)
            if point is not None:
                yield point


def _merge_ranges(text: str, found: list[Point]) -> Iterator[Point]:
    at = 0
    while at < len(found):
        point = found[at]
        after = found[at + 1] if at + 1 < len(found) else None
        if after is not None and _is_range(text, point, after):
            point = _joined(point, after)
            at += 1
            after = found[at + 1] if at + 1 < len(found) else None
            if after is not None and _is_enumerated(text, point, after):
                point = _joined(point, after)
                at += 1
        yield point
        at += 1


def _is_range(text: str, one: Point, other: Point) -> bool:
    between = text[one.end : other.start]
    if _is_enumerated(text, one, other):
        return True
    linked = re.fullmatch(r"\s*(?:-|den(?:\s+het)?)\s*(?:ngay\s*)?", between) is not None
    if not linked or one.unit != other.unit:
        return False
    return (
        one.unit != "day"
        or re.search(r"\btu\s*(?:ngay\s*)?$", text[max(0, one.start - 20) : one.start]) is not None
    )


def _is_enumerated(text: str, one: Point, other: Point) -> bool:
    """Tell whether days stand in a list: "trong các ngày 31/8, 01/9 và 02/9/2024"."""
    return (
        one.unit == other.unit == "day"
        and re.fullmatch(r"\s*(?:,|va|,\s*va)\s*(?:ngay\s*)?", text[one.end : other.start]) is not None
        and re.search(r"\bcac ngay\s*$", text[max(0, one.start - 20) : one.start]) is not None
    )


def _joined(one: Point, other: Point) -> Point:
    first = one.first
    if first and other.last and not one.has_year and other.has_year:
        first = clamp(other.last.year, first.month, first.day)
    return replace(other, first=first, start=one.start, part=other.part)


def _day(match: re.Match[str], context: Context) -> Point | None:
    day, month = int(match[1]), int(match[2])
    written_year = match[3] if match.re.groups > 2 else None  # noqa: PLR2004 - the third group is the year
    if not 1 <= month <= _DECEMBER or not 1 <= day <= 31:  # noqa: PLR2004 - days of a month
        return None
    year = _full_year(written_year) if written_year else _year_for(month, day, context)
    at = clamp(year, month, day) if year else None
    invalid = match[0].strip() if at is not None and at.day != day else None
    return Point(
        unit="day", first=at, last=at, start=match.start(1), end=match.end(), month=month, day=day,
        has_year=written_year is not None, invalid=invalid,
    )  # fmt: skip


def _full_year(written: str) -> int:
    return int(written) + (_CENTURY if len(written) == 2 else 0)  # noqa: PLR2004 - two digits


def _year_for(month: int, day: int, context: Context) -> int | None:
    return next_day_of_year(month, day, context.base).year if context.base else None


def _months(match: re.Match[str], context: Context) -> Point | None:
    part, first_month, last_month, written = match[1] or "", int(match[2]), match[3], match[4]
    last = int(last_month) if last_month else first_month
    if not (1 <= first_month <= _DECEMBER and 1 <= last <= _DECEMBER):
        return None
    year = int(written) if written else _period_year(last, context)
    return _period(match, "month", year, first_month, last, part=part, has_year=bool(written))


def _quarters(match: re.Match[str], context: Context) -> Point | None:
    part, one, other, written = match[1] or "", match[2], match[3], match[4]
    first, last = _quarter_number(one), _quarter_number(other or one)
    year = int(written) if written else _period_year(3 * last, context)
    return _period(match, "quarter", year, 3 * first - 2, 3 * last, part=part, has_year=bool(written))


def _quarter_number(written: str) -> int:
    return _ROMAN.get(written) or int(written)


def _period_year(last_month: int, context: Context) -> int | None:
    if context.base is None:
        return None
    return context.base.year + (last_month < context.base.month)


def _half_year(match: re.Match[str], context: Context) -> Point | None:
    months, half, written = match[1], match[2], match[3]
    first, last = (1, 6) if half == "dau" else (7, 12)
    if months in {"9", "09", "chin"}:
        first, last = (1, 9)
    year = int(written) if written else _period_year(last, context)
    return _period(match, "period", year, first, last, has_year=bool(written))


def _span_of_years(match: re.Match[str], _context: Context) -> Point | None:
    first, last = int(match[1]), int(match[2])
    if not 1 <= first <= last <= date.max.year:
        return None
    return Point(
        unit="period", first=date(first, 1, 1), last=date(last, 12, 31), start=match.start(), end=match.end(),
        has_year=True,
    )  # fmt: skip


def _year(match: re.Match[str], context: Context) -> Point | None:
    part, written = match[1] or "", match[2]
    year = int(written) if written else (context.base.year if context.base else None)
    part = {"het": "cuoi", "trong": ""}.get(part, part)
    return _period(match, "period", year, 1, 12, part=part, has_year=bool(written))


def _period(
    match: re.Match[str],
    unit: str,
    year: int | None,
    first: int,
    last: int,
    *,
    part: str = "",
    has_year: bool,
) -> Point | None:
    known = bool(year) and year is not None and 1 <= year <= date.max.year
    start = date(year, first, 1) if known and year else None
    end = month_end(year, last) if known and year else None
    if start and end and end < start and start.year > 1:
        start = start.replace(year=start.year - 1)
    return Point(
        unit=unit, first=start, last=end, start=match.start(), end=match.end(), part=part, month=last,
        has_year=has_year,
    )  # fmt: skip


_Reader = Callable[[re.Match[str], Context], Point | None]

_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (re.compile(r"(?<![\d/.])(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})(?![\d/])"), _day),
    (
        re.compile(
            r"(?<!\d)(?<!thu )(?<!tuan )(\d{1,2})\s*thang\s*(\d{1,2})(?:\s*(?:/|,?\s*nam)\s*(\d{4}))(?!\d)"
        ),
        _day,
    ),
    (re.compile(r"(?<=ngay)\s*(\d{1,2})\s*thang\s*(\d{1,2})(?![\d/])"), _day),
    (re.compile(r"(?<=ngay)\s+(\d{1,2})\s*[/\-]\s*(\d{1,2})(?!\s*[\d/]|\s*-\s*\d)"), _day),
    (re.compile(r"(?<![\d/.,])(\d{1,2})/(\d{1,2})(?!\s*[\d/])"), _day),
    (
        re.compile(
            _PART
            + r"\bthang\s*(\d{1,2})(?!\d)(?:"
            + _LINK
            + r"(?:thang\s*)?(\d{1,2})(?!\d)(?!\s*lop))?"
            + _YEAR
        ),
        _months,
    ),
    (
        re.compile(
            _PART + r"\bqui\s*" + _QUARTER + r"\b(?:" + _LINK + r"(?:qui\s*)?" + _QUARTER + r"\b)?"
            r"(?:\s*(?:/|-|,?\s*nam)?\s*(\d{4}))?"
        ),
        _quarters,
    ),
    (re.compile(r"\b(6|06|sau|9|09|chin)\s*thang\s*(dau|cuoi)\s*nam(?:\s*(\d{4}))?"), _half_year),
    (re.compile(r"\b(nua)\s+(dau|cuoi)\s+nam(?:\s*(\d{4}))?"), _half_year),
    (
        re.compile(
            r"(?:\bgiai doan|\bthoi ki|\bnhiem ki|\btu nam|\btrong (?:cac )?nam|\bnam"
            r"|\btu)?\s*(?<![\d/])(\d{4})"
            r"\s*(?:-|den(?:\s+het)?(?:\s+nam)?)\s*(\d{4})(?![\d/])"
        ),
        _span_of_years,
    ),
    (re.compile(r"(?:\b(dau|giua|cuoi|het|trong)\s+)?\bnam\s*(\d{4})(?!\d)"), _year),
    (re.compile(r"\b(dau|giua|cuoi|het|trong)\s+nam\b()(?!\s*\d)"), _year),
)
