"""The form of an official document (NĐ 30/2020, Phụ lục I): where its head, body and tail lie.

Also tells a document from any other text, and stops at a secrecy stamp.
"""

import re
from dataclasses import dataclass

from directives.intake import columns
from directives.intake.columns import MOTTO
from directives.intake.structure import marker
from directives.intake.text import Line
from foundation.vietnamese import fold

#: type names (R-D1) by their folded form
TYPE_NAMES = {
    "nghi quyet": "nghị quyết",
    "quyet dinh": "quyết định",
    "chi thi": "chỉ thị",
    "qui che": "quy chế",
    "qui dinh": "quy định",
    "thong cao": "thông cáo",
    "thong bao": "thông báo",
    "huong dan": "hướng dẫn",
    "chuong trinh": "chương trình",
    "chuong trinh hanh dong": "chương trình",
    "chuong trinh cong tac": "chương trình",
    "ke hoach": "kế hoạch",
    "phuong an": "phương án",
    "de an": "đề án",
    "du an": "dự án",
    "bao cao": "báo cáo",
    "bien ban": "biên bản",
    "to trinh": "tờ trình",
    "hop dong": "hợp đồng",
    "cong dien": "công điện",
    "ket luan": "kết luận",
    "giay moi": "giấy mời",
    "giay gioi thieu": "giấy giới thiệu",
    "giay uy quyen": "giấy ủy quyền",
    "phieu gui": "phiếu gửi",
    "phieu chuyen": "phiếu chuyển",
    "phieu bao": "phiếu báo",
    "thu cong": "thư công",
    "thong bao ket luan": "thông báo",
    "cong van": "công văn",
    "giay nghi phep": "giấy nghỉ phép",
    "thu moi": "giấy mời",
}
SECRECY = {"mat": "Mật", "toi mat": "Tối mật", "tuyet mat": "Tuyệt mật"}
_STAMPS = re.compile(r"^(?:\(?\s*)?(?:(?:do|muc do)\s+mat\s*:?\s*)?(mat|toi mat|tuyet mat)\s*\)?[.!]?$")
_NUMBER_LINE = re.compile(r"^(?:bản sao\s+)?s[ốoố]\s*[:.]?\s*(?P<rest>.*)$", re.IGNORECASE)
_SYMBOL = re.compile(
    r"(?:\d{1,5}[a-z]?|[.…_\s]+|)\s*(?:/\s*\d{4}\s*)?[/\-–]\s*[A-ZĐ][\wĐđ]*(?:\s*[-/–]\s*[A-ZĐ][\wĐđ&.]*)*"
)
_DATED = re.compile(
    r"(?:^|,)\s*(?:hoi\s+)?(?:\d{1,2}\s*(?:gio|h|g)\s*(?:\d{1,2}\s*(?:phut|')?)?\s*,?\s*)?ngay\s*(?P<day>[\d.…_\s]*)\s*thang\s*(?P<month>[\d.…_\s]*)\s*nam\s*(?P<year>\d{4})?"
)
_AREA = re.compile(
    r"^(?:uy ban nhan dan|ubnd|hoi dong nhan dan|tinh|thanh pho|huyen|quan|thi xa|xa|phuong|dac khu|so"
    r"|bo|cuc|ban)\b"
)
_RECIPIENTS = re.compile(r"^noi nhan\b\s*[:.]?")
#: whom a công văn or a công điện is for
_ADDRESSEES = re.compile(r"^kinh gui\b\s*:?|^(?:[^:,.;]{3,80} )?dien\s*:(?=\s*$)")
_SIGNS = re.compile(
    r"^(?:TM|KT|TL|TUQ|T/M|K/T|T/L|Q|TUN)\s*[./]\s*[A-ZĐÀ-Ỹ]|^(?:PHÓ |QUYỀN )?(?:CHỦ TỊCH|GIÁM ĐỐC"
    r"|CHÁNH VĂN PHÒNG|BÍ THƯ|TRƯỞNG BAN"
    r"|CỤC TRƯỞNG|CHI CỤC TRƯỞNG|TRƯỞNG PHÒNG|HIỆU TRƯỞNG|VIỆN TRƯỞNG|TỔNG GIÁM ĐỐC|CHÁNH THANH TRA"
    r"|BỘ TRƯỞNG|THỨ TRƯỞNG|THỦ TƯỚNG)\b"
)
_BEGINS_BODY = re.compile(
    r"^(?:can cu|thuc hien|trien khai|thi hanh|de |nham |theo |xet |tren co so|ngay \d|trong "
    r"|thoi gian qua|tiep theo|sau khi|qua |hien nay|vua qua"
    r"|uy ban nhan dan|ubnd|so |chu tich|giam doc|nam \d)"
)
_HEAD_LINES = 80
_LONGEST_SUBJECT = 70


@dataclass(frozen=True, kw_only=True)
class Form:
    """Indices into the lines: the parts of a document and the facts of its head as they were written."""

    head: tuple[Line, ...]
    body: tuple[Line, ...]
    tail: tuple[Line, ...]
    #: annexes and plans that follow the signature
    annex: tuple[Line, ...]
    number_line: Line | None
    date_line: Line | None
    type_name: str | None
    subject: str | None
    addressees: tuple[Line, ...]
    #: how many features of the official form were seen
    evidence: int


def secrecy(lines: tuple[Line, ...]) -> tuple[str, Line] | None:
    """Give the secrecy mark of a document and its line, when a stamp stands in its head (R-U7)."""
    shown = [line for line in lines if line.text or line.cells][:_HEAD_LINES]
    for line in shown:
        for part in (*columns.split(line.text), *line.cells):
            match = _STAMPS.match(fold(part).strip(' []|*"“”.'))
            if match is not None and (part.strip(' []()|*."“”').isupper() or line is not shown[-1]):
                return SECRECY[match[1]], line
    return None


def read(lines: tuple[Line, ...]) -> Form:
    """Find the parts of a document."""
    flat = columns.apart(lines)
    type_at, type_name, inline_subject = _type_line(flat)
    number_at = _first(flat, _is_number_line)
    date_at = _first(flat, lambda t: _DATED.search(fold(t)) is not None and len(t) < 90)  # noqa: PLR2004 - one short line
    addressed_at = _first(flat, lambda t: _ADDRESSEES.match(fold(t)) is not None)
    regard_at = _first(
        flat,
        lambda t: (
            re.match(r"(?:v\s*/\s*v|ve viec)\b", fold(t)) is not None and not _BEGINS_BODY.match(fold(t))
        ),
    )
    if type_at is not None and (number_at is None or type_at > number_at - 12):
        subject, start = _subject_after(flat, type_at, inline_subject)
    else:
        type_name, type_at = None, None
        subject, start = _regarding(flat, regard_at)
    known = [at for at in (number_at, date_at, type_at) if at is not None]
    start = max([start, *(at + 1 for at in known)])
    addressees: tuple[Line, ...] = ()
    if addressed_at is not None:
        addressees, after = _addressees(flat, addressed_at)
        start = max(start, after)
    start = _past_motto(flat, start)
    tail_at = _tail(flat, start)
    annex_at = _annex(flat, tail_at)
    evidence = _evidence(flat, type_name, number_at, date_at, addressed_at, regard_at, tail_at)
    return Form(
        head=tuple(flat[:start]), body=tuple(flat[start:tail_at]), tail=tuple(flat[tail_at:annex_at]),
        annex=tuple(flat[annex_at:]), number_line=flat[number_at] if number_at is not None else None,
        date_line=flat[date_at] if date_at is not None else None, type_name=type_name, subject=subject,
        addressees=addressees, evidence=evidence,
    )  # fmt: skip


def date_parts(line: Line) -> tuple[int | None, int | None, int | None, str]:
    """Give day, month, year and place of the line "…, ngày 05 tháng 02 năm 2024"; blanks are None."""
    match = _DATED.search(fold(line.text))
    if match is None:
        return None, None, None, ""
    figures = [re.sub(r"\D", "", match[name] or "") for name in ("day", "month", "year")]
    day, month, year = (int(f) if f else None for f in figures)
    return day, month, year, line.text[: match.start()].strip(" ,")


def _first(lines: list[Line], test: "object") -> int | None:
    assert callable(test)  # noqa: S101 - narrows the type
    seen = 0
    for at, line in enumerate(lines):
        if line.is_blank:
            continue
        seen += 1
        if seen > _HEAD_LINES:
            return None
        if line.text and test(line.text):
            return at
    return None


def _is_number_line(text: str) -> bool:
    match = _NUMBER_LINE.match(text)
    return match is not None and len(text) < 60 and _SYMBOL.match(match["rest"].strip() or " ") is not None  # noqa: PLR2004 - a limit of the form


def _type_line(lines: list[Line]) -> tuple[int | None, str | None, str]:
    seen = 0
    for at, line in enumerate(lines):
        seen += not line.is_blank
        if seen > _HEAD_LINES:
            break
        name = TYPE_NAMES.get(fold(line.text).strip(" .:"))
        if name is not None and (line.text.strip(" .:").isupper() or line.is_strong):
            return at, name, ""
        head = re.match(
            r"^(KẾ HOẠCH|THÔNG BÁO|BÁO CÁO|QUYẾT ĐỊNH|CHỈ THỊ|TỜ TRÌNH|GIẤY MỜI|CHƯƠNG TRÌNH|HƯỚNG DẪN"
            r"|CÔNG ĐIỆN)\s+(?=\S)",
            line.text,
        )
        if head is not None and len(line.text) < 250 and not line.text.endswith((".", ";", ":")):  # noqa: PLR2004 - a title
            return at, TYPE_NAMES[fold(head[1])], line.text[head.end() :]
    return None, None, ""


def _subject_after(lines: list[Line], at: int, inline: str) -> tuple[str | None, int]:
    words = [inline] if inline else []
    at += 1
    gap = False
    while at < len(lines):
        line = lines[at]
        if line.is_blank:
            gap = bool(words)
            at += 1
            continue
        if _ends_subject(line, words, gap=gap):
            break
        words.append(line.text)
        gap = False
        at += 1
    return (" ".join(words) or None), at


def _ends_subject(line: Line, words: list[str], *, gap: bool) -> bool:
    text, folded = line.text, fold(line.text)
    if (
        line.cells
        or marker(text)[0] != "paragraph"
        or folded.startswith(("can cu", "kinh gui"))
        or _DATED.search(folded)
    ):
        return True
    if _is_number_line(text) or any(folded.startswith(m) for m in MOTTO):
        return True
    if not words:
        return text.endswith(":") or len(text.split()) > 2 * _LONGEST_SUBJECT
    if (
        text[0].islower()
        and len(" ".join(words).split()) < 2 * _LONGEST_SUBJECT
        and not words[-1].endswith(".")
    ):
        return False
    if gap:
        return not (
            line.is_strong
            and len(text.split()) < 40  # noqa: PLR2004 - a limit of the form
            and not _BEGINS_BODY.match(folded)
            and not text.isupper()
        )
    return (
        _BEGINS_BODY.match(folded) is not None and (len(words[-1].split()) < 8 or not line.is_strong)  # noqa: PLR2004 - a limit of the form
    ) or len(text.split()) > _LONGEST_SUBJECT


def _regarding(lines: list[Line], at: int | None) -> tuple[str | None, int]:
    if at is None:
        return None, 0
    words = [lines[at].text]
    at += 1
    while at < len(lines) and not lines[at].is_blank:
        text = lines[at].text
        folded = fold(text)
        stops = (
            _ADDRESSEES.match(folded)
            or _DATED.search(folded)
            or text.isupper()
            or any(folded.startswith(m) for m in MOTTO)
        )
        if stops or lines[at].cells or marker(text)[0] != "paragraph" or len(text) > 200:  # noqa: PLR2004 - a title
            break
        words.append(text)
        at += 1
    return " ".join(words), at


def _addressees(lines: list[Line], at: int) -> tuple[tuple[Line, ...], int]:
    first = lines[at]
    rest = _ADDRESSEES.match(fold(first.text))
    inline = first.text[rest.end() :].strip() if rest else ""
    found = [Line(number=first.number, text=inline)] if inline else []
    at += 1
    while at < len(lines):
        line = lines[at]
        if line.is_blank:
            at += 1
            continue
        kind, _label, words = marker(line.text)
        is_entry = kind in {"dash", "plus", "bullet"} and len(words) < 250  # noqa: PLR2004 - a name, not a task
        is_name = (
            kind == "paragraph"
            and len(words) < 140  # noqa: PLR2004 - a limit of the form
            and words.endswith((";", "."))
            and not _BEGINS_BODY.match(fold(words))
        )
        goes_on = bool(found) and found[-1].text.rstrip()[-1:] in {",", ";"} and len(words) < 140  # noqa: PLR2004 - a limit of the form
        if line.cells or not (
            is_entry or (is_name and (not inline or goes_on)) or (kind == "paragraph" and goes_on)
        ):
            break
        if is_name and not is_entry and not goes_on and re.search(r"\b(?:yêu cầu|đề nghị|giao)\b", words):
            break
        found.append(Line(number=line.number, text=words))
        at += 1
        if words.endswith(".") and not words.endswith("..."):
            break
    return tuple(found), at


def _past_motto(lines: list[Line], at: int) -> int:
    while at < len(lines):
        folded = fold(lines[at].text)
        is_head = any(m in folded for m in MOTTO) or (
            bool(folded) and _DATED.search(folded) is not None and len(folded) < 70  # noqa: PLR2004 - a limit of the form
        )
        if not (lines[at].is_blank or is_head):
            return at
        at += 1
    return at


def _tail(lines: list[Line], start: int) -> int:
    for at in range(start, len(lines)):
        if _RECIPIENTS.match(fold(lines[at].text)):
            return _before_signature(lines, start, at)
    shown = [at for at in range(start, len(lines)) if not lines[at].is_blank][-12:]
    for at in shown:
        if _SIGNS.match(lines[at].text) and lines[at].text.strip().isupper():
            return at
    return len(lines)


def _before_signature(lines: list[Line], start: int, at: int) -> int:
    """Step back over a signature that stands before "Nơi nhận" because columns were flattened."""
    first, seen = at, 0
    for back in range(at - 1, start - 1, -1):
        if lines[back].is_blank:
            continue
        seen += 1
        if seen > 7 or lines[back].cells or len(lines[back].text) > 70:  # noqa: PLR2004 - a signature is short
            break
        if _SIGNS.match(lines[back].text) and lines[back].text.upper() == lines[back].text:
            first = back
    return first


def _annex(lines: list[Line], tail_at: int) -> int:
    """Find where annexes begin, with the head of an attached plan that stands before its type."""
    at = _annex_title(lines, tail_at)
    while at < len(lines) and at - 1 > tail_at and _is_head_line(lines[at - 1]):
        at -= 1
    return at


def _is_head_line(line: Line) -> bool:
    folded = fold(line.text)
    return (
        line.is_blank
        or any(m in folded for m in MOTTO)
        or _is_number_line(line.text)
        or (len(folded) < 70 and _DATED.search(folded) is not None)  # noqa: PLR2004 - a limit of the form
        or (line.text.isupper() and _AREA.match(folded) is not None)
    )


def _annex_title(lines: list[Line], tail_at: int) -> int:
    for at in range(tail_at + 1, len(lines)):
        folded = fold(lines[at].text).strip(" .:")
        is_annex = (
            re.match(r"^(?:phu luc|danh muc|bieu|bang phan cong)\b", folded) is not None and len(folded) < 150  # noqa: PLR2004 - a limit of the form
        )
        if (is_annex or folded in TYPE_NAMES) and (
            lines[at].text.upper() == lines[at].text or lines[at].is_strong
        ):
            return at
        if lines[at].cells and len(lines[at].cells) > 2:  # noqa: PLR2004 - a table of tasks, not the two columns of the tail
            return at
    return len(lines)


def _evidence(lines: list[Line], type_name: str | None, *places: int | None) -> int:
    number_at, date_at, addressed_at, regard_at, tail_at = places
    text = fold("\n".join(line.text for line in lines[:60]))
    points = 2 * any(m in text for m in MOTTO[:1] + MOTTO[3:])
    points += 2 * (number_at is not None) + (date_at is not None) + (type_name is not None)
    points += (addressed_at is not None) + (regard_at is not None)
    has_tail = tail_at is not None and tail_at < len(lines)
    ends = re.search(r"\./\.|/\./", "\n".join(line.text for line in lines[-80:])) is not None
    return points + 2 * has_tail + ends
