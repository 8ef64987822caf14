"""An instance exported as a scenario: what came to it from outside, in its order, and where it stands now.

Played again, the scenario takes the same way: people's entries, job results and errors, messages, signals,
ended children and the moments of its timers are steps; what the process did by itself is not.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import graphs, history, instances
from engine.models import HistoryEvent, Incident, Job, ProcessInstance
from engine.play import HELD, PASSED
from engine.spiff.graph import ProcessGraph
from engine.states import InstanceState, WorkState
from foundation.errors import Conflict
from foundation.texts import _

#: lines of history that tell of a change by hand: no step of a scenario does the same
BY_HAND = frozenset(
    {
        "activity.skipped",
        "variables.repaired",
        "instance.modified",
        "instance.migrated",
        "instance.forked",
        "incident.closed",
        "ad_hoc.ended",
    }
)
#: lines that happen because time went by
CLOCK = frozenset({"timer.fired", "escalation.fired"})
_ENDED = {InstanceState.COMPLETED.value, InstanceState.TERMINATED.value}
_LIVE = {InstanceState.RUNNING.value, InstanceState.SUSPENDED.value}

Step = dict[str, Any]


def as_yaml(session: Session, instance_id: str) -> str:
    """Give the scenario of an instance as the text of a scenario file."""
    found = export(session, instance_id)
    return yaml.safe_dump(found, allow_unicode=True, sort_keys=False, width=100)


def export(session: Session, instance_id: str) -> dict[str, Any]:
    """Give the scenario of an instance; files of its processes are not part of it.

    Raises NotFound for an unknown instance, Conflict for one that took no step yet or was changed by hand.
    """
    row = instances.get(session, instance_id)
    lines = history.of_instance(session, instance_id, limit=1_000_000)
    if not lines or lines[0].type != "instance.started":
        raise Conflict(
            _("Phiên chạy chưa đi bước nào hoặc được tách từ phiên khác; chưa có gì để xuất."), id=instance_id
        )
    changed = next((line for line in lines if line.type in BY_HAND), None)
    if changed is not None:
        raise Conflict(
            _(
                "Phiên chạy đã được sửa tay ở dòng {seq} của lịch sử ({what}); "
                "kịch bản không đi lại được như vậy.",
                seq=changed.seq,
                what=changed.type,
            ),
            id=instance_id,
        )
    steps = list(_Recorded(session, row, lines).steps())
    return {
        "process": row.key,
        "name": f"{row.key} {row.business_key or row.id}",
        "start": _start(session, row, lines),
        "jobs": HELD,
        "steps": [*steps, {"expect": _expected(session, row, lines)}],
    }


class _Recorded:
    """Reads the steps off the history of an instance."""

    def __init__(self, session: Session, row: ProcessInstance, lines: list[HistoryEvent]) -> None:
        self._session, self._row, self._lines = session, row, lines
        self._clock = lines[0].at
        #: messages the instance sent itself and did not take yet
        self._own: Counter[tuple[str, str]] = Counter()
        self._broadcasts: set[str] = set()

    def steps(self) -> Iterator[Step]:
        """Give what came from outside, the clock moved between."""
        for line in self._lines:
            step = self._step(line)
            if step is None and line.type not in CLOCK:
                continue
            if line.at > self._clock:
                self._clock = line.at
                yield {"to": _shown(line.at)}
            if step is not None:
                yield step

    def _step(self, line: HistoryEvent) -> Step | None:
        data = dict(line.data or {})
        given = _place(line) | _given(data)
        told: dict[str, Step] = {
            "user_task.completed": {"complete": given},
            "job.completed": {"job": given},
            "ad_hoc.activated": {"activate": {"activity": str(data.get("activity"))}},
            "instance.cancel_requested": {"cancel": {"reason": str(data.get("reason") or "–")}},
        }
        if line.type in told:
            return told[line.type]
        if line.type == "error.thrown" and self._is_job(line):
            return {"job": given | {"error": data.get("code")}}
        if line.type == "child.ended":
            return {"child": self._child(line, data)}
        if line.type in {"message.thrown", "message.received", "signal.received"}:
            return self._event(line, data)
        return None

    def _event(self, line: HistoryEvent, data: dict[str, Any]) -> Step | None:
        """Give the step for a message or signal from outside; what the instance sent itself needs none."""
        if line.type == "signal.received":
            broadcast = str(data.get("broadcast"))
            if data.get("is_own") or broadcast in self._broadcasts:
                return None
            self._broadcasts.add(broadcast)
            return {"signal": {"name": self._known(line, data, "signal"), **_given(data)}}
        name, key = self._known(line, data, "message"), str(data.get("key") or "")
        if line.type == "message.thrown":
            self._own[name, key] += 1
            return None
        if self._own[name, key]:
            self._own[name, key] -= 1
            return None
        return {"message": {"name": name, "key": key, **_given(data)}}

    def _known(self, line: HistoryEvent, data: dict[str, Any], fact: str) -> str:
        if fact not in data:
            raise Conflict(
                _("Dòng {seq} của lịch sử do phiên bản phần mềm cũ ghi, không đủ dữ kiện.", seq=line.seq),
                id=self._row.id,
            )
        return str(data[fact])

    def _is_job(self, line: HistoryEvent) -> bool:
        """Tell whether an error came out of a job: its task threw it itself."""
        statement = select(Job.id).where(Job.instance_id == self._row.id, Job.token == line.token)
        return self._session.scalars(statement.limit(1)).first() is not None

    def _child(self, line: HistoryEvent, data: dict[str, Any]) -> Step:
        step: Step = {"call": line.element, "key": str(data.get("key"))}
        if line.scope:
            step["scope"] = line.scope
        outcome = data.get("outcome")
        if outcome == InstanceState.CANCELLED:
            return step | {"cancelled": True}
        if outcome == InstanceState.FAILED:
            return step | {"error": data.get("code")} | _given(data)
        child = self._session.scalars(
            select(ProcessInstance).where(
                ProcessInstance.parent_instance_id == self._row.id,
                ProcessInstance.parent_token == line.token,
                ProcessInstance.element_key == data.get("key"),
            )
        ).first()
        return step | ({} if child is None else {"variables": instances.variables(child)})


def _start(session: Session, row: ProcessInstance, lines: list[HistoryEvent]) -> dict[str, Any]:
    start: dict[str, Any] = {"at": _shown(lines[0].at)}
    if row.business_key:
        start["business_key"] = row.business_key
    first = next((line.element for line in lines if line.type == "element.entered"), None)
    event = _start_event(graphs.of_definition(session, row.definition_id), first)
    if event is not None:
        start["event"] = event
    start["variables"] = dict((lines[0].data or {}).get("variables") or {})
    return start


def _start_event(graph: ProcessGraph, first: str | None) -> str | None:
    """Give the event an instance began at; None when it began as drawn."""
    starts = {node.element.id: node for node in graph.starts(None)}
    if first not in starts or starts[first].is_none_start:
        return None
    return first


def _expected(session: Session, row: ProcessInstance, lines: list[HistoryEvent]) -> dict[str, Any]:
    """Say where the instance stands and what it passed."""
    broken = session.scalars(
        select(Incident.element).where(Incident.instance_id == row.id, Incident.resolved_at.is_(None))
    ).all()
    jobs = session.scalars(
        select(Job.element).where(
            Job.instance_id == row.id, Job.state.in_([WorkState.CREATED.value, WorkState.FAILED.value])
        )
    ).all()
    state = "completed" if row.state in _ENDED else "active" if row.state in _LIVE else "failed"
    expected: dict[str, Any] = {"state": "failed" if broken and state == "active" else state}
    if broken:
        expected["incidents"] = sorted(broken)
    expected |= {"jobs": sorted(jobs)} if state == "active" else {}
    visited = [line.element for line in lines if line.type in PASSED]
    return expected | {"trace": visited, "variables": instances.variables(row)}


def _place(line: HistoryEvent) -> Step:
    return {"task": line.element} | ({"scope": line.scope} if line.scope else {})


def _given(data: dict[str, Any]) -> Step:
    return {"variables": data["variables"]} if data.get("variables") else {}


def _shown(moment: datetime) -> str:
    return moment.isoformat()
