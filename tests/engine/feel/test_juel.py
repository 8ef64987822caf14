"""Conditions of Camunda 7, translated where the meaning is certain."""

import pytest

from engine import feel
from engine.feel.juel import is_juel, translate


@pytest.mark.parametrize(
    ("juel", "translated"),
    [
        ("${decision == 'accept'}", 'decision = "accept"'),
        ("#{amount >= 1000 && unit != 'HR'}", 'amount >= 1000 and unit != "HR"'),
        ("${!(a || b.c eq null)}", "not((a or b.c = null))"),
        ("${approved}", "approved"),
        ("${late ? 'a' : 'b'}", 'if late then "a" else "b"'),
        ("${ x lt 3 and not y }", "x < 3 and not(y)"),
    ],
)
def test_a_simple_condition_is_translated(juel: str, translated: str) -> None:
    assert translate(juel) == translated
    assert feel.compile(translate(juel)).source == translated


@pytest.mark.parametrize(
    ("juel", "reason"),
    [
        ("${bean.run(x)}", "lời gọi “bean.run"),
        ("${a + b}", "dấu “+”"),
        ("${list[0]}", "đếm từ 0"),
        ("${a % 2 == 0}", "%"),
        ("${a == b == c}", "so sánh nối tiếp"),
        ("${for}", "không dùng được trong FEEL"),
        ("amount > 5", "cần ${…}"),
        ("${a ==}", "một giá trị"),
    ],
)
def test_what_might_mean_something_else_is_refused_with_the_reason(juel: str, reason: str) -> None:
    with pytest.raises(feel.FeelSyntaxError) as caught:
        translate(juel)

    assert reason in str(caught.value)


def test_feel_is_told_from_the_other_language() -> None:
    assert is_juel(" ${a} ")
    assert not is_juel("a = 1")
