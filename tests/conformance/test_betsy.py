"""The betsy runner passes what is right and, for each way of being wrong, tells the right outcome."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import outcomes, running
from tests.conformance.betsy import cases, models, suite
from tests.conformance.betsy.cases import BetsyCase, Expected
from tests.conformance.betsy.judging import judge, unlike
from tests.conformance.betsy.playing import Observation, play
from tests.conformance.conftest import corpus
from tests.conformance.house import House
from tests.conformance.outcomes import Outcome
from tests.conformance.refusals import Problem
from tests.conformance.running import Manner
from tests.engine.diagrams import cardinality, diagram, event, multi, timer

MODEL = (
    diagram("Two_Steps")
    .start()
    .script_task("log", "CREATE_LOG_FILE")
    .script_task("a", "SCRIPT_task1")
    .catch("rest", timer("timeDuration", "PT2S"))
    .script_task("b", "SCRIPT_task2")
    .end()
    .bytes()
)


def case(
    folder: Path, content: bytes, process: str = "Two_Steps", delay: int = 3000, **given: Any
) -> BetsyCase:
    """Give a case of a model that is written into a folder."""
    file = folder / "model.bpmn"
    file.write_bytes(content)
    expected = Expected(**{"trace": ("SCRIPT_task1", "SCRIPT_task2"), **given})
    return BetsyCase(
        id=f"{process}/1", group="own", process=process, file=file, letters="", number=0, delay=delay,
        is_parallel=False, expected=(expected,),
    )  # fmt: skip


def outcome(given: BetsyCase, houses: tuple[House, ...]) -> tuple[Outcome, str]:
    for house in houses:
        house.allow(30)
    result = suite.play_twice(given, houses)
    return result.outcome, result.detail


# --- what is right ------------------------------------------------------------------------------------


def test_lines_order_and_final_state_as_expected_are_a_pass(
    houses: tuple[House, ...], tmp_path: Path
) -> None:
    right = case(tmp_path, MODEL, order=(("SCRIPT_task1", "SCRIPT_task2"),), final="completed")
    assert outcome(right, houses) == (Outcome.PASS, "")


def test_another_accepted_ending_is_a_pass_too(houses: tuple[House, ...], tmp_path: Path) -> None:
    given = case(tmp_path, MODEL, trace=("SCRIPT_task3",))
    other = Expected(trace=("SCRIPT_task2", "SCRIPT_task1"), final="completed")
    assert outcome(replace(given, expected=(*given.expected, other)), houses)[0] is Outcome.PASS


def test_before_a_timer_is_due_the_instance_waits(houses: tuple[House, ...], tmp_path: Path) -> None:
    early = case(tmp_path, MODEL, delay=1000, trace=("SCRIPT_task1",), final="waiting")
    assert outcome(early, houses)[0] is Outcome.PASS


def test_each_instance_of_a_repeated_script_is_a_line(houses: tuple[House, ...], tmp_path: Path) -> None:
    repeated = multi(cardinality("3"))
    drawn = diagram("Two_Steps").start().script_task("a", "SCRIPT_task1").end().bytes()
    content = drawn.replace(b"</bpmn:script>", b"</bpmn:script>" + repeated.encode())
    assert outcome(case(tmp_path, content, trace=("SCRIPT_task1",) * 3), houses)[0] is Outcome.PASS


def test_a_script_that_throws_is_caught_at_its_boundary(houses: tuple[House, ...], tmp_path: Path) -> None:
    drawn = (
        diagram("Two_Steps")
        .start()
        .script_task("bad", "THROW_ERROR")
        .script_task("never", "SCRIPT_task2")
        .end()
        .error("E")
        .boundary("caught", "bad", event("error", "E"))
        .script_task("a", "SCRIPT_task1")
        .end("end2")
    )
    given = case(tmp_path, drawn.bytes(), trace=("SCRIPT_task1",), final="completed")
    assert outcome(given, houses) == (Outcome.PASS, "")


def test_an_uncaught_error_end_is_the_line_of_a_thrown_error(
    houses: tuple[House, ...], tmp_path: Path
) -> None:
    steps = diagram("Two_Steps").start().script_task("a", "SCRIPT_task1")
    drawn = steps.end("end", event("error", "E")).error("E").bytes()
    given = case(tmp_path, drawn, trace=("SCRIPT_task1", "ERROR_thrownErrorEvent"), final="failed")
    assert outcome(given, houses) == (Outcome.PASS, "")


def test_a_script_that_waits_can_run_beside_another(houses: tuple[House, ...], tmp_path: Path) -> None:
    drawn = (
        diagram("Two_Steps")
        .start()
        .parallel("split")
        .script_task("a", "CREATE_TIMESTAMP_LOG_1")
        .end()
        .at("split")
        .script_task("b", "CREATE_TIMESTAMP_LOG_2")
        .end("end2")
    )
    given = case(tmp_path, drawn.bytes(), delay=20_000, trace=("EXECUTION_parallel",))
    assert outcome(given, houses) == (Outcome.PASS, "")
    one_after_the_other = diagram("Two_Steps").start().script_task("a", "CREATE_TIMESTAMP_LOG_1")
    content = one_after_the_other.script_task("b", "CREATE_TIMESTAMP_LOG_2").end().bytes()
    given = case(tmp_path, content, delay=20_000, trace=("EXECUTION_parallel",))
    assert outcome(given, houses)[0] is Outcome.SILENT


# --- what is wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"trace": ("SCRIPT_task1",)},
        {"trace": ("SCRIPT_task1", "SCRIPT_task2", "SCRIPT_task2")},
        {"trace": ("SCRIPT_task1", "SCRIPT_task2", "ERROR")},
        {"order": (("SCRIPT_task2", "SCRIPT_task1"),)},
        {"strict_order": (("SCRIPT_task2", "SCRIPT_task1"),)},
        {"final": "waiting"},
        {"final": "failed"},
        {"final": "refused"},
    ],
)
def test_a_wrong_expectation_is_wrong_silently(
    houses: tuple[House, ...], tmp_path: Path, wrong: dict[str, Any]
) -> None:
    found, detail = outcome(case(tmp_path, MODEL, **wrong), houses)
    assert found is Outcome.SILENT
    assert detail


def test_a_refusal_that_names_element_and_reason_is_clear(houses: tuple[House, ...], tmp_path: Path) -> None:
    content = diagram("Two_Steps").start().catch("rest", timer("timeDuration", "((")).end().bytes()
    found, detail = outcome(case(tmp_path, content), houses)
    assert found is Outcome.CLEAR
    assert "[rest]" in detail


def test_a_refusal_where_an_error_is_expected_is_a_pass(houses: tuple[House, ...], tmp_path: Path) -> None:
    content = diagram("Two_Steps").start().catch("rest", timer("timeDuration", "((")).end().bytes()
    assert outcome(case(tmp_path, content, trace=("ERROR",), final="refused"), houses)[0] is Outcome.PASS
    assert outcome(case(tmp_path, content, trace=("ERROR_deployment",)), houses)[0] is Outcome.PASS
    assert outcome(case(tmp_path, content, trace=("ERROR_runtime",)), houses)[0] is Outcome.CLEAR


@pytest.mark.parametrize(
    "problem",
    [
        Problem(code="x", element="", message="Sai."),
        Problem(code="", element="a", message="Sai."),
        Problem(code="x", element="a", message=""),
        Problem(code="x", element="a", message="KeyError: 'a'"),
        Problem(code="x", element="a", message='Traceback (most recent call last): File "x.py", line 3'),
    ],
)
def test_a_refusal_without_place_code_or_words_is_unclear(tmp_path: Path, problem: Problem) -> None:
    given = case(tmp_path, MODEL, trace=("ERROR",))
    seen = Observation(refusal=(problem,))
    assert judge(given, models.read(given.file), seen)[0] is Outcome.UNCLEAR


def test_a_server_that_answers_no_more_is_a_crash_and_the_next_case_runs(tmp_path: Path) -> None:
    slow, quick = case(tmp_path, MODEL), replace(case(tmp_path, MODEL), id="after")
    manner = Manner(limit=4)

    def stopping(given: BetsyCase, houses: tuple[House, ...]) -> outcomes.Result:
        if given is slow:
            houses[0].server.pause()
        return suite.play_twice(given, houses)

    with running.opened(manner, kinds=(False, True)) as sets:
        first, second = running.run([slow, quick], stopping, sets, manner)
    assert (first.outcome, second.outcome) == (Outcome.CRASH, Outcome.PASS)
    assert first.detail.startswith("hang")


def test_a_way_that_reloading_changes_is_seen(houses: tuple[House, ...], tmp_path: Path) -> None:
    given = case(tmp_path, MODEL)
    model = models.read(given.file)
    for house in houses:
        house.allow(30)
    plain, reloaded = play(given, model, houses[0]), play(given, model, houses[1])
    assert unlike(plain, reloaded) == ""
    (run,) = reloaded.runs
    changed = replace(reloaded, runs=(replace(run, history=run.history[:-1]),))
    assert unlike(plain, changed)
    assert unlike(plain, replace(reloaded, runs=(replace(run, state="running"),)))


def test_a_script_nobody_knows_is_told(houses: tuple[House, ...], tmp_path: Path) -> None:
    content = diagram("Two_Steps").start().script_task("a", "SING_A_SONG").end().bytes()
    found, detail = outcome(case(tmp_path, content), houses)
    assert found is Outcome.CRASH
    assert "SING_A_SONG" in detail


# --- reading and telling --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("neutral", "feel"),
    [
        ('test.contains("a")', 'contains(test, "a")'),
        ('!test.contains("b")', 'not(contains(test, "b"))'),
        ("integerVariable<3", "integerVariable<3"),
        ('test.contains("a") && integerVariable==2', 'contains(test, "a")  and  integerVariable=2'),
    ],
)
def test_neutral_conditions_become_feel(neutral: str, feel: str) -> None:
    assert models.translated(neutral) == feel


def test_cases_carry_order_final_and_accepted_endings(tmp_path: Path) -> None:
    given = {"n": 2, "input": "ab", "int": None, "delay": 5, "parallel": True, "trace": ["A", "B"],
             "order": [["A", "B"]], "final": "waiting",
             "accept": [{"trace": [], "final": "refused"}]}  # fmt: skip
    test = {"group": "g", "name": "T", "file": "g/T.bpmn", "cases": [given]}
    (tmp_path / "cases.json").write_text(json.dumps([test]), encoding="utf-8")

    (read,) = cases.read(tmp_path)

    assert (read.id, read.letters, read.number, read.delay, read.is_parallel) == ("T/2", "ab", 0, 5, True)
    first, other = read.expected
    assert (first.order, first.final) == ((("A", "B"),), "waiting")
    assert (other.trace, other.final) == ((), "refused")


def test_the_report_counts_the_five_outcomes() -> None:
    results = [outcomes.Result(id=f"c{number}", group="g", outcome=one) for number, one in enumerate(Outcome)]
    report = outcomes.as_json(results)
    assert report["outcomes"] == dict.fromkeys((one.value for one in Outcome), 1)
    assert report["cases"][3] == {"id": "c3", "outcome": "wrong silently", "detail": ""}
    assert outcomes.exit_code(results[:2]) == 0
    assert all(outcomes.exit_code([one]) == 1 for one in results[2:])
    assert "refused unclearly: c2" in outcomes.table(results)


@pytest.mark.slow
def test_no_model_of_others_runs_wrong_in_silence() -> None:
    given = [one for one in cases.read(corpus("betsy")) if one.id.endswith("/1")]
    results = suite.run_cases(given, Manner(jobs=2, seed=1))
    assert [one for one in results if one.outcome in outcomes.UNACCEPTABLE] == []
    assert sum(one.outcome is Outcome.PASS for one in results) >= 0.7 * len(results)
