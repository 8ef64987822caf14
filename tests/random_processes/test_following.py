"""The engine follows random paths through random processes: 300 processes of 10 paths each.

More with `--random-processes 3000`; another part of the seeds with `--random-first 300`. A failing seed says
how to see it again.
"""

from collections import Counter

import pytest

from engine.play import MORNING
from tests.random_processes import path as paths
from tests.random_processes.checking import check, smallest
from tests.random_processes.following import Follower
from tests.random_processes.generator import DEPTH, Generator


@pytest.mark.timeout(1800)
def test_the_engine_follows_every_path(batch: range, pytestconfig: pytest.Config) -> None:
    count, depth = pytestconfig.getoption("--random-paths"), pytestconfig.getoption("--random-depth")
    follower = Follower()
    for seed in batch:
        failure = check(follower, seed, count=count, depth=depth)
        if failure is not None:
            pytest.fail(smallest(failure, count=count).text(count), pytrace=False)


def test_the_processes_are_made_of_every_kind_of_block() -> None:
    kinds = Counter(kind for seed in range(300) for kind in Generator(seed).process().kinds)
    assert len(kinds) >= 45
    assert min(kinds.values()) >= 3, kinds.most_common()[-5:]


def test_a_seed_gives_the_same_process_and_the_same_path_again() -> None:
    first, second = Generator(7).process(), Generator(7, DEPTH).process()
    assert first.files() == second.files()
    drawn = [paths.draw(one, 7, 3, start=MORNING) for one in (first, second)]
    assert [str(step) for step in drawn[0].steps] == [str(step) for step in drawn[1].steps]


def test_paths_are_long_enough_to_meet_the_blocks() -> None:
    lengths = [
        len(paths.draw(Generator(seed).process(), seed, 0, start=MORNING).steps) for seed in range(100)
    ]
    assert sum(lengths) >= 400
