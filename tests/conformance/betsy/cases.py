"""Cases of a betsy folder: `cases.json` beside the models, and what we add to it.

Per test: `group`, `name`, `file` and `cases`, each with `n`, `input` (letters put in `test`), `int` (start
value of `integerVariable`), `delay` (ms of virtual time), `parallel` (the helper process is started first)
and `trace` (expected lines). A case may also carry `order` ([before, after] of lines), `final` (completed,
waiting, failed, refused) and `accept` (other {trace, order, final} that count as a pass).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: order and final state where the diagram determines them: test name → facts of all its cases, or by number;
#: `accept` where the lines the diagram carries cannot be the expected ones, with the reason in `why`
OUR_FACTS = Path(__file__).with_name("order.json")


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One way a case may end."""

    #: lines in any order
    trace: tuple[str, ...]
    #: the first of `before` comes before the first of `after`
    order: tuple[tuple[str, str], ...] = ()
    #: every `before` comes before every `after`
    strict_order: tuple[tuple[str, str], ...] = ()
    #: completed | waiting | failed | refused; None when any will do
    final: str | None = None


@dataclass(frozen=True, kw_only=True)
class BetsyCase:
    """One run of one model."""

    #: `Test_Name/1`
    id: str
    group: str
    #: the process that is started
    process: str
    file: Path
    letters: str
    number: int
    #: milliseconds of virtual time
    delay: int
    #: the helper process is started first
    is_parallel: bool
    #: any of these is a pass
    expected: tuple[Expected, ...]


def read(folder: Path) -> list[BetsyCase]:
    """Give the cases of a folder; facts of ours are added where the folder says nothing."""
    ours = json.loads(OUR_FACTS.read_text(encoding="utf-8"))
    tests = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    return [_case(folder, test, case, ours.get(test["name"], {})) for test in tests for case in test["cases"]]


def _case(
    folder: Path, test: Mapping[str, Any], case: Mapping[str, Any], ours: Mapping[str, Any]
) -> BetsyCase:
    own = {**ours, **ours.get(str(case["n"]), {})}
    others = [*(case.get("accept") or ()), *own.get("accept", ())]
    return BetsyCase(
        id=f"{test['name']}/{case['n']}",
        group=test["group"],
        process=test["name"],
        file=folder / test["file"],
        letters=case.get("input") or "",
        number=case.get("int") or 0,
        delay=case.get("delay") or 0,
        is_parallel=bool(case.get("parallel")),
        expected=(_expected(case, own), *(_expected(other, {}) for other in others)),
    )


def _expected(given: Mapping[str, Any], own: Mapping[str, Any]) -> Expected:
    return Expected(
        trace=tuple(given["trace"]),
        order=_pairs(given.get("order") or ()),
        strict_order=_pairs(own.get("order", ())),
        final=given.get("final") or own.get("final"),
    )


def _pairs(given: Iterable[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((str(before), str(after)) for before, after in given)
