"""The client against receivers that misbehave."""

import contextlib
import datetime as dt
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from foundation.clock import SystemClock
from tests.webhooks.conftest import Receiver
from webhooks import deliveries
from webhooks.addresses import EgressPolicy
from webhooks.client import READ_LIMIT, Client

Behaviour = Callable[[socket.socket], None]
Serve = Callable[..., int]
LOCAL = EgressPolicy.of(["127.0.0.1"], allows_http=True)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve one connection with the given behaviour; gives the port."""
    threads: list[threading.Thread] = []

    def start(behaviour: Behaviour) -> int:
        listener = socket.create_server(("127.0.0.1", 0))

        def run() -> None:
            with listener, listener.accept()[0] as connection, contextlib.suppress(OSError):
                behaviour(connection)

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return int(listener.getsockname()[1])

    yield start
    for thread in threads:
        thread.join(10)


def _client(seconds: float = 0.3, policy: EgressPolicy = LOCAL, **options: Any) -> Client:
    return Client(policy, connect_seconds=seconds, total_seconds=seconds, **options)


def test_every_kind_of_failure_has_words_for_people() -> None:
    kinds = {"refused_address", "dns", "connect", "tls", "timeout", "broken", "secret"}

    assert set(deliveries.REASONS) == kinds
    unknown = _client(policy=EgressPolicy(allows_http=True)).post("http://khong-co.invalid/", {}, b"{}")
    assert unknown.error in {"dns", "refused_address"}


def test_an_accepted_message_is_a_success_with_its_address(receiver: Receiver) -> None:
    answer = _client().post(receiver.url, {"x-test": "1"}, b"{}")

    assert answer.is_success
    assert (answer.status, answer.address, answer.error) == (204, "127.0.0.1", None)
    assert receiver.messages[0].headers["x-test"] == "1"


def test_a_redirect_is_a_failure_and_is_not_followed(receiver: Receiver) -> None:
    receiver.status = 302
    receiver.reply_headers = {"location": "http://169.254.169.254/latest/meta-data/"}

    answer = _client().post(receiver.url, {}, b"{}")

    assert answer.status == 302
    assert not answer.is_success
    assert len(receiver.messages) == 1


def test_a_name_that_answers_differently_the_second_time_opens_no_socket(receiver: Receiver) -> None:
    answers = iter(["93.184.216.34", "127.0.0.1"])

    def rebinding(_host: str, port: int) -> list[tuple[int, Any]]:
        return [(int(socket.AF_INET), (next(answers), port))]

    policy = EgressPolicy(resolve=rebinding, allows_http=True, ports=frozenset({receiver.port}))
    endpoint = policy.vet(f"http://congviec.example:{receiver.port}/hook")

    answer = _client(policy=policy).post(endpoint.url, {}, b"{}")

    assert answer.error == "refused_address"
    assert "127.0.0.1" in answer.detail
    assert receiver.messages == []


def test_environment_proxies_are_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    assert _client().post(receiver.url, {}, b"{}").is_success


def _take(connection: socket.socket) -> None:
    """Read the whole request; what is left unread turns a close into a reset."""
    taken = b""
    while not taken.endswith(b"{}"):
        taken += connection.recv(65536)


def _hang(connection: socket.socket) -> None:
    _take(connection)
    connection.recv(1)


def _drip_headers(connection: socket.socket) -> None:
    _take(connection)
    for byte in b"HTTP/1.1 200 OK\r\nx-slow: " + b"a" * 10_000:
        connection.send(bytes([byte]))
        threading.Event().wait(0.02)


@pytest.mark.parametrize("behaviour", [_hang, _drip_headers])
def test_a_receiver_that_takes_too_long_is_cut_off(serve: Serve, behaviour: Behaviour) -> None:
    begun = perf_counter()

    answer = _client(0.3).post(f"http://127.0.0.1:{serve(behaviour)}/", {}, b"{}")

    assert answer.error == "timeout"
    assert perf_counter() - begun < 2


def _reset(connection: socket.socket) -> None:
    _take(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_reset_connection_is_a_failure(serve: Serve) -> None:
    answer = _client().post(f"http://127.0.0.1:{serve(_reset)}/", {}, b"{}")

    assert (answer.status, answer.error) == (None, "broken")


def test_nobody_listening_is_a_failure_to_connect() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    assert _client().post(f"http://127.0.0.1:{port}/", {}, b"{}").error == "connect"


def test_a_gigabyte_of_answer_is_not_read(serve: Serve) -> None:
    sent = []

    def flood(connection: socket.socket) -> None:
        _take(connection)
        connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
        block = b"x" * 65536
        while True:
            sent.append(connection.send(block))

    answer = _client(5).post(f"http://127.0.0.1:{serve(flood)}/", {}, b"{}")

    assert answer.is_success
    assert len(answer.excerpt) == READ_LIMIT
    assert sum(sent) < 20_000_000


def test_what_is_no_http_is_a_failure(serve: Serve) -> None:
    answer = _client().post(
        f"http://127.0.0.1:{serve(lambda peer: peer.sendall(b'SSH-2.0-OpenSSH_9.6' + bytes(100)))}/",
        {},
        b"{}",
    )

    assert (answer.status, answer.error) == (None, "broken")


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = SystemClock().now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return pem, private


@pytest.mark.parametrize(
    ("certified", "error"),
    [("congviec.example", None), ("khac.example", "tls")],
    ids=["right name", "wrong name"],
)
def test_the_certificate_must_carry_the_name_of_the_url(
    serve: Serve, tmp_path: Path, certified: str, error: str | None
) -> None:
    pem, private = _certificate(tmp_path, certified)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem, private)
    names: list[str | None] = []
    tls.sni_callback = lambda _socket, name, _context: names.append(name)

    def secure(connection: socket.socket) -> None:
        with tls.wrap_socket(connection, server_side=True) as wrapped:
            _take(wrapped)
            wrapped.send(b"HTTP/1.1 204 No Content\r\n\r\n")

    policy = EgressPolicy(
        allowed_networks=LOCAL.allowed_networks,
        resolve=lambda _host, port: [(int(socket.AF_INET), ("127.0.0.1", port))],
    )
    answer = _client(5, policy, ca_file=pem).post(f"https://congviec.example:{serve(secure)}/", {}, b"{}")

    assert names == ["congviec.example"]
    assert answer.error == error
    assert answer.is_success == (error is None)


def test_an_unknown_certificate_authority_is_refused(serve: Serve, tmp_path: Path) -> None:
    pem, private = _certificate(tmp_path, "localhost")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem, private)

    def secure(connection: socket.socket) -> None:
        with tls.wrap_socket(connection, server_side=True) as wrapped:
            wrapped.recv(65536)

    policy = EgressPolicy(
        allowed_networks=LOCAL.allowed_networks,
        resolve=lambda _host, port: [(int(socket.AF_INET), ("127.0.0.1", port))],
    )

    assert _client(5, policy).post(f"https://localhost:{serve(secure)}/", {}, b"{}").error == "tls"
