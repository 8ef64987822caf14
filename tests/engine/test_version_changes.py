"""Running instances on another version: judged first, then changed whole, or left as they were."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import ad_hoc, bulk, history, instances, user_tasks, version_changes
from engine.models import Job, ProcessInstance, Timer, UserTask
from engine.spiff import state
from engine.verdicts import CannotMigrate, InstanceVerdict
from engine.version_changes import Plan
from foundation.errors import Conflict, Invalid
from tests.engine.conftest import Bench
from tests.engine.consistency import check
from tests.engine.diagrams import Diagram, compensation, diagram, event, multi, timer

LATE = timer("timeDuration", "P2D")


def plan(bench: Bench, mapping: dict[str, str] | None = None, source: int = 1, target: int = 2) -> Plan:
    with bench.database.reading() as session:
        return version_changes.plan(session, "p", source, target, mapping or {})


def judge(bench: Bench, chosen: Plan) -> list[InstanceVerdict]:
    with bench.database.reading() as session:
        return version_changes.dry_run(session, chosen)


def change(bench: Bench, instance: str, chosen: Plan) -> None:
    with bench.database.unit_of_work() as work:
        version_changes.change_version(work, instance, chosen, reason="Bổ sung bước duyệt")
        work.commit()
    check(bench, instance)


def version(bench: Bench, instance: str) -> int:
    with bench.database.reading() as session:
        return instances.get(session, instance).definition_version


def codes(verdict: InstanceVerdict) -> tuple[list[str], list[str]]:
    found = verdict.verdict
    return [one.code for one in found.problems], [one.code for one in found.warnings]


def draft(d: Diagram) -> Diagram:
    return d.start().user_task("draft", name="Soạn dự thảo")


def test_an_instance_goes_on_in_the_new_version_with_its_task_as_it_was(bench: Bench) -> None:
    bench.deploy(draft(diagram()).end().bytes())
    instance = bench.start(x=1)
    with bench.database.unit_of_work() as work:
        [task] = user_tasks.of_instance(work.session, instance)
        user_tasks.assign(work, task.id, "binh", reason="")
        user_tasks.set_due(work, task.id, work.now + timedelta(days=9), reason="")
        work.commit()
    bench.deploy(draft(diagram()).user_task("sign").end().bytes())
    change(bench, instance, plan(bench))
    with bench.database.reading() as session:
        [kept] = user_tasks.of_instance(session, instance)
        due = session.get_one(UserTask, task.id).due_at
    assert (kept.id, kept.assignee, kept.due_at) == (task.id, "binh", due)
    bench.complete(instance, "draft")
    assert (bench.waiting(instance), version(bench, instance)) == (["sign"], 2)


def test_history_says_from_where_to_where_and_why(bench: Bench) -> None:
    bench.deploy(draft(diagram()).end().bytes())
    instance = bench.start()
    bench.deploy(draft(diagram()).user_task("sign").end().bytes())
    change(bench, instance, plan(bench))
    with bench.database.reading() as session:
        [line] = [one for one in history.of_instance(session, instance) if one.type == "instance.migrated"]
    assert (line.data["before"], line.data["after"]) == ({"version": 1}, {"version": 2})
    assert line.data["reason"] == "Bổ sung bước duyệt"


IMPOSSIBLE: dict[str, Callable[[Diagram], Diagram]] = {
    "element_gone": lambda d: d.start().user_task("other").end(),
    "type_changed": lambda d: d.start().service_task("draft").end(),
    "scope_changed": lambda d: (
        d.start().inside("part").start("s").user_task("draft").end("e").outside().end()
    ),
    "repetition_kind_changed": lambda d: (
        d.start().user_task("draft", multi(camunda__collection="=units", camunda__elementVariable="u")).end()
    ),
}


@pytest.mark.parametrize("code", IMPOSSIBLE)
def test_what_cannot_go_on_is_said_and_stays_as_it_was(bench: Bench, code: str) -> None:
    bench.deploy(draft(diagram()).end().bytes())
    instance = bench.start()
    bench.deploy(IMPOSSIBLE[code](diagram()).bytes())
    [verdict] = judge(bench, plan(bench))
    assert codes(verdict)[0] == [code]
    assert verdict.steps == ("Soạn dự thảo",)
    [remark] = verdict.verdict.problems
    assert (remark.element, remark.name) == ("draft", "Soạn dự thảo")
    with pytest.raises(CannotMigrate):
        change(bench, instance, plan(bench))
    assert (version(bench, instance), bench.waiting(instance)) == (1, ["draft"])
    check(bench, instance)


def test_an_element_that_got_another_id_is_mapped(bench: Bench) -> None:
    bench.deploy(draft(diagram()).end().boundary("late", "draft", LATE).user_task("urge").end("e2").bytes())
    instance = bench.start()
    bench.deploy(
        diagram()
        .start()
        .user_task("write")
        .end()
        .boundary("overdue", "write", LATE)
        .user_task("urge")
        .end("e2")
        .bytes()
    )
    chosen = plan(bench, {"draft": "write", "late": "overdue"})
    assert codes(judge(bench, chosen)[0]) == ([], [])
    change(bench, instance, chosen)
    assert bench.waiting(instance) == ["overdue", "write"]
    bench.wait(days=3)
    assert bench.waiting(instance) == ["urge"]


def test_a_running_timer_keeps_its_moment_and_the_dry_run_says_so(bench: Bench) -> None:
    bench.deploy(draft(diagram()).end().boundary("late", "draft", LATE).user_task("urge").end("e2").bytes())
    instance = bench.start()
    sooner = timer("timeDuration", "PT1H")
    bench.deploy(draft(diagram()).end().boundary("late", "draft", sooner).user_task("urge").end("e2").bytes())
    assert codes(judge(bench, plan(bench))[0]) == ([], ["timer_changed"])
    with bench.database.reading() as session:
        due = session.scalars(select(Timer.due_at)).one()
    change(bench, instance, plan(bench))
    with bench.database.reading() as session:
        assert session.scalars(select(Timer.due_at)).one() == due


def test_boundary_events_that_are_new_listen_and_those_gone_stop(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .message("m")
        .start()
        .user_task("draft")
        .end()
        .boundary("asked", "draft", event("message", "m"))
        .end("e2")
        .bytes()
    )
    instance = bench.start(code="x")
    bench.deploy(
        diagram()
        .start()
        .user_task("draft")
        .end()
        .boundary("late", "draft", LATE)
        .user_task("urge")
        .end("e2")
        .bytes()
    )
    assert codes(judge(bench, plan(bench))[0]) == ([], ["event_removed", "event_added"])
    change(bench, instance, plan(bench))
    assert bench.waiting(instance) == ["draft", "late"]
    bench.wait(days=3)
    assert bench.waiting(instance) == ["urge"]


def test_a_boundary_event_of_another_kind_under_the_same_id_is_replaced(bench: Bench) -> None:
    bench.deploy(draft(diagram()).end().boundary("b", "draft", LATE).end("e2").bytes())
    instance = bench.start(code="x")
    bench.deploy(
        draft(diagram().message("m")).end().boundary("b", "draft", event("message", "m")).end("e2").bytes()
    )
    change(bench, instance, plan(bench))
    bench.send("Đã nhận", "x")
    assert bench.state(instance) == "completed"


def test_an_event_that_fired_already_does_not_listen_again(bench: Bench) -> None:
    def drawn(more: str) -> bytes:
        return (
            draft(diagram())
            .task(more)
            .end()
            .boundary("late", "draft", LATE, cancelActivity="false")
            .task("tell")
            .end("e2")
            .bytes()
        )

    bench.deploy(drawn("one"))
    instance = bench.start()
    bench.wait(days=3)
    bench.deploy(drawn("two"))
    assert codes(judge(bench, plan(bench))[0]) == ([], [])
    change(bench, instance, plan(bench))
    assert bench.waiting(instance) == ["draft"]


def test_event_subprocesses_that_are_new_listen_in_every_open_scope(bench: Bench) -> None:
    def drawn(*, with_event: bool) -> bytes:
        d = diagram().message("m").start().inside("part").start("s").user_task("do").end("e1")
        if with_event:
            d = d.inside("asked", triggeredByEvent="true")
            d = (
                d.start("heard", event("message", "m"), isInterrupting="false")
                .user_task("answer")
                .end("e3")
                .outside()
            )
            d = d.at(None)
        return d.outside().at("part").end().bytes()

    bench.deploy(drawn(with_event=False))
    instance = bench.start(code="x")
    bench.deploy(drawn(with_event=True))
    change(bench, instance, plan(bench))
    bench.send("Đã nhận", "x")
    assert bench.waiting(instance) == ["answer", "do", "heard"]
    check(bench, instance)


def test_multi_instance_counters_and_children_go_along(bench: Bench) -> None:
    each = multi(camunda__collection="=units", camunda__elementVariable="u", tiendo__elementKey="=u")

    def drawn(more: str) -> bytes:
        return (
            diagram()
            .start()
            .parallel("split")
            .user_task("each", each)
            .parallel("join")
            .user_task(more)
            .end()
            .at("split")
            .node("callActivity", "call", calledElement="child")
            .flow("call", "join")
            .bytes()
        )

    bench.deploy(drawn("one"), diagram("child").start().user_task("do").end().bytes())
    instance = bench.start(units=["a", "b", "c"])
    bench.complete(instance, "each")
    bench.deploy(drawn("two"))
    change(bench, instance, plan(bench))
    bench.complete(bench.children(instance)[0], "do")
    for _rest in range(2):
        bench.complete(instance, "each")
        check(bench, instance)
    assert bench.waiting(instance) == ["two"]


def test_a_token_at_a_join_keeps_the_flow_it_came_over(bench: Bench) -> None:
    def drawn(prefix: str, *, without_b: bool = False) -> bytes:
        d = diagram().start().parallel("split")
        for name in ("a", "c") if without_b else ("a", "b"):
            d = d.at(None).user_task(name).flow("split", name, identity=f"{prefix}1{name}")
            d = d.flow(name, "join", identity=f"{prefix}2{name}")
        return d.at(None).parallel("join").user_task("after").end().bytes()

    bench.deploy(drawn("x"))
    instance = bench.start()
    bench.complete(instance, "a")
    bench.deploy(drawn("y"))
    change(bench, instance, plan(bench))
    bench.complete(instance, "b")
    assert bench.waiting(instance) == ["after"]


def test_incidents_and_failed_jobs_go_along_and_are_tried_again(bench: Bench) -> None:
    def drawn(step: str) -> bytes:
        return diagram().start().service_task(step).user_task("after").end().bytes()

    def failing(*_given: Any) -> dict[str, Any]:
        raise ValueError("trục liên thông không trả lời")

    bench.handle("plan.issue", failing)
    bench.deploy(drawn("serve"))
    instance = bench.start()
    bench.wait(minutes=10)
    bench.deploy(drawn("send"))
    change(bench, instance, plan(bench, {"serve": "send"}))
    [incident] = bench.incidents(instance)
    with bench.database.reading() as session:
        assert (incident.element, session.scalars(select(Job.element)).one()) == ("send", "send")


def test_a_suspended_instance_changes_version_without_a_step(bench: Bench) -> None:
    bench.deploy(draft(diagram()).end().bytes())
    instance = bench.start()
    with bench.database.unit_of_work() as work:
        instances.suspend(work, instance, reason="Chờ")
        work.commit()
    bench.deploy(draft(diagram()).user_task("sign").end().bytes())
    change(bench, instance, plan(bench))
    assert (bench.state(instance), version(bench, instance)) == ("suspended", 2)


@pytest.mark.parametrize(
    ("target", "mapping", "field"),
    [(1, {}, "target"), (2, {"khong-co": "draft"}, "mapping.khong-co"), (2, {"draft": "x"}, "mapping.draft")],
)
def test_a_plan_that_cannot_be_is_refused(
    bench: Bench, target: int, mapping: dict[str, str], field: str
) -> None:
    bench.deploy(draft(diagram()).end().bytes())
    bench.deploy(draft(diagram()).user_task("sign").end().bytes())
    with pytest.raises(Invalid) as refused:
        plan(bench, mapping, target=target)
    assert list(refused.value.fields) == [field]


def test_the_pairs_of_a_plan_say_what_continues_what_and_who_waits_there(bench: Bench) -> None:
    bench.deploy(draft(diagram()).user_task("gone").end().bytes())
    bench.start()
    bench.deploy(draft(diagram()).end().bytes())
    with bench.database.reading() as session:
        found = {
            one.element: one for one in version_changes.pairs(session, Plan(key="p", source=1, target=2))
        }
    assert (found["draft"].target, found["draft"].waiting) == ("draft", 1)
    assert (found["gone"].target, found["gone"].waiting) == (None, 0)


def undoable(book: str, *, with_handler: bool = True) -> bytes:
    d = diagram().start().task(book)
    if with_handler:
        d = d.undone_by("unbook")
    return d.user_task("wait").throw("throw", compensation()).user_task("after").end().bytes()


def test_what_completed_is_still_undone_under_its_new_name(bench: Bench) -> None:
    bench.deploy(undoable("book"))
    instance = bench.start()
    bench.deploy(undoable("reserve"))
    assert codes(judge(bench, plan(bench))[0])[0] == ["undoing_changed"]
    change(bench, instance, plan(bench, {"book": "reserve"}))
    bench.complete(instance, "wait")
    assert "unbook" in bench.entered(instance)


def test_what_completed_and_could_no_longer_be_undone_forbids_the_change(bench: Bench) -> None:
    bench.deploy(undoable("book"))
    instance = bench.start()
    bench.deploy(undoable("book", with_handler=False))
    with pytest.raises(CannotMigrate, match="hoàn tác"):
        change(bench, instance, plan(bench))


def test_a_business_key_that_must_be_unique_is_taken_once(bench: Bench) -> None:
    bench.deploy(draft(diagram()).end().bytes())
    for _twice in range(2):
        with bench.database.unit_of_work() as work:
            instances.start(work, "p", {}, business_key="45/KH")
            work.commit()
    bench.deploy(draft(diagram(attributes='tiendo:uniqueBusinessKey="true"')).user_task("sign").end().bytes())
    operation = begin(bench)
    bench.dispatcher.settle()
    assert progress(bench, operation) == bulk.Progress(total=2, done=1, refused=1)


def test_an_ad_hoc_part_remembers_what_was_done_under_its_new_name(bench: Bench) -> None:
    def free(first: str) -> bytes:
        d = diagram().start().inside("free", "adHocSubProcess").at(None).user_task(first)
        return d.at(None).user_task("visit").outside().user_task("report").end().bytes()

    bench.deploy(free("ask"))
    instance = bench.start()
    for activity in ("ask", "visit"):
        with bench.database.unit_of_work() as work:
            ad_hoc.activate(work, instance, activity)
            work.commit()
    bench.complete(instance, "ask")
    bench.deploy(free("question"))
    change(bench, instance, plan(bench, {"ask": "question"}))
    bench.complete(instance, "visit")
    assert bench.waiting(instance) == ["report"]


def test_a_complex_gateway_goes_on_waiting_for_its_reset(bench: Bench) -> None:
    def joined(prefix: str) -> bytes:
        d = diagram().start().parallel("split")
        for name in ("a", "b"):
            d = d.at("split").user_task(name).flow(name, "any", identity=f"{prefix}{name}")
        condition = "<bpmn:activationCondition>activationCount &gt;= 1</bpmn:activationCondition>"
        return d.at(None).node("complexGateway", "any", condition).user_task("after").end().bytes()

    bench.deploy(joined("x"))
    instance = bench.start()
    bench.complete(instance, "a")
    bench.deploy(joined("y"))
    change(bench, instance, plan(bench))
    bench.complete(instance, "b")
    assert bench.waiting(instance) == ["after"]
    bench.complete(instance, "after")
    assert bench.state(instance) == "completed"


# --- in bulk ----------------------------------------------------------------------------------------------


def several(bench: Bench, count: int) -> list[str]:
    """Give instances of version 1, every third at a step version 2 does not have."""
    bench.deploy(draft(diagram()).user_task("gone").end().bytes())
    made = [bench.start() for _each in range(count)]
    for instance in made[::3]:
        bench.complete(instance, "draft")
    bench.deploy(draft(diagram()).user_task("sign").end().bytes())
    return made


def begin(bench: Bench, **more: Any) -> str:
    chosen = plan(bench)
    with bench.database.unit_of_work() as work:
        made = bulk.begin(work, chosen, reason="Theo Quyết định 12", **more)
        work.commit()
    return made


def progress(bench: Bench, operation: str) -> bulk.Progress:
    with bench.database.reading() as session:
        return bulk.progress(session, operation)


def test_many_instances_change_version_each_with_its_own_outcome(bench: Bench) -> None:
    made = several(bench, 9)
    operation = begin(bench)
    assert progress(bench, operation).waiting == 9
    bench.dispatcher.settle()
    assert progress(bench, operation) == bulk.Progress(total=9, done=6, refused=3)
    assert [version(bench, one) for one in made] == [1, 2, 2] * 3
    with bench.database.reading() as session:
        assert bulk.get(session, operation).state == "finished"
        [refused, *_more] = bulk.items(session, operation, state="refused")
    assert refused.verdict is not None
    assert refused.verdict["problems"][0]["code"] == "element_gone"
    for one in made:
        check(bench, one)


def test_a_stopped_operation_leaves_the_rest_and_goes_on_when_told(bench: Bench) -> None:
    several(bench, 9)
    operation = begin(bench)
    bulk.work_off(bench.database, limit=4)
    for act, left in ((bulk.stop, 5), (bulk.go_on, 0)):
        with bench.database.unit_of_work() as work:
            act(work, operation)
            work.commit()
        bench.dispatcher.settle()
        assert progress(bench, operation).waiting == left
    with pytest.raises(Conflict), bench.database.unit_of_work() as work:
        bulk.stop(work, operation)


def test_an_instance_at_which_the_house_died_three_times_is_given_up(bench: Bench) -> None:
    made = several(bench, 2)
    operation = begin(bench, instance_ids=[made[1]])
    for _death in range(bulk.TRIES):
        with bench.database.reading() as session:
            [item] = bulk.items(session, operation)
        bulk._count_attempt(bench.database, item)
    bench.dispatcher.settle()
    assert progress(bench, operation) == bulk.Progress(total=1, failed=1)
    with bench.database.reading() as session:
        [item] = bulk.items(session, operation)
    assert "ngắt giữa chừng" in item.message


def test_an_operation_without_instances_is_refused(bench: Bench) -> None:
    several(bench, 3)
    with pytest.raises(Invalid, match="Không có phiên chạy"):
        begin(bench, instance_ids=["x"])


def test_an_instance_that_ended_meanwhile_is_refused_not_failed(bench: Bench) -> None:
    made = several(bench, 2)
    operation = begin(bench)
    with bench.database.unit_of_work() as work:
        instances.cancel(work, made[1], reason="Thôi")
        work.commit()
    bench.dispatcher.settle()
    assert progress(bench, operation) == bulk.Progress(total=2, refused=2)


def test_the_change_is_made_in_the_name_of_who_asked(bench: Bench) -> None:
    from foundation.actors import Actor

    made = several(bench, 2)
    chosen = plan(bench)
    with bench.database.unit_of_work(Actor(id="qt", name="Quản trị")) as work:
        bulk.begin(work, chosen, reason="Theo Quyết định 12")
        work.commit()
    bench.dispatcher.settle()
    with bench.database.reading() as session:
        line = history.of_instance(session, made[1])[-1]
    assert (line.type, line.actor_name) == ("instance.migrated", "Quản trị")


def test_states_of_the_new_version_hold_after_a_reload(bench: Bench) -> None:
    made = several(bench, 2)
    change(bench, made[1], plan(bench))
    with bench.database.reading() as session:
        row = session.get_one(ProcessInstance, made[1])
        assert [element for _t, element, _d, _f in state.tokens(row.blob)] == ["draft"]
