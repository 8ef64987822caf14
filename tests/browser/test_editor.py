"""An administrator changes a process in the browser: lint while drawing, review, publish; what runs stays."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy import select

from directives import deadlines, openings
from directives.assignment_tables import Assignment
from engine import instances
from engine.models import ProcessInstance, UserTask
from tests.browser.conftest import DESK_SCREEN, PHONE_SCREEN, Server, overflow, violations
from tests.web.desk import assigned

pytestmark = pytest.mark.browser

#: draws a user task into the flow between two steps, as the mouse does: a new shape dropped on the flow
INSERT = """() => {
  const { modeler } = document.querySelector('[data-modeler]');
  const part = (name) => modeler.get(name);
  const flow = part('elementRegistry').get('record_acceptance_to_organise');
  const middle = flow.waypoints.reduce((sum, { x, y }) => ({ x: sum.x + x, y: sum.y + y }), { x: 0, y: 0 });
  const place = { x: middle.x / flow.waypoints.length, y: middle.y / flow.waypoints.length };
  const shape = part('elementFactory').createShape({ type: 'bpmn:UserTask' });
  part('modeling').createShape(shape, place, flow);
  part('modeling').updateProperties(shape, { id: 'read_first', name: 'Lãnh đạo đơn vị xem trước' });
  part('selection').select(shape);
}"""


def tasks_of(server: Server, business_key: str) -> list[str]:
    with server.runtime.database.reading() as session:
        query = select(UserTask.element).where(
            UserTask.business_key == business_key, UserTask.state == "open"
        )
        return list(session.scalars(query))


def version_of(server: Server, business_key: str) -> int:
    with server.runtime.database.reading() as session:
        query = select(ProcessInstance.definition_version).where(
            ProcessInstance.business_key == business_key, ProcessInstance.key == "assignment"
        )
        return session.scalars(query).one()


def another_assignment(server: Server, like: str) -> str:
    """Give a new task to the same unit and start its process; gives the assignment's id."""
    stage = server.desk.stage
    given: Assignment = stage.row(Assignment, like)

    def give(work: Any) -> str:
        new = openings.NewAssignment(
            lead_id=given.lead_id,
            content="Lập danh sách chuyên gia",
            deadline=deadlines.NO_DEADLINE,
            is_held=True,
        )
        made = openings.assign(work, given.directive_id, new)
        variables = {"assignment": made.id, "directive": given.directive_id, "urgency": 0}
        instances.start(work, "assignment", variables, business_key=made.id)
        return made.id

    return str(stage.do(give))


def open_editor(page: Page) -> None:
    page.goto("/definitions/assignment/edit")
    page.wait_for_selector("[data-modeler][data-ready]")


def test_a_new_assignment_runs_the_published_change_and_a_running_one_stays(
    browser: Browser, server: Server
) -> None:
    running = assigned(server.desk)
    page = server.visit(browser, "admin")
    open_editor(page)
    summary, publish = page.locator("[data-modeler-summary]"), page.locator("[data-modeler-publish]")
    expect(summary).to_have_text("Không có lỗi")

    page.evaluate(INSERT)
    page.get_by_text("Giao việc", exact=True).click()
    groups = page.get_by_label("Nhóm có thể nhận")
    groups.fill('="unit_head@" +')
    expect(summary).to_contain_text("1 lỗi")
    expect(publish).to_be_disabled()
    expect(page.locator("[data-modeler-findings]")).to_contain_text("Lãnh đạo đơn vị xem trước")
    groups.fill('="unit_head@" + lead')
    expect(summary).to_have_text("Không có lỗi")
    expect(publish).to_be_enabled()

    publish.click()
    page.wait_for_url("**/definitions/assignment/review")
    expect(page.locator(".changes")).to_contain_text("Lãnh đạo đơn vị xem trước")
    page.get_by_label("Lý do thay đổi").fill("Trưởng đơn vị xem trước khi phân công")
    page.get_by_role("button", name="Ban hành phiên bản 2").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thực hiện nhiệm vụ được giao")
    expect(page.locator(".lead")).to_contain_text("Phiên bản 2")

    fresh = another_assignment(server, running)
    server.desk.stage.complete("qlkh.truong", "accept", fresh, accept_decision="accept")
    assert tasks_of(server, fresh) == ["read_first"]
    assert (version_of(server, fresh), version_of(server, running)) == (2, 1)
    assert tasks_of(server, running) == ["do"]


def test_an_expression_of_the_panel_is_tried_beside_it(browser: Browser, server: Server) -> None:
    page = server.visit(browser, "admin")
    open_editor(page)
    page.evaluate(INSERT)
    page.get_by_text("Giao việc", exact=True).click()
    page.get_by_label("Nhóm có thể nhận").fill('="unit_head@" + lead')
    entry = page.locator(".bio-properties-panel-entry", has=page.get_by_label("Nhóm có thể nhận"))
    entry.get_by_role("button", name="Thử").click()
    box = page.get_by_role("dialog")
    expect(box.get_by_label("Biến, viết bằng JSON")).to_have_value(re.compile('"lead"'))
    box.get_by_label("Biến, viết bằng JSON").fill('{"lead": "so-khcn"}')
    box.get_by_role("button", name="Thử").click()
    expect(box.locator("output")).to_have_text('"unit_head@so-khcn"')


def test_a_draft_is_kept_and_a_second_editor_is_told(browser: Browser, server: Server) -> None:
    first, second = server.visit(browser, "admin"), server.visit(browser, "admin")
    open_editor(first)
    open_editor(second)
    for page in (first, second):
        page.evaluate(INSERT)
        page.keyboard.press("Control+s")
        expect(page.locator("[data-modeler-status]")).to_contain_text(re.compile("Đã lưu|Chưa lưu được"))
    expect(first.locator("[data-modeler-status]")).to_contain_text("Đã lưu lúc")
    expect(second.locator("[data-modeler-status]")).to_contain_text("admin đã lưu bản nháp này lúc")
    # the refusal itself is an error line of the browser, and nothing else is
    assert [line for line in server.complaints if "412" not in line] == []
    server.complaints.clear()


@pytest.mark.parametrize("screen", [DESK_SCREEN, PHONE_SCREEN], ids=["desk", "phone"])
def test_pages_of_administrators_fit_and_break_no_accessibility_rule(
    browser: Browser, server: Server, screen: ViewportSize
) -> None:
    running = assigned(server.desk)
    with server.runtime.database.reading() as session:
        instance = session.scalars(
            select(ProcessInstance.id).where(
                ProcessInstance.business_key == running, ProcessInstance.key == "assignment"
            )
        ).one()
    page = server.visit(browser, "admin", screen)
    wrong: dict[str, Any] = {}
    for path in (
        "/definitions",
        "/definitions/assignment",
        "/definitions/assignment/edit",
        "/definitions/new",
        "/definitions/forms",
        "/instances",
        f"/instances/{instance}",
        f"/instances/{instance}/history",
        "/incidents",
        "/reports",
        "/board",
        "/board/list?figure=total",
        "/organisations",
        f"/organisations/{server.desk.stage.id('so-khcn')}",
        "/people",
        "/delegations",
        "/calendar",
        "/webhooks",
        "/webhooks/new",
        "/accounts",
    ):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        if page.locator("[data-diagram], [data-modeler]").count():
            page.wait_for_selector("[data-ready]")
        found = violations(page)
        if found or overflow(page) > 0:
            wrong[path] = (found, overflow(page))
    assert wrong == {}
