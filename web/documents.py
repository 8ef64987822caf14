"""Văn bản: the register, one document as it was read, its files."""

import re
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import document_files, document_numbers, documents, history, registers
from directives.assignment_tables import Assignment, Urging
from directives.directives import Directive
from directives.document_tables import Document
from directives.plan_tables import Plan
from foundation.errors import NotFound
from foundation.texts import _
from processes import overviews, visibility
from web import gate, names, timelines
from web.days import days

blueprint = Blueprint("documents", __name__, url_prefix="/documents")

#: shown in the browser instead of being downloaded: neither can run anything under our policy
_INLINE = frozenset({"application/pdf"})
DIRECTIONS = {"in": _("Văn bản đến"), "out": _("Văn bản đi"), "draft": _("Dự thảo")}


@blueprint.get("")
@gate.rule("documents.read")
def index() -> Any:
    """List documents: incoming, outgoing, drafts; find by number or words."""
    who, text = gate.principal(), request.args.get("q", "")[:200]
    direction = request.args.get("direction", "")
    direction = direction if direction in DIRECTIONS else ""
    page = max(1, request.args.get("page", 1, type=int))
    with gate.runtime().database.reading() as session:
        found = overviews.documents(session, who, direction=direction, text=text, page=page)
        issuers = names.organisations(session, [row.issuer_id for row in found.rows], days(session).today)
    return render_template(
        "documents/index.html",
        here="documents",
        found=found,
        direction=direction,
        directions=DIRECTIONS,
        query_text=text,
        page=page,
        issuers=issuers,
        types=document_numbers.TYPE_NAMES,
    )


@blueprint.get("/<document_id>")
@gate.rule("documents.read")
def show(document_id: str) -> Any:
    """Show one document: what it says, who got it, what became of it."""
    with gate.runtime().database.reading() as session:
        document = visibility.document(session, gate.principal(), document_id)
        recipients = documents.recipients(session, document_id)
        known = names.organisations(
            session, [document.issuer_id, document.organisation_id], days(session).today
        )
        return render_template(
            "documents/show.html",
            here="documents",
            document=document,
            lines=documents.text_lines(session, document_id),
            recipients=recipients,
            files=document_files.of_document(session, document_id),
            names=known,
            cycles=_cycles(session, document),
            plan=_plan(session, document),
            urged=_urged(session, document_id),
            register=registers.label(document),
            types=document_numbers.TYPE_NAMES,
            directions=DIRECTIONS,
            events=timelines.of_changes(history.of(session, "document", document_id), {}),
        )


@blueprint.get("/<document_id>/files/<attachment_id>")
@gate.rule("documents.read")
def download(document_id: str, attachment_id: str) -> Response:
    """Give a file byte for byte; it may not run, frame or load anything."""
    with gate.runtime().database.reading() as session:
        visibility.document(session, gate.principal(), document_id)
        attachment, content = document_files.read(session, attachment_id)
    if attachment.document_id != document_id:
        raise NotFound(_("Không tìm thấy tệp đính kèm."), attachment=attachment_id)
    return as_file(content, attachment.name, attachment.media_type)


def as_file(content: bytes, name: str, media_type: str) -> Response:
    """Answer with a file that a browser keeps or, for a PDF, shows in a sandbox."""
    is_shown = media_type in _INLINE
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name) or "file"
    response = Response(content, content_type=media_type if is_shown else "application/octet-stream")
    where = "inline" if is_shown else "attachment"
    response.headers["Content-Disposition"] = f"{where}; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _urged(session: Session, document_id: str) -> Assignment | None:
    """Give the assignment a document urges, if it is one that urges."""
    query = select(Assignment).join(Urging, Urging.assignment_id == Assignment.id)
    return session.scalar(query.where(Urging.document_id == document_id).limit(1))


def _cycles(session: Session, document: Document) -> list[Directive]:
    query = select(Directive).where(
        Directive.document_id == document.id, visibility.directives(gate.principal())
    )
    return list(session.scalars(query.order_by(Directive.id)))


def _plan(session: Session, document: Document) -> Plan | None:
    query = select(Plan).where(Plan.document_id == document.id, visibility.plans(gate.principal()))
    return session.scalars(query.limit(1)).first()
