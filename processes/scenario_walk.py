"""A scenario walked: each step does something in the player, or compares what is with what should be."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from engine.play import Player
from foundation import calendars
from foundation.clock import BUSINESS_ZONE
from foundation.errors import Invalid, TiendoError
from foundation.texts import Text, _
from foundation.working_time import local_date
from processes.scenario_format import END, Scenario, moment_of

_SHOWN_STATES = {"waiting": "active"}


class Walk:
    """One walk under way."""

    def __init__(self, player: Player, *, listening: frozenset[str]) -> None:
        """Begin before the first step; `listening` are the events that wait beside the flow."""
        self.player = player
        self._listening = listening
        self._seen: set[str] = set()
        self._acts: dict[str, Callable[[Any], Text | None]] = {
            "complete": self._complete,
            "job": self._job,
            "message": self._message,
            "signal": self._signal,
            "child": self._child,
            "activate": self._activate,
            "cancel": self._cancel,
            "advance": self._advance,
            "to": self._to,
            "expect": self._expect,
        }

    def steps(self, scenario: Scenario) -> Text | None:
        """Take all steps; gives what went wrong first, None when all went as expected."""
        try:
            self.player.begin(scenario.variables, business_key=scenario.business_key, event=scenario.event)
        except TiendoError as refused:
            return _with_fields(refused)
        if self.player.instance_id is None:
            return _("Không khởi tạo được: {message}", message=self.player.result().error["message"])
        for number, (verb, given) in enumerate(scenario.steps, 1):
            try:
                failure = self._acts[verb](given)
            except TiendoError as refused:
                failure = _with_fields(refused)
            if failure is not None:
                line = scenario.lines[number - 1]
                return _("Bước {number} ({verb}), dòng {line}: {failure}",
                         number=number, verb=verb, line=line, failure=failure)  # fmt: skip
        return None

    # --- acting -----------------------------------------------------------------------------------------

    def _complete(self, given: Any) -> None:
        self.player.complete(given["task"], given.get("variables"), scope=given.get("scope"))

    def _job(self, given: Any) -> None:
        self.player.work(
            given["task"],
            given.get("variables"),
            scope=given.get("scope"),
            error=_text(given.get("error")),
            failure=_text(given.get("failure")),
        )

    def _message(self, given: Any) -> None:
        self.player.send(given["name"], str(given.get("key", "")), given.get("variables"))

    def _signal(self, given: Any) -> None:
        self.player.signal(given["name"], given.get("variables"))

    def _child(self, given: Any) -> None:
        self.player.end_child(
            given["call"],
            _text(given.get("key")),
            given.get("variables"),
            scope=given.get("scope"),
            error=_text(given.get("error")),
            is_cancelled=given.get("cancelled") is True,
        )

    def _activate(self, given: Any) -> None:
        self.player.activate(str(given["activity"]))

    def _cancel(self, given: Any) -> None:
        self.player.cancel(str(given["reason"]))

    def _advance(self, given: Any) -> None:
        if isinstance(given, str):
            self.player.advance(given)
            return
        now = self.player.clock.now().astimezone(BUSINESS_ZONE)
        self.player.advance_to(datetime.combine(self._working_day(given["working_days"]), now.timetz()))

    def _to(self, given: Any) -> None:
        if isinstance(given, datetime):
            self.player.advance_to(given)
            return
        day = self._working_day(given["working_day"])
        if given["at"] != END:
            self.player.advance_to(datetime.combine(day, given["at"], BUSINESS_ZONE))
            return
        with self.player.database.reading() as session:
            end = calendars.load(session).end_of_day(day)
        self.player.advance_to(end)

    def _working_day(self, count: int) -> date:
        """Give the day that lies so many working days after today by the national calendar."""
        with self.player.database.reading() as session:
            calendar = calendars.load(session)
        return calendar.add_working_days(local_date(self.player.clock.now()), count)

    # --- expecting --------------------------------------------------------------------------------------

    def _expect(self, given: Mapping[str, Any]) -> Text | None:
        result = self.player.result()
        wants_trouble = "incidents" in given or given.get("state") == "failed"
        if result.error and not wants_trouble:
            return _("Sự cố ở bước “{element}”: {message}", element=result.error["element"],
                     message=result.error["message"])  # fmt: skip
        state = _SHOWN_STATES.get(given.get("state", ""), given.get("state"))
        found_state = _SHOWN_STATES.get(result.state, result.state)
        if found_state != (state or ("failed" if given.get("incidents") else "active")):
            waits = ", ".join(self._waiting()) or "–"
            return _("cần trạng thái {want}, đang là {found}; đang chờ: {waits}.",
                     want=str(state or "active"), found=found_state, waits=waits)  # fmt: skip
        return (
            self._compare_waiting(given)
            or self._compare_visited(given.get("visited", ()))
            or self._compare_order(given.get("order", ()))
            or self._compare_trace(given)
            or self._compare_variables(given, result.variables)
            or self._compare_due(given)
            or self._compare_steps(given)
        )

    def _waiting(self) -> list[str]:
        """Give the open user tasks, waiting calls and catching events; boundary events only listen."""
        found = {one.element for one in self.player.result().waiting if one.kind != "job"}
        return sorted(found - self._listening)

    def _compare_waiting(self, given: Mapping[str, Any]) -> Text | None:
        jobs = sorted(job.element for job in self.player.open_jobs())
        broken = sorted(one.element for one in self.player.incidents())
        found = {"waiting": self._waiting(), "jobs": jobs, "incidents": broken}
        for name, there in found.items():
            if name in given and sorted(given[name]) != there:
                return _unlike(name, sorted(given[name]), there)
        return None

    def _compare_visited(self, wanted: Sequence[str]) -> Text | None:
        passed = iter(self.player.visited())
        for element in wanted:
            if not any(one == element for one in passed):
                return _(
                    "“{element}” chưa được đi qua theo thứ tự mong đợi; đã đi qua: {found}.",
                    element=element,
                    found=", ".join(self.player.visited()) or "–",
                )
        return None

    def _compare_order(self, pairs: Sequence[Sequence[str]]) -> Text | None:
        passed = self.player.visited()
        for before, after in pairs:
            if before not in passed or after not in passed or passed.index(before) > passed.index(after):
                return _("cần “{before}” xong trước “{after}”; đã đi qua: {found}.",
                         before=before, after=after, found=", ".join(passed) or "–")  # fmt: skip
        return None

    def _compare_trace(self, given: Mapping[str, Any]) -> Text | None:
        """Compare all that was passed with a list; what stands in an inner list may come in any order."""
        if "trace" not in given:
            return None
        passed = self.player.visited()
        position = 0
        for part in given["trace"]:
            group = [str(one) for one in part] if isinstance(part, list) else [str(part)]
            there = passed[position : position + len(group)]
            if Counter(there) != Counter(group):
                return _unlike("trace", group, there)
            position += len(group)
        return _unlike("trace", [], passed[position:])

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
            same = local_date(found) == wanted if _is_day(wanted) else found == moment_of(wanted)
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


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


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
