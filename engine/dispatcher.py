"""The dispatcher gives instances their turn: after a commit at once, and at every tick of the worker.

It holds what the engine needs from above (job handlers, the escalation sink) and never raises: each duty
keeps its own failures as rows.
"""

import threading
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import (
    bulk,
    escalations,
    inbox,
    job_bell,
    jobs,
    messages,
    schedules,
    taking_effect,
    timers,
    turns,
)
from engine.jobs import Handlers
from engine.models import (
    BufferedMessage,
    EscalationStep,
    InboxItem,
    Incident,
    Job,
    ProcessInstance,
    Schedule,
    Timer,
)
from engine.ports import EscalationNotice, EscalationSink
from engine.states import InstanceState, WorkState
from foundation.clock import MovableClock
from foundation.database import Database, UnitOfWork

#: turns taken in the thread of a command before the rest is left to the ticks
PROMPT_TURNS = 200


def no_sink(_work: UnitOfWork, _notice: EscalationNotice) -> None:
    """Tell nobody: history and outbox have the step anyway."""


class Dispatcher:
    """Runs the duties of the engine over one database."""

    def __init__(self, database: Database, handlers: Handlers, sink: EscalationSink = no_sink) -> None:
        """Begin to answer commits with turns."""
        self.database = database
        self.handlers = handlers
        self.sink = sink
        #: wakes external workers that wait for a job
        self.bell = job_bell.JobBell()
        self._local = threading.local()
        database.on_commit = self.after_commit

    def after_commit(self, touched: set[str]) -> None:
        """Give the touched instances their turn, in the thread of the command, within bounds.

        In the order in which they were made: two runs of the same commands take the same way.
        """
        if job_bell.DUTY in touched:
            self.bell.ring()
        if not hasattr(self._local, "pending"):
            self._local.pending = {}
        pending: dict[str, None] = self._local.pending
        pending.update(dict.fromkeys(sorted(touched - {job_bell.DUTY})))
        if getattr(self._local, "is_busy", False):
            return
        self._local.is_busy = True
        try:
            self._take_turns(pending)
        finally:
            self._local.is_busy = False
            pending.clear()

    def tick(self) -> int:
        """Do everything that is due now; gives how many things were done."""
        done = taking_effect.take_effect(self.database)
        done += timers.fire_due(self.database)
        done += escalations.fire_due(self.database, self.sink)
        done += schedules.start_due(self.database)
        done += messages.match(self.database)
        for instance_id in inbox.waiting(self.database):
            done += turns.consume(self.database, instance_id)
        done += bulk.work_off(self.database)
        return done + jobs.run_due(self.database, self.handlers)

    def settle(self) -> int:
        """Tick until nothing is due; gives how many things were done."""
        total = 0
        while done := self.tick():
            total += done
        return total

    def advance(self, clock: MovableClock, target: datetime) -> int:
        """Move a test clock, stopping at every moment at which something is due, in order."""
        done = self.settle()
        moment = self._next_due()
        while moment is not None and moment <= target:
            clock.move_to(max(moment, clock.now()))
            progressed = self.settle()
            done += progressed
            moment = self._next_due()
            if not progressed and moment is not None and moment <= clock.now():
                break
        clock.move_to(max(target, clock.now()))
        return done + self.settle()

    def _next_due(self) -> datetime | None:
        with self.database.reading() as session:
            return next_due(session, self.handlers)

    def _take_turns(self, pending: dict[str, None]) -> None:
        for _turn in range(PROMPT_TURNS):
            if not pending:
                return
            name = next(iter(pending))
            del pending[name]
            if name == messages.DUTY:
                messages.match(self.database)
            else:
                turns.consume(self.database, name)
                jobs.run_due(self.database, self.handlers, instance_id=name)


def next_due(session: Session, topics: Collection[str]) -> datetime | None:
    """Give the earliest moment at which any duty has something to do; jobs of other topics are not ours."""
    moments = [
        _first_of_running(session, Timer),
        _first_of_running(session, EscalationStep),
        taking_effect.next_due(session),
        session.scalar(select(func.min(Schedule.next_at))),
        session.scalar(
            select(func.min(Job.due_at))
            .join(ProcessInstance, ProcessInstance.id == Job.instance_id)
            .where(
                Job.state == WorkState.CREATED.value,
                Job.topic.in_(list(topics)),
                ProcessInstance.state == InstanceState.RUNNING.value,
            )
        ),
        session.scalar(select(func.min(InboxItem.not_before)).where(InboxItem.is_held.is_(False))),
    ]
    return min((moment for moment in moments if moment is not None), default=None)


def _first_of_running(session: Session, table: type[Timer | EscalationStep]) -> datetime | None:
    """Give the earliest pending row of a running instance: what is suspended is due when it goes on."""
    return session.scalar(
        select(func.min(table.due_at))
        .join(ProcessInstance, ProcessInstance.id == table.instance_id)
        .where(table.state == WorkState.PENDING.value, ProcessInstance.state == InstanceState.RUNNING.value)
    )


_open_incidents = select(func.count(Incident.id)).where(Incident.resolved_at.is_(None))


def backlog(session: Session) -> dict[str, int]:
    """Count what waits, for metrics and the system page."""
    return {
        "timers": session.scalar(select(func.count(Timer.id)).where(Timer.state == WorkState.PENDING.value))
        or 0,
        "jobs": session.scalar(select(func.count(Job.id)).where(Job.state == WorkState.CREATED.value)) or 0,
        "inbox": session.scalar(select(func.count(InboxItem.seq))) or 0,
        "messages": session.scalar(select(func.count(BufferedMessage.id))) or 0,
        "incidents": session.scalar(_open_incidents) or 0,
    }
