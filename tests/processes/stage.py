"""The stage of the process tests: a house on a movable clock, its people, and what they do there."""

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select

from directives.access import Principal
from directives.assignment_tables import Assignment
from directives.notifications import NotificationRow
from engine import deployments, instances
from engine.dispatcher import Dispatcher
from engine.models import HistoryEvent, Incident, ProcessInstance, UserTask
from foundation import calendars
from foundation.clock import BUSINESS_ZONE, MovableClock
from foundation.database import Database
from foundation.outbox import OutboxEvent
from processes import handlers, shipped, work_list
from tests import cast


def moment(text: str) -> datetime:
    """Read "07/02/2024 08:00" (or a bare day, its morning at eight) as a moment in Việt Nam."""
    day, _sep, hour = text.partition(" ")
    parsed = datetime.strptime(day, "%d/%m/%Y").replace(tzinfo=UTC).date()
    at = time.fromisoformat(hour) if hour else time(8)
    return datetime.combine(parsed, at, BUSINESS_ZONE).astimezone(UTC)


def shown(at: datetime | None) -> str:
    """Write a moment as `moment` reads it."""
    return "" if at is None else f"{at.astimezone(BUSINESS_ZONE):%d/%m/%Y %H:%M}"


class Stage:
    """A running house in one process."""

    def __init__(self, database: Database, clock: MovableClock) -> None:
        self.database = database
        self.clock = clock
        self.dispatcher = Dispatcher(database, handlers.HANDLERS, handlers.escalate)
        with database.unit_of_work() as work:
            calendars.seed(work)
            self.cast = cast.enter(work)
            cast.enter_group(work, self.cast)
            deployments.deploy(work, shipped.files(), note="test")
            work.commit()

    def to(self, text: str) -> None:
        """Let the time pass, everything due on the way happening in order."""
        self.dispatcher.advance(self.clock, moment(text))

    def settle(self) -> None:
        self.dispatcher.settle()

    def id(self, key: str) -> str:
        return self.cast.organisation(key)

    def principal(self, username: str) -> Principal:
        with self.database.reading() as session:
            return self.cast.principal(session, username, self.clock.now())

    def act(self, username: str, verb: Any, *args: Any, **more: Any) -> Any:
        """Let a person do a use case `(work, principal, …)`; gives what it gives."""
        principal = self.principal(username)
        with self.database.unit_of_work(principal.actor) as work:
            result = verb(work, principal, *args, **more)
            work.commit()
        self.settle()
        return result

    def do(self, verb: Any, *args: Any, **more: Any) -> Any:
        """Run a domain verb as the house itself."""
        with self.database.unit_of_work() as work:
            result = verb(work, *args, **more)
            work.commit()
        self.settle()
        return result

    def task(self, element: str, business_key: str) -> UserTask:
        """Give the open step of a cycle, assignment, round or unit report."""
        found = [task for task in self.open_tasks(business_key) if task.element == element]
        assert len(found) == 1, (element, [task.element for task in self.open_tasks(business_key)])
        return found[0]

    def open_tasks(self, business_key: str) -> list[UserTask]:
        with self.database.reading() as session:
            query = select(UserTask).where(UserTask.business_key == business_key, UserTask.state == "open")
            return list(session.scalars(query.order_by(UserTask.id)))

    def complete(self, username: str, element: str, business_key: str, **values: Any) -> None:
        """Let a person finish a step with what the form asks."""
        task = self.task(element, business_key)
        self.act(username, work_list.complete, task.id, values)

    def row(self, table: Any, key: str) -> Any:
        with self.database.reading() as session:
            return session.get(table, key)

    def rows(self, query: Any) -> list[Any]:
        with self.database.reading() as session:
            return list(session.scalars(query))

    def assignments_of(self, directive_id: str) -> list[Assignment]:
        query = select(Assignment).where(Assignment.directive_id == directive_id)
        return self.rows(query.order_by(Assignment.ordinal))

    def assignment(self, directive_id: str, words: str) -> Assignment:
        """Give the assignment whose content holds some words."""
        found = [one for one in self.assignments_of(directive_id) if words in one.content]
        assert len(found) == 1, (words, [one.content for one in self.assignments_of(directive_id)])
        return found[0]

    def variables(self, process: str, business_key: str) -> dict[str, Any]:
        query = select(ProcessInstance).where(
            ProcessInstance.key == process, ProcessInstance.business_key == business_key
        )
        return instances.variables(self.rows(query)[0])

    def ladder(self, business_key: str, element: str) -> list[tuple[str, str, str]]:
        """Give the steps of the ladder that fired at a step: when, whom, what."""
        query = (
            select(HistoryEvent)
            .join(ProcessInstance, ProcessInstance.id == HistoryEvent.instance_id)
            .where(
                ProcessInstance.business_key == business_key,
                HistoryEvent.type == "escalation.fired",
                HistoryEvent.element == element,
            )
            .order_by(HistoryEvent.at, HistoryEvent.seq)
        )
        return [(shown(one.at), one.data["to"], one.data["action"]) for one in self.rows(query)]

    def told(self, kind: str, subject: str) -> set[str]:
        """Give who was told of something."""
        query = select(NotificationRow.recipient).where(
            NotificationRow.kind == kind, NotificationRow.subject_id == subject
        )
        return set(self.rows(query))

    def events(self, prefix: str = "") -> list[str]:
        names = self.rows(select(OutboxEvent.type).order_by(OutboxEvent.seq))
        return [name for name in names if name.startswith(prefix)]

    def incidents(self) -> list[str]:
        found = self.rows(select(Incident).where(Incident.resolved_at.is_(None)))
        return [f"{one.element}: {one.message} {one.detail}" for one in found]

    def running(self) -> list[str]:
        query = select(ProcessInstance).where(ProcessInstance.ended_at.is_(None))
        return [f"{one.key} {one.state}" for one in self.rows(query)]


def today(stage: Stage) -> date:
    return stage.clock.now().astimezone(BUSINESS_ZONE).date()
