"""The moment a version takes effect: from then on messages, signals and schedules start it.

Plain starts and call activities ask the clock (`definitions.in_effect`). What listens are rows, and they are
exchanged here: exactly once however many workers run, because whoever locks the version's row first turns
its state; after a downtime in the order of the effective dates.
"""

from datetime import datetime

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from engine import definition_events, definitions, graphs, schedules
from engine.lifecycle_tables import DefinitionSetting, Kind
from engine.models import ProcessDefinition, StartSubscription
from engine.spiff.graph import ProcessGraph
from engine.states import DefinitionState
from foundation import outbox
from foundation.database import Database, UnitOfWork
from foundation.ids import new_id


def take_effect(database: Database) -> int:
    """Let the versions whose effective date has come take over; gives how many."""
    with database.reading() as session:
        is_due = session.scalar(_due(database.clock.now()).limit(1)) is not None
    if not is_due:
        return 0
    with database.unit_of_work() as work:
        switched = switch_due(work)
        work.commit()
    return switched


def switch_due(work: UnitOfWork) -> int:
    """Do the same inside a command that is about to ask who listens; gives how many took effect."""
    switched = 0
    for definition in work.session.scalars(_due(work.now).with_for_update()).all():
        definition.state = DefinitionState.PUBLISHED.value
        work.session.flush()
        listen(work, definition.key, at=definition.effective_at)
        definition_events.record(work, definition.key, "effective", version=definition.version)
        outbox.record(
            work,
            "definition.effective",
            subject=definition.id,
            data={"process": definition.key, "version": definition.version},
        )
        switched += 1
    return switched


def listen(work: UnitOfWork, key: str, *, at: datetime) -> None:
    """Let the version in effect at a moment, and no other, be started by messages, signals and schedules.

    Schedules of a version that listens already are kept as they are; of others, what was due before that
    moment is started first. A retired process listens to nothing.
    """
    current = None if _is_retired(work.session, key) else definitions.in_effect(work.session, key, at)
    work.session.execute(delete(StartSubscription).where(StartSubscription.key == key))
    if current is None or not schedules.belong_to(work.session, current):
        schedules.start_missed(work, key, before=at)
        schedules.drop(work, key)
    if current is None:
        return
    graph = graphs.of_definition(work.session, current.id)
    _subscribe(work, current, graph)
    if not schedules.belong_to(work.session, current):
        schedules.register(work, current, graph, at=at, is_new=current.effective_at == at)


def next_due(session: Session) -> datetime | None:
    """Give the next effective date that is still to come."""
    return session.scalar(
        select(func.min(ProcessDefinition.effective_at)).where(
            ProcessDefinition.state == DefinitionState.SCHEDULED.value
        )
    )


def _due(now: datetime) -> Select[ProcessDefinition]:
    return (
        select(ProcessDefinition)
        .where(
            ProcessDefinition.state == DefinitionState.SCHEDULED.value, ProcessDefinition.effective_at <= now
        )
        .order_by(ProcessDefinition.effective_at, ProcessDefinition.version)
    )


def _is_retired(session: Session, key: str) -> bool:
    setting = session.get(DefinitionSetting, (Kind.PROCESS.value, key))
    return setting is not None and setting.retired_at is not None


def _subscribe(work: UnitOfWork, definition: ProcessDefinition, graph: ProcessGraph) -> None:
    for element, event in graph.triggers():
        if event.kind in {"message", "signal"}:
            work.session.add(
                StartSubscription(
                    id=new_id(),
                    definition_id=definition.id,
                    key=definition.key,
                    kind=event.kind,
                    name=event.name or "",
                    element=element,
                )
            )
