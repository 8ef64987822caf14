"""Deployments for machines: files in, definitions or findings out."""

from typing import Any

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from api.commands import command
from api.errors import language
from api.gate import rule
from engine import deployments
from foundation.errors import Invalid
from foundation.texts import _

blueprint = Blueprint(
    "deployments", __name__, url_prefix="/api/v1/deployments", description="Triển khai quy trình"
)


class DefinitionSchema(Schema):
    """A published definition."""

    id = fields.String()
    key = fields.String()
    version = fields.Integer()
    name = fields.String()
    state = fields.String()
    file = fields.String()
    sha256 = fields.String()
    published_at = fields.AwareDateTime()


class DeploymentSchema(Schema):
    """What a deployment brought."""

    id = fields.String()
    definitions = fields.List(fields.Nested(DefinitionSchema))
    decisions = fields.List(fields.String())
    forms = fields.List(fields.String())
    findings = fields.List(fields.Dict())


#: several files under any field name
FILES = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                    "note": {"type": "string"},
                },
            }
        }
    },
}


@blueprint.post("")
@rule("definitions.deploy")
@blueprint.doc(summary="Triển khai các tệp .bpmn, .dmn, .form (multipart)", requestBody=FILES)
@blueprint.response(201, DeploymentSchema)
def deploy() -> dict[str, Any]:
    """Deploy one or more files (multipart); 422 with all findings when one of them has an error."""
    files = {upload.filename or "": upload.read() for upload in request.files.values() if upload.filename}
    for name in request.files:
        for upload in request.files.getlist(name):
            if upload.filename and upload.filename not in files:
                files[upload.filename] = upload.read()
    if not files:
        raise Invalid(
            _("Chưa có tệp nào để triển khai."),
            fields={"files": _("Hãy gửi ít nhất một tệp .bpmn, .dmn hoặc .form dạng multipart/form-data.")},
        )
    with command() as work:
        deployed = deployments.deploy(work, files, note=request.form.get("note", ""))
    lang = language()
    return {
        "id": deployed.id,
        "definitions": list(deployed.processes),
        "decisions": list(deployed.decisions),
        "forms": list(deployed.forms),
        "findings": [finding.as_json(lang) for finding in deployed.warnings],
    }
