"""Due dates and ladders of call activities: one per child, told once, moved with the variables."""

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from engine import call_deadlines, escalations, history, instances, modifications, repairs, version_changes
from engine.dispatcher import Dispatcher
from engine.models import CallDeadline, EscalationStep
from engine.play import Player
from foundation import calendars
from foundation.clock import BUSINESS_ZONE
from foundation.outbox import OutboxEvent
from tests.engine.conftest import Bench
from tests.engine.diagrams import diagram, extension, multi

LADDER = (
    '<tiendo:escalation><tiendo:step offset="-1" unit="workingDays" to="lead_head" action="remind"/>'
    '<tiendo:step offset="0" unit="workingDays" to="unit_head" action="overdue"/>'
    '<tiendo:step offset="2" unit="workingDays" to="monitor" action="escalate"/></tiendo:escalation>'
)
EACH = multi(camunda__collection="=units", camunda__elementVariable="unit", tiendo__elementKey="=unit.name")
ONE_AFTER_ANOTHER = EACH.replace("<bpmn:multiInst", "<bpmn:multiInst").replace(
    " camunda:collection", ' isSequential="true" camunda:collection'
)
NORTH = {"name": "north", "due": "2024-03-06"}
SOUTH = {"name": "south", "due": "2024-03-13"}


def parent(loop: str = "", due: str = "=unit.due", ladder: str = LADDER, **attributes: str) -> bytes:
    body = extension('<camunda:in businessKey="=unit.name"/>' + ladder) + loop
    attributes = attributes or {"camunda__dueDate": due}
    drawing = diagram("parent").start().service_task("prepare", "unit.prepare")
    drawing.node("callActivity", "call", body, name="Báo cáo đơn vị", calledElement="child", **attributes)
    return drawing.user_task("read").end().bytes()


def child() -> bytes:
    return diagram("child").start().user_task("do").end().bytes()


@pytest.fixture
def called(bench: Bench) -> Bench:
    bench.clock.move_to(datetime(2024, 3, 1, 1, tzinfo=UTC))
    with bench.database.unit_of_work() as work:
        calendars.seed(work, [2024])
        work.commit()
    bench.handle("unit.prepare", lambda _work, _job: {})
    return bench


def started(bench: Bench, content: bytes, **variables: Any) -> str:
    bench.deploy(content, child())
    instance = bench.start("parent", **variables)
    bench.dispatcher.settle()
    return instance


def moments(bench: Bench, called: str) -> list[str]:
    with bench.database.reading() as session:
        steps = escalations.of_child(session, called)
    return [f"{step.due_at.astimezone(BUSINESS_ZONE):%d/%m %H:%M} {step.to}" for step in steps]


def told(bench: Bench) -> list[tuple[str | None, str]]:
    return [(notice.called_business_key, notice.to) for notice in bench.notices]


def states(bench: Bench) -> list[str]:
    with bench.database.reading() as session:
        rows = session.scalars(select(CallDeadline).order_by(CallDeadline.id)).all()
    return [row.state for row in rows]


def test_one_called_process_has_the_ladder_of_its_call(called: Bench) -> None:
    instance = started(called, parent(), unit=NORTH)
    [one] = called.children(instance)
    assert moments(called, one) == ["05/03 08:00 lead_head", "06/03 23:59 unit_head", "08/03 08:00 monitor"]


def test_the_due_date_may_be_written_in_the_own_namespace(called: Bench) -> None:
    instance = started(called, parent(tiendo__dueDate="=unit.due"), unit=NORTH)
    [one] = called.children(instance)
    assert len(moments(called, one)) == 3


def test_each_child_of_many_has_its_own_due_moment(called: Bench) -> None:
    instance = started(called, parent(EACH), units=[NORTH, SOUTH])
    north, south = called.children(instance)
    assert moments(called, north)[1] == "06/03 23:59 unit_head"
    assert moments(called, south)[1] == "13/03 23:59 unit_head"


def test_each_step_is_told_once_and_names_the_child(called: Bench) -> None:
    instance = started(called, parent(EACH), units=[NORTH, SOUTH])
    called.wait(days=60)
    assert told(called) == [
        ("north", "lead_head"), ("north", "unit_head"), ("north", "monitor"),
        ("south", "lead_head"), ("south", "unit_head"), ("south", "monitor"),
    ]  # fmt: skip
    assert called.waiting(instance) == ["call"]
    notice = called.notices[0]
    assert (notice.user_task, notice.title, notice.called_key) == (None, "Báo cáo đơn vị", "child")
    assert notice.child_id == called.children(instance)[0]


def test_a_child_that_ended_is_not_told_of_and_its_sister_is(called: Bench) -> None:
    instance = started(called, parent(EACH), units=[NORTH, SOUTH])
    north, _south = called.children(instance)
    called.complete(north, "do")
    called.wait(days=60)
    assert {key for key, _to in told(called)} == {"south"}
    assert states(called) == ["completed", "open"]


def test_a_child_that_ended_is_not_told_of_before_its_caller_knows(called: Bench) -> None:
    instance = started(called, parent(), unit=NORTH)
    [one] = called.children(instance)
    with called.database.unit_of_work() as work:
        instances.suspend(work, instance, reason="kiểm tra")
        work.commit()
    called.complete(one, "do")
    called.clock.move_to(datetime(2024, 3, 20, tzinfo=UTC))
    with called.database.unit_of_work() as work:
        instances.resume(work, instance, reason="xong")
        work.commit()
    assert escalations.fire_due(called.database, called.dispatcher.sink) == 0
    assert called.notices == []


def test_a_withdrawn_child_is_not_told_of(called: Bench) -> None:
    instance = started(called, parent(EACH), units=[NORTH, SOUTH])
    with called.database.unit_of_work() as work:
        instances.cancel(work, called.children(instance)[1], reason="không còn giao")
        work.commit()
    called.wait(days=60)
    assert {key for key, _to in told(called)} == {"north"}
    assert states(called) == ["open", "cancelled"]


@pytest.mark.parametrize("act", [instances.cancel, "skip", "move"])
def test_a_call_that_is_left_is_not_told_of(called: Bench, act: Any) -> None:
    instance = started(called, parent(EACH), units=[NORTH, SOUTH])
    with called.database.reading() as session:
        token = session.scalars(select(CallDeadline.token)).first() or ""
    with called.database.unit_of_work() as work:
        if act == "skip":
            repairs.skip(work, instance, token, {}, reason="làm ngoài hệ thống")
        elif act == "move":
            move = modifications.MoveToken(token=token, element="read")
            modifications.modify(work, instance, [move], reason="sai bước")
        else:
            act(work, instance, reason="thôi")
        work.commit()
    called.wait(days=60)
    assert called.notices == []
    assert states(called) == ["cancelled", "cancelled"]


def test_children_one_after_the_other_are_due_from_their_own_start(called: Bench) -> None:
    instance = started(called, parent(ONE_AFTER_ANOTHER, due="P10D"), units=[NORTH, SOUTH])
    called.wait(days=1)
    called.complete(called.children(instance)[0], "do")
    called.dispatcher.settle()
    north, south = called.children(instance)
    assert moments(called, north) == []
    assert moments(called, south)[:2] == ["11/03 08:00 lead_head", "12/03 08:00 unit_head"]


def test_a_job_that_changes_the_variable_moves_the_open_children(called: Bench) -> None:
    instance = started(called, parent(due="=due_at"), unit=NORTH, due_at="2024-03-06")
    [one] = called.children(instance)
    with called.database.unit_of_work() as work:
        repairs.set_variables(work, instance, {"due_at": "2024-03-20"}, reason="gia hạn")
        work.commit()
    assert moments(called, one) == ["19/03 08:00 lead_head", "20/03 23:59 unit_head", "22/03 08:00 monitor"]
    with called.database.reading() as session:
        call = call_deadlines.of_children(session, [one])[one]
        line = next(one for one in history.of_instance(session, instance) if one.type == "call.due_changed")
        assert history.verify(session, instance) is None
    assert call.original_due_at == datetime(2024, 3, 6, 16, 59, 59, 999000, tzinfo=UTC)
    assert line.data["reason"] == "gia hạn"


def test_a_due_moment_that_comes_later_plans_the_ladder_then(called: Bench) -> None:
    instance = started(called, parent(due="=due_at"), unit=NORTH, due_at=None)
    [one] = called.children(instance)
    assert moments(called, one) == []
    with called.database.unit_of_work() as work:
        repairs.set_variables(work, instance, {"due_at": "2024-03-20"}, reason="có hạn")
        work.commit()
    assert len(moments(called, one)) == 3


def test_history_and_the_outside_are_told_of_each_step(called: Bench) -> None:
    instance = started(called, parent(), unit=NORTH)
    called.wait(days=30)
    with called.database.reading() as session:
        fired = [one for one in history.of_instance(session, instance) if one.type == "escalation.fired"]
        events = session.scalars(select(OutboxEvent.type).order_by(OutboxEvent.id)).all()
    assert [(one.element_type, one.data["called_business_key"]) for one in fired] == [
        ("callActivity", "north")
    ] * 3
    assert [one for one in events if one.startswith("call.")] == [
        "call.due_soon", "call.overdue", "call.escalated",
    ]  # fmt: skip


def test_two_workers_tell_each_step_once(called: Bench) -> None:
    started(called, parent(EACH), units=[{"name": f"u{one}", "due": "2024-03-06"} for one in range(8)])
    called.clock.move_to(datetime(2024, 3, 20, tzinfo=UTC))
    heard: list[tuple[str | None, str]] = []
    begin = threading.Barrier(2)

    def work() -> None:
        begin.wait()
        escalations.fire_due(
            called.database, lambda _work, notice: heard.append((notice.child_id, notice.to))
        )

    workers = [threading.Thread(target=work) for _one in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(heard) == len(set(heard)) == 24


def test_a_step_whose_telling_fails_is_told_by_the_next_worker(called: Bench) -> None:
    started(called, parent(), unit=NORTH)
    called.clock.move_to(datetime(2024, 3, 20, tzinfo=UTC))

    def killed(_work: Any, _notice: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        escalations.fire_due(called.database, killed)
    Dispatcher(called.database, {}, lambda _work, notice: called.notices.append(notice)).settle()
    assert len(called.notices) == 3


def test_a_changed_version_keeps_the_steps_under_the_new_name_of_the_call(called: Bench) -> None:
    instance = started(called, parent(), unit=NORTH)
    called.deploy(parent().replace(b'"call"', b'"ask"'))
    with called.database.unit_of_work() as work:
        plan = version_changes.plan(work.session, "parent", 1, 2, {"call": "ask"})
        version_changes.change_version(work, instance, plan, reason="bản mới")
        work.commit()
    called.wait(days=30)
    assert [notice.element for notice in called.notices] == ["ask"] * 3


def test_a_scenario_sees_the_steps_of_a_call() -> None:
    player = Player({"p.bpmn": parent(due="P2D")}, jobs={"unit.prepare": {}})
    player.begin({"unit": NORTH})
    player.advance("P9D")
    assert [(element, step.to) for step, element in player.fired_steps()][-1] == ("call", "monitor")


def test_a_call_without_due_date_has_no_rows(called: Bench) -> None:
    started(called, parent(ladder="", due=""), unit=NORTH)
    with called.database.reading() as session:
        assert session.scalars(select(CallDeadline)).all() == []
        assert session.scalars(select(EscalationStep)).all() == []
