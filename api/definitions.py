"""Definitions for machines: versions, their diagrams, what changed, from when they hold and until when."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from api.commands import command, reading
from api.deployments import DefinitionSchema
from api.gate import rule
from engine import definition_events, definitions, differences, drafts, publishing, reviews
from foundation.errors import NotFound
from foundation.texts import _

blueprint = Blueprint(
    "definitions", __name__, url_prefix="/api/v1/definitions", description="Định nghĩa quy trình"
)


class DefinitionsSchema(Schema):
    """A list of definitions."""

    items = fields.List(fields.Nested(DefinitionSchema))


class DefinitionReasonBody(Schema):
    """Why something is done; kept in the history of the definition."""

    reason = fields.String(required=True)


class FourEyesBody(Schema):
    """Whether a second person must approve; null follows the installation."""

    four_eyes = fields.Boolean(required=True, allow_none=True)


class DifferencesQuery(Schema):
    """The two versions that are compared: numbers, or `draft`."""

    older = fields.String(required=True, data_key="from")
    newer = fields.String(required=True, data_key="to")


class DefinitionDifferenceSchema(Schema):
    """One property that differs."""

    property = fields.String()
    before = fields.String(allow_none=True)
    after = fields.String(allow_none=True)


class DefinitionChangeSchema(Schema):
    """One element that is new, gone, different or only drawn elsewhere."""

    kind = fields.String(metadata={"enum": ["added", "removed", "changed", "moved"]})
    element = fields.String()
    type = fields.String()
    name = fields.String()
    differences = fields.List(fields.Nested(DefinitionDifferenceSchema))


class DefinitionChangesSchema(Schema):
    """What changed between two versions."""

    items = fields.List(fields.Nested(DefinitionChangeSchema))


class DefinitionEventSchema(Schema):
    """One thing done with a definition."""

    act = fields.String(metadata={"enum": sorted(definition_events.ACTS)})
    version = fields.Integer(allow_none=True)
    revision = fields.Integer(allow_none=True)
    text = fields.String()
    at = fields.AwareDateTime()
    by = fields.String(metadata={"description": "account"})


class DefinitionEventsSchema(Schema):
    """What was done with a definition, newest first."""

    items = fields.List(fields.Nested(DefinitionEventSchema))


@blueprint.get("")
@rule("definitions.read")
@blueprint.doc(summary="Danh sách quy trình, phiên bản mới nhất")
@blueprint.response(200, DefinitionsSchema)
def listing() -> dict[str, Any]:
    """List the newest version of every process."""
    with reading() as session:
        return {"items": definitions.latest(session)}


@blueprint.get("/<key>")
@rule("definitions.read")
@blueprint.doc(summary="Các phiên bản của một quy trình")
@blueprint.response(200, DefinitionsSchema)
def versions(key: str) -> dict[str, Any]:
    """List the versions of one process, newest first."""
    with reading() as session:
        found = definitions.versions(session, key)
        if not found:
            raise NotFound(_("Chưa có quy trình “{key}” nào được ban hành.", key=key), process=key)
        return {"items": found}


@blueprint.get("/<key>/versions/<int:version>/diagram")
@rule("definitions.read")
@blueprint.doc(
    summary="Sơ đồ BPMN của một phiên bản",
    responses={"200": {"description": "Tệp BPMN 2.0", "content": {"application/xml": {}}}},
)
def diagram(key: str, version: int) -> Response:
    """Give the diagram of one version, byte for byte."""
    with reading() as session:
        found = definitions.published(session, key, version)
        content = definitions.content(session, found)
    return Response(content, mimetype="application/xml", headers={"ETag": f'"{found.sha256}"'})


@blueprint.get("/<key>/differences")
@rule("definitions.read")
@blueprint.doc(summary="Khác nhau giữa hai phiên bản, hoặc giữa phiên bản và bản nháp")
@blueprint.arguments(DifferencesQuery, location="query")
@blueprint.response(200, DefinitionChangesSchema)
def compare(query: dict[str, str], key: str) -> dict[str, Any]:
    """Compare two versions element by element."""
    with reading() as session:
        older, newer = (drafts.content_of(session, key, query[name]) for name in ("older", "newer"))
    return {"items": differences.between(older, newer)}


@blueprint.get("/<key>/history")
@rule("definitions.read")
@blueprint.doc(summary="Những việc đã làm với một quy trình")
@blueprint.response(200, DefinitionEventsSchema)
def history(key: str) -> dict[str, Any]:
    """Tell what was done with a definition, newest first."""
    with reading() as session:
        return {"items": definition_events.of_definition(session, key)}


@blueprint.post("/<key>/versions/<int:version>/withdraw")
@rule("definitions.deploy")
@blueprint.doc(summary="Rút lại phiên bản chưa có hiệu lực")
@blueprint.arguments(DefinitionReasonBody)
@blueprint.response(200, DefinitionSchema)
def withdraw(body: dict[str, str], key: str, version: int) -> Any:
    """Take a version back before its effective date; 409 when it has come."""
    with command() as work:
        return publishing.withdraw(work, key, version, reason=body["reason"])


@blueprint.post("/<key>/versions/<int:version>/retire")
@rule("definitions.deploy")
@blueprint.doc(summary="Ngừng áp dụng một phiên bản")
@blueprint.arguments(DefinitionReasonBody)
@blueprint.response(200, DefinitionSchema)
def retire_version(body: dict[str, str], key: str, version: int) -> Any:
    """Let a version start nothing more; the one before takes effect again."""
    with command() as work:
        publishing.retire(work, key, version=version, reason=body["reason"])
        return definitions.published(work.session, key, version)


@blueprint.post("/<key>/versions/<int:version>/reinstate")
@rule("definitions.deploy")
@blueprint.doc(summary="Áp dụng lại một phiên bản")
@blueprint.arguments(DefinitionReasonBody)
@blueprint.response(200, DefinitionSchema)
def reinstate_version(body: dict[str, str], key: str, version: int) -> Any:
    """Let a retired version be started again."""
    with command() as work:
        publishing.reinstate(work, key, version=version, reason=body["reason"])
        return definitions.published(work.session, key, version)


@blueprint.post("/<key>/retire")
@rule("definitions.deploy")
@blueprint.doc(summary="Ngừng áp dụng cả quy trình")
@blueprint.arguments(DefinitionReasonBody)
@blueprint.response(204)
def retire(body: dict[str, str], key: str) -> None:
    """Let no version of a process start anything; what runs goes on."""
    with command() as work:
        publishing.retire(work, key, reason=body["reason"])


@blueprint.post("/<key>/reinstate")
@rule("definitions.deploy")
@blueprint.doc(summary="Áp dụng lại cả quy trình")
@blueprint.arguments(DefinitionReasonBody)
@blueprint.response(204)
def reinstate(body: dict[str, str], key: str) -> None:
    """Let a retired process be started again."""
    with command() as work:
        publishing.reinstate(work, key, reason=body["reason"])


@blueprint.put("/<key>/four-eyes")
@rule("definitions.approve")
@blueprint.doc(summary="Quy trình có cần người thứ hai duyệt hay không")
@blueprint.arguments(FourEyesBody)
@blueprint.response(204)
def four_eyes(body: dict[str, bool | None], key: str) -> None:
    """Let a definition need a second person or not."""
    with command() as work:
        reviews.set_four_eyes(work, key, is_needed=body["four_eyes"])
