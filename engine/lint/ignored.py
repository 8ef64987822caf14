"""What a diagram says and nobody reads: attributes and mappings that have no effect where they stand."""

from collections.abc import Iterator

from lxml.etree import _Element as XmlElement

from engine.bpmn import ACTIVITIES, CAMUNDA, TIENDO, children, extensions, local
from engine.findings import Finding
from engine.lint.labels import label
from engine.lint.model import Diagram, Node
from engine.rules import error, warning
from foundation.texts import _

ATTRIBUTE = warning(
    "attribute.ignored",
    _("{name}: {attribute} không có tác dụng; hãy xóa, hoặc diễn đạt bằng cách khác."),
    why=_("Thiết lập không được đọc dễ làm người vẽ tưởng là đã có hiệu lực."),
    example='<bpmn:startEvent camunda:initiator="người tạo"/>',
)
MAPPING = error(
    "mapping.misplaced",
    _(
        "{name}: {tag} không có tác dụng trên {kind}; hãy chuyển ánh xạ sang bước trước hoặc sau. "
        "Bước gọi dùng camunda:in và camunda:out; các bước khác dùng inputParameter và outputParameter."
    ),
    why=_("Ánh xạ không được đọc sẽ làm mất dữ liệu."),
    example="<camunda:inputParameter> trên callActivity",
)
BINDING = error(
    "binding.unsupported",
    _("{name}: {attribute} là “{found}”; chỉ nhận {expected}. Hãy chọn lại cách gắn phiên bản."),
    why=_("Gắn sai phiên bản sẽ chạy nhầm quy trình, bảng quyết định hay biểu mẫu."),
    example='camunda:calledElementBinding="versionTag"',
)
VERSION = error(
    "binding.version-missing",
    _(
        "{name}: gắn theo phiên bản nhưng camunda:calledElementVersion là “{found}”, phải là số "
        "nguyên từ 1; hãy điền."
    ),
    why=_("Không có số phiên bản thì không biết gọi bản nào."),
    example='camunda:calledElementBinding="version"',
)

#: camunda attributes that would change what happens, and are not read
_ATTRIBUTES = (
    "initiator",
    "errorCodeVariable",
    "errorMessageVariable",
    "escalationCodeVariable",
    "variableName",
    "variableEvents",
    "candidateStarterGroups",
    "candidateStarterUsers",
)
_CAUGHT = {
    "errorEventDefinition": frozenset({"errorCodeVariable", "errorMessageVariable"}),
    "escalationEventDefinition": frozenset({"escalationCodeVariable"}),
}
_OWNERS = frozenset({"potentialOwner", "humanPerformer", "performer", "resourceRole"})
_BINDINGS = {
    "calledElementBinding": ("latest", "deployment", "version"),
    "decisionRefBinding": ("latest",),
    "formRefBinding": ("latest",),
}
_TAGS = ("in", "out", "inputParameter", "outputParameter")


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the settings without effect: errors where data would be lost, warnings elsewhere."""
    for scope in diagram.scopes:
        if scope.is_process:
            yield from _attributes(diagram, scope.xml, (scope.xml,))
    for node in diagram.nodes:
        yield from _attributes(diagram, node.xml, (node.xml, *node.definitions))
        if _is_other_due_date(node):
            yield ATTRIBUTE.at(node.xml, diagram.file, attribute="tiendo:dueDate")
        for child in node.xml:
            if local(child) in _OWNERS:
                yield ATTRIBUTE.at(node.xml, diagram.file, place=child, attribute=local(child))
        yield from _mappings(diagram, node)
        yield from _bindings(diagram, node)


def _attributes(diagram: Diagram, owner: XmlElement, holders: tuple[XmlElement, ...]) -> Iterator[Finding]:
    for holder in holders:
        for name in _ATTRIBUTES:
            if holder.get(f"{CAMUNDA}{name}") and name not in _kept_by(owner, holder):
                yield ATTRIBUTE.at(owner, diagram.file, attribute=f"camunda:{name}")


def _is_other_due_date(node: Node) -> bool:
    """Tell whether a `tiendo:dueDate` stands where it is not read: beside the usual one, or not on a call."""
    is_read = node.kind == "callActivity" and node.xml.get(f"{CAMUNDA}dueDate") is None
    return bool(node.xml.get(f"{TIENDO}dueDate")) and not is_read


def _kept_by(owner: XmlElement, definition: XmlElement) -> frozenset[str]:
    """Give the variables in which a catching error or escalation event keeps what it caught."""
    if local(owner) not in {"boundaryEvent", "startEvent"}:
        return frozenset()
    return _CAUGHT.get(local(definition), frozenset())


def _mappings(diagram: Diagram, node: Node) -> Iterator[Finding]:
    for tag in _TAGS:
        if tag not in _read(node) and next(extensions(node.xml, f"{CAMUNDA}{tag}"), None) is not None:
            yield MAPPING.at(node.xml, diagram.file, tag=f"camunda:{tag}", kind=label(node.kind))


def _read(node: Node) -> frozenset[str]:
    """Give the mappings the executor reads on a kind of node."""
    if node.kind == "callActivity":
        repeats = any(True for _loop in children(node.xml, "multiInstanceLoopCharacteristics"))
        return frozenset({"in", "out"} if repeats else {"in", "out", "outputParameter"})
    if node.kind in ACTIVITIES:
        return frozenset({"inputParameter", "outputParameter"})
    return frozenset({"inputParameter"} if node.kind in {"intermediateThrowEvent", "endEvent"} else ())


def _bindings(diagram: Diagram, node: Node) -> Iterator[Finding]:
    for name, allowed in _BINDINGS.items():
        found = (node.xml.get(f"{CAMUNDA}{name}") or allowed[0]).strip()
        if found not in allowed:
            expected = ", ".join(allowed)
            yield BINDING.at(
                node.xml, diagram.file, attribute=f"camunda:{name}", found=found, expected=expected
            )
    if node.xml.get(f"{CAMUNDA}calledElementBinding") == "version":
        version = (node.xml.get(f"{CAMUNDA}calledElementVersion") or "").strip()
        if not version.isdecimal() or int(version) < 1:
            yield VERSION.at(node.xml, diagram.file, found=version)
