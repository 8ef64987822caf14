"""A process that meets a poisoned step: `python -m tests.engine.poisoned DATABASE_URL MOMENT`.

It does what is due, as a worker does, at a moment (ISO 8601). The topic `poison` and the script task `poison`
end the process at once, as running out of memory does; the topic `harmless` does nothing.
"""

import os
import sys
from datetime import datetime
from typing import Any

from engine.dispatcher import Dispatcher
from engine.spiff.nodes.tasks import ScriptTask
from engine.spiff.token import Token
from foundation.clock import MovableClock
from foundation.database import Database
from tests.conftest import import_all_tables

#: exit status of a process that met the poison
KILLED = 9

_work = ScriptTask.work


def die(*_given: Any) -> None:
    """End the process without a chance to finish anything."""
    os._exit(KILLED)


def work(node: ScriptTask, token: Token) -> bool | None:
    """Die in the step named so, else do what it does."""
    if node.element.id == "poison":
        die()
    return _work(node, token)


def main() -> None:
    """Do what is due."""
    import_all_tables()
    ScriptTask.work = work  # type: ignore[assignment, method-assign]
    database = Database(sys.argv[1], MovableClock(datetime.fromisoformat(sys.argv[2])))
    Dispatcher(database, {"poison": die, "harmless": lambda _work, _job: {}}).settle()
    database.dispose()


if __name__ == "__main__":
    main()
