"""What lies under pages at 100 000 rows (work list, board, tree), and timers drained per second."""

import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, text
from sqlalchemy.orm import Session

from directives import board, directives, documents, tree
from directives.assignment_tables import Assignment
from directives.documents import Header
from directives.states import State
from engine import user_tasks
from engine.models import Timer, UserTask, UserTaskCandidate
from engine.states import WorkState
from foundation import calendars
from foundation.database import Database
from foundation.ids import new_id
from tests.bench.engines import NOW, Engine, engine
from tests.engine.diagrams import diagram, timer

OPEN_TASKS, UNITS, TIMERS = 100_000, 500, 2000
TODAY, PAST, FAR = date(2024, 3, 1), date(2024, 2, 20), date(2024, 6, 28)
ASSIGNMENTS, NODES, LEADS = 100_000, 10_000, 50


def measure(folder: Path) -> dict[str, float]:
    """Measure on SQLite: milliseconds of a query, timers per second."""
    folder.mkdir()
    with engine(folder) as made:
        drained, timer_ms = drain(made)
        inbox = work_list(made)
        board_ms, tree_ms = board_and_tree(made)
    return {
        "timers_per_s": round(drained),
        "timer_cpu_ms": round(timer_ms, 2),
        "inbox_ms": inbox,
        "board_ms": board_ms,
        "tree_ms": tree_ms,
    }


def drain(made: Engine) -> tuple[float, float]:
    """Let two thousand timers of as many instances come due at once.

    Gives how many fire in a second, and the milliseconds of processor time of one.
    """
    made.deploy(diagram("wait").start().catch("hour", timer("timeDuration", "PT1H")).end().bytes())
    for _number in range(TIMERS):
        made.start("wait")
    made.clock.advance(timedelta(hours=1))
    begun, worked = time.perf_counter(), time.process_time()
    made.dispatcher.settle()
    took, worked = time.perf_counter() - begun, time.process_time() - worked
    with made.database.reading() as session:
        fired = session.query(Timer).filter(Timer.state == WorkState.FIRED.value).count()
    if fired != TIMERS:
        raise RuntimeError(f"{fired} of {TIMERS} timers fired")
    return TIMERS / took, worked / TIMERS * 1000


def work_list(made: Engine) -> float:
    """Ask for the first page of a person with three groups among a hundred thousand open tasks."""
    instance = made.start("wait")
    tasks: list[dict[str, Any]] = [
        {
            "id": new_id(), "instance_id": instance, "token": f"x{number}", "element": "e", "name": "n",
            "process_key": "wait", "assignee": f"a{number % UNITS}" if number % 10 == 0 else None,
            "candidate_groups": [f"officer@{number % UNITS}"], "due_at": NOW + timedelta(hours=number % 999),
            "priority": 50, "local": {}, "state": WorkState.OPEN.value, "revision": 1, "created_at": NOW,
        }
        for number in range(OPEN_TASKS)
    ]  # fmt: skip
    candidates = [{"task_id": task["id"], "group": task["candidate_groups"][0]} for task in tasks]
    fill(made.database, {UserTask.__table__: tasks, UserTaskCandidate.__table__: candidates})
    groups = ("officer@7", "officer@8", "member@7")
    return median_ms(made.database, lambda session: user_tasks.open_for(session, "a7", groups))


def board_and_tree(made: Engine) -> tuple[float, float]:
    """Count a hundred thousand assignments by unit; read a tree of ten thousand."""
    with made.database.unit_of_work() as work:
        calendars.seed(work)
        header = Header(type_code="CV", number_raw="1394/UBND-KGVX", issuer_name="UBND", subject="Triển khai")
        document = documents.register_incoming(work, "o", header)
        top = directives.receive(work, document.id, "o", received_on=TODAY).id
        work.commit()
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(), "directive_id": top if number < NODES else "other",
            "root_id": top if number < NODES else "other", "ordinal": number, "organisation_id": "o",
            "lead_id": f"unit{number % LEADS}", "content": f"Nhiệm vụ {number}", "deadline": {},
            "state": (State.IN_PROGRESS if number % 3 else State.DONE).value, "due_holder_id": "o",
            "effective_due": FAR if number % 2 else PAST, "result_on": None if number % 3 else PAST,
            "assigned_on": date(2024, 1, 5), "created_at": NOW,
        }
        for number in range(ASSIGNMENTS)
    ]  # fmt: skip
    fill(made.database, {Assignment.__table__: rows})
    return (
        median_ms(made.database, lambda session: board.by_lead(session, TODAY)),
        median_ms(made.database, lambda session: tree.tree(session, top, TODAY)),
    )


def fill(database: Database, rows: dict[Any, list[dict[str, Any]]]) -> None:
    """Write rows table by table, and let the database look at them."""

    def write(connection: Connection, table: Table, given: list[dict[str, Any]]) -> None:
        connection.execute(insert(table), given)

    with database.write_engine.begin() as connection:
        for table, given in rows.items():
            write(connection, table, given)
        connection.execute(text("ANALYZE"))


def median_ms(database: Database, ask: Callable[[Session], object]) -> float:
    """Give the median milliseconds of seven times asking, after two."""
    times = []
    for _time in range(9):
        with database.reading() as session:
            begun = time.perf_counter()
            ask(session)
            times.append((time.perf_counter() - begun) * 1000)
    return round(statistics.median(times[2:]), 2)
