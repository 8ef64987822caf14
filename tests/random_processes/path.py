"""A path through a process: start variables, what somebody does, and what must then be so."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from tests.random_processes.oracle import Answer, Frame, Instance, Record, Variables, Wait, World
from tests.random_processes.scopes import Process

#: steps of one path
LENGTH = 40
#: the answer to what wants none
NOTHING = Answer()
#: waits for which the engine keeps no row
UNSEEN = frozenset({"choose", "conditional"})
#: names of variables that are the engine's business
HIDDEN = frozenset({"loopCounter"})


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What must be so after a step."""

    #: what was recorded in the step; `after` counts from its first record
    records: tuple[Record, ...]
    offset: int
    #: lines of waits, each as often as it is held
    waits: Counter[tuple[str, str, str, str, str]]
    #: variables and states by label of the instance
    variables: dict[str, Variables]
    states: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that somebody does; `start` is the first of every path."""

    #: start | user_task | job | message | signal | timer | choose
    kind: str
    element: str = ""
    instance: str = ""
    keys: str = ""
    name: str = ""
    answer: Answer = NOTHING
    moment: datetime | None = None
    expected: Expected

    def __str__(self) -> str:
        what = self.name if self.kind in {"message", "signal"} else self.element
        given = self.answer.error or ("fails" if self.answer.fails else self.answer.variables)
        return f"{self.kind} {what} {self.keys} {self.moment or ''} {given or ''}"


@dataclass(frozen=True, kw_only=True)
class Path:
    """One way through a process."""

    process: Process
    number: int
    variables: Variables
    steps: tuple[Step, ...]


def draw(process: Process, seed: int, number: int, *, start: datetime) -> Path:
    """Think of a path; the same seed and number give the same one."""
    random = Random(f"path {seed} {number}")  # noqa: S311  reproducible, not secret
    variables = start_variables(process, random, code=f"{seed}-{number}")
    world = World(start)
    instance = Instance(label="p", key=process.key, variables=dict(variables))
    walk = Walk(world, random)
    world.spawn(process.run(instance, Frame(world, instance)))
    world.run()
    steps = [walk.step("start")]
    while len(steps) < LENGTH and world.waits:
        steps.append(walk.act())
    return Path(process=process, number=number, variables=variables, steps=tuple(steps))


def start_variables(process: Process, random: Random, *, code: str) -> dict[str, Any]:
    """Give what a path starts with."""
    items = [random.randint(1, 20) for _number in range(random.choice([0, 1, 2, 3, 3]))]
    given: dict[str, Any] = {"code": code, "total": 0, "base": random.randint(1, 99), "items": items}
    for one in (process, *_descendants(process)):
        given |= {name: random.randint(0, most) for name, most in one.choices}
    return given


def _descendants(process: Process) -> list[Process]:
    return [one for called in process.called for one in (called, *_descendants(called))]


class Walk:
    """Acts at random and writes down what must then be so."""

    def __init__(self, world: World, random: Random) -> None:
        self.world, self.random = world, random
        self._recorded = 0

    def act(self) -> Step:
        """Do one of the things somebody may do now."""
        wait = self.random.choice(self._doable())
        if wait.kind == "timer":
            return self._advance()
        answer = wait.offer(self.random)
        if wait.kind == "signal":
            self.world.broadcast(wait.name, answer)
        elif wait.kind == "message":
            self.world.send(wait.name, answer)
        else:
            wait = self._oldest_like(wait)
            answer = wait.offer(self.random)
            wait.fire(answer)
        self.world.run()
        return self.step(wait.kind, wait, answer)

    def _doable(self) -> list[Wait]:
        return [one for one in self.world.waits if one.kind != "conditional"]

    def _oldest_like(self, wait: Wait) -> Wait:
        """Of user tasks at one place the oldest is done, of the jobs of a topic the first in the queue."""
        if wait.kind == "job":
            mine = (one for one in self.world.waits if one.kind == "job" and one.element == wait.element)
            return next(one for one in mine if one.frame.instance is wait.frame.instance)
        return next(one for one in self.world.waits if one.line == wait.line)

    def _advance(self) -> Step:
        moment = self.world.next_due()
        assert moment is not None
        self.world.advance(moment)
        return self.step("timer", moment=moment)

    def step(
        self,
        kind: str,
        wait: Wait | None = None,
        answer: Answer | None = None,
        *,
        moment: datetime | None = None,
    ) -> Step:
        """Write the step down that was just taken."""
        expected = self._expected()
        if wait is None:
            return Step(kind=kind, moment=moment, expected=expected)
        return Step(
            kind=kind,
            element=wait.element,
            instance=wait.frame.instance.label,
            keys="/".join(wait.frame.keys),
            name=wait.name,
            answer=answer or Answer(),
            expected=expected,
        )

    def _expected(self) -> Expected:
        offset, self._recorded = self._recorded, len(self.world.records)
        return Expected(
            records=tuple(self.world.records[offset:]),
            offset=offset,
            waits=Counter(one.line for one in self.world.waits if one.kind not in UNSEEN),
            variables={one.label: _shown(one.variables) for one in self.world.instances},
            states={one.label: one.state for one in self.world.instances},
        )


def _shown(variables: Variables) -> Variables:
    return {name: value for name, value in variables.items() if name not in HIDDEN}
