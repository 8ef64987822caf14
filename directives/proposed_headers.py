"""From an intake proposal to what the clerk registers: header, recipients, signer (R-O5, R-S10).

Takes the plain JSON of the intake contract, as the page or the API posts it back after a person looked at it.
The items become a plan by `plans.from_proposal`.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from directives import document_numbers, organisation_aliases
from directives.document_numbers import TYPE_NAMES
from directives.documents import Header, Purpose, Recipient
from directives.signing import Signer
from foundation.errors import Invalid
from foundation.texts import _
from foundation.vietnamese import fold

_CODES = {fold(str(name)): code for code, name in TYPE_NAMES.items()}
#: words of "Nơi nhận" → why it is sent, the first that is found; folded
_PURPOSES = (
    ("luu", Purpose.FILE),
    ("bao cao", Purpose.REPORT),
    ("b/c", Purpose.REPORT),
    ("phoi hop", Purpose.COOPERATE),
    ("thuc hien", Purpose.ACTION),
    ("action", Purpose.ACTION),
    ("kinh gui", Purpose.ACTION),
)
_CAPACITY = re.compile(r"\b(TM|KT|TL|TUQ|Q)\.\s*([^/\n]*)")


def header(
    session: Session, document: Mapping[str, Any], *, on: date, receiver_id: str | None = None, **more: Any
) -> Header:
    """Read the `document` object of a proposal; names become organisations where they are certain.

    The issuer is looked for as the receiver would mean it, the recipients as the issuer means them. `more`
    are columns of `Header` that the clerk adds (urgency, secrecy, quirks). Raises Invalid for a wrong date.
    """
    issuer_name = str(document.get("issuer") or "")
    issuer = organisation_aliases.resolve(session, issuer_name, on=on, scope=receiver_id)
    names = [str(item.get("name") or "") for item in document.get("recipients") or ()]
    scope = issuer.organisation_id or receiver_id
    meanings = organisation_aliases.resolve_all(session, names, on=on, scope=scope)
    recipients = tuple(
        Recipient(
            name=name,
            purpose=purpose(str(item.get("as") or "")),
            organisation_id=meanings[name].organisation_id,
        )
        for name, item in zip(names, document.get("recipients") or (), strict=True)
        if name
    )
    return Header(
        type_code=type_code(str(document.get("doc_type") or ""), str(document.get("number") or "")),
        number_raw=str(document.get("number") or ""),
        issuer_name=issuer_name,
        issuer_id=issuer.organisation_id,
        place=str(document.get("place") or ""),
        issued_on=_day(document.get("date")),
        subject=str(document.get("subject") or ""),
        signer=signer(document.get("signer") or {}),
        legal_bases=tuple(document.get("legal_bases") or ()),
        recipients=recipients,
        **more,
    )


def type_code(name: str, number: str = "") -> str:
    """Give the abbreviation of a document type by its name ("Kế hoạch" is KH), else by its number (R-D1)."""
    return _CODES.get(fold(" ".join(name.split()))) or document_numbers.read(number).type_code or ""


def purpose(words: str) -> Purpose:
    """Give why a recipient gets the document from the words of "Kính gửi" and "Nơi nhận"."""
    folded = fold(words)
    return next((found for word, found in _PURPOSES if word in folded), Purpose.INFORMATION)


def signer(found: Mapping[str, Any]) -> Signer | None:
    """Read the signature block: capacities in the order written, and the title signed for (R-D10)."""
    if not found.get("name"):
        return None
    capacities = _CAPACITY.findall(str(found.get("capacity") or ""))
    return Signer(
        name=str(found["name"]),
        own_title=str(found.get("role") or ""),
        capacity=tuple(code for code, _title in capacities),
        signed_for_title=capacities[-1][1].strip() if capacities else "",
    )


def _day(value: Any) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Invalid(
            fields={
                "date": _("Ngày phải có dạng năm-tháng-ngày (2024-03-31), nhận được “{found}”.", found=value)
            }
        ) from None
