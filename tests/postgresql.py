"""A throw-away PostgreSQL server for tests and benchmarks: real programs, own directory, own port."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg

#: where Debian keeps the server programs
DEBIAN = Path("/usr/lib/postgresql")


class PostgresqlServer:
    """A server process in a directory of its own, or one that runs already."""

    def __init__(self, programs: Path | None, directory: Path, url: str = "") -> None:
        """Use the programs in a folder, or the running server at a URL."""
        self._programs = programs
        self._directory = directory
        self._port = _free_port()
        self._url = url
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Initialise the directory and start the server."""
        if self._programs is not None:
            self._start(self._programs)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)

    def create_database(self, name: str) -> str:
        """Create a fresh database and give its SQLAlchemy URL."""
        admin = self._url or f"postgresql://postgres@127.0.0.1:{self._port}/postgres"
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
        base = admin.rpartition("/")[0].replace("postgresql://", "postgresql+psycopg://")
        return f"{base}/{name}"

    def _start(self, programs: Path) -> None:
        data = self._directory / "data"
        run_as = _unprivileged()
        if run_as:
            for folder in (self._directory, *self._directory.parents):
                if folder.owner() == "root" and str(folder).startswith("/tmp/"):  # noqa: S108
                    folder.chmod(0o755)
            shutil.chown(self._directory, "postgres")
        subprocess.run(
            [
                *run_as,
                str(programs / "initdb"),
                "-D",
                str(data),
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
            ],
            check=True,
            capture_output=True,
        )
        self._process = subprocess.Popen(
            [
                *run_as,
                str(programs / "postgres"),
                "-D",
                str(data),
                "-p",
                str(self._port),
                "-k",
                str(data),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "max_connections=200",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._await()

    def _await(self) -> None:
        for _attempt in range(1200):
            try:
                psycopg.connect(f"postgresql://postgres@127.0.0.1:{self._port}/postgres").close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("the PostgreSQL server did not start")


def find_server(directory: Path) -> PostgresqlServer | None:
    """Find a server: the one at TIENDO_TEST_POSTGRESQL, or installed programs; None when there is neither."""
    url = os.environ.get("TIENDO_TEST_POSTGRESQL", "")
    if url:
        return PostgresqlServer(None, directory, url)
    found = sorted(DEBIAN.glob("*/bin/initdb"))
    program = str(found[-1]) if found else shutil.which("initdb")
    return None if program is None else PostgresqlServer(Path(program).parent, directory)


def _unprivileged() -> list[str]:
    """Give the prefix that makes the server run as `postgres` when we are root (it refuses root)."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
