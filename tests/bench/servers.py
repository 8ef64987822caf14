"""Server processes for a benchmark, and a client that keeps its connection."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self


class Server:
    """A server process on a free port of this machine."""

    def __init__(self, *command: str, environment: dict[str, str] | None = None) -> None:
        """Remember how to start it; `{port}` in the command is the port."""
        self.port = free_port()
        self._command = [part.format(port=self.port) for part in command]
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it and wait until it listens."""
        self.started_at = time.perf_counter()
        self._process = subprocess.Popen(
            self._command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.ready_after = self._await()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)

    @property
    def resident_mb(self) -> float:
        """Resident memory of the process in MiB."""
        pid = 0 if self._process is None else self._process.pid
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024

    def _await(self) -> float:
        while time.perf_counter() - self.started_at < 60:
            if self._process is not None and self._process.poll() is not None:
                raise RuntimeError(f"server ended with {self._process.returncode}: {' '.join(self._command)}")
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/healthz")
                connection.getresponse().read()
            except OSError:
                time.sleep(0.005)
            else:
                return time.perf_counter() - self.started_at
        raise RuntimeError("the server did not start")


class Client:
    """A JSON client over one kept-alive connection."""

    def __init__(self, port: int, key: str = "") -> None:
        """Connect to a server of this machine."""
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Content-Type": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"

    def post(self, path: str, body: dict[str, Any], *, expected: int) -> float:
        """Post JSON; give the milliseconds from request to answer. Any other status is an error."""
        content = json.dumps(body)
        begun = time.perf_counter()
        self._connection.request("POST", path, content, self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        took = (time.perf_counter() - begun) * 1000
        if answer.status != expected:
            raise RuntimeError(f"{path}: {answer.status} {text[:400]!r}")
        return took


def product(url: str, data: Path) -> Server:
    """The product as users run it, over a prepared database."""
    return Server(
        sys.executable, "-m", "tiendo.cli", "serve", "--port", "{port}", "--data", str(data),
        environment={"TIENDO_DATABASE_URL": url},
    )  # fmt: skip


def floor(url: str) -> Server:
    """The bare application of `tests.bench.floor`."""
    return Server(sys.executable, "-m", "tests.bench.floor", url, "{port}")


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
