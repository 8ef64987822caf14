"""`tiendo apikey`: keys by which programs act as an account."""

from datetime import datetime, time
from pathlib import Path

import click

from tiendo.shell import data_option, day, json_option, opened, print_json, print_table


@click.group("apikey", help="Tạo, liệt kê, thu hồi khóa API.")
def command() -> None:
    """Keys of programs."""


@command.command("create", help="Tạo khóa cho một tài khoản; khóa chỉ được in ra một lần này.")
@click.option("--user", required=True, help="Tên đăng nhập của tài khoản.")
@click.option("--name", default="", help="Khóa dùng để làm gì.")
@click.option("--expires", help="Ngày cuối cùng còn hiệu lực.")
@click.option("--scope", "scopes", multiple=True, help="Chỉ cho quyền này (lặp lại được).")
@data_option
def create(*, user: str, name: str, expires: str | None, scopes: tuple[str, ...], data: Path | None) -> None:
    """Print the key, and nothing else, on standard output."""
    from directives import accounts, api_keys
    from foundation.clock import BUSINESS_ZONE

    last = day(expires)
    with opened(data) as runtime, runtime.database.unit_of_work() as work:
        account = accounts.by_username(work.session, user)
        until = None if last is None else datetime.combine(last, time.max, BUSINESS_ZONE)
        made = api_keys.create(work, account.id, name=name, expires_at=until, scopes=scopes)
        work.commit()
    click.echo(made.key)


@command.command("list", help="Liệt kê khóa (không có phần bí mật).")
@click.option("--user", help="Chỉ khóa của tài khoản này.")
@data_option
@json_option
def listing(*, user: str | None, data: Path | None, as_json: bool) -> None:
    """List keys, the newest first."""
    from directives import accounts, api_keys

    with opened(data) as runtime, runtime.database.reading() as session:
        owner = accounts.by_username(session, user).id if user else None
        found = api_keys.listing(session, owner)
        names = {account.id: account.username for account in accounts.listing(session)}
    rows = [
        {
            "id": one.id,
            "user": names.get(one.account_id, ""),
            "name": one.name,
            "created_at": one.created_at,
            "expires_at": one.expires_at,
            "revoked_at": one.revoked_at,
            "last_used_at": one.last_used_at,
            "scopes": one.scopes,
        }
        for one in found
    ]
    if as_json:
        print_json(rows)
    else:
        keys = ("id", "user", "name", "created_at", "expires_at", "revoked_at", "last_used_at")
        titles = ("Mã", "Tài khoản", "Tên", "Tạo lúc", "Hết hạn", "Thu hồi", "Dùng lần cuối")
        print_table(titles, [[row[key] for key in keys] for row in rows])


@command.command("revoke", help="Thu hồi một khóa, không khôi phục được.")
@click.argument("key_id")
@data_option
def revoke(*, key_id: str, data: Path | None) -> None:
    """Take a key out of use for ever."""
    from directives import api_keys

    with opened(data) as runtime, runtime.database.unit_of_work() as work:
        api_keys.revoke(work, key_id)
        work.commit()
    click.echo("Đã thu hồi khóa.")
