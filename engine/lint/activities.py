"""Activities: scripts, service tasks, rules and mappings that the executor could not run as drawn."""

from collections.abc import Iterator

from lxml.etree import _Element as XmlElement

from engine import iso8601
from engine.bpmn import CAMUNDA, child_text, extensions
from engine.findings import Finding
from engine.lint.model import Diagram, Node
from engine.rules import error, warning
from foundation.texts import _

SCRIPT_FORMAT = error(
    "script.format",
    _(
        "Bước kịch bản {name} viết bằng “{found}”; chỉ chạy được FEEL. Hãy viết lại bằng FEEL với "
        "scriptFormat=feel."
    ),
    why=_("Mã Python, JavaScript hay Groovy trong sơ đồ không an toàn và không được chạy."),
    example='<bpmn:scriptTask scriptFormat="javascript">',
)
SCRIPT_EMPTY = error(
    "script.empty",
    _("Bước kịch bản {name} chưa có nội dung; hãy viết một biểu thức FEEL hoặc đổi thành bước thường."),
    why=_("Bước kịch bản rỗng không làm gì cả."),
    example='<bpmn:scriptTask id="s"/>',
)
SCRIPT_RESOURCE = error(
    "script.resource",
    _("{name} lấy nội dung từ tệp ngoài “{found}”; hãy viết biểu thức ngay trong sơ đồ."),
    why=_("Nội dung ở ngoài tệp thì phiên bản quy trình không còn cố định."),
    example='camunda:resource="deployment://a.js"',
)
SCRIPT_RESULT = warning(
    "script.no-result",
    _("Kết quả của bước kịch bản {name} không được giữ lại; hãy đặt camunda:resultVariable."),
    why=_("FEEL không gán biến, chỉ trả về một giá trị."),
    example='<bpmn:scriptTask scriptFormat="feel"> không có resultVariable',
)
CODE = error(
    "implementation.code",
    _("{name} gọi mã chương trình qua {attribute} “{found}”; hãy dùng camunda:type=external với một topic."),
    why=_("Lớp Java và biểu thức gọi hàm không chạy ở đây."),
    example='<bpmn:serviceTask camunda:class="com.example.Send"/>',
)
NO_IMPLEMENTATION = error(
    "service-task.no-topic",
    _("Bước dịch vụ {name} chưa có topic; hãy đặt camunda:type=external và camunda:topic."),
    why=_("Không có topic thì không bộ xử lý nào nhận việc."),
    example='<bpmn:serviceTask id="s"/>',
)
SERVICE_TYPE = error(
    "service-task.type",
    _("Bước dịch vụ {name} có kiểu “{found}”; chỉ chạy được kiểu external. Hãy đổi camunda:type."),
    why=_("Các kiểu khác (mail, connector…) là của sản phẩm khác."),
    example='<bpmn:serviceTask camunda:type="mail"/>',
)
NO_DECISION = error(
    "decision.missing",
    _("Bước quy tắc {name} chưa chọn bảng quyết định; hãy điền camunda:decisionRef."),
    why=_("Bước quy tắc lấy kết quả từ một bảng quyết định DMN."),
    example='<bpmn:businessRuleTask id="r"/>',
)
NO_CALLED = error(
    "call.missing",
    _("Bước gọi {name} chưa chọn quy trình; hãy điền calledElement."),
    why=_("Không biết phải gọi quy trình nào."),
    example='<bpmn:callActivity id="c"/>',
)
MAPPING = error(
    "mapping.incomplete",
    _("{name}: một ánh xạ {tag} thiếu {attribute}; hãy điền hoặc xóa dòng ánh xạ."),
    why=_("Ánh xạ thiếu tên hoặc giá trị sẽ làm mất dữ liệu."),
    example='<camunda:in source="a"/>',
)
MAPPING_STRUCTURE = error(
    "mapping.structure",
    _("{name}: tham số “{parameter}” dùng {found}; chỉ nhận một giá trị hoặc biểu thức FEEL. Hãy viết lại."),
    why=_("Danh sách, bảng và kịch bản trong tham số viết được bằng FEEL: [1, 2], {{a: 1}}."),
    example='<camunda:inputParameter name="a"><camunda:script/></camunda:inputParameter>',
)
LISTENER = error(
    "listener.code",
    _("{name} có bộ lắng nghe chạy mã ({found}); hãy xóa, hoặc vẽ thành một bước dịch vụ."),
    why=_("Mã trong bộ lắng nghe không được chạy nên quy trình sẽ thiếu một việc."),
    example='<camunda:executionListener class="…" event="start"/>',
)
CONNECTOR = error(
    "connector.unsupported",
    _("{name} dùng connector; hãy dùng camunda:type=external với một topic."),
    why=_("Connector là thành phần của sản phẩm khác."),
    example="<camunda:connector>",
)

RETRY = error(
    "retry.invalid",
    _("{name}: số lần thử lại “{found}” phải là chu kỳ hữu hạn ISO 8601 như R3/PT10M; hãy sửa lại."),
    why=_("Việc thất bại được thử lại theo chu kỳ này rồi mới thành sự cố."),
    example="<camunda:failedJobRetryTimeCycle>3</camunda:failedJobRetryTimeCycle>",
)
DECISION_RESULT = error(
    "decision.result-mapping",
    _("{name}: camunda:mapDecisionResult là “{found}”; chỉ nhận {expected}. Hãy chọn lại."),
    why=_("Cách lấy kết quả quyết định dạng của biến kết quả."),
    example='camunda:mapDecisionResult="first"',
)

QUANTITY = error(
    "activity.quantity",
    _("{name}: {attribute} là “{found}”, phải là số nguyên từ 1 trở lên; hãy sửa lại."),
    why=_("Bước cần ít nhất một luồng để bắt đầu và trả ít nhất một luồng khi xong (BPMN 2.0 §10.3)."),
    example='<bpmn:task startQuantity="0"/>',
)

_RESULTS = ("singleEntry", "singleResult", "collectEntries", "resultList")
_CODE_ATTRIBUTES = (
    "class",
    "delegateExpression",
    "expression",
    "variableMappingClass",
    "variableMappingDelegateExpression",
)
_FEEL = frozenset({"feel", "application/feel", "text/feel"})
_LISTENERS = ("executionListener", "taskListener")


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the activities whose work cannot be done."""
    for node in diagram.nodes:
        yield from _code(diagram, node)
        yield from _mappings(diagram, node)
        yield from _retries(diagram, node)
        yield from _quantities(diagram, node)
        if node.kind == "scriptTask":
            yield from _script(diagram, node)
        elif node.kind == "serviceTask":
            yield from _service(diagram, node)
        elif node.kind == "businessRuleTask":
            yield from _rule(diagram, node)
        elif node.kind == "callActivity" and not node.xml.get("calledElement"):
            yield NO_CALLED.at(node.xml, diagram.file)


def _quantities(diagram: Diagram, node: Node) -> Iterator[Finding]:
    for name in ("startQuantity", "completionQuantity"):
        found = (node.xml.get(name) or "1").strip()
        if not found.isdecimal() or int(found) < 1:
            yield QUANTITY.at(node.xml, diagram.file, attribute=name, found=found)


def _attribute(xml: XmlElement, name: str) -> str:
    return (xml.get(f"{CAMUNDA}{name}") or "").strip()


def _has_code(xml: XmlElement) -> bool:
    return any(_attribute(xml, name) for name in _CODE_ATTRIBUTES)


def _code(diagram: Diagram, node: Node) -> Iterator[Finding]:
    for holder in (node.xml, *node.definitions):
        for name in _CODE_ATTRIBUTES:
            if found := _attribute(holder, name):
                yield CODE.at(node.xml, diagram.file, attribute=f"camunda:{name}", found=found)
    for tag in _LISTENERS:
        for listener in extensions(node.xml, f"{CAMUNDA}{tag}"):
            yield LISTENER.at(node.xml, diagram.file, place=listener, found=f"camunda:{tag}")
    for connector in extensions(node.xml, f"{CAMUNDA}connector"):
        yield CONNECTOR.at(node.xml, diagram.file, place=connector)


def _script(diagram: Diagram, node: Node) -> Iterator[Finding]:
    file, xml = diagram.file, node.xml
    language = (xml.get("scriptFormat") or "").strip()
    resource = _attribute(xml, "resource")
    if resource:
        yield SCRIPT_RESOURCE.at(xml, file, found=resource)
        return
    if language and language.lower() not in _FEEL:
        yield SCRIPT_FORMAT.at(xml, file, found=language)
    if not child_text(xml, "script"):
        yield SCRIPT_EMPTY.at(xml, file)
    elif not _attribute(xml, "resultVariable") and not child_text(xml, "script").lstrip("= ").startswith("{"):
        yield SCRIPT_RESULT.at(xml, file)


def _service(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if _has_code(node.xml):
        return
    kind = _attribute(node.xml, "type")
    if kind and kind != "external":
        yield SERVICE_TYPE.at(node.xml, diagram.file, found=kind)
    elif not kind or not _attribute(node.xml, "topic"):
        yield NO_IMPLEMENTATION.at(node.xml, diagram.file)


def _rule(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if (
        not _has_code(node.xml)
        and not _attribute(node.xml, "decisionRef")
        and not _attribute(node.xml, "topic")
    ):
        yield NO_DECISION.at(node.xml, diagram.file)
    found = _attribute(node.xml, "mapDecisionResult")
    if found and found not in _RESULTS:
        yield DECISION_RESULT.at(node.xml, diagram.file, found=found, expected=", ".join(_RESULTS))


def _retries(diagram: Diagram, node: Node) -> Iterator[Finding]:
    for cycle in extensions(node.xml, f"{CAMUNDA}failedJobRetryTimeCycle"):
        found = (cycle.text or "").strip()
        literal = iso8601.read(found)
        if literal is None or literal.kind != "cycle" or literal.repetitions is None or literal.is_negative:
            yield RETRY.at(node.xml, diagram.file, place=cycle, found=found)


def _mappings(diagram: Diagram, node: Node) -> Iterator[Finding]:
    file = diagram.file
    for tag in ("in", "out"):
        for mapping in extensions(node.xml, f"{CAMUNDA}{tag}"):
            if mapping.get("variables") == "all" or mapping.get("businessKey"):
                continue
            for names in (("source", "sourceExpression"), ("target",)):
                if not any(mapping.get(name) for name in names):
                    yield MAPPING.at(node.xml, file, place=mapping, tag=f"camunda:{tag}", attribute=names[0])
    for tag in ("inputParameter", "outputParameter"):
        for parameter in extensions(node.xml, f"{CAMUNDA}{tag}"):
            if not parameter.get("name"):
                yield MAPPING.at(node.xml, file, place=parameter, tag=f"camunda:{tag}", attribute="name")
            for child in parameter:
                found = str(child.tag).rpartition("}")[2]
                yield MAPPING_STRUCTURE.at(
                    node.xml, file, place=parameter, parameter=parameter.get("name") or "", found=found
                )
