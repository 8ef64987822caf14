"""The ladder of a user task: on working days, across Tết 2024 (08–14 February), moved with the due date."""

from datetime import UTC, datetime

from engine import escalations, user_tasks
from foundation import calendars
from foundation.clock import BUSINESS_ZONE
from tests.engine.conftest import Bench
from tests.engine.diagrams import diagram, extension

STEPS = (
    '<tiendo:escalation><tiendo:step offset="-3" unit="workingDays" to="assignee" action="remind"/>'
    '<tiendo:step offset="0" unit="workingDays" to="unit_head" action="overdue"/>'
    '<tiendo:step offset="1" unit="workingDays" to="monitor" action="escalate"/>'
    '<tiendo:step offset="7" unit="workingDays" to="decision_holder" action="urge"/></tiendo:escalation>'
)


def started(bench: Bench, due: str = "2024-02-07") -> str:
    with bench.database.unit_of_work() as work:
        calendars.seed(work, [2024])
        work.commit()
    bench.deploy(
        diagram().start().user_task("work", extension(STEPS), camunda__dueDate="=due_at").end().bytes()
    )
    return bench.start(due_at=due)


def moments(bench: Bench, instance: str) -> list[str]:
    with bench.database.reading() as session:
        task = user_tasks.of_instance(session, instance)[0]
        steps = escalations.of_task(session, task.id)
    return [f"{step.due_at.astimezone(BUSINESS_ZONE):%d/%m %H:%M} {step.to}" for step in steps]


def test_steps_fall_on_working_days_and_reminders_already_past_are_left_out(bench: Bench) -> None:
    instance = started(bench)
    assert moments(bench, instance) == [
        "07/02 23:59 unit_head",
        "15/02 08:00 monitor",
        "23/02 08:00 decision_holder",
    ]


def test_each_step_is_told_once_at_its_moment(bench: Bench) -> None:
    instance = started(bench)
    bench.wait(days=9)
    assert [notice.to for notice in bench.notices] == ["unit_head"]
    bench.wait(days=30)
    assert [notice.to for notice in bench.notices] == ["unit_head", "monitor", "decision_holder"]
    assert bench.waiting(instance) == ["work"]


def test_a_task_done_in_time_is_never_told_about(bench: Bench) -> None:
    instance = started(bench)
    bench.complete(instance, "work")
    bench.wait(days=60)
    assert bench.notices == []


def test_a_moved_due_date_moves_the_ladder(bench: Bench) -> None:
    instance = started(bench)
    with bench.database.reading() as session:
        task = user_tasks.of_instance(session, instance)[0]
    with bench.database.unit_of_work() as work:
        user_tasks.set_due(work, task.id, datetime(2024, 2, 29, 16, 59, tzinfo=UTC), reason="gia hạn lần 1")
        work.commit()
    assert moments(bench, instance) == [
        "26/02 08:00 assignee",
        "29/02 23:59 unit_head",
        "01/03 08:00 monitor",
        "11/03 08:00 decision_holder",
    ]
