"""What a business-rule task makes of a decision: `camunda:mapDecisionResult`, typed inputs."""

from typing import Any

import pytest

from engine import dmn
from engine.play import Player
from tests.engine.diagrams import diagram
from tests.engine.dmn.conftest import NOW, decision, definitions, input_data, literal, needs, table


def model(logic: str) -> bytes:
    return definitions(input_data("n") + decision("d", logic, needs(inputs=["n"])))


SEVERAL = model(table(["n"], ["r"], [["> 1", '"a"'], ["> 2", '"b"']], policy="RULE ORDER"))
ONE = model(table(["n"], ["r"], [["> 1", '"a"']]))
COLUMNS = model(table(["n"], ["r", "s"], [["> 1", '"a"', "2"], ["> 5", '"b"', "3"]], policy="COLLECT"))
LIST = model(literal("[n, n + 1]"))
CONTEXT = model(literal("{a: n}"))


def played(file: bytes, mapping: str, n: Any) -> Player:
    attributes = {"camunda__mapDecisionResult": mapping} if mapping else {}
    drawn = (
        diagram().start()
        .node("businessRuleTask", "x", camunda__decisionRef="d", camunda__resultVariable="got", **attributes)
        .user_task("u").end()
    )  # fmt: skip
    player = Player({"p.bpmn": drawn.bytes(), "d.dmn": file})
    player.begin({"n": n})
    return player


@pytest.mark.parametrize(
    ("file", "mapping", "n", "expected"),
    [
        (SEVERAL, "resultList", 9, ["a", "b"]),
        (SEVERAL, "collectEntries", 9, ["a", "b"]),
        (SEVERAL, "singleEntry", 2, "a"),
        (SEVERAL, "singleResult", 2, "a"),
        (SEVERAL, "", 9, ["a", "b"]),
        (SEVERAL, "resultList", 0, []),
        (ONE, "singleEntry", 9, "a"),
        (ONE, "resultList", 9, ["a"]),
        (ONE, "collectEntries", 9, ["a"]),
        (ONE, "resultList", 0, []),
        (ONE, "singleEntry", 0, None),
        (COLUMNS, "singleResult", 2, {"r": "a", "s": 2}),
        (COLUMNS, "resultList", 9, [{"r": "a", "s": 2}, {"r": "b", "s": 3}]),
        (LIST, "singleEntry", 1, [1, 2]),
        (LIST, "resultList", 1, [[1, 2]]),
        (CONTEXT, "singleEntry", 1, {"a": 1}),
        (CONTEXT, "singleResult", 1, {"a": 1}),
    ],
)
def test_the_mapping_shapes_the_result(file: bytes, mapping: str, n: int, expected: Any) -> None:
    found = played(file, mapping, n).result()

    assert (found.state, found.variables["got"]) == ("waiting", expected)


@pytest.mark.parametrize(
    ("file", "mapping", "message"),
    [
        (SEVERAL, "singleEntry", "Quyết định cho 2 kết quả, nhưng bước này chỉ nhận một (singleEntry)"),
        (COLUMNS, "singleResult", "Quyết định cho 2 kết quả"),
        (COLUMNS, "collectEntries", "nhiều cột (r, s)"),
        (COLUMNS, "singleEntry", "nhiều cột (r, s)"),
    ],
)
def test_several_results_where_one_is_asked_for_stop_the_instance(
    file: bytes, mapping: str, message: str
) -> None:
    found = played(file, mapping, 9).result()

    assert found.state == "failed"
    assert message in str(found)


def typed(type_ref: str, cell: str) -> bytes:
    column = f'<input><inputExpression typeRef="{type_ref}"><text>n</text></inputExpression></input>'
    cells = f"<inputEntry><text>{cell}</text></inputEntry><outputEntry><text>true</text></outputEntry>"
    inside = f'{column}<output name="r"/><rule>{cells}</rule>'
    return model(f'<decisionTable hitPolicy="FIRST">{inside}</decisionTable>')


@pytest.mark.parametrize(
    ("type_ref", "cell", "variable"),
    [
        ("date", '&gt; date("2024-02-01")', "2024-02-14"),
        ("dateTime", '&gt; date and time("2024-02-01T08:00:00+07:00")', "2024-02-01T08:00:01+07:00"),
        ("time", '&gt; time("08:00:00")', "08:30:00"),
        ("dayTimeDuration", '&gt; duration("P1D")', "PT36H"),
        ("yearMonthDuration", '&gt; duration("P1Y")', "P14M"),
        ("number", "&gt; 5", 7),
    ],
)
def test_a_variable_is_taken_as_the_type_of_its_input(type_ref: str, cell: str, variable: Any) -> None:
    assert played(typed(type_ref, cell), "singleEntry", variable).result().variables["got"] is True


@pytest.mark.parametrize(
    ("type_ref", "cell", "variable", "message"),
    [
        ("date", '&gt; date("2024-02-01")', "14/02/2024", "“n” cần ngày nhưng có chuỗi"),
        ("number", "&gt; 5", "7", "“n” cần số nhưng có chuỗi"),
    ],
)
def test_a_variable_of_another_type_matches_nothing_and_says_why(
    type_ref: str, cell: str, variable: str, message: str
) -> None:
    found = played(typed(type_ref, cell), "singleEntry", variable).result()

    warnings = dmn.decide(dmn.read(typed(type_ref, cell)), "d", {"n": variable}, now=NOW).warnings
    assert found.variables["got"] is None
    assert message in str(warnings[0].message)
