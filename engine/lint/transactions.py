"""Transactions: cancel events stand where a transaction can hear them, and where they lead on (§10.3.5)."""

from collections.abc import Iterator

from engine.bpmn import is_true, local
from engine.findings import Finding
from engine.lint.model import Diagram, Node, Scope
from engine.rules import error, warning
from foundation.texts import _

END_OUTSIDE = error(
    "cancel.outside-transaction",
    _(
        "Sự kiện kết thúc hủy {name} không nằm trong giao dịch; hãy đặt trong một giao dịch hoặc "
        "dùng sự kiện lỗi."
    ),
    why=_("Chỉ giao dịch mới hủy được (BPMN 2.0 §10.5.3)."),
    example="<bpmn:endEvent><bpmn:cancelEventDefinition/> ở cấp quy trình",
)
BOUNDARY_OUTSIDE = error(
    "cancel.boundary-not-on-transaction",
    _("Sự kiện biên hủy {name} gắn với “{found}”, không phải giao dịch; hãy gắn vào một giao dịch."),
    why=_("Chỉ giao dịch mới bị hủy từ bên trong (BPMN 2.0 §10.5.4)."),
    example="<bpmn:boundaryEvent><bpmn:cancelEventDefinition/> trên một nhiệm vụ",
)
NOT_CAUGHT = error(
    "cancel.not-caught",
    _("Giao dịch {name} có thể bị hủy nhưng không có sự kiện biên hủy; hãy vẽ hướng đi tiếp sau khi hủy."),
    why=_("Hủy xong mà không có hướng đi thì quy trình dừng ở đó."),
    example="<bpmn:transaction> có sự kiện kết thúc hủy, không có sự kiện biên hủy",
)
NEVER = warning(
    "cancel.never-thrown",
    _("Sự kiện biên hủy {name} không bao giờ xảy ra: trong giao dịch không có sự kiện kết thúc hủy."),
    why=_("Hướng đi này không bao giờ được chạy."),
    example="sự kiện biên hủy trên giao dịch không có sự kiện kết thúc hủy",
)
REPEATS = error(
    "transaction.repeats",
    _("Giao dịch {name} vừa lặp vừa có thể bị hủy; hãy đặt giao dịch trong một tiểu quy trình lặp."),
    why=_("Sự kiện biên hủy thuộc về cả bước lặp nên không biết phải hủy một lần lặp hay tất cả."),
    example="<bpmn:transaction> có multiInstance và sự kiện kết thúc hủy",
)


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the cancel events nobody hears, and the transactions that cannot go on after being cancelled."""
    cancelled = set()
    for node in diagram.of_kind("endEvent"):
        if node.event == "cancel":
            transaction = _transaction(diagram, node.scope)
            if transaction is None:
                yield END_OUTSIDE.at(node.xml, diagram.file)
            else:
                cancelled.add(transaction)
    for node in diagram.of_kind("boundaryEvent"):
        host = diagram.node(node.host_id)
        if node.event != "cancel" or host is None:
            continue
        if host.kind != "transaction":
            yield BOUNDARY_OUTSIDE.at(node.xml, diagram.file, found=host.label)
        elif host not in cancelled:
            yield NEVER.at(node.xml, diagram.file)
    for node in diagram.of_kind("transaction"):
        if node in cancelled:
            yield from _cancelled(diagram, node)


def _cancelled(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if not any(boundary.event == "cancel" for boundary in diagram.boundaries(node)):
        yield NOT_CAUGHT.at(node.xml, diagram.file)
    if any(local(child).endswith("LoopCharacteristics") for child in node.xml):
        yield REPEATS.at(node.xml, diagram.file)


def _transaction(diagram: Diagram, scope: Scope | None) -> Node | None:
    """Give the innermost transaction around; what stands in a compensation handler cancels nothing."""
    while scope is not None and not is_true(scope.xml.get("isForCompensation")):
        if local(scope.xml) == "transaction":
            return diagram.node(scope.xml.get("id") or "")
        scope = scope.parent
    return None
