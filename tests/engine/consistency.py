"""State and rows belong together: what an instance's blob says and what its tables say is compared."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from engine import graphs, history
from engine.models import EventSubscription, Job, ProcessInstance, Timer, UserTask
from engine.spiff import state
from engine.spiff.token import STARTED, WAITING, Token
from engine.states import LIVE, WorkState
from tests.engine.conftest import Bench

#: kind of rows → table and the states in which a row is open
TABLES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "user_task": (UserTask, (WorkState.OPEN.value,)),
    "job": (Job, (WorkState.CREATED.value, WorkState.FAILED.value)),
    "timer": (Timer, (WorkState.PENDING.value, WorkState.FAILED.value)),
    "subscription": (EventSubscription, ()),
}


def check(bench: Bench, instance_id: str) -> None:
    """Assert that every waiting token has its row, every open row its token, and the history holds."""
    with bench.database.reading() as session:
        instance = session.get_one(ProcessInstance, instance_id)
        assert history.verify(session, instance_id) is None
        expected, elements = _expected(session, instance)
        for kind, (table, states) in TABLES.items():
            statement = select(table.token, table.element).where(table.instance_id == instance_id)
            if states:
                statement = statement.where(table.state.in_(states))
            rows = session.execute(statement).all()
            assert sorted(row.token for row in rows) == sorted(expected[kind]), (kind, rows, expected[kind])
            assert all(elements[row.token] == row.element for row in rows), kind
        _check_children(session, instance, expected["children"], elements)


def _expected(session: Any, instance: ProcessInstance) -> tuple[dict[str, list[str]], dict[str, str]]:
    expected: dict[str, list[str]] = {kind: [] for kind in (*TABLES, "children")}
    elements: dict[str, str] = {}
    if instance.blob is None or instance.ended_at is not None:
        return expected, elements
    graph = graphs.of_definition(session, instance.definition_id)
    execution = state.look(instance.blob, graph, now=instance.started_at)
    assert state.dump(execution) == state.dump(state.look(state.dump(execution), graph, now=execution.now))
    for token in execution.tasks.values():
        elements[token.id] = token.node.element.id
        for kind in _kinds(token):
            expected[kind].append(token.id)
    return expected, elements


def _kinds(token: Token) -> Iterable[str]:
    if (
        token.scope is None
        or token.state not in {WAITING, STARTED}
        or any(not t.listens for t in token.inside())
    ):
        return ()
    return tuple(token.node.rows)


def _check_children(
    session: Any, instance: ProcessInstance, expected: list[str], elements: dict[str, str]
) -> None:
    rows = session.execute(
        select(ProcessInstance.parent_token, ProcessInstance.parent_element, ProcessInstance.state).where(
            ProcessInstance.parent_instance_id == instance.id
        )
    ).all()
    live = {one.value for one in LIVE}
    assert {row.parent_token for row in rows if row.state in live} <= set(expected)
    assert set(expected) <= {row.parent_token for row in rows}
    assert all(elements[row.parent_token] == row.parent_element for row in rows if row.state in live)
