"""Decision tables: hit policies, aggregations and unary tests."""

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

import pytest
from SpiffWorkflow.exceptions import SpiffWorkflowException

from engine.play import Player
from tests.engine.diagrams import diagram
from tests.engine.library.plain import CamundaParser, Plain

#: value, priority of outputs for the policies that need one
VALUES = '<outputValues><text>"low","high"</text></outputValues>'


def table(rules: Sequence[tuple[str, str]], policy: str = "UNIQUE", more: str = "") -> bytes:
    """Give a decision d that looks at the variable amount."""
    rows = "".join(
        f'<rule id="r{number}"><inputEntry id="i{number}"><text>{escape(test)}</text></inputEntry>'
        f'<outputEntry id="o{number}"><text>{escape(result)}</text></outputEntry></rule>'
        for number, (test, result) in enumerate(rules)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="urn:m">'
        f'<decision id="d" name="d"><decisionTable id="t" hitPolicy="{policy}"{more}>'
        '<input id="i"><inputExpression id="e"><text>amount</text></inputExpression></input>'
        f'<output id="o" name="level">{VALUES if policy in {"PRIORITY", "OUTPUT ORDER"} else ""}</output>'
        f"{rows}</decisionTable></decision></definitions>"
    ).encode()


def drawing() -> Any:
    drawn = (
        diagram()
        .start()
        .node("businessRuleTask", "x", camunda__decisionRef="d", camunda__resultVariable="got")
    )
    return drawn.user_task("u").end()


def of_library(decision: bytes, amount: object) -> object:
    """Give what the library puts into the data of the process."""
    plain = Plain(drawing(), parser=CamundaParser, decision=decision, amount=amount)
    data = dict(plain.tasks()[0].data)
    del data["amount"]
    return data


def of_ours(decision: bytes, amount: object) -> object:
    """Give the result, or the code of the incident."""
    player = Player({"p.bpmn": drawing().bytes(), "d.dmn": decision})
    player.begin({"amount": amount})
    found = player.result()
    return found.variables.get("got") if found.state == "waiting" else found.state


TWO = (("> 1", '"low"'), ("> 2", '"high"'))


def test_two_matching_rules_of_a_unique_table_are_an_incident() -> None:
    assert of_library(table(TWO), 5) == {"level": "low"}
    unforeseen = (("? > 1", '"low"'), ("? > 2", '"high"'))  # lint would refuse plain ranges that overlap
    assert of_ours(table(unforeseen), 5) == "failed"


def test_two_different_results_of_an_any_table_are_an_incident() -> None:
    assert of_library(table(TWO, "ANY"), 5) == {"level": "low"}
    assert of_ours(table(TWO, "ANY"), 5) == "failed"


def test_priority_takes_the_result_that_is_named_first() -> None:
    rules = (("> 1", '"high"'), ("> 2", '"low"'))
    assert of_library(table(rules, "PRIORITY"), 5) == {"level": "high"}
    assert of_ours(table(rules, "PRIORITY"), 5) == "low"


@pytest.mark.parametrize("policy", ["RULE ORDER", "OUTPUT ORDER"])
def test_tables_with_several_hits_give_them_all_in_order(policy: str) -> None:
    rules = (("> 1", '"high"'), ("> 2", '"low"'))
    assert of_library(table(rules, policy), 5) == {"level": "high"}
    assert of_ours(table(rules, policy), 5) == (
        ["high", "low"] if policy == "RULE ORDER" else ["low", "high"]
    )


@pytest.mark.parametrize(("aggregation", "expected"), [("SUM", 7), ("COUNT", 2), ("MIN", 3), ("MAX", 4)])
def test_collected_numbers_are_aggregated(aggregation: str, expected: int) -> None:
    decision = table((("> 1", "3"), ("> 2", "4")), "COLLECT", f' aggregation="{aggregation}"')
    assert of_library(decision, 5) == {"level": [3, 4]}
    assert of_ours(decision, 5) == expected


def test_the_result_goes_into_the_variable_named_for_it() -> None:
    decision = table((("> 1", '"low"'),))
    assert "got" not in of_library(decision, 5)  # type: ignore[operator]  # a dictionary
    assert of_ours(decision, 5) == "low"


@pytest.mark.parametrize(("test", "amount"), [("5,7", 7), ('"A","B"', "B"), ("not(7)", 8), ("amount > 5", 6)])
def test_unary_tests_mean_what_dmn_says(test: str, amount: object) -> None:
    decision = table(((test, '"hit"'),))
    assert of_library(decision, amount) == {}
    assert of_ours(decision, amount) == "hit"


@pytest.mark.parametrize("test", ["[5..10]", "if amount > 5 then true else false"])
def test_ranges_and_conditions_of_feel_are_read(test: str) -> None:
    decision = table(((test, '"hit"'),))
    with pytest.raises((SpiffWorkflowException, SyntaxError)):
        of_library(decision, 7)
    assert of_ours(decision, 7) == "hit"
