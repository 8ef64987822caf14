"""The player: a diagram in memory on a virtual clock, with canned results."""

import pytest

from engine.findings import DefinitionRefused
from engine.play import Player
from foundation.errors import Invalid, NotFound
from tests.engine.diagrams import diagram


def play(content: bytes, **more: object) -> Player:
    player = Player({"p.bpmn": content}, **more)  # type: ignore[arg-type]
    player.begin()
    return player


def test_a_straight_process_completes_with_a_trace_in_order() -> None:
    found = play(diagram().start().script_task("tinh", "1 + 1").end().bytes()).result()

    assert found.state == "completed"
    assert found.variables == {"result": 2}
    completed = [line.element for line in found.trace if line.event == "element.completed"]
    assert completed == ["start", "tinh", "end"]
    assert [line.seq for line in found.trace] == list(range(1, len(found.trace) + 1))


def test_a_job_gives_its_canned_results_one_after_the_other_and_the_last_one_stays() -> None:
    drawn = diagram().start().service_task("mot", "t").service_task("hai", "t").service_task("ba", "t").end()
    player = Player({"p.bpmn": drawn.bytes()}, jobs={"t": [{"n": 1}, {"n": 2, "hai": True}]})
    player.begin()
    assert player.result().variables == {"n": 2, "hai": True}


def test_a_job_without_a_canned_result_gives_nothing() -> None:
    assert play(diagram().start().service_task("gui").end().bytes()).result().state == "completed"


def test_a_canned_error_takes_the_way_drawn_for_it() -> None:
    drawn = diagram().start().service_task("gui", "t").end()
    drawn.boundary("loi", "gui", '<bpmn:errorEventDefinition errorRef="er"/>').user_task("sua").end("e2")
    content = drawn.bytes().replace(
        b"<bpmn:process", b'<bpmn:error id="er" errorCode="KHONG_GUI"/><bpmn:process'
    )
    player = Player({"p.bpmn": content}, jobs={"t": {"bpmn_error": "KHONG_GUI"}})
    player.begin()
    assert [one.element for one in player.result().waiting] == ["sua"]


def test_timers_fire_when_the_clock_is_moved() -> None:
    wait = "<bpmn:timerEventDefinition><bpmn:timeDuration>P3D</bpmn:timeDuration></bpmn:timerEventDefinition>"
    player = play(diagram().start().catch("cho", wait).end().bytes())
    assert player.result().state == "waiting"
    player.advance("P2D")
    assert player.result().state == "waiting"
    player.advance("P1D")
    assert player.result().state == "completed"


def test_the_clock_of_a_play_never_runs_back() -> None:
    player = play(diagram().start().user_task("a").end().bytes())
    with pytest.raises(Invalid):
        player.advance("-P1D")


def test_a_called_process_that_is_not_given_waits_until_it_is_ended() -> None:
    drawn = (
        diagram()
        .start()
        .node(
            "callActivity",
            "goi",
            '<bpmn:extensionElements><camunda:out source="ket_qua" target="r"/></bpmn:extensionElements>',
            calledElement="khac",
        )
    )
    player = play(drawn.end().bytes())
    assert [(one.element, one.kind) for one in player.result().waiting] == [("goi", "child")]

    player.end_child("goi", variables={"ket_qua": 7})

    assert player.result().state == "completed"
    assert player.result().variables == {"r": 7}


def test_a_step_that_cannot_run_fails_the_play_at_its_element() -> None:
    drawn = diagram().start().exclusive("re_nhanh").flow("re_nhanh", "a", "=x > 1").at(None).task("a").end()
    found = play(drawn.bytes()).result()
    assert found.state == "failed"
    assert found.error["element"] == "re_nhanh"


def test_a_diagram_that_would_run_wrongly_is_not_played() -> None:
    with pytest.raises(DefinitionRefused):
        play(diagram().start().node("choreographyTask", "g").end().bytes())


def test_completing_what_nobody_waits_for_names_what_is_open() -> None:
    player = play(diagram().start().user_task("a").end().bytes())
    with pytest.raises(NotFound, match="đang chờ: a"):
        player.complete("b")
