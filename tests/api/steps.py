"""Steps of a cycle over HTTP, for tests that begin further along."""

from typing import Any

from tests.api.house import House


def found(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.json


def complete(house: House, caller: str, instance: str, element: str, **variables: Any) -> None:
    tasks = found(house.admin.get("/user-tasks", instance=instance))["items"]
    task = next(one for one in tasks if one["element"] == element)
    answer = house.callers[caller].post(f"/user-tasks/{task['id']}/complete", json={"variables": variables})
    assert answer.status_code == 204, answer.get_data(as_text=True)


def with_plan(house: House) -> tuple[dict[str, str], str]:
    """Take a directive as far as its draft plan."""
    received = house.received()
    instance = received["instance"]
    complete(house, "clerk", instance, "register", arrival_number="1", arrived_on="2024-02-05", urgency=0)
    complete(
        house,
        "director",
        instance,
        "instruct",
        instruct_decision="issue_plan",
        instruction="Phòng QLKH tham mưu kế hoạch.",
        drafting_unit=house.division,
    )
    complete(house, "division_head", instance, "assign_drafting", drafter=house.accounts["officer"])
    plan = found(house.director.get("/plans", directive=received["directive"]))["items"][0]["id"]
    return received, plan


def with_assignment(house: House) -> dict[str, str]:
    """Issue the plan; give the ids of directive, instance of the cycle, assignment and its instance."""
    received, _plan = with_plan(house)
    instance = received["instance"]
    complete(house, "officer", instance, "draft", draft_complete=True)
    complete(house, "office", instance, "check", check_decision="approve")
    complete(house, "director", instance, "sign", sign_decision="sign", sign_capacity="head")
    complete(
        house,
        "clerk",
        instance,
        "number",
        issue_number="21/KH-SKHCN",
        issued_on="2024-02-05",
        recipients_checked=True,
    )
    house.runtime.dispatcher.settle()
    assignment = found(house.director.get("/assignments", directive=received["directive"]))["items"][0]["id"]
    run = found(house.director.get("/instances", business_key=assignment))["items"][0]["id"]
    return {**received, "assignment": assignment, "run": run}


def under_way(house: House) -> dict[str, str]:
    """Accept the assignment and let the officer begin."""
    made = with_assignment(house)
    complete(house, "division_head", made["run"], "accept", accept_decision="accept")
    officer = house.accounts["officer"]
    complete(house, "division_head", made["run"], "organise", work_mode="do", officer=officer)
    return made
