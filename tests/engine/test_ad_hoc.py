"""Ad-hoc sub-processes: people choose what is done next, what needs nobody starts by itself."""

import pytest

from engine import ad_hoc
from foundation.errors import Conflict, NotFound
from tests.engine.conftest import Bench
from tests.engine.diagrams import Diagram, diagram


def condition(text: str) -> str:
    return f"<bpmn:completionCondition>{text}</bpmn:completionCondition>"


def choosing(body: str = "", **attributes: str) -> Diagram:
    """Draw start → ad-hoc {ask, meet → minute} → user task `after`."""
    return (
        diagram()
        .start()
        .inside("adhoc", "adHocSubProcess", body, **attributes)
        .at(None)
        .user_task("ask")
        .at(None)
        .user_task("meet")
        .user_task("minute")
        .outside()
        .user_task("after")
        .end()
    )


def activate(bench: Bench, instance: str, activity: str) -> None:
    with bench.database.unit_of_work() as work:
        ad_hoc.activate(work, instance, activity)
        work.commit()


def offered(bench: Bench, instance: str) -> dict[str, tuple[int, bool]]:
    with bench.database.reading() as session:
        return {one.activity: (one.times, one.is_available) for one in ad_hoc.choices(session, instance)}


def test_nothing_starts_until_somebody_chooses(bench: Bench) -> None:
    bench.deploy(choosing(condition("enough")).bytes())
    instance = bench.start()
    assert bench.waiting(instance) == ["adhoc"]
    assert offered(bench, instance) == {"ask": (0, True), "meet": (0, True)}


def test_a_chosen_activity_can_be_done_again_and_flows_inside_are_followed(bench: Bench) -> None:
    bench.deploy(choosing(condition("enough")).bytes())
    instance = bench.start()
    activate(bench, instance, "ask")
    activate(bench, instance, "ask")
    activate(bench, instance, "meet")
    assert bench.waiting(instance) == ["adhoc", "ask", "ask", "meet"]
    bench.complete(instance, "ask")
    bench.complete(instance, "meet")
    assert bench.waiting(instance) == ["adhoc", "ask", "minute"]
    assert offered(bench, instance) == {"ask": (1, True), "meet": (1, True)}


def test_the_completion_condition_cancels_what_still_runs(bench: Bench) -> None:
    bench.deploy(choosing(condition("enough")).bytes())
    instance = bench.start()
    activate(bench, instance, "ask")
    activate(bench, instance, "meet")
    bench.complete(instance, "ask", enough=True)
    assert bench.waiting(instance) == ["after"]
    assert "minute" not in bench.entered(instance)


def test_what_still_runs_is_waited_for_when_the_diagram_says_so(bench: Bench) -> None:
    bench.deploy(choosing(condition("enough"), cancelRemainingInstances="false").bytes())
    instance = bench.start()
    activate(bench, instance, "ask")
    activate(bench, instance, "meet")
    bench.complete(instance, "ask", enough=True)
    assert bench.waiting(instance) == ["adhoc", "meet"]
    with pytest.raises(Conflict, match="kết thúc"):
        activate(bench, instance, "ask")
    bench.complete(instance, "meet")
    assert bench.waiting(instance) == ["after"]
    assert "minute" not in bench.entered(instance)


def test_one_at_a_time_refuses_a_second_choice_until_the_first_is_done(bench: Bench) -> None:
    bench.deploy(choosing(condition("enough"), ordering="Sequential").bytes())
    instance = bench.start()
    activate(bench, instance, "meet")
    assert offered(bench, instance) == {"ask": (0, False), "meet": (0, False)}
    with pytest.raises(Conflict, match="lần lượt"):
        activate(bench, instance, "ask")
    bench.complete(instance, "meet")
    with pytest.raises(Conflict, match="lần lượt"):
        activate(bench, instance, "ask")
    bench.complete(instance, "minute")
    activate(bench, instance, "ask")
    assert bench.waiting(instance) == ["adhoc", "ask"]


def test_without_a_condition_it_ends_when_everything_was_done_once(bench: Bench) -> None:
    bench.deploy(choosing().bytes())
    instance = bench.start()
    activate(bench, instance, "ask")
    bench.complete(instance, "ask")
    assert bench.waiting(instance) == ["adhoc"]
    activate(bench, instance, "meet")
    bench.complete(instance, "meet")
    bench.complete(instance, "minute")
    assert bench.waiting(instance) == ["after"]


def test_a_person_may_end_it_and_the_reason_is_kept(bench: Bench) -> None:
    bench.deploy(choosing().bytes())
    instance = bench.start()
    activate(bench, instance, "ask")
    with bench.database.unit_of_work() as work:
        token = ad_hoc.choices(work.session, instance)[0].token
        ad_hoc.end(work, instance, token, reason="Đã đủ ý kiến")
        work.commit()
    assert bench.waiting(instance) == ["after"]


@pytest.mark.parametrize("ordering", ["Parallel", "Sequential"])
def test_what_needs_nobody_starts_by_itself_in_document_order(bench: Bench, ordering: str) -> None:
    bench.deploy(
        diagram()
        .start()
        .inside("adhoc", "adHocSubProcess", ordering=ordering)
        .at(None)
        .script_task("one")
        .script_task("then")
        .at(None)
        .script_task("two")
        .outside()
        .end()
        .bytes()
    )
    instance = bench.start()
    assert bench.state(instance) == "completed"
    order = [element for element in bench.entered(instance) if element in {"one", "then", "two"}]
    assert order == (["one", "then", "two"] if ordering == "Sequential" else ["one", "two", "then"])


def test_a_sequential_one_waits_for_a_job_before_it_starts_the_next(bench: Bench) -> None:
    bench.deploy(
        diagram()
        .start()
        .inside("adhoc", "adHocSubProcess", ordering="Sequential")
        .at(None)
        .service_task("first", "never.done")
        .at(None)
        .script_task("second")
        .outside()
        .end()
        .bytes()
    )
    instance = bench.start()
    assert bench.waiting(instance) == ["adhoc", "first"]
    assert "second" not in bench.entered(instance)


def test_what_is_not_offered_cannot_be_started(bench: Bench) -> None:
    bench.deploy(choosing().bytes())
    instance = bench.start()
    with pytest.raises(NotFound, match="minute"):
        activate(bench, instance, "minute")


def test_a_boundary_event_takes_the_whole_away(bench: Bench) -> None:
    bench.deploy(
        choosing(condition("enough"))
        .message("m", "stop", "= code")
        .boundary("stopped", "adhoc", '<bpmn:messageEventDefinition messageRef="m"/>')
        .user_task("explain")
        .end("e2")
        .bytes()
    )
    instance = bench.start(code="A")
    activate(bench, instance, "ask")
    bench.send("stop", "A")
    assert bench.waiting(instance) == ["explain"]
