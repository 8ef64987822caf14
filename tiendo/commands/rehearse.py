"""`tiendo rehearse`: the whole cycle of a document on a virtual clock, before anything is issued."""

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from foundation.errors import Invalid
from foundation.texts import Text, _
from tiendo.shell import content_of, day, json_option, print_json, print_table

if TYPE_CHECKING:
    from processes.rehearsal import Rehearsal

#: kinds shown without `--steps`: what people get and what goes wrong, not what everybody does in time
_SHORT = frozenset(
    {
        *("issued", "assigned", "report_requested", "consolidated", "sent", "accepted", "closed"),
        *("due", "reminder", "overdue", "escalation", "urge", "breach"),
    }
)
_KINDS = {
    "step": "bước",
    "issued": "ban hành",
    "assigned": "giao việc",
    "coordination": "phối hợp",
    "report_requested": "yêu cầu báo cáo",
    "consolidated": "tổng hợp",
    "sent": "gửi báo cáo",
    "accepted": "chấp nhận",
    "due": "đến hạn",
    "reminder": "nhắc",
    "overdue": "quá hạn",
    "escalation": "báo cấp trên",
    "urge": "đôn đốc",
    "breach": "VI PHẠM HẠN",
    "closed": "kết thúc",
}
_WIDEST = 90


@click.command("rehearse", help="Diễn tập cả chu trình của một văn bản (.txt, .docx, .pdf) với đồng hồ ảo.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--issued-on", help="Ngày ban hành (31/12/2026 hoặc 2026-12-31); mặc định ngày ghi trong văn bản."
)
@click.option("--late", multiple=True, metavar="ĐƠN_VỊ=SỐ_NGÀY", help="Giả định đơn vị chậm n ngày làm việc.")
@click.option("--steps", is_flag=True, help="In cả các bước xử lý và thông báo phối hợp.")
@json_option
def command(*, file: Path, issued_on: str | None, late: tuple[str, ...], steps: bool, as_json: bool) -> None:
    """Rehearse a document and print the timeline; nothing is stored."""
    content = content_of(file)
    lateness = dict(_lateness(one) for one in late)
    from foundation.clock import SystemClock
    from foundation.working_time import local_date
    from processes import rehearsal

    played = rehearsal.rehearse(
        content,
        filename=file.name,
        today=local_date(SystemClock().now()),
        issued_on=day(issued_on),
        late=lateness,
        progress=None if as_json else _progress,
    )
    if as_json:
        print_json(played.as_json())
    else:
        _show(played, has_steps=steps)


def _progress(text: Text) -> None:
    click.echo(str(text), err=True)


def _lateness(text: str) -> tuple[str, int]:
    name, _equals, days = text.rpartition("=")
    if not name.strip() or not days.strip().isdigit():
        raise Invalid(
            _(
                "--late phải có dạng “tên đơn vị=số ngày”, ví dụ “Sở Nội vụ=3”, nhận được “{found}”.",
                found=text,
            )
        )
    return name.strip(), int(days)


def _show(played: "Rehearsal", *, has_steps: bool) -> None:
    document = played.document
    number = document["number"] or "chưa có số"
    click.echo(f"{document['issuer'] or 'Chưa rõ cơ quan'} · {number} · {document['subject'] or ''}")
    rows = [
        (
            f"{entry.at.astimezone(_zone()):%d/%m/%Y %H:%M}{' *' if entry.is_estimate else ''}",
            _KINDS[entry.kind],
            " – ".join(part for part in (entry.who, entry.organisation) if part),
            entry.item or "",
            entry.what if len(entry.what) <= _WIDEST else entry.what[: _WIDEST - 1] + "…",
            entry.due,
        )
        for entry in played.timeline
        if has_steps or entry.kind in _SHORT
    ]
    print_table(("Lúc", "Loại", "Ai", "NV", "Nội dung", "Hạn"), rows, title="Diễn biến")
    load = [
        (one.organisation, one.assignments, one.coordinations, one.reports, one.reminders, one.late)
        for one in played.load
    ]
    print_table(("Đơn vị", "Chủ trì", "Phối hợp", "Báo cáo", "Lần nhắc", "Chậm"), load, title="Khối lượng")
    for warning in played.warnings:
        click.echo(f"Lưu ý: {warning}")
    if any(entry.is_estimate for entry in played.timeline):
        click.echo("* dự kiến: lịch làm việc của năm này chưa được công bố")


def _zone() -> ZoneInfo:
    from foundation.clock import BUSINESS_ZONE

    return BUSINESS_ZONE
