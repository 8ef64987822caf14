"""What an administrator does before some pages have something to show.

Two processes get a second version, one a draft that is being reviewed, some instances are migrated, and a
program elsewhere takes a job, fails at another and leaves a third. Everything is done over HTTP, as the
administrator who is signed in would do it.
"""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import APIResponse, Page

_EXAMPLE = Path(__file__).parent / "examples" / "phe-duyet.bpmn"
#: process → a step and its new name in the second version
RENAMED = {
    "assignment": ("Duyệt kết quả", "Thẩm định, duyệt kết quả"),
    "unit-report": ("Kiểm tra báo cáo", "Kiểm tra, tiếp nhận báo cáo"),
}
#: the same in the draft that is being reviewed
REVIEWED = ("directive-cycle", "Ký kế hoạch", "Ký, ban hành kế hoạch")
NOTE = "Đổi tên bước theo Quy chế làm việc năm 2026."
SIGNING, TOPIC = "ky-so", "van-ban.ky-so"
WORKER = "may-ky-so-1"


def stage(page: Page) -> None:
    """Bring the sample province there; LookupError names a step that was refused."""
    page.goto("/definitions")
    for key, (old, new) in RENAMED.items():
        _draft(page, key, _renamed(page, key, old, new))
        _publish(page, key)
    key, old, new = REVIEWED
    _draft(page, key, _renamed(page, key, old, new))
    _post(page, f"/definitions/{key}/review/send", {"revision": "1", "remark": "Đề nghị duyệt tên bước mới."})
    _post(page, f"/definitions/{key}/review/remark", {"revision": "1", "remark": "Đúng với Điều 12 Quy chế."})
    _post(page, "/definitions/unit-report/migrations/begin", {"source": "1", "target": "2", "reason": NOTE})
    _leave_jobs(page)


def _leave_jobs(page: Page) -> None:
    _draft(page, SIGNING, _signing())
    _publish(page, SIGNING)
    headers = {"Authorization": f"Bearer {_key(page)}"}

    def call(path: str, body: dict[str, Any]) -> Any:
        return _made(page.request.post(f"/api/v1{path}", data=body, headers=headers)).json()

    for _number in range(3):
        call("/instances", {"process": SIGNING})
    wanted = [{"topic": TOPIC, "lock_seconds": 1800}]
    ask = {"worker": WORKER, "topics": wanted, "max_jobs": 2}
    _kept, given_up = call("/jobs/fetch-and-lock", ask)["items"]
    call(
        f"/jobs/{given_up['id']}/fail",
        {"worker": WORKER, "message": "Chứng thư số đã hết hạn.", "retries_left": 0},
    )


def _signing() -> bytes:
    """Give the example process with its step done by a program elsewhere."""
    drawn = _EXAMPLE.read_text(encoding="utf-8")
    drawn = drawn.replace('id="phe-duyet"', f'id="{SIGNING}"').replace('"phe-duyet"', f'"{SIGNING}"')
    drawn = drawn.replace("Phê duyệt (ví dụ)", "Ký số văn bản (ví dụ)").replace("Phê duyệt đề nghị", "Ký số")
    opening = f'<bpmn:serviceTask id="decide" name="Ký số" camunda:type="external" camunda:topic="{TOPIC}">'
    drawn = re.sub(r'<bpmn:userTask id="decide"[^>]*>', opening, drawn)
    return drawn.replace("</bpmn:userTask>", "</bpmn:serviceTask>").encode()


def _renamed(page: Page, key: str, old: str, new: str) -> bytes:
    drawn = _made(page.request.get(f"/definitions/{key}/versions/1/diagram.bpmn")).text()
    if f'name="{old}"' not in drawn:
        raise LookupError(f"no step {old} in {key}")
    return drawn.replace(f'name="{old}"', f'name="{new}"').encode()


def _draft(page: Page, key: str, content: bytes) -> None:
    headers = {"X-CSRF-Token": _token(page), "Content-Type": "application/xml"}
    _made(page.request.post(f"/definitions/{key}/draft", data=content, headers=headers))


def _publish(page: Page, key: str) -> None:
    _post(page, f"/definitions/{key}/review", {"revision": "1", "note": NOTE, "effective_at": ""})


def _key(page: Page) -> str:
    """Make an API key for the first account of the list that may do everything."""
    listed = _made(page.request.get("/accounts")).text()
    found = re.search(r'href="(/accounts/[0-9a-f]{32})"[^>]*>\s*quantri\b', listed)
    if found is None:
        raise LookupError("no account of the administrator on /accounts")
    answer = _post(page, f"{found[1]}/keys", {"name": "Máy ký số", "expires": ""})
    secret = re.search(r'class="secret[^"]*">([^<]+)<', answer.text())
    if secret is None:
        raise LookupError("the answer shows no key")
    return secret[1].strip()


def _post(page: Page, path: str, form: dict[str, str]) -> APIResponse:
    values: dict[str, Any] = dict(form)
    return _made(page.request.post(path, form=values, headers={"X-CSRF-Token": _token(page)}))


def _token(page: Page) -> str:
    return page.locator("meta[name=csrf-token]").get_attribute("content") or ""


def _made(answer: APIResponse) -> APIResponse:
    if not answer.ok:
        raise LookupError(f"{answer.url} answers {answer.status}: {answer.text()[:300]}")
    return answer
