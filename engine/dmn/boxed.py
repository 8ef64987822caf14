"""Boxed expressions from XML (DMN 1.5 §7.3, §8, §10.2)."""

from collections.abc import Callable

from lxml import etree

from engine.dmn.elements import child, children, local, text_of
from engine.dmn.errors import DecisionError
from engine.dmn.model import (
    Boxed,
    BoxedContext,
    BoxedList,
    Conditional,
    Entry,
    FunctionDefinition,
    InputClause,
    Invocation,
    Iteration,
    Literal,
    OutputClause,
    Relation,
    Rule,
    Table,
)
from foundation.texts import _

_HIT_POLICIES = frozenset({"UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"})
_AGGREGATIONS = frozenset({"", "SUM", "MIN", "MAX", "COUNT"})
_DEPTH = 40


def read_type_ref(element: etree._Element) -> str | None:
    """Give the type of an element: an attribute, in DMN 1.1 `feel:string`."""
    return element.get("typeRef") or None


def logic_of(element: etree._Element, *, itself: bool = False, depth: int = _DEPTH) -> Boxed | None:
    """Give the boxed expression inside an element (or that an element is); None without one."""
    if depth == 0:
        raise DecisionError(_("Biểu thức hộp lồng nhau quá sâu."), element=element.get("id"))
    if itself:
        return _READERS["functionDefinition"](element, depth)
    for one in children(element):
        reader = _READERS.get(local(one))
        if reader is not None:
            return reader(one, depth - 1)
    return None


def _identity(element: etree._Element) -> str:
    return element.get("id") or ""


def _literal(element: etree._Element, _depth: int = 0) -> Literal:
    language = element.get("expressionLanguage")
    if language and "FEEL" not in language.upper():
        raise DecisionError(
            _("Ngôn ngữ biểu thức “{language}” không được hỗ trợ; chỉ dùng FEEL.", language=language),
            element=_identity(element),
        )
    return Literal(
        element=_identity(element),
        text=text_of(child(element, "text")) or "",
        type_ref=read_type_ref(element),
    )


def _context(element: etree._Element, depth: int) -> BoxedContext:
    entries = []
    for one in children(element, "contextEntry"):
        variable = child(one, "variable")
        entries.append(
            Entry(
                name="" if variable is None else " ".join((variable.get("name") or "").split()),
                value=logic_of(one, depth=depth),
                type_ref=None if variable is None else read_type_ref(variable),
            )
        )
    return BoxedContext(element=_identity(element), entries=tuple(entries), type_ref=read_type_ref(element))


def _one(element: etree._Element, depth: int) -> Boxed | None:
    if depth == 0:
        raise DecisionError(_("Biểu thức hộp lồng nhau quá sâu."), element=element.get("id"))
    reader = _READERS.get(local(element))
    return None if reader is None else reader(element, depth - 1)


def _list(element: etree._Element, depth: int) -> BoxedList:
    items = [_one(one, depth) for one in children(element) if local(one) in _READERS]
    return BoxedList(element=_identity(element), items=tuple(items), type_ref=read_type_ref(element))


def _relation(element: etree._Element, depth: int) -> Relation:
    return Relation(
        element=_identity(element),
        columns=tuple(" ".join((one.get("name") or "").split()) for one in children(element, "column")),
        rows=tuple(
            tuple(_one(cell, depth) for cell in children(row) if local(cell) in _READERS)
            for row in children(element, "row")
        ),
        type_ref=read_type_ref(element),
    )


def _invocation(element: etree._Element, depth: int) -> Invocation:
    bindings = []
    for one in children(element, "binding"):
        parameter = child(one, "parameter")
        bindings.append(
            Entry(
                name="" if parameter is None else " ".join((parameter.get("name") or "").split()),
                value=logic_of(one, depth=depth),
                type_ref=None if parameter is None else read_type_ref(parameter),
            )
        )
    return Invocation(
        element=_identity(element),
        called=logic_of(element, depth=depth),
        bindings=tuple(bindings),
        type_ref=read_type_ref(element),
    )


def _function(element: etree._Element, depth: int) -> FunctionDefinition:
    return FunctionDefinition(
        element=_identity(element),
        kind=element.get("kind") or "FEEL",
        parameters=tuple(
            (" ".join((one.get("name") or "").split()), read_type_ref(one))
            for one in children(element, "formalParameter")
        ),
        body=logic_of(element, depth=depth),
        type_ref=read_type_ref(element),
    )


def _inside(element: etree._Element, name: str, depth: int) -> Boxed | None:
    part = child(element, name)
    return None if part is None else logic_of(part, depth=depth)


def _conditional(element: etree._Element, depth: int) -> Conditional:
    return Conditional(
        element=_identity(element),
        condition=_inside(element, "if", depth),
        then=_inside(element, "then", depth),
        otherwise=_inside(element, "else", depth),
        type_ref=read_type_ref(element),
    )


def _iteration(element: etree._Element, depth: int) -> Iteration:
    word = local(element)
    body = {"for": "return", "filter": "match"}.get(word, "satisfies")
    return Iteration(
        element=_identity(element),
        word=word,
        variable=" ".join((element.get("iteratorVariable") or "").split()),
        domain=_inside(element, "in", depth),
        body=_inside(element, body, depth),
        type_ref=read_type_ref(element),
    )


def _table(element: etree._Element, _depth: int) -> Table:
    policy, aggregation = element.get("hitPolicy") or "UNIQUE", element.get("aggregation") or ""
    if policy not in _HIT_POLICIES or aggregation not in _AGGREGATIONS:
        raise DecisionError(
            _(
                "Bảng quyết định có chính sách “{policy} {aggregation}” không tồn tại.",
                policy=policy,
                aggregation=aggregation,
            ),
            element=_identity(element),
        )
    inputs = tuple(_input(one) for one in children(element, "input"))
    outputs = tuple(_output(one) for one in children(element, "output"))
    rules = tuple(_rule(one, number) for number, one in enumerate(children(element, "rule"), 1))
    for rule in rules:
        if len(rule.tests) != len(inputs) or len(rule.results) != len(outputs):
            raise DecisionError(
                _(
                    "Luật {number} có {tests} ô điều kiện và {results} ô kết quả; cần {inputs} và {outputs}.",
                    number=rule.number,
                    tests=len(rule.tests),
                    results=len(rule.results),
                    inputs=len(inputs),
                    outputs=len(outputs),
                ),
                element=rule.element,
            )
    return Table(
        element=_identity(element),
        hit_policy=policy,
        aggregation=aggregation,
        inputs=inputs,
        outputs=outputs,
        rules=rules,
        type_ref=read_type_ref(element),
    )


def _tests(element: etree._Element | None) -> str | None:
    text = None if element is None else text_of(child(element, "text"))
    return text if text and text.strip() else None


def _input(element: etree._Element) -> InputClause:
    expression = child(element, "inputExpression")
    if expression is None:
        raise DecisionError(_("Cột điều kiện không có biểu thức."), element=_identity(element))
    return InputClause(
        element=_identity(element),
        label=element.get("label") or "",
        expression=_literal(expression),
        values=_tests(child(element, "inputValues")),
    )


def _output(element: etree._Element) -> OutputClause:
    default = child(element, "defaultOutputEntry")
    return OutputClause(
        element=_identity(element),
        name=" ".join((element.get("name") or "").split()),
        type_ref=read_type_ref(element),
        values=_tests(child(element, "outputValues")),
        default=None if default is None else _literal(default),
        label=element.get("label") or "",
    )


def _rule(element: etree._Element, number: int) -> Rule:
    return Rule(
        element=_identity(element),
        number=number,
        tests=tuple(_literal(one) for one in children(element, "inputEntry")),
        results=tuple(_literal(one) for one in children(element, "outputEntry")),
        description=text_of(child(element, "description")) or "",
    )


_READERS: dict[str, Callable[[etree._Element, int], Boxed]] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": _function,
    "conditional": _conditional,
    "for": _iteration,
    "some": _iteration,
    "every": _iteration,
    "filter": _iteration,
}
