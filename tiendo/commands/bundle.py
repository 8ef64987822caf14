"""`tiendo bundle`: definitions with all they need in one zip file, from one installation to another."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiendo.shell import content_of, data_option, json_option, opened, print_findings, print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.bundles import Line

#: status of a line → what people read
WORDS = {"new": "mới", "changed": "thay đổi", "same": "đã có", "conflict": "đang có bản nháp"}


@click.group("bundle", help="Xuất, nhập gói quy trình cùng biểu mẫu và bảng quyết định.")
def command() -> None:
    """Bundles of definitions."""


@command.command("export", help="Ghi gói .zip; không nêu quy trình nào thì xuất tất cả.")
@click.argument("target", type=click.Path(path_type=Path))
@click.argument("keys", nargs=-1)
@data_option
@json_option
def export(*, target: Path, keys: tuple[str, ...], data: Path | None, as_json: bool) -> None:
    """Write the bundle of the named processes and what they need."""
    from engine import bundle_archive, bundles

    with opened(data) as runtime, runtime.database.reading() as session:
        now = runtime.clock.now()
        content = bundles.export(session, keys, now=now) if keys else bundles.export_all(session, now=now)
    target.write_bytes(content)
    entries = bundle_archive.read(content).entries
    if as_json:
        print_json(
            {
                "file": str(target),
                "definitions": [{"kind": e.kind, "key": e.key, "version": e.version} for e in entries],
            }
        )
        return
    print_table(("loại", "mã", "phiên bản"), [(e.kind, e.key, str(e.version)) for e in entries])
    click.echo(f"Đã ghi {target} ({len(content):,} byte).".replace(",", "."))


@command.command("import", help="Xem trước gói .zip sẽ thay đổi gì; thêm --apply để nhập thật.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--apply", "is_applied", is_flag=True, help="Nhập thật, tất cả hoặc không gì cả.")
@click.option(
    "--as",
    "target",
    type=click.Choice(["draft", "published"]),
    default="draft",
    help="Nhập thành bản nháp hay ban hành.",
)
@click.option("--note", default="", help="Ghi chú của lần nhập.")
@click.option("--replace-drafts", is_flag=True, help="Thay bản nháp đang có; bản cũ được giữ lại.")
@click.option(
    "--without-review", is_flag=True, help="Ban hành cả khi cần người thứ hai duyệt; việc này được ghi lại."
)
@data_option
@json_option
def import_(
    *,
    file: Path,
    is_applied: bool,
    target: str,
    note: str,
    replace_drafts: bool,
    without_review: bool,
    data: Path | None,
    as_json: bool,
) -> None:
    """Show what a bundle would change, and change it when asked."""
    from engine import bundle_archive, bundles
    from engine.findings import DefinitionRefused

    bundle = bundle_archive.read(content_of(file))
    with opened(data) as runtime, runtime.database.unit_of_work() as work:
        seen = bundles.preview(work.session, bundle)
        applied = bundles.Applied()
        if is_applied:
            try:
                applied = bundles.apply(
                    work,
                    bundle,
                    target="draft" if target == "draft" else "published",
                    note=note or f"Nhập từ gói {file.name}",
                    four_eyes=runtime.four_eyes,
                    replace_drafts=replace_drafts,
                    without_review=without_review,
                )
            except DefinitionRefused as refused:
                print_findings(refused.findings)
                raise SystemExit(1) from None
            work.commit()
    if as_json:
        print_json(
            {
                "definitions": [_shown(line) for line in seen.lines],
                "findings": [finding.as_json() for finding in seen.findings],
                "drafts": applied.drafts,
                "published": applied.published,
            }
        )
        return
    print_findings(seen.findings)
    _print_lines(seen.lines)
    if is_applied:
        click.echo(f"Bản nháp: {len(applied.drafts)}; đã ban hành: {len(applied.published)}.")
    else:
        click.echo("Chưa thay đổi gì; thêm --apply để nhập.")


def _shown(line: "Line") -> dict[str, object]:
    entry = line.entry
    return {
        "kind": entry.kind,
        "key": entry.key,
        "status": line.status,
        "here": line.here,
        "sha256": entry.sha256,
    }


def _print_lines(lines: "Sequence[Line]") -> None:
    rows = [
        (line.entry.kind, line.entry.key, WORDS[line.status], "–" if line.here is None else str(line.here))
        for line in lines
    ]
    print_table(("loại", "mã", "so với ở đây", "phiên bản ở đây"), rows)
