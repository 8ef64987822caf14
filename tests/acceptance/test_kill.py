"""Must show 4: the same cycle, the server killed again and again, ends with the same history."""

import http.client
import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.dong_nai import Story
from tests.acceptance.histories import Past, past
from tests.acceptance.people import Answer, Habits, Send, eventually
from tests.acceptance.province import Province, settle_in, subscribe
from tests.acceptance.receiver import Receiver
from tests.acceptance.server import Server
from tests.postgresql import PostgresqlServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SEED = 1394
#: the longest a request lives before its server is killed, in seconds: about as long as it takes
LONGEST = 0.05


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Past:
    """The past of a run in which nothing is killed."""
    server = Server(tmp_path_factory.mktemp("undisturbed"))
    return played(server, lambda province: Story(province).play())


def test_killed_after_every_answer_the_cycle_ends_with_the_same_history(
    tmp_path: Path, undisturbed: Past
) -> None:
    """On SQLite: `kill -9` as soon as the answer to a POST has arrived, start, go on."""
    server = Server(tmp_path)

    def restless(province: Province) -> None:
        def restart() -> None:
            server.restart()
            province.settle()

        province.habits.after_post = restart
        Story(province).play()

    found = played(server, restless)
    assert server.kills > 60
    assert_same(found, undisturbed)


@pytest.mark.postgresql
def test_killed_in_the_middle_of_requests_the_cycle_ends_with_the_same_history(
    postgresql_server: PostgresqlServer, tmp_path: Path, undisturbed: Past
) -> None:
    """On PostgreSQL: `kill -9` after each step and within every third POST, which is then sent again."""
    server = Server(tmp_path, postgresql_server.create_database("acceptance_kill"))

    def shaken(province: Province) -> None:
        province.habits.post = Shaken(province)
        Story(province).play(after_step=server.restart)

    found = played(server, shaken)
    assert server.kills > 30
    assert_same(found, undisturbed)


class Shaken:
    """Sends requests of which every third meets a server that is killed a moment later."""

    def __init__(self, province: Province) -> None:
        """Nothing sent yet."""
        self.province = province
        self.sent = 0
        self.chance = random.Random(SEED)  # noqa: S311  a seed is what is wanted

    def __call__(self, send: Send) -> Answer:
        """Give the first answer there is; a key keeps the second sending from doing it twice."""
        self.sent += 1
        if self.sent % 3:
            return send({})
        key = {"Idempotency-Key": f"shaken-{self.sent}"}
        killing = threading.Timer(self.chance.uniform(0, LONGEST), self.province.server.kill)
        killing.start()
        try:
            answer = send(key)
        except (OSError, http.client.HTTPException):
            answer = None
        killing.join()
        self.province.server.start()
        return answer or send(key)


def played(server: Server, play: Callable[[Province], None]) -> Past:
    """Play on a fresh database with a receiver that outlives the server; give what happened."""
    province = settle_in(server)
    with Receiver() as receiver, server:
        receiver.secret = subscribe(server, receiver.url)
        # what is due at once happens before anybody goes on: so no run depends on how fast it is
        province.habits.after_post = province.settle
        play(province)
        assert province.admin.get("/incidents")["items"] == []
        found = past(server)
        everything_was_told(province, receiver, found)
    return found


def everything_was_told(province: Province, receiver: Receiver, found: Past) -> None:
    """Each event reaches the receiver at least once; what a killed server was sending comes again later."""

    def all_told() -> bool:
        province.habits = Habits()
        if len(receiver.events) < found.events.total():
            province.admin.post("/test-clock", {"advance": "PT10M"})
        return len(receiver.events) == found.events.total()

    eventually(all_told)
    assert receiver.refused == []


def assert_same(found: Past, undisturbed: Past) -> None:
    """Nothing lost, nothing twice, nothing else: line by line."""
    assert found.broken == []
    assert list(found.lines) == list(undisturbed.lines)
    for place, lines in undisturbed.lines.items():
        assert "\n".join(found.lines[place]) == "\n".join(lines), place
    assert found.events == undisturbed.events
