"""Number and symbol of documents: reading, canonical form, matching (R-D1 to R-D4)."""

import re
from dataclasses import dataclass

from foundation.errors import Invalid
from foundation.texts import Text, _

#: administrative document types by abbreviation, case matters (R-D1), then the Party's
TYPE_NAMES: dict[str, Text] = {
    "NQ": _("Nghị quyết"),
    "QĐ": _("Quyết định"),
    "CT": _("Chỉ thị"),
    "QC": _("Quy chế"),
    "QyĐ": _("Quy định"),
    "TC": _("Thông cáo"),
    "TB": _("Thông báo"),
    "HD": _("Hướng dẫn"),
    "CTr": _("Chương trình"),
    "KH": _("Kế hoạch"),
    "PA": _("Phương án"),
    "ĐA": _("Đề án"),
    "DA": _("Dự án"),
    "BC": _("Báo cáo"),
    "BB": _("Biên bản"),
    "TTr": _("Tờ trình"),
    "HĐ": _("Hợp đồng"),
    "CĐ": _("Công điện"),
    "BGN": _("Bản ghi nhớ"),
    "BTT": _("Bản thỏa thuận"),
    "GUQ": _("Giấy ủy quyền"),
    "GM": _("Giấy mời"),
    "GGT": _("Giấy giới thiệu"),
    "GNP": _("Giấy nghỉ phép"),
    "PG": _("Phiếu gửi"),
    "PC": _("Phiếu chuyển"),
    "PB": _("Phiếu báo"),
    "CV": _("Công văn"),
    "KL": _("Kết luận"),
    "TT": _("Thông tư"),
    "NĐ": _("Nghị định"),
}
#: types that carry no abbreviation in the number of a state body (R-D1)
WITHOUT_ABBREVIATION = frozenset({"CV"})

_CANONICAL = {code.lower(): code for code in TYPE_NAMES}
_DASHES = str.maketrans({"–": "-", "—": "-", "‑": "-", "−": "-", "\xa0": " "})
_AROUND = re.compile(r"\s*([/-])\s*")
_PREFIX = re.compile(r"^\s*số\s*:?\s*", re.IGNORECASE)
_SEQUENCE = re.compile(r"^(\d+)(.*)$", re.DOTALL)
_LONGEST = 100


@dataclass(frozen=True, kw_only=True)
class DocumentNumber:
    """A number and symbol, read."""

    #: canonical form as stored and shown ("463-KL/TU"), empty when nothing is there
    canonical: str
    #: for comparison: lower case, without leading zeros
    key: str
    #: the running number, None when the place is still empty ("/KH-SKHCN")
    sequence: int | None
    #: type abbreviation found in the symbol, else None
    type_code: str | None


def read(raw: str) -> DocumentNumber:
    """Read a number as people write it ("Số: 463- KL/TU"); never fails on dirty text (R-D3, R-S11)."""
    text = _AROUND.sub(r"\1", _PREFIX.sub("", raw.translate(_DASHES)).strip())[:_LONGEST]
    text = re.sub(r"\s+", " ", text)
    pieces = re.split(r"([/-])", text)
    canonical = "".join(_CANONICAL.get(piece.lower(), piece) for piece in pieces)
    codes = [_CANONICAL[piece.lower()] for piece in pieces if piece.lower() in _CANONICAL]
    match = _SEQUENCE.match(canonical)
    sequence = int(match[1]) if match else None
    key = f"{sequence}{match[2]}".lower() if match else canonical.lower()
    return DocumentNumber(
        canonical=canonical, key=key, sequence=sequence, type_code=codes[0] if codes else None
    )


def compose(sequence: int, type_code: str, symbol: str) -> str:
    """Write the number of a state body's document: `01/KH-UBND`, `1394/UBND-KGVX` (R-D2, R-D4).

    `symbol` is the issuer's short name, for a công văn with the drafting unit ("UBND-KGVX"). Raises Invalid
    for an unknown type or an empty symbol.
    """
    if type_code not in TYPE_NAMES:
        raise Invalid(
            _(
                "Loại văn bản “{found}” không có trong danh mục; cần một trong: {codes}.",
                found=type_code,
                codes=", ".join(TYPE_NAMES),
            ),
            rule="R-D1",
            found=type_code,
        )
    if not symbol.strip():
        raise Invalid(fields={"symbol": _("Cần ký hiệu của cơ quan ban hành, ví dụ UBND hoặc UBND-KGVX.")})
    middle = symbol if type_code in WITHOUT_ABBREVIATION else f"{type_code}-{symbol}"
    return f"{sequence:02d}/{middle}"
