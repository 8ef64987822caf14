"""An external worker in one file, with nothing but Python's standard library (docs/external-workers.md).

TIENDO_KEY=tiendo_… python worker.py https://tiendo.example.gov.vn

Copy it, change the functions at the end, and run as many processes as there is work: each job goes to one.
"""
# ruff: noqa: INP001  an example stands alone

import http.client
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

log = logging.getLogger("worker")

#: seconds a job is locked, and a request waits for one
LOCK, WAIT = 60, 25
#: pauses in seconds while the server does not answer
PAUSES = (1, 2, 5, 10, 30)
#: answers that mean done, answers that ask for patience, and the one that may do either
DONE, BUSY, CONFLICT = range(200, 300), (429, 502, 503, 504), 409


@dataclass(frozen=True, kw_only=True)
class Job:
    """What is to be done."""

    id: str
    topic: str
    instance: str
    business_key: str | None
    element: str
    attempts: int
    retries_left: int
    variables: Mapping[str, Any]


class BpmnError(Exception):
    """An error drawn in the diagram: the process takes the way of its boundary event."""

    def __init__(self, code: str, message: str = "", variables: Mapping[str, Any] | None = None) -> None:
        """Name the error code of the diagram."""
        super().__init__(message)
        self.code, self.variables = code, dict(variables or {})


class Refused(Exception):
    """The server answered that it will not do this."""

    def __init__(self, status: int, text: str) -> None:
        """Keep the status for those who tell them apart."""
        super().__init__(f"{status}: {text}")
        self.status = status


class Stopped(Exception):
    """The process was asked to end while it had nothing to do."""


Handler = Callable[[Job], Mapping[str, Any] | None]


class Worker:
    """Fetches jobs of its topics one after the other until it is stopped."""

    def __init__(self, url: str, key: str, *, name: str = "") -> None:
        """Know the server; a name of its own tells the jobs of this process from those of others."""
        self._address, self._key = urlsplit(url), key
        self.name = name or f"{socket.gethostname()}-{os.getpid()}"
        self._handlers: dict[str, Handler] = {}
        self._is_stopping = self._is_waiting = False

    def topic(self, name: str) -> Callable[[Handler], Handler]:
        """Let a function do the jobs of a topic: it gives variables, raises BpmnError, or fails."""

        def add(handler: Handler) -> Handler:
            self._handlers[name] = handler
            return handler

        return add

    def run(self) -> None:
        """Work until SIGTERM or Ctrl+C; the job under way is finished first."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        log.info("%s works on %s", self.name, ", ".join(self._handlers))
        try:
            while not self._is_stopping:
                for job in self._fetch():
                    self._do(job)
        except Stopped:
            pass
        log.info("%s ended", self.name)

    def _stop(self, _number: int, _frame: object) -> None:
        self._is_stopping = True
        if self._is_waiting:
            raise Stopped

    def _fetch(self) -> list[Job]:
        topics = [{"topic": topic, "lock_seconds": LOCK} for topic in self._handlers]
        body = {"worker": self.name, "topics": topics, "max_jobs": 1, "wait_seconds": WAIT}
        begun = time.monotonic()
        with self._waiting():
            items = self._ask("/fetch-and-lock", body)["items"]
            if not items and time.monotonic() - begun < 1:
                time.sleep(1)  # enough others wait already: the server answered at once
        names = Job.__dataclass_fields__
        return [Job(**{name: item[name] for name in names}) for item in items]

    def _do(self, job: Job) -> None:
        try:
            with self._lock_kept(job):
                act, answer = self._answer(job)
            key = f"{job.id}-{job.attempts}-{job.retries_left}-{act}"
            self._ask(f"/{job.id}/{act}", {"worker": self.name, **answer}, key)
            log.info("%s %s: %s", job.topic, job.id, act)
        except Refused as refused:
            # the lock ended, the process went another way, or the result does not fit: nothing to save here
            log.warning("%s %s: the server refused the answer: %s", job.topic, job.id, refused)

    def _answer(self, job: Job) -> tuple[str, dict[str, Any]]:
        """Do the work and give what to tell the server."""
        try:
            return "complete", {"variables": dict(self._handlers[job.topic](job) or {})}
        except BpmnError as error:
            return "bpmn-error", {"code": error.code, "message": str(error), "variables": error.variables}
        except Exception as error:  # whatever a handler raises is a failure of this job, not of the worker
            log.exception("%s %s failed", job.topic, job.id)
            return "fail", {
                "message": str(error)[:2000] or type(error).__name__,
                "detail": repr(error)[:4000],
            }

    @contextmanager
    def _lock_kept(self, job: Job) -> Iterator[None]:
        """Extend the lock again and again while the work lasts."""
        done = threading.Event()

        def extend() -> None:
            while not done.wait(LOCK / 3):
                try:
                    self._ask(f"/{job.id}/extend", {"worker": self.name, "lock_seconds": LOCK})
                except Refused as refused:
                    log.warning("%s %s: lock lost: %s", job.topic, job.id, refused)
                    return

        keeper = threading.Thread(target=extend, daemon=True)
        keeper.start()
        try:
            yield
        finally:
            done.set()
            keeper.join()

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        """Let a signal end the wait."""
        self._is_waiting = True
        try:
            yield
        finally:
            self._is_waiting = False

    def _ask(self, path: str, body: Mapping[str, Any], key: str = "") -> Any:
        """Post and give the answer; asks again, with longer and longer pauses, while there is none."""
        for number in range(sys.maxsize):
            try:
                status, text = self._post(path, body, key)
            except (OSError, http.client.HTTPException) as error:
                status, text = 0, str(error)
            if status in DONE:
                return json.loads(text) if text else None
            if status and status not in BUSY and not (status == CONFLICT and "request_running" in text):
                raise Refused(status, text)
            log.warning("no answer from %s (%s), asking again", self._address.netloc, text or status)
            time.sleep(PAUSES[min(number, len(PAUSES) - 1)])
        return None

    def _post(self, path: str, body: Mapping[str, Any], key: str) -> tuple[int, str]:
        secure = self._address.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self._address.hostname or "", self._address.port, timeout=WAIT + 15)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        try:
            connection.request("POST", f"{self._address.path}/api/v1/jobs{path}", json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


# --- what this worker does: change from here on ------------------------------------------------------------


def sign(job: Job) -> Mapping[str, Any]:
    """Sign a document; the process goes on with the serial number of the signature."""
    if not job.variables.get("document"):
        raise BpmnError("NO_DOCUMENT", "Không có văn bản để ký")
    return {"signed_by": "may-ky-so", "signature": f"sig-{job.id[-8:]}"}


def main() -> None:
    """Work for the server named on the command line."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    worker = Worker(sys.argv[1], os.environ["TIENDO_KEY"])
    worker.topic("ky-so")(sign)
    worker.run()


if __name__ == "__main__":
    main()
