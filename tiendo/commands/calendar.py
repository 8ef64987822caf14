"""`tiendo calendar`: the working calendar as data."""

from pathlib import Path

import click

from tiendo.shell import content_of, data_option, day, json_option, opened, print_json, print_table

NAMES = {
    "holiday": "nghỉ lễ",
    "compensatory": "nghỉ bù",
    "swapped_off": "nghỉ hoán đổi",
    "swapped_work": "làm bù",
}


@click.group("calendar", help="Lịch làm việc: nạp, xem, sửa, xác nhận năm.")
def command() -> None:
    """The working calendar."""


@command.command("seed", help="Nạp lại lịch có sẵn; ngày nhập tay được giữ nguyên.")
@click.argument("years", nargs=-1, type=int)
@data_option
def seed(*, years: tuple[int, ...], data: Path | None) -> None:
    """Write the shipped entries of the years (all shipped years without arguments)."""
    from foundation import calendars
    from foundation.calendar_entries import SHIPPED_YEARS

    with opened(data) as runtime, runtime.database.unit_of_work() as work:
        count = calendars.seed(work, years or SHIPPED_YEARS)
        work.commit()
    click.echo(f"Đã nạp {count} ngày.")


@command.command("list", help="Xem các ngày nghỉ, nghỉ bù, làm bù của một năm.")
@click.argument("year", type=int)
@data_option
@json_option
def listing(*, year: int, data: Path | None, as_json: bool) -> None:
    """List the entries of a year."""
    from foundation import calendars

    with opened(data) as runtime, runtime.database.reading() as session:
        days = calendars.days(session, year=year)
    if as_json:
        print_json(
            [
                {
                    "date": one.date,
                    "kind": one.kind.value,
                    "name": one.name,
                    "basis": one.basis,
                    "source": one.source.value,
                    "is_estimate": one.is_estimate,
                }
                for one in days
            ]
        )
        return
    print_table(
        ("Ngày", "Loại", "Tên", "Căn cứ", "Ước tính"),
        [
            (f"{one.date:%d/%m/%Y}", NAMES[one.kind], one.name, one.basis, "có" if one.is_estimate else "")
            for one in days
        ],
    )


@command.command("set", help="Nhập hoặc thay một ngày.")
@click.argument("on")
@click.option("--kind", type=click.Choice(list(NAMES)), required=True, help="Loại ngày.")
@click.option("--name", required=True, help="Tên ngày.")
@click.option("--basis", default="", help="Văn bản căn cứ.")
@data_option
def put(*, on: str, kind: str, name: str, basis: str, data: Path | None) -> None:
    """Enter a day by hand; it wins over a shipped one."""
    from foundation import calendars
    from foundation.working_time import CalendarDay, DayKind, DaySource

    date = day(on)
    assert date is not None  # noqa: S101  the argument is required
    entry = CalendarDay(date=date, kind=DayKind(kind), name=name, basis=basis, source=DaySource.MANUAL)
    with opened(data) as runtime, runtime.database.unit_of_work() as work:
        calendars.set_day(work, entry)
        work.commit()
    click.echo(f"Đã nhập ngày {date:%d/%m/%Y}.")


@command.command("remove", help="Bỏ ngày đã nhập tay.")
@click.argument("on")
@data_option
def remove(*, on: str, data: Path | None) -> None:
    """Take a manual entry away."""
    from foundation import calendars

    date = day(on)
    assert date is not None  # noqa: S101  the argument is required
    with opened(data) as runtime, runtime.database.unit_of_work() as work:
        calendars.remove_day(work, date)
        work.commit()
    click.echo(f"Đã bỏ ngày {date:%d/%m/%Y}.")


@command.command("confirm", help="Xác nhận lịch nghỉ của một năm theo thông báo chính thức.")
@click.argument("year", type=int)
@click.option("--basis", required=True, help="Văn bản thông báo lịch nghỉ.")
@data_option
def confirm(*, year: int, basis: str, data: Path | None) -> None:
    """Confirm the estimated days of a year."""
    from foundation import calendars

    with opened(data) as runtime, runtime.database.unit_of_work() as work:
        count = calendars.confirm_year(work, year, basis=basis)
        work.commit()
    click.echo(f"Đã xác nhận {count} ngày của năm {year}.")


@command.command("import", help="Nhập lịch từ tệp CSV (cột date, kind, name, basis, is_estimate).")
@click.argument("file", type=click.Path(path_type=Path))
@data_option
def read(*, file: Path, data: Path | None) -> None:
    """Enter every row of a CSV file; one wrong row refuses all."""
    from foundation import calendars

    text = content_of(file).decode("utf-8", "replace")
    with opened(data) as runtime, runtime.database.unit_of_work() as work:
        count = calendars.import_csv(work, text)
        work.commit()
    click.echo(f"Đã nhập {count} ngày.")


@command.command("export", help="In lịch dạng CSV.")
@click.option("--year", type=int, help="Chỉ một năm.")
@data_option
def write(*, year: int | None, data: Path | None) -> None:
    """Print the calendar as CSV that `import` reads."""
    from foundation import calendars

    with opened(data) as runtime, runtime.database.reading() as session:
        click.echo(calendars.export_csv(session, year=year), nl=False)
