"""The table of elements: each row is drawn, and what is refused is refused by name with its reason."""

import pytest

from engine import lint
from engine.bpmn import EVENT_KINDS
from engine.lint import support
from tests.engine.diagrams import Diagram, conditional, diagram, event, link, timer

_TAGS = {kind: tag for tag, kind in EVENT_KINDS.items()}
_REFERENCES = {"message": "m", "signal": "s", "error": "e", "escalation": "l"}


def definition(kind: str) -> str:
    """Give what makes an event one of a kind: a definition, several, or none."""
    if kind == "none":
        return ""
    if kind == "multiple":
        return event("signal", "s") + event("message", "m")
    if kind == "timer":
        return timer("timeDuration", "PT1H")
    if kind == "conditional":
        return conditional("x")
    if kind == "link":
        return link("A")
    reference = f' {kind}Ref="{_REFERENCES[kind]}"' if kind in _REFERENCES else ""
    return f"<bpmn:{_TAGS[kind]}{reference}/>"


def references() -> Diagram:
    return diagram().message("m").signal("s").error("e").escalation("l")


def drawn(row: support.Row) -> Diagram:
    """Draw a diagram that uses the row's element as `x`."""
    body = definition(row.event or "none")
    if row.element == "startEvent":
        if row.place == "process":
            return references().start("x", body).end()
        flag = {"triggeredByEvent": "true"} if row.place == "eventSubProcess" else {}
        return references().start().inside("sub", **flag).start("x", body).end("e1").outside().end()
    if row.element == "boundaryEvent":
        return references().start().user_task("u").end().boundary("x", "u", body).end("e2")
    if (
        row.element.startswith(("global", "conversation", "choreography"))
        and row.element != "choreographyTask"
    ):
        return references().root(f'<bpmn:{row.element} id="x"/>').start().end()
    if row.event == "link" and row.element == "intermediateCatchEvent":
        return references().start().throw("l1", link("A")).at(None).catch("x", body).end()
    drawing = references().start().node(row.element, "x", body)
    return drawing if row.element == "endEvent" else drawing.end()


def refused(drawing: Diagram) -> set[str]:
    found = lint.check({"a.bpmn": drawing.bytes()}, known=None)
    return {finding.element for finding in found if finding.rule == "element.unsupported"}


@pytest.mark.parametrize("row", support.ROWS, ids=lambda row: f"{row.element}-{row.event}-{row.place}")
def test_each_row_of_the_table_holds(row: support.Row) -> None:
    assert refused(drawn(row)) == (set() if row.is_supported else {"x"})


@pytest.mark.parametrize("row", [row for row in support.ROWS if row.reason], ids=lambda row: row.element)
def test_each_refusal_says_why(row: support.Row) -> None:
    found = lint.check({"a.bpmn": drawn(row).bytes()}, known=None)
    (finding,) = [finding for finding in found if finding.rule == "element.unsupported"]
    assert str(row.reason) in str(finding.message)
    assert finding.facts["tag"] == row.element


#: name of a refused use → drawings that use it: tag, attributes, body
USES: dict[str, list[tuple[str, dict[str, str], str]]] = {
    "triggeredByEvent": [
        ("adHocSubProcess", {"triggeredByEvent": "true"}, ""),
        ("transaction", {"triggeredByEvent": "true"}, ""),
    ],
    "method": [("transaction", {"method": "##Store"}, "")],
    "dataAssociation": [
        (
            "callActivity",
            {"calledElement": "p"},
            "<bpmn:dataInputAssociation><bpmn:assignment/></bpmn:dataInputAssociation>",
        ),
        (
            "intermediateThrowEvent",
            {},
            "<bpmn:dataInputAssociation><bpmn:transformation/></bpmn:dataInputAssociation>",
        ),
    ],
}


@pytest.mark.parametrize("feature", support.FEATURES, ids=lambda feature: feature.name)
def test_a_refused_use_of_a_supported_element_names_the_element_and_why(feature: support.Feature) -> None:
    assert feature.name in USES, f"no drawing uses {feature.name}: add one here"
    for tag, attributes, body in USES[feature.name]:
        content = references().start().node(tag, "x", body, **attributes).end().bytes()
        found = lint.check({"a.bpmn": content}, known=None)
        (finding,) = [one for one in found if one.rule == "element.unsupported"]
        assert finding.element == "x"
        assert str(feature.reason) in str(finding.message)


def test_no_drawing_is_left_of_a_use_that_runs_now() -> None:
    assert set(USES) <= {feature.name for feature in support.FEATURES}


def test_an_element_that_bpmn_does_not_allow_there_is_refused() -> None:
    assert refused(references().start().throw("x", definition("timer")).end()) == {"x"}


def test_an_event_definition_by_reference_counts() -> None:
    drawing = diagram().root('<bpmn:cancelEventDefinition id="c"/>')
    drawing.start().throw("x", "<bpmn:eventDefinitionRef>c</bpmn:eventDefinitionRef>").end()
    assert refused(drawing) == {"x"}


def test_data_objects_stores_annotations_and_groups_are_drawing() -> None:
    things = '<bpmn:dataObject id="d1"/><bpmn:dataObjectReference id="d2" dataObjectRef="d1"/>'
    things += '<bpmn:dataStoreReference id="d3"/><bpmn:textAnnotation id="a"/><bpmn:group id="g"/>'
    plain = "<bpmn:dataInputAssociation><bpmn:sourceRef>d2</bpmn:sourceRef></bpmn:dataInputAssociation>"
    drawing = diagram().raw(things).start().user_task("u", plain).end()
    assert lint.check({"a.bpmn": drawing.bytes()}) == []
