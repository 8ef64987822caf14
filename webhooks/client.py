"""The HTTP client of webhooks: one POST to a vetted address, bounded in time and bytes, never redirected.

It reads no proxy settings of the environment, keeps no connections and no cookies. Limits: 5 s to connect,
20 s altogether (also against receivers that drip byte by byte), 64 KB of the answer.
"""

import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from time import perf_counter
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, SSLError
from urllib3.response import BaseHTTPResponse

from webhooks.addresses import AddressRefused, EgressPolicy, Endpoint, Route, parse

#: bytes read of an answer
READ_LIMIT = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of one POST."""

    #: HTTP status; None when none was received
    status: int | None = None
    #: why there is no status: `refused_address`, `dns`, `connect`, `tls`, `timeout`, `broken`
    error: str | None = None
    #: technical words for the log
    detail: str = ""
    #: the first bytes of the answer's body
    excerpt: bytes = b""
    #: header `Retry-After` as received
    retry_after: str | None = None
    #: the address that was connected to
    address: str | None = None
    #: how long it took, in milliseconds
    ms: int = 0

    @property
    def is_success(self) -> bool:
        """Only 2xx counts: a redirect is a failure and is never followed."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004  the 2xx class


class Client:
    """Posts webhooks where the policy allows."""

    def __init__(
        self,
        policy: EgressPolicy,
        *,
        ca_file: Path | None = None,
        connect_seconds: float = 5.0,
        total_seconds: float = 20.0,
    ) -> None:
        """Take the policy and, for closed networks, a file of extra certificate authorities (PEM)."""
        self.policy = policy
        self.connect_seconds = connect_seconds
        self.total_seconds = total_seconds
        self._tls = ssl.create_default_context()
        if ca_file is not None:
            self._tls.load_verify_locations(cafile=ca_file)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send one message and say what came of it; never raises for anything the network does."""
        begun = perf_counter()
        call = _Call(connect_seconds=self.connect_seconds, total_seconds=self.total_seconds)
        try:
            endpoint = parse(url)
            found = self._exchange(endpoint, self.policy.routes(endpoint), headers, body, call)
        except AddressRefused as error:
            found = {"error": "refused_address", "detail": str(error)}
        except (OSError, HTTPError, HTTPException, ValueError) as error:
            found = {"error": _kind_of(error, call), "detail": f"{type(error).__name__}: {error}"[:500]}
        finally:
            call.end()
        return Answer(**found, address=call.address, ms=int((perf_counter() - begun) * 1000))

    def _exchange(
        self,
        endpoint: Endpoint,
        routes: tuple[Route, ...],
        headers: Mapping[str, str],
        body: bytes,
        call: "_Call",
    ) -> dict[str, Any]:
        connection: _Plain | _Tls
        if endpoint.scheme == "https":
            connection = _Tls(endpoint.host, endpoint.port, ssl_context=self._tls)
        else:
            connection = _Plain(endpoint.host, endpoint.port)
        connection.routes, connection.call = routes, call
        try:
            sent = {**headers, "user-agent": "tiendo-webhooks/1", "accept-encoding": "identity"}
            connection.request(
                "POST", endpoint.target, body, sent, preload_content=False, enforce_content_length=False
            )
            response = connection.getresponse()
            if call.is_expired:  # headers cut off in the middle read like complete ones
                raise TimeoutError("the answer did not come in time")
            return {
                "status": response.status,
                "retry_after": response.headers.get("retry-after"),
                "excerpt": _beginning(response),
            }
        finally:
            connection.close()


class _Call:
    """The time budget of one POST: when it is over, the socket is shut down under whoever reads it."""

    def __init__(self, *, connect_seconds: float, total_seconds: float) -> None:
        self.connect_seconds = connect_seconds
        self.total_seconds = total_seconds
        self.address: str | None = None
        self.is_connected = False
        self.is_expired = False
        self._guard: socket.socket | None = None
        self._timer: threading.Timer | None = None

    def watch(self, connected: socket.socket) -> None:
        """Shut the connection down when the time is over; a duplicate survives the TLS wrapping."""
        self.is_connected = True
        self._guard = connected.dup()
        self._timer = threading.Timer(self.total_seconds, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        """Stop watching."""
        if self._timer is not None and self._guard is not None:
            self._timer.cancel()
            self._timer.join()
            self._guard.close()

    def _expire(self) -> None:
        self.is_expired = True
        if self._guard is not None:
            with suppress(OSError):
                self._guard.shutdown(socket.SHUT_RDWR)


class _Vetted(HTTPConnection):
    """A connection that goes to the addresses it was given and to no other."""

    routes: tuple[Route, ...] = ()
    call: _Call

    def _new_conn(self) -> socket.socket:
        failure: OSError | None = None
        for route in self.routes:
            self.call.address = route.address
            made = socket.socket(route.family, socket.SOCK_STREAM)
            made.settimeout(self.call.connect_seconds)
            try:
                made.connect(route.sockaddr)
            except OSError as error:
                made.close()
                failure = error
                continue
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made.settimeout(self.call.total_seconds)
            self.call.watch(made)
            return made
        raise failure if failure is not None else OSError("no address to connect to")


class _Plain(_Vetted):
    """http, for development."""


class _Tls(_Vetted, HTTPSConnection):
    """https; the name in the certificate stays the host name of the URL."""


def _beginning(response: BaseHTTPResponse) -> bytes:
    """Read up to the limit; a body that breaks off does not change what the status said."""
    try:
        return response.read(READ_LIMIT, decode_content=False)
    except (OSError, HTTPError, HTTPException, ValueError):
        return b""


def _kind_of(error: Exception, call: _Call) -> str:
    if call.is_expired or isinstance(error, (TimeoutError, ConnectTimeoutError)):
        return "timeout"
    if isinstance(error, socket.gaierror):
        return "dns"
    if isinstance(error, (ssl.SSLError, SSLError)):
        return "tls"
    return "broken" if call.is_connected else "connect"
