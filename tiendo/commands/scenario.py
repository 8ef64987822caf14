"""`tiendo scenario`: an instance of the installation exported as a scenario file."""

from pathlib import Path

import click

from tiendo.shell import data_option, opened


@click.group("scenario", help="Xuất phiên chạy thành kịch bản thử.")
def command() -> None:
    """Scenario files."""


@command.command("export", help="Xuất một phiên chạy thành kịch bản YAML, chạy lại được bằng tiendo test.")
@click.argument("instance")
@click.option("--output", type=click.Path(path_type=Path), help="Tệp YAML cần ghi; mặc định in ra màn hình.")
@data_option
def export(*, instance: str, output: Path | None, data: Path | None) -> None:
    """Print the scenario, or write it to a file."""
    from processes import scenario_export

    with opened(data) as runtime, runtime.database.reading() as session:
        text = scenario_export.as_yaml(session, instance)
    if output is None:
        click.echo(text, nl=False)
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, encoding="utf-8")
    click.echo(str(output))
