"""`tiendo audit verify`: whether anybody changed the history behind the house's back."""

import sys
from pathlib import Path
from typing import Any

import click

from tiendo.shell import data_option, json_option, opened, print_json

#: with more instances a progress bar is shown
MANY = 500


@click.group("audit", help="Kiểm tra nhật ký.")
def command() -> None:
    """The audit log."""


@command.command("verify", help="Kiểm tra mọi chuỗi lịch sử; thoát mã 1 khi có dòng bị sửa, xóa hoặc thêm.")
@data_option
@json_option
def verify(*, data: Path | None, as_json: bool) -> None:
    """Verify the chain of every instance."""
    from sqlalchemy import select

    from engine import history
    from engine.models import ProcessInstance

    broken: list[dict[str, Any]] = []
    with opened(data) as runtime, runtime.database.reading() as session:
        rows = session.execute(
            select(ProcessInstance.id, ProcessInstance.key, ProcessInstance.business_key).order_by(
                ProcessInstance.id
            )
        ).all()
        is_quiet = as_json or len(rows) < MANY
        with click.progressbar(list(rows), label="Kiểm tra", file=sys.stderr, hidden=is_quiet) as instances:
            for row in instances:
                at = history.verify(session, row.id)
                if at is not None:
                    broken.append(
                        {"instance": row.id, "process": row.key, "business_key": row.business_key, "seq": at}
                    )
                session.expunge_all()  # what was read is not needed again
    if as_json:
        print_json({"verified": len(rows), "broken": broken})
    else:
        for one in broken:
            click.echo(f"Chuỗi lịch sử của {one['process']} {one['instance']} sai từ dòng {one['seq']}.")
        click.echo(f"Đã kiểm tra {len(rows)} chuỗi lịch sử, {len(broken)} chuỗi sai.")
    if broken:
        raise SystemExit(1)
