"""How many random processes are followed, in batches that can run beside each other."""

import pytest

#: processes of one test
BATCH = 10


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test of every ten seeds."""
    if "batch" not in metafunc.fixturenames:
        return
    first = metafunc.config.getoption("--random-first")
    end = first + metafunc.config.getoption("--random-processes")
    batches = [range(seed, min(seed + BATCH, end)) for seed in range(first, end, BATCH)]
    metafunc.parametrize("batch", batches, ids=[f"{one.start}-{one.stop - 1}" for one in batches])
