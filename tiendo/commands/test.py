"""`tiendo test`: play the scenarios beside the diagrams; which elements and flows does none of them walk."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiendo.shell import content_of, json_option, print_json

if TYPE_CHECKING:
    from processes.scenario_coverage import Coverage
    from processes.scenarios import Outcome

Walks = list[tuple[Path, "Outcome"]]


@click.command("test", help="Chạy các kịch bản bên cạnh sơ đồ (mặc định: quy trình đi kèm phần mềm).")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--threshold",
    type=click.IntRange(0, 100),
    default=0,
    help="Độ phủ thấp nhất (phần trăm) của bước và của luồng ở mỗi quy trình; thấp hơn thì thoát mã 1.",
)
@json_option
def command(*, paths: tuple[Path, ...], threshold: int, as_json: bool) -> None:
    """Play every scenario; exit code 1 when one fails, when there is none, or when too little is walked."""
    from foundation.errors import NotFound
    from foundation.texts import _

    found = _scenario_files(paths)
    if not found:
        raise NotFound(_("Không có kịch bản nào (scenarios/*.yaml) ở nơi đã nêu."))
    walks = _walk_all(found, as_json=as_json)
    coverages = _coverages(walks)
    failed = sum(1 for _path, outcome in walks if not outcome.is_passed)
    thin = [one for one in coverages if one.lowest < threshold]
    if as_json:
        _print_as_json(walks, coverages, threshold)
    else:
        for one in coverages:
            _show(one)
        click.echo(f"{len(walks) - failed} kịch bản đạt, {failed} không đạt.")
        for one in thin:
            click.echo(f"{one.process}: độ phủ {one.lowest}% thấp hơn mức {threshold}%.")
    if failed or thin:
        raise SystemExit(1)


def _scenario_files(paths: tuple[Path, ...]) -> list[Path]:
    from importlib import resources

    roots = list(paths) or [Path(str(resources.files("processes")))]
    found: list[Path] = []
    for root in roots:
        found += sorted(root.rglob("scenarios/*.yaml")) if root.is_dir() else [root]
    return found


def _walk_all(found: list[Path], *, as_json: bool) -> Walks:
    """Walk each file; a bar on the terminal's error stream says how far it is."""
    walks: Walks = []
    with click.progressbar(found, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        for path in bar:
            walks.append((path, _walk(path)))
    if not as_json:
        for path, outcome in walks:
            _tell(path, outcome)
    return walks


def _walk(path: Path) -> "Outcome":
    from processes import scenarios

    content = content_of(path)
    return scenarios.run(scenarios.read(content, file=str(path)), scenarios.files_beside(path))


def _tell(path: Path, outcome: "Outcome") -> None:
    click.echo(f"{'✓' if outcome.is_passed else '✗'} {outcome.scenario.process}: {outcome.scenario.name}")
    if outcome.failure is not None:
        click.echo(f"    {path}: {outcome.failure}")


def _show(one: "Coverage") -> None:
    click.echo(
        f"{one.process}: {one.percent}% của {one.elements} bước, {one.flow_percent}% của {one.flows} luồng"
    )
    if one.missed:
        click.echo(f"    bước chưa đi qua: {', '.join(one.missed)}")
    if one.missed_flows:
        click.echo(f"    luồng chưa đi qua: {', '.join(one.missed_flows)}")


def _coverages(walks: Walks) -> "list[Coverage]":
    from processes import scenario_coverage, scenarios

    visited: dict[tuple[Path, str], tuple[set[str], set[str]]] = {}
    for path, outcome in walks:
        elements, flows = visited.setdefault((path.parent, outcome.scenario.process), (set(), set()))
        elements.update(outcome.visited)
        flows.update(outcome.flows)
    return [
        scenario_coverage.measure(scenarios.files_beside(folder / "any.yaml"), process, elements, flows)
        for (folder, process), (elements, flows) in visited.items()
    ]


def _print_as_json(walks: Walks, coverages: "list[Coverage]", threshold: int) -> None:
    print_json(
        {
            "scenarios": [
                {
                    "file": str(path),
                    "process": outcome.scenario.process,
                    "name": outcome.scenario.name,
                    "passed": outcome.is_passed,
                    "failure": str(outcome.failure) if outcome.failure else None,
                }
                for path, outcome in walks
            ],
            "coverage": [
                {
                    "process": one.process,
                    "elements": one.elements,
                    "percent": one.percent,
                    "missed": one.missed,
                    "flows": one.flows,
                    "flow_percent": one.flow_percent,
                    "missed_flows": one.missed_flows,
                }
                for one in coverages
            ],
            "threshold": threshold,
        }
    )
