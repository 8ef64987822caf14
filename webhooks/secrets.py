"""Signing secrets: made here, sealed at rest, two at a time while they are being exchanged.

Source of the rules: Standard Webhooks ("whsec_" + base64 of 24–64 random bytes; zero-downtime rotation).
"""

import base64
import binascii
import os
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Moment
from foundation.errors import Conflict, Invalid
from foundation.texts import _

#: how long the old secret signs and verifies beside the new one
OVERLAP = timedelta(hours=24)
_PREFIX = "whsec_"
_RANDOM_BYTES = 32


class SecretUnreadable(Conflict):
    """Không mở được khóa ký đã lưu; hãy kiểm tra khóa hệ thống hoặc tạo khóa ký mới."""

    code = "secret_unreadable"


class SecretBox:
    """Seals texts with a key of the installation; the first key seals, all of them open."""

    def __init__(self, *keys: str) -> None:
        """Take Fernet keys (44 characters of URL-safe base64), newest first; Invalid when one is none."""
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except (ValueError, TypeError, binascii.Error) as error:
            raise Invalid(_("Khóa hệ thống phải là 32 byte mã hóa base64 (44 ký tự).")) from error

    def seal(self, text: str, *, owner: str) -> bytes:
        """Encrypt a text for the row `owner`: sealed bytes moved to another row do not open there."""
        return self._fernet.encrypt(f"{owner}\n{text}".encode())

    def open(self, sealed: bytes, *, owner: str) -> str:
        """Give the text back; SecretUnreadable when the key or the row is another one."""
        try:
            sealed_for, _newline, text = self._fernet.decrypt(sealed).decode().partition("\n")
        except InvalidToken as error:
            raise SecretUnreadable(owner=owner) from error
        if sealed_for != owner:
            raise SecretUnreadable(owner=owner)
        return text


class SigningSecrets:
    """The columns of a row that signs or verifies: the secret, and the one before it during an exchange."""

    #: row id; the sealed texts are bound to it
    id: Mapped[str]
    #: the secret in use, sealed
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: the secret before it, sealed; null when there is none
    previous_secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: until when the previous secret counts (UTC)
    previous_secret_until: Mapped[datetime | None] = mapped_column(Moment)


def new_secret() -> str:
    """Make a signing secret: `whsec_` and 32 random bytes in base64."""
    return _PREFIX + base64.b64encode(os.urandom(_RANDOM_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """Give the bytes to sign with; Invalid unless the text is `whsec_` and 24 to 64 bytes in base64."""
    try:
        key = (
            base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
            if secret.startswith(_PREFIX)
            else b""
        )
    except binascii.Error:
        key = b""
    if not 24 <= len(key) <= 64:  # noqa: PLR2004  bounds of the specification
        text = _("Khóa ký phải bắt đầu bằng “whsec_” và chứa 24 đến 64 byte mã hóa base64.")
        raise Invalid(text, fields={"secret": text})
    return key


def rotate(row: SigningSecrets, box: SecretBox, now: datetime) -> str:
    """Give the row a new secret; the old one keeps counting for `OVERLAP`. The new one is shown once."""
    secret = new_secret()
    row.previous_secret_sealed = row.secret_sealed
    row.previous_secret_until = now + OVERLAP
    row.secret_sealed = box.seal(secret, owner=row.id)
    return secret


def usable(row: SigningSecrets, box: SecretBox, now: datetime) -> tuple[str, ...]:
    """Give the secrets that count at a moment, the newest first."""
    secrets = [box.open(row.secret_sealed, owner=row.id)]
    until = row.previous_secret_until
    if row.previous_secret_sealed is not None and until is not None and now < until:
        secrets.append(box.open(row.previous_secret_sealed, owner=row.id))
    return tuple(secrets)
