"""Escalation ladders of user tasks and call activities: when, to whom, what happens (`tiendo:escalation`)."""

from collections.abc import Iterator

from lxml.etree import _Element as XmlElement

from engine.bpmn import TIENDO, due_date, extensions
from engine.findings import Finding
from engine.lint.model import Diagram, Node
from engine.rules import error, warning
from foundation.texts import _

#: elements that may carry a ladder
HOSTS = frozenset({"userTask", "callActivity"})
#: units an offset may count in
UNITS = ("workingDays", "days", "hours")
#: what a step does: remind and notify inform, escalate tells a higher level, urge proposes an urging letter
ACTIONS = ("remind", "overdue", "escalate", "urge")
#: whom a call activity may tell: it has no assignee, only the parties of what it calls
CALL_RECIPIENTS = ("unit_head", "lead_head", "monitor", "office_head", "decision_holder")

HOST = error(
    "escalation.host",
    _(
        "{name} không mang được bậc thang đôn đốc; chỉ nhiệm vụ người dùng và bước gọi mang được. "
        "Hãy chuyển sang nhiệm vụ hoặc bước gọi."
    ),
    why=_("Bậc thang tính từ hạn của một nhiệm vụ hoặc một bước gọi."),
    example="<tiendo:escalation> trên serviceTask",
)
EMPTY = error(
    "escalation.empty",
    _("Bậc thang đôn đốc của {name} không có bậc nào và không có bảng quyết định; hãy thêm một trong hai."),
    why=_("Không có bậc thì không ai được nhắc."),
    example="<tiendo:escalation/>",
)
STEP = error(
    "escalation.step-invalid",
    _(
        "Bậc thang đôn đốc của {name}, bậc {number}: {attribute} là “{found}”, phải là {expected}; "
        "hãy sửa lại."
    ),
    why=_("Bậc viết sai sẽ không bao giờ nhắc đúng lúc, đúng người."),
    example='<tiendo:step offset="ba" unit="workingDays" to="assignee" action="remind"/>',
)
RECIPIENT = error(
    "escalation.recipient-unknown",
    _(
        "Bậc thang đôn đốc của bước gọi {name}, bậc {number}: “{found}” không phải vai được báo của bước "
        "gọi; hãy chọn một trong: {expected}."
    ),
    why=_("Bước gọi không có người làm đích danh; chỉ báo được cho các vai của việc được gọi."),
    example='<tiendo:step to="assignee" …/> trên callActivity',
)
DUPLICATE = warning(
    "escalation.step-duplicate",
    _("Bậc thang đôn đốc của {name}: bậc {number} trùng với một bậc trước; hãy xóa bớt."),
    why=_("Cùng một người sẽ bị nhắc hai lần một lúc."),
    example="hai <tiendo:step> giống nhau",
)
NO_DUE = warning(
    "escalation.no-due-date",
    _("{name} có bậc thang đôn đốc nhưng không có hạn; hãy đặt camunda:dueDate."),
    why=_("Bậc thang đếm ngày từ hạn; không có hạn thì không bậc nào được tính."),
    example="<tiendo:escalation> trên nhiệm vụ không có dueDate",
)

STEP_ORDER = warning(
    "escalation.step-order",
    _(
        "Bậc thang đôn đốc của {name}: bậc {number} ({offset}) xảy ra trước bậc viết phía trên "
        "({before}); hãy "
        "xếp các bậc theo thời gian."
    ),
    why=_("Bậc thang đọc từ trên xuống; xếp sai thứ tự thì người sau dễ hiểu nhầm ai được báo trước."),
    example='<tiendo:step offset="1" …/> rồi <tiendo:step offset="-3" …/>',
)
EARLY = warning(
    "escalation.overdue-early",
    _(
        "Bậc thang đôn đốc của {name}, bậc {number}: {action} đặt ở {offset}, trước hạn; hãy dùng "
        "remind trước "
        "hạn, overdue và urge từ hạn trở đi."
    ),
    why=_("Báo trễ và đôn đốc trước hạn là nói sai sự thật với người nhận."),
    example='<tiendo:step offset="-3" unit="workingDays" to="unit_head" action="overdue"/>',
)


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the ladders whose steps cannot be planned."""
    for node in diagram.nodes:
        for ladder in extensions(node.xml, f"{TIENDO}escalation"):
            yield from _ladder(diagram, node, ladder)


def _ladder(diagram: Diagram, node: Node, ladder: XmlElement) -> Iterator[Finding]:
    file, xml = diagram.file, node.xml
    if node.kind not in HOSTS:
        yield HOST.at(xml, file, place=ladder)
        return
    steps = list(ladder.iterchildren(f"{TIENDO}step"))
    if not steps and not ladder.get("decision"):
        yield EMPTY.at(xml, file, place=ladder)
    if not due_date(xml):
        yield NO_DUE.at(xml, file, place=ladder)
    seen: set[tuple[str | None, ...]] = set()
    for number, step in enumerate(steps, start=1):
        yield from _step(diagram, node, step, number)
        facts = tuple(step.get(name) for name in ("offset", "unit", "to", "action"))
        if facts in seen:
            yield DUPLICATE.at(xml, file, place=step, number=number)
        seen.add(facts)
    yield from _order(diagram, node, steps)


def _step(diagram: Diagram, node: Node, step: XmlElement, number: int) -> Iterator[Finding]:
    offset = (step.get("offset") or "").strip()
    problems = {
        "offset": None if offset.lstrip("+-").isdecimal() else _("số nguyên, âm là trước hạn"),
        "unit": None if step.get("unit") in UNITS else ", ".join(UNITS),
        "to": None if (step.get("to") or "").strip() else _("người hoặc vai được báo, ví dụ assignee"),
        "action": None if step.get("action") in ACTIONS else ", ".join(ACTIONS),
    }
    to = (step.get("to") or "").strip()
    if node.kind == "callActivity" and to and to not in CALL_RECIPIENTS:
        yield RECIPIENT.at(
            node.xml,
            diagram.file,
            place=step,
            number=number,
            found=to,
            expected=", ".join(CALL_RECIPIENTS),
        )
    for attribute, expected in problems.items():
        if expected is not None:
            yield STEP.at(
                node.xml,
                diagram.file,
                place=step,
                number=number,
                attribute=attribute,
                found=step.get(attribute) or "",
                expected=expected,
            )


def _order(diagram: Diagram, node: Node, steps: list[XmlElement]) -> Iterator[Finding]:
    """Compare each step with the one before of the same unit; steps that cannot be read are told already."""
    latest: dict[str, int] = {}
    for number, step in enumerate(steps, start=1):
        offset, unit = (step.get("offset") or "").strip(), step.get("unit") or ""
        if not offset.lstrip("+-").isdecimal() or unit not in UNITS:
            continue
        at, action = int(offset), step.get("action") or ""
        before = latest.get(unit, at)
        if at < before:
            yield STEP_ORDER.at(
                node.xml, diagram.file, place=step, number=number, offset=offset, before=before
            )
        if at < 0 and action in {"overdue", "urge"}:
            yield EARLY.at(node.xml, diagram.file, place=step, number=number, offset=offset, action=action)
        latest[unit] = at
