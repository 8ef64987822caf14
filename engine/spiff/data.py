"""Data associations: values that move into an activity before it begins and out when it is done.

BPMN 2.0 §10.4.1 (data objects), §10.4.2 (execution of data associations). A data object, property, data input
or data output is a variable of its name, or of its id when it has none. Of an association the assignments are
carried out when there are any, else the transformation, else the source is copied when it has a value. Data
stores are drawing only.
"""

import re
from collections.abc import Iterator
from typing import Any

from lxml.etree import _Element as XmlElement

from engine.bpmn import BPMN, by_id, children, local, reference
from engine.spiff.elements import DataFlow, value

INPUT, OUTPUT = "dataInputAssociation", "dataOutputAssociation"
#: elements that hold a value under a name
ITEMS = frozenset({"dataObject", "dataObjectReference", "property", "dataInput", "dataOutput"})
_NAME = re.compile(r"\A[^\W\d]\w*\Z")


class Items:
    """The item-aware elements of a file, by id."""

    def __init__(self, root: XmlElement) -> None:
        """Index them once."""
        self._by_id = {key: node for key, node in by_id(root).items() if local(node) in ITEMS}

    def name(self, identity: str | None) -> str | None:
        """Give the variable an item stands for; None when there is no such item."""
        node = self._by_id.get(reference(identity))
        if node is None:
            return None
        held = self._by_id.get(reference(node.get("dataObjectRef")))
        names = [one.get("name") for one in (held, node) if one is not None]
        return next((name for name in names if name), (node if held is None else held).get("id"))

    def target(self, text: str) -> str | None:
        """Give the variable an assignment writes: an item by id, or a plain name; None for anything else."""
        plain = text.strip().removeprefix("=").strip()
        return self.name(plain) or (plain if _NAME.match(plain) else None)


def flows(node: XmlElement, kind: str, items: Items) -> Iterator[DataFlow]:
    """Give what the associations of one kind of an activity move, in document order."""
    for association in children(node, kind):
        assignments = list(children(association, "assignment"))
        for assignment in assignments:
            source = assignment.findtext(f"{BPMN}from") or ""
            target = items.target(assignment.findtext(f"{BPMN}to") or "")
            if target is not None and source.strip():
                yield DataFlow(target=target, value=value(source, expects_expression=True))
        if not assignments:
            yield from _whole(association, items)


def _whole(association: XmlElement, items: Items) -> Iterator[DataFlow]:
    target = items.name(association.findtext(f"{BPMN}targetRef"))
    formula = association.findtext(f"{BPMN}transformation") or ""
    source = items.name(association.findtext(f"{BPMN}sourceRef"))
    if target is None:
        return
    if formula.strip():
        yield DataFlow(target=target, value=value(formula, expects_expression=True))
    elif source is not None and source != target:
        yield DataFlow(target=target, source=source)


def copied(flow: DataFlow, variables: dict[str, Any]) -> dict[str, Any]:
    """Give the variable a plain copy sets; nothing when the source has no value yet."""
    return {flow.target: variables[flow.source]} if flow.source in variables else {}
