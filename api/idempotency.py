"""`Idempotency-Key`: a POST that is sent again gives the first answer and has no second effect.

The key, a fingerprint of the request and the answer are one row, written in the transaction of the effect:
either all of it is durable or nothing. Scope: account and route; kept 24 hours. The same key with another
request is refused (422), one whose first request is still under way as well (409); in another process it
waits for the first and gives its answer. A refused request keeps nothing: it may be corrected and sent again.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import wraps
from threading import Lock
from typing import Any

import orjson
from flask import Flask, Response, g, make_response, request
from sqlalchemy import Integer, LargeBinary, String, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from api.gate import runtime
from foundation.database import Base, Json, Moment, UnitOfWork
from foundation.errors import Conflict, Invalid
from foundation.texts import _

HEADER = "Idempotency-Key"
#: on an answer that was given before
REPLAYED = "Idempotency-Replayed"
#: how long an answer is kept
KEPT = timedelta(hours=24)
#: longest key, in characters
LONGEST = 200
#: headers of an answer that are kept with it
_HEADERS = ("Content-Type", "ETag", "Location")


class KeyReused(Invalid):
    """Khóa Idempotency-Key này đã dùng cho một yêu cầu có nội dung khác; hãy dùng khóa mới."""

    code = "idempotency_key_reused"


class StillRunning(Conflict):
    """Yêu cầu đầu tiên với khóa Idempotency-Key này còn đang được xử lý; hãy gửi lại sau giây lát."""

    code = "request_running"


class StoredAnswer(Base):
    """The answer to one POST of one account."""

    __tablename__ = "idempotency_key"

    account_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    #: endpoint of the view
    route: Mapped[str] = mapped_column(String(120), primary_key=True)
    key: Mapped[str] = mapped_column(String(LONGEST), primary_key=True)
    #: SHA-256 of method, path, query and body
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(Integer, default=0)
    headers: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    #: sealed: an answer may hold a secret that is shown once
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)


class Claim:
    """A request with a key, from its arrival to its stored answer."""

    def __init__(self, account_id: str, route: str, key: str, fingerprint: str, stack: ExitStack) -> None:
        """Nothing is written before the view begins its command."""
        self.identity = (account_id, route, key)
        self.fingerprint = fingerprint
        #: the open transaction, None before the view began it
        self.work: UnitOfWork | None = None
        self._stack = stack

    def begin(self, opening: AbstractContextManager[UnitOfWork]) -> UnitOfWork:
        """Open the transaction, or join the one already open, and take the key in it."""
        if self.work is None:
            self.work = self._stack.enter_context(opening)
            self._take(self.work)
        return self.work

    def keep(self, response: Response) -> None:
        """Write the answer beside the effect and make both durable."""
        if self.work is None:
            return
        sealed = runtime().secret_box.seal(response.get_data(as_text=True), owner=self._owner)
        kept = {name: response.headers[name] for name in _HEADERS if name in response.headers}
        self.work.session.execute(
            update(StoredAnswer)
            .where(*self._same())
            .values(status=response.status_code, headers=kept, body=sealed)
            .execution_options(synchronize_session=False)
        )
        self.work.commit()

    def stored(self) -> Response | None:
        """Give the answer that was given before, None when there is none; raises KeyReused."""
        house = runtime()
        with house.database.reading() as session:
            row = session.scalars(select(StoredAnswer).where(*self._same())).one_or_none()
        if row is None or row.created_at <= house.clock.now() - KEPT:
            return None
        if row.fingerprint != self.fingerprint:
            raise KeyReused
        body = "" if row.body is None else house.secret_box.open(row.body, owner=self._owner)
        return Response(body, row.status, {**row.headers, REPLAYED: "true"})

    def _take(self, work: UnitOfWork) -> None:
        work.session.execute(delete(StoredAnswer).where(StoredAnswer.created_at <= work.now - KEPT))
        account_id, route, key = self.identity
        row = {
            "account_id": account_id,
            "route": route,
            "key": key,
            "fingerprint": self.fingerprint,
            "status": 0,
            "headers": {},
            "created_at": work.now,
        }
        is_sqlite = work.session.get_bind().dialect.name == "sqlite"
        write = sqlite.insert(StoredAnswer) if is_sqlite else postgresql.insert(StoredAnswer)
        # on PostgreSQL this waits for a rival transaction with the same key
        taken = work.session.scalar(
            write.values(row).on_conflict_do_nothing().returning(StoredAnswer.fingerprint)
        )
        if taken is None:
            raise _Taken

    def _same(self) -> tuple[Any, ...]:
        account_id, route, key = self.identity
        table = StoredAnswer
        return (table.account_id == account_id, table.route == route, table.key == key)

    @property
    def _owner(self) -> str:
        return hashlib.sha256(orjson.dumps(self.identity)).hexdigest()


class _Taken(Exception):
    """Another process stored an answer for the key while this request waited for it."""


def install(app: Flask) -> None:
    """Let every POST of the API take an `Idempotency-Key`."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") and "POST" in (rule.methods or ()):
            app.view_functions[rule.endpoint] = _once(app.view_functions[rule.endpoint])


def _once(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def answered(**arguments: Any) -> Any:
        key = request.headers.get(HEADER)
        if key is None or request.method != "POST" or "principal" not in g:
            return view(**arguments)
        identity = (g.principal.account_id, str(request.endpoint), _checked(key))
        with _alone(identity):
            try:
                with ExitStack() as stack:
                    claim = Claim(*identity, _fingerprint(), stack)
                    known = claim.stored()
                    if known is not None:
                        return known
                    g.claim = claim
                    response = make_response(view(**arguments))
                    claim.keep(response)
                    return response
            except _Taken:
                return claim.stored()
            finally:
                g.pop("claim", None)

    return answered


_running: set[tuple[str, str, str]] = set()
_lock = Lock()


@contextmanager
def _alone(identity: tuple[str, str, str]) -> Iterator[None]:
    """Refuse a second request with the same key in this process while the first is under way."""
    with _lock:
        if identity in _running:
            raise StillRunning
        _running.add(identity)
    try:
        yield
    finally:
        with _lock:
            _running.discard(identity)


def _checked(key: str) -> str:
    if not key.strip() or len(key) > LONGEST or not key.isprintable():
        text = _("Khóa phải có từ 1 đến {limit} ký tự in được.", limit=LONGEST)
        raise Invalid(text, fields={HEADER: text})
    return key


def _fingerprint() -> str:
    """Hash what is asked; of a form the fields and files, because its boundary differs each time."""
    given: list[Any] = [request.method, request.path, sorted(request.args.items(multi=True))]
    digest = hashlib.sha256()
    if request.mimetype == "multipart/form-data":
        given += sorted(request.form.items(multi=True))
        for name, upload in sorted(
            request.files.items(multi=True), key=lambda one: (one[0], one[1].filename)
        ):
            content = upload.stream.read()
            upload.stream.seek(0)
            given += [name, upload.filename, hashlib.sha256(content).hexdigest()]
    else:
        digest.update(request.get_data(cache=True))
    digest.update(orjson.dumps(given))
    return digest.hexdigest()
