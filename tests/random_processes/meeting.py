"""Where several things meet: joins of n of m, merges, several events at one place, choices."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import ClassVar

from tests.engine.diagrams import Diagram, conditional
from tests.random_processes.activities import JobWork, Work
from tests.random_processes.blocks import Block, Sequence, random_value, suspended
from tests.random_processes.oracle import CHILD, Answer, Flow, Frame, Wait
from tests.random_processes.triggers import Trigger
from tests.random_processes.undoing import done_by


@dataclass(frozen=True, kw_only=True)
class FlagWork(Work):
    """Somebody says 0 or 1, or in the end 1."""

    variable: str
    is_last: bool = False
    tag = "userTask"
    attributes: ClassVar[dict[str, str]] = {"camunda__assignee": "an"}

    def run(self, at: Frame, element: str, keep: Frame) -> Flow:
        def offer(random: Random) -> Answer:
            return Answer(variables={self.variable: 1 if self.is_last else random.randint(0, 1)})

        answer = yield at.world.wait(Wait(kind="user_task", element=element, frame=at, offer=offer))
        keep.set(answer.variables)
        return True


@dataclass(frozen=True, kw_only=True)
class Meeting(Block):
    """Branches that meet: at a gateway that goes on once when `needed` came, or goes on for each (0)."""

    first: str
    branches: tuple[Sequence, ...]
    needed: int
    #: what follows; it ends by itself
    tail: Sequence
    goes_on: bool = False

    def draw(self, diagram: Diagram) -> None:
        join = f"{self.first}_j"
        diagram.parallel(self.first)
        for one in self.branches:
            diagram.at(None)
            one.draw(diagram)
            diagram.flow(self.first, one.first).flow(one.blocks[-1].first, join)
        condition = f"<bpmn:activationCondition>= activationCount &gt;= {self.needed}"
        condition += "</bpmn:activationCondition>"
        tag = "complexGateway" if self.needed else "exclusiveGateway"
        diagram.at(None).node(tag, join, condition if self.needed else "")
        self.tail.draw(diagram)

    def run(self, at: Frame) -> Flow:
        at.passed(self.first)
        came: list[frozenset[int]] = []
        for one in self.branches:
            at.side(self._branch(at, one, came))
        yield from ()  # a generator that never waits
        return False

    def _branch(self, at: Frame, branch: Sequence, came: list[frozenset[int]]) -> Flow:
        yield from branch.run(at)
        thread = at.world.current
        assert thread is not None
        came.append(thread.after)
        if self.needed and len(came) != self.needed:
            return False
        if self.needed:
            thread.after = frozenset().union(*came)
        at.passed(f"{self.first}_j")
        return (yield from self.tail.run(at))


@dataclass(frozen=True, kw_only=True)
class Several(Block):
    """One event with several definitions: any of them, or all of them."""

    first: str
    triggers: tuple[Trigger, ...]
    needs_all: bool

    def draw(self, diagram: Diagram) -> None:
        body = "".join(one.body(diagram) for one in self.triggers)
        more = {"parallelMultiple": "true"} if self.needs_all else {}
        diagram.node("intermediateCatchEvent", self.first, body, **more)

    def run(self, at: Frame) -> Flow:
        waits = [one.wait(at, self.first) for one in self.triggers]
        missing = list(waits)
        for wait in waits:
            at.world.wait(wait)
            wait.fire = self._firing(at, waits, missing, wait)
        try:
            yield None
        except GeneratorExit:
            at.passed(self.first, "cancelled")
            raise
        at.passed(self.first)
        return True

    def _firing(
        self, at: Frame, waits: list[Wait], missing: list[Wait], wait: Wait
    ) -> Callable[[Answer], None]:
        resume = wait.fire

        def fire(answer: Answer) -> None:
            if wait in missing:
                missing.remove(wait)
            if self.needs_all and missing:
                # whoever waits for a signal hears it each time; messages and timers come once
                at.world.forget(*([] if wait.kind == "signal" else [wait]))
                return
            at.world.forget(*waits)
            resume(answer)

        return fire


@dataclass(frozen=True, kw_only=True)
class Condition(Block):
    """A branch that waits until a variable is 1, and one in which people say so."""

    first: str
    variable: str

    def draw(self, diagram: Diagram) -> None:
        one = self.first
        diagram.parallel(one).catch(f"{one}_c", conditional(f"= {self.variable} = 1"))
        diagram.at(one).user_task(f"{one}_a").user_task(f"{one}_b")
        diagram.flow(f"{one}_c", f"{one}_j").flow(f"{one}_b", f"{one}_j").at(None).parallel(f"{one}_j")

    def run(self, at: Frame) -> Flow:
        at.passed(self.first)
        waiting: list[Wait] = []
        at.world.spawn(self._saying(at, waiting))
        at.world.spawn(self._waiting(at, waiting))
        yield from at.world.all_children()
        at.passed(f"{self.first}_j")
        return True

    def _waiting(self, at: Frame, waiting: list[Wait]) -> Flow:
        event = f"{self.first}_c"
        if at.get(self.variable) != 1:
            waiting.append(Wait(kind="conditional", element=event, frame=at))
            yield from suspended(at, event, waiting[0])
        at.passed(event)
        return True

    def _saying(self, at: Frame, waiting: list[Wait]) -> Flow:
        for suffix in ("a", "b"):
            work = FlagWork(variable=self.variable, is_last=suffix == "b")
            yield from done_by(work, at, f"{self.first}_{suffix}")
            if waiting and at.get(self.variable) == 1:
                thread = at.world.current
                waiting.pop().fire(Answer())
                at.world.current = thread
        return True


@dataclass(frozen=True, kw_only=True)
class RetriedJob(JobWork):
    """A job that fails up to twice before its result comes."""

    def extension(self) -> str:
        cycle = "<camunda:failedJobRetryTimeCycle>R3/PT0S</camunda:failedJobRetryTimeCycle>"
        return f"<bpmn:extensionElements>{cycle}</bpmn:extensionElements>"

    def run(self, at: Frame, element: str, keep: Frame) -> Flow:
        for number in range(3):

            def offer(random: Random, tried: int = number) -> Answer:
                fails = tried < 2 and random.random() < 0.5
                return Answer(variables={} if fails else {self.result: random_value(random)}, fails=fails)

            wait = Wait(kind="job", element=element, frame=at, name=self.result, offer=offer)
            answer = yield at.world.wait(wait)
            if not answer.fails:
                break
        keep.set(answer.variables)
        return True


@dataclass(frozen=True, kw_only=True)
class AdHocWork(Work):
    """Activities that people choose, until one of them says it is enough or all were done."""

    id: str
    activities: tuple[str, ...]
    is_sequential: bool
    #: None: ends when each was done and nothing runs
    variable: str | None
    cancels_remaining: bool
    tag = "adHocSubProcess"

    @property
    def attributes(self) -> dict[str, str]:  # type: ignore[override]  # as it is drawn
        return {
            "ordering": "Sequential" if self.is_sequential else "Parallel",
            "cancelRemainingInstances": "true" if self.cancels_remaining else "false",
        }

    def inside(self, diagram: Diagram) -> str:
        tasks = "".join(f'<bpmn:userTask id="{one}" camunda:assignee="an"/>' for one in self.activities)
        if self.variable is None:
            return tasks
        return f"{tasks}<bpmn:completionCondition>= {self.variable} = 1</bpmn:completionCondition>"

    def run(self, at: Frame, element: str, keep: Frame) -> Flow:
        world, owner = at.world, at.world.current
        assert owner is not None
        work, done, offers = FlagWork(variable=self.variable or f"said_{self.id}"), set[str](), list[Wait]()

        def begin(activity: str) -> None:
            if self.is_sequential:
                world.forget(*offers)
            world.spawn(self._one(work, at, activity, done), owner)

        def offer() -> None:
            world.forget(*offers)
            offers[:] = [
                world.wait(
                    Wait(kind="choose", element=one, frame=at),
                    fire=lambda _answer, one=one: begin(one),  # type: ignore[misc]  # bound now
                )
                for one in self.activities
            ]

        offer()
        is_closing = False
        while not (is_closing and not owner.children):
            yield CHILD
            is_closing = is_closing or self._is_over(at, owner.children, done)
            if is_closing:
                world.forget(*offers)
                if self.cancels_remaining:
                    world.cancel_children(owner)
            elif self.is_sequential:
                world.current = owner
                offer()
        return True

    def _one(self, work: FlagWork, at: Frame, activity: str, done: set[str]) -> Flow:
        yield from done_by(work, at, activity)
        done.add(activity)
        return True

    def _is_over(self, at: Frame, running: list, done: set[str]) -> bool:  # type: ignore[type-arg]
        if self.variable is not None:
            return bool(at.get(self.variable) == 1)
        return not running and done == set(self.activities)
