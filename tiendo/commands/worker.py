"""`tiendo worker`: timers, jobs and webhooks alone; any number of them work on one PostgreSQL."""

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from foundation.errors import Conflict
from foundation.texts import _
from tiendo.shell import data_option, opened

if TYPE_CHECKING:
    from processes.runtime import Runtime


@click.command("worker", help="Chạy riêng bộ hẹn giờ trên PostgreSQL; chạy được nhiều tiến trình cùng lúc.")
@data_option
def command(*, data: Path | None) -> None:
    """Tick until stopped by SIGINT or SIGTERM; a tick under way ends first."""
    from tiendo.worker import Worker

    with opened(data) as runtime:
        require_postgresql(runtime)
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: stopped.set())
        worker = Worker(runtime)
        worker.start()
        click.echo("Bộ hẹn giờ đang chạy.")
        stopped.wait()
        worker.stop()


def require_postgresql(runtime: "Runtime") -> None:
    """Refuse SQLite: it has exactly one scheduler, inside the server."""
    if runtime.database.is_sqlite:
        raise Conflict(
            _(
                "Với SQLite, máy chủ và bộ hẹn giờ chạy chung một tiến trình bằng “tiendo serve”. "
                "Muốn chạy riêng, hãy đặt TIENDO_DATABASE_URL là một cơ sở dữ liệu PostgreSQL."
            )
        )
