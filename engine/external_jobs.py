"""Jobs of external workers: programs elsewhere that ask for work, lock it for a while, and bring the result.

A topic without a handler in this house is theirs. A lock ends by itself: whoever comes later than that is
refused, and the job is given to the next who asks. Every lock is counted as a try before it is given
(`engine.tries`), so that a job that brings its workers down ends as an incident.

Lock order: fetching takes job rows only, skips those that are taken and waits for nobody; everything that
changes an instance locks the instance first, as every command does.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from engine import incidents, instances, job_bell, jobs, runner, tries
from engine.feel import iso
from engine.models import Job, ProcessInstance
from engine.spiff.errors import ExecutionError
from engine.spiff.expressions import later
from engine.states import InstanceState, WorkState
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound
from foundation.texts import Text, _


class LockLost(Conflict):
    """Khóa của công việc này không còn thuộc về bộ xử lý này; kết quả không được nhận."""

    code = "lock_lost"


class JobGone(Conflict):
    """Công việc này không còn chờ xử lý."""

    code = "job_gone"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a worker asks for: the jobs of a topic, for how long, with which variables (None: all)."""

    topic: str
    lock_for: timedelta
    variables: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class LockedJob:
    """A job as its worker gets it."""

    id: str
    topic: str
    instance_id: str
    process_key: str
    business_key: str | None
    element: str
    priority: int
    #: tries begun since the last answer, this one included
    attempts: int
    retries_left: int
    locked_until: datetime
    variables: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class TopicBacklog:
    """How many jobs of a topic wait, and since when."""

    topic: str
    #: True when a handler of this house does them
    is_in_house: bool
    waiting: int
    #: of these, how many a worker has locked
    locked: int
    #: stopped by an incident
    failed: int
    #: due moment of the oldest that nobody has locked
    oldest_due: datetime | None


def require_external(in_house: Container[str], wanted: Sequence[Wanted]) -> None:
    """Raise Invalid for a topic that has a handler in this house."""
    for one in wanted:
        if one.topic in in_house:
            text = _("Topic “{topic}” do chính hệ thống này xử lý, không giao ra ngoài.", topic=one.topic)
            raise Invalid(text, fields={"topics": text}, topic=one.topic)


def fetch_and_lock(work: UnitOfWork, worker: str, wanted: Sequence[Wanted], *, most: int) -> list[LockedJob]:
    """Lock jobs for a worker, the highest priority first, then the oldest; at most `most`.

    The topics must have passed `require_external`.
    """
    given: list[LockedJob] = []
    by_topic = {one.topic: one for one in wanted}
    statement = _fetchable(select(Job, ProcessInstance.key, ProcessInstance.business_key), by_topic, work.now)
    rows = work.session.execute(
        statement.order_by(Job.priority.desc(), Job.id)
        .limit(most)
        .with_for_update(of=Job, skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for job, process_key, business_key in rows:
        if job.attempts >= tries.TRIES:
            jobs.hold(work, job, tries.spent_message())
        else:
            given.append(_lock(work, job, worker, by_topic[job.topic], process_key, business_key))
    work.session.flush()
    return given


def has_fetchable(session: Session, wanted: Sequence[Wanted], now: datetime) -> bool:
    """Tell without locking anything whether a worker would get a job."""
    statement = _fetchable(select(Job.id), {one.topic: one for one in wanted}, now)
    return session.scalar(statement.limit(1)) is not None


def extend(work: UnitOfWork, job_id: str, worker: str, lock_for: timedelta) -> datetime:
    """Let a lock end later, counted from now; gives the new moment. Raises LockLost, JobGone, NotFound."""
    until = work.now + lock_for
    mine = and_(Job.state == WorkState.CREATED.value, Job.lock_owner == worker, Job.locked_until > work.now)
    changed = work.session.scalar(
        update(Job)
        .where(Job.id == job_id, mine)
        .values(locked_until=until)
        .returning(Job.id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        _require_lock(work, _job(work, job_id), worker)
    return until


def complete(work: UnitOfWork, job_id: str, worker: str, variables: dict[str, Any]) -> None:
    """Bring the result of a job; the process goes on in the same transaction.

    Again by the same worker it changes nothing. Raises LockLost, JobGone, NotFound, Conflict when the
    instance is suspended.
    """
    row, job = _held(work, job_id)
    if job.state == WorkState.COMPLETED.value and job.lock_owner == worker:
        return
    _require_lock(work, job, worker)
    with incidents.noted(work, row.id, kind="job", reference=job_id, element=job.element):
        jobs.complete(work, row, job.token, variables)
    incidents.resolve(work, row.id, kind="job", reference=job_id)


def fail(
    work: UnitOfWork,
    job_id: str,
    worker: str,
    *,
    message: str,
    detail: str = "",
    retries_left: int | None = None,
    retry_after: timedelta | None = None,
) -> Job:
    """Give a job back undone: tried again later, or with no tries left an incident.

    Without `retries_left` one try is used up; without `retry_after` the pause drawn at the task holds.
    """
    _row, job = _held(work, job_id)
    _require_lock(work, job, worker)
    job.retries_left = job.retries_left - 1 if retries_left is None else retries_left
    job.due_at = (
        later(work.now, iso.parse_duration(job.retry_interval))
        if retry_after is None
        else work.now + retry_after
    )
    job.attempts, job.error = 0, message
    job.locked_until = job.lock_owner = None
    if job.retries_left <= 0:
        jobs.hold(work, job, _("Bộ xử lý báo lỗi: {message}", message=message), detail)
    work.touched.add(job_bell.DUTY)
    work.session.flush()
    return job


def throw(
    work: UnitOfWork, job_id: str, worker: str, *, code: str, message: str, variables: dict[str, Any]
) -> Job:
    """End a job with a BPMN error (§10.5.6): it goes where the diagram catches it.

    An error nobody catches stops the job with an incident. Raises LockLost, JobGone, NotFound.
    """
    instances.check_variables(variables)
    row, job = _held(work, job_id)
    _require_lock(work, job, worker)
    token = job.token
    try:
        with work.session.begin_nested():
            runner.run(
                work, row, lambda execution: execution.fail(execution.token(token), code, variables, message)
            )
    except ExecutionError as error:
        jobs.hold(work, job, incidents.text_of(error), message)
    else:
        jobs.close(work, job_id, message)
        incidents.resolve(work, row.id, kind="job", reference=job_id)
    work.session.refresh(job)
    return job


def unlock(work: UnitOfWork, job_id: str, worker: str | None) -> Job:
    """Give a job back at once without using up a try; without a worker anybody's lock ends (administrators).

    Raises LockLost, JobGone, NotFound.
    """
    _row, job = _held(work, job_id)
    if worker is not None:
        _require_lock(work, job, worker)
    elif job.state != WorkState.CREATED.value:
        raise JobGone(_gone(job), state=job.state)
    job.attempts = 0
    job.locked_until = job.lock_owner = None
    work.touched.add(job_bell.DUTY)
    work.session.flush()
    return job


def backlog(session: Session, in_house: Container[str], now: datetime) -> list[TopicBacklog]:
    """Count the jobs that wait, topic by topic."""
    is_waiting = Job.state == WorkState.CREATED.value
    is_locked = and_(is_waiting, Job.locked_until > now)
    unlocked_due = func.min(Job.due_at).filter(and_(is_waiting, _is_unlocked(now)))
    rows = session.execute(
        select(
            Job.topic,
            func.count().filter(is_waiting).label("waiting"),
            func.count().filter(is_locked).label("locked"),
            unlocked_due.label("oldest_due"),
            func.count().label("all"),
        )
        .where(Job.state.in_([WorkState.CREATED.value, WorkState.FAILED.value]))
        .group_by(Job.topic)
        .order_by(Job.topic)
    )
    return [
        TopicBacklog(
            topic=row.topic,
            is_in_house=row.topic in in_house,
            waiting=row.waiting,
            locked=row.locked,
            failed=row.all - row.waiting,
            oldest_due=row.oldest_due,
        )
        for row in rows
    ]


def _fetchable(
    statement: Select[*tuple[Any, ...]], topics: dict[str, Wanted], now: datetime
) -> Select[*tuple[Any, ...]]:
    return statement.join(ProcessInstance, ProcessInstance.id == Job.instance_id).where(
        Job.state == WorkState.CREATED.value,
        Job.topic.in_(list(topics)),
        Job.due_at <= now,
        _is_unlocked(now),
        ProcessInstance.state == InstanceState.RUNNING.value,
    )


def _is_unlocked(now: datetime) -> ColumnElement[bool]:
    return or_(Job.locked_until.is_(None), Job.locked_until <= now)


def _lock(
    work: UnitOfWork, job: Job, worker: str, wanted: Wanted, process_key: str, business_key: str | None
) -> LockedJob:
    until = work.now + wanted.lock_for
    job.lock_owner, job.locked_until = worker, until
    job.attempts += 1
    chosen = wanted.variables
    return LockedJob(
        id=job.id,
        topic=job.topic,
        instance_id=job.instance_id,
        process_key=process_key,
        business_key=business_key,
        element=job.element,
        priority=job.priority,
        attempts=job.attempts,
        retries_left=job.retries_left,
        locked_until=until,
        variables={name: value for name, value in job.variables.items() if chosen is None or name in chosen},
    )


def _held(work: UnitOfWork, job_id: str) -> tuple[Row[Any], Job]:
    """Lock the instance of a job, then read the job as it is under the lock."""
    row = runner.lock(work, _job(work, job_id).instance_id)
    return row, _job(work, job_id)


def _job(work: UnitOfWork, job_id: str) -> Job:
    found = work.session.get(Job, job_id, populate_existing=True)
    if found is None:
        raise NotFound(_("Không tìm thấy công việc {id}.", id=job_id))
    return found


def _require_lock(work: UnitOfWork, job: Job, worker: str) -> None:
    if job.state != WorkState.CREATED.value:
        raise JobGone(_gone(job), state=job.state)
    if job.lock_owner is None or job.locked_until is None:
        raise LockLost(_("Công việc này đang không bị ai khóa; hãy lấy lại việc trước."))
    if job.lock_owner != worker:
        raise LockLost(
            _("Công việc này đang do bộ xử lý “{owner}” giữ.", owner=job.lock_owner), owner=job.lock_owner
        )
    if job.locked_until <= work.now:
        raise LockLost(
            _("Khóa đã hết hạn; việc có thể đã giao cho bộ xử lý khác."), expired_at=job.locked_until
        )


def _gone(job: Job) -> Text:
    return {
        WorkState.COMPLETED.value: _("Công việc này đã hoàn thành."),
        WorkState.CANCELLED.value: _("Công việc này không cần làm nữa: quy trình đã đi hướng khác."),
        WorkState.FAILED.value: _("Công việc này đã dừng vì sự cố; hãy xử lý sự cố trước."),
    }.get(job.state, Text(JobGone.__doc__ or ""))
