"""Standard Webhooks signatures: `webhook-id`, `webhook-timestamp`, `webhook-signature` (scheme `v1`).

The signed text is `id.timestamp.body`. The timestamp is the moment of the attempt on the machine's own
clock, never a rehearsal's: it protects against replay and is compared with the receiver's clock.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from foundation.errors import Unauthenticated
from foundation.texts import _
from webhooks.secrets import key_of

#: how far the sender's clock may be from ours
TOLERANCE = timedelta(seconds=300)
_ID, _TIMESTAMP, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


class BadSignature(Unauthenticated):
    """Chữ ký của thông điệp không hợp lệ."""

    code = "bad_signature"


def sign(secrets: Iterable[str], message_id: str, moment: datetime, body: bytes) -> dict[str, str]:
    """Give the three headers of a message; one signature per secret, so that rotation needs no pause."""
    timestamp = str(int(moment.timestamp()))
    signatures = (_v1(secret, message_id, timestamp, body) for secret in secrets)
    return {
        _ID: message_id,
        _TIMESTAMP: timestamp,
        _SIGNATURE: " ".join(f"v1,{base64.b64encode(signature).decode()}" for signature in signatures),
    }


def verify(secrets: Iterable[str], headers: Mapping[str, str], body: bytes, *, moment: datetime) -> str:
    """Give the `webhook-id` of a message whose signature and timestamp hold.

    Raises BadSignature when a header is missing, the timestamp is more than `TOLERANCE` from `moment`, or
    no signature fits any secret. Comparison takes constant time.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    message_id, timestamp, given = (lower.get(name, "") for name in (_ID, _TIMESTAMP, _SIGNATURE))
    if not (message_id and timestamp and given):
        raise BadSignature(_("Thiếu một trong các tiêu đề webhook-id, webhook-timestamp, webhook-signature."))
    _check_age(timestamp, moment)
    candidates = [_bytes_of(part) for part in given.split(" ")]
    expected = [_v1(secret, message_id, timestamp, body) for secret in secrets]
    matches = [hmac.compare_digest(one, other) for one in expected for other in candidates]
    if not any(matches):
        raise BadSignature
    return message_id


def _v1(secret: str, message_id: str, timestamp: str, body: bytes) -> bytes:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return hmac.new(key_of(secret), signed, hashlib.sha256).digest()


def _check_age(timestamp: str, moment: datetime) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):  # noqa: PLR2004  year 33658
        raise BadSignature(
            _("Tiêu đề webhook-timestamp phải là số giây Unix; nhận được “{found}”.", found=timestamp[:40])
        )
    seconds = abs(int(timestamp) - moment.timestamp())
    if seconds > TOLERANCE.total_seconds():
        text = _(
            "Thời điểm gửi lệch {seconds} giây so với đồng hồ máy chủ; tối đa 300 giây.", seconds=int(seconds)
        )
        raise BadSignature(text)


def _bytes_of(signature: str) -> bytes:
    version, _comma, encoded = signature.partition(",")
    if version != "v1":
        return b""
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        return b""
