"""The suite: every case once as it is and once with a save and a reload after each step."""

from pathlib import Path

from tests.conformance import running
from tests.conformance.betsy import cases, models
from tests.conformance.betsy.cases import BetsyCase
from tests.conformance.betsy.judging import judge, unlike
from tests.conformance.betsy.playing import play
from tests.conformance.house import House
from tests.conformance.outcomes import Outcome, Result
from tests.conformance.running import Manner


def run(folder: Path, manner: Manner) -> list[Result]:
    """Run all cases of a betsy folder."""
    return run_cases(cases.read(folder), manner)


def run_cases(given: list[BetsyCase], manner: Manner) -> list[Result]:
    """Run some cases."""
    with running.opened(manner, kinds=(False, True)) as sets:
        return running.run(given, play_twice, sets, manner)


def play_twice(case: BetsyCase, houses: tuple[House, ...]) -> Result:
    """Run a case on a house as it is and on one that reloads after each step; the ways must be the same."""
    plain, reloading = houses
    model = models.read(case.file)
    try:
        seen = play(case, model, plain)
    except models.UnknownTokenError as error:
        detail = f"the runner has no translation for this script: {error}"
        return Result(id=case.id, group=case.group, outcome=Outcome.CRASH, detail=detail)
    outcome, detail = judge(case, model, seen)
    if not seen.refusal and outcome is not Outcome.SILENT:
        difference = unlike(seen, play(case, model, reloading))
        if difference:
            outcome, detail = Outcome.SILENT, difference
    return Result(id=case.id, group=case.group, outcome=outcome, detail=detail)
