"""Gateways and loops of the flow, always as a block with one way in and one way out."""

from dataclasses import dataclass
from random import Random

from tests.engine.diagrams import Diagram
from tests.random_processes.blocks import Block, Sequence, suspended
from tests.random_processes.oracle import Answer, Flow, Frame, Wait
from tests.random_processes.triggers import Trigger


@dataclass(frozen=True, kw_only=True)
class Exclusive(Block):
    """One branch by the value of a variable; the last is the default. None is an empty branch."""

    first: str
    variable: str
    branches: tuple[Sequence | None, ...]

    @property
    def goes_on(self) -> bool:  # type: ignore[override]  # follows from the branches
        return any(one is None or one.goes_on for one in self.branches)

    def draw(self, diagram: Diagram) -> None:
        join, default = f"{self.first}_j", f"{self.first}_d"
        diagram.exclusive(self.first, default=default)
        last = len(self.branches) - 1
        conditions = [f"= {self.variable} = {number}" for number in range(last)]
        ways: list[tuple[str | None, str]] = [(condition, "") for condition in conditions]
        _branches(diagram, self.first, self.branches, [*ways, (None, default)], join)
        diagram.at(None)
        if self.goes_on:
            diagram.exclusive(join)

    def run(self, at: Frame) -> Flow:
        at.passed(self.first)
        chosen = self.branches[min(at.get(self.variable), len(self.branches) - 1)]
        if chosen is not None and not (yield from chosen.run(at)):
            return False
        at.passed(f"{self.first}_j")
        return True


@dataclass(frozen=True, kw_only=True)
class Parallel(Block):
    """All branches; goes on when the last is done."""

    first: str
    branches: tuple[Sequence | None, ...]

    def draw(self, diagram: Diagram) -> None:
        join = f"{self.first}_j"
        diagram.parallel(self.first)
        _branches(diagram, self.first, self.branches, [(None, "")] * len(self.branches), join)
        diagram.at(None).parallel(join)

    def run(self, at: Frame) -> Flow:
        at.passed(self.first)
        yield from _fork(at, self.branches)
        at.passed(f"{self.first}_j")
        return True


@dataclass(frozen=True, kw_only=True)
class Inclusive(Block):
    """Every branch whose bit is set in a variable, the last when none is; a branch may end by itself."""

    first: str
    variable: str
    branches: tuple[Sequence | None, ...]
    #: drawn as conditional flows out of a task instead of a gateway
    is_task: bool

    @property
    def goes_on(self) -> bool:  # type: ignore[override]  # follows from the branches
        return any(one is None or one.goes_on for one in self.branches)

    def draw(self, diagram: Diagram) -> None:
        join, default = f"{self.first}_j", f"{self.first}_d"
        diagram.node("task" if self.is_task else "inclusiveGateway", self.first, default=default)
        bits = range(len(self.branches) - 1)
        ways: list[tuple[str | None, str]] = [
            (f"= modulo(floor({self.variable} / {2**bit}), 2) = 1", "") for bit in bits
        ]
        _branches(diagram, self.first, self.branches, [*ways, (None, default)], join)
        diagram.at(None)
        if self.goes_on:
            diagram.node("inclusiveGateway", join)

    def run(self, at: Frame) -> Flow:
        at.passed(self.first)
        value = at.get(self.variable)
        chosen = [one for bit, one in enumerate(self.branches[:-1]) if value >> bit & 1]
        if not (yield from _fork(at, tuple(chosen) or self.branches[-1:])):
            return False
        at.passed(f"{self.first}_j")
        return True


@dataclass(frozen=True, kw_only=True)
class Arm:
    """One event behind an event-based gateway."""

    id: str
    trigger: Trigger
    body: Sequence | None
    #: drawn as a receive task
    is_task: bool = False


@dataclass(frozen=True, kw_only=True)
class EventGateway(Block):
    """Whatever happens first decides."""

    first: str
    arms: tuple[Arm, ...]

    def draw(self, diagram: Diagram) -> None:
        join = f"{self.first}_j"
        diagram.node("eventBasedGateway", self.first)
        for arm in self.arms:
            diagram.at(None)
            if arm.is_task:
                diagram.node("receiveTask", arm.id, messageRef=str(arm.trigger.reference(diagram)))
            else:
                diagram.catch(arm.id, arm.trigger.body(diagram))
            diagram.flow(self.first, arm.id)
            if arm.body is not None:
                arm.body.draw(diagram)
            if diagram.last is not None:
                diagram.flow(diagram.last, join)
        diagram.at(None)
        if self.goes_on:
            diagram.exclusive(join)

    @property
    def goes_on(self) -> bool:  # type: ignore[override]  # follows from the arms
        return any(arm.body is None or arm.body.goes_on for arm in self.arms)

    def run(self, at: Frame) -> Flow:
        waits = [(arm, arm.trigger.wait(at, arm.id)) for arm in self.arms]
        for arm, wait in waits:
            at.world.wait(wait)
            resume = wait.fire
            wait.fire = _choosing(at, waits, arm, resume)
        arm, answer = yield None
        at.set(answer.variables)
        at.passed(self.first)
        at.passed(arm.id)
        if arm.body is not None and not (yield from arm.body.run(at)):
            return False
        at.passed(f"{self.first}_j")
        return True


def _choosing(at: Frame, waits, arm: Arm, resume):  # type: ignore[no-untyped-def]
    def fire(answer: Answer) -> None:
        at.world.forget(*(wait for _arm, wait in waits))
        resume((arm, answer))

    return fire


@dataclass(frozen=True, kw_only=True)
class Back(Block):
    """A body drawn as a loop: a person says whether it goes back."""

    first: str
    body: Sequence
    most: int = 3

    @property
    def variable(self) -> str:
        return f"again_{self.first}"

    def draw(self, diagram: Diagram) -> None:
        task, choice, on = f"{self.first}_t", f"{self.first}_c", f"{self.first}_d"
        diagram.exclusive(self.first)
        self.body.draw(diagram)
        diagram.user_task(task).exclusive(choice, default=on)
        diagram.flow(choice, self.first, f"= {self.variable}")
        diagram.at(None).throw(f"{self.first}_e").flow(choice, f"{self.first}_e", identity=on)

    def run(self, at: Frame) -> Flow:
        task = f"{self.first}_t"
        rounds = 0
        while True:
            rounds += 1
            at.passed(self.first)
            if not (yield from self.body.run(at)):
                return False

            def offer(random: Random, number: int = rounds) -> Answer:
                return Answer(variables={self.variable: number < self.most and random.random() < 0.5})

            wait = Wait(kind="user_task", element=task, frame=at, offer=offer)
            answer = yield from suspended(at, task, wait)
            at.set(answer.variables)
            at.passed(task)
            at.passed(f"{self.first}_c")
            if not answer.variables[self.variable]:
                at.passed(f"{self.first}_e")
                return True


def _branches(
    diagram: Diagram,
    split: str,
    branches: tuple[Sequence | None, ...],
    ways: list[tuple[str | None, str]],
    join: str,
) -> None:
    """Draw the branches of a gateway; conditions and ids of flows come with the ways."""
    for branch, (condition, identity) in zip(branches, ways, strict=True):
        if branch is None:
            diagram.flow(split, join, condition, identity=identity)
            continue
        diagram.at(None)
        branch.draw(diagram)
        diagram.flow(split, branch.first, condition, identity=identity)
        if diagram.last is not None:
            diagram.flow(diagram.last, join)


def _fork(at: Frame, branches: tuple[Sequence | None, ...]) -> Flow:
    """Run branches beside each other; gives whether any of them arrives."""
    for branch in branches:
        if branch is not None:
            at.world.spawn(branch.run(at))
    threads = yield from at.world.all_children()
    return any(branch is None for branch in branches) or any(thread.result for thread in threads)
