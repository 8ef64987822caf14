"""The database: two engines on SQLite, one on PostgreSQL, and the unit of work.

SQLite writes go through one connection with BEGIN IMMEDIATE (the immediate transaction is the lock), WAL
and synchronous=FULL; reads have their own engine. PostgreSQL uses row locks at READ COMMITTED.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool, StaticPool
from sqlalchemy.types import LargeBinary, TypeDecorator

from foundation.actors import SYSTEM, Actor
from foundation.clock import Clock, aware
from foundation.errors import Busy

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The common parent of all tables; Alembic compares its metadata with the migrations."""

    metadata = MetaData(naming_convention=NAMING)


class Moment(TypeDecorator[datetime]):
    """A column for an aware UTC moment on both databases; naive values are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments; SQLite stores UTC without a zone."""
        if value is None:
            return None
        value = aware(value)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A column for JSON-like data kept as bytes, key order preserved (never jsonb)."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Encode with orjson."""
        return None if value is None else orjson.dumps(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Decode with orjson."""
        return None if value is None else orjson.loads(value)


class UnitOfWork:
    """One command, one transaction. Leaving the `with` without `commit()` rolls everything back."""

    def __init__(self, session: Session, now: datetime, actor: Actor) -> None:
        """Fix the moment and the actor for the whole command."""
        self.session = session
        #: the moment of the command; everything it writes carries this one
        self.now = now
        #: who commands
        self.actor = actor
        #: ids of process instances that have something waiting for them after the commit
        self.touched: set[str] = set()
        self._on_rollback: list[Callable[[UnitOfWork], None]] = []
        self.is_committed = False
        #: see `Database.reloads_each_step`
        self.reloads_each_step = False
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        """The connection of the transaction, for statements prepared once at module level (hot paths)."""
        if self._connection is None:
            self._connection = self.session.connection()
        return self._connection

    def commit(self) -> None:
        """Make the command durable; the unit of work is over."""
        self.session.commit()
        self.is_committed = True

    def after_rollback(self, record: Callable[["UnitOfWork"], None]) -> None:
        """Run `record` in a transaction of its own if this one fails (incidents, failed sign-ins)."""
        self._on_rollback.append(record)

    @property
    def rollback_records(self) -> tuple[Callable[["UnitOfWork"], None], ...]:
        """What has to be written down when this unit of work fails."""
        return tuple(self._on_rollback)


class Database:
    """The database of the house, opened from a URL (`sqlite:///…` or `postgresql+psycopg://…`)."""

    def __init__(self, url: str, clock: Clock) -> None:
        """Open the engines lazily; nothing is read or written yet."""
        self.url = make_url(url)
        self.clock = clock
        #: when this process began to work on the database (UTC)
        self.opened_at = clock.now()
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        #: for tests: a run of the engine is saved, dropped and loaded anew after each single step
        self.reloads_each_step = False
        #: called after each commit with the touched instance ids; set by the composition root
        self.on_commit: Callable[[set[str]], None] | None = None
        if self.is_sqlite and not self.url.database:
            self.write_engine = self.read_engine = _memory_engine()
        elif self.is_sqlite:
            Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
            self.write_engine = _sqlite_engine(url, begin="BEGIN IMMEDIATE", pool_size=1, read_only=False)
            self.read_engine = _sqlite_engine(url, begin="BEGIN", pool_size=8, read_only=True)
        else:
            self.write_engine = create_engine(
                url, pool_size=10, max_overflow=10, pool_pre_ping=False, isolation_level="READ COMMITTED"
            )
            self.read_engine = self.write_engine

    @contextmanager
    def unit_of_work(self, actor: Actor = SYSTEM) -> Iterator[UnitOfWork]:
        """Open a write transaction; commit it with `work.commit()`.

        Raises Busy when the lock is not had in time. After a rollback the records asked for with
        `after_rollback` are written in a transaction of their own.
        """
        session = Session(self.write_engine, expire_on_commit=False)
        work = UnitOfWork(session, self.clock.now(), actor)
        work.reloads_each_step = self.reloads_each_step
        try:
            yield work
        except OperationalError as error:
            session.rollback()
            self._write_down(work)
            if _is_lock_failure(error):
                raise Busy from error
            raise
        except BaseException:
            session.rollback()
            self._write_down(work)
            raise
        finally:
            session.close()
        if work.is_committed and work.touched and self.on_commit is not None:
            self.on_commit(work.touched)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a read-only session for pages and lists."""
        session = Session(self.read_engine, expire_on_commit=False)
        try:
            yield session
        finally:
            session.close()

    def dispose(self) -> None:
        """Close all connections."""
        self.write_engine.dispose()
        self.read_engine.dispose()

    def _write_down(self, failed: UnitOfWork) -> None:
        if not failed.rollback_records:
            return
        with Session(self.write_engine, expire_on_commit=False) as session:
            record_work = UnitOfWork(session, failed.now, failed.actor)
            for record in failed.rollback_records:
                record(record_work)
            session.commit()


def _memory_engine() -> Engine:
    """One connection shared by all, for `tiendo play` and rehearsals; nothing survives the process."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _sqlite_engine(url: str, *, begin: str, pool_size: int, read_only: bool) -> Engine:
    engine = create_engine(url, poolclass=QueuePool, pool_size=pool_size, max_overflow=0, pool_timeout=30)

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout=30000")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _is_lock_failure(error: OperationalError) -> bool:
    text = str(error.orig).lower()
    return "database is locked" in text or "lock timeout" in text or "deadlock detected" in text
