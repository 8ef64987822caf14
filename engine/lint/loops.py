"""Repetition: multi-instance and standard loops (BPMN 2.0 §10.3.8, §13.3.6–7)."""

from collections.abc import Iterator

from lxml.etree import _Element as XmlElement

from engine.bpmn import CAMUNDA, child_text, is_event_subprocess, local
from engine.findings import Finding
from engine.lint.model import Diagram, Node
from engine.rules import error, warning
from foundation.texts import _

#: instances of an embedded multi-instance above which a call activity serves better
EMBEDDED_LIMIT = 50

NO_ITEMS = error(
    "multi-instance.no-items",
    _("{name} lặp nhưng không có danh sách hay số lần; hãy điền camunda:collection hoặc loopCardinality."),
    why=_("Không biết phải lặp cho ai, bao nhiêu lần."),
    example="<bpmn:multiInstanceLoopCharacteristics/>",
)
TWO_SOURCES = error(
    "multi-instance.two-sources",
    _("{name} vừa có danh sách vừa có số lần lặp; hãy chỉ giữ một."),
    why=_("Hai cách đếm có thể cho hai kết quả khác nhau."),
    example='camunda:collection="a" cùng <bpmn:loopCardinality>',
)
COUNT_INVALID = error(
    "loop.count-invalid",
    _("{name}: số lần lặp “{found}” phải là số nguyên từ 0 trở lên; hãy sửa lại."),
    why=_("Số lần lặp âm không có nghĩa."),
    example="<bpmn:loopCardinality>-1</bpmn:loopCardinality>",
)
TOO_MANY = warning(
    "multi-instance.too-many",
    _(
        "{name} lặp {found} lần trong cùng một phiên bản quy trình; trên {limit} lần hãy dùng bước "
        "gọi quy trình."
    ),
    why=_("Bước gọi tạo phiên bản riêng cho từng lần nên không chậm dần khi nhiều đơn vị."),
    example="<bpmn:loopCardinality>500</bpmn:loopCardinality> trên userTask",
)
TWO_LOOPS = error(
    "loop.two-kinds",
    _("{name} có hai kiểu lặp cùng lúc; hãy chỉ giữ một."),
    why=_("Một bước chỉ có một kiểu lặp (BPMN 2.0 §10.3.8)."),
    example="standardLoopCharacteristics cùng multiInstanceLoopCharacteristics",
)
UNBOUNDED = error(
    "loop.unbounded",
    _("{name} lặp mãi: không có điều kiện và không có số lần tối đa; hãy điền một trong hai."),
    why=_("Vòng lặp không có điểm dừng sẽ không bao giờ kết thúc."),
    example="<bpmn:standardLoopCharacteristics/>",
)
EVENT_SUBPROCESS = error(
    "loop.event-subprocess",
    _("Tiểu quy trình sự kiện {name} không được lặp; hãy bỏ dấu lặp."),
    why=_("Sự kiện không ngắt tự chạy lại mỗi lần xảy ra (BPMN 2.0 §10.3.5)."),
    example='<bpmn:subProcess triggeredByEvent="true"> có multiInstance',
)
OUTPUT_LOST = warning(
    "multi-instance.output-lost",
    _(
        "{name} có tiendo:outputElement nhưng không có tiendo:outputCollection; kết quả sẽ không "
        "được giữ lại."
    ),
    why=_("Kết quả của từng lần lặp được gom vào biến tên outputCollection."),
    example='tiendo:outputElement="= report"',
)


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the repetitions that never begin, never end or count wrongly."""
    for node in diagram.nodes:
        loops = [child for child in node.xml if local(child).endswith("LoopCharacteristics")]
        if not loops:
            continue
        if len(loops) > 1:
            yield TWO_LOOPS.at(node.xml, diagram.file)
        if is_event_subprocess(node.xml):
            yield EVENT_SUBPROCESS.at(node.xml, diagram.file)
        for loop in loops:
            if local(loop) == "standardLoopCharacteristics":
                yield from _standard(diagram, node, loop)
            else:
                yield from _multi(diagram, node, loop)


def _standard(diagram: Diagram, node: Node, loop: XmlElement) -> Iterator[Finding]:
    maximum = (loop.get("loopMaximum") or "").strip()
    if maximum and not maximum.isdecimal():
        yield COUNT_INVALID.at(node.xml, diagram.file, found=maximum)
    if not maximum and not child_text(loop, "loopCondition"):
        yield UNBOUNDED.at(node.xml, diagram.file)


def _multi(diagram: Diagram, node: Node, loop: XmlElement) -> Iterator[Finding]:
    file, xml = diagram.file, node.xml
    has_collection = bool(loop.get(f"{CAMUNDA}collection") or child_text(loop, "loopDataInputRef"))
    count = child_text(loop, "loopCardinality")
    if not has_collection and not count:
        yield NO_ITEMS.at(xml, file)
    elif has_collection and count:
        yield TWO_SOURCES.at(xml, file)
    literal = count.removeprefix("=").strip()
    if literal.lstrip("-+").replace(".", "", 1).isdecimal() and not literal.isdecimal():
        yield COUNT_INVALID.at(xml, file, found=count)
    elif literal.isdecimal() and int(literal) > EMBEDDED_LIMIT and node.kind != "callActivity":
        yield TOO_MANY.at(xml, file, found=int(literal), limit=EMBEDDED_LIMIT)
    attributes = {str(name).rpartition("}")[2] for name in loop.attrib}
    if "outputElement" in attributes and "outputCollection" not in attributes:
        yield OUTPUT_LOST.at(xml, file)
