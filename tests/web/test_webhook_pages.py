"""Pages of webhooks and accounts: secrets shown once, deliveries sent again, nobody locks himself out."""

import re

import pytest

from directives import accounts
from foundation import outbox
from tests.web.office import Browser, Office, office
from webhooks import dispatch

__all__ = ["office"]


@pytest.fixture
def admin(office: Office) -> Browser:
    return office.browser("admin")


@pytest.fixture
def endpoint(admin: Browser) -> str:
    """Give the address of the page of an endpoint of this machine."""
    form = {"url": "http://127.0.0.1:9/nhan", "events": ["task.*"], "description": "Trục liên thông"}
    text = admin.post("/webhooks/new", form).text
    return re.search(r"/webhooks/[0-9a-f]{32}", text).group()  # type: ignore[union-attr]  # it must be there


def happened(office: Office) -> None:
    with office.database.unit_of_work() as work:
        outbox.record(work, "task.assigned", subject="nv-1", data={"title": "Rà soát"})
        work.commit()
    dispatch.fan_out(office.database)


def test_without_endpoints_the_page_says_what_they_are_for(admin: Browser) -> None:
    assert "Chưa báo tin cho hệ thống nào" in admin.read("/webhooks")
    assert "Nhiệm vụ quá hạn" in admin.read("/webhooks/events")


def test_the_secret_is_shown_once(admin: Browser) -> None:
    form = {"url": "http://127.0.0.1:9/nhan", "events": ["task.*"]}
    answer = admin.post("/webhooks/new", form).text
    assert "whsec_" in answer
    path = re.search(r"/webhooks/[0-9a-f]{32}", answer).group()  # type: ignore[union-attr]  # it must be there
    assert "whsec_" not in admin.read(path)
    assert "whsec_" in admin.post(f"{path}/rotate").text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"url": "", "events": ["task.*"]}, "Hãy ghi địa chỉ nhận"),
        ({"url": "http://10.0.0.1/x", "events": ["task.*"]}, "địa chỉ nội bộ"),
        ({"url": "http://127.0.0.1:9/x", "events": []}, "Cần chọn ít nhất một loại sự kiện"),
        ({"url": "http://127.0.0.1:9/x", "events": ["tasks.nothing"]}, "Không có sự kiện"),
    ],
)
def test_an_endpoint_that_may_not_be_is_refused(admin: Browser, form: dict[str, object], words: str) -> None:
    answer = admin.post("/webhooks/new", form)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Chưa báo tin" in admin.read("/webhooks")


def test_the_log_opens_to_what_was_sent_and_sends_again(
    office: Office, admin: Browser, endpoint: str
) -> None:
    happened(office)
    log = admin.read(endpoint)
    assert "Nhiệm vụ đã được giao" in log
    delivery = re.search(rf"{endpoint}/deliveries/[0-9a-f]+", log).group()  # type: ignore[union-attr]
    shown = admin.read(delivery)
    assert "Rà soát" in shown
    assert "Chưa gửi lần nào" in shown
    assert "Đã xếp thông điệp" in admin.post(f"{delivery}/redeliver").text
    assert "Chưa có lượt gửi nào" in admin.read(f"{endpoint}?state=failed")


def test_switched_off_tested_and_removed(office: Office, admin: Browser, endpoint: str) -> None:
    assert "Đã xếp thông điệp thử" in admin.post(f"{endpoint}/ping").text
    assert "Điểm nhận đang ngừng" in admin.post(f"{endpoint}/disable").text
    assert admin.post(f"{endpoint}/ping").status_code == 422
    assert admin.post(f"{endpoint}/redeliver", {"since": "2024-02-01"}).status_code == 422
    admin.post(f"{endpoint}/enable")
    assert "để gửi lại" in admin.post(f"{endpoint}/redeliver", {"since": "2024-02-01"}).text
    assert admin.post(f"{endpoint}/redeliver", {"since": ""}).status_code == 422
    assert "Đã xóa điểm nhận" in admin.post(f"{endpoint}/remove").text
    assert admin.get(endpoint).status_code == 404


def test_an_endpoint_is_changed(admin: Browser, endpoint: str) -> None:
    assert 'value="task.*"' in admin.read(f"{endpoint}/edit")
    form = {"url": "http://127.0.0.1:9/moi", "events": ["report.*"], "description": "Mới"}
    assert "report.*" in admin.post(f"{endpoint}/edit", form).text
    assert admin.post(f"{endpoint}/edit", {**form, "url": "ftp://x"}).status_code == 422


def test_webhooks_and_accounts_are_closed_to_staff(office: Office, endpoint: str) -> None:
    head = office.browser("giam-doc")
    for path in ("/webhooks", endpoint, "/webhooks/new", "/accounts", "/accounts/new"):
        assert head.get(path).status_code == 403, path


def test_an_account_is_made_locked_and_unlocked(office: Office, admin: Browser) -> None:
    form = {"username": "thanh.tra", "password": "mật khẩu dài đủ 14", "language": "vi"}
    made = admin.post("/accounts/new", form)
    assert "Đã tạo tài khoản thanh.tra" in made.text
    path = made.request.path
    assert admin.post("/accounts/new", form).status_code == 422
    assert admin.post("/accounts/new", {**form, "username": "a", "password": "123"}).status_code == 422
    assert "Đã khóa" in admin.post(path, {"is_disabled": "1", "language": "vi"}).text
    assert "Đang dùng" in admin.post(path, {"language": "en"}).text
    assert "Đã đặt mật khẩu mới" in admin.post(f"{path}/password", {"password": "một câu khác rất dài"}).text
    assert admin.post(f"{path}/password", {"password": "x"}).status_code == 422


def test_an_administrator_does_not_lock_himself_out(office: Office, admin: Browser) -> None:
    path = f"/accounts/{office.place.accounts['admin']}"
    assert admin.post(path, {"is_admin": "1", "is_disabled": "1"}).status_code == 422
    assert admin.post(path, {}).status_code == 422


def test_a_key_is_shown_once_limited_and_revoked(office: Office, admin: Browser) -> None:
    path = f"/accounts/{office.place.accounts['chanh-vp']}"
    assert admin.post(f"{path}/keys", {"name": ""}).status_code == 422
    assert admin.post(f"{path}/keys", {"name": "X", "scopes": ["fly"]}).status_code == 422
    shown = admin.post(f"{path}/keys", {"name": "Trục", "scopes": ["documents.read"]}).text
    assert re.search(r"tiendo_[0-9a-f]{16}\.", shown)
    page = admin.read(path)
    assert not re.search(r"tiendo_[0-9a-f]{16}\.", page)
    assert "xem văn bản" in page
    key = re.search(r"/keys/([0-9a-f]+)/revoke", page).group(1)  # type: ignore[union-attr]  # it must be there
    assert "Đã thu hồi" in admin.post(f"{path}/keys/{key}/revoke").text


def test_a_role_is_granted_without_a_position(office: Office, admin: Browser) -> None:
    with office.database.unit_of_work() as work:
        machine = accounts.create(work, username="may-chu")
        work.commit()
    form = {"role": "inspector", "organisation": office.place.committee, "valid_from": "2024-02-05"}
    assert "Thanh tra" in admin.post(f"/accounts/{machine}/grants", form).text
    assert admin.post(f"/accounts/{machine}/grants", {**form, "role": "king"}).status_code == 422
