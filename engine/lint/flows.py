"""Flows and decisions: which way a token goes, and whether it always has one (BPMN 2.0 §13.4)."""

from collections.abc import Iterator

from engine.bpmn import ACTIVITIES, EVENTS, child_text
from engine.findings import Finding
from engine.lint.model import Diagram, Flow, Node
from engine.rules import error, warning
from foundation.texts import _

CONDITION_MISSING = error(
    "flow.condition-missing",
    _(
        "Luồng {name} ra khỏi cổng loại trừ “{gateway}” không có điều kiện và không là mặc định; hãy "
        "đặt điều kiện hoặc "
        "chọn làm luồng mặc định."
    ),
    why=_("Cổng loại trừ phải biết khi nào đi theo luồng nào (BPMN 2.0 §13.4.2)."),
    example="cổng loại trừ có hai luồng ra, một luồng không có điều kiện",
)
ALWAYS_TAKEN = warning(
    "flow.always-taken",
    _(
        "Luồng {name} ra khỏi cổng “{gateway}” không có điều kiện nên luôn được đi; hãy đặt "
        "điều kiện nếu "
        "không định như vậy."
    ),
    why=_("Cổng bao gồm và cổng phức hợp xét từng luồng riêng (BPMN 2.0 §13.4.3, §13.4.5)."),
    example="cổng bao gồm có luồng ra không điều kiện",
)
NO_DEFAULT = warning(
    "gateway.no-default",
    _("{name}: khi không điều kiện nào đúng, quy trình sẽ dừng với sự cố; hãy chọn một luồng mặc định."),
    why=_("Dữ liệu thực tế hay rơi ngoài các trường hợp đã nghĩ tới."),
    example="cổng loại trừ, mọi luồng ra đều có điều kiện, không có mặc định",
)
CONDITION_IGNORED = warning(
    "flow.condition-ignored",
    _("Điều kiện trên luồng {name} không có tác dụng ở đây; hãy xóa điều kiện hoặc dùng cổng loại trừ."),
    why=_("Luồng mặc định và luồng ra khỏi cổng song song, cổng sự kiện không xét điều kiện."),
    example="cổng song song → luồng có điều kiện",
)
CONDITION_AFTER_EVENT = error(
    "flow.condition-after-event",
    _("Luồng {name} đi ra từ sự kiện “{source}” không được có điều kiện; hãy đặt cổng loại trừ sau sự kiện."),
    why=_("Luồng có điều kiện không được bắt đầu từ sự kiện (BPMN 2.0 §8.4.13)."),
    example="sự kiện bắt đầu → luồng có điều kiện",
)

NO_ACTIVATION = error(
    "complex-gateway.no-condition",
    _(
        "Cổng phức hợp {name} gộp nhiều luồng nhưng chưa có activationCondition; hãy ghi điều kiện, ví dụ "
        "activationCount >= 2."
    ),
    why=_("Không có điều kiện thì không biết cổng chờ bao nhiêu luồng (BPMN 2.0 §13.4.5)."),
    example='<bpmn:complexGateway id="g"/> có hai luồng vào',
)

_UNCONDITIONAL = frozenset({"parallelGateway", "eventBasedGateway"})


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the decisions that cannot be made, and those that may find no way."""
    for node in diagram.nodes:
        for flow in node.outgoing:
            yield from _flow(diagram, node, flow)
        if _may_find_no_way(node):
            yield NO_DEFAULT.at(node.xml, diagram.file)
        is_join = node.kind == "complexGateway" and len(node.incoming) > 1
        if is_join and not child_text(node.xml, "activationCondition"):
            yield NO_ACTIVATION.at(node.xml, diagram.file)


def _flow(diagram: Diagram, node: Node, flow: Flow) -> Iterator[Finding]:
    file = diagram.file
    if flow.condition is not None and (flow.is_default or node.kind in _UNCONDITIONAL):
        yield CONDITION_IGNORED.at(flow.xml, file)
    elif flow.condition is not None and node.kind in EVENTS:
        yield CONDITION_AFTER_EVENT.at(flow.xml, file, source=node.label)
    elif not flow.condition and not flow.is_default and len(node.outgoing) > 1:
        if node.kind == "exclusiveGateway":
            yield CONDITION_MISSING.at(flow.xml, file, gateway=node.label)
        elif node.kind in {"inclusiveGateway", "complexGateway"}:
            yield ALWAYS_TAKEN.at(flow.xml, file, gateway=node.label)


def _may_find_no_way(node: Node) -> bool:
    decides = (
        node.kind in {"exclusiveGateway", "inclusiveGateway", "complexGateway"} or node.kind in ACTIVITIES
    )
    conditions = [flow.condition for flow in node.outgoing if not flow.is_default]
    if not decides or not conditions or len(conditions) < len(node.outgoing) or not all(conditions):
        return False
    return not _are_opposite([condition for condition in conditions if condition])


def _are_opposite(conditions: list[str]) -> bool:
    """Tell whether one of the conditions is the plain negation of another."""
    texts = {_flat(condition) for condition in conditions}
    return "true" in texts or any(f"not({text})" in texts for text in texts)


def _flat(condition: str) -> str:
    return "".join(condition.removeprefix("=").split())
