"""The worker of the documentation works: it is started as its reader starts it, beside a real server."""

import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any

import pytest

from directives import accounts, api_keys
from tests.acceptance.people import Person, eventually
from tests.acceptance.province import Province, opened
from tests.acceptance.server import ROOT
from tests.engine.diagrams import diagram, event

EXAMPLE = ROOT / "docs/examples/worker.py"


@pytest.fixture
def key(province: Province) -> str:
    """The key of a program that has the role for workers."""
    runtime = opened(province.server)
    try:
        with runtime.database.unit_of_work() as work:
            account = accounts.create(work, username="may-ky-so")
            accounts.grant(
                work, account, "worker", province.organisation("ubnd"), valid_from=date(2024, 1, 1)
            )
            made = api_keys.create(work, account, name="ký số").key
            work.commit()
    finally:
        runtime.database.dispose()
    return made


def address(province: Province) -> str:
    return f"http://127.0.0.1:{province.server.port}"


def deploy(admin: Person) -> None:
    drawing = diagram("signing").error("e", "NO_DOCUMENT").start().service_task("sign", "ky-so")
    drawing.user_task("send").end().boundary("missing", "sign", event("error", "e")).user_task("ask").end(
        "e2"
    )
    admin.send_file("/deployments", "a.bpmn", drawing.bytes())


def start(admin: Person, **variables: Any) -> str:
    return str(admin.post("/instances", {"process": "signing", "variables": variables})["id"])


def step_of(admin: Person, instance: str) -> str:
    """Give the step a person has now, empty while the worker has it."""
    waiting = admin.get(f"/instances/{instance}")["waiting"]
    return next((str(one["element"]) for one in waiting if one["kind"] == "user_task"), "")


@contextmanager
def running(province: Province, key: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the example in a process of its own; it ends in order when it is asked to."""
    environment = {**os.environ, "TIENDO_KEY": key}
    with subprocess.Popen([sys.executable, str(EXAMPLE), address(province)], env=environment) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(60)
    assert status == 0


def test_the_worker_does_its_jobs_and_outlives_a_dead_server(province: Province, key: str) -> None:
    admin = province.admin
    deploy(admin)
    with running(province, key):
        signed, unsigned = start(admin, document="1394"), start(admin)
        assert eventually(lambda: step_of(admin, signed)) == "send"
        assert eventually(lambda: step_of(admin, unsigned)) == "ask"
        assert admin.get(f"/instances/{signed}")["variables"]["signed_by"] == "may-ky-so"

        province.server.restart()
        later = start(admin, document="463")
        assert eventually(lambda: step_of(admin, later)) == "send"
    assert admin.get("/incidents")["items"] == []


def test_a_lock_is_kept_while_the_work_lasts(province: Province, key: str) -> None:
    admin = province.admin
    deploy(admin)
    example = loaded()
    example.LOCK = 3
    worker = example.Worker(address(province), key, name="slow")

    def until() -> str:
        return str(admin.get("/jobs")["items"][0]["locked_until"])

    def is_later(before: str) -> bool:
        return until() > before

    @worker.topic("ky-so")  # type: ignore[untyped-decorator]
    def slowly(_job: Any) -> None:
        for _time in range(3):
            before = until()
            admin.post("/test-clock", {"advance": "PT2S"})
            eventually(partial(is_later, before))

    instance = start(admin, document="1")
    (job,) = worker._fetch()
    worker._do(job)
    assert step_of(admin, instance) == "send"


def test_what_a_handler_did_not_expect_is_told_with_its_reason(province: Province, key: str) -> None:
    admin = province.admin
    deploy(admin)
    worker = loaded().Worker(address(province), key)

    @worker.topic("ky-so")  # type: ignore[untyped-decorator]
    def broken(_job: Any) -> None:
        raise RuntimeError("hết mực")

    start(admin, document="1")
    worker._do(*worker._fetch())
    (job,) = admin.get("/jobs")["items"]
    assert (job["error"], job["retries_left"], job["worker"]) == ("hết mực", 2, None)


def loaded() -> Any:
    """Import the example as a program that takes parts of it would."""
    spec = importlib.util.spec_from_file_location("worker_example", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["worker_example"] = module
    spec.loader.exec_module(module)
    return module
