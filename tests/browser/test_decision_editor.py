"""An administrator changes a decision table in the browser: lint, try-out, publish; what starts uses it."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from engine import deployments, instances
from tests.browser.conftest import DESK_SCREEN, PHONE_SCREEN, Server, overflow, violations
from tests.web.test_decision_pages import table

pytestmark = pytest.mark.browser

#: asks the table and keeps what it says
ASKS = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">
  <bpmn:process id="tra-han" name="Tra han" isExecutable="true">
    <bpmn:startEvent id="start" name="Bat dau"/>
    <bpmn:businessRuleTask id="ask" name="Tra han" camunda:decisionRef="thoi-han"
      camunda:resultVariable="han" camunda:mapDecisionResult="singleEntry"/>
    <bpmn:userTask id="look" name="Xem" camunda:candidateGroups="clerk"/>
    <bpmn:endEvent id="end" name="Xong"/>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="ask"/>
    <bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="look"/>
    <bpmn:sequenceFlow id="f3" sourceRef="look" targetRef="end"/>
  </bpmn:process>
</bpmn:definitions>"""


def deploy(server: Server) -> None:
    with server.runtime.database.unit_of_work() as work:
        deployments.deploy(work, {"thoi-han.dmn": table(), "tra-han.bpmn": ASKS})
        work.commit()


def answer_of(server: Server, urgency: str) -> Any:
    """Start the process that asks the table; gives what it was told."""
    with server.runtime.database.unit_of_work() as work:
        started = instances.start(work, "tra-han", {"do_khan": urgency})
        work.commit()
    with server.runtime.database.reading() as session:
        return instances.variables(instances.get(session, started))["han"]


def open_editor(page: Page) -> None:
    page.goto("/decisions/thoi-han/edit")
    page.wait_for_selector("[data-decision-editor][data-ready]")


def write(page: Page, row: int, column: int, text: str) -> None:
    """Write into a cell as the keyboard does; rows and columns count from 1."""
    cell = page.locator(f".tjs-table tbody tr:nth-child({row}) td").nth(column)
    cell.click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def test_a_rule_is_added_checked_tried_published_and_then_used(browser: Browser, server: Server) -> None:
    deploy(server)
    page = server.visit(browser, "admin")
    open_editor(page)
    summary, publish = page.locator("[data-modeler-summary]"), page.locator("[data-modeler-publish]")
    expect(summary).to_have_text("Không có lỗi")

    write(page, 2, 2, "2 +")
    expect(summary).to_contain_text("1 lỗi")
    expect(publish).to_be_disabled()
    finding = page.locator("[data-modeler-findings] li")
    expect(finding).to_contain_text("luật 2, cột “Số ngày làm việc”")
    finding.get_by_role("button").click()
    write(page, 2, 2, "2")
    expect(summary).to_have_text("Không có lỗi")

    page.get_by_label("Độ khẩn").select_option("khẩn")
    page.get_by_role("button", name="Thử", exact=True).click()
    expect(page.locator(".trial-answer")).to_contain_text("Theo luật 2 của bảng.")
    expect(page.locator(".trial-value output")).to_have_text("2")
    tick = "(cell) => getComputedStyle(cell, '::after').content"
    cells = page.locator(".tjs-table td.rule-index")
    assert [cells.nth(row).evaluate(tick) for row in range(3)] == ["none", '" ✓"', "none"]

    publish.click()
    page.wait_for_url("**/decisions/thoi-han/review")
    expect(page.locator(".changes")).to_contain_text("luật 2")
    page.get_by_label("Lý do thay đổi").fill("Quy chế mới")
    page.get_by_role("button", name="Ban hành phiên bản 2").click()
    expect(page.locator(".lead")).to_contain_text("Phiên bản 2")
    assert answer_of(server, "khẩn") == 2


def test_a_new_rule_that_overlaps_is_said_while_it_is_written(browser: Browser, server: Server) -> None:
    deploy(server)
    page = server.visit(browser, "admin")
    open_editor(page)
    page.locator(".tjs-table .add-rule-add").first.click()
    expect(page.locator(".tjs-table tbody tr td.rule-index")).to_have_count(4)
    expect(page.locator("[data-modeler-summary]")).to_contain_text("lỗi")
    expect(page.locator("[data-modeler-findings]")).to_contain_text("có thể cùng khớp")
    page.locator("[data-modeler-undo]").click()
    expect(page.locator("[data-modeler-summary]")).to_have_text("Không có lỗi")


def test_every_text_of_the_table_editor_is_vietnamese(browser: Browser, server: Server) -> None:
    deploy(server)
    page = server.visit(browser, "admin")
    open_editor(page)
    page.locator(".tjs-table tbody tr:nth-child(1) td").nth(1).click(button="right")
    page.keyboard.press("Escape")
    page.locator(".tjs-table thead th.input-cell").first.dblclick()
    page.get_by_role("button", name="Sơ đồ quyết định").click()
    missing = page.evaluate("() => [...document.querySelector('[data-decision-editor]').untranslated]")
    assert missing == []


@pytest.mark.parametrize("screen", [DESK_SCREEN, PHONE_SCREEN], ids=["desk", "phone"])
def test_pages_of_tables_fit_and_break_no_accessibility_rule(
    browser: Browser, server: Server, screen: ViewportSize
) -> None:
    deploy(server)
    page = server.visit(browser, "admin", screen)
    wrong: dict[str, Any] = {}
    for path in (
        "/decisions",
        "/decisions/new",
        "/decisions/escalation-ladder",
        "/decisions/thoi-han",
        "/decisions/thoi-han/versions",
        "/decisions/thoi-han/edit",
        "/help/feel",
    ):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        if page.locator("[data-decision-editor]").count():
            page.wait_for_selector("[data-ready]")
            expect(page.locator("[data-modeler-summary]")).to_have_text("Không có lỗi")
            box = page.locator(".bjs-powered-by, .powered-by").last.bounding_box()
            assert box is not None, "the mark of bpmn.io must stay visible"
        found = violations(page)
        if found or overflow(page) > 0:
            wrong[path] = (found, overflow(page))
    assert wrong == {}
