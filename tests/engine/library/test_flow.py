"""Links, conditions, event gateways, settings of steps: what the library reads and then drops."""

import pytest
from sqlalchemy import select

from engine import instances, lint, user_tasks
from engine.models import Job, ProcessInstance
from engine.play import Player
from foundation.errors import TiendoError
from tests.engine.diagrams import Diagram, diagram, event, extension, link, timer
from tests.engine.library.plain import BpmnParser, CamundaParser, Plain, TaskState
from tests.engine.lint.proofs.stage import completed, play, tasks, waiting, words


def errors(drawing: Diagram) -> set[tuple[str, str]]:
    """Give rule and element of what lint refuses."""
    found = lint.check({"p.bpmn": drawing.bytes()}, known=None)
    return {(finding.rule, finding.element) for finding in found if finding.is_error}


def test_a_link_jumps_instead_of_ending_the_process_half_way() -> None:
    drawing = (
        diagram().start().throw("away", link("A")).at(None).catch("here", link("A")).user_task("u").end()
    )
    plain = Plain(drawing)
    assert (plain.ready(), plain.is_completed) == ([], True)
    assert tasks(play(drawing)) == {"u"}


def test_a_condition_on_the_flow_out_of_a_task_is_decided() -> None:
    def drawn(condition: str) -> Diagram:
        drawing = diagram().start().user_task("u").at(None).user_task("yes").end("e1")
        return drawing.flow("u", "yes", condition)

    plain = Plain(drawn("n == 99"), n=1)
    plain.complete("u")
    assert plain.ready() == ["yes"]
    player = play(drawn("n = 99"), n=1)
    with pytest.raises(TiendoError):
        player.complete("u")
    assert tasks(player) == {"u"}
    player = play(drawn("n = 99"), n=99)
    player.complete("u")
    assert tasks(player) == {"yes"}


def test_a_default_flow_out_of_a_task_is_taken_only_when_no_condition_holds() -> None:
    drawing = diagram().start().user_task("u", default="no").at(None).user_task("yes").end("e1")
    drawing.at(None).user_task("other").end("e2").flow("u", "yes", "n = 99").flow("u", "other", identity="no")
    player = play(drawing, n=99)
    player.complete("u")
    assert tasks(player) == {"yes"}


@pytest.mark.parametrize("tag", ["receiveTask", "sendTask"])
def test_a_step_without_message_is_refused_instead_of_passing_at_once(tag: str) -> None:
    drawing = diagram().start().node(tag, "x").user_task("u").end()
    assert Plain(drawing).ready() == ["u"]
    assert errors(drawing) == {("event.reference-missing", "x")}


def test_the_second_timer_of_an_event_gateway_fires() -> None:
    def drawn(late: str, soon: str) -> Diagram:
        drawing = diagram().start().node("eventBasedGateway", "g").catch("late", timer("timeDuration", late))
        drawing.end("e1").at("g").catch("soon", timer("timeDuration", soon))
        return drawing.end("e2")

    plain = Plain(drawn("'PT1H'", "'PT0S'"))
    assert (plain.waiting(), plain.is_completed) == (["g"], False)
    player = play(drawn("PT1H", "PT0S"))
    player.advance("PT1S")
    assert (player.result().state, completed(player)[-1]) == ("completed", "e2")


def calling(mapping: str) -> tuple[Diagram, Diagram]:
    caller = diagram().start().node("callActivity", "x", extension(mapping), calledElement="child").end()
    return caller, diagram("child").start("cs").user_task("cu").end("ce")


@pytest.mark.parametrize("parser", [BpmnParser, CamundaParser])
def test_a_called_process_gets_the_mapped_variables_and_no_others(parser: type) -> None:
    caller, child = calling('<camunda:in source="a" target="n"/>')
    inside = child.text().partition("<bpmn:process")[2].rpartition("</bpmn:definitions>")[0]
    both = calling('<camunda:in source="a" target="n"/>')[0].root(f"<bpmn:process{inside}")
    (task,) = Plain(both, parser=parser, a=1, secret=2).tasks()
    assert task.data == {"a": 1, "secret": 2}
    player = Player({"p.bpmn": caller.bytes(), "c.bpmn": child.bytes()}, process="p")
    player.begin({"a": 1, "secret": 2})
    assert child_variables(player) == {"n": 1}


def child_variables(player: Player) -> dict[str, object]:
    """Give the variables of the only called instance."""
    with player.database.reading() as session:
        child = session.scalars(
            select(ProcessInstance).where(ProcessInstance.parent_instance_id.is_not(None))
        ).one()
        return dict(instances.variables(child))


SETTINGS = "<camunda:failedJobRetryTimeCycle>R5/PT1M</camunda:failedJobRetryTimeCycle>"


@pytest.mark.parametrize("parser", [BpmnParser, CamundaParser])
def test_priority_assignee_and_retries_of_a_step_are_read(parser: type) -> None:
    drawing = diagram().start().user_task("u", extension(SETTINGS), camunda__priority="80").end()
    (task,) = Plain(drawing, parser=parser).tasks()
    assert task.task_spec.extensions == {}
    (opened,) = play(drawing).open_tasks()
    assert (opened.priority, opened.assignee) == (80, "an")


def test_a_failing_job_is_tried_as_often_as_drawn() -> None:
    drawing = diagram().start().node("serviceTask", "x", extension(SETTINGS), camunda__type="external",
                                     camunda__topic="t").end()  # fmt: skip
    assert Plain(drawing).tasks(TaskState.STARTED)[0].task_spec.extensions == {}
    player = Player({"p.bpmn": drawing.bytes()}, jobs={"t": []})
    with player.database.unit_of_work() as work:
        instances.start(work, "p", {})
        (job,) = work.session.query(Job).all()
        assert job.retries_left == 5


def test_code_in_a_listener_is_refused_instead_of_being_dropped() -> None:
    listener = '<camunda:executionListener class="vn.A" event="start"/>'
    drawing = diagram().start().user_task("u", extension(listener)).end()
    assert Plain(drawing, parser=CamundaParser).tasks()[0].task_spec.extensions == {}
    assert errors(drawing) == {("listener.code", "u")}


def test_a_signal_end_event_wakes_who_waits() -> None:
    drawing = words().start().parallel("g").catch("c", event("signal", "s")).user_task("heard").end("e1")
    drawing.at("g").user_task("u").end("x", event("signal", "s"))
    plain = Plain(drawing)
    plain.complete("u")
    assert (plain.ready(), "c" in plain.waiting()) == ([], True)
    player = play(drawing)
    player.complete("u")
    assert tasks(player) == {"heard"}


def test_a_signal_heard_inside_is_heard_outside_too() -> None:
    drawing = words().start().parallel("g").catch("c", event("signal", "s")).end("e1")
    drawing.at("g").user_task("u").throw("t", event("signal", "s")).user_task("on").end("x")
    plain = Plain(drawing)
    plain.complete("u")
    assert plain.workflow.bpmn_events == []
    listener = words().start("hears", event("signal", "s")).user_task("elsewhere").end()
    other = listener.text().replace('id="p"', 'id="other"').encode()
    player = Player({"p.bpmn": drawing.bytes(), "other.bpmn": other}, process="p")
    player.begin()
    player.complete("u")
    assert {line.element for line in player.trace() if line.process == "other"} >= {"hears", "elsewhere"}


def test_a_message_sent_before_anybody_waits_is_kept() -> None:
    drawing = words().start().throw("t", event("message", "m")).user_task("u")
    drawing.catch("c", event("message", "m")).user_task("heard").end()
    plain = Plain(drawing)
    plain.complete("u")
    assert (plain.ready(), plain.waiting()) == ([], ["c"])
    player = play(drawing)
    player.complete("u")
    assert (tasks(player), waiting(player)) == ({"heard"}, {"heard"})


def test_a_finished_task_is_not_finished_a_second_time() -> None:
    drawing = diagram().start().user_task("u").user_task("v").end()
    plain = Plain(drawing)
    (task,) = plain.tasks()
    plain.finish(task)
    plain.finish(task, again=True)
    assert task.state == TaskState.COMPLETED
    assert task.data["again"]
    player = play(drawing)
    (opened,) = player.open_tasks()
    player.complete("u")
    with player.database.unit_of_work() as work, pytest.raises(TiendoError):
        user_tasks.complete(work, opened.id, {"again": True})
    assert "again" not in player.result().variables
