"""`tiendo user`: accounts of people and programs."""

from pathlib import Path

import click

from foundation.errors import Invalid
from foundation.texts import _
from tiendo.shell import data_option, day, json_option, opened, print_json, print_table


@click.group("user", help="Tạo và quản lý tài khoản.")
def command() -> None:
    """Accounts."""


@command.command("create", help="Tạo tài khoản; không nêu --password thì được hỏi (hoặc dùng --no-password).")
@click.argument("username")
@click.option("--admin", "is_admin", is_flag=True, help="Quản trị hệ thống: làm được mọi việc.")
@click.option("--password", help="Mật khẩu.")
@click.option("--no-password", is_flag=True, help="Tài khoản của phần mềm: chỉ dùng khóa API.")
@click.option("--full-name", help="Họ tên người dùng tài khoản; tạo hồ sơ cán bộ.")
@click.option("--role", "roles", multiple=True, help="Chức vụ dạng vai_trò@mã_cơ_quan (lặp lại được).")
@data_option
def create(
    *,
    username: str,
    is_admin: bool,
    password: str | None,
    no_password: bool,
    full_name: str | None,
    roles: tuple[str, ...],
    data: Path | None,
) -> None:
    """Create an account, with its person and positions when asked."""
    from directives import accounts, people
    from foundation.working_time import local_date

    with opened(data) as runtime:
        secret = None if no_password else password or _ask()
        with runtime.database.unit_of_work() as work:
            person = people.create(work, full_name=full_name) if full_name else None
            account = accounts.create(
                work, username=username, password=secret, person_id=person, is_admin=is_admin
            )
            today = local_date(work.now)
            for role in roles:
                key, _at, organisation = role.partition("@")
                if not organisation:
                    raise Invalid(
                        _("Chức vụ phải có dạng vai_trò@mã_cơ_quan, nhận được “{found}”.", found=role)
                    )
                if person is None:
                    accounts.grant(work, account, key, organisation, valid_from=today)
                else:
                    people.appoint(work, person, key, organisation, valid_from=today)
            work.commit()
    click.echo(f"Đã tạo tài khoản “{username}”.")


@command.command("list", help="Liệt kê tài khoản.")
@data_option
@json_option
def listing(*, data: Path | None, as_json: bool) -> None:
    """List accounts by username."""
    from directives import accounts

    with opened(data) as runtime, runtime.database.reading() as session:
        found = accounts.listing(session)
    rows = [
        {"id": one.id, "username": one.username, "name": one.name, "is_admin": one.is_admin,
         "is_disabled": one.is_disabled}
        for one in found
    ]  # fmt: skip
    if as_json:
        print_json(rows)
        return
    yes = {True: "có", False: ""}
    print_table(
        ("Tên đăng nhập", "Họ tên", "Quản trị", "Vô hiệu hóa"),
        [(one.username, one.name, yes[one.is_admin], yes[one.is_disabled]) for one in found],
    )


@command.command("password", help="Đặt lại mật khẩu; mọi phiên đăng nhập của tài khoản chấm dứt.")
@click.argument("username")
@click.option("--password", help="Mật khẩu mới; không nêu thì được hỏi.")
@data_option
def password(*, username: str, password: str | None, data: Path | None) -> None:
    """Give an account another password."""
    from directives import accounts

    with opened(data) as runtime:
        with runtime.database.reading() as session:
            account = accounts.by_username(session, username)
        secret = password or _ask()
        with runtime.database.unit_of_work() as work:
            accounts.set_password(work, account.id, secret)
            work.commit()
    click.echo(f"Đã đặt lại mật khẩu của “{username}”.")


@command.command("disable", help="Vô hiệu hóa tài khoản: phiên đăng nhập và khóa API ngừng ngay.")
@click.argument("username")
@data_option
def disable(*, username: str, data: Path | None) -> None:
    """Disable an account."""
    _switch(username, data, is_disabled=True)
    click.echo(f"Đã vô hiệu hóa “{username}”.")


@command.command("enable", help="Cho tài khoản hoạt động lại.")
@click.argument("username")
@data_option
def enable(*, username: str, data: Path | None) -> None:
    """Let an account sign in again."""
    _switch(username, data, is_disabled=False)
    click.echo(f"“{username}” đăng nhập lại được.")


@command.command("grant", help="Cho tài khoản một vai trò trong một cơ quan, không cần chức vụ.")
@click.argument("username")
@click.argument("role")
@click.option("--org", "organisation", required=True, help="Mã cơ quan (xem “tiendo org list”).")
@click.option("--from", "first", help="Từ ngày; mặc định hôm nay.")
@click.option("--to", "last", help="Đến hết ngày.")
@data_option
def grant(
    *, username: str, role: str, organisation: str, first: str | None, last: str | None, data: Path | None
) -> None:
    """Grant a role."""
    from directives import accounts, organisations
    from foundation.working_time import local_date

    with opened(data) as runtime, runtime.database.unit_of_work() as work:
        today = local_date(work.now)
        organisations.current(work.session, organisation, today)
        account = accounts.by_username(work.session, username)
        accounts.grant(
            work, account.id, role, organisation, valid_from=day(first) or today, valid_to=day(last)
        )
        work.commit()
    click.echo(f"“{username}” có vai trò {role}.")


def _switch(username: str, data: Path | None, *, is_disabled: bool) -> None:
    from directives import accounts

    with opened(data) as runtime, runtime.database.unit_of_work() as work:
        account = accounts.by_username(work.session, username)
        accounts.change(work, account.id, is_disabled=is_disabled)
        work.commit()


def _ask() -> str:
    entered: str = click.prompt("Mật khẩu", hide_input=True, confirmation_prompt="Nhập lại mật khẩu")
    return entered
