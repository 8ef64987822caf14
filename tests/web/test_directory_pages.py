"""Pages of organisations, people, delegations and the calendar: each change with its day and its basis."""

from io import BytesIO

import pytest

from directives import organisations
from foundation import calendars
from foundation.database import Database
from tests.web.office import Browser, Office, office

__all__ = ["office"]

BASIS = {"on": "2024-03-01", "basis": "Nghị quyết 45/NQ-HĐND"}


@pytest.fixture
def admin(office: Office) -> Browser:
    return office.browser("admin")


def test_the_tree_stands_as_on_the_day_asked_for(office: Office, admin: Browser) -> None:
    text = admin.read("/organisations")
    assert text.index("Ủy ban nhân dân tỉnh Đồng Nai") < text.index("Sở Khoa học và Công nghệ")
    assert "Danh bạ còn trống" in admin.read("/organisations?on=2023-01-01")
    assert "Sở Nội vụ" in admin.read("/organisations?q=so noi vu")
    assert "Không tìm thấy" in admin.read("/organisations?q=khong co")


def test_an_organisation_is_entered_renamed_moved_and_merged(office: Office, admin: Browser) -> None:
    place = office.place
    form = {"name": "Sở Tài chính", "level": "department", "parent": place.committee, "kind": "sở", **BASIS}
    made = admin.post("/organisations/new", {**form, "on": "2024-02-01"})
    assert "Đã nhập Sở Tài chính" in made.text
    path = made.request.path
    renamed = admin.post(f"{path}/rename", {"name": "Sở Tài chính - Kế hoạch", **BASIS}).text
    assert "Sở Tài chính - Kế hoạch" in renamed
    moved = admin.post(f"/organisations/{place.other_division}/move", {"parent": place.home_affairs, **BASIS})
    assert "Đã chuyển cơ quan cấp trên" in moved.text
    merge = {"successor": place.home_affairs, "on": "2024-04-01", "basis": "Nghị quyết 50"}
    assert "Đã ghi nhận việc sáp nhập" in admin.post(f"{path}/merge", merge).text
    later = admin.read("/organisations?on=2024-04-02")
    assert "Sở Tài chính" not in later
    assert "Nhận từ" in admin.read(f"/organisations/{place.home_affairs}")


@pytest.mark.parametrize(
    ("act", "form", "words"),
    [
        ("rename", {"name": "", **BASIS}, "Hãy ghi tên mới"),
        ("rename", {"name": "Tên", "on": "2024-03-01", "basis": ""}, "Hãy ghi văn bản làm căn cứ"),
        ("rename", {"name": "Tên", "on": "31/02/2024", "basis": "x"}, "Cần ngày có thật"),
        ("rename", {"name": "Tên", "on": "2023-12-01", "basis": "x"}, "đã có thay đổi từ ngày 01/01/2024"),
        ("merge", {"successor": "", **BASIS}, "Hãy chọn cơ quan nhận sáp nhập"),
        ("dissolve", dict(BASIS), "còn 2 đơn vị trực thuộc"),
        ("aliases", {"alias": " "}, "Tên gọi khác không được để trống"),
        ("positions", {"person": "", "role": "chief"}, "Hãy chọn người"),
    ],
)
def test_a_change_that_cannot_be_is_refused_where_it_was_typed(
    office: Office, admin: Browser, act: str, form: dict[str, str], words: str
) -> None:
    answer = admin.post(f"/organisations/{office.place.science}/{act}", form)
    assert answer.status_code == 422
    assert words in answer.text


def test_an_alias_is_found_in_documents_from_then_on(office: Office, admin: Browser) -> None:
    admin.post(f"/organisations/{office.place.home_affairs}/aliases", {"alias": "SNV"})
    with office.database.reading() as session:
        found = organisations.resolve(session, "SNV", on=office.clock.now().date())
    assert found.organisation_id == office.place.home_affairs


def test_staff_read_the_directory_and_change_nothing(office: Office) -> None:
    clerk = office.browser("van-thu")
    assert "Thay đổi tổ chức" not in clerk.read(f"/organisations/{office.place.science}")
    assert clerk.post(f"/organisations/{office.place.science}/rename", {"name": "X"}).status_code == 403
    assert clerk.get("/organisations/new").status_code == 403
    assert clerk.post("/people", {"full_name": "X"}).status_code == 403


def test_a_person_is_entered_appointed_and_dismissed(office: Office, admin: Browser) -> None:
    made = admin.post("/people", {"full_name": "Hoàng Thị Yến", "email": "yen@dongnai.gov.vn"})
    path = made.request.path
    job = {"organisation": office.place.division, "role": "officer", "valid_from": "2024-02-05"}
    assert "Đã bổ nhiệm" in admin.post(f"{path}/positions", job).text
    assert admin.post(f"{path}/positions", job).status_code == 422
    listed = admin.read("/people?q=yen")
    assert "Hoàng Thị Yến" in listed
    assert "Chuyên viên" in listed
    position = admin.read(path).split("/positions/")[1].split("/end")[0]
    assert (
        "Đã kết thúc chức vụ"
        in admin.post(f"{path}/positions/{position}/end", {"last_day": "2024-02-06"}).text
    )
    assert admin.post("/people", {"full_name": ""}).status_code == 422


def test_a_head_lets_somebody_stand_in_and_ends_it(office: Office) -> None:
    head, place = office.browser("giam-doc"), office.place
    form = {
        "delegator": place.people["giam-doc"],
        "delegate": place.people["chanh-vp"],
        "valid_from": "2024-02-05",
        "valid_to": "2024-02-07",
        "reason": "Đi công tác",
    }
    listed = head.post("/delegations", form).text
    assert "Đã lập ủy quyền" in listed
    assert "Đang có hiệu lực" in listed
    chain = {**form, "delegator": place.people["chanh-vp"], "delegate": place.people["van-thu"]}
    refused = head.post("/delegations", chain)
    assert refused.status_code == 422
    assert "đang được người khác ủy quyền" in refused.text
    found = listed.split("/delegations/")[1].split("/end")[0]
    assert "kết thúc hết hôm nay" in head.post(f"/delegations/{found}/end").text


def test_nobody_arranges_delegations_of_another_branch(office: Office) -> None:
    place = office.place
    form = {"delegator": place.people["noi-vu"], "delegate": place.people["van-thu"]}
    form |= {"valid_from": "2024-02-05", "valid_to": "2024-02-07", "reason": "Thử"}
    assert office.browser("giam-doc").post("/delegations", form).status_code == 422
    assert office.browser("van-thu").post("/delegations", form).status_code == 403


def test_the_year_shows_tet_and_make_up_saturdays(admin: Browser) -> None:
    text = admin.read("/calendar?year=2024")
    assert "251 ngày làm việc" in text
    assert 'class="day is-swapped-work" title="Làm bù' in text
    assert "còn là dự kiến" in admin.read("/calendar?year=2027")
    assert "chưa có ngày nghỉ nào" in admin.read("/calendar?year=2050")


def test_a_day_is_entered_with_its_basis_and_taken_away(admin: Browser) -> None:
    day = {"day": "2024-12-02", "kind": "holiday", "name": "Nghỉ lễ của tỉnh", "basis": "QĐ 77/QĐ-UBND"}
    assert "Đã ghi ngày 02/12/2024" in admin.post("/calendar/days", day).text
    assert "250 ngày làm việc" in admin.read("/calendar?year=2024")
    assert "Đã bỏ ngày" in admin.post("/calendar/days/2024-12-02/remove").text
    assert admin.post("/calendar/days", {**day, "basis": ""}).status_code == 422
    assert admin.post("/calendar/days/2024-02-10/remove").status_code == 422
    assert admin.post("/calendar/days/khong/remove").status_code == 404


def test_the_calendar_travels_as_csv(admin: Browser) -> None:
    text = admin.get("/calendar/days.csv?year=2024").data
    upload = {"file": (BytesIO(text), "lich.csv"), "year": "2024"}
    assert "Đã nhập" in admin.post("/calendar/import", upload, content_type="multipart/form-data").text
    wrong = {"file": (BytesIO(b"date,kind,name\n31/02/2024,holiday,X\n"), "lich.csv"), "year": "2024"}
    refused = admin.post("/calendar/import", wrong, content_type="multipart/form-data")
    assert refused.status_code == 422
    assert "Dòng 2" in refused.text


def test_a_year_is_confirmed_by_its_notice(office: Office, admin: Browser) -> None:
    assert admin.post("/calendar/confirm", {"year": "2027", "basis": ""}).status_code == 422
    assert "Đã xác nhận" in admin.post("/calendar/confirm", {"year": "2027", "basis": "TB 100"}).text
    assert not _estimates(office.database)
    assert office.browser("van-thu").post("/calendar/days", {}).status_code == 403


def _estimates(database: Database) -> list[object]:
    with database.reading() as session:
        return [day for day in calendars.days(session, year=2027) if day.is_estimate]
