"""Must show 7: two hundred rounds of fifty clients on one task, and of a timer and a message on one gateway.

Exactly one wins each round, everybody else is told so, and the history is whole.
"""

import http.client
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from tests.acceptance.people import Person, eventually
from tests.acceptance.province import Province
from tests.engine.diagrams import Diagram, diagram, event, timer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

CLIENTS, ROUNDS = 50, 200
#: instances that race at the same time
HEAT = 10
#: what came first at the gateway → the step after it
NEXT = {"answered": "with_answer", "late": "without_answer"}
BUSY = 503


class Client:
    """A program with a connection of its own, that sends again what it is asked to send again."""

    def __init__(self, admin: Person) -> None:
        """Connect."""
        self._connection = http.client.HTTPConnection("127.0.0.1", admin.server.port, timeout=120)
        self._headers = {"Authorization": f"Bearer {admin.key}", "Content-Type": "application/json"}

    def post(self, path: str, body: dict[str, Any]) -> int:
        """Post JSON and give the status; `Busy` asks for patience."""
        while True:
            self._connection.request("POST", f"/api/v1{path}", json.dumps(body), self._headers)
            with self._connection.getresponse() as answer:
                answer.read()
            if answer.status != BUSY:
                return answer.status
            time.sleep(float(answer.headers["Retry-After"]))

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@contextmanager
def clients(admin: Person, count: int) -> Iterator[tuple[list[Client], ThreadPoolExecutor]]:
    """Give clients and as many threads."""
    made = [Client(admin) for _number in range(count)]
    try:
        with ThreadPoolExecutor(count) as threads:
            yield made, threads
    finally:
        for one in made:
            one.close()


def deploy(admin: Person, drawing: Diagram) -> None:
    admin.send_file("/deployments", "a.bpmn", drawing.bytes())


def story(admin: Person, instance: str) -> list[str]:
    """Give the lines of an instance's history; its chain of hashes holds."""
    return [f"{line['type']} {line['element']}" for line in admin.history(instance)]


def test_of_fifty_clients_exactly_one_completes_the_task_each_round(province: Province) -> None:
    admin = province.admin
    deploy(admin, diagram("once").start().user_task("do").user_task("next").end())
    started = [str(admin.post("/instances", {"process": "once"})["id"]) for _round in range(ROUNDS)]
    tasks = [admin.get(f"/user-tasks?instance={one}")["items"][0]["id"] for one in started]
    line = Barrier(CLIENTS, timeout=120)

    def run(number: int, client: Client) -> list[int]:
        answers = []
        for task in tasks:
            line.wait()
            answers.append(client.post(f"/user-tasks/{task}/complete", {"variables": {"by": number}}))
        return answers

    with clients(admin, CLIENTS) as (made, threads):
        answers = list(threads.map(run, range(CLIENTS), made))

    for instance, statuses in zip(started, zip(*answers, strict=True), strict=True):
        assert Counter(statuses) == {204: 1, 409: CLIENTS - 1}
        found = admin.get(f"/instances/{instance}")
        assert found["variables"] == {"by": statuses.index(204)}
        assert [one["element"] for one in found["waiting"]] == ["next"]
        assert story(admin, instance).count("user_task.completed do") == 1


def test_of_a_timer_and_a_message_exactly_one_wins_each_round(province: Province) -> None:
    admin = province.admin
    drawing = diagram("race").message("m", "answer", "=case").start().node("eventBasedGateway", "first")
    drawing.catch("answered", event("message", "m")).user_task("with_answer").end("e1")
    drawing.at("first").catch("late", timer("timeDuration", "PT1H")).user_task("without_answer").end("e2")
    deploy(admin, drawing)

    with clients(admin, HEAT + 1) as (made, threads):
        winners = Counter(
            winner for heat in range(ROUNDS // HEAT) for winner in race(admin, heat, made, threads)
        )

    assert winners.total() == ROUNDS
    assert set(winners) == set(NEXT), "one side never wins: they do not race"
    assert admin.get("/incidents")["items"] == []


def race(admin: Person, heat: int, made: list[Client], threads: ThreadPoolExecutor) -> list[str]:
    """Start instances, let their timers come due while their messages arrive; give who won each.

    The messages wait a little in some heats, the clock in others: either side may win.
    """
    cases = [f"{heat}-{number}" for number in range(HEAT)]
    bodies = [{"process": "race", "variables": {"case": case}} for case in cases]
    started = [str(admin.post("/instances", body)["id"]) for body in bodies]
    line = Barrier(HEAT + 1, timeout=120)
    handicap = (heat % 5 - 2) * 0.02

    def act(wait: float, send: Callable[[], int]) -> int:
        line.wait()
        time.sleep(max(0.0, wait))
        return send()

    clock, *senders = made
    acts = [partial(act, -handicap, partial(clock.post, "/test-clock", {"advance": "PT1H"}))]
    for number, (case, sender) in enumerate(zip(cases, senders, strict=True)):
        message = {"name": "answer", "correlation_key": case}
        acts.append(partial(act, handicap + number * 0.004, partial(sender.post, "/messages", message)))
    statuses = [one.result() for one in [threads.submit(one) for one in acts]]
    assert {status // 100 for status in statuses} == {2}, statuses
    return [winner_of(admin, instance) for instance in started]


def winner_of(admin: Person, instance: str) -> str:
    """Give which event an instance went on with; it tells one story."""
    (step,) = eventually(lambda: admin.get(f"/user-tasks?instance={instance}")["items"])
    lines = story(admin, instance)
    won = [name for name in NEXT if f"element.completed {name}" in lines]
    assert [NEXT[name] for name in won] == [step["element"]]
    assert sum(line.startswith("element.entered with") for line in lines) == 1
    return won[0]
