"""People as programs meet the house: an API key each, and nothing but public HTTP."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import urllib3

from tests.acceptance.server import Server

Found = TypeVar("Found")
#: seconds until what the worker does in the background counts as never done
PATIENCE = 30


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the house said."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> str:
        """The code of a problem document."""
        return str(self.body["code"])


class Person:
    """Somebody with an API key."""

    def __init__(
        self, server: Server, username: str, key: str, after_post: Callable[[], None] = lambda: None
    ) -> None:
        """Remember who it is; `after_post` is called when a POST or PATCH was answered."""
        self.server = server
        self.username = username
        self._key = key
        self._after_post = after_post

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send one request over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        given = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json", **headers}
        try:
            content = body if body is None or isinstance(body, bytes) else json.dumps(body)
            connection.request(method, "/api/v1" + path, content, given)
            reply = connection.getresponse()
            text = reply.read()
        finally:
            connection.close()
        read = json.loads(text) if text and "json" in (reply.headers["content-type"] or "") else text
        return Answer(status=reply.status, body=read, headers=dict(reply.headers))

    def get(self, path: str) -> Any:
        """Read something that must be there."""
        answer = self.ask("GET", path)
        assert answer.status == 200, (self.username, path, answer)
        return answer.body

    def post(self, path: str, body: Any = None, method: str = "POST") -> Any:
        """Do something that must succeed."""
        answer = self.ask(method, path, {} if body is None else body)
        assert 200 <= answer.status < 300, (self.username, path, body, answer, self.server.log[-3000:])
        self._after_post()
        return answer.body

    def refused(self, path: str, body: Any, *, status: int) -> Answer:
        """Try something that must be refused."""
        answer = self.ask("POST", path, body)
        assert answer.status == status, (self.username, path, answer)
        return answer

    def send_file(self, path: str, name: str, content: bytes) -> Any:
        """Upload one file as a form of a browser does."""
        body, kind = urllib3.encode_multipart_formdata({"files": (name, content)})
        answer = self.ask("POST", path, body, **{"Content-Type": kind})
        assert answer.status in (200, 201), (self.username, path, answer)
        return answer.body

    def tasks(self) -> list[dict[str, Any]]:
        """Give the work list."""
        return list(self.get("/user-tasks?limit=200")["items"])

    def task(self, element: str, business_key: str) -> dict[str, Any]:
        """Give the one open step of a cycle, assignment, round or unit report."""
        found = [
            one for one in self.tasks() if one["element"] == element and one["business_key"] == business_key
        ]
        assert len(found) == 1, (
            self.username,
            element,
            [(one["element"], one["business_key"]) for one in found],
        )
        return found[0]

    def complete(self, element: str, business_key: str, **values: Any) -> None:
        """Finish a step with what the form asks."""
        self.post(f"/user-tasks/{self.task(element, business_key)['id']}/complete", {"variables": values})

    def instances(self, process: str, business_key: str = "") -> list[dict[str, Any]]:
        """Give the instances of a process this person may see."""
        chosen = f"&business_key={business_key}" if business_key else ""
        return list(pages(self, f"/instances?process={process}{chosen}"))

    def history(self, instance: str) -> list[dict[str, Any]]:
        """Give what happened in an instance; its hash chain must hold."""
        found = self.get(f"/instances/{instance}/history?limit=5000")
        assert found["broken_at"] is None, (instance, found["broken_at"])
        return list(found["items"])


def pages(person: Person, path: str) -> Iterator[dict[str, Any]]:
    """Read a list from its first page to its last."""
    cursor, joint = "", "&" if "?" in path else "?"
    while True:
        page = person.get(f"{path}{joint}limit=200" + (f"&cursor={cursor}" if cursor else ""))
        yield from page["items"]
        cursor = page.get("next") or ""
        if not cursor:
            return


def eventually(look: Callable[[], Found]) -> Found:
    """Look until there is something: the worker acts in the background."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, f"nothing within {PATIENCE} seconds: {found!r}"
        time.sleep(0.05)
    return found
