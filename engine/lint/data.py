"""Data associations with assignments or transformations: from what, to where (BPMN 2.0 §10.4.2)."""

from collections.abc import Iterator

from lxml.etree import _Element as XmlElement

from engine.bpmn import ACTIVITIES, child_text, children
from engine.findings import Finding
from engine.lint.model import Diagram, Node
from engine.rules import error
from engine.spiff.data import INPUT, OUTPUT, Items
from foundation.texts import _

INCOMPLETE = error(
    "data.incomplete",
    _("{name}: phép gán dữ liệu thiếu {missing}; hãy điền đủ nguồn (from) và đích (to)."),
    why=_("Phép gán thiếu một đầu sẽ làm mất dữ liệu."),
    example="<bpmn:assignment><bpmn:from>= a</bpmn:from></bpmn:assignment>",
)
TARGET = error(
    "data.target-unknown",
    _(
        "{name}: đích dữ liệu “{found}” không phải tên biến, cũng không phải đối tượng dữ liệu trong tệp; "
        "hãy chọn lại."
    ),
    why=_("Không rõ đích thì giá trị không được ghi vào đâu cả; kho dữ liệu chỉ để vẽ."),
    example="<bpmn:to>a[1].b</bpmn:to>",
)


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the associations whose values would go nowhere."""
    items = Items(diagram.root)
    for node in diagram.nodes:
        if node.kind in ACTIVITIES:
            for kind in (INPUT, OUTPUT):
                for association in children(node.xml, kind):
                    yield from _association(diagram, node, association, items)


def _association(diagram: Diagram, node: Node, association: XmlElement, items: Items) -> Iterator[Finding]:
    assignments = list(children(association, "assignment"))
    for assignment in assignments:
        missing = [name for name in ("from", "to") if not child_text(assignment, name)]
        if missing:
            yield INCOMPLETE.at(node.xml, diagram.file, place=assignment, missing=", ".join(missing))
        elif items.target(child_text(assignment, "to")) is None:
            yield TARGET.at(node.xml, diagram.file, place=assignment, found=child_text(assignment, "to"))
    is_formula = not assignments and bool(child_text(association, "transformation"))
    if is_formula and items.name(child_text(association, "targetRef")) is None:
        found = child_text(association, "targetRef") or "–"
        yield TARGET.at(node.xml, diagram.file, place=association, found=found)
