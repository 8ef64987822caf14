"""Nothing is half done: failed commands, failed timers, lost updates, tampered history."""

import threading

import pytest
from sqlalchemy import update

from engine import deployments, history, instances, user_tasks
from engine.findings import DefinitionRefused
from engine.models import HistoryEvent, ProcessInstance
from foundation.errors import Conflict, Stale, TiendoError
from tests.engine.conftest import Bench
from tests.engine.diagrams import diagram, timer


def two_steps() -> bytes:
    return diagram().start().user_task("a").user_task("b").end().bytes()


def test_the_history_of_an_untouched_instance_verifies(bench: Bench) -> None:
    bench.deploy(two_steps())
    instance = bench.start()
    bench.complete(instance, "a")
    with bench.database.reading() as session:
        assert history.verify(session, instance) is None


def test_a_changed_line_of_history_is_found(bench: Bench) -> None:
    bench.deploy(two_steps())
    instance = bench.start()
    with bench.database.unit_of_work() as work:
        work.session.execute(
            update(HistoryEvent)
            .where(HistoryEvent.instance_id == instance, HistoryEvent.seq == 2)
            .values(name="x")
        )
        work.commit()
    with bench.database.reading() as session:
        assert history.verify(session, instance) == 2


def test_a_state_saved_by_somebody_else_meanwhile_is_not_overwritten(bench: Bench) -> None:
    from engine import runner

    bench.deploy(two_steps())
    instance = bench.start()
    with bench.database.unit_of_work() as work:
        row = runner.lock(work, instance)
        work.session.execute(
            update(ProcessInstance).where(ProcessInstance.id == instance).values(revision=row.revision + 1)
        )
        with pytest.raises(Stale):
            runner.run(work, row, lambda _execution: None)


def test_of_many_who_complete_the_same_task_exactly_one_wins(bench: Bench) -> None:
    bench.deploy(two_steps())
    instance = bench.start()
    with bench.database.reading() as session:
        task = user_tasks.of_instance(session, instance)[0].id
    outcomes: list[str] = []

    def complete() -> None:
        try:
            with bench.database.unit_of_work() as work:
                user_tasks.complete(work, task, {})
                work.commit()
            outcomes.append("done")
        except Conflict:
            outcomes.append("refused")

    threads = [threading.Thread(target=complete) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done"] + ["refused"] * 7
    assert bench.waiting(instance) == ["b"]


def test_a_form_opened_on_an_older_version_is_refused(bench: Bench) -> None:
    bench.deploy(two_steps())
    instance = bench.start()
    with bench.database.reading() as session:
        task = user_tasks.of_instance(session, instance)[0]
    with bench.database.unit_of_work() as work:
        user_tasks.assign(work, task.id, "bình", reason="đi công tác")
        work.commit()
    with bench.database.unit_of_work() as work, pytest.raises(Stale):
        user_tasks.complete(work, task.id, {}, revision=task.revision)


def test_a_timer_whose_instance_fails_waits_for_a_person_and_hurts_nobody_else(bench: Bench) -> None:
    broken = (
        diagram("broken")
        .start()
        .catch("wait", timer("timeDuration", "PT1H"))
        .exclusive("gate")
        .at(None)
        .user_task("never")
        .end()
        .flow("gate", "never", "false")
        .at(None)
        .user_task("nor")
        .end("e2")
        .flow("gate", "nor", "false")
        .bytes()
    )
    healthy = (
        diagram("healthy").start().catch("wait", timer("timeDuration", "PT1H")).user_task("go").end().bytes()
    )
    bench.deploy(broken, healthy)
    bad, good = bench.start("broken"), bench.start("healthy")
    bench.wait(hours=3)
    assert bench.waiting(good) == ["go"]
    assert bench.waiting(bad) == []
    assert [(one.kind, one.element) for one in bench.incidents(bad)] == [("timer", "gate")]


def test_a_suspended_instance_does_nothing_until_it_is_resumed(bench: Bench) -> None:
    bench.deploy(diagram().start().catch("wait", timer("timeDuration", "PT1H")).user_task("go").end().bytes())
    instance = bench.start()
    with bench.database.unit_of_work() as work:
        instances.suspend(work, instance, reason="chờ ý kiến")
        work.commit()
    bench.wait(hours=5)
    assert bench.waiting(instance) == ["wait"]
    with bench.database.unit_of_work() as work:
        instances.resume(work, instance, reason="đã có ý kiến")
        work.commit()
    bench.wait(minutes=1)
    assert bench.waiting(instance) == ["go"]


def test_one_bad_file_refuses_the_whole_deployment(bench: Bench) -> None:
    with pytest.raises(DefinitionRefused) as refused:
        bench.deploy(two_steps(), b"<not xml")
    assert [finding.file for finding in refused.value.findings] == ["1.bpmn"]
    with pytest.raises(TiendoError):
        bench.start("p")


def test_shipped_files_never_overrule_what_an_administrator_published(bench: Bench) -> None:
    files = {"p.bpmn": two_steps()}
    edited = {"p.bpmn": diagram().start().user_task("mine").end().bytes()}
    for given in (files, edited, files):
        with bench.database.unit_of_work() as work:
            deployments.deploy_new(work, given)
            work.commit()
    assert bench.waiting(bench.start()) == ["mine"]
