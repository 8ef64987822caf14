"""Jobs for external workers: fetch and lock, extend, complete, fail, throw a BPMN error; lists for people."""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import g
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy import select

from api import pages
from api.commands import command, reading
from api.gate import principal, rule, runtime
from engine import external_jobs
from engine.external_jobs import LockedJob, Wanted
from engine.models import Job, ProcessInstance
from foundation.errors import NotFound
from foundation.texts import _
from processes import instance_access

blueprint = Blueprint("jobs", __name__, url_prefix="/api/v1/jobs", description="Công việc tự động")

#: longest a request waits for a job, and how often it looks for those of other processes, in seconds
LONGEST_WAIT, LOOK_EVERY = 30, 1.0
#: longest lock: a day in seconds
LONGEST_LOCK = 86_400
_LOCK = validate.Range(1, LONGEST_LOCK)
_WORKER = validate.Length(1, 120)


class WantedJobsSchema(Schema):
    """Jobs of one topic."""

    topic = fields.String(required=True, validate=validate.Length(1, 120))
    lock_seconds = fields.Integer(
        load_default=300, validate=_LOCK, metadata={"description": "Giữ việc trong bao nhiêu giây."}
    )
    variables = fields.List(
        fields.String(),
        load_default=None,
        allow_none=True,
        metadata={"description": "Tên các biến cần lấy; bỏ trống là tất cả."},
    )


class FetchJobsBody(Schema):
    """What a worker asks for."""

    worker = fields.String(
        required=True, validate=_WORKER, metadata={"description": "Tên của bộ xử lý, không trùng nhau."}
    )
    topics = fields.List(fields.Nested(WantedJobsSchema), required=True, validate=validate.Length(1, 50))
    max_jobs = fields.Integer(load_default=10, validate=validate.Range(1, 100))
    wait_seconds = fields.Float(
        load_default=0,
        validate=validate.Range(0, LONGEST_WAIT),
        metadata={"description": "Chờ tối đa bao lâu khi chưa có việc."},
    )


class LockedJobSchema(Schema):
    """A job as its worker gets it."""

    id = fields.String()
    topic = fields.String()
    instance = fields.String(attribute="instance_id")
    process = fields.String(attribute="process_key")
    business_key = fields.String(allow_none=True)
    element = fields.String()
    priority = fields.Integer()
    attempts = fields.Integer()
    retries_left = fields.Integer()
    locked_until = fields.AwareDateTime()
    variables = fields.Dict()


class LockedJobsSchema(Schema):
    """The jobs a worker has locked now."""

    items = fields.List(fields.Nested(LockedJobSchema))


class JobWorkerBody(Schema):
    """Who holds the job."""

    worker = fields.String(required=True, validate=_WORKER)


class JobLockBody(JobWorkerBody):
    """For how long from now."""

    lock_seconds = fields.Integer(required=True, validate=_LOCK)


class JobResultBody(JobWorkerBody):
    """The result."""

    variables = fields.Dict(keys=fields.String(), load_default=dict)


class JobFailureBody(JobWorkerBody):
    """What went wrong, and when to try again."""

    message = fields.String(required=True, validate=validate.Length(1, 2000))
    detail = fields.String(load_default="", validate=validate.Length(max=4000))
    retries_left = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, 1000),
        metadata={"description": "Số lần thử còn lại; 0 tạo sự cố. Bỏ trống: bớt một lần."},
    )
    retry_seconds = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, 30 * 86_400),
        metadata={"description": "Thử lại sau bao nhiêu giây. Bỏ trống: khoảng nghỉ vẽ trong sơ đồ."},
    )


class JobErrorBody(JobWorkerBody):
    """The BPMN error."""

    code = fields.String(required=True, validate=validate.Length(1, 200))
    message = fields.String(load_default="", validate=validate.Length(max=2000))
    variables = fields.Dict(keys=fields.String(), load_default=dict)


class JobUnlockBody(Schema):
    """Who holds the job; left out by an administrator."""

    worker = fields.String(load_default=None, allow_none=True, validate=_WORKER)


class JobSchema(Schema):
    """A job as people see it."""

    id = fields.String()
    topic = fields.String()
    instance = fields.String(attribute="instance_id")
    element = fields.String()
    state = fields.String()
    priority = fields.Integer()
    attempts = fields.Integer()
    retries_left = fields.Integer()
    due_at = fields.AwareDateTime()
    worker = fields.String(attribute="lock_owner", allow_none=True)
    locked_until = fields.AwareDateTime(allow_none=True)
    error = fields.String()


class JobLockSchema(Schema):
    """Until when a job is locked."""

    locked_until = fields.AwareDateTime()


class JobsQuery(pages.PageQuery):
    """Which jobs."""

    state = fields.String(
        load_default=None,
        validate=validate.OneOf(["created", "completed", "failed", "cancelled"]),
    )
    topic = fields.String(load_default=None)
    instance = fields.String(load_default=None)


class JobTopicSchema(Schema):
    """How much waits in a topic."""

    topic = fields.String()
    handled_by = fields.String(metadata={"description": "house hoặc workers."})
    waiting = fields.Integer()
    locked = fields.Integer()
    failed = fields.Integer()
    oldest_due = fields.AwareDateTime(allow_none=True)


class JobTopicsSchema(Schema):
    """Topics with jobs that wait or stopped."""

    items = fields.List(fields.Nested(JobTopicSchema))


@blueprint.get("")
@rule("jobs.read")
@blueprint.doc(summary="Danh sách công việc tự động, mới nhất trước")
@blueprint.arguments(JobsQuery, location="query")
@blueprint.response(200, pages.listed(JobSchema))
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """List jobs of instances the caller may see, the newest first."""
    statement = select(Job)
    for name, column in (("state", Job.state), ("topic", Job.topic), ("instance", Job.instance_id)):
        if query[name]:
            statement = statement.where(column == query[name])
    with reading() as session:
        if "jobs.read" not in principal().everywhere:
            seen = select(ProcessInstance.id).where(instance_access.within(principal()))
            statement = statement.where(Job.instance_id.in_(seen))
        return pages.newest(session, statement, Job.id, query)


@blueprint.get("/topics")
@rule("jobs.read")
@blueprint.doc(summary="Số việc đang chờ theo từng topic, và ai xử lý")
@blueprint.response(200, JobTopicsSchema)
def topics() -> dict[str, Any]:
    """Count the jobs that wait, topic by topic, with who handles them."""
    house = runtime()
    with reading() as session:
        found = external_jobs.backlog(session, house.dispatcher.handlers, house.clock.now())
    return {
        "items": [
            {
                "topic": one.topic,
                "handled_by": "house" if one.is_in_house else "workers",
                "waiting": one.waiting,
                "locked": one.locked,
                "failed": one.failed,
                "oldest_due": one.oldest_due,
            }
            for one in found
        ]
    }


@blueprint.get("/<job_id>")
@rule("jobs.read")
@blueprint.doc(summary="Một công việc tự động")
@blueprint.response(200, JobSchema)
def one(job_id: str) -> Job:
    """Look at one job."""
    with reading() as session:
        found = session.get(Job, job_id)
        if found is None:
            raise NotFound(_("Không tìm thấy công việc {id}.", id=job_id))
        if "jobs.read" not in principal().everywhere:
            instance_access.visible(session, principal(), found.instance_id)
        return found


@blueprint.post("/fetch-and-lock")
@rule("jobs.work")
@blueprint.doc(summary="Lấy và giữ công việc cho một bộ xử lý bên ngoài; chờ được đến 30 giây")
@blueprint.arguments(FetchJobsBody)
@blueprint.response(200, LockedJobsSchema)
def fetch_and_lock(body: dict[str, Any]) -> dict[str, Any]:
    """Lock jobs for a worker; with none there, wait for one without holding anything of the database."""
    wanted = [
        Wanted(
            topic=one["topic"],
            lock_for=timedelta(seconds=one["lock_seconds"]),
            variables=None if one["variables"] is None else tuple(one["variables"]),
        )
        for one in body["topics"]
    ]
    given = _lock(body["worker"], wanted, body["max_jobs"])
    # a stored answer keeps its transaction open: a request with an Idempotency-Key does not wait
    if not given and body["wait_seconds"] and "claim" not in g:
        given = _wait(body["worker"], wanted, body["max_jobs"], body["wait_seconds"])
    return {"items": given}


@blueprint.post("/<job_id>/extend")
@rule("jobs.work")
@blueprint.doc(summary="Giữ công việc lâu hơn, tính từ bây giờ")
@blueprint.arguments(JobLockBody)
@blueprint.response(200, JobLockSchema)
def extend(body: dict[str, Any], job_id: str) -> dict[str, Any]:
    """Let the lock end later."""
    with command() as work:
        until = external_jobs.extend(work, job_id, body["worker"], timedelta(seconds=body["lock_seconds"]))
    return {"locked_until": until}


@blueprint.post("/<job_id>/complete")
@rule("jobs.work")
@blueprint.doc(summary="Hoàn thành công việc với kết quả; gửi lại cũng không sao")
@blueprint.arguments(JobResultBody)
@blueprint.response(204)
def complete(body: dict[str, Any], job_id: str) -> None:
    """Bring the result; 409 `lock_lost` when the lock ended before."""
    with command() as work:
        external_jobs.complete(work, job_id, body["worker"], body["variables"])


@blueprint.post("/<job_id>/fail")
@rule("jobs.work")
@blueprint.doc(summary="Báo công việc không làm được; hết lần thử thì thành sự cố")
@blueprint.arguments(JobFailureBody)
@blueprint.response(200, JobSchema)
def fail(body: dict[str, Any], job_id: str) -> Job:
    """Give the job back undone, to be tried again or as an incident."""
    pause = body["retry_seconds"]
    with command() as work:
        return external_jobs.fail(
            work,
            job_id,
            body["worker"],
            message=body["message"],
            detail=body["detail"],
            retries_left=body["retries_left"],
            retry_after=None if pause is None else timedelta(seconds=pause),
        )


@blueprint.post("/<job_id>/bpmn-error")
@rule("jobs.work")
@blueprint.doc(summary="Báo lỗi nghiệp vụ (BPMN error) để quy trình đi nhánh đã vẽ")
@blueprint.arguments(JobErrorBody)
@blueprint.response(200, JobSchema)
def throw(body: dict[str, Any], job_id: str) -> Job:
    """End the job with a BPMN error; one nobody catches stops it with an incident (state `failed`)."""
    with command() as work:
        return external_jobs.throw(
            work,
            job_id,
            body["worker"],
            code=body["code"],
            message=body["message"],
            variables=body["variables"],
        )


@blueprint.post("/<job_id>/unlock")
@rule("jobs.work")
@blueprint.doc(summary="Trả công việc lại ngay, không tính là một lần thử")
@blueprint.arguments(JobUnlockBody)
@blueprint.response(200, JobSchema)
def unlock(body: dict[str, Any], job_id: str) -> Job:
    """Give the job back; whoever may repair instances frees anybody's lock by naming no worker."""
    from directives import access

    if body["worker"] is None:
        access.require(principal(), "instances.repair")
    with command() as work:
        return external_jobs.unlock(work, job_id, body["worker"])


def _lock(worker: str, wanted: Sequence[Wanted], most: int) -> list[LockedJob]:
    """Lock what is there; nothing is written when a look finds nothing."""
    house = runtime()
    external_jobs.require_external(house.dispatcher.handlers, wanted)
    with house.database.reading() as session:
        if not external_jobs.has_fetchable(session, wanted, house.clock.now()):
            return []
    with command() as work:
        return external_jobs.fetch_and_lock(work, worker, wanted, most=most)


def _wait(worker: str, wanted: Sequence[Wanted], most: int, seconds: float) -> list[LockedJob]:
    """Look whenever the bell rings, and every second for jobs of other processes, until there is a job."""
    bell = runtime().dispatcher.bell
    ends = time.monotonic() + seconds
    with bell.place() as has_place:
        goes_on = has_place
        while goes_on:
            heard = bell.heard()
            given = _lock(worker, wanted, most)
            left = ends - time.monotonic()
            if given or left <= 0:
                return given
            goes_on = bell.wait(heard, min(left, LOOK_EVERY))
    return []
