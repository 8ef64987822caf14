"""Bundles for machines: definitions with all they need as one zip file, out and in."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from api.commands import command, reading
from api.errors import language
from api.gate import principal, rule, runtime
from directives import access
from engine import bundle_archive, bundles
from engine.bundle_archive import Bundle
from foundation.errors import Invalid
from foundation.texts import _

blueprint = Blueprint(
    "bundles", __name__, url_prefix="/api/v1/bundles", description="Gói quy trình: xuất và nhập"
)


class BundleExportQuery(Schema):
    """Which processes; all when none is named."""

    keys = fields.List(fields.String(), load_default=list, data_key="process")


class BundleLineSchema(Schema):
    """What importing one definition would do."""

    kind = fields.String(attribute="entry.kind")
    key = fields.String(attribute="entry.key")
    name = fields.String(attribute="entry.name")
    file = fields.String(attribute="entry.file")
    sha256 = fields.String(attribute="entry.sha256")
    status = fields.String(metadata={"enum": ["new", "changed", "same", "conflict"]})
    here = fields.Integer(allow_none=True, metadata={"description": "newest version here"})


class BundlePreviewSchema(Schema):
    """What importing a bundle would do."""

    definitions = fields.List(fields.Nested(BundleLineSchema))
    findings = fields.List(fields.Dict())


class BundleAppliedSchema(Schema):
    """What importing a bundle did."""

    drafts = fields.List(fields.String())
    published = fields.List(fields.String())


FILE = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "as": {"type": "string", "enum": ["draft", "published"], "default": "draft"},
                    "note": {"type": "string"},
                    "replace_drafts": {"type": "boolean"},
                    "without_review": {"type": "boolean"},
                },
            }
        }
    },
}


@blueprint.get("")
@rule("definitions.read")
@blueprint.doc(
    summary="Xuất gói các quy trình cùng những gì chúng dùng",
    responses={"200": {"description": "Gói .zip", "content": {"application/zip": {}}}},
)
@blueprint.arguments(BundleExportQuery, location="query")
def export(query: dict[str, list[str]]) -> Response:
    """Give the bundle of the named processes, or of all."""
    now = runtime().clock.now()
    with reading() as session:
        keys = query["keys"]
        content = bundles.export(session, keys, now=now) if keys else bundles.export_all(session, now=now)
    headers = {"Content-Disposition": 'attachment; filename="tiendo.zip"'}
    return Response(content, mimetype="application/zip", headers=headers)


@blueprint.post("/preview")
@rule("definitions.edit")
@blueprint.doc(summary="Xem trước gói sẽ thay đổi gì", requestBody=FILE)
@blueprint.response(200, BundlePreviewSchema)
def preview() -> dict[str, Any]:
    """Say what importing a bundle would do; nothing is stored."""
    bundle = _bundle()
    with reading() as session:
        seen = bundles.preview(session, bundle)
    lang = language()
    return {"definitions": seen.lines, "findings": [finding.as_json(lang) for finding in seen.findings]}


@blueprint.post("")
@rule("definitions.edit")
@blueprint.doc(summary="Nhập gói, tất cả hoặc không gì cả", requestBody=FILE)
@blueprint.response(201, BundleAppliedSchema)
def apply() -> bundles.Applied:
    """Import what is new or changed, as drafts or published (needs the right to deploy)."""
    target = request.form.get("as", "draft")
    if target not in {"draft", "published"}:
        raise Invalid(fields={"as": _("Cần draft hoặc published, nhận được “{found}”.", found=target[:60])})
    bundle = _bundle()
    publishes = target == "published" or any(not name.endswith(".bpmn") for name in bundle.files)
    if publishes:
        access.require(principal(), "definitions.deploy")
    with command() as work:
        return bundles.apply(
            work,
            bundle,
            target="published" if target == "published" else "draft",
            note=request.form.get("note", ""),
            four_eyes=runtime().four_eyes,
            replace_drafts=_is_on("replace_drafts"),
            without_review=_is_on("without_review"),
        )


def _bundle() -> Bundle:
    upload = request.files.get("file")
    if upload is None:
        raise Invalid(fields={"file": _("Hãy gửi gói .zip trong trường file dạng multipart/form-data.")})
    return bundle_archive.read(upload.read())


def _is_on(name: str) -> bool:
    return request.form.get(name, "") in {"1", "true", "yes"}
