"""Secrets at rest."""

import base64

import pytest
from cryptography.fernet import Fernet

from foundation.errors import Invalid
from webhooks.secrets import SecretBox, SecretUnreadable, key_of, new_secret


def _key() -> str:
    return Fernet.generate_key().decode()


def test_a_sealed_secret_opens_for_its_row_and_for_no_other() -> None:
    box = SecretBox(_key())
    sealed = box.seal("whsec_abc", owner="row-1")

    assert box.open(sealed, owner="row-1") == "whsec_abc"
    assert b"abc" not in sealed
    with pytest.raises(SecretUnreadable):
        box.open(sealed, owner="row-2")


def test_after_a_change_of_key_the_old_one_still_opens_until_it_is_taken_away() -> None:
    old, new = _key(), _key()
    sealed = SecretBox(old).seal("whsec_abc", owner="row")

    assert SecretBox(new, old).open(sealed, owner="row") == "whsec_abc"
    with pytest.raises(SecretUnreadable, match="khóa hệ thống"):
        SecretBox(new).open(sealed, owner="row")


def test_a_key_that_is_none_is_refused() -> None:
    with pytest.raises(Invalid, match="32 byte"):
        SecretBox("mat-khau")


def test_a_new_secret_has_the_standard_form() -> None:
    assert len(key_of(new_secret())) == 32


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsk_" + base64.b64encode(bytes(32)).decode(),
        "whsec_" + base64.b64encode(bytes(23)).decode(),
    ],
)
def test_a_text_that_is_no_secret_is_refused(secret: str) -> None:
    with pytest.raises(Invalid, match="whsec_"):
        key_of(secret)
