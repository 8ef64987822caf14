"""Accounts: who may sign in, as which person, with which granted roles.

Signing in with a password is `directives.sign_in`; keys for programs are `directives.api_keys`.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from directives import passwords
from directives.account_tables import AccountGrant, AccountRow, SignInFailure, SignInSession
from directives.people_tables import PersonRow
from directives.roles import ROLES
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id
from foundation.texts import LANGUAGES, _


@dataclass(frozen=True, kw_only=True)
class Account:
    """Somebody or something that may sign in."""

    id: str
    username: str
    #: the person's name, or the username of a machine
    name: str
    person_id: str | None
    is_admin: bool
    language: str
    is_disabled: bool


def create(
    work: UnitOfWork,
    *,
    username: str,
    password: str | None = None,
    person_id: str | None = None,
    is_admin: bool = False,
    language: str = "vi",
) -> str:
    """Create an account; give its id. Without a password it acts by API keys only.

    Raises Invalid for a bad username, password or language, Conflict when the username is taken.
    """
    name = normal_username(username)
    if not name or any(c.isspace() for c in name):
        raise Invalid(fields={"username": _("Tên đăng nhập không được để trống và không có khoảng trắng.")})
    _require_language(language)
    if work.session.scalar(select(AccountRow.id).where(AccountRow.username == name)) is not None:
        raise Conflict(_("Tên đăng nhập “{username}” đã có người dùng.", username=name), field="username")
    if password is not None:
        passwords.check_rule(password, name)
    row = AccountRow(
        id=new_id(),
        username=name,
        password_hash=None if password is None else passwords.hash_password(password),
        person_id=person_id,
        is_admin=is_admin,
        language=language,
        is_disabled=False,
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row.id


def change(
    work: UnitOfWork,
    account_id: str,
    *,
    is_admin: bool | None = None,
    language: str | None = None,
    is_disabled: bool | None = None,
) -> None:
    """Change what is given about an account; disabling ends its sessions at once. Raises NotFound."""
    row = row_of(work.session, account_id)
    if language is not None:
        _require_language(language)
        row.language = language
    row.is_admin = row.is_admin if is_admin is None else is_admin
    row.is_disabled = row.is_disabled if is_disabled is None else is_disabled
    work.session.flush()
    if is_disabled:
        end_sessions(work, account_id)


def set_password(
    work: UnitOfWork, account_id: str, password: str, *, keep_session_id: str | None = None
) -> None:
    """Give an account another password; its sessions end, save the one that asks. Unlocks the username."""
    row = row_of(work.session, account_id)
    passwords.check_rule(password, row.username)
    row.password_hash = passwords.hash_password(password)
    work.session.execute(delete(SignInFailure).where(SignInFailure.username == row.username))
    end_sessions(work, account_id, keep_session_id=keep_session_id)


def grant(
    work: UnitOfWork,
    account_id: str,
    role: str,
    organisation_id: str,
    *,
    valid_from: date,
    valid_to: date | None = None,
) -> None:
    """Give an account a role without a position (machines, inspectors from outside)."""
    row_of(work.session, account_id)
    if role not in ROLES:
        raise Invalid(fields={"role": _("Vai trò “{role}” chưa có.", role=role)})
    work.session.merge(
        AccountGrant(
            account_id=account_id,
            role=role,
            organisation_id=organisation_id,
            valid_from=valid_from,
            valid_to=valid_to,
        )
    )
    work.session.flush()


def by_username(session: Session, username: str) -> Account:
    """Give the account of a username; raises NotFound."""
    row = session.execute(account_query().where(AccountRow.username == normal_username(username))).first()
    if row is None:
        raise NotFound(_("Không có tài khoản “{username}”.", username=username), username=username)
    return account_of(row)


def get(session: Session, account_id: str) -> Account:
    """Give an account; raises NotFound."""
    row = session.execute(account_query().where(AccountRow.id == account_id)).first()
    if row is None:
        raise NotFound(_("Không tìm thấy tài khoản này."), account=account_id)
    return account_of(row)


def listing(session: Session) -> list[Account]:
    """Give all accounts by username."""
    return [account_of(row) for row in session.execute(account_query().order_by(AccountRow.username))]


def end_sessions(work: UnitOfWork, account_id: str, *, keep_session_id: str | None = None) -> None:
    """End all sessions of an account, save one if given."""
    query = delete(SignInSession).where(SignInSession.account_id == account_id)
    if keep_session_id is not None:
        query = query.where(SignInSession.id != keep_session_id)
    work.session.execute(query)


def digest(secret: str) -> str:
    """Give the SHA-256 of a random secret, hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def account_of(row: Any) -> Account:
    """Make an account of a row of `account_query`."""
    return Account(
        id=row.account_id,
        username=row.username,
        name=row.full_name or row.username,
        person_id=row.person_id,
        is_admin=row.is_admin,
        language=row.language,
        is_disabled=row.is_disabled,
    )


def account_query(*more: Any) -> Select[*tuple[Any, ...]]:
    """Give the query of accounts with their people, and more columns; `account_of` reads its rows."""
    return (
        select(
            AccountRow.id.label("account_id"),
            AccountRow.username,
            AccountRow.person_id,
            AccountRow.is_admin,
            AccountRow.language,
            AccountRow.is_disabled,
            PersonRow.full_name,
            *more,
        )
        .select_from(AccountRow)
        .join(PersonRow, PersonRow.id == AccountRow.person_id, isouter=True)
    )


def normal_username(username: str) -> str:
    """Give the form of a username that is stored and compared."""
    return username.strip().lower()[:100]


def _require_language(language: str) -> None:
    if language not in LANGUAGES:
        raise Invalid(
            fields={"language": _("Ngôn ngữ phải là một trong: {known}.", known=", ".join(LANGUAGES))}
        )


def row_of(session: Session, account_id: str) -> AccountRow:
    """Give the row of an account to change; raises NotFound."""
    row = session.get(AccountRow, account_id)
    if row is None:
        raise NotFound(_("Không tìm thấy tài khoản này."), account=account_id)
    return row
