"""The suite: each model is deployed once per house, each case is evaluated over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from tests.conformance import refusals, running
from tests.conformance.house import House
from tests.conformance.outcomes import Outcome, Result, worst
from tests.conformance.refusals import Problem
from tests.conformance.running import Manner
from tests.conformance.tck import cases
from tests.conformance.tck.cases import TckCase, Typed, Wanted
from tests.conformance.tck.comparing import is_same

#: results may not be told when these are all the runner knows
NOTHING: Typed = {"type": "null", "value": None}


def run(folder: Path, manner: Manner) -> list[Result]:
    """Run all cases below a folder."""
    given = cases.read(folder)
    library = Library()
    with running.opened(manner, kinds=(False,)) as sets:
        return running.run(given, library.play, sets, manner)


class Library:
    """Models by folder, and what each house said when they were deployed to it."""

    def __init__(self) -> None:
        """Begin with nothing deployed."""
        #: by house: key of a decision → the folder whose model has it now
        self._owners: dict[House, dict[str, Path]] = {}
        self._refusals: dict[Path, list[Problem]] = {}
        self._files: dict[Path, dict[str, bytes]] = {}
        #: by folder: (file, name of a decision) → its key
        self._keys: dict[Path, dict[tuple[str, str], str]] = {}

    def play(self, case: TckCase, houses: tuple[House, ...]) -> Result:
        """Evaluate one case."""
        (house,) = houses
        refused = self._deploy(case.folder, house)
        found = list(self._judged(case, house, refused))
        outcome = worst(outcome for outcome, _detail in found)
        detail = "; ".join(detail for _outcome, detail in found if detail)
        return Result(id=case.id, group=case.group, outcome=outcome, detail=detail)

    def _deploy(self, folder: Path, house: House) -> list[Problem]:
        """Deploy the models of a folder unless they are the newest under their keys; give what is refused."""
        files = self._files.setdefault(folder, cases.models(folder))
        owners = self._owners.setdefault(house, {})
        keys = {key for content in files.values() for key in cases.decision_keys(content).values()}
        if any(owners.get(key) != folder for key in keys) or folder not in self._refusals:
            answer = house.send_files("/deployments", files)
            self._refusals[folder] = [] if answer.status == 201 else refusals.of_answer(answer)
            self._keys[folder] = _decisions(house, files)
            owners |= dict.fromkeys(keys, folder)
        return self._refusals[folder]

    def _judged(self, case: TckCase, house: House, refused: list[Problem]) -> Iterator[tuple[Outcome, str]]:
        for wanted in case.wanted:
            if refused:
                yield self._judge_refusal(case, wanted, refused)
            else:
                yield self._judge(case, wanted, house)

    def _judge_refusal(self, case: TckCase, wanted: Wanted, refused: list[Problem]) -> tuple[Outcome, str]:
        if not refusals.are_clear(refused):
            return Outcome.UNCLEAR, refusals.told(refused)
        places = {name for problem in refused for name in self._holders(case.folder, problem.element)}
        if wanted.is_error and wanted.decision in places:
            return Outcome.PASS, ""
        return Outcome.CLEAR, f"the model is refused: {refusals.told(refused)}"

    def _holders(self, folder: Path, element: str) -> Iterator[str]:
        """Give the names of the decisions that hold an element."""
        for content in self._files[folder].values():
            for found in etree.fromstring(content).iter():
                if found.get("id") == element:
                    around = (found, *found.iterancestors())
                    yield from (one.get("name") or "" for one in around if one.get("name"))

    def _judge(self, case: TckCase, wanted: Wanted, house: House) -> tuple[Outcome, str]:
        keys = self._keys[case.folder]
        key = keys.get((case.model, wanted.decision)) or next(iter(keys.values()), "")
        invocable = case.invocable if case.kind != "decision" else ""
        body = {"variables": case.inputs, "typed": True, "invocable": invocable}
        answer = house.ask("POST", f"/decisions/{key}/evaluate", body)
        if answer.status != 200:
            return _refused(wanted, refusals.of_answer(answer))
        return _compared(wanted, _part(answer.body["result"], wanted, invocable), answer.body)


def _decisions(house: House, files: dict[str, bytes]) -> dict[tuple[str, str], str]:
    """Give the keys of the decisions of some files, as the house lists them."""
    listed = house.get("/decisions")["items"]
    return {(one["file"], one["name"]): one["key"] for one in listed if one["file"] in files}


def _part(result: Typed, wanted: Wanted, invocable: str) -> Typed:
    """Give the wanted output of a service with several."""
    if invocable and result["type"] == "context" and wanted.decision in result["value"]:
        part: Typed = result["value"][wanted.decision]
        return part
    return result


def _refused(wanted: Wanted, problems: list[Problem]) -> tuple[Outcome, str]:
    is_found = all(problem.code != "not_found" for problem in problems)
    if not is_found or not all(problem.code and problem.message for problem in problems):
        return Outcome.UNCLEAR, refusals.told(problems)
    return (Outcome.PASS, "") if wanted.is_error else (Outcome.CLEAR, refusals.told(problems))


def _compared(wanted: Wanted, found: Typed, answer: dict[str, Any]) -> tuple[Outcome, str]:
    if is_same(found, wanted.value) or (wanted.is_error and found == NOTHING):
        return Outcome.PASS, ""
    warnings = "; ".join(answer["warnings"])
    detail = f"{wanted.decision}: {found} instead of {wanted.value}"
    if found == NOTHING and warnings:
        return Outcome.CLEAR, f"{detail}, because {warnings}"
    return Outcome.SILENT, f"{detail}{', warned: ' if warnings else ''}{warnings}"
