"""Due moments and ladders of call activities: one row per child, whatever the child does meanwhile.

The rows belong to the calling instance and change under its lock only, so that no two instances are locked.
They are written with the call, move with the variables their due date names (`engine.dues`), and close when
the child has ended or the call is left.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import Session

from engine import escalations, history
from engine.models import CallDeadline
from engine.spiff.effects import ChildrenCalled, Happened
from engine.spiff.execution import Execution
from engine.states import WorkState
from foundation.database import UnitOfWork


def ask(
    work: UnitOfWork, instance_id: str, effect: ChildrenCalled, called: Sequence[str], execution: Execution
) -> None:
    """Write the due moment and the ladder of each called child; nothing for a call without either."""
    if not called or not (effect.is_dated or effect.ladder is not None):
        return
    rows: list[dict[str, Any]] = [
        {
            "id": child,
            "instance_id": instance_id,
            "token": effect.token,
            "element": effect.element,
            "name": effect.name,
            "element_key": callee.key,
            "due_at": callee.due_at,
            "original_due_at": callee.due_at,
            "local": callee.local,
            "ladder": escalations.as_data(effect.ladder),
            "state": WorkState.OPEN.value,
        }
        for child, callee in zip(called, effect.callees, strict=True)
    ]
    dated = [row for row in rows if row["due_at"] is not None]
    if effect.ladder is not None and dated:
        escalations.plan(work, "child_id", dated, effect.ladder, execution)
    work.session.execute(insert(CallDeadline.__table__), rows)  # type: ignore[arg-type]


def of_token(session: Session, instance_id: str, token: str) -> list[CallDeadline]:
    """Give what is still open of one call activity, in the order the children were called."""
    statement = select(CallDeadline).where(
        _of(instance_id, [token]), CallDeadline.state == WorkState.OPEN.value
    )
    return list(session.scalars(statement.order_by(CallDeadline.id)))


def of_children(session: Session, children: Sequence[str]) -> dict[str, CallDeadline]:
    """Give what was asked of some called instances, by their ids; those without a due moment are missing."""
    found = session.scalars(select(CallDeadline).where(CallDeadline.id.in_(children)))
    return {one.id: one for one in found}


def set_due(work: UnitOfWork, call: CallDeadline, due_at: datetime | None, *, reason: str) -> None:
    """Move the due moment of one child under the lock of its caller; the ladder is planned again."""
    before, call.due_at = call.due_at, due_at
    work.session.flush()
    escalations.replan(work, "child_id", call)
    line = Happened(
        type="call.due_changed",
        element=call.element,
        element_type="callActivity",
        name=call.name,
        token=call.token,
        data={"key": call.element_key, "before": before, "after": due_at, "reason": reason},
    )
    history.append_alone(work, call.instance_id, line)


def settle(session: Session, instance_id: str, token: str, key: str, *, is_cancelled: bool) -> None:
    """Close what was asked of one child that ended: nobody is told of it any more."""
    mine = _of(instance_id, [token]) & (CallDeadline.element_key == key)
    _close(session, mine, WorkState.CANCELLED if is_cancelled else WorkState.COMPLETED)


def cancel(session: Session, instance_id: str, tokens: Sequence[str]) -> None:
    """Close what is still asked of the children of calls that are left."""
    _close(session, _of(instance_id, tokens), WorkState.CANCELLED)


def _of(instance_id: str, tokens: Sequence[str]) -> ColumnElement[bool]:
    return (CallDeadline.instance_id == instance_id) & CallDeadline.token.in_(tokens)


def _close(session: Session, which: ColumnElement[bool], state: WorkState) -> None:
    closed = session.connection().execute(
        update(CallDeadline)
        .where(which, CallDeadline.state == WorkState.OPEN.value)
        .values(state=state.value)
    )
    if closed.rowcount:
        escalations.cancel(session, "child_id", select(CallDeadline.id).where(which))
