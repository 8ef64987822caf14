"""Reachability: steps no token ever comes to, and joins that wait for a token that never comes."""

from collections.abc import Iterator

from engine.findings import Finding
from engine.lint.model import Diagram, Node, Scope
from engine.rules import error, warning
from engine.transforms.links import link_name
from foundation.texts import _

UNREACHABLE = warning(
    "node.unreachable",
    _("Không có đường nào tới {name}; hãy nối luồng tới bước này hoặc xóa đi."),
    why=_("Bước không tới được sẽ không bao giờ chạy."),
    example="một bước không có luồng vào, bên cạnh sự kiện bắt đầu",
)
JOIN_NEVER = error(
    "join.never-complete",
    _(
        "Cổng song song {name} chờ luồng từ “{source}”, nơi không có đường nào tới; hãy bỏ luồng đó "
        "hoặc nối bước "
        "ấy vào quy trình."
    ),
    why=_("Cổng song song đợi đủ mọi luồng vào nên quy trình sẽ đứng mãi (BPMN 2.0 §13.4.1)."),
    example="bước không tới được → cổng song song",
)


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the unreachable steps of each scope and the joins they block."""
    for scope in diagram.scopes:
        reached = _reached(diagram, scope)
        for node in scope.nodes:
            if node not in reached:
                yield UNREACHABLE.at(node.xml, diagram.file)
            elif node.kind == "parallelGateway":
                for flow in node.incoming:
                    if flow.source is not None and flow.source.scope is scope and flow.source not in reached:
                        yield JOIN_NEVER.at(node.xml, diagram.file, source=flow.source.label)


def _reached(diagram: Diagram, scope: Scope) -> set[Node]:
    catches = {link_name(node.xml): node for node in scope.nodes if node.kind == "intermediateCatchEvent"}
    starts = scope.starts or [node for node in scope.nodes if _begins(node)]
    pending = [*starts, *(node for node in scope.nodes if node.is_beside_flow)]
    seen = set(pending)
    while pending:
        node = pending.pop()
        steps = [flow.target for flow in node.outgoing if flow.target is not None]
        steps += diagram.boundaries(node)
        if node.kind == "intermediateThrowEvent" and node.event == "link":
            steps += [catch for name, catch in catches.items() if name and name == link_name(node.xml)]
        fresh = [step for step in steps if step not in seen]
        seen.update(fresh)
        pending += fresh
    return seen


def _begins(node: Node) -> bool:
    return not node.incoming and node.kind not in {"boundaryEvent", "endEvent"} and node.event != "link"
