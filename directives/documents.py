"""Documents: registering what arrives, drafting, signing, numbering, issuing, correcting (Nghị định 30/2020).

A number exists only once a document is issued, is never used twice and never skipped (R-D4). State secrets
are refused (R-U7).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from directives import document_numbers, history, places, registers, signing
from directives.document_headers import Correction, Header, Purpose, Recipient
from directives.document_tables import (
    Document,
    DocumentDelivery,
    DocumentRecipient,
    DocumentText,
    DocumentVersion,
)
from foundation import outbox
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound
from foundation.texts import _
from foundation.vietnamese import fold
from foundation.working_time import local_date

__all__ = ["Correction", "Document", "Header", "Purpose", "Recipient"]

#: levels of urgency (R-D7)
URGENCIES = (_("Thường"), _("Khẩn"), _("Thượng khẩn"), _("Hỏa tốc"))
#: the head of a document, where a secrecy mark stands
_HEAD_LINES = 40
_SECRET_MARKS = frozenset({"MẬT", "TỐI MẬT", "TUYỆT MẬT"})
#: delivery states of R-E2 that the house uses
DELIVERY_STATUSES = ("pending", "sent", "arrived", "refused", "registered", "in_progress", "done")
#: what a correction may change; number and date stay (R-D13)
_CORRECTABLE = frozenset(
    {"subject", "signer", "legal_bases", "type_code", "issuer_name", "issuer_id", "urgency"}
)


def register_incoming(
    work: UnitOfWork,
    organisation_id: str,
    header: Header,
    *,
    lines: Sequence[str] = (),
    received_on: date | None = None,
    is_duplicate_allowed: bool = False,
) -> Document:
    """Take an incoming document in and enter it in the register at once: `arrive`, then `enter`."""
    document = arrive(
        work,
        organisation_id,
        header,
        lines=lines,
        received_on=received_on,
        is_duplicate_allowed=is_duplicate_allowed,
    )
    return enter(work, document.id)


def arrive(
    work: UnitOfWork,
    organisation_id: str,
    header: Header,
    *,
    lines: Sequence[str] = (),
    received_on: date | None = None,
    is_duplicate_allowed: bool = False,
) -> Document:
    """Take an incoming document in; it has no register number until the clerk gives it one with `enter`.

    Raises Invalid for a secrecy mark (R-U7), a wrong urgency or a missing subject, Conflict for a document
    already registered (same number, date and issuer; R-D3).
    """
    _check(header, lines)
    if not is_duplicate_allowed:
        _refuse_duplicate(work, organisation_id, header)
    document = _new(work, organisation_id, "in", "arrived", header, lines)
    document.received_on = received_on or local_date(work.now)
    work.session.flush()
    _tell(work, "document.received", document)
    return document


def enter(
    work: UnitOfWork, document_id: str, *, on: date | None = None, number: int | None = None
) -> Document:
    """Enter an arrived document in the register of the year (R-D4, R-D7, R-D9).

    Without a `number` it gets the next one. Raises Conflict when it was entered or the number was used.
    """
    document = lock(work, document_id)
    if document.direction != "in" or document.stage != "arrived":
        raise Conflict(
            _("Văn bản đã vào sổ với số đến {number}.", number=registers.label(document)),
            rule="R-D4",
            document=document_id,
        )
    document.received_on = on or document.received_on or local_date(work.now)
    year = document.received_on.year
    document.stage, document.register, document.register_year = "registered", "in", year
    document.register_number = registers.take(work, document.organisation_id, "in", year, number)
    work.session.flush()
    _tell(work, "document.registered", document, register_number=registers.label(document))
    return document


def register_secret_stub(
    work: UnitOfWork, organisation_id: str, *, received_on: date | None = None
) -> Document:
    """Enter that a secret document came, without number, subject or text: even these may be secret (R-U7)."""
    received = received_on or local_date(work.now)
    header = Header(subject=str(_("Văn bản mật, xử lý theo chế độ mật")))
    document = _new(work, organisation_id, "in", "registered", header, ())
    document.is_secret_stub = True
    document.received_on = received
    document.register, document.register_year = "in", received.year
    document.register_number = registers.next_number(work, organisation_id, "in", received.year)
    work.session.flush()
    history.record(work, "document", document.id, "register_stub")
    return document


def return_incoming(work: UnitOfWork, document_id: str, reason: str) -> None:
    """Send a wrongly addressed or invalid document back; the register keeps its number (R-D8)."""
    document = lock(work, document_id)
    if document.direction != "in" or document.stage != "registered":
        raise Conflict(_("Chỉ trả lại được văn bản đến đã đăng ký."), rule="R-D8", document=document_id)
    history.require_reason(reason)
    document.stage = "returned"
    history.record(work, "document", document_id, "return", reason=reason)
    _tell(work, "document.returned", document, reason=reason)


def draft(work: UnitOfWork, organisation_id: str, header: Header, *, lines: Sequence[str] = ()) -> Document:
    """Begin an outgoing document; it has no number until it is issued (R-D4)."""
    _check(header, lines)
    if header.number_raw:
        raise Invalid(
            _("Dự thảo chưa có số; số chỉ được cấp khi phát hành."), rule="R-D4", found=header.number_raw
        )
    document = _new(work, organisation_id, "draft", "drafting", header, lines)
    work.session.flush()
    history.record(work, "document", document.id, "draft", after={"subject": document.subject})
    return document


def sign(work: UnitOfWork, document_id: str, signer: signing.Signer) -> Document:
    """Record that the draft was signed; raises Invalid when the capacity does not fit the title (R-D10)."""
    document = lock(work, document_id)
    if document.direction != "draft" or document.stage != "drafting":
        raise Conflict(_("Chỉ ký được văn bản đang là dự thảo."), rule="R-D10", document=document_id)
    signing.check_signer(signer, local_date(work.now))
    document.signer, document.stage = signing.signer_json(signer), "signed"
    history.record(work, "document", document_id, "sign", after=document.signer)
    return document


def issue_number(
    work: UnitOfWork,
    document_id: str,
    symbol: str,
    *,
    series: str = "",
    on: date | None = None,
    sequence: int | None = None,
) -> str:
    """Give a signed document the next number of its series in the year (R-D4); gives the number.

    `symbol` is the issuer's short name ("UBND", for a công văn "UBND-KGVX"). Each type may have its own
    `series` as the head decides; a clerk may give the `sequence`, later than the last one. Raises Conflict
    for an unsigned or already numbered document, or a number already used.
    """
    document = lock(work, document_id)
    if document.number is not None:
        raise Conflict(
            _("Văn bản đã có số {number}; số không được cấp lại.", number=document.number),
            rule="R-D4",
            document=document_id,
        )
    if document.stage != "signed":
        raise Conflict(
            _("Văn bản chưa được ký nên chưa được cấp số; hãy trình ký trước."),
            rule="R-D4",
            document=document_id,
        )
    day = on or local_date(work.now)
    register = f"out:{series}" if series else "out"
    document.register, document.register_year = register, day.year
    document.register_number = registers.take(work, document.organisation_id, register, day.year, sequence)
    number = document_numbers.compose(document.register_number, document.type_code, symbol)
    _put_number(document, number)
    document.number_raw, document.issued_on = number, day
    _index(document)
    history.record(work, "document", document_id, "number", after={"number": number})
    return number


def issue(work: UnitOfWork, document_id: str, symbol: str = "", *, series: str = "") -> Document:
    """Issue a signed document: number it if it has none, mark it sent to every recipient (R-D5, R-D6)."""
    document = lock(work, document_id)
    if document.direction == "out":
        raise Conflict(
            _("Văn bản {number} đã phát hành.", number=document.number or ""),
            rule="R-D5",
            document=document_id,
        )
    if document.number is None:
        issue_number(work, document_id, symbol, series=series)
    document.direction, document.stage = "out", "issued"
    for recipient in recipients(work.session, document_id):
        if recipient.purpose != Purpose.FILE:
            _log_delivery(work, recipient, "sent", "")
    history.record(work, "document", document_id, "issue", after={"number": document.number})
    _tell(work, "document.issued", document)
    return document


def correct(
    work: UnitOfWork,
    document_id: str,
    correction: Correction,
    *,
    reason: str,
    correcting_document_id: str | None = None,
) -> Document:
    """Correct an issued or registered document; what it said before is kept with the reason (R-D13).

    Number and dates are never changed. Raises Invalid for another column or without a reason.
    """
    history.require_reason(reason)
    wrong = sorted(set(correction.changes) - _CORRECTABLE)
    if wrong:
        raise Invalid(
            _(
                "Không đính chính được {fields}; chỉ đính chính được {allowed}. "
                "Muốn thay số hoặc ngày, hãy thu hồi và ban hành văn bản mới.",
                fields=", ".join(wrong),
                allowed=", ".join(sorted(_CORRECTABLE)),
            ),
            rule="R-D13",
        )
    document = lock(work, document_id)
    before = {name: getattr(document, name) for name in sorted(_CORRECTABLE)}
    kept = {**before, "lines": text_lines(work.session, document_id)}
    work.session.add(
        DocumentVersion(
            document_id=document_id,
            version=document.version,
            content=kept,
            reason=reason,
            correcting_document_id=correcting_document_id,
            at=work.now,
            by=work.actor.id,
        )
    )
    for name, value in correction.changes.items():
        setattr(document, name, value)
    if correction.lines is not None:
        _put_lines(work, document_id, correction.lines)
    document.version += 1
    _index(document)
    history.record(
        work, "document", document_id, "correct", before=before, after=dict(correction.changes), reason=reason
    )
    return document


def record_delivery(work: UnitOfWork, recipient_id: str, status: str, note: str = "") -> None:
    """Add to a recipient's status log (R-D6, R-E2); raises Invalid for an unknown status."""
    if status not in DELIVERY_STATUSES:
        raise Invalid(
            _(
                "Trạng thái gửi nhận “{found}” không hợp lệ; cần một trong: {known}.",
                found=status,
                known=", ".join(DELIVERY_STATUSES),
            ),
            found=status,
        )
    recipient = work.session.get(DocumentRecipient, recipient_id)
    if recipient is None:
        raise NotFound(_("Không tìm thấy nơi nhận của văn bản."), recipient=recipient_id)
    _log_delivery(work, recipient, status, note)


def find_by_number(
    session: Session,
    text: str,
    *,
    issued_on: date | None = None,
    issuer_id: str | None = None,
    organisation_id: str | None = None,
    limit: int = 50,
) -> list[Document]:
    """Find documents by number as people type it: "463", "463-KL/TU", "1394 /UBND-KGVX" (R-D3, R-U2)."""
    number = document_numbers.read(text)
    query = select(Document)
    if number.key.isdigit():
        query = query.where(Document.number_sequence == number.sequence)
    else:
        query = query.where(Document.number_key == number.key)
    if issued_on is not None:
        query = query.where(Document.issued_on == issued_on)
    if issuer_id is not None:
        query = query.where(Document.issuer_id == issuer_id)
    if organisation_id is not None:
        query = query.where(Document.organisation_id == organisation_id)
    return list(session.scalars(query.order_by(Document.issued_on.desc(), Document.id).limit(limit)))


def get(session: Session, document_id: str) -> Document:
    """Give a document; raises NotFound."""
    document = session.get(Document, document_id)
    if document is None:
        raise NotFound(_("Không tìm thấy văn bản."), document=document_id)
    return document


def lock(work: UnitOfWork, document_id: str) -> Document:
    """Give a document locked for a change; raises NotFound."""
    document = work.session.get(Document, document_id, with_for_update=True)
    if document is None:
        raise NotFound(_("Không tìm thấy văn bản."), document=document_id)
    return document


def text_lines(session: Session, document_id: str) -> list[str]:
    """Give the lines of a document's text."""
    row = session.get(DocumentText, document_id)
    return list(row.lines) if row else []


def recipients(session: Session, document_id: str) -> list[DocumentRecipient]:
    """Give the recipients in the order of the document."""
    return list(
        session.scalars(
            select(DocumentRecipient)
            .where(DocumentRecipient.document_id == document_id)
            .order_by(DocumentRecipient.ordinal)
        )
    )


def put_recipients(work: UnitOfWork, document_id: str, wanted: Sequence[Recipient]) -> None:
    """Give a draft its recipients anew (R-S9)."""
    work.session.execute(delete(DocumentRecipient).where(DocumentRecipient.document_id == document_id))
    _add_recipients(work, document_id, wanted)


def _check(header: Header, lines: Sequence[str]) -> None:
    mark = header.secrecy.strip() or next(
        (line.strip() for line in lines[:_HEAD_LINES] if line.strip() in _SECRET_MARKS), ""
    )
    if mark:
        raise Invalid(
            _(
                "Văn bản có dấu “{mark}”: hệ thống không xử lý văn bản mật. "
                "Hãy xử lý theo chế độ mật; chỉ được vào sổ mà không ghi trích yếu.",
                mark=mark,
            ),
            rule="R-U7",
            found=mark,
        )
    if header.urgency not in range(len(URGENCIES)):
        raise Invalid(
            fields={
                "urgency": _(
                    "Độ khẩn phải từ 0 (thường) đến 3 (hỏa tốc), nhận được {found}.", found=header.urgency
                )
            },
            rule="R-D7",
        )
    if not header.subject.strip():
        raise Invalid(fields={"subject": _("Cần ghi trích yếu của văn bản.")})


def _refuse_duplicate(work: UnitOfWork, organisation_id: str, header: Header) -> None:
    number = document_numbers.read(header.number_raw)
    if number.sequence is None:
        return
    same = work.session.scalars(
        select(Document).where(
            Document.organisation_id == organisation_id,
            Document.direction == "in",
            Document.stage != "returned",
            Document.number_key == number.key,
            Document.issued_on == header.issued_on,
            Document.issuer_key == _issuer_key(header.issuer_id, header.issuer_name),
        )
    ).first()
    if same is not None:
        raise Conflict(
            _(
                "Văn bản {number} đã được đăng ký với số đến {register}/{year}.",
                number=same.number or "",
                register=registers.label(same),
                year=same.register_year,
            ),
            rule="R-D3",
            document=same.id,
        )


def _place(work: UnitOfWork, organisation_id: str, direction: str) -> str:
    return "" if direction == "in" else places.usual(work.session, organisation_id, local_date(work.now))


def _new(
    work: UnitOfWork, organisation_id: str, direction: str, stage: str, header: Header, lines: Sequence[str]
) -> Document:
    number = document_numbers.read(header.number_raw)
    document = Document(
        organisation_id=organisation_id,
        direction=direction,
        stage=stage,
        type_code=header.type_code or number.type_code or ("CV" if number.sequence is not None else ""),
        number_raw=header.number_raw,
        issuer_id=header.issuer_id or (None if direction == "in" else organisation_id),
        issuer_name=header.issuer_name,
        issuer_key=_issuer_key(header.issuer_id, header.issuer_name),
        place=header.place or _place(work, organisation_id, direction),
        issued_on=header.issued_on,
        subject=header.subject.strip(),
        urgency=header.urgency,
        is_internal=header.is_internal,
        signer=signing.signer_json(header.signer) if header.signer else None,
        legal_bases=[dict(item) for item in header.legal_bases],
        quirks=[dict(item) for item in header.quirks],
        created_by=work.actor.id,
        created_at=work.now,
    )
    if number.sequence is not None:
        _put_number(document, number.canonical)
    _index(document)
    work.session.add(document)
    work.session.flush()
    _add_recipients(work, document.id, header.recipients)
    if lines:
        _put_lines(work, document.id, lines)
    return document


def _add_recipients(work: UnitOfWork, document_id: str, wanted: Sequence[Recipient]) -> None:
    for ordinal, recipient in enumerate(wanted, 1):
        work.session.add(
            DocumentRecipient(
                document_id=document_id,
                ordinal=ordinal,
                name=recipient.name,
                organisation_id=recipient.organisation_id,
                purpose=recipient.purpose.value,
            )
        )
    work.session.flush()


def _put_number(document: Document, number: str) -> None:
    read = document_numbers.read(number)
    document.number, document.number_key, document.number_sequence = read.canonical, read.key, read.sequence


def _index(document: Document) -> None:
    document.search_key = fold(f"{document.number or ''} {document.subject} {document.issuer_name}")


def _issuer_key(issuer_id: str | None, issuer_name: str) -> str:
    return issuer_id or fold(" ".join(issuer_name.split()))


def _put_lines(work: UnitOfWork, document_id: str, lines: Sequence[str]) -> None:
    row = work.session.get(DocumentText, document_id)
    if row is None:
        work.session.add(DocumentText(document_id=document_id, lines=list(lines)))
    else:
        row.lines = list(lines)


def _log_delivery(work: UnitOfWork, recipient: DocumentRecipient, status: str, note: str) -> None:
    recipient.status = status
    work.session.add(
        DocumentDelivery(recipient_id=recipient.id, status=status, note=note, at=work.now, by=work.actor.id)
    )


def _tell(work: UnitOfWork, event: str, document: Document, **more: Any) -> None:
    data = {
        "document": document.id,
        "organisation": document.organisation_id,
        "number": document.number,
        "title": document.subject,
        "urgency": document.urgency,
        **more,
    }
    outbox.record(work, event, subject=document.id, data=data)
