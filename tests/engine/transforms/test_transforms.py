"""Transforms: what a diagram leaves implicit is drawn, and what is drawn plainly stays."""

from lxml.etree import _Element as XmlElement
from lxml.etree import tostring

from engine import transforms, xml_gate
from engine.bpmn import BPMN, CAMUNDA, by_id, children, local
from tests.engine.diagrams import Diagram, cardinality, diagram, event, extension, link, multi, timer


def transformed(drawing: Diagram) -> dict[str, XmlElement]:
    return by_id(transforms.apply(xml_gate.parse(drawing.bytes(), file="a.bpmn")))


def arrows(elements: dict[str, XmlElement]) -> set[tuple[str, str]]:
    """Give the sequence flows as pairs of source and target."""
    flows = (node for node in elements.values() if local(node) == "sequenceFlow")
    return {(str(flow.get("sourceRef")), str(flow.get("targetRef"))) for flow in flows}


def condition(flow: XmlElement) -> str | None:
    return next((node.text for node in children(flow, "conditionExpression")), None)


def test_a_plain_diagram_stays_as_it_is() -> None:
    root = xml_gate.parse(diagram().start().user_task("u").end().bytes(), file="a.bpmn")
    assert tostring(transforms.apply(root)) == tostring(root)


def test_the_tree_given_is_not_changed() -> None:
    root = xml_gate.parse(diagram().task("a").task("b").bytes(), file="a.bpmn")
    before = tostring(root)
    transforms.apply(root)
    assert tostring(root) == before


def test_generated_elements_are_the_same_on_every_run_and_name_their_origin() -> None:
    root = xml_gate.parse(diagram().task("a").bytes(), file="a.bpmn")
    assert tostring(transforms.apply(root)) == tostring(transforms.apply(root))
    end = by_id(transforms.apply(root))["a__end"]
    assert end.get(transforms.ORIGIN) == "a"


def test_a_generated_id_never_takes_the_place_of_a_drawn_one() -> None:
    elements = transformed(diagram().start().task("a").at("start").task("a__end"))
    assert local(elements["a__end"]) == "task"
    assert local(elements["a__end2"]) == "endEvent"


def test_link_events_become_a_flow_from_each_throw_to_the_catch() -> None:
    drawing = diagram().start().parallel("g").throw("t1", link("A")).at("g").throw("t2", link("A"))
    drawing.at(None).catch("c", link("A")).task("u").end()
    elements = transformed(drawing)
    assert {("t1", "c"), ("t2", "c")} <= arrows(elements)
    assert not any(list(children(elements[name], "linkEventDefinition")) for name in ("t1", "t2", "c"))
    assert local(elements["c"]) == "intermediateThrowEvent"


def test_links_of_the_same_name_in_different_scopes_stay_apart() -> None:
    drawing = diagram().start().inside("s").start("s1").throw("inner", link("A")).outside().end()
    drawing.at(None).catch("outer", link("A")).end("e2")
    assert ("inner", "outer") not in arrows(transformed(drawing))


def test_several_flows_out_of_an_activity_are_a_parallel_split() -> None:
    elements = transformed(diagram().start().task("a").task("b").end().at("a").task("c").end("e2"))
    assert local(elements["a__split"]) == "parallelGateway"
    assert {("a", "a__split"), ("a__split", "b"), ("a__split", "c")} <= arrows(elements)


def test_several_flows_out_of_an_event_are_a_parallel_split() -> None:
    elements = transformed(diagram().start().task("b").end().at("start").task("c").end("e2"))
    assert {("start__split", "b"), ("start__split", "c")} <= arrows(elements)


def test_conditional_flows_out_of_an_activity_are_an_inclusive_choice_that_keeps_flow_ids() -> None:
    drawing = diagram().start().task("a", default="no").at(None).end("x").at(None).end("y")
    drawing.flow("a", "x", "amount > 5", identity="yes").flow("a", "y", identity="no")
    elements = transformed(drawing)
    choice = elements["a__choice"]
    assert (local(choice), choice.get("default")) == ("inclusiveGateway", "no")
    assert elements["a"].get("default") is None
    assert condition(elements["yes"]) == "= amount > 5"
    assert elements["yes"].get("sourceRef") == elements["no"].get("sourceRef") == "a__choice"


def test_an_unconditional_flow_beside_conditional_ones_is_always_taken() -> None:
    drawing = diagram().start().task("a").at(None).end("x").at(None).end("y")
    drawing.flow("a", "x", "amount > 5", identity="some").flow("a", "y", identity="always")
    elements = transformed(drawing)
    assert condition(elements["always"]) == "= true"


def test_beside_a_default_flow_the_unconditional_flow_does_not_count_as_a_choice() -> None:
    drawing = diagram().start().task("a", default="no").at(None).end("x").end("y").end("z")
    drawing.flow("a", "x", "amount > 5").flow("a", "y", identity="no").flow("a", "z", identity="always")
    found = arrows(transformed(drawing))
    assert {("a", "a__split"), ("a__split", "z"), ("a__split", "a__choice"), ("a__choice", "y")} <= found


def test_conditions_on_a_parallel_gateway_and_on_a_default_flow_are_dropped() -> None:
    drawing = diagram().start().parallel("g").at(None).exclusive("x", default="d").end("a").end("b")
    drawing.flow("g", "x", "false", identity="c").flow("x", "a", "false", identity="d").flow("x", "b", "true")
    elements = transformed(drawing)
    assert condition(elements["c"]) is None
    assert condition(elements["d"]) is None


def test_a_scope_without_start_begins_at_every_node_no_flow_leads_to() -> None:
    elements = transformed(diagram().task("a").end().at(None).task("b").end("e2"))
    assert {("p__start", "p__split"), ("p__split", "a"), ("p__split", "b")} <= arrows(elements)


def test_an_embedded_sub_process_without_start_and_end_gets_both() -> None:
    elements = transformed(diagram().start().inside("s").task("a").outside().end())
    assert {("s__start", "a"), ("a", "a__end")} <= arrows(elements)
    assert elements["s__start"].getparent() is elements["s"]


def test_event_sub_processes_and_compensation_handlers_are_not_implicit_starts() -> None:
    drawing = diagram().task("a").at(None).task("undo", isForCompensation="true")
    drawing.at(None).inside("s", triggeredByEvent="true").start(
        "s1", timer("timeDuration", "PT1H")
    ).end().outside()
    found = arrows(transformed(drawing))
    assert ("p__start", "a") in found
    assert not {("p__start", "undo"), ("p__start", "s"), ("p__split", "s")} & found


def test_a_boundary_event_without_outgoing_flow_ends_its_path() -> None:
    drawing = diagram().start().task("a").end().boundary("b", "a", timer("timeDuration", "PT1H"))
    assert ("b", "b__end") in arrows(transformed(drawing))


def test_a_referenced_event_definition_is_put_in_place() -> None:
    later = timer("timeDuration", "PT1H").replace("Definition>", 'Definition id="later">', 1)
    drawing = diagram().root(later)
    drawing.start().catch("c", "<bpmn:eventDefinitionRef>tns:later</bpmn:eventDefinitionRef>").end()
    catch = transformed(drawing)["c"]
    assert catch.findtext(f"{BPMN}timerEventDefinition/{BPMN}timeDuration") == "PT1H"


def test_booleans_written_as_digits_become_words() -> None:
    drawing = (
        diagram()
        .message("m")
        .start()
        .task("a")
        .end()
        .boundary("b", "a", event("message", "m"), cancelActivity="0")
    )
    assert transformed(drawing)["b"].get("cancelActivity") == "false"


def test_time_literals_stay_and_time_expressions_are_marked() -> None:
    drawing = (
        diagram().start().catch("c", timer("timeDuration", "PT1H")).catch("d", timer("timeDate", "due at"))
    )
    elements = transformed(drawing.end())
    assert next(elements["c"].iter(f"{BPMN}timeDuration")).text == "PT1H"
    assert next(elements["d"].iter(f"{BPMN}timeDate")).text == "= due at"


def test_a_literal_assignee_stays_a_literal() -> None:
    elements = transformed(
        diagram().start().user_task("u", multi(cardinality("3")), camunda__assignee="an").end()
    )
    assert elements["u"].get(f"{CAMUNDA}assignee") == "an"
    assert next(elements["u"].iter(f"{BPMN}loopCardinality")).text == "= 3"


def test_unmarked_text_of_an_input_parameter_is_a_literal() -> None:
    parameter = '<camunda:inputParameter name="a">hạn chót</camunda:inputParameter>'
    body = extension(f"<camunda:inputOutput>{parameter}</camunda:inputOutput>")
    elements = transformed(diagram().start().user_task("u", body).end())
    assert next(elements["u"].iter(f"{CAMUNDA}inputParameter")).text == "hạn chót"


def test_steps_no_token_can_come_to_are_left_out_with_their_flows() -> None:
    drawing = (
        diagram().start().user_task("u").end().at(None).task("lost").boundary("b", "lost", event("error"))
    )
    elements = transformed(drawing.at("lost").flow("lost", "u"))
    assert "lost" not in elements
    assert "b" not in elements
    assert arrows(elements) == {("start", "u"), ("u", "end")}


def test_a_boundary_path_and_an_event_sub_process_are_not_left_out() -> None:
    drawing = diagram().start().user_task("u").end().boundary("b", "u", event("error")).task("after")
    drawing.at(None).inside("s", triggeredByEvent="true").start("s1", timer("timeDuration", "PT1H")).end(
        "e1"
    ).outside()
    assert {"b", "after", "s", "s1"} <= set(transformed(drawing))


def test_a_receive_task_behind_an_event_gateway_becomes_the_event_it_stands_for() -> None:
    drawing = (
        diagram().message("m").start().node("eventBasedGateway", "g").node("receiveTask", "r", messageRef="m")
    )
    drawing.end().at("g").catch("c", timer("timeDuration", "PT1H")).end("e2")
    receiver = transformed(drawing)["r"]
    assert local(receiver) == "intermediateCatchEvent"
    assert [child.get("messageRef") for child in children(receiver, "messageEventDefinition")] == ["m"]
