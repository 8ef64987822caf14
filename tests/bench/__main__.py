"""`make bench`: prints a table and writes bench.json.

One durable completion over HTTP (key, form, history, timers, outbox) against the bare Flask + three-row
transaction floor, on SQLite and PostgreSQL, request by request in turn; the same beside 1 … 10 000 sister
assignments; cold start and memory; what a step costs in long loops, chains and beside many children; queries
at 100 000 rows and timers drained per second; FEEL against Python's eval, a table of 1 000 rules, and what
every attack on expressions and models costs.
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench import decisions, lists, scale, servers
from tests.bench.world import VALUES, prepare
from tests.postgresql import find_server

#: measured requests per side, after the warm-up
ROUNDS, WARM_UP = 200, 30
FAMILIES = (1, 100, 1000, 10_000)
#: completions measured in each family; of families of one there are as many as are measured
SAMPLES = 60


def main() -> None:
    """Measure everything and write it down."""
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        mine, bare = f"sqlite:///{base}/a/tiendo.db", f"sqlite:///{base}/floor.db"
        results["sqlite"] = measure_completion(mine, bare, base)
        results["postgresql"] = on_postgresql(base)
        results["sisters"] = measure_sisters(base)
        results |= measure_start(base)
        say("loops, chains, children …")
        results["scale"] = scale.measure(base / "scale")
        say("conditions, decision tables, attacks on them …")
        results["decisions"] = decisions.measure()
        say("lists and timers …")
        results["lists"] = lists.measure(base / "lists")
    Path("bench.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    show(results)


def on_postgresql(base: Path) -> dict[str, float] | None:
    """Measure the completion on PostgreSQL; None when there is no server program."""
    (base / "pg").mkdir()
    server = find_server(base / "pg")
    if server is None:
        say("PostgreSQL: no server programs found, not measured")
        return None
    with server:
        return measure_completion(server.create_database("product"), server.create_database("floor"), base)


def measure_completion(product_url: str, floor_url: str, base: Path) -> dict[str, float]:
    """Complete tasks and do floor transactions in turn; medians in milliseconds."""
    say(f"completion against floor: {product_url.partition(':')[0]} …")
    world = prepare(product_url, count=ROUNDS + WARM_UP, families=())
    with servers.product(product_url, base / "data") as product, servers.floor(floor_url) as floor:
        worker, bare = servers.Client(product.port, world.key), servers.Client(floor.port)
        body = {"text": "x" * 40}
        pairs = [(bare.post("/tx", body, expected=200), complete(worker, task)) for task in world.small]
    floors, completions = zip(*pairs[WARM_UP:], strict=True)
    return ratio("floor_ms", floors, "completion_ms", completions)


def measure_sisters(base: Path) -> dict[str, float]:
    """Complete one assignment beside many; each round takes one task of every family."""
    say(f"sisters: preparing {sum(FAMILIES)} assignments …")
    url = f"sqlite:///{base}/sisters/tiendo.db"
    world = prepare(url, count=0, families=FAMILIES[1:], singles=SAMPLES + WARM_UP)
    times: dict[int, list[float]] = {size: [] for size in FAMILIES}
    with servers.product(url, base / "data") as product:
        client = servers.Client(product.port, world.key)
        for number in range(SAMPLES + WARM_UP):
            for size in FAMILIES:
                tasks = world.sisters[size]
                times[size].append(complete(client, tasks[number % len(tasks)]))
    return sister_figures(times)


def sister_figures(times: dict[int, list[float]]) -> dict[str, float]:
    """Give the medians by family size and the ratio of the largest to a single one."""
    figures = {str(size): round(statistics.median(values[WARM_UP:]), 3) for size, values in times.items()}
    return {**figures, "ratio": round(figures[str(FAMILIES[-1])] / figures["1"], 3)}


def measure_start(base: Path) -> dict[str, float]:
    """Start the product on an existing database: seconds to the first answer, memory after it."""
    url = f"sqlite:///{base}/a/tiendo.db"
    starts, memory = [], []
    for _round in range(5):
        with servers.product(url, base / "data") as product:
            starts.append(product.ready_after)
            memory.append(product.resident_mb)
    return {
        "cold_start_s": round(statistics.median(starts), 3),
        "rss_mb": round(statistics.median(memory), 1),
    }


def complete(client: servers.Client, task: str) -> float:
    """Complete one user task with the form's values."""
    return client.post(f"/api/v1/user-tasks/{task}/complete", {"variables": VALUES}, expected=204)


def ratio(below: str, lower: Any, above: str, upper: Any) -> dict[str, float]:
    """Give two medians and how many times the one is the other."""
    first, second = statistics.median(lower), statistics.median(upper)
    return {below: round(first, 3), above: round(second, 3), "ratio": round(second / first, 2)}


def show(results: dict[str, Any]) -> None:
    """Print the table."""
    for name in ("sqlite", "postgresql"):
        row = results[name]
        if row:
            figures = f"floor {row['floor_ms']:7.2f} ms  completion {row['completion_ms']:7.2f} ms"
            say(f"{name:12} {figures}  {row['ratio']}×")
    sisters = results["sisters"]
    say("sisters      " + "  ".join(f"{key}: {value}" for key, value in sisters.items()))
    say(f"cold start   {results['cold_start_s']} s   memory {results['rss_mb']} MB")
    for name, figures in {**results["scale"], "lists": results["lists"], **decision_rows(results)}.items():
        say(f"{name:14} " + "  ".join(f"{key}: {value}" for key, value in figures.items()))


def decision_rows(results: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the figures of decisions as two rows of the table."""
    found = dict(results["decisions"])
    return {"attacks": found.pop("attacks"), "decisions": found}


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
