"""History: append-only rows per instance, chained by hash so that a change is noticed.

Each row's hash is SHA-256 over the hash before it and its own canonical content.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine.models import HistoryEvent, ProcessInstance
from engine.spiff.effects import Happened
from foundation.database import UnitOfWork

_APPEND = insert(HistoryEvent.__table__)  # type: ignore[arg-type]
#: rows written by one statement: a run of many steps needs no more memory than its events
_CHUNK = 500


def append(
    work: UnitOfWork, instance_id: str, seq: int, head: str, happened: Iterable[Happened]
) -> tuple[int, str]:
    """Add rows after `seq` and give the new sequence number and head; the caller holds the instance lock."""
    rows = []
    for line in happened:
        seq += 1
        row = _row(work, instance_id, seq, line)
        head = row["hash"] = digest(head, row)
        rows.append(row)
        if len(rows) == _CHUNK:
            work.connection.execute(_APPEND, rows)
            rows = []
    if rows:
        work.connection.execute(_APPEND, rows)
    return seq, head


def append_alone(work: UnitOfWork, instance_id: str, line: Happened) -> None:
    """Add one row outside a run of the engine; locks the instance row first."""
    row = work.session.execute(
        select(ProcessInstance.history_seq, ProcessInstance.history_head)
        .where(ProcessInstance.id == instance_id)
        .with_for_update()
    ).one()
    seq, head = append(work, instance_id, row.history_seq, row.history_head, [line])
    work.session.execute(
        ProcessInstance.__table__.update()  # type: ignore[attr-defined]
        .where(ProcessInstance.id == instance_id)
        .values(history_seq=seq, history_head=head)
    )


def of_instance(
    session: Session, instance_id: str, *, after: int = 0, limit: int = 1000
) -> list[HistoryEvent]:
    """Give the rows of an instance in order."""
    return list(
        session.scalars(
            select(HistoryEvent)
            .where(HistoryEvent.instance_id == instance_id, HistoryEvent.seq > after)
            .order_by(HistoryEvent.seq)
            .limit(limit)
        )
    )


def last_of(session: Session, instance_id: str, types: Iterable[str], *, limit: int) -> list[HistoryEvent]:
    """Give the last rows of some types, the newest first."""
    return list(
        session.scalars(
            select(HistoryEvent)
            .where(HistoryEvent.instance_id == instance_id, HistoryEvent.type.in_(list(types)))
            .order_by(HistoryEvent.seq.desc())
            .limit(limit)
        )
    )


def verify(session: Session, instance_id: str) -> int | None:
    """Give the sequence number of the first row that was changed, removed or added; None when all is well."""
    instance = session.execute(
        select(ProcessInstance.history_seq, ProcessInstance.history_head).where(
            ProcessInstance.id == instance_id
        )
    ).one()
    head, expected = "", 0
    for event in session.scalars(
        select(HistoryEvent).where(HistoryEvent.instance_id == instance_id).order_by(HistoryEvent.seq)
    ):
        expected += 1
        head = digest(head, {name: getattr(event, name) for name in CHAINED})
        if event.seq != expected or event.hash != head:
            return expected
    return None if (expected, head) == (instance.history_seq, instance.history_head) else expected + 1


CHAINED = (
    "instance_id",
    "seq",
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


def digest(head: str, row: dict[str, Any]) -> str:
    """Give the hash of a row behind a chain head."""
    content = orjson.dumps([row[name] for name in CHAINED], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(head.encode() + content).hexdigest()


def _row(work: UnitOfWork, instance_id: str, seq: int, line: Happened) -> dict[str, Any]:
    return {
        "instance_id": instance_id,
        "seq": seq,
        "type": line.type,
        "element": line.element,
        "element_type": line.element_type,
        "name": line.name,
        "token": line.token,
        "scope": line.scope,
        "at": work.now,
        "actor_id": work.actor.id,
        "actor_name": work.actor.name,
        "data": line.data,
    }
