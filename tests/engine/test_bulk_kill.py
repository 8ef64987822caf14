"""A migration of many instances whose worker is killed again and again: it ends, each instance once."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from engine import bulk, version_changes
from engine.models import HistoryEvent, ProcessInstance
from engine.version_changes import Plan
from tests.engine.conftest import Bench
from tests.engine.consistency import check
from tests.engine.diagrams import diagram

INSTANCES = 8
#: a worker that is killed before it commits its third instance
WORKER = """
import os, signal, sys
from datetime import datetime
from engine import bulk, version_changes
from foundation.clock import MovableClock
from foundation.database import Database

url, moment = sys.argv[1:]
change, seen = version_changes.change_version, []

def deadly(*given, **named):
    verdict = change(*given, **named)
    seen.append(1)
    if len(seen) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return verdict

version_changes.change_version = deadly
database = Database(url, MovableClock(datetime.fromisoformat(moment)))
while bulk.work_off(database, limit=4):
    pass
"""


def drawn(*names: str) -> bytes:
    d = diagram().start()
    for name in names:
        d = d.user_task(name)
    return d.end().bytes()


def test_a_killed_worker_loses_nothing_and_does_nothing_twice(bench: Bench) -> None:
    bench.deploy(drawn("draft"))
    made = [bench.start() for _each in range(INSTANCES)]
    bench.deploy(drawn("draft", "sign"))
    with bench.database.unit_of_work() as work:
        operation = bulk.begin(work, Plan(key="p", source=1, target=2), reason="Quyết định 12")
        work.commit()
    url = bench.database.url.render_as_string(hide_password=False)
    exits: list[int] = []
    while not exits or exits[-1] != 0:
        command = [sys.executable, "-c", WORKER, url, bench.clock.now().isoformat()]
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        exits.append(subprocess.run(command, check=False, env=environment).returncode)
        bench.clock.advance(timedelta(seconds=5))
    assert exits == [-signal.SIGKILL] * (len(exits) - 1) + [0]
    assert len(exits) > 2
    with bench.database.reading() as session:
        assert bulk.progress(session, operation) == bulk.Progress(total=INSTANCES, done=INSTANCES)
        lines = select(func.count()).where(HistoryEvent.type == "instance.migrated")
        assert session.scalar(lines) == INSTANCES
        assert set(session.scalars(select(ProcessInstance.definition_version))) == {2}
        assert version_changes.dry_run(session, Plan(key="p", source=1, target=2)) == []
    for instance in made:
        check(bench, instance)
