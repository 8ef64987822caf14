"""Expressions: every FEEL text of a diagram is parsed, each fault named with its position in the text."""

from collections.abc import Iterator
from typing import NamedTuple

from lxml.etree import _Element as XmlElement

from engine import expressions, iso8601
from engine.bpmn import CAMUNDA, TIENDO, child_text, children, extensions, local
from engine.feel import FeelLimitExceeded, FeelSyntaxError
from engine.findings import Finding
from engine.lint.model import Diagram, Node
from engine.lint.timers import is_cron
from engine.rules import Rule, error, warning
from foundation.texts import _

CONDITION = error(
    "flow.condition-syntax",
    _("Điều kiện của luồng {name} sai cú pháp. {detail} Biểu thức: {expression}"),
    why=_("Điều kiện sai cú pháp thì không biết phải đi luồng nào."),
    example="<bpmn:conditionExpression>amount &gt;</bpmn:conditionExpression>",
)
TIMER = error(
    "timer.syntax",
    _(
        "{name}: thời gian không phải ISO 8601 và cũng không phải biểu thức FEEL đúng. {detail} Nội "
        "dung: {expression}"
    ),
    why=_("Thời gian không đọc được thì không bao giờ tới hạn."),
    example="<bpmn:timeDuration>3 ngày</bpmn:timeDuration>",
)
SCRIPT = error(
    "script.syntax",
    _("Kịch bản của bước {name} không phải biểu thức FEEL đúng. {detail} Biểu thức: {expression}"),
    why=_("Bước kịch bản chạy một biểu thức FEEL."),
    example="<bpmn:script>x = 1; y = 2</bpmn:script>",
)
SYNTAX = error(
    "expression.syntax",
    _("{name}: {attribute} sai cú pháp FEEL. {detail} Biểu thức: {expression}"),
    why=_("Biểu thức được đọc ngay khi triển khai để không hỏng giữa chừng."),
    example='camunda:assignee="= an +"',
)
JUEL = error(
    "expression.juel",
    _(
        "{name}: {attribute} viết theo JUEL và không chuyển được chắc chắn sang FEEL; hãy viết lại "
        "bằng FEEL, bắt đầu "
        "bằng “=”. {detail} Biểu thức: {expression}"
    ),
    why=_("Chỉ những so sánh đơn giản của JUEL mới có nghĩa chắc chắn trong FEEL."),
    example="${{bean.method(x)}}",
)
TYPES = warning(
    "expression.types",
    _("{name}: {attribute}, cột {column}: {detail} Biểu thức: {expression}"),
    why=_("Phép tính giữa hai kiểu không hợp nhau luôn cho rỗng (null), nên điều kiện không bao giờ đúng."),
    example='= date(han) &gt; "2026-01-01"',
)
LANGUAGE = error(
    "expression.language",
    _("{name}: điều kiện viết bằng ngôn ngữ “{found}”; hãy viết lại bằng FEEL."),
    why=_("Chỉ FEEL được chạy trong sơ đồ."),
    example='<bpmn:conditionExpression language="javascript">',
)
EMPTY = error(
    "expression.empty",
    _("{name}: {attribute} để trống; hãy viết điều kiện hoặc xóa phần tử."),
    why=_("Điều kiện rỗng không đúng cũng không sai."),
    example="<bpmn:conditionExpression/>",
)

#: attributes that hold a literal unless they start with `=` or contain `${`
_MAYBE = (
    "assignee",
    "candidateGroups",
    "dueDate",
    "followUpDate",
    "priority",
    "topic",
    "formKey",
    "formRef",
    "decisionRef",
    "taskPriority",
)
_FEEL_LANGUAGES = (
    "feel",
    "https://www.omg.org/spec/dmn/",
    "http://www.omg.org/spec/dmn/",
    "http://www.omg.org/spec/feel/",
)
TOO_MUCH = error(
    "file.too-many-expressions",
    _(
        "Các biểu thức trong tệp dài hơn {limit} ký tự; hãy chuyển bớt sang bảng quyết định hoặc tách quy "
        "trình."
    ),
    why=_("Biểu thức dài đến vậy không ai đọc được và làm chậm mỗi lần kiểm tra."),
    example="1 500 kịch bản, mỗi kịch bản 800 ký tự",
)

#: letters of an expression shown in a finding
_SHOWN = 200
#: letters of all different expressions of a file together; a large process has a tenth of it
_LIMIT = 200_000


class Place(NamedTuple):
    """One expression: who it belongs to, what it is called there, its text, and the rule it breaks."""

    owner: XmlElement
    attribute: str
    text: str
    rule: Rule
    source: XmlElement


def check(diagram: Diagram) -> Iterator[Finding]:
    """Parse every expression of the judged processes."""
    yield from _parsed(diagram)
    for node in diagram.nodes:
        conditions = [one for one in node.definitions if local(one) == "conditionalEventDefinition"]
        if not all(child_text(one, "condition") for one in conditions):
            yield EMPTY.at(node.xml, diagram.file, attribute="condition")
    for flow in diagram.flows:
        for condition in children(flow.xml, "conditionExpression"):
            language = (condition.get("language") or "").strip()
            has_text = bool((condition.text or "").strip())
            if has_text and language and not language.lower().startswith(_FEEL_LANGUAGES):
                yield LANGUAGE.at(flow.xml, diagram.file, found=language)
            elif not has_text and (flow.source is None or flow.source.kind != "exclusiveGateway"):
                yield EMPTY.at(flow.xml, diagram.file, attribute="conditionExpression")


def _parsed(diagram: Diagram) -> Iterator[Finding]:
    seen: set[str] = set()
    letters = 0
    for place in places(diagram):
        if place.text not in seen:
            seen.add(place.text)
            letters += len(place.text)
        if letters > _LIMIT:
            yield TOO_MUCH.for_file(diagram.file, limit=_LIMIT)
            return
        finding = _parse(diagram, place)
        if finding is not None:
            yield finding
        else:
            yield from _misfits(diagram, place)


def _parse(diagram: Diagram, place: Place) -> Finding | None:
    shown = place.text.strip()
    rule = JUEL if expressions.is_juel(shown) else place.rule
    try:
        diagram.names[place.text] = expressions.check(shown)
    except (FeelSyntaxError, FeelLimitExceeded) as problem:
        facts = {name: problem.facts.get(name) for name in ("position", "line", "column")}
        return rule.at(
            place.owner,
            diagram.file,
            place=place.source,
            attribute=place.attribute,
            detail=problem.text,
            expression=_source(shown)[:_SHOWN],
            position=facts["position"],
            expression_line=facts["line"],
            column=facts["column"],
        )
    return None


def _misfits(diagram: Diagram, place: Place) -> Iterator[Finding]:
    shown = place.text.strip()
    for clash in expressions.misfits(shown):
        yield TYPES.at(
            place.owner,
            diagram.file,
            place=place.source,
            attribute=place.attribute,
            column=clash.at + 1,
            detail=clash.message,
            expression=_source(shown)[:_SHOWN],
        )


def _source(text: str) -> str:
    """Give the expression without its mark, so that positions count from its first letter."""
    return text[1:].strip() if text.startswith("=") else text


def places(diagram: Diagram) -> Iterator[Place]:
    """Give every expression of the judged processes."""
    for flow in diagram.flows:
        yield from _texts(flow.xml, flow.xml, "conditionExpression", CONDITION)
    for node in diagram.nodes:
        yield from _texts(node.xml, node.xml, "completionCondition", SYNTAX)
        yield from _texts(node.xml, node.xml, "activationCondition", SYNTAX)
        for kind in ("dataInputAssociation", "dataOutputAssociation"):
            for association in children(node.xml, kind):
                yield from _texts(node.xml, association, "transformation", SYNTAX)
                for assignment in children(association, "assignment"):
                    yield from _texts(node.xml, assignment, "from", SYNTAX)
        yield from _event_places(node)
        yield from _loop_places(node)
        yield from _attribute_places(node)
        yield from _mapping_places(node)
        if node.kind == "scriptTask" and (node.xml.get("scriptFormat") or "feel").lower().endswith("feel"):
            yield from _texts(node.xml, node.xml, "script", SCRIPT)
    for message in children(diagram.root, "message"):
        yield from _attribute(message, message, f"{TIENDO}correlationKey", is_feel=True)


def _event_places(node: Node) -> Iterator[Place]:
    for definition in node.definitions:
        yield from _texts(node.xml, definition, "condition", SYNTAX)
        for name in ("timeDate", "timeDuration", "timeCycle"):
            for place in _texts(node.xml, definition, name, TIMER):
                if not iso8601.looks_literal(place.text) and not is_cron(place.text):
                    yield place


def _loop_places(node: Node) -> Iterator[Place]:
    for loop in node.xml:
        if not local(loop).endswith("LoopCharacteristics"):
            continue
        for name in ("loopCardinality", "completionCondition", "loopCondition", "loopDataInputRef"):
            yield from _texts(node.xml, loop, name, SYNTAX)
        for behaviour in children(loop, "complexBehaviorDefinition"):
            yield from _texts(node.xml, behaviour, "condition", SYNTAX)
        for attribute in (f"{CAMUNDA}collection", f"{TIENDO}elementKey", f"{TIENDO}outputElement"):
            yield from _attribute(node.xml, loop, attribute, is_feel=True)


def _attribute_places(node: Node) -> Iterator[Place]:
    for name in _MAYBE:
        yield from _attribute(node.xml, node.xml, f"{CAMUNDA}{name}")
    if node.kind == "callActivity":
        yield from _attribute(node.xml, node.xml, "calledElement")
        yield from _attribute(node.xml, node.xml, f"{TIENDO}dueDate")
    for ladder in extensions(node.xml, f"{TIENDO}step"):
        yield from _attribute(node.xml, ladder, "to")


def _mapping_places(node: Node) -> Iterator[Place]:
    for tag in ("in", "out"):
        for mapping in extensions(node.xml, f"{CAMUNDA}{tag}"):
            for name in ("source", "sourceExpression"):
                yield from _attribute(node.xml, mapping, name, is_feel=True)
            yield from _attribute(node.xml, mapping, "businessKey")
    for tag in ("inputParameter", "outputParameter"):
        for parameter in extensions(node.xml, f"{CAMUNDA}{tag}"):
            text = (parameter.text or "").strip()
            if expressions.is_marked(text):
                name = f"camunda:{tag} {parameter.get('name') or ''}".strip()
                yield Place(node.xml, name, text, SYNTAX, parameter)


def _texts(owner: XmlElement, holder: XmlElement, name: str, rule: Rule) -> Iterator[Place]:
    for child in children(holder, name):
        text = (child.text or "").strip()
        if text:
            yield Place(owner, name, text, rule, child)


def _attribute(owner: XmlElement, holder: XmlElement, name: str, *, is_feel: bool = False) -> Iterator[Place]:
    text = (holder.get(name) or "").strip()
    if text and (is_feel or expressions.is_marked(text)):
        yield Place(owner, name.replace(CAMUNDA, "camunda:").replace(TIENDO, "tiendo:"), text, SYNTAX, holder)
