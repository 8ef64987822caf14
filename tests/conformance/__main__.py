"""The command: `python -m tests.conformance SUITE DIR`."""

import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click

from tests.conformance import importing, outcomes
from tests.conformance.betsy import suite as betsy
from tests.conformance.miwg import suite as miwg
from tests.conformance.outcomes import Result
from tests.conformance.running import Manner
from tests.conformance.tck import suite as tck

SUITES: dict[str, Callable[[Path, Manner], list[Result]]] = {
    "betsy": betsy.run,
    "dmn": tck.run,
    "import": importing.run,
    "miwg": miwg.run,
}


@click.command()
@click.argument("suite", type=click.Choice(sorted(SUITES)))
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "is_json", is_flag=True, help="Print JSON on standard output and nothing else.")
@click.option("--in-order", is_flag=True, help="Run the cases as they stand.")
@click.option("--seed", type=int, help="Seed of the order of the cases; printed when it is chosen here.")
@click.option("--jobs", default=2, show_default=True, help="Cases at a time; each has its own servers.")
@click.option("--limit", default=30.0, show_default=True, help="Seconds one case may take.")
@click.option("--database", default="", help="PostgreSQL URL; scratch databases are made beside it.")
def main(
    *,
    suite: str,
    folder: Path,
    is_json: bool,
    in_order: bool,
    seed: int | None,
    jobs: int,
    limit: float,
    database: str,
) -> None:
    """Run a conformance suite against the real server; exit 1 when a case is wrong, broken or unclear."""
    chosen = None if in_order else seed if seed is not None else random.SystemRandom().randrange(1_000_000)
    if chosen is not None:
        click.echo(f"seed {chosen}", err=True)
    began = time.monotonic()
    results = SUITES[suite](folder, Manner(jobs=jobs, seed=chosen, limit=limit, database=database))
    if is_json:
        click.echo(json.dumps(outcomes.as_json(results), ensure_ascii=False, indent=1))
    else:
        click.echo(outcomes.table(results))
    click.echo(f"{len(results)} cases in {time.monotonic() - began:.0f} s", err=True)
    sys.exit(outcomes.exit_code(results))


if __name__ == "__main__":
    main()
