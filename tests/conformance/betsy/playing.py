"""One case on one house: deploy, start, let time pass, and look at everything that happened."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.conformance import refusals
from tests.conformance.betsy import models
from tests.conformance.betsy.cases import BetsyCase
from tests.conformance.betsy.models import Model
from tests.conformance.house import House
from tests.conformance.refusals import Problem

#: states of an instance that is over as it should be
_DONE = frozenset({"completed", "terminated"})
#: an instance whose tokens wait for each other waits, it did not fail
_DEADLOCK = "deadlock"


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A line of an instance's history."""

    type: str
    element: str
    element_type: str
    scope: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Run:
    """One instance and what happened in it."""

    id: str
    #: id of the process as it is drawn
    process: str
    parent: str | None
    state: str
    variables: dict[str, Any]
    history: tuple[Passage, ...]
    #: what failed and waits for a person
    failures: tuple[Problem, ...]


@dataclass(frozen=True, kw_only=True)
class Observation:
    """Everything a case left behind."""

    #: findings when the deployment was refused
    refusal: tuple[Problem, ...] = ()
    #: what the start answered when it was refused
    failed_start: tuple[Problem, ...] = ()
    #: instances of all processes of the file, in the order in which they began
    runs: tuple[Run, ...] = field(default=())

    @property
    def failures(self) -> tuple[Problem, ...]:
        """What failed while it ran."""
        return (*self.failed_start, *(problem for run in self.runs for problem in run.failures))


def play(case: BetsyCase, model: Model, house: House) -> Observation:
    """Run a case; HangError and BrokenError when the house does not hold."""
    prefix = f"c{house.fresh_number()}_"
    content = models.rewritten(model, prefix)
    answer = house.send_files("/deployments", {f"{prefix}model.bpmn": content})
    if answer.status != 201:
        return Observation(refusal=tuple(refusals.of_answer(answer)))
    try:
        failed = _perform(case, model, house, prefix)
        runs = _runs(model, house, prefix)
    finally:
        _clear(model, house, prefix)
    return Observation(failed_start=failed, runs=runs)


def _perform(case: BetsyCase, model: Model, house: House, prefix: str) -> tuple[Problem, ...]:
    variables = {"test": case.letters, "integerVariable": case.number}
    main = case.process if case.process in model.processes else model.processes[0]
    helpers = [one for one in model.processes if one != main] if case.is_parallel else []
    failed: list[Problem] = []
    for process in [*helpers, main]:
        answer = house.ask("POST", "/instances", {"process": prefix + process, "variables": variables})
        if answer.status != 201:
            failed += refusals.of_answer(answer)
        house.post("/test-clock", {"advance": "PT0S"})
    if case.delay:
        house.post("/test-clock", {"advance": f"PT{case.delay / 1000:g}S"})
    return tuple(failed)


def _runs(model: Model, house: House, prefix: str) -> tuple[Run, ...]:
    names = (*model.processes, *model.callable_tasks)
    lines = [
        (name, line)
        for name in names
        for line in reversed(house.listed(f"/instances?process={prefix}{name}"))
    ]
    return tuple(_run(house, name, line) for name, line in sorted(lines, key=lambda one: str(one[1]["id"])))


def _run(house: House, process: str, line: dict[str, Any]) -> Run:
    identity = line["id"]
    found = house.get(f"/instances/{identity}")
    incidents = house.get(f"/incidents?instance={identity}")["items"]
    return Run(
        id=identity,
        process=process,
        parent=found["parent"],
        state=found["state"],
        variables=found["variables"],
        history=tuple(_history(house, identity)),
        failures=tuple(
            Problem(code=one["kind"], element=one["element"], message=one["message"])
            for one in incidents
            if one["kind"] != _DEADLOCK
        ),
    )


def _history(house: House, identity: str) -> Iterable[Passage]:
    after = 0
    while True:
        items = house.get(f"/instances/{identity}/history?after={after}&limit=5000")["items"]
        for one in items:
            yield Passage(
                type=one["type"],
                element=one["element"],
                element_type=one["element_type"],
                scope=one["scope"],
                at=datetime.fromisoformat(one["at"]),
            )
        if not items:
            return
        after = items[-1]["seq"]


def _clear(model: Model, house: House, prefix: str) -> None:
    """Leave nothing behind that would move when the next case moves the clock."""
    for name in model.processes:
        for line in house.listed(f"/instances?process={prefix}{name}&state=running"):
            house.ask("POST", f"/instances/{line['id']}/cancel", {"reason": "end of the case"})
        if name in model.scheduled:
            house.send_files("/deployments", {f"{prefix}model.bpmn": models.blank(prefix + name)})


def is_done(run: Run) -> bool:
    """Tell whether an instance is over as it should be."""
    return run.state in _DONE
