"""Random diagrams that undo: an oracle says beforehand which handlers run in which order, reloaded or not."""

import random
from datetime import UTC, datetime

import pytest

from engine import graphs, lint
from engine.spiff import state
from engine.spiff.effects import Happened
from engine.spiff.execution import Execution
from tests.engine.diagrams import Diagram, cardinality, compensation, diagram, multi

NOW = datetime(2024, 2, 5, 1, 0, tzinfo=UTC)
CANCEL = "<bpmn:cancelEventDefinition/>"
SEEDS = range(60)
#: how often a repeated activity runs, and how it is drawn
REPEATED = {
    1: "",
    2: '<bpmn:standardLoopCharacteristics loopMaximum="2"/>',
    3: multi(cardinality("3")),
    0: multi(cardinality("0")),
}


class Trip:
    """Draws blocks one after the other and keeps what the handlers would do, the oldest first."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311  diagrams, not secrets
        self.drawing: Diagram = diagram().start()
        self.count = 0
        #: handlers that have to run, in the order in which they do
        self.expected: list[str] = []

    def new(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    def blocks(self, depth: int) -> list[str]:
        """Draw some blocks; give what undoes them in the order of their completion."""
        left: list[str] = []
        for _block in range(self.rng.randint(1, 3)):
            draw = self.rng.choice(
                [self.step, self.sub_process, self.deal, self.throw] if depth else [self.step]
            )
            left = draw(depth, left)
        return left

    def step(self, _depth: int, left: list[str]) -> list[str]:
        times = self.rng.choice(list(REPEATED))
        name = self.new("a")
        self.drawing.task(name, REPEATED[times])
        if self.rng.random() < 0.3:
            return left
        self.drawing.undone_by(f"un_{name}")
        return left + [f"un_{name}"] * times

    def throw(self, _depth: int, left: list[str]) -> list[str]:
        """Undo what is left of this level."""
        self.drawing.throw(self.new("t"), compensation())
        self.expected += reversed(left)
        return []

    def sub_process(self, depth: int, left: list[str]) -> list[str]:
        name, own = self.new("s"), self.rng.random()
        self.drawing.inside(name).start(self.new("st"))
        inside = self.blocks(depth - 1)
        self.drawing.end(self.new("e"))
        if own < 0.25:
            handler = self.new("own")
            self.drawing.inside(self.new("esp"), triggeredByEvent="true").start(
                self.new("st"), compensation()
            )
            self.drawing.task(handler).end(self.new("e")).outside()
            inside = [handler]
        self.drawing.outside()
        if own > 0.75:
            self.drawing.undone_by(f"un_{name}")
            inside = [f"un_{name}"]
        return left + inside

    def deal(self, depth: int, left: list[str]) -> list[str]:
        """Draw a transaction, cancelled from a sub-process inside or at its own level, or not at all."""
        name, way = self.new("x"), self.rng.choice(["well", "cancelled", "deeper"])
        self.drawing.inside(name, "transaction").start(self.new("st"))
        inside = self.blocks(depth - 1)
        if way == "deeper":
            self.drawing.inside(self.new("s")).start(self.new("st"))
            inside += self.blocks(0)
            self.drawing.end(self.new("e"), CANCEL).outside()
        self.drawing.end(self.new("e"), CANCEL if way == "cancelled" else "").outside()
        if way == "well":
            return left + inside
        join, boundary = self.new("j"), self.new("b")
        self.drawing.node("exclusiveGateway", join).boundary(boundary, name, CANCEL).flow(boundary, join)
        self.drawing.at(join)
        self.expected += reversed(inside)
        return left


def handlers_run(content: bytes, *, is_reloaded: bool) -> list[str]:
    graph = graphs.build(content, file="p.bpmn")["p"]
    execution = Execution(graph, now=NOW, calendar=None, ports=None)  # type: ignore[arg-type]  # asks nothing
    execution.start({})
    execution = execution.run(state.reload if is_reloaded else None)
    assert execution.ended is not None
    entered = [one.element for one in execution.effects
               if isinstance(one, Happened) and one.type == "element.entered"]  # fmt: skip
    return [element for element in entered if element.startswith(("un_", "own"))]


@pytest.mark.parametrize("is_reloaded", [False, True], ids=["plain", "reloaded"])
@pytest.mark.parametrize("seed", SEEDS)
def test_handlers_run_as_the_oracle_says(seed: int, is_reloaded: bool) -> None:  # noqa: FBT001  pytest gives it
    trip = Trip(seed)
    trip.throw(0, trip.blocks(3))
    content = trip.drawing.end().bytes()
    assert [one for one in lint.check({"a.bpmn": content}) if one.severity == "error"] == []
    assert handlers_run(content, is_reloaded=is_reloaded) == trip.expected
