"""How much of a process its scenarios walk: the elements and sequence flows that never ran."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml.etree import _Element as XmlElement

from engine import xml_gate
from engine.bpmn import BPMN, FLOW_NODES, is_event_subprocess, local
from foundation.errors import NotFound
from foundation.texts import _

#: gateways whose chosen flows history tells
_CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "complexGateway"})


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How much of a process was walked."""

    process: str
    elements: int
    #: elements no scenario passes, in the order of the diagram
    missed: tuple[str, ...]
    flows: int
    #: sequence flows no scenario takes, in the order of the diagram
    missed_flows: tuple[str, ...]

    @property
    def percent(self) -> int:
        """The share of the elements that are passed."""
        return _percent(self.elements, len(self.missed))

    @property
    def flow_percent(self) -> int:
        """The share of the flows that are taken."""
        return _percent(self.flows, len(self.missed_flows))

    @property
    def lowest(self) -> int:
        """The smaller of both shares: what a threshold is compared with."""
        return min(self.percent, self.flow_percent)


def measure(
    files: Mapping[str, bytes], process: str, visited: Iterable[str], chosen: Iterable[str]
) -> Coverage:
    """Compare a process with the elements that were passed and the flows that gateways chose."""
    passed, taken = set(visited), set(chosen)
    nodes = dict(_nodes(files, process))
    elements = [one for one, node in nodes.items() if not is_event_subprocess(node)]
    flows = list(_process(files, process).iter(f"{BPMN}sequenceFlow"))
    several = _sources_of_several(flows)
    missed_flows = [flow for flow in flows if not _was_taken(flow, nodes, passed, taken, several)]
    return Coverage(
        process=process,
        elements=len(elements),
        missed=tuple(one for one in elements if one not in passed),
        flows=len(flows),
        missed_flows=tuple(str(flow.get("id")) for flow in missed_flows),
    )


def listening(files: Mapping[str, bytes], process: str) -> frozenset[str]:
    """Give the boundary and start events: they wait beside the flow, not in it."""
    beside = {"boundaryEvent", "startEvent"}
    return frozenset(identity for identity, node in _nodes(files, process) if local(node) in beside)


def _was_taken(
    flow: XmlElement,
    nodes: Mapping[str, XmlElement],
    passed: set[str],
    chosen: set[str],
    several: frozenset[str],
) -> bool:
    """Tell whether a token went over a flow.

    A gateway says which flows it chose. The only flow out of a passed element was taken; behind an event
    gateway it is the one to the event that happened.
    """
    source, target = str(flow.get("sourceRef")), str(flow.get("targetRef"))
    if str(flow.get("id")) in chosen:
        return True
    kind = local(nodes[source]) if source in nodes else ""
    if kind == "eventBasedGateway":
        return source in passed and target in passed
    return kind not in _CHOOSING and source in passed and source not in several


def _sources_of_several(flows: Iterable[XmlElement]) -> frozenset[str]:
    seen: set[str] = set()
    several: set[str] = set()
    for flow in flows:
        source = str(flow.get("sourceRef"))
        (several if source in seen else seen).add(source)
    return frozenset(several)


def _nodes(files: Mapping[str, bytes], process: str) -> Iterator[tuple[str, XmlElement]]:
    """Give the flow nodes of a process with their ids, in the order of the diagram."""
    for node in _process(files, process).iter(f"{BPMN}*"):
        if local(node) in FLOW_NODES:
            yield node.get("id") or "", node


def _process(files: Mapping[str, bytes], process: str) -> XmlElement:
    for name, content in files.items():
        if not name.endswith(".bpmn"):
            continue
        for found in xml_gate.parse(content, file=name).iter(f"{BPMN}process"):
            if found.get("id") == process:
                return found
    raise NotFound(_("Không có quy trình “{process}” trong các tệp.", process=process))


def _percent(total: int, missed: int) -> int:
    return 100 * (total - missed) // total if total else 100
