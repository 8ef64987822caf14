"""Assignments and reports by machines: progress, extension, difficulty, result, round, lineage, answer."""

from datetime import UTC, datetime
from typing import Any

import pytest

from foundation.clock import MovableClock
from tests.api.house import House, problem
from tests.api.steps import complete, found, under_way, with_assignment


@pytest.fixture
def made(house: House) -> dict[str, str]:
    return under_way(house)


def test_an_assignment_shows_deadline_label_and_the_callers_steps(house: House) -> None:
    made = with_assignment(house)
    path = f"/assignments/{made['assignment']}"

    lead = found(house.division_head.get(path))
    director = found(house.director.get(path))

    assert lead["lead"] == house.division
    assert lead["current_due"] == "2024-03-29"
    assert lead["deadline"]["raw"] == "trước ngày 29/3/2024"
    assert lead["label"]
    assert [one["element"] for one in lead["steps"]] == ["accept"]
    assert director["id"] == lead["id"]
    problem(house.stranger.get(path), 404)


def test_progress_is_reported_by_the_lead_and_kept(house: House, made: dict[str, str]) -> None:
    path = f"/assignments/{made['assignment']}"
    body = {"progress": 40, "text": "Đã lấy ý kiến các đơn vị."}

    assert found(house.officer.post(f"{path}/progress", json=body))["progress"] == 40

    assert [one["text"] for one in found(house.director.get(f"{path}/course"))["progress"]] == [body["text"]]
    problem(house.stranger.post(f"{path}/progress", json=body), 404)
    problem(house.officer.post(f"{path}/progress", json={"progress": 140}), 422)


def test_an_extension_is_asked_here_and_decided_by_completing_the_step(
    house: House, made: dict[str, str]
) -> None:
    path = f"/assignments/{made['assignment']}"
    body = {"wanted_due": "2024-04-12", "reason": "Chờ hướng dẫn của bộ."}

    asked = found(house.division_head.post(f"{path}/extensions", json=body), 201)
    complete(
        house,
        "director",
        made["run"],
        "decide_extension",
        extension_decision="approve",
    )

    assert asked["status"] == "open"
    assert found(house.director.get(path))["current_due"] == "2024-04-12"
    extensions = found(house.director.get(f"{path}/extensions"))["items"]
    assert [(one["status"], one["new_due"]) for one in extensions] == [("approved", "2024-04-12")]


def test_a_difficulty_opens_a_step_at_who_gave_the_task(house: House, made: dict[str, str]) -> None:
    path = f"/assignments/{made['assignment']}"
    found(house.officer.post(f"{path}/difficulties", json={"text": "Chưa có kinh phí."}), 201)

    steps = found(house.director.get(path))["steps"]
    assert "decide_difficulty" in {one["element"] for one in steps}
    assert [one["status"] for one in found(house.director.get(f"{path}/difficulties"))["items"]] == ["raised"]


def test_the_authority_suspends_resumes_redates_and_cancels(house: House, made: dict[str, str]) -> None:
    path = f"/assignments/{made['assignment']}"

    def act(verb: str, **body: Any) -> Any:
        return found(house.director.post(f"{path}/{verb}", json={"reason": "Theo chỉ đạo.", **body}))

    assert act("suspend")["state"] == "tam_dung"
    assert act("resume")["state"] == "dang_thuc_hien"
    assert act("redate", due="2024-04-19")["current_due"] == "2024-04-19"
    problem(house.director.post(f"{path}/cancel", json={}), 422)
    assert act("cancel")["state"] == "huy"
    history = found(house.director.get(f"{path}/history"))["items"]
    assert {"suspend", "resume", "redate", "cancel"} <= {one["act"] for one in history}


def test_lists_of_assignments_are_filtered_and_scoped(house: House, made: dict[str, str]) -> None:
    assert len(found(house.officer.get("/assignments", lead=house.division))["items"]) == 1
    assert found(house.officer.get("/assignments", due_before="2024-03-01"))["items"] == []
    assert found(house.stranger.get("/assignments"))["items"] == []


@pytest.fixture
def reported(house: House, made: dict[str, str], clock: MovableClock) -> dict[str, str]:
    """The assignment is done and the round of the cycle has been asked."""
    clock.move_to(datetime(2024, 3, 20, 2, 0, tzinfo=UTC))
    complete(
        house, "officer", made["run"], "do", result_on="2024-03-20", result_statement="Đã ban hành hướng dẫn."
    )
    complete(house, "division_head", made["run"], "approve", approve_decision="approve")
    complete(house, "admin", made["run"], "confirm", confirm_decision="confirm")
    house.runtime.dispatcher.settle()
    rounds = found(house.director.get("/report-rounds", directive=made["directive"]))["items"]
    assert rounds, "the cycle plans a round"
    house.runtime.dispatcher.advance(clock, datetime(2024, 12, 31, tzinfo=UTC))
    return {**made, "round": rounds[0]["id"]}


def test_a_round_shows_each_unit_its_own_report(house: House, reported: dict[str, str]) -> None:
    path = f"/report-rounds/{reported['round']}"
    assert found(house.director.get(path))["directive"] == reported["directive"]
    mine = found(house.division_head.get(path))["reports"]
    assert {one["unit"] for one in mine} == {house.division}
    problem(house.stranger.get(path), 404)


def test_a_draft_is_saved_under_its_etag_and_figures_need_reasons(
    house: House, reported: dict[str, str]
) -> None:
    report = found(house.division_head.get(f"/report-rounds/{reported['round']}"))["reports"][0]
    path = f"/reports/{report['id']}"
    guard = {"If-Match": house.officer.get(path).headers["ETag"]}

    saved = house.officer.patch(path, json={"sections": {"assessment": "Đúng tiến độ."}}, headers=guard)

    assert found(saved)["sections"]["assessment"] == "Đúng tiến độ."
    problem(house.officer.patch(path, json={"sections": {}}, headers=guard), 412, "stale")
    newer = {"If-Match": saved.headers["ETag"]}
    figure = next(iter(report["figures"] or {"done_on_time": 0}))
    body = {"figures": {figure: 99}}
    assert house.officer.patch(path, json=body, headers=newer).status_code == 422
