"""Jobs: the work of service tasks, done by handlers of this house, tried again, then an incident.

A handler runs in the transaction that completes its task, in the name of whoever brought it there. Errors
drawn in the diagram are raised as `BusinessError`; everything else is retried after the pause drawn at the
task, and a handler that kills the process is counted before it runs (`engine.tries`). A topic without a
handler here belongs to external workers (`engine.external_jobs`): its jobs wait for them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, or_, select, update

from engine import dues, incidents, instances, runner, tries
from engine.feel import iso
from engine.models import Job, ProcessInstance
from engine.ports import JobContext, JobHandler
from engine.spiff.execution import Execution
from engine.spiff.expressions import later
from engine.states import InstanceState, WorkState
from foundation.actors import Actor
from foundation.database import Database, UnitOfWork
from foundation.errors import TiendoError
from foundation.texts import Text


class BusinessError(TiendoError):
    """Công việc tự động báo một lỗi nghiệp vụ đã vẽ trong quy trình."""

    code = "business_error"

    def __init__(
        self, error_code: str, message: Text | None = None, variables: Mapping[str, Any] | None = None
    ):
        """Carry the BPMN error code and variables for whoever catches it."""
        super().__init__(message, error_code=error_code)
        self.error_code = error_code
        self.variables = dict(variables or {})


Handlers = Mapping[str, JobHandler]


def run_due(
    database: Database, handlers: Handlers, *, instance_id: str | None = None, limit: int = 100
) -> int:
    """Do the jobs that are due and have a handler here; gives how many were done."""
    done = 0
    for job in _due(database, handlers, instance_id, limit):
        if _may_run(database, job):
            actor = Actor(id=job.actor_id, name=job.actor_name, on_behalf_of=job.on_behalf_of)
            done += _do_safely(database, handlers, job.id, actor)
    return done


def _due(
    database: Database, handlers: Handlers, instance_id: str | None, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    statement = (
        select(
            Job.id,
            Job.instance_id,
            Job.attempts,
            Job.due_at,
            Job.actor_id,
            Job.actor_name,
            Job.on_behalf_of,
        )
        .join(ProcessInstance, ProcessInstance.id == Job.instance_id)
        .where(
            Job.state == WorkState.CREATED.value,
            Job.due_at <= database.clock.now(),
            Job.topic.in_(list(handlers)),
            or_(Job.locked_until.is_(None), Job.locked_until <= database.clock.now()),
            ProcessInstance.state == InstanceState.RUNNING.value,
        )
    )
    if instance_id is not None:
        statement = statement.where(Job.instance_id == instance_id)
    with database.reading() as session:
        return session.execute(statement.order_by(Job.priority.desc(), Job.due_at, Job.id).limit(limit)).all()


def _may_run(database: Database, job: Row[*tuple[Any, ...]]) -> bool:
    """Count the try of a job that may have killed a process before; False when it is not to be run now."""
    if tries.is_new(database, job.attempts, job.due_at):
        return True
    return tries.count(database, Job.id, {job.id: job.attempts}, job.instance_id, give_up)


def give_up(work: UnitOfWork, spent: Sequence[str]) -> None:
    """Leave jobs that never brought an answer to a person."""
    for job_id in spent:
        hold(work, work.session.get_one(Job, job_id), tries.spent_message())


def hold(work: UnitOfWork, job: Job, message: Text, detail: str = "") -> None:
    """Stop a job that has no tries left; its incident says why and lets a person try again."""
    job.state = WorkState.FAILED.value
    job.error = str(message)
    job.locked_until = job.lock_owner = None
    incidents.raise_incident(
        work,
        job.instance_id,
        kind="job",
        reference=job.id,
        element=job.element,
        message=message,
        detail=detail,
    )


def _do_safely(database: Database, handlers: Handlers, job_id: str, actor: Actor) -> bool:
    try:
        with database.unit_of_work(actor) as work:
            was_done = _do(work, handlers, job_id)
            work.commit()
            return was_done
    except Exception as error:  # noqa: BLE001  a failing handler is retried, then an incident
        _failed(database, job_id, error)
        return False


def _do(work: UnitOfWork, handlers: Handlers, job_id: str) -> bool:
    instance_id = work.session.scalar(select(Job.instance_id).where(Job.id == job_id))
    if instance_id is None:
        return False
    row = runner.lock(work, instance_id)
    job = work.session.get(Job, job_id, populate_existing=True)
    if job is None or job.state != WorkState.CREATED or row.state != InstanceState.RUNNING:
        return False
    try:
        result = dict(handlers[job.topic](work, _context(job, row)) or {})
    except BusinessError as error:
        code, variables, said = error.error_code, error.variables, str(error.text)
        runner.run(
            work, row, lambda execution: execution.fail(execution.token(job.token), code, variables, said)
        )
        close(work, job_id)
        return True
    complete(work, row, job.token, result)
    incidents.resolve(work, instance_id, kind="job", reference=job_id)
    return True


def complete(work: UnitOfWork, row: Row[Any], token: str, result: dict[str, Any]) -> None:
    """Give a job's result to its task and let the process go on."""
    instances.check_variables(result)

    def command(execution: Execution) -> None:
        waiting = execution.token(token)
        execution.happened("job.completed", waiting, {"variables": result} if result else {})
        execution.complete(token, result)

    dues.follow(work, row, runner.run(work, row, command), result)


def _context(job: Job, row: Row[Any]) -> JobContext:
    return JobContext(
        job_id=job.id,
        instance_id=job.instance_id,
        process_key=row.key,
        business_key=row.business_key,
        element=job.element,
        topic=job.topic,
        variables=job.variables,
    )


def close(work: UnitOfWork, job_id: str, error: str = "") -> None:
    """Mark a job done that ended with a BPMN error; nobody holds it any more."""
    work.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state.in_([WorkState.CREATED.value, WorkState.CANCELLED.value]))
        .values(state=WorkState.COMPLETED.value, lock_owner=None, locked_until=None, error=error)
        .execution_options(synchronize_session=False)
    )


def _failed(database: Database, job_id: str, error: BaseException) -> None:
    """Put the job off, or with the last try used up hand it to a person as an incident."""
    with database.unit_of_work() as work:
        job = work.session.get(Job, job_id)
        if job is None or job.state != WorkState.CREATED.value:
            return
        job.attempts = 0
        job.retries_left -= 1
        job.error = str(incidents.text_of(error))
        job.due_at = later(work.now, iso.parse_duration(job.retry_interval))
        if job.retries_left <= 0:
            hold(work, job, incidents.text_of(error), repr(error))
        work.commit()
