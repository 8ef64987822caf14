"""Every page over the sample province, at a desk and on a phone, in Vietnamese and with the English switch.

The pages are those the pictures of the documentation are taken from (`docs/screenshots.py`), and one level
below where a picture would show nothing new.
"""

import contextlib
import html
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Route,
    ViewportSize,
    expect,
)
from waitress.server import create_server

from directives import accounts, sign_in
from docs import screenshots, staging
from docs.screenshots import ADMIN, HEAD, SHOTS, Shot
from foundation.working_time import local_date
from processes.runtime import Runtime
from tests.browser.conftest import AXE, DESK_SCREEN, LEVELS, PHONE_SCREEN, missing, overflow
from tiendo import demo, house
from tiendo.demo import directory
from tiendo.server import create_app
from tiendo.settings import Settings
from web import assets

pytestmark = pytest.mark.browser

_ID = r"[0-9a-f]{32}"
BELOW = (
    Shot(name="webhook", login=ADMIN, path="/webhooks", follow=(rf"^/webhooks/{_ID}$",)),
    Shot(name="account", login=ADMIN, path="/accounts", follow=(rf"^/accounts/{_ID}$",)),
    Shot(name="account-new", login=ADMIN, path="/accounts/new"),
    Shot(name="organisation-new", login=ADMIN, path="/organisations/new"),
    Shot(name="delegations-head", login=HEAD, path="/delegations"),
)
PAGES = (*SHOTS, *BELOW)
LOGINS = sorted({shot.login for shot in PAGES})
SCREENS = {"desk": DESK_SCREEN, "phone": PHONE_SCREEN}
#: widest overflow in pixels that is rounding, not scrolling
ROUNDING = 1
#: rules of WCAG A and AA that a page breaks, with the first place of each
CHECK = """levels => axe
  .run(document, {runOnly: levels, resultTypes: ['violations'], preload: false})
  .then(found => found.violations.map(
    one => `${one.id}: ${one.nodes[0].target} ${one.nodes[0].html.slice(0, 140)}`))"""
#: texts of the frame of a page, without names of people, numbers and the button of the other language
FRAME = """() => [...document.querySelectorAll('.nav-entry, .bottom-bar a, .bottom-bar button, .skip-link, '
  + '.user-menu button:not([name=language]), .user-menu a, [data-search], .header-action')]
  .map(one => one.ariaLabel || [...one.childNodes].filter(n => n.nodeType === 3).map(n => n.data).join(''))
  .map(words => words.trim()).filter(Boolean)"""
#: every element that says nothing but its own words
WORDS = """() => [...document.querySelectorAll('h1, h2, a, button, label, th, dt, legend, span')]
  .filter(one => !one.children.length || one.matches('h1, .nav-entry')).map(one => one.innerText?.trim())"""
MARKED = re.compile("[ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]", re.IGNORECASE)


@dataclass(kw_only=True)
class World:
    """The sample province behind the real server, and where its pages were found."""

    url: str
    runtime: Runtime
    tokens: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    contexts: list[BrowserContext] = field(default_factory=list)

    def context(self, browser: Browser, login: str, screen: ViewportSize) -> BrowserContext:
        """Open the browser of a person; signed in when there is a login."""
        context = browser.new_context(
            base_url=self.url,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            reduced_motion="reduce",
            viewport=screen,
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        if login:
            context.add_cookies([{"name": "tiendo", "value": self.token(login), "url": self.url}])
        return context

    @property
    def today(self) -> date:
        """The day in Hà Nội."""
        return local_date(self.runtime.clock.now())

    def token(self, login: str) -> str:
        """Give the session of a person, opened once."""
        if login not in self.tokens:
            with self.runtime.database.unit_of_work() as work:
                account = accounts.by_username(work.session, login)
                check = sign_in.PasswordCheck(username=login, account=account)
                self.tokens[login] = sign_in.sign_in(work, check).token
                work.commit()
        return self.tokens[login]

    def open(self, page: Page, shot: Shot) -> None:
        """Bring a page to a shot; AssertionError when it cannot be reached or is not answered with 200."""
        if shot.name not in self.addresses:
            self.addresses[shot.name] = found_below(page, shot)
        if shot.paste or shot.upload or shot.press:
            screenshots.show(page, shot)
        else:
            answer = page.goto(self.addresses[shot.name])
            assert answer is not None
            assert answer.status == 200, f"{answer.status} at {self.addresses[shot.name]}"
        page.locator(shot.ready).first.wait_for()


def found_below(page: Page, shot: Shot) -> str:
    """Give the address of a shot: its path, or the first link that fits, level by level."""
    address = shot.path
    for pattern in shot.follow:
        body = page.request.get(address).text().partition("<main")[2]
        links = map(html.unescape, re.findall(r'<a\b[^>]*?\bhref="([^"]+)"', body))
        found = next((link for link in links if re.search(pattern, link)), None)
        assert found is not None, f"no link {pattern} at {address}"
        address = found
    return address


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[World]:
    """The sample province, its processes being changed, loaded once for all tests of this file."""
    if not (assets.DIST / "manifest.json").is_file() or not AXE.is_file():
        missing("the front end is not built: run `make assets`")
    data = tmp_path_factory.mktemp("province")
    runtime = house.build(Settings(data=data, allows_http=True))
    house.prepare(runtime)
    demo.load(runtime)
    app = create_app(runtime, is_secure=False)
    waiting: Any = create_server(app, host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=waiting.run, daemon=True)
    thread.start()
    opened = World(url=f"http://127.0.0.1:{waiting.effective_port}", runtime=runtime)
    staging.stage(opened.context(browser, ADMIN, DESK_SCREEN).new_page())
    yield opened
    for context in opened.contexts:
        context.close()
    waiting.close()
    thread.join(timeout=10)
    runtime.database.dispose()


def heed(page: Page, complaints: list[str]) -> None:
    """Collect what the console calls an error, which includes what the content policy blocks."""

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"console: {message.text[:300]}")

    page.on("console", said)
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("login", LOGINS, ids=lambda login: login or "nobody")
def test_pages_are_accessible_fit_the_screen_and_run_without_an_error(
    browser: Browser, world: World, login: str, screen: str
) -> None:
    context = world.context(browser, login, SCREENS[screen])
    page, faults = context.new_page(), list[str]()
    complaints: list[str] = []
    heed(page, complaints)
    for shot in (one for one in PAGES if one.login == login):
        complaints.clear()
        try:
            world.open(page, shot)
        except (AssertionError, LookupError, Error) as problem:
            faults.append(f"{shot.name}: {str(problem).splitlines()[0]}")
            continue
        assert page.locator("html").get_attribute("lang") == "vi"
        page.evaluate(AXE.read_text("utf-8"))
        faults += [f"{shot.name}: {fault}" for fault in page.evaluate(CHECK, LEVELS)]
        if (wider := overflow(page)) > ROUNDING:
            faults.append(f"{shot.name}: {wider} px to scroll sideways")
        faults += [f"{shot.name}: {complaint}" for complaint in complaints]
    context.close()
    assert faults == []


def test_the_check_of_a_page_sees_a_picture_without_words_a_wide_table_and_a_blocked_script(
    browser: Browser, world: World
) -> None:
    context = world.context(browser, "", PHONE_SCREEN)
    page, complaints = context.new_page(), list[str]()
    heed(page, complaints)
    page.goto("/sign-in")
    page.evaluate(AXE.read_text("utf-8"))
    assert (page.evaluate(CHECK, LEVELS), overflow(page) > ROUNDING, complaints) == ([], False, [])
    page.evaluate(
        "() => document.querySelector('main').insertAdjacentHTML('beforeend',"
        " '<img src=/favicon.ico><p><canvas width=2000></canvas></p><i onclick=alert(1)></i>')"
    )
    assert "image-alt" in [fault.partition(":")[0] for fault in page.evaluate(CHECK, LEVELS)]
    assert overflow(page) > ROUNDING
    assert any("Content Security Policy" in one for one in complaints)
    context.close()


def inbox(world: World, browser: Browser, login: str) -> dict[str, str]:
    """Give the steps in somebody's inbox by their addresses."""
    context = world.context(browser, login, DESK_SCREEN)
    page = context.new_page()
    page.goto("/")
    found = {one.get_attribute("href") or "": one.inner_text() for one in page.locator("a.work-title").all()}
    context.close()
    return found


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the control has the focus, as somebody without a mouse does."""
    for _press in range(60):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{selector} is not reached with Tab at {page.url}")


def type_day(page: Page, selector: str, day: date) -> None:
    """Type into the focused field of a day, in the order of its parts that this Chromium has."""
    for order in ("%d%m%Y", "%m%d%Y"):
        page.keyboard.type(day.strftime(order))
        if page.locator(selector).input_value() == day.isoformat():
            return
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Shift+Tab")
    pytest.fail(f"{selector} does not take {day}: {page.locator(selector).input_value()!r}")


def test_a_slow_answer_never_disturbs_a_day_that_is_being_typed(browser: Browser, world: World) -> None:
    context = world.context(browser, "vanthu.daknong", DESK_SCREEN)
    page, asked = context.new_page(), list[Route]()
    page.goto("/")
    page.locator("a.work-title").first.click()
    page.wait_for_url(re.compile(f"/tasks/{_ID}$"))
    page.route("**/form", lambda one: asked.append(one))  # noqa: PLW0108  Playwright marks the handler
    page.locator("[name=arrival_number]").fill("129")
    tab_to(page, "[name=arrived_on]")
    page.wait_for_function("() => document.activeElement.name === 'arrived_on'")
    page.keyboard.type("05")
    for one in asked:
        with contextlib.suppress(Error):  # the page no longer waits for it
            one.fulfill(response=one.fetch())
    page.keyboard.type("062024")
    page.unroute("**/form")
    with page.expect_response("**/form") as answer:
        tab_to(page, "form#task-form .btn-primary")
    answer.value.finished()
    expect(page.locator("[name=arrived_on]")).to_have_value(re.compile("2024-0(6-05|5-06)"))
    context.close()


def test_a_clerk_registers_a_document_from_the_inbox_with_the_keyboard_alone(
    browser: Browser, world: World
) -> None:
    before = inbox(world, browser, "giamdoc.daknong")
    context = world.context(browser, "", DESK_SCREEN)
    page, complaints = context.new_page(), list[str]()
    heed(page, complaints)
    page.goto("/")
    tab_to(page, "[name=username]")
    page.keyboard.type("vanthu.daknong")
    tab_to(page, "[name=password]")
    page.keyboard.type(directory.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("a.work-title")
    page.keyboard.press("j")
    task = page.evaluate("() => document.activeElement.getAttribute('href')")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/tasks/{_ID}$"))
    expect(page.locator("h1")).to_have_text("Đăng ký văn bản đến")
    tab_to(page, "[name=arrival_number]")
    page.keyboard.press("Control+A")
    page.keyboard.type("128")
    tab_to(page, "[name=arrived_on]")
    type_day(page, "[name=arrived_on]", world.today)
    tab_to(page, "form#task-form .btn-primary")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đã xong bước “Đăng ký văn bản đến”.")).to_be_visible()
    assert page.locator(f"main a[href='{task}']").count() == 0
    context.close()
    after = inbox(world, browser, "giamdoc.daknong")
    assert [step for address, step in after.items() if address not in before] == ["Cho ý kiến chỉ đạo"]
    assert complaints == []


def test_an_officer_hands_in_a_result_from_the_inbox_on_a_phone(browser: Browser, world: World) -> None:
    before = inbox(world, browser, "truongphong.khtc")
    context = world.context(browser, "chuyenvien.khtc", PHONE_SCREEN)
    page, complaints = context.new_page(), list[str]()
    heed(page, complaints)
    page.goto("/")
    first = page.locator("a.work-title").first
    task = first.get_attribute("href")
    first.click()
    page.wait_for_url(re.compile(f"/tasks/{_ID}$"))
    expect(page.locator("h1")).to_have_text("Thực hiện, cập nhật tiến độ")
    page.get_by_role("button", name="Trình kết quả").click()
    expect(page.locator(".is-invalid").first).to_be_visible()
    complaints.clear()  # the browser itself calls the answer 422 an error
    page.get_by_label("Ngày của kết quả").fill(world.today.isoformat())
    page.locator("[name=result_statement]").fill("Đã cân đối kinh phí và có văn bản gửi các phòng.")
    page.get_by_role("button", name="Trình kết quả").click()
    expect(page.get_by_text("Đã xong bước “Thực hiện, cập nhật tiến độ”.")).to_be_visible()
    assert page.locator(f"main a[href='{task}']").count() == 0
    assert overflow(page) <= ROUNDING
    context.close()
    after = inbox(world, browser, "truongphong.khtc")
    assert [step for address, step in after.items() if address not in before] == ["Duyệt kết quả"]
    assert complaints == []


def switch(page: Page, language: str) -> None:
    """Choose a language in the menu of the person."""
    page.goto("/profile")
    page.locator(".dropdown button.header-action").click()
    page.get_by_role("banner").get_by_role("button", name=language).click()
    page.wait_for_load_state()


@pytest.mark.parametrize("login", ["thanhtra", "chutich.lhh"])
def test_the_english_switch_leaves_no_vietnamese_word_of_the_navigation(
    browser: Browser, world: World, login: str
) -> None:
    context = world.context(browser, login, DESK_SCREEN)
    page = context.new_page()
    page.goto("/")
    vietnamese = {words.partition("\n")[0].strip() for words in page.locator(".nav-entry").all_inner_texts()}
    places = [one.get_attribute("href") or "" for one in page.locator(".nav-entry").all()]
    switch(page, "English")
    faults: list[str] = []
    for place in [*places, "/notifications", "/search?q=1394", "/profile", "/delegations"]:
        answer = page.goto(place)
        assert answer is not None
        assert answer.status == 200, place
        assert page.locator("html").get_attribute("lang") == "en", place
        frame = [one for one in page.evaluate(FRAME) if one != "Tiến Độ"]
        words = set(page.evaluate(WORDS)) & (vietnamese - {"Webhook"})
        faults += [f"{place}: {one}" for one in [*filter(MARKED.search, frame), *sorted(words)]]
    switch(page, "Tiếng Việt")
    assert page.locator("html").get_attribute("lang") == "vi"
    context.close()
    assert faults == []
