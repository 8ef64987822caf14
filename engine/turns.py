"""The turn of an instance: it consumes what its inbox holds, item by item, each in one transaction.

Items: `start` (first steps of a new instance), `child_ended`, `child_escalated`, `event` (a message or
signal for a token), `cancel`. A failing item is tried again later and ends as an incident that holds it; so
does one that kills the process (`engine.tries`). A suspended instance takes nothing but a cancellation; the
rest waits until it is resumed.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, or_, select, update

from engine import call_deadlines, incidents, messages, runner, tries
from engine.models import InboxItem, ProcessInstance
from engine.spiff.elements import Occasion
from engine.spiff.errors import TokenGone
from engine.spiff.execution import Execution
from engine.spiff.nodes.subprocesses import CallActivity
from engine.states import LIVE, InstanceState
from foundation.database import Database, UnitOfWork


def consume(database: Database, instance_id: str, *, limit: int = 100) -> int:
    """Consume the due items of an instance in order, each in a transaction; gives how many."""
    done = 0
    while done < limit:
        item = _next(database, instance_id)
        if item is None:
            return done
        is_new = tries.is_new(database, item.attempts, item.not_before)
        if not is_new and not _count(database, instance_id, item):
            return done
        try:
            with database.unit_of_work() as work:
                with incidents.noted(work, instance_id, kind="inbox", reference=str(item.seq)):
                    _take(work, instance_id, item.seq)
                if item.attempts:
                    incidents.resolve(work, instance_id, kind="inbox", reference=str(item.seq))
                work.commit()
        except Exception:  # noqa: BLE001  one bad item never stops the sweep; its incident tells
            _put_off(database, item.seq, is_counted=not is_new)
            return done
        done += 1
    return done


def _next(database: Database, instance_id: str) -> Row[*tuple[Any, ...]] | None:
    with database.reading() as session:
        item = session.execute(
            select(InboxItem.seq, InboxItem.attempts, InboxItem.not_before, InboxItem.is_held)
            .join(ProcessInstance, ProcessInstance.id == InboxItem.instance_id)
            .where(
                InboxItem.instance_id == instance_id,
                or_(ProcessInstance.state != InstanceState.SUSPENDED.value, InboxItem.kind == "cancel"),
            )
            .order_by(InboxItem.seq)
            .limit(1)
        ).one_or_none()
    if item is None or item.is_held or item.not_before > database.clock.now():
        return None
    return item


def _count(database: Database, instance_id: str, item: Row[*tuple[Any, ...]]) -> bool:
    """Count the try of an item that may have killed a process; False when it is not to be taken now."""

    def give_up(work: UnitOfWork, spent: Sequence[int]) -> None:
        for seq in spent:
            work.session.get_one(InboxItem, seq).is_held = True
            incidents.raise_incident(
                work,
                instance_id,
                kind="inbox",
                reference=str(seq),
                element="",
                message=tries.spent_message(),
            )

    return tries.count(database, InboxItem.seq, {item.seq: item.attempts}, instance_id, give_up)


def _take(work: UnitOfWork, instance_id: str, seq: int) -> None:
    instance = runner.lock(work, instance_id)
    item = work.session.execute(
        select(InboxItem.kind, InboxItem.payload).where(InboxItem.seq == seq)
    ).one_or_none()
    if item is None:
        return
    work.session.execute(delete(InboxItem).where(InboxItem.seq == seq))
    TURNS[item.kind](work, instance, item.payload)


def _start(work: UnitOfWork, instance: Row[Any], payload: dict[str, Any]) -> None:
    if instance.state == InstanceState.CREATED:
        variables = (instance.call or {}).get("variables", {})
        occasion = Occasion(**payload.get("occasion", {}))
        runner.begin(work, instance, variables, occasion)
        if occasion.kind == "message":
            work.touched.add(messages.DUTY)  # others of the same key were kept back until now


def _child_ended(work: UnitOfWork, instance: Row[Any], payload: dict[str, Any]) -> None:
    if instance.state not in LIVE:
        return
    is_cancelled = payload["outcome"] == InstanceState.CANCELLED
    call_deadlines.settle(
        work.session, instance.id, payload["token"], payload["key"], is_cancelled=is_cancelled
    )

    def command(execution: Execution) -> None:
        token = execution.token(payload["token"])
        node = token.node
        facts = {"key": payload["key"], "outcome": payload["outcome"]}
        if payload["error_code"] is not None or payload["result"]:
            facts |= {"code": payload["error_code"], "variables": payload["result"]}
        execution.happened("child.ended", token, facts)
        if payload["outcome"] == InstanceState.FAILED:
            execution.fail(token, payload["error_code"], payload["result"], payload.get("error_message"))
        elif isinstance(node, CallActivity):
            node.child_ended(token, key=payload["key"], outcome=payload["outcome"])

    _run_if_awaited(work, instance, command)


def _child_escalated(work: UnitOfWork, instance: Row[Any], payload: dict[str, Any]) -> None:
    if instance.state not in LIVE:
        return

    def command(execution: Execution) -> None:
        execution.throw(
            execution.token(payload["token"]), "escalation", payload["code"], payload["variables"]
        )

    _run_if_awaited(work, instance, command)


def _event(work: UnitOfWork, instance: Row[Any], payload: dict[str, Any]) -> None:
    message = payload.get("message")
    facts = payload.get("signal") or {}
    if message is not None:
        facts = {"message": message["name"], "key": message["key"]}

    def command(execution: Execution) -> None:
        execution.trigger(payload["token"], payload["variables"], payload["how"], facts)

    was_taken = instance.state in LIVE and _run_if_awaited(work, instance, command)
    if not was_taken and message is not None:
        messages.send(work, message["name"], message["key"], payload["variables"])


def _cancel(work: UnitOfWork, instance: Row[Any], _payload: dict[str, Any]) -> None:
    if instance.state == InstanceState.CREATED:
        work.session.execute(
            update(ProcessInstance)
            .where(ProcessInstance.id == instance.id)
            .values(state=InstanceState.CANCELLED.value, ended_at=work.now)
        )
    elif instance.state in LIVE:
        runner.repair(work, instance, lambda execution: execution.end(InstanceState.CANCELLED.value))


def _run_if_awaited(work: UnitOfWork, instance: Row[Any], command: Callable[[Execution], None]) -> bool:
    """Run a command whose token may have left meanwhile: then there is nothing to do."""
    try:
        runner.run(work, instance, command)
    except TokenGone:
        return False
    return True


TURNS = {
    "start": _start,
    "child_ended": _child_ended,
    "child_escalated": _child_escalated,
    "event": _event,
    "cancel": _cancel,
}


def _put_off(database: Database, seq: int, *, is_counted: bool) -> None:
    with database.unit_of_work() as work:
        item = work.session.get(InboxItem, seq)
        if item is not None:
            item.attempts += 0 if is_counted else 1
            item.is_held = item.attempts >= tries.TRIES
            item.not_before = work.now + timedelta(seconds=2 ** max(0, item.attempts))
        work.commit()
