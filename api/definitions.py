"""Definitions for machines: what is published, in which versions, as which bytes."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from api.commands import reading
from api.deployments import DefinitionSchema
from api.gate import rule
from engine import definitions
from foundation.errors import NotFound
from foundation.texts import _

blueprint = Blueprint(
    "definitions", __name__, url_prefix="/api/v1/definitions", description="Định nghĩa quy trình"
)


class DefinitionsSchema(Schema):
    """A list of definitions."""

    items = fields.List(fields.Nested(DefinitionSchema))


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
