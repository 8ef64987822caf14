"""The shipped scenarios all play, walk every element, and would fail if their process went another way."""

from pathlib import Path

import pytest

from processes import scenario_coverage, scenarios

FOLDER = Path(scenarios.__file__).parent
FILES = sorted(FOLDER.glob("*/scenarios/*.yaml"))


def outcome_of(path: Path, content: bytes | None = None) -> scenarios.Outcome:
    scenario = scenarios.read(content or path.read_bytes(), file=path.name)
    return scenarios.run(scenario, scenarios.files_beside(path))


@pytest.fixture(scope="module")
def outcomes() -> dict[Path, scenarios.Outcome]:
    return {path: outcome_of(path) for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=[f"{one.parts[-3]}/{one.stem}" for one in FILES])
def test_the_scenario_goes_as_its_author_says(path: Path, outcomes: dict[Path, scenarios.Outcome]) -> None:
    assert outcomes[path].failure is None, str(outcomes[path].failure)


@pytest.mark.parametrize("folder", sorted({one.parts[-3] for one in FILES}))
def test_every_element_is_walked_by_a_scenario(folder: str, outcomes: dict[Path, scenarios.Outcome]) -> None:
    walked = [(path, one) for path, one in outcomes.items() if path.parts[-3] == folder]
    visited = set().union(*(one.visited for _path, one in walked))
    flows = set().union(*(one.flows for _path, one in walked))
    files, process = scenarios.files_beside(walked[0][0]), walked[0][1].scenario.process
    covered = scenario_coverage.measure(files, process, visited, flows)
    assert covered.elements > 10
    assert covered.missed == ()


ACCEPTED = FOLDER / "assignment" / "scenarios" / "01-nhan-viec-hoan-thanh.yaml"
LATE = FOLDER / "assignment" / "scenarios" / "06-qua-han-qua-tet.yaml"


@pytest.mark.parametrize(
    ("path", "before", "after", "says"),
    [
        (ACCEPTED, "waiting: [accept]", "waiting: [do]", "waiting"),
        (ACCEPTED, "due: {accept: 2024-02-22}", "due: {accept: 2024-02-23}", "due.accept"),
        (ACCEPTED, "state: completed", "state: active", "trạng thái"),
        (ACCEPTED, "[open, accept,", "[accept, open,", "open"),
        (ACCEPTED, "task: organise", "task: approve", "approve"),
        (ACCEPTED, "accept_decision: accept", "accept_decision: maybe", "accept_decision"),
        (LATE, '"on": 2024-02-21', '"on": 2024-02-22', "escalations"),
    ],
)
def test_a_walk_that_goes_otherwise_says_at_which_step_and_what_was_found(
    path: Path, before: str, after: str, says: str
) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text

    failure = outcome_of(path, text.replace(before, after, 1).encode()).failure

    assert failure is not None
    assert "Bước" in str(failure)
    assert says in str(failure)


def test_two_plays_of_one_scenario_leave_the_same_trace(outcomes: dict[Path, scenarios.Outcome]) -> None:
    again = outcome_of(LATE).player.result().as_json()
    assert outcomes[LATE].player.result().as_json() == again


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("process: [", "YAML"),
        ("- 1", "process"),
        ("steps: []", "process"),
        ("process: p\nstep: []", "step"),
        ("process: p\nsteps: [{go: 1}]", "dòng 2: steps.1"),
        ("process: p\nsteps: [{complete: {}}]", "task"),
        ("process: p\nsteps: [{expect: {wait: []}}]", "wait"),
        ("process: p\nstart: {at: hôm qua}", "hôm qua"),
    ],
)
def test_a_scenario_that_is_none_is_refused_naming_the_file(content: str, says: str) -> None:
    with pytest.raises(Exception, match=r"kich-ban\.yaml") as error:
        scenarios.read(content.encode(), file="kich-ban.yaml")
    assert says in str(error.value)
