"""From a finding in the editor to the page of its rule, on a desk and on a phone."""

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from tests.browser.conftest import DESK_SCREEN, PHONE_SCREEN, Server, overflow, violations

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("screen", [DESK_SCREEN, PHONE_SCREEN], ids=["desk", "phone"])
def test_the_page_of_rules_is_readable_and_accessible(
    server: Server, browser: Browser, screen: ViewportSize
) -> None:
    page = server.visit(browser, "admin", screen)
    page.goto("/definitions/rules#join.never-both")
    expect(page.locator("#join\\.never-both")).to_be_in_viewport()
    assert overflow(page) <= 0
    assert violations(page) == []


def test_a_finding_of_the_editor_opens_its_rule_in_a_new_tab(server: Server, browser: Browser) -> None:
    page = server.visit(browser, "admin")
    page.goto("/definitions/assignment/edit")
    page.wait_for_selector("[data-modeler-summary]:not(:empty)")
    page.evaluate(
        """() => { const { modeler } = document.querySelector('[data-modeler]');
        const part = (name) => modeler.get(name);
        const flow = part('elementRegistry').get('record_acceptance_to_organise');
        const shape = part('elementFactory').createShape({ type: 'bpmn:ReceiveTask' });
        const { x, y } = flow.waypoints[0];
        part('modeling').createShape(shape, { x, y }, flow.parent); }"""
    )
    link = page.locator(".modeler-findings a", has_text="event.reference-missing").first
    with page.context.expect_page() as opened:
        link.click()
    rule = opened.value
    rule.wait_for_load_state()
    assert rule.url.endswith("/definitions/rules#event.reference-missing")
    expect(rule.locator("#event\\.reference-missing")).to_be_in_viewport()
