"""Who signs a document and in which capacity (R-D10). An act recorded here is no legal signature (R-U8)."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from foundation.errors import Invalid
from foundation.texts import _
from foundation.vietnamese import fold


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signs and in which capacity (R-D10)."""

    name: str
    own_title: str = ""
    #: TM., KT., TL., TUQ., Q. without the dot, in the order written
    capacity: tuple[str, ...] = ()
    signed_for_title: str = ""
    #: last day of the written authorisation, for TUQ.
    authorised_until: date | None = None


def check_signer(signer: Signer, today: date) -> None:
    """Check a capacity against the title (R-D10); raises Invalid saying what does not fit."""
    title = fold(signer.own_title)
    if "KT" in signer.capacity and "pho" not in title.split():
        raise Invalid(
            _("Ký thay (KT.) dành cho cấp phó; chức vụ ghi là “{title}”.", title=signer.own_title),
            rule="R-D10",
        )
    if "TL" in signer.capacity and (not title or title == fold(signer.signed_for_title)):
        raise Invalid(
            _("Ký thừa lệnh (TL.) dành cho người đứng đầu đơn vị trực thuộc; hãy ghi chức vụ của người ký."),
            rule="R-D10",
        )
    if "TUQ" in signer.capacity and (signer.authorised_until is None or signer.authorised_until < today):
        raise Invalid(
            _("Ký thừa ủy quyền (TUQ.) cần văn bản ủy quyền còn thời hạn; hãy ghi ngày hết hạn ủy quyền."),
            rule="R-D10",
        )


def signer_json(signer: Signer) -> dict[str, Any]:
    """Give the signer as plain JSON data."""
    data = asdict(signer)
    data["capacity"] = list(signer.capacity)
    data["authorised_until"] = signer.authorised_until.isoformat() if signer.authorised_until else None
    return data
