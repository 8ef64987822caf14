"""Children of call activities: every called process is an instance of its own.

The parent writes the child's row and an inbox item that starts it; an ended child writes to its parent's
inbox. Nobody ever locks two instances.
"""

from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from engine import definitions, inbox, unique_keys
from engine.models import InboxItem, ProcessInstance
from engine.spiff.effects import ChildrenCalled, Ended, EscalationLeft
from engine.spiff.elements import Value
from engine.spiff.errors import ExecutionError
from engine.spiff.execution import Execution
from engine.spiff.expressions import evaluate_json
from engine.states import LIVE, InstanceState
from foundation.database import UnitOfWork
from foundation.errors import Conflict, NotFound
from foundation.ids import new_id


def call(work: UnitOfWork, parent: Row[Any], effect: ChildrenCalled) -> list[str]:
    """Write the rows of the called instances and the items that start them; gives their ids in order.

    Raises ExecutionError, which becomes an incident at the call activity, when the called process may not be
    started or a live instance has a business key that has to be unique.
    """
    try:
        return _call(work, parent, effect)
    except (Conflict, NotFound) as refused:
        raise ExecutionError(refused.text, element=effect.element, **refused.facts) from refused


def _call(work: UnitOfWork, parent: Row[Any], effect: ChildrenCalled) -> list[str]:
    definition = definitions.called(
        work.session,
        effect.process,
        effect.binding,
        effect.version,
        caller=parent.definition_id,
        now=work.now,
    )
    outputs = {
        "outputs": [[m.target, m.value.text, m.value.is_expression] for m in effect.outputs],
        "all": effect.all_outputs,
        "element": None if effect.output_element is None else effect.output_element.text,
    }
    rows = [
        {
            "id": new_id(),
            "definition_id": definition.id,
            "key": definition.key,
            "definition_version": definition.version,
            "business_key": callee.business_key,
            "unique_key": callee.business_key if definition.is_key_unique else None,
            "state": InstanceState.CREATED.value,
            "revision": 0,
            "history_seq": 0,
            "history_head": "",
            "root_instance_id": parent.root_instance_id,
            "parent_instance_id": parent.id,
            "parent_token": effect.token,
            "parent_element": effect.element,
            "element_key": callee.key,
            "call": {"variables": callee.variables, **outputs},
            "started_at": work.now,
            "started_by": work.actor.id,
        }
        for callee in effect.callees
    ]
    unique_keys.insert(work, rows)
    items = [inbox.row(work, str(row["id"]), "start", {}) for row in rows]
    work.session.execute(insert(InboxItem.__table__), items)  # type: ignore[arg-type]
    called = [str(row["id"]) for row in rows]
    work.touched.update(called)
    return called


def report(work: UnitOfWork, row: Row[Any], execution: Execution, ended: Ended) -> Any:
    """Work out what an ended child gives back, tell its parent, and give the result for its row."""
    result = _result(row.call or {}, execution) if ended.state != InstanceState.CANCELLED else None
    inbox.put(
        work,
        row.parent_instance_id,
        "child_ended",
        {
            "token": row.parent_token,
            "key": row.element_key,
            "outcome": ended.state,
            "error_code": ended.error_code,
            "error_message": ended.error_message,
            "result": ended.error_variables,
        },
    )
    return result


def escalate(work: UnitOfWork, row: Row[Any], effect: EscalationLeft) -> None:
    """Tell the parent of an escalation that its child did not catch (BPMN 2.0 §10.5.5)."""
    given = {"token": row.parent_token, "code": effect.code, "variables": effect.variables}
    inbox.put(work, row.parent_instance_id, "child_escalated", given)


def results(session: Session, instance_id: str, token: str) -> list[tuple[str, Any]]:
    """Give (element key, result) of the children of a call activity in the order they were called."""
    rows = session.execute(
        select(ProcessInstance.element_key, ProcessInstance.result)
        .where(ProcessInstance.parent_instance_id == instance_id, ProcessInstance.parent_token == token)
        .order_by(ProcessInstance.id)
    ).all()
    return [(str(row.element_key), row.result) for row in rows]


def cancel(work: UnitOfWork, instance_id: str, tokens: list[str]) -> None:
    """Have the live children of cancelled call activities cancelled in their own turn."""
    found = work.session.scalars(
        select(ProcessInstance.id).where(
            ProcessInstance.parent_instance_id == instance_id,
            ProcessInstance.parent_token.in_(tokens),
            ProcessInstance.state.in_([state.value for state in LIVE]),
        )
    ).all()
    for child in found:
        inbox.put(work, child, "cancel", {"reason": "parent"})


def _result(call_: dict[str, Any], execution: Execution) -> Any:
    root = execution.root
    given: dict[str, Any] = dict(root.data) if call_.get("all") else {}
    for target, text, is_expression in call_.get("outputs", ()):
        given[target] = evaluate_json(root, Value(text=text, is_expression=is_expression))
    element = call_.get("element")
    if element is None:
        return given
    return evaluate_json(root, Value(text=element, is_expression=True), variables={**root.data, **given})
