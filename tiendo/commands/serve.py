"""`tiendo serve`: web server and worker in one process."""

import gc
import signal
from pathlib import Path
from typing import Any

import click

from foundation.clock import Clock, SystemClock

#: threads that answer requests; `engine.job_bell.PLACES` of them may wait for jobs
THREADS = 12


@click.command("serve", help="Chạy máy chủ và bộ hẹn giờ trong một tiến trình.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ lắng nghe.")
@click.option("--port", default=8000, show_default=True, help="Cổng lắng nghe.")
@click.option("--data", type=click.Path(path_type=Path), help="Thư mục dữ liệu (mặc định ./data).")
@click.option("--demo", is_flag=True, help="Nạp tỉnh mẫu nếu cơ sở dữ liệu còn trống.")
@click.option(
    "--test-clock",
    "test_clock",
    is_flag=False,
    flag_value="now",
    help="Dùng đồng hồ thử nghiệm (dời bằng API); có thể cho thời điểm bắt đầu ISO 8601.",
)
def command(*, host: str, port: int, data: Path | None, demo: bool, test_clock: str | None) -> None:
    """Serve until stopped."""
    gc.disable()  # thousands of objects are made while modules load, none of them garbage
    from tiendo import house, logs
    from tiendo.settings import Settings

    logs.configure()
    settings = Settings.from_environment(data=data, allows_http=True)
    runtime = house.build(settings, clock=_clock(test_clock, settings.data))
    house.prepare(runtime)
    if demo:
        from tiendo import demo as sample

        sample.load(runtime, report=click.echo)
    listen(runtime, host=host, port=port, with_worker=True)


def listen(runtime: Any, *, host: str, port: int, with_worker: bool) -> None:
    """Answer requests until stopped; the worker, if wanted, ticks beside."""
    import waitress

    from tiendo import server
    from tiendo.worker import Worker

    app = server.create_app(runtime, is_secure=runtime.base_url.startswith("https:"))
    gc.freeze()
    gc.enable()
    listening = waitress.create_server(app, host=host, port=port, threads=THREADS, ident="tiendo")
    worker = Worker(runtime) if with_worker else None
    if worker is not None:
        worker.start()
    signal.signal(signal.SIGTERM, _interrupt)
    click.echo(f"Tiến Độ đang chạy tại http://{host}:{port}")
    try:
        listening.run()
    except KeyboardInterrupt:
        click.echo("Đang dừng …")
    finally:
        runtime.dispatcher.bell.close()
        listening.close()
        if worker is not None:
            worker.stop()
        runtime.database.dispose()


def _interrupt(_number: int, _frame: object) -> None:
    """End like Ctrl+C: requests under way are answered, the tick under way ends."""
    raise KeyboardInterrupt


def _clock(text: str | None, data: Path) -> Clock:
    """Give the clock to run by; a test clock goes on where it was when the server last stopped."""
    if text is None:
        return SystemClock()
    from tiendo import kept_clock
    from tiendo.shell import moment

    start = SystemClock().now() if text == "now" else moment(text)
    return kept_clock.KeptClock(data / kept_clock.NAME, start)
