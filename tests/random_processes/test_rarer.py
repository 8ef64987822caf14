"""Rarer elements go as the standard says: compensation, transactions, joins of n of m, choices, retries."""

from collections import Counter

import pytest

from tests.random_processes.checking import check
from tests.random_processes.following import Follower
from tests.random_processes.generator import Generator
from tests.random_processes.mutations import Break
from tests.random_processes.mutations_rarer import ALL

PROCESSES, PATHS = 60, 3
KINDS = {"compensation", "compensation beside", "compensation of a sub-process", "transaction"}
KINDS |= {"join of n of m", "multi-merge", "multiple event", "parallel multiple event"}
KINDS |= {"conditional catch", "job retries", "sequential ad-hoc", "parallel ad-hoc"}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(0, PROCESSES, 20))
def test_the_engine_follows_every_path(first: int) -> None:
    follower = Follower()
    for seed in range(first, first + 20):
        failure = check(follower, seed, count=PATHS, is_rarer=True)
        assert failure is None, f"seed {seed}: {failure.what}"


def test_every_rarer_block_is_drawn() -> None:
    drawn = Counter(
        kind for seed in range(PROCESSES) for kind in Generator(seed, is_rarer=True).process().kinds
    )
    assert set(drawn) >= KINDS


@pytest.mark.timeout(600)
@pytest.mark.parametrize("broken", ALL, ids=lambda broken: broken.__name__)
def test_a_broken_rule_is_noticed(broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    follower = Follower()
    broken(monkeypatch)
    assert any(check(follower, seed, count=PATHS, is_rarer=True) for seed in range(PROCESSES))
