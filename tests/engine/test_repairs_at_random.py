"""Whatever an administrator does, in whatever order: state and rows belong together after every act.

A seed makes the acts; it is printed with a failure. `TIENDO_REPAIR_SEEDS` asks for more of them.
"""

import os
import random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from engine import instances, modifications, repairs, user_tasks, version_changes
from engine.models import ProcessInstance
from engine.modifications import CancelToken, MoveToken, Position, StartAfter, StartBefore
from engine.states import InstanceState
from foundation.database import UnitOfWork
from foundation.errors import TiendoError
from tests.engine.conftest import Bench
from tests.engine.consistency import check
from tests.engine.diagrams import diagram, event, extension, multi, timer

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS = range(int(os.environ.get("TIENDO_REPAIR_SEEDS", "12")))
ACTS = 25
EACH = multi(camunda__collection="=units", camunda__elementVariable="unit", tiendo__elementKey="=unit")
ANY = "<bpmn:activationCondition>activationCount &gt;= 1</bpmn:activationCondition>"
EXTRA = ("pick", "choose", "free", "quick", "slowly", "any")
LATE = timer("timeDuration", "P2D")


def drawn(last: str) -> bytes:
    """Give a process with something of everything a token can wait at."""
    given = '<camunda:inputOutput><camunda:inputParameter name="x">=n + 1</camunda:inputParameter>'
    mapping = extension(f"{given}</camunda:inputOutput>")
    d = diagram().message("m").start().user_task("plan", mapping).parallel("split")
    d = d.service_task("serve", "nobody.does").parallel("join").user_task(last).end()
    d = d.at("split").inside("part", body=EACH).start("s").user_task("do")
    d = d.node("eventBasedGateway", "wait").catch("answer", event("message", "m")).end("e1")
    d = d.at("wait").catch("day", LATE).end("e2")
    d = d.outside().flow("part", "join")
    d = d.boundary("late", "part", LATE, cancelActivity="false").user_task("urge").end("e3")
    d = d.at("split").user_task("each", EACH).flow("each", "join")
    d = d.at("split").node("callActivity", "call", calledElement="child").flow("call", "join")
    d = d.boundary("slow", "call", LATE).end("e4")
    d = (
        d.at("split")
        .inside("free", "adHocSubProcess")
        .at(None)
        .user_task("pick")
        .at(None)
        .user_task("choose")
    )
    d = d.outside().flow("free", "join")
    d = d.at("split").user_task("quick").node("complexGateway", "any", ANY).user_task("told").end("e6")
    d = d.at("split").user_task("slowly").flow("slowly", "any")
    d = d.inside("asked", triggeredByEvent="true").start(
        "heard", event("message", "m"), isInterrupting="false"
    )
    return d.user_task("reply").end("e5").outside().bytes()


class Administrator:
    """Somebody who does anything at all to one instance."""

    def __init__(self, bench: Bench, instance: str, seed: int) -> None:
        self.bench, self.instance = bench, instance
        self.random = random.Random(seed)  # noqa: S311  acts, no secrets
        self.acts: list[Callable[[UnitOfWork, list[Position]], None]] = [
            self.move, self.cancel, self.start, self.skip, self.complete, self.set_variables,
            self.suspend, self.resume, self.change_version,
        ]  # fmt: skip

    def act(self) -> str:
        """Do one thing; what is refused leaves everything as it was."""
        chosen = self.random.choice(self.acts)
        with self.bench.database.reading() as session:
            found = modifications.positions(session, instances.get(session, self.instance))
        try:
            with self.bench.database.unit_of_work() as work:
                chosen(work, found)
                work.commit()
        except TiendoError as error:
            return f"{chosen.__name__} refused: {error}"
        return chosen.__name__

    def any(self, found: list[Position]) -> str:
        return self.random.choice(found).token if found else "t0"

    def element(self) -> str:
        names = (
            "plan",
            "serve",
            "do",
            "each",
            "call",
            "join",
            "urge",
            "reply",
            "wait",
            "split",
            "day",
            "part",
        )
        return self.random.choice(names + EXTRA)

    def move(self, work: UnitOfWork, found: list[Position]) -> None:
        step = MoveToken(token=self.any(found), element=self.element(), scope=self.scope(found))
        modifications.modify(work, self.instance, [step], reason="x")

    def cancel(self, work: UnitOfWork, found: list[Position]) -> None:
        modifications.modify(work, self.instance, [CancelToken(token=self.any(found))], reason="x")

    def start(self, work: UnitOfWork, found: list[Position]) -> None:
        kind = self.random.choice((StartBefore, StartAfter))
        step = kind(element=self.element(), scope=self.scope(found))
        modifications.modify(work, self.instance, [step], reason="x")

    def scope(self, found: list[Position]) -> str | None:
        return self.any(found) if self.random.random() < 0.3 else None

    def skip(self, work: UnitOfWork, found: list[Position]) -> None:
        repairs.skip(work, self.instance, self.any(found), {"skipped": True}, reason="x")

    def complete(self, work: UnitOfWork, _found: list[Position]) -> None:
        tasks = user_tasks.of_instance(work.session, self.instance)
        if tasks:
            user_tasks.complete(work, self.random.choice(tasks).id, {})

    def set_variables(self, work: UnitOfWork, found: list[Position]) -> None:
        token = self.any(found) if found and self.random.random() < 0.5 else None
        repairs.set_variables(work, self.instance, {"n": self.random.randint(0, 9)}, reason="x", token=token)

    def suspend(self, work: UnitOfWork, _found: list[Position]) -> None:
        instances.suspend(work, self.instance, reason="x")

    def resume(self, work: UnitOfWork, _found: list[Position]) -> None:
        instances.resume(work, self.instance, reason="x")

    def change_version(self, work: UnitOfWork, _found: list[Position]) -> None:
        now = instances.get(work.session, self.instance).definition_version
        plan = version_changes.plan(work.session, "p", now, 3 - now, {})
        version_changes.change_version(work, self.instance, plan, reason="x")


@pytest.mark.parametrize("seed", SEEDS)
def test_state_and_rows_belong_together_after_every_act(bench: Bench, seed: int) -> None:
    bench.deploy(drawn("last"), diagram("child").start().user_task("work").end().bytes())
    instance = bench.start(units=["a", "b", "c"], n=1, code="x")
    bench.deploy(drawn("final"))
    administrator = Administrator(bench, instance, seed)
    done: list[Any] = []
    for _act in range(ACTS):
        done.append(administrator.act())
        try:
            check(bench, instance)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {done}") from error
    statement = select(ProcessInstance.id).where(ProcessInstance.parent_instance_id == instance)
    with bench.database.reading() as session:
        for child in session.scalars(statement):
            check(bench, child)
        if instances.get(session, instance).state == InstanceState.RUNNING:
            assert modifications.positions(session, instances.get(session, instance))
