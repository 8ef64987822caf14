"""What intake proposes for one document; a person confirms every part of it.

Line numbers are 1-based lines of the text that was read. `as_json` gives the outside contract of
`tiendo intake FILE --json`.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from directives.deadline_text import NO_DEADLINE, DeadlineText
from foundation.texts import Text


@dataclass(frozen=True, kw_only=True)
class LegalBasis:
    """A document cited by number, or by name where it has none ("Luật …", "Nghị quyết Đại hội …")."""

    type: str
    #: normalised number and symbol (R-D3)
    number: str | None
    issued_on: date | None
    issuer: str | None
    #: the words of the citation
    quoted: str

    def as_json(self) -> dict[str, Any]:
        """Give the contract's five keys."""
        return {
            "type": self.type,
            "number": self.number,
            "date": self.issued_on.isoformat() if self.issued_on else None,
            "issuer": self.issuer,
            "quoted": self.quoted,
        }


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Who signed, in which capacity ("KT. CHỦ TỊCH") and with which own title (R-D10)."""

    name: str | None = None
    role: str | None = None
    capacity: str | None = None


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """One line, or part of a line, of "Kính gửi" and "Nơi nhận"."""

    name: str
    raw: str
    #: why it is sent there, e.g. "Kính gửi (action)", "Nơi nhận (để báo cáo)", "Lưu"
    purpose: str


@dataclass(frozen=True, kw_only=True)
class Header:
    """The form of the document (NĐ 30/2020): what stands around its body."""

    number: str | None = None
    doc_type: str | None = None
    issuer: str | None = None
    issued_on: date | None = None
    #: the year the document belongs to, also when its day is missing
    year: int | None = None
    place: str | None = None
    #: "tỉnh" or "thành phố" of the place
    level: str = "tỉnh"
    subject: str | None = None
    legal_bases: tuple[LegalBasis, ...] = ()
    signer: Signer = Signer()
    recipients: tuple[Recipient, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give the contract's `document` object."""
        return {
            "number": self.number,
            "doc_type": self.doc_type,
            "issuer": self.issuer,
            "date": self.issued_on.isoformat() if self.issued_on else None,
            "subject": self.subject,
            "legal_bases": [basis.as_json() for basis in self.legal_bases],
            "signer": {
                "name": self.signer.name,
                "role": self.signer.role,
                "capacity": self.signer.capacity,
            },
            "recipients": [{"name": r.name, "raw": r.raw, "as": r.purpose} for r in self.recipients],
        }


@dataclass(frozen=True, kw_only=True)
class Item:
    """One proposed plan item: an assignment block, or a bullet where no lead is given."""

    #: path of the outline, e.g. "II.2.a"
    section: str
    #: the item's own words
    text: str
    leads: tuple[str, ...] = ()
    coordinators: tuple[str, ...] = ()
    deadline: DeadlineText = NO_DEADLINE
    #: the section whose clause gives the deadline, when the item has none of its own (R-S5)
    inherited_from: str | None = None
    output: str = ""
    #: lines of the item's own words
    source_lines: tuple[int, ...]
    #: lines that say who, when and with which result
    detail_lines: tuple[int, ...] = ()
    #: Party bodies and associations are asked, not ordered (R-S2, R-O6)
    is_request: bool = False

    def as_json(self) -> dict[str, Any]:
        """Give the contract's item object."""
        deadline = self.deadline.as_json()
        if self.inherited_from is not None:
            deadline["inherited_from"] = self.inherited_from
        return {
            "section": self.section,
            "text": self.text,
            "leads": list(self.leads),
            "coordinators": list(self.coordinators),
            "deadline": deadline,
            "output": self.output,
            "mode": "đề nghị" if self.is_request else "giao",
            "source_lines": list(self.source_lines),
            "detail_lines": list(self.detail_lines),
        }


@dataclass(frozen=True, kw_only=True)
class Quirk:
    """Something unusual that a person should look at (R-S11)."""

    kind: str
    message: Text
    line: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Give kind, message in Vietnamese and the line where there is one."""
        return {"kind": self.kind, "message": str(self.message), "line": self.line}


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Everything read from one document."""

    document: Header
    items: tuple[Item, ...] = ()
    quirks: tuple[Quirk, ...] = ()
    #: the text that the line numbers count
    lines: tuple[str, ...] = field(default=(), repr=False)

    def as_json(self) -> dict[str, Any]:
        """Give the contract of `tiendo intake FILE --json`."""
        return {
            "document": self.document.as_json(),
            "items": [item.as_json() for item in self.items],
            "quirks": [quirk.as_json() for quirk in self.quirks],
        }
