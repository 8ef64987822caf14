"""Two versions of a process beside each other: where they differ, in the drawings and in words."""

from typing import Any

from flask import Blueprint, render_template, request

from engine import definitions, differences, drafts
from engine.drafts import DRAFT
from engine.lint.labels import label
from engine.models import ProcessDefinition
from web.gate import rule, runtime
from web.property_words import property_name

blueprint = Blueprint("definition_differences", __name__, url_prefix="/definitions")


@blueprint.get("/<key>/differences")
@rule("definitions.read")
def show(key: str) -> str:
    """Show what changed between two versions, or between a version and the draft."""
    older, newer = request.args.get("from", ""), request.args.get("to", "")
    with runtime().database.reading() as session:
        every = definitions.versions(session, key)
        draft = drafts.get(session, key)
        older, newer = _pair(older, newer, every, has_draft=draft is not None)
        changes = differences.between(
            drafts.content_of(session, key, older), drafts.content_of(session, key, newer)
        )
    return render_template(
        "definitions/compare.html",
        here="definitions",
        key=key,
        name=every[0].name if every else key,
        versions=every,
        has_draft=draft is not None,
        older=older,
        newer=newer,
        changes=changes,
        **words_of_changes(),
    )


def words_of_changes() -> dict[str, Any]:
    """Give what the templates of differences say changes with."""
    return {"label": label, "property_name": property_name}


def _pair(older: str, newer: str, every: list[ProcessDefinition], *, has_draft: bool) -> tuple[str, str]:
    known = {str(one.version) for one in every} | ({DRAFT} if has_draft else set())
    if newer not in known:
        newer = DRAFT if has_draft else str(every[0].version if every else 1)
    if older not in known:
        before = [one.version for one in every if newer == DRAFT or one.version < int(newer)]
        older = str(before[0] if before else (every[-1].version if every else 1))
    return older, newer
