"""Pages of decision tables: list, table, try-out, versions, differences, drafts, review and publishing."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

import web
from tests.web.office import Browser, Office, office

__all__ = ["office"]

STARTERS = Path(web.__file__).parent / "starters"


def table(name: str = "Thời hạn", key: str = "thoi-han", starter: str = "table") -> bytes:
    content = (STARTERS / f"{starter}.dmn").read_bytes()
    return content.replace(b"DECISION_KEY", key.encode()).replace(b"DECISION_NAME", name.encode())


def faster(content: bytes) -> bytes:
    """The same table with 2 days for urgent documents instead of 3."""
    return content.replace(b"<text>3</text>", b"<text>2</text>")


@pytest.fixture
def admin(office: Office) -> Browser:
    return office.browser("admin")


@pytest.fixture
def published(office: Office) -> Office:
    office.deploy(**{"thoi-han__dmn": table()})
    return office


def send(admin: Browser, act: str, content: bytes, etag: str = '"0"') -> Any:
    headers = {"If-Match": etag, "X-CSRF-Token": admin.csrf_token}
    path = f"/decisions/thoi-han/{act}"
    return admin.post(path, content, headers=headers, content_type="application/xml")


def test_an_empty_list_says_what_a_table_is_for(admin: Browser) -> None:
    text = admin.read("/decisions")
    assert "Chưa có bảng quyết định nào" in text
    assert "Lập bảng mới" in text


def test_the_list_says_which_processes_ask_a_table(office: Office, admin: Browser) -> None:
    office.deploy_shipped()
    text = admin.read("/decisions")
    assert "Thang nhắc việc, báo chậm" in text
    assert "Thực hiện nhiệm vụ được giao" in text


def test_a_shipped_table_can_be_read_as_a_table(office: Office, admin: Browser) -> None:
    office.deploy_shipped()
    text = admin.read("/decisions/escalation-ladder")
    assert "Cách chọn: lấy mọi luật khớp" in text
    assert "Còn 7 ngày làm việc: nhắc người thực hiện" in text
    assert "phiên bản 1" in text.lower()


def test_a_try_out_offers_the_allowed_values_and_marks_the_matched_rule(
    published: Office, admin: Browser
) -> None:
    page = admin.read("/decisions/thoi-han")
    assert '<option value="hỏa tốc">' in page
    answer = admin.post("/decisions/thoi-han/versions/1/try", {"in:do_khan": "khẩn"}).text
    assert "Theo luật 2 của bảng." in answer
    assert '<tr class="is-matched" data-rule="2">' in answer
    assert "<output><code>3</code></output>" in answer


def test_a_try_out_keeps_what_was_typed_wrongly_and_says_what_is_wanted(
    office: Office, admin: Browser
) -> None:
    office.deploy(tra__dmn=table(key="tra", starter="expression"))
    answer = admin.post("/decisions/tra/versions/1/try", {"in:ngay_den": "mai"}).text
    assert "“ngay_den” cần một ngày, ví dụ 2024-02-05; nhận được “mai”." in answer
    assert 'value="mai"' in answer


def test_a_try_out_computes_what_is_required_and_shows_it(office: Office, admin: Browser) -> None:
    office.deploy(han__dmn=table(key="han", starter="two-steps"))
    given = {"in:ngay_den": "2024-02-07", "in:do_khan": "hỏa tốc"}
    answer = admin.post("/decisions/han/versions/1/try", given).text
    assert "<code>2024-02-15</code>" in answer
    assert "so_ngay: <code>1</code>" in answer


def test_a_case_without_a_rule_is_said_with_its_place(published: Office, admin: Browser) -> None:
    answer = admin.post("/decisions/thoi-han/versions/1/try", {}).text
    assert "Không có kết quả (null)." in answer
    assert "Lưu ý khi tính" in answer


def test_a_new_table_begins_as_a_draft_and_cannot_take_a_key_twice(published: Office, admin: Browser) -> None:
    made = admin.post("/decisions/new", {"name": "Mức chi", "key": "muc-chi", "starter": "table"})
    assert made.request.path == "/decisions/muc-chi/edit"
    assert 'name="Mức chi"' in admin.read("/decisions/muc-chi/draft.dmn")
    assert "Bảng này chưa ban hành" in admin.read("/decisions/muc-chi")
    taken = admin.post("/decisions/new", {"name": "Khác", "key": "thoi-han", "starter": "table"})
    assert taken.status_code == 422
    assert "đã có quyết định khác dùng" in taken.text


def test_a_file_from_elsewhere_becomes_the_draft_of_the_table_it_holds(
    published: Office, admin: Browser
) -> None:
    upload = {"file": (BytesIO(faster(table())), "ban moi.dmn")}
    answer = admin.post("/decisions/import", upload, content_type="multipart/form-data")
    assert answer.request.path == "/decisions/thoi-han/edit"
    refused = admin.post(
        "/decisions/import", {"file": (BytesIO(b"<x/>"), "x.dmn")}, content_type="multipart/form-data"
    )
    assert refused.status_code == 422


def test_publishing_goes_by_review_and_says_what_changes_in_words(published: Office, admin: Browser) -> None:
    assert send(admin, "publish", faster(table())).json["location"] == "/decisions/thoi-han/review"
    review = admin.read("/decisions/thoi-han/review")
    assert "luật 2" in review
    assert "<del>3</del>" in review
    assert "<ins>2</ins>" in review
    assert admin.post("/decisions/thoi-han/review", {"note": "", "revision": "1"}).status_code == 422
    shown = admin.post("/decisions/thoi-han/review", {"note": "Quy chế mới", "revision": "1"}).text
    assert "Phiên bản 2" in shown
    assert "Quy chế mới" in admin.read("/decisions/thoi-han/versions")
    assert "<ins>2</ins>" in admin.read("/decisions/thoi-han/differences?from=1&to=2")


def test_an_older_version_becomes_the_draft_again(published: Office, admin: Browser) -> None:
    published.deploy(**{"thoi-han__dmn": faster(table())})
    answer = admin.post("/decisions/thoi-han/versions/1/draft")
    assert answer.request.path == "/decisions/thoi-han/review"
    assert "<ins>3</ins>" in answer.text
    assert admin.get("/decisions/thoi-han/versions/1/model.dmn").data == table()


def test_whoever_saves_second_overwrites_nothing_and_keeps_a_copy(published: Office, admin: Browser) -> None:
    assert send(admin, "draft", faster(table())).headers["ETag"] == '"1"'
    assert send(admin, "draft", table("Khác")).status_code == 412
    assert send(admin, "copies", table("Khác")).json["location"] == "/decisions/thoi-han/copies"
    assert "người khác đã lưu trước" in admin.read("/decisions/thoi-han/copies")


def test_lint_says_the_cell_in_words(published: Office, admin: Browser) -> None:
    broken = table().replace('<text>"khẩn"</text>'.encode(), '<text>"khẩn</text>'.encode())
    found = send(admin, "lint", broken).json["findings"]
    assert [(one["element_name"], one["severity"]) for one in found] == [("luật 2, cột “Độ khẩn”", "error")]
    assert send(admin, "publish", broken).status_code == 422


def test_a_decision_that_is_no_longer_there_is_not_lost_in_silence(published: Office, admin: Browser) -> None:
    renamed = table().replace(b'<decision id="thoi-han"', b'<decision id="han-moi"')
    found = send(admin, "lint", renamed).json["findings"]
    assert "decision.key-gone" in [one["rule"] for one in found]


def test_the_draft_is_tried_as_it_is_being_edited(published: Office, admin: Browser) -> None:
    given = {"xml": faster(table()).decode(), "decision": "thoi-han", "in:do_khan": "khẩn", "ask": "1"}
    answer = admin.post("/decisions/thoi-han/try", given).text
    assert 'data-trial-matched="thoi-han=2;"' in answer
    assert "<code>2</code>" in answer
    assert "Cần phần tử" in admin.post("/decisions/thoi-han/try", {"xml": "<x/>"}).text


def test_four_eyes_hold_for_tables_too(published: Office, admin: Browser) -> None:
    object.__setattr__(published.runtime, "four_eyes", True)
    send(admin, "draft", faster(table()))
    refused = admin.post("/decisions/thoi-han/review", {"note": "Tự duyệt", "revision": "1"})
    assert refused.status_code == 422
    assert "người thứ hai" in refused.text


def test_staff_read_and_do_not_edit(published: Office) -> None:
    clerk = published.browser("van-thu")
    assert "Thời hạn" in clerk.read("/decisions/thoi-han")
    assert clerk.get("/decisions/thoi-han/edit").status_code == 403
    assert clerk.get("/decisions/new").status_code == 403
