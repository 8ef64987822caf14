"""`tiendo deploy`: publish diagrams, decisions and forms of an installation."""

from pathlib import Path

import click

from tiendo.shell import data_option, definition_files, json_option, opened, print_findings, print_json


@click.command("deploy", help="Triển khai các tệp hoặc thư mục; có lỗi thì không triển khai gì.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--note", default="", help="Ghi chú của lần triển khai.")
@data_option
@json_option
def command(*, files: tuple[Path, ...], note: str, data: Path | None, as_json: bool) -> None:
    """Deploy the files together: all or, when one has an error, none (exit code 1)."""
    given = definition_files(files)
    from engine import deployments
    from engine.findings import DefinitionRefused

    with opened(data) as runtime:
        try:
            with runtime.database.unit_of_work() as work:
                deployed = deployments.deploy(work, given, note=note)
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
                "definitions": [{"key": one.key, "version": one.version} for one in deployed.processes],
                "decisions": deployed.decisions,
                "forms": deployed.forms,
                "findings": [finding.as_json() for finding in deployed.warnings],
            }
        )
        return
    print_findings(deployed.warnings)
    for one in deployed.processes:
        click.echo(f"Quy trình {one.key} phiên bản {one.version}")
    click.echo(f"{len(deployed.decisions)} bảng quyết định, {len(deployed.forms)} biểu mẫu.")
