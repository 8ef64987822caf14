"""External workers over HTTP: fetch and lock, extend, complete, fail, BPMN error; who may, and what waits."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import urllib3

from directives import accounts, api_keys
from foundation.clock import MovableClock
from tests.api.house import Caller, House, problem
from tests.engine.diagrams import Diagram, diagram, event, extension

RETRIES = extension("<camunda:failedJobRetryTimeCycle>R2/PT1M</camunda:failedJobRetryTimeCycle>")


@pytest.fixture
def worker(house: House) -> Caller:
    """A program with the role for workers and nothing else."""
    with house.runtime.database.unit_of_work() as work:
        account = accounts.create(work, username="may-ky-so")
        accounts.grant(work, account, "worker", house.committee, valid_from=date(2024, 1, 1))
        key = api_keys.create(work, account, name="ký số").key
        work.commit()
    return Caller(house, key)


def signing(body: str = RETRIES) -> Diagram:
    return diagram().start().service_task("sign", "ky-so", body).user_task("after").end()


def fetch(worker: Caller, name: str = "w1", topic: str = "ky-so", **more: Any) -> list[dict[str, Any]]:
    topics = [{"topic": topic, "lock_seconds": 60, **more.pop("wanted", {})}]
    answer = worker.post("/jobs/fetch-and-lock", json={"worker": name, "topics": topics, **more})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return list(answer.json["items"])  # type: ignore[index]


def waiting(house: House, instance: str) -> list[str]:
    found = house.admin.get(f"/instances/{instance}").json
    return [one["element"] for one in found["waiting"]]  # type: ignore[index]


def test_a_worker_locks_a_job_and_completes_it_with_its_result(house: House, worker: Caller) -> None:
    instance = house.started(signing().bytes(), document="1394", secret="x")

    (job,) = fetch(worker, wanted={"variables": ["document"]})
    assert (job["topic"], job["element"], job["instance"]) == ("ky-so", "sign", instance)
    assert (job["variables"], job["retries_left"], job["attempts"]) == ({"document": "1394"}, 2, 1)
    body = {"worker": "w1", "variables": {"signed": True}}
    assert worker.post(f"/jobs/{job['id']}/complete", json=body).status_code == 204

    assert waiting(house, instance) == ["after"]
    assert house.admin.get(f"/instances/{instance}").json["variables"]["signed"] is True  # type: ignore[index]


def test_completing_again_is_no_harm_and_no_second_effect(house: House, worker: Caller) -> None:
    instance = house.started(signing().bytes())
    (job,) = fetch(worker)
    for number in range(2):
        body = {"worker": "w1", "variables": {"n": number}}
        assert worker.post(f"/jobs/{job['id']}/complete", json=body).status_code == 204
    assert house.admin.get(f"/instances/{instance}").json["variables"] == {"n": 0}  # type: ignore[index]
    other = {"worker": "w2"}
    problem(worker.post(f"/jobs/{job['id']}/complete", json=other), 409, "job_gone")


def test_with_an_idempotency_key_the_same_jobs_are_given_again(house: House, worker: Caller) -> None:
    for _number in range(2):
        house.started(signing().bytes())
    body = {"worker": "w1", "topics": [{"topic": "ky-so"}], "max_jobs": 1}
    key = {"Idempotency-Key": "lan-1"}
    first, again = (worker.post("/jobs/fetch-and-lock", json=body, headers=key) for _time in range(2))
    assert first.json == again.json
    assert len(fetch(worker, "w2")) == 1


def test_what_is_locked_is_not_given_to_others_until_the_lock_ends(
    house: House, worker: Caller, clock: MovableClock
) -> None:
    house.started(signing().bytes())
    (job,) = fetch(worker, "w1")
    assert fetch(worker, "w2") == []

    clock.advance(timedelta(seconds=61))
    problem(worker.post(f"/jobs/{job['id']}/complete", json={"worker": "w1"}), 409, "lock_lost")
    (same,) = fetch(worker, "w2")
    assert same["id"] == job["id"]
    refused = problem(worker.post(f"/jobs/{job['id']}/complete", json={"worker": "w1"}), 409, "lock_lost")
    assert refused["owner"] == "w2"
    assert worker.post(f"/jobs/{job['id']}/complete", json={"worker": "w2"}).status_code == 204


def test_an_extended_lock_lasts_longer(house: House, worker: Caller, clock: MovableClock) -> None:
    house.started(signing().bytes())
    (job,) = fetch(worker)
    clock.advance(timedelta(seconds=50))
    body = {"worker": "w1", "lock_seconds": 60}
    assert worker.post(f"/jobs/{job['id']}/extend", json=body).status_code == 200
    clock.advance(timedelta(seconds=50))
    assert fetch(worker, "w2") == []
    assert worker.post(f"/jobs/{job['id']}/complete", json={"worker": "w1"}).status_code == 204
    problem(worker.post(f"/jobs/{job['id']}/extend", json=body), 409, "job_gone")
    problem(worker.post("/jobs/none/extend", json=body), 404)


def test_a_failed_job_is_tried_again_later_and_then_waits_for_a_person(
    house: House, worker: Caller, clock: MovableClock
) -> None:
    instance = house.started(signing().bytes())
    body = {"worker": "w1", "message": "Máy ký số không trả lời", "detail": "timeout"}
    (job,) = fetch(worker)
    assert worker.post(f"/jobs/{job['id']}/fail", json=body).json["retries_left"] == 1  # type: ignore[index]
    assert fetch(worker) == []
    clock.advance(timedelta(seconds=61))
    (job,) = fetch(worker)
    assert worker.post(f"/jobs/{job['id']}/fail", json=body).json["state"] == "failed"  # type: ignore[index]

    (incident,) = house.admin.get("/incidents", instance=instance).json["items"]  # type: ignore[index]
    assert "Máy ký số không trả lời" in incident["message"]
    assert fetch(worker) == []
    house.admin.post(f"/incidents/{incident['id']}/retry")
    (job,) = fetch(worker)
    assert worker.post(f"/jobs/{job['id']}/complete", json={"worker": "w1"}).status_code == 204
    assert house.admin.get("/incidents", instance=instance).json == {"items": []}


def test_the_worker_chooses_the_tries_and_the_pause(
    house: House, worker: Caller, clock: MovableClock
) -> None:
    house.started(signing().bytes())
    (job,) = fetch(worker)
    body = {"worker": "w1", "message": "bận", "retries_left": 9, "retry_seconds": 10}
    worker.post(f"/jobs/{job['id']}/fail", json=body)
    assert fetch(worker) == []
    clock.advance(timedelta(seconds=10))
    (job,) = fetch(worker)
    assert job["retries_left"] == 9


def test_a_bpmn_error_takes_the_way_that_is_drawn(house: House, worker: Caller) -> None:
    drawing = signing().error("e", "NO_CERTIFICATE")
    drawing.boundary("caught", "sign", event("error", "e")).user_task("by_hand").end("e2")
    instance = house.started(drawing.bytes())
    (job,) = fetch(worker)
    body = {"worker": "w1", "code": "NO_CERTIFICATE", "message": "hết hạn", "variables": {"serial": 7}}
    answer = worker.post(f"/jobs/{job['id']}/bpmn-error", json=body)
    assert answer.json["state"] == "completed"  # type: ignore[index]
    assert waiting(house, instance) == ["by_hand"]
    assert house.admin.get(f"/instances/{instance}").json["variables"]["serial"] == 7  # type: ignore[index]
    problem(worker.post(f"/jobs/{job['id']}/complete", json={"worker": "w1"}), 409, "job_gone")


def test_an_error_nobody_catches_is_an_incident_and_the_instance_stays(house: House, worker: Caller) -> None:
    instance = house.started(signing().bytes())
    (job,) = fetch(worker)
    body = {"worker": "w1", "code": "UNKNOWN"}
    assert worker.post(f"/jobs/{job['id']}/bpmn-error", json=body).json["state"] == "failed"  # type: ignore[index]
    (incident,) = house.admin.get("/incidents", instance=instance).json["items"]  # type: ignore[index]
    assert (incident["element"], incident["kind"]) == ("sign", "job")
    assert house.admin.get(f"/instances/{instance}").json["state"] == "running"  # type: ignore[index]


def test_given_back_a_job_is_there_at_once(house: House, worker: Caller) -> None:
    house.started(signing().bytes())
    (job,) = fetch(worker, "w1")
    problem(worker.post(f"/jobs/{job['id']}/unlock", json={"worker": "w2"}), 409, "lock_lost")
    assert worker.post(f"/jobs/{job['id']}/unlock", json={"worker": "w1"}).status_code == 200
    assert [one["attempts"] for one in fetch(worker, "w2")] == [1]
    problem(worker.post(f"/jobs/{job['id']}/unlock", json={}), 403)
    assert house.admin.post(f"/jobs/{job['id']}/unlock", json={}).json["worker"] is None  # type: ignore[index]


def test_urgent_jobs_come_first_then_older_ones(house: House, worker: Caller) -> None:
    drawing = (
        diagram()
        .start()
        .node(
            "serviceTask",
            "sign",
            camunda__type="external",
            camunda__topic="ky-so",
            camunda__taskPriority="= p",
        )
    )
    house.admin.deploy({"p.bpmn": drawing.end().bytes()})
    for number, priority in enumerate([10, 50, 10, 90]):
        body = {"process": "p", "variables": {"p": priority, "number": number}}
        house.admin.post("/instances", json=body)
    assert [one["variables"]["number"] for one in fetch(worker, max_jobs=3)] == [3, 1, 0]
    assert [one["variables"]["number"] for one in fetch(worker)] == [2]


def test_a_job_that_never_brings_an_answer_ends_as_an_incident(
    house: House, worker: Caller, clock: MovableClock
) -> None:
    instance = house.started(signing().bytes())
    for _try in range(5):
        assert len(fetch(worker)) == 1
        clock.advance(timedelta(seconds=61))
    assert fetch(worker) == []
    (incident,) = house.admin.get("/incidents", instance=instance).json["items"]  # type: ignore[index]
    assert incident["element"] == "sign"


def test_a_job_nobody_asks_for_waits_without_an_incident_and_people_see_it(
    house: House, worker: Caller, clock: MovableClock
) -> None:
    instance = house.started(signing().bytes())
    clock.advance(timedelta(days=3))
    assert house.runtime.dispatcher.settle() == 0
    assert house.admin.get("/incidents", instance=instance).json == {"items": []}
    (topic,) = house.admin.get("/jobs/topics").json["items"]  # type: ignore[index]
    assert (topic["topic"], topic["handled_by"], topic["waiting"]) == ("ky-so", "workers", 1)
    (job,) = house.admin.get("/jobs", topic="ky-so", state="created").json["items"]  # type: ignore[index]
    assert house.admin.get(f"/jobs/{job['id']}").json["instance"] == instance  # type: ignore[index]
    metrics = house.app.test_client().get("/metrics").get_data(as_text=True)
    assert 'tiendo_jobs_waiting{handled_by="workers",topic="ky-so"} 1.0' in metrics


def test_while_a_job_waits_outside_timers_still_fire_in_their_order(
    house: House, clock: MovableClock
) -> None:
    house.started(signing().bytes())
    wait = "<bpmn:timerEventDefinition><bpmn:timeDuration>{}</bpmn:timeDuration></bpmn:timerEventDefinition>"
    two = diagram("q").start().catch("first", wait.format("PT1H")).catch("second", wait.format("PT1H")).end()
    house.admin.deploy({"q.bpmn": two.bytes()})
    house.admin.post("/instances", json={"process": "q"})
    house.runtime.dispatcher.advance(clock, clock.now() + timedelta(hours=2))
    (ended,) = house.admin.get("/instances", process="q").json["items"]  # type: ignore[index]
    assert ended["state"] == "completed"


def test_topics_of_the_house_are_not_given_away(house: House, worker: Caller) -> None:
    body = {"worker": "w1", "topics": [{"topic": "plan.issue"}]}
    assert problem(worker.post("/jobs/fetch-and-lock", json=body), 422)["field"] == "topics"


def test_a_suspended_instance_gives_no_jobs_and_takes_no_results(house: House, worker: Caller) -> None:
    instance = house.started(signing().bytes())
    (job,) = fetch(worker)
    house.admin.post(f"/instances/{instance}/suspend", json={"reason": "chờ"})
    problem(worker.post(f"/jobs/{job['id']}/complete", json={"worker": "w1"}), 409)
    worker.post(f"/jobs/{job['id']}/unlock", json={"worker": "w1"})
    assert fetch(worker) == []
    house.admin.post(f"/instances/{instance}/resume", json={"reason": "tiếp"})
    assert len(fetch(worker)) == 1


def test_the_role_for_workers_opens_nothing_else(house: House, worker: Caller) -> None:
    assert fetch(worker) == []
    for path in ("/jobs", "/jobs/topics", "/instances", "/user-tasks", "/directives", "/incidents"):
        problem(worker.get(path), 403, "forbidden")
    body = {"worker": "w1", "topics": [{"topic": "ky-so"}]}
    problem(house.officer.post("/jobs/fetch-and-lock", json=body), 403, "forbidden")


@pytest.mark.parametrize(
    "wrong",
    [
        {"topics": []},
        {"worker": ""},
        {"wait_seconds": 31},
        {"max_jobs": 0},
        {"topics": [{"topic": "a", "lock_seconds": 0}]},
    ],
)
def test_a_wrong_request_is_refused_in_words(house: House, worker: Caller, wrong: dict[str, Any]) -> None:
    body = {"worker": "w1", "topics": [{"topic": "ky-so"}], **wrong}
    problem(worker.post("/jobs/fetch-and-lock", json=body), 422)


# --- waiting for a job: a real server ---------------------------------------------------------------------


def asking(server: str, worker: Caller, seconds: float) -> Callable[[int], tuple[int, list[Any], float]]:
    pool = urllib3.PoolManager(maxsize=16, retries=False)

    def ask(number: int) -> tuple[int, list[Any], float]:
        begun = time.monotonic()
        answer = pool.request(
            "POST",
            f"{server}/api/v1/jobs/fetch-and-lock",
            headers={**worker.headers, "Connection": "close"},
            json={
                "worker": f"w{number}",
                "topics": [{"topic": "ky-so"}],
                "max_jobs": 1,
                "wait_seconds": seconds,
            },
        )
        return answer.status, answer.json()["items"], time.monotonic() - begun

    return ask


def test_who_waits_is_woken_by_the_job_that_comes(house: House, worker: Caller, server: str) -> None:
    house.admin.deploy({"p.bpmn": signing().bytes()})
    with ThreadPoolExecutor(1) as threads:
        waiting_one = threads.submit(asking(server, worker, 25), 1)
        while house.runtime.dispatcher.bell.free == 4:
            time.sleep(0.01)
        house.admin.post("/instances", json={"process": "p"})
        status, items, seconds = waiting_one.result()
    assert (status, len(items)) == (200, 1)
    assert seconds < 20


def test_waiting_holds_neither_the_database_nor_the_threads(
    house: House, worker: Caller, server: str
) -> None:
    """Ten wait on a server of eight threads: four of them really, the others are answered at once."""
    house.admin.deploy({"p.bpmn": signing().bytes()})
    bell = house.runtime.dispatcher.bell
    with ThreadPoolExecutor(10) as threads:
        asked = [threads.submit(asking(server, worker, 25), number) for number in range(10)]
        while sum(one.done() for one in asked) < 6:
            time.sleep(0.01)
        assert bell.free == 0
        with urllib3.PoolManager(retries=False) as pool:
            assert pool.request("GET", f"{server}/healthz").status == 200
        for _number in range(4):
            assert house.admin.post("/instances", json={"process": "p"}).status_code == 201
        found = [one.result() for one in asked]
    assert sorted(len(items) for _status, items, _seconds in found) == [0] * 6 + [1] * 4
    assert bell.free == 4


def test_when_the_server_ends_nobody_waits_any_more(house: House, worker: Caller, server: str) -> None:
    bell = house.runtime.dispatcher.bell
    with ThreadPoolExecutor(1) as threads:
        waiting_one = threads.submit(asking(server, worker, 25), 1)
        while bell.free == 4:
            time.sleep(0.01)
        bell.close()
        assert waiting_one.result()[1] == []


def test_of_many_who_ask_at_once_each_job_goes_to_one(house: House, worker: Caller, server: str) -> None:
    house.admin.deploy({"p.bpmn": signing().bytes()})
    for _number in range(12):
        house.admin.post("/instances", json={"process": "p"})
    barrier = threading.Barrier(8)
    ask = asking(server, worker, 0)

    def several(number: int) -> list[str]:
        barrier.wait()
        return [items[0]["id"] for _time in range(3) for items in [ask(number)[1]] if items]

    with ThreadPoolExecutor(8) as threads:
        given = [job for jobs in threads.map(several, range(8)) for job in jobs]
    assert len(given) == len(set(given)) == 12
