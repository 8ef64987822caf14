"""`tiendo lint`: everything that is wrong with a set of files, without deploying them."""

from pathlib import Path

import click

from tiendo.shell import definition_files, json_option, print_findings, print_json


@click.command("lint", help="Kiểm tra sơ đồ, bảng quyết định, biểu mẫu; thoát mã 1 khi có lỗi.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def command(*, files: tuple[Path, ...], as_json: bool) -> None:
    """Check the files together; exit code 1 when one finding is an error."""
    from engine import lint
    from foundation.clock import SystemClock

    findings = lint.check(definition_files(files), known=None, now=SystemClock().now())
    errors = sum(finding.is_error for finding in findings)
    if as_json:
        print_json(
            {
                "findings": [finding.as_json() for finding in findings],
                "errors": errors,
                "warnings": len(findings) - errors,
            }
        )
    else:
        print_findings(findings)
        click.echo(f"{errors} lỗi, {len(findings) - errors} lưu ý.")
    if errors:
        raise SystemExit(1)
