"""The list of instances: which are looked for, found newest first, with what each waits for and lacks."""

from dataclasses import dataclass

from flask import request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import Incident, ProcessInstance, UserTask
from engine.states import WorkState

#: rows of a page
PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Which instances the list shows."""

    process: str = ""
    state: str = ""
    text: str = ""
    parent: str = ""
    element: str = ""
    version: int | None = None
    only_broken: bool = False
    before: str = ""


def chosen() -> Chosen:
    """Give what the address of the page asks for."""
    args = request.args
    return Chosen(
        process=args.get("process", ""),
        state=args.get("state", ""),
        text=args.get("q", "").strip(),
        parent=args.get("parent", ""),
        element=args.get("element", ""),
        version=args.get("version", type=int),
        only_broken="broken" in args,
        before=args.get("before", ""),
    )


def listed(session: Session, wanted: Chosen) -> list[ProcessInstance]:
    """Give a page of instances and one more, so that one sees whether there are others."""
    table = ProcessInstance
    query = select(table)
    equal = (
        (table.key, wanted.process),
        (table.state, wanted.state),
        (table.parent_instance_id, wanted.parent),
        (table.parent_element, wanted.element),
        (table.definition_version, wanted.version),
    )
    for column, value in equal:
        if value:
            query = query.where(column == value)
    if wanted.text:
        query = query.where((table.business_key == wanted.text) | (table.id == wanted.text))
    if wanted.only_broken:
        query = query.where(table.id.in_(select(Incident.instance_id).where(Incident.resolved_at.is_(None))))
    if wanted.before:
        query = query.where(table.id < wanted.before)
    return list(session.scalars(query.order_by(table.id.desc()).limit(PAGE + 1)))


def open_steps(session: Session, ids: list[str]) -> dict[str, list[str]]:
    """Give the names of the open tasks of some instances."""
    query = select(UserTask.instance_id, UserTask.name).where(
        UserTask.instance_id.in_(ids), UserTask.state == WorkState.OPEN.value
    )
    found: dict[str, list[str]] = {}
    for instance_id, name in session.execute(query):
        found.setdefault(instance_id, []).append(name)
    return found


def broken(session: Session, ids: list[str]) -> dict[str, int]:
    """Count the incidents of some instances that nobody has resolved."""
    query = (
        select(Incident.instance_id, func.count())
        .where(Incident.instance_id.in_(ids), Incident.resolved_at.is_(None))
        .group_by(Incident.instance_id)
    )
    return dict(session.execute(query).all())
