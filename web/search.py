"""Tìm kiếm: where is it? By number ("463", "1394/UBND") or words, with or without marks."""

from typing import Any

from flask import Blueprint, render_template, request

from directives import deadlines
from directives.states import State, label
from processes import finding
from web import gate, names
from web.days import days

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
@gate.signed_in
def index() -> Any:
    """Show what was found, by kind."""
    text = request.args.get("q", "").strip()[:200]
    with gate.runtime().database.reading() as session:
        found = finding.find(session, gate.principal(), text)
        now = days(session)
        ids = [row.lead_id for row in found.assignments]
        ids += [row.issuer_id for row in found.documents if row.issuer_id]
        ids += [one.parent_id for one in found.organisations if one.parent_id]
        known = names.organisations(session, ids, now.today)
    labels = {
        row.id: label(
            State(row.state),
            deadlines.timeliness(State(row.state), row.effective_due, now.today, row.result_on, now.soon),
        )
        for row in found.assignments
    }
    return render_template(
        "search/index.html",
        query=text,
        found=found,
        names=known,
        labels=labels,
        days=now,
        shortest=finding.SHORTEST,
    )
