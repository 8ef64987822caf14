"""Drawings that nobody meant to execute: imported, opened and given back as they came; never published."""

from io import BytesIO

import pytest

from tests.engine.lint.foreign import FILES
from tests.web.office import Browser, Office, office

__all__ = ["office"]

MODEL = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"'
SKETCH = (
    f'<definitions {MODEL}><process id="sketch"><startEvent id="s"/><serviceTask id="t"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="t"/><textAnnotation id="a"><text>?</text></textAnnotation>'
    "</process></definitions>"
).encode()
DRAWINGS = {"sketch": SKETCH, "choreography": FILES["choreography"](), "pools": FILES["black boxes"]()}


@pytest.fixture
def admin(office: Office) -> Browser:
    return office.browser("admin")


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_imported_opened_and_given_back_whole(admin: Browser, name: str) -> None:
    content = DRAWINGS[name]
    answer = admin.post(
        "/definitions/import",
        {"file": (BytesIO(content), f"{name}.bpmn")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 200
    assert admin.get(f"/definitions/{name}/edit").status_code == 200
    assert admin.get(f"/definitions/{name}/draft.bpmn").data == content


@pytest.mark.parametrize("name", DRAWINGS)
def test_lint_says_what_a_drawing_lacks_and_publishing_is_refused(admin: Browser, name: str) -> None:
    headers = {"X-CSRF-Token": admin.csrf_token}
    found = admin.post(
        f"/definitions/lint?key={name}", DRAWINGS[name], headers=headers, content_type="application/xml"
    )
    rules = {one["rule"] for one in (found.json or {})["findings"]}
    assert "file.no-executable-process" in rules
    answer = admin.post(
        f"/definitions/{name}/publish", DRAWINGS[name], headers=headers, content_type="application/xml"
    )
    assert answer.status_code == 422
