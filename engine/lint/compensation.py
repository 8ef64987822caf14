"""Compensation: handlers that are really linked, and throw events that find something to undo (§10.5.5)."""

from collections.abc import Iterator

from engine.bpmn import ACTIVITIES, BPMN, is_event_subprocess, local, reference
from engine.findings import Finding
from engine.lint.model import Diagram, Node, Scope
from engine.rules import error, warning
from foundation.texts import _

NO_HANDLER = error(
    "compensation.no-handler",
    _(
        "Sự kiện biên bù trừ {name} chưa nối với bước hoàn tác nào; hãy vẽ một liên kết "
        "(association) tới bước đó."
    ),
    why=_("Bù trừ tìm bước hoàn tác theo đường liên kết, không theo luồng (BPMN 2.0 §10.5.5)."),
    example="<bpmn:boundaryEvent><bpmn:compensateEventDefinition/> không có association",
)
NOT_A_HANDLER = error(
    "compensation.not-a-handler",
    _(
        "Sự kiện biên bù trừ {name} nối với “{found}”, không phải một bước hoàn tác cùng cấp; hãy đánh dấu "
        "bước đó là isForCompensation."
    ),
    why=_("Chỉ bước có dấu bù trừ mới đứng ngoài luồng và chờ được gọi."),
    example='association tới <bpmn:task id="t"/> không có isForCompensation',
)
SEVERAL_HANDLERS = error(
    "compensation.several-handlers",
    _("{name} có {count} cách hoàn tác; hãy chỉ giữ một."),
    why=_(
        "Không biết phải dùng cách hoàn tác nào: mỗi bước có một bước hoàn tác hoặc một tiểu quy "
        "trình bù trừ."
    ),
    example="sự kiện biên bù trừ cùng tiểu quy trình sự kiện bù trừ bên trong",
)
CATCH_FLOW = error(
    "compensation.boundary-flow",
    _(
        "Sự kiện biên bù trừ {name} không được có luồng ra; hãy thay bằng liên kết (association) "
        "tới bước hoàn tác."
    ),
    why=_("Luồng từ sự kiện bù trừ không bao giờ được đi (BPMN 2.0 §10.5.4)."),
    example='<bpmn:sequenceFlow sourceRef="biên bù trừ"/>',
)
HANDLER_FLOW = error(
    "compensation.handler-flow",
    _("Bước hoàn tác {name} không được có luồng vào hoặc ra; hãy bỏ luồng, chỉ giữ liên kết."),
    why=_("Bước hoàn tác đứng ngoài luồng và chỉ chạy khi được gọi (BPMN 2.0 §10.5.5)."),
    example='<bpmn:task id="t" isForCompensation="true"/> với luồng vào',
)
HANDLER_UNLINKED = error(
    "compensation.handler-unlinked",
    _(
        "Bước hoàn tác {name} không thuộc sự kiện biên bù trừ nào; hãy nối liên kết từ sự kiện "
        "biên tới bước này."
    ),
    why=_("Bước hoàn tác không được nối thì không bao giờ chạy."),
    example='<bpmn:task id="t" isForCompensation="true"/> đứng một mình',
)
OF_PROCESS = error(
    "compensation.of-process",
    _(
        "Tiểu quy trình sự kiện bù trừ {name} đứng ở cấp quy trình nên không bao giờ chạy; hãy đặt trong một "
        "tiểu quy trình."
    ),
    why=_(
        "Quy trình đã xong thì không được bù trừ nữa; bước gọi được hoàn tác bằng bước hoàn tác của chính nó."
    ),
    example="sự kiện bắt đầu bù trừ trong tiểu quy trình sự kiện ở cấp quy trình",
)
NOT_VISIBLE = error(
    "compensation.activity-not-visible",
    _(
        "{name} bù trừ “{found}”, không phải một bước cùng cấp với sự kiện này; hãy chọn một bước "
        "cùng cấp hoặc "
        "bỏ trống để bù trừ tất cả."
    ),
    why=_("Sự kiện bù trừ chỉ thấy các bước cùng cấp, hoặc của nơi chứa tiểu quy trình sự kiện (§10.5.5)."),
    example='<bpmn:compensateEventDefinition activityRef="không-có"/>',
)
NOT_UNDOABLE = error(
    "compensation.activity-without-handler",
    _("{name} bù trừ “{found}”, bước này không có bước hoàn tác; hãy gắn sự kiện biên bù trừ cho bước đó."),
    why=_("Không có bước hoàn tác thì bù trừ không làm gì cả."),
    example='<bpmn:compensateEventDefinition activityRef="bước thường"/>',
)
NOTHING = warning(
    "compensation.nothing",
    _("{name} không có gì để bù trừ ở cấp này; hãy gắn sự kiện biên bù trừ cho các bước cần hoàn tác."),
    why=_("Sự kiện bù trừ chỉ chạy các bước hoàn tác đã vẽ."),
    example="sự kiện phát bù trừ trong quy trình không có bước hoàn tác",
)
NEVER = warning(
    "compensation.never-thrown",
    _("Không sự kiện nào gọi bước hoàn tác của {name}; hãy vẽ sự kiện phát bù trừ hoặc bỏ bước hoàn tác."),
    why=_("Bước hoàn tác chỉ chạy khi có sự kiện bù trừ hoặc giao dịch bị hủy."),
    example="sự kiện biên bù trừ trong quy trình không có sự kiện phát bù trừ",
)
CALL = warning(
    "compensation.call-not-undone",
    _(
        "Bước gọi {name} nằm trong phạm vi được bù trừ nhưng không có bước hoàn tác; việc của quy "
        "trình được gọi "
        "sẽ giữ nguyên. Hãy gắn sự kiện biên bù trừ nếu cần hoàn tác."
    ),
    why=_("Quy trình được gọi đã kết thúc nên bù trừ bên trong nó không gọi tới được."),
    example="<bpmn:callActivity/> trước sự kiện phát bù trừ",
)

_THROWS = frozenset({"endEvent", "intermediateThrowEvent"})


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the handlers that never run and the throw events that undo nothing."""
    links = _links(diagram)
    undone = _undone_scopes(diagram)
    for node in diagram.nodes:
        if node.event == "compensation" and node.kind == "boundaryEvent":
            yield from _catch(diagram, node, links)
            if not any(scope in undone for scope in _around(node.scope)):
                yield NEVER.at(node.xml, diagram.file)
        elif node.event == "compensation" and node.kind in _THROWS:
            yield from _throw(diagram, node)
        elif node.kind == "startEvent" and node.event == "compensation":
            yield from _undo_subprocess(diagram, node.scope, undone)
        elif node.kind in ACTIVITIES:
            yield from _activity(diagram, node, links)
            if _is_call_left(diagram, node, undone):
                yield CALL.at(node.xml, diagram.file)


def _links(diagram: Diagram) -> dict[str, list[Node]]:
    """Give the nodes an association connects with each id, whichever way it is drawn."""
    found: dict[str, list[Node]] = {}
    for link in diagram.root.iter(f"{BPMN}association"):
        ends = [reference(link.get(name)) for name in ("sourceRef", "targetRef")]
        for end, other in (ends, reversed(ends)):
            node = diagram.node(other)
            if node is not None:
                found.setdefault(end, []).append(node)
    return found


def _catch(diagram: Diagram, node: Node, links: dict[str, list[Node]]) -> Iterator[Finding]:
    linked = links.get(node.id, [])
    handlers = [other for other in linked if other.is_for_compensation and other.scope is node.scope]
    if not linked:
        yield NO_HANDLER.at(node.xml, diagram.file)
    elif not handlers:
        yield NOT_A_HANDLER.at(node.xml, diagram.file, found=linked[0].label)
    elif len(handlers) > 1:
        yield SEVERAL_HANDLERS.at(node.xml, diagram.file, count=len(handlers))
    if node.outgoing:
        yield CATCH_FLOW.at(node.xml, diagram.file)


def _activity(diagram: Diagram, node: Node, links: dict[str, list[Node]]) -> Iterator[Finding]:
    if node.is_for_compensation:
        if node.incoming or node.outgoing:
            yield HANDLER_FLOW.at(node.xml, diagram.file)
        if not any(_is_catch(other) for other in links.get(node.id, [])):
            yield HANDLER_UNLINKED.at(node.xml, diagram.file)
    ways = len(_catches(diagram, node)) + len(_undo_subprocesses(diagram, node))
    if ways > 1:
        yield SEVERAL_HANDLERS.at(node.xml, diagram.file, count=ways)


def _throw(diagram: Diagram, node: Node) -> Iterator[Finding]:
    wanted = _activity_of(node)
    if wanted:
        target = diagram.node(wanted)
        if target is None or not _sees(node, target):
            yield NOT_VISIBLE.at(node.xml, diagram.file, found=wanted)
        elif not _is_undoable(diagram, target):
            yield NOT_UNDOABLE.at(node.xml, diagram.file, found=target.label)
    elif not any(_is_undoable(diagram, other) for scope in _seen(node) for other in scope.nodes):
        yield NOTHING.at(node.xml, diagram.file)


def _undo_subprocess(diagram: Diagram, scope: Scope, undone: set[Scope]) -> Iterator[Finding]:
    around = scope.parent
    if not scope.is_event_subprocess or around is None:
        return
    if around.is_process:
        yield OF_PROCESS.at(scope.xml, diagram.file)
    elif not any(outer in undone for outer in _around(around.parent)):
        yield NEVER.at(scope.xml, diagram.file)


def _activity_of(node: Node) -> str:
    return reference(node.definitions[0].get("activityRef"))


def _seen(node: Node) -> list[Scope]:
    """Give the scopes whose activities a throw event may undo: its own, and around an event sub-process."""
    scopes = [node.scope]
    if node.scope.is_event_subprocess and node.scope.parent is not None:
        scopes.append(node.scope.parent)
    return scopes


def _sees(node: Node, target: Node) -> bool:
    scopes = _seen(node)
    return target.scope in scopes or (len(scopes) > 1 and target.xml is scopes[1].xml)


def _is_catch(node: Node) -> bool:
    return node.kind == "boundaryEvent" and node.event == "compensation"


def _catches(diagram: Diagram, node: Node) -> list[Node]:
    return [boundary for boundary in diagram.boundaries(node) if boundary.event == "compensation"]


def _undo_subprocesses(diagram: Diagram, node: Node) -> list[Scope]:
    """Give the compensation event sub-processes drawn directly in a sub-process."""
    return [
        scope
        for scope in diagram.scopes
        if scope.parent is not None
        and scope.parent.xml is node.xml
        and is_event_subprocess(scope.xml)
        and any(start.event == "compensation" for start in scope.starts)
    ]


def _is_undoable(diagram: Diagram, node: Node) -> bool:
    if _catches(diagram, node) or _undo_subprocesses(diagram, node):
        return True
    inside = [scope for scope in diagram.scopes if scope.xml is node.xml]
    return any(_is_undoable(diagram, inner) for scope in inside for inner in scope.nodes)


def _undone_scopes(diagram: Diagram) -> set[Scope]:
    """Give the scopes in which something is thrown that undoes their activities."""
    found: set[Scope] = set()
    for node in diagram.nodes:
        if node.kind in _THROWS and node.event == "compensation":
            found.update(_seen(node))
        elif node.kind in _THROWS and node.event == "cancel":
            for scope in _around(node.scope):
                found.add(scope)
                if local(scope.xml) == "transaction":
                    break
    return found


def _around(scope: Scope | None) -> Iterator[Scope]:
    while scope is not None:
        yield scope
        scope = scope.parent


def _is_call_left(diagram: Diagram, node: Node, undone: set[Scope]) -> bool:
    """Tell whether a call may be passed over when everything around it is undone."""
    if node.kind != "callActivity" or node.is_for_compensation or _catches(diagram, node):
        return False
    return any(scope in undone for scope in _around(node.scope))
