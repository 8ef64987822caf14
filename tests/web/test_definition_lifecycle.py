"""Review, effective dates, retirement, copies and bundles on the pages of processes."""

from io import BytesIO
from typing import Any

import pytest

from directives import accounts
from engine import instances, reviews
from engine.lifecycle_tables import Kind
from tests.web.office import Browser, Office, office
from tests.web.test_definition_pages import diagram, save

__all__ = ["office"]


@pytest.fixture
def admin(office: Office) -> Browser:
    office.deploy(duyet__bpmn=diagram())
    return office.browser("admin")


@pytest.fixture
def second(office: Office) -> Browser:
    with office.database.unit_of_work() as work:
        office.place.accounts["quan-tri-2"] = accounts.create(work, username="quan-tri-2", is_admin=True)
        work.commit()
    return office.browser("quan-tri-2")


def act(who: Browser, path: str, **values: Any) -> Any:
    return who.post(f"/definitions/duyet/{path}", {"revision": "1", **values})


def test_with_four_eyes_the_second_person_approves_and_publishes(admin: Browser, second: Browser) -> None:
    act(admin, "four-eyes", four_eyes="yes")
    save(admin, diagram("Mới"))
    page = admin.read("/definitions/duyet/review")
    assert "Chờ người thứ hai duyệt" in page
    assert "Đã gửi duyệt" in act(admin, "review/send", remark="Nhờ anh xem giúp").text
    refused = act(admin, "review/approve")
    assert (refused.status_code, "sửa bản nháp lần cuối" in refused.text) == (422, True)
    page = second.read("/definitions/duyet/review")
    assert "Nhờ anh xem giúp" in page
    act(second, "review/approve")
    assert "cần một người khác ban hành" in admin.read("/definitions/duyet/review")
    assert act(admin, "review", note="Lý do").status_code == 422
    assert "Phiên bản 2" in act(second, "review", note="Lý do").text


def test_a_draft_is_returned_with_what_has_to_be_changed(admin: Browser, second: Browser) -> None:
    save(admin, diagram("Mới"))
    act(admin, "review/send")
    refused = act(second, "review/return")
    assert "cần sửa những gì" in refused.text
    act(second, "review/return", remark="Thiếu bước lấy ý kiến")
    page = admin.read("/definitions/duyet/review")
    assert "Thiếu bước lấy ý kiến" in page
    assert "Gửi duyệt" in page


def test_a_version_takes_effect_at_the_moment_that_was_typed_in_ha_noi(
    office: Office, admin: Browser
) -> None:
    save(admin, diagram("Mới"))
    page = act(admin, "review", note="Từ tháng 3", effective_at="2024-03-01T00:00").text
    assert "Có hiệu lực từ 00:00 01/03/2024" in page.replace(", ngày", "") or "01/03/2024" in page
    assert "đang áp dụng phiên bản 1" in admin.read("/definitions/duyet/versions")
    assert "Chờ hiệu lực" in admin.read("/definitions")
    refused = act(admin, "versions/2/withdraw", reason="")
    assert refused.status_code == 422
    act(admin, "versions/2/withdraw", reason="Hoãn")
    page = admin.read("/definitions/duyet/versions")
    assert "Đã rút lại trước ngày có hiệu lực" in page
    assert "Hoãn" in page


def test_a_moment_that_is_over_is_refused_where_it_was_typed(admin: Browser) -> None:
    save(admin, diagram("Mới"))
    answer = act(admin, "review", note="Lý do", effective_at="2024-02-01T00:00")
    assert answer.status_code == 422
    assert "đã qua" in answer.text
    assert 'value="2024-02-01T00:00"' in answer.text


def test_a_process_is_retired_and_brought_back(office: Office, admin: Browser) -> None:
    with office.database.unit_of_work() as work:
        instances.start(work, "duyet", {"organisation": "x"})
        work.commit()
    assert "Đã ngừng áp dụng" in act(admin, "retire", reason="Thay bằng quy trình khác").text
    page = admin.read("/definitions/duyet")
    assert "Quy trình đã ngừng áp dụng từ" in page
    assert "Ngừng áp dụng" in admin.read("/definitions")
    act(admin, "reinstate", reason="Dùng lại")
    assert "đang áp dụng phiên bản 1" in admin.read("/definitions/duyet/versions")


def test_an_older_version_becomes_the_draft_and_the_draft_a_copy(office: Office, admin: Browser) -> None:
    office.deploy(duyet__bpmn=diagram("Hai"))
    save(admin, diagram("Nháp"))
    assert "bản nháp trước được giữ lại" in act(admin, "versions/1/draft").text
    assert admin.get("/definitions/duyet/draft.bpmn").data == diagram()
    copies = admin.read("/definitions/duyet/copies")
    assert "bị thay bằng bản khác" in copies


def test_a_dropped_draft_is_taken_back(admin: Browser) -> None:
    save(admin, diagram("Nháp"))
    page = act(admin, "discard").text
    path = page.split("/definitions/duyet/copies/")[1].split("/restore")[0]
    act(admin, f"copies/{path}/restore")
    assert admin.get("/definitions/duyet/draft.bpmn").data == diagram("Nháp")


def test_whoever_saves_second_is_told_who_and_keeps_a_copy(admin: Browser, second: Browser) -> None:
    save(second, diagram("Một"))
    answer = save(admin, diagram("Hai"))
    assert answer.status_code == 412
    assert "quan-tri-2 đã lưu bản nháp này lúc 05/02/2024 08:00" in answer.json["detail"]
    kept = save(admin, diagram("Hai"), path="/definitions/duyet/copies")
    assert kept.json["location"] == "/definitions/duyet/copies"
    assert "người khác đã lưu trước" in admin.read("/definitions/duyet/copies")


def test_staff_see_the_versions_and_change_nothing(office: Office, admin: Browser) -> None:
    clerk = office.browser("van-thu")
    page = clerk.read("/definitions/duyet/versions")
    assert "Ngừng áp dụng" not in page
    for path in ("retire", "versions/1/retire", "versions/1/draft", "four-eyes", "review/approve"):
        assert act(clerk, path, reason="x").status_code == 403, path


def test_a_bundle_is_exported_looked_at_and_imported(office: Office, admin: Browser) -> None:
    content = admin.get("/definitions/bundle/export?process=duyet").data
    office.deploy(duyet__bpmn=diagram("Hai"))

    def send(path: str, **values: str) -> Any:
        data = {"file": (BytesIO(content), "goi.zip"), **values}
        return admin.post(path, data, content_type="multipart/form-data")

    seen = send("/definitions/bundle/preview").text
    assert "thay phiên bản 2" in seen
    sha256 = seen.split('name="sha256" value="')[1].split('"')[0]
    assert send("/definitions/bundle", target="draft", sha256="other").status_code == 422
    assert "1 bản nháp" in send("/definitions/bundle", target="draft", sha256=sha256).text
    assert admin.get("/definitions/duyet/draft.bpmn").data == diagram()


def test_what_is_no_bundle_is_refused_where_it_was_chosen(admin: Browser) -> None:
    data = {"file": (BytesIO(b"x"), "goi.zip")}
    answer = admin.post("/definitions/bundle/preview", data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "không phải gói .zip" in answer.text


def test_differences_say_what_the_drawings_need(office: Office, admin: Browser) -> None:
    office.deploy(duyet__bpmn=diagram().replace("Lãnh đạo duyệt".encode(), "Giám đốc duyệt".encode()))
    page = admin.read("/definitions/duyet/differences?from=1&to=2")
    assert 'data-compare="older"' in page
    assert 'data-change="changed" data-element="approve"' in page


def test_a_form_that_needs_a_second_person_is_taken_only_when_that_is_said(
    office: Office, admin: Browser
) -> None:
    form = b'{"id": "phieu", "type": "default", "components": []}'
    with office.database.unit_of_work() as work:
        reviews.set_four_eyes(work, "phieu", is_needed=True, kind=Kind.FORM)
        work.commit()

    def send(**values: str) -> Any:
        data = {"file": (BytesIO(form), "phieu.form"), **values}
        return admin.post("/definitions/import", data, content_type="multipart/form-data")

    refused = send()
    assert (refused.status_code, "cần người thứ hai duyệt" in refused.text) == (422, True)
    assert "Đã ban hành phieu" in send(without_review="1").text
