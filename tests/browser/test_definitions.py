"""Two administrators change a process under four eyes; it takes effect on its date; what runs stays."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from directives import accounts
from engine import reviews
from tests.browser.conftest import DESK_SCREEN, PHONE_SCREEN, Server, overflow, violations
from tests.browser.test_editor import another_assignment, open_editor, tasks_of, version_of
from tests.web.desk import assigned

pytestmark = pytest.mark.browser

RENAME = """() => {
  const { modeler } = document.querySelector('[data-modeler]');
  const part = (name) => modeler.get(name);
  const accept = part('elementRegistry').get('accept');
  part('modeling').updateProperties(accept, { name: 'Tiếp nhận và phân công' });
}"""


def second_administrator(server: Server) -> None:
    def add(work: Any) -> None:
        accounts.create(work, username="quan-tri-2", is_admin=True)
        reviews.set_four_eyes(work, "assignment", is_needed=True)

    server.desk.stage.do(add)


def sent_for_review(browser: Browser, server: Server) -> Page:
    first = server.visit(browser, "admin")
    open_editor(first)
    first.evaluate(RENAME)
    publish = first.locator("[data-modeler-publish]")
    expect(publish).to_be_enabled()
    publish.click()
    first.wait_for_url("**/definitions/assignment/review")
    expect(first.locator(".changes")).to_contain_text("Tiếp nhận và phân công")
    expect(first.get_by_text("Chờ người thứ hai duyệt")).to_be_visible()
    first.get_by_label("Ý kiến hoặc lời nhắn").fill("Đổi tên bước cho rõ")
    first.get_by_role("button", name="Gửi duyệt").click()
    expect(first.locator(".lead")).to_contain_text("Chờ duyệt")
    return first


def test_a_change_is_approved_by_another_and_takes_effect_on_its_date(
    browser: Browser, server: Server
) -> None:
    second_administrator(server)
    running = assigned(server.desk)
    first = sent_for_review(browser, server)
    expect(first.get_by_role("button", name="Duyệt", exact=True)).to_have_count(0)

    second = server.visit(browser, "quan-tri-2")
    second.goto("/definitions/assignment/review")
    expect(second.locator(".thread")).to_contain_text("Đổi tên bước cho rõ")
    second.get_by_role("button", name="Duyệt", exact=True).click()
    second.get_by_label("Lý do thay đổi").fill("Theo Quy chế làm việc mới")
    second.get_by_label("Có hiệu lực từ").fill("2024-02-05T08:20")
    second.get_by_role("button", name="Ban hành phiên bản 2").click()
    expect(second.locator(".lead")).to_contain_text("Có hiệu lực từ")

    before = another_assignment(server, running)
    runtime = server.runtime
    assert runtime.test_clock is not None
    runtime.dispatcher.advance(runtime.test_clock, runtime.clock.now() + timedelta(minutes=20))
    after = another_assignment(server, running)
    assert [version_of(server, one) for one in (running, before, after)] == [1, 1, 2]
    assert tasks_of(server, running) == ["do"]

    second.goto("/definitions/assignment/versions")
    expect(second.locator("#v2")).to_contain_text("Đang áp dụng")
    expect(second.locator("#v1")).to_contain_text("Phiên bản cũ")
    second.get_by_role("link", name="Khác phiên bản 1 ở đâu?").click()
    expect(second.locator("[data-compare][data-ready]")).to_have_count(2)
    expect(second.locator("[data-compare] .diff-badge.is-changed")).to_have_count(2)
    line = second.locator('[data-change][data-element="accept"]')
    expect(line).to_contain_text("Tiếp nhận và phân công")
    line.get_by_role("button").click()
    expect(second.locator('[data-compare] [data-element-id="accept"].is-pointed')).to_have_count(2)


def test_what_a_second_editor_drew_is_kept_as_a_copy(browser: Browser, server: Server) -> None:
    first, second = server.visit(browser, "admin"), server.visit(browser, "admin")
    for page in (first, second):
        open_editor(page)
    for page in (first, second):
        page.evaluate(RENAME if page is first else RENAME.replace("phân công", "giao việc"))
        page.keyboard.press("Control+s")
        expect(page.locator("[data-modeler-status]")).to_contain_text(re.compile("Đã lưu|Chưa lưu được"))
    expect(second.locator("[data-modeler-status]")).to_contain_text("đã lưu bản nháp này lúc")
    second.on("dialog", lambda dialog: dialog.accept())
    second.get_by_role("button", name="Giữ bản của tôi thành bản lưu").click()
    second.wait_for_url("**/definitions/assignment/copies")
    second.get_by_role("button", name="Lấy làm bản nháp").click()
    expect(second.locator(".changes")).to_contain_text("Tiếp nhận và giao việc")
    assert [line for line in server.complaints if "412" not in line] == []
    server.complaints.clear()


@pytest.mark.parametrize("screen", [DESK_SCREEN, PHONE_SCREEN], ids=["desk", "phone"])
def test_pages_of_the_life_of_a_process_fit_and_break_no_accessibility_rule(
    browser: Browser, server: Server, screen: ViewportSize
) -> None:
    second_administrator(server)
    sent_for_review(browser, server)
    page = server.visit(browser, "quan-tri-2", screen)
    wrong: dict[str, Any] = {}
    for path in (
        "/definitions/assignment/review",
        "/definitions/assignment/versions",
        "/definitions/assignment/differences?from=1&to=draft",
        "/definitions/assignment/copies",
        "/definitions/bundle",
    ):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        if page.locator("[data-compare]").count():
            expect(page.locator("[data-compare][data-ready]")).to_have_count(2)
        found = violations(page)
        if found or overflow(page) > 0:
            wrong[path] = (found, overflow(page))
    assert wrong == {}
