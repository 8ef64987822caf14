"""The world every test may stand in: a clock that is moved by hand and a real, empty database.

Tests that ask for `database` run twice: on SQLite in a file, and on a real PostgreSQL server that the
session starts for itself (or finds at TIENDO_TEST_POSTGRESQL). Without PostgreSQL the second run is
skipped with the reason; with TIENDO_REQUIRE_ALL=1 (CI) it fails instead.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from foundation.clock import MovableClock
from foundation.database import Base, Database
from tests.postgresql import PostgresqlServer, find_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: Monday 5 February 2024, 08:00 in Hà Nội: the day of Công văn 1394; Tết begins three days later
MORNING = datetime(2024, 2, 5, 1, 0, tzinfo=UTC)


def require_all() -> bool:
    """Tell whether a missing server or browser is a failure (CI) instead of a skip."""
    return os.environ.get("TIENDO_REQUIRE_ALL") == "1"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the random processes be more, others, deeper: `tests/random_processes`."""
    add = parser.getgroup("random processes").addoption
    add("--random-processes", type=int, default=300, help="how many random processes are followed (300)")
    add("--random-paths", type=int, default=10, help="paths through each of them (10)")
    add("--random-first", type=int, default=0, help="first seed (0)")
    add("--random-depth", type=int, default=4, help="how deep blocks are nested (4)")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the PostgreSQL half of every database test."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        if callspec is not None and "postgresql" in callspec.params.values():
            item.add_marker(pytest.mark.postgresql)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests ran on PostgreSQL and in the browser."""
    passed = terminalreporter.stats.get("passed", [])
    for marker, where in (("postgresql", "on PostgreSQL"), ("browser", "in the browser")):
        count = sum(1 for report in passed if marker in report.keywords)
        terminalreporter.write_line(f"{count} tests ran {where}")


@pytest.fixture
def clock() -> MovableClock:
    """A clock that shows the morning of the first directive and moves only when told."""
    return MovableClock(MORNING)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL server for the whole session, in a folder no other session cleans up."""
    folder = tempfile.TemporaryDirectory(prefix="tiendo-postgresql-", ignore_cleanup_errors=True)
    server = find_server(Path(folder.name))
    if server is None:
        reason = "no PostgreSQL server programs found (install Debian's postgresql)"
        if require_all():
            pytest.fail(reason)
        pytest.skip(reason)
    with folder, server:
        yield server


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: PostgresqlServer) -> str:
    """The URL of a database of this test process with all tables."""
    import_all_tables()
    url = postgresql_server.create_database(f"tiendo_{os.getpid()}")
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, clock: MovableClock) -> Iterator[Database]:
    """A real, empty database with all tables: SQLite in a file, then PostgreSQL."""
    import_all_tables()
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path}/tiendo.db", clock)
        Base.metadata.create_all(opened.write_engine)
        yield opened
        opened.dispose()
        return
    opened = Database(request.getfixturevalue("postgresql_url"), clock)
    yield opened
    with opened.write_engine.begin() as connection:
        connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())
    opened.dispose()


def import_all_tables() -> None:
    """Import every module that declares tables."""
    from migrations.tables import import_tables

    import_tables()


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Chromium of this machine: one for all tests of a process, as Playwright asks."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        (pytest.fail if require_all() else pytest.skip)("no Chromium on this machine")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--lang=vi"])
        yield opened
        opened.close()
