"""Bulk operations: one act on many instances, worked off by the ticks, each instance in its own transaction.

What is left to do is rows, so any stop of the house is survived: the next tick goes on where the last one
ended. Two workers never do one item twice: the state of the item is read again under the instance's lock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import Session

from engine import runner, version_changes
from engine.incidents import text_of
from engine.models import BulkItem, BulkOperation, ProcessInstance
from engine.modifications import require_reason
from engine.verdicts import CannotMigrate, Verdict
from engine.version_changes import Plan
from foundation import outbox
from foundation.actors import Actor
from foundation.database import Database, UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id
from foundation.texts import _

#: tries of one instance before it is given up; more than one only when the process was killed
TRIES = 3
MIGRATION = "migration"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a bulk operation is: instances by what came of them."""

    total: int = 0
    waiting: int = 0
    done: int = 0
    #: the verdict forbade it; the instance is as it was
    refused: int = 0
    #: an error; the instance is as it was
    failed: int = 0

    @property
    def percent(self) -> int:
        """Give the share that has been looked at, 0–100."""
        return 100 if self.total == 0 else (self.total - self.waiting) * 100 // self.total


def begin(work: UnitOfWork, chosen: Plan, *, reason: str, instance_ids: Iterable[str] | None = None) -> str:
    """Write a migration of all running instances of a version (or those named) down; gives its id."""
    require_reason(reason)
    operation = BulkOperation(
        id=new_id(),
        kind=MIGRATION,
        key=chosen.key,
        plan=chosen.as_data(),
        reason=reason,
        state="running",
        created_at=work.now,
        created_by=work.actor.id,
        actor_name=work.actor.name,
    )
    work.session.add(operation)
    work.session.flush()
    targets = version_changes.instances_of(chosen).with_only_columns(
        literal(operation.id), ProcessInstance.id, literal("waiting"), literal(0), literal("")
    )
    if instance_ids is not None:
        targets = targets.where(ProcessInstance.id.in_(list(instance_ids)))
    columns = ["operation_id", "instance_id", "state", "attempts", "message"]
    work.session.execute(insert(BulkItem).from_select(columns, targets))
    if progress(work.session, operation.id).total == 0:
        text = _("Không có phiên chạy nào ở phiên bản {version} để chuyển.", version=chosen.source)
        raise Invalid(text, fields={"instances": text})
    return operation.id


def get(session: Session, operation_id: str, key: str | None = None) -> BulkOperation:
    """Give an operation (of one process); NotFound when there is none."""
    found = session.get(BulkOperation, operation_id)
    if found is None or (key is not None and found.key != key):
        raise NotFound(_("Không tìm thấy thao tác {id}.", id=operation_id))
    return found


def of_process(session: Session, key: str, *, limit: int = 50) -> list[BulkOperation]:
    """Give the operations on instances of a process, the newest first."""
    statement = select(BulkOperation).where(BulkOperation.key == key)
    return list(session.scalars(statement.order_by(BulkOperation.id.desc()).limit(limit)))


def progress(session: Session, operation_id: str) -> Progress:
    """Count the instances of an operation by what came of them."""
    rows = session.execute(
        select(BulkItem.state, func.count())
        .where(BulkItem.operation_id == operation_id)
        .group_by(BulkItem.state)
    ).all()
    counted: Mapping[str, int] = {row[0]: row[1] for row in rows}
    return Progress(total=sum(counted.values()), **counted)


def items(
    session: Session, operation_id: str, *, state: str = "", after: str = "", limit: int = 100
) -> list[BulkItem]:
    """Give the instances of an operation with their outcome, in the order they are worked off."""
    statement = select(BulkItem).where(BulkItem.operation_id == operation_id, BulkItem.instance_id > after)
    if state:
        statement = statement.where(BulkItem.state == state)
    return list(session.scalars(statement.order_by(BulkItem.instance_id).limit(limit)))


def stop(work: UnitOfWork, operation_id: str) -> None:
    """Leave the instances that have not had their turn as they are; Conflict when it is over already."""
    _switch(work, operation_id, "running", "stopped")


def go_on(work: UnitOfWork, operation_id: str) -> None:
    """Take a stopped operation up again where it was stopped."""
    _switch(work, operation_id, "stopped", "running")


def work_off(database: Database, *, limit: int = 100) -> int:
    """Do the next instances of the oldest running operation; gives how many were done."""
    with database.reading() as session:
        operation = session.scalars(
            select(BulkOperation).where(BulkOperation.state == "running").order_by(BulkOperation.id).limit(1)
        ).first()
        if operation is None:
            return 0
        turn = items(session, operation.id, state="waiting", limit=limit)
    if not turn:
        _finish(database, operation)
        return 1
    for item in turn:
        _count_attempt(database, item)
        if not _do_safely(database, operation, item):
            break
    return len(turn)


def _do_safely(database: Database, operation: BulkOperation, item: BulkItem) -> bool:
    """Do one instance; False when the operation was stopped meanwhile."""
    actor = Actor(id=operation.created_by, name=operation.actor_name)
    try:
        with database.unit_of_work(actor) as work:
            goes_on = _do(work, operation, item)
            work.commit()
            return goes_on
    except CannotMigrate as error:
        _note(database, item, "refused", str(error.text), error.verdict)
    except Exception as error:  # noqa: BLE001  one bad instance never stops the others; its row tells
        _note(database, item, "failed", str(text_of(error)))
    return True


def _do(work: UnitOfWork, operation: BulkOperation, item: BulkItem) -> bool:
    runner.lock(work, item.instance_id)
    now = work.session.execute(
        select(BulkItem.state, BulkOperation.state.label("operation"))
        .join(BulkOperation, BulkOperation.id == BulkItem.operation_id)
        .where(BulkItem.operation_id == item.operation_id, BulkItem.instance_id == item.instance_id)
    ).one()
    if now.operation != "running":
        return False
    if now.state != "waiting":
        return True
    if item.attempts >= TRIES:
        raise Conflict(_("Đã thử {count} lần mà hệ thống đều bị ngắt giữa chừng.", count=item.attempts))
    verdict = version_changes.change_version(
        work, item.instance_id, _plan(operation), reason=operation.reason
    )
    _close(work, item, "done", "", verdict)
    return True


def _plan(operation: BulkOperation) -> Plan:
    return Plan(
        key=operation.key,
        source=operation.plan["source"],
        target=operation.plan["target"],
        mapping=operation.plan["mapping"],
    )


def _note(
    database: Database, item: BulkItem, state: str, message: str, verdict: Verdict | None = None
) -> None:
    with database.unit_of_work() as work:
        _close(work, item, state, message, verdict)
        work.commit()


def _close(work: UnitOfWork, item: BulkItem, state: str, message: str, verdict: Verdict | None) -> None:
    found = None if verdict is None else verdict.as_data()
    work.session.execute(
        _of(item)
        .where(BulkItem.state == "waiting")
        .values(state=state, message=message, verdict=found, finished_at=work.now)
        .execution_options(synchronize_session=False)
    )


def _of(item: BulkItem) -> Any:
    return update(BulkItem).where(
        BulkItem.operation_id == item.operation_id, BulkItem.instance_id == item.instance_id
    )


def _count_attempt(database: Database, item: BulkItem) -> None:
    with database.unit_of_work() as work:
        work.session.execute(
            _of(item).values(attempts=BulkItem.attempts + 1).execution_options(synchronize_session=False)
        )
        work.commit()


def _finish(database: Database, operation: BulkOperation) -> None:
    with database.unit_of_work(Actor(id=operation.created_by, name=operation.actor_name)) as work:
        changed = work.session.execute(
            update(BulkOperation)
            .where(BulkOperation.id == operation.id, BulkOperation.state == "running")
            .values(state="finished", finished_at=work.now)
        )
        if changed.rowcount:  # type: ignore[attr-defined]  # CursorResult of an UPDATE has it
            found = progress(work.session, operation.id)
            facts = {"done": found.done, "refused": found.refused, "failed": found.failed}
            told = {"operation": operation.kind, "process": operation.key, **facts}
            outbox.record(work, "bulk_operation.finished", subject=operation.id, data=told)
        work.commit()


def _switch(work: UnitOfWork, operation_id: str, old: str, new: str) -> None:
    found = get(work.session, operation_id)
    changed = work.session.execute(
        update(BulkOperation)
        .where(BulkOperation.id == operation_id, BulkOperation.state == old)
        .values(state=new)
    )
    if not changed.rowcount:  # type: ignore[attr-defined]  # CursorResult of an UPDATE has it
        raise Conflict(_("Thao tác này đang ở trạng thái “{state}”.", state=found.state))
