"""Variables, skipping, trying again: what a repair changes, what it tells, what it leaves alone."""

from typing import Any

import pytest
from sqlalchemy import select

from engine import history, incidents, instances, repairs
from engine.models import InboxItem, Job, UserTask
from engine.ports import JobContext
from engine.spiff.errors import TokenGone
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, TiendoError
from tests.engine.conftest import Bench
from tests.engine.consistency import check
from tests.engine.diagrams import diagram, event, extension, timer
from tests.engine.test_modifications import tokens


def serving(body: str = "") -> bytes:
    return diagram().start().service_task("serve", "plan.issue", body).user_task("after").end().bytes()


def set_variables(bench: Bench, instance: str, token: str | None = None, **changes: Any) -> None:
    with bench.database.unit_of_work() as work:
        repairs.set_variables(work, instance, changes, reason="Ghi nhầm", token=token)
        work.commit()
    check(bench, instance)


def skip(bench: Bench, instance: str, element: str, **variables: Any) -> None:
    with bench.database.unit_of_work() as work:
        token = tokens(bench, instance, element)[0]
        repairs.skip(work, instance, token, variables, reason="Đã làm ngoài hệ thống")
        work.commit()
    check(bench, instance)


def lines(bench: Bench, instance: str, kind: str) -> list[Any]:
    with bench.database.reading() as session:
        return [one for one in history.of_instance(session, instance) if one.type == kind]


def failing(bench: Bench, body: str = "", **variables: Any) -> str:
    """Give an instance whose job refuses any number below ten."""

    def handler(_work: UnitOfWork, job: JobContext) -> dict[str, Any]:
        number = job.variables["number"]
        if number < 10:
            raise ValueError(f"số {number} chưa có")
        return {"got": number}

    bench.handle("plan.issue", handler)
    bench.deploy(serving(body))
    instance = bench.start(**variables)
    bench.wait(minutes=10)
    assert len(bench.incidents(instance)) == 1
    return instance


def retry(bench: Bench, instance: str, **more: Any) -> None:
    [incident] = bench.incidents(instance)
    with bench.database.unit_of_work() as work:
        incidents.retry(work, incident.id, **more)
        work.commit()
    check(bench, instance)


MAPPED = extension(
    '<camunda:inputOutput><camunda:inputParameter name="number">=number + 1</camunda:inputParameter>'
    "</camunda:inputOutput>"
)


@pytest.mark.parametrize(("body", "got"), [("", 12), (MAPPED, 13)])
def test_a_failed_job_sees_the_repaired_variable_when_it_is_tried_again(
    bench: Bench, body: str, got: int
) -> None:
    instance = failing(bench, body, number=7)
    set_variables(bench, instance, number=12)
    retry(bench, instance)
    assert bench.waiting(instance) == ["after"]
    assert bench.variables(instance)["got"] == got
    assert bench.incidents(instance) == []


def test_the_incident_of_a_job_that_is_skipped_is_over(bench: Bench) -> None:
    instance = failing(bench, number=7)
    skip(bench, instance, "serve", got=1)
    assert bench.waiting(instance) == ["after"]
    assert bench.incidents(instance) == []


def test_an_incident_without_anything_to_try_again_is_closed_by_hand(bench: Bench) -> None:
    bench.deploy(deciding(diagram().start().user_task("draft")))
    instance = bench.start()
    with pytest.raises(TiendoError):
        bench.complete(instance, "draft")
    [incident] = bench.incidents(instance)
    with bench.database.unit_of_work() as work:
        incidents.close(work, incident.id, reason="Người dùng đã làm lại")
        work.commit()
    assert bench.incidents(instance) == []
    assert lines(bench, instance, "incident.closed")[0].data["reason"] == "Người dùng đã làm lại"


def test_trying_again_is_in_history_with_the_number_of_tries(bench: Bench) -> None:
    instance = failing(bench, number=7)
    retry(bench, instance, tries=3, reason="Trục liên thông đã chạy lại")
    [line] = lines(bench, instance, "incident.retried")
    assert line.data["tries"] == 3
    assert "chưa có" in line.data["message"]
    with bench.database.reading() as session:
        assert session.scalars(select(Job.retries_left)).one() == 2
    bench.wait(minutes=10)
    assert len(bench.incidents(instance)) == 1


@pytest.mark.parametrize("tries", [0, 101])
def test_a_number_of_tries_that_makes_no_sense_is_refused(bench: Bench, tries: int) -> None:
    instance = failing(bench, number=7)
    with pytest.raises(Invalid, match="Số lần thử"):
        retry(bench, instance, tries=tries)


def deciding(d: Any) -> bytes:
    """Give a process that goes on behind what was drawn only when n is 1."""
    drawn: bytes = d.exclusive("decide").flow("decide", "a", "n = 1").at(None).user_task("a").end().bytes()
    return drawn


def test_a_failed_timer_fires_once_the_cause_is_repaired(bench: Bench) -> None:
    bench.deploy(deciding(diagram().start().catch("day", timer("timeDuration", "PT1H"))))
    instance = bench.start()
    bench.wait(hours=5)
    set_variables(bench, instance, n=1)
    retry(bench, instance, tries=1)
    bench.dispatcher.settle()
    assert bench.waiting(instance) == ["a"]
    assert bench.incidents(instance) == []


def test_a_held_result_of_a_child_is_taken_once_the_cause_is_repaired(bench: Bench) -> None:
    bench.deploy(
        deciding(diagram().start().node("callActivity", "call", calledElement="child")),
        diagram("child").start().user_task("do").end().bytes(),
    )
    instance = bench.start()
    bench.complete(bench.children(instance)[0], "do")
    bench.wait(hours=5)
    set_variables(bench, instance, n=1)
    retry(bench, instance, tries=2)
    assert bench.waiting(instance) == ["a"]


def test_local_variables_of_a_task_are_repaired_with_its_row(bench: Bench) -> None:
    body = extension(
        '<camunda:inputOutput><camunda:inputParameter name="unit">=place</camunda:inputParameter>'
        "</camunda:inputOutput>"
    )
    bench.deploy(diagram().start().user_task("draft", body).end().bytes())
    instance = bench.start(place="Sở Y tế")
    [token] = tokens(bench, instance, "draft")
    set_variables(bench, instance, token, unit="Sở Nội vụ")
    with bench.database.reading() as session:
        assert session.scalars(select(UserTask.local)).one() == {"unit": "Sở Nội vụ"}
    [line] = lines(bench, instance, "variables.repaired")
    assert (line.element, line.data["before"]) == ("draft", {"unit": "Sở Y tế"})
    assert bench.variables(instance) == {"place": "Sở Y tế"}
    with pytest.raises(TokenGone):
        set_variables(bench, instance, "t77", unit="x")


def test_a_due_date_drawn_from_a_variable_moves_with_it(bench: Bench) -> None:
    bench.deploy(diagram().start().user_task("draft", camunda__dueDate="=due").end().bytes())
    instance = bench.start(due="2024-03-01")
    set_variables(bench, instance, due="2024-03-15")
    with bench.database.reading() as session:
        task = session.scalars(select(UserTask)).one()
    assert task.due_at is not None
    assert task.due_at.date().isoformat() == "2024-03-15"


def test_a_new_variable_has_no_value_before(bench: Bench) -> None:
    bench.deploy(diagram().start().user_task("draft").end().bytes())
    instance = bench.start()
    set_variables(bench, instance, x=1)
    assert lines(bench, instance, "variables.repaired")[0].data["before"] == {}


LATE = timer("timeDuration", "P2D")
SKIPPED = {
    "task": lambda d: d.user_task("here").boundary("late", "here", LATE).end("e2").at("here"),
    "job": lambda d: (
        d.service_task("here", "nobody.does").boundary("late", "here", LATE).end("e2").at("here")
    ),
    "message": lambda d: d.message("m").catch("here", event("message", "m")),
    "timer": lambda d: d.catch("here", timer("timeDuration", "P9D")),
    "receive": lambda d: d.message("m").node("receiveTask", "here", messageRef="m"),
    "call": lambda d: d.node("callActivity", "here", calledElement="child"),
}


@pytest.mark.parametrize("kind", SKIPPED)
def test_a_waiting_step_is_skipped_with_the_variables_it_would_have_brought(bench: Bench, kind: str) -> None:
    drawn = SKIPPED[kind](diagram().start()).user_task("after").end().bytes()
    bench.deploy(drawn, diagram("child").start().user_task("do").end().bytes())
    instance = bench.start(code="x")
    skip(bench, instance, "here", number="45")
    assert bench.waiting(instance) == ["after"]
    assert bench.variables(instance)["number"] == "45"
    assert [bench.state(child) for child in bench.children(instance)] in ([], ["cancelled"])
    [line] = lines(bench, instance, "activity.skipped")
    assert line.data["before"][0]["element"] == "here"
    assert line.data["after"][0]["element"] == "after"


def test_what_waits_for_other_tokens_is_not_skipped(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .start()
        .parallel("split")
        .user_task("a")
        .parallel("join")
        .end()
        .at("split")
        .user_task("b")
        .flow("b", "join")
        .bytes()
    )
    instance = bench.start()
    bench.complete(instance, "a")
    with pytest.raises(Conflict, match="không chờ người"):
        skip(bench, instance, "join")


def test_no_repair_without_a_reason(bench: Bench) -> None:
    bench.deploy(diagram().start().user_task("draft").end().bytes())
    instance = bench.start()
    for act in (instances.suspend, instances.cancel):
        with pytest.raises(Invalid), bench.database.unit_of_work() as work:
            act(work, instance, reason="  ")
    with pytest.raises(Invalid), bench.database.unit_of_work() as work:
        repairs.set_variables(work, instance, {"x": 1}, reason="")


def called(bench: Bench) -> tuple[str, str]:
    bench.deploy(
        diagram().start().node("callActivity", "call", calledElement="child").user_task("read").end().bytes(),
        diagram("child").start().user_task("do").end().bytes(),
    )
    instance = bench.start()
    return instance, bench.children(instance)[0]


def suspend(bench: Bench, instance: str) -> None:
    with bench.database.unit_of_work() as work:
        instances.suspend(work, instance, reason="Chờ")
        work.commit()


def test_what_comes_for_a_suspended_instance_waits_until_it_is_resumed(bench: Bench) -> None:
    instance, child = called(bench)
    suspend(bench, instance)
    bench.complete(child, "do")
    bench.wait(days=2)
    with bench.database.reading() as session:
        item = session.scalars(select(InboxItem).where(InboxItem.instance_id == instance)).one()
    assert (item.attempts, item.is_held) == (0, False)
    with bench.database.unit_of_work() as work:
        instances.resume(work, instance, reason="Tiếp")
        work.commit()
    assert bench.waiting(instance) == ["read"]


def test_a_suspended_child_is_cancelled_with_its_parent(bench: Bench) -> None:
    instance, child = called(bench)
    suspend(bench, child)
    suspend(bench, instance)
    with bench.database.unit_of_work() as work:
        instances.cancel(work, instance, reason="Thu hồi")
        work.commit()
    assert (bench.state(instance), bench.state(child)) == ("cancelled", "cancelled")
    check(bench, child)
    [line] = lines(bench, instance, "instance.cancel_requested")
    assert (line.data["before"], line.data["after"]) == ("suspended", "cancelled")
