"""Labelled parts of an assignment block: "Cơ quan chủ trì: …", "Thời gian hoàn thành: …", "Sản phẩm: …"."""

import re
from dataclasses import dataclass

from foundation.vietnamese import fold

_WHO = (
    r"(?:(?:co quan|don vi|to chuc|ca nhan|bo phan|phong|nguoi|can bo|lanh dao)(?:\s*[,/]\s*|\s+va\s+|\s+)?)*"
)
_LABELS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("coordinators", re.compile(_WHO + r"(?:cung )?phoi hop(?: thuc hien| tham muu"
        r"| chinh)?(?: \(neu co\))?")),
    (
        "leads",
        re.compile(
            _WHO + r"(?:chu tri|thuc hien|chiu trach nhiem|dau moi|phu trach|duoc giao|tham muu|tong hop)"
            r"(?:(?:,| va|/)? ?(?:thuc hien|tham muu|chinh|tong hop|trien khai|phoi hop|to chuc"
                r"|to chuc thuc hien))*"
            r"|phan cong(?: nhiem vu| thuc hien)?|trach nhiem(?: thuc hien)?|giao|phan cong chu tri"
        ),
    ),
    (
        "time",
        re.compile(
            r"(?:ve )?(?:thoi gian|thoi han|tien do|han|lo trinh|moc thoi gian|thoi diem|han hoan thanh"
                r"|hoan thanh)"
            r"(?: (?:va )?(?:thuc hien|hoan thanh|trien khai|to chuc|bao cao|trinh|ban hanh|gui|xong"
                r"|du kien|cu the))*"
            r"(?:,? (?:bao cao|trinh|gui)[^:]{0,40})?"
        ),
    ),
    ("output", re.compile(r"(?:du kien )?(?:san pham|ket qua|dau ra|ket qua dau ra)(?: (?:du kien|dau ra"
        r"|hoan thanh|can dat|thuc hien|dat duoc|chinh))*")),
    ("text", re.compile(r"(?:ve )?(?:noi dung|nhiem vu|cong viec|noi dung cong viec)(?: (?:thuc hien"
        r"|trien khai|cong viec|nhiem vu|cu the))*")),
    (
        "other",
        re.compile(
            r"(?:nguon )?kinh phi(?: thuc hien| to chuc| du kien)?|dia diem|thanh phan(?: tham du)?"
                r"|hinh thuc(?: thuc hien)?|doi tuong"
            r"|so luong|qui mo|pham vi|ghi chu|luu y|muc tieu|phuong thuc|nguoi theo doi|co quan theo doi"
                r"|bao cao"
        ),
    ),
)  # fmt: skip
_STARTS = re.compile(r"(?:^|(?<=[.;(\-–,+])|(?<=\s[-–+]))\s*")
_LONGEST_LABEL = 80


@dataclass(frozen=True, kw_only=True)
class Field:
    """One label with its value; `start` and `end` are places in the block's text."""

    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Parts:
    """A block's text taken apart: its own words, then its labelled parts."""

    own: str
    own_end: int
    fields: tuple[Field, ...] = ()

    @property
    def is_only_fields(self) -> bool:
        """Tell whether the block has labels and no words of its own."""
        return bool(self.fields) and not self.own


def label_kind(text: str) -> str | None:
    """Tell which label a text is ("Cơ quan chủ trì" → leads), None when it is none."""
    folded = fold(text).strip(" :.-*()")
    for kind, pattern in _LABELS:
        if pattern.fullmatch(folded):
            return kind
    return None


def take_apart(text: str) -> Parts:
    """Split a block's text at its labels."""
    found = _labels(text)
    if not found:
        return Parts(own=text, own_end=len(text))
    first = found[0][0]
    own = re.sub(r"[\s(;,\-–]+$", "", text[:first])
    fields: list[Field] = []
    for at, (_start, value_start, kind) in enumerate(found):
        end = found[at + 1][0] if at + 1 < len(found) else len(text)
        value = re.sub(r"[\s;,\-–(]+$", "", text[value_start:end]).strip()
        if value.endswith(")") and value.count(")") > value.count("("):
            value = value[:-1].rstrip()
        fields.append(Field(kind=kind, value=value, start=value_start, end=end))
    return Parts(own=own, own_end=len(own), fields=tuple(fields))


def _labels(text: str) -> list[tuple[int, int, str]]:
    """Give (start of label, start of value, kind) for every label with a colon."""
    found: list[tuple[int, int, str]] = []
    for colon in re.finditer(r":", text):
        window = max(0, colon.start() - _LONGEST_LABEL, found[-1][1] if found else 0)
        for start in _STARTS.finditer(text, window, colon.start()):
            if start.start() == window and window > 0 and start.start() != (found[-1][1] if found else -1):
                continue
            kind = label_kind(text[start.end() : colon.start()])
            if kind is not None and not (kind in {"other", "text"} and start.end() > 0 and not found):
                found.append((start.end(), colon.end(), kind))
                break
    return found
