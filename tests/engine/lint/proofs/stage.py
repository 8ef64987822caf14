"""Where the plays are kept by row, and short words for what they look at."""

from collections.abc import Callable
from typing import Any

from engine.play import Player
from tests.engine.diagrams import Diagram, diagram, timer

Row = tuple[str, str, str]

#: (element, event, place) → what proves the row
PROOFS: dict[Row, Callable[[], None]] = {}

HOUR = timer("timeDuration", "PT1H")


def proves(
    element: str, kinds: str = "", place: str = ""
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Mark a function as the proof of a row of the table."""

    def keep(proof: Callable[[], None]) -> Callable[[], None]:
        assert (element, kinds, place) not in PROOFS, "two proofs of one row"
        PROOFS[element, kinds, place] = proof
        return proof

    return keep


def words() -> Diagram:
    """Begin a diagram with a message m, a signal s, an error e and an escalation l."""
    return diagram().message("m", "answer", None).signal("s", "storm").error("e", "E1").escalation("l", "L1")


def play(drawing: Diagram, *, jobs: dict[str, Any] | None = None, **variables: Any) -> Player:
    """Deploy and start."""
    player = Player({"p.bpmn": drawing.bytes()}, jobs=jobs)
    player.begin(variables)
    return player


def entered(player: Player) -> list[str]:
    """Give the elements that tokens came to, in order."""
    return [line.element for line in player.trace() if line.event == "element.entered"]


def completed(player: Player) -> list[str]:
    """Give the elements that were done, in order."""
    return [line.element for line in player.trace() if line.event == "element.completed"]


def waiting(player: Player) -> set[str]:
    """Give the elements at which the instance waits."""
    return {one.element for one in player.result().waiting}


def tasks(player: Player) -> set[str]:
    """Give the elements of the open user tasks."""
    return {task.element for task in player.open_tasks()}
