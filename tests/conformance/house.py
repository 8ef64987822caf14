"""A real server with a clock that is moved by hand, over a scratch database, and its administrator.

Only its public HTTP is used. A request that takes longer than its case may is a hang; a server that hung or
died is started anew on the same data for the next case.
"""

import http.client
import itertools
import json
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import urllib3

from directives import accounts, api_keys
from tests.acceptance.people import Answer
from tests.acceptance.province import opened
from tests.acceptance.server import Server
from tiendo import house

#: longest a single request may take in seconds, whatever its case allows
PATIENCE = 30.0
PASSWORD = "sơ đồ chạy đúng như vẽ"


class HangError(Exception):
    """A request took longer than its case may."""


class BrokenError(Exception):
    """The server answered with an error of its own, or not at all."""


class StandardServer(Server):
    """`tiendo serve --test-clock`, on request with a save and a reload after each step."""

    def __init__(self, data: Path, database_url: str = "", *, reloads: bool = False) -> None:
        """Remember where everything is; `start` makes the process."""
        super().__init__(data, database_url)
        self._reloads = reloads

    @property
    def environment(self) -> dict[str, str]:
        """What the process finds in its environment."""
        return {**super().environment, "TIENDO_RELOAD_EACH_STEP": "1" if self._reloads else ""}


class House:
    """A running server and the key of its administrator."""

    _numbers = itertools.count(1)

    def __init__(self, folder: Path, *, database_url: str = "", reloads: bool = False) -> None:
        """Remember where everything is; entering starts it."""
        folder.mkdir(parents=True, exist_ok=True)
        self.server = StandardServer(folder, database_url, reloads=reloads)
        self._key = ""
        self._deadline = float("inf")

    def __enter__(self) -> Self:
        """Make the database, the administrator and the process."""
        runtime = opened(self.server)
        try:
            house.prepare(runtime)
            with runtime.database.unit_of_work() as work:
                account = accounts.create(work, username="conformance", password=PASSWORD, is_admin=True)
                self._key = api_keys.create(work, account, name="conformance").key
                work.commit()
        finally:
            runtime.database.dispose()
        self.server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.server.__exit__(kind, error, trace)

    def fresh_number(self) -> int:
        """Give a number no case had before: names made with it meet nothing of another case."""
        return next(self._numbers)

    def allow(self, seconds: float) -> None:
        """Begin a case that may take so long."""
        self._deadline = time.monotonic() + seconds

    def is_up(self) -> bool:
        """Tell whether it answers at all."""
        return self.server.answers()

    def restart(self) -> None:
        """Start it anew on the same data, after a hang or a crash."""
        self.server.restart()

    # --- requests ---------------------------------------------------------------------------------------

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send one request; HangError when time is up, BrokenError for a 5xx or no answer at all."""
        left = min(PATIENCE, self._deadline - time.monotonic())
        if left <= 0:
            raise HangError(f"{method} {path}: the time of the case is up")
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=left)
        given = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json", **headers}
        content = body if body is None or isinstance(body, bytes) else json.dumps(body)
        try:
            connection.request(method, "/api/v1" + path, content, given)
            reply = connection.getresponse()
            data = reply.read()
        except TimeoutError:
            raise HangError(f"{method} {path}: no answer after {left:.1f} s") from None
        except (OSError, http.client.HTTPException) as error:
            raise BrokenError(f"{method} {path}: {error!r}") from None
        finally:
            connection.close()
        if reply.status >= 500:
            raise BrokenError(f"{method} {path}: {reply.status} {data[:600].decode(errors='replace')}")
        is_json = "json" in (reply.headers["content-type"] or "")
        return Answer(
            status=reply.status,
            body=json.loads(data) if data and is_json else data,
            headers=dict(reply.headers),
        )

    def get(self, path: str) -> Any:
        """Read something that must be there."""
        answer = self.ask("GET", path)
        if answer.status != 200:
            raise BrokenError(f"GET {path}: {answer.status} {answer.body!r}")
        return answer.body

    def post(self, path: str, body: Any) -> Any:
        """Do something that must succeed."""
        answer = self.ask("POST", path, body)
        if not 200 <= answer.status < 300:
            raise BrokenError(f"POST {path}: {answer.status} {answer.body!r}")
        return answer.body

    def send_files(self, path: str, files: Mapping[str, bytes]) -> Answer:
        """Upload files as a form of a browser does."""
        body, kind = urllib3.encode_multipart_formdata([("files", item) for item in files.items()])
        return self.ask("POST", path, body, **{"Content-Type": kind})

    def listed(self, path: str) -> list[Any]:
        """Give all items of a list that comes in pages."""
        found: list[Any] = []
        cursor = ""
        while True:
            page = self.get(f"{path}{'&' if '?' in path else '?'}limit=200{cursor}")
            found += page["items"]
            if not page.get("next"):
                return found
            cursor = f"&cursor={page['next']}"
