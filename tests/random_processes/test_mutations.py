"""Break one rule of the engine and the random processes notice, within the size of the normal suite."""

import pytest

from tests.random_processes.checking import check
from tests.random_processes.following import Follower
from tests.random_processes.mutations import ALL, Break

#: processes looked at: a part of what the normal suite looks at, with fewer paths
PROCESSES, PATHS = 300, 2


@pytest.mark.timeout(600)
@pytest.mark.parametrize("broken", ALL, ids=lambda broken: broken.__name__)
def test_a_broken_rule_is_noticed(broken: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    follower = Follower()
    broken(monkeypatch)
    for seed in range(PROCESSES):
        if check(follower, seed, count=PATHS) is not None:
            return
    pytest.fail(f"{PROCESSES} processes of {PATHS} paths each did not notice it", pytrace=False)
