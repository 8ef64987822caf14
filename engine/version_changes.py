"""Running instances on another version of their process: plan, dry run with a verdict each, and the change.

A plan maps elements by id unless it says otherwise. What waits goes on waiting: tasks with their drafts and
due dates, timers, jobs, subscriptions, children, incidents. Events drawn anew at a live step listen from
now on, those that are gone stop. Instances never change version by themselves.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from engine import definitions, graphs, history, runner, unique_keys
from engine.models import (
    CallDeadline,
    EventSubscription,
    InboxItem,
    Incident,
    Job,
    ProcessInstance,
    Timer,
    UserTask,
)
from engine.modifications import positions_of, require_reason
from engine.spiff import state
from engine.spiff.correspondence import Correspondence
from engine.spiff.effects import Happened
from engine.spiff.execution import Execution
from engine.spiff.graph import ProcessGraph
from engine.states import LIVE, DefinitionState
from engine.verdicts import CannotMigrate, InstanceVerdict, Remark, Verdict
from foundation import outbox
from foundation.database import UnitOfWork
from foundation.errors import Invalid
from foundation.texts import Text, _

#: instances a dry run looks at; the change itself judges every instance again
MOST_JUDGED = 2000
#: marks a row that has its new name already, while two elements may be exchanging theirs
_MOVED = "\u2192"
#: tables whose rows name the element they belong to
_NAMED = (UserTask, Job, Timer, EventSubscription, CallDeadline, Incident)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """From which version of a process to which, and which elements continue under another id."""

    key: str
    source: int
    target: int
    #: old id → new id, only where they differ
    mapping: Mapping[str, str] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """Give the plan as it is stored and sent."""
        return {"source": self.source, "target": self.target, "mapping": dict(self.mapping)}


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One element of the old version and what continues it."""

    element: str
    name: str
    type: str
    #: element of the new version, None when nothing has its id and the plan names none
    target: str | None
    #: running instances of the old version that wait here
    waiting: int


def plan(session: Session, key: str, source: int, target: int, mapping: Mapping[str, str]) -> Plan:
    """Check a plan: Invalid for the same version twice, or ids one of the versions does not have."""
    if source == target:
        text = _("Phiên bản đích phải khác phiên bản nguồn.")
        raise Invalid(text, fields={"target": text})
    if definitions.published(session, key, target).state == DefinitionState.WITHDRAWN:
        text = _("Phiên bản {version} đã được rút lại nên không chuyển sang được.", version=target)
        raise Invalid(text, fields={"target": text})
    old, new = _graph(session, key, source), _graph(session, key, target)
    fields: dict[str, Text] = {}
    for one, other in mapping.items():
        if one not in old.task_specs:
            fields[f"mapping.{one}"] = _("Phiên bản {version} không có bước “{id}”.", version=source, id=one)
        elif other not in new.task_specs:
            fields[f"mapping.{one}"] = _(
                "Phiên bản {version} không có bước “{id}”.", version=target, id=other
            )
    if fields:
        raise Invalid(_("Bảng tương ứng các bước có chỗ sai."), fields=fields)
    differing = {one: other for one, other in mapping.items() if one != other}
    return Plan(key=key, source=source, target=target, mapping=differing)


def pairs(session: Session, chosen: Plan) -> list[Pair]:
    """Give every drawn element of the old version with what continues it, in the order they are drawn."""
    old = _graph(session, chosen.key, chosen.source)
    new = _graph(session, chosen.key, chosen.target)
    waiting = _waiting(session, chosen)
    found = []
    for node in old.nodes:
        element = node.element
        if element.origin:
            continue
        target = chosen.mapping.get(element.id, element.id)
        found.append(
            Pair(
                element=element.id,
                name=node.title,
                type=element.type,
                target=target if target in new.task_specs else None,
                waiting=waiting.get(element.id, 0),
            )
        )
    return found


def dry_run(
    session: Session, chosen: Plan, instance_ids: Iterable[str] | None = None, *, limit: int = MOST_JUDGED
) -> list[InstanceVerdict]:
    """Judge the running instances of the old version, or those named; nothing is changed."""
    statement = instances_of(chosen).order_by(ProcessInstance.id).limit(limit)
    if instance_ids is not None:
        statement = statement.where(ProcessInstance.id.in_(list(instance_ids)))
    between = _correspondence(session, chosen)
    return [_judged(session, row, chosen, between) for row in session.execute(statement)]


def instances_of(chosen: Plan) -> Any:
    """Give the statement for the live instances a plan is about."""
    table = ProcessInstance
    return select(table.id, table.business_key, table.state, table.blob, table.started_at).where(
        table.key == chosen.key,
        table.definition_version == chosen.source,
        table.state.in_([one.value for one in LIVE]),
    )


def change_version(work: UnitOfWork, instance_id: str, chosen: Plan, *, reason: str) -> Verdict:
    """Take one instance to the other version, in this transaction. Gives the verdict with its warnings.

    Raises CannotMigrate with everything that forbids it; the instance then stays as it was.
    """
    require_reason(reason)
    row = runner.lock(work, instance_id)
    between = _correspondence(work.session, chosen)
    verdict = _verdict(work, row, chosen, between)
    if not verdict.is_possible:
        raise CannotMigrate(verdict)
    facts: dict[str, Any] = {
        "before": {"version": chosen.source},
        "after": {"version": chosen.target},
        "mapping": dict(chosen.mapping),
        "warnings": [one.code for one in verdict.warnings],
        "reason": reason,
    }
    line = Happened(type="instance.migrated", element="", data=facts)
    if row.blob is None:
        history.append_alone(work, instance_id, line)
    else:
        _take_over(work, row, between, line)
    _rename(work, instance_id, chosen.mapping)
    definition = definitions.published(work.session, chosen.key, chosen.target)
    work.session.execute(
        update(ProcessInstance)
        .where(ProcessInstance.id == instance_id)
        .values(
            definition_id=definition.id,
            definition_version=definition.version,
            unique_key=row.business_key if definition.is_key_unique else None,
        )
    )
    told = {"process": row.key, "business_key": row.business_key, **chosen.as_data(), "reason": reason}
    del told["mapping"]
    outbox.record(work, "instance.migrated", subject=instance_id, instance_id=instance_id, data=told)
    return verdict


def _take_over(work: UnitOfWork, row: Row[Any], between: Correspondence, line: Happened) -> None:
    def command(execution: Execution) -> None:
        execution.effects.append(line)
        line.data.update(between.take_over(execution))

    runner.repair(work, row, command)


def _verdict(work: UnitOfWork, row: Row[Any], chosen: Plan, between: Correspondence) -> Verdict:
    version = work.session.scalar(
        select(ProcessInstance.definition_version).where(ProcessInstance.id == row.id)
    )
    if row.state not in LIVE:
        return _forbidden("ended", _("Phiên chạy đã kết thúc."))
    if row.key != chosen.key or version != chosen.source:
        text = _(
            "Phiên chạy không ở phiên bản {source} mà ở phiên bản {found}.",
            source=chosen.source,
            found=version,
        )
        return _forbidden("other_version", text)
    taken = _taken_key(work.session, row, chosen, between)
    if taken is not None:
        return taken
    if row.blob is None:
        return _of_created(work.session, row.id, between)
    return between.judge(state.look(row.blob, between.source, now=work.now))


def _taken_key(session: Session, row: Row[Any], chosen: Plan, between: Correspondence) -> Verdict | None:
    """A version that asks for unique business keys takes no second instance with the same one."""
    if not between.target.is_key_unique or row.business_key is None:
        return None
    holder = unique_keys.holder(session, chosen.key, row.business_key)
    if holder is None or holder.id == row.id:
        return None
    text = _("Mã hồ sơ “{key}” đang được phiên {id} sử dụng.", key=row.business_key, id=holder.id)
    return _forbidden("key_taken", text)


def _of_created(session: Session, instance_id: str, between: Correspondence) -> Verdict:
    """An instance that has not begun needs nothing but the start event that was triggered."""
    payload = session.scalars(
        select(InboxItem.payload).where(InboxItem.instance_id == instance_id, InboxItem.kind == "start")
    ).first()
    element = (payload or {}).get("element")
    if element is not None and element not in between.target.task_specs:
        return _forbidden("element_gone", _("Bước “{name}” không còn trong phiên bản mới.", name=element))
    return Verdict()


def _judged(session: Session, row: Row[Any], chosen: Plan, between: Correspondence) -> InstanceVerdict:
    steps: tuple[str, ...] = ()
    taken = _taken_key(session, row, chosen, between)
    if row.blob is None:
        verdict = taken or _of_created(session, row.id, between)
    else:
        execution = state.look(row.blob, between.source, now=row.started_at)
        verdict = taken or between.judge(execution)
        here = [one.name or one.element for one in positions_of(execution) if not one.is_container]
        steps = tuple(dict.fromkeys(here))
    return InstanceVerdict(
        instance_id=row.id, business_key=row.business_key, state=row.state, steps=steps, verdict=verdict
    )


def _correspondence(session: Session, chosen: Plan) -> Correspondence:
    return Correspondence(
        source=_graph(session, chosen.key, chosen.source),
        target=_graph(session, chosen.key, chosen.target),
        mapping=chosen.mapping,
    )


def _graph(session: Session, key: str, version: int) -> ProcessGraph:
    return graphs.of_definition(session, definitions.published(session, key, version).id)


def _forbidden(code: str, text: Text) -> Verdict:
    return Verdict(problems=(Remark(element="", name="", code=code, text=text),))


def _rename(work: UnitOfWork, instance_id: str, mapping: Mapping[str, str]) -> None:
    """Let the rows of the instance name the elements of the new version."""
    if not mapping:
        return
    for table in _NAMED:
        for old, new in mapping.items():
            mine = update(table).where(table.instance_id == instance_id, table.element == old)
            _set(work, mine.values(element=f"{_MOVED}{new}"))
        for new in mapping.values():
            mine = update(table).where(table.instance_id == instance_id, table.element == f"{_MOVED}{new}")
            _set(work, mine.values(element=new))
    children = work.session.execute(
        select(ProcessInstance.id, ProcessInstance.parent_element).where(
            ProcessInstance.parent_instance_id == instance_id,
            ProcessInstance.parent_element.in_(list(mapping)),
        )
    ).all()
    for child, called_from in children:
        changed = update(ProcessInstance).where(ProcessInstance.id == child)
        _set(work, changed.values(parent_element=mapping[called_from or ""]))


def _set(work: UnitOfWork, statement: Any) -> None:
    work.session.execute(statement.execution_options(synchronize_session=False))


def _waiting(session: Session, chosen: Plan) -> Mapping[str, int]:
    """Count the live instances of the old version by the element they wait at."""
    live = instances_of(chosen).with_only_columns(ProcessInstance.id)
    open_states = ("open", "created", "pending", "failed")
    statements: list[Any] = [
        select(table.element, table.instance_id).where(
            table.instance_id.in_(live), table.state.in_(open_states)
        )
        for table in (UserTask, Job, Timer)
    ]
    statements.append(
        select(EventSubscription.element, EventSubscription.instance_id).where(
            EventSubscription.instance_id.in_(live)
        )
    )
    statements.append(
        select(ProcessInstance.parent_element, ProcessInstance.parent_instance_id).where(
            ProcessInstance.parent_instance_id.in_(live),
            ProcessInstance.state.in_([one.value for one in LIVE]),
        )
    )
    counted: Counter[str] = Counter()
    for statement in statements:
        counted.update(element for element, _instance in session.execute(statement.distinct()))
    return counted
