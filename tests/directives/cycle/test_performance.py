"""Counts for the scoring of civil servants (R-K3)."""

from datetime import date

from directives import assignments, explanations, performance, results
from directives.explanations import Cause
from directives.performance import By
from directives.results import ResultDraft
from tests.directives.cycle.world import World

MARCH = (date(2024, 3, 1), date(2024, 3, 31))
APRIL = (date(2024, 4, 1), date(2024, 4, 30))
TODAY = date(2024, 5, 10)


def test_a_task_done_after_a_redo_counts_once_with_its_redo(world: World) -> None:
    task = assignments.accept(world.work, world.assignment("29/03/2024").id, officer_id="an")
    world.on("27/03/2024")
    results.submit(world.work, task.id, ResultDraft(statement="Dự thảo"))
    results.redo(world.work, task.id, "Thiếu phụ lục")
    results.submit(world.work, task.id, ResultDraft(statement="Dự thảo lần 2"))
    results.confirm(world.work, task.id)
    (record,) = performance.records(world.session, *MARCH, TODAY, by=By.OFFICER)
    assert (record.id, record.assigned, record.done, record.redone, record.late) == ("an", 0, 1, 1, ())


def test_lateness_comes_with_its_confirmed_cause_and_who_confirmed_it(world: World) -> None:
    task = assignments.accept(world.work, world.assignment("25/03/2024").id)
    world.on("05/04/2024").by("truong-phong")
    said = explanations.explain(world.work, task.id, world.division, Cause.OBJECTIVE, "Mưa lũ")
    (before,) = performance.records(world.session, *MARCH, TODAY)
    world.by("giam-doc")
    explanations.judge(world.work, said.id, is_confirmed=True)
    (record,) = performance.records(world.session, *MARCH, TODAY)
    assert (before.excused, record.excused, len(record.late)) == (0, 1, 1)
    assert record.late[0].confirmed_by == "Giam-Doc"


def test_a_task_is_late_once_in_the_month_in_which_it_became_late(world: World) -> None:
    task = assignments.accept(world.work, world.assignment("29/03/2024").id)
    world.on("05/04/2024")
    results.submit(world.work, task.id, ResultDraft(statement="Xong"))
    results.confirm(world.work, task.id)
    (march,) = performance.records(world.session, *MARCH, TODAY)
    (april,) = performance.records(world.session, *APRIL, TODAY)
    assert (march.done, [late.result_on for late in march.late]) == (0, [date(2024, 4, 5)])
    assert (april.done, april.late) == (1, ())


def test_a_task_due_on_the_last_day_of_a_month_is_late_in_the_next(world: World) -> None:
    world.assignment("31/05/2024")
    later = date(2024, 6, 10)
    assert performance.records(world.session, date(2024, 5, 1), date(2024, 5, 31), later) == []
    (june,) = performance.records(world.session, date(2024, 6, 1), date(2024, 6, 30), later)
    assert len(june.late) == 1


def test_nothing_is_late_before_its_day_has_passed(world: World) -> None:
    world.assignment("10/04/2024")
    assert performance.records(world.session, *APRIL, date(2024, 4, 10)) == []
    (record,) = performance.records(world.session, *APRIL, date(2024, 4, 11))
    assert len(record.late) == 1


def test_cancelled_tasks_and_tasks_without_officer_are_left_out(world: World) -> None:
    task = world.assignment("29/03/2024")
    assert performance.records(world.session, *MARCH, TODAY, by=By.OFFICER) == []
    assignments.cancel(world.work, task.id, "Thu hồi")
    assert performance.records(world.session, *MARCH, TODAY) == []
