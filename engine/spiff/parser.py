"""From a gated and transformed BPMN tree to process graphs, through SpiffWorkflow's parser classes.

Own `ProcessParser` and node parsers: they walk the diagram in a loop (chains of any length), read the
`camunda:` and `tiendo:` attributes that SpiffWorkflow drops, and build our spec class for each element.
"""

from collections.abc import Iterator
from typing import Any

from lxml.etree import _Element as XmlElement
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.node_parser import NodeParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser

from engine.bpmn import SUBPROCESSES, due_date
from engine.spiff import data
from engine.spiff.elements import (
    AdHoc,
    CallMapping,
    ComplexBehaviour,
    Element,
    EventDefinition,
    EventKind,
    Flow,
    Ladder,
    LadderStep,
    MultiInstance,
    StandardLoop,
    TimerKind,
    Value,
    VariableMapping,
    value,
)
from engine.spiff.graph import ProcessGraph
from engine.spiff.nodes import NODE_CLASSES, ProcessNode

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
TIENDO = "{https://tiendo.vn/schema/1.0}"

#: event definition tag → kind
EVENT_KINDS: dict[str, EventKind] = {
    "messageEventDefinition": "message",
    "timerEventDefinition": "timer",
    "signalEventDefinition": "signal",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "conditionalEventDefinition": "conditional",
    "terminateEventDefinition": "terminate",
    "compensateEventDefinition": "compensation",
    "cancelEventDefinition": "cancel",
}
#: event kind → attribute that refers to its root element, and the attribute that names it there
CODES = {
    "signal": ("signalRef", "name"),
    "error": ("errorRef", "errorCode"),
    "escalation": ("escalationRef", "escalationCode"),
}
#: elements whose inner nodes are nodes of the same graph
SCOPES = frozenset({"subProcess", "adHocSubProcess"})
TIMER_KINDS: dict[str, TimerKind] = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}


class ElementParser(NodeParser):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """Reads one flow node into an `Element`; the node class follows from its type."""

    def __init__(self, process_parser: "GraphParser", node: XmlElement) -> None:
        """Know the process the node belongs to (lanes, messages, errors)."""
        self.process_parser = process_parser
        super().__init__(node, process_parser.nsmap, filename=process_parser.filename)

    def read(self) -> Element:
        """Read everything the diagram says about this node."""
        node = self.node
        events = tuple(self._events())
        attributes = {
            key.removeprefix(CAMUNDA): text for key, text in node.attrib.items() if key.startswith(CAMUNDA)
        }
        return Element(
            id=node.get("id"),
            name=node.get("name") or "",
            type=_local(node),
            lane=self.lane,
            documentation=(self.parse_documentation() or "").strip(),
            attributes=attributes | _plain_attributes(node),
            inputs=tuple(self._parameters("inputParameter")),
            outputs=tuple(self._parameters("outputParameter")),
            data_inputs=tuple(data.flows(node, data.INPUT, self.process_parser.items)),
            data_outputs=tuple(data.flows(node, data.OUTPUT, self.process_parser.items)),
            event=_one_of(events),
            events=events if len(events) > 1 else (),
            needs_all_events=node.get("parallelMultiple") == "true",
            is_interrupting=self._is_interrupting(),
            attached_to=node.get("attachedToRef"),
            multi=self._multi_instance(),
            loop=self._standard_loop(),
            ladder=self._ladder(),
            call=self._call_mapping(attributes),
            script=(node.findtext(f"{BPMN}script") or "").strip(),
            retry_cycle=(self._extension_text(f"{CAMUNDA}failedJobRetryTimeCycle") or "R3/PT30S"),
            default_flow=node.get("default"),
            is_event_subprocess=node.get("triggeredByEvent") == "true",
            is_for_compensation=node.get("isForCompensation") == "true",
            handler=self.process_parser.references.handler(node),
            origin=node.get(f"{TIENDO}origin") or "",
            drawn_as=node.get(f"{TIENDO}drawnAs") or "",
            ad_hoc=self._ad_hoc(),
            activation_condition=_feel(node.findtext(f"{BPMN}activationCondition")),
            start_quantity=int(node.get("startQuantity") or 1),
            completion_quantity=int(node.get("completionQuantity") or 1),
            instantiates=node.get("instantiate") == "true",
            needs_all_targets=node.get("eventGatewayType") == "Parallel",
        )

    def _is_interrupting(self) -> bool:
        text = self.node.get("cancelActivity") or self.node.get("isInterrupting") or "true"
        return text == "true"

    def _extensions(self, tag: str) -> Iterator[XmlElement]:
        holder = self.node.find(f"{BPMN}extensionElements")
        return iter(()) if holder is None else holder.iter(tag)

    def _extension_text(self, tag: str) -> str | None:
        found = next(self._extensions(tag), None)
        return None if found is None else (found.text or "").strip() or None

    def _parameters(self, tag: str) -> Iterator[VariableMapping]:
        for parameter in self._extensions(f"{CAMUNDA}{tag}"):
            text = (parameter.text or "").strip()
            yield VariableMapping(target=str(parameter.get("name")), value=value(text))

    def _events(self) -> Iterator[EventDefinition]:
        message = self.node.get("messageRef")
        if message is not None:
            yield self.process_parser.references.message(message)
            return
        for child in self.node:
            kind = EVENT_KINDS.get(_local(child))
            if kind is not None:
                yield self._event_definition(kind, child)

    def _event_definition(self, kind: EventKind, node: XmlElement) -> EventDefinition:
        references = self.process_parser.references
        if kind == "message":
            return references.message(node.get("messageRef") or "")
        if kind == "timer":
            return _timer(node)
        if kind == "conditional":
            text = node.findtext(f"{BPMN}condition") or ""
            return EventDefinition(kind=kind, expression=value(text, expects_expression=True))
        if kind == "compensation":
            activity = _without_prefix(node.get("activityRef")) or None
            return EventDefinition(
                kind=kind, activity=activity, waits=node.get("waitForCompletion") != "false"
            )
        if kind not in CODES:
            return EventDefinition(kind=kind)
        reference, attribute = CODES[kind]
        return EventDefinition(
            kind=kind,
            name=references.attribute(node.get(reference), attribute),
            message=references.attribute(node.get(reference), f"{CAMUNDA}errorMessage"),
            code_variable=node.get(f"{CAMUNDA}{kind}CodeVariable"),
            message_variable=node.get(f"{CAMUNDA}errorMessageVariable"),
        )

    def _multi_instance(self) -> MultiInstance | None:
        loop = self.node.find(f"{BPMN}multiInstanceLoopCharacteristics")
        if loop is None:
            return None
        item = loop.find(f"{BPMN}inputDataItem")
        input_name = item.get("name") or item.get("id") if item is not None else None
        output_item = loop.find(f"{BPMN}outputDataItem")
        output_name = output_item.get("name") or output_item.get("id") if output_item is not None else None
        return MultiInstance(
            is_sequential=loop.get("isSequential") == "true",
            collection=_feel(loop.get(f"{CAMUNDA}collection") or loop.findtext(f"{BPMN}loopDataInputRef")),
            cardinality=_feel(loop.findtext(f"{BPMN}loopCardinality")),
            element_variable=loop.get(f"{CAMUNDA}elementVariable") or input_name or "item",
            completion_condition=_feel(loop.findtext(f"{BPMN}completionCondition")),
            element_key=_feel(loop.get(f"{TIENDO}elementKey")),
            output_collection=loop.get(f"{TIENDO}outputCollection")
            or loop.findtext(f"{BPMN}loopDataOutputRef"),
            output_element=_feel(loop.get(f"{TIENDO}outputElement") or output_name),
            behaviour=loop.get("behavior") or "All",
            event=self._behaviour_event(loop),
            complex=tuple(self._complex_behaviour(loop)),
        )

    def _behaviour_event(self, loop: XmlElement) -> EventDefinition | None:
        """Read what each (`None`) or the first (`One`) completed instance throws."""
        name = (loop.get("behavior") or "").lower()
        found = self.process_parser.references.element(loop.get(f"{name}BehaviorEventRef"))
        return None if found is None else self._definition(found)

    def _complex_behaviour(self, loop: XmlElement) -> Iterator[ComplexBehaviour]:
        for one in loop.iter(f"{BPMN}complexBehaviorDefinition"):
            condition = _feel(one.findtext(f"{BPMN}condition"))
            holder = one.find(f"{BPMN}event")
            found = [] if holder is None else [self._definition(child) for child in holder]
            if condition is not None:
                event = next((one for one in found if one is not None), None)
                yield ComplexBehaviour(condition=condition, event=event)

    def _definition(self, node: XmlElement) -> EventDefinition | None:
        kind = EVENT_KINDS.get(_local(node))
        return None if kind is None else self._event_definition(kind, node)

    def _standard_loop(self) -> StandardLoop | None:
        loop = self.node.find(f"{BPMN}standardLoopCharacteristics")
        if loop is None:
            return None
        return StandardLoop(
            condition=_feel(loop.findtext(f"{BPMN}loopCondition")),
            maximum=_feel(loop.get("loopMaximum")),
            test_before=loop.get("testBefore") == "true",
        )

    def _ad_hoc(self) -> AdHoc | None:
        if _local(self.node) != "adHocSubProcess":
            return None
        return AdHoc(
            is_sequential=self.node.get("ordering") == "Sequential",
            completion_condition=_feel(self.node.findtext(f"{BPMN}completionCondition")),
            cancels_remaining=self.node.get("cancelRemainingInstances") != "false",
        )

    def _ladder(self) -> Ladder | None:
        found = next(self._extensions(f"{TIENDO}escalation"), None)
        if found is None:
            return None
        steps = tuple(
            LadderStep(
                offset=int(step.get("offset") or 0),
                unit=step.get("unit") or "workingDays",
                to=step.get("to") or "assignee",
                action=step.get("action") or "remind",
            )
            for step in found.iter(f"{TIENDO}step")
        )
        return Ladder(
            decision=found.get("decision"), calendar=found.get("calendar") or "default", steps=steps
        )

    def _call_mapping(self, attributes: dict[str, str]) -> CallMapping:
        inputs, outputs = list(self._extensions(f"{CAMUNDA}in")), list(self._extensions(f"{CAMUNDA}out"))
        keys = [element.get("businessKey") for element in inputs if element.get("businessKey")]
        return CallMapping(
            inputs=tuple(_call_mappings(inputs)),
            outputs=tuple(_call_mappings(outputs)),
            all_inputs=any(element.get("variables") == "all" for element in inputs),
            all_outputs=any(element.get("variables") == "all" for element in outputs),
            business_key=value(keys[0]) if keys and keys[0] else None,
            binding=attributes.get("calledElementBinding", "latest"),
            version=attributes.get("calledElementVersion"),
        )


class References:
    """Messages, signals, errors and escalations of a file, looked up by id."""

    def __init__(self, root: XmlElement) -> None:
        """Index the root elements of the file."""
        self._by_id = {child.get("id"): child for child in root if child.get("id")}
        activities = {node.get("id") for node in root.iter() if node.get("isForCompensation") == "true"}
        self._handlers = {
            end: other
            for link in root.iter(f"{BPMN}association")
            for end, other in _ends(link)
            if other in activities
        }

    def attribute(self, reference: str | None, name: str) -> str | None:
        """Give an attribute of the referenced root element, None when either is missing."""
        found = self.element(reference)
        return None if found is None else found.get(name)

    def element(self, reference: str | None) -> XmlElement | None:
        """Give a referenced root element, None when there is none."""
        return self._by_id.get(_without_prefix(reference)) if reference else None

    def handler(self, node: XmlElement) -> str | None:
        """Give the id of the compensation activity that an association connects with a node."""
        return self._handlers.get(str(node.get("id")))

    def message(self, reference: str) -> EventDefinition:
        """Give the event definition for a referenced message with its correlation key."""
        found = self._by_id.get(_without_prefix(reference))
        if found is None:
            return EventDefinition(kind="message")
        key = found.get(f"{TIENDO}correlationKey")
        return EventDefinition(kind="message", name=found.get("name"), correlation_key=_feel(key))


class GraphParser(ProcessParser):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """Builds the graph of one process; sub-processes are scopes inside it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Index the references of the file once."""
        super().__init__(*args, **kwargs)
        self.references = References(self.document_root)
        self.items = data.Items(self.document_root)

    def _parse(self) -> None:
        graph = ProcessGraph(self.bpmn_id, self.get_name())
        graph.is_key_unique = self.node.get(f"{TIENDO}uniqueBusinessKey") in {"true", "1"}
        graph.start = ProcessNode(graph, Element(id="", name=self.get_name(), type="process"), None)
        self.spec = graph
        containers: list[tuple[XmlElement, str | None]] = [(self.node, None)]
        flows: list[Flow] = []
        for container, scope in containers:
            for child in container:
                tag = _local(child)
                if tag == "sequenceFlow":
                    flows.append(_flow(child))
                elif tag in NODE_CLASSES:
                    element = ElementParser(self, child).read()
                    NODE_CLASSES[tag](graph, element, scope)
                    if tag in SUBPROCESSES:
                        containers.append((child, element.id))
        for flow in flows:
            graph.connect(flow)
        graph.close()


class DefinitionParser(BpmnParser):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """SpiffWorkflow's file parser with our process parser; data stores are drawing only."""

    PROCESS_PARSER_CLASS = GraphParser

    def _add_data_stores(self, bpmn: XmlElement) -> None:
        """Leave data stores to the drawing."""


def parse(root: XmlElement, *, file: str) -> dict[str, ProcessGraph]:
    """Build the graphs of all executable processes of a file, by process id."""
    parser = DefinitionParser()
    parser.add_bpmn_xml(root, file)
    return {process_id: parser.get_spec(process_id) for process_id in parser.get_process_ids()}


def _local(node: XmlElement) -> str:
    tag = node.tag
    return str(tag).rpartition("}")[2]


def _plain_attributes(node: XmlElement) -> dict[str, str]:
    """Attributes that are read like the vendor's: the called process and its due date."""
    called = node.get("calledElement")
    found = {} if called is None else {"calledElement": called}
    due = due_date(node) if _local(node) == "callActivity" else ""
    return found | ({"dueDate": due} if due else {})


def _without_prefix(reference: str | None) -> str:
    return (reference or "").rpartition(":")[2]


def _ends(association: XmlElement) -> tuple[tuple[str, str], tuple[str, str]]:
    """Give both ends of an association, in both directions: tools draw the arrow either way."""
    source = _without_prefix(association.get("sourceRef"))
    target = _without_prefix(association.get("targetRef"))
    return (source, target), (target, source)


def _feel(text: str | None) -> Value | None:
    return None if text is None or not text.strip() else value(text, expects_expression=True)


def _one_of(events: tuple[EventDefinition, ...]) -> EventDefinition:
    """Give the one definition of an event; several make a multiple event (BPMN 2.0 §10.5.5)."""
    if len(events) > 1:
        return EventDefinition(kind="multiple")
    return events[0] if events else EventDefinition(kind="none")


def _timer(node: XmlElement) -> EventDefinition:
    for child in node:
        kind = TIMER_KINDS.get(_local(child))
        if kind is not None:
            return EventDefinition(kind="timer", timer_kind=kind, expression=value(child.text or ""))
    return EventDefinition(kind="timer")


def _call_mappings(elements: list[XmlElement]) -> Iterator[VariableMapping]:
    for element in elements:
        target = element.get("target")
        source = element.get("sourceExpression") or element.get("source")
        if target and source:
            yield VariableMapping(target=target, value=value(source, expects_expression=True))


def _flow(node: XmlElement) -> Flow:
    condition = node.find(f"{BPMN}conditionExpression")
    text = condition.text if condition is not None else None
    return Flow(
        id=str(node.get("id")),
        source=str(node.get("sourceRef")),
        target=str(node.get("targetRef")),
        condition=_feel(text),
        is_drawn=node.get(f"{TIENDO}origin") is None,
    )
