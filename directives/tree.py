"""The directive tree: where it stands all the way down, and the chain up to the resolution (R-U11).

Three queries whatever the size; ten thousand nodes are built in memory in a blink. Every assignment given
somewhere beneath a node counts once in its figures.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import reduce
from operator import add
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from directives import deadlines, directives, figures, policies
from directives.assignment_tables import Assignment
from directives.directives import Directive
from directives.document_tables import Document
from directives.figures import Figures
from directives.states import Label, State, label
from foundation import calendars


@dataclass(frozen=True, kw_only=True)
class Node:
    """A directive or an assignment in the tree."""

    id: str
    #: `directive` or `assignment`
    kind: str
    #: the node above within the tree asked for
    parent_id: str | None
    depth: int
    title: str
    #: the implementing organisation, or the lead
    organisation_id: str
    #: number of a directive's document, section of an assignment
    number: str
    #: `directives.Status` or `states.State`
    status: str
    #: word, icon and colour of an assignment
    label: Label | None
    due: date | None
    children: int
    #: all assignments beneath, itself not counted
    figures: Figures


@dataclass(frozen=True, kw_only=True)
class Link:
    """One step of a chain: a document, cited or being implemented."""

    #: the cycle, None for a document that is only cited
    directive_id: str | None
    document_id: str | None
    number: str
    title: str
    organisation_id: str | None
    issued_on: date | None
    #: the assignment by which the next step down was given
    assignment_id: str | None


def chain(session: Session, directive_id: str) -> list[Link]:
    """Give the chain from the highest known document down to a directive and its child cycles (R-U11).

    Above the highest cycle stand the documents its document implements, as its legal bases say.
    """
    up = list(reversed(directives.ancestors(session, directive_id)))
    below = list(
        session.scalars(select(Directive).where(Directive.parent_id == directive_id).order_by(Directive.id))
    )
    ids = [item.document_id for item in (*up, *below)]
    documents = {row.id: row for row in session.scalars(select(Document).where(Document.id.in_(ids)))}
    steps = [_link(item, documents[item.document_id]) for item in (*up, *below)]
    return [*_cited(documents[up[0].document_id]), *steps]


def tree(session: Session, directive_id: str, today: date, *, depth: int | None = None) -> list[Node]:
    """Give a directive and everything beneath it in reading order, with figures rolled up.

    `depth` cuts the list below that level (for lazy opening); the figures count what was cut as well.
    """
    top = directives.get(session, directive_id)
    soon = deadlines.due_soon_horizon(today, calendars.load(session), policies.current(session, today))
    cycles = session.execute(_cycles_of(top.root_id)).all()
    tasks = session.execute(_tasks_of(top.root_id)).all()
    nodes = {row.id: _cycle_node(row) for row in cycles}
    nodes |= {row.id: _task_node(row, today, soon) for row in tasks}
    own = {row.id: _count(row, today, soon) for row in tasks}
    below: dict[str | None, list[str]] = defaultdict(list)
    for row in cycles:
        below[row.parent_assignment_id or row.parent_id].append(row.id)
    for row in tasks:
        below[row.parent_id or row.directive_id].append(row.id)
    order = _reading_order(directive_id, below)
    rolled = _rolled_up(order, below, own)
    return [
        replace(
            nodes[node_id],
            parent_id=parent,
            depth=level,
            children=len(below[node_id]),
            figures=rolled[node_id],
        )
        for node_id, parent, level in order
        if depth is None or level <= depth
    ]


def _reading_order(top: str, below: dict[str | None, list[str]]) -> list[tuple[str, str | None, int]]:
    order: list[tuple[str, str | None, int]] = []
    waiting: list[tuple[str, str | None, int]] = [(top, None, 0)]
    while waiting:
        node, parent, level = waiting.pop()
        order.append((node, parent, level))
        waiting += [(child, node, level + 1) for child in reversed(below[node])]
    return order


def _rolled_up(
    order: Sequence[tuple[str, str | None, int]],
    below: dict[str | None, list[str]],
    own: dict[str, Figures],
) -> dict[str, Figures]:
    rolled: dict[str, Figures] = {}
    # children stand after their parents in reading order, so backwards each is ready before it is needed
    for node, _parent, _level in reversed(order):
        parts = [rolled[child] + own.get(child, _NONE) for child in below[node]]
        rolled[node] = reduce(add, parts) if parts else _NONE
    return rolled


def _cycles_of(root_id: str) -> Any:
    return (
        select(
            Directive.id,
            Directive.parent_id,
            Directive.parent_assignment_id,
            Directive.title,
            Directive.organisation_id,
            Directive.status,
            Directive.internal_due,
            Document.number,
        )
        .join(Document, Document.id == Directive.document_id)
        .where(Directive.root_id == root_id)
        .order_by(Directive.id)
    )


def _tasks_of(root_id: str) -> Any:
    return (
        select(
            Assignment.id,
            Assignment.parent_id,
            Assignment.directive_id,
            Assignment.content,
            Assignment.lead_id,
            Assignment.section,
            Assignment.state,
            Assignment.current_due,
            Assignment.effective_due,
            Assignment.result_on,
            Assignment.extension_count,
            Assignment.return_count,
        )
        .where(Assignment.root_id == root_id)
        .order_by(Assignment.ordinal, Assignment.id)
    )


def _cycle_node(row: Row[Any]) -> Node:
    return Node(
        id=row.id,
        kind="directive",
        parent_id=None,
        depth=0,
        title=row.title,
        organisation_id=row.organisation_id,
        number=row.number or "",
        status=row.status,
        label=None,
        due=row.internal_due,
        children=0,
        figures=_NONE,
    )


def _task_node(row: Row[Any], today: date, soon: date) -> Node:
    state = State(row.state)
    timeliness = deadlines.timeliness(state, row.effective_due, today, row.result_on, soon)
    return Node(
        id=row.id,
        kind="assignment",
        parent_id=None,
        depth=0,
        title=row.content,
        organisation_id=row.lead_id,
        number=row.section,
        status=row.state,
        label=label(state, timeliness),
        due=row.current_due,
        children=0,
        figures=_NONE,
    )


def _count(row: Row[Any], today: date, soon: date) -> Figures:
    return figures.count(
        State(row.state),
        row.effective_due,
        row.result_on,
        today,
        soon=soon,
        is_extended=row.extension_count > 0,
        is_returned=row.return_count > 0,
    )


def _link(directive: Directive, document: Document) -> Link:
    return Link(
        directive_id=directive.id,
        document_id=document.id,
        number=document.number or "",
        title=directive.title,
        organisation_id=directive.organisation_id,
        issued_on=document.issued_on,
        assignment_id=directive.parent_assignment_id,
    )


def _cited(document: Document) -> list[Link]:
    """Read the documents implemented by one, the oldest first; the other legal bases are no links."""
    cited = [item for item in document.legal_bases if item.get("role") in ("implements", "grand_parent")]
    own = document.number
    links = [
        Link(
            directive_id=None,
            document_id=None,
            number=str(item.get("number") or ""),
            title=str(item.get("quoted") or item.get("type") or ""),
            organisation_id=None,
            issued_on=date.fromisoformat(item["date"]) if item.get("date") else None,
            assignment_id=None,
        )
        for item in cited
        if item.get("number") != own
    ]
    return sorted(links, key=lambda link: link.issued_on or date.min)


_NONE = Figures()
