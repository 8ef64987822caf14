"""An administrator repairs and migrates instances in the pages; others cannot even see the forms."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from engine import instances, modifications
from engine.models import ProcessInstance
from tests.engine.diagrams import Diagram, diagram, multi
from tests.web.office import Browser, Office, office

__all__ = ["office"]


@pytest.fixture
def admin(office: Office) -> Browser:
    return office.browser("admin")


def drawn(*names: str) -> Diagram:
    d = diagram("duyet", 'name="Duyệt văn bản"').start()
    for name in names:
        d = d.user_task(name, name={"draft": "Soạn dự thảo", "sign": "Ký ban hành"}.get(name, name))
    return d.end()


@pytest.fixture
def started(office: Office) -> str:
    office.deploy(duyet__bpmn=drawn("draft", "check", "sign").bytes())
    return start(office, so=7)


def start(office: Office, **variables: Any) -> str:
    with office.database.unit_of_work(office.actor("van-thu")) as work:
        made = instances.start(work, "duyet", variables, business_key="45/KH-SKHCN")
        work.commit()
    return made


def token(office: Office, instance: str, element: str = "draft") -> str:
    with office.database.reading() as session:
        found = modifications.positions(session, instances.get(session, instance))
    return next(one.token for one in found if one.element == element)


def steps(office: Office, instance: str) -> list[str]:
    with office.database.reading() as session:
        return sorted(one.element for one in instances.waiting(session, instance))


def confirm(admin: Browser, instance: str, **values: str) -> str:
    """Ask for an act, look at what would happen, confirm; gives the page one comes to."""
    seen = admin.post(f"/instances/{instance}/repair", values)
    assert seen.status_code == 200, seen.text[-1500:]
    assert "Xem trước điều sẽ thay đổi" in seen.text
    done = admin.post(f"/instances/{instance}/repair", {**values, "confirmed": "1", "reason": "Đi nhầm bước"})
    assert done.status_code == 200, done.text[-1500:]
    return done.text


def test_a_token_is_moved_after_a_look_at_what_would_happen(
    office: Office, admin: Browser, started: str
) -> None:
    asked = {"act": "move", "token": token(office, started), "element": "sign", "variables": '{"so": 8}'}
    preview = admin.post(f"/instances/{started}/repair", asked).text
    assert "Soạn dự thảo" in preview
    assert "Ký ban hành" in preview
    assert steps(office, started) == ["draft"]
    text = confirm(admin, started, **asked)
    assert steps(office, started) == ["sign"]
    for words in ("Các lần can thiệp", "Chuyển từ “Soạn dự thảo” đến “Ký ban hành”", "Lý do: Đi nhầm bước"):
        assert words in text
    told = admin.read(f"/instances/{started}/history")
    assert "Trước: Soạn dự thảo" in told
    assert "Sau: Ký ban hành" in told


@pytest.mark.parametrize(
    ("asked", "after"),
    [
        ({"act": "skip", "token": "draft"}, ["check"]),
        ({"act": "add", "element": "check", "side": "before"}, ["check", "draft"]),
        ({"act": "add", "element": "check", "side": "after"}, ["draft", "sign"]),
    ],
)
def test_steps_are_skipped_and_added(
    office: Office, admin: Browser, started: str, asked: dict[str, str], after: list[str]
) -> None:
    if "token" in asked:
        asked = {**asked, "token": token(office, started)}
    confirm(admin, started, **asked)
    assert steps(office, started) == after


def test_a_fork_opens_the_new_instance_which_names_its_origin(
    office: Office, admin: Browser, started: str
) -> None:
    text = confirm(admin, started, act="fork", element="check")
    assert "Tách ra từ một phiên khác" in text
    assert steps(office, started) == ["draft"]
    assert "Các phiên tách ra từ đây" in admin.read(f"/instances/{started}")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"act": "move", "token": "t3", "element": ""}, "Hãy chọn bước"),
        ({"act": "remove", "token": "TOKEN"}, "hủy phiên chạy"),
        (
            {"act": "move", "token": "TOKEN", "element": "sign", "variables": "{so"},
            "Biến phải viết dạng JSON",
        ),
        ({"act": "fly"}, "Hãy chọn việc cần làm"),
        ({"act": "move", "token": "t99", "element": "sign"}, "không còn chờ"),
        ({"act": "skip", "token": "TOKEN", "confirmed": "1"}, "Hãy ghi lý do"),
    ],
)
def test_what_cannot_be_is_said_where_it_was_asked(
    office: Office, admin: Browser, started: str, asked: dict[str, str], words: str
) -> None:
    values = {name: value.replace("TOKEN", token(office, started)) for name, value in asked.items()}
    answer = admin.post(f"/instances/{started}/repair", values)
    assert answer.status_code == 422
    assert words in answer.text
    assert steps(office, started) == ["draft"]


def test_what_was_previewed_is_not_confirmed_over_a_newer_state(
    office: Office, admin: Browser, started: str
) -> None:
    page = admin.read(f"/instances/{started}")
    revision = re.findall(r'name="revision" value="(\d+)"', page)[0]
    asked = {"act": "move", "token": token(office, started), "element": "sign", "revision": revision}
    confirm(admin, started, act="add", element="check", side="before")
    answer = admin.post(f"/instances/{started}/repair", {**asked, "confirmed": "1", "reason": "x"})
    assert answer.status_code == 422
    assert "đã được người khác thay đổi" in answer.text


def test_among_items_the_part_is_chosen(office: Office, admin: Browser) -> None:
    each = multi(camunda__collection="=units", camunda__elementVariable="unit", tiendo__elementKey="=unit")
    d = diagram("duyet").start().inside("part", body=each).start("s").user_task("do").user_task("review")
    office.deploy(duyet__bpmn=d.end("e").outside().end().bytes())
    made = start(office, units=["Sở Y tế", "Sở Nội vụ"])
    page = admin.read(f"/instances/{made}")
    assert "Sở Nội vụ" in page[page.index('id="move-scope"') :]
    refused = admin.post(f"/instances/{made}/repair", {"act": "add", "element": "review"})
    assert refused.status_code == 422
    assert "hãy chọn phần cần can thiệp" in refused.text


def test_forms_of_repair_are_for_administrators(office: Office, started: str) -> None:
    head = office.browser("truong-phong")
    assert "Sửa chữa" not in head.read(f"/instances/{started}")
    assert head.post(f"/instances/{started}/repair", {"act": "move"}).status_code == 403
    assert head.get("/definitions/duyet/migrations").status_code == 403


# --- versions ---------------------------------------------------------------------------------------------


@pytest.fixture
def newer(office: Office, admin: Browser, started: str) -> list[str]:
    """Give three instances of version 1, one of them at a step version 2 lacks."""
    made = [started, start(office), start(office)]
    confirm(admin, started, act="move", token=token(office, started), element="check")
    office.deploy(duyet__bpmn=drawn("draft", "sign").bytes())
    return made


PLAN = {"source": "1", "target": "2"}


def test_a_dry_run_counts_and_says_why(admin: Browser, newer: list[str]) -> None:
    text = admin.read("/definitions/duyet/migrations/plan?source=1&target=2")
    assert re.search(r"<strong>2</strong><span class=\"label\">.*?chuyển được", text, re.DOTALL)
    assert "Bước “check” không còn trong phiên bản mới." in text
    assert text.index(newer[0]) < text.index(newer[1])
    assert "Chuyển 2 phiên" in text


def test_a_step_that_changed_its_id_is_mapped_and_the_dry_run_run_again(
    admin: Browser, newer: list[str]
) -> None:
    text = admin.post("/definitions/duyet/migrations/plan", {**PLAN, "map.check": "sign"}).text
    assert "Chuyển 3 phiên" in text
    assert newer


def test_the_migration_goes_on_by_itself_and_shows_what_came_of_each(
    office: Office, admin: Browser, newer: list[str]
) -> None:
    text = admin.post("/definitions/duyet/migrations/begin", {**PLAN, "reason": "Quyết định 12"}).text
    assert "Đã xét 0 trên 3 phiên" in text
    where = re.findall(r'hx-get="(/definitions/duyet/migrations/\w+/progress)', text)[0]
    office.runtime.dispatcher.settle()
    part = admin.read(where)
    assert "Đã xét 3 trên 3 phiên" in part
    assert "hx-get" not in part
    assert "không còn trong phiên bản mới" in part
    shown = admin.read(f"/instances/{newer[1]}")
    assert "Trước: phiên bản 1" in shown
    assert "Sau: phiên bản 2" in shown
    assert "Quyết định 12" in admin.read("/definitions/duyet/migrations")
    with office.database.reading() as session:
        versions = session.scalars(select(ProcessInstance.definition_version).order_by(ProcessInstance.id))
        assert list(versions) == [1, 2, 2]


def test_a_migration_is_stopped_and_taken_up_again(office: Office, admin: Browser, newer: list[str]) -> None:
    text = admin.post("/definitions/duyet/migrations/begin", {**PLAN, "reason": "x"}).text
    where = re.findall(r'action="(/definitions/duyet/migrations/\w+/stop)', text)[0]
    assert "giữ nguyên phiên bản 1" in admin.post(where).text
    office.runtime.dispatcher.settle()
    assert "Đã xét 0 trên 3" in admin.read(where.removesuffix("/stop"))
    admin.post(where.replace("/stop", "/resume"))
    office.runtime.dispatcher.settle()
    assert "Đã xét 3 trên 3" in admin.read(where.removesuffix("/stop"))
    assert newer


def test_one_instance_alone_can_go(office: Office, admin: Browser, newer: list[str]) -> None:
    page = admin.read(f"/instances/{newer[1]}")
    [where] = re.findall(r'href="(/definitions/duyet/migrations/plan[^"]+)"', page)
    assert "Chuyển 1 phiên" in admin.read(where.replace("&amp;", "&"))
    admin.post("/definitions/duyet/migrations/begin", {**PLAN, "reason": "x", "instance": newer[1]})
    office.runtime.dispatcher.settle()
    with office.database.reading() as session:
        assert instances.get(session, newer[2]).definition_version == 1


def test_no_migration_without_a_reason_or_without_versions(admin: Browser, newer: list[str]) -> None:
    answer = admin.post("/definitions/duyet/migrations/begin", PLAN)
    assert answer.status_code == 422
    assert "Hãy ghi lý do" in answer.text
    same = admin.get("/definitions/duyet/migrations/plan?source=1&target=1", follow_redirects=True)
    assert "phiên bản đích khác nhau" in same.text
    assert newer


def test_a_process_with_one_version_has_nothing_to_choose(admin: Browser, started: str) -> None:
    assert "mới có một phiên bản" in admin.read("/definitions/duyet/migrations")
    assert started
