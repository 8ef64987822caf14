"""What people do on the page of an assignment, and what the process makes of it."""

import pytest

from directives import extensions
from directives.assignment_tables import Assignment
from directives.extensions import Extension
from directives.openings import NewAssignment
from engine import user_tasks
from engine.models import UserTask
from foundation.errors import Conflict, Forbidden, Invalid
from processes import performing, receiving
from tests.processes import dong_nai
from tests.processes.stage import Stage, moment, shown, today

NOTE = {
    "document": {"number": "12/TB-UBND", "issuer": "Sở Nội vụ", "date": "2024-02-01", "subject": "Thông báo"}
}


@pytest.fixture
def at_work(stage: Stage) -> str:
    """One task of the Sở, due 29/03/2024, at work in Phòng Quản lý Khoa học; gives its id."""
    received = stage.act("skhcn.vanthu", receiving.receive, stage.id("so-khcn"), proposal=NOTE)
    directive = received.directive_id
    stage.complete("skhcn.vanthu", "register", directive, arrived_on="2024-02-05", urgency=0)
    stage.complete(
        "skhcn.giamdoc",
        "instruct",
        directive,
        instruct_decision="do_now",
        instruction="Rà soát danh mục nhiệm vụ",
        drafting_unit=stage.id("qlkh"),
        internal_due="2024-03-29",
    )
    task = stage.assignments_of(directive)[0].id
    stage.complete("qlkh.truong", "accept", task, accept_decision="accept")
    officer = stage.cast.accounts["qlkh.cv"]
    stage.complete("qlkh.truong", "organise", task, work_mode="do", officer=officer)
    return task


def ask(stage: Stage, task: str, due: str = "12/04/2024", by: str = "qlkh.truong") -> Extension:
    wanted = moment(due).date()
    asked: Extension = stage.act(
        by, performing.request_extension, task, wanted_due=wanted, reason="Chờ số liệu của các huyện."
    )
    return asked


def result(stage: Stage) -> dict[str, str]:
    return {"result_on": today(stage).isoformat(), "result_statement": "Đã rà soát xong."}


def test_the_officer_is_named_as_a_person_and_the_step_is_theirs(stage: Stage, at_work: str) -> None:
    assert stage.row(Assignment, at_work).officer_id == stage.principal("qlkh.cv").person_id
    assert stage.task("do", at_work).assignee == stage.cast.accounts["qlkh.cv"]


def test_somebody_of_another_unit_cannot_be_named(stage: Stage, at_work: str) -> None:
    other = ask_new_task(stage)
    stage.complete("qlkh.truong", "accept", other, accept_decision="accept")
    with pytest.raises(Invalid):
        stage.complete(
            "qlkh.truong", "organise", other, work_mode="do", officer=stage.cast.accounts["khtc.cv"]
        )


def test_a_counter_proposal_moves_the_day_once_the_lead_accepts(stage: Stage, at_work: str) -> None:
    ask(stage, at_work)
    stage.complete(
        "skhcn.pgd",
        "decide_extension",
        at_work,
        extension_decision="counter",
        extension_due_at="2024-04-05",
        extension_reason="Cần trước kỳ họp.",
    )
    assert shown(stage.task("do", at_work).due_at) == "29/03/2024 23:59"
    stage.complete("qlkh.truong", "answer_extension", at_work, extension_answer="accept")
    assert shown(stage.task("do", at_work).due_at) == "05/04/2024 23:59"


def test_the_one_who_asked_does_not_decide(stage: Stage, at_work: str) -> None:
    ask(stage, at_work)
    asked = extensions.of_assignment
    with stage.database.unit_of_work() as work:
        asked(work.session, at_work)[0].asked_by = stage.cast.accounts["skhcn.giamdoc"]
        work.commit()
    with pytest.raises(Forbidden, match="tự quyết định"):
        stage.complete("skhcn.giamdoc", "decide_extension", at_work, extension_decision="approve")


def test_the_division_asks_not_the_head_of_the_department(stage: Stage, at_work: str) -> None:
    with pytest.raises(Forbidden):
        ask(stage, at_work, by="skhcn.giamdoc")


def test_a_request_taken_back_closes_its_decision(stage: Stage, at_work: str) -> None:
    request = ask(stage, at_work)
    stage.act("qlkh.truong", performing.withdraw_extension, request.id)
    assert [task.element for task in stage.open_tasks(at_work)] == ["do"]
    assert stage.row(Extension, request.id).status == "withdrawn"
    ask(stage, at_work)


def test_no_extension_while_the_result_is_with_the_head_of_the_unit(stage: Stage, at_work: str) -> None:
    stage.complete("qlkh.cv", "do", at_work, **result(stage))
    with pytest.raises(Conflict, match="bước thực hiện"):
        ask(stage, at_work)
    assert not stage.row(Assignment, at_work).is_extension_pending


def test_a_request_nobody_decided_goes_with_the_task(stage: Stage, at_work: str) -> None:
    ask(stage, at_work)
    finish(stage, at_work)
    assert stage.open_tasks(at_work) == []
    assert stage.row(Assignment, at_work).state == "hoan_thanh"
    assert stage.incidents() == []


def test_guidance_on_a_difficulty_changes_nothing_but_is_told(stage: Stage, at_work: str) -> None:
    stage.act("qlkh.truong", performing.raise_difficulty, at_work, "Thiếu dữ liệu của hai huyện")
    with pytest.raises(Conflict, match="đang chờ chỉ đạo"):
        stage.act("qlkh.truong", performing.raise_difficulty, at_work, "Lại thiếu")
    stage.complete(
        "skhcn.giamdoc",
        "decide_difficulty",
        at_work,
        difficulty_decision="guide",
        difficulty_guidance="Dùng số liệu năm trước.",
    )
    assert [task.element for task in stage.open_tasks(at_work)] == ["do"]
    assert stage.events("issue.") == ["issue.raised", "issue.decided"]


def test_a_difficulty_may_end_with_another_lead(stage: Stage, at_work: str) -> None:
    stage.act("qlkh.truong", performing.raise_difficulty, at_work, "Không đủ người")
    stage.complete(
        "skhcn.giamdoc",
        "decide_difficulty",
        at_work,
        difficulty_decision="reassign",
        difficulty_guidance="Giao Phòng Quản lý Chuyên ngành.",
        new_lead=stage.id("qlcn"),
    )
    assert stage.task("accept", at_work).candidate_groups[0] == f"unit_head@{stage.id('qlcn')}"
    assert stage.events("task.reassigned") == ["task.reassigned"]


def test_a_difficulty_may_end_with_other_words(stage: Stage, at_work: str) -> None:
    stage.act("qlkh.truong", performing.raise_difficulty, at_work, "Phạm vi quá rộng")
    stage.complete(
        "skhcn.giamdoc",
        "decide_difficulty",
        at_work,
        difficulty_decision="adjust",
        difficulty_guidance="Thu hẹp phạm vi.",
        difficulty_content="Rà soát danh mục nhiệm vụ năm 2024",
    )
    assert stage.row(Assignment, at_work).content == "Rà soát danh mục nhiệm vụ năm 2024"


def test_the_assigner_gives_a_task_at_work_to_another_unit(stage: Stage, at_work: str) -> None:
    stage.act("skhcn.giamdoc", performing.reassign, at_work, stage.id("qlcn"), "Đúng chức năng hơn.")
    assert stage.row(Assignment, at_work).state == "cho_tiep_nhan"
    stage.complete("qlcn.truong", "accept", at_work, accept_decision="accept")
    assert stage.incidents() == []


def test_a_cancelled_task_leaves_no_open_step(stage: Stage, at_work: str) -> None:
    stage.act("skhcn.giamdoc", performing.cancel, at_work, "Không còn phù hợp.")
    assert stage.open_tasks(at_work) == []
    assert stage.row(Assignment, at_work).state == "huy"
    assert stage.incidents() == []


def test_nothing_moves_while_a_task_is_suspended_and_its_day_moves_by_the_pause(
    stage: Stage, at_work: str
) -> None:
    stage.act("skhcn.giamdoc", performing.suspend, at_work, "Chờ quy định mới.")
    with pytest.raises(Conflict):
        stage.complete("qlkh.cv", "do", at_work, **result(stage))
    stage.to("20/02/2024 09:00")
    stage.act("skhcn.giamdoc", performing.resume, at_work, "Đã có quy định.")
    moved = stage.row(Assignment, at_work)
    # six working days stood still: 06, 07, 15, 16, 19 and 20 February
    assert moved.current_due == moment("08/04/2024").date()
    assert shown(stage.task("do", at_work).due_at) == "08/04/2024 23:59"


def test_the_ladder_is_silent_while_a_task_is_suspended(stage: Stage, at_work: str) -> None:
    stage.act("skhcn.giamdoc", performing.suspend, at_work, "Chờ quy định mới.")
    stage.to("10/04/2024 09:00")
    assert stage.ladder(at_work, "do") == []
    stage.act("skhcn.giamdoc", performing.resume, at_work, "Đã có.", due=moment("19/04/2024").date())
    stage.to("16/04/2024 09:00")
    # 18/04/2024 is Giỗ Tổ: three working days before Friday 19/04 is Monday
    assert stage.ladder(at_work, "do") == [("15/04/2024 08:00", "assignee", "remind")]


def test_a_task_without_a_day_gets_its_ladder_with_the_day(stage: Stage, at_work: str) -> None:
    with stage.database.unit_of_work() as work:
        user_tasks.set_due(work, stage.task("do", at_work).id, None, reason="Không thời hạn.")
        row = work.session.get_one(UserTask, stage.task("do", at_work).id)
        row.ladder = {**(row.ladder or {}), "steps": []}
        work.commit()
    stage.act("skhcn.giamdoc", performing.redate, at_work, moment("26/02/2024").date(), "Ấn định thời hạn.")
    stage.to("27/02/2024 09:00")
    assert [line[0] for line in stage.ladder(at_work, "do")] == [
        "15/02/2024 08:00",
        "21/02/2024 08:00",
        "23/02/2024 08:00",
        *["26/02/2024 23:59"] * 2,
        *["27/02/2024 08:00"] * 2,
    ]


def test_the_parts_of_a_task_run_by_themselves_and_it_waits_for_them(stage: Stage, at_work: str) -> None:
    part = NewAssignment(lead_id=stage.id("khtc"), content="Phần kinh phí")
    made = stage.act("qlkh.truong", performing.split, at_work, [part])[0].id
    with pytest.raises(Conflict, match="nhiệm vụ con"):
        stage.complete("qlkh.cv", "do", at_work, **result(stage))
    assert stage.row(Assignment, made).current_due == stage.row(Assignment, at_work).current_due
    dong_nai.accept(stage, "khtc.truong", made, "khtc.cv")
    dong_nai.finish(stage, made, "khtc.cv", "khtc.truong", "qlkh.truong")
    stage.complete("qlkh.cv", "do", at_work, **result(stage))
    assert stage.incidents() == []


def test_the_holder_of_the_day_moves_it_unasked(stage: Stage, at_work: str) -> None:
    due = moment("05/04/2024").date()
    stage.act("skhcn.giamdoc", performing.redate, at_work, due, "Lùi theo lịch họp.")
    assert shown(stage.task("do", at_work).due_at) == "05/04/2024 23:59"


def test_a_result_taken_back_is_worked_on_again_and_not_counted_as_redo(stage: Stage, at_work: str) -> None:
    stage.complete("qlkh.cv", "do", at_work, **result(stage))
    stage.complete("qlkh.truong", "approve", at_work, approve_decision="approve")
    stage.act("qlkh.truong", performing.recall, at_work, "Gửi nhầm bản.")
    again = stage.row(Assignment, at_work)
    assert (again.state, again.redo_count) == ("dang_thuc_hien", 0)
    assert [task.element for task in stage.open_tasks(at_work)] == ["do"]


def test_a_result_sent_back_is_counted(stage: Stage, at_work: str) -> None:
    stage.complete("qlkh.cv", "do", at_work, **result(stage))
    stage.complete("qlkh.truong", "approve", at_work, approve_decision="approve")
    stage.complete("skhcn.cvp", "confirm", at_work, confirm_decision="redo", confirm_reason="Thiếu phụ lục.")
    assert stage.row(Assignment, at_work).redo_count == 1
    assert stage.task("do", at_work).assignee == stage.cast.accounts["qlkh.cv"]


def test_a_result_of_tomorrow_is_refused_while_the_form_is_open(stage: Stage, at_work: str) -> None:
    with pytest.raises(Invalid) as refusal:
        stage.complete("qlkh.cv", "do", at_work, result_on="2024-02-06", result_statement="Xong")
    assert "result_on" in refusal.value.fields
    assert stage.row(UserTask, stage.task("do", at_work).id).state == "open"


def test_another_unit_cannot_complete_the_step(stage: Stage, at_work: str) -> None:
    with pytest.raises(Forbidden):
        stage.complete("khtc.cv", "do", at_work, **result(stage))


def ask_new_task(stage: Stage) -> str:
    note = {"document": {**NOTE["document"], "number": "13/TB-UBND"}}
    received = stage.act("skhcn.vanthu", receiving.receive, stage.id("so-khcn"), proposal=note)
    directive = received.directive_id
    stage.complete("skhcn.vanthu", "register", directive, arrived_on="2024-02-05", urgency=0)
    stage.complete(
        "skhcn.giamdoc",
        "instruct",
        directive,
        instruct_decision="do_now",
        instruction="Việc thứ hai",
        drafting_unit=stage.id("qlkh"),
        internal_due="2024-04-26",
    )
    return stage.assignments_of(directive)[0].id


def finish(stage: Stage, task: str) -> None:
    stage.complete("qlkh.cv", "do", task, **result(stage))
    stage.complete("qlkh.truong", "approve", task, approve_decision="approve")
    stage.complete("skhcn.cvp", "confirm", task, confirm_decision="confirm")
