"""What changed between two versions of a diagram, element by element, in words of the diagram.

Compared is what the engine executes: flow nodes, sequence flows, lanes, messages, errors. Where shapes are
drawn (diagram interchange) is not a change. A file that does not pass the gate is refused by it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from lxml.etree import QName
from lxml.etree import _Element as XmlElement

from engine import xml_gate
from engine.bpmn import BPMN, FLOW_NODES, local

Kind = Literal["added", "removed", "changed"]

#: elements that are compared by themselves; everything else belongs to the one around it
COMPARED = FLOW_NODES | {
    *("process", "participant", "lane", "sequenceFlow", "dataObject", "textAnnotation"),
    *("message", "signal", "error", "escalation"),
}
#: derived from the flows, or a matter of identity
_IGNORED = frozenset({"incoming", "outgoing", "flowNodeRef", "laneSet"})


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One property that differs; None where it is absent."""

    #: path inside the element: `name`, `camunda:formKey`, `timerEventDefinition/timeDuration` …
    property: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """One element that is new, gone, or different."""

    kind: Kind
    element: str
    #: local tag name: `userTask` …
    type: str
    #: label in the newer version, the older one's for what is gone
    name: str
    differences: tuple[Difference, ...] = ()


def between(older: bytes, newer: bytes, *, file: str = "diagram.bpmn") -> list[Change]:
    """Give the changes from one diagram to another in the order of the newer one, what is gone last."""
    before, after = _elements(older, file), _elements(newer, file)
    found = [_added_or_changed(before.get(key), element) for key, element in after.items()]
    changes = [change for change in found if change is not None]
    changes += [
        Change(kind="removed", element=key, type=local(element), name=_name(element))
        for key, element in before.items()
        if key not in after
    ]
    return changes


def _added_or_changed(old: XmlElement | None, new: XmlElement) -> Change | None:
    identity = new.get("id") or ""
    if old is None:
        return Change(kind="added", element=identity, type=local(new), name=_name(new))
    before, after = _properties(old), _properties(new)
    differences = tuple(
        Difference(property=key, before=before.get(key), after=after.get(key))
        for key in dict.fromkeys([*after, *before])
        if before.get(key) != after.get(key)
    )
    if not differences:
        return None
    return Change(kind="changed", element=identity, type=local(new), name=_name(new), differences=differences)


def _elements(content: bytes, file: str) -> dict[str, XmlElement]:
    root = xml_gate.parse(content, file=file)
    return {
        identity: node
        for node in root.iter(f"{BPMN}*")
        if local(node) in COMPARED and (identity := node.get("id"))
    }


def _properties(element: XmlElement) -> Mapping[str, str]:
    found = {"": local(element)}
    found |= {_label(str(key)): str(value) for key, value in element.attrib.items() if key != "id"}
    for child in element:
        found |= dict(_inner(child, ""))
    return found


def _inner(node: XmlElement, path: str) -> Iterator[tuple[str, str]]:
    tag: object = node.tag  # comments have a function here
    if not isinstance(tag, str) or local(node) in COMPARED | _IGNORED:
        return
    name = _label(tag)
    # wrappers say nothing by themselves; several of a kind are told apart by their names
    here = path if name in {"extensionElements", "camunda:inputOutput"} else f"{path}/{name}".lstrip("/")
    marked = node.get("name") or node.get("target")
    if marked:
        here = f"{here}[{marked}]"
    text = (node.text or "").strip()
    if text:
        yield here, text
    for key, value in node.attrib.items():
        if QName(key).localname not in {"id", "name", "type"}:
            yield f"{here}@{_label(str(key))}", str(value)
    if not text and not node.attrib and not len(node):
        yield here, ""
    for child in node:
        yield from _inner(child, here)


def _label(tag: str) -> str:
    name = QName(tag)
    space = name.namespace or ""
    prefix = "camunda:" if "camunda" in space else "tiendo:" if "tiendo" in space else ""
    return f"{prefix}{name.localname}"


def _name(element: XmlElement) -> str:
    return element.get("name") or element.get("id") or ""
