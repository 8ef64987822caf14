"""Moving tokens by hand: what an administrator asks for happens, whole, or is refused with the reason."""

from typing import Any

import pytest
from sqlalchemy import select

from engine import ad_hoc, history, instances, modifications
from engine.models import ProcessInstance, Timer, UserTask
from engine.modifications import CancelToken, Instruction, MoveToken, StartAfter, StartBefore
from foundation.errors import Conflict, Invalid, Stale
from tests.engine.conftest import Bench
from tests.engine.consistency import check
from tests.engine.diagrams import diagram, event, extension, multi, timer

EACH = multi(camunda__collection="=units", camunda__elementVariable="unit", tiendo__elementKey="=unit")


def chain() -> bytes:
    return (
        diagram()
        .start()
        .user_task("draft", name="Soạn dự thảo")
        .user_task("check", name="Kiểm tra")
        .user_task("sign", name="Ký")
        .end()
        .boundary("late", "draft", timer("timeDuration", "P2D"), cancelActivity="false")
        .user_task("urge")
        .end("e2")
        .bytes()
    )


def parts(body: str = "") -> bytes:
    """Give a process with a sub-process of two steps, `body` its loop characteristics."""
    return (
        diagram()
        .start()
        .user_task("plan")
        .inside("work", body=body)
        .start("s")
        .user_task("do")
        .user_task("review")
        .end("e")
        .outside()
        .boundary("late", "work", timer("timeDuration", "P9D"))
        .end("e9")
        .at("work")
        .user_task("report")
        .end()
        .bytes()
    )


def modify(bench: Bench, instance: str, *instructions: Instruction, **more: Any) -> None:
    with bench.database.unit_of_work() as work:
        modifications.modify(work, instance, instructions, reason="Đi nhầm bước", **more)
        work.commit()
    check(bench, instance)


def tokens(bench: Bench, instance: str, element: str) -> list[str]:
    with bench.database.reading() as session:
        found = modifications.positions(session, instances.get(session, instance))
    return [one.token for one in found if one.element == element]


def test_a_token_is_moved_and_its_task_and_timer_close(bench: Bench) -> None:
    bench.deploy(chain())
    instance = bench.start()
    [token] = tokens(bench, instance, "draft")
    modify(bench, instance, MoveToken(token=token, element="sign", variables={"signer": "Hùng"}))
    assert bench.waiting(instance) == ["sign"]
    assert bench.variables(instance) == {"signer": "Hùng"}
    with bench.database.reading() as session:
        closed = session.scalars(select(UserTask.state).where(UserTask.element == "draft")).one()
        timers = session.scalars(select(Timer.state).where(Timer.instance_id == instance)).all()
    assert (closed, set(timers)) == ("cancelled", {"cancelled"})
    bench.complete(instance, "sign")
    assert bench.state(instance) == "completed"


def test_history_keeps_where_tokens_stood_before_and_after_and_why(bench: Bench) -> None:
    bench.deploy(chain())
    instance = bench.start()
    [token] = tokens(bench, instance, "draft")
    modify(bench, instance, MoveToken(token=token, element="sign"))
    with bench.database.reading() as session:
        [line] = [one for one in history.of_instance(session, instance) if one.type == "instance.modified"]
    assert line.data["before"] == [{"element": "draft", "name": "Soạn dự thảo", "count": 1}]
    assert line.data["after"] == [{"element": "sign", "name": "Ký", "count": 1}]
    assert line.data["reason"] == "Đi nhầm bước"
    [told] = line.data["instructions"]
    assert (told["type"], told["from_name"], told["to_name"]) == ("move", "Soạn dự thảo", "Ký")


def test_starting_before_adds_a_token_and_starting_after_goes_on_behind(bench: Bench) -> None:
    bench.deploy(chain())
    instance = bench.start()
    modify(bench, instance, StartBefore(element="check"), StartAfter(element="check"))
    assert bench.waiting(instance) == ["check", "draft", "late", "sign"]


def test_several_instructions_happen_together_or_not_at_all(bench: Bench) -> None:
    bench.deploy(chain())
    instance = bench.start()
    [token] = tokens(bench, instance, "draft")
    with pytest.raises(Invalid, match="khong-co"):
        modify(bench, instance, CancelToken(token=token), StartBefore(element="khong-co"))
    assert bench.waiting(instance) == ["draft", "late"]
    modify(bench, instance, CancelToken(token=token), StartBefore(element="check"))
    assert bench.waiting(instance) == ["check"]


def test_a_process_is_never_left_without_a_token(bench: Bench) -> None:
    bench.deploy(chain())
    instance = bench.start()
    [token] = tokens(bench, instance, "draft")
    with pytest.raises(Conflict, match="hủy phiên chạy"):
        modify(bench, instance, CancelToken(token=token))
    assert bench.state(instance) == "running"


def test_the_scope_of_an_inner_element_is_opened_with_its_boundary_events(bench: Bench) -> None:
    bench.deploy(parts())
    instance = bench.start()
    [token] = tokens(bench, instance, "plan")
    modify(bench, instance, MoveToken(token=token, element="review"))
    assert bench.waiting(instance) == ["late", "review"]
    bench.complete(instance, "review")
    assert bench.waiting(instance) == ["report"]


def test_a_token_stays_in_its_scope_and_an_emptied_scope_closes(bench: Bench) -> None:
    bench.deploy(parts())
    instance = bench.start()
    bench.complete(instance, "plan")
    [token] = tokens(bench, instance, "do")
    modify(bench, instance, MoveToken(token=token, element="review"))
    assert len(tokens(bench, instance, "work")) == 1
    [token] = tokens(bench, instance, "review")
    modify(bench, instance, MoveToken(token=token, element="report"))
    assert bench.waiting(instance) == ["report"]
    assert tokens(bench, instance, "work") == []


def test_among_several_items_the_scope_must_be_chosen(bench: Bench) -> None:
    bench.deploy(parts(EACH))
    instance = bench.start(units=["bắc", "nam"])
    bench.complete(instance, "plan")
    with pytest.raises(Conflict, match="2 phần") as refused:
        modify(bench, instance, StartBefore(element="review"))
    scopes = {one["scope"]: one["token"] for one in refused.value.facts["scopes"]}
    assert set(scopes) == {"work/work[bắc]", "work/work[nam]"}
    modify(bench, instance, StartBefore(element="review", scope=scopes["work/work[nam]"]))
    with bench.database.reading() as session:
        found = modifications.positions(session, instances.get(session, instance))
    assert [one.scope for one in found if one.element == "review"] == ["work/work[nam]"]


def test_moving_within_one_item_leaves_its_sisters_alone(bench: Bench) -> None:
    bench.deploy(parts(EACH))
    instance = bench.start(units=["bắc", "nam"])
    bench.complete(instance, "plan")
    modify(bench, instance, MoveToken(token=tokens(bench, instance, "do")[0], element="review"))
    assert bench.waiting(instance) == ["do", "late", "review"]


@pytest.mark.parametrize("is_sequential", ["false", "true"])
def test_withdrawn_items_let_the_others_finish(bench: Bench, is_sequential: str) -> None:
    each = EACH.replace("Characteristics", f'Characteristics isSequential="{is_sequential}"', 1)
    bench.deploy(diagram().start().user_task("do", each).user_task("after").end().bytes())
    instance = bench.start(units=["a", "b", "c"])
    inner = tokens(bench, instance, "do")[1]
    modify(bench, instance, CancelToken(token=inner))
    for _rest in range(2):
        bench.complete(instance, "do")
        check(bench, instance)
    assert bench.waiting(instance) == ["after"]


def test_a_join_counts_a_token_put_before_it(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .start()
        .parallel("split")
        .user_task("a")
        .parallel("join")
        .user_task("after")
        .end()
        .at("split")
        .user_task("b")
        .flow("b", "join")
        .bytes()
    )
    instance = bench.start()
    bench.complete(instance, "a")
    [token] = tokens(bench, instance, "b")
    modify(bench, instance, MoveToken(token=token, element="join"))
    assert bench.waiting(instance) == ["after"]


def test_cancelling_a_call_cancels_its_children(bench: Bench) -> None:
    bench.deploy(
        diagram().start().node("callActivity", "call", calledElement="child").user_task("read").end().bytes(),
        diagram("child").start().user_task("do").end().bytes(),
    )
    instance = bench.start()
    [child] = bench.children(instance)
    modify(bench, instance, MoveToken(token=tokens(bench, instance, "call")[0], element="read"))
    assert bench.state(child) == "cancelled"
    assert bench.waiting(instance) == ["read"]


def test_an_event_gateway_is_left_with_all_its_events(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .message("m")
        .start()
        .node("eventBasedGateway", "wait")
        .catch("answer", event("message", "m"))
        .user_task("read")
        .end()
        .at("wait")
        .catch("day", timer("timeDuration", "P1D"))
        .end("e2")
        .bytes()
    )
    instance = bench.start(code="x")
    modify(bench, instance, MoveToken(token=tokens(bench, instance, "wait")[0], element="read"))
    assert bench.waiting(instance) == ["read"]


@pytest.mark.parametrize(
    ("instruction", "message"),
    [
        (StartBefore(element="late"), "không có phía trước"),
        (StartAfter(element="end"), "0 hướng"),
        (StartBefore(element="draft", variables={"__x": 1}), "__x"),
        (CancelToken(token="t99"), "không còn chờ"),
    ],
)
def test_what_cannot_be_is_refused(bench: Bench, instruction: Instruction, message: str) -> None:
    bench.deploy(chain())
    instance = bench.start()
    with pytest.raises((Conflict, Invalid), match=message):
        modify(bench, instance, instruction)


def test_a_listener_is_no_step(bench: Bench) -> None:
    bench.deploy(chain())
    instance = bench.start()
    with bench.database.reading() as session:
        listener = session.scalars(select(Timer.token).where(Timer.instance_id == instance)).one()
    with pytest.raises(Conflict, match="chỉ lắng nghe"):
        modify(bench, instance, CancelToken(token=listener))


def test_who_looked_at_an_older_state_is_told(bench: Bench) -> None:
    bench.deploy(chain())
    instance = bench.start()
    with bench.database.reading() as session:
        seen = session.get_one(ProcessInstance, instance).revision
    bench.complete(instance, "draft")
    with pytest.raises(Stale):
        modify(bench, instance, StartBefore(element="check"), revision=seen)


def test_a_suspended_instance_is_repaired_and_steps_when_resumed(bench: Bench) -> None:
    bench.deploy(chain())
    instance = bench.start()
    with bench.database.unit_of_work() as work:
        instances.suspend(work, instance, reason="Chờ sửa")
        work.commit()
    modify(bench, instance, MoveToken(token=tokens(bench, instance, "draft")[0], element="sign"))
    assert (bench.state(instance), bench.waiting(instance)) == ("suspended", [])
    with bench.database.unit_of_work() as work:
        instances.resume(work, instance, reason="Đã sửa")
        work.commit()
    check(bench, instance)
    assert bench.waiting(instance) == ["sign"]


def test_an_event_subprocess_can_be_begun_by_hand(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .message("m")
        .start()
        .user_task("work")
        .inside("asked", triggeredByEvent="true")
        .start("heard", event("message", "m"), isInterrupting="false")
        .user_task("answer")
        .end("e1")
        .outside()
        .at("work")
        .end()
        .bytes()
    )
    instance = bench.start(code="x")
    modify(bench, instance, StartBefore(element="answer"))
    assert bench.waiting(instance) == ["answer", "heard", "work"]
    bench.complete(instance, "answer")
    check(bench, instance)
    assert bench.waiting(instance) == ["heard", "work"]


def test_inputs_of_an_opened_scope_are_mapped(bench: Bench) -> None:
    given = '<camunda:inputParameter name="x">=n * 2</camunda:inputParameter>'
    mapping = extension(f"<camunda:inputOutput>{given}</camunda:inputOutput>")
    bench.deploy(parts(mapping))
    instance = bench.start(n=4)
    modify(bench, instance, MoveToken(token=tokens(bench, instance, "plan")[0], element="do"))
    with bench.database.reading() as session:
        blob = session.get_one(ProcessInstance, instance).blob
    from engine.spiff import state

    assert [data for _token, element, data, _facts in state.tokens(blob) if element == "work"] == [{"x": 8}]


def free() -> bytes:
    d = diagram().start().user_task("plan").inside("free", "adHocSubProcess").at(None).user_task("ask")
    return d.at(None).user_task("visit").outside().user_task("report").end().bytes()


def test_an_ad_hoc_part_opened_by_hand_still_offers_its_steps(bench: Bench) -> None:
    bench.deploy(free())
    instance = bench.start()
    modify(bench, instance, MoveToken(token=tokens(bench, instance, "plan")[0], element="ask"))
    bench.complete(instance, "ask")
    with bench.database.reading() as session:
        assert {one.activity: one.times for one in ad_hoc.choices(session, instance)} == {
            "ask": 1,
            "visit": 0,
        }


def test_an_ad_hoc_part_stays_open_when_its_only_step_is_taken_away(bench: Bench) -> None:
    bench.deploy(free())
    instance = bench.start()
    bench.complete(instance, "plan")
    with bench.database.unit_of_work() as work:
        ad_hoc.activate(work, instance, "visit")
        work.commit()
    modify(bench, instance, CancelToken(token=tokens(bench, instance, "visit")[0]))
    assert bench.state(instance) == "running"
    assert len(tokens(bench, instance, "free")) == 1
