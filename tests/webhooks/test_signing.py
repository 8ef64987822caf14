"""Signatures, checked by the reference implementation where it can tell."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from foundation.clock import SystemClock
from webhooks.secrets import new_secret
from webhooks.signing import BadSignature, sign, verify

MOMENT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
BODY = '{"type":"task.overdue","data":{"title":"Báo cáo quý"}}'.encode()


def test_the_reference_library_accepts_our_signature() -> None:
    secret = new_secret()

    headers = sign([secret], "msg_1", SystemClock().now(), BODY)

    assert Webhook(secret).verify(BODY, headers)["type"] == "task.overdue"


def test_during_a_rotation_receivers_with_either_secret_accept() -> None:
    new, old = new_secret(), new_secret()

    headers = sign([new, old], "msg_1", SystemClock().now(), BODY)

    assert Webhook(new).verify(BODY, headers)
    assert Webhook(old).verify(BODY, headers)


def test_we_accept_what_the_reference_library_signs() -> None:
    secret = new_secret()
    signature = Webhook(secret).sign("msg_7", MOMENT, BODY.decode())
    headers = {
        "Webhook-Id": "msg_7",
        "Webhook-Timestamp": str(int(MOMENT.timestamp())),
        "Webhook-Signature": f"v1a,AAAA {signature}",
    }

    assert verify([new_secret(), secret], headers, BODY, moment=MOMENT) == "msg_7"


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_of_difference_are_accepted(seconds: int) -> None:
    secret = new_secret()
    headers = sign([secret], "msg_1", MOMENT, BODY)

    assert verify([secret], headers, BODY, moment=MOMENT + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-301, 301])
def test_more_than_five_minutes_are_refused(seconds: int) -> None:
    secret = new_secret()
    headers = sign([secret], "msg_1", MOMENT, BODY)

    with pytest.raises(BadSignature, match="lệch 301 giây"):
        verify([secret], headers, BODY, moment=MOMENT + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("webhook-id", "msg_2"),
        ("webhook-id", ""),
        ("webhook-timestamp", str(int(MOMENT.timestamp()) + 1)),
        ("webhook-timestamp", "hôm nay"),
        ("webhook-timestamp", "9" * 400),
        ("webhook-signature", ""),
        ("webhook-signature", "v1,"),
        ("webhook-signature", "v1,không-phải-base64"),
    ],
)
def test_a_changed_header_is_refused(header: str, value: str) -> None:
    secret = new_secret()
    headers = {**sign([secret], "msg_1", MOMENT, BODY), header: value}

    with pytest.raises(BadSignature):
        verify([secret], headers, BODY, moment=MOMENT)


def test_a_changed_body_or_another_secret_is_refused() -> None:
    secret = new_secret()
    headers = sign([secret], "msg_1", MOMENT, BODY)

    with pytest.raises(BadSignature):
        verify([secret], headers, BODY + b" ", moment=MOMENT)
    with pytest.raises(BadSignature):
        verify([new_secret()], headers, BODY, moment=MOMENT)
