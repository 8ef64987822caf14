"""What is measured: a process with form, gateway, timer and groups; an assignment among many sisters."""

from dataclasses import dataclass

import orjson
from sqlalchemy import select

from directives import accounts, api_keys
from engine import deployments, instances
from engine.dispatcher import Dispatcher
from engine.models import ProcessInstance, UserTask
from foundation.clock import SystemClock
from foundation.database import Database
from tests.engine.diagrams import diagram, extension, multi, timer
from tiendo import migrating

FORM = orjson.dumps(
    {
        "id": "bench-form",
        "type": "default",
        "components": [
            {"type": "select", "key": "decision", "label": "Ý kiến", "validate": {"required": True},
             "values": [{"label": "Đồng ý", "value": "yes"}, {"label": "Không", "value": "no"}]},
            {"type": "number", "key": "amount", "label": "Số lượng", "validate": {"min": 0, "max": 1000}},
            {"type": "textfield", "key": "title", "label": "Tiêu đề", "validate": {"maxLength": 200}},
            {"type": "textarea", "key": "note", "label": "Ghi chú"},
            {"type": "checkbox", "key": "urgent", "label": "Khẩn"},
        ],
    }
)  # fmt: skip
VALUES = {"decision": "yes", "amount": 20, "title": "Báo cáo quý", "note": "Đã đủ hồ sơ", "urgent": False}


def small() -> bytes:
    """Start → A with a form → gateway → B with a 24 h boundary timer → end."""
    drawing = (
        diagram("small").start().user_task("a", camunda__formKey="bench-form", camunda__assignee="=who")
        .exclusive("gate", default="no").at(None)
        .user_task("b", camunda__candidateGroups="unit_head@o1,officer@o1").end("e1")
        .flow("gate", "b", "amount > 10", identity="yes").at(None).end("e2")
        .flow("gate", "e2", identity="no").boundary("late", "b", timer("timeDuration", "PT24H")).end("e3")
    )  # fmt: skip
    return drawing.bytes()


def assignment() -> bytes:
    """One assignment: do it (form), have it confirmed."""
    return (
        diagram("sister").start().user_task("do", camunda__formKey="bench-form", camunda__assignee="=who")
        .user_task("confirm", camunda__candidateGroups="monitor@o1").end().bytes()
    )  # fmt: skip


def plan() -> bytes:
    """Calls one assignment per item, each an instance of its own."""
    each = multi(
        camunda__collection="=items", camunda__elementVariable="item", tiendo__elementKey="=item",
        tiendo__outputCollection="results", tiendo__outputElement="=decision",
    )  # fmt: skip
    mapping = extension('<camunda:in sourceExpression="who" target="who"/>')
    return (
        diagram("sisters").start().node("callActivity", "call", mapping + each, calledElement="sister")
        .user_task("read").end().bytes()
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class World:
    """A prepared database: a key, and tasks that can be completed."""

    key: str
    small: list[str]
    #: number of sisters → tasks of one family
    sisters: dict[int, list[str]]


def prepare(url: str, *, count: int, families: tuple[int, ...], singles: int = 0) -> World:
    """Fill a database with instances whose first task can be completed `count` times."""
    database = Database(url, SystemClock())
    migrating.upgrade(database)
    with database.unit_of_work() as work:
        account = accounts.create(work, username="bench", is_admin=True)
        key = api_keys.create(work, account, name="bench").key
        work.commit()
    dispatcher = Dispatcher(database, {})
    with database.unit_of_work() as work:
        deployments.deploy(
            work,
            {
                "small.bpmn": small(),
                "sister.bpmn": assignment(),
                "sisters.bpmn": plan(),
                "bench-form.form": FORM,
            },
        )
        work.commit()
    started = []
    for _number in range(count):
        with database.unit_of_work() as work:
            started.append(instances.start(work, "small", {"who": account}))
            work.commit()
    tasks = _tasks(database, started)
    sisters = {size: _family(database, dispatcher, account, size) for size in families}
    if singles:
        sisters[1] = [task for _copy in range(singles) for task in _family(database, dispatcher, account, 1)]
    database.dispose()
    return World(key=key, small=tasks, sisters=sisters)


def _family(database: Database, dispatcher: Dispatcher, account: str, size: int) -> list[str]:
    with database.unit_of_work() as work:
        items = [f"i{number}" for number in range(size)]
        parent = instances.start(work, "sisters", {"who": account, "items": items})
        work.commit()
    dispatcher.settle()
    with database.reading() as session:
        statement = select(ProcessInstance.id).where(ProcessInstance.parent_instance_id == parent)
        return _tasks(database, list(session.scalars(statement)))


def _tasks(database: Database, instance_ids: list[str]) -> list[str]:
    with database.reading() as session:
        is_first = UserTask.element.in_(["a", "do"])
        rows = session.execute(
            select(UserTask.id, UserTask.instance_id).where(is_first, UserTask.state == "open")
        )
        by_instance = {row.instance_id: row.id for row in rows}
    return [by_instance[one] for one in instance_ids]
