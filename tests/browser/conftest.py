"""A real browser, and the real server over a database of its own, for every test of the browser."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from waitress.server import create_server

from foundation.clock import MovableClock
from foundation.database import Base, Database
from processes.runtime import Runtime
from tests.conftest import MORNING, import_all_tables, require_all
from tests.web.desk import Desk, open_desk
from web import assets

DESK_SCREEN = ViewportSize(width=1366, height=768)
PHONE_SCREEN = ViewportSize(width=390, height=844)
AXE = assets.DIST.parents[1] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def missing(reason: str) -> None:
    """Skip the test, or fail it where everything must be there (CI)."""
    (pytest.fail if require_all() else pytest.skip)(reason)


@dataclass(kw_only=True)
class Server:
    """The real server, its people, and what their browsers complained of."""

    url: str
    desk: Desk
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def runtime(self) -> Runtime:
        found: Runtime = self.desk.app.extensions["tiendo"]
        return found

    def visit(self, browser: Browser, username: str, screen: ViewportSize | None = None) -> Page:
        """Open a page as somebody who is signed in; errors of the page are collected."""
        context = browser.new_context(
            base_url=self.url, locale="vi-VN", reduced_motion="reduce", viewport=screen or DESK_SCREEN
        )
        token = self.desk.browser(username).token
        context.add_cookies([{"name": "tiendo", "value": token, "url": self.url}])
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page


@pytest.fixture
def server(tmp_path: Any) -> Iterator[Server]:
    """A house with the cast in it behind waitress; ends with no complaint of any browser."""
    if not (assets.DIST / "manifest.json").is_file():
        missing("the front end is not built: run `make assets`")
    import_all_tables()
    clock = MovableClock(MORNING)
    database = Database(f"sqlite:///{tmp_path}/tiendo.db", clock)
    Base.metadata.create_all(database.write_engine)
    desk = open_desk(database, clock)
    waiting = create_server(desk.app, host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=waiting.run, daemon=True)
    thread.start()
    opened = Server(url=f"http://127.0.0.1:{waiting.effective_port}", desk=desk)
    yield opened
    for context in opened.contexts:
        context.close()
    waiting.close()
    thread.join(timeout=10)
    database.dispose()
    assert opened.complaints == []


def violations(page: Page) -> list[Any]:
    """Give what axe finds wrong at levels A and AA; nothing where axe is not installed."""
    if not AXE.is_file():
        return []
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("levels => axe.run(document, { runOnly: levels })", LEVELS)["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found]


def overflow(page: Page) -> int:
    """Give by how many pixels a page is wider than the screen."""
    return int(page.evaluate("() => document.documentElement.scrollWidth - innerWidth"))
