"""A province with a running server, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.acceptance.dong_nai", "tests.acceptance.people")

from tests.acceptance.province import Province, settle_in  # noqa: E402  after the rewriting of asserts
from tests.acceptance.server import Server  # noqa: E402


@pytest.fixture(params=["sqlite", "postgresql"])
def stopped_server(request: pytest.FixtureRequest, tmp_path: Path) -> Server:
    """A server over an empty database, not started yet."""
    if request.param == "sqlite":
        return Server(tmp_path)
    database = f"acceptance_{abs(hash(request.node.name)):x}"
    return Server(tmp_path, request.getfixturevalue("postgresql_server").create_database(database))


@pytest.fixture
def province(stopped_server: Server) -> Iterator[Province]:
    """The province, served."""
    entered = settle_in(stopped_server)
    with stopped_server:
        yield entered
