"""An engine over a real database, and short words for what tests do with it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import deployments, history, instances, messages, user_tasks
from engine.dispatcher import Dispatcher
from engine.models import Incident, ProcessInstance
from engine.ports import JobHandler
from foundation.clock import MovableClock
from foundation.database import Database


class Bench:
    """Deploys, starts, completes, sends, waits: one line each in a test."""

    def __init__(self, database: Database, clock: MovableClock) -> None:
        self.database = database
        self.clock = clock
        self.handlers: dict[str, Any] = {}
        self.notices: list[Any] = []
        self.dispatcher = Dispatcher(
            database, self.handlers, lambda _work, notice: self.notices.append(notice)
        )

    def deploy(self, *diagrams: bytes, **files: bytes) -> None:
        given = {f"{number}.bpmn": content for number, content in enumerate(diagrams)} | {
            name.replace("_", ".", 1): content for name, content in files.items()
        }
        with self.database.unit_of_work() as work:
            deployments.deploy(work, given)
            work.commit()

    def start(self, process: str = "p", **variables: Any) -> str:
        with self.database.unit_of_work() as work:
            instance = instances.start(work, process, variables)
            work.commit()
        return instance

    def complete(self, instance: str, element: str, **variables: Any) -> None:
        with self.database.reading() as session:
            task = next(t for t in user_tasks.of_instance(session, instance) if t.element == element)
        with self.database.unit_of_work() as work:
            user_tasks.complete(work, task.id, variables)
            work.commit()

    def send(self, name: str, key: str = "", **variables: Any) -> None:
        with self.database.unit_of_work() as work:
            messages.send(work, name, key, variables)
            work.commit()

    def signal(self, name: str) -> None:
        with self.database.unit_of_work() as work:
            messages.broadcast(work, name, {})
            work.commit()

    def wait(self, **duration: float) -> None:
        self.dispatcher.advance(self.clock, self.clock.now() + timedelta(**duration))

    def state(self, instance: str) -> str:
        with self.database.reading() as session:
            return instances.get(session, instance).state

    def variables(self, instance: str) -> Mapping[str, Any]:
        with self.database.reading() as session:
            return instances.variables(instances.get(session, instance))

    def waiting(self, instance: str) -> list[str]:
        with self.database.reading() as session:
            return sorted(one.element for one in instances.waiting(session, instance))

    def entered(self, instance: str) -> list[str]:
        with self.database.reading() as session:
            lines = history.of_instance(session, instance)
        return [line.element for line in lines if line.type == "element.entered"]

    def children(self, instance: str) -> list[str]:
        statement = select(ProcessInstance.id).where(ProcessInstance.parent_instance_id == instance)
        with self.database.reading() as session:
            return list(session.scalars(statement.order_by(ProcessInstance.id)))

    def incidents(self, instance: str) -> list[Incident]:
        statement = select(Incident).where(Incident.instance_id == instance, Incident.resolved_at.is_(None))
        with self.database.reading() as session:
            return list(session.scalars(statement))

    def handle(self, topic: str, handler: JobHandler) -> None:
        self.handlers[topic] = handler


@pytest.fixture
def bench(database: Database, clock: MovableClock) -> Bench:
    return Bench(database, clock)
