"""The two columns of head and tail (NĐ 30/2020, Phụ lục I) that a conversion wrote on one line."""

import re
from itertools import pairwise

from directives.intake.text import Line
from foundation.vietnamese import fold

#: lines of the head that both columns have, folded
MOTTO = ("cong hoa xa hoi chu nghia viet nam", "doc lap - tu do", "doc lap- tu do", "dang cong san viet nam")
_RECIPIENTS = re.compile(r"^noi nhan\b\s*[:.]?")
#: what begins the right column of the head behind a single space
_RIGHT = re.compile(
    r"(?<=\S)\s+(?=C[ỘÔ]NG H(?:ÒA|OÀ) X[ÃA])|(?<=\S)\s+(?=[ĐD][ộôo]c l[ậâa]p\s*[-–]\s*T[ựưu] do)"
)
_SYMBOL_AND_DATE = re.compile(
    r"^(?P<symbol>[Ss]ố\s*:?\s*[\d.…\s]*(?:/\s*\d{4}\s*)?[-/–]\s*[A-ZĐ][\w&]*(?:\s?[-–/]\s?[A-ZĐ][\w&]*)*)"
    r"\s+(?P<date>[A-ZĐÀ-Ỹ][^\d,:;]{1,40},\s*(?:ngày|hồi)\b.*)$"
)
#: the signature beside the list of recipients
_SIGNATURE = re.compile(
    r"(?:(?<=[;:.])(?<!\bKT\.)(?<!\bTM\.)(?<!\bTL\.)(?<!\bTUQ\.)(?<!\bQ\.)|(?<=\)))\s+(?=(?:(?:TM|KT|TL"
    r"|TUQ|Q)\s*\.\s*)?(?:PHÓ )?"
    r"[A-ZĐÀ-Ỹ]{2,}(?: [A-ZĐÀ-Ỹ&.,-]+)*\s*$)"
)
_NATION = "cong hoa xa hoi chu nghia viet nam"
_CREED = "doc lap - tu do - hanh phuc"
_BROKEN_DATE = re.compile(r",\s*ngày(?:\s+\d{1,2})?(?:\s+tháng(?:\s+\d{1,2})?)?$")
_REST_OF_DATE = re.compile(r"^(?:\d{1,2}\s+)?(?:tháng|năm)\b[\s\d]*(?:năm\s+\d{4})?$|^\d{1,2}\s+năm\s+\d{4}$")
_SHORT_HEAD = 25
_HEAD_ROWS = 12


def apart(lines: tuple[Line, ...]) -> list[Line]:
    """Give the lines with the columns of head and tail below each other."""
    flat: list[Line] = []
    seen = 0
    in_tail = False
    for line in _breaks_mended([_blanks_closed(line) for line in lines]):
        seen += not line.is_blank
        in_tail = in_tail or _RECIPIENTS.match(fold(line.text)) is not None
        if line.cells and seen <= _HEAD_ROWS and _is_head_row(line.cells):
            flat += [Line(number=line.number, text=cell, is_strong=True) for cell in _stacked(line.cells)]
            continue
        parts = _parts(line.text, in_head=seen <= _SHORT_HEAD, in_tail=in_tail)
        if len(parts) > 1:
            flat += [Line(number=line.number, text=part, is_strong=line.is_strong) for part in parts]
        else:
            flat.append(line)
    return flat


def _breaks_mended(lines: list[Line]) -> list[Line]:
    """Join the motto and the date of the head where a narrow column broke them."""
    shown = [at for at, line in enumerate(lines) if not line.is_blank][:_SHORT_HEAD]
    mended = list(lines)
    for at, after in pairwise(shown):
        if after != at + 1 or mended[at].cells or mended[after].cells:
            continue
        both = fold(f"{mended[at].text} {mended[after].text}")
        is_motto = both in {_NATION, _CREED} and mended[at].text.strip() != ""
        is_date = _BROKEN_DATE.search(mended[at].text) is not None and _REST_OF_DATE.match(mended[after].text)
        if is_motto or is_date:
            text = f"{mended[at].text} {mended[after].text}"
            mended[at] = Line(number=mended[at].number, text=text, is_strong=mended[at].is_strong)
            mended[after] = Line(number=mended[after].number, text="")
    return mended


def split(text: str) -> list[str]:
    """Split a line in which the two columns of the head stand beside each other."""
    return [part.strip() for part in re.split(r"\s{3,}", text) if part.strip()]


def _parts(text: str, *, in_head: bool, in_tail: bool) -> list[str]:
    if not text or not (in_head or in_tail):
        return [text]
    parts = split(text)
    if in_head:
        parts = [piece for part in parts for piece in _of_head(part)]
    if in_tail:
        parts = [piece.strip() for part in parts for piece in _SIGNATURE.split(part) if piece.strip()]
    return parts


def _of_head(part: str) -> list[str]:
    both = _SYMBOL_AND_DATE.match(part)
    if both is not None:
        return [both["symbol"], both["date"]]
    return [piece for piece in _RIGHT.split(part) if piece]


def _blanks_closed(line: Line) -> Line:
    """Close the gaps left for figures by hand: "Số:      /KH-UBND", "ngày      tháng     năm 2024"."""
    text = re.sub(
        r"(?<=[Nn]gày)\s{2,}(?=tháng)|(?<=tháng)\s{2,}(?=năm)|(?<=Số:)\s{2,}(?=[/\d])"
        r"|(?<=\d)\s{2,}(?=tháng|năm|/)|(?<=ngày|háng)\s{2,}(?=\d)",
        " ",
        line.text,
    )
    return line if text == line.text else Line(number=line.number, text=text, is_strong=line.is_strong)


def _is_head_row(cells: tuple[str, ...]) -> bool:
    joined = fold(" ".join(cells))
    return (
        any(motto in joined for motto in MOTTO)
        or re.search(r"\bso\s*:|ngay .{0,12}thang .{0,12}nam", joined) is not None
    )


def _stacked(cells: tuple[str, ...]) -> list[str]:
    parts: list[str] = []
    for cell in cells:
        parts += [
            p.strip()
            for p in re.split(
                r"\s{2,}|(?=Số\s*:)|(?=Độc lập)|(?=V/v)|\s+(?=(?:SỞ|CHI CỤC|VĂN PHÒNG|TRUNG TÂM)\s)", cell
            )
            if p.strip()
        ]
    return parts
