"""Drawings of others keep what they say; a loss in the store or the editor is seen."""

# ruff: noqa: E501  a document in one line is easier to read than one cut at column 110

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import missing
from tests.conformance import importing, nasty
from tests.conformance.conftest import corpus
from tests.conformance.house import House
from tests.conformance.importing import Document
from tests.conformance.miwg import editor, suite
from tests.conformance.miwg.comparing import lost
from tests.conformance.miwg.editor import Editor
from tests.conformance.outcomes import Outcome, Result
from tests.conformance.running import Manner
from web import assets

DI = (
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://activiti.org/bpmn" '
    'xmlns:v="urn:vendor" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
#: extensions under a prefix of ours, an edge without element, a process that is drawn nowhere, a lost reference
DRAWING = nasty.document(
    '<collaboration id="c"><participant id="pool" name="Sở" processRef="p"/></collaboration>'
    '<interface id="i" name="i"><operation id="o" name="o"><inMessageRef>nowhere</inMessageRef></operation></interface>'
    '<process id="p" isExecutable="false"><laneSet id="ls"><lane id="l" name="Lãnh đạo"><flowNodeRef>s</flowNodeRef>'
    '</lane></laneSet><startEvent id="s" name="Bắt đầu" v:colour="red"><documentation>Vì sao</documentation>'
    '<extensionElements><v:more n="1"><v:inner>x</v:inner></v:more></extensionElements></startEvent></process>'
    '<process id="q"><userTask id="t" camunda:assignee="an"/></process>'
    '<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="c">'
    '<bpmndi:BPMNShape id="pool_di" bpmnElement="pool" isHorizontal="true"><dc:Bounds x="0" y="0" width="400" '
    'height="200"/></bpmndi:BPMNShape><bpmndi:BPMNShape id="l_di" bpmnElement="l" isHorizontal="true">'
    '<dc:Bounds x="30" y="0" width="370" height="200"/></bpmndi:BPMNShape>'
    '<bpmndi:BPMNShape id="s_di" bpmnElement="s"><dc:Bounds x="90" y="80.0" width="36" height="36"/></bpmndi:BPMNShape>'
    '<bpmndi:BPMNShape id="t_di" bpmnElement="t"><dc:Bounds x="9" y="8" width="36" height="36"/></bpmndi:BPMNShape>'
    '<bpmndi:BPMNEdge id="e_di"><di:waypoint x="1" y="2"/><di:waypoint x="3" y="4"/></bpmndi:BPMNEdge>'
    "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>",
    namespaces=DI,
).encode()  # fmt: skip


@pytest.fixture(scope="module")
def open_editor(houses: tuple[House, ...], browser: Browser) -> Editor:
    if not (assets.DIST / "manifest.json").is_file():
        missing("the front end is not built: run `make assets`")
    return editor.signed_in(browser, houses[0])


def sent(given: list[Document], open_editor: Editor, houses: tuple[House, ...]) -> list[Result]:
    return suite.run_documents(given, open_editor, [houses[:1]], Manner(limit=60))


@pytest.mark.browser
def test_what_the_editor_does_not_show_it_keeps(
    houses: tuple[House, ...], open_editor: Editor, tmp_path: Path
) -> None:
    (tmp_path / "drawing.bpmn").write_bytes(DRAWING)
    (result,) = sent(importing.read(tmp_path), open_editor, houses)
    assert (result.outcome, result.detail) == (Outcome.PASS, "")


@pytest.mark.browser
def test_what_is_no_bpmn_is_refused_clearly(
    houses: tuple[House, ...], open_editor: Editor, tmp_path: Path
) -> None:
    (tmp_path / "page.bpmn").write_bytes(nasty.TEXTS["standards/html.bpmn"].encode())
    (tmp_path / "undrawn.bpmn").write_bytes(nasty.TEXTS["good/one-step.bpmn"].encode())
    page, undrawn = sent(importing.read(tmp_path), open_editor, houses)
    assert page.outcome is Outcome.CLEAR
    assert undrawn.outcome is Outcome.CRASH
    assert "editor" in undrawn.detail


@pytest.mark.browser
@pytest.mark.slow
def test_the_reference_drawings_lose_nothing(houses: tuple[House, ...], open_editor: Editor) -> None:
    results = sent(importing.read(corpus("miwg-reference")), open_editor, houses)
    assert [one for one in results if one.outcome is not Outcome.PASS] == []
    assert len(results) == 21


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('name="Bắt đầu"', 'name="Bắt"'),
        (' v:colour="red"', ""),
        ("<v:inner>x</v:inner>", ""),
        ("<documentation>Vì sao</documentation>", ""),
        ("<flowNodeRef>s</flowNodeRef>", ""),
        ('x="30"', 'x="31"'),
        ('<di:waypoint x="1" y="2"/>', ""),
        ('id="t" camunda', 'id="u" camunda'),
        ("userTask", "task"),
        ("<inMessageRef>nowhere</inMessageRef>", ""),
    ],
)
def test_every_kind_of_loss_is_seen(before: str, after: str) -> None:
    changed = DRAWING.decode().replace(before, after)
    assert changed.encode() != DRAWING
    assert lost(DRAWING, changed.encode())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('y="80.0"', 'y="80"'),
        ("camunda", "activiti"),
        (' isExecutable="false"', ""),
        ("<startEvent id", '<startEvent isInterrupting="true" id'),
        ("<documentation>Vì sao</documentation>", "<documentation>\n Vì sao </documentation>"),
        ("<di:waypoint ", '<di:waypoint xsi:type="dc:Point" '),
    ],
)
def test_another_way_to_write_the_same_is_no_loss(before: str, after: str) -> None:
    changed = DRAWING.decode().replace(before, after)
    assert changed.encode() != DRAWING
    assert lost(DRAWING, changed.encode()) == []
    assert lost(changed.encode(), DRAWING) == []
