"""Repairing and migrating instances over HTTP: what is asked happens once, for the state that was seen."""

from typing import Any

import pytest

from tests.api.house import House, problem
from tests.api.steps import found
from tests.engine.diagrams import diagram

WHY = {"reason": "Đi nhầm bước"}


def chain(*names: str) -> bytes:
    d = diagram().start()
    for name in names:
        d = d.user_task(name)
    return d.end().bytes()


@pytest.fixture
def started(house: House) -> str:
    return house.started(chain("draft", "check", "sign"), so=7)


def tokens(house: House, instance: str) -> dict[str, str]:
    items = found(house.admin.get(f"/instances/{instance}/tokens"))["items"]
    return {one["element"]: one["token"] for one in items}


def lines(house: House, instance: str, kind: str) -> list[dict[str, Any]]:
    every = found(house.admin.get(f"/instances/{instance}/history"))
    assert every["broken_at"] is None
    return [line for line in every["items"] if line["type"] == kind]


def test_a_token_is_moved_and_the_answer_shows_where_it_is(house: House, started: str) -> None:
    move = {"type": "move", "token": tokens(house, started)["draft"], "element": "sign"}
    answer = house.admin.post(f"/instances/{started}/modify", json={"instructions": [move], **WHY})
    assert [one["element"] for one in found(answer)["items"]] == ["sign"]
    [line] = lines(house, started, "instance.modified")
    assert line["actor"] == "Admin"
    assert (line["data"]["before"][0]["element"], line["data"]["after"][0]["element"]) == ("draft", "sign")


def test_only_for_the_state_that_was_seen(house: House, started: str) -> None:
    seen = house.admin.get(f"/instances/{started}").headers["ETag"]
    change = {"variables": {"so": 8}, **WHY}
    headers = {"If-Match": seen}
    found(house.admin.post(f"/instances/{started}/variables", json=change, headers=headers))
    step = {"instructions": [{"type": "start_before", "element": "check"}], **WHY}
    for path, body in (("modify", step), ("variables", change)):
        problem(house.admin.post(f"/instances/{started}/{path}", json=body, headers=headers), 412, "stale")


@pytest.mark.parametrize(
    ("instruction", "status"),
    [
        ({"type": "move", "element": "sign"}, 422),
        ({"type": "start_before"}, 422),
        ({"type": "fly"}, 422),
        ({"type": "start_before", "element": "khong-co"}, 422),
        ({"type": "cancel", "token": "t99"}, 409),
    ],
)
def test_a_wrong_instruction_is_a_problem_and_changes_nothing(
    house: House, started: str, instruction: dict[str, str], status: int
) -> None:
    before = house.rows()
    answer = house.admin.post(f"/instances/{started}/modify", json={"instructions": [instruction], **WHY})
    problem(answer, status)
    assert house.rows() == before


def test_a_step_is_skipped_with_what_it_would_have_brought(house: House, started: str) -> None:
    body = {"token": tokens(house, started)["draft"], "variables": {"text": "bản giấy"}, **WHY}
    assert [
        one["element"] for one in found(house.admin.post(f"/instances/{started}/skip", json=body))["items"]
    ] == ["check"]
    assert found(house.admin.get(f"/instances/{started}"))["variables"]["text"] == "bản giấy"


def test_local_variables_belong_to_a_token(house: House, started: str) -> None:
    body = {"variables": {"note": "x"}, "token": tokens(house, started)["draft"], **WHY}
    shown = found(house.admin.post(f"/instances/{started}/variables", json=body))
    assert shown["variables"] == {"so": 7}
    assert lines(house, started, "variables.repaired")[0]["element"] == "draft"


def test_a_fork_names_its_origin(house: House, started: str) -> None:
    made = found(house.admin.post(f"/instances/{started}/fork", json={"element": "check", **WHY}), 201)
    shown = found(house.admin.get(f"/instances/{made['instance']}"))
    assert (shown["origin"], made["variables_from"]) == (started, "current")
    assert [one["element"] for one in shown["waiting"]] == ["check"]


def test_nobody_but_administrators_repairs(house: House, started: str) -> None:
    for path in ("modify", "skip", "fork", "variables", "cancel"):
        problem(house.officer.post(f"/instances/{started}/{path}", json=WHY), 403)
    problem(house.officer.post("/definitions/p/migrations/dry-run", json={"source": 1, "target": 2}), 403)


def several(house: House) -> dict[str, Any]:
    """Give a plan from version 1, with three instances of which one cannot go, to version 2."""
    house.started(chain("draft", "gone"))
    for _more in range(2):
        found(house.admin.post("/instances", json={"process": "p"}), 201)
    first = found(house.admin.get("/instances", process="p"))["items"][-1]["id"]
    step = {"instructions": [{"type": "move", "token": tokens(house, first)["draft"], "element": "gone"}]}
    found(house.admin.post(f"/instances/{first}/modify", json={**step, **WHY}))
    assert house.admin.deploy({"p.bpmn": chain("draft", "sign")}).status_code == 201
    return {"source": 1, "target": 2}


def test_a_dry_run_says_what_would_happen_to_each_instance(house: House) -> None:
    plan = several(house)
    before = house.rows()
    shown = found(house.admin.post("/definitions/p/migrations/dry-run", json=plan))
    assert shown["counts"] == {"possible": 2, "warned": 0, "impossible": 1}
    [refused] = [one for one in shown["items"] if not one["verdict"]["possible"]]
    [remark] = refused["verdict"]["problems"]
    assert remark["code"] == "element_gone"
    assert "không còn" in remark["vi"]
    assert "not in the new version" in remark["en"]
    assert {one["element"]: one["target"] for one in shown["pairs"]}["gone"] is None
    assert house.rows() == before


def test_a_migration_is_worked_off_and_tells_how_far_it_is(house: House) -> None:
    plan = several(house)
    answer = house.admin.post("/definitions/p/migrations", json={**plan, "reason": "Quyết định 12"})
    begun = found(answer, 202)
    where = answer.headers["Location"].removeprefix("/api/v1")
    assert begun["progress"]["waiting"] == 3
    house.runtime.dispatcher.settle()
    shown = found(house.admin.get(where))
    assert (shown["state"], shown["progress"]["done"], shown["progress"]["refused"]) == ("finished", 2, 1)
    [refused] = found(house.admin.get(f"{where}/items", state="refused"))["items"]
    assert refused["verdict"]["problems"][0]["element"] == "gone"
    assert [one["id"] for one in found(house.admin.get("/definitions/p/migrations"))["items"]] == [
        shown["id"]
    ]
    problem(house.admin.post(f"{where}/stop"), 409)


def test_a_migration_can_be_stopped_and_taken_up_again(house: House) -> None:
    plan = several(house)
    answer = house.admin.post("/definitions/p/migrations", json={**plan, **WHY})
    where = answer.headers["Location"].removeprefix("/api/v1")
    assert found(house.admin.post(f"{where}/stop"))["state"] == "stopped"
    house.runtime.dispatcher.settle()
    assert found(house.admin.get(where))["progress"]["waiting"] == 3
    found(house.admin.post(f"{where}/resume"))
    house.runtime.dispatcher.settle()
    assert found(house.admin.get(where))["progress"]["waiting"] == 0


def test_a_plan_with_unknown_steps_or_versions_is_a_problem(house: House) -> None:
    plan = several(house)
    wrong = {**plan, "mapping": {"draft": "khong-co"}}
    told = problem(house.admin.post("/definitions/p/migrations/dry-run", json=wrong), 422)
    assert "mapping.draft" in str(told)
    problem(house.admin.post("/definitions/p/migrations/dry-run", json={**plan, "target": 9}), 404)
    problem(house.admin.get("/definitions/p/migrations/khong-co"), 404)
