"""`tiendo deploy`: publish diagrams, decisions and forms of an installation."""

from pathlib import Path

import click

from tiendo.shell import (
    data_option,
    definition_files,
    json_option,
    moment,
    opened,
    print_findings,
    print_json,
)


@click.command("deploy", help="Triển khai các tệp hoặc thư mục; có lỗi thì không triển khai gì.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--note", default="", help="Ghi chú của lần triển khai.")
@click.option(
    "--effective", help="Quy trình có hiệu lực từ thời điểm này (giờ Việt Nam), ví dụ 2026-01-01T00:00."
)
@click.option(
    "--without-review",
    is_flag=True,
    help="Triển khai cả khi cần người thứ hai duyệt; việc này được ghi vào lịch sử.",
)
@data_option
@json_option
def command(
    *,
    files: tuple[Path, ...],
    note: str,
    effective: str | None,
    without_review: bool,
    data: Path | None,
    as_json: bool,
) -> None:
    """Deploy the files together: all or, when one has an error, none (exit code 1)."""
    given = definition_files(files)
    effective_at = moment(effective) if effective else None
    from engine import publishing
    from engine.definitions import local
    from engine.findings import DefinitionRefused

    with opened(data) as runtime:
        try:
            with runtime.database.unit_of_work() as work:
                deployed = publishing.deploy(
                    work,
                    given,
                    note=note,
                    four_eyes=runtime.four_eyes,
                    without_review=without_review,
                    effective_at=effective_at,
                )
                work.commit()
        except DefinitionRefused as refused:
            if as_json:
                print_json({"findings": [finding.as_json() for finding in refused.findings]})
            else:
                print_findings(refused.findings)
            raise SystemExit(1) from None
    if as_json:
        print_json(
            {
                "id": deployed.id,
                "definitions": [
                    {"key": one.key, "version": one.version}
                    | ({"effective_at": one.effective_at.isoformat()} if one.state == "scheduled" else {})
                    for one in deployed.processes
                ],
                "decisions": deployed.decisions,
                "forms": deployed.forms,
                "findings": [finding.as_json() for finding in deployed.warnings],
            }
        )
        return
    print_findings(deployed.warnings)
    for one in deployed.processes:
        later = f", có hiệu lực từ {local(one.effective_at)}" if one.state == "scheduled" else ""
        click.echo(f"Quy trình {one.key} phiên bản {one.version}{later}")
    click.echo(f"{len(deployed.decisions)} bảng quyết định, {len(deployed.forms)} biểu mẫu.")
