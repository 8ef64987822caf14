"""Documents for machines: list, one with its recipients, its text by lines, its files byte for byte."""

from typing import Any
from urllib.parse import quote

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields
from sqlalchemy import select

from api import pages
from api.commands import reading
from api.gate import principal, rule
from directives import document_files, documents
from directives.document_tables import Document, DocumentAttachment
from foundation.errors import NotFound
from foundation.texts import _
from processes import overviews, visibility

blueprint = Blueprint("documents", __name__, url_prefix="/api/v1/documents", description="Văn bản")


class DocumentSchema(Schema):
    """A document."""

    id = fields.String()
    organisation = fields.String(attribute="organisation_id")
    direction = fields.String()
    stage = fields.String()
    type = fields.String(attribute="type_code")
    number = fields.String(allow_none=True)
    number_raw = fields.String()
    issuer = fields.String(attribute="issuer_id", allow_none=True)
    issuer_name = fields.String()
    issued_on = fields.Date(allow_none=True)
    received_on = fields.Date(allow_none=True)
    register_number = fields.Integer(allow_none=True)
    register_year = fields.Integer(allow_none=True)
    subject = fields.String()
    urgency = fields.Integer()
    signer = fields.Dict(allow_none=True)
    legal_bases = fields.List(fields.Dict())
    quirks = fields.List(fields.Dict())
    version = fields.Integer()


class RecipientSchema(Schema):
    """A recipient with how far the document got."""

    id = fields.String()
    name = fields.String()
    organisation = fields.String(attribute="organisation_id", allow_none=True)
    purpose = fields.String()
    status = fields.String()


class FileSchema(Schema):
    """A file without its bytes."""

    id = fields.String()
    name = fields.String()
    media_type = fields.String()
    size = fields.Integer()
    sha256 = fields.String()
    added_at = fields.AwareDateTime()


class WholeDocumentSchema(DocumentSchema):
    """A document with recipients and files."""

    recipients = fields.List(fields.Nested(RecipientSchema))
    files = fields.List(fields.Nested(FileSchema))


class TextSchema(Schema):
    """The lines of a document; items of plans point to them, counted from 1."""

    lines = fields.List(fields.String())


class DocumentsQuery(pages.PageQuery):
    """Which documents."""

    direction = fields.String(load_default=None)
    text = fields.String(load_default="", metadata={"description": "Số, ký hiệu hoặc từ trong trích yếu."})


@blueprint.get("")
@rule("documents.read")
@blueprint.doc(summary="Danh sách văn bản, mới nhất trước")
@blueprint.arguments(DocumentsQuery, location="query")
@blueprint.response(200, pages.listed(DocumentSchema))
def listing(query: dict[str, Any]) -> dict[str, Any]:
    """List the documents the caller may see."""
    statement = select(Document).where(visibility.documents(principal()))
    if query["direction"]:
        statement = statement.where(Document.direction == query["direction"])
    if query["text"].strip():
        statement = statement.where(overviews.matching(query["text"]))
    with reading() as session:
        return pages.newest(session, statement, Document.id, query)


@blueprint.get("/<document_id>")
@rule("documents.read")
@blueprint.doc(summary="Một văn bản với nơi nhận và tệp đính kèm")
@blueprint.response(200, WholeDocumentSchema)
def one(document_id: str) -> dict[str, Any]:
    """Look at one document."""
    with reading() as session:
        found = visibility.document(session, principal(), document_id)
        return {
            **{name: getattr(found, name) for name in _COLUMNS},
            "recipients": documents.recipients(session, document_id),
            "files": document_files.of_document(session, document_id),
        }


_COLUMNS = tuple(field.attribute or name for name, field in DocumentSchema().fields.items())


@blueprint.get("/<document_id>/text")
@rule("documents.read")
@blueprint.doc(summary="Nội dung văn bản theo dòng")
@blueprint.response(200, TextSchema)
def text_of(document_id: str) -> dict[str, Any]:
    """Read the lines of a document."""
    with reading() as session:
        visibility.document(session, principal(), document_id)
        return {"lines": documents.text_lines(session, document_id)}


@blueprint.get("/<document_id>/files/<file_id>")
@rule("documents.read")
@blueprint.doc(
    summary="Tệp đính kèm, đúng từng byte",
    responses={"200": {"description": "Nội dung tệp", "content": {"application/octet-stream": {}}}},
)
def file_of(document_id: str, file_id: str) -> Response:
    """Give a file byte for byte; always as a download."""
    with reading() as session:
        visibility.document(session, principal(), document_id)
        attachment = session.get(DocumentAttachment, file_id)
        if attachment is None or attachment.document_id != document_id:
            raise NotFound(_("Không tìm thấy tệp đính kèm."), attachment=file_id)
        attachment, content = document_files.read(session, file_id)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(attachment.name)}",
        "X-Content-Type-Options": "nosniff",
        "ETag": f'"{attachment.sha256}"',
    }
    return Response(content, mimetype=attachment.media_type, headers=headers)
