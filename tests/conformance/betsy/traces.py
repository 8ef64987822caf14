"""From what was observed to the lines of a betsy trace, their order, and the final state."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.conformance.betsy.models import INCREMENTS, LOGGED, Model
from tests.conformance.betsy.playing import Observation, Passage, Run, is_done

#: lines of history about all instances of a loop together; the lines of its rounds are what counts
_BODIES = frozenset({"multiInstanceBody", "loopBody"})
_TIMED = "CREATE_TIMESTAMP_LOG"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the trace."""

    text: str
    #: number of its instance, in the order in which they began
    run: int
    #: position in the history of its instance
    position: int
    passage: Passage | None = None


def lines(observation: Observation, model: Model, start: int) -> list[Line]:
    """Give the trace; `start` is the value `integerVariable` began with."""
    if observation.refusal:
        return [Line(text="ERROR_deployment", run=0, position=0)]
    found = [
        line for number, run in enumerate(observation.runs) for line in _of_run(run, number, model, start)
    ]
    found = _once(found, "MARKER_exists")
    if _overlap(observation, model):
        found.append(Line(text="EXECUTION_parallel", run=0, position=0))
    for problem in observation.failures:
        attempted = (model.tokens.get(element, "") for element in problem.path)
        found += [
            Line(text=text, run=len(observation.runs), position=number)
            for number, text in enumerate(attempted)
            if text.startswith("SCRIPT_")
        ]
        thrown = problem.element in model.error_throwers
        text = "ERROR_thrownErrorEvent" if thrown else "ERROR_runtime"
        found.append(Line(text=text, run=len(observation.runs), position=len(found)))
    return found


def final(observation: Observation, process: str) -> str:
    """Give completed, waiting, failed, cancelled or refused, of the instances of the main process."""
    if observation.refusal:
        return "refused"
    runs = [run for run in observation.runs if run.process == process]
    if observation.failed_start or any(run.failures or run.state == "failed" for run in runs):
        return "failed"
    if any(run.state == "cancelled" for run in runs):
        return "cancelled"
    return "completed" if runs and all(map(is_done, runs)) else "waiting"


def _of_run(run: Run, number: int, model: Model, start: int) -> Iterator[Line]:
    for position, passage in enumerate(run.history):
        if passage.type != "element.completed" or passage.element_type in _BODIES:
            continue
        text = _text(model.tokens.get(passage.element, ""), run, model, start)
        if text:
            yield Line(text=text, run=number, position=position, passage=passage)


def _text(token: str, run: Run, model: Model, start: int) -> str:
    if token.startswith("SCRIPT_"):
        return token
    if token == "CREATE_MARKER_FILE":
        return "MARKER_exists"
    if token == "LOG_DATA":
        return f"DATA_{run.variables.get(LOGGED, 'missing')}"
    if token == INCREMENTS[1]:
        return f"INCREMENT_{'correct' if _is_counted(run, model, start) else 'wrong'}"
    return ""


def _is_counted(run: Run, model: Model, start: int) -> bool:
    done = [
        passage
        for passage in run.history
        if passage.type == "element.completed"
        and passage.element_type not in _BODIES
        and model.tokens.get(passage.element) in INCREMENTS
    ]
    return run.variables.get("integerVariable") == start + len(done)


def _once(found: list[Line], text: str) -> list[Line]:
    """A marker file exists, however often it was written."""
    first = next((line for line in found if line.text == text), None)
    return [line for line in found if line.text != text or line is first]


def _overlap(observation: Observation, model: Model) -> bool:
    """Tell whether the two scripts that take time ran at the same time."""
    spans = []
    for run in observation.runs:
        for element, token in model.tokens.items():
            if token.startswith(_TIMED):
                at = {one.type: one.at for one in run.history if one.element == element}
                if {"element.entered", "element.completed"} <= at.keys():
                    spans.append((at["element.entered"], at["element.completed"]))
    return len(spans) > 1 and max(begin for begin, _end in spans) < min(end for _begin, end in spans)
