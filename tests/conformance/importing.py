"""The suite `import`: any tree of BPMN files of others is judged whole, quickly and without a stack trace.

A file passes when it could be deployed as it is. It is refused clearly when every problem carries a rule, the
element (or, for a file that is no BPMN at all, the file) and a message. `tiendo lint` must say the same.
"""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from click.testing import CliRunner

from tests.conformance import refusals, running
from tests.conformance.house import House
from tests.conformance.outcomes import Outcome, Result
from tests.conformance.running import Manner
from tiendo.cli import tiendo

#: seconds one file may take
QUICK = 2.0
SUFFIXES = (".bpmn", ".bpmn2", ".bpmn20.xml")
#: rules that depend on what is published in a house, which the shell does not know
_OF_THE_HOUSE = frozenset(
    {"call.unknown-process", "call.retired-process", "decision.unknown", "form.unknown"}
)
#: the shell is run in this process, which has one standard output
_SHELL = Lock()


@dataclass(frozen=True, kw_only=True)
class Document:
    """A file of somebody else."""

    #: path below the folder
    id: str
    group: str
    path: Path


def run(folder: Path, manner: Manner) -> list[Result]:
    """Look at all BPMN files of a tree."""
    given = read(folder)
    with running.opened(manner, kinds=(False,)) as sets:
        return running.run(given, look, sets, manner)


def read(folder: Path) -> list[Document]:
    """Give the BPMN files of a tree."""
    found = (path for path in sorted(folder.rglob("*")) if path.name.lower().endswith(SUFFIXES))
    return [_document(folder, path) for path in found if path.is_file()]


def look(document: Document, houses: tuple[House, ...]) -> Result:
    """Let the house check a file, deploy it when it says it may be, and compare with the shell."""
    (house,) = houses
    content = document.path.read_bytes()
    began = time.monotonic()
    answer = house.send_files("/deployments/check", {"document.bpmn": content})
    took = time.monotonic() - began
    if answer.status != 200:
        return _result(document, Outcome.UNCLEAR, refusals.told(refusals.of_answer(answer)))
    if took > QUICK:
        return _result(document, Outcome.CRASH, f"took {took:.1f} s, allowed are {QUICK:.0f} s")
    problems = refusals.of_findings(answer.body["findings"])
    if not problems:
        deployed = house.send_files("/deployments", {"document.bpmn": content})
        if deployed.status != 201:
            said = refusals.told(refusals.of_answer(deployed))
            return _result(document, Outcome.UNCLEAR, f"checked without errors, then refused: {said}")
    elif not refusals.are_clear(problems):
        unclear = [problem for problem in problems if not problem.is_clear]
        return _result(document, Outcome.UNCLEAR, refusals.told(unclear))
    if difference := _unlike_shell(document.path, answer.body["findings"]):
        return _result(document, Outcome.UNCLEAR, difference)
    outcome = Outcome.CLEAR if problems else Outcome.PASS
    return _result(document, outcome, refusals.told(problems))


def _document(folder: Path, path: Path) -> Document:
    relative = path.relative_to(folder)
    return Document(id=str(relative), group=relative.parts[0] if len(relative.parts) > 1 else ".", path=path)


def _result(document: Document, outcome: Outcome, detail: str) -> Result:
    return Result(id=document.id, group=document.group, outcome=outcome, detail=detail[:2000])


def _unlike_shell(path: Path, findings: Iterable[dict[str, Any]]) -> str:
    """Say where `tiendo lint` differs from the house; empty when it does not."""
    if path.suffix != ".bpmn":
        return ""
    with _SHELL:
        ran = CliRunner().invoke(tiendo, ["lint", str(path), "--json"])
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        return f"tiendo lint broke: {ran.exception!r}"
    try:
        own = json.loads(ran.stdout)["findings"]
    except (ValueError, KeyError):
        return f"tiendo lint gave no JSON: {ran.output[:300]!r}"
    here, there = _places(findings), _places(own)
    if here != there:
        return f"tiendo lint says otherwise: {sorted(here ^ there)}"
    return ""


def _places(findings: Iterable[dict[str, Any]]) -> set[tuple[str, str]]:
    return {
        (one["rule"], one["element"])
        for one in findings
        if one["severity"] == "error" and one["rule"] not in _OF_THE_HOUSE
    }
