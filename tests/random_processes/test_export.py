"""An instance of a random process, exported as a scenario and played again, takes the same way."""

import pytest

from engine import history
from processes import scenario_export, scenarios
from processes.scenarios import Outcome
from tests.random_processes import path as paths
from tests.random_processes.following import GRADE, Follower
from tests.random_processes.generator import Generator

SEEDS = 30
Lines = list[tuple[str, str, str]]


def lines_of(follower: Follower, instance: str) -> Lines:
    with follower.database.reading() as session:
        return [
            (one.type, one.element, one.scope) for one in history.of_instance(session, instance, limit=10_000)
        ]


def replayed(text: str, files: dict[str, bytes]) -> tuple[Outcome, Lines]:
    outcome = scenarios.run(scenarios.read(text.encode(), file="exported.yaml"), files)
    with outcome.player.database.reading() as session:
        found = history.of_instance(session, outcome.player.instance_id or "", limit=10_000)
    return outcome, [(one.type, one.element, one.scope) for one in found]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seeds", [range(first, first + 10) for first in range(0, SEEDS, 10)], ids=str)
def test_what_an_instance_did_is_done_again(seeds: range) -> None:
    follower = Follower()
    for seed in seeds:
        process = Generator(seed).process()
        follower.deploy(process.files())
        instance = follower.follow(paths.draw(process, seed, 0, start=follower.clock.now()))
        with follower.database.reading() as session:
            text = scenario_export.as_yaml(session, instance)
        outcome, again = replayed(text, {**process.files(), "grade.dmn": GRADE})
        assert outcome.is_passed, f"seed {seed}: {outcome.failure}\n{text}"
        assert again == lines_of(follower, instance), f"seed {seed}"
        follower.forget(instance)
