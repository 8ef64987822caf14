"""Repairing instances over HTTP: live tokens, moving them, skipping a step, forking from a step.

Every act asks for a reason, and with `If-Match` holds only for the state the caller has seen.
"""

from dataclasses import asdict
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from api import etags
from api.commands import command, reading
from api.gate import principal, rule
from api.instances import ReasonBody
from engine import forks, modifications, repairs
from engine.modifications import TYPES, CancelToken, Instruction, MoveToken, StartAfter, StartBefore
from foundation.errors import Invalid
from foundation.texts import _
from processes import instance_access

blueprint = Blueprint(
    "instance_repairs", __name__, url_prefix="/api/v1/instances", description="Can thiệp vào phiên chạy"
)


class TokenSchema(Schema):
    """A live token an act of repair can name."""

    token = fields.String()
    element = fields.String()
    name = fields.String()
    type = fields.String()
    scope = fields.String()
    parent = fields.String(allow_none=True)
    is_container = fields.Boolean()


class TokensSchema(Schema):
    """The live tokens of an instance, containers before what is inside them."""

    items = fields.List(fields.Nested(TokenSchema))


class InstructionBody(Schema):
    """One instruction: what each type needs is said by its name."""

    type = fields.String(required=True, validate=validate.OneOf(sorted(TYPES.values())))
    #: token to cancel or to move
    token = fields.String(load_default="")
    #: where to start or move to
    element = fields.String(load_default="")
    variables = fields.Dict(keys=fields.String(), load_default=dict)
    #: token of the scope, where several are open
    scope = fields.String(load_default=None, allow_none=True)


class ModifyBody(ReasonBody):
    """Instructions carried out together, and why."""

    instructions = fields.List(
        fields.Nested(InstructionBody), required=True, validate=validate.Length(1, 100)
    )


class SkipBody(ReasonBody):
    """The waiting step to skip, and what it would have brought."""

    token = fields.String(required=True)
    variables = fields.Dict(keys=fields.String(), load_default=dict)


class ForkBody(ReasonBody):
    """Where the new instance begins."""

    element = fields.String(required=True)
    variables = fields.Dict(keys=fields.String(), load_default=dict)
    business_key = fields.String(load_default=None, allow_none=True)


class ForkSchema(Schema):
    """The new instance."""

    instance = fields.String(attribute="instance_id")
    #: history (as they were before the step) or current
    variables_from = fields.String()


@blueprint.get("/<instance_id>/tokens")
@rule("instances.read")
@blueprint.doc(summary="Các vị trí đang chạy của một phiên; ETag là lần thay đổi gần nhất")
@blueprint.response(200, TokensSchema)
def tokens(instance_id: str) -> Any:
    """List the live tokens that can be moved, cancelled or skipped."""
    return _tokens(instance_id)


@blueprint.post("/<instance_id>/modify")
@rule("instances.repair")
@blueprint.doc(summary="Can thiệp vị trí: bắt đầu trước hoặc sau một bước, bỏ hoặc chuyển một vị trí")
@blueprint.arguments(ModifyBody)
@blueprint.response(200, TokensSchema)
def modify(body: dict[str, Any], instance_id: str) -> Any:
    """Carry out several instructions in one transaction; the answer shows the tokens afterwards."""
    instructions = [_instruction(one, number) for number, one in enumerate(body["instructions"])]
    with command() as work:
        modifications.modify(
            work, instance_id, instructions, reason=body["reason"], revision=etags.expected()
        )
    return _tokens(instance_id)


@blueprint.post("/<instance_id>/skip")
@rule("instances.repair")
@blueprint.doc(summary="Bỏ qua một bước đang chờ; phiên đi tiếp với các biến đã cho")
@blueprint.arguments(SkipBody)
@blueprint.response(200, TokensSchema)
def skip(body: dict[str, Any], instance_id: str) -> Any:
    """Go on behind a user task, job, message, timer or call activity."""
    with command() as work:
        repairs.skip(
            work,
            instance_id,
            body["token"],
            body["variables"],
            reason=body["reason"],
            revision=etags.expected(),
        )
    return _tokens(instance_id)


@blueprint.post("/<instance_id>/fork")
@rule("instances.repair")
@blueprint.doc(summary="Tách một phiên mới bắt đầu từ một bước đã qua hoặc đang chờ")
@blueprint.arguments(ForkBody)
@blueprint.response(201, ForkSchema)
def fork(body: dict[str, Any], instance_id: str) -> Any:
    """Begin a new instance before a step of this one, with the variables of then where history has them."""
    with command() as work:
        return forks.fork(
            work,
            instance_id,
            body["element"],
            reason=body["reason"],
            variables=body["variables"],
            business_key=body["business_key"],
        )


def _tokens(instance_id: str) -> Any:
    with reading() as session:
        found = instance_access.visible(session, principal(), instance_id)
        items = [asdict(one) for one in modifications.positions(session, found)]
    return {"items": items}, 200, etags.headers(found.revision)


def _instruction(given: dict[str, Any], number: int) -> Instruction:
    kind = given["type"]
    for name in NEEDS[kind]:
        if not given[name]:
            text = _("Chỉ dẫn “{type}” cần có {field}.", type=kind, field=name)
            raise Invalid(text, fields={f"instructions.{number}.{name}": text})
    where: dict[str, Any] = {name: given[name] for name in ("element", "variables", "scope")}
    if kind == TYPES[CancelToken]:
        return CancelToken(token=given["token"])
    if kind == TYPES[MoveToken]:
        return MoveToken(token=given["token"], **where)
    return StartBefore(**where) if kind == TYPES[StartBefore] else StartAfter(**where)


#: what an instruction cannot do without
NEEDS = {
    TYPES[CancelToken]: ("token",),
    TYPES[MoveToken]: ("token", "element"),
    TYPES[StartBefore]: ("element",),
    TYPES[StartAfter]: ("element",),
}
