"""Other organisations' things are not there for whoever has no business with them."""

import pytest

from tests.api.house import House, problem
from tests.engine.diagrams import diagram


@pytest.fixture
def received(house: House) -> dict[str, str]:
    return house.received()


PATHS = (
    "/directives/{directive}",
    "/directives/{directive}/tree",
    "/directives/{directive}/chain",
    "/directives/{directive}/instructions",
    "/directives/{directive}/history",
    "/documents/{document}",
    "/documents/{document}/text",
    "/instances/{instance}",
    "/instances/{instance}/history",
)


@pytest.mark.parametrize("path", PATHS)
def test_the_own_organisation_sees_it_and_another_one_does_not(
    house: House, received: dict[str, str], path: str
) -> None:
    assert house.director.get(path.format(**received)).status_code == 200
    problem(house.stranger.get(path.format(**received)), 404, "not_found")


@pytest.mark.parametrize("path", ["/directives", "/documents", "/instances"])
def test_lists_hold_only_what_may_be_seen(house: House, received: dict[str, str], path: str) -> None:
    assert len(house.director.get(path).json["items"]) == 1  # type: ignore[index]
    assert house.stranger.get(path).json == {"items": [], "next": None}


def test_tasks_of_an_instance_are_listed_to_those_concerned_only(
    house: House, received: dict[str, str]
) -> None:
    def listed(name: str) -> int:
        found = house.callers[name].get("/user-tasks", instance=received["instance"]).json
        return len(found["items"])  # type: ignore[index]

    assert {name: listed(name) for name in ("clerk", "director", "stranger")} == {
        "clerk": 1,
        "director": 1,
        "stranger": 0,
    }


def test_timers_and_incidents_of_others_are_not_listed(house: House) -> None:
    wait = "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"
    house.started(diagram().start().catch("cho", wait).end().bytes())

    assert len(house.admin.get("/timers").json["items"]) == 1  # type: ignore[index]
    assert house.stranger.get("/timers").json == {"items": []}
    problem(house.stranger.get("/incidents"), 403, "forbidden")


def test_nobody_registers_for_an_organisation_that_is_not_theirs(house: House) -> None:
    body = {"organisation": house.finance, "proposal": {"document": {"subject": "x"}, "items": []}}
    before = house.rows()
    problem(house.clerk.post("/directives", json=body), 403)
    assert house.rows() == before


def test_a_role_without_the_right_is_told_which_one_is_missing(house: House) -> None:
    found = problem(house.officer.post("/directives", json={}), 403, "forbidden")
    assert found["permission"] == "directives.register"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/deployments"),
        ("post", "/organisations"),
        ("post", "/people"),
        ("post", "/webhooks"),
        ("get", "/webhooks"),
        ("post", "/decisions/urgency-profile/evaluate"),
    ],
)
def test_administration_is_for_administrators(house: House, method: str, path: str) -> None:
    problem(getattr(house.director, method)(path), 403, "forbidden")


def test_nobody_delegates_the_work_of_others(house: House) -> None:
    people = house.admin.get("/people").json["items"]  # type: ignore[index]
    ids = {one["full_name"]: one["id"] for one in people}
    body = {"valid_from": "2024-02-05", "valid_to": "2024-02-09", "reason": "Đi công tác"}

    own = {"delegator": ids["Director"], "delegate": ids["Division_Head"], **body}
    others = {"delegator": ids["Stranger"], "delegate": ids["Director"], **body}

    assert house.director.post("/delegations", json=own).status_code == 201
    problem(house.director.post("/delegations", json=others), 403)


def test_a_key_limited_to_some_rights_has_no_others(house: House) -> None:
    from directives import api_keys
    from tests.api.house import Caller

    with house.runtime.database.unit_of_work() as work:
        made = api_keys.create(work, house.accounts["admin"], name="chỉ đọc", scopes=["directives.read"])
        work.commit()
    limited = Caller(house, made.key)

    assert limited.get("/directives").status_code == 200
    problem(limited.get("/documents"), 403)
    problem(limited.post("/instances", json={"process": "p"}), 403)
