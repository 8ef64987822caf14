"""Tries: a step is counted before it runs, so that one that kills the process is counted too.

What is new is born with its first try: it runs uncounted in the process that was there when it came due, and
that process counts it if it fails. Whoever finds it after that process has died counts each further try in a
transaction of its own. After `TRIES` the step is left to a person as an incident; nothing else is held up.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute

from engine.models import ProcessInstance
from foundation.database import Database, UnitOfWork
from foundation.texts import Text, _

#: tries of a step that brings no answer before a person has to look
TRIES = 5

GiveUp = Callable[[UnitOfWork, Sequence[Any]], None]


def is_new(database: Database, attempts: int, since: datetime) -> bool:
    """Tell whether a step due since a moment has never run: this process was there when it came due."""
    return attempts == 0 and since > database.opened_at


def count(
    database: Database,
    key: InstrumentedAttribute[Any],
    seen: dict[Any, int],
    instance_id: str,
    give_up: GiveUp,
) -> bool:
    """Count one more try of steps of one instance; True when there is something to run.

    `seen` gives the attempts by key as they were read: a step that somebody else counted meanwhile is theirs,
    and so is everything of an instance that is locked. Steps out of tries go to `give_up` in the same
    transaction.
    """
    table = key.class_
    counted: dict[Any, int] = {}
    with database.unit_of_work() as work:
        if not _is_free(work, instance_id):
            return False
        for value, attempts in seen.items():
            found = work.session.scalar(
                update(table)
                .where(key == value, table.attempts == attempts)
                .values(attempts=attempts + 1)
                .returning(table.attempts)
                .execution_options(synchronize_session=False)
            )
            if found is not None:
                counted[value] = found
        spent = [value for value, attempts in counted.items() if attempts > TRIES]
        if spent:
            give_up(work, spent)
        work.commit()
    return len(counted) > len(spent)


def spent_message() -> Text:
    """Say why a step that never answered is not tried again."""
    return _(
        "Bước này đã {count} lần làm dừng tiến trình xử lý hoặc không có trả lời; "
        "hãy xem nhật ký máy chủ trước khi thử lại.",
        count=TRIES,
    )


def _is_free(work: UnitOfWork, instance_id: str) -> bool:
    locked = select(ProcessInstance.id).where(ProcessInstance.id == instance_id)
    return work.session.scalar(locked.with_for_update(skip_locked=True)) is not None
