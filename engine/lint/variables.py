"""Variables: names an expression reads although nothing in the process writes them, where that is certain.

Whoever starts a process, a message, a job or a person without a form may bring any variable, and then
nothing is guessed. Told are names that look like a misspelling of one that is written, counters of a loop
outside of it, and every unknown name of a process in which all that is written is known.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lxml.etree import _Element as XmlElement

from engine.bpmn import CAMUNDA, TIENDO, child_text, children, extensions, local
from engine.findings import Finding
from engine.lint.expressions import Place, places
from engine.lint.model import Diagram, Node, Scope
from engine.rules import Rule, warning
from foundation.texts import _

MISSPELT = warning(
    "variable.misspelt",
    _(
        "{name}: {attribute} đọc biến “{variable}”, không nơi nào ghi; có phải là “{similar}”? Hãy "
        "sửa tên biến."
    ),
    why=_("Biến viết sai tên luôn rỗng, nên điều kiện và hạn tính từ nó đều sai."),
    example="ghi quyet_dinh, đọc quyet_dihn",
)
UNKNOWN = warning(
    "variable.unknown",
    _(
        "{name}: {attribute} đọc biến “{variable}”, không bước nào trong quy trình ghi; hãy ghi "
        "biến này ở bước "
        "trước, hoặc thêm vào biểu mẫu bắt đầu."
    ),
    why=_("Biến không ai ghi luôn rỗng (null)."),
    example="quy trình bắt đầu theo lịch, cổng đọc biến chưa ai ghi",
)
OUT_OF_LOOP = warning(
    "variable.out-of-loop",
    _("{name}: {attribute} đọc “{variable}”, chỉ có bên trong bước lặp; hãy chuyển biểu thức vào bước lặp."),
    why=_("Số đếm của vòng lặp không tồn tại bên ngoài vòng lặp."),
    example="loopCounter trên luồng sau bước lặp",
)

COUNTERS = frozenset(
    f"{word}{kind}"
    for word in ("nrOf", "numberOf")
    for kind in ("Instances", "CompletedInstances", "ActiveInstances", "TerminatedInstances")
) | {"loopCounter"}
#: where a catching event keeps what it caught
_CAUGHT = ("errorCodeVariable", "errorMessageVariable", "escalationCodeVariable")
#: what reads the results of its own step rather than the variables of the process
_LOCAL = ("outputElement", "elementKey", "outputParameter")
_ENTRY = re.compile(r"[{,]\s*\"?([^\W\d]\w*)\"?\s*:")
#: letters from which on a name one letter away is taken for a misspelling
_LONG = 6


class Written(NamedTuple):
    """What a process writes: names, and whether somebody may bring others."""

    names: frozenset[str]
    is_open: bool


def check(diagram: Diagram, fields: Mapping[str, set[str]]) -> Iterator[Finding]:
    """Give the names that are read and certainly not there; `fields` are the keys of forms by form id."""
    nodes_of: dict[XmlElement, list[Node]] = {}
    for node in diagram.nodes:
        nodes_of.setdefault(_process(node.scope), []).append(node)
    written = {process: _written(process, nodes, fields) for process, nodes in nodes_of.items()}
    told: set[tuple[str, str]] = set()
    for place in places(diagram):
        found = written.get(_owner(place.owner))
        if found is None or any(word in place.attribute for word in _LOCAL):
            continue
        for name in sorted(diagram.names.get(place.text, ())):
            finding = _judge(diagram, place, name, found)
            if finding is not None and (key := (finding.element, name)) not in told:
                told.add(key)
                yield finding


def _judge(diagram: Diagram, place: Place, name: str, written: Written) -> Finding | None:
    if name in written.names:
        return None

    def told(rule: Rule, **more: str) -> Finding:
        facts = {"attribute": place.attribute, "variable": name, **more}
        return rule.at(place.owner, diagram.file, severity=None, place=place.source, **facts)

    if name in COUNTERS:
        return None if _is_in_loop(place.owner) or _leave_loops(diagram) else told(OUT_OF_LOOP)
    similar = next((other for other in sorted(written.names) if _is_slip(name, other)), None)
    if similar is not None:
        return told(MISSPELT, similar=similar)
    return None if written.is_open else told(UNKNOWN)


# --- what is written --------------------------------------------------------------------------------------


def _written(process: XmlElement, nodes: list[Node], fields: Mapping[str, set[str]]) -> Written:
    names = {name for part in children(process, "property") if (name := part.get("name"))}
    names |= {name for part in process.iter("{*}dataObject") if (name := part.get("name"))}
    is_open = False
    for node in nodes:
        found, brings_more = _of_node(node, fields)
        names |= found
        is_open = is_open or brings_more
    return Written(frozenset(names), is_open)


def _of_node(node: Node, fields: Mapping[str, set[str]]) -> tuple[set[str], bool]:
    """Give the names a step writes, and whether it may write others."""
    xml = node.xml
    outputs = {str(part.get("name")) for part in extensions(xml, f"{CAMUNDA}outputParameter")}
    names = outputs | {str(part.get("name")) for part in extensions(xml, f"{CAMUNDA}inputParameter")}
    names |= {str(part.get("target")) for part in extensions(xml, f"{CAMUNDA}out") if part.get("target")}
    result = (xml.get(f"{CAMUNDA}resultVariable") or "").strip()
    names |= {result} if result else set()
    caught = (f"{CAMUNDA}{name}" for name in _CAUGHT)
    names |= {kept for name in caught for part in node.definitions if (kept := part.get(name))}
    for loop in xml:
        if local(loop).endswith("LoopCharacteristics"):
            names |= _of_loop(loop)
    return _more(node, names, outputs, result, fields)


def _more(
    node: Node, names: set[str], outputs: set[str], result: str, fields: Mapping[str, set[str]]
) -> tuple[set[str], bool]:
    xml, kind = node.xml, node.kind
    if kind == "scriptTask" and not result:
        return names | set(_ENTRY.findall(child_text(xml, "script"))), False
    if kind in {"userTask", "manualTask", "startEvent"} and not outputs:
        form = (xml.get(f"{CAMUNDA}formKey") or xml.get(f"{CAMUNDA}formRef") or "").strip()
        known = fields.get(form)
        brings_more = known is None and (kind != "startEvent" or node.event != "timer")
        return names | (known or set()), brings_more
    if kind == "callActivity":
        has_all = any(part.get("variables") == "all" for part in extensions(xml, f"{CAMUNDA}out"))
        return names, has_all
    is_job = kind in {"serviceTask", "sendTask"} or bool(xml.get(f"{CAMUNDA}topic"))
    hears = node.event in {"message", "signal", "error", "escalation"} or kind == "receiveTask"
    decides = kind == "businessRuleTask" and not result
    return names, (is_job and not outputs) or hears or decides


def _of_loop(loop: XmlElement) -> set[str]:
    found = {loop.get(f"{CAMUNDA}elementVariable") or "item", loop.get(f"{TIENDO}outputCollection") or ""}
    found.add(child_text(loop, "loopDataOutputRef"))
    for part in (*children(loop, "inputDataItem"), *children(loop, "outputDataItem")):
        found |= {part.get("name") or "", part.get("id") or ""}
    return found - {""}


# --- where things stand -----------------------------------------------------------------------------------


def _leave_loops(diagram: Diagram) -> bool:
    """Tell whether counters are seen outside of loops too: by what undoes an instance or hears of it."""
    loops = (
        loop for node in diagram.nodes for loop in children(node.xml, "multiInstanceLoopCharacteristics")
    )
    return any(node.is_for_compensation for node in diagram.nodes) or any(
        (loop.get("behavior") or "All") != "All" for loop in loops
    )


def _process(scope: Scope) -> XmlElement:
    while scope.parent is not None:
        scope = scope.parent
    return scope.xml


def _owner(element: XmlElement) -> XmlElement:
    current = element
    while local(current) != "process":
        parent = current.getparent()
        if parent is None:
            return current
        current = parent
    return current


def _is_in_loop(element: XmlElement) -> bool:
    current: XmlElement | None = element
    while current is not None:
        if any(local(child).endswith("LoopCharacteristics") for child in current):
            return True
        current = current.getparent()
    return False


def _is_slip(name: str, other: str) -> bool:
    """Tell whether a name is another with a slip: case, accents, dashes, one wrong letter or two swapped."""
    left, right = _plain(name), _plain(other)
    if left == right:
        return True
    if len(left) != len(right) or len(left) < _LONG:
        return False
    differ = [at for at in range(len(left)) if left[at] != right[at]]
    letters = "".join(left[at] + right[at] for at in differ)
    if any(letter.isdigit() for letter in letters):
        return False
    if len(differ) == 1:
        return True
    return letters[:2] == letters[:1:-1] and differ[1] - differ[0] == 1


def _plain(name: str) -> str:
    flat = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "".join(letter for letter in flat if letter.isalnum())
