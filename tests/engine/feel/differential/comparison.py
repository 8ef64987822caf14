"""Evaluates the same expressions on both sides and says where they differ."""

import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine import feel
from engine.feel.text import text_of
from engine.feel.values import Function, Range, YearsMonths
from foundation.errors import TiendoError
from tests.engine.feel.conftest import NOW
from tests.engine.feel.differential.grammar import VARIABLES

FRONTEND = Path(__file__).parents[4] / "web" / "frontend"
SCRIPT = Path(__file__).with_name("feelin.mjs")
#: expressions handed over at once
BATCH = 5_000
#: the other side counts in binary floating point and rounds remainders to eight digits
TOLERANCE = 1e-7

Plain = list[Any]
_TEMPORAL = {
    date: "date",
    datetime: "date and time",
    time: "time",
    timedelta: "duration",
    YearsMonths: "duration",
}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One expression and what each side makes of it, as [kind, value]."""

    expression: str
    ours: Plain
    theirs: Plain


def find_node() -> str:
    """Give the Node the front end is built with."""
    from web.frontend import build

    return build.find_node().program


def differences(expressions: Sequence[str], node: str) -> list[Difference]:
    """Give the expressions whose values differ."""
    found: list[Difference] = []
    for start in range(0, len(expressions), BATCH):
        batch = expressions[start : start + BATCH]
        for expression, theirs in zip(batch, other_side(batch, node), strict=True):
            ours = our_side(expression)
            if not same(ours, theirs):
                found.append(Difference(expression=expression, ours=ours, theirs=theirs))
    return found


def other_side(expressions: Iterable[str], node: str) -> list[Plain]:
    """Evaluate with the independent implementation."""
    asked = json.dumps({"variables": VARIABLES, "expressions": list(expressions)})
    command = [node, str(SCRIPT), str(FRONTEND / "package.json")]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=300, check=True)
    answers: list[Plain] = json.loads(done.stdout)
    return answers


def our_side(expression: str) -> Plain:
    """Evaluate with ours."""
    try:
        return plain(feel.compile(expression).evaluate(VARIABLES, now=NOW, calendar=None).value)
    except TiendoError as error:
        return ["error", str(error)]


def plain(value: Any) -> Plain:
    """Give a value as [kind, JSON data]."""
    kind = _TEMPORAL.get(type(value))
    if kind is not None:
        return [kind, text_of(value)]
    if isinstance(value, list):
        return ["list", [plain(item) for item in value]]
    if isinstance(value, dict):
        return ["context", {key: plain(item) for key, item in value.items()}]
    if isinstance(value, Decimal):
        return ["number", float(value)]
    if isinstance(value, Range | Function):
        return [type(value).__name__.lower(), None]
    return ["null" if value is None else "boolean" if isinstance(value, bool) else "string", value]


def same(ours: Plain, theirs: Plain) -> bool:
    """Tell whether two values are the same; what one side refuses the other must refuse or make null."""
    kinds = {ours[0], theirs[0]}
    if "error" in kinds:
        return kinds <= {"error", "null"}
    if ours[0] != theirs[0]:
        return False
    if ours[0] == "number":
        return bool(abs(ours[1] - theirs[1]) <= TOLERANCE * max(1.0, abs(ours[1])))
    if ours[0] == "list":
        return len(ours[1]) == len(theirs[1]) and all(map(same, ours[1], theirs[1]))
    if ours[0] == "context":
        return ours[1].keys() == theirs[1].keys() and all(same(ours[1][k], theirs[1][k]) for k in ours[1])
    return bool(ours[1] == theirs[1])
