"""`tiendo web`: the web server alone; any number of them work on one PostgreSQL."""

from pathlib import Path

import click

from tiendo.shell import data_option, opened


@click.command("web", help="Chạy riêng máy chủ web trên PostgreSQL; bộ hẹn giờ chạy bằng “tiendo worker”.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ lắng nghe.")
@click.option("--port", default=8000, show_default=True, help="Cổng lắng nghe.")
@data_option
def command(*, host: str, port: int, data: Path | None) -> None:
    """Answer requests until stopped."""
    from tiendo.commands.serve import listen
    from tiendo.commands.worker import require_postgresql

    with opened(data) as runtime:
        require_postgresql(runtime)
        listen(runtime, host=host, port=port, with_worker=False)
