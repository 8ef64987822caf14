"""`tiendo intake`: what a document says, as data: header, items, deadlines, quirks, with source lines."""

from pathlib import Path
from typing import Any

import click

from tiendo.shell import content_of, json_option, print_json, print_table


@click.command("intake", help="Bóc tách một văn bản (.txt, .docx, .pdf) thành dữ liệu và nhiệm vụ.")
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def command(*, file: Path, as_json: bool) -> None:
    """Read a document and print the proposal; nothing is stored."""
    content = content_of(file)
    from directives import intake

    proposal = intake.read(content, filename=file.name, working=_calendar())
    found = proposal.as_json()
    if as_json:
        print_json(found)
    else:
        _show(found)


def _calendar() -> Any:
    """Give the shipped calendar: terms in working days need it, an installation is not needed."""
    from foundation.calendar_entries import SHIPPED_YEARS, packaged_days
    from foundation.working_time import WorkingCalendar

    days = packaged_days(tuple(SHIPPED_YEARS))
    return WorkingCalendar(version="packaged", days={day.date: day for day in days})


def _show(found: dict[str, Any]) -> None:
    document, items = found["document"], found["items"]
    for label, key in _HEADER:
        if document[key]:
            click.echo(f"{label + ':':<16}{document[key]}")
    signer = document["signer"]
    if signer["name"]:
        words = " ".join(part for part in (signer["capacity"], signer["name"]) if part)
        click.echo(f"{'Người ký:':<16}{words}")
    for basis in document["legal_bases"]:
        click.echo(f"{'Căn cứ:':<16}{basis['quoted']}")
    if items:
        print_table(
            ("Mục", "Nhiệm vụ", "Chủ trì", "Phối hợp", "Thời hạn", "Dòng"),
            [_row(item) for item in items],
            title=f"{len(items)} nhiệm vụ",
        )
    else:
        click.echo("Không có nhiệm vụ nào được giao trong văn bản này.")
    for quirk in found["quirks"]:
        place = f" (dòng {quirk['line']})" if quirk["line"] else ""
        click.echo(f"Lưu ý{place}: {quirk['message']}")


_HEADER = (
    ("Loại văn bản", "doc_type"),
    ("Số, ký hiệu", "number"),
    ("Cơ quan", "issuer"),
    ("Ngày", "date"),
    ("Trích yếu", "subject"),
)


def _row(item: dict[str, Any]) -> tuple[Any, ...]:
    deadline = item["deadline"]
    lines = item["source_lines"]
    return (
        item["section"],
        item["text"],
        "; ".join(item["leads"]),
        "; ".join(item["coordinators"]),
        deadline.get("due") or deadline.get("raw") or "",
        f"{lines[0]}–{lines[-1]}" if len(lines) > 1 else "".join(map(str, lines)),
    )
