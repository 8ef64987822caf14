"""Many at once: whoever comes first wins, everybody else hears so, and the history tells one story."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from tests.acceptance.people import Person, eventually
from tests.acceptance.province import Province
from tests.engine.diagrams import Diagram, diagram, event, timer

CLIENTS, ROUNDS = 50, 20
#: what came first at the gateway → the step after it
NEXT = {"answered": "with_answer", "late": "without_answer"}


def deploy(admin: Person, drawing: Diagram) -> None:
    admin.send_file("/deployments", "a.bpmn", drawing.bytes())


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Do everything at the same time; give what each gave."""
    with ThreadPoolExecutor(len(acts)) as threads:
        return [future.result() for future in [threads.submit(act) for act in acts]]


def history(admin: Person, instance: str) -> list[str]:
    found = admin.get(f"/instances/{instance}/history")
    assert found["broken_at"] is None
    return [f"{line['type']} {line['element']}" for line in found["items"]]


def test_of_fifty_clients_that_complete_a_task_at_once_one_wins(province: Province) -> None:
    admin = province.admin
    deploy(admin, diagram("once").start().user_task("do").user_task("next").end())
    started = admin.post("/instances", {"process": "once"})
    (task,) = admin.get(f"/user-tasks?instance={started['id']}")["items"]

    path = f"/user-tasks/{task['id']}/complete"
    bodies = [{"variables": {"by": number}} for number in range(CLIENTS)]
    answers = at_once([partial(admin.ask, "POST", path, body) for body in bodies])

    assert Counter(answer.status for answer in answers) == {204: 1, 409: CLIENTS - 1}
    winner = next(number for number, answer in enumerate(answers) if answer.status == 204)
    found = admin.get(f"/instances/{started['id']}")
    assert found["variables"]["by"] == winner
    assert [one["element"] for one in found["waiting"]] == ["next"]
    assert history(admin, started["id"]).count("user_task.completed do") == 1


def test_of_a_timer_and_a_message_on_one_gateway_exactly_one_wins(province: Province) -> None:
    admin = province.admin
    drawing = diagram("race").message("m", "answer", "=case").start().node("eventBasedGateway", "first")
    drawing.catch("answered", event("message", "m")).user_task("with_answer").end("e1")
    drawing.at("first").catch("late", timer("timeDuration", "PT1H")).user_task("without_answer").end("e2")
    deploy(admin, drawing)

    winners = Counter(one_race(province, f"case-{number}", number % 5 - 2) for number in range(ROUNDS))

    assert winners.total() == ROUNDS
    assert set(winners) <= set(NEXT)
    assert [one for one in admin.get("/incidents")["items"] if one["resolved_at"] is None] == []


def one_race(province: Province, case: str, handicap: int) -> str:
    """Start an instance, let its timer fall due while its message comes; give who won.

    The message waits for as many pages as the handicap says, a negative one holds the clock: either may win.
    """
    admin = province.admin
    started = admin.post("/instances", {"process": "race", "variables": {"case": case}})
    message = {"name": "answer", "correlation_key": case}
    at_once(
        [
            lambda: after_pages(admin, -handicap).post("/test-clock", {"advance": "PT1H"}),
            lambda: after_pages(admin, handicap).post("/messages", message),
        ]
    )
    (step,) = eventually(lambda: admin.get(f"/user-tasks?instance={started['id']}")["items"])
    lines = history(admin, started["id"])
    won = [name for name in ("answered", "late") if f"element.completed {name}" in lines]
    assert [NEXT[name] for name in won] == [step["element"]]
    assert sum(line.startswith("element.entered with") for line in lines) == 1
    return won[0]


def after_pages(admin: Person, count: int) -> Person:
    """Give the administrator once so many pages were read."""
    for _page in range(count):
        admin.get("/timers")
    return admin
