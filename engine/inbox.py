"""The inbox of an instance: what other transactions left for its own turn (`engine.turns`)."""

from typing import Any

from sqlalchemy import insert, or_, select

from engine.models import InboxItem, ProcessInstance
from engine.states import InstanceState
from foundation.database import Database, UnitOfWork


def row(work: UnitOfWork, instance_id: str, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Give the columns of a new item."""
    return {
        "instance_id": instance_id,
        "kind": kind,
        "payload": payload,
        "created_at": work.now,
        "attempts": 0,
        "not_before": work.now,
        "is_held": False,
    }


def put(work: UnitOfWork, instance_id: str, kind: str, payload: dict[str, Any]) -> None:
    """Leave something for an instance; its turn comes after this commit."""
    work.session.execute(insert(InboxItem.__table__), row(work, instance_id, kind, payload))  # type: ignore[arg-type]
    work.touched.add(instance_id)


def waiting(database: Database, *, limit: int = 500) -> list[str]:
    """Give instances that have items due, oldest first; a suspended one waits."""
    with database.reading() as session:
        found = session.scalars(
            select(InboxItem.instance_id)
            .join(ProcessInstance, ProcessInstance.id == InboxItem.instance_id)
            .where(
                InboxItem.not_before <= database.clock.now(),
                InboxItem.is_held.is_(False),
                or_(ProcessInstance.state != InstanceState.SUSPENDED.value, InboxItem.kind == "cancel"),
            )
            .order_by(InboxItem.seq)
            .limit(limit)
        )
        return list(dict.fromkeys(found))
