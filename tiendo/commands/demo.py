"""`tiendo demo`: load the sample province into an empty installation."""

from pathlib import Path

import click

from tiendo.shell import data_option, opened


@click.command("demo", help="Nạp tỉnh mẫu vào cơ sở dữ liệu trống, khi máy chủ đang dừng.")
@data_option
def command(*, data: Path | None) -> None:
    """Prepare the database and load the sample province."""
    from tiendo import demo, house

    with opened(data, is_prepared=False) as runtime:
        house.prepare(runtime)
        demo.load(runtime, report=click.echo)
