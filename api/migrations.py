"""Taking running instances to another version of their process over HTTP: dry run, begin, progress, stop."""

from dataclasses import asdict
from typing import Any

from flask import url_for
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from api.commands import command, reading
from api.gate import rule
from api.instances import ReasonBody
from engine import bulk, verdicts, version_changes
from engine.models import BulkOperation

blueprint = Blueprint(
    "migrations", __name__, url_prefix="/api/v1/definitions", description="Chuyển phiên bản phiên đang chạy"
)


class MigrationPlanBody(Schema):
    """From which version to which; elements continue under the same id unless the mapping says otherwise."""

    source = fields.Integer(required=True)
    target = fields.Integer(required=True)
    #: element of the source version → element of the target version
    mapping = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)
    #: only these instances; all running ones of the source version without it
    instances = fields.List(
        fields.String(), load_default=None, allow_none=True, validate=validate.Length(1, 1000)
    )


class MigrationBody(MigrationPlanBody, ReasonBody):
    """A plan to carry out, and why."""


class RemarkSchema(Schema):
    """One thing to know about one element."""

    element = fields.String()
    name = fields.String()
    code = fields.String()
    vi = fields.String()
    en = fields.String()


class VerdictSchema(Schema):
    """Whether an instance can go to the other version; problems forbid it, warnings do not."""

    possible = fields.Boolean()
    problems = fields.List(fields.Nested(RemarkSchema))
    warnings = fields.List(fields.Nested(RemarkSchema))


class JudgedSchema(Schema):
    """The verdict on one instance."""

    instance = fields.String()
    business_key = fields.String(allow_none=True)
    state = fields.String()
    steps = fields.List(fields.String())
    verdict = fields.Nested(VerdictSchema)


class MigrationPairSchema(Schema):
    """An element of the source version, what continues it, how many instances wait there."""

    element = fields.String()
    name = fields.String()
    type = fields.String()
    target = fields.String(allow_none=True)
    waiting = fields.Integer()


class MigrationDryRunSchema(Schema):
    """What would happen."""

    pairs = fields.List(fields.Nested(MigrationPairSchema))
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    items = fields.List(fields.Nested(JudgedSchema))


class MigrationProgressSchema(Schema):
    """How far it is: instances by what came of them."""

    total = fields.Integer()
    waiting = fields.Integer()
    done = fields.Integer()
    refused = fields.Integer()
    failed = fields.Integer()


class MigrationSchema(Schema):
    """A migration that was begun."""

    id = fields.String()
    process = fields.String(attribute="key")
    source = fields.Integer()
    target = fields.Integer()
    mapping = fields.Dict()
    reason = fields.String()
    state = fields.String()
    actor = fields.String(attribute="actor_name")
    created_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)
    progress = fields.Nested(MigrationProgressSchema)


class MigrationsSchema(Schema):
    """The migrations of a process, the newest first."""

    items = fields.List(fields.Nested(MigrationSchema))


class MigratedSchema(Schema):
    """One instance of a migration and its outcome."""

    instance = fields.String(attribute="instance_id")
    state = fields.String()
    verdict = fields.Nested(VerdictSchema, allow_none=True)
    message = fields.String()
    finished_at = fields.AwareDateTime(allow_none=True)


class MigratedListSchema(Schema):
    """A page of instances of a migration."""

    items = fields.List(fields.Nested(MigratedSchema))


class MigratedQuery(Schema):
    """Which instances of a migration."""

    state = fields.String(load_default="")
    #: instance after which the page begins
    after = fields.String(load_default="")
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 1000))


@blueprint.post("/<key>/migrations/dry-run")
@rule("instances.repair")
@blueprint.doc(summary="Chạy thử việc chuyển phiên bản: kết luận cho từng phiên, không thay đổi gì")
@blueprint.arguments(MigrationPlanBody)
@blueprint.response(200, MigrationDryRunSchema)
def dry_run(body: dict[str, Any], key: str) -> dict[str, Any]:
    """Judge the running instances of a version (at most 2000); the change itself judges each again."""
    with reading() as session:
        plan = version_changes.plan(session, key, body["source"], body["target"], body["mapping"])
        judged = version_changes.dry_run(session, plan, body["instances"])
        pairs = [asdict(one) for one in version_changes.pairs(session, plan)]
    items = [
        {
            "instance": one.instance_id,
            "business_key": one.business_key,
            "state": one.state,
            "steps": list(one.steps),
            "verdict": one.verdict.as_data(),
        }
        for one in judged
    ]
    return {"pairs": pairs, "counts": verdicts.counts(judged), "items": items}


@blueprint.post("/<key>/migrations")
@rule("instances.repair")
@blueprint.doc(summary="Bắt đầu chuyển các phiên đang chạy sang phiên bản khác")
@blueprint.arguments(MigrationBody)
@blueprint.response(202, MigrationSchema)
def begin(body: dict[str, Any], key: str) -> Any:
    """Begin a migration; it is worked off in the background, each instance in its own transaction."""
    with command() as work:
        plan = version_changes.plan(work.session, key, body["source"], body["target"], body["mapping"])
        made = bulk.begin(work, plan, reason=body["reason"], instance_ids=body["instances"])
    with reading() as session:
        shown = _shown(session, bulk.get(session, made, key))
    return shown, 202, {"Location": url_for("migrations.one", key=key, operation_id=made)}


@blueprint.get("/<key>/migrations")
@rule("instances.repair")
@blueprint.doc(summary="Các lần chuyển phiên bản của một quy trình, mới nhất trước")
@blueprint.response(200, MigrationsSchema)
def listing(key: str) -> dict[str, Any]:
    """List the migrations of a process."""
    with reading() as session:
        return {"items": [_shown(session, one) for one in bulk.of_process(session, key)]}


@blueprint.get("/<key>/migrations/<operation_id>")
@rule("instances.repair")
@blueprint.doc(summary="Tiến độ của một lần chuyển phiên bản")
@blueprint.response(200, MigrationSchema)
def one(key: str, operation_id: str) -> dict[str, Any]:
    """Look how far a migration is."""
    with reading() as session:
        return _shown(session, bulk.get(session, operation_id, key))


@blueprint.get("/<key>/migrations/<operation_id>/items")
@rule("instances.repair")
@blueprint.doc(summary="Kết quả từng phiên của một lần chuyển phiên bản")
@blueprint.arguments(MigratedQuery, location="query")
@blueprint.response(200, MigratedListSchema)
def items(query: dict[str, Any], key: str, operation_id: str) -> dict[str, Any]:
    """List the instances of a migration with verdict and outcome."""
    with reading() as session:
        bulk.get(session, operation_id, key)
        found = bulk.items(
            session, operation_id, state=query["state"], after=query["after"], limit=query["limit"]
        )
    return {"items": found}


@blueprint.post("/<key>/migrations/<operation_id>/stop")
@rule("instances.repair")
@blueprint.doc(summary="Dừng việc chuyển phiên bản; phiên chưa tới lượt giữ nguyên")
@blueprint.response(200, MigrationSchema)
def stop(key: str, operation_id: str) -> dict[str, Any]:
    """Stop a migration; what is done stays done."""
    with command() as work:
        bulk.get(work.session, operation_id, key)
        bulk.stop(work, operation_id)
    with reading() as session:
        return _shown(session, bulk.get(session, operation_id, key))


@blueprint.post("/<key>/migrations/<operation_id>/resume")
@rule("instances.repair")
@blueprint.doc(summary="Làm tiếp việc chuyển phiên bản đã dừng")
@blueprint.response(200, MigrationSchema)
def resume(key: str, operation_id: str) -> dict[str, Any]:
    """Take a stopped migration up again."""
    with command() as work:
        bulk.get(work.session, operation_id, key)
        bulk.go_on(work, operation_id)
    with reading() as session:
        return _shown(session, bulk.get(session, operation_id, key))


def _shown(session: Session, operation: BulkOperation) -> dict[str, Any]:
    return {
        "id": operation.id,
        "key": operation.key,
        **operation.plan,
        "reason": operation.reason,
        "state": operation.state,
        "actor_name": operation.actor_name,
        "created_at": operation.created_at,
        "finished_at": operation.finished_at,
        "progress": asdict(bulk.progress(session, operation.id)),
    }
