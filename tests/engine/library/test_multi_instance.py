"""Multi-instance: results, counters, messages and withdrawal."""

import sys
from collections.abc import Callable

import pytest
from SpiffWorkflow.exceptions import SpiffWorkflowException
from sqlalchemy import select

from engine import user_tasks
from engine.models import UserTask
from engine.play import Player
from tests.engine.diagrams import Diagram, cardinality, diagram, event, multi, timer
from tests.engine.library.plain import BpmnParser, CamundaParser, Plain, TaskState
from tests.engine.lint.proofs.stage import play, tasks, words

THREE = cardinality("3")
#: items in and results out, as the standard draws them
STANDARD = (
    "<bpmn:loopDataInputRef>items</bpmn:loopDataInputRef><bpmn:loopDataOutputRef>results"
    '</bpmn:loopDataOutputRef><bpmn:inputDataItem id="item"/><bpmn:outputDataItem id="out"/>'
)


def repeated(body: str, **attributes: str) -> Diagram:
    """Draw multi-instance user task u, and v behind it."""
    return diagram().start().user_task("u", multi(body, **attributes)).user_task("v").end()


def complete_each(player: Player, values: dict[int, dict[str, object]]) -> None:
    """Complete the instances by their position, in the order given."""
    for position, entered in values.items():
        task = next(one for one in player.open_tasks() if one.local["loopCounter"] == position)
        with player.database.unit_of_work() as work:
            user_tasks.complete(work, task.id, dict(entered))
            work.commit()


def test_results_belong_to_their_items_whatever_the_order_of_completion() -> None:
    plain = Plain(repeated(STANDARD), items=[1, 2, 3])
    for task in reversed(plain.tasks()):
        plain.finish(task, out=task.data["item"] * 10)
    assert plain.tasks()[0].data["results"] == [30, 20, 10]
    player = play(repeated(STANDARD), items=[1, 2, 3])
    complete_each(player, {3: {"out": 30}, 1: {"out": 10}, 2: {"out": 20}})
    assert player.result().variables["results"] == [10, 20, 30]


def test_a_missing_result_loses_nothing() -> None:
    plain = Plain(repeated(STANDARD), items=[1, 2])
    first, second = plain.tasks()
    with pytest.raises(SpiffWorkflowException, match="Expected an output item"):
        plain.finish(first)
    plain.finish(second, out=5)
    assert plain.tasks()[0].data["results"] == [5]
    player = play(repeated(STANDARD), items=[1, 2])
    complete_each(player, {1: {}, 2: {"out": 5}})
    assert player.result().variables["results"] == [None, 5]


def test_lists_that_each_instance_appends_to_keep_every_entry() -> None:
    plain = Plain(repeated(THREE), log=[])
    for number, task in enumerate(plain.tasks()):
        plain.finish(task, log=[*task.data["log"], number])
    assert plain.tasks()[0].data["log"] == [0]
    script = diagram().start().script_task("s", "append(log, loopCounter)", camunda__resultVariable="log")
    drawing = script.text().replace("<bpmn:script>", f"{multi(THREE)}<bpmn:script>")
    player = Player({"p.bpmn": drawing.encode()})
    player.begin({"log": []})
    assert player.result().variables["log"] == [1, 2, 3]


def test_a_completion_condition_counts_completed_instances() -> None:
    counted = "nrOfCompletedInstances >= 2"
    drawing = repeated(
        THREE + f"<bpmn:completionCondition>{counted}</bpmn:completionCondition>".replace(">=", "&gt;=")
    )
    plain = Plain(drawing)
    first = plain.tasks()[0]
    with pytest.raises(SpiffWorkflowException, match="nrOfCompletedInstances"):
        plain.finish(first)
    assert first.state == TaskState.COMPLETED
    player = play(drawing)
    complete_each(player, {2: {}})
    assert tasks(player) == {"u"}
    complete_each(player, {3: {}})
    assert tasks(player) == {"v"}


def test_a_count_with_an_existing_result_list_works() -> None:
    outputs = '<bpmn:loopDataOutputRef>results</bpmn:loopDataOutputRef><bpmn:outputDataItem id="out"/>'
    drawing = repeated(THREE + outputs)
    with pytest.raises(NameError, match="data_ouput"):
        Plain(drawing, results=[7])
    player = play(drawing, results=[7])
    complete_each(player, {number: {"out": number} for number in (1, 2, 3)})
    assert player.result().variables["results"] == [1, 2, 3]


def test_a_withdrawn_instance_does_not_hold_up_the_rest() -> None:
    plain = Plain(repeated(THREE))
    first, *rest = plain.tasks()
    first.cancel()
    for task in rest:
        plain.finish(task)
    assert (plain.ready(), plain.is_completed) == ([], False)
    player = play(withdrawable())
    player.send("answer")
    for _sister in range(2):
        player.complete("work")
    assert tasks(player) == {"v"}


def withdrawable() -> Diagram:
    """Draw a multi-instance sub-process whose work a message takes back."""
    drawing = words().start().inside("u", body=multi(THREE)).start("begin").user_task("work").end("e1")
    drawing.boundary("back", "work", event("message", "m")).end("e2")
    return drawing.outside().user_task("v").end()


def test_a_collection_in_the_vendors_attributes_is_read_and_left_as_it_was() -> None:
    drawing = repeated("", camunda__collection="items", camunda__elementVariable="item")
    with pytest.raises(SpiffWorkflowException, match="multiinstance"):
        Plain(drawing, parser=BpmnParser)
    plain = Plain(drawing, parser=CamundaParser, items=[1, 2])
    for task in plain.tasks():
        plain.finish(task, item=task.data["item"] * 10)
    assert plain.tasks()[0].data["items"] == [10, 20]
    player = play(drawing, items=[1, 2])
    complete_each(player, {1: {}, 2: {}})
    assert player.result().variables["items"] == [1, 2]


def test_one_message_goes_to_one_instance() -> None:
    drawing = (
        words().start().inside("body", body=multi(THREE)).start("begin").catch("c", event("message", "m"))
    )
    drawing.user_task("u").end("o").outside().end()
    plain = Plain(drawing)
    plain.send("answer")
    assert plain.ready() == ["u", "u", "u"]
    player = play(drawing)
    player.send("answer")
    assert [task.element for task in player.open_tasks()] == ["u"]


CORRELATION = """<bpmn:collaboration id="c"><bpmn:participant id="pa" processRef="p"/>
<bpmn:correlationKey id="k" name="k"><bpmn:correlationPropertyRef>code</bpmn:correlationPropertyRef>
</bpmn:correlationKey></bpmn:collaboration><bpmn:correlationProperty id="code" name="code">
<bpmn:correlationPropertyRetrievalExpression messageRef="m"><bpmn:messagePath>code</bpmn:messagePath>
</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"""


def test_a_correlated_message_reaches_the_instance_it_is_for_from_the_first_one_on() -> None:
    def drawn(key: str | None) -> Diagram:
        drawing = diagram().message("m", "answer", key).start()
        drawing.inside("body", body=multi(THREE)).start("begin").catch("c", event("message", "m")).user_task(
            "u"
        )
        return drawing.end("o").outside().end()

    plain = Plain(drawn(None).root(CORRELATION))
    plain.send("answer", {"k": {"code": 2}}, code=2)
    assert plain.ready() == ["u", "u", "u"]
    player = play(drawn("= string(loopCounter)"))
    player.send("answer", "2")
    (task,) = player.open_tasks()
    assert task.local.get("loopCounter", 2) == 2
    player.send("answer", "7")
    assert len(player.open_tasks()) == 1


def test_a_boundary_timer_inside_each_instance_is_one_timer_per_instance() -> None:
    def drawn(text: str) -> Diagram:
        drawing = diagram().start().user_task("u", multi(THREE)).end()
        return (
            drawing.boundary("b", "u", timer("timeDuration", text), cancelActivity="false").task("h").end("z")
        )

    plain = Plain(drawn("'PT1H'"))
    assert plain.waiting().count("b") == 1
    player = play(drawn("PT1H"))
    assert [one.element for one in player.result().waiting].count("b") == 1
    inside = diagram().start().inside("body", body=multi(THREE)).start("begin").user_task("u").end("e1")
    inside.boundary("b", "u", timer("timeDuration", "PT1H"), cancelActivity="false").task("h").end("z")
    each = play(inside.outside().end())
    assert [one.element for one in each.result().waiting].count("b") == 3
    complete = [task.local for task in each.open_tasks()]
    assert len(complete) == 3


def test_completed_instances_are_in_history() -> None:
    drawing = repeated(cardinality("2"))
    plain = Plain(drawing)
    plain.finish(plain.tasks()[0])
    assert [one.task_spec.name for one in plain.tasks(TaskState.COMPLETED)] == ["Start", "start"]
    player = play(drawing)
    complete_each(player, {1: {}})
    done = [line for line in player.trace() if line.event == "element.completed" and line.element == "u"]
    assert [line.type for line in done] == ["userTask"]


def counted(act: Callable[[], object]) -> int:
    """Count the Python functions called by an act: the same on every run, on every machine."""
    calls = 0

    def notice(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(notice)
    try:
        act()
    finally:
        sys.setprofile(None)
    return calls


def plain_cost(size: int) -> int:
    plain = Plain(repeated(cardinality(str(size))))
    return counted(plain.tasks()[0].run)


def own_cost(size: int) -> int:
    """Count the completion of one of many called processes."""
    caller = diagram().start().node("callActivity", "x", multi(cardinality(str(size))), calledElement="child")
    child = diagram("child").start("cs").user_task("cu").end("ce")
    player = Player({"p.bpmn": caller.end().bytes(), "c.bpmn": child.bytes()}, process="p")
    player.begin()
    with player.database.unit_of_work() as work:
        first = work.session.scalars(select(UserTask).order_by(UserTask.id)).first()
        assert first is not None
        task = first.id
        found = counted(lambda: user_tasks.complete(work, task, {}))
        work.commit()
    return found


def test_completing_one_of_many_does_not_look_at_its_sisters() -> None:
    assert plain_cost(100) > 4 * plain_cost(10)
    own_cost(2)  # what is built once is built before it is counted
    assert own_cost(100) < 1.5 * own_cost(10)
