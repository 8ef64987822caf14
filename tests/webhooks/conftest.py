"""A receiver on this machine, and the parts a delivery needs."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.fernet import Fernet

from foundation.database import Database
from webhooks import subscriptions
from webhooks.addresses import EgressPolicy
from webhooks.client import Client
from webhooks.secrets import SecretBox
from webhooks.subscriptions import Created


@dataclass(frozen=True, kw_only=True)
class Message:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(kw_only=True)
class Receiver:
    """A web server that keeps what it is sent and answers what the test says."""

    port: int = 0
    status: int = 204
    reply: bytes = b""
    reply_headers: dict[str, str] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    #: called when a message has arrived, before it is answered
    before_reply: Callable[[], None] = field(default=lambda: None)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/nhan"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told.messages.append(Message(path=self.path, headers=dict(self.headers), body=body))
            told.before_reply()
            self.send_response(told.status)
            for name, value in told.reply_headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(told.reply)))
            self.end_headers()
            self.wfile.write(told.reply)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  name of the base class
            """Keep the test output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def box() -> SecretBox:
    return SecretBox(Fernet.generate_key().decode())


@pytest.fixture
def policy() -> EgressPolicy:
    """Development on one machine: this machine is allowed, and plain http."""
    return EgressPolicy.of(["127.0.0.1"], allows_http=True)


@pytest.fixture
def client(policy: EgressPolicy) -> Client:
    return Client(policy, connect_seconds=2, total_seconds=2)


Subscribe = Callable[..., Created]


@pytest.fixture
def subscribe(database: Database, box: SecretBox, policy: EgressPolicy, receiver: Receiver) -> Subscribe:
    """Subscribe the receiver; patterns and organisation are the test's."""

    def make(*patterns: str, organisation_id: str | None = None) -> Created:
        endpoint = policy.vet(receiver.url)
        with database.unit_of_work() as work:
            made = subscriptions.create(
                work, box, endpoint=endpoint, patterns=patterns or ("*",), organisation_id=organisation_id
            )
            work.commit()
        return made

    return make
