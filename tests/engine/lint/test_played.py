"""Every row of the support table that runs is played and does what it says; a row without a play fails."""

import pytest

from engine.lint import support
from tests.engine.lint.proofs import PROOFS

RUNS = [(row.element, row.event, row.place) for row in support.ROWS if row.is_supported]


@pytest.mark.parametrize("row", RUNS, ids="-".join)
def test_a_row_that_runs_does_what_it_says(row: tuple[str, str, str]) -> None:
    assert row in PROOFS, f"no play proves {row}: add one to tests/engine/lint/proofs.py"
    PROOFS[row]()


def test_no_play_is_left_of_a_row_that_is_gone() -> None:
    assert set(PROOFS) <= set(RUNS)
