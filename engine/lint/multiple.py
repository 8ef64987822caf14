"""Events with several definitions: which may stand together (BPMN 2.0 §10.5.1, tables 10.84–10.93)."""

from collections.abc import Iterator

from engine.bpmn import EVENT_KINDS, is_true, local
from engine.findings import Finding
from engine.lint.model import Diagram, Node
from engine.rules import error, warning
from foundation.texts import _

PART = error(
    "multiple.definition",
    _(
        "{name} có nhiều định nghĩa, trong đó “{found}” không chạy được ở đây; chỉ nhận {expected}. Hãy tách "
        "thành sự kiện riêng."
    ),
    why=_("Mỗi định nghĩa của một sự kiện nhiều định nghĩa phải bắt hoặc phát được tại nơi đó."),
    example="sự kiện chờ có messageEventDefinition và linkEventDefinition",
)
TWO_ENDS = error(
    "multiple.two-ends",
    _("{name} vừa phát lỗi vừa chấm dứt, hoặc phát hai lỗi; hãy chỉ giữ một."),
    why=_("Mỗi định nghĩa này chấm dứt một phạm vi khác nhau, không biết theo định nghĩa nào."),
    example="<bpmn:errorEventDefinition/> cùng <bpmn:terminateEventDefinition/>",
)
ALL_OF_ONE = warning(
    "multiple.parallel-single",
    _("{name} có parallelMultiple nhưng chỉ một định nghĩa; thuộc tính không có tác dụng. Hãy bỏ đi."),
    why=_("Chờ đủ mọi định nghĩa chỉ có nghĩa khi có từ hai định nghĩa."),
    example='<bpmn:startEvent parallelMultiple="true">',
)

_WAITS = ("message", "timer", "signal", "conditional")
_INTERRUPTS = (*_WAITS, "error", "escalation")
#: element and place → definitions that may stand together; of all that must happen, those in the second
_CATCHES: dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] = {
    ("startEvent", "process"): (("message", "timer", "signal"), ("message", "signal")),
    ("startEvent", "eventSubProcess"): (_INTERRUPTS, (*_WAITS, "escalation")),
    ("intermediateCatchEvent", ""): (_WAITS, _WAITS),
    ("boundaryEvent", ""): (_INTERRUPTS, (*_WAITS, "escalation")),
}
_THROWS: dict[str, tuple[str, ...]] = {
    "intermediateThrowEvent": ("message", "signal", "escalation"),
    "endEvent": ("message", "signal", "escalation", "error", "terminate"),
}
_ENDS = ("error", "terminate")


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the definitions that cannot stand together."""
    for node in diagram.nodes:
        is_parallel = is_true(node.xml.get("parallelMultiple"))
        if is_parallel and len(node.definitions) < 2:  # noqa: PLR2004  several are at least two
            yield ALL_OF_ONE.at(node.xml, diagram.file)
        if node.event == "multiple":
            yield from _parts(diagram, node, is_parallel=is_parallel)


def _parts(diagram: Diagram, node: Node, *, is_parallel: bool) -> Iterator[Finding]:
    place = "" if node.kind != "startEvent" else "process" if node.scope.is_process else "eventSubProcess"
    any_of, all_of = _CATCHES.get((node.kind, place), (_THROWS.get(node.kind, ()), ()))
    allowed = all_of if is_parallel else any_of
    kinds = [EVENT_KINDS[local(definition)] for definition in node.definitions]
    for kind in dict.fromkeys(kinds):
        if kind not in allowed:
            yield PART.at(node.xml, diagram.file, found=kind, expected=", ".join(allowed))
    if node.kind == "endEvent" and sum(kind in _ENDS for kind in kinds) > 1:
        yield TWO_ENDS.at(node.xml, diagram.file)
