"""One command on one instance: lock, load, change, step, project, save — inside the caller's transaction.

The instance row is locked first, always. The new state is saved only over the revision that was loaded.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from engine import call_deadlines, children, decisions, graphs, history, incidents, messages
from engine.calendar import CalendarOnDemand
from engine.feel.values import to_json
from engine.models import ProcessInstance
from engine.projections import Projection
from engine.spiff import state
from engine.spiff.effects import (
    ChildrenCalled,
    Effect,
    Ended,
    EscalationLeft,
    Happened,
    MessageThrown,
    SignalThrown,
    Stuck,
)
from engine.spiff.elements import Occasion
from engine.spiff.errors import ExecutionError
from engine.spiff.execution import AfterStep, Decided, Execution
from engine.states import LIVE, InstanceState
from foundation import outbox
from foundation.database import UnitOfWork
from foundation.errors import Conflict, NotFound, Stale
from foundation.texts import _

INSTANCES = ProcessInstance.__table__
#: what a command needs to know of an instance
COLUMNS = tuple(
    INSTANCES.c[name]
    for name in (
        "id",
        "definition_id",
        "key",
        "business_key",
        "state",
        "revision",
        "blob",
        "history_seq",
        "history_head",
        "root_instance_id",
        "parent_instance_id",
        "parent_token",
        "element_key",
        "call",
    )
)
_LOCK = select(*COLUMNS).where(INSTANCES.c.id == bindparam("instance_id")).with_for_update()
_SAVE = (
    update(INSTANCES)  # type: ignore[arg-type]
    .where(INSTANCES.c.id == bindparam("instance_id"), INSTANCES.c.revision == bindparam("loaded"))
    .values({name: bindparam(name) for name in ("state", "blob", "revision", "history_seq", "history_head")})
)
_END = _SAVE.values(ended_at=bindparam("ended_at"), result=bindparam("result"))

Command = Callable[[Execution], None]
#: lines about all instances of a loop together
BODIES = frozenset({"multiInstanceBody", "loopBody"})
#: elements of a rolled back attempt that an error names at most, the last ones
MOST_TOLD = 100


class DatabasePorts:
    """Answers what an execution asks of the world, from the transaction it runs in."""

    def __init__(self, work: UnitOfWork, instance_id: str) -> None:
        """Know the transaction and the instance."""
        self._work = work
        self._instance_id = instance_id

    def decide(
        self, decision: str, variables: Mapping[str, Any], execution: Execution, *, element: str
    ) -> Decided:
        """Decide with the newest published version and keep the matched rules in history."""
        result, version = decisions.decide_with_version(
            self._work.session, decision, variables, now=execution.now, calendar=execution.calendar
        )
        conflict = next((warning for warning in result.warnings if warning.code == "conflict"), None)
        if conflict is not None:
            raise ExecutionError(conflict.message, element=element)
        value = to_json(result.value)
        execution.effects.append(
            Happened(
                type="decision.made",
                element=decision,
                element_type="decision",
                name=[decision, *result.decisions][-1],
                data={
                    "asked_by": element,
                    "version": version,
                    "result": value,
                    "rules": list(result.matched_rules),
                    "warnings": [str(warning.message) for warning in result.warnings],
                },
            )
        )
        return Decided(value=value, is_list=result.is_list, has_columns=result.has_columns)

    def child_results(self, token: str) -> list[tuple[str, Any]]:
        """Give the results of the ended children of a call activity."""
        return children.results(self._work.session, self._instance_id, token)


def lock(work: UnitOfWork, instance_id: str) -> Row[Any]:
    """Lock an instance and give its row; NotFound when there is none."""
    row = work.connection.execute(_LOCK, {"instance_id": instance_id}).one_or_none()
    if row is None:
        raise NotFound(_("Không tìm thấy phiên chạy {id}.", id=instance_id))
    return row


def run(work: UnitOfWork, row: Row[Any], *commands: Command) -> Execution:
    """Change a locked instance with a command and step it until nothing is ready; then with the next one."""
    _require_running(row)
    return _change(work, row, commands)


def repair(work: UnitOfWork, row: Row[Any], *commands: Command) -> Execution:
    """Change a locked instance by hand; a suspended one is changed too, and steps once it is resumed."""
    if row.state != InstanceState.SUSPENDED or row.blob is None:
        _require_running(row)
    return _change(work, row, commands)


def load(work: UnitOfWork, row: Row[Any]) -> Execution:
    """Give the execution of a locked instance as it was saved."""
    return state.load(
        row.blob,
        graphs.of_definition(work.session, row.definition_id),
        now=work.now,
        calendar=CalendarOnDemand(work.session),
        ports=DatabasePorts(work, row.id),
    )


def _change(work: UnitOfWork, row: Row[Any], commands: Iterable[Command]) -> Execution:
    execution = load(work, row)
    with _path_told(execution.effects):
        for command in commands:
            command(execution)
            if row.state != InstanceState.SUSPENDED:
                execution = execution.run(_after_step(work))
    save(work, row, execution)
    return execution


def _fresh(work: UnitOfWork, row: Row[Any]) -> Execution:
    return Execution(
        graphs.of_definition(work.session, row.definition_id),
        now=work.now,
        calendar=CalendarOnDemand(work.session),
        ports=DatabasePorts(work, row.id),
    )


def begin(
    work: UnitOfWork,
    row: Row[Any],
    variables: dict[str, Any],
    occasion: Occasion | None = None,
) -> Execution:
    """Take the first steps of a created instance."""
    return begin_by(work, row, lambda execution: execution.start(variables, occasion))


def begin_by(work: UnitOfWork, row: Row[Any], command: Command) -> Execution:
    """Take the first steps of a created instance from where a command puts its first tokens."""
    execution = _fresh(work, row)
    with _path_told(execution.effects):
        command(execution)
        execution.root.internal_data["called"] = row.parent_instance_id is not None
        execution = execution.run(_after_step(work))
    save(work, row, execution)
    return execution


@contextmanager
def _path_told(effects: list[Effect]) -> Iterator[None]:
    """Let an ExecutionError carry, as `path`, the elements passed in the attempt that is rolled back."""
    try:
        yield
    except ExecutionError as error:
        passed = [one for one in effects if isinstance(one, Happened) and one.type == "element.completed"]
        path = [one.element for one in passed if one.element_type not in BODIES]
        error.facts = {**error.facts, "path": path[-MOST_TOLD:]}
        raise


def save(work: UnitOfWork, row: Row[Any], execution: Execution) -> None:
    """Write everything a run did; Stale when somebody else saved in between (the fence)."""
    happened = [effect for effect in execution.effects if isinstance(effect, Happened)]
    seq, head = history.append(work, row.id, row.history_seq, row.history_head, happened)
    Projection(work, row, execution).write()
    _send(work, row, execution)
    for effect in execution.effects:
        if isinstance(effect, Stuck):
            incidents.raise_incident(
                work,
                row.id,
                kind="deadlock",
                reference="",
                element=effect.element,
                message=effect.message,
            )
    values: dict[str, Any] = {
        "instance_id": row.id,
        "loaded": row.revision,
        "state": row.state if row.state == InstanceState.SUSPENDED else InstanceState.RUNNING.value,
        "blob": state.dump(execution),
        "revision": row.revision + 1,
        "history_seq": seq,
        "history_head": head,
    }
    statement = _SAVE
    if execution.ended is not None:
        values |= _end(work, row, execution, execution.ended)
        statement = _END
    if work.connection.execute(statement, values).rowcount != 1:
        raise Stale(instance=row.id)


def _after_step(work: UnitOfWork) -> AfterStep | None:
    return state.reload if work.reloads_each_step else None


def _send(work: UnitOfWork, row: Row[Any], execution: Execution) -> None:
    for effect in execution.effects:
        if isinstance(effect, MessageThrown):
            messages.send(work, effect.name, effect.correlation_key, effect.variables)
        elif isinstance(effect, SignalThrown):
            messages.broadcast(work, effect.name, effect.variables, thrown_by=row.id)
        elif isinstance(effect, EscalationLeft):
            children.escalate(work, row, effect)
        elif isinstance(effect, ChildrenCalled) and effect.token in execution.tasks:
            called = children.call(work, row, effect)
            call_deadlines.ask(work, row.id, effect, called, execution)


def _end(work: UnitOfWork, row: Row[Any], execution: Execution, ended: Ended) -> dict[str, Any]:
    values: dict[str, Any] = {"state": ended.state, "ended_at": work.now, "result": None}
    if row.parent_instance_id is not None:
        values["result"] = children.report(work, row, execution, ended)
    outbox.record(
        work,
        "instance.ended",
        subject=row.id,
        instance_id=row.id,
        data={"process": row.key, "business_key": row.business_key, "state": ended.state},
    )
    return values


def _require_running(row: Row[Any]) -> None:
    if row.state == InstanceState.RUNNING:
        return
    if row.state == InstanceState.SUSPENDED:
        raise Conflict(_("Phiên chạy đang tạm dừng; cần tiếp tục phiên chạy trước."), instance=row.id)
    if row.state in LIVE:
        raise Conflict(_("Phiên chạy chưa bắt đầu xong; hãy thử lại sau giây lát."), instance=row.id)
    raise Conflict(_("Phiên chạy đã kết thúc."), instance=row.id, state=row.state)
