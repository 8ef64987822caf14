"""The resources at work: a directive comes in over HTTP and is read, planned, carried out by machines."""

import io
from pathlib import Path
from typing import Any

import orjson
import pytest
from standardwebhooks import Webhook

from foundation.clock import SystemClock
from processes import scenarios, shipped
from tests.api.house import PROPOSAL, House, problem
from tests.api.steps import complete, found, with_plan
from tests.engine.diagrams import diagram

#: a decision about dates, and a service that offers it
DATES = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="m">
  <inputData id="i" name="day"><variable name="day" typeRef="date"/></inputData>
  <decision id="next" name="next"><variable name="next" typeRef="date"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <literalExpression id="l"><text>day + duration("P1D")</text></literalExpression></decision>
  <decisionService id="s" name="service"><outputDecision href="#next"/>
    <inputData href="#i"/></decisionService>
</definitions>"""
DOCUMENTS = Path(__file__).parents[1] / "directives" / "intake" / "documents"


# --- directives and documents -----------------------------------------------------------------------------


def test_a_file_is_received_read_and_its_cycle_starts(house: House) -> None:
    content = (DOCUMENTS / "cong-van-don-gian.txt").read_bytes()
    data = {"organisation": house.science, "file": (io.BytesIO(content), "cong-van.txt")}

    received = found(house.clerk.post("/directives", data=data), 201)

    document = found(house.clerk.get(f"/documents/{received['document']}"))
    assert document["subject"]
    assert [one["name"] for one in document["files"]] == ["cong-van.txt"]
    kept = house.clerk.get(f"/documents/{received['document']}/files/{document['files'][0]['id']}")
    assert kept.data == content
    assert kept.headers["Content-Disposition"].startswith("attachment")
    lines = found(house.clerk.get(f"/documents/{received['document']}/text"))["lines"]
    assert len(lines) > 5
    waiting = found(house.clerk.get(f"/instances/{received['instance']}"))["waiting"]
    assert [one["element"] for one in waiting if one["kind"] == "user_task"] == ["register"]


def test_a_file_can_be_read_without_being_stored(house: House) -> None:
    content = (DOCUMENTS / "cong-van-don-gian.txt").read_bytes()
    before = house.rows()

    proposal = found(house.clerk.post("/intake", data={"file": (io.BytesIO(content), "cong-van.txt")}))

    assert {"document", "items", "quirks"} == set(proposal)
    assert house.rows() == before


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "organisation"),
        ({"organisation": "SCIENCE"}, "file"),
        ({"organisation": "SCIENCE", "proposal": "{"}, "proposal"),
        ({"organisation": "SCIENCE", "proposal": "[]"}, "proposal"),
        ({"organisation": "SCIENCE", "received_on": "5/2", "proposal": "{}"}, "received_on"),
    ],
)
def test_what_is_missing_for_receiving_is_named(house: House, data: dict[str, str], field: str) -> None:
    given = {name: value.replace("SCIENCE", house.science) for name, value in data.items()}
    answer = house.clerk.post("/directives", data=given, content_type="multipart/form-data")
    assert field in problem(answer, 422)["errors"]


def test_the_same_document_twice_is_a_conflict(house: House) -> None:
    house.received()
    body = {"organisation": house.science, "proposal": PROPOSAL}
    problem(house.clerk.post("/directives", json=body), 409)


def test_tree_chain_and_instructions(house: House) -> None:
    received, _plan = with_plan(house)
    base = f"/directives/{received['directive']}"

    tree = found(house.director.get(f"{base}/tree"))["items"]
    assert (tree[0]["kind"], tree[0]["id"], tree[0]["depth"]) == ("directive", received["directive"], 0)
    assert [one["directive"] for one in found(house.director.get(f"{base}/chain"))["items"]] == [
        received["directive"]
    ]
    instructions = found(house.director.get(f"{base}/instructions"))["items"]
    assert [one["decision"] for one in instructions] == ["issue_plan"]
    assert "instruct" in {one["act"] for one in found(house.director.get(f"{base}/history"))["items"]}


def test_lists_are_read_page_by_page(house: House) -> None:
    house.admin.deploy({"p.bpmn": diagram().start().user_task("a").end().bytes()})
    started = [found(house.admin.post("/instances", json={"process": "p"}), 201)["id"] for _n in range(5)]

    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = found(house.admin.get("/instances", limit=2, cursor=cursor))
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]

    assert seen == started[::-1]


# --- plans ------------------------------------------------------------------------------------------------


def test_rows_of_a_draft_are_edited_under_their_etag(house: House) -> None:
    _received, plan = with_plan(house)
    row = found(house.officer.get(f"/plans/{plan}"))["items"][0]
    path = f"/plans/{plan}/items/{row['id']}"
    tag = house.officer.get(path).headers["ETag"]

    edited = house.officer.patch(path, json={"content": "Nội dung mới"}, headers={"If-Match": tag})
    assert found(edited)["content"] == "Nội dung mới"
    assert edited.headers["ETag"] != tag

    problem(house.officer.patch(path, json={"content": "x"}, headers={"If-Match": tag}), 412, "stale")
    problem(house.officer.patch(path, json={"content": "x"}), 422)
    problem(
        house.officer.patch(path, json={"content": "x"}, headers={"If-Match": "mới nhất".encode().hex()}), 412
    )
    assert found(house.officer.get(path))["content"] == "Nội dung mới"


def test_rows_are_added_moved_and_removed(house: House) -> None:
    _received, plan = with_plan(house)
    body = {
        "content": "Báo cáo kết quả",
        "leads": [{"organisation": house.division, "accountable": True}],
        "deadline": {"kind": "fixed", "raw": "trước 30/6/2024", "due": "2024-06-30"},
    }
    made = house.officer.post(f"/plans/{plan}/items", json=body)
    row = found(made, 201)
    assert row["leads"][0]["organisation"] == house.division
    path = f"/plans/{plan}/items/{row['id']}"
    guard = {"If-Match": made.headers["ETag"]}

    assert house.officer.post(f"{path}/move", json={"ordinal": 1}, headers=guard).status_code == 204
    assert found(house.officer.get(f"/plans/{plan}"))["items"][0]["content"] == body["content"]
    assert house.officer.delete(path, headers=guard).status_code == 204
    problem(house.officer.get(path), 404)


def test_findings_name_rule_and_row(house: House) -> None:
    _received, plan = with_plan(house)
    house.officer.post(f"/plans/{plan}/items", json={"content": "Không ai chủ trì"})
    findings = found(house.officer.get(f"/plans/{plan}/findings"))["items"]
    assert any(one["item"] and one["rule"] for one in findings)


def test_a_deadline_of_no_kind_is_refused(house: House) -> None:
    _received, plan = with_plan(house)
    body = {"content": "x", "deadline": {"kind": "hôm nào đó"}}
    problem(house.officer.post(f"/plans/{plan}/items", json=body), 422)


# --- user tasks -------------------------------------------------------------------------------------------


def test_if_match_guards_a_task_against_a_newer_state(house: House) -> None:
    received = house.received()
    task = found(house.clerk.get("/user-tasks", instance=received["instance"]))["items"][0]["id"]
    tag = house.clerk.get(f"/user-tasks/{task}").headers["ETag"]
    found(house.clerk.post(f"/user-tasks/{task}/claim"))

    body = {"variables": {"arrival_number": "1", "arrived_on": "2024-02-05", "urgency": 0}}
    answer = house.clerk.post(f"/user-tasks/{task}/complete", json=body, headers={"If-Match": tag})
    problem(answer, 412, "stale")

    newer = house.clerk.get(f"/user-tasks/{task}").headers["ETag"]
    answer = house.clerk.post(f"/user-tasks/{task}/complete", json=body, headers={"If-Match": newer})
    assert answer.status_code == 204


def test_whoever_stands_in_is_named_with_the_one_stood_in_for(house: House) -> None:
    received = house.received()
    people = found(house.admin.get("/people"))["items"]
    ids = {one["full_name"]: one["id"] for one in people}
    body = {
        "delegator": ids["Clerk"],
        "delegate": ids["Officer"],
        "valid_from": "2024-02-05",
        "valid_to": "2024-02-09",
        "reason": "Nghỉ phép",
    }
    found(house.admin.post("/delegations", json=body), 201)

    entered = {"arrival_number": "1", "arrived_on": "2024-02-05", "urgency": 0}
    complete(house, "officer", received["instance"], "register", **entered)

    history = found(house.admin.get(f"/instances/{received['instance']}/history"))["items"]
    done = next(one for one in history if one["type"] == "user_task.completed")
    assert done["actor"] == "Officer (thay Clerk)"


# --- directory, calendar, decisions -----------------------------------------------------------------------


def test_an_organisation_keeps_its_old_name_before_the_day(house: House) -> None:
    body = {"name": "Sở Khoa học, Công nghệ và Môi trường", "on": "2025-03-01", "basis": "NQ 01"}
    found(house.admin.patch(f"/organisations/{house.science}", json=body))

    def name(on: str) -> str:
        shown: str = found(house.officer.get(f"/organisations/{house.science}", on=on))["name"]
        return shown

    assert (name("2025-02-28"), name("2025-03-01")) == ("Sở Khoa học và Công nghệ", body["name"])
    versions = found(house.officer.get(f"/organisations/{house.science}/versions"))["items"]
    assert [one["basis"] for one in versions] == ["", "NQ 01"]


def test_names_are_resolved_and_never_guessed(house: House) -> None:
    body = {"names": ["sở khoa học & công nghệ", "Sở Ngoại vụ"], "scope": house.committee}
    items = found(house.officer.post("/organisations/resolve", json=body))["items"]
    assert [(one["outcome"], one["organisations"]) for one in items] == [
        ("unique", [house.science]),
        ("none", []),
    ]


def test_a_person_is_entered_appointed_and_dismissed(house: House) -> None:
    person = found(house.admin.post("/people", json={"full_name": "Lê Thị Bình"}), 201)["id"]
    body = {"role": "officer", "organisation": house.division, "valid_from": "2024-03-01"}
    position = found(house.admin.post(f"/people/{person}/positions", json=body), 201)
    ended = house.admin.post(f"/positions/{position['id']}/end", json={"last_day": "2024-12-31"})
    assert found(ended)["valid_to"] == "2024-12-31"
    assert found(house.officer.get(f"/people/{person}"))["positions"][0]["role"] == "officer"
    problem(house.admin.post(f"/people/{person}/positions", json={**body, "role": "vua"}), 422)


def test_the_calendar_counts_over_tet_and_can_be_changed(house: House) -> None:
    query = {"since": "2024-02-07", "days": 1}
    assert found(house.officer.get("/calendars/default/working-day", **query))["date"] == "2024-02-15"

    day = house.app.test_client().put(
        "/api/v1/calendars/default/days/2024-02-15",
        json={"kind": "holiday", "name": "Nghỉ thêm"},
        headers=house.admin.headers,
    )

    assert day.status_code == 200
    assert found(house.officer.get("/calendars/default/working-day", **query))["date"] == "2024-02-16"
    assert house.admin.delete("/calendars/default/days/2024-02-15").status_code == 204
    assert found(house.officer.get("/calendars/default/days", year=2024))["version"]


def test_a_decision_can_be_tried(house: House) -> None:
    answer = house.admin.post("/decisions/urgency-profile/evaluate", json={"variables": {"urgency": 3}})
    result = found(answer)
    assert result["matched_rules"]
    assert result["result"]
    problem(house.admin.post("/decisions/khong-co/evaluate", json={}), 404)
    keys = {one["key"] for one in found(house.admin.get("/decisions"))["items"]}
    assert {"urgency-profile", "escalation-ladder"} <= keys


def test_a_decision_keeps_the_types_of_its_values_when_asked_to(house: House) -> None:
    found(house.admin.deploy({"day.dmn": DATES.encode()}), 201)
    given = {"typed": True, "variables": {"day": {"type": "date", "value": "2024-02-05"}}}
    result = found(house.admin.post("/decisions/next/evaluate", json=given))
    assert result["result"] == {"type": "date", "value": "2024-02-06"}
    assert found(house.admin.post("/decisions/next/evaluate", json={"variables": {"day": "x"}}))["warnings"]

    given["invocable"] = "service"
    assert found(house.admin.post("/decisions/next/evaluate", json=given))["result"] == result["result"]
    wrong = {"typed": True, "variables": {"day": "2024-02-05"}}
    said = problem(house.admin.post("/decisions/next/evaluate", json=wrong), 422)
    assert said["field"] == "variables.day"


def test_files_are_checked_without_being_deployed(house: House) -> None:
    before = house.rows()
    good, bad = diagram().start().end().bytes(), diagram().start().exclusive("g").bytes()
    check = "/deployments/check"
    assert found(house.admin.deploy({"a.bpmn": good}, path=check)) == {"is_deployable": True, "findings": []}
    both = {"a.bpmn": good, "b.bpmn": bad.replace(b'"p"', b'"q"')}
    said = found(house.admin.deploy(both, path=check))
    assert not said["is_deployable"]
    assert {(one["file"], one["element"]) for one in said["findings"]} == {("b.bpmn", "g")}
    assert house.rows() == before


# --- messages from outside --------------------------------------------------------------------------------


def waiting_instance(house: House) -> str:
    catch = '<bpmn:messageEventDefinition messageRef="m"/>'
    drawn = diagram().message("m", "truc.tra_loi", key="=ma").start().catch("cho", catch).end()
    return house.started(drawn.bytes(), ma="hs-1")


def send(house: House, source: dict[str, str], body: bytes, message_id: str = "tin-1") -> Any:
    moment = SystemClock().now()
    signature = Webhook(source["secret"]).sign(message_id, moment, body.decode())
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signature,
        "Content-Type": "application/json",
    }
    return house.app.test_client().post(f"/hooks/{source['id']}", data=body, headers=headers)


@pytest.fixture
def source(house: House) -> dict[str, str]:
    body = {"name": "Trục liên thông", "messages": ["truc.tra_loi"], "correlation_field": "ma"}
    made: dict[str, str] = found(house.admin.post("/webhooks/sources", json=body), 201)
    return made


def message(**data: Any) -> bytes:
    return orjson.dumps({"type": "truc.tra_loi", "timestamp": SystemClock().now().isoformat(), "data": data})


def test_a_signed_message_reaches_the_one_who_waits_once(house: House, source: dict[str, str]) -> None:
    instance = waiting_instance(house)

    first = send(house, source, message(ma="hs-1", ket_qua="đạt"))
    again = send(house, source, message(ma="hs-1", ket_qua="đạt"))

    assert found(first, 202) == {"message_id": "tin-1", "is_duplicate": False}
    assert found(again, 202)["is_duplicate"] is True
    shown = found(house.admin.get(f"/instances/{instance}"))
    assert (shown["state"], shown["variables"]["ket_qua"]) == ("completed", "đạt")


def test_a_message_with_a_wrong_signature_is_refused_and_changes_nothing(
    house: House, source: dict[str, str]
) -> None:
    before = house.rows()
    forged = {**source, "secret": "whsec_" + "A" * 43 + "="}
    problem(send(house, forged, message(ma="hs-1")), 401, "bad_signature")
    assert house.rows() == before


def test_a_message_of_a_name_not_agreed_is_refused(house: House, source: dict[str, str]) -> None:
    body = orjson.dumps({"type": "khac", "data": {"ma": "1"}})
    assert "khac" in problem(send(house, source, body), 422)["detail"]


def test_an_unknown_address_is_not_found_as_a_problem(house: House) -> None:
    answer = house.app.test_client().post("/hooks/khong-co", data=b"{}")
    problem(answer, 404)


# --- webhooks ---------------------------------------------------------------------------------------------


def test_a_subscription_is_pinged_logged_switched_off_and_removed(house: House) -> None:
    from webhooks.addresses import EgressPolicy

    house.runtime.webhook_client.policy = EgressPolicy.of(("10.1.0.0/16",))
    body = {"url": "https://10.1.2.3/x", "events": ["task.*"], "description": "Kho"}
    made = found(house.admin.post("/webhooks", json=body), 201)["id"]

    queued = found(house.admin.post(f"/webhooks/{made}/ping"), 202)["id"]
    log = found(house.admin.get(f"/webhooks/{made}/deliveries"))["items"]
    assert [one["id"] for one in log] == [queued]
    assert found(house.admin.get(f"/webhooks/deliveries/{queued}"))["tries"] == []
    assert found(house.admin.patch(f"/webhooks/{made}", json={"is_enabled": False}))["is_enabled"] is False
    problem(house.admin.post(f"/webhooks/{made}/ping"), 409)
    assert found(house.admin.post(f"/webhooks/{made}/rotate-secret"))["secret"].startswith("whsec_")
    assert house.admin.delete(f"/webhooks/{made}").status_code == 204
    problem(house.admin.get(f"/webhooks/{made}"), 404)


def test_an_instance_is_given_as_a_scenario_that_goes_the_same_way(house: House) -> None:
    received = house.received()
    entered = {"arrival_number": "1", "arrived_on": "2024-02-05", "urgency": 0}
    complete(house, "clerk", received["instance"], "register", **entered)

    answer = house.admin.get(f"/instances/{received['instance']}/scenario")
    assert answer.mimetype == "application/yaml"
    outcome = scenarios.run(scenarios.read(answer.data, file="exported.yaml"), shipped.files())

    assert outcome.is_passed, str(outcome.failure)
    assert [task.element for task in outcome.player.open_tasks()] == ["instruct"]
    assert house.clerk.get("/instances/none/scenario").status_code in {403, 404}
