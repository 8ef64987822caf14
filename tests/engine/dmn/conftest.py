"""Small decision models, written as tables."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pytest

from engine import dmn

#: Monday 5 January 2026, 10:00 in Vietnam
NOW = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def definitions(content: str, namespace: str = NAMESPACE) -> bytes:
    return (
        f'<definitions xmlns="{namespace}" id="m" name="m" namespace="urn:m">{content}</definitions>'
    ).encode()


def input_data(name: str, type_ref: str = "") -> str:
    ref = f' typeRef="{type_ref}"' if type_ref else ""
    quoted = quoteattr(name)
    return f"<inputData id={quoteattr('i ' + name)} name={quoted}><variable name={quoted}{ref}/></inputData>"


def needs(*, inputs: Sequence[str] = (), decisions: Sequence[str] = (), knowledge: Sequence[str] = ()) -> str:
    lines = [
        f'<informationRequirement><requiredInput href="#i {name}"/></informationRequirement>'
        for name in inputs
    ]
    lines += [
        f'<informationRequirement><requiredDecision href="#{d}"/></informationRequirement>' for d in decisions
    ]
    lines += [
        f'<knowledgeRequirement><requiredKnowledge href="#{k}"/></knowledgeRequirement>' for k in knowledge
    ]
    return "".join(lines)


def literal(text: str) -> str:
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def decision(identity: str, logic: str, requirements: str = "", type_ref: str = "") -> str:
    variable = f'<variable name="{identity}" typeRef="{type_ref}"/>' if type_ref else ""
    return f'<decision id="{identity}" name="{identity}">{variable}{requirements}{logic}</decision>'


def table(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[Sequence[str]],
    *,
    policy: str = "UNIQUE",
    aggregation: str = "",
    values: str = "",
    default: str = "",
) -> str:
    columns = "".join(
        f"<input><inputExpression><text>{escape(i)}</text></inputExpression></input>" for i in inputs
    )
    extra = f"<outputValues><text>{escape(values)}</text></outputValues>" if values else ""
    extra += f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
    columns += "".join(f'<output name="{name}">{extra}</output>' for name in outputs)
    rows = ""
    for number, cells in enumerate(rules, 1):
        tags = ["inputEntry"] * len(inputs) + ["outputEntry"] * len(outputs)
        inner = "".join(
            f"<{tag}><text>{escape(c)}</text></{tag}>" for tag, c in zip(tags, cells, strict=True)
        )
        rows += f'<rule id="rule{number}">{inner}</rule>'
    kind = f'hitPolicy="{policy}"' + (f' aggregation="{aggregation}"' if aggregation else "")
    return f'<decisionTable id="table" {kind}>{columns}{rows}</decisionTable>'


Decide = Callable[..., dmn.DecisionResult]


@pytest.fixture
def decide() -> Decide:
    """Decide `d` of a model with one table over the given inputs."""

    def run(logic: str, **inputs: Any) -> dmn.DecisionResult:
        content = "".join(input_data(name) for name in inputs) + decision(
            "d", logic, needs(inputs=list(inputs))
        )
        return dmn.decide(dmn.read(definitions(content)), "d", inputs, now=NOW)

    return run
