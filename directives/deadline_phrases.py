"""Where a sentence of a directive holds a deadline.

A date is a deadline only when a word makes it one ("trước", "chậm nhất", "trong", "hoàn thành" …) or when it
opens the sentence; dates of cited documents, names of plans ("giai đoạn 2021-2025") and data cut-offs are
not.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from directives.deadline_points import Context, Point, points
from foundation.vietnamese import fold

#: how long before the document a deadline may lie: work may be late at birth (R-S12), facts of the past are
# not work
_LATE_AT_BIRTH = timedelta(days=60)

#: characters around a date that can make it a deadline
_NEAR = 160

_FILLER = (
    r"(?:\s*(?:\b(?:la|vao|cac ngay|tuan(?: thu)? (?:\d|i{1,3}|iv|dau|cuoi|nhat)|le|ngay|den|het"
    r"|trong|truoc|tu|thoi diem|khoang|thoi gian|dip|nhan"
    r"|hom|sang|chieu"
    r"|cuoi"
    r"|thu (?:hai|ba|tu|nam|sau|bay)|chu nhat|ngay lam viec)\b|\d{1,2}\s*(?:gio|h"
    r"|g)\s*\d{0,2}(?:\s*phut)?|[,:(]))*"
)
_GOVERNED = re.compile(
    r"\b(?:hoan thanh|truoc|cham nhat|muon nhat|den het|den|trong|vao|xong|han|thoi han|thoi gian|tien do"
    r"|tu|dip)\b" + _FILLER + r"\s*$"
)
_PREPOSITION = re.compile(
    r"(?:\b(?:yeu cau\s+)?(?:hoan thanh|xong)\s+)?\b(?:truoc|cham nhat|muon nhat|den het|den|trong|vao|tu"
    r"|dip)\b" + _FILLER + r"\s*$"
)
_OPENING = re.compile(
    r"^(?:phan dau|du kien|yeu cau|hoan thanh)?\s*(?:(?:truoc|cham nhat|den|het|trong|vao|ngay|tu|cuoi"
    r"|dau|giua|khoang|thoi gian)\s*)*$"
)
_ONLY_START = re.compile(
    r"\b(?:ke\s+|tinh\s+|hieu luc\s+(?:thi hanh\s+)?)?tu\s*(?:ngay\s*|thang\s*|nam\s*)?$"
)
_CUT_OFF = re.compile(r"\b(?:tinh (?=den|tu|ke)|so lieu|luy ke|chot|ke tu|hieu luc)[^,;.]{0,25}$")
_AIM = re.compile(
    r"\b(?:dinh huong|tam nhin|muc tieu|chien luoc|qui hoach|giai doan|thoi ki|du bao)\b[^;.]{0,40}$"
)
_RECURRENCE = re.compile(
    r"\bdinh ki\s+(?:\d{1,2}\s+nam\s+(?:mot|1)\s+lan"
    r"|(?:bao cao\s+)?(?:(?:hang|moi)\s+)?(?:ngay|thang|qui|nam|tuan|0?6 thang|sau thang|3 thang)"
    r"(?:(?:\s*,\s*|\s+va\s+)(?:(?:hang|ca|mot)\s+)?(?:thang|qui|nam|0?6 thang|9 thang)\b)*)"
    r"|\b(?:hang|moi)\s+(?:ngay|thang|qui|nam|tuan|0?6 thang)\b(?:(?:\s*,\s*"
    r"|\s+va\s+)(?:hang\s+)?(?:thang|qui"
    r"|nam|0?6 thang)\b)*"
    r"|\b(?:\d{1,2}\s+)?(?:thang|qui|nam|tuan)\s+(?:mot|1|01)\s+lan\b"
    r"|\b(?:\d{1,2}\s+)?(?:ngay|tuan|thang|qui|nam)\s*/\s*lan\b|\b\d{1,2}\s+lan\s*/\s*(?:ngay|tuan|thang|qui|nam)\b"
    r"|\bngay\s*\d{1,2}\s+cua\s+(?:moi\s+)?thang\b(?!\s*\d|\s+(?:cuoi|dau|giua))"
    r"|\b(?:vao )?ngay cuoi (?:cung )?(?:cua )?(?:moi )?(?:thang|qui)\b(?!\s*(?:\d|[ivx]+\b))"
    r"|\bcuoi (?:moi|hang) (?:thang|qui|nam)\b"
    r"|\bthang cuoi (?:cua )?(?:moi )?qui\b(?!\s+(?:[ivx]+|\d))"
)
_NOUN_BEFORE = re.compile(
    r"\b(?:(?<!chinh - )(?<!phong )ke hoach|du toan|von|ngan sach|trung han va|chi tieu|danh muc"
    r"|kinh phi|chuong trinh|cong tac"
    r"|binh quan"
    r"|trung binh|cua|theo|du an|nguon|lich|ke hoach [^,;.]{1,30})\s*$"
)
#: "bố trí kinh phí hằng năm" says how often the money is found, "kế hoạch hằng năm" names a plan
_FUNDED = re.compile(
    r"\b(?:bo tri|cap|can doi|phan bo|dam bao|bao dam) (?:nguon )?(?:kinh phi|von|ngan sach)\s*$"
)
_ENDS_PHRASE = re.compile(
    r"\s*(?:$|[.;,)(:/]|\b(?:de|ve|truoc|vao|cho|gui|theo|va|bao cao|tong hop|cham nhat|trong|tren|tai"
    r"|qua|to chuc"
    r"|kiem tra|ra soat|tham muu)\b)"
)
_DAY_IN_MONTH = re.compile(
    r"(?:\b(?:truoc|cham nhat|vao|den)\s+)?(?:la\s+)?\bngay\s*\d{1,2}(?!\s*[/.\-]\s*\d|\s*thang\s*\d|\d)"
    r"(?:\s+(?:cua\s+)?thang\s+(?:cuoi|dau|giua|sau|tiep theo|lien ke"
    r"|ke tiep)(?:\s+tien)?(?:\s+(?:cua\s+)?(?:moi\s+)?qui(?:\s+(?:sau|tiep theo|lien ke))?)?)?"
)
_TERM = re.compile(
    r"\b(?:(?:trong|cham nhat|muon nhat|khong qua|toi da|sau)\b\s*(?:la|sau|trong|vong|thoi han|thoi gian"
    r"|\s)*)?"
    r"(?<![\d/.\-])\b\d{1,3}\s*(?:\([^)]{0,12}\)\s*)?(?:ngay lam viec|ngay|tuan|thang|nam|gio)\b"
    r"(?!\s+(?:dau|cuoi|mot|1|01|qua|gan day|tro lai|truoc)\b)"
    r"(\s*,?\s*(?:ke tu|tinh tu|tu khi|tu ngay|sau khi)\s*[^,.;()]*)?"
)
_TERM_HEAD = re.compile(r"^(?:trong\s+(?:vong|thoi han)|(?:cham|muon) nhat|khong qua|trong)")
_EVENTS = (
    r"(?:mua|tet|ki hop|khai giang|ngay khai giang|dai hoi|ngay bau cu|nam hoc moi|dip tet"
    r"|thoi diem khai giang)\b"
)
_CONDITION = re.compile(
    r"^(?:ngay\s+)?(?:sau khi|khi co|khi duoc)\b[^,;.]*|^tren co so (?:do|nay)\b"
    r"|\bngay (?:sau )?khi\b[^,;.)]*|\btruoc khi\b[^,;.)]*|\b(?:hoan thanh|hoan tat|xong|xong xuoi)\s+truoc "
    + _EVENTS
    + r"[^,;.)]*|\btruoc "
    + _EVENTS
    + r"[^,;.)]{0,40}(?=[.;]?$)|^truoc "
    + _EVENTS
    + r"[^,;.)]*|\bkhi (?:co|xay ra|nhan duoc) [^,;.]{3,60}(?=[.;]?$)"
)
_CONTINUOUS = re.compile(
    r"^thuong xuyen\b(?=\s*[,a-z])|\(\s*(?:thuc hien\s+)?thuong xuyen[^)]{0,30}\)"
    r"|\b(?:(?:duy tri|trien khai|tien hanh)\s+)?thuc hien (?:thuong xuyen"
    r"|lien tuc)(?:\s*,\s*lien tuc)?(?=\s*(?:[.;)/]|$))"
    r"|(?<=[,;:])\s*(?:thuong xuyen|lien tuc)(?:\s*,\s*lien tuc)?(?=\s*(?:[.;)/]|$))"
)
_BRIDGE = re.compile(r"\s*(?:[,(/:]|\bva\b|\bvao\b|\bcua\b|\bde\b|\bla\b|\bbao cao\b)?\s*\(?\s*")


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A deadline phrase in a sentence."""

    #: the words of the sentence, unchanged
    raw: str
    start: int
    end: int
    #: date, recurrence, term, condition or continuous
    form: str


def find(sentence: str, *, issued_on: date | None = None, year: int | None = None) -> tuple[Phrase, ...]:
    """Give the deadline phrases of a sentence in order of place, neighbours joined into one."""
    sentence = unicodedata.normalize("NFC", sentence)
    text = fold(sentence)
    context = Context(
        issued_on=issued_on, year=year if year is not None else getattr(issued_on, "year", None)
    )
    spans = sorted({*_dates(text, context), *_terms(text), *_recurrences(text), *_others(text)})
    return tuple(_joined(sentence, text, spans))


def principal(phrases: tuple[Phrase, ...], sentence: str) -> Phrase | None:
    """Choose the phrase that is the deadline of the work: completion first, then dates, then the rest."""
    if not phrases:
        return None
    order = {"recurrence": 0, "date": 0, "term": 0, "condition": 1, "continuous": 2}

    def rank(phrase: Phrase) -> tuple[int, int, int]:
        before = fold(sentence[max(0, phrase.start - 40) : phrase.end])
        completes = 0 if re.search(r"\b(?:hoan thanh|xong)\b", before) else 1
        return (order[phrase.form], completes, phrase.start)

    return min(phrases, key=rank)


def _dates(text: str, context: Context) -> Iterator[tuple[int, int, str]]:
    for point in points(text, context):
        if _is_past(point, context) or not _is_governed(text, point):
            continue
        low = max(0, point.start - _NEAR)
        head = _PREPOSITION.search(text[low : point.start])
        yield (low + head.start() if head else point.start, point.end, "date")


def _is_past(point: Point, context: Context) -> bool:
    return (
        context.base is not None
        and point.has_year
        and point.last is not None
        and point.last < context.base - _LATE_AT_BIRTH
    )


def _is_governed(text: str, point: Point) -> bool:  # noqa: PLR0911 - one return per rule
    low = max(0, point.start - _NEAR)
    before, after = text[low : point.start], text[point.end : point.end + _NEAR]
    if _CUT_OFF.search(before[-40:]) or re.search(r"\bso\s+(?:dau|cuoi)?\s*$", before):
        return False
    if re.search(r"\b(?:ki hop|hoi nghi|phien hop)\b[^,;.]{0,25}$", before) and not point.has_year:
        return False
    if re.search(r"\bkhong (?:don|de|keo dai|cham)\b[^,;.]{0,25}$", before):
        return False
    if point.first == point.last and _ONLY_START.search(before):
        return False
    opens = _OPENING.match(before.strip(" (-+")) is not None and point.start < 60  # noqa: PLR2004 - a few words
    if point.unit == "period":
        return _governs_period(text, point, opens=opens)
    if opens and (re.match(r"\s*[,:)]|\s*$|\s*\.\s*$", after) or before.strip()):
        return True
    alone = before.rstrip().endswith("(") and after.lstrip().startswith(")")
    return alone or _GOVERNED.search(before) is not None


def _governs_period(text: str, point: Point, *, opens: bool) -> bool:
    before, own = text[max(0, point.start - _NEAR) : point.start], text[point.start : point.end]
    after = text[point.end : point.end + _NEAR]
    if _AIM.search(before[-60:]) or own.startswith(("giai doan", "thoi ki", "nhiem ki")):
        closes = before.rstrip().endswith(",") and re.match(r"\s*\.?\s*$", after) is not None
        return (opens or closes) and re.match(r"\s*\.?\s*$", after) is not None
    if opens:
        return re.match(r"\s*[,:]|\s*$|\s*\.\s*$", after) is not None
    if own.startswith(("trong", "cuoi", "dau", "giua", "het")):
        return (
            re.search(r"\b(?:so ket|tong ket|ket qua|danh gia|ke hoach|bao cao|kinh phi|du toan)\s*$", before)
            is None
        )
    governed = re.search(
        r"\b(?:hoan thanh|xong|cham nhat|muon nhat|truoc)\b"
        + _FILLER
        + r"\s*$|\b(?:trong|vao)(?:\s+thoi gian)?\s*$",
        before,
    )
    return governed is not None


def _terms(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _TERM.finditer(text):
        has_event = bool(match[1])
        short = re.search(r"\b(?:ngay lam viec|ngay|gio)\b", match[0]) is not None
        if has_event or (_TERM_HEAD.match(match[0]) and (short or "vong" in match[0] or "han" in match[0])):
            yield (match.start(), match.end(), "term")


def _recurrences(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _RECURRENCE.finditer(text):
        before = text[max(0, match.start() - _NEAR) : match.start()]
        after = text[match.end() : match.end() + _NEAR]
        clause_start = not before.strip(" -+(") or before.rstrip()[-1:] in {",", ";", "(", ":", "."}
        said = match[0].startswith(("dinh ki", "moi ", "thang cuoi")) or re.search(
            r"\b(?:mot|1|01) lan$", match[0]
        )
        dated = re.search(
            r"\bngay\s*\d{1,2}(?:\s*[/\-]\s*\d{1,2}|\s*thang\s*\d{1,2})?\s*(?:cua\s+)?$", before
        )
        if (
            _NOUN_BEFORE.search(before[-45:])
            and not _FUNDED.search(before[-45:])
            and not dated
            and not match[0].startswith(("dinh ki", "vao ", "ngay cuoi"))
        ):
            continue
        if clause_start or said or dated or _ENDS_PHRASE.match(after):
            yield (match.start(), match.end(), "recurrence")
            yield from _days_of_month(text, match)


def _days_of_month(text: str, recurrence: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    for match in _DAY_IN_MONTH.finditer(text, max(0, recurrence.start() - _NEAR), recurrence.end() + _NEAR):
        gap = (
            text[match.end() : recurrence.start()]
            if match.end() <= recurrence.start()
            else text[recurrence.end() : match.start()]
        )
        if not re.search(r"[.;]", gap) and len(gap) < 120:  # noqa: PLR2004 - within one clause
            yield (match.start(), match.end(), "recurrence")


def _others(text: str) -> Iterator[tuple[int, int, str]]:
    lead = len(text) - len(text.lstrip(" -+"))
    for match in _CONDITION.finditer(text[lead:]):
        yield (match.start() + lead, match.end() + lead, "condition")
    for match in _CONTINUOUS.finditer(text[lead:]):
        yield (match.start() + lead, match.end() + lead, "continuous")


def _joined(sentence: str, text: str, spans: list[tuple[int, int, str]]) -> Iterator[Phrase]:
    current: tuple[int, int, str] | None = None
    for span in spans:
        if current is not None and _belongs(text, current, span):
            form = "recurrence" if "recurrence" in {current[2], span[2]} else current[2]
            current = (current[0], max(current[1], span[1]), form)
            continue
        if current is not None:
            yield _phrase(sentence, current)
        current = span
    if current is not None:
        yield _phrase(sentence, current)


def _belongs(text: str, one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    if other[0] < one[1]:
        return True
    if other[0] - one[1] > _NEAR or other[1] - one[0] > 4 * _NEAR:
        return False
    gap = text[one[1] : other[0]]
    if _BRIDGE.fullmatch(gap):
        return True
    forms = {one[2], other[2]}
    return (
        forms <= {"recurrence", "date"}
        and "recurrence" in forms
        and not re.search(r"[.;]", gap)
        and len(gap) < 120  # noqa: PLR2004 - a limit of the form
    )


def _phrase(sentence: str, span: tuple[int, int, str]) -> Phrase:
    start, end, form = span
    if sentence.count("(", start, end) > sentence.count(")", start, end):
        closing = sentence.find(")", end)
        end = closing + 1 if closing >= 0 else end
    tail = re.match(r"\s*và (?:khi có|theo) yêu cầu", sentence[end:])
    end += tail.end() if tail else 0
    raw = sentence[start:end].strip(" ,;(" if form == "continuous" else " ,;")
    return Phrase(raw=raw, start=start, end=end, form=form)
