"""Models made to hurt, and models that are merely large."""

import contextlib
import tracemalloc
from collections.abc import Sequence

import pytest

from engine import dmn, feel
from foundation.errors import TiendoError
from tests.engine.dmn import attacks
from tests.engine.dmn.conftest import NOW, decision, definitions, input_data, needs, table

#: bytes reading and deciding a model may need
MOST_MEMORY = 64 << 20


@pytest.mark.parametrize("name", attacks.REFUSED)
def test_an_attack_is_stopped_with_a_clear_error_in_little_memory(name: str) -> None:
    xml = attacks.REFUSED[name]()
    tracemalloc.start()

    with pytest.raises(TiendoError) as caught:
        dmn.decide(dmn.read(xml), "d", attacks.INPUTS, now=NOW)
    _size, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert isinstance(caught.value, feel.FeelLimitExceeded | dmn.DecisionError)
    assert peak < MOST_MEMORY


@pytest.mark.parametrize("name", attacks.REFUSED)
def test_lint_of_an_attack_ends(name: str) -> None:
    with contextlib.suppress(dmn.DecisionError):
        model = dmn.read(attacks.REFUSED[name]())
        assert all(str(problem.message) for problem in dmn.lint(model))


def of(rows: Sequence[Sequence[str]], policy: str = "UNIQUE", values: str = "") -> dmn.Model:
    logic = table(["n"], ["r"], rows, policy=policy, values=values)
    return dmn.read(definitions(input_data("n") + decision("d", logic, needs(inputs=["n"]))))


def test_a_large_table_is_decided_in_few_steps() -> None:
    model = of([[f"[{10 * number}..{10 * number + 9}]", str(number)] for number in range(2_000)])

    found = dmn.decide(model, "d", {"n": 19_995}, now=NOW, limits=feel.Limits(steps=6_000))

    assert (found.value, found.matched_rules) == (1_999, (2_000,))


def test_a_model_with_too_many_expressions_is_refused_by_lint_and_when_deciding() -> None:
    model = of([[", ".join(f"{number} + {more}" for more in range(8)), "1"] for number in range(2_000)])

    assert {problem.rule for problem in dmn.lint(model)} == {"feel-syntax"}
    with pytest.raises(dmn.DecisionError, match="quá nhiều biểu thức"):
        dmn.decide(model, "d", {"n": 1}, now=NOW)


def test_equal_cells_are_compiled_once() -> None:
    model = of([["1, 2 + 3", "4 + 5"]] * 2_000, "COLLECT")

    assert dmn.lint(model) == []
