"""A receiver of webhooks on this machine, which believes only what is signed."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from standardwebhooks.webhooks import Webhook


class Receiver:
    """Listens while the test runs, longer than any server process lives."""

    def __init__(self) -> None:
        """Listen on a free port; nothing is believed before `secret` is set."""
        self.secret = ""
        #: verified events by `webhook-id`; at least once means the same id may come again
        self.events: dict[str, dict[str, Any]] = {}
        #: messages that were refused, with the reason; a test wants none
        self.refused: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self) -> str:
        """Where to send to."""
        return f"http://127.0.0.1:{self._server.server_port}/tiep-nhan"

    def types(self) -> list[str]:
        """Give the names of the events that came, each event once."""
        return sorted(str(event["type"]) for event in self.events.values())

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """Verify one message (signature and that its time is now) and keep it; gives the status to answer."""
        try:
            event = Webhook(self.secret).verify(body, headers)
        except Exception as error:  # noqa: BLE001  whatever the reason: not believed
            self.refused.append(repr(error))
            return 400
        self.events[headers["webhook-id"]] = event
        return 204

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status = receiver.take({name.lower(): text for name, text in self.headers.items()}, body)
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  name of the base class
                """Keep the test output quiet."""

        return Handler
