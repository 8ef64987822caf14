"""The five outcomes of a case, and how a run of many is told: JSON for machines, a table for people."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """How a case ended, the best first."""

    PASS = "pass"
    CLEAR = "refused clearly"
    UNCLEAR = "refused unclearly"
    SILENT = "wrong silently"
    CRASH = "crash"


#: outcomes that must not happen: the exit code of a run tells of them
UNACCEPTABLE = frozenset({Outcome.UNCLEAR, Outcome.SILENT, Outcome.CRASH})


@dataclass(frozen=True, kw_only=True)
class Result:
    """One case and how it ended."""

    id: str
    #: heading under which the table counts it
    group: str
    outcome: Outcome
    #: what was expected and found; empty for most that pass
    detail: str = ""


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Give the worst of several outcomes; pass for none."""
    order = list(Outcome)
    return max(outcomes, key=order.index, default=Outcome.PASS)


def exit_code(results: Iterable[Result]) -> int:
    """Give 0 when nothing unacceptable happened."""
    return int(any(result.outcome in UNACCEPTABLE for result in results))


def as_json(results: Sequence[Result]) -> dict[str, Any]:
    """Give the report for machines, cases by id."""
    counts = Counter(result.outcome for result in results)
    return {
        "outcomes": {outcome.value: counts[outcome] for outcome in Outcome},
        "cases": [
            {"id": result.id, "outcome": result.outcome.value, "detail": result.detail}
            for result in sorted(results, key=lambda result: result.id)
        ],
    }


def table(results: Sequence[Result]) -> str:
    """Give the report for people: counts by group, then every case that did not pass, the worst first."""
    groups: dict[str, Counter[Outcome]] = {}
    for result in sorted(results, key=lambda result: result.group):
        groups.setdefault(result.group, Counter())[result.outcome] += 1
    groups["all"] = Counter(result.outcome for result in results)
    width = max(len(name) for name in groups)
    lines = [" ".join([" " * width, *(f"{outcome.value:>17}" for outcome in Outcome), f"{'cases':>6}"])]
    for name, counts in groups.items():
        cells = [f"{counts[outcome] or '·':>17}" for outcome in Outcome]
        lines.append(" ".join([f"{name:<{width}}", *cells, f"{counts.total():>6}"]))
    order = list(Outcome)
    failing = [result for result in results if result.outcome is not Outcome.PASS]
    failing.sort(key=lambda result: (-order.index(result.outcome), result.id))
    lines += [f"\n{result.outcome.value}: {result.id}\n  {result.detail}" for result in failing]
    return "\n".join(lines)
