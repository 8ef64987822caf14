"""Files of documents: bytes kept once per content, byte for byte as they came (R-U8)."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directives import documents, history, policies
from directives.document_tables import DocumentAttachment, DocumentText, StoredFile
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound, TooLarge
from foundation.texts import _
from foundation.vietnamese import format_number
from foundation.working_time import local_date

_MEGABYTE = 1_000_000
_LONGEST_NAME = 255


def put_text(work: UnitOfWork, document_id: str, lines: Sequence[str]) -> None:
    """Keep the text of a draft: sentences are quoted from it wherever the document arrives.

    Raises Conflict once the document is issued: its text is fixed.
    """
    document = documents.lock(work, document_id)
    if document.direction != "draft":
        raise Conflict(_("Văn bản đã phát hành nên không sửa nội dung được."), document=document_id)
    work.session.merge(DocumentText(document_id=document_id, lines=list(lines)))
    work.session.flush()


def attach(
    work: UnitOfWork, document_id: str, name: str, content: bytes, media_type: str
) -> DocumentAttachment:
    """Keep a file with a document; the same bytes are stored once.

    Raises TooLarge beyond the limits of the policy, Invalid for an empty file or a bad name.
    """
    documents.lock(work, document_id)
    if not content:
        raise Invalid(_("Tệp “{name}” rỗng.", name=name))
    if not name.strip() or len(name) > _LONGEST_NAME or any(c in name for c in "/\\\0\r\n"):
        raise Invalid(fields={"name": _("Tên tệp không hợp lệ: “{name}”.", name=name[:_LONGEST_NAME])})
    _check_size(work, document_id, name, len(content))
    sha256 = hashlib.sha256(content).hexdigest()
    if work.session.get(StoredFile, sha256) is None:
        work.session.add(StoredFile(sha256=sha256, size=len(content), content=content))
        work.session.flush()
    attachment = DocumentAttachment(
        document_id=document_id,
        name=name.strip(),
        media_type=media_type,
        sha256=sha256,
        size=len(content),
        added_by=work.actor.id,
        added_at=work.now,
    )
    work.session.add(attachment)
    work.session.flush()
    history.record(work, "document", document_id, "attach", after={"name": name, "sha256": sha256})
    return attachment


def of_document(session: Session, document_id: str) -> list[DocumentAttachment]:
    """Give the files of a document without their bytes."""
    query = select(DocumentAttachment).where(DocumentAttachment.document_id == document_id)
    return list(session.scalars(query.order_by(DocumentAttachment.added_at, DocumentAttachment.id)))


def read(session: Session, attachment_id: str) -> tuple[DocumentAttachment, bytes]:
    """Give a file with its bytes; raises NotFound, and Invalid when the bytes are not what was stored."""
    attachment = session.get(DocumentAttachment, attachment_id)
    if attachment is None:
        raise NotFound(_("Không tìm thấy tệp đính kèm."), attachment=attachment_id)
    content = session.scalar(select(StoredFile.content).where(StoredFile.sha256 == attachment.sha256)) or b""
    if hashlib.sha256(content).hexdigest() != attachment.sha256:
        raise Invalid(_("Tệp “{name}” đã bị hỏng trong kho lưu trữ.", name=attachment.name))
    return attachment, content


def _check_size(work: UnitOfWork, document_id: str, name: str, size: int) -> None:
    policy = policies.current(work.session, local_date(work.now))
    query = select(func.sum(DocumentAttachment.size)).where(DocumentAttachment.document_id == document_id)
    kept = int(work.session.scalar(query) or 0)
    if size > policy.largest_file:
        raise TooLarge(
            _("Tệp “{name}” lớn hơn giới hạn {limit} MB.", name=name, limit=_megabytes(policy.largest_file)),
            found=size,
            limit=policy.largest_file,
        )
    if kept + size > policy.largest_document:
        raise TooLarge(
            _(
                "Các tệp của văn bản cùng với “{name}” vượt giới hạn {limit} MB.",
                name=name,
                limit=_megabytes(policy.largest_document),
            ),
            found=kept + size,
            limit=policy.largest_document,
        )


def _megabytes(size: int) -> str:
    return format_number(size / _MEGABYTE)
