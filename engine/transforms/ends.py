"""Implicit starts and ends are drawn (BPMN 2.0 §10.5.2–3, §13.2).

A scope without start event begins at every node that no flow leads to; a path without end event ends where
no flow leaves. Behind this transform each scope has a start event and each path an end event.
"""

from lxml.etree import _Element as XmlElement

from engine.bpmn import ACTIVITIES, children, is_event_subprocess, is_true, local
from engine.transforms.tree import Tree, is_outside_flow, nodes, outgoing, targets

#: what may end a path without an end event; gateways may not
_MAY_END = ACTIVITIES | {"intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent", "startEvent"}
_NEVER_STARTS = frozenset({"boundaryEvent", "endEvent"})


def draw(tree: Tree) -> None:
    """Add the starts and ends that a diagram leaves out."""
    for scope in tree.scopes():
        if local(scope) == "adHocSubProcess":
            continue
        _draw_ends(tree, scope)
        if not is_event_subprocess(scope):
            _draw_start(tree, scope)


def _draw_ends(tree: Tree, scope: XmlElement) -> None:
    leaving = outgoing(scope)
    for node in nodes(scope):
        is_beside = is_outside_flow(node) or _catches_compensation(node)
        if local(node) in _MAY_END and not is_beside and str(node.get("id")) not in leaving:
            end = tree.generate(scope, "endEvent", origin=node, suffix="end")
            tree.connect(scope, node, end, origin=node)


def _catches_compensation(node: XmlElement) -> bool:
    """Tell whether a node is a boundary compensation event: an association leaves it, never a flow."""
    definition = next(children(node, "compensateEventDefinition"), None)
    return local(node) == "boundaryEvent" and definition is not None


def _draw_start(tree: Tree, scope: XmlElement) -> None:
    drawn = nodes(scope)
    reached = targets(scope)
    first = [
        node
        for node in drawn
        if local(node) not in _NEVER_STARTS
        and not is_outside_flow(node)
        and not is_true(node.get("instantiate"))
        and node.get("id") not in reached
    ]
    if any(local(node) == "startEvent" for node in drawn) or not first or not scope.get("id"):
        return
    start = tree.generate(scope, "startEvent", origin=scope, suffix="start")
    if len(first) > 1:
        split = tree.generate(scope, "parallelGateway", origin=scope, suffix="split")
        tree.connect(scope, start, split, origin=scope)
        start = split
    for node in first:
        tree.connect(scope, start, node, origin=scope)
