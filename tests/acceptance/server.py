"""The real product in a process of its own: started as a user starts it, killed as a power cut does."""

import http.client
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bench.servers import free_port

ROOT = Path(__file__).parents[2]
#: Monday 5 February 2024, the day of Công văn 1394
MORNING = "2024-02-05T08:00:00+07:00"
#: seconds a start may take on a busy machine
PATIENCE = 60


class Server:
    """`tiendo serve --test-clock` over a data folder and a database; its port stays the same for ever."""

    def __init__(self, data: Path, database_url: str = "") -> None:
        """Remember where everything is; `start` makes the process. Without a URL: SQLite in the folder."""
        self.data = data
        self.database_url = database_url
        self.port = free_port()
        #: how often it was killed
        self.kills = 0
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it; a test that failed may have left it dead."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(20)

    @property
    def environment(self) -> dict[str, str]:
        """What the process finds in its environment."""
        return {
            **os.environ,
            "TIENDO_DATABASE_URL": self.database_url,
            "TIENDO_WEBHOOK_NETWORKS": "127.0.0.1",
            "TIENDO_INSECURE_HTTP": "1",
        }

    @property
    def log(self) -> str:
        """Everything the server wrote."""
        return (self.data / "server.log").read_text(encoding="utf-8")

    def start(self) -> None:
        """Start the process and wait until it answers."""
        command = ["-m", "tiendo.cli", "serve", "--port", str(self.port), "--data", str(self.data)]
        with (self.data / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *command, "--test-clock", MORNING],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        self._await()

    def kill(self) -> None:
        """End the process as a power cut does: no chance to finish anything."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(20)
        self.kills += 1

    def pause(self) -> None:
        """Stop answering, as a process does that hangs; only a restart helps."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def restart(self) -> None:
        """Kill it and start it again on the same data."""
        self.kill()
        self.start()

    def _await(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self._process.poll() is None, f"the server ended\n{self.log[-4000:]}"
            if self.answers():
                return
            time.sleep(0.01)
        raise AssertionError(f"the server did not start\n{self.log[-4000:]}")

    def answers(self) -> bool:
        """Tell whether it says that it is well."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
            try:
                connection.request("GET", "/healthz")
                with connection.getresponse() as reply:
                    return reply.status == http.client.OK
            except OSError:
                return False
