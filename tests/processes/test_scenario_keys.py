"""Each key of scenario files does what the reference says: it holds, and it fails when it should."""

import pytest

from engine import history
from foundation.errors import Invalid
from processes import scenarios
from tests.engine.diagrams import Diagram, diagram, timer


def walked(drawn: Diagram, text: str) -> scenarios.Outcome:
    """Walk a scenario of process p; `text` begins at the margin with `steps:` or another key."""
    return scenarios.run(
        scenarios.read(f"process: p\n{text}".encode(), file="k.yaml"), {"p.bpmn": drawn.bytes()}
    )


def failure(drawn: Diagram, text: str) -> str:
    return str(walked(drawn, text).failure or "")


BESIDE = diagram().start().parallel("split").user_task("a").end("e1").at("split").user_task("b").end("e2")
JOB = diagram().start().service_task("send", "document.send").user_task("after").end()
ALL_DONE = "steps:\n  - complete: {task: b}\n  - complete: {task: a}\n  - expect: {state: completed, %s}\n"


# --- order ----------------------------------------------------------------------------------------------


def test_order_says_what_came_before_what() -> None:
    assert failure(BESIDE, ALL_DONE % "order: [[b, a], [a, e1], [split, b]]") == ""


def test_order_fails_where_it_was_the_other_way_or_never() -> None:
    for pair in ("[a, b]", "[a, never]", "[never, a]"):
        said = failure(BESIDE, ALL_DONE % f"order: [{pair}]")
        assert "Bước 3 (expect), dòng 5" in said
        assert "xong trước" in said


# --- working moments ------------------------------------------------------------------------------------

#: fires at 17:00 on Friday 9 January 2026, the fourth working day after Monday the 5th
FRIDAY = diagram().start().catch("wait", timer("timeDate", "2026-01-09T17:00:00+07:00")).user_task("a").end()


@pytest.mark.parametrize(
    ("moment", "waiting"),
    [
        ('{working_day: 4, at: "16:59"}', "wait"),
        ('{working_day: 4, at: "17:00"}', "a"),
        ("{working_day: 4, at: end}", "a"),
        ("{working_day: 4}", "a"),
        ("{working_day: 3}", "wait"),
        ("{working_day: 5, at: '00:00'}", "a"),
    ],
)
def test_the_clock_moves_to_a_working_moment(moment: str, waiting: str) -> None:
    assert failure(FRIDAY, f"steps:\n  - to: {moment}\n  - expect: {{waiting: [{waiting}]}}\n") == ""


def test_working_days_leave_sundays_out_and_count_the_make_up_saturday() -> None:
    for days, moment in ((5, "2026-01-10T01:00:00+00:00"), (6, "2026-01-12T01:00:00+00:00")):
        outcome = walked(FRIDAY, f'steps:\n  - to: {{working_day: {days}, at: "08:00"}}\n')
        assert outcome.player.clock.now().isoformat() == moment


def test_a_working_moment_that_is_past_is_told() -> None:
    assert "không chạy lùi" in failure(FRIDAY, 'steps:\n  - to: {working_day: 0, at: "07:00"}\n')


# --- jobs and what becomes of them ----------------------------------------------------------------------


def test_a_failed_job_comes_back_after_its_pause() -> None:
    text = """jobs: wait
steps:
  - job: {task: send, failure: mất mạng}
  - expect: {jobs: [send], incidents: [], waiting: []}
  - advance: PT1H
  - job: {task: send, variables: {number: 7}}
  - expect: {waiting: [after], variables: {number: 7}, jobs: []}
"""
    assert failure(JOB, text) == ""


def test_a_job_that_fails_every_time_ends_as_an_incident() -> None:
    fails = "  - job: {task: send, failure: mất mạng}\n  - advance: PT1H\n"
    text = f"jobs: wait\nsteps:\n{fails * 3}  - expect: {{incidents: [send], state: failed}}\n"
    assert failure(JOB, text) == ""


def test_an_incident_nobody_expects_is_a_failure() -> None:
    fails = "  - job: {task: send, failure: mất mạng}\n  - advance: PT1H\n"
    assert "mất mạng" in failure(JOB, f"jobs: wait\nsteps:\n{fails * 3}  - expect: {{waiting: []}}\n")


def test_expected_incidents_that_are_not_there_are_told() -> None:
    assert "Bước 1 (expect)" in failure(JOB, "steps:\n  - expect: {incidents: [send]}\n")


# --- cancelling and choosing ----------------------------------------------------------------------------


def test_a_cancelled_instance_has_failed_and_keeps_the_reason() -> None:
    outcome = walked(
        BESIDE, "steps:\n  - cancel: {reason: Thu hồi văn bản}\n  - expect: {state: failed, waiting: []}\n"
    )
    assert outcome.failure is None
    with outcome.player.database.reading() as session:
        lines = history.of_instance(session, outcome.player.instance_id or "")
    assert any(
        "Thu hồi văn bản" in str(line.data) for line in lines if line.type == "instance.cancel_requested"
    )


CHOICE = (
    diagram()
    .start()
    .inside("adhoc", "adHocSubProcess", "<bpmn:completionCondition>= done = true</bpmn:completionCondition>")
    .at(None).user_task("ask").at(None).user_task("meet")
    .outside().user_task("after").end()
)  # fmt: skip


def test_an_activity_of_an_ad_hoc_sub_process_is_chosen() -> None:
    text = """steps:
  - activate: {activity: meet}
  - activate: {activity: meet}
  - complete: {task: meet}
  - complete: {task: meet, variables: {done: true}}
  - expect: {waiting: [after]}
"""
    assert failure(CHOICE, f"start: {{variables: {{done: false}}}}\n{text}") == ""


def test_choosing_what_is_not_offered_is_told_with_its_line() -> None:
    said = failure(CHOICE, "start: {variables: {done: false}}\nsteps:\n  - activate: {activity: after}\n")
    assert "Bước 1 (activate), dòng 4" in said
    assert "after" in said


# --- wrong files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "key", "expected", "found"),
    [
        ("steps:\n  - to: {working_day: two}\n", 3, "steps.1.to.working_day", "số ngày", "two"),
        ("steps:\n  - to: {working_day: 1, at: noon}\n", 3, "steps.1.to.at", "17:00", "noon"),
        ("steps:\n  - to: hôm nay\n", 3, "steps.1.to", "ISO 8601", "hôm nay"),
        ("steps:\n  - advance: {days: 2}\n", 3, "steps.1.advance.days", "working_days", "days"),
        ("steps:\n  - advance: {working_days: -2}\n", 3, "steps.1.advance.working_days", "số ngày", "-2"),
        ("steps:\n  - expect: {order: [[a]]}\n", 3, "steps.1.expect.order.1", "bước trước", "['a']"),
        ("steps:\n  - expect: {order: a}\n", 3, "steps.1.expect.order", "danh sách", "a"),
        ("steps:\n  - expect: {incidents: send}\n", 3, "steps.1.expect.incidents", "danh sách", "send"),
        ("steps:\n  - expect: {state: done}\n", 3, "steps.1.expect.state", "completed", "done"),
        ("steps:\n  - cancel: {}\n", 3, "steps.1.cancel", "reason", "reason"),
        ("steps:\n  - activate: {task: a}\n", 3, "steps.1.activate.task", "activity", "task"),
        ("steps:\n  - job: {task: a, fail: x}\n", 3, "steps.1.job.fail", "failure", "fail"),
        ("start:\n  when: x\nsteps: []\n", 3, "start.when", "event", "when"),
        ("steps: {}\n", 2, "steps", "danh sách", "{}"),
        ("jobs: 3\n", 2, "jobs", "đối tượng", "3"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_with_line_key_expected_and_found(
    text: str, line: int, key: str, expected: str, found: str
) -> None:
    with pytest.raises(Invalid) as refused:
        scenarios.read(f"process: p\n{text}".encode(), file="k.yaml")
    said = str(refused.value.text)
    assert said.startswith(f"Kịch bản “k.yaml”, dòng {line}: ")
    assert key in said
    assert expected in said
    assert found in said
