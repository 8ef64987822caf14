"""Assignments: the transition table, acts and their history, results, parts (§2.3, §3)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from directives import amendments, assignments, directives, history, openings, plans, results
from directives.assignment_tables import Assignment
from directives.openings import NewAssignment
from directives.plans import Party
from directives.results import ResultDraft
from directives.states import TRANSITIONS, State
from foundation.errors import Conflict, Invalid, NotFound, Stale
from tests.directives.cycle.world import World, day

STATEMENT = ResultDraft(statement="Đã trình dự thảo chính sách")


def working(world: World, due: str | None = "29/03/2024") -> Assignment:
    return assignments.accept(world.work, world.assignment(due).id)


def submitted(world: World) -> Assignment:
    return results.submit(world.work, working(world).id, STATEMENT)


def test_a_task_given_waits_for_the_lead_and_tells_the_outside(world: World) -> None:
    given = world.assignment("31/03/2024")
    assert State(given.state) is State.AWAITING_ACCEPTANCE
    assert (given.original_due, given.effective_due) == (day("31/03/2024"), day("01/04/2024"))
    assert given.due_holder_id == world.science
    assert world.events()[-1] == "task.assigned"
    assert directives.get(world.session, given.directive_id).status == "implementing"


def test_a_prepared_task_reaches_the_lead_only_when_handed_over(world: World) -> None:
    task = world.assignment(is_held=True)
    assert (task.state, world.events().count("task.assigned")) == ("moi", 0)
    openings.hand_over(world.work, task.id)
    assert (task.state, world.events()[-1]) == ("cho_tiep_nhan", "task.assigned")


def test_the_main_path_from_acceptance_to_confirmation(world: World) -> None:
    task = working(world)
    assignments.report_progress(world.work, task.id, 60, "Đã họp với Liên hiệp hội")
    world.on("28/03/2024")
    results.submit(world.work, task.id, STATEMENT)
    results.confirm(world.work, task.id)
    assert (task.state, task.progress, task.result_on) == ("hoan_thanh", 100, day("28/03/2024"))
    assert world.events()[-5:] == [
        "task.assigned",
        "task.accepted",
        "task.progress",
        "task.submitted",
        "task.confirmed",
    ]


def test_lateness_is_judged_by_the_date_of_the_result_not_of_the_click(world: World) -> None:
    task = working(world)
    world.on("05/04/2024")
    results.submit(
        world.work, task.id, ResultDraft(document_number="12/TTr-SKHCN", result_on=day("29/03/2024"))
    )
    results.confirm(world.work, task.id)
    label = assignments.label_of(task, day("05/04/2024"), day("10/04/2024"))
    assert str(label.text) == "Hoàn thành đúng hạn"


def test_every_act_leaves_who_when_before_after_and_why(world: World) -> None:
    task = world.assignment()
    world.by("truong-phong").on("07/02/2024")
    assignments.return_(world.work, task.id, "Không đúng chức năng")
    change = history.of(world.session, "assignment", task.id)[-1]
    assert (change.actor_id, change.act, change.reason) == ("truong-phong", "return", "Không đúng chức năng")
    assert change.at == world.work.now
    assert change.before == {"state": "cho_tiep_nhan", "return_count": 0}
    assert change.after == {"state": "tra_lai", "return_count": 1}


ACTS: dict[str, Callable[[World, str], object]] = {
    "hand_over": lambda w, i: openings.hand_over(w.work, i),
    "accept": lambda w, i: assignments.accept(w.work, i),
    "return": lambda w, i: assignments.return_(w.work, i, "lý do"),
    "insist": lambda w, i: assignments.insist(w.work, i, "lý do"),
    "reassign": lambda w, i: assignments.reassign(w.work, i, w.other_division, "lý do"),
    "progress": lambda w, i: assignments.report_progress(w.work, i, 10, "x"),
    "submit": lambda w, i: results.submit(w.work, i, STATEMENT),
    "recall": lambda w, i: results.recall(w.work, i),
    "confirm": lambda w, i: results.confirm(w.work, i),
    "redo": lambda w, i: results.redo(w.work, i, "lý do"),
    "complete_by_hand": lambda w, i: results.complete_by_hand(w.work, i, "lý do"),
    "suspend": lambda w, i: assignments.suspend(w.work, i, "lý do"),
    "resume": lambda w, i: assignments.resume(w.work, i),
    "cancel": lambda w, i: assignments.cancel(w.work, i, "lý do"),
    "redate": lambda w, i: assignments.redate(w.work, i, day("01/05/2024"), "lý do"),
    "urge": lambda w, i: assignments.urge(w.work, i, "Đề nghị khẩn trương"),
}


@pytest.mark.parametrize("name", sorted(ACTS))
def test_an_act_is_refused_in_every_state_the_table_does_not_name(world: World, name: str) -> None:
    task = world.assignment()
    allowed, _target = TRANSITIONS[name]
    for state in State:
        if state in allowed:
            continue
        task.state = state.value
        with pytest.raises(Conflict) as refusal:
            ACTS[name](world, task.id)
        assert refusal.value.facts["rule"] == "R-K1"
        assert task.state == state.value


@pytest.mark.parametrize("name", sorted(set(ACTS) - {"recall", "resume", "complete_by_hand"}))
def test_an_act_is_done_in_every_state_the_table_names(world: World, name: str) -> None:
    task = world.assignment()
    allowed, target = TRANSITIONS[name]
    for state in allowed:
        task.state, task.lead_id = state.value, world.division
        ACTS[name](world, task.id)
        assert task.state == (target or state).value


def test_after_acceptance_a_task_is_returned_only_by_agreement(world: World) -> None:
    task = working(world)
    with pytest.raises(Conflict):
        assignments.return_(world.work, task.id, "Quá sức")
    assignments.return_(world.work, task.id, "Quá sức", agreed_by="giam-doc")
    assert (task.state, task.return_count) == ("tra_lai", 1)


@pytest.mark.parametrize("name", ["return", "insist", "reassign", "redo", "suspend", "cancel", "redate"])
def test_acts_against_somebody_need_a_reason(world: World, name: str) -> None:
    task = world.assignment()
    task.state = next(iter(TRANSITIONS[name][0])).value
    wordless: dict[str, Callable[[], object]] = {
        "return": lambda: assignments.return_(world.work, task.id, " "),
        "insist": lambda: assignments.insist(world.work, task.id, ""),
        "reassign": lambda: assignments.reassign(world.work, task.id, world.other_division, ""),
        "redo": lambda: results.redo(world.work, task.id, ""),
        "suspend": lambda: assignments.suspend(world.work, task.id, ""),
        "cancel": lambda: assignments.cancel(world.work, task.id, ""),
        "redate": lambda: assignments.redate(world.work, task.id, day("01/05/2024"), ""),
    }
    with pytest.raises(Invalid) as refusal:
        wordless[name]()
    assert "reason" in refusal.value.fields


def test_a_result_needs_a_document_or_a_statement_and_no_date_to_come(world: World) -> None:
    task = working(world)
    with pytest.raises(Invalid, match="văn bản"):
        results.submit(world.work, task.id, ResultDraft())
    tomorrow = day("06/02/2024") + timedelta(days=1)
    with pytest.raises(Invalid) as refusal:
        results.submit(world.work, task.id, ResultDraft(statement="x", result_on=tomorrow))
    assert "result_on" in refusal.value.fields


def test_a_rejected_result_is_kept_counted_and_sent_again(world: World) -> None:
    task = submitted(world)
    results.redo(world.work, task.id, "Thiếu phụ lục")
    results.submit(world.work, task.id, ResultDraft(statement="Đã bổ sung phụ lục"))
    sent = results.of_assignment(world.session, task.id)
    assert [(r.attempt, r.verdict) for r in sent] == [(2, "waiting"), (1, "redo")]
    assert (task.redo_count, sent[1].verdict_reason) == (1, "Thiếu phụ lục")


def test_what_was_sent_can_be_taken_back_before_it_is_judged(world: World) -> None:
    task = submitted(world)
    results.recall(world.work, task.id, "Gửi nhầm tệp")
    assert (task.state, task.result_on) == ("dang_thuc_hien", None)
    assert results.of_assignment(world.session, task.id)[0].verdict == "recalled"


def test_a_task_given_to_another_lead_starts_anew_and_remembers_the_former(world: World) -> None:
    task = working(world)
    assignments.report_progress(world.work, task.id, 30, "Đã khảo sát")
    assignments.reassign(world.work, task.id, world.other_division, "Đúng chức năng hơn")
    assert (task.lead_id, task.state, task.progress) == (world.other_division, "cho_tiep_nhan", 0)
    change = history.of(world.session, "assignment", task.id)[-1]
    assert change.before is not None
    assert change.before["lead_id"] == world.division


def test_suspension_stops_the_clock_for_as_many_working_days(world: World) -> None:
    task = working(world, "29/03/2024")
    world.on("04/03/2024")
    assignments.suspend(world.work, task.id, "Chờ quy định mới")
    world.on("11/03/2024")
    assignments.resume(world.work, task.id)
    assert (task.state, task.current_due) == ("dang_thuc_hien", day("05/04/2024"))
    assert task.original_due == day("29/03/2024")


def test_parts_are_due_no_later_than_the_whole_and_inherit_its_day(world: World) -> None:
    task = working(world, "29/03/2024")
    late = world.item(due="30/03/2024").deadline
    with pytest.raises(Invalid, match="xin gia hạn nhiệm vụ cha trước"):
        openings.split(
            world.work, task.id, [NewAssignment(lead_id=world.other_division, content="A", deadline=late)]
        )
    (part,) = openings.split(world.work, task.id, [NewAssignment(lead_id=world.other_division, content="A")])
    assert (part.current_due, part.organisation_id) == (day("29/03/2024"), world.division)
    assert world.events()[-1] == "task.split"


def test_the_whole_waits_for_its_mandatory_parts_or_a_reason(world: World) -> None:
    task = working(world)
    must, may = openings.split(
        world.work,
        task.id,
        [
            NewAssignment(lead_id=world.other_division, content="Bắt buộc"),
            NewAssignment(lead_id=world.other_division, content="Thêm", is_mandatory=False),
        ],
    )
    with pytest.raises(Conflict, match="1 nhiệm vụ con bắt buộc"):
        results.submit(world.work, task.id, STATEMENT)
    assignments.accept(world.work, must.id)
    results.submit(world.work, must.id, STATEMENT)
    results.confirm(world.work, must.id)
    assert results.are_parts_done(world.session, task.id)
    results.complete_from_parts(world.work, task.id)
    assert (task.state, task.result_on) == ("hoan_thanh", must.result_on)
    assert may.state == "cho_tiep_nhan"


def test_a_cancelled_task_takes_its_open_parts_along(world: World) -> None:
    task = working(world)
    (part,) = openings.split(world.work, task.id, [NewAssignment(lead_id=world.other_division, content="A")])
    assignments.cancel(world.work, task.id, "Cấp trên thu hồi văn bản")
    assert (task.state, part.state) == ("huy", "huy")


def test_coordinators_give_inputs_and_others_cannot(world: World) -> None:
    task = world.assignment(coordinators=(world.other_division,))
    assignments.give_input(world.work, task.id, world.other_division, "Nhất trí dự thảo")
    assert [c.input_text for c in assignments.coordinators(world.session, task.id)] == ["Nhất trí dự thảo"]
    with pytest.raises(NotFound):
        assignments.give_input(world.work, task.id, world.committee, "Ý kiến")


def test_urgings_are_counted(world: World) -> None:
    task = working(world)
    assignments.urge(world.work, task.id, "Đề nghị khẩn trương")
    assignments.urge(world.work, task.id, document_id=world.incoming("9/UBND").id)
    assert task.urge_count == 2
    assert world.events()[-1] == "urge.sent"


def test_reminders_inform_only_about_tasks_that_still_run(world: World) -> None:
    task = working(world)
    assert assignments.remind(world.work, task.id, "overdue")
    results.submit(world.work, task.id, STATEMENT)
    assert not assignments.remind(world.work, task.id, "overdue")
    with pytest.raises(Invalid, match="due_soon"):
        assignments.remind(world.work, task.id, "blame")


def test_whoever_acts_on_an_old_page_is_told(world: World) -> None:
    task = working(world)
    with pytest.raises(Stale):
        results.submit(world.work, task.id, STATEMENT, version=task.version - 1)


def test_a_changed_calendar_moves_the_last_day_on_time_of_running_tasks(world: World) -> None:
    from foundation import calendars
    from foundation.working_time import CalendarDay, DayKind, DaySource

    task = working(world, "29/03/2024")
    off = CalendarDay(
        date=day("29/03/2024"), kind=DayKind.HOLIDAY, name="Nghỉ đột xuất", source=DaySource.MANUAL
    )
    calendars.set_day(world.work, off)
    assert assignments.recompute_due_days(world.work) == 1
    assert (task.current_due, task.effective_due) == (day("29/03/2024"), day("01/04/2024"))
    assert assignments.recompute_due_days(world.work) == 0


def test_an_amendment_redates_running_tasks_gives_new_leads_theirs_and_takes_it_from_the_others(
    world: World,
) -> None:
    (task,) = world.issued_plan(world.item(world.division, due="29/03/2024"))
    assert task.item_id is not None
    document = world.incoming("20/UBND")
    later = world.item(due="26/04/2024").deadline
    amendments.amend_item(
        world.work, task.item_id, {"deadline": later}, document_id=document.id, reason="Điều chỉnh"
    )
    assert (task.original_due, task.current_due) == (day("29/03/2024"), day("26/04/2024"))
    other = (Party(name="B", organisation_id=world.other_division),)
    (new,) = amendments.amend_item(
        world.work, task.item_id, {"leads": other}, document_id=document.id, reason="Đổi đơn vị"
    )
    assert (task.state, new.lead_id, new.current_due) == ("huy", world.other_division, day("26/04/2024"))


def test_a_task_moved_to_another_lead_by_hand_is_neither_given_again_nor_lost(world: World) -> None:
    (task,) = world.issued_plan(world.item(world.division, due="29/03/2024"))
    assignments.reassign(world.work, task.id, world.other_division, "Đúng chức năng hơn")
    assert openings.open_plan(world.work, str(task.plan_id)) == []
    later = world.item(due="26/04/2024").deadline
    new = amendments.amend_item(
        world.work, str(task.item_id), {"deadline": later}, document_id="d" * 32, reason="Điều chỉnh"
    )
    assert (new, task.state, task.current_due) == ([], "cho_tiep_nhan", day("26/04/2024"))


def test_a_cycle_is_closed_only_when_nothing_is_open_or_with_a_reason(world: World) -> None:
    task = working(world)
    with pytest.raises(Conflict, match="Còn 1 nhiệm vụ"):
        directives.close(world.work, task.directive_id)
    results.complete_by_hand(world.work, task.id, "Đã có kết quả tại cuộc họp")
    assert directives.close(world.work, task.directive_id).status == "closed"
    assert world.events()[-1] == "cycle.closed"


def test_a_task_without_lead_is_given_after_somebody_named_one(world: World) -> None:
    plan = world.draft_plan(world.item(due="29/03/2024"))
    plans.issue(world.work, plan.id)
    assert openings.open_plan(world.work, plan.id) == []
    (row,) = plans.items(world.session, plan.id)
    (task,) = amendments.amend_item(
        world.work,
        row.id,
        {"leads": (Party(name="A", organisation_id=world.division),)},
        document_id=world.incoming("21/UBND").id,
        reason="Phân công",
    )
    assert task.lead_id == world.division
