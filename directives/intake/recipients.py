"""The tail of a document: "Nơi nhận" with purposes, the copy on file, and the signature block (R-D10)."""

import re

from directives.intake.form import Form
from directives.intake.parties import Directory, Place, complete, split
from directives.intake.proposal import Recipient, Signer
from directives.intake.structure import marker
from directives.intake.text import Line
from foundation.vietnamese import fold

_PURPOSES = (
    (re.compile(r"\((?:de\s+)?(?:b\s*/\s*c|bao cao)\)?"), "Nơi nhận (để báo cáo)"),
    (re.compile(r"\((?:de\s+)?(?:p\s*/\s*h|phoi hop)\)?"), "Nơi nhận (để phối hợp)"),
    (re.compile(r"\((?:de\s+)?(?:t\s*/\s*h|thuc hien)\)?"), "Nơi nhận (thực hiện)"),
)
_INSIDE = re.compile(
    r"^(?:q\. |quyen )?(?:chu tich|ct|cac pct|pct|pho chu tich|lanh dao|ban giam doc|giam doc"
    r"|cac pho giam doc|cvp|chanh|cac pcvp|pcvp|vpub|vp ub"
    r"|van phong|nhu tren|cac phong)\b"
)
_DOERS = re.compile(r"^(?:cac )?(?:so|ban|nganh|phong|don vi|co quan)\b|^ubnd\b|^uy ban nhan dan\b")
_CAPACITY = re.compile(r"^(TM|KT|TL|TUQ|T/M|K/T|T/L|Q|TUN)\s*[./]\s*(?P<rest>.+)$")
_TITLE = re.compile(
    r"^(?:PHÓ |QUYỀN |Q\. ?)?(?:CHỦ TỊCH|GIÁM ĐỐC|TỔNG GIÁM ĐỐC|CHÁNH|BÍ THƯ|TRƯỞNG|CỤC TRƯỞNG"
    r"|CHI CỤC TRƯỞNG|HIỆU TRƯỞNG|VIỆN TRƯỞNG"
    r"|BỘ TRƯỞNG|THỨ TRƯỞNG|THỦ TƯỚNG|TỔNG BIÊN TẬP|CHỈ HUY TRƯỞNG)\b"
)
_SYLLABLE = r"(?:[A-ZĐÀ-Ỹ][a-zà-ỹđ]*|[A-ZĐÀ-Ỹ]+)(?:['’ʼ-][A-ZĐÀ-Ỹ]?[a-zà-ỹđ]*)?"
_NAME = re.compile(rf"^{_SYLLABLE}(?:\s+{_SYLLABLE}){{1,5}}$|^[A-ZĐ]['’ʼ-]?\s?[A-ZĐÀ-Ỹ][a-zà-ỹđ]+$")
_DEGREE = re.compile(
    r"^(?:(?:BSCKII|BSCKI|CKII|CKI|DSCKII|GS|PGS|TS|ThS|BS|CN|KS|LS|CKI|CKII)\.?\s*)+(?=[A-ZĐÀ-Ỹ])"
)


def recipients(form: Form, place: Place, known: Directory | None) -> tuple[Recipient, ...]:
    """Give everybody the document is addressed or sent to."""
    found = [
        Recipient(name=complete(_shortened(name), place, known), raw=name, purpose="Kính gửi (action)")
        for line in form.addressees
        for name in split(line.text)
    ]
    for line in _recipient_lines(form.tail):
        found += _of_line(line.text, place, known)
    return tuple(found)


def signer(tail: tuple[Line, ...]) -> Signer:
    """Read the signature block; a name alone gives no capacity."""
    capacities: list[str] = []
    role: str | None = None
    name: str | None = None
    for line in _signature_lines(tail):
        text = line.text.strip(" .")
        match = _CAPACITY.match(text)
        if match is not None and text.upper() == text:
            capacities.append(f"{match[1].replace('/', '')}. {match['rest'].strip()}")
        elif _TITLE.match(text) and text.upper() == text:
            role = text
        elif _NAME.match(_DEGREE.sub("", text)) and fold(text) not in {"da ki", "noi nhan", "nhu tren"}:
            name = _DEGREE.sub("", text)
    if role is None and capacities and not capacities[-1].startswith(("KT", "TL", "TUQ", "TM")):
        role = capacities[-1].split(". ", 1)[-1]
    return Signer(name=_as_name(name), role=_sentence_case(role), capacity="; ".join(capacities) or None)


def _recipient_lines(tail: tuple[Line, ...]) -> list[Line]:
    found: list[Line] = []
    inside = False
    for line in tail:
        folded = fold(line.text)
        if re.match(r"^noi nhan\b", folded):
            inside = True
            rest = re.sub(r"^\S+\s+\S+\s*[.:]?\s*", "", line.text)
            if rest:
                found.append(Line(number=line.number, text=rest))
            continue
        if not inside or line.is_blank:
            continue
        kind, _label, words = marker(line.text)
        if kind in {"dash", "plus", "bullet"}:
            found.append(Line(number=line.number, text=words))
        elif (
            found
            and line.text.endswith((";", "."))
            and not _CAPACITY.match(line.text)
            and len(line.text) < 120  # noqa: PLR2004 - a limit of the form
        ):
            found.append(line)
        elif found and found[-1].text.endswith(",") and line.text[0].islower():
            found[-1] = Line(number=found[-1].number, text=f"{found[-1].text} {line.text}")
        if fold(found[-1].text if found else "").startswith("luu"):
            inside = False
    return found


def _of_line(text: str, place: Place, known: Directory | None) -> list[Recipient]:
    raw = text.strip(" ;.")
    folded = fold(raw)
    if not raw or folded.startswith(("nhu tren", "nhu dieu", "nhu muc")):
        return []
    if folded.startswith("luu"):
        return [Recipient(name=raw, raw=raw, purpose="Lưu")]
    purpose = next((name for pattern, name in _PURPOSES if pattern.search(folded)), None)
    if purpose is None:
        inside, doer = _INSIDE.match(folded), _DOERS.match(folded)
        purpose = "Nơi nhận (nội bộ)" if inside else "Nơi nhận (thực hiện)" if doer else "Nơi nhận (cc)"
    if purpose == "Nơi nhận (nội bộ)":
        return [Recipient(name=complete(raw, place, known), raw=raw, purpose=purpose)]
    return [Recipient(name=complete(name, place, known), raw=raw, purpose=purpose) for name in split(raw)]


def _signature_lines(tail: tuple[Line, ...]) -> list[Line]:
    filed = max(
        (at for at, line in enumerate(tail) if re.match(r"[-–+•]?\s*luu\b", fold(line.text))), default=None
    )
    heads = [at for at, line in enumerate(tail) if re.match(r"^noi nhan\b", fold(line.text))]
    before = list(tail[: heads[0]]) if heads else []
    beside = tail[heads[0] : filed + 1] if heads and filed is not None else ()
    before += [
        line
        for line in beside
        if line.text.upper() == line.text and (_CAPACITY.match(line.text) or _TITLE.match(line.text))
    ]
    after = list(tail[filed + 1 :]) if filed is not None else list(tail)
    return [line for line in (*before, *after) if line.text and marker(line.text)[0] == "paragraph"]


def _shortened(name: str) -> str:
    return re.sub(r"^(?:Đồng chí|Ông|Bà)\s+", "", name)


def _as_name(name: str | None) -> str | None:
    if name is not None and name.upper() == name:
        return " ".join(word.capitalize() for word in name.split())
    return name


def _sentence_case(title: str | None) -> str | None:
    if title is None:
        return None
    title = title.strip().lower()
    title = re.sub(r"^(phó|quyền)\s+(\w)", lambda m: f"{m[1].capitalize()} {m[2].upper()}", title)
    title = re.sub(r"\bubnd\b", "UBND", title)
    return title[:1].upper() + title[1:]
