"""Events nothing ever sets off: on steps that never wait, and for errors that nothing throws."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from engine.bpmn import ACTIVITIES, BPMN, CAMUNDA, EVENT_KINDS, SUBPROCESSES, children, local, reference
from engine.findings import Finding
from engine.lint.model import Diagram, Node, Scope
from engine.rules import warning
from foundation.texts import Text, _

if TYPE_CHECKING:
    from lxml.etree import _Element as XmlElement

NEVER_FIRES = warning(
    "boundary.never-fires",
    _(
        "Sự kiện biên {name} không bao giờ xảy ra vì “{host}” xong ngay khi tới; hãy gắn vào bước có chờ "
        "(nhiệm vụ người "
        "dùng, bước dịch vụ) hoặc xóa đi."
    ),
    why=_("Sự kiện biên chỉ lắng nghe trong lúc bước mang nó đang chờ."),
    example="sự kiện thời gian gắn vào bước kịch bản",
)
NEVER_THROWN = warning(
    "event.never-thrown",
    _("{name} chờ {what} “{code}” nhưng không bước nào trong “{around}” phát ra; hãy vẽ nơi phát hoặc xóa."),
    why=_("Lỗi và cấp báo chỉ đi từ trong ra ngoài, không tới được sự kiện vẽ ở nơi khác."),
    example="sự kiện biên lỗi gắn vào nhiệm vụ người dùng",
)

_AT_ONCE = frozenset({"task", "scriptTask", "sendTask", "businessRuleTask"})
_OUTSIDE = frozenset({"timer", "message", "signal", "conditional"})
_WORDS: dict[str, Text] = {"error": _("lỗi"), "escalation": _("cấp báo")}


#: an event and the code it carries; `ANY` where any code may come
Key = tuple[str, str]
ANY = "*"


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the events that stay asleep whatever happens."""
    throws = Throws(diagram)
    for node in diagram.nodes:
        if node.kind == "boundaryEvent":
            host = diagram.node(node.host_id)
            if host is None or host.scope is not node.scope or host.kind not in ACTIVITIES:
                continue
            if node.event in _OUTSIDE and _is_done_at_once(host):
                yield NEVER_FIRES.at(node.xml, diagram.file, host=host.label)
            if node.event in _WORDS and not throws.wakes(node, Counter(throws.of_node(host))):
                yield _silent(diagram, node, host.label)
        elif node.kind == "startEvent" and node.event in _WORDS and node.scope.is_event_subprocess:
            around = node.scope.parent
            if around is not None and not throws.wakes(node, throws.beside(node.scope, around)):
                yield _silent(diagram, node, around.xml.get("name") or around.xml.get("id") or "")


class Throws:
    """What each step may send out, worked out once."""

    def __init__(self, diagram: Diagram) -> None:
        """Know the scopes by the element that opens them."""
        self._diagram = diagram
        self._scopes = {scope.xml: scope for scope in diagram.scopes}
        self._inside: dict[XmlElement, Counter[Key]] = {}

    def of_node(self, node: Node) -> frozenset[Key]:
        """Give what a step may send out of itself."""
        return self._of_kind(node) | _behaviours(self._diagram, node)

    def _of_kind(self, node: Node) -> frozenset[Key]:
        if node.kind in SUBPROCESSES:
            scope = self._scopes.get(node.xml)
            return frozenset() if scope is None else frozenset(self._of_scope(scope))
        if node.kind == "callActivity":
            return frozenset({("error", ANY), ("escalation", ANY)})
        if node.kind == "serviceTask" or node.xml.get(f"{CAMUNDA}topic"):
            return frozenset({("error", ANY)})
        if node.event in _WORDS and node.kind in {"endEvent", "intermediateThrowEvent"}:
            return frozenset({(node.event, _code(self._diagram, node) or ANY)})
        return frozenset()

    def _of_scope(self, scope: Scope) -> Counter[Key]:
        """Count the steps of a scope that send each event out."""
        found = self._inside.get(scope.xml)
        if found is None:
            found = self._inside[scope.xml] = Counter(
                key for node in scope.nodes for key in self.of_node(node)
            )
        return found

    def beside(self, scope: Scope, around: Scope) -> Counter[Key]:
        """Give what the steps around an event sub-process send out, its own left out."""
        own = Counter(frozenset(self._of_scope(scope)))
        return Counter({key: count - own[key] for key, count in self._of_scope(around).items()})

    def wakes(self, catcher: Node, thrown: Counter[Key]) -> bool:
        """Tell whether what is thrown sets off a catching event."""
        code = _code(self._diagram, catcher)
        if code is None:
            return any(count > 0 for (kind, _any), count in thrown.items() if kind == catcher.event)
        return thrown[catcher.event, code] > 0 or thrown[catcher.event, ANY] > 0


def _silent(diagram: Diagram, node: Node, around: str) -> Finding:
    code = _code(diagram, node) or ANY
    return NEVER_THROWN.at(node.xml, diagram.file, what=_WORDS[node.event], code=code, around=around)


def _is_done_at_once(host: Node) -> bool:
    has_topic = bool(host.xml.get(f"{CAMUNDA}topic"))
    loops = any(str(child.tag).endswith("LoopCharacteristics") for child in host.xml)
    return host.kind in _AT_ONCE and not has_topic and not loops


def _behaviours(diagram: Diagram, node: Node) -> set[Key]:
    """Give what a multi-instance activity throws as its instances complete (BPMN 2.0 §10.3.8)."""
    loops = list(children(node.xml, "multiInstanceLoopCharacteristics"))
    inline = [part for loop in loops for part in loop.iter(f"{BPMN}*")]
    names = [loop.get(f"{name}BehaviorEventRef") for loop in loops for name in ("none", "one")]
    targets = [diagram.elements.get(reference(name)) for name in names if name]
    kinds = {EVENT_KINDS.get(local(part)) for part in (*inline, *targets) if part is not None}
    return {(kind, ANY) for kind in kinds if kind is not None}


def _code(diagram: Diagram, node: Node) -> str | None:
    found = node.definitions[0].get(f"{node.event}Ref") if node.definitions else None
    target = diagram.elements.get(reference(found)) if found else None
    return None if target is None else target.get(f"{node.event}Code") or found
