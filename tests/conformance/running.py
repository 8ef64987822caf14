"""Running many cases: in random order, several at a time, each on houses of its own worker.

A case that hangs, breaks the server or meets something the runner cannot translate is a result, never an
error of the runner.
"""

import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Queue
from typing import Protocol, TypeVar

import psycopg

from tests.conformance.house import BrokenError, HangError, House
from tests.conformance.outcomes import Outcome, Result


class Named(Protocol):
    """A case."""

    @property
    def id(self) -> str:
        """Its name, unique in its suite."""
        ...

    @property
    def group(self) -> str:
        """The heading under which it is counted."""
        ...


Case = TypeVar("Case", bound=Named)


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a suite is run."""

    #: cases at a time; each has its own servers
    jobs: int = 1
    #: seed of the order of the cases; None for the order in which they stand
    seed: int | None = None
    #: seconds one case may take
    limit: float = 30
    #: URL of a PostgreSQL server's database; scratch databases are made beside it. Empty: SQLite
    database: str = ""


@contextmanager
def opened(manner: Manner, *, kinds: Sequence[bool]) -> Iterator[list[tuple[House, ...]]]:
    """Open a set of houses for each job: one house per kind, True for one that reloads after each step."""
    with ExitStack() as stack:
        base = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tiendo-conformance-")))
        sets = []
        for job in range(manner.jobs):
            houses = []
            for number, reloads in enumerate(kinds):
                url = stack.enter_context(_scratch(manner.database, f"{job}_{number}"))
                house = House(base / f"{job}-{number}", database_url=url, reloads=reloads)
                houses.append(stack.enter_context(house))
            sets.append(tuple(houses))
        yield sets


def run(
    cases: Sequence[Case],
    play: Callable[[Case, tuple[House, ...]], Result],
    sets: Sequence[tuple[House, ...]],
    manner: Manner,
) -> list[Result]:
    """Run the cases; gives their results in the order in which they stand."""
    free: Queue[tuple[House, ...]] = Queue()
    for houses in sets:
        free.put(houses)

    def one(case: Case) -> Result:
        houses = free.get()
        try:
            return _guarded(case, play, houses, manner.limit)
        finally:
            free.put(houses)

    order = list(cases)
    if manner.seed is not None:
        random.Random(manner.seed).shuffle(order)  # noqa: S311  the order of tests is no secret
    if len(sets) == 1:  # a browser belongs to the thread that opened it
        done = [one(case) for case in order]
    else:
        with ThreadPoolExecutor(len(sets)) as pool:
            done = list(pool.map(one, order))
    results = dict(zip((case.id for case in order), done, strict=True))
    return [results[case.id] for case in cases]


def _guarded(
    case: Case,
    play: Callable[[Case, tuple[House, ...]], Result],
    houses: tuple[House, ...],
    limit: float,
) -> Result:
    for house in houses:
        house.allow(limit)
    try:
        return play(case, houses)
    except (HangError, BrokenError) as problem:
        kind = "hang" if isinstance(problem, HangError) else "broken"
        for house in houses:
            if isinstance(problem, HangError) or not house.is_up():
                house.restart()
        return Result(id=case.id, group=case.group, outcome=Outcome.CRASH, detail=f"{kind}: {problem}")


def numbered(cases: Sequence[Result]) -> list[Result]:
    """Give results whose ids are unique: a second one of the same name gets a number."""
    seen: dict[str, int] = {}
    given = []
    for result in cases:
        seen[result.id] = seen.get(result.id, 0) + 1
        name = result.id if seen[result.id] == 1 else f"{result.id}#{seen[result.id]}"
        given.append(replace(result, id=name))
    return given


@contextmanager
def _scratch(database: str, name: str) -> Iterator[str]:
    """Make a database beside the one of the URL and drop it afterwards; nothing to do for SQLite."""
    if not database:
        yield ""
        return
    plain = database.replace("postgresql+psycopg:", "postgresql:")
    made = f"tiendo_conformance_{name}"
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{made}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{made}"')
    try:
        yield f"{plain.rpartition('/')[0]}/{made}"
    finally:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{made}" WITH (FORCE)')
