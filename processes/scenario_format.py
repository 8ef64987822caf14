"""The format of scenario files (`docs/reference/scenarios.md`), read and checked; faults name their line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import yaml

from engine.play import HELD, MORNING
from foundation.clock import BUSINESS_ZONE
from foundation.errors import Invalid
from foundation.texts import Text, _

_TOP = frozenset({"process", "name", "start", "jobs", "steps"})
_START = frozenset({"at", "business_key", "variables", "event"})
_EXPECT = frozenset(
    {"state", "waiting", "visited", "order", "trace", "variables", "due", "escalations", "jobs", "incidents"}
)
_STATES = frozenset({"active", "waiting", "completed", "failed"})
#: verb → (what must be given, what may be given)
_STEPS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "complete": (frozenset({"task"}), frozenset({"scope", "variables"})),
    "job": (frozenset({"task"}), frozenset({"scope", "variables", "error", "failure"})),
    "message": (frozenset({"name"}), frozenset({"key", "variables"})),
    "signal": (frozenset({"name"}), frozenset({"variables"})),
    "child": (frozenset({"call"}), frozenset({"key", "scope", "variables", "error", "cancelled"})),
    "activate": (frozenset({"activity"}), frozenset()),
    "cancel": (frozenset({"reason"}), frozenset()),
}
_VERBS = (*_STEPS, "advance", "to", "expect")
#: the end of a day as `to: {working_day: 3, at: end}` says it
END = "end"

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One walk."""

    process: str
    name: str
    start_at: datetime
    business_key: str | None
    variables: Mapping[str, Any]
    #: start event the instance begins at; None for the one drawn without event
    event: str | None
    jobs: Mapping[str, Any]
    #: True when no topic is canned: every job waits for a `job` step
    holds_jobs: bool
    steps: tuple[tuple[str, Any], ...]
    #: line of each step in the file
    lines: tuple[int, ...]


def read(content: bytes, *, file: str) -> Scenario:
    """Read a scenario; raises Invalid with file, line, key, what was expected and what was found."""
    return Reader(content, file).scenario()


class Reader:
    """Reads one file; every fault names the line of the part it is in."""

    def __init__(self, content: bytes, file: str) -> None:
        """Parse the YAML; raises Invalid where it is none."""
        self.file = file
        try:
            self._tree = yaml.compose(content, Loader=yaml.SafeLoader)
            self.found: Any = yaml.safe_load(content)
        except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            reason = " ".join(str(getattr(error, "problem", None) or error).split())
            line = 1 if mark is None else mark.line + 1
            raise self._fault(line, _("không phải YAML hợp lệ: {reason}", reason=reason)) from None

    def scenario(self) -> Scenario:
        """Check everything and give the scenario."""
        found = self._object((), self.found, _TOP)
        if not isinstance(found.get("process"), str):
            raise self.wrong((), _("thiếu “process”: khóa của quy trình"))
        start = self._object(("start",), found.get("start"), _START)
        jobs = found.get("jobs")
        if jobs != HELD:
            jobs = self._object(("jobs",), jobs, None)
        steps = [] if found.get("steps") is None else found["steps"]
        if not isinstance(steps, list):
            raise self._expected(("steps",), _("danh sách các bước"), steps)
        event = start.get("event")
        return Scenario(
            process=found["process"],
            name=str(found.get("name") or self.file),
            start_at=self.moment(("start", "at"), start["at"]) if "at" in start else MORNING,
            business_key=start.get("business_key"),
            variables=self._object(("start", "variables"), start.get("variables"), None),
            event=None if event is None else str(event),
            jobs={} if jobs == HELD else jobs,
            holds_jobs=jobs == HELD,
            steps=tuple(self._step(number, one) for number, one in enumerate(steps)),
            lines=tuple(self._line(("steps", number)) for number in range(len(steps))),
        )

    def _step(self, number: int, step: Any) -> tuple[str, Any]:
        path: Path = ("steps", number)
        if not isinstance(step, dict) or len(step) != 1 or next(iter(step)) not in _VERBS:
            raise self._expected(path, _("đúng một trong: {known}", known=", ".join(_VERBS)), step)
        verb, given = next(iter(step.items()))
        path = (*path, verb)
        if verb in _STEPS:
            needed, allowed = _STEPS[verb]
            given = self._object(path, given, needed | allowed)
            missing = sorted(needed - set(given))
            if missing:
                raise self.wrong(path, _("bước {number} ({verb}) thiếu “{needed}”",
                                         number=number + 1, verb=verb, needed=missing[0]))  # fmt: skip
            self._object((*path, "variables"), given.get("variables"), None)
        elif verb == "expect":
            given = self._expectation(path, given)
        elif verb == "to":
            given = self._target(path, given)
        else:
            self._span(path, given)
        return verb, given

    def _expectation(self, path: Path, given: Any) -> Mapping[str, Any]:
        wanted = self._object(path, given, _EXPECT)
        if wanted.get("state", "active") not in _STATES:
            raise self._expected(
                (*path, "state"), _("một trong: {known}", known=", ".join(sorted(_STATES))), wanted["state"]
            )
        for name in ("waiting", "visited", "order", "trace", "jobs", "incidents", "escalations"):
            if name in wanted and not isinstance(wanted[name], list):
                raise self._expected((*path, name), _("danh sách"), wanted[name])
        for number, pair in enumerate(wanted.get("order", ())):
            if not isinstance(pair, list) or len(pair) != len(("before", "after")):
                raise self._expected((*path, "order", number), _("cặp [bước trước, bước sau]"), pair)
        for name in ("variables", "due"):
            self._object((*path, name), wanted.get(name), None)
        needed = frozenset({"task", "to", "action", "on"})
        for number, step in enumerate(wanted.get("escalations", ())):
            if set(self._object((*path, "escalations", number), step, needed)) != needed:
                raise self._expected(
                    (*path, "escalations", number), _("đủ các mục task, to, action, on"), step
                )
        return wanted

    def _target(self, path: Path, given: Any) -> Any:
        if not isinstance(given, dict):
            return self.moment(path, given)
        found = self._object(path, given, frozenset({"working_day", "at"}))
        self._whole((*path, "working_day"), found.get("working_day"))
        at = found.get("at", END)
        if at != END:
            try:
                at = time.fromisoformat(str(at))
            except ValueError:
                raise self._expected((*path, "at"), _("giờ như “17:00”, hoặc end"), at) from None
        return {"working_day": found["working_day"], "at": at}

    def _span(self, path: Path, given: Any) -> None:
        if isinstance(given, str):
            return
        found = self._object(path, given, frozenset({"working_days"}))
        self._whole((*path, "working_days"), found.get("working_days"))

    def _whole(self, path: Path, value: Any) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self._expected(path, _("số ngày làm việc"), value)

    def moment(self, path: Path, value: Any) -> datetime:
        """Read a moment; without a zone it is Vietnam time, a day alone its midnight there."""
        read_ = moment_of(value)
        if read_ is None:
            raise self._expected(path, _("thời điểm theo ISO 8601"), value)
        return read_

    # --- faults -----------------------------------------------------------------------------------------

    def _object(self, path: Path, found: Any, known: frozenset[str] | None) -> Mapping[str, Any]:
        """Give an object, empty when there is none; unknown keys are refused unless any are welcome."""
        if found is None and path:
            return {}
        if not isinstance(found, dict):
            whole = _("một đối tượng có process, start, steps")
            raise self._expected(path, _("một đối tượng") if path else whole, found)
        unknown = [] if known is None else [key for key in found if key not in known]
        if unknown and known is not None:
            raise self.wrong(
                (*path, unknown[0]),
                _("không có mục “{name}”; có: {known}", name=str(unknown[0]), known=", ".join(sorted(known))),
            )
        return found

    def _expected(self, path: Path, what: Text, found: Any) -> Invalid:
        return self.wrong(path, _("cần {what}, nhận được {found}", what=what, found=str(found)[:100]))

    def wrong(self, path: Path, what: Text) -> Invalid:
        """Give the fault of the part at a path."""
        key = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
        told = _("{key}: {what}", key=key, what=what) if key else what
        return self._fault(self._line(path), told)

    def _fault(self, line: int, what: Text) -> Invalid:
        return Invalid(
            _("Kịch bản “{file}”, dòng {line}: {what}.", file=self.file, line=line, what=what),
            file=self.file,
            line=line,
        )

    def _line(self, path: Path) -> int:
        node, line = self._tree, 1
        for part in path:
            inner = _inside(node, part)
            if inner is None:
                break
            mark, node = inner
            line = mark.start_mark.line + 1
        return line


def _inside(node: Any, part: str | int) -> tuple[Any, Any] | None:
    """Give (where it is told, the value) of a part of a YAML node."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(part)), None)
    values: Sequence[Any] = node.value if isinstance(node, yaml.SequenceNode) else ()
    if isinstance(part, int) and part < len(values):
        return values[part], values[part]
    return None


def moment_of(value: Any) -> datetime | None:
    """Read a moment (UTC); None when it is none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time.min)
    if not isinstance(value, datetime):
        return None
    return (value if value.tzinfo else value.replace(tzinfo=BUSINESS_ZONE)).astimezone(UTC)
