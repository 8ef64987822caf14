"""`tiendo org`: the directory of organisations, with dated versions."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tiendo.shell import data_option, day, json_option, opened, print_json, print_table

if TYPE_CHECKING:
    from foundation.database import UnitOfWork


@click.group("org", help="Danh bạ cơ quan: xem, tạo, đổi tên, sáp nhập, giải thể.")
def command() -> None:
    """Organisations."""


@command.command("list", help="Cây cơ quan tại một ngày.")
@click.option("--on", help="Ngày; mặc định hôm nay.")
@click.option("--under", help="Chỉ cơ quan này và các đơn vị bên dưới.")
@data_option
@json_option
def listing(*, on: str | None, under: str | None, data: Path | None, as_json: bool) -> None:
    """List the organisations of a day as a tree."""
    from directives import organisations
    from foundation.working_time import local_date

    with opened(data) as runtime, runtime.database.reading() as session:
        when = day(on) or local_date(runtime.clock.now())
        roots = (
            [organisations.current(session, under, when)]
            if under
            else organisations.children(session, None, when)
        )
        rows = [line for root in roots for line in _lines(session, root, when, 0)]
    if as_json:
        print_json([{**_facts(one), "depth": depth} for depth, one in rows])
        return
    print_table(
        ("Mã", "Tên", "Cấp", "Từ ngày"),
        [(one.id, "  " * depth + one.name, one.level, f"{one.valid_from:%d/%m/%Y}") for depth, one in rows],
    )


@command.command("create", help="Nhập một cơ quan, đơn vị.")
@click.argument("name")
@click.option("--kind", required=True, help="Loại, ví dụ so, phong, ubnd_xa.")
@click.option("--level", required=True, help="Cấp, ví dụ province, department, commune, unit.")
@click.option("--parent", help="Mã cơ quan cấp trên.")
@click.option("--short-name", default="", help="Tên viết tắt.")
@click.option("--code", help="Mã định danh.")
@click.option("--alias", "aliases", multiple=True, help="Cách viết khác (lặp lại được).")
@click.option("--on", help="Từ ngày; mặc định hôm nay.")
@click.option("--basis", default="", help="Văn bản căn cứ.")
@data_option
def create(*, name: str, on: str | None, data: Path | None, parent: str | None, **more: Any) -> None:
    """Enter an organisation and print its id."""
    from directives import organisations

    def enter(work: "UnitOfWork", when: date) -> str:
        return organisations.create(work, name=name, on=when, parent_id=parent, **more)

    click.echo(_change(data, on, enter))


@command.command("rename", help="Đổi tên từ một ngày; văn bản trước đó giữ tên cũ.")
@click.argument("organisation_id")
@click.argument("name")
@click.option("--on", help="Từ ngày; mặc định hôm nay.")
@click.option("--basis", default="", help="Văn bản căn cứ.")
@data_option
def rename(*, organisation_id: str, name: str, on: str | None, basis: str, data: Path | None) -> None:
    """Give an organisation another name."""
    from directives import organisations

    _change(
        data, on, lambda work, when: organisations.rename(work, organisation_id, name, on=when, basis=basis)
    )
    click.echo("Đã đổi tên.")


@command.command("merge", help="Sáp nhập các cơ quan vào một cơ quan từ một ngày.")
@click.argument("source_ids", nargs=-1, required=True)
@click.option("--into", "successor", required=True, help="Mã cơ quan sau sáp nhập.")
@click.option("--on", help="Từ ngày; mặc định hôm nay.")
@click.option("--basis", required=True, help="Văn bản căn cứ.")
@data_option
def merge(
    *, source_ids: tuple[str, ...], successor: str, on: str | None, basis: str, data: Path | None
) -> None:
    """Merge organisations into one."""
    from directives import organisations

    _change(
        data, on, lambda work, when: organisations.merge(work, source_ids, successor, on=when, basis=basis)
    )
    click.echo("Đã sáp nhập.")


@command.command("dissolve", help="Giải thể một cơ quan; ngày nêu ra là ngày đầu tiên không còn.")
@click.argument("organisation_id")
@click.option("--successor", help="Mã cơ quan nhận nhiệm vụ.")
@click.option("--on", help="Từ ngày; mặc định hôm nay.")
@click.option("--basis", required=True, help="Văn bản căn cứ.")
@data_option
def dissolve(
    *, organisation_id: str, successor: str | None, on: str | None, basis: str, data: Path | None
) -> None:
    """End an organisation."""
    from directives import organisations

    _change(
        data,
        on,
        lambda work, when: organisations.dissolve(
            work, organisation_id, on=when, basis=basis, successor_id=successor
        ),
    )
    click.echo("Đã giải thể.")


@command.command("alias", help="Thêm một cách viết của cơ quan để nhận ra trong văn bản.")
@click.argument("organisation_id")
@click.argument("alias")
@click.option("--scope", help="Chỉ trong văn bản của cơ quan này và bên dưới.")
@data_option
def alias(*, organisation_id: str, alias: str, scope: str | None, data: Path | None) -> None:
    """Enter a spelling."""
    from directives import organisations

    _change(
        data, None, lambda work, _when: organisations.add_alias(work, organisation_id, alias, scope_id=scope)
    )
    click.echo("Đã thêm cách viết.")


def _change(data: Path | None, on: str | None, act: Any) -> Any:
    from foundation.working_time import local_date

    with opened(data) as runtime, runtime.database.unit_of_work() as work:
        done = act(work, day(on) or local_date(work.now))
        work.commit()
    return done


def _lines(session: Any, one: Any, when: date, depth: int) -> list[tuple[int, Any]]:
    from directives import organisations

    found = [(depth, one)]
    for child in organisations.children(session, one.id, when):
        found += _lines(session, child, when, depth + 1)
    return found


def _facts(one: Any) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "short_name": one.short_name,
        "kind": one.kind,
        "level": one.level,
        "parent": one.parent_id,
        "code": one.code,
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
    }
