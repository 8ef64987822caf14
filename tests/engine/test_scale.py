"""Must show 5: long loops, long chains, many children finish; each step costs the same, memory stays bounded.

Figures that depend on the clock are `make bench`'s; here statements, calls and bytes are counted.
"""

import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, func, select

from engine.models import HistoryEvent, ProcessInstance
from engine.spiff.execution import STEP_LIMIT
from foundation.database import Database
from tests.engine.conftest import Bench
from tests.engine.diagrams import diagram, extension, multi

#: how far the cost of a step may differ from the beginning to the end
EVEN = 1.5
MEGABYTE = 1_000_000


class Count:
    """How many statements were sent."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, *_given: Any) -> None:
        self.statements += 1


@contextmanager
def counting(database: Database) -> Iterator[Count]:
    """Count the statements sent to the database, reads and writes."""
    count = Count()
    engines = {database.write_engine, database.read_engine}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", count)
    try:
        yield count
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", count)


def calls_of(act: Callable[[], object]) -> int:
    """Count the functions called while something is done: work, whatever the machine."""
    calls = 0

    def note(_frame: object, kind: str, _argument: object) -> None:
        nonlocal calls
        calls += kind == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(before)
    return calls


def peak_of(act: Callable[[], object]) -> int:
    """Give the bytes that were held at most while something is done, beyond those before."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def blob_of(bench: Bench, instance: str) -> int:
    with bench.database.reading() as session:
        return len(session.get_one(ProcessInstance, instance).blob or b"")


def standard_loop() -> bytes:
    """A script task with a standard loop until `i` reaches `n`."""
    loop = "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>i &lt; n</bpmn:loopCondition>"
    loop += "</bpmn:standardLoopCharacteristics>"
    drawn = diagram().start().script_task("count", "i + 1", camunda__resultVariable="i").end().bytes()
    return drawn.replace(b"</bpmn:script>", b"</bpmn:script>" + loop.encode())


def drawn_loop(step: str = "script") -> bytes:
    """Two gateways and a flow back."""
    drawing = diagram().start().exclusive("again")
    if step == "script":
        drawing.script_task("count", "i + 1", camunda__resultVariable="i")
    else:
        drawing.user_task("count")
    drawing.exclusive("enough", default="out").flow("enough", "again", "i < n")
    return drawing.flow("enough", "end", identity="out").at(None).end().bytes()


LOOPS = {"standard": standard_loop(), "drawn": drawn_loop()}


@pytest.mark.parametrize("drawing", LOOPS.values(), ids=LOOPS)
def test_ten_thousand_rounds_finish_and_leave_a_small_state(bench: Bench, drawing: bytes) -> None:
    bench.deploy(drawing)
    ended: list[str] = []

    peak = peak_of(lambda: ended.append(bench.start(i=0, n=10_000)))

    (instance,) = ended
    assert bench.state(instance) == "completed"
    assert bench.variables(instance)["i"] == 10_000
    assert blob_of(bench, instance) < 200
    assert peak < 60 * MEGABYTE


@pytest.mark.parametrize("drawing", LOOPS.values(), ids=LOOPS)
def test_the_last_rounds_cost_what_the_first_cost(bench: Bench, drawing: bytes) -> None:
    bench.deploy(drawing)
    bench.start(i=0, n=1)
    nothing, some, many = (calls_of(partial(bench.start, i=0, n=rounds)) for rounds in (1, 500, 3000))
    assert (many - some) / 2500 <= EVEN * (some - nothing) / 499


def test_a_loop_through_a_person_costs_the_same_statements_and_bytes_every_round(bench: Bench) -> None:
    bench.deploy(drawn_loop("person"))
    instance = bench.start(i=0, n=10**9)
    figures = set()
    for round_ in range(40):
        with counting(bench.database) as count:
            bench.complete(instance, "count", i=1000 + round_)
        if round_:
            figures.add(count.statements)
    assert len(figures) == 1
    assert blob_of(bench, instance) < 300


def test_a_chain_of_a_thousand_nodes_finishes_at_a_constant_price_per_node(bench: Bench) -> None:
    def chain(name: str, length: int) -> bytes:
        drawing = diagram(name).start()
        for number in range(length):
            drawing.script_task(f"s{number}", f"{number} + 1")
        return drawing.end().bytes()

    bench.deploy(chain("short", 100), chain("long", 1000))
    for name in ("short", "long"):
        bench.start(name)
    short, long = (calls_of(partial(bench.start, name)) for name in ("short", "long"))
    ended = bench.start("long")
    assert bench.state(ended) == "completed"
    assert bench.variables(ended) == {"result": 1000}
    assert long <= EVEN * 10 * short


def calling() -> tuple[bytes, bytes]:
    """A plan that calls one assignment per item, and the assignment."""
    each = multi(
        camunda__collection="=items",
        camunda__elementVariable="item",
        tiendo__elementKey="=item",
        tiendo__outputCollection="results",
        tiendo__outputElement="=done",
    )
    mapping = extension('<camunda:in source="item" target="item"/>')
    parent = diagram().start().node("callActivity", "call", mapping + each, calledElement="child").end()
    child = diagram("child").start().script_task("work", "item", camunda__resultVariable="done").end()
    return parent.bytes(), child.bytes()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_five_thousand_called_instances_finish_at_a_constant_price_each(bench: Bench) -> None:
    bench.deploy(*calling())

    def call(many: int) -> tuple[str, float]:
        with counting(bench.database) as count:
            parent = bench.start(items=[f"đơn vị {number}" for number in range(many)])
            bench.dispatcher.settle()
        return parent, count.statements / many

    _few, first = call(250)
    parent, last = call(5000)

    assert bench.state(parent) == "completed"
    results = bench.variables(parent)["results"]
    assert len(results) == 5000
    assert list(results)[:2] == ["đơn vị 0", "đơn vị 1"]
    assert last <= EVEN * first


def test_a_loop_without_end_is_refused_in_words_and_leaves_nothing(bench: Bench) -> None:
    """The limit is a figure of its own; reaching it takes seconds (`make bench`)."""
    from engine.spiff import execution
    from engine.spiff.errors import ExecutionError

    assert STEP_LIMIT >= 10_000 * 10
    bench.deploy(drawn_loop())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(execution, "STEP_LIMIT", 5000)
        with pytest.raises(ExecutionError, match="5000"):
            bench.start(i=0, n=10**9)
    with bench.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(HistoryEvent)) == 0
