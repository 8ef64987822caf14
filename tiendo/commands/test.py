"""`tiendo test`: play the scenarios beside the diagrams, and say which elements none of them walks."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tiendo.shell import content_of, json_option, print_json

if TYPE_CHECKING:
    from processes.scenarios import Coverage, Outcome


@click.command("test", help="Chạy các kịch bản bên cạnh sơ đồ (mặc định: quy trình đi kèm phần mềm).")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@json_option
def command(*, paths: tuple[Path, ...], as_json: bool) -> None:
    """Play every scenario; exit code 1 when one does not end as expected, or when there is none."""
    from foundation.errors import NotFound
    from foundation.texts import _

    found = _scenario_files(paths)
    if not found:
        raise NotFound(_("Không có kịch bản nào (scenarios/*.yaml) ở nơi đã nêu."))
    walks = [(path, _walk(path, as_json=as_json)) for path in found]
    coverages = _coverages(walks)
    failed = sum(1 for _path, outcome in walks if not outcome.is_passed)
    if as_json:
        _print_as_json(walks, coverages)
    else:
        for one in coverages:
            missed = f"; chưa đi qua: {', '.join(one.missed)}" if one.missed else ""
            click.echo(f"{one.process}: {one.percent}% của {one.elements} bước{missed}")
        click.echo(f"{len(walks) - failed} kịch bản đạt, {failed} không đạt.")
    if failed:
        raise SystemExit(1)


def _scenario_files(paths: tuple[Path, ...]) -> list[Path]:
    from importlib import resources

    roots = list(paths) or [Path(str(resources.files("processes")))]
    found: list[Path] = []
    for root in roots:
        found += sorted(root.rglob("scenarios/*.yaml")) if root.is_dir() else [root]
    return found


def _walk(path: Path, *, as_json: bool) -> "Outcome":
    from processes import scenarios

    content = content_of(path)
    outcome = scenarios.run(scenarios.read(content, file=str(path)), scenarios.files_beside(path))
    if not as_json:
        click.echo(f"{'✓' if outcome.is_passed else '✗'} {outcome.scenario.process}: {outcome.scenario.name}")
        if outcome.failure is not None:
            click.echo(f"    {path}: {outcome.failure}")
    return outcome


def _coverages(walks: "list[tuple[Path, Outcome]]") -> "list[Coverage]":
    from processes import scenarios

    visited: dict[tuple[Path, str], set[str]] = {}
    for path, outcome in walks:
        visited.setdefault((path.parent, outcome.scenario.process), set()).update(outcome.visited)
    return [
        scenarios.coverage(scenarios.files_beside(folder / "any.yaml"), process, elements)
        for (folder, process), elements in visited.items()
    ]


def _print_as_json(walks: "list[tuple[Path, Outcome]]", coverages: "list[Coverage]") -> None:
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
                }
                for one in coverages
            ],
        }
    )
