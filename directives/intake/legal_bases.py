"""Cited documents: type, number and symbol (R-D2, R-D3), date, issuer, wherever the text names them."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from directives.intake.parties import Place, qualified
from directives.intake.proposal import LegalBasis

#: type names by the abbreviation in the symbol (R-D1), and of Party documents
TYPES = {
    "NQ": "Nghị quyết",
    "QĐ": "Quyết định",
    "CT": "Chỉ thị",
    "QC": "Quy chế",
    "QyĐ": "Quy định",
    "QĐi": "Quy định",
    "TB": "Thông báo",
    "HD": "Hướng dẫn",
    "CTr": "Chương trình",
    "KH": "Kế hoạch",
    "PA": "Phương án",
    "ĐA": "Đề án",
    "BC": "Báo cáo",
    "TTr": "Tờ trình",
    "CĐ": "Công điện",
    "NĐ": "Nghị định",
    "TT": "Thông tư",
    "TTLT": "Thông tư liên tịch",
    "KL": "Kết luận",
    "CV": "Công văn",
    "QH": "Luật",
    "GM": "Giấy mời",
    "BB": "Biên bản",
    "TC": "Thông cáo",
    "VBHN": "Văn bản hợp nhất",
    "PL": "Pháp lệnh",
    "L": "Luật",
    "ĐĐ": "Đề án",
    "QP": "Quy chế phối hợp",
}
_CANONICAL = {kind.upper(): kind for kind in TYPES}
_TYPE = (
    r"(?:Bộ luật|Luật|Pháp lệnh|Nghị quyết(?: liên tịch)?|Nghị định|Thông tư(?: liên tịch)?|Quyết định"
    r"|Chỉ thị|Kết luận|Kế hoạch"
    r"|Chương trình(?: hành động)?|Công văn|Công điện|Thông báo(?: kết luận)?|Tờ trình|Báo cáo|Hướng dẫn"
    r"|Đề án|Quy định"
    r"|Quy chế|Văn bản|Biên bản|Phương án|Thông tri|Giấy mời|Văn bản hợp nhất|Điện|Lệnh)"
)
_SYMBOL = r"[A-ZĐ][\wĐđ&.]*(?:\s?[-/–]\s?[A-ZĐ][\wĐđ&.]*)*"
_NUMBER = rf"\d{{1,5}}[a-z]?\s?(?:/\s?\d{{4}}\s?)?[-/–]\s?{_SYMBOL}"
_DATE = r"(?:\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}|\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4})"
_CITATION = re.compile(
    rf"(?:(?P<type>{_TYPE})\s+)?(?:(?P<so>[Ss]ố)\s*:?\s*)?(?P<number>{_NUMBER})"
    rf"(?:\s*,?\s*(?:ngày|ngay|được ban hành ngày|ban hành ngày)\s+(?P<date>{_DATE}))?",
)
#: "Ngày 21/02/2025, HĐND thành phố ban hành Nghị quyết số …"
_DATED_BEFORE = re.compile(
    rf"[Nn]gày\s+(?P<date>{_DATE}),?\s[^.;:]{{3,120}}\s(?:ban hành|có|ký ban hành|ký)\s+$"
)
_OF = re.compile(r"\s*,?\s*của\s+(?:liên tịch\s+)?(?=[A-ZĐa-z])")
_ISSUER_END = re.compile(
    r"\s+(?:về|tại|trên|đối với|ban hành|phê duyệt|quy định|sửa đổi|hướng dẫn|v/v|thực hiện|và|đã|cho"
    r"|trong|để|thay thế|thông qua"
    r"|triển khai|ngày|số|với|theo|giao|có|là|tiếp tục|ký|kèm|công bố|thì|nhằm|phục vụ|yêu cầu|chỉ đạo"
    r"|đến|từ|lần)\b|[,;.:()]|$"
)
_ISSUER_BEFORE = re.compile(r"của\s+([^,;.:()]{3,90}?)\s+(?:tại|trong)\s*(?:các\s+)?$")
_UNNUMBERED = re.compile(r"Nghị quyết (?P<issuer>Đại hội[^,;.:()]{3,120})")
_LAW = re.compile(
    rf"(?P<type>Bộ luật|Luật"
    rf"|Pháp lệnh)\s+(?!số\b)(?P<name>(?:[A-ZĐÀ-Ỹ]|sửa đổi)[^;.\d()]{{2,160}}?)\s*,?\s*(?:(?:ngày"
    rf"|năm)\s+(?P<date>{_DATE}|\d{{4}})|(?=[;.]|$))"
)
_BODIES = {
    "TTG": "Thủ tướng Chính phủ",
    "CP": "Chính phủ",
    "TW": "Trung ương",
    "VPCP": "Văn phòng Chính phủ",
}


def normal_number(written: str) -> str:
    """Give number and symbol as R-D3 compares them: no spaces, one dash, canonical case of the type."""
    text = re.sub(r"\s*([-/–—])\s*", lambda m: "-" if m[1] in "–—" else m[1], written.strip().rstrip(".,;"))
    text = re.sub(r"\s+", "", text)

    def canonical(match: re.Match[str]) -> str:
        return _CANONICAL.get(match[0].upper(), match[0])

    return re.sub(r"(?<=[-/])[^\W\d]+(?=[-/]|$)", canonical, text)


def read_date(written: str | None) -> date | None:
    """Give the day of dd/mm/yyyy or "dd tháng mm năm yyyy"; None when there is no such day."""
    parts = re.findall(r"\d+", written or "")
    if len(parts) != 3:  # noqa: PLR2004 - day, month, year
        return None
    try:
        return date(int(parts[2]), int(parts[1]), int(parts[0]))
    except ValueError:
        return None


def find(paragraphs: list[str], place: Place, own_number: str | None) -> tuple[LegalBasis, ...]:
    """Give every cited document once, in order of first mention."""
    found: dict[str, LegalBasis] = {}
    for paragraph in paragraphs:
        for basis in (*_numbered(paragraph, place), *_without_number(paragraph, place)):
            key = (basis.number or basis.quoted).casefold()
            if basis.number is not None and own_number is not None and key == own_number.casefold():
                continue
            found[key] = _fuller(found[key], basis) if key in found else basis
    return tuple(basis for basis in found.values() if not _is_named_again(basis, found.values()))


def _is_named_again(basis: LegalBasis, all_of_them: Iterable[LegalBasis]) -> bool:
    """Tell whether a law without a date is cited with one elsewhere."""
    if basis.number is not None or basis.issued_on is not None:
        return False
    return any(
        other is not basis and other.quoted.casefold().startswith(basis.quoted.casefold())
        for other in all_of_them
    )


def _fuller(one: LegalBasis, other: LegalBasis) -> LegalBasis:
    if (one.issued_on is None and other.issued_on is not None) or (
        one.issued_on == other.issued_on and one.issuer is None
    ):
        return other if other.issuer or not one.issuer else one
    return one


def _numbered(text: str, place: Place) -> Iterator[LegalBasis]:
    for match in _CITATION.finditer(text):
        number = normal_number(match["number"])
        kind = match["type"] or _type_of(number)
        if kind is None or not (match["type"] or match["so"]):
            continue
        if re.fullmatch(r"\d+[a-z]?[-/][A-ZĐ]", number):
            continue
        issuer, end = _issuer_after(text, match.end())
        if issuer is None:
            before = _ISSUER_BEFORE.search(text[: match.start()])
            issuer = before[1] if before else _issuer_of_symbol(number)
        written = match["date"] or _date_before(text[: match.start()])
        yield LegalBasis(
            type=kind, number=number, issued_on=read_date(written), issuer=_full(issuer, place),
            quoted=" ".join(text[match.start() : end].split()),
        )  # fmt: skip


def _date_before(text: str) -> str | None:
    told = _DATED_BEFORE.search(text[-200:])
    return told["date"] if told is not None else None


def _type_of(number: str) -> str | None:
    if re.search(r"/QH\d+$", number):
        return "Luật"
    parts = re.split(r"[-/]", number)
    return next((TYPES[_CANONICAL[p.upper()]] for p in parts[1:] if p.upper() in _CANONICAL), "Công văn")


def _issuer_after(text: str, at: int) -> tuple[str | None, int]:
    of = _OF.match(text, at)
    if of is None:
        return None, at
    end = _ISSUER_END.search(text, of.end())
    stop = end.start() if end else len(text)
    rest = re.match(r"\s+và\s+(?:[A-ZĐÀ-Ỹ])", text[stop:])
    name = text[of.end() : stop]
    if (
        rest
        and re.search(r"(?:Bộ|Sở|Ban|Ủy ban) [\wÀ-ỹ]+(?:,? [\wÀ-ỹ]+){0,4}$", name)
        and not re.match(r"\s+và\s+(?:Nghị|Quyết|Kế|Chương|Công|Chỉ|Thông|Kết|Luật|Tờ|Báo)", text[stop:])
    ):
        further = _ISSUER_END.search(text, stop + 4)
        stop = further.start() if further else len(text)
    name = text[of.end() : stop].strip()
    return (name, stop) if name[:1].isupper() else (None, at)


def _issuer_of_symbol(number: str) -> str | None:
    if re.search(r"/QH\d+$", number):
        return "Quốc hội"
    last = re.split(r"[-/]", number)[-1].upper()
    return _BODIES.get(last)


def _full(issuer: str | None, place: Place) -> str | None:
    if issuer is None:
        return None
    issuer = " ".join(issuer.split()).strip(" ,")
    issuer = re.sub(r"^UBND\b", "Ủy ban nhân dân", issuer)
    issuer = re.sub(r"^HĐND\b", "Hội đồng nhân dân", issuer)
    return qualified(issuer[:1].upper() + issuer[1:], place)


def _without_number(text: str, place: Place) -> Iterator[LegalBasis]:
    for match in _UNNUMBERED.finditer(text):
        issuer = re.split(r"\s+(?:về|và|đã|tại|là|thành)\s", match["issuer"])[0].strip()
        quoted = f"Nghị quyết {issuer}"
        yield LegalBasis(
            type="Nghị quyết", number=None, issued_on=None, issuer=_full(issuer, place), quoted=quoted
        )
    if not re.match(r"\s*(?:Căn cứ|Theo|Xét)\b", text):
        return
    for match in _LAW.finditer(text):
        quoted = " ".join(match[0].split()).strip(" ,;")
        yield LegalBasis(
            type=match["type"],
            number=None,
            issued_on=read_date(match["date"]),
            issuer="Quốc hội",
            quoted=quoted,
        )
