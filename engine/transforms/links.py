"""Link events become what they stand for: a sequence flow from each throw to the catch of the same name.

BPMN 2.0 §10.5.5 (Link): a pair of link events within one process level acts as an off-page connector. The
events stay as steps without trigger, so that history shows where the token jumped.
"""

from lxml.etree import _Element as XmlElement

from engine.bpmn import children, local
from engine.transforms.tree import Tree, nodes


def join(tree: Tree) -> None:
    """Connect throwing to catching link events, scope by scope; pairs the lint refuses stay untouched."""
    for scope in tree.scopes():
        links = [(node, name) for node in nodes(scope) if (name := link_name(node))]
        catches = {name: node for node, name in links if local(node) == "intermediateCatchEvent"}
        for node, name in links:
            catch = catches.get(name)
            if local(node) == "intermediateThrowEvent" and catch is not None:
                tree.connect(scope, node, catch, origin=node)
                _remove_trigger(node)
        for catch in catches.values():
            _remove_trigger(catch)
            tree.rewrite(catch, "intermediateThrowEvent")


def link_name(node: XmlElement) -> str:
    """Give the name of a link event, empty for other nodes and for links without name."""
    definition = next(children(node, "linkEventDefinition"), None)
    return "" if definition is None else (definition.get("name") or "").strip()


def _remove_trigger(node: XmlElement) -> None:
    for definition in list(children(node, "linkEventDefinition")):
        node.remove(definition)
