"""Deployments for machines: files in, definitions or findings out."""

from datetime import datetime
from typing import Any

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from api.commands import command, reading
from api.errors import language
from api.gate import rule, runtime
from engine import deployments, publishing
from foundation.clock import aware
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
    state = fields.String(metadata={"enum": ["published", "scheduled", "withdrawn", "retired"]})
    file = fields.String()
    sha256 = fields.String()
    published_at = fields.AwareDateTime()
    effective_at = fields.AwareDateTime(metadata={"description": "from when starts use it"})
    is_key_unique = fields.Boolean()


class DeploymentSchema(Schema):
    """What a deployment brought."""

    id = fields.String()
    definitions = fields.List(fields.Nested(DefinitionSchema))
    decisions = fields.List(fields.String())
    forms = fields.List(fields.String())
    findings = fields.List(fields.Dict())


class CheckSchema(Schema):
    """What is wrong with files."""

    is_deployable = fields.Boolean()
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
                    "effective_at": {"type": "string", "format": "date-time"},
                    "without_review": {"type": "boolean"},
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
    files = _uploaded()
    with command() as work:
        deployed = publishing.deploy(
            work,
            files,
            note=request.form.get("note", ""),
            four_eyes=runtime().four_eyes,
            without_review=request.form.get("without_review", "") in {"1", "true", "yes"},
            effective_at=_effective_at(request.form.get("effective_at", "")),
        )
    lang = language()
    return {
        "id": deployed.id,
        "definitions": list(deployed.processes),
        "decisions": list(deployed.decisions),
        "forms": list(deployed.forms),
        "findings": [finding.as_json(lang) for finding in deployed.warnings],
    }


@blueprint.post("/check")
@rule("definitions.edit")
@blueprint.doc(summary="Kiểm tra các tệp mà không triển khai", requestBody=FILES)
@blueprint.response(200, CheckSchema)
def check() -> dict[str, Any]:
    """Say everything that is wrong with files, all of them together; nothing is stored."""
    files = _uploaded()
    with reading() as session:
        findings = deployments.check(session, files)
    lang = language()
    return {
        "is_deployable": not any(finding.is_error for finding in findings),
        "findings": [finding.as_json(lang) for finding in findings],
    }


def _uploaded() -> dict[str, bytes]:
    """Give the files of the request by name; Invalid when there is none."""
    files: dict[str, bytes] = {}
    for upload in (one for _field, several in request.files.lists() for one in several):
        if upload.filename and upload.filename not in files:
            files[upload.filename] = upload.read()
    if not files:
        raise Invalid(
            _("Chưa có tệp nào để triển khai."),
            fields={"files": _("Hãy gửi ít nhất một tệp .bpmn, .dmn hoặc .form dạng multipart/form-data.")},
        )
    return files


def _effective_at(text: str) -> datetime | None:
    if not text:
        return None
    try:
        return aware(datetime.fromisoformat(text))
    except ValueError:
        raise Invalid(
            fields={
                "effective_at": _(
                    "Cần thời điểm có múi giờ, ví dụ 2026-01-01T00:00:00+07:00; nhận được “{found}”.",
                    found=text[:60],
                )
            }
        ) from None
