"""Facts of the head: number, type, issuer, date, place, subject (R-D1, R-D2, R-D11)."""

import re
from datetime import date

from directives.intake import form as forms
from directives.intake.form import Form
from directives.intake.legal_bases import TYPES, normal_number
from directives.intake.parties import Place, qualified, span_of_parties
from directives.intake.text import Line
from foundation.vietnamese import fold

_LEVEL_NAME = re.compile(
    r"(?:ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN|UBND|HỘI ĐỒNG NHÂN DÂN|HĐND)\s+(TỈNH|THÀNH PHỐ|TP\.?|HUYỆN"
    r"|THỊ XÃ|QUẬN|XÃ|PHƯỜNG|ĐẶC KHU)\s+([^\d]{2,40})$",
    re.IGNORECASE,
)
_PARTY_LEVEL = re.compile(r"^(TỈNH ỦY|TỈNH UỶ|THÀNH ỦY|THÀNH UỶ)\s+([^\d]{2,40})$", re.IGNORECASE)
_ISSUES = re.compile(
    r"\s*(?:\([^)]{0,60}\)\s*)?(?:ban hành|xây dựng|thông báo|yêu cầu|đề nghị|báo cáo|kính|trân trọng"
    r"|có ý kiến|triển khai|tổ chức|quyết định|chỉ thị|giao)\b"
)
_NAMES_AREA = re.compile(r"\b(?:TỈNH|THÀNH PHỐ|HUYỆN|QUẬN|XÃ|PHƯỜNG)\b")
_COMMITTEE = re.compile(r"\b(tỉnh|thành|huyện|thị|đảng)\s+(ủy|uỷ)\b", re.IGNORECASE)
_TWO_SYLLABLES = frozenset(
    {
        "văn phòng",
        "ủy ban",
        "uỷ ban",
        "trung tâm",
        "chi cục",
        "thanh tra",
        "công an",
        "hội đồng",
        "bệnh viện",
        "liên hiệp",
        "bảo hiểm",
        "đảng ủy",
        "kho bạc",
        "chủ tịch",
        "chính phủ",
        "thủ tướng",
        "quốc hội",
        "tòa án",
        "ngân hàng",
        "tổng cục",
    }
)
_SMALL_WORDS = {"và", "các", "của", "về", "cho", "trong", "tại"}


def number(form: Form) -> str | None:
    """Give number and symbol as normalised; None when the number itself is missing."""
    rest = symbol_line(form)
    if rest is None or not re.match(r"\s*\d", rest):
        return None
    match = re.match(
        r"\s*\d{1,5}[a-z]?\s*(?:/\s*\d{4}\s*)?[/\-–]\s*[A-ZĐ][\wĐđ&]*(?:\s*[-/–]\s*[A-ZĐ][\wĐđ&.]*)*", rest
    )
    return normal_number(match[0]) if match else None


def symbol_line(form: Form) -> str | None:
    """Give what stands behind "Số:"."""
    if form.number_line is None:
        return None
    return re.sub(r"^[^\d/\-–.…_]*?[:.]?\s*(?=[\d/\-–.…_])", "", form.number_line.text[2:]).strip()


def doc_type(form: Form) -> str | None:
    """Give the type: its name in the head, the abbreviation in the symbol, or công văn by its form."""
    if form.type_name is not None:
        return form.type_name
    rest = symbol_line(form)
    if rest is not None:
        for part in re.split(r"[-/–\s]+", rest):
            if part in TYPES and part not in {"QH", "L"}:
                return TYPES[part].lower()
        return "công văn"
    return "công văn" if form.addressees or form.subject else None


def issued_on(form: Form) -> tuple[date | None, int | None, str]:
    """Give the day, the year (also without a day) and the place."""
    if form.date_line is None:
        return None, None, ""
    day, month, year, place = forms.date_parts(form.date_line)
    if day and month and year:
        try:
            return date(year, month, day), year, place
        except ValueError:
            return None, year, place
    return None, year, place


def area(form: Form, place: str, paragraphs: list[str]) -> Place:
    """Find the province the document is issued for, from its head or its own words."""
    capitals = _issuer_lines(form)
    for line in capitals:
        match = _LEVEL_NAME.search(line) or _PARTY_LEVEL.search(line)
        if match is not None and fold(match[1]) in {"tinh", "thanh pho", "tp", "tp.", "tinh uy", "thanh uy"}:
            level = "tỉnh" if fold(match[1]).startswith("tinh") else "thành phố"
            return Place(level=level, name=_place_name(match[2], place))
    text = " ".join(paragraphs)
    if not place:
        named = re.search(
            r"(?:Ủy ban nhân dân|Uỷ ban nhân dân|UBND|HĐND|địa bàn|Tỉnh ủy|Thành ủy)\s+(tỉnh"
            r"|thành phố)\s+((?:[A-ZĐÀ-Ỹ][\wà-ỹ]*\s?){1,4})",
            text,
        )
        return Place(level=named[1], name=named[2].strip()) if named else Place()
    if re.search(
        rf"\b(?:huyện|quận|thị xã|xã|phường)\s+{re.escape(place)}\b", text, re.IGNORECASE
    ) and not re.search(rf"\b(?:tỉnh|thành phố)\s+{re.escape(place)}\b", text, re.IGNORECASE):
        return Place()
    is_city = len(
        re.findall(r"\b(?:UBND|HĐND|địa bàn|Ủy ban nhân dân) (?:thành phố|Thành phố)\b|\bThành ủy\b", text)
    )
    is_province = len(
        re.findall(r"\b(?:UBND|HĐND|địa bàn|Ủy ban nhân dân|của|cấp) (?:tỉnh|Tỉnh)\b|\bTỉnh ủy\b", text)
    )
    if re.search(r"\b(?:Bộ trưởng|Thủ tướng Chính phủ)\b", " ".join(capitals)) or not (
        is_city or is_province
    ):
        return Place()
    name = re.sub(r"^(?:TP\.?|Thành phố|Tỉnh)\s+", "", place, flags=re.IGNORECASE)
    return Place(level="thành phố" if is_city > is_province else "tỉnh", name=name)


def issuer(form: Form, where: Place, paragraphs: list[str]) -> str | None:
    """Give the issuer's full name: from the head, else from who speaks in the text and the symbol."""
    lines = _issuer_lines(form)
    if lines:
        name = _spelled(_with_parent(lines), paragraphs)
        name = re.sub(r"^(?:UBND|Uỷ ban nhân dân)\b", "Ủy ban nhân dân", name)
        return qualified(name, where)
    rest = symbol_line(form) or ""
    parts = [part for part in re.split(r"[-/–\s\d.…]+", rest) if part and part not in TYPES]
    text = " ".join(paragraphs)
    for symbol in parts:
        if symbol.upper() == "UBND":
            return qualified(f"Ủy ban nhân dân {where.level}", where) if where.name else "Ủy ban nhân dân"
        if symbol.upper() == "HĐND":
            return qualified(f"Hội đồng nhân dân {where.level}", where) if where.name else "Hội đồng nhân dân"
        if symbol.upper() == "TU":
            return qualified("Tỉnh ủy" if where.level == "tỉnh" else "Thành ủy", where)
        found = _by_initials(symbol, text)
        if found is not None:
            return qualified(found, where)
    return _signed_for(form, where) or _speaker(paragraphs, where)


def _signed_for(form: Form, where: Place) -> str | None:
    """Give the collective body in whose name the document is signed: "TM. ỦY BAN NHÂN DÂN" (R-D10)."""
    for line in form.tail:
        match = _ON_BEHALF.search(line.text)
        if match is not None:
            is_council = fold(match[1]).startswith(("hoi dong", "hdnd"))
            body = "Hội đồng nhân dân" if is_council else "Ủy ban nhân dân"
            return qualified(f"{body} {where.level}", where) if where.name else body
    return None


def _with_parent(lines: list[str]) -> str:
    """Add what an office or a district's division belongs to: "VĂN PHÒNG" under "UBND TỈNH …"."""
    own, above = lines[-1], lines[-2] if len(lines) > 1 else ""
    level = _LEVEL_NAME.search(above)
    if own == "BAN THƯỜNG VỤ" and _PARTY_LEVEL.search(above):
        return f"{own} {above}"
    if level is not None and re.search(r"\b(?:UBND|ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN)$", own) and own != above:
        return f"{own} {level[1]} {level[2]}"
    if own.startswith("VĂN PHÒNG") and len(own.split()) == 2 and level is not None:  # noqa: PLR2004 - nothing but "VĂN PHÒNG"
        return f"{own} {above}"
    if level is not None and fold(level[1]) in {"huyen", "thi xa", "quan"} and own.startswith("PHÒNG "):
        return f"{own} {level[1]} {level[2]}"
    if level is not None and fold(level[1]) in {"tinh", "thanh pho", "tp", "tp."} and own.startswith("BAN "):
        return own if _NAMES_AREA.search(own) else f"{own} {level[1]} {level[2]}"
    return own


def _issuer_lines(form: Form) -> list[str]:
    lines: list[str] = []
    for line in form.head:
        if line in (form.number_line, form.date_line):
            if line is form.number_line:
                break
            continue
        text = line.text.strip(" -*")
        folded = fold(text)
        if (
            not text
            or text.upper() != text
            or any(m in folded for m in ("cong hoa xa hoi", "doc lap", "dang cong san"))
        ):
            continue
        if folded.strip(" .:") in forms.TYPE_NAMES or re.match(
            r"^(?:so\s*:|v/v|kinh gui|mat|khan|hoa toc|thuong khan)", folded
        ):
            if folded.strip(" .:") in forms.TYPE_NAMES:
                break
            continue
        if not re.search(r"[A-ZĐÀ-Ỹ]{2}", text):
            continue
        if lines and (_continues_name(lines[-1], text)):
            lines[-1] = f"{lines[-1]} {text}"
        else:
            lines.append(text)
    return [
        line
        for line in lines
        if span_of_parties(line.title())
        or _LEVEL_NAME.search(line)
        or _PARTY_LEVEL.search(line)
        or _is_body(line)
    ]


def _is_body(line: str) -> bool:
    return (
        re.match(
            r"(?:UBND|ỦY BAN|UỶ BAN|SỞ|BAN|PHÒNG|VĂN PHÒNG|CHI CỤC|CỤC|TRUNG TÂM|BỘ|HỘI|HĐND|LIÊN|ĐOÀN"
            r"|TỈNH|THÀNH|CHÍNH PHỦ|THỦ TƯỚNG|QUỐC HỘI|TỔNG CỤC|NGÂN HÀNG|TÒA ÁN|VIỆN|HẠT|CHỦ TỊCH"
            r"|CÔNG TY|CÔNG AN|THANH TRA|TRƯỜNG|VIỆN|BỆNH VIỆN|BẢO HIỂM|KHO BẠC|ĐẢNG)\b",
            line,
        )
        is not None
    )


def _continues_name(last: str, text: str) -> bool:
    if re.match(r"^(?:TỈNH|THÀNH PHỐ|HUYỆN|THỊ XÃ|XÃ|PHƯỜNG|QUẬN|VÀ|-)\b", text):
        return True
    return last.endswith((" VÀ", ",", " -")) or (not _is_body(text) and _is_body(last))


def _place_name(capitals: str, place: str) -> str:
    name = " ".join(capitals.split()).strip(" -*.")
    if place and fold(name) == fold(place):
        return place
    return " ".join(word.capitalize() for word in name.split()) if name.upper() == name else name


def _spelled(capitals: str, paragraphs: list[str]) -> str:
    """Write a name in capitals as the text itself writes it, else by the rules of capitals for names."""
    level = _LEVEL_NAME.search(capitals) or _PARTY_LEVEL.search(capitals)
    wanted = fold(capitals)
    for paragraph in paragraphs:
        at = fold(paragraph).find(wanted)
        if at >= 0 and paragraph[at : at + len(wanted)].upper() != paragraph[at : at + len(wanted)]:
            found = paragraph[at : at + len(wanted)]
            return found[:1].upper() + found[1:]
    area = re.fullmatch(r"(.+?) (TỈNH|THÀNH PHỐ) (?!ỦY|UỶ|ĐOÀN)([^\d]{2,40})", capitals)
    if level is None and area is not None:
        return f"{_spelled(area[1], paragraphs)} {area[2].lower()} {_place_name(area[3], '')}"
    if level is not None and level.start() > 0:
        own = _capitals_of_names(capitals[: level.start()])
        return f"{own} UBND {level[1].lower()} {_place_name(level[2], '')}"
    if level is not None:
        head = capitals[: level.start(2)].strip().lower()
        head = re.sub(r"^(?:ủy|uỷ) ban", "Ủy ban", head)
        head = re.sub(r"^ubnd\b", "Ủy ban nhân dân", head)
        return f"{head[:1].upper()}{head[1:]} {_place_name(level[2], '')}"
    return _capitals_of_names(capitals)


def _capitals_of_names(name: str) -> str:
    written = name.split()
    words = [word.lower() for word in written]
    own_at = 2 if " ".join(words[:2]) in _TWO_SYLLABLES else 1
    shown: list[str] = []
    for at, word in enumerate(words):
        rises = at in {0, own_at} or words[at - 1] in {"và", "-", "–"} or words[at - 1].endswith(",")
        is_place = any(w in {"tỉnh", "huyện", "xã", "phường"} for w in words[max(0, at - 3) : at])
        if "&" in word or written[at] in {"UBND", "HĐND", "MTTQ"} or not re.search(r"[aeiouy]", fold(word)):
            shown.append(written[at])
            continue
        shown.append(word.capitalize() if (rises or is_place) and word not in _SMALL_WORDS else word)
    return _COMMITTEE.sub(lambda m: f"{m[1].capitalize()} {m[2].lower()}", " ".join(shown))


def _by_initials(symbol: str, text: str) -> str | None:
    """Find a name in the text whose initials are the symbol: SKHCN is Sở Khoa học và Công nghệ."""
    wanted = fold(symbol)
    for match in re.finditer(
        r"\b(?:Sở|Ban|Phòng|Chi cục|Cục|Trung tâm|Văn phòng|Hội|Liên hiệp|Bộ|Thanh tra|Công an|Viện"
        r"|Trường)\b",
        text,
    ):
        words = re.findall(r"[^\W\d_]+|[-,–]", text[match.start() : match.start() + 90])
        initials, used = "", []
        for word in words:
            used.append(word)
            if word in {"và", "các", "-", "–", ","}:
                continue
            initials += fold(word[0])
            if initials == wanted:
                return re.sub(r"\s+,", ",", " ".join(used))
            if not wanted.startswith(initials):
                break
    return None


_ON_BEHALF = re.compile(
    r"\bTM\.\s*(ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN|UBND|HỘI ĐỒNG NHÂN DÂN|HĐND)", re.IGNORECASE
)


def _speaker(paragraphs: list[str], where: Place) -> str | None:
    for paragraph in paragraphs[:12]:
        for start in re.finditer(r"(?:^|[;,.]\s+)(?=[A-ZĐ])", paragraph):
            end = span_of_parties(paragraph, start.end())
            if end > start.end() and _ISSUES.match(paragraph[end:]):
                name = re.sub(r"^(?:UBND|Uỷ ban nhân dân)\b", "Ủy ban nhân dân", paragraph[start.end() : end])
                name = re.sub(r"^Chủ tịch\s+", "", name)
                if fold(name).startswith("cac "):  # several bodies are spoken of, none of them speaks
                    continue
                return qualified(name, where)
    return None


def lines_with_text(form: Form) -> list[Line]:
    """Give the lines of head, body and annexes, without the tail."""
    return [line for line in (*form.head, *form.body, *form.annex) if not line.is_blank]


def subject(form: Form) -> str | None:
    """Give the subject line with numbers written as R-D3 asks."""
    if form.subject is None:
        return None
    text = " ".join(form.subject.split())
    return re.sub(r"(?<=\d)\s*([-/])\s*(?=[A-ZĐ])", r"\1", text)
