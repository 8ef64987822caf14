"""Signing in and out, in the browser of somebody who types."""

from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from directives import accounts
from tests.web.desk import Desk

PASSWORD = "mật khẩu của Long 2024"


@pytest.fixture
def door(desk: Desk) -> Desk:
    with desk.stage.database.unit_of_work() as work:
        accounts.set_password(work, desk.stage.cast.accounts["qlkh.cv"], PASSWORD)
        work.commit()
    return desk


def sign_in(desk: Desk, password: str, **more: str) -> TestResponse:
    client = desk.app.test_client()
    return client.post("/sign-in", data={"username": "qlkh.cv", "password": password, **more})


def test_who_gives_the_right_password_comes_to_the_page_they_wanted(door: Desk) -> None:
    answer = sign_in(door, PASSWORD, next="/documents?q=463")
    assert answer.headers["Location"] == "/documents?q=463"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_wrong_password_is_refused_and_the_username_stays_typed(door: Desk) -> None:
    answer = sign_in(door, "không phải mật khẩu này")
    assert answer.status_code == 401
    assert 'value="qlkh.cv"' in answer.text
    assert "Còn 4 lần thử" in answer.text


def test_five_wrong_passwords_lock_the_account_for_a_while(door: Desk) -> None:
    for _attempt in range(5):
        sign_in(door, "không phải mật khẩu này")
    locked = sign_in(door, PASSWORD)
    assert locked.status_code == 401
    assert "tạm khóa đến" in locked.text
    door.stage.clock.advance(timedelta(minutes=16))
    assert sign_in(door, PASSWORD).status_code == 302


@pytest.mark.parametrize(
    "target", ["https://elsewhere.vn/", "//elsewhere.vn", "/\\elsewhere.vn", "javascript:1"]
)
def test_nobody_is_led_to_another_site_after_signing_in(door: Desk, target: str) -> None:
    assert sign_in(door, PASSWORD, next=target).headers["Location"] == "/"


def test_signing_out_ends_the_session_everywhere(door: Desk) -> None:
    browser = door.browser("qlkh.cv")
    browser.post("/sign-out")
    assert browser.get("/").headers["Location"].startswith("/sign-in")


def test_the_language_is_kept_with_the_account(door: Desk) -> None:
    browser = door.browser("qlkh.cv")
    browser.post("/language", {"language": "en"})
    assert '<html lang="en"' in browser.read("/")
    other = door.browser("qlkh.truong").read("/")
    assert '<html lang="vi"' in other
