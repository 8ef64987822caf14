"""What changed between two versions of a diagram, element by element, in words of the diagram.

Compared is what the engine executes: flow nodes, sequence flows, lanes, messages, errors. What is the same
but drawn elsewhere (diagram interchange) is moved: not when the whole drawing was shifted, nor a flow whose
ends moved. References are given by the name of what they refer to. A file that does not pass the gate is
refused by it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from lxml.etree import QName
from lxml.etree import _Element as XmlElement

from engine import xml_gate
from engine.bpmn import BPMN, FLOW_NODES, local, reference

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DC = "http://www.omg.org/spec/DD/20100524/DC"
#: what an editor may write or leave out without changing anything (BPMN 2.0 §10)
_DEFAULTS: Mapping[str, str] = {
    "isInterrupting": "true",
    "cancelActivity": "true",
    "triggeredByEvent": "false",
    "isForCompensation": "false",
    "isExecutable": "false",
    "processType": "None",
    "gatewayDirection": "Unspecified",
    "startQuantity": "1",
    "completionQuantity": "1",
    "parallelMultiple": "false",
    "tiendo:uniqueBusinessKey": "false",
}
#: id → name of the elements of a diagram
Names = Mapping[str, str]
Kind = Literal["added", "removed", "changed", "moved"]

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
    """One element that is new, gone, different, or only drawn elsewhere."""

    kind: Kind
    element: str
    #: local tag name: `userTask` …
    type: str
    #: label in the newer version, the older one's for what is gone
    name: str
    differences: tuple[Difference, ...] = ()


def between(older: bytes, newer: bytes, *, file: str = "diagram.bpmn") -> list[Change]:
    """Give the changes from one diagram to another in the order of the newer one, what is gone last."""
    trees = xml_gate.parse(older, file=file), xml_gate.parse(newer, file=file)
    before, after = _elements(trees[0]), _elements(trees[1])
    names = _names(trees[0]), _names(trees[1])
    found = [_added_or_changed(before.get(key), element, names) for key, element in after.items()]
    changes = [change for change in found if change is not None]
    known = {change.element for change in changes}
    changes += _moved(trees[0], trees[1], after, known, names[1])
    changes += [
        Change(kind="removed", element=key, type=local(element), name=_name(element, names[0]))
        for key, element in before.items()
        if key not in after
    ]
    return changes


def _added_or_changed(old: XmlElement | None, new: XmlElement, names: tuple[Names, Names]) -> Change | None:
    identity = new.get("id") or ""
    if old is None:
        return Change(kind="added", element=identity, type=local(new), name=_name(new, names[1]))
    before, after = _properties(old), _properties(new)
    differences = tuple(
        Difference(
            property=key,
            before=_named(key, before.get(key), names[0]),
            after=_named(key, after.get(key), names[1]),
        )
        for key in dict.fromkeys([*after, *before])
        if before.get(key) != after.get(key)
    )
    if not differences:
        return None
    return Change(
        kind="changed",
        element=identity,
        type=local(new),
        name=_name(new, names[1]),
        differences=differences,
    )


def _moved(
    older: XmlElement,
    newer: XmlElement,
    elements: Mapping[str, XmlElement],
    changed: set[str],
    names: Names,
) -> list[Change]:
    """Give what is drawn elsewhere and otherwise as before."""
    before, after = _drawn(older), _drawn(newer)
    both = [key for key in after if key in before and key in elements]
    shifts = {_shift(before[key], after[key]) for key in both}
    if len(shifts) <= 1:
        return []
    moved = {key for key in both if before[key] != after[key]}
    nodes = {key for key in moved if local(elements[key]) != "sequenceFlow"} | (after.keys() - before.keys())
    return [
        Change(kind="moved", element=key, type=local(elements[key]), name=_name(elements[key], names))
        for key in both
        if key in moved and key not in changed and not _follows(elements[key], nodes)
    ]


def _follows(element: XmlElement, moved: set[str]) -> bool:
    """Tell whether a flow is drawn elsewhere because one of its ends is."""
    return local(element) == "sequenceFlow" and bool(
        {element.get("sourceRef"), element.get("targetRef")} & moved
    )


def _drawn(root: XmlElement) -> dict[str, tuple[tuple[float, float], ...]]:
    """Give the points that say where each element is drawn: corner and size of a shape, way of an edge."""
    found: dict[str, tuple[tuple[float, float], ...]] = {}
    for shape in root.iter(f"{{{_DI}}}BPMNShape"):
        bounds = shape.find(f"{{{_DC}}}Bounds")
        if bounds is not None:
            corner = (_number(bounds, "x"), _number(bounds, "y"))
            found[shape.get("bpmnElement") or ""] = (
                corner,
                (_number(bounds, "width"), _number(bounds, "height")),
            )
    for edge in root.iter(f"{{{_DI}}}BPMNEdge"):
        points = tuple((_number(one, "x"), _number(one, "y")) for one in edge.iter("{*}waypoint"))
        found[edge.get("bpmnElement") or ""] = points
    return found


def _shift(
    before: tuple[tuple[float, float], ...], after: tuple[tuple[float, float], ...]
) -> tuple[float, float]:
    if not before or not after:
        return (0.0, 0.0)
    return (round(after[0][0] - before[0][0], 1), round(after[0][1] - before[0][1], 1))


def _number(node: XmlElement, name: str) -> float:
    """Read a coordinate; drawings with other text in it are drawn at 0 by everybody."""
    try:
        return round(float(node.get(name) or 0), 1)
    except ValueError:
        return 0.0


def _elements(root: XmlElement) -> dict[str, XmlElement]:
    return {
        identity: node
        for node in root.iter(f"{BPMN}*")
        if local(node) in COMPARED and (identity := node.get("id"))
    }


def _properties(element: XmlElement) -> Mapping[str, str]:
    found = {"": local(element)}
    for key, value in element.attrib.items():
        label = _label(str(key))
        if key != "id" and _DEFAULTS.get(label) != value:
            found[label] = str(value)
    for child in element:
        for path, text in _inner(child, ""):
            found[_free(path, found)] = text
    return found


def _names(root: XmlElement) -> Names:
    return {key: node.get("name") or "" for node in root.iter(f"{BPMN}*") if (key := node.get("id"))}


def _named(path: str, value: str | None, names: Names) -> str | None:
    """Give the name behind a reference (`sourceRef`, `messageEventDefinition@messageRef`)."""
    is_reference = path == "default" or (path.rpartition("@")[2].endswith("Ref") and ":" not in path)
    if value is None or not is_reference:
        return value
    return names.get(reference(value)) or value


def _free(path: str, found: Mapping[str, str]) -> str:
    """Number what is there several times: the second step of a ladder is not the first."""
    free, number = path, 2
    while free in found:
        free, number = f"{path}#{number}", number + 1
    return free


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


def _name(element: XmlElement, names: Names) -> str:
    """Give the label of an element; a flow without one is told by its ends."""
    own = element.get("name")
    if own or local(element) != "sequenceFlow":
        return own or element.get("id") or ""
    ends = [element.get("sourceRef") or "", element.get("targetRef") or ""]
    return " → ".join(names.get(end) or end for end in ends)
