"""The versions of a decision: who published each, when and why, and what differs between two."""

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import (
    decision_differences,
    decision_publishing,
    decision_versions,
    definition_events,
    dmn,
    drafts,
)
from engine.drafts import DRAFT
from engine.lifecycle_tables import Kind
from foundation.texts import _
from web import names
from web.gate import principal, rule, runtime
from web.posted import then

blueprint = Blueprint("decision_versions", __name__, url_prefix="/decisions")


@blueprint.get("/<key>/versions")
@rule("decisions.read")
def index(key: str) -> str:
    """List the versions and the history of a decision."""
    with runtime().database.reading() as session:
        newest = decision_versions.get(session, key)
        every = decision_versions.versions(session, key)
        draft = drafts.get(session, newest.model, kind=Kind.DECISION)
        events = definition_events.of_definition(session, newest.model, kind=Kind.DECISION)
        people = names.accounts(
            session, [*(one.published_by for one in every), *(event.by for event in events)]
        )
    return render_template(
        "decisions/versions.html",
        here="definitions",
        key=key,
        newest=newest,
        versions=every,
        draft=draft,
        events=events,
        acts=definition_events.ACTS,
        people=people,
    )


@blueprint.get("/<key>/differences")
@rule("decisions.read")
def differences(key: str) -> str:
    """Say what changed between two versions, or between a version and the draft."""
    with runtime().database.reading() as session:
        newest = decision_versions.get(session, key)
        every = decision_versions.versions(session, key)
        has_draft = drafts.get(session, newest.model, kind=Kind.DECISION) is not None
        known = [*([DRAFT] if has_draft else []), *(str(one.version) for one in every)]
        newer = request.args.get("to", "")
        newer = newer if newer in known else known[0]
        older = request.args.get("from", "")
        older = older if older in known else known[min(known.index(newer) + 1, len(known) - 1)]
        changes = decision_differences.between(_model(session, key, older), _model(session, key, newer))
    return render_template(
        "decisions/compare.html",
        here="definitions",
        key=key,
        name=newest.name,
        versions=every,
        has_draft=has_draft,
        older=older,
        newer=newer,
        changes=changes,
    )


@blueprint.post("/<key>/versions/<int:version>/draft")
@rule("definitions.edit")
def to_draft(key: str, version: int) -> Response:
    """Make an older version the draft of its model; a draft that is there becomes a kept copy."""
    with runtime().database.unit_of_work(principal().actor) as work:
        chosen = decision_versions.get(work.session, key, version)
        content = decision_versions.content(work.session, chosen)
        draft = drafts.replace(work, chosen.model, content, kind=Kind.DECISION)
        definition_events.record(
            work, chosen.model, "restored", kind=Kind.DECISION, version=version, revision=draft.revision
        )
        work.commit()
    said = _("Bản nháp bây giờ là phiên bản {version}.", version=version)
    return then("pages.decision_reviews.show", said, key=chosen.model)


def _model(session: Session, key: str, version: str) -> dmn.Model:
    if version != DRAFT:
        return decision_versions.model_of(session, decision_versions.get(session, key, int(version)))
    model = decision_versions.get(session, key).model
    content = drafts.needed(session, model, kind=Kind.DECISION).content
    return decision_publishing.read(session, model, content)
