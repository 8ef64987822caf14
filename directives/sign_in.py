"""Signing in with a password: server-side sessions, and lockout after wrong passwords.

It takes two steps, because hashing is slow and must not happen while the database is locked: `check_password`
in a reading session, then `sign_in` in a unit of work. Sessions live 30 minutes idle and 12 hours at most;
only the SHA-256 of the token is stored.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from directives import passwords
from directives.account_tables import AccountRow, SignInFailure, SignInSession
from directives.accounts import Account, account_of, account_query, digest, normal_username, row_of
from directives.organisation_tree import revision_query
from foundation.database import UnitOfWork
from foundation.errors import NotFound, Unauthenticated
from foundation.ids import new_id
from foundation.texts import _
from foundation.vietnamese import format_moment

#: a session nobody used for so long is over
IDLE = timedelta(minutes=30)
#: a session is over after so long whatever happens
ABSOLUTE = timedelta(hours=12)
#: `last_seen_at` and `last_used_at` are written at most this often
TOUCH_EVERY = timedelta(minutes=1)
#: so many wrong passwords in a row lock the username …
MOST_FAILURES = 5
#: … for so long
LOCKED_FOR = timedelta(minutes=15)
_FORGET_FAILURES_AFTER = timedelta(days=1)
_TOKEN_BYTES = 32


class AccountLocked(Unauthenticated):
    """Tài khoản đang tạm khóa do nhập sai mật khẩu nhiều lần."""

    code = "account_locked"


@dataclass(frozen=True, kw_only=True)
class PasswordCheck:
    """The answer to a username and a password, made before the database is locked."""

    username: str
    #: None when the username is unknown or the password wrong
    account: Account | None
    #: a hash with today's parameters, when the stored one is older
    new_hash: str | None = None


@dataclass(frozen=True, kw_only=True)
class OpenedSession:
    """A new session; the token goes into the cookie and is not kept."""

    id: str
    token: str
    csrf_token: str
    account: Account
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A session that holds, with its account."""

    id: str
    account: Account
    csrf_token: str
    expires_at: datetime
    #: when it ends if nothing more is asked
    idle_until: datetime
    #: True when the caller should write `touch` in a unit of work of its own
    is_touch_due: bool
    #: revision of the directory of organisations, read along
    revision: str


def check_password(session: Session, username: str, password: str, now: datetime) -> PasswordCheck:
    """Compare a password with the stored one; slow on purpose, so never in a unit of work.

    Raises AccountLocked without comparing while the username is locked.
    """
    name = normal_username(username)
    _refuse_locked(session, name, now)
    row = session.execute(account_query(AccountRow.password_hash).where(AccountRow.username == name)).first()
    stored = None if row is None else row.password_hash
    if not passwords.matches(password, stored) or row is None or stored is None:
        return PasswordCheck(username=name, account=None)
    new_hash = passwords.hash_password(password) if passwords.needs_rehash(stored) else None
    return PasswordCheck(username=name, account=account_of(row), new_hash=new_hash)


def sign_in(work: UnitOfWork, check: PasswordCheck, *, ip: str = "", agent: str = "") -> OpenedSession:
    """Open a session after `check_password`.

    Raises Unauthenticated for a wrong password or a disabled account, AccountLocked after too many. A wrong
    password is counted when the error leaves the unit of work: the count is written after its rollback.
    """
    failures = _refuse_locked(work.session, check.username, work.now)
    if check.account is None:
        work.after_rollback(lambda later: _count_failure(later, check.username))
        raise _wrong_password(MOST_FAILURES - failures - 1)
    row = row_of(work.session, check.account.id)
    if row.is_disabled:
        raise Unauthenticated(_("Tài khoản này đã bị vô hiệu hóa; hãy liên hệ quản trị hệ thống."))
    if check.new_hash is not None:
        row.password_hash = check.new_hash
    work.session.execute(delete(SignInFailure).where(SignInFailure.username == check.username))
    return _open(work, check.account, ip, agent)


def sign_out(work: UnitOfWork, token: str) -> None:
    """End the session of a token; nothing happens when there is none."""
    work.session.execute(delete(SignInSession).where(SignInSession.token_hash == digest(token)))


def session_for(session: Session, token: str, now: datetime) -> SignedIn | None:
    """Give the session of a token, None when it is unknown, idle too long, over, or the account disabled."""
    row = session.execute(_BY_TOKEN, {"token_hash": digest(token)}).first()
    if row is None or row.is_disabled or now >= row.expires_at or now >= row.last_seen_at + IDLE:
        return None
    return SignedIn(
        id=row.session_id,
        account=account_of(row),
        csrf_token=row.csrf_token,
        expires_at=row.expires_at,
        idle_until=min(now + IDLE, row.expires_at),
        is_touch_due=now - row.last_seen_at >= TOUCH_EVERY,
        revision=row.revision or "",
    )


def touch(work: UnitOfWork, session_id: str) -> None:
    """Write down that a session was used just now."""
    work.session.execute(
        update(SignInSession).where(SignInSession.id == session_id).values(last_seen_at=work.now)
    )


def sessions_of(session: Session, account_id: str, now: datetime) -> list[SignInSession]:
    """Give the sessions of an account that hold, the last used first."""
    query = select(SignInSession).where(
        SignInSession.account_id == account_id,
        SignInSession.expires_at > now,
        SignInSession.last_seen_at > now - IDLE,
    )
    return list(session.scalars(query.order_by(SignInSession.last_seen_at.desc())))


def end_session(work: UnitOfWork, session_id: str, *, account_id: str | None = None) -> None:
    """End one session (of one account if given); raises NotFound when it is not there."""
    query = delete(SignInSession).where(SignInSession.id == session_id)
    if account_id is not None:
        query = query.where(SignInSession.account_id == account_id)
    if work.session.execute(query.returning(SignInSession.id)).first() is None:
        raise NotFound(_("Phiên đăng nhập này đã kết thúc."), session=session_id)


def purge(work: UnitOfWork) -> None:
    """Delete sessions that are over and failures nobody needs; for the worker, now and then."""
    row = SignInSession
    over = (row.expires_at <= work.now) | (row.last_seen_at <= work.now - IDLE)
    work.session.execute(delete(row).where(over))
    _forget_failures(work)


def _open(work: UnitOfWork, account: Account, ip: str, agent: str) -> OpenedSession:
    token, csrf_token = secrets.token_urlsafe(_TOKEN_BYTES), secrets.token_urlsafe(_TOKEN_BYTES)
    expires_at = work.now + ABSOLUTE
    row = SignInSession(
        id=new_id(),
        token_hash=digest(token),
        account_id=account.id,
        csrf_token=csrf_token,
        created_at=work.now,
        last_seen_at=work.now,
        expires_at=expires_at,
        ip=ip[:45],
        agent=agent[:300],
    )
    work.session.add(row)
    work.session.flush()
    return OpenedSession(
        id=row.id, token=token, csrf_token=csrf_token, account=account, expires_at=expires_at
    )


def _refuse_locked(session: Session, username: str, now: datetime) -> int:
    """Give the wrong passwords in a row so far; raise AccountLocked when they are too many."""
    row = session.get(SignInFailure, username, populate_existing=True)
    if row is None or now - row.last_at >= LOCKED_FOR:
        return 0
    if row.locked_until is not None and now < row.locked_until:
        raise AccountLocked(
            _(
                "Tài khoản tạm khóa đến {until} do nhập sai mật khẩu {count} lần liên tiếp. "
                "Hãy thử lại sau hoặc liên hệ quản trị hệ thống.",
                until=format_moment(row.locked_until),
                count=row.failures,
            ),
            locked_until=row.locked_until.isoformat(),
        )
    return row.failures


def _wrong_password(left: int) -> Unauthenticated:
    if left <= 0:
        minutes = int(LOCKED_FOR.total_seconds() // 60)
        return AccountLocked(
            _(
                "Tên đăng nhập hoặc mật khẩu không đúng. "
                "Tài khoản tạm khóa {minutes} phút do nhập sai nhiều lần.",
                minutes=minutes,
            )
        )
    return Unauthenticated(
        _(
            "Tên đăng nhập hoặc mật khẩu không đúng. Còn {left} lần thử trước khi tài khoản tạm khóa.",
            left=left,
        ),
        left=left,
    )


def _count_failure(work: UnitOfWork, username: str) -> None:
    dialect = postgresql if work.session.get_bind().dialect.name == "postgresql" else sqlite
    row = SignInFailure
    failures = case((row.last_at <= work.now - LOCKED_FOR, 1), else_=row.failures + 1)
    first = dialect.insert(row).values(username=username, failures=1, last_at=work.now, locked_until=None)
    work.session.execute(
        first.on_conflict_do_update(
            index_elements=[row.username],
            set_={
                "failures": failures,
                "last_at": work.now,
                "locked_until": case((failures >= MOST_FAILURES, work.now + LOCKED_FOR), else_=None),
            },
        )
    )
    _forget_failures(work)


def _forget_failures(work: UnitOfWork) -> None:
    work.session.execute(
        delete(SignInFailure).where(SignInFailure.last_at < work.now - _FORGET_FAILURES_AFTER)
    )


# made once: making it takes longer than running it
_BY_TOKEN = (
    account_query(
        SignInSession.id.label("session_id"),
        SignInSession.csrf_token,
        SignInSession.last_seen_at,
        SignInSession.expires_at,
        revision_query().label("revision"),
    )
    .join(SignInSession, SignInSession.account_id == AccountRow.id)
    .where(SignInSession.token_hash == bindparam("token_hash", type_=String))
)
