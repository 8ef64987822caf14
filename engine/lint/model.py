"""A diagram as the lint reads it: scopes, nodes and flows as drawn, connected where the references hold."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from lxml.etree import _Element as XmlElement

from engine.bpmn import (
    FLOW_NODES,
    SUBPROCESSES,
    by_id,
    child_text,
    children,
    event_definitions,
    event_kind,
    is_event_subprocess,
    is_executable,
    is_true,
    local,
)
from engine.transforms import global_tasks


@dataclass(eq=False, kw_only=True)
class Scope:
    """A process or sub-process with the nodes and flows drawn directly in it."""

    xml: XmlElement
    parent: "Scope | None"
    nodes: list["Node"] = field(default_factory=list)
    flows: list["Flow"] = field(default_factory=list)

    @property
    def is_process(self) -> bool:
        """Tell whether this is the outermost scope."""
        return self.parent is None

    @property
    def is_event_subprocess(self) -> bool:
        """Tell whether an event starts this scope."""
        return is_event_subprocess(self.xml)

    @property
    def starts(self) -> list["Node"]:
        """Give the drawn start events."""
        return [node for node in self.nodes if node.kind == "startEvent"]


@dataclass(eq=False, kw_only=True)
class Node:
    """A flow node as drawn."""

    xml: XmlElement
    scope: Scope
    #: local tag name
    kind: str
    #: none, message, timer … or multiple
    event: str
    definitions: list[XmlElement]
    incoming: list["Flow"] = field(default_factory=list)
    outgoing: list["Flow"] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Give the id, empty when it is missing."""
        return self.xml.get("id") or ""

    @property
    def label(self) -> str:
        """Give the name for people, the id when there is none."""
        return self.xml.get("name") or self.id or self.kind

    @property
    def host_id(self) -> str:
        """Give the id of the activity a boundary event is attached to."""
        return self.xml.get("attachedToRef") or ""

    @property
    def is_interrupting(self) -> bool:
        """Tell whether a boundary or start event ends what it interrupts (the default)."""
        name = "cancelActivity" if self.kind == "boundaryEvent" else "isInterrupting"
        text = self.xml.get(name)
        return text is None or is_true(text)

    @property
    def is_for_compensation(self) -> bool:
        """Tell whether the node undoes another activity and never runs by itself."""
        return is_true(self.xml.get("isForCompensation"))

    @property
    def is_beside_flow(self) -> bool:
        """Tell whether the node is meant to have no incoming flow."""
        return is_event_subprocess(self.xml) or self.is_for_compensation

    def definition(self, tag: str) -> XmlElement | None:
        """Give the event definition with a local tag name."""
        return next((found for found in self.definitions if local(found) == tag), None)


@dataclass(eq=False, kw_only=True)
class Flow:
    """A sequence flow; an end is None when its reference leads nowhere."""

    xml: XmlElement
    source: Node | None
    target: Node | None
    #: text of the condition, None when there is no condition element
    condition: str | None

    @property
    def id(self) -> str:
        """Give the id, empty when it is missing."""
        return self.xml.get("id") or ""

    @property
    def is_default(self) -> bool:
        """Tell whether the source names this flow as its default."""
        return self.source is not None and bool(self.id) and self.source.xml.get("default") == self.id


class Diagram:
    """One BPMN file. Judged are its executable processes, or all of them when none is executable."""

    def __init__(self, root: XmlElement, *, file: str, now: datetime | None = None) -> None:
        """Read the structure once; `now` (aware) is the moment past days are judged by, None judges none."""
        self.root = global_tasks.expanded(root)
        self.now = now
        #: the variables each expression reads, filled while expressions are parsed
        self.names: dict[str, frozenset[str]] = {}
        self.file = file
        self.elements = by_id(self.root)
        self.processes = list(children(self.root, "process"))
        self._nodes_by_id: dict[str, Node] = {}
        self._all_scopes = [scope for process in self.processes for scope in self._read_scopes(process)]
        for scope in self._all_scopes:
            self._read_flows(scope)

    @cached_property
    def executable(self) -> list[XmlElement]:
        """Give the processes that say they are executable."""
        return [process for process in self.processes if is_executable(process)]

    @cached_property
    def scopes(self) -> list[Scope]:
        """Give the scopes that are judged, outer before inner."""
        judged = set(self.executable or self.processes)
        return [scope for scope in self._all_scopes if _process(scope) in judged]

    @cached_property
    def nodes(self) -> list[Node]:
        """Give the nodes that are judged."""
        return [node for scope in self.scopes for node in scope.nodes]

    @cached_property
    def flows(self) -> list[Flow]:
        """Give the sequence flows that are judged."""
        return [flow for scope in self.scopes for flow in scope.flows]

    @cached_property
    def lanes(self) -> dict[str, str]:
        """Give the lane name by id of the flow node drawn in it."""
        return {
            (reference.text or "").strip(): lane.get("name") or lane.get("id") or ""
            for lane in self.root.iter("{*}lane")
            for reference in children(lane, "flowNodeRef")
        }

    def node(self, identity: str) -> Node | None:
        """Give a node of any process of the file."""
        return self._nodes_by_id.get(identity)

    def of_kind(self, *kinds: str) -> Iterator[Node]:
        """Give the judged nodes of some kinds."""
        return (node for node in self.nodes if node.kind in kinds)

    def boundaries(self, host: Node) -> list[Node]:
        """Give the boundary events attached to an activity."""
        return self._boundaries.get(host.id, [])

    @cached_property
    def _boundaries(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.kind == "boundaryEvent":
                found.setdefault(node.host_id, []).append(node)
        return found

    def _read_scopes(self, process: XmlElement) -> list[Scope]:
        scopes = [Scope(xml=process, parent=None)]
        for scope in scopes:
            for child in scope.xml:
                kind = local(child)
                if kind not in FLOW_NODES:
                    continue
                definitions = event_definitions(child, self.elements)
                node = Node(
                    xml=child, scope=scope, kind=kind, event=event_kind(definitions), definitions=definitions
                )
                scope.nodes.append(node)
                if node.id:
                    self._nodes_by_id.setdefault(node.id, node)
                if kind in SUBPROCESSES:
                    scopes.append(Scope(xml=child, parent=scope))
        return scopes

    def _read_flows(self, scope: Scope) -> None:
        for child in children(scope.xml, "sequenceFlow"):
            has_condition = next(children(child, "conditionExpression"), None) is not None
            flow = Flow(
                xml=child,
                source=self._nodes_by_id.get(child.get("sourceRef") or ""),
                target=self._nodes_by_id.get(child.get("targetRef") or ""),
                condition=child_text(child, "conditionExpression") if has_condition else None,
            )
            scope.flows.append(flow)
            if flow.source is not None:
                flow.source.outgoing.append(flow)
            if flow.target is not None:
                flow.target.incoming.append(flow)


def _process(scope: Scope) -> XmlElement:
    while scope.parent is not None:
        scope = scope.parent
    return scope.xml
