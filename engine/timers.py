"""Timers: rows with a due moment, fired under the lock of their instance.

Claiming is counting: the attempt is committed before the instance runs, so that a step that kills the
process is counted too. First tries are counted together, further ones each alone: a timer that kills the
process takes no other with it. After `tries.TRIES` the timer is held by an incident.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from engine import incidents, runner, tries
from engine.models import ProcessInstance, Timer
from engine.spiff.errors import TokenGone
from engine.spiff.execution import Execution
from engine.states import InstanceState, WorkState
from foundation.database import Database, UnitOfWork


@dataclass(frozen=True, kw_only=True)
class Lag:
    """How far behind the timers are."""

    pending: int
    #: due moment of the oldest timer that should have fired, None when none is late
    oldest_due: datetime | None
    seconds: float


def fire_due(database: Database, *, limit: int = 200) -> int:
    """Fire the timers that are due, instance by instance; gives how many fired."""
    new = _due(database, is_new=True, limit=limit)
    mine = _count_first(database, [row.id for row in new])
    instances = dict.fromkeys(row.instance_id for row in new if row.id in mine)
    fired = sum(_fire_safely(database, instance_id) for instance_id in instances)
    if len(new) < limit:
        fired += _fire_again(database, _due(database, is_new=False, limit=limit))
    return fired


def _due(database: Database, *, is_new: bool, limit: int) -> Sequence[Row[str, str, str, int]]:
    with database.reading() as session:
        return session.execute(
            select(Timer.id, Timer.instance_id, Timer.element, Timer.attempts)
            .join(ProcessInstance, ProcessInstance.id == Timer.instance_id)
            .where(
                Timer.state == WorkState.PENDING.value,
                Timer.due_at <= database.clock.now(),
                Timer.attempts == 0 if is_new else Timer.attempts != 0,
                ProcessInstance.state == InstanceState.RUNNING.value,
            )
            .order_by(Timer.due_at, Timer.id)
            .limit(limit)
        ).all()


def _fire_again(database: Database, due: Sequence[Row[str, str, str, int]]) -> int:
    """Fire timers that were begun before and brought no answer, one instance at a time."""
    fired = 0
    for instance_id in dict.fromkeys(row.instance_id for row in due):
        seen = {row.id: row.attempts for row in due if row.instance_id == instance_id}

        def give_up(work: UnitOfWork, spent: Sequence[str], instance_id: str = instance_id) -> None:
            _hold(work, instance_id, spent)

        if tries.count(database, Timer.id, seen, instance_id, give_up):
            fired += _fire_safely(database, instance_id)
    return fired


def _hold(work: UnitOfWork, instance_id: str, timer_ids: Sequence[str]) -> None:
    for timer_id in timer_ids:
        timer = work.session.get_one(Timer, timer_id)
        timer.state = WorkState.FAILED.value
        incidents.raise_incident(
            work,
            instance_id,
            kind="timer",
            reference=timer_id,
            element=timer.element,
            message=tries.spent_message(),
        )


def next_due(session: Session) -> datetime | None:
    """Give the earliest moment at which a timer is due."""
    return session.scalar(select(func.min(Timer.due_at)).where(Timer.state == WorkState.PENDING.value))


def lag(session: Session, now: datetime) -> Lag:
    """Measure how far behind the timers are at a moment."""
    row = session.execute(
        select(func.count(Timer.id).label("pending"), func.min(Timer.due_at).label("oldest")).where(
            Timer.state == WorkState.PENDING.value
        )
    ).one()
    is_late = row.oldest is not None and row.oldest < now
    return Lag(
        pending=row.pending,
        oldest_due=row.oldest if is_late else None,
        seconds=(now - row.oldest).total_seconds() if is_late else 0.0,
    )


def of_instance(session: Session, instance_id: str) -> list[Timer]:
    """Give the timers of an instance, pending first."""
    statement = select(Timer).where(Timer.instance_id == instance_id)
    return list(session.scalars(statement.order_by(Timer.state.desc(), Timer.due_at)))


def _fire_safely(database: Database, instance_id: str) -> int:
    try:
        with database.unit_of_work() as work:
            fired = _fire(work, instance_id)
            work.commit()
            return fired
    except Exception:  # noqa: BLE001  one bad instance never stops the sweep; its incident tells
        _put_off(database, instance_id)
        return 0


def _fire(work: UnitOfWork, instance_id: str) -> int:
    row = runner.lock(work, instance_id)
    due = work.session.execute(
        select(Timer.id, Timer.token, Timer.element)
        .where(
            Timer.instance_id == instance_id, Timer.state == WorkState.PENDING.value, Timer.due_at <= work.now
        )
        .order_by(Timer.due_at, Timer.id)
    ).all()
    if not due or row.state != InstanceState.RUNNING:
        return 0
    ids = [timer.id for timer in due]
    work.session.execute(
        update(Timer)
        .where(Timer.id.in_(ids))
        .values(state=WorkState.FIRED.value)
        .execution_options(synchronize_session=False)
    )

    with incidents.noted(work, instance_id, kind="timer", reference=ids[0], element=due[0].element):
        runner.run(work, row, *(_trigger(timer.token) for timer in due))
    for timer_id in ids:
        incidents.resolve(work, instance_id, kind="timer", reference=timer_id)
    return len(ids)


def _trigger(token: str) -> runner.Command:
    """Give the command that fires the timer of a token; an earlier one may have taken the token away."""

    def command(execution: Execution) -> None:
        with suppress(TokenGone):
            execution.trigger(token, {}, "timer.fired")

    return command


def _count_first(database: Database, ids: list[str]) -> set[str]:
    """Count the first try of timers; gives those nobody else counted meanwhile."""
    if not ids:
        return set()
    with database.unit_of_work() as work:
        found = work.session.scalars(
            update(Timer)
            .where(Timer.id.in_(ids), Timer.attempts == 0)
            .values(attempts=1)
            .returning(Timer.id)
            .execution_options(synchronize_session=False)
        ).all()
        work.commit()
    return set(found)


def _put_off(database: Database, instance_id: str) -> None:
    """Try the due timers of an instance again later, each time after a longer pause."""
    with database.unit_of_work() as work:
        due = work.session.scalars(
            select(Timer).where(
                Timer.instance_id == instance_id,
                Timer.state == WorkState.PENDING.value,
                Timer.due_at <= work.now,
            )
        )
        for timer in due:
            timer.due_at = work.now + timedelta(seconds=2 ** max(0, timer.attempts))
            if timer.attempts >= tries.TRIES:
                timer.state = WorkState.FAILED.value
        work.commit()
