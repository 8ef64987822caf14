"""Receive tasks and event-based gateways that start their process (BPMN 2.0 §10.3.3, §10.6.6, §13.2)."""

from collections.abc import Iterator

from engine.bpmn import EVENT_KINDS, is_true, local
from engine.findings import Finding
from engine.lint.model import Diagram, Node
from engine.rules import error
from foundation.texts import _

MISPLACED = error(
    "instantiate.misplaced",
    _(
        "{name} khởi tạo quy trình nên phải đứng đầu quy trình: không có luồng vào và quy trình không có "
        "điểm bắt đầu nào khác; hãy vẽ lại hoặc bỏ instantiate."
    ),
    why=_("Phiên chạy chỉ được tạo ở đầu quy trình, khi chưa có bước nào chạy (BPMN 2.0 §10.3.3, §10.6.6)."),
    example='sự kiện bắt đầu cùng <bpmn:receiveTask instantiate="true"/> không có luồng vào',
)
EVENT = error(
    "instantiate.event",
    _(
        "Cổng khởi tạo {name} dẫn tới “{target}” chờ {found}; chỉ {expected} khởi tạo được quy trình. Hãy "
        "đổi sự kiện."
    ),
    why=_("Trước khi có phiên chạy thì không có gì để tính giờ hay xét điều kiện."),
    example='<bpmn:eventBasedGateway instantiate="true"/> → sự kiện thời gian',
)
LOOP = error(
    "instantiate.loop",
    _("{name} khởi tạo quy trình nên không lặp được; hãy bỏ dấu lặp hoặc bỏ instantiate."),
    why=_("Mỗi phiên chạy chỉ được tạo một lần."),
    example='<bpmn:receiveTask instantiate="true"> có multiInstance',
)
PARALLEL = error(
    "event-gateway.parallel",
    _(
        "Cổng sự kiện {name} kiểu Parallel chỉ dùng để khởi tạo quy trình; hãy đặt instantiate hoặc "
        "bỏ kiểu này."
    ),
    why=_("BPMN 2.0 §10.6.6 chỉ cho phép kiểu Parallel khi cổng khởi tạo quy trình."),
    example='<bpmn:eventBasedGateway eventGatewayType="Parallel"/>',
)

_HOSTS = frozenset({"receiveTask", "eventBasedGateway"})


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the instantiating elements that nothing could start, or that stand in the wrong place."""
    for node in diagram.of_kind(*_HOSTS):
        is_parallel = node.xml.get("eventGatewayType") == "Parallel"
        if not is_true(node.xml.get("instantiate")):
            if is_parallel and node.kind == "eventBasedGateway":
                yield PARALLEL.at(node.xml, diagram.file)
            continue
        if not _is_first(node):
            yield MISPLACED.at(node.xml, diagram.file)
        if any(local(child).endswith("LoopCharacteristics") for child in node.xml):
            yield LOOP.at(node.xml, diagram.file)
        if node.kind == "eventBasedGateway":
            yield from _events(diagram, node, is_parallel=is_parallel)


def _is_first(node: Node) -> bool:
    if not node.scope.is_process:
        return False
    if node.incoming:
        return node.kind == "receiveTask" and len(node.incoming) == 1 and _follows_start(node)
    return all(
        is_true(other.xml.get("instantiate")) or other.incoming or other.is_beside_flow
        for other in node.scope.nodes
        if other.kind != "boundaryEvent"
    )


def _follows_start(node: Node) -> bool:
    source = node.incoming[0].source
    return source is not None and source.kind == "startEvent" and source.event == "none"


def _events(diagram: Diagram, node: Node, *, is_parallel: bool) -> Iterator[Finding]:
    allowed = ("message",) if is_parallel else ("message", "signal")
    for flow in node.outgoing:
        target = flow.target
        if target is None or target.kind == "receiveTask":
            continue
        kinds = [EVENT_KINDS[local(definition)] for definition in target.definitions]
        if is_true(target.xml.get("parallelMultiple")) or (is_parallel and len(kinds) > 1):
            kinds.append("multiple")
        for kind in dict.fromkeys(kinds):
            if kind not in allowed:
                expected = ", ".join(allowed)
                yield EVENT.at(node.xml, diagram.file, target=target.label, found=kind, expected=expected)
