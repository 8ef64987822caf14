"""Passwords: the rule for new ones, and argon2id hashes (OWASP minimum: 19 MiB, 2 passes, 1 lane)."""

import os
import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from foundation.errors import Invalid
from foundation.texts import Text, _

#: fewest characters of a new password; no rule of composition
SHORTEST = 12
#: most characters, so that hashing stays cheap
LONGEST = 256
_COMMON = frozenset(
    {
        *(
            "123456789012",
            "1234567890123",
            "000000000000",
            "111111111111",
            "password1234",
            "passwordpassword",
        ),
        *("matkhau12345", "matkhau123456", "qwertyuiop12", "qwerty123456", "abcdefghijkl", "abc123456789"),
        *("administrator", "quantrihethong", "vietnam123456", "iloveyou1234", "asdfghjkl123", "1q2w3e4r5t6y"),
    }
)
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# each hash takes 19 MiB and a core; more at once would only wait for each other
_AT_ONCE = threading.BoundedSemaphore(os.cpu_count() or 1)


def check_rule(password: str, username: str = "") -> None:
    """Raise Invalid when a new password is too short, too long, well known or the username itself."""
    found = len(password)
    problem: Text | None = None
    if found < SHORTEST:
        problem = _("Mật khẩu phải có ít nhất {least} ký tự; hiện có {found}.", least=SHORTEST, found=found)
    elif found > LONGEST:
        problem = _("Mật khẩu không được dài quá {most} ký tự; hiện có {found}.", most=LONGEST, found=found)
    elif password.lower() in {*_COMMON, username.lower()} or len(set(password)) == 1:
        problem = _("Mật khẩu này quá dễ đoán; hãy chọn mật khẩu khác.")
    if problem is not None:
        raise Invalid(problem, fields={"password": problem})


def hash_password(password: str) -> str:
    """Give the argon2id hash of a password; about 30 ms and 19 MiB."""
    with _AT_ONCE:
        return _HASHER.hash(_normal(password))


def matches(password: str, password_hash: str | None) -> bool:
    """Tell whether a password fits a hash. Without a hash the same time is spent and the answer is no."""
    with _AT_ONCE:
        try:
            _HASHER.verify(password_hash or _no_hash(), _normal(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


@cache
def _no_hash() -> str:
    return _HASHER.hash(os.urandom(16))
