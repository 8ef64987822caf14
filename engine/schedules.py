"""Schedules: timer start events. Each tick starts the version in effect once, whatever happens.

The pair (schedule, scheduled moment) is unique on the instance row, so a second start of the same tick is
impossible even if every lock fails. Missed ticks follow the schedule's misfire policy.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import ColumnElement

from engine import starts
from engine.feel import iso
from engine.models import ProcessDefinition, Schedule
from engine.spiff.elements import Occasion
from engine.spiff.execution import Decided, Execution
from engine.spiff.expressions import due_moment, later
from engine.spiff.graph import ProcessGraph
from engine.spiff.token import STARTED
from engine.states import DefinitionState
from foundation.database import Database, UnitOfWork
from foundation.ids import new_id

#: most ticks started at once after a long absence under `fire_all`
CATCH_UP_LIMIT = 100
#: smallest step of a stored moment
RESOLUTION = timedelta(microseconds=1)


def register(
    work: UnitOfWork, definition: ProcessDefinition, graph: ProcessGraph, *, at: datetime, is_new: bool = True
) -> None:
    """Write the schedules of the version that listens from a moment on.

    A version that comes back (`is_new` False) does not start again at single moments that are over.
    """
    for element, event in graph.triggers():
        if event.kind != "timer":
            continue
        node = graph.node(element)
        scratch = Execution(graph, now=at, calendar=None, ports=_NoPorts())
        token = scratch.spawn(node, scratch.spawn(graph.start, None, state=STARTED), state=STARTED)
        first, remaining, interval = due_moment(token, event)
        if not is_new and interval is None and first < at:
            continue
        work.session.add(
            Schedule(
                id=new_id(),
                definition_id=definition.id,
                key=definition.key,
                element=element,
                interval=interval,
                remaining=0 if remaining is None else remaining,
                next_at=first,
            )
        )


def belong_to(session: Session, definition: ProcessDefinition) -> bool:
    """Tell whether the schedules of a process are those of this version."""
    found = session.scalars(select(Schedule.definition_id).where(Schedule.key == definition.key)).first()
    return found == definition.id


def drop(work: UnitOfWork, key: str) -> None:
    """Let a process start by no schedule."""
    work.session.execute(delete(Schedule).where(Schedule.key == key))


def start_missed(work: UnitOfWork, key: str, *, before: datetime) -> None:
    """Start what was due before a moment and has not been started: another version takes over then.

    Such a start belongs to the version that was in effect at its moment.
    """
    rows = work.session.scalars(
        select(Schedule).where(Schedule.key == key, Schedule.next_at < before).with_for_update()
    )
    for schedule in rows.all():
        _start_ticks(work, schedule, before=before)


def start_due(database: Database) -> int:
    """Start the processes whose schedule is due; gives how many instances.

    The schedules of a process that waits for another version to take effect are left to that moment
    (`engine.taking_effect`).
    """
    now = database.clock.now()
    with database.reading() as session:
        due = session.scalars(select(Schedule.id).where(Schedule.next_at <= now, ~_awaits_another(now))).all()
    started = 0
    for schedule_id in due:
        with database.unit_of_work() as work:
            started += _start(work, schedule_id)
            work.commit()
    return started


def _awaits_another(now: datetime) -> ColumnElement[bool]:
    return exists().where(
        ProcessDefinition.key == Schedule.key,
        ProcessDefinition.state == DefinitionState.SCHEDULED.value,
        ProcessDefinition.effective_at <= now,
    )


def _start(work: UnitOfWork, schedule_id: str) -> int:
    schedule = work.session.scalars(
        select(Schedule)
        .where(Schedule.id == schedule_id, Schedule.next_at <= work.now, ~_awaits_another(work.now))
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if schedule is None:
        return 0
    return _start_ticks(work, schedule, before=work.now + RESOLUTION)


def _start_ticks(work: UnitOfWork, schedule: Schedule, *, before: datetime) -> int:
    ticks: list[datetime] = []
    moment = schedule.next_at
    while moment is not None and moment < before and len(ticks) < CATCH_UP_LIMIT:
        ticks.append(moment)
        moment = _following(schedule, moment)
    schedule.next_at = moment
    definition = work.session.get_one(ProcessDefinition, schedule.definition_id)
    for tick in _kept(schedule.misfire, ticks, work.now):
        starts.create(
            work,
            schedule.key,
            {},
            occasion=Occasion(element=schedule.element),
            schedule=(schedule.id, tick.isoformat()),
            definition=definition,
        )
    return len(ticks)


def _following(schedule: Schedule, moment: datetime) -> datetime | None:
    if schedule.interval is None or schedule.remaining == 0:
        return None
    if schedule.remaining > 0:
        schedule.remaining -= 1
    following: datetime = later(moment, iso.parse_duration(schedule.interval))
    return following


def _kept(misfire: str, ticks: list[datetime], now: datetime) -> list[datetime]:
    if misfire == "fire_all":
        return ticks
    if misfire == "skip":
        return [tick for tick in ticks[-1:] if (now - tick).total_seconds() < 60]  # noqa: PLR2004  one minute
    return ticks[-1:]


class _NoPorts:
    """A start event asks nothing of the world."""

    def decide(self, *_: object, element: str) -> Decided:  # noqa: ARG002  the name is the protocol's
        """Decide nothing."""
        return Decided(value=None)

    def child_results(self, _token: str) -> list[tuple[str, object]]:
        """Have no children."""
        return []
