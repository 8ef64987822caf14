"""Poisoned steps: one that kills its process is counted, ends as an incident, and takes nothing with it."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest

from engine import incidents
from engine.tries import TRIES
from foundation.database import Database
from tests.engine.conftest import Bench
from tests.engine.diagrams import diagram, event, timer
from tests.engine.poisoned import KILLED

BOTH = [
    diagram("bad").start().service_task("serve", "poison").end().bytes(),
    diagram("good").start().service_task("serve", "harmless").end().bytes(),
]


@pytest.fixture
def live(bench: Bench, database: Database) -> Callable[[], int]:
    """Let a process do what is due; gives its exit status."""

    def lived() -> int:
        url = database.url.render_as_string(hide_password=False)
        now = bench.clock.now().isoformat()
        return subprocess.run(
            [sys.executable, "-m", "tests.engine.poisoned", url, now], check=False
        ).returncode

    return lived


def deaths(live: Callable[[], int]) -> int:
    """Start processes until one lives to its end; gives how many died."""
    for number in range(3 * TRIES):
        status = live()
        if status == 0:
            return number
        assert status == KILLED
    raise AssertionError("processes die for ever")


def test_a_job_that_kills_its_process_ends_as_an_incident_and_the_others_go_on(
    bench: Bench, live: Callable[[], int]
) -> None:
    bench.deploy(*BOTH)
    before, bad, after = bench.start("good"), bench.start("bad"), bench.start("good")

    assert deaths(live) == TRIES

    assert (bench.state(before), bench.state(after)) == ("completed", "completed")
    assert bench.state(bad) == "running"
    (incident,) = bench.incidents(bad)
    assert (incident.kind, incident.element) == ("job", "serve")
    assert live() == 0


def test_tried_again_by_a_person_after_the_repair_it_goes_on(bench: Bench, live: Callable[[], int]) -> None:
    bench.deploy(*BOTH)
    bad = bench.start("bad")
    deaths(live)
    bench.handle("poison", lambda _work, _job: {})
    with bench.database.unit_of_work() as work:
        incidents.retry(work, bench.incidents(bad)[0].id)
        work.commit()
    assert bench.state(bad) == "completed"


def test_a_timer_that_kills_its_process_takes_no_other_timer_with_it(
    bench: Bench, live: Callable[[], int]
) -> None:
    bench.deploy(
        diagram("bad")
        .start()
        .catch("wait", timer("timeDuration", "PT1H"))
        .script_task("poison")
        .end()
        .bytes(),
        diagram("good").start().catch("wait", timer("timeDuration", "PT1H")).end().bytes(),
    )
    bad, *good = [bench.start(name) for name in ("bad", "good", "good", "good")]
    bench.clock.advance(timedelta(hours=1))

    assert deaths(live) == TRIES

    assert {bench.state(one) for one in good} == {"completed"}
    (incident,) = bench.incidents(bad)
    assert (incident.kind, incident.element) == ("timer", "wait")


def test_a_message_that_kills_its_process_is_held_by_an_incident(
    bench: Bench, live: Callable[[], int]
) -> None:
    bench.database.on_commit = None
    for name in ("bad", "good"):
        drawing = diagram(name).message("m", "come", "=code").start().catch("wait", event("message", "m"))
        bench.deploy(drawing.script_task("poison" if name == "bad" else "fine").end().bytes())
    bad, good = bench.start("bad", code="a"), bench.start("good", code="b")
    bench.send("come", "a")
    bench.send("come", "b")

    assert deaths(live) == TRIES

    assert bench.state(good) == "completed"
    (incident,) = bench.incidents(bad)
    assert incident.kind == "inbox"
    assert live() == 0
