"""Whole models: requirements, knowledge, boxed expressions, types, reading."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine import dmn
from engine.dmn.reader import NAMESPACES
from engine.feel import FeelLimitExceeded
from foundation.errors import NotFound
from tests.engine.dmn.conftest import NOW, decision, definitions, input_data, literal, needs

Decide = Callable[..., dmn.DecisionResult]


def read(*parts: str) -> dmn.Model:
    return dmn.read(definitions("".join(parts)))


def test_required_decisions_are_made_first_and_once() -> None:
    model = read(
        input_data("n"),
        decision("a", literal("n + 1"), needs(inputs=["n"])),
        decision("b", literal("a * 2"), needs(decisions=["a"])),
        decision("c", literal("a + b"), needs(decisions=["a", "b"])),
    )

    found = dmn.decide(model, "c", {"n": 1}, now=NOW)

    assert found.value == 6
    assert found.decisions == {"a": 2, "b": 4, "c": 6}


def test_a_chain_of_a_thousand_decisions_is_no_deep_recursion() -> None:
    chain = [decision("d0", literal("1"))]
    chain += [
        decision(f"d{i}", literal(f"d{i - 1} + 1"), needs(decisions=[f"d{i - 1}"])) for i in range(1, 1000)
    ]

    assert dmn.decide(read(*chain), "d999", {}, now=NOW).value == 1000


def test_decisions_that_need_each_other_are_refused() -> None:
    model = read(
        decision("a", literal("b"), needs(decisions=["b"])),
        decision("b", literal("a"), needs(decisions=["a"])),
    )

    with pytest.raises(dmn.DecisionError, match="vòng lặp"):
        dmn.decide(model, "a", {}, now=NOW)
    assert {p.rule for p in dmn.lint(model)} == {"dmn-cycle"}


def test_a_knowledge_model_is_a_function() -> None:
    knowledge = (
        '<businessKnowledgeModel id="k" name="gấp đôi"><encapsulatedLogic>'
        '<formalParameter name="x" typeRef="number"/>'
        f"{literal('x * 2')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    model = read(knowledge, decision("d", literal("gấp đôi(x: 4) + gấp đôi(1)"), needs(knowledge=["k"])))

    assert dmn.decide(model, "d", {}, now=NOW).value == 10


def test_a_decision_service_is_a_function_of_its_inputs() -> None:
    parts = '<outputDecision href="#a"/><inputData href="#i n"/>'
    service = f'<decisionService id="s" name="tính">{parts}</decisionService>'
    model = read(
        input_data("n"),
        decision("a", literal("n + 1"), needs(inputs=["n"])),
        service,
        decision("d", literal("tính(5)"), needs(knowledge=["s"])),
    )

    assert dmn.decide(model, "d", {"n": 1}, now=NOW).value == 6


def entry(text: str, name: str = "") -> str:
    variable = f'<variable name="{name}"/>' if name else ""
    return f"<contextEntry>{variable}{literal(text)}</contextEntry>"


def part(tag: str, text: str) -> str:
    return f"<{tag}>{literal(text)}</{tag}>"


BOXED = {
    "context": (f"<context>{entry('n + 1', 'a')}{entry('a * 2')}</context>", 4),
    "list": (f"<list>{literal('n')}{literal('n + 1')}</list>", [1, 2]),
    "relation": (f'<relation><column name="a"/>{part("row", "n")}</relation>', [{"a": 1}]),
    "conditional": (
        f"<conditional>{part('if', 'n > 0')}{part('then', '1')}{part('else', '2')}</conditional>",
        1,
    ),
    "for": (f'<for iteratorVariable="i">{part("in", "[1..3]")}{part("return", "i * n")}</for>', [1, 2, 3]),
    "filter": (f"<filter>{part('in', '[1, 2, 3]')}{part('match', 'item > n')}</filter>", [2, 3]),
    "some": (f'<some iteratorVariable="i">{part("in", "[1, 2]")}{part("satisfies", "i > n")}</some>', True),
    "invocation": (
        f'<invocation>{literal("abs")}<binding><parameter name="n"/>{literal("-n")}</binding></invocation>',
        1,
    ),
}


@pytest.mark.parametrize("kind", BOXED)
def test_a_boxed_expression_is_evaluated(decide: Decide, kind: str) -> None:
    logic, expected = BOXED[kind]

    assert decide(logic, n=1).value == expected


TYPES = (
    '<itemDefinition name="tMức"><typeRef>string</typeRef>'
    '<allowedValues><text>"cao", "thấp"</text></allowedValues></itemDefinition>'
    '<itemDefinition name="tĐơn vị"><itemComponent name="số người"><typeRef>number</typeRef></itemComponent>'
    "</itemDefinition>"
)


@pytest.mark.parametrize(
    ("type_ref", "given", "expected"),
    [
        ("tMức", "cao", "cao"),
        ("date", "2024-01-31", date(2024, 1, 31)),
        ("date", "31/1/2024", None),
        ("tMức", "x", None),
        ("number", "1", None),
        ("number", [5], 5),
        ("string", "a", "a"),
    ],
)
def test_an_input_conforms_to_its_type_or_is_null(type_ref: str, given: Any, expected: Any) -> None:
    model = read(TYPES, input_data("v", type_ref), decision("d", literal("v"), needs(inputs=["v"])))

    found = dmn.decide(model, "d", {"v": given}, now=NOW)

    assert found.value == expected
    assert (found.warnings == ()) is (expected is not None)


def test_names_of_components_may_have_spaces() -> None:
    model = read(
        TYPES, input_data("đv", "tĐơn vị"), decision("d", literal("đv.số người * 2"), needs(inputs=["đv"]))
    )

    assert dmn.decide(model, "d", {"đv": {"số người": 4}}, now=NOW).value == Decimal(8)


def test_a_table_without_requirements_sees_all_inputs() -> None:
    model = read(decision("d", literal("n + 1")))

    assert dmn.decide(model, "d", {"n": 1}, now=NOW).value == 2
    assert dmn.lint(model) == []


def test_a_missing_input_is_null_and_named() -> None:
    model = read(input_data("n"), decision("d", literal("n"), needs(inputs=["n"])))

    found = dmn.decide(model, "d", {}, now=NOW)

    assert found.value is None
    assert "thiếu dữ liệu vào “n”" in str(found.warnings[0].message)


def test_a_warning_names_the_element_it_comes_from(decide: Decide) -> None:
    found = decide('<literalExpression id="e1"><text>n / 0</text></literalExpression>', n=1)

    assert [(w.element, w.position) for w in found.warnings] == [("e1", 2)]


def test_an_unknown_decision_is_not_found() -> None:
    with pytest.raises(NotFound, match="không có quyết định “x”"):
        dmn.decide(read(), "x", {}, now=NOW)


@pytest.mark.parametrize("namespace", sorted(NAMESPACES))
def test_every_version_of_the_standard_is_read(namespace: str) -> None:
    model = dmn.read(definitions(decision("d", literal("1")), namespace))

    assert dmn.decide(model, "d", {}, now=NOW).value == 1


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        (b"<definitions>", "không phải XML hợp lệ"),
        (b"", "không phải XML hợp lệ"),
        (b"<bpmn/>", "“definitions” của DMN"),
        (b'<!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>', "DOCTYPE"),
        (definitions('<decision id="a"/>'), "không có tên"),
        (definitions(decision("a", "") + decision("a", "")), "dùng hai lần"),
        (definitions(decision("a", '<decisionTable hitPolicy="LAST"/>')), "LAST"),
        (
            definitions(
                decision(
                    "a", '<literalExpression expressionLanguage="python"><text>1</text></literalExpression>'
                )
            ),
            "python",
        ),
        (b"x" * (6 << 20), "lớn hơn 5 MB"),
    ],
)
def test_a_file_that_cannot_be_a_model_is_refused(xml: bytes, said: str) -> None:
    with pytest.raises(dmn.DecisionError) as caught:
        dmn.read(xml)

    assert said in str(caught.value)


def test_a_knowledge_model_that_calls_itself_without_end_is_stopped() -> None:
    knowledge = (
        '<businessKnowledgeModel id="k" name="f"><encapsulatedLogic><formalParameter name="x"/>'
        f"{literal('f(x + 1)')}</encapsulatedLogic></businessKnowledgeModel>"
    )
    model = read(knowledge, decision("d", literal("f(1)"), needs(knowledge=["k"])))

    with pytest.raises(FeelLimitExceeded, match="quá sâu"):
        dmn.decide(model, "d", {}, now=NOW)


def test_a_service_that_calls_itself_without_end_is_stopped() -> None:
    service = '<decisionService id="s" name="s"><outputDecision href="#d"/></decisionService>'
    model = read(service, decision("d", literal("s()"), needs(knowledge=["s"])))

    with pytest.raises(FeelLimitExceeded, match="quá sâu"):
        dmn.decide(model, "d", {}, now=NOW)
