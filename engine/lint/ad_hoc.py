"""Ad-hoc sub-processes: something to choose, nothing that starts or ends by flow (BPMN 2.0 §10.3.5)."""

from collections.abc import Iterator

from engine.bpmn import ACTIVITIES, child_text, is_event_subprocess, local
from engine.findings import Finding
from engine.lint.model import Diagram, Node, Scope
from engine.rules import error, warning
from foundation.texts import _

EMPTY = error(
    "ad-hoc.empty",
    _(
        "Tiểu quy trình tùy biến {name} không có bước nào để chọn; hãy vẽ ít nhất một bước không có luồng "
        "vào."
    ),
    why=_("Không có gì để làm thì tiểu quy trình không bao giờ kết thúc."),
    example='<bpmn:adHocSubProcess id="a"/>',
)
START_OR_END = error(
    "ad-hoc.start-or-end",
    _("{name} không được đứng trong tiểu quy trình tùy biến; hãy xóa sự kiện này."),
    why=_("Các bước trong đó bắt đầu khi được chọn, kết thúc theo điều kiện hoàn thành (BPMN 2.0 §10.3.5)."),
    example="<bpmn:startEvent> trong <bpmn:adHocSubProcess>",
)
ENTRY = error(
    "ad-hoc.entry",
    _(
        "{name} trong tiểu quy trình tùy biến không có luồng vào; chỉ bước mới tự được chọn. Hãy nối "
        "luồng vào."
    ),
    why=_("Cổng và sự kiện không phải việc để chọn làm (BPMN 2.0 §13.3.5)."),
    example="cổng không có luồng vào trong <bpmn:adHocSubProcess>",
)
SPLIT = error(
    "ad-hoc.sequential-split",
    _(
        "{name} tách thành nhiều nhánh trong tiểu quy trình tùy biến làm lần lượt; hãy bỏ nhánh, "
        "hoặc chọn Parallel."
    ),
    why=_("Với ordering=Sequential mỗi lúc chỉ một bước được chạy (BPMN 2.0 §10.3.5)."),
    example='ordering="Sequential" với cổng song song bên trong',
)
ORDERING = error(
    "ad-hoc.ordering",
    _("{name}: ordering là “{found}”; chỉ nhận Parallel hoặc Sequential. Hãy chọn lại."),
    why=_("Viết sai thì không biết các bước chạy cùng lúc hay lần lượt."),
    example='<bpmn:adHocSubProcess ordering="sequential">',
)
NO_CONDITION = warning(
    "ad-hoc.no-condition",
    _(
        "{name} không có điều kiện hoàn thành nên chỉ kết thúc khi mọi bước đã làm ít nhất một lần, hoặc khi "
        "có người kết thúc; hãy đặt điều kiện nếu có bước không bắt buộc."
    ),
    why=_("Điều kiện hoàn thành cho biết khi nào đã làm đủ."),
    example='<bpmn:adHocSubProcess id="a"> không có completionCondition',
)

_SPLITS = frozenset({"parallelGateway", "inclusiveGateway", "complexGateway"})
_EVENTS = frozenset({"startEvent", "endEvent"})


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give what keeps ad-hoc sub-processes from being worked through."""
    for scope in diagram.scopes:
        if local(scope.xml) == "adHocSubProcess":
            yield from _scope(diagram, scope)


def _scope(diagram: Diagram, scope: Scope) -> Iterator[Finding]:
    file = diagram.file
    ordering = scope.xml.get("ordering") or "Parallel"
    if ordering not in {"Parallel", "Sequential"}:
        yield ORDERING.at(scope.xml, file, found=ordering)
    first = [node for node in scope.nodes if not node.incoming and not node.is_beside_flow]
    if not any(node.kind in ACTIVITIES for node in first):
        yield EMPTY.at(scope.xml, file)
    elif not child_text(scope.xml, "completionCondition"):
        yield NO_CONDITION.at(scope.xml, file)
    for node in scope.nodes:
        if node.kind in _EVENTS:
            yield START_OR_END.at(node.xml, file)
        elif node in first and node.kind not in ACTIVITIES and node.kind != "boundaryEvent":
            yield ENTRY.at(node.xml, file)
        if ordering == "Sequential" and _splits(node):
            yield SPLIT.at(node.xml, file)


def _splits(node: Node) -> bool:
    if len(node.outgoing) < 2 or is_event_subprocess(node.xml):  # noqa: PLR2004  one flow splits nothing
        return False
    return node.kind in _SPLITS or not node.kind.endswith("Gateway")
