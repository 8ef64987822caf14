"""Every page over the sample province, at a desk and on a phone: no axe violation, nothing to scroll aside.

The list of pages is the one the pictures of the documentation are taken from (`docs/screenshots.py`).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from docs.screenshots import SHOTS, served, show, sign_in
from tests.browser.conftest import AXE, DESK_SCREEN, LEVELS, PHONE_SCREEN, missing
from web import assets

pytestmark = pytest.mark.browser

LOGINS = sorted({shot.login for shot in SHOTS})
SCREENS = {"desk": DESK_SCREEN, "phone": PHONE_SCREEN}
#: widest overflow in pixels that is rounding, not scrolling
ROUNDING = 1


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not (assets.DIST / "manifest.json").is_file() or not AXE.is_file():
        missing("the front end is not built: run `make assets`")
    with served(Path(tmp_path_factory.mktemp("sample"))) as url:
        yield url


def opened(browser: Browser, address: str, login: str, screen: ViewportSize) -> Page:
    context = browser.new_context(
        base_url=address,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        reduced_motion="reduce",
        viewport=screen,
    )
    page = context.new_page()
    if login:
        sign_in(page, login)
    return page


def violations(page: Page) -> list[str]:
    """Give the rules of WCAG A and AA the page breaks, with the first place of each."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("levels => axe.run(document, {runOnly: {type: 'tag', values: levels}})", LEVELS)
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("login", LOGINS)
def test_pages_are_accessible_and_fit_the_screen(
    browser: Browser, address: str, login: str, screen: str
) -> None:
    page = opened(browser, address, login, SCREENS[screen])
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    faults: list[str] = []
    for shot in (one for one in SHOTS if one.login == login):
        show(page, shot)
        faults += [f"{shot.name}: {fault}" for fault in violations(page)]
        overflow = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if overflow > ROUNDING:
            faults.append(f"{shot.name}: {overflow} px to scroll sideways")
    assert faults == []
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize("screen", SCREENS)
def test_an_officer_completes_a_task_from_the_inbox(browser: Browser, address: str, screen: str) -> None:
    login = {"desk": "truongphong", "phone": "chanhvanphong"}[screen]
    page = opened(browser, address, login, SCREENS[screen])
    page.goto("/")
    first = page.locator("main a[href^='/tasks/']").first
    address_of_task = first.get_attribute("href") or ""
    page.goto(address_of_task)
    form = page.locator("main form").filter(has=page.locator("button.btn-primary")).first
    for group in {radio.get_attribute("name") for radio in form.locator("input[type=radio]").all()}:
        form.locator(f"input[type=radio][name='{group}']").first.check()
    for required in form.locator("textarea[required], input[type=text][required]").all():
        if required.is_visible():
            required.fill("Đồng ý theo đề xuất của đơn vị.")
    form.locator("button.btn-primary").first.click()
    page.wait_for_load_state("networkidle")
    page.goto("/")
    assert page.locator(f"main a[href='{address_of_task}']").count() == 0
    page.context.close()


def test_the_navigation_speaks_english_when_asked(browser: Browser, address: str) -> None:
    page = opened(browser, address, "giamdoc", DESK_SCREEN)
    page.goto("/")
    page.locator(".dropdown button.header-action").click()
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state("networkidle")
    navigation = page.locator("#menu").inner_text()
    assert "My tasks" in navigation or "My work" in navigation
    assert not set("ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ") & set(
        navigation.replace("Tiến Độ", "").lower()
    )
    page.context.close()
