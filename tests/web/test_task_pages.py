"""Inbox and task: what a person does from morning to evening."""

import re

from tests.web.desk import Desk, assigned, instructed, receive


def test_the_inbox_shows_the_step_what_it_is_about_and_how_late_it_is(desk: Desk) -> None:
    receive(desk)
    desk.stage.to("15/02/2024 09:00")
    desk.sign_in_again("skhcn.vanthu")
    page = desk.browser("skhcn.vanthu").read("/")
    assert "Đăng ký văn bản đến" in page
    assert "Rà soát chính sách thu hút chuyên gia" in page
    assert "812/UBND-KGVX" in page
    assert re.search(r"quá hạn \d+ ngày", page)


def test_the_inbox_is_narrowed_without_diacritics(desk: Desk) -> None:
    receive(desk)
    clerk = desk.browser("skhcn.vanthu")
    assert "Đăng ký văn bản đến" in clerk.read("/?q=chinh+sach+thu+hut")
    assert "Không có việc nào trong mục này" in clerk.read("/?q=thuy+san")


def test_an_empty_inbox_says_what_will_be_there(desk: Desk) -> None:
    assert "Không có việc nào đang chờ bạn" in desk.browser("snv.giamdoc").read("/")


def test_a_task_of_another_unit_is_not_there(desk: Desk) -> None:
    directive = receive(desk)
    task = desk.stage.task("register", directive)
    stranger = desk.browser("snv.vanthu")
    assert stranger.get(f"/tasks/{task.id}").status_code == 404
    refused = stranger.post(f"/tasks/{task.id}/complete", {"arrival_number": "1"}, follow=False)
    assert refused.status_code == 404
    assert desk.stage.task("register", directive).state == "open"


def test_who_may_only_watch_a_task_has_no_form(desk: Desk) -> None:
    directive = receive(desk)
    task = desk.stage.task("register", directive)
    page = desk.browser("skhcn.giamdoc").read(f"/tasks/{task.id}")
    assert 'id="task-form"' not in page
    assert "thuộc người hoặc nhóm khác" in page


def test_a_wrong_form_comes_back_with_everything_that_was_typed(desk: Desk) -> None:
    directive = receive(desk)
    task = desk.stage.task("register", directive)
    answer = desk.browser("skhcn.vanthu").post(
        f"/tasks/{task.id}/complete",
        {"arrival_number": "77/2024", "arrived_on": "", "urgency": "1"},
        follow=False,
    )
    assert answer.status_code == 422
    assert 'value="77/2024"' in answer.text
    assert "Cần điền “Ngày đến”" in answer.text
    assert desk.stage.task("register", directive).state == "open"


def test_a_finished_task_leads_on_and_says_so(desk: Desk) -> None:
    directive = receive(desk)
    task = desk.stage.task("register", directive)
    given = {
        "arrival_number": "12",
        "arrived_on": "2024-02-05",
        "urgency": "0",
        "revision": str(task.revision),
    }
    answer = desk.browser("skhcn.vanthu").post(f"/tasks/{task.id}/complete", given)
    assert "Đã xong bước “Đăng ký văn bản đến”." in answer.text
    assert desk.stage.task("instruct", directive).state == "open"


def test_finishing_a_task_that_is_done_is_refused_and_explained(desk: Desk) -> None:
    directive = receive(desk)
    task = desk.stage.task("register", directive)
    given = {"arrival_number": "12", "arrived_on": "2024-02-05", "urgency": "0"}
    clerk = desk.browser("skhcn.vanthu")
    clerk.post(f"/tasks/{task.id}/complete", given)
    again = clerk.post(f"/tasks/{task.id}/complete", given, follow=False)
    assert again.status_code == 409


def test_what_is_typed_is_kept_as_a_draft_and_shown_again(desk: Desk) -> None:
    directive = receive(desk)
    task = desk.stage.task("register", directive)
    clerk = desk.browser("skhcn.vanthu")
    saved = clerk.post(f"/tasks/{task.id}/draft", {"arrival_number": "88", "arrived_on": ""})
    assert saved.status_code == 204
    page = clerk.read(f"/tasks/{task.id}")
    assert 'value="88"' in page
    assert "Bản nháp lưu lúc 05/02/2024 08:00" in page
    assert "Có bản nháp" in clerk.read("/")


def test_a_choice_makes_its_fields_appear_and_names_the_button(desk: Desk) -> None:
    directive = receive(desk)
    desk.stage.complete(
        "skhcn.vanthu", "register", directive, arrival_number="1", arrived_on="2024-02-05", urgency=0
    )
    task = desk.stage.task("instruct", directive)
    head = desk.browser("skhcn.giamdoc")
    plan = head.post(f"/tasks/{task.id}/form", {"instruct_decision": "issue_plan"}).text
    assert 'name="drafting_unit"' in plan
    assert 'hx-swap-oob="true">Ban hành kế hoạch triển khai</span>' in plan
    keep = head.post(f"/tasks/{task.id}/form", {"instruct_decision": "for_information"}).text
    assert 'name="drafting_unit"' not in keep


def test_tasks_are_taken_over_several_at_once_and_given_back(desk: Desk) -> None:
    directive = receive(desk)
    desk.stage.complete(
        "skhcn.vanthu", "register", directive, arrival_number="1", arrived_on="2024-02-05", urgency=0
    )
    task = desk.stage.task("instruct", directive)
    head = desk.browser("skhcn.giamdoc")
    assert "Đã nhận 1 việc." in head.post("/inbox/claim", {"task": [task.id]}).text
    other = desk.browser("skhcn.pgd").post("/inbox/claim", {"task": [task.id]})
    assert "đã có người nhận" in other.text
    assert "Việc đã trở về nhóm" in head.post(f"/tasks/{task.id}/release").text


def test_the_task_page_says_when_whom_it_will_remind(desk: Desk) -> None:
    assignment = assigned(desk)
    task = desk.stage.task("do", assignment)
    page = desk.browser("qlkh.cv").read(f"/tasks/{task.id}")
    assert "Nhắc việc: người thực hiện" in page
    assert "trước hạn 3 ngày làm việc" in page
    assert "29/03/2024" in page
    assert re.search(r"còn \d+ ngày làm việc", page)


def test_a_drafter_reaches_the_cycle_of_the_department_above(desk: Desk) -> None:
    directive = instructed(desk)
    page = desk.browser("qlkh.cv").read(f"/directives/{directive}")
    assert "Sửa bảng nhiệm vụ" in page
    assert desk.browser("snv.cvp").get(f"/directives/{directive}").status_code == 404


def test_the_badge_counts_what_waits(desk: Desk) -> None:
    assert desk.browser("skhcn.vanthu").get("/inbox/count").data == b""
    receive(desk)
    assert desk.browser("skhcn.vanthu").get("/inbox/count").data == b"1"


def test_the_list_says_that_it_changed_and_is_quiet_otherwise(desk: Desk) -> None:
    clerk = desk.browser("skhcn.vanthu")
    assert clerk.get("/inbox/news?known=0").status_code == 204
    receive(desk)
    assert "nay có 1 việc" in clerk.read("/inbox/news?known=0")
