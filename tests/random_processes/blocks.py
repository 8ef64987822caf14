"""What all blocks share, and the plain ones: sequence, events in the flow, ends."""

from collections.abc import Generator
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.engine.diagrams import Diagram, link
from tests.random_processes.oracle import Answer, Flow, Frame, Wait
from tests.random_processes.triggers import Trigger


class Block:
    """A part of a process with one entry; `first` is the id of the node the flow comes to."""

    first: str
    #: whether a token may come out of it
    goes_on: bool = True

    def draw(self, diagram: Diagram) -> None:
        """Draw behind `diagram.last` and leave there where the flow goes on, None when it never does."""
        raise NotImplementedError

    def run(self, at: Frame) -> Flow:
        """Give what the block does, as the standard says."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Sequence(Block):
    """Blocks one after the other; never empty."""

    blocks: tuple[Block, ...]

    @property
    def first(self) -> str:  # type: ignore[override]  # follows from the first block
        return self.blocks[0].first

    @property
    def goes_on(self) -> bool:  # type: ignore[override]  # follows from the last block
        return self.blocks[-1].goes_on

    def draw(self, diagram: Diagram) -> None:
        for block in self.blocks:
            block.draw(diagram)

    def run(self, at: Frame) -> Flow:
        if not self.goes_on:
            at.world.leave(at)
        for block in self.blocks:
            if not (yield from block.run(at)):
                return False
        return True


@dataclass(frozen=True, kw_only=True)
class Catch(Block):
    """Waits in the flow for a timer, message or signal."""

    first: str
    trigger: Trigger

    def draw(self, diagram: Diagram) -> None:
        diagram.catch(self.first, self.trigger.body(diagram))

    def run(self, at: Frame) -> Flow:
        answer = yield from suspended(at, self.first, self.trigger.wait(at, self.first))
        at.set(answer.variables)
        at.passed(self.first)
        return True


@dataclass(frozen=True, kw_only=True)
class Throw(Block):
    """Throws a message, signal or escalation on the way, or only marks a point."""

    first: str
    trigger: Trigger | None = None

    def draw(self, diagram: Diagram) -> None:
        diagram.throw(self.first, self.trigger.body(diagram) if self.trigger else "")

    def run(self, at: Frame) -> Flow:
        throw(self.trigger, at)
        at.passed(self.first)
        yield from ()  # a generator that never waits
        return True


@dataclass(frozen=True, kw_only=True)
class Link(Block):
    """Jumps from a throwing to a catching link event."""

    first: str

    def draw(self, diagram: Diagram) -> None:
        diagram.throw(self.first, link(self.first)).at(None)
        diagram.catch(f"{self.first}_to", link(self.first))

    def run(self, at: Frame) -> Flow:
        at.passed(self.first)
        at.passed(f"{self.first}_to")
        yield from ()  # a generator that never waits
        return True


@dataclass(frozen=True, kw_only=True)
class End(Block):
    """Ends the path; what it throws first may end more than that."""

    first: str
    #: None for an end that throws nothing
    trigger: Trigger | None = None
    is_terminate: bool = False
    goes_on: bool = False

    def draw(self, diagram: Diagram) -> None:
        body = self.trigger.body(diagram) if self.trigger else ""
        if self.is_terminate:
            body = "<bpmn:terminateEventDefinition/>"
        diagram.end(self.first, body).at(None)

    def run(self, at: Frame) -> Flow:
        if self.is_terminate:
            at.passed(self.first)
            at.throw("terminate", "", {})
        throw(self.trigger, at)
        at.passed(self.first)
        yield from ()  # a generator that never waits
        return False


def throw(trigger: Trigger | None, at: Frame) -> None:
    """Throw what an event throws."""
    if trigger is None:
        return
    if trigger.kind == "message":
        at.world.send(trigger.name, Answer())
    elif trigger.kind == "signal":
        at.world.signal_from(trigger.name)
    else:
        at.throw(trigger.kind, trigger.name, {})


def suspended(at: Frame, element: str, wait: Wait) -> Generator[Any, Any, Answer]:
    """Wait in an element; taken away meanwhile, the element is cancelled."""
    try:
        answer: Answer = yield at.world.wait(wait)
    except GeneratorExit:
        at.passed(element, "cancelled")
        raise
    return answer


def random_value(random: Random) -> int:
    """Give a value for a variable."""
    return random.randint(1, 99)
