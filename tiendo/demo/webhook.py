"""A webhook of the sample province: deliveries really made to a receiver that listens while loading.

Afterwards the endpoint is switched off, because nobody listens there any more; its log stays.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from directives.access import Principal
from foundation.database import Database, UnitOfWork
from processes import audience
from processes.autopilot import Autopilot
from webhooks import delivery, dispatch, subscriptions
from webhooks.addresses import EgressPolicy
from webhooks.client import Client
from webhooks.secrets import SecretBox

#: what the receiver asked for
EVENTS = ("document.issued", "extension.*", "report.*", "task.overdue", "task.returned", "urge.sent")
#: the request that the receiver cannot take at once, to show a retry
_BUSY_AT = 3
_MOST = 500


class _Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Take a message; one of them only later."""
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.taken += 1  # type: ignore[attr-defined]  # counted on the server, handlers come and go
        is_busy = self.server.taken == _BUSY_AT  # type: ignore[attr-defined]
        self.send_response(503 if is_busy else 204)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing on the terminal."""


@contextmanager
def receiving() -> Iterator[str]:
    """Listen on a free port of this machine; gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
    server.taken = 0  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, daemon=True, name="sample receiver").start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/su-kien"
    finally:
        server.shutdown()
        server.server_close()


def subscribe(autopilot: Autopilot, account_id: str, box: SecretBox, url: str, scope: str) -> str:
    """Let the administrator subscribe the receiver; what happened before is not told it."""
    dispatch.fan_out(autopilot.database, within=audience.within)

    def create(work: UnitOfWork, _principal: Principal) -> str:
        made = subscriptions.create(
            work,
            box,
            endpoint=_policy().vet(url),
            patterns=EVENTS,
            organisation_id=scope,
            description="Trục tích hợp dữ liệu của tỉnh (mẫu)",
        )
        return made.id

    found: str = autopilot.act(account_id, create)
    return found


def deliver(database: Database, box: SecretBox) -> int:
    """Deliver what waits; gives the number of attempts."""
    dispatch.fan_out(database, within=audience.within)
    return delivery.deliver_due(database, Client(_policy()), _MOST, box=box)


def switch_off(autopilot: Autopilot, account_id: str, subscription_id: str) -> None:
    """Switch the endpoint off: the receiver stops with the loading."""
    autopilot.act(account_id, lambda work, _principal: subscriptions.disable(work, subscription_id))


def _policy() -> EgressPolicy:
    return EgressPolicy.of(("127.0.0.0/8",), allows_http=True)
