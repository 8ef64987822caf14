"""The header of a confirmed proposal as the domain takes it: names become organisations where certain."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from directives import document_numbers, organisation_aliases
from directives.documents import Header, Purpose, Recipient
from directives.signing import Signer
from foundation.database import UnitOfWork
from foundation.errors import Invalid
from foundation.texts import _
from foundation.vietnamese import fold
from foundation.working_time import local_date

#: capacities of R-D10 by their letters
_CAPACITIES = ("TM", "KT", "TL", "TUQ", "Q")
_TYPES = {fold(str(name)): code for code, name in document_numbers.TYPE_NAMES.items()}


def read(work: UnitOfWork, data: Mapping[str, Any], organisation_id: str) -> Header:
    """Read the `document` of a proposal received by an organisation; raises Invalid for a bad date."""
    recipients = [_recipient(one) for one in data.get("recipients") or ()]
    issuer = _name(data.get("issuer"))
    names = [name for name in (issuer, *(name for name, _purpose in recipients)) if name]
    known = organisation_aliases.resolve_all(
        work.session, names, on=local_date(work.now), scope=organisation_id
    )

    def organisation(name: str) -> str | None:
        return known[name].organisation_id if name in known else None

    return Header(
        type_code=_TYPES.get(fold(str(data.get("doc_type") or "")), ""),
        number_raw=str(data.get("number") or data.get("number_raw") or ""),
        issuer_id=organisation(issuer),
        issuer_name=issuer,
        issued_on=_day(data.get("date")),
        subject=str(data.get("subject") or ""),
        urgency=int(data.get("urgency") or 0),
        place=str(data.get("place") or ""),
        signer=_signer(data.get("signer")),
        legal_bases=[dict(one) for one in data.get("legal_bases") or ()],
        recipients=[
            Recipient(name=name, purpose=purpose, organisation_id=organisation(name))
            for name, purpose in recipients
            if name
        ],
        quirks=[dict(one) for one in data.get("quirks") or ()],
        secrecy=str(data.get("secrecy") or ""),
    )


def _recipient(value: Any) -> tuple[str, Purpose]:
    told = fold(str(value.get("as") or "")) if isinstance(value, Mapping) else ""
    if "luu" in told.split():
        return _name(value), Purpose.FILE
    for words, purpose in (("bao cao", Purpose.REPORT), ("phoi hop", Purpose.COOPERATE)):
        if words in told:
            return _name(value), purpose
    is_informed = "noi nhan" in told and "thuc hien" not in told
    return _name(value), Purpose.INFORMATION if is_informed else Purpose.ACTION


def _signer(value: Any) -> Signer | None:
    """Read who signed: "KT. CHỦ TỊCH" is the capacity KT. and the title signed for."""
    if not isinstance(value, Mapping) or not value.get("name"):
        return None
    written = str(value.get("capacity") or "")
    head, _dot, title = written.partition(".")
    capacity = (head.strip().upper(),) if head.strip().upper() in _CAPACITIES else ()
    return Signer(
        name=str(value["name"]),
        own_title=str(value.get("role") or ""),
        capacity=capacity,
        signed_for_title=title.strip() if capacity else "",
    )


def _name(value: Any) -> str:
    return str((value.get("name") if isinstance(value, Mapping) else value) or "")


def _day(value: Any) -> date | None:
    if value is None or value == "" or isinstance(value, date):
        return value or None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Invalid(
            fields={
                "date": _("Ngày phải có dạng năm-tháng-ngày (2024-02-05), nhận được “{found}”.", found=value)
            }
        ) from None
