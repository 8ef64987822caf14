"""User tasks for machines: list, look, claim, release, complete."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from api import etags
from api.commands import command, reading
from api.gate import principal, rule
from engine import instances, user_tasks
from engine.models import UserTask
from foundation.actors import Actor
from processes import work_list

blueprint = Blueprint(
    "user-tasks", __name__, url_prefix="/api/v1/user-tasks", description="Việc của người dùng"
)


class UserTaskSchema(Schema):
    """A user task as the API shows it."""

    id = fields.String()
    instance = fields.String(attribute="instance_id")
    element = fields.String()
    name = fields.String()
    process = fields.String(attribute="process_key")
    business_key = fields.String(allow_none=True)
    lane = fields.String(allow_none=True)
    documentation = fields.String()
    assignee = fields.String(allow_none=True)
    candidate_groups = fields.List(fields.String())
    due_at = fields.AwareDateTime(allow_none=True)
    original_due_at = fields.AwareDateTime(allow_none=True)
    priority = fields.Integer()
    form_key = fields.String(allow_none=True)
    local = fields.Dict()
    state = fields.String()
    revision = fields.Integer()
    created_at = fields.AwareDateTime()
    completed_at = fields.AwareDateTime(allow_none=True)


class ListQuery(Schema):
    """Which tasks to list."""

    instance = fields.String(load_default=None)
    state = fields.String(load_default="open", validate=validate.OneOf(["open", "all"]))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    offset = fields.Integer(load_default=0, validate=validate.Range(0))


class ListSchema(Schema):
    """A list of tasks."""

    items = fields.List(fields.Nested(UserTaskSchema))


class CompleteBody(Schema):
    """What a person entered."""

    variables = fields.Dict(keys=fields.String(), load_default=dict)


@blueprint.get("")
@rule("user_tasks.read")
@blueprint.doc(summary="Việc của người gọi, hoặc của một phiên chạy")
@blueprint.arguments(ListQuery, location="query")
@blueprint.response(200, ListSchema)
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """List tasks: those of an instance, or those the caller may do."""
    who = principal()
    with reading() as session:
        if query["instance"]:
            instances.get(session, query["instance"])
            found = user_tasks.of_instance(session, query["instance"], only_open=query["state"] == "open")
        else:
            found = user_tasks.open_for(
                session, who.account_id, who.groups, limit=query["limit"], offset=query["offset"]
            )
    return {"items": [task for task in found if work_list.may_see(who, task)]}


@blueprint.get("/<task_id>")
@rule("user_tasks.read")
@blueprint.doc(summary="Một việc; ETag là phiên bản của việc")
@blueprint.response(200, UserTaskSchema)
def one(task_id: str) -> Any:
    """Look at one task; its revision is the ETag."""
    with reading() as session:
        found = work_list.visible(session, principal(), task_id)
    return found, 200, etags.headers(found.revision)


@blueprint.post("/<task_id>/claim")
@rule("user_tasks.work")
@blueprint.doc(summary="Nhận việc")
@blueprint.response(200, UserTaskSchema)
def claim(task_id: str) -> UserTask:
    """Take a task over."""
    who = principal()
    with command(_actor(task_id)) as work:
        return user_tasks.claim(work, task_id, account=who.account_id, groups=who.groups)


@blueprint.post("/<task_id>/release")
@rule("user_tasks.work")
@blueprint.doc(summary="Trả việc về nhóm")
@blueprint.response(200, UserTaskSchema)
def release(task_id: str) -> UserTask:
    """Give a claimed task back to its groups."""
    who = principal()
    with command(_actor(task_id)) as work:
        return user_tasks.release(work, task_id, account=who.account_id)


@blueprint.post("/<task_id>/complete")
@rule("user_tasks.work")
@blueprint.doc(summary="Hoàn thành việc với các giá trị của biểu mẫu")
@blueprint.arguments(CompleteBody)
@blueprint.response(204)
def complete(body: dict[str, Any], task_id: str) -> None:
    """Finish a task with the form's values; `If-Match` with the revision guards against a newer version."""
    who = principal()
    with command(_actor(task_id)) as work:
        work_list.complete(work, who, task_id, body["variables"], revision=etags.expected())


def _actor(task_id: str) -> Actor:
    """Give who acts: under a delegation both names are kept in history (R-U6)."""
    who = principal()
    if not who.delegated:
        return who.actor
    with reading() as session:
        task = user_tasks.get(session, task_id)
    return who.actor_for(set(task.candidate_groups))
