"""The words of BPMN 2.0 XML: namespaces, element kinds, and small questions asked of a tree everywhere.

Source: BPMN 2.0.2 (OMG formal/2013-12-09), §8.4.5, §10, §15.
"""

from collections.abc import Iterator, Mapping

from lxml.etree import _Element as XmlElement

BPMN_NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA_NAMESPACE = "http://camunda.org/schema/1.0/bpmn"
TIENDO_NAMESPACE = "https://tiendo.vn/schema/1.0"
ZEEBE_NAMESPACE = "http://camunda.org/schema/zeebe/1.0"

BPMN = f"{{{BPMN_NAMESPACE}}}"
CAMUNDA = f"{{{CAMUNDA_NAMESPACE}}}"
TIENDO = f"{{{TIENDO_NAMESPACE}}}"
ZEEBE = f"{{{ZEEBE_NAMESPACE}}}"

TASKS = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "scriptTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
    }
)
SUBPROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | SUBPROCESSES | {"callActivity"}
GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"}
)
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "implicitThrowEvent",
        "boundaryEvent",
    }
)
CHOREOGRAPHY = frozenset({"choreographyTask", "subChoreography", "callChoreography"})
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS | CHOREOGRAPHY

#: tag of an event definition → the word used for it everywhere in the engine
EVENT_KINDS: Mapping[str, str] = {
    "messageEventDefinition": "message",
    "timerEventDefinition": "timer",
    "signalEventDefinition": "signal",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "conditionalEventDefinition": "conditional",
    "linkEventDefinition": "link",
    "terminateEventDefinition": "terminate",
    "cancelEventDefinition": "cancel",
    "compensateEventDefinition": "compensation",
}


def local(node: XmlElement) -> str:
    """Give the local tag name of a BPMN element, empty for elements of other namespaces."""
    tag: object = node.tag  # comments have a function here
    return tag[len(BPMN) :] if isinstance(tag, str) and tag.startswith(BPMN) else ""


def is_true(text: str | None) -> bool:
    """Read an `xsd:boolean`, which may be `true` or `1`."""
    return text is not None and text.strip() in {"true", "1"}


def is_executable(process: XmlElement) -> bool:
    """Tell whether a process says that it may be executed (BPMN 2.0 §10.2, no default: absent is no)."""
    return is_true(process.get("isExecutable"))


def is_event_subprocess(node: XmlElement) -> bool:
    """Tell whether a sub-process is started by an event (BPMN 2.0 §10.3.5)."""
    return local(node) in SUBPROCESSES and is_true(node.get("triggeredByEvent"))


def children(node: XmlElement, name: str) -> Iterator[XmlElement]:
    """Give the direct BPMN children with a local name."""
    return node.iterchildren(f"{BPMN}{name}")


def child_text(node: XmlElement, name: str) -> str:
    """Give the stripped text of the first BPMN child with a local name, empty when there is none."""
    return (node.findtext(f"{BPMN}{name}") or "").strip()


def due_date(node: XmlElement) -> str:
    """Give the due date of an activity as written; a call activity may have it as `tiendo:dueDate` too."""
    text = node.get(f"{CAMUNDA}dueDate")
    if text is None and local(node) == "callActivity":
        text = node.get(f"{TIENDO}dueDate")
    return (text or "").strip()


def extensions(node: XmlElement, tag: str) -> Iterator[XmlElement]:
    """Give the extension elements of a node with a full tag, at any depth inside `extensionElements`."""
    for holder in children(node, "extensionElements"):
        yield from holder.iterdescendants(tag)


def reference(text: str | None) -> str:
    """Give the id of a reference written as a qualified name (`tns:message_1` → `message_1`)."""
    return (text or "").strip().rpartition(":")[2]


def by_id(root: XmlElement) -> dict[str, XmlElement]:
    """Index all BPMN elements with an id; of duplicates the first in document order stays."""
    found: dict[str, XmlElement] = {}
    for node in root.iter(f"{BPMN}*"):
        identity = node.get("id")
        if identity:
            found.setdefault(identity, node)
    return found


def event_definitions(node: XmlElement, elements: Mapping[str, XmlElement]) -> list[XmlElement]:
    """Give the event definitions of an event, those it refers to included (BPMN 2.0 §10.5.5)."""
    found: list[XmlElement] = []
    for child in node:
        name = local(child)
        if name in EVENT_KINDS:
            found.append(child)
        elif name == "eventDefinitionRef":
            target = elements.get(reference(child.text))
            if target is not None and local(target) in EVENT_KINDS:
                found.append(target)
    return found


def event_kind(definitions: list[XmlElement]) -> str:
    """Name the event that definitions make: none, one of `EVENT_KINDS`, or multiple."""
    if not definitions:
        return "none"
    return EVENT_KINDS[local(definitions[0])] if len(definitions) == 1 else "multiple"
