"""Takes the pictures of the documentation: `python -m docs.screenshots [NAME…]`.

Starts the real server over a fresh sample province, signs in as the people of the table, and keeps one
picture per page and width in `docs/pictures/`. A page that cannot be reached is named; the exit code is 1.
"""

import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, sync_playwright

from docs import staging

PICTURES = Path(__file__).parent / "pictures"
CHROMIUM = "/usr/bin/chromium"
#: largest picture, in bytes
LARGEST = 250_000
#: width name → width and height in CSS pixels
WIDTHS = {"desktop": (1366, 768), "phone": (390, 844)}
#: loading the sample province may take so long, in seconds
START_SECONDS = 240


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One page to take."""

    #: file name without width and ending
    name: str
    #: who looks; empty for somebody who has not signed in
    login: str
    #: where it begins
    path: str
    #: patterns of addresses: the first link that fits is followed, one after the other
    follow: tuple[str, ...] = ()
    #: a file whose text is put into the text field of the page and sent
    paste: str = ""
    #: an address whose answer is put into the file field of the page
    upload: str = ""
    #: what is pressed before the picture is taken, one after the other
    press: tuple[str, ...] = ()
    #: what must be there before the picture is taken
    ready: str = "main, form"


_ID = r"[0-9a-f]{32}"
CLERK, HEAD, DIRECTOR, OFFICER, ADMIN = "vanthu", "chutich", "giamdoc", "chuyenvien", "quantri"
DRAFTER, REPORTER = "chuyenvien.quangtri", "truongphong.qlcn"
_TASK, _PLAN, _DIRECTIVE = rf"^/tasks/{_ID}$", rf"^/plans/{_ID}$", rf"^/directives/{_ID}$"
_ROUND, _REPORT = rf"^/reports/rounds/{_ID}$", rf"^/reports/consolidated/{_ID}$"
_INSTANCE = rf"^/instances/{_ID}$"

#: every page of the product
SHOTS: tuple[Shot, ...] = (
    Shot(name="sign-in", login="", path="/sign-in"),
    Shot(name="inbox", login=OFFICER, path="/"),
    Shot(name="task", login=DIRECTOR, path="/?q=gia+hạn", follow=(_TASK,)),
    Shot(name="notifications", login=OFFICER, path="/notifications"),
    Shot(name="receiving", login=CLERK, path="/receiving"),
    Shot(name="receiving-review", login=CLERK, path="/receiving", paste="docs/examples/cong-van.txt"),
    Shot(name="documents", login=CLERK, path="/documents"),
    Shot(name="document", login=CLERK, path="/documents?q=2077", follow=(rf"^/documents/{_ID}$",)),
    Shot(name="plans", login=HEAD, path="/plans"),
    Shot(name="plan", login=HEAD, path="/plans", follow=(_PLAN,)),
    Shot(name="plan-draft", login=DRAFTER, path="/plans", follow=(_PLAN,)),
    Shot(name="plan-preview", login=HEAD, path="/plans", follow=(_PLAN, rf"^/plans/{_ID}/preview$")),
    Shot(name="directives", login=HEAD, path="/directives"),
    Shot(name="directive", login=HEAD, path="/directives?q=463", follow=(_DIRECTIVE,)),
    Shot(name="assignment", login=DIRECTOR, path="/", follow=(rf"^/assignments/{_ID}$",)),
    Shot(
        name="assignment-act",
        login=DIRECTOR,
        path="/",
        follow=(rf"^/assignments/{_ID}$", rf"^/assignments/{_ID}/\w+"),
    ),
    Shot(name="reports", login=DIRECTOR, path="/reports"),
    Shot(name="report-round", login=DIRECTOR, path="/reports", follow=(_ROUND,)),
    Shot(name="unit-report", login=REPORTER, path="/reports", follow=(rf"^/reports/units/{_ID}$",)),
    Shot(name="consolidated", login=HEAD, path="/reports?done=1", follow=(_ROUND, _REPORT)),
    Shot(name="figure", login=HEAD, path="/reports?done=1", follow=(_ROUND, _REPORT, r"/figures/")),
    Shot(name="report-paper", login=HEAD, path="/reports?done=1", follow=(_ROUND, _REPORT, r"/print$")),
    Shot(name="board", login=HEAD, path="/board"),
    Shot(name="board-list", login=HEAD, path="/board", follow=(r"^/board/list",)),
    Shot(name="search", login=HEAD, path="/search?q=1394"),
    Shot(name="profile", login=HEAD, path="/profile"),
    Shot(name="organisations", login=ADMIN, path="/organisations"),
    Shot(
        name="organisation",
        login=ADMIN,
        path="/organisations?q=khoa+học",
        follow=(rf"^/organisations/{_ID}",),
    ),
    Shot(name="people", login=ADMIN, path="/people"),
    Shot(name="person", login=ADMIN, path="/people", follow=(rf"^/people/{_ID}$",)),
    Shot(name="delegations", login=ADMIN, path="/delegations"),
    Shot(name="calendar", login=ADMIN, path="/calendar"),
    Shot(name="definitions", login=ADMIN, path="/definitions"),
    Shot(name="definition", login=ADMIN, path="/definitions/assignment", ready=".djs-container svg"),
    Shot(name="definition-new", login=ADMIN, path="/definitions/new"),
    Shot(
        name="editor",
        login=ADMIN,
        path="/definitions/assignment/edit",
        ready="[data-modeler-publish]:enabled",
    ),
    Shot(
        name="definition-review",
        login=ADMIN,
        path="/definitions/directive-cycle/review",
    ),
    Shot(name="definition-versions", login=ADMIN, path="/definitions/assignment/versions"),
    Shot(
        name="definition-compare",
        login=ADMIN,
        path="/definitions/unit-report/differences?from=1&to=2",
        ready="[data-compare=newer][data-ready]",
    ),
    Shot(
        name="bundle",
        login=ADMIN,
        path="/definitions/bundle",
        upload="/definitions/bundle/export?process=directive-cycle",
        press=("#bundle-form .btn",),
        ready="#bundle-preview h3",
    ),
    Shot(name="rules", login=ADMIN, path="/definitions/rules"),
    Shot(
        name="migration-plan",
        login=ADMIN,
        path="/definitions/assignment/migrations/plan?source=1&target=2",
    ),
    Shot(
        name="migration",
        login=ADMIN,
        path="/definitions/unit-report/migrations",
        follow=(rf"/migrations/{_ID}$",),
    ),
    Shot(name="decisions", login=ADMIN, path="/decisions"),
    Shot(name="decision", login=ADMIN, path="/decisions/escalation-ladder"),
    Shot(name="decision-versions", login=ADMIN, path="/decisions/escalation-ladder/versions"),
    Shot(name="decision-new", login=ADMIN, path="/decisions/new"),
    Shot(
        name="decision-editor",
        login=ADMIN,
        path="/decisions/urgency-profile/edit",
        ready="[data-modeler-publish]:enabled",
    ),
    Shot(name="expression-help", login=ADMIN, path="/help/feel"),
    Shot(name="forms", login=ADMIN, path="/definitions/forms"),
    Shot(name="form", login=ADMIN, path="/definitions/forms/extension-decide"),
    Shot(name="instances", login=ADMIN, path="/instances"),
    Shot(
        name="instance",
        login=ADMIN,
        path="/instances?process=assignment",
        follow=(_INSTANCE,),
        ready="main svg",
    ),
    Shot(
        name="instance-history",
        login=ADMIN,
        path="/instances?process=assignment",
        follow=(_INSTANCE, rf"^/instances/{_ID}/history"),
    ),
    Shot(
        name="instance-repair",
        login=ADMIN,
        path="/instances?process=assignment&state=running",
        follow=(_INSTANCE,),
        press=("#repair details:nth-of-type(2) summary",),
        ready="#repair details[open]",
    ),
    Shot(
        name="repair-preview",
        login=ADMIN,
        path="/instances?process=assignment&state=running",
        follow=(_INSTANCE,),
        press=("#repair details:nth-of-type(2) summary", "#repair details[open] .btn-primary"),
        ready="#f-reason",
    ),
    Shot(name="incidents", login=ADMIN, path="/incidents"),
    Shot(name="jobs", login=ADMIN, path="/jobs"),
    Shot(name="webhooks", login=ADMIN, path="/webhooks"),
    Shot(name="accounts", login=ADMIN, path="/accounts"),
)


def main(names: Sequence[str]) -> int:
    """Take the named pictures, or all; gives the exit code."""
    PICTURES.mkdir(exist_ok=True)
    wanted = [shot for shot in SHOTS if not names or shot.name in names]
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as address,
        sync_playwright() as tools,
    ):
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        _prepare(browser, address)
        missing = [problem for width in WIDTHS for problem in _take(browser, address, width, wanted)]
        browser.close()
    for problem in missing:
        click.echo(problem, err=True)
    return int(bool(missing))


def _prepare(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address)
    page = context.new_page()
    sign_in(page, ADMIN)
    staging.stage(page)
    context.close()


def _take(browser: Browser, address: str, width: str, shots: Sequence[Shot]) -> Iterator[str]:
    size = {"width": WIDTHS[width][0], "height": WIDTHS[width][1]}
    for login in dict.fromkeys(shot.login for shot in shots):
        context = browser.new_context(
            viewport=size,  # type: ignore[arg-type]  # playwright's dictionary type is private
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            reduced_motion="reduce",
            base_url=address,
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        errors: list[str] = []
        page.on("console", partial(_note, errors))
        if login:
            sign_in(page, login)
        for shot in (one for one in shots if one.login == login):
            errors.clear()
            try:
                _keep(page, shot, width)
            except (Error, LookupError) as problem:
                yield f"{shot.name} ({width}): {str(problem).splitlines()[0]}"
            yield from (f"{shot.name} ({width}): console: {text[:300]}" for text in errors)
        context.close()


def _note(errors: list[str], said: ConsoleMessage) -> None:
    if said.type == "error":
        errors.append(said.text)


def sign_in(page: Page, login: str) -> None:
    """Sign in with a login of the sample province."""
    page.goto("/sign-in")
    page.fill("[name=username]", login)
    page.fill("[name=password]", _password())
    page.press("[name=password]", "Enter")
    page.wait_for_url(re.compile(r"^(?!.*/sign-in)"))


def _keep(page: Page, shot: Shot, width: str) -> None:
    show(page, shot)
    target_file = PICTURES / f"{shot.name}-{width}.png"
    page.screenshot(path=target_file, animations="disabled", caret="hide")
    if target_file.stat().st_size > LARGEST:
        raise LookupError(f"{target_file.name} has {target_file.stat().st_size} bytes, at most {LARGEST}")


def show(page: Page, shot: Shot) -> None:
    """Bring a signed-in page to where the picture is taken; LookupError when it cannot be reached."""
    answer = page.goto(shot.path)
    for pattern in shot.follow:
        links = [link.get_attribute("href") or "" for link in page.locator("main a[href]").all()]
        target = next((link for link in links if re.search(pattern, link)), None)
        if target is None:
            raise LookupError(f"no link {pattern} on {page.url}")
        answer = page.goto(target)
    if shot.paste:
        page.fill("textarea[name=text]", (Path(__file__).parents[1] / shot.paste).read_text(encoding="utf-8"))
        page.click("main form button.btn-primary")
        page.wait_for_load_state()
    if answer is not None and not answer.ok:
        raise LookupError(f"{page.url} answers {answer.status}")
    act(page, shot)
    page.locator(shot.ready).first.wait_for(state="attached")
    page.wait_for_load_state("networkidle")


def act(page: Page, shot: Shot) -> None:
    """Put in the file and press the buttons of a shot; what was opened is brought into view."""
    if shot.upload:
        content = page.request.get(shot.upload).body()
        page.set_input_files(
            "main input[type=file]", {"name": "goi.zip", "mimeType": "application/zip", "buffer": content}
        )
    for selector in shot.press:
        page.locator(selector).first.click()
        page.wait_for_load_state()


@contextmanager
def served(data: Path) -> Iterator[str]:
    """Start the server over a fresh sample province; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "tiendo.cli",
        "serve",
        "--demo",
        "--port",
        str(port),
        "--data",
        str(data),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:  # noqa: S603  our own program
        try:
            _await(f"http://127.0.0.1:{port}/healthz", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def _await(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _second in range(START_SECONDS):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310  our own server
        except (urllib.error.URLError, OSError):
            time.sleep(1)
        else:
            return
    raise SystemExit("the server did not start")


def _password() -> str:
    from tiendo.demo import directory

    return directory.PASSWORD


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
