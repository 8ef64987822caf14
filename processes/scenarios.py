"""Scenarios: walks through a process written in YAML beside its diagram (format: `processes/README.md`).

A step does something (complete, message, signal, child, advance, to) or expects something; the first
expectation that does not hold ends the walk and says what was expected and what was found.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import yaml
from lxml.etree import _Element as XmlElement

from engine import xml_gate
from engine.bpmn import BPMN, FLOW_NODES, is_event_subprocess, local
from engine.play import MORNING, Player
from foundation import calendars
from foundation.clock import BUSINESS_ZONE
from foundation.errors import Invalid, NotFound, TiendoError
from foundation.texts import Text, _
from foundation.working_time import local_date
from processes import shipped

#: files that belong to the diagrams of a scenario
KINDS = (".bpmn", ".dmn", ".form")
_TOP = frozenset({"process", "name", "start", "jobs", "steps"})
_START = frozenset({"at", "business_key", "variables"})
_EXPECT = frozenset({"state", "waiting", "visited", "variables", "due", "escalations"})
_SHOWN_STATES = {"waiting": "active"}


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One walk."""

    process: str
    name: str
    start_at: datetime
    business_key: str | None
    variables: Mapping[str, Any]
    jobs: Mapping[str, Any]
    steps: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a walk went."""

    scenario: Scenario
    #: None when everything held
    failure: Text | None
    #: elements that were passed
    visited: frozenset[str]
    player: Player

    @property
    def is_passed(self) -> bool:
        """Tell whether everything held."""
        return self.failure is None


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How much of a process its scenarios walk."""

    process: str
    elements: int
    #: elements no scenario passes, in the order of the diagram
    missed: tuple[str, ...]

    @property
    def percent(self) -> int:
        """The share of the elements that are passed."""
        return 100 * (self.elements - len(self.missed)) // self.elements if self.elements else 100


def read(content: bytes, *, file: str) -> Scenario:
    """Read a scenario; raises Invalid naming the file and what is wrong in it."""
    try:
        found = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _wrong(
            file, _("không phải YAML hợp lệ: {reason}", reason=" ".join(str(error).split()))
        ) from None
    if not isinstance(found, dict):
        raise _wrong(file, _("cần một đối tượng có process, start, steps"))
    _only(found, _TOP, file)
    start = found.get("start") or {}
    _only(start, _START, file)
    if not isinstance(found.get("process"), str):
        raise _wrong(file, _("thiếu “process”: khóa của quy trình"))
    return Scenario(
        process=found["process"],
        name=str(found.get("name") or file),
        start_at=_moment(start["at"], file) if "at" in start else MORNING,
        business_key=start.get("business_key"),
        variables=start.get("variables") or {},
        jobs=found.get("jobs") or {},
        steps=tuple(_step(one, number, file) for number, one in enumerate(found.get("steps") or [], 1)),
    )


def run(scenario: Scenario, files: Mapping[str, bytes]) -> Outcome:
    """Walk a scenario through a set of files; called processes are stood in for."""
    player = Player(
        files,
        process=scenario.process,
        start_at=scenario.start_at,
        jobs=scenario.jobs,
        library=library(),
        calls_run=False,
    )
    walk = Walk(player, listening=_listening(files, scenario.process))
    failure = walk.steps(scenario)
    return Outcome(scenario=scenario, failure=failure, visited=frozenset(player.visited()), player=player)


def files_beside(path: Path) -> dict[str, bytes]:
    """Give the diagrams, decisions and forms a scenario file belongs to: those of the folder above it."""
    folder = path.parent.parent if path.parent.name == "scenarios" else path.parent
    return {
        str(file.relative_to(folder.parent)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.suffix in KINDS
    }


def library() -> dict[str, bytes]:
    """Give the decisions and forms every installation has."""
    return {name: content for name, content in shipped.files().items() if not name.endswith(".bpmn")}


def coverage(files: Mapping[str, bytes], process: str, visited: Iterable[str]) -> Coverage:
    """Compare the elements of a process with those that were passed."""
    elements = [one for one, node in _nodes(files, process) if not is_event_subprocess(node)]
    passed = set(visited)
    return Coverage(
        process=process,
        elements=len(elements),
        missed=tuple(one for one in elements if one not in passed),
    )


class Walk:
    """One walk under way."""

    def __init__(self, player: Player, *, listening: frozenset[str]) -> None:
        """Begin before the first step; `listening` are the events that wait beside the flow."""
        self.player = player
        self._listening = listening
        self._seen: set[str] = set()
        self._acts: dict[str, Callable[[Any], Text | None]] = {
            "complete": self._complete,
            "message": self._message,
            "signal": self._signal,
            "child": self._child,
            "advance": self._advance,
            "to": self._to,
            "expect": self._expect,
        }

    def steps(self, scenario: Scenario) -> Text | None:
        """Take all steps; gives what went wrong first, None when all went as expected."""
        self.player.begin(scenario.variables, business_key=scenario.business_key)
        error = self.player.result().error
        if error:
            return _("Không khởi tạo được: {message}", message=error["message"])
        for number, (verb, given) in enumerate(scenario.steps, 1):
            try:
                failure = self._acts[verb](given)
            except TiendoError as refused:
                failure = _with_fields(refused)
            if failure is not None:
                return _("Bước {number} ({verb}): {failure}", number=number, verb=verb, failure=failure)
        return None

    def _complete(self, given: Any) -> None:
        self.player.complete(given["task"], given.get("variables"))

    def _message(self, given: Any) -> None:
        self.player.send(given["name"], str(given.get("key", "")), given.get("variables"))

    def _signal(self, given: Any) -> None:
        self.player.signal(given["name"], given.get("variables"))

    def _child(self, given: Any) -> None:
        key = given.get("key")
        self.player.end_child(given["call"], None if key is None else str(key), given.get("variables"))

    def _advance(self, given: Any) -> None:
        if isinstance(given, str):
            self.player.advance(given)
            return
        now = self.player.clock.now().astimezone(BUSINESS_ZONE)
        with self.player.database.reading() as session:
            calendar = calendars.load(session)
        day = calendar.add_working_days(now.date(), int(given["working_days"]))
        self.player.advance_to(datetime.combine(day, now.timetz()))

    def _to(self, given: Any) -> None:
        self.player.advance_to(_moment(given, "to"))

    def _expect(self, given: Mapping[str, Any]) -> Text | None:
        result = self.player.result()
        if result.error:
            return _("Sự cố ở bước “{element}”: {message}", element=result.error["element"],
                     message=result.error["message"])  # fmt: skip
        state = given.get("state", "active")
        found_state = _SHOWN_STATES.get(result.state, result.state)
        if found_state != state:
            waits = ", ".join(self._waiting()) or "–"
            return _("cần trạng thái {want}, đang là {found}; đang chờ: {waits}.",
                     want=state, found=found_state, waits=waits)  # fmt: skip
        return (
            self._compare_waiting(given)
            or self._compare_visited(given)
            or self._compare_variables(given, result.variables)
            or self._compare_due(given)
            or self._compare_steps(given)
        )

    def _waiting(self) -> list[str]:
        """Give the open user tasks, waiting calls and catching events; boundary events only listen."""
        found = {one.element for one in self.player.result().waiting if one.kind != "job"}
        return sorted(found - self._listening)

    def _compare_waiting(self, given: Mapping[str, Any]) -> Text | None:
        if "waiting" not in given:
            return None
        found = self._waiting()
        return _unlike("waiting", sorted(given["waiting"]), found)

    def _compare_visited(self, given: Mapping[str, Any]) -> Text | None:
        passed = iter(self.player.visited())
        for element in given.get("visited", ()):
            if not any(one == element for one in passed):
                return _(
                    "“{element}” chưa được đi qua theo thứ tự mong đợi; đã đi qua: {found}.",
                    element=element,
                    found=", ".join(self.player.visited()) or "–",
                )
        return None

    def _compare_variables(self, given: Mapping[str, Any], variables: Mapping[str, Any]) -> Text | None:
        wanted = given.get("variables") or {}
        found = {name: variables.get(name) for name in wanted}
        return _unlike("variables", wanted, found)

    def _compare_due(self, given: Mapping[str, Any]) -> Text | None:
        dues = {task.element: task.due_at for task in self.player.open_tasks()}
        for element, wanted in (given.get("due") or {}).items():
            found = dues.get(element)
            if found is None:
                return _("bước “{element}” không có thời hạn.", element=element)
            same = local_date(found) == wanted if _is_day(wanted) else found == _moment(wanted, "due")
            if not same:
                shown = found.astimezone(BUSINESS_ZONE).isoformat()
                return _("due.{element}: cần {want}, nhận được {found}.",
                         element=element, want=str(wanted), found=shown)  # fmt: skip
        return None

    def _compare_steps(self, given: Mapping[str, Any]) -> Text | None:
        fired = [(step, element) for step, element in self.player.fired_steps() if step.id not in self._seen]
        self._seen |= {step.id for step, _element in fired}
        if "escalations" not in given:
            return None
        found = sorted(
            (str(local_date(step.due_at)), element, step.to, step.action) for step, element in fired
        )
        wanted = sorted(
            (str(one["on"]), one["task"], one["to"], one["action"]) for one in given["escalations"]
        )
        return _unlike("escalations", wanted, found)


def _nodes(files: Mapping[str, bytes], process: str) -> Iterator[tuple[str, XmlElement]]:
    """Give the flow nodes of a process with their ids, in the order of the diagram."""
    for name, content in files.items():
        if not name.endswith(".bpmn"):
            continue
        for found in xml_gate.parse(content, file=name).iter(f"{BPMN}process"):
            if found.get("id") == process:
                yield from (
                    (node.get("id") or "", node)
                    for node in found.iter(f"{BPMN}*")
                    if local(node) in FLOW_NODES
                )
                return
    raise NotFound(_("Không có quy trình “{process}” trong các tệp.", process=process))


def _listening(files: Mapping[str, bytes], process: str) -> frozenset[str]:
    """Give the boundary and start events: they wait beside the flow, not in it."""
    beside = {"boundaryEvent", "startEvent"}
    return frozenset(identity for identity, node in _nodes(files, process) if local(node) in beside)


def _step(step: Any, number: int, file: str) -> tuple[str, Any]:
    known = ("complete", "message", "signal", "child", "advance", "to", "expect")
    if not isinstance(step, dict) or len(step) != 1 or next(iter(step)) not in known:
        raise _wrong(
            file,
            _("bước {number} cần đúng một trong: {known}; nhận được {found}",
              number=number, known=", ".join(known), found=str(step)[:100]),
        )  # fmt: skip
    verb, given = next(iter(step.items()))
    needed = {"complete": "task", "message": "name", "signal": "name", "child": "call"}.get(verb)
    if needed is not None and (not isinstance(given, dict) or needed not in given):
        raise _wrong(
            file, _("bước {number} ({verb}) thiếu “{needed}”", number=number, verb=verb, needed=needed)
        )
    if verb == "expect":
        _only(given or {}, _EXPECT, file)
    return verb, given


def _only(found: Any, known: frozenset[str], file: str) -> None:
    if not isinstance(found, dict):
        raise _wrong(file, _("cần một đối tượng, nhận được {found}", found=str(found)[:100]))
    unknown = sorted(set(found) - known)
    if unknown:
        names = ", ".join(map(str, unknown))
        raise _wrong(
            file, _("không có mục {names}; có: {known}", names=names, known=", ".join(sorted(known)))
        )


def _moment(value: Any, file: str) -> datetime:
    """Read a moment; without a zone it is Vietnam time, a day alone its midnight there."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise _wrong(file, _("thời điểm phải theo ISO 8601, nhận được “{found}”", found=value)) from None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time.min)
    if not isinstance(value, datetime):
        raise _wrong(file, _("cần một thời điểm, nhận được “{found}”", found=str(value)))
    return (value if value.tzinfo else value.replace(tzinfo=BUSINESS_ZONE)).astimezone(UTC)


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _unlike(what: str, wanted: Any, found: Any) -> Text | None:
    if wanted == found:
        return None
    return _("{what}: cần {want}, nhận được {found}.", what=what, want=str(wanted), found=str(found))


def _with_fields(error: TiendoError) -> Text:
    if isinstance(error, Invalid) and error.fields:
        fields = "; ".join(f"{name}: {text}" for name, text in error.fields.items())
        return _("{message} {fields}", message=error.text, fields=fields)
    return error.text


def _wrong(file: str, what: Text) -> Invalid:
    return Invalid(_("Kịch bản “{file}”: {what}.", file=file, what=what))
