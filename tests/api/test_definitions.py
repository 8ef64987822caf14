"""Definitions over HTTP: drafts with ETags, review, effective dates, retirement, bundles."""

import io
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.house import House, problem
from tests.api.steps import found
from tests.engine.diagrams import diagram


def step(name: str, process: str = "p") -> bytes:
    return diagram(process).start().user_task(name).end().bytes()


def save(house: House, content: bytes, revision: int = 0) -> TestResponse:
    return house.admin._send(
        "PUT",
        "/drafts/p/diagram",
        {"If-Match": f'"{revision}"'},
        data=content,
        content_type="application/xml",
    )


def act(house: House, what: str, revision: int, who: str = "admin", **body: Any) -> TestResponse:
    caller = getattr(house, who)
    answer: TestResponse = caller.post(f"/drafts/p/{what}", headers={"If-Match": f'"{revision}"'}, json=body)
    return answer


def test_a_draft_is_saved_sent_returned_approved_and_published(house: House) -> None:
    assert save(house, step("a")).headers["ETag"] == '"1"'
    assert found(act(house, "send", 1, note="Nhờ xem"))["stage"] == "in_review"
    assert found(act(house, "return", 1, remark="Thiếu bước"))["stage"] == "editing"
    assert found(save(house, step("b"), 1))["revision"] == 2
    found(act(house, "send", 2))
    assert found(act(house, "approve", 2))["stage"] == "approved"
    published = found(act(house, "publish", 2, note="Theo quy chế"), 201)
    assert (published["version"], published["state"]) == (1, "published")
    acts = [one["act"] for one in found(house.admin.get("/definitions/p/history"))["items"]]
    assert acts == ["published", "approved", "sent", "returned", "sent"]


def test_whoever_saves_over_another_is_told_who_and_keeps_a_copy(house: House) -> None:
    save(house, step("a"))
    save(house, step("b"), 1)
    refused = problem(save(house, step("c"), 1), 412)
    assert refused["updated_by"] == house.accounts["admin"]
    kept = found(house.admin.post("/drafts/p/copies", data=step("c"), content_type="application/xml"), 201)
    found(house.admin.post(f"/drafts/p/copies/{kept['id']}/restore"))
    assert house.admin.get("/drafts/p/diagram").data == step("c")


def test_a_dropped_draft_is_gone_and_comes_back(house: House) -> None:
    save(house, step("a"))
    assert house.admin.delete("/drafts/p").status_code == 204
    problem(house.admin.get("/drafts/p"), 404)
    (copy,) = found(house.admin.get("/drafts/p/copies"))["items"]
    found(house.admin.post(f"/drafts/p/copies/{copy['id']}/restore"))
    assert found(house.admin.get("/drafts/p"))["revision"] == 1


def test_without_if_match_nothing_is_changed(house: House) -> None:
    save(house, step("a"))
    problem(house.admin.post("/drafts/p/send", json={}), 422)


def test_staff_may_look_and_nothing_else(house: House) -> None:
    save(house, step("a"))
    found(house.officer.get("/drafts/p"))
    for what in ("send", "approve", "return", "publish"):
        problem(act(house, what, 1, "officer", note="x", remark="x"), 403)
    problem(house.officer.post("/definitions/assignment/retire", json={"reason": "x"}), 403)


def test_a_version_waits_for_its_date_and_is_withdrawn(house: House) -> None:
    save(house, step("a"))
    later = "2024-03-01T00:00:00+07:00"
    published = found(act(house, "publish", 1, note="Từ tháng 3", effective_at=later), 201)
    assert published["state"] == "scheduled"
    refused = problem(house.admin.post("/instances", json={"process": "p"}), 409)
    assert "01/03/2024 00:00" in refused["detail"]
    withdrawn = found(house.admin.post("/definitions/p/versions/1/withdraw", json={"reason": "Hoãn"}))
    assert withdrawn["state"] == "withdrawn"


def test_a_process_is_retired_and_brought_back(house: House) -> None:
    house.admin.deploy({"p.bpmn": step("a")})
    assert house.admin.post("/definitions/p/retire", json={"reason": "Bỏ"}).status_code == 204
    refused = problem(house.admin.post("/instances", json={"process": "p"}), 409)
    assert "đã ngừng áp dụng" in refused["detail"]
    assert house.admin.post("/definitions/p/reinstate", json={"reason": "Dùng lại"}).status_code == 204
    found(house.admin.post("/instances", json={"process": "p"}), 201)
    found(house.admin.post("/definitions/p/versions/1/retire", json={"reason": "Bỏ"}))
    problem(house.admin.post("/definitions/p/versions/1/retire", json={"reason": " "}), 422)


def test_a_definition_that_needs_a_second_person_is_not_deployed_directly(house: House) -> None:
    house.admin.deploy({"p.bpmn": step("a")})
    assert house.admin._send("PUT", "/definitions/p/four-eyes", json={"four_eyes": True}).status_code == 204
    assert "cần người thứ hai" in problem(house.admin.deploy({"p.bpmn": step("b")}), 409)["detail"]
    data = {"p.bpmn": (io.BytesIO(step("b")), "p.bpmn"), "without_review": "true", "note": "Khẩn"}
    found(house.admin.post("/deployments", data=data, content_type="multipart/form-data"), 201)
    acts = [one["act"] for one in found(house.admin.get("/definitions/p/history"))["items"]]
    assert acts[:2] == ["unreviewed", "published"]


def test_versions_and_the_draft_are_compared(house: House) -> None:
    house.admin.deploy({"p.bpmn": step("a")})
    save(house, step("b"))
    changes = found(house.admin.get("/definitions/p/differences", **{"from": "1", "to": "draft"}))["items"]
    assert {(one["kind"], one["element"]) for one in changes if one["type"] == "userTask"} == {
        ("added", "b"),
        ("removed", "a"),
    }
    problem(house.admin.get("/definitions/p/differences", **{"from": "1", "to": "9"}), 404)
    problem(house.admin.get("/definitions/p/differences", **{"from": "1", "to": "x"}), 404)


def upload(content: bytes, **more: str) -> dict[str, Any]:
    return {"data": {"file": (io.BytesIO(content), "a.zip"), **more}, "content_type": "multipart/form-data"}


def test_a_bundle_goes_out_is_looked_at_and_comes_in(house: House) -> None:
    house.admin.deploy({"p.bpmn": step("a")})
    content = house.admin.get("/bundles", process="p").data
    house.admin.deploy({"p.bpmn": step("b")})
    seen = found(house.admin.post("/bundles/preview", **upload(content)))
    assert [(one["key"], one["status"], one["here"]) for one in seen["definitions"]] == [("p", "changed", 2)]
    assert found(house.admin.post("/bundles", **upload(content)), 201) == {"drafts": ["p"], "published": []}
    again = found(house.admin.post("/bundles", **upload(content, **{"as": "published"})), 201)
    assert again == {"drafts": [], "published": ["p"]}
    assert len(found(house.admin.get("/definitions/p"))["items"]) == 3


@pytest.mark.parametrize("content", [b"x", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_bundle_is_refused_in_words(house: House, content: bytes) -> None:
    problem(house.admin.post("/bundles/preview", **upload(content)), 422)
    problem(house.admin.post("/bundles"), 422)


def test_a_taken_business_key_names_the_running_instance(house: House) -> None:
    unique = diagram("p", 'tiendo:uniqueBusinessKey="true"').start().user_task("a").end().bytes()
    house.admin.deploy({"p.bpmn": unique})
    body = {"process": "p", "business_key": "HS-1"}
    running = found(house.admin.post("/instances", json=body), 201)["id"]
    assert problem(house.admin.post("/instances", json=body), 409)["instance"] == running
