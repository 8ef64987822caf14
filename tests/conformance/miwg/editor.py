"""The product's own diagram editor in a real browser: open a draft, save it, hear what it complains of."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.conformance.house import PASSWORD, House

#: milliseconds until an editor that does not open is given up
PATIENCE = 20_000


class EditorError(Exception):
    """The editor did not open a drawing, or did not save it."""


def program() -> str | None:
    """Give the path of a Chromium on this machine."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Editor:
    """The editor as somebody who is signed in sees it."""

    def __init__(self, page: Page) -> None:
        """Begin with a page that is signed in."""
        self._page = page

    def round_trip(self, key: str) -> None:
        """Open a draft and save it as it stands; EditorError says what went wrong."""
        page = self._page
        try:
            page.goto(f"/definitions/{key}/edit")
            page.wait_for_selector("[data-modeler][data-ready=true]", timeout=PATIENCE)
            with page.expect_response(lambda answer: answer.url.endswith("/draft")) as saved:
                page.click("[data-modeler-save]")
        except Error as problem:
            said = page.text_content("[data-modeler-status]") if page.url.endswith("/edit") else ""
            raise EditorError(f"{said or ''} {problem.message.splitlines()[0]}".strip()) from None
        if not saved.value.ok:
            raise EditorError(f"saving: {saved.value.status} {saved.value.text()[:300]}")


@contextmanager
def opened(house: House) -> Iterator[Editor]:
    """Start a browser and sign in."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=["--no-sandbox", "--lang=vi"])
        try:
            yield signed_in(browser, house)
        finally:
            browser.close()


def signed_in(browser: Browser, house: House) -> Editor:
    """Sign in with a browser that is open."""
    page = browser.new_page(base_url=f"http://127.0.0.1:{house.server.port}", locale="vi-VN")
    page.goto("/sign-in")
    page.fill("input[name=username]", "conformance")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return Editor(page)
