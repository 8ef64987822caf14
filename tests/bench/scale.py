"""Long loops, long chains, many children: what a step costs at the beginning and at the end (must show 5).

Processor time of this process, so that neighbours on the machine do not count; medians over blocks of steps.
"""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.spiff.errors import ExecutionError
from engine.spiff.execution import Execution
from tests.bench.engines import Engine, engine
from tests.engine.diagrams import diagram
from tests.engine.test_scale import calling, drawn_loop, standard_loop

#: steps of one block
BLOCK = 500
ROUNDS, NODES, CHILDREN, FEW = 10_000, 1000, 5000, 500
Figures = dict[str, float]


def measure(folder: Path) -> dict[str, Figures]:
    """Measure everything on SQLite; each in a database of its own."""
    found = {}
    for name, act in MEASURES.items():
        (folder / name).mkdir(parents=True)
        with engine(folder / name) as made:
            found[name] = act(made)
    return found


def loop(made: Engine, drawing: bytes) -> Figures:
    """Run ten thousand rounds; blocks of the first and the last tenth are compared."""
    made.deploy(drawing)
    made.start("p", i=0, n=100)
    begun = time.process_time()
    with blocks() as times:
        instance = made.start("p", i=0, n=ROUNDS)
    whole = time.process_time() - begun
    made.require(instance, "completed")
    tenth = max(3, len(times) // 10)
    first, last = statistics.median(times[:tenth]), statistics.median(times[-tenth:])
    return {
        "seconds": round(whole, 2),
        "first_step_us": round(first / BLOCK * 1e6, 1),
        "last_step_us": round(last / BLOCK * 1e6, 1),
        "ratio": round(last / first, 2),
    }


def chain(made: Engine) -> Figures:
    """Run a chain of a hundred and of a thousand nodes; the price of a node is compared."""

    def drawn(name: str, length: int) -> bytes:
        drawing = diagram(name).start()
        for number in range(length):
            drawing.script_task(f"s{number}", f"{number} + 1")
        return drawing.end().bytes()

    made.deploy(drawn("short", NODES // 10), drawn("long", NODES))
    prices: dict[str, list[float]] = {"short": [], "long": []}
    for _round in range(9):
        for name, length in (("short", NODES // 10), ("long", NODES)):
            begun = time.process_time()
            made.require(made.start(name), "completed")
            prices[name].append((time.process_time() - begun) / length)
    short, long = (statistics.median(prices[name][2:]) for name in ("short", "long"))
    return {
        "short_node_us": round(short * 1e6, 1),
        "long_node_us": round(long * 1e6, 1),
        "ratio": round(long / short, 2),
    }


def children(made: Engine) -> Figures:
    """Call five hundred and five thousand instances; the price of one is compared."""
    made.deploy(*calling())

    def call(many: int) -> float:
        begun = time.process_time()
        parent = made.start("p", items=[f"đơn vị {number}" for number in range(many)])
        made.dispatcher.settle()
        made.require(parent, "completed")
        return (time.process_time() - begun) / many

    call(50)
    few, many = call(FEW), call(CHILDREN)
    return {
        "few_child_ms": round(few * 1e3, 2),
        "many_child_ms": round(many * 1e3, 2),
        "ratio": round(many / few, 2),
    }


def endless(made: Engine) -> Figures:
    """Run a loop without end until it is refused."""
    made.deploy(drawn_loop())
    begun = time.process_time()
    try:
        made.start("p", i=0, n=10**9)
    except ExecutionError:
        return {"refused_after_s": round(time.process_time() - begun, 2)}
    raise RuntimeError("a loop without end was not refused")


@contextmanager
def blocks() -> Iterator[list[float]]:
    """Note the processor time of each block of steps."""
    times: list[float] = []
    original = Execution.step
    steps, last = 0, time.process_time()

    def step(execution: Execution) -> bool:
        nonlocal steps, last
        steps += 1
        if steps % BLOCK == 0:
            now = time.process_time()
            times.append(now - last)
            last = now
        return original(execution)

    Execution.step = step  # type: ignore[assignment, method-assign]
    try:
        yield times
    finally:
        Execution.step = original  # type: ignore[method-assign]


MEASURES = {
    "standard_loop": lambda made: loop(made, standard_loop()),
    "drawn_loop": lambda made: loop(made, drawn_loop()),
    "chain": chain,
    "children": children,
    "endless_loop": endless,
}
