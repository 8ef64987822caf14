"""What is said of a document when it is entered, drafted or corrected (tables: `document_tables`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from directives import signing


class Purpose(StrEnum):
    """Why a recipient gets a document."""

    ACTION = "action"
    REPORT = "report"
    COOPERATE = "cooperate"
    INFORMATION = "information"
    FILE = "file"


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """A line of "Kính gửi" or "Nơi nhận" to be."""

    name: str
    purpose: Purpose = Purpose.ACTION
    organisation_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Header:
    """What stands at the head and the foot of a document."""

    type_code: str = ""
    number_raw: str = ""
    issuer_name: str = ""
    issuer_id: str | None = None
    place: str = ""
    issued_on: date | None = None
    subject: str = ""
    urgency: int = 0
    signer: signing.Signer | None = None
    legal_bases: Sequence[Mapping[str, Any]] = ()
    recipients: Sequence[Recipient] = ()
    quirks: Sequence[Mapping[str, Any]] = ()
    is_internal: bool = False
    #: the mark as chosen by the clerk; any mark is refused (R-U7)
    secrecy: str = ""


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What a correction changes: names of columns and their new values."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    lines: Sequence[str] | None = None
