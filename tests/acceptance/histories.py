"""What happened, told so that two runs can be compared: the ids of a run are replaced by plain names."""

import re
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import history
from engine.models import HistoryEvent, ProcessInstance
from foundation.outbox import OutboxEvent
from tests.acceptance.province import opened
from tests.acceptance.server import Server

#: opaque ids: 32 hex digits, or a UUID with hyphens
IDS = re.compile(rb"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True)
class Past:
    """The past of an installation."""

    #: lines of every instance, by the name of its process and its place in the tree
    lines: dict[str, list[str]]
    #: how often which event was told to the outside
    events: Counter[str]
    #: ids of those events
    event_ids: set[str]
    #: instances whose hash chain is broken
    broken: list[str]


class Names:
    """Plain names for the ids of one run, in the order in which they are met."""

    def __init__(self) -> None:
        """Nothing met yet."""
        self._known: dict[bytes, bytes] = {}

    def plain(self, text: bytes) -> bytes:
        """Give a text with every id replaced by its name."""
        return IDS.sub(lambda found: self.of(found.group()), text)

    def place(self, identity: str | None) -> int:
        """Give when an id was first met: 1, 2, 3 …; 0 for one not met."""
        return int(self._known.get((identity or "").encode(), b"#0")[1:])

    def of(self, identity: bytes) -> bytes:
        """Give the name of an id; a new one for an id not met before."""
        return self._known.setdefault(identity, b"#%d" % (len(self._known) + 1))


def past(server: Server) -> Past:
    """Read everything that happened in the database of a server."""
    runtime = opened(server)
    try:
        with runtime.database.reading() as session:
            told = session.execute(select(OutboxEvent.id, OutboxEvent.type)).all()
            return Past(
                lines=_lines(session),
                events=Counter(event.type for event in told),
                event_ids={event.id for event in told},
                broken=[
                    name
                    for name in session.scalars(select(ProcessInstance.id))
                    if history.verify(session, name) is not None
                ],
            )
    finally:
        runtime.database.dispose()


def _lines(session: Session) -> dict[str, list[str]]:
    """Walk the instances from the roots down, children in the order in which their parents name them."""
    names = Names()
    found: dict[str, list[str]] = {}
    waiting = deque(_below(session, None, names))
    while waiting:
        instance = waiting.popleft()
        place = f"{instance.key} {names.plain((instance.business_key or '').encode()).decode()}"
        found[place] = [names.plain(line).decode() for line in _history(session, instance.id)]
        waiting.extend(_below(session, instance.id, names))
    return found


def _below(session: Session, parent: str | None, names: Names) -> list[Any]:
    rows = session.execute(
        select(ProcessInstance.id, ProcessInstance.key, ProcessInstance.business_key).where(
            ProcessInstance.parent_instance_id == parent
        )
    ).all()
    return sorted(rows, key=lambda row: (names.place(row.business_key), row.id))


def _history(session: Session, instance_id: str) -> list[bytes]:
    columns = (
        "type",
        "element",
        "element_type",
        "name",
        "token",
        "scope",
        "at",
        "actor_id",
        "actor_name",
        "data",
    )
    return [
        orjson.dumps([getattr(line, column) for column in columns], option=orjson.OPT_SORT_KEYS)
        for line in session.scalars(
            select(HistoryEvent).where(HistoryEvent.instance_id == instance_id).order_by(HistoryEvent.seq)
        )
    ]
