"""Processes: which ones there are, how a version looks, the forms they use.

Editing: `web.diagram_editor`; review and publishing: `web.definition_reviews`; all versions:
`web.definition_versions`; what differs between two: `web.definition_differences`.
"""

from dataclasses import dataclass
from datetime import datetime

import orjson
from flask import Blueprint, Response, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import definitions, drafts, forms, graphs, publishing
from engine.lifecycle_tables import DefinitionDraft
from engine.models import (
    DecisionDefinition,
    FormDefinition,
    ProcessDefinition,
    ProcessInstance,
)
from engine.states import LIVE
from foundation.errors import NotFound
from foundation.texts import _
from web import names
from web.definition_versions import notes_of, running_by_version
from web.gate import rule, runtime

blueprint = Blueprint("definitions", __name__, url_prefix="/definitions")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One process in the list."""

    key: str
    name: str
    version: int
    versions: int
    running: int
    published_at: datetime | None
    #: state of the newest version; retired as well when the whole process is
    state: str
    #: who saved the draft and when, None without a draft
    draft: DefinitionDraft | None


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Something a diagram uses: a form, a decision table, another process."""

    #: form, decision or process
    kind: str
    key: str
    #: labels of the steps that use it
    steps: tuple[str, ...]


@blueprint.get("")
@rule("definitions.read")
def index() -> str:
    """Show every process with its newest version, how many run, and who is editing."""
    with runtime().database.reading() as session:
        lines = _lines(session)
        editors = names.accounts(session, [line.draft.updated_by for line in lines if line.draft])
        counts = {
            "forms": session.scalar(select(func.count(FormDefinition.key.distinct()))) or 0,
            "decisions": session.scalar(select(func.count(DecisionDefinition.key.distinct()))) or 0,
        }
    return render_template(
        "definitions/index.html", here="definitions", lines=lines, editors=editors, also=counts
    )


@blueprint.get("/<key>")
@blueprint.get("/<key>/versions/<int:version>")
@rule("definitions.read")
def show(key: str, version: int | None = None) -> str:
    """Show one version: the diagram, the versions beside it, and what the steps need."""
    with runtime().database.reading() as session:
        every = definitions.versions(session, key)
        draft = drafts.get(session, key)
        if not every and draft is None:
            raise NotFound(_("Không có quy trình “{key}”.", key=key))
        current = definitions.in_effect(session, key, runtime().clock.now())
        chosen = _chosen(every, version, key) if version is not None else current or _chosen(every, None, key)
        running = running_by_version(session, key)
        people = names.accounts(
            session, [one.published_by for one in every] + ([draft.updated_by] if draft else [])
        )
        references = () if chosen is None else _references(session, chosen)
        notes = notes_of(session, every)
        retired_at = publishing.is_retired(session, key)
        waiting = definitions.scheduled(session, key)
    return render_template(
        "definitions/show.html",
        here="definitions",
        key=key,
        chosen=chosen,
        versions=every,
        draft=draft,
        running=running,
        people=people,
        references=references,
        notes=notes,
        current=current,
        retired_at=retired_at,
        waiting=waiting,
    )


@blueprint.get("/<key>/versions/<int:version>/diagram.bpmn")
@rule("definitions.read")
def diagram(key: str, version: int) -> Response:
    """Give the bytes of a version, for the viewer and for download."""
    with runtime().database.reading() as session:
        found = definitions.published(session, key, version)
        content = definitions.content(session, found)
    headers = {"ETag": f'"{found.sha256}"', "Cache-Control": "private, max-age=31536000, immutable"}
    if "download" in request.args:
        headers["Content-Disposition"] = f'attachment; filename="{key}-v{version}.bpmn"'
    return Response(content, mimetype="application/xml", headers=headers)


@blueprint.get("/forms")
@rule("definitions.read")
def forms_index() -> str:
    """List the forms with their newest versions."""
    with runtime().database.reading() as session:
        found = _newest_forms(session)
        schemas = definitions.form_schemas(session, [key for key, _version, _at in found])
    return render_template(
        "definitions/forms.html",
        here="definitions",
        forms=found,
        form_titles={key: forms.load(schema).title or key for key, schema in schemas.items()},
    )


@blueprint.get("/forms/<key>")
@rule("definitions.read")
def form(key: str) -> str:
    """Show a form as the person at work sees it, and its source."""
    with runtime().database.reading() as session:
        schema = definitions.form(session, key)
    loaded = forms.load(schema)
    # lists that come from the process are not there in a preview
    source = orjson.dumps(schema, option=orjson.OPT_INDENT_2).decode()
    return render_template("definitions/form.html", here="definitions", key=key, loaded=loaded, source=source)


def _chosen(every: list[ProcessDefinition], version: int | None, key: str) -> ProcessDefinition | None:
    if version is None:
        return every[0] if every else None
    found = next((one for one in every if one.version == version), None)
    if found is None:
        raise NotFound(_("Quy trình “{key}” không có phiên bản {version}.", key=key, version=version))
    return found


def _lines(session: Session) -> list[Line]:
    editing = {draft.key: draft for draft in session.scalars(select(DefinitionDraft))}
    newest = definitions.latest(session)
    retired = definitions.retired_keys(session)
    versions: dict[str, int] = dict(
        session.execute(select(ProcessDefinition.key, func.count()).group_by(ProcessDefinition.key)).all()
    )
    live: dict[str, int] = dict(
        session.execute(
            select(ProcessInstance.key, func.count())
            .where(ProcessInstance.state.in_([state.value for state in LIVE]))
            .group_by(ProcessInstance.key)
        ).all()
    )
    lines = [
        Line(
            key=one.key,
            name=one.name,
            version=one.version,
            versions=versions.get(one.key, 0),
            running=live.get(one.key, 0),
            published_at=one.published_at,
            state="retired" if one.key in retired else one.state,
            draft=editing.pop(one.key, None),
        )
        for one in newest
    ]
    fresh = [
        Line(
            key=key,
            name=key,
            version=0,
            versions=0,
            running=0,
            published_at=None,
            state="published",
            draft=draft,
        )
        for key, draft in sorted(editing.items())
    ]
    return lines + fresh


def _references(session: Session, definition: ProcessDefinition) -> tuple[Reference, ...]:
    found: dict[tuple[str, str], list[str]] = {}
    for node in graphs.of_definition(session, definition.id).nodes:
        element = node.element
        used = [
            ("form", element.attributes.get("formKey") or element.attributes.get("formRef")),
            ("decision", element.attributes.get("decisionRef")),
            ("decision", element.ladder.decision if element.ladder else None),
            ("process", element.attributes.get("calledElement")),
        ]
        for kind, key in used:
            if key:
                found.setdefault((kind, key.removeprefix("=").strip('"')), []).append(node.title)
    return tuple(
        Reference(kind=kind, key=key, steps=tuple(dict.fromkeys(steps)))
        for (kind, key), steps in sorted(found.items())
    )


def _newest_forms(session: Session) -> list[tuple[str, int, datetime]]:
    query = (
        select(FormDefinition.key, func.max(FormDefinition.version), func.max(FormDefinition.published_at))
        .group_by(FormDefinition.key)
        .order_by(FormDefinition.key)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]
