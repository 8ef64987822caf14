"""A receive task behind an event-based gateway is the catching event it stands for (BPMN 2.0 §10.6.6)."""

from lxml import etree
from lxml.etree import _Element as XmlElement

from engine.bpmn import BPMN, local
from engine.transforms.tree import Tree, nodes, outgoing


def become_events(tree: Tree) -> None:
    """Rewrite the receive tasks that an event-based gateway leads to."""
    for scope in tree.scopes():
        drawn = {str(node.get("id")): node for node in nodes(scope)}
        for source, leaving in outgoing(scope).items():
            if source in drawn and local(drawn[source]) == "eventBasedGateway":
                for flow in leaving:
                    target = drawn.get(flow.get("targetRef") or "")
                    if target is not None and local(target) == "receiveTask":
                        _rewrite(tree, target)


def _rewrite(tree: Tree, task: XmlElement) -> None:
    tree.rewrite(task, "intermediateCatchEvent")
    definition = etree.SubElement(task, f"{BPMN}messageEventDefinition")
    reference = task.get("messageRef")
    if reference is not None:
        definition.set("messageRef", reference)
        del task.attrib["messageRef"]
