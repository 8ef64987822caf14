"""Checks one seed: its process, drawn and deployed, follows its paths. Says how to see a failure again."""

import tempfile
from dataclasses import dataclass
from pathlib import Path as File

from tests.random_processes import path as paths
from tests.random_processes.following import Difference, Follower
from tests.random_processes.generator import DEPTH, Generator
from tests.random_processes.scopes import Process


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A process whose way the engine did not take."""

    seed: int
    depth: int
    what: str
    process: Process

    def text(self, count: int) -> str:
        """Say what went wrong, how to see it again, and where the diagrams are."""
        folder = File(tempfile.mkdtemp(prefix=f"random-process-{self.seed}-"))
        for name, content in self.process.files().items():
            (folder / name).write_bytes(content)
        again = (
            "python -m pytest tests/random_processes/test_following.py "
            f"--random-first {self.seed} --random-processes 1 "
            f"--random-paths {count} --random-depth {self.depth}"
        )
        return f"seed {self.seed}, depth {self.depth}: {self.what}\n  again: {again}\n  diagrams: {folder}"


def check(
    follower: Follower, seed: int, *, count: int = 10, depth: int = DEPTH, is_rarer: bool = False
) -> Failure | None:
    """Follow `count` paths through the process of a seed; gives the first difference."""
    process = Generator(seed, depth, is_rarer=is_rarer).process()
    try:
        follower.deploy(process.files())
        for number in range(count):
            drawn = paths.draw(process, seed, number, start=follower.clock.now())
            follower.database.reloads_each_step = number % 2 == 1
            follower.forget(follower.follow(drawn))
    except Difference as difference:
        return Failure(seed=seed, depth=depth, what=str(difference), process=process)
    return None


def smallest(failure: Failure, *, count: int = 10) -> Failure:
    """Look for the same trouble in the shallower processes of the seed; gives the shallowest that fails."""
    for depth in range(1, failure.depth):
        found = check(Follower(), failure.seed, count=count, depth=depth)
        if found is not None:
            return found
    return failure
