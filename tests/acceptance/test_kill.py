"""Must show 4: the same cycle, the server killed again and again, ends with the same history."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.dong_nai import Story
from tests.acceptance.histories import Past, past
from tests.acceptance.people import eventually
from tests.acceptance.province import Province, settle_in, subscribe
from tests.acceptance.receiver import Receiver
from tests.acceptance.server import Server
from tests.postgresql import PostgresqlServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Past:
    """The past of a run in which nothing is killed."""
    server = Server(tmp_path_factory.mktemp("undisturbed"))
    province = settle_in(server)
    with server:
        Story(province).play()
    return past(server)


def test_killed_after_every_answer_the_cycle_ends_with_the_same_history(
    tmp_path: Path, undisturbed: Past
) -> None:
    """On SQLite: `kill -9` as soon as the answer to a POST has arrived, start, go on."""
    server = Server(tmp_path)

    def restless(province: Province) -> None:
        province.after_post = server.restart
        Story(province).play()

    found = played(server, restless)
    assert server.kills > 60
    assert_same(found, undisturbed)


@pytest.mark.postgresql
def test_killed_after_every_step_the_cycle_ends_with_the_same_history_on_postgresql(
    postgresql_server: PostgresqlServer, tmp_path: Path, undisturbed: Past
) -> None:
    """On PostgreSQL: `kill -9` after each of the steps of the story."""
    server = Server(tmp_path, postgresql_server.create_database("acceptance_kill"))
    found = played(server, lambda province: Story(province).play(after_step=server.restart))
    assert server.kills == len(Story.STEPS)
    assert_same(found, undisturbed)


def played(server: Server, play: Callable[[Province], None]) -> Past:
    """Play on a fresh database with a receiver that outlives the server; give what happened."""
    province = settle_in(server)
    with Receiver() as receiver, server:
        receiver.secret = subscribe(server, receiver.url)
        play(province)
        assert province.admin.get("/incidents")["items"] == []
        found = past(server)
        everything_was_told(province, receiver, found)
    return found


def everything_was_told(province: Province, receiver: Receiver, found: Past) -> None:
    """Each event reaches the receiver at least once; what a killed server had leased comes when time passes."""

    def all_told() -> bool:
        province.after_post = lambda: None
        if len(receiver.events) < found.events.total():
            province.admin.post("/test-clock", {"advance": "PT10M"})
        return len(receiver.events) == found.events.total()

    eventually(all_told)
    assert receiver.refused == []


def assert_same(found: Past, undisturbed: Past) -> None:
    """Nothing lost, nothing twice, nothing else: line by line."""
    assert found.broken == []
    assert found.events == undisturbed.events
    assert list(found.lines) == list(undisturbed.lines)
    for place, lines in undisturbed.lines.items():
        assert found.lines[place] == lines, place
