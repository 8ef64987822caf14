"""Whether a case ended as it should: lines as a multiset, order where it is determined, final state."""

from collections import Counter
from collections.abc import Sequence

from tests.conformance import refusals
from tests.conformance.betsy import traces
from tests.conformance.betsy.cases import BetsyCase, Expected
from tests.conformance.betsy.models import Model
from tests.conformance.betsy.playing import Observation
from tests.conformance.betsy.traces import Line
from tests.conformance.outcomes import Outcome

#: expected line → lines that are as good
_ALSO = {
    "ERROR": ("ERROR_deployment", "ERROR_runtime", "ERROR_thrownErrorEvent"),
    "ERROR_runtime": ("ERROR_thrownErrorEvent",),
}


def judge(case: BetsyCase, model: Model, observation: Observation) -> tuple[Outcome, str]:
    """Give the outcome of a case and, unless it passes, what differs."""
    found = traces.lines(observation, model, case.number)
    end = traces.final(observation, _main(case, model))
    problems = [_difference(one, found, end, observation) for one in case.expected]
    is_error_clear = refusals.are_clear(observation.refusal or observation.failures)
    if "" in problems:
        if (observation.refusal or observation.failures) and not is_error_clear:
            return Outcome.UNCLEAR, _said(observation)
        return Outcome.PASS, ""
    detail = " | ".join(problems)
    if observation.refusal or observation.failures:
        outcome = Outcome.CLEAR if is_error_clear else Outcome.UNCLEAR
        return outcome, _said(observation) if observation.refusal else f"{_said(observation)} ({detail})"
    return Outcome.SILENT, detail


def unlike(plain: Observation, reloaded: Observation) -> str:
    """Say where a run that was reloaded after each step went another way; empty when it did not."""
    if _shape(plain) == _shape(reloaded):
        return ""
    for one, other in zip(_shape(plain), _shape(reloaded), strict=False):
        for left, right in zip(one, other, strict=False):
            if left != right:
                return f"after reloading each step: {right} instead of {left}"
    return "after reloading each step: another number of instances or lines"


def _main(case: BetsyCase, model: Model) -> str:
    return case.process if case.process in model.processes else model.processes[0]


def _said(observation: Observation) -> str:
    where = "refused" if observation.refusal else "failed"
    return f"{where}: {refusals.told(observation.refusal or observation.failures)}"


def _difference(expected: Expected, found: Sequence[Line], end: str, observation: Observation) -> str:
    if not _same_lines(expected.trace, [line.text for line in found]):
        wanted, got = sorted(expected.trace), sorted(line.text for line in found)
        return f"trace {got} instead of {wanted}, {end}"
    if expected.final is not None and end != expected.final:
        return f"final state {end} instead of {expected.final}"
    for before, after in expected.order:
        firsts = _of(found, before)[:1], _of(found, after)[:1]
        if _is_violated(*firsts, observation):
            return f"{after} came before {before}: {[line.text for line in found]}"
    for before, after in expected.strict_order:
        if _is_violated(_of(found, before), _of(found, after), observation):
            return f"{after} came before {before}: {[line.text for line in found]}"
    return ""


def _same_lines(expected: Sequence[str], found: Sequence[str]) -> bool:
    left = Counter(found)
    exact = [text for text in expected if left[text] > 0 and not left.subtract([text])]
    rest = list((Counter(expected) - Counter(exact)).elements())
    for text in rest:
        stand_in = next((one for one in _ALSO.get(text, ()) if left[one] > 0), None)
        if stand_in is None:
            return False
        left[stand_in] -= 1
    return not +left


def _of(found: Sequence[Line], text: str) -> list[Line]:
    return [line for line in found if line.text == text]


def _is_violated(before: Sequence[Line], after: Sequence[Line], observation: Observation) -> bool:
    return any(_precedes(late, early, observation) for early in before for late in after)


def _precedes(one: Line, other: Line, observation: Observation) -> bool:
    """Tell whether a line provably came before another.

    Inside an instance the history is the order. Between a caller and the instance it called, what the call
    encloses decides; between others, the clock.
    """
    if one.passage is None or other.passage is None:
        return False
    if one.run == other.run:
        return one.position < other.position
    if one.passage.at != other.passage.at:
        return one.passage.at < other.passage.at
    runs = observation.runs
    if runs[one.run].parent == runs[other.run].id:
        return other.position > _call(observation, other.run, "element.completed", is_last=True)
    if runs[other.run].parent == runs[one.run].id:
        return one.position < _call(observation, one.run, "element.entered", is_last=False)
    return False


def _call(observation: Observation, caller: int, kind: str, *, is_last: bool) -> int:
    """Give the position in the history of a caller at which its calls begin or are over."""
    history = observation.runs[caller].history
    places = [
        position
        for position, passage in enumerate(history)
        if passage.type == kind and passage.element_type == "callActivity"
    ]
    if not places:
        return len(history) if is_last else -1
    return places[-1] if is_last else places[0]


def _shape(observation: Observation) -> list[list[object]]:
    """Everything that must be the same in two runs of a case, without names and moments of the house."""
    problems = (*observation.refusal, *observation.failures)
    head: list[object] = [(problem.code, problem.element) for problem in problems]
    runs: list[list[object]] = [
        [
            run.process,
            run.state,
            sorted(run.variables.items(), key=str),
            *(
                (one.type, one.element, one.element_type, one.scope, one.at - run.history[0].at)
                for one in run.history
            ),
        ]
        for run in observation.runs
    ]
    return [head, *runs]
