"""A running house over HTTP: a small province, its people with API keys, a real server where it matters."""

import threading
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import waitress
from cryptography.fernet import Fernet
from flask import Flask

from directives import accounts, api_keys, organisations, people
from engine import deployments
from engine.dispatcher import Dispatcher
from foundation import calendars
from foundation.clock import MovableClock
from foundation.database import Database
from processes import handlers, shipped
from processes.runtime import Runtime
from tests.api.house import Caller, House
from tiendo.server import create_app
from webhooks.addresses import EgressPolicy
from webhooks.client import Client
from webhooks.secrets import SecretBox

NEW_YEAR = date(2024, 1, 1)


@pytest.fixture
def runtime(database: Database, clock: MovableClock) -> Runtime:
    """A house put together as the composition root does it."""
    return Runtime(
        database=database,
        clock=clock,
        dispatcher=Dispatcher(database, handlers.HANDLERS, handlers.escalate),
        secret_box=SecretBox(Fernet.generate_key().decode()),
        webhook_client=Client(EgressPolicy.of(())),
    )


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    """The WSGI application."""
    return create_app(runtime, is_secure=False)


@pytest.fixture
def house(runtime: Runtime, app: Flask) -> House:
    """The province of Đồng Nai with a Sở, two divisions, and somebody with a key in each."""
    made = House(runtime=runtime, app=app)
    with runtime.database.unit_of_work() as work:
        calendars.seed(work)
        organisations.seed_levels(work)

        def enter(name: str, kind: str, level: str, parent: str | None) -> str:
            return organisations.create(
                work, name=name, kind=kind, level=level, parent_id=parent, on=NEW_YEAR
            )

        made.committee = enter("Ủy ban nhân dân tỉnh Đồng Nai", "ubnd_tinh", "province", None)
        made.science = enter("Sở Khoa học và Công nghệ", "so", "department", made.committee)
        made.finance = enter("Sở Tài chính", "so", "department", made.committee)
        made.division = enter("Phòng Quản lý Khoa học", "phong", "unit", made.science)
        for username, role, organisation in (
            ("admin", None, None),
            ("clerk", "clerk", made.science),
            ("director", "head", made.science),
            ("office", "office_head", made.science),
            ("division_head", "unit_head", made.division),
            ("officer", "officer", made.division),
            ("stranger", "head", made.finance),
        ):
            person = people.create(work, full_name=username.title())
            account = accounts.create(work, username=username, person_id=person, is_admin=role is None)
            if role is not None and organisation is not None:
                people.appoint(work, person, role, organisation, valid_from=NEW_YEAR)
            made.callers[username] = Caller(made, api_keys.create(work, account, name="test").key)
            made.accounts[username] = account
        deployments.deploy(work, shipped.files())
        work.commit()
    return made


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """A real server in threads; gives its address."""
    listening: Any = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    stopped = threading.Event()

    def run() -> None:
        while not stopped.is_set():
            listening.asyncore.loop(timeout=0.1, map=listening._map, count=1)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.effective_port}"
    stopped.set()
    thread.join(5)
    listening.task_dispatcher.shutdown()
    listening.asyncore.close_all(listening._map)
