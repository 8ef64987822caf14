"""`tiendo play` as users and their scripts meet it: the contract of its JSON, its options, its refusals."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.engine.diagrams import Diagram, diagram, event, timer
from tiendo.cli import tiendo

Run = Callable[..., Result]
SHAPE = {"state", "trace", "waiting", "variables", "error"}
LINE = {"seq", "element", "type", "event", "scope", "at"}
SIMPLE = diagram().start().user_task("a").end()


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Play a drawing (or bytes) with options."""
    monkeypatch.chdir(tmp_path)

    def invoke(drawn: Diagram | bytes, *arguments: object) -> Result:
        Path("p.bpmn").write_bytes(drawn if isinstance(drawn, bytes) else drawn.bytes())
        return CliRunner().invoke(tiendo, ["play", "p.bpmn", *[str(one) for one in arguments]])

    return invoke


def played(result: Result) -> Any:
    """Give the JSON of a play, its shape checked."""
    assert "Traceback" not in result.output
    found = json.loads(result.stdout)
    assert set(found) - {"scenario"} == SHAPE
    assert all(set(line) >= LINE for line in found["trace"])
    assert result.exit_code == (1 if found["state"] == "failed" else 0)
    return found


def passed(found: Any) -> list[str]:
    return [line["element"] for line in found["trace"] if line["event"] == "element.completed"]


def error_of(result: Result) -> Any:
    found = played(result)
    assert found["state"] == "failed"
    assert found["error"]["code"]
    assert found["error"]["message"]
    return found["error"]


# --- one process ----------------------------------------------------------------------------------------


def test_the_json_is_the_contract(play: Run) -> None:
    found = played(play(SIMPLE, "--json", "--vars", '{"x": [1, "hai"]}'))
    assert found["state"] == "waiting"
    assert found["variables"] == {"x": [1, "hai"]}
    assert [(one["element"], one["kind"]) for one in found["waiting"]] == [("a", "user_task")]
    assert [line["seq"] for line in found["trace"]] == list(range(1, len(found["trace"]) + 1))
    assert found["error"] is None


def test_two_plays_print_the_same_bytes(play: Run) -> None:
    drawn = diagram().start().parallel("split").user_task("a").at("split").user_task("b").end()
    drawn.boundary("late", "a", timer("timeDuration", "P1D")).user_task("c").end("e2")
    options = ("--json", "--advance", "P2D")
    assert play(drawn, *options).stdout == play(drawn, *options).stdout


def test_timers_fire_in_the_order_in_which_they_are_due(play: Run) -> None:
    drawn = diagram().start().parallel("split")
    for name, days in (("late", 3), ("first", 1), ("second", 2)):
        drawn.at("split").catch(name, timer("timeDuration", f"P{days}D")).end(f"end_{name}")
    found = played(play(drawn, "--json", "--advance", "P5D"))
    fired = [(line["element"], line["at"][:10]) for line in found["trace"] if line["event"] == "timer.fired"]
    assert fired == [("first", "2026-01-06"), ("second", "2026-01-07"), ("late", "2026-01-08")]
    assert found["state"] == "completed"


def test_the_clock_is_moved_as_often_as_asked(play: Run) -> None:
    drawn = diagram().start().catch("wait", timer("timeDuration", "P3D")).end()
    assert played(play(drawn, "--json", "--advance", "P1D", "--advance", "P1D"))["state"] == "waiting"
    assert played(play(drawn, "--json", *["--advance", "P1D"] * 3))["state"] == "completed"


def test_a_step_that_cannot_run_fails_with_its_element(play: Run) -> None:
    drawn = diagram().start().exclusive("choice").flow("choice", "e1", "= x = 1").at(None).end("e1")
    drawn.flow("choice", "e2", "= x = 2").at(None).end("e2")
    found = played(play(drawn, "--json", "--vars", '{"x": 3}'))
    assert found["state"] == "failed"
    assert found["error"]["element"] == "choice"
    assert passed(found) == []


# --- how it begins --------------------------------------------------------------------------------------

TWO_STARTS = (
    diagram()
    .message("m", "Hồ sơ đến", key=None)
    .start("by_hand").user_task("a").end("e1")
    .start("by_message", event("message", "m")).user_task("b").end("e2")
)  # fmt: skip


def test_a_process_begins_at_the_event_that_is_named(play: Run) -> None:
    assert passed(played(play(TWO_STARTS, "--json"))) == ["by_hand"]
    assert passed(played(play(TWO_STARTS, "--json", "--event", "by_message"))) == ["by_message"]


def test_a_start_event_that_is_not_there_is_refused_with_those_that_are(play: Run) -> None:
    error = error_of(play(TWO_STARTS, "--json", "--event", "zz"))
    assert "by_hand, by_message" in error["message"]
    assert "--event" in error["message"]


@pytest.mark.parametrize("body", [event("message", "m"), event("signal", "s"), timer("timeCycle", "R/P1W")])
def test_a_process_only_an_event_starts_is_started_by_it(play: Run, body: str) -> None:
    drawn = diagram().message("m", key=None).signal("s").start("begin", body).user_task("a").end()
    found = played(play(drawn, "--json"))
    assert passed(found) == ["begin"]
    assert [one["element"] for one in found["waiting"]] == ["a"]


def test_several_events_and_none_named_are_refused_with_their_names(play: Run) -> None:
    drawn = diagram().message("m", key=None).signal("s")
    drawn.start("one", event("message", "m")).end("e1").start("two", event("signal", "s")).end("e2")
    assert "one, two" in error_of(play(drawn, "--json"))["message"]
    assert passed(played(play(drawn, "--json", "--event", "two"))) == ["two", "e2"]


# --- several pools --------------------------------------------------------------------------------------


def pools(*, starts_b: str = event("message", "ask")) -> bytes:
    """Draw pool A that asks and waits for the answer, and pool B that answers."""
    drawn = diagram("A").message("ask", "Hỏi", key=None).message("answer", "Đáp", key=None)
    drawn.start("a1").throw("a2", event("message", "ask")).catch("a3", event("message", "answer")).end("a4")
    other = diagram("B").start("b1", starts_b).end("b2", event("message", "answer"))
    process = other.text().replace('id="f', 'id="g')
    process = process[process.index("<bpmn:process") : process.index("</bpmn:definitions>")]
    both = '<bpmn:participant id="pa" processRef="A"/><bpmn:participant id="pb" processRef="B"/>'
    drawn.root(f'<bpmn:collaboration id="c">{both}</bpmn:collaboration>').root(process)
    return drawn.bytes()


def test_pools_of_a_file_talk_to_each_other_and_the_one_nobody_starts_is_played(play: Run) -> None:
    found = played(play(pools(), "--json"))
    assert passed(found) == ["a1", "a2", "b1", "b2", "a3", "a4"]
    assert found["state"] == "completed"


def test_another_pool_can_be_played(play: Run) -> None:
    assert passed(played(play(pools(), "--json", "--process", "B"))) == ["b1", "b2"]


def test_pools_that_all_begin_by_themselves_are_refused_with_their_names(play: Run) -> None:
    assert "B, A" in error_of(play(pools(starts_b=""), "--json"))["message"]


def test_a_process_that_is_not_there_is_refused(play: Run) -> None:
    assert "B, A" in error_of(play(pools(), "--json", "--process", "C"))["message"]


# --- refusals -------------------------------------------------------------------------------------------


def test_a_drawing_that_is_not_executable_is_refused_with_what_is_missing(play: Run) -> None:
    drawn = SIMPLE.bytes().replace(b'isExecutable="true"', b'isExecutable="false"')
    error = error_of(play(drawn, "--json"))
    assert [one["rule"] for one in error["findings"]] == ["file.no-executable-process"]
    told = play(drawn)
    assert told.exit_code == 1
    assert "isExecutable" in told.output


@pytest.mark.parametrize(
    "content", [b"", b"not xml", b"<a/>", bytes(range(256)), b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"]
)
def test_what_is_no_diagram_is_refused_in_json(play: Run, content: bytes) -> None:
    error_of(play(content, "--json"))


@pytest.mark.parametrize(
    "options",
    [
        ("--vars", "{a: 1}"),
        ("--vars", "[1]"),
        ("--vars", "@khong-co.json"),
        ("--at", "hôm qua"),
        ("--advance", "ba ngày"),
        ("--advance", "-P1D"),
        ("--advance", "P99999Y"),
        ("--process", "khác"),
        ("--event", "khác"),
        ("--scenario", "khong-co.yaml"),
        ("khong-co.bpmn",),
    ],
    ids=" ".join,
)
def test_every_refusal_is_json_and_exits_with_1(play: Run, options: tuple[str, ...]) -> None:
    given = (f"{options[0]}={options[1]}",) if len(options) > 1 else options
    error_of(play(SIMPLE, "--json", *given))
    told = play(SIMPLE, *given)
    assert told.exit_code == 1
    assert "Lỗi: " in told.output
    assert "Traceback" not in told.output


# --- scenarios ------------------------------------------------------------------------------------------


def test_a_scenario_is_changed_by_the_options_beside_it(play: Run) -> None:
    text = "process: p\nstart: {variables: {x: 1, y: 2}}\nsteps:\n  - complete: {task: a}\n"
    Path("s.yaml").write_text(text, encoding="utf-8")
    drawn = diagram().start().user_task("a").catch("wait", timer("timeDuration", "P1D")).end()
    found = played(play(drawn, "--scenario", "s.yaml", "--json", "--vars", '{"y": 3}'))
    assert (found["state"], found["variables"]) == ("waiting", {"x": 1, "y": 3})
    assert found["scenario"]["passed"] is True
    again = played(play(drawn, "--scenario", "s.yaml", "--json", "--advance", "P1D"))
    assert again["state"] == "completed"


def test_a_wrong_scenario_is_told_with_file_line_and_key(play: Run) -> None:
    Path("s.yaml").write_text("process: p\nsteps:\n  - complete: {tsk: a}\n", encoding="utf-8")
    message = error_of(play(SIMPLE, "--scenario", "s.yaml", "--json"))["message"]
    assert "“s.yaml”, dòng 3" in message
    assert "tsk" in message
