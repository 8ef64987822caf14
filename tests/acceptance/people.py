"""People as programs meet the house: an API key each, and nothing but public HTTP."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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


#: sends one request with these further headers
Send = Callable[[dict[str, str]], Answer]


@dataclass(kw_only=True)
class Habits:
    """How everybody sends what changes something: a test of faults changes this, and nothing else."""

    #: called when a change was answered
    after_post: Callable[[], None] = field(default=lambda: None)
    #: sends a POST and gives its answer
    post: Callable[[Send], Answer] = field(default=lambda send: send({}))


class Person:
    """Somebody with an API key."""

    def __init__(self, server: Server, username: str, key: str, habits: Habits) -> None:
        """Remember who it is."""
        self.server = server
        self.username = username
        self.key = key
        self._habits = habits

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send one request over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        given = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **headers}
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

    def post(self, path: str, body: Any = None, method: str = "POST", **headers: str) -> Any:
        """Do something that must succeed."""

        def send(more: dict[str, str]) -> Answer:
            return self.ask(method, path, {} if body is None else body, **headers, **more)

        answer = self._habits.post(send) if method == "POST" else send({})
        assert 200 <= answer.status < 300, (self.username, path, body, answer, self.server.log[-3000:])
        self._habits.after_post()
        return answer.body

    def refused(self, path: str, body: Any, *, status: int) -> Answer:
        """Try something that must be refused."""
        answer = self.ask("POST", path, body)
        assert answer.status == status, (self.username, path, answer)
        return answer

    def send_file(self, path: str, name: str, content: bytes, *, field: str = "files") -> Any:
        """Upload one file as a form of a browser does."""
        body, kind = urllib3.encode_multipart_formdata({field: (name, content)})
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

    # --- documents and plans ----------------------------------------------------------------------------

    def read_document(self, name: str, content: bytes) -> dict[str, Any]:
        """Let intake read a document; nothing is stored."""
        found: dict[str, Any] = self.send_file("/intake", name, content, field="file")
        return found

    def receive(self, organisation: str, proposal: dict[str, Any], lines: list[str]) -> str:
        """Register what intake read and a person confirmed; gives the directive."""
        body = {"organisation": organisation, "proposal": proposal, "lines": lines}
        return str(self.post("/directives", body)["directive"])

    def child_directives(self, directive: str) -> list[str]:
        """Give the cycles of lower organisations below a cycle."""
        return [one["id"] for one in pages(self, "/directives") if one["parent"] == directive]

    def plan_of(self, directive: str) -> dict[str, Any]:
        """Give the plan of a cycle with its rows."""
        (plan,) = self.get(f"/plans?directive={directive}")["items"]
        found: dict[str, Any] = self.get(f"/plans/{plan['id']}")
        return found

    def give_to(self, plan: str, item: dict[str, Any], organisation: str) -> None:
        """Name the lead of a row of a draft."""
        change = {"leads": [{"organisation": organisation, "accountable": True}]}
        path = f"/plans/{plan}/items/{item['id']}"
        self.post(path, change, "PATCH", **{"If-Match": f'"{item["version"]}"'})

    def add_item(self, plan: str, **row: Any) -> None:
        """Add a row to a draft."""
        self.post(f"/plans/{plan}/items", row)

    # --- assignments and reports ------------------------------------------------------------------------

    def assignments(self, directive: str) -> list[dict[str, Any]]:
        """Give the assignments of a cycle in the order in which they were given."""
        return sorted(pages(self, f"/assignments?directive={directive}"), key=lambda one: str(one["id"]))

    def report_progress(self, assignment: str, progress: int, text: str) -> None:
        """Say how far it is."""
        self.post(f"/assignments/{assignment}/progress", {"progress": progress, "text": text})

    def request_extension(self, assignment: str, wanted_due: str, reason: str) -> None:
        """Ask for a later day."""
        self.post(f"/assignments/{assignment}/extensions", {"wanted_due": wanted_due, "reason": reason})

    def report_round(self, report_round: str) -> dict[str, Any]:
        """Give a round with the reports of the units and the consolidated ones."""
        found: dict[str, Any] = self.get(f"/report-rounds/{report_round}")
        return found

    def accept_report(self, report_round: str) -> None:
        """Accept, as the superior, the report that lies on the desk."""
        waiting = [one["report_round"] for one in self.get("/report-rounds/waiting")["items"]]
        assert report_round in waiting
        self.post(f"/report-rounds/{report_round}/answer", {"answer": "accepted"})

    # --- the engine below -------------------------------------------------------------------------------

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
