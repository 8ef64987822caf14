"""What every transform needs: the scopes of a diagram, its nodes and flows, new elements with honest ids."""

from collections import Counter
from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element as XmlElement

from engine.bpmn import BPMN, FLOW_NODES, SUBPROCESSES, TIENDO, is_event_subprocess, is_true, local

#: attribute of a generated element: the id of the element it was made for
ORIGIN = f"{TIENDO}origin"
#: attribute of a rewritten element: the tag it was drawn with
DRAWN_AS = f"{TIENDO}drawnAs"


class Tree:
    """A diagram under transformation, with the ids already taken."""

    def __init__(self, root: XmlElement) -> None:
        """Know every id of the file, so that a generated one is never taken twice."""
        self.root = root
        self._copies: Counter[str] = Counter()
        self._taken = {identity for node in root.iter(f"{BPMN}*") if (identity := node.get("id"))}

    def scopes(self) -> Iterator[XmlElement]:
        """Give processes and sub-processes, outer before inner."""
        for node in self.root.iter(f"{BPMN}*"):
            if local(node) == "process" or local(node) in SUBPROCESSES:
                yield node

    def generate(self, scope: XmlElement, tag: str, *, origin: XmlElement, suffix: str) -> XmlElement:
        """Append a new element to a scope; its id is the origin's id, two underscores and a suffix.

        A generated node goes by the name of its origin, so that messages speak of what people drew.
        """
        identity = self._fresh(f"{origin.get('id')}__{suffix}")
        node = etree.SubElement(scope, f"{BPMN}{tag}", {"id": identity, ORIGIN: str(origin.get("id"))})
        if tag in FLOW_NODES and (name := origin.get("name")):
            node.set("name", name)
        node.sourceline = origin.sourceline
        return node

    def _fresh(self, base: str) -> str:
        identity = base
        while identity in self._taken:
            self._copies[base] += 1
            identity = f"{base}{self._copies[base] + 1}"
        self._taken.add(identity)
        return identity

    def rewrite(self, node: XmlElement, tag: str) -> None:
        """Give an element another tag; what it was drawn as stays written on it."""
        node.set(DRAWN_AS, local(node))
        node.tag = f"{BPMN}{tag}"

    def connect(
        self, scope: XmlElement, source: XmlElement, target: XmlElement, *, origin: XmlElement
    ) -> XmlElement:
        """Append a sequence flow between two nodes; its id tells both ends."""
        flow = self.generate(scope, "sequenceFlow", origin=origin, suffix=f"to_{target.get('id')}")
        flow.set("sourceRef", str(source.get("id")))
        flow.set("targetRef", str(target.get("id")))
        return flow


def nodes(scope: XmlElement) -> list[XmlElement]:
    """Give the flow nodes drawn directly in a scope; of duplicate ids, refused by lint, the first."""
    found: dict[str, XmlElement] = {}
    for node in scope:
        if local(node) in FLOW_NODES and (identity := node.get("id")):
            found.setdefault(identity, node)
    return list(found.values())


def flows(scope: XmlElement) -> list[XmlElement]:
    """Give the sequence flows drawn directly in a scope."""
    return [node for node in scope if local(node) == "sequenceFlow"]


def outgoing(scope: XmlElement) -> dict[str, list[XmlElement]]:
    """Give the sequence flows of a scope by the id of their source."""
    found: dict[str, list[XmlElement]] = {}
    for flow in flows(scope):
        found.setdefault(flow.get("sourceRef") or "", []).append(flow)
    return found


def targets(scope: XmlElement) -> set[str]:
    """Give the ids of the nodes of a scope that a sequence flow leads to."""
    return {flow.get("targetRef") or "" for flow in flows(scope)}


def is_outside_flow(node: XmlElement) -> bool:
    """Tell whether a node lives beside the sequence flow: event sub-processes and compensation handlers."""
    return is_event_subprocess(node) or is_true(node.get("isForCompensation"))
