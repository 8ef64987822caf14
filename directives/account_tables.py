"""Tables of accounts: who may sign in, their sessions, failed attempts, API keys and grants."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, Json, Moment


class AccountRow(Base):
    """Somebody or something that may sign in."""

    __tablename__ = "account"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: lower case
    username: Mapped[str] = mapped_column(String(100), unique=True)
    #: argon2id; null: signs in elsewhere or by API key only
    password_hash: Mapped[str | None] = mapped_column(String(200))
    #: null for machines
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    is_admin: Mapped[bool] = mapped_column(Boolean, default=False)
    language: Mapped[str] = mapped_column(String(8), default="vi")
    is_disabled: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)


class AccountGrant(Base):
    """A role given to an account without a position: machines, inspectors from outside."""

    __tablename__ = "account_grant"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(40), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(Date)
    #: last day, null: until taken away
    valid_to: Mapped[date | None] = mapped_column(Date)


class SignInSession(Base):
    """One browser that is signed in; the token itself is only in its cookie."""

    __tablename__ = "sign_in_session"
    __table_args__ = (Index("ix_sign_in_session_account_id", "account_id", "expires_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: SHA-256 of the token, hexadecimal
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    #: exact to a minute
    last_seen_at: Mapped[datetime] = mapped_column(Moment)
    #: when it ends whatever happens
    expires_at: Mapped[datetime] = mapped_column(Moment)
    ip: Mapped[str] = mapped_column(String(45), default="")
    agent: Mapped[str] = mapped_column(String(300), default="")


class SignInFailure(Base):
    """Wrong passwords for a username in a row, whether the account exists or not."""

    __tablename__ = "sign_in_failure"

    username: Mapped[str] = mapped_column(String(100), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(Moment, index=True)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)


class ApiKeyRow(Base):
    """A key with which a program acts as an account; the secret was shown once."""

    __tablename__ = "api_key"

    #: the public part of the key
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    #: SHA-256 of the secret, hexadecimal; a random secret needs no slow hash
    secret_hash: Mapped[str] = mapped_column(String(64))
    #: rights it is limited to; empty: all of the account
    scopes: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    #: exact to a minute
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)
