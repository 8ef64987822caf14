"""A new instance from a step of another one: with the variables of then where they are known, else of now."""

from typing import Any

import pytest

from engine import forks, history, instances
from engine.forks import Fork
from foundation.errors import Conflict, Invalid
from tests.engine.conftest import Bench
from tests.engine.consistency import check
from tests.engine.diagrams import Diagram, diagram, multi


def steps(*, script: bool = False) -> Diagram:
    d = diagram().start().user_task("draft")
    if script:
        d = d.script_task("count", "1 + 1")
    return d.user_task("check").user_task("sign").end()


def fork(bench: Bench, instance: str, element: str, **more: Any) -> Fork:
    with bench.database.unit_of_work() as work:
        made = forks.fork(work, instance, element, reason="Làm lại từ bước kiểm tra", **more)
        work.commit()
    check(bench, made.instance_id)
    check(bench, instance)
    return made


def test_a_finished_instance_is_begun_again_from_a_past_step_with_the_variables_of_then(bench: Bench) -> None:
    bench.deploy(steps().bytes())
    instance = bench.start(a=1)
    bench.complete(instance, "draft", text="bản 1")
    bench.complete(instance, "check", text="bản 2", checked=True)
    bench.complete(instance, "sign")
    made = fork(bench, instance, "check")
    assert made.variables_from == "history"
    assert bench.variables(made.instance_id) == {"a": 1, "text": "bản 1"}
    assert (bench.waiting(made.instance_id), bench.state(instance)) == (["check"], "completed")


def test_what_a_script_computed_is_not_in_history_so_the_current_variables_are_taken(bench: Bench) -> None:
    bench.deploy(steps(script=True).bytes())
    instance = bench.start(a=1)
    bench.complete(instance, "draft", text="bản 1")
    bench.complete(instance, "check", text="bản 2")
    made = fork(bench, instance, "check", variables={"a": 5})
    assert made.variables_from == "current"
    assert bench.variables(made.instance_id) == {"a": 5, "text": "bản 2", "result": 2}


def test_both_instances_tell_of_each_other(bench: Bench) -> None:
    bench.deploy(steps().bytes())
    instance = bench.start()
    made = fork(bench, instance, "sign").instance_id
    with bench.database.reading() as session:
        row = instances.get(session, made)
        told = history.of_instance(session, instance)[-1]
        begun = history.of_instance(session, made)[0]
    assert (row.origin_instance_id, row.origin_element) == (instance, "sign")
    assert (told.type, told.data["instance"]) == ("instance.forked", made)
    assert begun.data["forked_from"]["instance"] == instance
    assert begun.data["forked_from"]["reason"] == "Làm lại từ bước kiểm tra"


def test_a_fork_stays_on_the_version_of_its_origin(bench: Bench) -> None:
    bench.deploy(steps().bytes())
    instance = bench.start()
    bench.deploy(diagram().start().user_task("other").end().bytes())
    made = fork(bench, instance, "check").instance_id
    with bench.database.reading() as session:
        assert instances.get(session, made).definition_version == 1


@pytest.mark.parametrize("element", ["khong-co", ""])
def test_an_unknown_step_is_refused(bench: Bench, element: str) -> None:
    bench.deploy(steps().bytes())
    instance = bench.start()
    with pytest.raises(Invalid, match="không có bước"):
        fork(bench, instance, element)


def test_inside_a_repeated_part_there_is_no_single_state_to_copy(bench: Bench) -> None:
    each = multi(camunda__collection="=units", camunda__elementVariable="unit")
    bench.deploy(
        diagram()
        .start()
        .inside("part", body=each)
        .start("s")
        .user_task("do")
        .end("e")
        .outside()
        .end()
        .bytes()
    )
    instance = bench.start(units=[1, 2])
    with pytest.raises(Conflict, match="chưa bắt đầu"):
        fork(bench, instance, "do")
