"""Wrong input over HTTP: a problem that says what was expected and found, and nothing changed."""

import threading

import pytest
import urllib3

from tests.api.house import House, problem
from tests.engine.diagrams import diagram

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL">&b;</bpmn:definitions>"""
DOCTYPE = b"""<?xml version="1.0"?><!DOCTYPE definitions SYSTEM "http://example.com/x.dtd">
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"/>"""


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"<bpmn:definitions>", "xml."),
        (b"\x00\x01\x02 no xml at all", "xml."),
        (DOCTYPE, "xml.doctype"),
        (BOMB, "xml.doctype"),
    ],
)
def test_a_file_that_is_no_plain_xml_is_refused_by_name(house: House, content: bytes, rule: str) -> None:
    before = house.rows()

    found = problem(house.admin.deploy({"sai.bpmn": content}), 422, "definition_refused")

    assert found["findings"][0]["file"] == "sai.bpmn"
    assert found["findings"][0]["rule"].startswith(rule)
    assert house.rows() == before


def test_an_unsupported_element_is_named(house: House) -> None:
    before = house.rows()
    drawn = diagram().start().node("choreographyTask", "viec_phoi_hop").end().bytes()

    found = problem(house.admin.deploy({"p.bpmn": drawn}), 422, "definition_refused")

    errors = [one for one in found["findings"] if one["severity"] == "error"]
    assert "viec_phoi_hop" in {one["element"] for one in errors}
    assert found["element"] == errors[0]["element"]
    assert house.rows() == before


def test_a_syntax_error_in_an_expression_is_shown_at_its_position(house: House) -> None:
    wrong = diagram().start().script_task("tinh", "1 + + 2)").end().bytes()

    found = problem(house.admin.deploy({"p.bpmn": wrong}), 422, "definition_refused")

    finding = next(
        one for one in found["findings"] if one["element"] == "tinh" and one["severity"] == "error"
    )
    assert finding["facts"]["position"] >= 1
    assert "1 + + 2)" in str(finding)


def test_one_wrong_file_refuses_the_whole_deployment(house: House) -> None:
    before = house.rows()
    good = diagram().start().user_task("a").end().bytes()

    found = problem(house.admin.deploy({"tot.bpmn": good, "sai.bpmn": b"<"}), 422)

    assert {one["file"] for one in found["findings"] if one["severity"] == "error"} == {"sai.bpmn"}
    assert house.rows() == before


def test_a_deployment_without_files_says_what_to_send(house: House) -> None:
    found = problem(house.admin.deploy({}), 422, "invalid")
    assert ".bpmn" in found["errors"]["files"]


def test_a_form_field_of_the_wrong_type_is_named_and_the_task_stays(house: House) -> None:
    received = house.received()
    task = house.admin.get("/user-tasks", instance=received["instance"]).json["items"][0]  # type: ignore[index]
    before = house.rows()

    found = problem(
        house.clerk.post(
            f"/user-tasks/{task['id']}/complete",
            json={"variables": {"arrived_on": "hôm qua", "urgency": "rất gấp", "lạ": 1}},
        ),
        422,
        "invalid",
    )

    assert {"arrived_on", "urgency", "lạ"} <= set(found["errors"])
    assert "hôm qua" in found["errors"]["arrived_on"]
    assert house.rows() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"process": 5}, "process"),
        ({}, "process"),
        ({"process": "p", "variables": []}, "variables"),
        ({"process": "p", "lạ": 1}, "lạ"),
    ],
)
def test_a_body_of_the_wrong_shape_names_the_field(house: House, body: object, field: str) -> None:
    assert problem(house.admin.post("/instances", json=body), 422)["field"] == field


def test_what_is_no_json_is_said_to_be_none(house: House) -> None:
    answer = house.admin.post("/instances", data="{nope", content_type="application/json")
    assert "JSON" in problem(answer, 400)["detail"]


def test_an_unknown_process_is_not_found(house: House) -> None:
    answer = house.admin.post("/instances", json={"process": "khong-co"})
    assert "khong-co" in problem(answer, 404, "not_found")["detail"]


def test_reserved_variable_names_are_refused(house: House) -> None:
    house.admin.deploy({"p.bpmn": diagram().start().user_task("a").end().bytes()})
    answer = house.admin.post("/instances", json={"process": "p", "variables": {"__x": 1}})
    assert problem(answer, 422)["field"] == "__x"


def test_another_units_task_cannot_be_completed_nor_claimed(house: House) -> None:
    received = house.received()
    task = house.admin.get("/user-tasks", instance=received["instance"]).json["items"][0]  # type: ignore[index]
    before = house.rows()

    for act in ("complete", "claim"):
        problem(house.stranger.post(f"/user-tasks/{task['id']}/{act}", json={}), 403, "forbidden")

    problem(house.stranger.get(f"/user-tasks/{task['id']}"), 404)
    assert house.rows() == before


def test_of_two_who_complete_a_task_at_once_one_wins(house: House, server: str) -> None:
    instance = house.started(diagram().start().user_task("a").user_task("b").end().bytes())
    task = house.admin.get("/user-tasks", instance=instance).json["items"][0]["id"]  # type: ignore[index]
    pool = urllib3.PoolManager(maxsize=8, retries=False)
    statuses: list[int] = []
    start = threading.Barrier(6)

    def complete() -> None:
        start.wait()
        answer = pool.request(
            "POST", f"{server}/api/v1/user-tasks/{task}/complete", headers=house.admin.headers, json={}
        )
        statuses.append(answer.status)

    threads = [threading.Thread(target=complete) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [204, 409, 409, 409, 409, 409]
    history = house.admin.get(f"/instances/{instance}/history").json
    assert [one["type"] for one in history["items"]].count("user_task.completed") == 1  # type: ignore[index]
    assert history["broken_at"] is None  # type: ignore[index]


@pytest.mark.parametrize(
    "url", ["https://10.1.2.3/x", "https://127.0.0.1/x", "https://[::1]/x", "https://169.254.169.254/latest"]
)
def test_a_webhook_to_a_private_address_is_refused(house: House, url: str) -> None:
    before = house.rows()

    found = problem(house.admin.post("/webhooks", json={"url": url, "events": ["task.*"]}), 422)

    assert found["code"] == "address_refused"
    assert found["field"] == "url"
    assert house.rows() == before


def test_an_allowed_network_may_be_told(house: House) -> None:
    from webhooks.addresses import EgressPolicy

    house.runtime.webhook_client.policy = EgressPolicy.of(("10.1.0.0/16",))
    answer = house.admin.post("/webhooks", json={"url": "https://10.1.2.3/x", "events": ["task.*"]})
    assert answer.status_code == 201
    assert answer.json["secret"].startswith("whsec_")  # type: ignore[index]


def test_an_unknown_event_name_is_refused_with_the_nearest(house: House) -> None:
    from webhooks.addresses import EgressPolicy

    house.runtime.webhook_client.policy = EgressPolicy.of(("10.1.0.0/16",))
    found = problem(
        house.admin.post("/webhooks", json={"url": "https://10.1.2.3/x", "events": ["task.overdu"]}), 422
    )
    assert "task.overdue" in found["errors"]["events"]
