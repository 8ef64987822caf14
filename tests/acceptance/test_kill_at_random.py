"""Killed at any moment, also in the middle of a request: what was answered stays, nothing is half done."""

import http.client
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any

import pytest

from tests.acceptance.people import Person, eventually
from tests.acceptance.province import Province
from tests.acceptance.server import Server
from tests.engine.diagrams import diagram, timer

pytestmark = pytest.mark.slow

#: instances, clients at once, and kills on each database
CASES, CLIENTS, KILLS = 80, 4, 8
#: the longest the server lives between its start and the next kill, in seconds
LIFE = 0.4
SEED = 463


def test_every_completion_happens_once_or_not_at_all_whenever_the_server_is_killed(
    province: Province,
) -> None:
    admin = province.admin
    admin.send_file("/deployments", "part.bpmn", diagram("part").start().user_task("do_part").end().bytes())
    admin.send_file("/deployments", "work.bpmn", work())
    cases = [start(admin, number) for number in range(CASES)]
    queue: SimpleQueue[dict[str, Any]] = SimpleQueue()
    for case in cases:
        queue.put(case)

    with killed_at_random(province.server):
        clients = [threading.Thread(target=complete_all, args=(admin, queue)) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()

    assert province.server.kills >= KILLS
    children = {one["parent"]: one["id"] for one in admin.instances("part")}
    for case in cases:
        # answered 204, or not answered and then refused because it was done
        assert case["answers"][-1] == 204 or (case["answers"][0] == 0 and case["answers"][-1] == 409)
        is_done_once_and_whole(admin, case, children[case["instance"]])
    assert len(admin.instances("part")) == CASES
    assert admin.get("/incidents")["items"] == []


def work() -> bytes:
    """One completion opens a step with a timer and starts a child instance."""
    return (
        diagram("work").start().user_task("do").parallel("both").user_task("next")
        .boundary("late", "next", timer("timeDuration", "P1D")).end("e1").at("next").end("e2")
        .at("both").node("callActivity", "part", calledElement="part").end("e3").bytes()
    )  # fmt: skip


def start(admin: Person, number: int) -> dict[str, Any]:
    started = admin.post("/instances", {"process": "work", "business_key": f"case-{number}"})
    (task,) = admin.get(f"/user-tasks?instance={started['id']}")["items"]
    return {"instance": started["id"], "task": task["id"], "answers": []}


def complete_all(admin: Person, queue: "SimpleQueue[dict[str, Any]]") -> None:
    """Complete task by task; without an answer ask again until there is one."""
    while True:
        try:
            case = queue.get_nowait()
        except Empty:
            return
        while not case["answers"] or case["answers"][-1] == 0:
            case["answers"].append(attempt(admin, case["task"]))


def attempt(admin: Person, task: str) -> int:
    """Give the status of the answer, 0 when the server died before it answered."""
    try:
        return admin.ask("POST", f"/user-tasks/{task}/complete", {"variables": {}}).status
    except (OSError, http.client.HTTPException):
        threading.Event().wait(0.02)
        return 0


@contextmanager
def killed_at_random(server: Server) -> Iterator[None]:
    """Kill and restart the server at seeded moments while the block runs."""
    chance = random.Random(SEED)  # noqa: S311  a seed is what is wanted

    def strike() -> None:
        for _kill in range(KILLS):
            threading.Event().wait(chance.uniform(0, LIFE))
            server.restart()

    striking = threading.Thread(target=strike)
    striking.start()
    try:
        yield
    finally:
        striking.join()


def is_done_once_and_whole(admin: Person, case: dict[str, Any], child: str) -> None:
    """The task was completed once; what follows from it is there once: step, timer, child."""
    lines = [(line["type"], line["element"]) for line in admin.history(case["instance"])]
    assert lines.count(("user_task.completed", "do")) == 1
    assert lines.count(("element.entered", "next")) == 1
    found = admin.get(f"/instances/{case['instance']}")
    assert {one["element"] for one in found["waiting"] if one["kind"] != "timer"} == {"next", "part"}
    assert len(admin.get(f"/timers?instance={case['instance']}")["items"]) == 1
    (part,) = eventually(lambda: admin.get(f"/user-tasks?instance={child}")["items"])
    assert part["element"] == "do_part"
