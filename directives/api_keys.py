"""API keys (`tiendo_ID.SECRET`): a program acts as an account; only the secret's SHA-256 is stored."""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, bindparam, select, update
from sqlalchemy.orm import Session

from directives import accounts
from directives.account_tables import AccountRow, ApiKeyRow
from directives.accounts import Account
from directives.organisation_tree import revision_query
from directives.roles import PERMISSIONS
from directives.sign_in import TOUCH_EVERY
from foundation.database import UnitOfWork
from foundation.errors import Invalid, NotFound, Unauthenticated
from foundation.texts import _
from foundation.vietnamese import format_moment

#: what every key begins with, so that a leaked one is recognised
PREFIX = "tiendo_"
_ID_BYTES, _SECRET_BYTES = 8, 32


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """A key just made; `key` is shown once and not kept."""

    id: str
    key: str


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """What is known of a key."""

    id: str
    account_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    #: exact to a minute
    last_used_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class KeyOwner:
    """The account a presented key acts as."""

    key_id: str
    account: Account
    #: rights it is limited to; empty: all of the account
    scopes: frozenset[str]
    #: True when the caller should write `touch` in a unit of work of its own
    is_touch_due: bool
    #: revision of the directory of organisations, read along
    revision: str


def create(
    work: UnitOfWork,
    account_id: str,
    *,
    name: str,
    expires_at: datetime | None = None,
    scopes: Iterable[str] = (),
) -> NewKey:
    """Make a key for an account. Raises NotFound, or Invalid for unknown rights or an expiry in the past."""
    accounts.get(work.session, account_id)
    limited = sorted(set(scopes))
    if unknown := [right for right in limited if right not in PERMISSIONS]:
        raise Invalid(fields={"scopes": _("Không có quyền: {unknown}.", unknown=", ".join(unknown))})
    if expires_at is not None and expires_at <= work.now:
        raise Invalid(fields={"expires_at": _("Thời điểm hết hạn phải sau thời điểm hiện tại.")})
    key_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
    work.session.add(
        ApiKeyRow(
            id=key_id,
            account_id=account_id,
            name=name.strip() or key_id,
            secret_hash=accounts.digest(secret),
            scopes=limited,
            created_at=work.now,
            expires_at=expires_at,
        )
    )
    work.session.flush()
    return NewKey(id=key_id, key=f"{PREFIX}{key_id}.{secret}")


def owner_of(session: Session, key: str, now: datetime) -> KeyOwner:
    """Give the account a key acts as; one query.

    Raises Unauthenticated saying whether the key is unknown, expired, revoked, or its account disabled.
    """
    key_id, _dot, secret = key.strip().removeprefix(PREFIX).partition(".")
    row = session.execute(_BY_ID, {"key_id": key_id}).first()
    # compared before anything is said about the key, so that its id alone reveals nothing
    if row is None or not hmac.compare_digest(row.secret_hash, accounts.digest(secret)):
        raise Unauthenticated(_("Khóa API không đúng."))
    if row.revoked_at is not None:
        raise Unauthenticated(_("Khóa API đã bị thu hồi ngày {at}.", at=format_moment(row.revoked_at)))
    if row.expires_at is not None and row.expires_at <= now:
        raise Unauthenticated(_("Khóa API đã hết hạn ngày {at}.", at=format_moment(row.expires_at)))
    if row.is_disabled:
        raise Unauthenticated(_("Tài khoản của khóa API đã bị vô hiệu hóa."))
    return KeyOwner(
        key_id=key_id,
        account=accounts.account_of(row),
        scopes=frozenset(row.scopes),
        is_touch_due=row.last_used_at is None or now - row.last_used_at >= TOUCH_EVERY,
        revision=row.revision or "",
    )


def touch(work: UnitOfWork, key_id: str) -> None:
    """Write down that a key was used just now."""
    work.session.execute(update(ApiKeyRow).where(ApiKeyRow.id == key_id).values(last_used_at=work.now))


def revoke(work: UnitOfWork, key_id: str, *, account_id: str | None = None) -> None:
    """Take a key (of one account if given) out of use for ever; raises NotFound."""
    row = work.session.get(ApiKeyRow, key_id)
    if row is None or account_id not in {None, row.account_id}:
        raise NotFound(_("Không tìm thấy khóa API này."), key=key_id)
    row.revoked_at = row.revoked_at or work.now
    work.session.flush()


def listing(session: Session, account_id: str | None = None) -> list[ApiKey]:
    """Give the keys of an account (of all for None), the newest first."""
    query = select(ApiKeyRow).order_by(ApiKeyRow.created_at.desc(), ApiKeyRow.id)
    if account_id is not None:
        query = query.where(ApiKeyRow.account_id == account_id)
    return [
        ApiKey(
            id=row.id,
            account_id=row.account_id,
            name=row.name,
            scopes=tuple(row.scopes),
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            last_used_at=row.last_used_at,
        )
        for row in session.scalars(query)
    ]


# made once: making it takes longer than running it
_BY_ID = (
    accounts.account_query(
        ApiKeyRow.secret_hash,
        ApiKeyRow.scopes,
        ApiKeyRow.expires_at,
        ApiKeyRow.revoked_at,
        ApiKeyRow.last_used_at,
        revision_query().label("revision"),
    )
    .join(ApiKeyRow, ApiKeyRow.account_id == AccountRow.id)
    .where(ApiKeyRow.id == bindparam("key_id", type_=String))
)
