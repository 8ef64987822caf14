"""FEEL and DMN: speed as ratios and processor time, and every attack in a process of its own.

`python -m tests.bench.decisions` measures this part alone. Needs `fork`.
"""

import os
import resource
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from timeit import repeat
from typing import Any

import orjson

from engine import dmn, feel
from engine.feel.expressions import _expression
from engine.feel.limits import DEFAULT
from engine.lint.expressions import places
from engine.lint.model import Diagram
from engine.xml_gate import parse
from foundation.errors import TiendoError
from foundation.working_time import WorkingCalendar
from tests.engine.dmn import attacks as models
from tests.engine.dmn.conftest import decision, definitions, input_data, needs, table
from tests.engine.feel import attacks as expressions

NOW = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
CONDITION = 'amount > 1000 and unit = "HR" and user.age >= 18'
PYTHON = 'amount > 1000 and unit == "HR" and user["age"] >= 18'
SCOPE = {"amount": 1200, "unit": "HR", "user": {"age": 20}}
#: what an attack may cost (notes/reliability.md §4.2): processor milliseconds, additional megabytes
MOST_MS, MOST_MB = 250.0, 64.0
_PROCESSES = Path(__file__).parents[2] / "processes"


def measure() -> dict[str, Any]:
    """Give the figures of speed, and of the attacks the worst with the number of those over the gate."""
    return {**speed(), "attacks": worst(attacks())}


def speed() -> dict[str, float]:
    """Measure a condition against Python's eval, a table of 1 000 rules, and the shipped expressions."""
    ours = min(repeat(lambda: feel.compile(CONDITION).evaluate(SCOPE, now=NOW), number=2_000, repeat=9))
    theirs = min(repeat(lambda: eval(PYTHON, {}, SCOPE), number=2_000, repeat=9))  # noqa: S307  the yardstick
    model = dmn.read(large_table())
    asked = {"urgency": "thường", "days": 9_995, "unit": "u9"}
    if dmn.decide(model, "d", asked, now=NOW).matched_rules != (1_000,):
        raise RuntimeError("the table of 1 000 rules decides wrongly")
    table_s = min(
        repeat(lambda: dmn.decide(model, "d", asked, now=NOW), timer=time.process_time, number=20, repeat=5)
    )
    texts = shipped_expressions()
    return {
        "condition_us": round(ours / 2_000 * 1e6, 2),
        "python_eval_us": round(theirs / 2_000 * 1e6, 2),
        "condition_ratio": round(ours / theirs, 2),
        "table_1000_rules_ms": round(table_s / 20 * 1e3, 2),
        "parse_1000_expressions_s": round(parse_all(texts) * 1_000 / len(texts), 3),
        "shipped_expressions": len(texts),
    }


def large_table() -> bytes:
    """Give a table of 1 000 rules over strings and a range of numbers; the last one matches."""
    rows = [
        ['"thường"', f"[{10 * number}..{10 * number + 9}]", '"u9", "u8"', f'"kết quả {number}"', str(number)]
        for number in range(1_000)
    ]
    names = ("urgency", "days", "unit")
    logic = table(names, ("text", "number"), rows)
    return definitions("".join(map(input_data, names)) + decision("d", logic, needs(inputs=names)))


def shipped_expressions() -> list[str]:
    """Give every expression of the shipped diagrams, repetitions included."""
    texts = []
    for path in sorted(_PROCESSES.glob("**/*.bpmn")):
        root = parse(path.read_bytes(), file=path.name)
        diagram = Diagram(root, file=path.name)
        texts += [place.text.strip().removeprefix("=") for place in places(diagram)]
    return texts


def parse_all(texts: list[str]) -> float:
    """Compile texts without any cache; gives processor seconds."""
    started = time.process_time()
    for text in texts:
        _expression(text, DEFAULT)
    return time.process_time() - started


def attacks() -> dict[str, tuple[float, float, str]]:
    """Run every attack in a process of its own: milliseconds, megabytes, how it ended."""
    calendar = WorkingCalendar(version="0")

    def expression(source: str) -> Callable[[], None]:
        return lambda: _forget(feel.compile(source).evaluate(expressions.SCOPE, now=NOW, calendar=calendar))

    def model(make: Callable[[], bytes]) -> Callable[[], None]:
        xml = make()
        return lambda: _forget(dmn.decide(dmn.read(xml), "d", models.INPUTS, now=NOW, calendar=calendar))

    warm = 'matches("a", "b") or replace("a", "b", "c") = string(sort([2, 1]))'
    feel.compile(warm).evaluate({}, now=NOW)
    dmn.decide(dmn.read(large_table()), "d", {}, now=NOW)
    found = {name: alone(expression(source)) for name, source in expressions.REFUSED.items()}
    found |= {name: alone(expression(source)) for name, source in expressions.ANSWERED.items()}
    return found | {f"model: {name}": alone(model(make)) for name, make in models.REFUSED.items()}


def _forget(_value: object) -> None:
    """Drop a result."""


def alone(run: Callable[[], None]) -> tuple[float, float, str]:
    """Run in a forked process and measure it there."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        before, started = _resident_mb(), time.process_time()
        try:
            run()
            ended = "value"
        except TiendoError as error:
            ended = error.code
        except BaseException as error:  # noqa: BLE001  the parent counts it
            ended = f"CRASH {error!r:.80}"
        took = (time.process_time() - started) * 1e3
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        os.write(writing, orjson.dumps([round(took, 1), round(max(peak - before, 0.0), 1), ended]))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    milliseconds, megabytes, ended = orjson.loads(answer) if answer else (0.0, 0.0, "CRASH")
    return milliseconds, megabytes, ended


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def worst(found: dict[str, tuple[float, float, str]]) -> dict[str, Any]:
    """Give the slowest and the largest attack, and the names of those over the gate or crashed."""
    slowest = max(found, key=lambda name: found[name][0])
    largest = max(found, key=lambda name: found[name][1])
    over = [
        name for name, (ms, mb, ended) in found.items() if ms > MOST_MS or mb > MOST_MB or "CRASH" in ended
    ]
    return {
        "count": len(found),
        "slowest_ms": found[slowest][0],
        "slowest": slowest,
        "largest_mb": found[largest][1],
        "largest": largest,
        "over_the_gate": over,
    }


if __name__ == "__main__":
    import sys

    for attack, (ms, mb, ended) in attacks().items():
        sys.stdout.write(f"{ms:8.1f} ms {mb:7.1f} MB  {ended:12} {attack}\n")
    sys.stdout.write(orjson.dumps(measure(), option=orjson.OPT_INDENT_2).decode() + "\n")
