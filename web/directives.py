"""Cây chỉ đạo: where does it stand, all the way down? The list of cycles, the tree with its roll-up."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import access, directives, documents, history, tree
from directives.directives import Directive
from directives.plan_tables import Plan
from directives.tree import Node
from foundation.errors import NotFound
from foundation.texts import _
from processes import overviews, visibility
from web import gate, names, timelines
from web.days import days

blueprint = Blueprint("directives", __name__, url_prefix="/directives")

#: levels that are open when the page comes
_OPEN = 2
#: children of one node shown at once; the rest is asked for
BRANCH = 200
STATUSES = {"": _("Tất cả"), "open": _("Đang thực hiện"), "closed": _("Đã kết thúc")}


@blueprint.get("")
@gate.rule("directives.read")
def index() -> Any:
    """List the cycles somebody may see, with their figures."""
    who, text = gate.principal(), request.args.get("q", "")[:200]
    status = request.args.get("status", "open")
    status = status if status in STATUSES else ""
    page = max(1, request.args.get("page", 1, type=int))
    with gate.runtime().database.reading() as session:
        now = days(session)
        found = overviews.directives(session, who, now.today, now.soon, status=status, text=text, page=page)
        ids = [row.organisation_id for row in found.rows] + [row.issuer_id for row in found.rows]
        known = names.organisations(session, ids, now.today)
    return render_template(
        "directives/index.html",
        here="tree",
        found=found,
        names=known,
        status=status,
        statuses=STATUSES,
        query_text=text,
        page=page,
        days=now,
    )


@blueprint.get("/<directive_id>")
@gate.rule("directives.read")
def show(directive_id: str) -> Any:
    """Show one cycle: what was decided, the tree beneath it, the chain around it."""
    with gate.runtime().database.reading() as session:
        directive = visibility.directive(session, gate.principal(), directive_id)
        now = days(session)
        nodes = visible_nodes(directive, tree.tree(session, directive_id, now.today))
        instructions = directives.instructions(session, directive_id)
        ids = [node.organisation_id for node in nodes] + [row.lead_unit_id for row in instructions]
        ids += [directive.organisation_id, directive.monitor_id, directive.consolidator_id]
        return render_template(
            "directives/show.html",
            here="tree",
            directive=directive,
            top=nodes[0],
            below=_children(nodes),
            days=now,
            branch=BRANCH,
            names=names.organisations(session, ids, now.today),
            document=directives.document_of(session, directive_id),
            plans=_plans(session, directive),
            steps=_chain(session, directive),
            instructions=instructions,
            lower=_lower(session, directive),
            open_levels=_OPEN,
            decisions=DECISIONS,
            has_text=bool(documents.text_lines(session, directive.document_id)),
            events=timelines.of_changes(history.of(session, "directive", directive_id), {}),
        )


@blueprint.get("/<directive_id>/branch/<node_id>")
@gate.rule("directives.read")
def branch(directive_id: str, node_id: str) -> Any:
    """Give what lies directly beneath one node, when somebody opens it; `from` turns the page."""
    start = max(0, request.args.get("from", 0, type=int))
    with gate.runtime().database.reading() as session:
        directive = visibility.directive(session, gate.principal(), directive_id)
        now = days(session)
        nodes = visible_nodes(directive, tree.tree(session, directive_id, now.today))
        below = _children(nodes)
        if node_id not in {node.id for node in nodes}:
            raise NotFound
        known = names.organisations(
            session, [one.organisation_id for one in below.get(node_id, [])], now.today
        )
    return render_template(
        "directives/branch.html",
        directive=directive,
        children=below.get(node_id, [])[start : start + BRANCH],
        below=below,
        node_id=node_id,
        names=known,
        days=now,
        branch=BRANCH,
        following=start + BRANCH,
        remaining=len(below.get(node_id, [])) - start - BRANCH,
    )


#: what a bút phê decides, as officials say it
DECISIONS = {
    "for_information": _("Chỉ để biết, lưu"),
    "do_now": _("Giao làm ngay một việc"),
    "issue_plan": _("Ban hành kế hoạch triển khai"),
    "forward": _("Chuyển cơ quan khác"),
}


def visible_nodes(directive: Directive, nodes: list[Node]) -> list[Node]:
    """Give the nodes a person may see: all of the own branch, else the ways to what it was given (R-U5)."""
    who = gate.principal()
    if access.allow(who, "directives.read", directive.organisation_id):
        return nodes
    reach = access.visible_organisation_ids(who, "assignments.read") or frozenset()
    parents = {node.id: node.parent_id for node in nodes}
    mine = {node.id for node in nodes if node.organisation_id in reach}
    kept = {nodes[0].id}
    for node in nodes:
        above = parents[node.id]
        if node.id in mine or (above in kept and above != nodes[0].id and above in mine):
            mine.add(node.id)
            step: str | None = node.id
            while step is not None and step not in kept:
                kept.add(step)
                step = parents[step]
    return [node for node in nodes if node.id in kept]


def _children(nodes: list[Node]) -> dict[str, list[Node]]:
    below: dict[str, list[Node]] = {}
    for node in nodes:
        if node.parent_id is not None:
            below.setdefault(node.parent_id, []).append(node)
    return below


def _chain(session: Session, directive: Directive) -> list[tuple[str, str | None]]:
    steps: list[tuple[str, str | None]] = []
    for link in tree.chain(session, directive.id):
        is_here = link.directive_id == directive.id
        url = None if is_here or not link.directive_id else url_for(".show", directive_id=link.directive_id)
        steps.append((link.number or link.title, url))
        if is_here:
            break
    return steps


def _lower(session: Session, directive: Directive) -> list[tuple[str, str, str]]:
    """Give the cycles of lower organisations that carry this one out: id, number, title."""
    links = tree.chain(session, directive.id)
    at = next((place for place, link in enumerate(links) if link.directive_id == directive.id), len(links))
    return [(link.directive_id, link.number, link.title) for link in links[at + 1 :] if link.directive_id]


def _plans(session: Session, directive: Directive) -> list[Plan]:
    query = select(Plan).where(Plan.directive_id == directive.id, visibility.plans(gate.principal()))
    return list(session.scalars(query.order_by(Plan.id)))
