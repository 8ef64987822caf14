"""Where an instance is: one reading of the projections for the diagram and for the outline beside it.

The number of queries is fixed whatever the length of the history or the number of children.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from engine import graphs, instances
from engine.instances import WaitingElement
from engine.models import HistoryEvent, Incident, ProcessInstance, UserTask
from engine.spiff.graph import ProcessGraph
from engine.states import LIVE, WorkState
from foundation.texts import Text, _
from foundation.vietnamese import format_date
from foundation.working_time import local_date
from web import context, names
from web.days import Days
from web.gate import runtime

#: steps an official knows; gateways and automatic steps only appear while something waits there
STEPS = frozenset({"userTask", "manualTask", "callActivity", "receiveTask"})
#: what an instance waits for, beside people
WAITS: Mapping[str, Text] = {
    "job": _("hệ thống đang xử lý"),
    "external": _("chờ bộ xử lý bên ngoài “{topic}”"),
    "timer": _("chờ đến {day}"),
    "message": _("chờ thông tin từ nơi khác"),
    "signal": _("chờ tín hiệu"),
    "conditional": _("chờ đủ điều kiện"),
    "child": _("quy trình con đang chạy"),
}
#: what people are to be done with by a due moment; a timer's moment is no due date
_DATED = frozenset({"user_task", "child"})


def _kind_of(waiting: WaitingElement) -> str:
    """Give what an element waits for; a topic without a handler here is done by a program elsewhere."""
    if waiting.kind == "job" and waiting.name not in runtime().dispatcher.handlers:
        return "external"
    return waiting.kind


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of the outline."""

    element: str
    name: str
    #: done, active, late or future
    state: str
    sub: str = ""
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Marks on the diagram and the outline that says the same."""

    #: element id → {state, count, note}, as the viewer wants it
    elements: dict[str, dict[str, Any]] = field(default_factory=dict)
    flows: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    #: how many of the outline's steps are done
    done: int = 0
    #: element id → its name as drawn
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def here(self) -> list[Step]:
        """Give the steps at which the instance is now."""
        return [step for step in self.steps if step.state in {"active", "late"}]


@dataclass(frozen=True, kw_only=True)
class _Facts:
    graph: ProcessGraph
    #: completed elements, the last time each was
    finished: Mapping[str, tuple[int, datetime, str]]
    waiting: Mapping[str, list[WaitingElement]]
    tasks: Mapping[str, list[UserTask]]
    broken: frozenset[str]
    #: completed activities that were undone since
    undone: frozenset[str]
    people: Mapping[str, str]
    groups: Mapping[str, str]
    children: Mapping[str, tuple[int, int]]


def picture(session: Session, instance: ProcessInstance, today: Days | None) -> Picture:
    """Give the marks and the outline of an instance; without a calendar due days show no days left."""
    facts = _facts(session, instance)
    elements: dict[str, dict[str, Any]] = {
        element: {"state": "done"} for element in facts.finished if element not in facts.waiting
    }
    for element, waiting in facts.waiting.items():
        elements[element] = _mark(facts, element, waiting, today)
    for element in facts.undone & elements.keys():
        if elements[element]["state"] == "done":
            elements[element]["note"] = context.text(_("đã hoàn tác"))
    for scope in _entered(facts, elements):
        elements.setdefault(scope, {"state": "done"})
    for element in facts.broken:
        note = context.text(_("có sự cố"))
        elements[element] = {"state": "incident", "count": len(facts.waiting.get(element, ())), "note": note}
    steps = _outline(facts, elements, instance, today)
    return Picture(
        elements=elements,
        flows=_flows(session, instance.id, facts.graph, elements),
        steps=steps,
        done=sum(step.state == "done" for step in steps),
        titles={element: node.title for element, node in facts.graph.task_specs.items()},
    )


def _facts(session: Session, instance: ProcessInstance) -> _Facts:
    waiting: dict[str, list[WaitingElement]] = {}
    for one in instances.waiting(session, instance.id):
        waiting.setdefault(one.element, []).append(one)
    tasks: dict[str, list[UserTask]] = {}
    for task in session.scalars(
        select(UserTask).where(UserTask.instance_id == instance.id, UserTask.state == WorkState.OPEN.value)
    ):
        tasks.setdefault(task.element, []).append(task)
    every = [task for several in tasks.values() for task in several]
    on = local_date(instance.started_at)
    finished = _finished(session, instance.id)
    return _Facts(
        graph=graphs.of_definition(session, instance.definition_id),
        finished=finished,
        undone=_undone(session, instance.id, finished),
        waiting=waiting,
        tasks=tasks,
        broken=_broken(session, instance.id),
        people=names.accounts(session, [task.assignee or "" for task in every]),
        groups=names.groups(session, [group for task in every for group in task.candidate_groups], on),
        children=_children(session, instance.id),
    )


def _finished(session: Session, instance_id: str) -> dict[str, tuple[int, datetime, str]]:
    last = (
        select(HistoryEvent.element, func.max(HistoryEvent.seq).label("seq"))
        .where(HistoryEvent.instance_id == instance_id, HistoryEvent.type == "element.completed")
        .group_by(HistoryEvent.element)
        .subquery()
    )
    rows = session.execute(
        select(HistoryEvent.element, HistoryEvent.seq, HistoryEvent.at, HistoryEvent.actor_name)
        .join(last, last.c.seq == HistoryEvent.seq)
        .where(HistoryEvent.instance_id == instance_id)
    )
    return {row.element: (row.seq, row.at, row.actor_name) for row in rows}


def _undone(
    session: Session, instance_id: str, finished: Mapping[str, tuple[int, datetime, str]]
) -> frozenset[str]:
    query = (
        select(HistoryEvent.element, func.max(HistoryEvent.seq))
        .where(HistoryEvent.instance_id == instance_id, HistoryEvent.type == "element.compensated")
        .group_by(HistoryEvent.element)
    )
    rows = session.execute(query)
    return frozenset(element for element, seq in rows if element in finished and seq > finished[element][0])


def _broken(session: Session, instance_id: str) -> frozenset[str]:
    query = select(Incident.element).where(
        Incident.instance_id == instance_id, Incident.resolved_at.is_(None), Incident.element != ""
    )
    return frozenset(session.scalars(query))


def _children(session: Session, instance_id: str) -> dict[str, tuple[int, int]]:
    """Give by call activity how many children there are and how many of them still run."""
    query = (
        select(ProcessInstance.parent_element, ProcessInstance.state, func.count())
        .where(ProcessInstance.parent_instance_id == instance_id)
        .group_by(ProcessInstance.parent_element, ProcessInstance.state)
    )
    found: dict[str, tuple[int, int]] = {}
    live = {state.value for state in LIVE}
    for element, state, count in session.execute(query):
        every, running = found.get(element or "", (0, 0))
        found[element or ""] = (every + count, running + (count if state in live else 0))
    return found


def _mark(facts: _Facts, element: str, waiting: list[WaitingElement], today: Days | None) -> dict[str, Any]:
    due = min((one.due_at for one in waiting if one.kind in _DATED and one.due_at), default=None)
    mark: dict[str, Any] = {"state": "active", "count": len(waiting)}
    left = None if today is None else today.left(due)
    if left is not None and left < 0:
        mark |= {"state": "late", "note": context.text(_("quá hạn {days} ngày", days=-left))}
    if element in facts.children:
        every, running = facts.children[element]
        if running and every > 1:
            mark |= {
                "count": running,
                "note": context.text(_("{done}/{every} đã xong", done=every - running, every=every)),
            }
    if _only_listens(facts, element, waiting):
        return {"state": "future"}
    return mark


def _entered(facts: _Facts, elements: Mapping[str, dict[str, Any]]) -> set[str]:
    """Give the sub-processes in which something was reached: their frames are drawn in ink."""
    nodes = facts.graph.task_specs
    reached = {element for element, mark in elements.items() if mark["state"] != "future"}
    scopes = {nodes[element].scope for element in reached if element in nodes}
    return {scope for scope in scopes if scope is not None}


def _only_listens(facts: _Facts, element: str, waiting: list[WaitingElement]) -> bool:
    """Boundary events and starts of event sub-processes listen beside the work; they are not where it is."""
    node = facts.graph.task_specs.get(element)
    if node is None or any(one.kind in {"user_task", "job", "child"} for one in waiting):
        return False
    return bool(node.element.attached_to) or node.element.type == "startEvent"


def _flows(
    session: Session, instance_id: str, graph: ProcessGraph, elements: Mapping[str, dict[str, Any]]
) -> list[str]:
    """Give the flows that were taken: what gateways wrote down, and flows without a choice."""
    chosen: set[str] = set()
    gateways: set[str] = set()
    query = select(HistoryEvent.element, HistoryEvent.data).where(
        HistoryEvent.instance_id == instance_id,
        or_(
            HistoryEvent.type == "flows.chosen",
            and_(HistoryEvent.type == "element.completed", HistoryEvent.element_type.like("%Gateway")),
        ),
    )
    for element, data in session.execute(query):
        gateways.add(element)
        chosen.update((data or {}).get("flows", ()))
    reached = {element for element, mark in elements.items() if mark["state"] != "future"}
    taken = [
        flow.id
        for flow in graph.flows.values()
        if flow.id in chosen
        or (
            flow.is_drawn
            and flow.source not in gateways
            and _is_done(elements, flow.source)
            and flow.target in reached
        )
    ]
    return list(dict.fromkeys([*taken, *sorted(chosen)]))


def _is_done(elements: Mapping[str, dict[str, Any]], element: str) -> bool:
    return elements.get(element, {}).get("state") == "done"


def _outline(
    facts: _Facts, elements: Mapping[str, dict[str, Any]], instance: ProcessInstance, today: Days | None
) -> list[Step]:
    steps: list[Step] = []
    for node in _in_order(facts.graph):
        element = node.element
        state = elements.get(element.id, {}).get("state", "future")
        if state in {"active", "late", "incident"} and element.type not in {"subProcess", "transaction"}:
            step_state = "late" if state in {"late", "incident"} else "active"
            said = _now(facts, element.id, instance, today)
            steps.append(Step(element=element.id, name=node.title, state=step_state, **said))
        elif element.type in STEPS and state == "done":
            _seq, at, who = facts.finished[element.id]
            undone = context.text(_("đã hoàn tác")) if element.id in facts.undone else ""
            sub = " · ".join(part for part in (format_date(at), who, undone) if part)
            steps.append(Step(element=element.id, name=node.title, state="done", sub=sub))
        elif element.is_for_compensation:
            continue
        elif element.type in STEPS and state == "future" and instance.ended_at is None:
            steps.append(Step(element=element.id, name=node.title, state="future"))
    return steps


def _now(facts: _Facts, element: str, instance: ProcessInstance, today: Days | None) -> dict[str, Any]:
    """Give who has it, until when, and where to go: “Trưởng phòng … — còn 3 ngày làm việc”."""
    tasks = facts.tasks.get(element, [])
    url = None
    parts: list[str] = []
    if tasks:
        first = min(tasks, key=lambda task: (task.due_at is None, task.due_at))
        parts += [_who(facts, first), _left(first.due_at, today)]
        if len(tasks) > 1:
            parts.append(context.text(_("{count} việc đang mở", count=len(tasks))))
        url = url_for("pages.tasks.show", task_id=first.id)
    else:
        for one in facts.waiting.get(element, [])[:1]:
            kind = _kind_of(one)
            said = {"day": format_date(one.due_at), "topic": one.name}
            parts.append(context.text(Text(WAITS[kind].template, said)) if kind in WAITS else kind)
        if element in facts.children:
            every, running = facts.children[element]
            called = [one for one in facts.waiting.get(element, []) if one.kind == "child"]
            dues = [one.due_at for one in called if one.due_at]
            parts = [
                context.text(_("{running} trong {every} phiên con đang chạy", running=running, every=every)),
                _left(min(dues, default=None), today),
            ]
            url = url_for("pages.instances.index", parent=instance.id, element=element)
    if element in facts.broken:
        parts.insert(0, context.text(_("có sự cố")))
        url = "#incidents"
    return {"sub": " — ".join(part for part in parts if part), "url": url}


def _who(facts: _Facts, task: UserTask) -> str:
    if task.assignee:
        return facts.people.get(task.assignee, task.assignee)
    shown = [facts.groups.get(group, group) for group in task.candidate_groups]
    if len(shown) > 1:
        return context.text(_("{first} hoặc {count} nhóm khác", first=shown[0], count=len(shown) - 1))
    return shown[0] if shown else context.text(_("chưa giao cho ai"))


def _left(due: datetime | None, today: Days | None) -> str:
    if due is None:
        return ""
    left = None if today is None else today.left(due)
    if left is None:
        return format_date(due)
    if left < 0:
        return context.text(_("quá hạn {days} ngày", days=-left))
    if left == 0:
        return context.text(_("hạn hôm nay"))
    return context.text(_("còn {days} ngày làm việc", days=left))


def _in_order(graph: ProcessGraph) -> list[Any]:
    """Give the nodes in topological order from the start, loops cut, those nothing leads to last.

    The reverse of the order in which a depth-first walk leaves them; among equals the first drawn is first.
    """
    seen: set[str] = set()
    left: list[Any] = []
    pending = [(node, False) for node in graph.starts(None)]
    while pending:
        node, is_left = pending.pop()
        if is_left:
            left.append(node)
        elif node.element.id not in seen:
            seen.add(node.element.id)
            pending += [(node, True), *((one, False) for one in _after(graph, node))]
    return [*reversed(left), *(node for node in graph.nodes if node.element.id not in seen)]


def _after(graph: ProcessGraph, node: Any) -> list[Any]:
    """Give what follows a node: what is inside it, what its boundary events lead to, what comes next."""
    inside = graph.starts(node.element.id) if node.element.type == "subProcess" else []
    aside = [graph.node(flow.target) for one in node.boundaries for flow in one.outgoing]
    return [*inside, *aside, *(graph.node(flow.target) for flow in node.outgoing)]
