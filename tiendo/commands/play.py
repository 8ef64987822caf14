"""`tiendo play`: run a diagram in memory on a virtual clock, without an installation."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiendo.shell import (
    content_of,
    definition_files,
    json_option,
    moment,
    print_findings,
    print_json,
    print_table,
    variables,
)

if TYPE_CHECKING:
    from engine.played import Played


@click.command("play", help="Chạy thử sơ đồ trong bộ nhớ với đồng hồ ảo; thoát mã 1 khi chạy hỏng.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--process", help="Quy trình cần chạy, khi các tệp có nhiều quy trình.")
@click.option("--vars", "given", help="Biến ban đầu dạng JSON, ví dụ '{\"urgency\": 0}', hoặc @tệp.json.")
@click.option("--business-key", help="Khóa nghiệp vụ của phiên chạy.")
@click.option("--scenario", type=click.Path(path_type=Path), help="Kịch bản YAML: các bước và điều mong đợi.")
@click.option("--at", "start_at", help="Thời điểm bắt đầu (ISO 8601); mặc định 08:00 ngày 05/01/2026.")
@click.option("--advance", "durations", multiple=True, help="Cho đồng hồ chạy tới, ví dụ P3D (lặp lại được).")
@json_option
def command(
    *,
    files: tuple[Path, ...],
    process: str | None,
    given: str | None,
    business_key: str | None,
    scenario: Path | None,
    start_at: str | None,
    durations: tuple[str, ...],
    as_json: bool,
) -> None:
    """Play, and print what happened; exit code 1 when the play failed."""
    from engine.findings import DefinitionRefused

    diagrams = definition_files(files)
    try:
        if scenario is not None:
            _play_scenario(diagrams, scenario, as_json=as_json)
            return
        played = _play(diagrams, process, given, business_key, start_at, durations)
    except DefinitionRefused as refused:
        if as_json:
            findings = [finding.as_json() for finding in refused.findings]
            error = {"code": refused.code, "message": str(refused.text), "findings": findings}
            print_json({"state": "failed", "trace": [], "waiting": [], "variables": {}, "error": error})
            raise SystemExit(1) from None
        print_findings(refused.findings)
        raise SystemExit(1) from None
    if as_json:
        print_json(played.as_json())
    else:
        _show(played)
    if played.state == "failed":
        raise SystemExit(1)


def _play(
    diagrams: dict[str, bytes],
    process: str | None,
    given: str | None,
    business_key: str | None,
    start_at: str | None,
    durations: tuple[str, ...],
) -> "Played":
    from engine.play import MORNING, Player
    from processes import scenarios

    begin = variables(given)
    player = Player(
        diagrams,
        process=process,
        start_at=moment(start_at) if start_at else MORNING,
        library=scenarios.library(),
    )
    player.begin(begin, business_key=business_key)
    for duration in durations:
        player.advance(duration)
    return player.result()


def _play_scenario(diagrams: dict[str, bytes], path: Path, *, as_json: bool) -> None:
    from processes import scenarios

    outcome = scenarios.run(scenarios.read(content_of(path), file=str(path)), diagrams)
    played = outcome.player.result()
    if as_json:
        verdict = {
            "name": outcome.scenario.name,
            "passed": outcome.is_passed,
            "failure": str(outcome.failure) if outcome.failure else None,
        }
        print_json({**played.as_json(), "scenario": verdict})
    else:
        _show(played)
        click.echo(f"{'✓' if outcome.is_passed else '✗'} {outcome.scenario.name}")
    if not outcome.is_passed:
        if not as_json:
            click.echo(str(outcome.failure))
        raise SystemExit(1)


_STATES = {"completed": "hoàn thành", "waiting": "đang chờ", "failed": "hỏng"}


def _show(played: "Played") -> None:
    from foundation.clock import BUSINESS_ZONE

    print_table(
        ("", "Lúc", "Bước", "Việc xảy ra"),
        [
            (line.seq, f"{line.at.astimezone(BUSINESS_ZONE):%d/%m/%Y %H:%M}", line.element, line.event)
            for line in played.trace
        ],
    )
    click.echo(f"Trạng thái: {_STATES[played.state]}")
    for one in played.waiting:
        due = f", hạn {one.due_at.astimezone(BUSINESS_ZONE):%d/%m/%Y %H:%M}" if one.due_at else ""
        click.echo(f"  chờ ở {one.element} ({one.kind}{due})")
    if played.error:
        click.echo(f"Sự cố ở bước “{played.error['element']}”: {played.error['message']}")
