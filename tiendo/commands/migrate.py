"""`tiendo migrate`: create the database, or bring it to another revision."""

from pathlib import Path

import click

from tiendo.shell import data_option, opened


@click.command("migrate", help="Tạo hoặc nâng cấp cơ sở dữ liệu (hoặc đưa về bản cũ bằng --to).")
@click.option("--to", "revision", help="Bản cần đưa về, ví dụ 0001; mặc định là bản mới nhất.")
@data_option
def command(*, revision: str | None, data: Path | None) -> None:
    """Upgrade, or with an older `--to` take back."""
    from tiendo import house, migrating

    with opened(data, is_prepared=False) as runtime:
        if revision is None or revision == migrating.newest():
            house.prepare(runtime)
        elif revision > (migrating.revision(runtime.database) or ""):
            migrating.upgrade(runtime.database, revision)
        else:
            migrating.downgrade(runtime.database, revision)
        found = migrating.revision(runtime.database)
        click.echo(
            f"Cơ sở dữ liệu đang ở bản {found or 'trống'} ({runtime.database.url.render_as_string()})."
        )
