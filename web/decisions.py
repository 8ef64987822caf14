"""Decision tables: which there are, how a version looks, who asks it, and trying it.

Editing: `web.decision_editor`; review and publishing: `web.decision_reviews`; versions and what differs:
`web.decision_versions`.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request
from sqlalchemy import select

from engine import decision_versions, drafts
from engine.decision_versions import DecisionVersion
from engine.lifecycle_tables import DefinitionDraft, Kind
from foundation.errors import NotFound
from foundation.texts import _
from web import decision_trials, names
from web.gate import rule, runtime

blueprint = Blueprint("decisions", __name__, url_prefix="/decisions")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One decision in the list; one that was never published has no version."""

    key: str
    name: str
    newest: DecisionVersion | None
    draft: DefinitionDraft | None
    #: names of the processes that ask it
    asked_by: tuple[str, ...] = ()


@blueprint.get("")
@rule("decisions.read")
def index() -> str:
    """Show every decision with its newest version, who asks it, and who is editing."""
    with runtime().database.reading() as session:
        query = select(DefinitionDraft).where(DefinitionDraft.kind == Kind.DECISION.value)
        editing = {draft.key: draft for draft in session.scalars(query)}
        newest = decision_versions.latest(session)
        uses = decision_versions.uses(session, [one.key for one in newest])
        people = names.accounts(
            session, [one.published_by for one in newest] + [one.updated_by for one in editing.values()]
        )
    known = {one.model for one in newest}
    lines = [
        Line(
            key=one.key,
            name=one.name,
            newest=one,
            draft=editing.get(one.model),
            asked_by=tuple(dict.fromkeys(use.name for use in uses[one.key])),
        )
        for one in newest
    ]
    lines += [
        Line(key=key, name=key, newest=None, draft=draft)
        for key, draft in sorted(editing.items())
        if key not in known
    ]
    return render_template("decisions/index.html", here="definitions", lines=lines, people=people)


@blueprint.get("/<key>")
@blueprint.get("/<key>/versions/<int:version>")
@rule("decisions.read")
def show(key: str, version: int | None = None) -> str:
    """Show one version as a table people read, the try-out, who asks it, and the versions."""
    return page(key, version)


@blueprint.post("/<key>/versions/<int:version>/try")
@rule("decisions.evaluate")
def evaluate(key: str, version: int) -> str:
    """Try a published version; nothing is stored. Answers the page, or its middle when htmx asks."""
    return page(key, version, is_asked=True)


@blueprint.get("/<key>/versions/<int:version>/model.dmn")
@rule("decisions.read")
def file(key: str, version: int) -> Response:
    """Give the bytes of the file a version came in."""
    with runtime().database.reading() as session:
        found = decision_versions.get(session, key, version)
        content = decision_versions.content(session, found)
    headers = {"Content-Disposition": f'attachment; filename="{found.model}-v{version}.dmn"'}
    return Response(content, mimetype="application/xml", headers=headers)


def page(key: str, version: int | None, *, is_asked: bool = False) -> str:
    """Give the page of a decision; with `is_asked` the answer to what was typed is on it."""
    with runtime().database.reading() as session:
        every = decision_versions.versions(session, key)
        if not every:
            return _unpublished(key)
        chosen = decision_versions.get(session, key, version)
        model = decision_versions.model_of(session, chosen)
        draft = drafts.get(session, chosen.model, kind=Kind.DECISION)
        uses = decision_versions.uses(session, [key])[key]
        people = names.accounts(
            session, [one.published_by for one in every] + ([draft.updated_by] if draft else [])
        )
        trial = decision_trials.asked(session, model, key) if is_asked else decision_trials.form(model, key)
    fragment = is_asked and "HX-Request" in request.headers
    return render_template(
        "decisions/tried.html" if fragment else "decisions/show.html",
        here="definitions",
        key=key,
        chosen=chosen,
        model=model,
        decision=model.decisions[key],
        needed=_needed(model, key),
        versions=every,
        draft=draft,
        uses=uses,
        people=people,
        trial=trial,
        matched=trial.matched or _marked(key),
    )


def _unpublished(key: str) -> str:
    with runtime().database.reading() as session:
        draft = drafts.get(session, key, kind=Kind.DECISION)
    if draft is None:
        raise NotFound(_("Không có bảng quyết định “{key}”.", key=key), decision=key)
    return render_template("decisions/unpublished.html", here="definitions", key=key, draft=draft)


def _needed(model: object, key: str) -> list[object]:
    """Give the decisions a decision requires, directly or not, the last one first."""
    decisions = model.decisions  # type: ignore[attr-defined]  # a dmn.Model
    found: dict[str, object] = {}
    waiting = [key]
    while waiting:
        for reference in decisions[waiting.pop()].decisions:
            if reference in decisions and reference not in found:
                found[reference] = decisions[reference]
                waiting.append(reference)
    return list(found.values())


def _marked(key: str) -> dict[str, tuple[int, ...]]:
    """Give the rules that the address marks (`?rules=1,3`): those that matched in an instance."""
    raw = request.args.get("rules", "")[:400]
    return {key: tuple(int(part) for part in raw.split(",") if part.isdecimal())} if raw else {}
