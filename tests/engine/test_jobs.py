"""Service tasks: handlers, tries, incidents, retry, business errors."""

from typing import Any

from engine import incidents
from engine.jobs import BusinessError
from engine.ports import JobContext
from foundation.database import UnitOfWork
from tests.engine.conftest import Bench
from tests.engine.diagrams import diagram, event, extension


def serving(body: str = "") -> bytes:
    return diagram().start().service_task("serve", "plan.issue", body).user_task("after").end().bytes()


def test_a_handler_does_the_job_and_its_result_becomes_variables(bench: Bench) -> None:
    bench.handle("plan.issue", lambda _work, job: {"number": job.variables["x"] + 1})
    bench.deploy(serving())
    instance = bench.start(x=1)
    assert bench.waiting(instance) == ["after"]
    assert bench.variables(instance) == {"x": 1, "number": 2}


def test_mappings_choose_what_goes_in_and_what_comes_out(bench: Bench) -> None:
    seen: list[Any] = []

    def handler(_work: UnitOfWork, job: JobContext) -> dict[str, Any]:
        seen.append(dict(job.variables))
        return {"a": 1, "b": 2}

    bench.handle("plan.issue", handler)
    mapping = '<camunda:inputOutput><camunda:inputParameter name="y">=x * 2</camunda:inputParameter>'
    mapping += (
        '<camunda:outputParameter name="kept">=result.b</camunda:outputParameter></camunda:inputOutput>'
    )
    bench.deploy(serving(extension(mapping)))
    instance = bench.start(x=21)
    assert seen == [{"y": 42}]
    assert bench.variables(instance) == {"x": 21, "kept": 2}


def test_a_failing_handler_is_tried_again_and_then_waits_for_a_person(bench: Bench) -> None:
    tries: list[int] = []

    def failing(_work: UnitOfWork, _job: JobContext) -> None:
        tries.append(1)
        raise RuntimeError("máy chủ số văn bản không trả lời")

    bench.handle("plan.issue", failing)
    bench.deploy(
        serving(extension("<camunda:failedJobRetryTimeCycle>R3/PT10S</camunda:failedJobRetryTimeCycle>"))
    )
    instance = bench.start()
    bench.wait(minutes=5)
    assert len(tries) == 3
    [incident] = bench.incidents(instance)
    assert "máy chủ số văn bản" in incident.message

    bench.handle("plan.issue", lambda _work, _job: {})
    with bench.database.unit_of_work() as work:
        incidents.retry(work, incident.id)
        work.commit()
    assert bench.waiting(instance) == ["after"]
    assert bench.incidents(instance) == []


def test_a_business_error_takes_the_way_that_is_drawn(bench: Bench) -> None:
    def refusing(_work: UnitOfWork, _job: JobContext) -> None:
        raise BusinessError("NO_NUMBER")

    bench.handle("plan.issue", refusing)
    bench.deploy(
        diagram()
        .error("e", "NO_NUMBER")
        .start()
        .service_task("serve")
        .end()
        .boundary("caught", "serve", event("error", "e"))
        .user_task("by hand")
        .end("e2")
        .bytes()
        .replace(b"by hand", b"by_hand")
    )
    assert bench.waiting(bench.start()) == ["by_hand"]
