"""Hearing others: a signed message from outside becomes a message to correlate, exactly once.

The caller correlates it in the same transaction, so a message is either remembered with its effect or not
at all. A repeated `webhook-id` of a source is recognised and has no effect.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import orjson
from sqlalchemy import Boolean, CursorResult, ForeignKey, Index, String, Text, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from foundation.database import Base, Json, Moment, UnitOfWork
from foundation.errors import Invalid, NotFound, TooLarge
from foundation.ids import new_id
from foundation.texts import _
from webhooks import secrets, signing
from webhooks.secrets import SecretBox, SigningSecrets
from webhooks.subscriptions import Created

#: the largest message, in bytes
MAX_BODY = 256 * 1024
#: how deep lists and objects may lie in each other
MAX_DEPTH = 32
_MAX_TEXT = 200


class Source(SigningSecrets, Base):
    """Somebody outside who may send us messages, to an address of their own."""

    __tablename__ = "webhook_source"

    #: opaque id, also the last part of the address (`/hooks/<id>`)
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: who it is, for people
    name: Mapped[str] = mapped_column(Text)
    #: message names this source may send; others are refused
    messages: Mapped[list[str]] = mapped_column(Json)
    #: key of `data` that carries the correlation key
    correlation_field: Mapped[str] = mapped_column(String(80))
    #: whether messages are taken
    is_enabled: Mapped[bool] = mapped_column(Boolean)
    #: account that answers for it
    owner_id: Mapped[str] = mapped_column(String(64))
    #: when it was made (UTC)
    created_at: Mapped[datetime] = mapped_column(Moment)


class ReceivedMessage(Base):
    """A message that was taken: remembered so that its repetition has no effect."""

    __tablename__ = "webhook_received"
    __table_args__ = (Index("ix_webhook_received_at", "received_at"),)

    source_id: Mapped[str] = mapped_column(
        ForeignKey("webhook_source.id", ondelete="CASCADE"), primary_key=True
    )
    #: `webhook-id` as sent
    message_id: Mapped[str] = mapped_column(String(_MAX_TEXT), primary_key=True)
    #: message name
    name: Mapped[str] = mapped_column(String(_MAX_TEXT))
    #: when it was taken (UTC)
    received_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, kw_only=True)
class InboundMessage:
    """A verified message, ready to be correlated."""

    source_id: str
    #: `webhook-id`; the same for a repetition
    message_id: str
    #: message name (`type` of the body)
    name: str
    #: correlation key, as text
    correlation_key: str
    #: `data` of the body
    variables: dict[str, Any]
    #: True when it was taken before: answer the same, do nothing
    is_duplicate: bool


@dataclass(frozen=True, kw_only=True)
class SourceSummary:
    """A source as pages and the API show it: without secrets."""

    id: str
    name: str
    messages: tuple[str, ...]
    correlation_field: str
    is_enabled: bool
    owner_id: str
    created_at: datetime


def create_source(
    work: UnitOfWork,
    box: SecretBox,
    *,
    name: str,
    messages: Iterable[str],
    correlation_field: str = "business_key",
) -> Created:
    """Let somebody send messages of the given names; the secret is shown this once."""
    names = list(dict.fromkeys(messages))
    if not names:
        text = _("Cần nêu ít nhất một tên thông điệp được phép nhận.")
        raise Invalid(text, fields={"messages": text})
    row = Source(
        id=new_id(),
        name=name,
        messages=names,
        correlation_field=correlation_field,
        is_enabled=True,
        owner_id=work.actor.id,
        created_at=work.now,
    )
    secret = secrets.new_secret()
    row.secret_sealed = box.seal(secret, owner=row.id)
    work.session.add(row)
    work.session.flush()
    return Created(id=row.id, secret=secret)


def rotate_source_secret(work: UnitOfWork, box: SecretBox, source_id: str) -> str:
    """Give a source a new secret, shown once; the old one is accepted for 24 h more."""
    row = _source(work.session, source_id)
    secret = secrets.rotate(row, box, work.now)
    work.session.flush()
    return secret


def set_source_enabled(work: UnitOfWork, source_id: str, *, is_enabled: bool) -> None:
    """Take messages from a source, or no more; NotFound when there is none."""
    _source(work.session, source_id).is_enabled = is_enabled
    work.session.flush()


def sources(session: Session) -> tuple[SourceSummary, ...]:
    """Give all sources, the newest first."""
    rows = session.scalars(select(Source).order_by(Source.created_at.desc(), Source.id))
    return tuple(
        SourceSummary(
            id=row.id,
            name=row.name,
            messages=tuple(row.messages),
            correlation_field=row.correlation_field,
            is_enabled=row.is_enabled,
            owner_id=row.owner_id,
            created_at=row.created_at,
        )
        for row in rows
    )


def receive(
    work: UnitOfWork,
    box: SecretBox,
    source_id: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    wall_now: datetime,
) -> InboundMessage:
    """Verify a message over its raw bytes and remember it; the caller correlates it in the same transaction.

    `wall_now` is the machine's time, which the sender's timestamp is compared with (±300 s). Raises
    NotFound (no such source, or switched off), TooLarge, BadSignature, Invalid (the body is not as agreed).
    """
    if len(body) > MAX_BODY:
        text = _("Thông điệp dài {found} byte; tối đa {limit} byte.", found=len(body), limit=MAX_BODY)
        raise TooLarge(text, found=len(body), limit=MAX_BODY)
    source = _source(work.session, source_id)
    if not source.is_enabled:
        raise _unknown(source_id)
    message_id = signing.verify(secrets.usable(source, box, work.now), headers, body, moment=wall_now)
    if len(message_id) > _MAX_TEXT:
        raise Invalid(_("Tiêu đề webhook-id dài quá 200 ký tự."))
    name, data = _read(body, source)
    return InboundMessage(
        source_id=source.id,
        message_id=message_id,
        name=name,
        correlation_key=_correlation_key(data, source.correlation_field),
        variables=data,
        is_duplicate=not _remember(work, source.id, message_id, name),
    )


def forget(work: UnitOfWork, before: datetime) -> int:
    """Delete remembered ids from before a moment (30 days are kept); gives how many."""
    old = delete(ReceivedMessage).where(ReceivedMessage.received_at < before)
    return cast("CursorResult[object]", work.session.execute(old)).rowcount


def _remember(work: UnitOfWork, source_id: str, message_id: str, name: str) -> bool:
    """Write the id down; False when it is there already (a rival transaction is waited for)."""
    row = {"source_id": source_id, "message_id": message_id, "name": name, "received_at": work.now}
    is_sqlite = work.session.get_bind().dialect.name == "sqlite"
    write = sqlite.insert(ReceivedMessage) if is_sqlite else postgresql.insert(ReceivedMessage)
    written = write.values(row).on_conflict_do_nothing().returning(ReceivedMessage.message_id)
    return work.session.scalar(written) is not None


def _read(body: bytes, source: Source) -> tuple[str, dict[str, Any]]:
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Invalid(_("Nội dung không phải JSON hợp lệ (UTF-8): {reason}", reason=str(error))) from error
    name = message.get("type") if isinstance(message, dict) else None
    data = message.get("data") if isinstance(message, dict) else None
    if not isinstance(name, str) or not isinstance(data, dict):
        raise Invalid(_("Nội dung phải có dạng {form}.", form='{"type": "…", "timestamp": "…", "data": {…}}'))
    if name not in source.messages:
        allowed = ", ".join(source.messages)
        text = _(
            "Nguồn này không được gửi thông điệp “{found}”; được phép: {allowed}.",
            found=name[:80],
            allowed=allowed,
        )
        raise Invalid(text, fields={"type": text})
    _check_depth(data)
    return name, data


def _check_depth(data: Any) -> None:
    level, depth = [data], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise TooLarge(_("Dữ liệu lồng nhau quá {limit} cấp.", limit=MAX_DEPTH), limit=MAX_DEPTH)
        inner = [list(item.values()) if isinstance(item, dict) else item for item in level]
        level = [part for items in inner for part in items if isinstance(part, (dict, list))]


def _correlation_key(data: Mapping[str, Any], field: str) -> str:
    value = data.get(field)
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value == "":
        text = _("Thiếu khóa liên kết: cần “data.{field}” là chuỗi hoặc số nguyên.", field=field)
        raise Invalid(text, fields={f"data.{field}": text})
    return str(value)


def _source(session: Session, source_id: str) -> Source:
    row = session.get(Source, source_id)
    if row is None:
        raise _unknown(source_id)
    return row


def _unknown(source_id: str) -> NotFound:
    return NotFound(_("Không có địa chỉ nhận thông điệp này."), source=source_id)
