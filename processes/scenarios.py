"""Scenarios: walks through a process written in YAML beside its diagram (`docs/reference/scenarios.md`).

A step does something or expects something; the first expectation that does not hold ends the walk and says
what was expected and what was found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine import stand_ins
from engine.play import HELD, Player
from foundation.texts import Text
from processes import scenario_coverage, shipped
from processes.scenario_format import Scenario, read
from processes.scenario_walk import Walk

__all__ = ["Outcome", "Scenario", "files_beside", "library", "read", "run"]

#: files that belong to the diagrams of a scenario
KINDS = (".bpmn", ".dmn", ".form")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a walk went."""

    scenario: Scenario
    #: None when everything held
    failure: Text | None
    #: elements that were passed, and flows a gateway chose
    visited: frozenset[str]
    flows: frozenset[str]
    player: Player

    @property
    def is_passed(self) -> bool:
        """Tell whether everything held."""
        return self.failure is None


def run(scenario: Scenario, files: Mapping[str, bytes]) -> Outcome:
    """Walk a scenario through a set of files; called processes are stood in for."""
    held = dict.fromkeys(stand_ins.read(files).topics, HELD) if scenario.holds_jobs else {}
    player = Player(
        files,
        process=scenario.process,
        start_at=scenario.start_at,
        jobs={**held, **scenario.jobs},
        library=library(),
        calls_run=False,
    )
    walk = Walk(player, listening=scenario_coverage.listening(files, scenario.process))
    failure = walk.steps(scenario)
    return Outcome(
        scenario=scenario,
        failure=failure,
        visited=frozenset(player.visited()),
        flows=player.chosen_flows(),
        player=player,
    )


def files_beside(path: Path) -> dict[str, bytes]:
    """Give the diagrams, decisions and forms a scenario file belongs to: those of the folder above it."""
    folder = path.parent.parent if path.parent.name == "scenarios" else path.parent
    return {
        str(file.relative_to(folder.parent)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.suffix in KINDS
    }


def library() -> dict[str, bytes]:
    """Give the decisions and forms every installation has."""
    return {name: content for name, content in shipped.files().items() if not name.endswith(".bpmn")}
