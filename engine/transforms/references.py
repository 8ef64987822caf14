"""Event definitions by reference become definitions in place (BPMN 2.0 §10.5.5, `eventDefinitionRef`)."""

from copy import deepcopy

from engine.bpmn import BPMN, EVENT_KINDS, by_id, local, reference
from engine.transforms.tree import ORIGIN, Tree


def inline(tree: Tree) -> None:
    """Put a copy of the referenced definition where an event refers to it."""
    elements = by_id(tree.root)
    for link in list(tree.root.iter(f"{BPMN}eventDefinitionRef")):
        holder, target = link.getparent(), elements.get(reference(link.text))
        if holder is None or target is None or local(target) not in EVENT_KINDS:
            continue
        copy = deepcopy(target)
        del copy.attrib["id"]
        copy.set(ORIGIN, str(target.get("id")))
        copy.tail = None
        holder.replace(link, copy)
