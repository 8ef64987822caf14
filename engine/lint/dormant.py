"""Events nothing ever sets off: on steps that never wait, and for errors that nothing throws."""

from collections.abc import Iterator

from engine.bpmn import ACTIVITIES, BPMN, CAMUNDA, EVENT_KINDS, SUBPROCESSES, children, local, reference
from engine.findings import Finding
from engine.lint.model import Diagram, Node
from engine.rules import warning
from foundation.texts import Text, _

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


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the events that stay asleep whatever happens."""
    for node in diagram.nodes:
        if node.kind == "boundaryEvent":
            host = diagram.node(node.host_id)
            if host is None or host.scope is not node.scope or host.kind not in ACTIVITIES:
                continue
            if node.event in _OUTSIDE and _is_done_at_once(host):
                yield NEVER_FIRES.at(node.xml, diagram.file, host=host.label)
            if node.event in _WORDS and not _may_throw(diagram, host, node):
                yield _silent(diagram, node, host.label)
        elif node.kind == "startEvent" and node.event in _WORDS and node.scope.is_event_subprocess:
            around = node.scope.parent
            others = [other for other in around.nodes if other.xml is not node.scope.xml] if around else []
            if around is not None and not any(_may_throw(diagram, other, node) for other in others):
                yield _silent(diagram, node, around.xml.get("name") or around.xml.get("id") or "")


def _silent(diagram: Diagram, node: Node, around: str) -> Finding:
    code = _code(diagram, node) or "*"
    return NEVER_THROWN.at(node.xml, diagram.file, what=_WORDS[node.event], code=code, around=around)


def _is_done_at_once(host: Node) -> bool:
    has_topic = bool(host.xml.get(f"{CAMUNDA}topic"))
    loops = any(str(child.tag).endswith("LoopCharacteristics") for child in host.xml)
    return host.kind in _AT_ONCE and not has_topic and not loops


def _may_throw(diagram: Diagram, node: Node, catcher: Node) -> bool:
    """Tell whether a step may send out what a catching event waits for."""
    if _behaves(diagram, node, catcher):
        return True
    if node.kind in SUBPROCESSES:
        inner = next((scope for scope in diagram.scopes if scope.xml is node.xml), None)
        return inner is None or any(_may_throw(diagram, other, catcher) for other in inner.nodes)
    if node.kind == "callActivity" or (catcher.event == "error" and _is_job(node)):
        return True
    if node.event != catcher.event or node.kind not in {"endEvent", "intermediateThrowEvent"}:
        return False
    return _code(diagram, catcher) in {None, _code(diagram, node)}


def _behaves(diagram: Diagram, node: Node, catcher: Node) -> bool:
    """Tell whether a multi-instance activity throws something of the kind as its instances complete."""
    loops = list(children(node.xml, "multiInstanceLoopCharacteristics"))
    inline = (part for loop in loops for part in loop.iter(f"{BPMN}{catcher.event}EventDefinition"))
    names = [loop.get(f"{name}BehaviorEventRef") for loop in loops for name in ("none", "one")]
    targets = (diagram.elements.get(reference(name)) for name in names if name)
    referred = (one for one in targets if one is not None and EVENT_KINDS.get(local(one)) == catcher.event)
    return any(True for _one in (*inline, *referred))


def _is_job(node: Node) -> bool:
    return node.kind == "serviceTask" or bool(node.xml.get(f"{CAMUNDA}topic"))


def _code(diagram: Diagram, node: Node) -> str | None:
    found = node.definitions[0].get(f"{node.event}Ref") if node.definitions else None
    target = diagram.elements.get(reference(found)) if found else None
    return None if target is None else target.get(f"{node.event}Code") or found
