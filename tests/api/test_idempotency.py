"""Idempotency-Key: a request sent again gives the first answer and has no second effect."""

import threading
from datetime import timedelta

import pytest
import urllib3

from api import idempotency
from foundation.clock import MovableClock
from tests.api.house import House, problem
from tests.engine.diagrams import diagram

KEY = {"Idempotency-Key": "lan-gui-1"}
TWO_STEPS = diagram().start().user_task("a").end().bytes()


def instances(house: House) -> int:
    return house.rows()["process_instance"]


def test_the_same_request_again_gives_the_same_answer_and_starts_nothing(house: House) -> None:
    house.admin.deploy({"p.bpmn": TWO_STEPS})

    first = house.admin.post("/instances", json={"process": "p"}, headers=KEY)
    again = house.admin.post("/instances", json={"process": "p"}, headers=KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert instances(house) == 1


def test_without_a_key_every_request_counts(house: House) -> None:
    house.admin.deploy({"p.bpmn": TWO_STEPS})
    for _again in range(2):
        house.admin.post("/instances", json={"process": "p"})
    assert instances(house) == 2


def test_completing_again_with_the_key_is_no_conflict(house: House) -> None:
    instance = house.started(TWO_STEPS)
    task = house.admin.get("/user-tasks", instance=instance).json["items"][0]["id"]  # type: ignore[index]

    answers = [house.admin.post(f"/user-tasks/{task}/complete", json={}, headers=KEY) for _again in range(2)]

    assert [one.status_code for one in answers] == [204, 204]
    problem(house.admin.post(f"/user-tasks/{task}/complete", json={}), 409)


def test_the_same_key_with_another_body_is_refused(house: House) -> None:
    house.admin.deploy({"p.bpmn": TWO_STEPS})
    house.admin.post("/instances", json={"process": "p"}, headers=KEY)

    answer = house.admin.post("/instances", json={"process": "p", "variables": {"a": 1}}, headers=KEY)

    problem(answer, 422, "idempotency_key_reused")
    assert instances(house) == 1


def test_a_key_belongs_to_one_account(house: House) -> None:
    house.admin.deploy({"p.bpmn": TWO_STEPS})
    for caller in (house.admin, house.clerk):
        assert caller.post("/instances", json={"process": "p"}, headers=KEY).status_code == 201
    assert instances(house) == 2


def test_a_refused_request_may_be_corrected_and_sent_again_with_its_key(house: House) -> None:
    problem(house.admin.post("/instances", json={"process": "p"}, headers=KEY), 404)
    house.admin.deploy({"p.bpmn": TWO_STEPS})
    assert house.admin.post("/instances", json={"process": "p"}, headers=KEY).status_code == 201


def test_after_a_day_the_key_is_new_again(house: House, clock: MovableClock) -> None:
    house.admin.deploy({"p.bpmn": TWO_STEPS})
    house.admin.post("/instances", json={"process": "p"}, headers=KEY)
    clock.advance(timedelta(hours=24, seconds=1))
    house.admin.post("/instances", json={"process": "p"}, headers=KEY)
    assert instances(house) == 2


def test_files_are_told_apart_whatever_the_boundary(house: House) -> None:
    def deploy(content: bytes) -> int:
        import io

        data = {"files": (io.BytesIO(content), "p.bpmn")}
        return house.admin.post("/deployments", data=data, headers=KEY).status_code

    assert deploy(TWO_STEPS) == 201
    assert deploy(TWO_STEPS) == 201
    assert deploy(TWO_STEPS.replace(b'"a"', b'"b"')) == 422
    assert house.rows()["process_definition"] == 5


def test_while_the_first_is_under_way_the_second_is_told_to_wait(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.admin.deploy({"p.bpmn": TWO_STEPS})
    inside, go_on = threading.Event(), threading.Event()
    original = idempotency.Claim.keep

    def slowly(claim: idempotency.Claim, response: object) -> None:
        inside.set()
        go_on.wait(20)
        original(claim, response)  # type: ignore[arg-type]

    monkeypatch.setattr(idempotency.Claim, "keep", slowly)
    answers: list[int] = []

    def send() -> None:
        answers.append(house.admin.post("/instances", json={"process": "p"}, headers=KEY).status_code)

    first = threading.Thread(target=send)
    first.start()
    assert inside.wait(20)
    problem(house.admin.post("/instances", json={"process": "p"}, headers=KEY), 409, "request_running")
    go_on.set()
    first.join()
    assert answers == [201]
    assert instances(house) == 1


def test_when_storing_the_answer_fails_the_effect_is_not_kept_either(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.admin.deploy({"p.bpmn": TWO_STEPS})

    def broken(_claim: idempotency.Claim, _response: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(idempotency.Claim, "keep", broken)
        problem(house.admin.post("/instances", json={"process": "p"}, headers=KEY), 500)

    assert instances(house) == 0
    assert house.admin.post("/instances", json={"process": "p"}, headers=KEY).status_code == 201


def test_many_clients_with_one_key_have_one_effect(house: House, server: str) -> None:
    house.admin.deploy({"p.bpmn": TWO_STEPS})
    pool = urllib3.PoolManager(maxsize=8, retries=False)
    found: list[tuple[int, bytes]] = []

    def send() -> None:
        answer = pool.request(
            "POST",
            f"{server}/api/v1/instances",
            headers={**house.admin.headers, **KEY},
            json={"process": "p"},
        )
        found.append((answer.status, answer.data))

    threads = [threading.Thread(target=send) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert instances(house) == 1
    assert {status for status, _body in found} <= {201, 409}
    assert len({body for status, body in found if status == 201}) == 1


def test_a_secret_shown_once_is_not_kept_in_the_clear(house: House) -> None:
    answer = house.admin.post("/webhooks/sources", json={"name": "Trục", "messages": ["m"]}, headers=KEY)
    secret = answer.json["secret"]  # type: ignore[index]
    with house.runtime.database.reading() as session:
        row = session.query(idempotency.StoredAnswer).one()
    assert secret.encode() not in (row.body or b"")
    again = house.admin.post("/webhooks/sources", json={"name": "Trục", "messages": ["m"]}, headers=KEY)
    assert again.json == answer.json


@pytest.mark.parametrize("key", ["", " ", "x" * 201])
def test_a_key_that_is_none_is_refused(house: House, key: str) -> None:
    answer = house.admin.post("/instances", json={"process": "p"}, headers={"Idempotency-Key": key})
    assert problem(answer, 422)["field"] == "Idempotency-Key"
