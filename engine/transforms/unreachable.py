"""Steps no token can come to are left out, so that none of them ever starts by itself.

BPMN 2.0 §10.5.2: where a start event is drawn, nothing begins without incoming flow. The lint warned.
"""

from lxml.etree import _Element as XmlElement

from engine.bpmn import local
from engine.transforms.tree import Tree, flows, is_outside_flow, nodes, outgoing


def prune(tree: Tree) -> None:
    """Remove the unreachable nodes of all scopes, with the flows that leave them."""
    for scope in tree.scopes():
        drawn = nodes(scope)
        starts = [node for node in drawn if local(node) == "startEvent"]
        if starts:
            reached = _reached(scope, drawn, starts)
            _keep(scope, drawn, reached)


def _reached(scope: XmlElement, drawn: list[XmlElement], starts: list[XmlElement]) -> set[str]:
    leaving = outgoing(scope)
    attached: dict[str, list[str]] = {}
    for node in drawn:
        if local(node) == "boundaryEvent":
            attached.setdefault(node.get("attachedToRef") or "", []).append(str(node.get("id")))
    pending = [str(node.get("id")) for node in (*starts, *filter(is_outside_flow, drawn))]
    reached = set(pending)
    while pending:
        identity = pending.pop()
        following = [flow.get("targetRef") or "" for flow in leaving.get(identity, ())]
        fresh = [found for found in (*following, *attached.get(identity, ())) if found not in reached]
        reached.update(fresh)
        pending += fresh
    return reached


def _keep(scope: XmlElement, drawn: list[XmlElement], reached: set[str]) -> None:
    lost = {str(node.get("id")) for node in drawn} - reached
    if not lost:
        return
    for node in (*drawn, *flows(scope)):
        if node.get("id") in lost or node.get("sourceRef") in lost:
            scope.remove(node)
