"""Compensation: undoing completed activities, newest first (BPMN 2.0 §10.5.5, §13.5.5), and cancelling.

A completed activity that can be undone leaves a record in its scope: `a` the activity, `n` its place in the
order, `d` its variables as it completed, `k` the key of its item, `i` the records of what completed inside
it, `p` when only a part of it completed. Records live with the token of their scope and go with it. Who
throws takes records out, so that nothing is undone twice, and works them off one after the other as the
scope of what runs meanwhile: the handler, or the sub-process as it was when it completed.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from engine.spiff.effects import Happened
from engine.spiff.elements import EventDefinition
from engine.spiff.errors import ExecutionError
from engine.spiff.token import STARTED, Token
from foundation.texts import _

if TYPE_CHECKING:
    from engine.spiff.nodes.base import Node

Record = dict[str, Any]

#: facts of a token: records of what completed inside, records being worked off, the record at work
DONE, QUEUE, CURRENT = "done_inside", "undo", "undoing"
#: facts of a token: a completed sub-process come back to be undone; a handler at work and the activity it
#: undoes; a thrower whose token went on
RESTORED, HANDLES, BESIDE = "restored", "undoes", "beside"
#: what a transaction being cancelled still listens for
_STILL_HEARD = frozenset({"cancel", "error", "escalation"})


def remember(token: Token) -> None:
    """Keep what undoing a completed activity will need; of a repeated one each instance counts."""
    node, scope, facts = token.node, token.scope, token.internal_data
    inside = facts.pop(DONE, [])
    if scope is None or node.element.is_for_compensation or not node.graph.may_compensate(node.scope):
        return
    if "inner" not in facts and (node.element.multi is not None or node.element.loop is not None):
        _add(scope, inside)
    elif node.handler is not None:
        _add(scope, [_record(token, token.data)])
    elif inside or node.graph.undo_subprocess(node.element.id) is not None:
        _add(scope, [_record(token, token.data) | {"i": inside}])


def remember_child(token: Token, key: str, variables: dict[str, Any]) -> None:
    """Keep what undoing one completed child of a repeated call activity will need."""
    node = token.node
    if node.handler is not None and node.graph.may_compensate(node.scope):
        _add(token, [_record(token, variables) | {"k": key}])


def boundary_fired(host: Token) -> None:
    """Note when the first boundary event fired: what follows from it is undone before its activity (v)."""
    if host.node.graph.may_compensate(host.node.scope):
        host.internal_data.setdefault("order", host.execution.stamp())


def throw(token: Token, event: EventDefinition) -> bool:
    """Begin to undo what the event says; True when the token has to wait for it."""
    execution = token.execution
    records = _take(_visible(token), event.activity)
    facts = {"activity": event.activity, "count": len(records)}
    execution.happened("compensation.thrown", token, facts)
    if not records:
        return False
    driver = token
    if not event.waits:
        driver = execution.spawn(token.node, token.scope, state=STARTED, internal={BESIDE: True})
    _begin(driver, records)
    return event.waits


def cancel(token: Token) -> None:
    """Cancel the transaction around a cancel end event (§10.3.5): undo, then go on at its cancel boundary."""
    execution, element = token.execution, token.node.element
    transaction = next((t for t in token.lineage() if t.node.element.type == "transaction"), None)
    if transaction is None or QUEUE in transaction.internal_data or RESTORED in transaction.internal_data:
        raise ExecutionError(
            _(
                "Sự kiện hủy “{name}” không nằm trong giao dịch nào đang chạy.",
                name=element.name or element.id,
            ),
            element=element.id,
        )
    execution.happened("cancel.thrown", token)
    execution.happened("element.completed", token)
    records = _completed_in(transaction)
    for inner in transaction.inside():
        is_attached = inner.node.element.attached_to == transaction.node.element.id
        if not (is_attached and inner.node.element.event.kind in _STILL_HEARD):
            execution.remove(inner, is_cancelled=inner is not token)
    if not _begin(transaction, records):
        transaction.node.scope_done(transaction)


def is_under_way(token: Token) -> bool:
    """Tell whether a token stands for something that is being undone."""
    return QUEUE in token.internal_data or RESTORED in token.internal_data


def go_on(driver: Token) -> bool:
    """Undo the next activity after one is done; False when nothing is left."""
    current = driver.internal_data.pop(CURRENT, None)
    if current is not None:
        _note(driver, "element.compensated", driver.execution.graph.node(current))
    queue: list[Record] = driver.internal_data.get(QUEUE, [])
    if not queue:
        return False
    _undo(driver, queue.pop())
    return True


def skip(driver: Token) -> None:
    """Leave what is being undone now as it is, as a person decided, and go on with the next."""
    driver.internal_data.pop(CURRENT, None)
    driver.node.scope_done(driver)


def give_back(driver: Token) -> None:
    """Return what was not undone yet when the thrower is taken away while its scope goes on."""
    if QUEUE in driver.internal_data:
        records = _completed_in(driver)
        _add(_visible(driver)[-1], records)


def elements(facts: dict[str, Any]) -> Iterator[str]:
    """Give the activities a token remembers as completed or at work to undo, for who changes versions."""
    for name in (DONE, QUEUE):
        yield from _named(facts.get(name, []))
    yield from (facts[name] for name in (CURRENT, HANDLES) if name in facts)


def rename(facts: dict[str, Any], name_of: Callable[[str], str | None]) -> None:
    """Let a token remember activities under the ids of another version."""
    for record in [*facts.get(DONE, []), *facts.get(QUEUE, [])]:
        _rename(record, name_of)
    for name in (CURRENT, HANDLES):
        if name in facts:
            facts[name] = name_of(facts[name])


def _named(records: list[Record]) -> Iterator[str]:
    for record in records:
        yield record["a"]
        yield from _named(record.get("i", []))


def _rename(record: Record, name_of: Callable[[str], str | None]) -> None:
    record["a"] = name_of(record["a"])
    for inner in record.get("i", []):
        _rename(inner, name_of)


def _begin(driver: Token, records: list[Record]) -> bool:
    driver._set_state(STARTED)
    driver.internal_data[QUEUE] = records
    return go_on(driver)


def _undo(driver: Token, record: Record) -> None:
    """Start the handler of an activity, or bring a sub-process back and undo what completed inside."""
    execution = driver.execution
    node = execution.graph.node(record["a"])
    key = {"key": record["k"]} if "k" in record else {}
    is_whole = "p" not in record
    if is_whole:
        driver.internal_data[CURRENT] = record["a"]
    if is_whole and node.handler is not None and node.compensation is not None:
        _note(driver, "compensation.caught", node.compensation, undone=node)
        execution.spawn(node.handler, driver, internal={HANDLES: record["a"], **key}, data=dict(record["d"]))
        return
    restored = execution.spawn(
        node, driver, state=STARTED, internal={RESTORED: True, **key}, data=dict(record["d"])
    )
    handler = execution.graph.undo_subprocess(record["a"])
    if is_whole and handler is not None:
        restored.internal_data[DONE] = record["i"]
        start = execution.graph.starts(handler.element.id)[0]
        _note(restored, "compensation.caught", start, undone=node)
        running = execution.spawn(handler, restored, state=STARTED, internal={"entered": True})
        execution.happened("element.entered", running)
        execution.spawn(start, running)
    else:
        _begin(restored, record["i"])


def _visible(token: Token) -> list[Token]:
    """Give the scopes whose activities a throw event sees: its own; from a handler also the one around."""
    scopes = [scope for scope in (token.scope,) if scope is not None]
    if scopes and scopes[0].node.element.is_event_subprocess and scopes[0].scope is not None:
        scopes.append(scopes[0].scope)
    return scopes


def _take(scopes: list[Token], activity: str | None) -> list[Record]:
    taken: list[Record] = []
    for scope in scopes:
        records: list[Record] = scope.internal_data.pop(DONE, [])
        is_whole = activity in {None, scope.node.element.id}
        taken += [record for record in records if is_whole or record["a"] == activity]
        if not is_whole:
            _add(scope, [record for record in records if record["a"] != activity])
    return sorted(taken, key=_order)


def _completed_in(scope: Token) -> list[Record]:
    """Take the records of all that completed in a live scope, in its active sub-processes too."""
    records: list[Record] = [*scope.internal_data.pop(DONE, []), *scope.internal_data.pop(QUEUE, [])]
    for token in scope.inside():
        if HANDLES in token.internal_data:
            continue
        inner = _completed_in(token)
        if inner and token.node.opens_scope(token):
            part = _record(token, token.data) | {"n": max(map(_order, inner)), "i": inner, "p": True}
            records.append(part)
        else:
            records += inner
    return sorted(records, key=_order)


def _record(token: Token, variables: dict[str, Any]) -> Record:
    facts, outer = token.internal_data, token.scope
    order, known = facts.get("order"), dict(variables)
    if "inner" in facts and outer is not None:
        order = outer.internal_data.get("order")
        known = {name: value for name, value in outer.data.items() if not name.startswith("#")} | known
    record = {"a": token.node.element.id, "n": order or token.execution.stamp(), "d": known}
    return record | ({"k": facts["key"]} if "key" in facts else {})


def _add(scope: Token, records: list[Record]) -> None:
    if records:
        scope.internal_data.setdefault(DONE, []).extend(records)


def _order(record: Record) -> int:
    order: int = record["n"]
    return order


def _note(token: Token, event: str, node: "Node", *, undone: "Node | None" = None) -> None:
    """Add a line of history; an event without a name goes by that of the activity it undoes."""
    element = node.element
    name = element.name or ("" if undone is None else undone.element.name)
    token.execution.effects.append(
        Happened(
            type=event,
            element=element.id,
            element_type=element.type,
            name=name,
            token=token.id,
            scope=token.scope_path(),
        )
    )
