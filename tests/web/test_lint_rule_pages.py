"""The page of rules: every rule with reason, example and remedy; findings lead to their own."""

import pytest

from engine import lint
from tests.web.office import Browser, Office, office

__all__ = ["office"]

BROKEN = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
<process id="p" isExecutable="true"><startEvent id="s"/><receiveTask id="r"/>
<sequenceFlow id="f" sourceRef="s" targetRef="r"/></process></definitions>"""


@pytest.fixture
def admin(office: Office) -> Browser:
    return office.browser("admin")


def test_every_rule_is_on_the_page_with_reason_and_example(admin: Browser) -> None:
    page = admin.get("/definitions/rules").text
    for entry in lint.catalogue():
        assert f'id="{entry.code}"' in page
    assert page.count("Vì sao</dt>") == page.count("Ví dụ vi phạm</dt>") == len(lint.catalogue())


def test_a_message_is_shown_as_problem_and_remedy(admin: Browser) -> None:
    page = admin.get("/definitions/rules?q=join.never-both").text
    assert "Cổng song song … chờ cả luồng" in page
    assert "Hãy gộp bằng cổng loại trừ" in page


def test_rules_are_found_by_code_words_and_severity(admin: Browser) -> None:
    page = admin.get("/definitions/rules?q=m%C3%BAi+gi%E1%BB%9D&severity=warning").text
    assert 'id="timer.local-time"' in page
    assert 'id="timer.cron"' not in page
    assert "Không có quy tắc nào phù hợp" in admin.get("/definitions/rules?q=xyzzy").text


def test_a_finding_of_the_editor_leads_to_its_rule(admin: Browser) -> None:
    headers = {"X-CSRF-Token": admin.csrf_token}
    answer = admin.post("/definitions/lint", BROKEN, headers=headers, content_type="application/xml")
    helps = {one["rule"]: one["help"] for one in (answer.json or {})["findings"]}
    assert helps["event.reference-missing"] == "/definitions/rules#event.reference-missing"


def test_the_list_of_processes_leads_to_the_rules(admin: Browser) -> None:
    assert 'href="/definitions/rules"' in admin.get("/definitions").text
