"""Flows that leave a node without a gateway become flows that leave a gateway.

Several flows out of an activity or event are a parallel split; conditional flows out of an activity are each
decided on their own, which is an inclusive split, with the default flow taken when none holds
(BPMN 2.0 §8.4.13, §13.3.1). Conditions where BPMN gives them no meaning are dropped; the lint warned.
"""

from lxml import etree
from lxml.etree import _Element as XmlElement

from engine.bpmn import ACTIVITIES, BPMN, EVENTS, children, local
from engine.transforms.tree import Tree, nodes, outgoing

#: gateways whose outgoing flows are never decided by conditions
_UNCONDITIONAL = frozenset({"parallelGateway", "eventBasedGateway"})


def make_explicit(tree: Tree) -> None:
    """Rewrite the implicit splits of all scopes."""
    for scope in tree.scopes():
        leaving = outgoing(scope)
        for node in nodes(scope):
            found = leaving.get(str(node.get("id")), [])
            kind = local(node)
            if kind in _UNCONDITIONAL or kind in EVENTS:
                _drop_conditions(found)
            else:
                _drop_conditions([flow for flow in found if flow.get("id") == node.get("default")])
            if kind in ACTIVITIES:
                _split_activity(tree, scope, node, found)
            elif kind in EVENTS and len(found) > 1:
                _gateway(tree, scope, node, "parallelGateway", found)


def _split_activity(tree: Tree, scope: XmlElement, node: XmlElement, found: list[XmlElement]) -> None:
    default_id = node.get("default")
    if default_id is not None:
        del node.attrib["default"]
    conditional = [flow for flow in found if _condition(flow) is not None]
    default = [flow for flow in found if flow.get("id") == default_id]
    decided = {*conditional, *default}
    always = [flow for flow in found if flow not in decided]
    if not conditional:
        if len(found) > 1:
            # without a conditional flow none can hold, so the default flow is always taken
            _gateway(tree, scope, node, "parallelGateway", found)
        return
    if default and always:
        outer, inner_flow = _branch(tree, scope, node, always)
        choice = _gateway(tree, scope, node, "inclusiveGateway", conditional + default, entry=inner_flow)
        outer.tail = None
    else:
        for flow in always:
            _set_condition(flow, "= true")
        choice = _gateway(tree, scope, node, "inclusiveGateway", conditional + always + default)
    if default:
        choice.set("default", str(default_id))


def _branch(
    tree: Tree, scope: XmlElement, node: XmlElement, always: list[XmlElement]
) -> tuple[XmlElement, XmlElement]:
    """Split before the choice: the unconditional flows and the choice each get a token."""
    split = _gateway(tree, scope, node, "parallelGateway", always)
    entry = tree.generate(scope, "sequenceFlow", origin=node, suffix="to_choice")
    entry.set("sourceRef", str(split.get("id")))
    return split, entry


def _gateway(
    tree: Tree,
    scope: XmlElement,
    node: XmlElement,
    tag: str,
    leaving: list[XmlElement],
    *,
    entry: XmlElement | None = None,
) -> XmlElement:
    suffix = "choice" if tag == "inclusiveGateway" else "split"
    gateway = tree.generate(scope, tag, origin=node, suffix=suffix)
    for flow in leaving:
        flow.set("sourceRef", str(gateway.get("id")))
    if entry is None:
        tree.connect(scope, node, gateway, origin=node)
    else:
        entry.set("targetRef", str(gateway.get("id")))
    return gateway


def _condition(flow: XmlElement) -> XmlElement | None:
    return next(children(flow, "conditionExpression"), None)


def _set_condition(flow: XmlElement, text: str) -> None:
    etree.SubElement(flow, f"{BPMN}conditionExpression").text = text


def _drop_conditions(found: list[XmlElement]) -> None:
    for flow in found:
        for condition in list(children(flow, "conditionExpression")):
            flow.remove(condition)
