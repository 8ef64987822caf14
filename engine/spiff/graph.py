"""The graph of one process: nodes, flows, scopes. Built once per definition, read-only afterwards."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.spiff.elements import Element, EventDefinition, Flow

if TYPE_CHECKING:
    from engine.spiff.nodes.base import Node

#: events that throw
THROWS = frozenset({"endEvent", "intermediateThrowEvent"})


class ProcessGraph(WorkflowSpec):  # type: ignore[misc]  # SpiffWorkflow is untyped
    """A SpiffWorkflow specification whose task specs are our nodes, connected by named flows."""

    def __init__(self, process_id: str, name: str) -> None:
        """Begin an empty graph."""
        super().__init__(name=process_id)
        self.description = name
        #: live instances may not share a business key (`tiendo:uniqueBusinessKey`)
        self.is_key_unique = False
        self.flows: dict[str, Flow] = {}
        self._start_nodes: dict[str | None, list[Node]] = {}
        self._event_subprocesses: dict[str | None, list[Node]] = {}
        self._undo_subprocesses: dict[str | None, Node] = {}
        self._compensated_scopes: set[str | None] = set()
        self._reach_cache: dict[tuple[str, str], frozenset[str]] = {}

    def node(self, node_id: str) -> "Node":
        """Give the node with this id; KeyError when the graph has none."""
        found: Node = self.task_specs[node_id]
        return found

    @property
    def nodes(self) -> tuple["Node", ...]:
        """All drawn nodes in document order."""
        return tuple(node for node in self.task_specs.values() if node is not self.start)

    def connect(self, flow: Flow) -> None:
        """Add a sequence flow between two nodes."""
        self.flows[flow.id] = flow
        source, target = self.node(flow.source), self.node(flow.target)
        source.outgoing.append(flow)
        target.incoming.append(flow)
        source.connect(target)

    def close(self) -> None:
        """Index starts, boundary events and event sub-processes once all nodes are known."""
        for node in self.nodes:
            element = node.element
            if element.attached_to is not None:
                self._attach(node, self.node(element.attached_to))
            elif element.is_for_compensation:
                continue
            elif element.type == "subProcess" and element.is_event_subprocess:
                self._event_subprocesses.setdefault(node.scope, []).append(node)
            elif element.type == "startEvent" or (not node.incoming and node.is_implicit_start):
                self._start_nodes.setdefault(node.scope, []).append(node)

        self._index_compensation()

    def _attach(self, boundary: "Node", host: "Node") -> None:
        """Compensation events do not listen while the activity runs: they say what undoes it afterwards."""
        if boundary.element.event.kind != "compensation":
            host.boundaries.append(boundary)
        elif boundary.element.handler is not None:
            host.compensation, host.handler = boundary, self.node(boundary.element.handler)

    def _index_compensation(self) -> None:
        """Find the compensation event sub-processes, and the scopes in which anything may ever be undone."""
        for scope, subprocesses in self._event_subprocesses.items():
            for node in tuple(subprocesses):
                if any(s.element.event.kind == "compensation" for s in self.starts(node.element.id)):
                    subprocesses.remove(node)
                    self._undo_subprocesses[scope] = node
        for node in self.nodes:
            kind = node.element.event.kind
            if kind in {"compensation", "cancel"} and node.element.type in THROWS:
                self._compensated_scopes.update(self._scopes_seen(node, is_cancel=kind == "cancel"))

    def _scopes_seen(self, node: "Node", *, is_cancel: bool) -> Iterator[str | None]:
        """Give the scopes a throw event undoes: its own, and what is around an event sub-process.

        A cancel end event undoes all around it, up to its transaction.
        """
        scope = node.scope
        yield scope
        while scope is not None:
            around = self.node(scope)
            is_last = around.element.type == "transaction" if is_cancel else scope != node.scope
            if is_last or not (is_cancel or around.element.is_event_subprocess):
                return
            scope = around.scope
            yield scope

    def undo_subprocess(self, scope: str | None) -> "Node | None":
        """Give the compensation event sub-process of a sub-process: what undoes it from inside."""
        return self._undo_subprocesses.get(scope)

    def may_compensate(self, scope: str | None) -> bool:
        """Tell whether completed activities of a scope may ever be undone, by itself or by a scope around."""
        while scope not in self._compensated_scopes:
            if scope is None:
                return False
            scope = self.node(scope).scope
        return True

    def drawn_type(self, element: Element) -> str:
        """Give the tag people drew: of the element, or of the one it was made for."""
        if element.origin:
            origin = self.task_specs.get(element.origin)
            return "process" if origin is None else self.drawn_type(origin.element)
        return element.drawn_as or element.type

    def starts(self, scope: str | None) -> list["Node"]:
        """Give the start nodes of a scope (None = the process itself)."""
        return self._start_nodes.get(scope, [])

    def triggers(self) -> list[tuple[str, EventDefinition]]:
        """Give the events that start the process: element id and definition, in document order."""
        return [trigger for node in self.inside(None) for trigger in node.triggers()]

    def inside(self, scope: str | None) -> list["Node"]:
        """Give the nodes drawn directly in a scope (None = the process itself)."""
        return [node for node in self.nodes if node.scope == scope]

    def event_subprocesses(self, scope: str | None) -> list["Node"]:
        """Give the event sub-processes drawn directly in a scope."""
        return self._event_subprocesses.get(scope, [])

    def reaches(self, start: str, flow: Flow, *, avoiding: str) -> bool:
        """Tell whether a token can still arrive on a flow without passing a node (BPMN 2.0 §13.4.3)."""
        return flow.id in self._reachable_flows(start, avoiding)

    def _reachable_flows(self, start: str, avoiding: str) -> frozenset[str]:
        key = (start, avoiding)
        found = self._reach_cache.get(key)
        if found is None:
            found = self._reach_cache[key] = self._walk(start, avoiding)
        return found

    def _walk(self, start: str, avoiding: str) -> frozenset[str]:
        flows: set[str] = set()
        pending, seen = [self.node(start)], {start}
        while pending:
            node = pending.pop()
            sources = [node, *node.boundaries]
            for flow in (flow for source in sources for flow in source.outgoing):
                flows.add(flow.id)
                if flow.target not in seen and flow.target != avoiding:
                    seen.add(flow.target)
                    pending.append(self.node(flow.target))
        return frozenset(flows)
