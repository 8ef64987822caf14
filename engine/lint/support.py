"""The table of BPMN elements: which the executor runs as the standard says, and which are refused and why.

One row per element and event definition. What has no row is refused too. `docs/reference/bpmn-support.md` is
generated from this table.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lxml.etree import _Element as XmlElement

from engine.bpmn import CHOREOGRAPHY, EVENT_KINDS, EVENTS, FLOW_NODES, TASKS, children, is_true, local
from engine.findings import Finding
from engine.lint.labels import label
from engine.lint.model import Diagram, Node
from engine.rules import error
from foundation.texts import Text, _

UNSUPPORTED = error(
    "element.unsupported",
    _("{kind} {name} chưa được hỗ trợ: {reason}"),
    why=_("Phần tử chưa chạy đúng theo BPMN 2.0 thì bị từ chối, không chạy sai trong im lặng."),
    example='<bpmn:choreographyTask id="c"/>',
)

UNKNOWN = error(
    "element.unknown",
    _(
        "BPMN 2.0 không có phần tử {kind} ở {name}; hãy xóa phần tử này hoặc xuất lại tệp bằng trình "
        "soạn thảo."
    ),
    why=_("Phần tử viết sai tên sẽ bị bỏ qua mà không ai biết."),
    example='<bpmn:usertask id="u"/>',
)

_NO_IMPLICIT_THROW = _("sự kiện phát ngầm chỉ để vẽ; hãy dùng sự kiện phát trung gian.")
_NO_CHOREOGRAPHY = _("biểu đồ phối hợp (choreography, conversation) chỉ để vẽ; hãy mô tả bằng quy trình.")
_START_NEEDS_EVENT = _(
    "tiểu quy trình sự kiện phải bắt đầu bằng một sự kiện có định nghĩa (thời gian, lỗi…)."
)
_ONLY_NONE_START = _(
    "tiểu quy trình nhúng chỉ được bắt đầu bằng sự kiện không có định nghĩa (BPMN 2.0 §10.3.5)."
)
_NO_CONDITION_START = _(
    "chưa có phiên bản quy trình nào để xét điều kiện; hãy khởi tạo bằng thông điệp hoặc lịch."
)
_NO_ERROR_START = _("sự kiện này chỉ bắt đầu được tiểu quy trình sự kiện, không bắt đầu quy trình.")
_CATCH_NEEDS_EVENT = _(
    "sự kiện chờ phải có định nghĩa: thông điệp, thời gian, tín hiệu, điều kiện hoặc liên kết."
)
_NOT_BPMN = _("BPMN 2.0 không cho phép định nghĩa này ở đây; hãy chọn loại sự kiện khác.")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the table."""

    #: local tag name
    element: str
    #: none, message, timer …; empty for what is not an event
    event: str = ""
    #: for start events: process, subProcess or eventSubProcess
    place: str = ""
    #: why it is refused; None when it is supported
    reason: Text | None = None

    @property
    def is_supported(self) -> bool:
        """Tell whether the executor runs the element."""
        return self.reason is None


def _rows(element: str, events: str, *, place: str = "", reason: Text | None = None) -> tuple[Row, ...]:
    return tuple(Row(element=element, event=event, place=place, reason=reason) for event in events.split())


def _plain(elements: str, reason: Text | None = None) -> tuple[Row, ...]:
    return tuple(Row(element=element, reason=reason) for element in elements.split())


#: the whole table, supported rows first within each element
ROWS: tuple[Row, ...] = (
    *_plain("task userTask manualTask scriptTask serviceTask sendTask receiveTask businessRuleTask"),
    *_plain("callActivity subProcess transaction adHocSubProcess"),
    *_plain("exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway complexGateway"),
    *_rows("startEvent", "none message timer signal multiple", place="process"),
    *_rows("startEvent", "conditional", place="process", reason=_NO_CONDITION_START),
    *_rows("startEvent", "error escalation compensation", place="process", reason=_NO_ERROR_START),
    *_rows("startEvent", "none", place="subProcess"),
    *_rows(
        "startEvent",
        "message timer signal conditional error escalation compensation multiple",
        place="subProcess",
        reason=_ONLY_NONE_START,
    ),
    *_rows(
        "startEvent",
        "message timer signal conditional error escalation compensation multiple",
        place="eventSubProcess",
    ),
    *_rows("startEvent", "none", place="eventSubProcess", reason=_START_NEEDS_EVENT),
    *_rows("endEvent", "none message signal error escalation compensation cancel terminate multiple"),
    *_rows("intermediateCatchEvent", "message timer signal conditional link multiple"),
    *_rows("intermediateCatchEvent", "none", reason=_CATCH_NEEDS_EVENT),
    *_rows("intermediateThrowEvent", "none message signal escalation compensation link multiple"),
    *_rows("boundaryEvent", "message timer signal conditional error escalation compensation cancel multiple"),
    *_rows("boundaryEvent", "none", reason=_CATCH_NEEDS_EVENT),
    *_plain("implicitThrowEvent", _NO_IMPLICIT_THROW),
    *_plain(
        "choreographyTask subChoreography callChoreography choreography globalChoreographyTask",
        _NO_CHOREOGRAPHY,
    ),
    *_plain("conversation subConversation callConversation globalConversation", _NO_CHOREOGRAPHY),
    *_plain("globalTask globalUserTask globalManualTask globalScriptTask globalBusinessRuleTask"),
)

_TABLE = {(row.element, row.event, row.place): row for row in ROWS}
#: refused elements that are not flow nodes: they stand in the file, in a collaboration or in a process
_OUTSIDE_FLOW = (
    frozenset(row.element for row in ROWS if not row.is_supported and not row.event) - CHOREOGRAPHY
)


@dataclass(frozen=True, kw_only=True)
class Feature:
    """A way to use a supported element that is refused."""

    name: str
    elements: frozenset[str]
    is_used: Callable[[XmlElement], bool]
    reason: Text


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _other_than(name: str, usual: str) -> Callable[[XmlElement], bool]:
    return lambda node: (node.get(name) or usual).strip() != usual


def _flag(name: str) -> Callable[[XmlElement], bool]:
    return lambda node: is_true(node.get(name))


def _data_logic(node: XmlElement) -> bool:
    associations = [*children(node, "dataInputAssociation"), *children(node, "dataOutputAssociation")]
    return any(local(part) in {"assignment", "transformation"} for link in associations for part in link)


_ACTIVITIES = frozenset({*TASKS, "callActivity", "subProcess", "transaction"})

#: uses of supported elements that are refused
FEATURES: tuple[Feature, ...] = (
    Feature(
        name="triggeredByEvent",
        elements=frozenset({"adHocSubProcess", "transaction"}),
        is_used=_flag("triggeredByEvent"),
        reason=_(
            "giao dịch và tiểu quy trình tùy biến không thể do sự kiện khởi động; hãy dùng tiểu quy trình "
            "sự kiện."
        ),
    ),
    Feature(
        name="method",
        elements=frozenset({"transaction"}),
        is_used=_other_than("method", "##Compensate"),
        reason=_("giao dịch chỉ hủy được bằng bù trừ (##Compensate); hãy bỏ thuộc tính này."),
    ),
    Feature(
        name="dataAssociation",
        elements=EVENTS | {"callActivity"},
        is_used=_data_logic,
        reason=_(
            "phép gán và biến đổi dữ liệu chỉ chạy trên bước thường; hãy dùng ánh xạ vào/ra hoặc bước "
            "kịch bản."
        ),
    ),
)


#: what may stand in a process or sub-process besides flow nodes (BPMN 2.0 §10.2)
_BESIDE_NODES = _words(
    "documentation extensionElements auditing monitoring property ioSpecification ioBinding laneSet"
    " sequenceFlow dataObject dataObjectReference dataStoreReference association group textAnnotation"
    " resourceRole performer humanPerformer potentialOwner correlationSubscription supports incoming outgoing"
    " multiInstanceLoopCharacteristics standardLoopCharacteristics dataInputAssociation"
    " dataOutputAssociation completionCondition"
)


def check(diagram: Diagram) -> Iterator[Finding]:
    """Refuse what the executor does not run, naming the element."""
    yield from _unknown(diagram)
    for node in diagram.nodes:
        row = _TABLE.get((node.kind, node.event if _is_event(node) else "", _place(node)))
        reason = row.reason if row is not None else _NOT_BPMN
        if reason is not None:
            yield _refused(diagram, node.xml, reason, event=node.event if _is_event(node) else None)
            continue
        for feature in FEATURES:
            if node.kind in feature.elements and feature.is_used(node.xml):
                yield _refused(diagram, node.xml, feature.reason, feature=feature.name)
    for outside in diagram.root.iter():
        if local(outside) in _OUTSIDE_FLOW and diagram.node(outside.get("id") or "") is None:
            yield _refused(diagram, outside, _TABLE[(local(outside), "", "")].reason or _NOT_BPMN)


def _unknown(diagram: Diagram) -> Iterator[Finding]:
    for scope in diagram.scopes:
        for child in scope.xml:
            name = local(child)
            if name and name not in FLOW_NODES and name not in _BESIDE_NODES:
                yield UNKNOWN.at(child, diagram.file, kind=name)
    for node in diagram.nodes:
        for child in node.xml:
            name = local(child)
            if name.endswith("EventDefinition") and name not in EVENT_KINDS:
                yield UNKNOWN.at(child, diagram.file, kind=name)


def _is_event(node: Node) -> bool:
    return node.kind.endswith("Event") and node.kind != "implicitThrowEvent"


def _place(node: Node) -> str:
    if node.kind != "startEvent":
        return ""
    if node.scope.is_process:
        return "process"
    return "eventSubProcess" if node.scope.is_event_subprocess else "subProcess"


def _refused(diagram: Diagram, node: XmlElement, reason: Text, **facts: Any) -> Finding:
    tag = local(node)
    return UNSUPPORTED.at(node, diagram.file, kind=label(tag), tag=tag, reason=reason, **facts)
