"""Intake: turns the text of a document into a proposal of header and plan items, for a person to confirm.

Rules of the language and of the official form (NĐ 30/2020), never of one document. Dirty input becomes
quirks,
unreadable input a clear error; nothing is guessed in silence (R-S11).
"""

from directives.deadline_text import WorkingTime
from directives.intake import flat_tables, header, legal_bases, quirks, recipients, text
from directives.intake import form as forms
from directives.intake.body import items_of
from directives.intake.clauses import Time
from directives.intake.parties import Directory, Known
from directives.intake.proposal import Header, Item, LegalBasis, Proposal, Quirk, Recipient, Signer
from directives.intake.structure import Row, blocks
from foundation.errors import Forbidden
from foundation.texts import _

__all__ = [
    "Directory",
    "Header",
    "Item",
    "Known",
    "LegalBasis",
    "Proposal",
    "Quirk",
    "Recipient",
    "Secret",
    "Signer",
    "read",
]

#: points of evidence (number, national motto, recipients …) that make a text an official document
_OFFICIAL = 3


class Secret(Forbidden):
    """Văn bản mật không được đưa vào hệ thống."""

    code = "secret_document"


def read(
    content: bytes, *, filename: str = "", known: Directory | None = None, working: WorkingTime | None = None
) -> Proposal:
    """Read a .txt, .docx or .pdf and propose header and items.

    `known` gives organisations their names in the directory; `working` dates terms in working days.
    Raises Invalid or TooLarge for what cannot be read, Secret for a document with a secrecy mark (R-U7).
    """
    lines = text.raw_lines(content, filename)
    cleaned = flat_tables.restored(lines, text.clean(lines))
    stamp = forms.secrecy(cleaned)
    if stamp is not None:
        mark, line = stamp
        raise Secret(
            _(
                "Văn bản có dấu chỉ độ mật “{mark}” (dòng {line}). Văn bản bí mật nhà nước không được xử "
                "lý trên hệ thống này; "
                "hãy xử lý theo chế độ mật.",
                mark=mark,
                line=line.number,
            ),
            mark=mark,
            line=line.number,
        )
    form = forms.read(cleaned)
    if form.evidence < _OFFICIAL:
        return Proposal(document=Header(), quirks=(quirks.not_official(),), lines=lines)
    document = _header(form, known)
    found = items_of(
        form, document, known, Time(issued_on=document.issued_on, year=document.year, working=working)
    )
    return Proposal(
        document=document, items=tuple(found), quirks=quirks.find(form, document, found, lines), lines=lines
    )


def _header(form: forms.Form, known: Directory | None) -> Header:
    paragraphs = [form.subject] if form.subject else []
    paragraphs += [
        cell for block in blocks((*form.body, *form.annex)) for cell in _words(block.text, block.rows)
    ]
    issued_on, year, place = header.issued_on(form)
    where = header.area(form, place, paragraphs)
    number = header.number(form)
    bases = legal_bases.find(paragraphs, where, number)
    if year is None:
        year = max((basis.issued_on.year for basis in bases if basis.issued_on), default=None)
    return Header(
        number=number, doc_type=header.doc_type(form), issuer=header.issuer(form, where, paragraphs),
        issued_on=issued_on, year=year, place=where.name or place or None, level=where.level,
        subject=header.subject(form),
        legal_bases=bases, signer=recipients.signer(form.tail),
        recipients=recipients.recipients(form, where, known),
    )  # fmt: skip


def _words(paragraph: str, rows: tuple[Row, ...]) -> list[str]:
    return [cell for row in rows for cell in row.cells] if rows else [paragraph]
