"""Ad-hoc sub-processes over HTTP: a machine lists, chooses and ends."""

from tests.api.house import House, problem
from tests.api.steps import found
from tests.engine.diagrams import diagram


def drawn() -> bytes:
    enough = "<bpmn:completionCondition>enough</bpmn:completionCondition>"
    opened = diagram().start().inside("adhoc", "adHocSubProcess", enough).at(None).user_task("ask")
    return opened.at(None).user_task("meet").outside().end().bytes()


def test_an_activity_is_chosen_and_the_whole_ended(house: House) -> None:
    found(house.admin.deploy({"p.bpmn": drawn()}), 201)
    instance = found(house.admin.post("/instances", json={"process": "p"}), 201)
    assert [one["kind"] for one in instance["waiting"]] == ["choice"]
    path = f"/instances/{instance['id']}/choices"
    assert [one["activity"] for one in found(house.admin.get(path))["items"]] == ["ask", "meet"]

    found(house.admin.post(path, json={"activity": "ask"}))
    waiting = found(house.admin.get(f"/instances/{instance['id']}"))["waiting"]
    assert [one["element"] for one in waiting if one["kind"] == "user_task"] == ["ask"]
    assert problem(house.admin.post(path, json={"activity": "dream"}), 404)

    token = found(house.admin.get(path))["items"][0]["token"]
    assert found(house.admin.post(f"{path}/{token}/end", json={"reason": "Đã đủ"}))["items"] == []
    assert found(house.admin.get(f"/instances/{instance['id']}"))["state"] == "completed"
