"""Pages of processes: list, versions, differences, the drafts of the editor, review and publishing."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

import web
from tests.web.office import Browser, Office, office

__all__ = ["office"]

APPROVAL = (Path(web.__file__).parent / "starters" / "approval.bpmn").read_bytes()


def diagram(name: str = "Duyệt dự thảo", key: str = "duyet") -> bytes:
    return APPROVAL.replace(b"PROCESS_KEY", key.encode()).replace(b"PROCESS_NAME", name.encode())


@pytest.fixture
def admin(office: Office) -> Browser:
    return office.browser("admin")


def save(admin: Browser, content: bytes, etag: str = '"0"', path: str = "/definitions/duyet/draft") -> Any:
    headers = {"If-Match": etag, "X-CSRF-Token": admin.csrf_token}
    return admin.post(path, content, headers=headers, content_type="application/xml")


def test_an_empty_list_says_what_to_do(admin: Browser) -> None:
    text = admin.read("/definitions")
    assert "Chưa có quy trình nào" in text
    assert "Lập quy trình mới" in text


def test_a_process_nobody_drew_is_not_found(office: Office, admin: Browser) -> None:
    office.deploy_shipped()
    assert admin.get("/definitions/assignments").status_code == 404


def test_the_shipped_processes_and_their_forms_are_shown(office: Office, admin: Browser) -> None:
    office.deploy_shipped()
    assert "assignment" in admin.read("/definitions")
    shown = admin.read("/definitions/assignment")
    assert "assignment-accept" in shown
    assert "escalation-ladder" in shown
    assert 'data-diagram="/definitions/assignment/versions/1/diagram.bpmn"' in shown
    assert "Nhận" in admin.read("/definitions/forms/assignment-accept")
    assert "Duyệt kết quả thực hiện" in admin.read("/definitions/forms")
    assert "escalation-ladder" in admin.read("/decisions")


def test_a_new_process_begins_as_a_draft_from_a_starter(admin: Browser) -> None:
    answer = admin.post("/definitions/new", {"name": "Góp ý", "key": "gop-y", "starter": "opinions"})
    assert answer.request.path == "/definitions/gop-y/edit"
    assert "style-src-attr 'unsafe-inline'" in answer.headers["Content-Security-Policy"]
    assert 'name="Góp ý"' in admin.read("/definitions/gop-y/draft.bpmn")
    assert "Đang sửa" in admin.read("/definitions")
    assert "Chưa ban hành" in admin.read("/definitions/gop-y")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "", "key": "a", "starter": "approval"}, "Hãy đặt tên quy trình"),
        ({"name": "Tên", "key": "góp ý", "starter": "approval"}, "Mã chỉ gồm chữ không dấu"),
        ({"name": "Tên", "key": "lint", "starter": "approval"}, "Mã chỉ gồm chữ không dấu"),
        ({"name": "Tên", "key": "a", "starter": "nothing"}, "Hãy chọn một mẫu"),
    ],
)
def test_a_new_process_that_cannot_be_is_refused_where_it_was_typed(
    admin: Browser, values: dict[str, str], words: str
) -> None:
    answer = admin.post("/definitions/new", values)
    assert answer.status_code == 422
    assert words in answer.text


def test_lint_answers_the_editor_with_the_element(admin: Browser) -> None:
    broken = diagram().replace(b"head@&quot; + organisation", b"head@&quot; +")
    answer = save(admin, broken, path="/definitions/lint?key=duyet")
    assert [one["element"] for one in answer.json["findings"] if one["severity"] == "error"] == ["approve"]


def test_lint_answers_malformed_xml_with_a_finding(admin: Browser) -> None:
    answer = save(admin, b"<bpmn", path="/definitions/lint?key=duyet")
    assert answer.status_code == 200
    assert answer.json["findings"][0]["rule"] == "xml.malformed"


def test_a_diagram_of_another_process_is_a_finding(admin: Browser) -> None:
    answer = save(admin, diagram(key="khac"), path="/definitions/lint?key=duyet")
    assert "process.other-key" in [one["rule"] for one in answer.json["findings"]]


def test_saving_needs_the_token(office: Office, admin: Browser) -> None:
    office.deploy(duyet__bpmn=diagram())
    headers = {"If-Match": '"0"', "X-CSRF-Token": "wrong"}
    answer = admin.post(
        "/definitions/duyet/draft", diagram(), headers=headers, content_type="application/xml"
    )
    assert answer.status_code == 403


def test_whoever_saves_second_is_told_so_and_overwrites_nothing(office: Office, admin: Browser) -> None:
    office.deploy(duyet__bpmn=diagram())
    first = save(admin, diagram("Một"))
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    assert save(admin, diagram("Hai")).status_code == 412
    assert "Một" in admin.read("/definitions/duyet/draft.bpmn")
    assert save(admin, diagram("Ba"), '"1"').headers["ETag"] == '"2"'


def test_publishing_is_reviewed_and_needs_a_reason(office: Office, admin: Browser) -> None:
    office.deploy(duyet__bpmn=diagram())
    changed = diagram().replace("Lãnh đạo duyệt".encode(), "Giám đốc duyệt".encode())
    answer = save(admin, changed, path="/definitions/duyet/publish")
    assert answer.json["location"] == "/definitions/duyet/review"
    review = admin.read("/definitions/duyet/review")
    assert "<del>Lãnh đạo duyệt</del>" in review
    assert "<ins>Giám đốc duyệt</ins>" in review
    refused = admin.post("/definitions/duyet/review", {"note": "", "revision": "1"})
    assert refused.status_code == 422
    assert "Hãy ghi lý do thay đổi" in refused.text
    shown = admin.post("/definitions/duyet/review", {"note": "Theo quy chế mới", "revision": "1"}).text
    assert "Phiên bản 2" in shown
    assert "Theo quy chế mới" in shown
    assert "Giám đốc duyệt" in admin.read("/definitions/duyet/differences?from=1&to=2")


def test_publishing_with_errors_answers_every_finding(office: Office, admin: Browser) -> None:
    office.deploy(duyet__bpmn=diagram())
    broken = diagram().replace(b"head@&quot; + organisation", b"head@&quot; +")
    answer = save(admin, broken, path="/definitions/duyet/publish")
    assert answer.status_code == 422
    assert answer.json["findings"][0]["element"] == "approve"


def test_a_draft_changed_since_its_review_is_not_published(office: Office, admin: Browser) -> None:
    office.deploy(duyet__bpmn=diagram())
    save(admin, diagram("Một"))
    save(admin, diagram("Hai"), '"1"')
    answer = admin.post("/definitions/duyet/review", {"note": "Lý do", "revision": "1"})
    assert answer.status_code == 422
    assert "đã được người khác thay đổi" in answer.text


def test_a_draft_can_be_thrown_away(office: Office, admin: Browser) -> None:
    office.deploy(duyet__bpmn=diagram())
    save(admin, diagram("Một"))
    assert "Đã bỏ bản nháp" in admin.post("/definitions/duyet/discard").text
    assert "Có bản nháp" not in admin.read("/definitions/duyet")


def test_a_file_from_elsewhere_becomes_a_draft(admin: Browser) -> None:
    upload = {"file": (BytesIO(diagram()), "duyet.bpmn")}
    answer = admin.post("/definitions/import", upload, content_type="multipart/form-data")
    assert answer.request.path == "/definitions/duyet/edit"
    again = {"file": (BytesIO(diagram()), "duyet.bpmn")}
    assert admin.post("/definitions/import", again, content_type="multipart/form-data").status_code == 422


def test_a_file_with_a_doctype_is_refused_and_changes_nothing(admin: Browser) -> None:
    upload = {"file": (BytesIO(b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'), "x.bpmn")}
    answer = admin.post("/definitions/import", upload, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "DOCTYPE" in answer.text
    assert "Chưa có quy trình nào" in admin.read("/definitions")


def test_staff_look_but_do_not_edit(office: Office) -> None:
    office.deploy(duyet__bpmn=diagram())
    clerk = office.browser("van-thu")
    assert "Duyệt dự thảo" in clerk.read("/definitions/duyet")
    assert clerk.get("/definitions/duyet/edit").status_code == 403
    assert save(clerk, diagram()).status_code == 403
