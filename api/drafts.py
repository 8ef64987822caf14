"""Drafts for machines: what is being edited, its review, publishing. ETag and If-Match on every change."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from api import etags
from api.commands import command, reading
from api.deployments import DefinitionSchema
from api.gate import rule, runtime
from engine import drafts, publishing, reviews, xml_gate
from engine.lifecycle_tables import DefinitionDraft
from foundation.errors import NotFound
from foundation.texts import _

blueprint = Blueprint(
    "drafts", __name__, url_prefix="/api/v1/drafts", description="Bản nháp quy trình và việc duyệt"
)


class DraftSchema(Schema):
    """A draft without its diagram."""

    key = fields.String()
    revision = fields.Integer()
    stage = fields.String(metadata={"enum": ["editing", "in_review", "approved"]})
    based_on = fields.Integer(metadata={"description": "version it began from, 0 for none"})
    updated_at = fields.AwareDateTime()
    updated_by = fields.String(metadata={"description": "account of the last editor"})


class DraftCopySchema(Schema):
    """A draft that was put aside."""

    id = fields.String()
    reason = fields.String(metadata={"enum": ["dropped", "replaced", "kept"]})
    based_on = fields.Integer()
    made_at = fields.AwareDateTime()
    made_by = fields.String()


class DraftCopiesSchema(Schema):
    """Copies of a definition's drafts, newest first."""

    items = fields.List(fields.Nested(DraftCopySchema))


class DraftNoteBody(Schema):
    """What is said to the reviewer or the editor."""

    note = fields.String(load_default="")


class DraftRemarkBody(Schema):
    """What has to be changed, or what one thinks."""

    remark = fields.String(required=True)


class DraftPublishBody(Schema):
    """Why, and from when."""

    note = fields.String(required=True)
    effective_at = fields.AwareDateTime(load_default=None, allow_none=True)


#: a diagram as the body of a request
DIAGRAM = {"required": True, "content": {"application/xml": {"schema": {"type": "string"}}}}


@blueprint.get("/<key>")
@rule("definitions.read")
@blueprint.doc(summary="Bản nháp của một quy trình")
@blueprint.response(200, DraftSchema)
def show(key: str) -> tuple[DefinitionDraft, int, dict[str, str]]:
    """Give the draft's state; its revision is the ETag."""
    with reading() as session:
        return _answer(drafts.needed(session, key))


@blueprint.get("/<key>/diagram")
@rule("definitions.read")
@blueprint.doc(
    summary="Sơ đồ của bản nháp",
    responses={"200": {"description": "Tệp BPMN 2.0", "content": {"application/xml": {}}}},
)
def diagram(key: str) -> Response:
    """Give the diagram being edited."""
    with reading() as session:
        found = drafts.needed(session, key)
    return Response(found.content, mimetype="application/xml", headers=etags.headers(found.revision))


@blueprint.put("/<key>/diagram")
@rule("definitions.edit")
@blueprint.doc(summary="Lưu sơ đồ vào bản nháp", requestBody=DIAGRAM)
@blueprint.response(200, DraftSchema)
def save(key: str) -> tuple[DefinitionDraft, int, dict[str, str]]:
    """Keep a diagram; If-Match carries the revision that was read, `"0"` when there is no draft yet."""
    revision = etags.required()
    content = request.get_data()
    xml_gate.parse(content, file=f"{key}.bpmn")
    with command() as work:
        return _answer(drafts.save(work, key, content, revision=revision))


@blueprint.delete("/<key>")
@rule("definitions.edit")
@blueprint.doc(summary="Bỏ bản nháp; bản lưu được giữ để lấy lại")
@blueprint.response(204)
def drop(key: str) -> None:
    """Put the draft away as a copy."""
    with command() as work:
        if drafts.drop(work, key) is None:
            raise NotFound(_("“{key}” không có bản nháp.", key=key), draft=key)


@blueprint.post("/<key>/send")
@rule("definitions.edit")
@blueprint.doc(summary="Gửi duyệt bản nháp")
@blueprint.arguments(DraftNoteBody)
@blueprint.response(200, DraftSchema)
def send(body: dict[str, str], key: str) -> tuple[DefinitionDraft, int, dict[str, str]]:
    """Ask for a review of the draft as it is."""
    with command() as work:
        return _answer(reviews.send(work, key, revision=etags.required(), note=body["note"]))


@blueprint.post("/<key>/approve")
@rule("definitions.approve")
@blueprint.doc(summary="Duyệt bản nháp")
@blueprint.arguments(DraftNoteBody)
@blueprint.response(200, DraftSchema)
def approve(body: dict[str, str], key: str) -> tuple[DefinitionDraft, int, dict[str, str]]:
    """Approve the draft that was read; under four eyes not by its last editor."""
    with command() as work:
        return _answer(
            reviews.approve(
                work, key, revision=etags.required(), four_eyes=runtime().four_eyes, note=body["note"]
            )
        )


@blueprint.post("/<key>/return")
@rule("definitions.approve")
@blueprint.doc(summary="Trả lại bản nháp để sửa")
@blueprint.arguments(DraftRemarkBody)
@blueprint.response(200, DraftSchema)
def send_back(body: dict[str, str], key: str) -> tuple[DefinitionDraft, int, dict[str, str]]:
    """Return a draft, saying what has to be changed."""
    with command() as work:
        return _answer(reviews.send_back(work, key, revision=etags.required(), remark=body["remark"]))


@blueprint.post("/<key>/remarks")
@rule("definitions.edit")
@blueprint.doc(summary="Ghi ý kiến vào bản nháp")
@blueprint.arguments(DraftRemarkBody)
@blueprint.response(204)
def remark(body: dict[str, str], key: str) -> None:
    """Add a remark to the thread of a draft."""
    with command() as work:
        reviews.remark(work, key, body["remark"])


@blueprint.post("/<key>/publish")
@rule("definitions.deploy")
@blueprint.doc(summary="Ban hành bản nháp")
@blueprint.arguments(DraftPublishBody)
@blueprint.response(201, DefinitionSchema)
def publish(body: dict[str, Any], key: str) -> Any:
    """Publish the draft that was read as the next version, in effect now or from a moment on."""
    with command() as work:
        return publishing.publish(
            work,
            key,
            revision=etags.required(),
            note=body["note"],
            four_eyes=runtime().four_eyes,
            effective_at=body["effective_at"],
        )


@blueprint.get("/<key>/copies")
@rule("definitions.edit")
@blueprint.doc(summary="Các bản lưu của bản nháp")
@blueprint.response(200, DraftCopiesSchema)
def copies(key: str) -> dict[str, Any]:
    """List drafts that were dropped, replaced, or kept beside another's."""
    with reading() as session:
        return {"items": drafts.copies(session, key)}


@blueprint.post("/<key>/copies")
@rule("definitions.edit")
@blueprint.doc(summary="Giữ sơ đồ thành bản lưu", requestBody=DIAGRAM)
@blueprint.response(201, DraftCopySchema)
def keep_copy(key: str) -> Any:
    """Keep a diagram that could not be saved because somebody else was faster."""
    content = request.get_data()
    xml_gate.parse(content, file=f"{key}.bpmn")
    with command() as work:
        return drafts.copy(work.session, key, drafts.keep_copy(work, key, content))


@blueprint.post("/<key>/copies/<copy_id>/restore")
@rule("definitions.edit")
@blueprint.doc(summary="Lấy bản lưu làm bản nháp")
@blueprint.response(200, DraftSchema)
def restore(key: str, copy_id: str) -> tuple[DefinitionDraft, int, dict[str, str]]:
    """Make a copy the draft again; the draft there was becomes a copy."""
    with command() as work:
        return _answer(drafts.restore(work, key, copy_id))


def _answer(draft: DefinitionDraft) -> tuple[DefinitionDraft, int, dict[str, str]]:
    return draft, 200, etags.headers(draft.revision)
