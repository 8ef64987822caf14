"""Tables of documents: the document itself, its text, recipients, files, versions and the registers."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, Json, Moment
from foundation.ids import new_id


class Document(Base):
    """An incoming, outgoing or draft document as one organisation keeps it."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("organisation_id", "register", "register_year", "register_number"),
        Index("ix_document_number_key", "number_key"),
        Index("ix_document_number_sequence", "number_sequence"),
        Index("ix_document_organisation_received", "organisation_id", "direction", "received_on"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    #: whose document it is: the receiver of an incoming, the issuer of an outgoing one
    organisation_id: Mapped[str] = mapped_column(String(32))
    #: `in`, `out` or `draft`
    direction: Mapped[str] = mapped_column(String(8))
    #: in: arrived, registered, returned · draft: drafting, signed · out: issued, recalled
    stage: Mapped[str] = mapped_column(String(16))
    #: type abbreviation of R-D1
    type_code: Mapped[str] = mapped_column(String(8), default="")
    #: as written ("463- KL/TU"), never edited
    number_raw: Mapped[str] = mapped_column(String(120), default="")
    #: canonical, null until there is one (R-D4)
    number: Mapped[str | None] = mapped_column(String(100))
    number_key: Mapped[str | None] = mapped_column(String(100))
    number_sequence: Mapped[int | None] = mapped_column(Integer)
    #: the issuing organisation where the directory knows it
    issuer_id: Mapped[str | None] = mapped_column(String(32))
    issuer_name: Mapped[str] = mapped_column(String(300), default="")
    #: folded issuer for matching (R-D3)
    issuer_key: Mapped[str] = mapped_column(String(300), default="")
    place: Mapped[str] = mapped_column(String(100), default="")
    issued_on: Mapped[date | None] = mapped_column(Date)
    received_on: Mapped[date | None] = mapped_column(Date)
    #: which register: `in`, `out` or `out:<series>`
    register: Mapped[str | None] = mapped_column(String(40))
    register_year: Mapped[int | None] = mapped_column(Integer)
    #: number in the register of the year, gap-free (R-D4)
    register_number: Mapped[int | None] = mapped_column(Integer)
    subject: Mapped[str] = mapped_column(Text, default="")
    #: folded number, subject and issuer, for search with or without marks (R-U2)
    search_key: Mapped[str] = mapped_column(Text, default="")
    #: 0 thường, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc (R-D7)
    urgency: Mapped[int] = mapped_column(Integer, default=0)
    #: limited to those named in it ("nội bộ"); not a state secret, those are refused (R-U7)
    is_internal: Mapped[bool] = mapped_column(Boolean, default=False)
    #: a secret document registered without any content (R-U7)
    is_secret_stub: Mapped[bool] = mapped_column(Boolean, default=False)
    #: `{name, own_title, capacity[], signed_for_title, authorised_until}` (R-D10)
    signer: Mapped[dict[str, Any] | None] = mapped_column(Json)
    #: documents it rests on: `{type, number, date, issuer, role}` each
    legal_bases: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    #: what intake found odd (R-S11): `{code, detail}` each
    quirks: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    #: counts corrections; the earlier states are in `document_version` (R-D13)
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)


class DocumentText(Base):
    """The text of a document, line by line; items point to its lines, counted from 1."""

    __tablename__ = "document_text"

    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"), primary_key=True)
    lines: Mapped[list[str]] = mapped_column(Json)


class DocumentRecipient(Base):
    """One line of "Kính gửi" or "Nơi nhận", with how far the document got (R-D6)."""

    __tablename__ = "document_recipient"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"), index=True)
    ordinal: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[str | None] = mapped_column(String(32), index=True)
    #: action, report, cooperate, information or file
    purpose: Mapped[str] = mapped_column(String(16))
    #: the last of its log, see `DocumentDelivery.status`
    status: Mapped[str] = mapped_column(String(16), default="pending")


class DocumentDelivery(Base):
    """The status log of a recipient: sent, arrived, refused, registered, in_progress, done (R-E2)."""

    __tablename__ = "document_delivery"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    recipient_id: Mapped[str] = mapped_column(ForeignKey("document_recipient.id"), index=True)
    status: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(String(64))


class StoredFile(Base):
    """Bytes, kept once per content, exactly as they came (R-U8)."""

    __tablename__ = "document_file"

    #: SHA-256 of the content in hex
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: bytes
    size: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class DocumentAttachment(Base):
    """A file of a document under its name."""

    __tablename__ = "document_attachment"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(ForeignKey("document_file.sha256"))
    #: bytes
    size: Mapped[int] = mapped_column(BigInteger)
    added_by: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(Moment)


class DocumentVersion(Base):
    """A document as it was before a correction (R-D13)."""

    __tablename__ = "document_version"

    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(Text)
    #: the document that corrects it, where there is one
    correcting_document_id: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(String(64))


class RegisterCounter(Base):
    """The last number given in a register of an organisation in a year (R-D4)."""

    __tablename__ = "document_register"

    organisation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    register: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)
