"""Drafts: what somebody typed into a form and has not sent yet, so that nothing is lost.

One draft per person and form. The key of a form is `task:<id>`, `intake:<id>` or the like; a draft goes when
its form is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from foundation.database import Base, Json, Moment, UnitOfWork
from foundation.errors import NotFound, TooLarge
from foundation.ids import new_id
from foundation.texts import _

#: characters of one draft
LARGEST = 400_000
#: a text that was read and never registered is forgotten after so long
KEPT_FOR = timedelta(days=14)


class FormDraft(Base):
    """The unsent values of one form of one person."""

    __tablename__ = "form_draft"

    account_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: which form: `task:<id>` …
    form: Mapped[str] = mapped_column(String(80), primary_key=True)
    #: texts by field name, as the browser posted them
    values: Mapped[dict[str, list[str]]] = mapped_column(Json)
    saved_at: Mapped[datetime] = mapped_column(Moment)


class IntakeDraft(Base):
    """A document that was read and waits for a person to confirm what was read."""

    __tablename__ = "intake_draft"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(String(32), index=True)
    #: file name and type as uploaded; empty for pasted text
    file_name: Mapped[str] = mapped_column(String(255), default="")
    media_type: Mapped[str] = mapped_column(String(100), default="")
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)


@dataclass(frozen=True, kw_only=True)
class Saved:
    """A draft as it was saved."""

    values: Mapping[str, Sequence[str]]
    saved_at: datetime


def save(work: UnitOfWork, account_id: str, form: str, values: Mapping[str, Sequence[str]]) -> datetime:
    """Keep what is typed; gives when. Raises TooLarge beyond `LARGEST` characters."""
    size = sum(len(name) + sum(map(len, texts)) for name, texts in values.items())
    if size > LARGEST:
        raise TooLarge(_("Bản nháp quá dài nên không lưu được."), found=size, limit=LARGEST)
    row = work.session.get(FormDraft, (account_id, form))
    if row is None:
        row = FormDraft(account_id=account_id, form=form, values={}, saved_at=work.now)
        work.session.add(row)
    row.values = {name: list(texts) for name, texts in values.items()}
    row.saved_at = work.now
    work.session.flush()
    return row.saved_at


def get(session: Session, account_id: str, form: str) -> Saved | None:
    """Give the draft of a form, None when there is none."""
    row = session.get(FormDraft, (account_id, form))
    return None if row is None else Saved(values=row.values, saved_at=row.saved_at)


def drop(work: UnitOfWork, account_id: str, form: str) -> None:
    """Forget a draft: its form was sent."""
    work.session.execute(delete(FormDraft).where(FormDraft.account_id == account_id, FormDraft.form == form))


def with_drafts(session: Session, account_id: str, forms: Sequence[str]) -> set[str]:
    """Give which of several forms have a draft of this person."""
    query = select(FormDraft.form).where(FormDraft.account_id == account_id, FormDraft.form.in_(list(forms)))
    return set(session.scalars(query))


def keep_document(
    work: UnitOfWork, account_id: str, content: bytes, *, file_name: str = "", media_type: str = ""
) -> str:
    """Keep a document between reading and registering; gives its id. Old ones nobody registered go."""
    work.session.execute(delete(IntakeDraft).where(IntakeDraft.created_at < work.now - KEPT_FOR))
    row = IntakeDraft(
        account_id=account_id,
        content=content,
        file_name=file_name[:255],
        media_type=media_type[:100],
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row.id


def document(session: Session, account_id: str, draft_id: str) -> IntakeDraft:
    """Give a kept document of this person with its bytes; raises NotFound."""
    row = session.get(IntakeDraft, draft_id)
    if row is None or row.account_id != account_id:
        raise NotFound(_("Không còn văn bản này ở bước tiếp nhận; hãy tải lại văn bản."), draft=draft_id)
    session.refresh(row, ["content"])
    return row


def documents(session: Session, account_id: str) -> list[IntakeDraft]:
    """Give what this person read and has not registered, the latest first."""
    query = select(IntakeDraft).where(IntakeDraft.account_id == account_id)
    return list(session.scalars(query.order_by(IntakeDraft.created_at.desc()).limit(20)))


def drop_document(work: UnitOfWork, account_id: str, draft_id: str) -> None:
    """Forget a kept document: it was registered, or not wanted."""
    mine = (IntakeDraft.id == draft_id) & (IntakeDraft.account_id == account_id)
    work.session.execute(delete(IntakeDraft).where(mine))


def summary(row: IntakeDraft) -> dict[str, Any]:
    """Give what a list shows of a kept document."""
    return {"id": row.id, "name": row.file_name or str(_("Văn bản dán vào")), "at": row.created_at}
