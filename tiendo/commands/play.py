"""`tiendo play`: run a diagram in memory on a virtual clock, without an installation."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from foundation.errors import Invalid, TiendoError
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
    from processes.scenarios import Outcome


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the command line asks for; None where the scenario or the diagram decides."""

    process: str | None
    event: str | None
    given: str | None
    business_key: str | None
    start_at: str | None
    durations: tuple[str, ...]


@click.command("play", help="Chạy thử sơ đồ trong bộ nhớ với đồng hồ ảo; thoát mã 1 khi chạy hỏng.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--process", help="Quy trình cần chạy, khi các tệp có nhiều quy trình.")
@click.option("--event", help="Sự kiện bắt đầu, khi quy trình có nhiều sự kiện bắt đầu.")
@click.option("--vars", "given", help="Biến ban đầu dạng JSON, ví dụ '{\"urgency\": 0}', hoặc @tệp.json.")
@click.option("--business-key", help="Khóa nghiệp vụ của phiên chạy.")
@click.option("--scenario", type=click.Path(path_type=Path), help="Kịch bản YAML: các bước và điều mong đợi.")
@click.option("--at", "start_at", help="Thời điểm bắt đầu (ISO 8601); mặc định 08:00 ngày 05/01/2026.")
@click.option("--advance", "durations", multiple=True, help="Cho đồng hồ chạy tới, ví dụ P3D (lặp lại được).")
@json_option
def command(*, files: tuple[Path, ...], scenario: Path | None, as_json: bool, **wish: Any) -> None:
    """Play, and print what happened; exit code 1 when the play failed.

    With a scenario the other options change how it begins, and the clock moves on after its last step.
    """
    from engine.findings import DefinitionRefused

    try:
        played, outcome = _play(definition_files(files), Wish(**wish), scenario)
    except TiendoError as refused:
        if as_json:
            print_json(_refusal(refused))
        elif isinstance(refused, DefinitionRefused):
            print_findings(refused.findings)
        else:
            raise
        raise SystemExit(1) from None
    if as_json:
        print_json(played.as_json() | ({"scenario": _verdict(outcome)} if outcome else {}))
    else:
        _show(played)
        _tell(outcome)
    if played.state == "failed" if outcome is None else not outcome.is_passed:
        raise SystemExit(1)


def _play(diagrams: dict[str, bytes], wish: Wish, scenario: Path | None) -> "tuple[Played, Outcome | None]":
    from engine.play import MORNING, Player
    from processes import scenarios

    begin = variables(wish.given)
    start_at = moment(wish.start_at) if wish.start_at else MORNING
    if scenario is None:
        outcome = None
        player = Player(diagrams, process=wish.process, start_at=start_at, library=scenarios.library())
        player.begin(begin, business_key=wish.business_key, event=wish.event)
    else:
        read = scenarios.read(content_of(scenario), file=str(scenario))
        changed = replace(
            read,
            process=wish.process or read.process,
            event=wish.event or read.event,
            variables={**read.variables, **begin},
            business_key=wish.business_key or read.business_key,
            start_at=start_at if wish.start_at else read.start_at,
        )
        outcome = scenarios.run(changed, diagrams)
        player = outcome.player
    for duration in wish.durations:
        player.advance(duration)
    return player.result(), outcome


def _refusal(refused: TiendoError) -> dict[str, Any]:
    """Give the contract for a play that never began."""
    from engine.findings import DefinitionRefused

    error: dict[str, Any] = {"code": refused.code, "message": str(refused.text)}
    error["element"] = str(refused.facts.get("element", ""))
    if isinstance(refused, DefinitionRefused):
        error["findings"] = [finding.as_json() for finding in refused.findings]
    elif isinstance(refused, Invalid) and refused.fields:
        error["fields"] = {name: str(text) for name, text in refused.fields.items()}
    return {"state": "failed", "trace": [], "waiting": [], "variables": {}, "error": error}


def _verdict(outcome: "Outcome") -> dict[str, Any]:
    return {
        "name": outcome.scenario.name,
        "passed": outcome.is_passed,
        "failure": str(outcome.failure) if outcome.failure else None,
    }


def _tell(outcome: "Outcome | None") -> None:
    if outcome is None:
        return
    click.echo(f"{'✓' if outcome.is_passed else '✗'} {outcome.scenario.name}")
    if outcome.failure:
        click.echo(str(outcome.failure))


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
