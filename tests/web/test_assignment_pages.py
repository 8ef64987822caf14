"""An assignment, the tree it stands in, and finding it again."""

import pytest

from directives import extensions
from tests.web.desk import Desk, assigned


@pytest.fixture
def mine(desk: Desk) -> str:
    return assigned(desk)


def test_the_officer_sees_what_may_be_done_and_a_watcher_does_not(desk: Desk, mine: str) -> None:
    officer = desk.browser("qlkh.cv").read(f"/assignments/{mine}")
    assert "Cập nhật tiến độ" in officer
    assert "Xin gia hạn" in officer
    assert "Hủy nhiệm vụ" not in officer
    head = desk.browser("skhcn.giamdoc").read(f"/assignments/{mine}")
    assert "Hủy nhiệm vụ" in head
    assert f"/assignments/{mine}/extension" not in head


def test_an_assignment_of_another_department_is_not_there(desk: Desk, mine: str) -> None:
    assert desk.browser("lhh.chutich").get(f"/assignments/{mine}").status_code == 404


def test_progress_is_told_in_percent_and_words(desk: Desk, mine: str) -> None:
    page = desk.browser("qlkh.cv").post(
        f"/assignments/{mine}/progress", {"progress": "40", "text": "Đã rà soát xong giai đoạn đầu."}
    )
    assert "Đã cập nhật tiến độ." in page.text
    assert "Đã rà soát xong giai đoạn đầu." in page.text
    assert 'value="40" max="100"' in page.text


def test_a_wrong_percentage_comes_back_with_the_words_that_were_typed(desk: Desk, mine: str) -> None:
    answer = desk.browser("qlkh.cv").post(
        f"/assignments/{mine}/progress", {"progress": "bốn mươi", "text": "Chữ đã gõ"}, follow=False
    )
    assert answer.status_code == 422
    assert "nhận được “bốn mươi”" in answer.text
    assert "Chữ đã gõ" in answer.text


def test_an_extension_is_asked_decided_and_seen_on_the_page(desk: Desk, mine: str) -> None:
    asked = {"wanted_due": "2024-05-31", "reason": "Chờ số liệu của các huyện."}
    page = desk.browser("qlkh.cv").post(f"/assignments/{mine}/extension", asked).text
    assert "Chờ duyệt gia hạn" in page
    desk.stage.settle()
    desk.stage.complete("skhcn.giamdoc", "decide_extension", mine, extension_decision="approve")
    page = desk.browser("qlkh.cv").read(f"/assignments/{mine}")
    assert "hạn ban đầu 29/03/2024" in page
    assert "31/05/2024" in page


def test_an_earlier_day_is_no_extension(desk: Desk, mine: str) -> None:
    asked = {"wanted_due": "2024-03-01", "reason": "Nhầm ngày"}
    answer = desk.browser("qlkh.cv").post(f"/assignments/{mine}/extension", asked, follow=False)
    assert answer.status_code == 422
    assert "Thời hạn mới phải sau thời hạn hiện tại 29/03/2024" in answer.text
    assert "Nhầm ngày" in answer.text
    with desk.stage.database.reading() as session:
        assert extensions.of_assignment(session, mine) == []


def test_a_difficulty_waits_on_the_page_until_it_is_decided(desk: Desk, mine: str) -> None:
    page = desk.browser("qlkh.cv").post(f"/assignments/{mine}/difficulty", {"text": "Chưa có kinh phí."}).text
    assert "Chưa có kinh phí." in page
    assert "Chờ chỉ đạo" in page


def test_an_act_without_the_right_changes_nothing(desk: Desk, mine: str) -> None:
    answer = desk.browser("qlkh.cv").post(f"/assignments/{mine}/cancel", {"reason": "Thử"}, follow=False)
    assert answer.status_code == 403
    assert desk.stage.task("do", mine).state == "open"


def _directive(desk: Desk, assignment_id: str) -> str:
    from directives.assignment_tables import Assignment

    return str(desk.stage.row(Assignment, assignment_id).directive_id)


def test_the_tree_leads_down_to_the_assignment_and_back_up(desk: Desk, mine: str) -> None:
    directive = _directive(desk, mine)
    tree = desk.browser("skhcn.giamdoc").read(f"/directives/{directive}")
    assert f"/assignments/{mine}" in tree
    assert "Đang thực hiện trong hạn" in tree
    assert f"/directives/{directive}" in desk.browser("qlkh.cv").read(f"/assignments/{mine}")


def test_a_division_sees_only_its_own_branch_of_the_tree(desk: Desk, mine: str) -> None:
    directive = _directive(desk, mine)
    page = desk.browser("qlcn.truong").read(f"/directives/{directive}")
    assert "Phòng Quản lý Chuyên ngành" in page
    assert f"/assignments/{mine}" not in page


@pytest.mark.parametrize("text", ["812", "812/UBND-KGVX", "RA SOAT CHINH SACH", "rà soát chính sách"])
def test_an_assignment_is_found_by_number_and_by_words_with_or_without_marks(
    desk: Desk, mine: str, text: str
) -> None:
    page = desk.browser("qlkh.cv").get("/search", query_string={"q": text}).text
    assert f"/assignments/{mine}" in page


def test_what_one_may_not_see_is_not_found(desk: Desk, mine: str) -> None:
    page = desk.browser("lhh.chutich").get("/search", query_string={"q": "812"}).text
    assert mine not in page
    assert "Không tìm thấy gì" in page


def test_a_person_delegates_and_both_see_it(desk: Desk) -> None:
    given = {"delegate": desk.stage.cast.accounts["qlkh.cv"], "valid_from": "2024-02-05"}
    given |= {"valid_to": "2024-02-09", "reason": "Nghỉ phép"}
    page = desk.browser("qlkh.truong").post("/profile/delegations", given).text
    assert "Ngô Đức Long làm thay tôi" in page
    assert "Tôi làm thay Hoàng Thị Lan" in desk.browser("qlkh.cv").read("/profile")


def test_a_reminder_is_counted_opened_and_then_read(desk: Desk, mine: str) -> None:
    desk.stage.to("27/03/2024 09:00")
    desk.sign_in_again("qlkh.cv")
    officer = desk.browser("qlkh.cv")
    assert int(officer.get("/notifications/count").data) > 0
    assert "Sắp đến hạn 29/03/2024" in officer.read("/notifications")
    officer.post("/notifications/read")
    assert officer.get("/notifications/count").data == b""
