"""An engine in this process over an empty database, for what is measured without HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine import deployments, instances
from engine.dispatcher import Dispatcher
from engine.models import ProcessInstance
from foundation.clock import MovableClock
from foundation.database import Database
from tiendo import migrating

NOW = datetime(2024, 2, 5, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A database, the clock by which it is measured, and the duties over it."""

    database: Database
    clock: MovableClock
    dispatcher: Dispatcher

    def deploy(self, *diagrams: bytes) -> None:
        """Deploy diagrams."""
        with self.database.unit_of_work() as work:
            deployments.deploy(work, {f"{number}.bpmn": one for number, one in enumerate(diagrams)})
            work.commit()

    def start(self, process: str, **variables: Any) -> str:
        """Start an instance; gives its id."""
        with self.database.unit_of_work() as work:
            made = instances.start(work, process, variables)
            work.commit()
        return made

    def require(self, instance: str, state: str) -> None:
        """Refuse to give figures of something that did not end as it should."""
        with self.database.reading() as session:
            found = session.get_one(ProcessInstance, instance).state
        if found != state:
            raise RuntimeError(f"instance {instance} is {found}, not {state}")


@contextmanager
def engine(folder: Path) -> Iterator[Engine]:
    """Give an engine on a SQLite file in a folder."""
    clock = MovableClock(NOW)
    database = Database(f"sqlite:///{folder}/tiendo.db", clock)
    migrating.upgrade(database)
    try:
        yield Engine(database=database, clock=clock, dispatcher=Dispatcher(database, {}))
    finally:
        database.dispose()
