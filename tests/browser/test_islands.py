"""The parts of the pages in a real browser under the strict policy: look, keys, drafts, viewer, editor."""

import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Dialog, Page, expect
from werkzeug.serving import make_server

from tests.browser import island_pages
from web import assets

pytestmark = pytest.mark.browser

AXE = Path(assets.__file__).parent / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def site() -> Iterator[tuple[str, Flask]]:
    if not (assets.DIST / "manifest.json").is_file():
        reason = "the front end is not built: run `make assets`"
        (pytest.fail if os.environ.get("TIENDO_REQUIRE_ALL") == "1" else pytest.skip)(reason)
    app = island_pages.build()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}", app
    server.shutdown()
    thread.join()


@pytest.fixture(scope="module")
def chromium(browser: Browser) -> Browser:
    """The one browser of the session: Playwright allows no second one beside it."""
    return browser


class Visitor:
    """A person at the pages; every error the browser reports makes the test fail at its end."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.context = browser.new_context(
            base_url=address, locale="vi-VN", reduced_motion="reduce", **options
        )
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, path: str, ready: str = "[data-theme-choice]") -> Page:
        self.page.goto(path)
        self.page.wait_for_selector(ready, state="attached")
        return self.page

    def leave(self) -> None:
        self.context.close()
        assert self.complaints == []


@pytest.fixture
def visitor(chromium: Browser, site: tuple[str, Flask]) -> Iterator[Visitor]:
    someone = Visitor(chromium, site[0], viewport=DESK)
    yield someone
    someone.leave()


@pytest.fixture
def posted(site: tuple[str, Flask]) -> list[tuple[str, dict[str, str], str]]:
    kept: list[tuple[str, dict[str, str], str]] = site[1].config["POSTED"]
    kept.clear()
    return kept


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize(
    ("path", "ready"), [("/?flash", "main"), ("/viewer", "[data-ready]"), ("/modeler", "[data-ready]")]
)
def test_pages_fit_the_screen_and_break_no_accessibility_rule(
    chromium: Browser, site: tuple[str, Flask], screen: Any, scheme: Any, path: str, ready: str
) -> None:
    someone = Visitor(chromium, site[0], viewport=screen, color_scheme=scheme)
    page = someone.open(path, ready)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= screen["width"]
    if AXE.is_file():
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("levels => axe.run(document, { runOnly: levels })", LEVELS)["violations"]
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
    someone.leave()


def test_slash_searches_j_and_k_move_and_question_mark_shows_the_keys(visitor: Visitor) -> None:
    page = visitor.open("/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-open]").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("[data-open]").nth(0)).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()


def test_keys_can_be_switched_off(visitor: Visitor) -> None:
    page = visitor.open("/")
    page.keyboard.press("?")
    page.get_by_label("Bật phím tắt trên máy này").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).not_to_be_focused()


def test_a_draft_is_saved_with_the_token_and_said_so(visitor: Visitor, posted: list[Any]) -> None:
    page = visitor.open("/")
    with page.expect_response("**/drafts/1"):
        page.get_by_label("Nội dung", exact=True).fill("Rà soát lại")
    expect(page.locator("[data-draft-status]")).to_contain_text(re.compile(r"Đã lưu nháp lúc \d\d:\d\d"))
    path, headers, body = posted[0]
    assert path == "drafts/1"
    assert headers["X-Csrf-Token"] == "token-1"
    assert "Rà soát lại" in body


def test_leaving_with_changes_asks_first(visitor: Visitor) -> None:
    page = visitor.open("/")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.get_by_label("Nội dung", exact=True).press_sequentially("x")
    page.goto("/viewer")
    assert asked == ["beforeunload"]


def test_an_item_lights_its_lines(visitor: Visitor) -> None:
    page = visitor.open("/")
    page.locator("[data-lines='11 12']").hover()
    expect(page.locator(".source-lines .is-linked")).to_have_count(2)
    page.locator("[data-line='13']").hover()
    expect(page.locator("[data-lines='13']")).to_have_class(re.compile("is-linked"))


def test_counts_refresh_quietly(visitor: Visitor) -> None:
    page = visitor.open("/")
    count = page.locator("[data-poll]")
    expect(count).to_have_text("3")
    count.dispatch_event("poll")
    expect(count).to_have_text("4")


def test_the_viewer_shows_where_the_process_is(visitor: Visitor) -> None:
    page = visitor.open("/viewer", "[data-ready]")
    expect(page.locator("[data-element-id=draft]")).to_have_class(re.compile("is-late"))
    expect(page.locator("[data-element-id=receive]")).to_have_class(re.compile("is-done"))
    expect(page.locator("[data-element-id=report]")).to_have_class(re.compile("is-future"))
    expect(page.locator(".token-ring.is-active")).to_have_text("13")
    expect(page.locator(".token-note.is-late")).to_have_text("quá hạn 2 ngày")


def test_outline_and_diagram_point_at_each_other(visitor: Visitor) -> None:
    page = visitor.open("/viewer", "[data-ready]")
    page.locator("[data-outline] [data-element=draft]").hover()
    expect(page.locator("[data-element-id=draft]")).to_have_class(re.compile("is-pointed"))
    page.locator(".plate [data-element-id=assign] .djs-hit").first.hover()
    expect(page.locator("[data-outline] [data-element=assign]")).to_have_class(re.compile("is-hover"))


@pytest.mark.parametrize("path", ["/viewer", "/modeler"])
def test_the_mark_of_bpmn_io_is_never_covered(visitor: Visitor, path: str) -> None:
    page = visitor.open(path, "[data-ready]")
    place = page.locator(".bjs-powered-by").bounding_box()
    assert place is not None
    for x, y in (
        (3, 3),
        (place["width"] / 2, place["height"] / 2),
        (place["width"] - 3, place["height"] - 3),
    ):
        point = {"x": place["x"] + x, "y": place["y"] + y}
        assert page.evaluate(
            "({ x, y }) => Boolean(document.elementFromPoint(x, y)?.closest('.bjs-powered-by'))", point
        )


def test_a_finding_appears_while_drawing_and_goes_when_it_is_put_right(visitor: Visitor) -> None:
    page = visitor.open("/modeler", "[data-ready]")
    summary, publish = page.locator("[data-modeler-summary]"), page.locator("[data-modeler-publish]")
    expect(summary).to_have_text("Không có lỗi")
    expect(publish).to_be_enabled()
    page.locator("[data-element-id=draft] .djs-hit").first.click()
    page.get_by_text("Giao việc", exact=True).click()
    page.get_by_label("Nhóm có thể nhận").fill("")
    expect(summary).to_have_text("1 lỗi")
    expect(publish).to_be_disabled()
    expect(page.locator(".finding-badge")).to_have_count(1)
    expect(page.locator("[data-modeler-findings]")).to_contain_text("Việc này chưa giao cho ai.")
    page.get_by_label("Nhóm có thể nhận").fill("officer")
    expect(summary).to_have_text("Không có lỗi")
    expect(page.locator(".finding-badge")).to_have_count(0)


def test_saving_sends_the_drawing_with_what_our_engine_reads(visitor: Visitor, posted: list[Any]) -> None:
    page = visitor.open("/modeler", "[data-ready]")
    page.locator("[data-element-id=draft] .djs-hit").first.click()
    page.get_by_text("Các bậc nhắc việc", exact=True).click()
    page.locator("[data-group-id=group-tiendo-steps] .bio-properties-panel-add-entry").click()
    page.get_by_label("Cách hạn").last.fill("7")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-modeler-status]")).to_contain_text("Đã lưu lúc")
    path, headers, xml = posted[-1]
    assert path == "definitions/sample/draft"
    assert (headers["X-Csrf-Token"], headers["If-Match"]) == ("token-1", '"1"')
    assert re.search(r'<tiendo:step offset="7" unit="workingDays" to="assignee" action="remind" ?/>', xml)
    assert 'tiendo:elementKey="=item.lead"' in xml


def test_the_editor_speaks_vietnamese(visitor: Visitor) -> None:
    page = visitor.open("/modeler", "[data-ready]")
    assert page.evaluate(TOUR) == []


#: selects everything, opens every group of the panel and every menu; gives the texts without translation
TOUR = """async () => {
  const frame = document.querySelector('[data-modeler]');
  const { modeler } = frame;
  const part = (name) => modeler.get(name);
  const closed = '.bio-properties-panel-group-header:not(.open)';
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  for (const element of part('elementRegistry').getAll()) {
    part('selection').select(element);
    await painted();
    for (const head of document.querySelectorAll(closed)) head.click();
    await painted();
    if (element.businessObject?.$instanceOf('bpmn:FlowElement')) {
      part('popupMenu').open(element, 'bpmn-replace', { x: 300, y: 300 });
      part('popupMenu').close();
    }
  }
  part('searchPad').open();
  await painted();
  return [...frame.untranslated].sort();
}"""
