"""In the browser: a failed job repaired, a token moved by the diagram, 200 instances on a new version.

The diagrams have shapes, so that they are drawn and can be clicked.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from engine import deployments, instances
from engine.models import ProcessInstance
from engine.ports import JobContext
from foundation.database import UnitOfWork
from tests.browser.conftest import DESK_SCREEN, PHONE_SCREEN, Server, overflow, server, violations
from tests.engine.diagrams import Diagram, diagram

__all__ = ["server"]

pytestmark = pytest.mark.browser

MANY = 200


def with_shapes(drawn: Diagram, *names: str) -> bytes:
    """Add a shape for every step, side by side; sequence flows are drawn between them."""
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}">'
        f'<dc:Bounds x="{120 + 160 * place}" y="100" width="110" height="80"/></bpmndi:BPMNShape>'
        for place, name in enumerate(names)
    )
    plane = (
        '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
        'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="d">'
        f'<bpmndi:BPMNPlane id="plane" bpmnElement="tham-dinh">{shapes}</bpmndi:BPMNPlane>'
        "</bpmndi:BPMNDiagram>"
    )
    return drawn.text().replace("</bpmn:definitions>", f"{plane}</bpmn:definitions>").encode()


def first_version() -> bytes:
    drawn = diagram("tham-dinh", 'name="Thẩm định hồ sơ"').start()
    drawn = drawn.service_task("number", "archive.number").user_task("draft", name="Soạn tờ trình")
    return with_shapes(
        drawn.user_task("check", name="Kiểm tra").end(), "start", "number", "draft", "check", "end"
    )


def second_version() -> bytes:
    drawn = diagram("tham-dinh", 'name="Thẩm định hồ sơ"').start()
    drawn = drawn.service_task("number", "archive.number").user_task("draft", name="Soạn tờ trình")
    drawn = drawn.user_task("consult", name="Lấy ý kiến").end()
    return with_shapes(drawn, "start", "number", "draft", "consult", "end")


def give_number(_work: UnitOfWork, job: JobContext) -> dict[str, Any]:
    if not job.variables.get("book"):
        raise ValueError("chưa có sổ văn bản")
    return {"number": 1}


def deploy(server: Server, content: bytes) -> None:
    with server.desk.stage.database.unit_of_work() as work:
        deployments.deploy(work, {"tham-dinh.bpmn": content})
        work.commit()


def start(server: Server, key: str, **variables: Any) -> str:
    with server.desk.stage.database.unit_of_work() as work:
        made = instances.start(work, "tham-dinh", variables, business_key=key)
        work.commit()
    return made


@contextmanager
def ticking(server: Server) -> Iterator[None]:
    """Let the worker tick, as it does beside the real server."""
    over = threading.Event()

    def tick() -> None:
        while not over.wait(0.1):
            server.runtime.dispatcher.tick()

    worker = threading.Thread(target=tick, daemon=True)
    worker.start()
    yield
    over.set()
    worker.join(timeout=30)


def hold(page: Page) -> None:
    """Hold the page to WCAG A/AA and to its width."""
    assert violations(page) == []
    assert overflow(page) <= 1


def open_form(page: Page, words: str) -> Any:
    box = page.locator("details.disclosure", has=page.get_by_text(words, exact=True))
    box.locator("summary").click()
    return box


def test_an_administrator_repairs_moves_and_migrates(server: Server, browser: Browser) -> None:
    server.runtime.dispatcher.handlers = {**server.runtime.dispatcher.handlers, "archive.number": give_number}
    deploy(server, first_version())
    broken = start(server, "HS-HONG")
    for _try in range(5):
        server.runtime.dispatcher.advance(
            server.desk.stage.clock, server.desk.stage.clock.now() + timedelta(minutes=2)
        )
    for number in range(MANY - 1):
        start(server, f"HS-{number:03}", book="2024")
    page = server.visit(browser, "admin", DESK_SCREEN)

    page.goto(f"/instances/{broken}")
    expect(page.get_by_text("chưa có sổ văn bản")).to_be_visible()
    box = open_form(page, "Sửa biến")
    box.get_by_label("Tên biến").fill("book")
    box.get_by_label("Giá trị mới").fill("2024")
    box.get_by_label("Lý do").fill("Bổ sung sổ văn bản")
    box.get_by_role("button", name="Sửa biến").click()
    page.get_by_label("Số lần thử").fill("3")
    hold(page)
    page.get_by_role("button", name="Thử lại").click()
    expect(page.locator("#incidents")).to_have_count(0)
    expect(page.locator(".outline .is-active").first).to_contain_text("Soạn tờ trình")

    box = open_form(page, "Chuyển vị trí đang chạy đến bước khác")
    page.locator(".plate[data-ready]").wait_for()
    page.locator("[data-element-id=check] .djs-hit").first.click(force=True)
    expect(box.get_by_label("Chuyển đến trước bước")).to_have_value("check")
    hold(page)
    box.get_by_role("button", name="Xem trước và xác nhận").click()
    expect(page.get_by_role("heading", name="Sau khi xác nhận sẽ ở")).to_be_visible()
    page.get_by_label("Lý do").fill("Tờ trình đã có bản giấy")
    hold(page)
    page.get_by_role("button", name="Xác nhận").click()
    done = page.locator("#repaired")
    expect(done).to_contain_text("Chuyển từ “Soạn tờ trình” đến “Kiểm tra”")
    expect(done).to_contain_text("Lý do: Bổ sung sổ văn bản")
    expect(done).to_contain_text("Số lần thử mới: 3.")
    hold(page)

    deploy(server, second_version())
    migrate(server, page)
    page.goto("/instances?q=HS-007")
    page.locator("[data-open]").first.click()
    expect(page.locator("#repaired")).to_contain_text("Sau: phiên bản 2")
    page.goto(f"/instances/{broken}/history")
    expect(page.get_by_text("Lịch sử nguyên vẹn")).to_be_visible()
    hold(page)


def migrate(server: Server, page: Page) -> None:
    """Go through the wizard: versions, dry run, apply, progress, result."""
    page.goto("/definitions/tham-dinh")
    page.get_by_role("link", name="Chuyển phiên đang chạy").click()
    hold(page)
    page.get_by_role("button", name="Chạy thử").click()
    verdicts = page.locator("#verdicts")
    expect(verdicts).to_contain_text("Bước “Kiểm tra” không còn trong phiên bản mới.")
    expect(verdicts.locator("tbody tr")).to_have_count(MANY)
    expect(page.locator(".figures-row")).to_contain_text("199")
    hold(page)
    page.get_by_label("Tiếp tục ở").or_(page.locator("#m-check")).first.select_option("consult")
    page.get_by_role("button", name="Chạy thử lại").click()
    expect(page.get_by_role("heading", name=f"Chuyển {MANY} phiên")).to_be_visible()
    page.get_by_label("Lý do").fill("Theo Quyết định số 12")
    page.get_by_role("button", name="Chuyển các phiên này").click()
    expect(page.locator("#progress")).to_contain_text("Đã xét")
    hold(page)
    with ticking(server):
        expect(page.locator("#progress")).to_contain_text(f"Đã xét {MANY} trên {MANY} phiên", timeout=60_000)
    page.reload()
    expect(page.get_by_text("Đã xong")).to_be_visible()
    hold(page)
    with server.desk.stage.database.reading() as session:
        statement = select(func.count()).where(
            ProcessInstance.key == "tham-dinh", ProcessInstance.definition_version == 2
        )
        assert session.scalar(statement) == MANY


def test_repair_pages_fit_a_phone(server: Server, browser: Browser) -> None:
    deploy(server, first_version())
    made = start(server, "HS-1", book="2024")
    deploy(server, second_version())
    page = server.visit(browser, "admin", PHONE_SCREEN)
    page.goto(f"/instances/{made}")
    for words in ("Chuyển vị trí đang chạy đến bước khác", "Thêm một vị trí", "Sửa biến"):
        open_form(page, words)
    hold(page)
    page.goto("/definitions/tham-dinh/migrations")
    hold(page)
    page.goto("/definitions/tham-dinh/migrations/plan?source=1&target=2")
    hold(page)
