"""What a multi-instance activity throws as its instances complete (BPMN 2.0 §10.3.8, table 10.30–31)."""

from collections.abc import Iterator

from lxml.etree import _Element as XmlElement

from engine.bpmn import EVENT_KINDS, child_text, children, local, reference
from engine.findings import Finding
from engine.lint.model import Diagram, Node
from engine.rules import error, warning
from foundation.texts import _

UNKNOWN = error(
    "behaviour.unknown",
    _("{name}: behavior là “{found}”; chỉ nhận {expected}. Hãy sửa lại."),
    why=_("Bước lặp chỉ biết bốn cách báo kết quả của BPMN 2.0."),
    example='<bpmn:multiInstanceLoopCharacteristics behavior="Some"/>',
)
NO_EVENT = error(
    "behaviour.no-event",
    _(
        "{name} có behavior=“{behaviour}” nhưng chưa chỉ rõ sự kiện được phát; hãy chọn tín hiệu "
        "hoặc cấp báo."
    ),
    why=_("Không có sự kiện thì không ai biết một lần lặp đã xong."),
    example='behavior="One" không có oneBehaviorEventRef',
)
NO_CONDITION = error(
    "behaviour.no-condition",
    _(
        "{name} có behavior=“Complex” nhưng chưa có điều kiện; hãy thêm complexBehaviorDefinition "
        "với condition."
    ),
    why=_("Không có điều kiện thì bước lặp không biết lúc nào kết thúc sớm."),
    example='behavior="Complex" không có complexBehaviorDefinition',
)
WRONG_EVENT = error(
    "behaviour.event-kind",
    _("{name} không thể phát sự kiện “{found}”; hãy dùng tín hiệu, cấp báo, lỗi hoặc thông điệp."),
    why=_("Bước lặp chỉ phát được sự kiện mà sự kiện biên của nó bắt được."),
    example="oneBehaviorEventRef tới <bpmn:timerEventDefinition/>",
)
NOT_INTERRUPTING = warning(
    "behaviour.does-not-interrupt",
    _(
        "Sự kiện biên {name} bắt sự kiện do chính bước lặp phát ra: các lần lặp khác vẫn tiếp tục. "
        "Hãy vẽ thành "
        "không ngắt, hoặc dùng điều kiện hoàn thành để kết thúc sớm."
    ),
    why=_("None và One chỉ báo tiến độ, Complex tự kết thúc các lần lặp khác (BPMN 2.0 §10.3.8)."),
    example='behavior="One" với sự kiện biên ngắt cùng tín hiệu',
)

_BEHAVIOURS = ("All", "None", "One", "Complex")
_THROWN = {"signal": "name", "escalation": "escalationCode", "error": "errorCode", "message": "name"}


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the behaviours that say nothing, or say what cannot be thrown."""
    for node in diagram.nodes:
        for loop in children(node.xml, "multiInstanceLoopCharacteristics"):
            behaviour = loop.get("behavior") or "All"
            if behaviour not in _BEHAVIOURS:
                expected = ", ".join(_BEHAVIOURS)
                yield UNKNOWN.at(node.xml, diagram.file, found=behaviour, expected=expected)
            elif behaviour == "Complex":
                yield from _complex(diagram, node, loop)
            elif behaviour != "All":
                target = diagram.elements.get(reference(loop.get(f"{behaviour.lower()}BehaviorEventRef")))
                yield from _event(diagram, node, behaviour, target)


def _complex(diagram: Diagram, node: Node, loop: XmlElement) -> Iterator[Finding]:
    definitions = list(children(loop, "complexBehaviorDefinition"))
    if not definitions or not all(child_text(one, "condition") for one in definitions):
        yield NO_CONDITION.at(node.xml, diagram.file)
    for one in definitions:
        for event in children(one, "event"):
            yield from _event(diagram, node, "Complex", _definition(diagram, event))


def _definition(diagram: Diagram, event: XmlElement) -> XmlElement | None:
    for child in event:
        if local(child) in EVENT_KINDS:
            return child
        if local(child) == "eventDefinitionRef":
            return diagram.elements.get(reference(child.text))
    return None


def _event(diagram: Diagram, node: Node, behaviour: str, found: XmlElement | None) -> Iterator[Finding]:
    kind = EVENT_KINDS.get(local(found)) if found is not None else None
    if found is None or kind is None:
        yield NO_EVENT.at(node.xml, diagram.file, behaviour=behaviour)
    elif kind not in _THROWN:
        yield WRONG_EVENT.at(node.xml, diagram.file, found=local(found))
    else:
        wanted = reference(found.get(f"{kind}Ref"))
        target = diagram.elements.get(wanted)
        if target is None or local(target) != kind or not target.get(_THROWN[kind]):
            yield NO_EVENT.at(node.xml, diagram.file, behaviour=behaviour)
        elif kind in {"signal", "escalation"}:
            yield from _interrupting(diagram, node, kind, wanted)


def _interrupting(diagram: Diagram, node: Node, kind: str, wanted: str) -> Iterator[Finding]:
    for boundary in diagram.boundaries(node):
        if boundary.event != kind or not boundary.is_interrupting:
            continue
        if reference(boundary.definitions[0].get(f"{kind}Ref")) in {wanted, ""}:
            yield NOT_INTERRUPTING.at(boundary.xml, diagram.file)
