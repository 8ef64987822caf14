"""Events: what they refer to must exist and have a name, or nobody ever hears them (BPMN 2.0 §10.5.5)."""

from collections import Counter
from collections.abc import Iterator

from lxml.etree import _Element as XmlElement

from engine import expressions
from engine.bpmn import CAMUNDA, EVENT_KINDS, TIENDO, children, is_true, local, reference
from engine.findings import Finding
from engine.lint.model import Diagram, Node
from engine.rules import error, warning
from engine.transforms.links import link_name
from foundation.texts import Text, _

MISSING = error(
    "event.reference-missing",
    _("{name} chưa chọn {what}; hãy chọn trong bảng thuộc tính."),
    why=_("Không chọn thông điệp, tín hiệu, mã lỗi hay cấp báo thì không ai nhận được."),
    example='<bpmn:receiveTask id="r"/>',
)
DANGLING = error(
    "event.reference-dangling",
    _("{name} dùng {what} “{found}” không có trong tệp; hãy chọn lại hoặc khai báo thêm."),
    why=_("Sự kiện phải trỏ tới phần tử có thật trong cùng tệp."),
    example='<bpmn:messageEventDefinition messageRef="không-có"/>',
)
UNNAMED = error(
    "event.reference-unnamed",
    _("{name} dùng {what} “{found}” chưa có {attribute}; hãy đặt giá trị cho thuộc tính này."),
    why=_("Bên gửi và bên nhận tìm nhau theo tên hoặc mã."),
    example='<bpmn:message id="m"/>',
)
NO_CORRELATION = warning(
    "message.no-correlation-key",
    _(
        "{name} chờ thông điệp “{message}” không có khóa tương quan; mọi phiên bản đang chờ đều "
        "khớp, chỉ một phiên bản "
        "nhận được. Hãy đặt tiendo:correlationKey cho thông điệp."
    ),
    why=_("Khóa tương quan cho biết thông điệp dành cho phiên bản quy trình nào."),
    example='<bpmn:message id="m" name="Đã nhận"/>',
)
NAME_EXPRESSION = error(
    "event.name-expression",
    _(
        "{name} dùng {what} có tên là biểu thức “{found}”; hãy đặt một tên cố định, phần thay đổi "
        "đưa vào khóa "
        "tương quan."
    ),
    why=_("Bên gửi và bên nhận tìm nhau theo tên cố định."),
    example='<bpmn:message id="m" name="${kind}"/>',
)
LINK_UNNAMED = error(
    "link.unnamed",
    _("Liên kết {name} chưa có tên; hãy đặt tên trùng với đầu kia của liên kết."),
    why=_("Hai đầu liên kết tìm nhau theo tên."),
    example="<bpmn:linkEventDefinition/>",
)
LINK_NO_CATCH = error(
    "link.no-catch",
    _("Liên kết {name} tới “{link}” không có điểm nhận cùng tên trong cùng quy trình; hãy vẽ điểm nhận."),
    why=_("Không có điểm nhận thì phần còn lại của quy trình không chạy."),
    example='chỉ có <bpmn:intermediateThrowEvent> mang liên kết "A"',
)
LINK_NO_THROW = error(
    "link.no-throw",
    _("Điểm nhận liên kết {name} (“{link}”) không có đầu gửi cùng tên; hãy vẽ đầu gửi hoặc xóa điểm nhận."),
    why=_("Không có đầu gửi thì không đường nào tới được đây."),
    example='chỉ có <bpmn:intermediateCatchEvent> mang liên kết "A"',
)
LINK_SEVERAL = error(
    "link.several-catches",
    _("Liên kết “{link}” có {count} điểm nhận trong cùng quy trình; hãy giữ một (xem {name})."),
    why=_("Không biết phải nhảy tới điểm nhận nào (BPMN 2.0 §10.5.5)."),
    example='hai <bpmn:intermediateCatchEvent> mang liên kết "A"',
)

_WORDS: dict[str, Text] = {
    "message": _("thông điệp"),
    "signal": _("tín hiệu"),
    "error": _("lỗi"),
    "escalation": _("cấp báo"),
}
_ATTRIBUTES = {"message": "name", "signal": "name", "error": "errorCode", "escalation": "escalationCode"}
_THROWS = frozenset({"endEvent", "intermediateThrowEvent", "sendTask"})


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the events that refer to nothing, and the links without a partner."""
    for node in diagram.nodes:
        yield from _definition_references(diagram, node)
        if node.kind == "sendTask" and node.xml.get(f"{CAMUNDA}topic"):
            continue
        if node.kind in {"sendTask", "receiveTask"}:
            yield from _reference(diagram, node, "message", node.xml)
        for definition in node.definitions:
            kind = EVENT_KINDS[local(definition)]
            if kind in _WORDS:
                yield from _reference(diagram, node, kind, definition)
    yield from _links(diagram)


def _reference(diagram: Diagram, node: Node, kind: str, holder: XmlElement) -> Iterator[Finding]:
    word, file = _WORDS[kind], diagram.file
    found = holder.get(f"{kind}Ref")
    if not found:
        # a catching error or escalation without reference catches all of them
        if kind in {"message", "signal"} or node.kind in _THROWS:
            yield MISSING.at(node.xml, file, what=word)
        return
    target = diagram.elements.get(reference(found))
    if target is None or local(target) != kind:
        yield DANGLING.at(node.xml, file, what=word, found=found)
        return
    attribute = _ATTRIBUTES[kind]
    if not (target.get(attribute) or "").strip():
        yield UNNAMED.at(node.xml, file, what=word, found=found, attribute=attribute)
    elif expressions.is_marked(target.get(attribute) or ""):
        yield NAME_EXPRESSION.at(node.xml, file, what=word, found=target.get(attribute))
    elif kind == "message" and _needs_key(node) and not target.get(f"{TIENDO}correlationKey"):
        yield NO_CORRELATION.at(node.xml, file, message=target.get("name"))


def _definition_references(diagram: Diagram, node: Node) -> Iterator[Finding]:
    for link in children(node.xml, "eventDefinitionRef"):
        target = diagram.elements.get(reference(link.text))
        if target is None or local(target) not in EVENT_KINDS:
            found = (link.text or "").strip()
            yield DANGLING.at(node.xml, diagram.file, place=link, what=_("định nghĩa sự kiện"), found=found)


def _needs_key(node: Node) -> bool:
    """Tell whether a running instance waits here; a message that starts a process meets none."""
    if is_true(node.xml.get("instantiate")):
        return False
    return node.kind not in _THROWS and not (node.kind == "startEvent" and node.scope.is_process)


def _links(diagram: Diagram) -> Iterator[Finding]:
    for scope in diagram.scopes:
        links = [node for node in scope.nodes if node.event == "link"]
        throws = [node for node in links if node.kind == "intermediateThrowEvent"]
        catches = [node for node in links if node.kind == "intermediateCatchEvent"]
        yield from (LINK_UNNAMED.at(node.xml, diagram.file) for node in links if not link_name(node.xml))
        thrown = {link_name(node.xml) for node in throws}
        caught = Counter(link_name(node.xml) for node in catches)
        for node in throws:
            name = link_name(node.xml)
            if name and name not in caught:
                yield LINK_NO_CATCH.at(node.xml, diagram.file, link=name)
        for node in catches:
            name = link_name(node.xml)
            if name and name not in thrown:
                yield LINK_NO_THROW.at(node.xml, diagram.file, link=name)
            if name and caught[name] > 1:
                yield LINK_SEVERAL.at(node.xml, diagram.file, link=name, count=caught[name])
