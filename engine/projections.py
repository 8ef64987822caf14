"""From effects to rows: the tables pages and lists read, written with the state in one transaction."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Insert, Row, bindparam, delete, insert, update

from engine import call_deadlines, children, escalations, incidents, job_bell, messages
from engine.models import EventSubscription, Job, Timer, UserTask, UserTaskCandidate
from engine.spiff.effects import EventAwaited, JobCreated, TimerArmed, TokenClosed, UserTaskOpened
from engine.spiff.execution import Execution
from engine.states import WorkState
from foundation import outbox
from foundation.database import Base, UnitOfWork
from foundation.ids import new_id

#: default number of tries of a job and the pause between them
TRIES, PAUSE = 3, "PT30S"


#: rows of the outbox
Events = list[dict[str, Any]]


class Projection:
    """Collects the rows of one run and writes them table by table."""

    def __init__(self, work: UnitOfWork, instance: Any, execution: Execution) -> None:
        """Know the instance (a row with id, key and business_key) whose effects are written."""
        self.work = work
        self.instance = instance
        self.execution = execution
        self._inserts: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
        self._events: list[dict[str, Any]] = []

    def write(self) -> None:
        """Close what left and open what came."""
        effects = self.execution.effects
        closed = {effect.token: effect for effect in effects if isinstance(effect, TokenClosed)}
        opened = self._opened_tokens()
        before = [effect for effect in closed.values() if effect.token not in opened]
        if before:
            self._close(before)
        for effect in effects:
            if getattr(effect, "token", None) in closed:
                continue
            if isinstance(effect, UserTaskOpened):
                self._open_user_task(effect)
            elif isinstance(effect, JobCreated):
                self._open_job(effect)
            elif isinstance(effect, TimerArmed):
                self._arm_timer(effect)
            elif isinstance(effect, EventAwaited):
                self._subscribe(effect)
        for table, rows in self._inserts.items():
            if not rows:
                continue
            self.work.connection.execute(INSERTS[table], rows)
        outbox.record_all(self.work, self._events)

    def _opened_tokens(self) -> set[str]:
        opening = (UserTaskOpened, JobCreated, EventAwaited)
        return {effect.token for effect in self.execution.effects if isinstance(effect, opening)}

    def _close(self, closed: list[TokenClosed]) -> None:
        by_table: dict[tuple[str, bool], list[str]] = defaultdict(list)
        for effect in closed:
            for table in effect.rows:
                by_table[table, effect.is_cancelled].append(effect.token)
        for (table, is_cancelled), tokens in by_table.items():
            self._events += CLOSERS[table](self.work, self.instance.id, tokens, is_cancelled=is_cancelled)

    def _open_user_task(self, effect: UserTaskOpened) -> None:
        task_id = new_id()
        row = {
            "id": task_id,
            "instance_id": self.instance.id,
            "token": effect.token,
            "element": effect.element,
            "name": effect.name,
            "process_key": self.instance.key,
            "business_key": self.instance.business_key,
            "lane": effect.lane,
            "documentation": effect.documentation,
            "assignee": effect.assignee,
            "candidate_groups": list(effect.candidate_groups),
            "due_at": effect.due_at,
            "original_due_at": effect.due_at,
            "follow_up_at": effect.follow_up_at,
            "priority": effect.priority,
            "form_key": effect.form_key,
            "local": effect.local,
            "ladder": escalations.as_data(effect.ladder),
            "state": WorkState.OPEN.value,
            "revision": 1,
            "created_at": self.work.now,
        }
        self._inserts[UserTask].append(row)
        self._inserts[UserTaskCandidate].extend(
            {"task_id": task_id, "group": group} for group in dict.fromkeys(effect.candidate_groups)
        )
        self._events.append(
            outbox.row(
                self.work,
                "user_task.created",
                subject=task_id,
                instance_id=self.instance.id,
                data=summary(row),
            )
        )
        if effect.ladder is not None and effect.due_at is not None:
            escalations.plan(self.work, "task_id", [row], effect.ladder, self.execution)

    def _open_job(self, effect: JobCreated) -> None:
        tries, pause = _retries(effect.retry_cycle)
        self._inserts[Job].append(
            {
                "id": new_id(),
                "instance_id": self.instance.id,
                "token": effect.token,
                "element": effect.element,
                "topic": effect.topic,
                "variables": effect.variables,
                "priority": effect.priority,
                "state": WorkState.CREATED.value,
                "retries_left": tries,
                "retry_interval": pause,
                "due_at": self.work.now,
                "attempts": 0,
                "error": "",
                "actor_id": self.work.actor.id,
                "actor_name": self.work.actor.name,
                "on_behalf_of": self.work.actor.on_behalf_of,
            }
        )
        self.work.touched.update((self.instance.id, job_bell.DUTY))

    def _arm_timer(self, effect: TimerArmed) -> None:
        self._inserts[Timer].append(
            {
                "id": new_id(),
                "instance_id": self.instance.id,
                "token": effect.token,
                "element": effect.element,
                "due_at": effect.due_at,
                "state": WorkState.PENDING.value,
                "attempts": 0,
            }
        )

    def _subscribe(self, effect: EventAwaited) -> None:
        self._inserts[EventSubscription].append(
            {
                "id": new_id(),
                "instance_id": self.instance.id,
                "token": effect.token,
                "element": effect.element,
                "kind": effect.kind,
                "name": effect.name,
                "correlation_key": effect.correlation_key,
            }
        )
        self.work.touched.add(messages.DUTY)


def summary(row: dict[str, Any]) -> dict[str, Any]:
    """Give what the outside is told about a user task."""
    due = row["due_at"]
    return {
        "user_task": row["id"],
        "element": row["element"],
        "title": row["name"],
        "process": row["process_key"],
        "business_key": row["business_key"],
        "assignee": row["assignee"],
        "candidate_groups": row["candidate_groups"],
        "due_at": None if due is None else due.isoformat(),
    }


INSERTS: dict[type[Base], Insert] = {
    table: insert(table.__table__)  # type: ignore[arg-type]
    for table in (UserTask, UserTaskCandidate, Job, Timer, EventSubscription)
}
_TASKS = UserTask.__table__
_CLOSE_TASKS = (
    update(_TASKS)  # type: ignore[arg-type]
    .where(
        _TASKS.c.instance_id == bindparam("instance"),
        _TASKS.c.token.in_(bindparam("tokens", expanding=True)),
        _TASKS.c.state == WorkState.OPEN.value,
    )
    .values(
        state=bindparam("new_state"),
        completed_at=bindparam("at"),
        completed_by=bindparam("actor"),
        revision=_TASKS.c.revision + 1,
    )
    .returning(
        *(
            _TASKS.c[name]
            for name in (
                "id",
                "element",
                "name",
                "process_key",
                "business_key",
                "assignee",
                "candidate_groups",
                "due_at",
                "ladder",
            )
        )
    )
)
_CANDIDATES = UserTaskCandidate.__table__
_FORGET_CANDIDATES = delete(_CANDIDATES).where(  # type: ignore[arg-type]
    _CANDIDATES.c.task_id.in_(bindparam("tasks", expanding=True))
)


def _of_tokens(table: Any) -> Any:
    """The condition of rows that belong to some tokens of an instance."""
    mine = table.c.instance_id == bindparam("instance")
    return mine & table.c.token.in_(bindparam("tokens", expanding=True))


_TIMERS, _JOBS, _SUBSCRIPTIONS = Timer.__table__, Job.__table__, EventSubscription.__table__
_CLOSE_TIMERS = (
    update(_TIMERS)  # type: ignore[arg-type]
    .where(_of_tokens(_TIMERS), _TIMERS.c.state.in_([WorkState.PENDING.value, WorkState.FAILED.value]))
    .values(state=bindparam("new_state"))
    .returning(_TIMERS.c.id, _TIMERS.c.attempts.label("failed"))
)
_CLOSE_JOBS = (
    update(_JOBS)  # type: ignore[arg-type]
    .where(_of_tokens(_JOBS), _JOBS.c.state.in_([WorkState.CREATED.value, WorkState.FAILED.value]))
    .values(state=bindparam("new_state"))
    .returning(_JOBS.c.id, _JOBS.c.error.label("failed"))
)
_UNSUBSCRIBE = delete(_SUBSCRIPTIONS).where(_of_tokens(_SUBSCRIPTIONS))  # type: ignore[arg-type]


def _close_user_tasks(work: UnitOfWork, instance_id: str, tokens: list[str], *, is_cancelled: bool) -> Events:
    state = WorkState.CANCELLED if is_cancelled else WorkState.COMPLETED
    values = {
        "instance": instance_id,
        "tokens": tokens,
        "new_state": state.value,
        "at": work.now,
        "actor": work.actor.id,
    }
    rows = work.connection.execute(_CLOSE_TASKS, values).all()
    ids = [row.id for row in rows]
    if not ids:
        return []
    if any(row.candidate_groups for row in rows):
        work.connection.execute(_FORGET_CANDIDATES, {"tasks": ids})
    if any(row.ladder is not None for row in rows):
        escalations.cancel(work.session, "task_id", ids)
    event = "user_task.cancelled" if is_cancelled else "user_task.completed"
    return [
        outbox.row(work, event, subject=row.id, instance_id=instance_id, data=summary(row._asdict()))
        for row in rows
    ]


def _close_timers(work: UnitOfWork, instance_id: str, tokens: list[str], *, is_cancelled: bool) -> Events:
    new = WorkState.CANCELLED if is_cancelled else WorkState.FIRED
    values = {"instance": instance_id, "tokens": tokens, "new_state": new.value}
    _settle(work, instance_id, "timer", work.connection.execute(_CLOSE_TIMERS, values).all())
    return []


def _close_jobs(work: UnitOfWork, instance_id: str, tokens: list[str], *, is_cancelled: bool) -> Events:
    new = WorkState.CANCELLED if is_cancelled else WorkState.COMPLETED
    values = {"instance": instance_id, "tokens": tokens, "new_state": new.value}
    _settle(work, instance_id, "job", work.connection.execute(_CLOSE_JOBS, values).all())
    return []


def _settle(work: UnitOfWork, instance_id: str, kind: str, closed: Iterable[Row[Any]]) -> None:
    """Nothing is left to try again of what is closed: its incident is over."""
    for row in closed:
        if row.failed:
            incidents.resolve(work, instance_id, kind=kind, reference=row.id)


def _close_subscriptions(
    work: UnitOfWork,
    instance_id: str,
    tokens: list[str],
    *,
    is_cancelled: bool,  # noqa: ARG001  every closer is called alike
) -> Events:
    work.connection.execute(_UNSUBSCRIBE, {"instance": instance_id, "tokens": tokens})
    return []


def _close_children(
    work: UnitOfWork,
    instance_id: str,
    tokens: list[str],
    *,
    is_cancelled: bool,  # noqa: ARG001  children still live are not awaited any more, however the call ended
) -> Events:
    children.cancel(work, instance_id, tokens)
    call_deadlines.cancel(work.session, instance_id, tokens)
    return []


CLOSERS = {
    "user_task": _close_user_tasks,
    "timer": _close_timers,
    "job": _close_jobs,
    "subscription": _close_subscriptions,
    "children": _close_children,
}


def _retries(cycle: str) -> tuple[int, str]:
    """Read `R3/PT10S` as three tries, ten seconds apart; anything else means the defaults."""
    head, _slash, pause = cycle.partition("/")
    if head.startswith("R") and head[1:].isdigit() and pause.startswith("P"):
        return max(1, int(head[1:])), pause
    return TRIES, PAUSE
