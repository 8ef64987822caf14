"""Schedules: timer start events. Each tick starts the newest version once, whatever happens.

The pair (schedule, scheduled moment) is unique on the instance row, so a second start of the same tick is
impossible even if every lock fails. Missed ticks follow the schedule's misfire policy.
"""

from datetime import datetime

from sqlalchemy import delete, select

from engine import starts
from engine.feel import iso
from engine.models import ProcessDefinition, Schedule
from engine.spiff.execution import Execution
from engine.spiff.expressions import due_moment, later
from engine.spiff.graph import ProcessGraph
from engine.spiff.token import STARTED
from foundation.database import Database, UnitOfWork
from foundation.ids import new_id

#: most ticks started at once after a long absence under `fire_all`
CATCH_UP_LIMIT = 100


def register(work: UnitOfWork, definition: ProcessDefinition, graph: ProcessGraph) -> None:
    """Replace the schedules of a process by those of its newest version."""
    work.session.execute(delete(Schedule).where(Schedule.key == definition.key))
    for node in graph.starts(None):
        if node.element.event.kind != "timer":
            continue
        scratch = Execution(graph, now=work.now, calendar=None, ports=_NoPorts())
        token = scratch.spawn(node, scratch.spawn(graph.start, None, state=STARTED), state=STARTED)
        first, remaining, interval = due_moment(token, node.element.event)
        work.session.add(
            Schedule(
                id=new_id(),
                definition_id=definition.id,
                key=definition.key,
                element=node.element.id,
                interval=interval,
                remaining=0 if remaining is None else remaining,
                next_at=first,
            )
        )


def start_due(database: Database) -> int:
    """Start the processes whose schedule is due; gives how many instances."""
    with database.reading() as session:
        due = session.scalars(select(Schedule.id).where(Schedule.next_at <= database.clock.now())).all()
    started = 0
    for schedule_id in due:
        with database.unit_of_work() as work:
            started += _start(work, schedule_id)
            work.commit()
    return started


def _start(work: UnitOfWork, schedule_id: str) -> int:
    schedule = work.session.scalars(
        select(Schedule)
        .where(Schedule.id == schedule_id, Schedule.next_at <= work.now)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if schedule is None or schedule.next_at is None:
        return 0
    ticks: list[datetime] = []
    moment: datetime | None = schedule.next_at
    while moment is not None and moment <= work.now and len(ticks) < CATCH_UP_LIMIT:
        ticks.append(moment)
        moment = _following(schedule, moment)
    schedule.next_at = moment
    for tick in _kept(schedule.misfire, ticks, work.now):
        starts.create(
            work, schedule.key, {}, start_node=schedule.element, schedule=(schedule.id, tick.isoformat())
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

    def decide(self, *_: object) -> object:
        """Decide nothing."""
        return None

    def child_results(self, _token: str) -> list[tuple[str, object]]:
        """Have no children."""
        return []
