"""The engine follows a path; after each step rows, state and history are compared with the oracle's."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from engine import ad_hoc, deployments, graphs, instances, jobs, messages, user_tasks
from engine.dispatcher import Dispatcher
from engine.jobs import BusinessError
from engine.models import Job, UserTask
from engine.play import MORNING
from engine.spiff import state
from engine.spiff.execution import Decided, Execution
from engine.spiff.graph import ProcessGraph
from foundation import calendars
from foundation.clock import MovableClock
from foundation.database import Base, Database
from foundation.errors import TiendoError
from tests.random_processes.oracle import Answer, Record
from tests.random_processes.path import HIDDEN, Expected, Path, Step
from tests.random_processes.scopes import Process

#: the decision every random process may ask
GRADE = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">
  <decision id="grade" name="grade"><decisionTable hitPolicy="FIRST">
    <input id="i"><inputExpression id="e" typeRef="number"><text>base</text></inputExpression></input>
    <output id="o" name="grade" typeRef="string"/>
    <rule id="r1"><inputEntry id="a1"><text>&gt;= 50</text></inputEntry>
      <outputEntry id="b1"><text>"many"</text></outputEntry></rule>
    <rule id="r2"><inputEntry id="a2"><text>-</text></inputEntry>
      <outputEntry id="b2"><text>"few"</text></outputEntry></rule>
  </decisionTable></decision>
</definitions>"""
#: gateways come and go with the tokens in them; only what a person sees cancelled is compared
SEEN_CANCELLED = re.compile(
    r"Task$|^task$|^subProcess$|^transaction$|^adHocSubProcess$|^callActivity$|^intermediateCatchEvent$|^multi|^loop"
)
OPEN_ROWS = """
    SELECT 'user_task', element, token, NULL FROM user_task WHERE instance_id = ? AND state = 'open'
    UNION ALL
    SELECT 'job', element, token, NULL FROM job WHERE instance_id = ? AND state IN ('created', 'failed')
    UNION ALL
    SELECT 'timer', element, token, due_at FROM timer WHERE instance_id = ? AND state IN ('pending', 'failed')
    UNION ALL
    SELECT kind, element, token, NULL FROM event_subscription WHERE instance_id = ?
"""
TROUBLES = """
    SELECT message FROM incident WHERE instance_id = ? AND resolved_at IS NULL
    UNION ALL
    SELECT kind FROM inbox_item WHERE instance_id = ?
"""
KEY = re.compile(r"[^/]*\[[^\]]*\]")


class Difference(AssertionError):
    """The engine and the oracle do not agree."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of history in the words of the oracle."""

    instance: str
    element: str
    keys: str
    event: str

    @property
    def line(self) -> tuple[str, str, str, str]:
        return (self.instance, self.element, self.keys, self.event)


class Follower:
    """An engine in memory that runs many processes and paths."""

    def __init__(self) -> None:
        self.clock = MovableClock(MORNING)
        self.database = Database("sqlite://", self.clock)
        Base.metadata.create_all(self.database.write_engine)
        self.dispatcher = Dispatcher(self.database, {})
        #: the connection everything in memory is behind
        self.connection: Any = self.database.read_engine.raw_connection().driver_connection
        self._graphs: dict[str, ProcessGraph] = {}
        self._drawn: dict[str, frozenset[str]] = {}
        self.deploy({"grade.dmn": GRADE})
        with self.database.unit_of_work() as work:
            calendars.seed(work)
            work.commit()

    def deploy(self, files: Mapping[str, bytes]) -> None:
        """Deploy; what lint refuses is an error of the generator."""
        with self.database.unit_of_work() as work:
            deployments.deploy(work, files)
            work.commit()

    def graph(self, definition: str) -> ProcessGraph:
        """Give the graph of a definition."""
        if definition not in self._graphs:
            with self.database.reading() as session:
                self._graphs[definition] = graphs.of_definition(session, definition)
        return self._graphs[definition]

    def drawn_ids(self, process: Process) -> frozenset[str]:
        """Give the ids of everything drawn in a process and those it calls."""
        if process.key not in self._drawn:
            texts = [content.decode() for content in process.files().values()]
            found = {one for text in texts for one in re.findall(r'<bpmn:\w+ id="([^"]+)"', text)}
            self._drawn[process.key] = frozenset(found)
        return self._drawn[process.key]

    def follow(self, path: Path) -> str:
        """Follow a path to its end and give the instance; raises Difference with what was found first."""
        walk = Following(self, path)
        for number, step in enumerate(path.steps):
            try:
                walk.take(step)
                walk.compare(step.expected)
            except (Difference, TiendoError, AssertionError, LookupError) as error:
                raise Difference(f"path {path.number}, step {number} ({step}): {error}") from error
        return walk.root

    def forget(self, instance: str) -> None:
        """Take what is left of a path away, so that it does not disturb the next one."""
        with self.database.unit_of_work() as work:
            row = instances.get(work.session, instance)
            if row.state == "running":
                instances.cancel(work, instance, reason="end of the path")
            work.commit()


class Following:
    """One path being followed."""

    def __init__(self, follower: Follower, path: Path) -> None:
        self.follower, self.path = follower, path
        self.database = follower.database
        self.code = path.variables["code"]
        self.root = ""
        self.drawn = follower.drawn_ids(path.process)
        self._seen = self._newest_row()

    # --- acting -----------------------------------------------------------------------------------------

    def take(self, step: Step) -> None:
        """Do what the step says."""
        acts = {
            "start": self._start,
            "user_task": self._complete,
            "job": self._work,
            "message": self._send,
            "signal": self._signal,
            "timer": self._advance,
            "choose": self._choose,
        }
        acts[step.kind](step)

    def _start(self, _step: Step) -> None:
        with self.database.unit_of_work() as work:
            self.root = instances.start(work, self.path.process.key, dict(self.path.variables))
            work.commit()

    def _complete(self, step: Step) -> None:
        task = self._row(UserTask, "open", step)
        with self.database.unit_of_work() as work:
            user_tasks.complete(work, task.id, step.answer.variables)
            work.commit()

    def _work(self, step: Step) -> None:
        job = self._row(Job, "created", step)

        def handler(_work: Any, found: Any) -> Mapping[str, Any]:
            if found.job_id != job.id:
                raise Difference("another job of the same topic was done first")
            return answered(step.answer)

        done = jobs.run_due(self.database, {job.topic: handler}, instance_id=job.instance_id, limit=1)
        if not done and not step.answer.fails:
            raise Difference("the job was not done")

    def _send(self, step: Step) -> None:
        with self.database.unit_of_work() as work:
            messages.send(work, step.name, self.code, dict(step.answer.variables))
            work.commit()

    def _signal(self, step: Step) -> None:
        with self.database.unit_of_work() as work:
            messages.broadcast(work, step.name, dict(step.answer.variables))
            work.commit()

    def _advance(self, step: Step) -> None:
        assert step.moment is not None
        self.follower.dispatcher.advance(self.follower.clock, step.moment)

    def _choose(self, step: Step) -> None:
        mine = next(one for one in self._tree() if one.label == step.instance)
        with self.database.unit_of_work() as work:
            ad_hoc.activate(work, mine.id, step.element)
            work.commit()

    def _row(self, table: Any, wanted: str, step: Step) -> Any:
        """Give the oldest open row at the place of the step."""
        tree = self._tree()
        mine = next(one for one in tree if one.label == step.instance)
        with self.database.reading() as session:
            statement = select(table).where(
                table.instance_id == mine.id, table.element == step.element, table.state == wanted
            )
            rows = session.scalars(statement.order_by(table.id)).all()
        found = [row for row in rows if mine.keys(row.token) == step.keys]
        if not found:
            raise Difference(f"nobody waits there; {[row.element for row in rows]}")
        return found[0]

    # --- comparing --------------------------------------------------------------------------------------

    def compare(self, expected: Expected) -> None:
        """Compare everything; the first difference is raised."""
        tree = self._tree()
        _same("states", {one.label: one.state for one in tree}, expected.states)
        _same("incidents, inbox", self._troubles(tree), [])
        _same("waits", self._waits(tree), expected.waits)
        found = {one.label: one.variables for one in tree}
        _same("variables", found, expected.variables)
        self._compare_history(tree, expected)

    def _tree(self) -> "list[Found]":
        rows = self._read(
            "SELECT id, definition_id, state, blob, parent_instance_id, parent_element, element_key "
            "FROM process_instance WHERE root_instance_id = ? ORDER BY id",
            self.root,
        )
        found: list[Found] = []
        labels: dict[str, str] = {}
        numbers: Counter[str] = Counter()
        for identity, definition, found_state, blob, parent, element, key in rows:
            label = "p" if parent is None else f"{labels[parent]}/{element}:{key}"
            if parent is not None:
                numbers[label] += 1
                label = f"{label}#{numbers[label] - 1}"
            labels[identity] = label
            graph = self.follower.graph(definition)
            found.append(Found(identity, label, found_state, blob, graph, self.follower.clock))
        return found

    def _waits(self, tree: "list[Found]") -> Counter[tuple[str, str, str, str, str]]:
        waits: Counter[tuple[str, str, str, str, str]] = Counter()
        for instance in tree:
            for kind, element, token, due in self._read(OPEN_ROWS, *[instance.id] * 4):
                shown = datetime.fromisoformat(due).replace(tzinfo=UTC).isoformat() if due else ""
                waits[instance.label, kind, element, instance.keys(token), shown] += 1
        return waits

    def _troubles(self, tree: "list[Found]") -> list[str]:
        found = []
        for one in tree:
            found += self._read(TROUBLES, one.id, one.id)
        return [str(row[0]) for row in found]

    def _newest_row(self) -> int:
        return int(self._read("SELECT coalesce(max(rowid), 0) FROM history_event")[0][0])

    def _read(self, statement: str, *values: Any) -> list[Any]:
        """Read without the mapper: there are many thousand steps."""
        rows: list[Any] = self.follower.connection.execute(statement, values).fetchall()
        return rows

    def _compare_history(self, tree: "list[Found]", expected: Expected) -> None:
        found = self._history(tree)
        _same("history", Counter(one.line for one in found), Counter(one.line for one in expected.records))
        places: dict[tuple[str, str, str, str], list[int]] = defaultdict(list)
        for position, one in enumerate(found):
            places[one.line].append(position)
        position_of = positions(expected.records, places)
        for number, record in enumerate(expected.records):
            for before in record.after:
                index = before - expected.offset
                if index >= 0 and position_of[index] > position_of[number]:
                    raise Difference(f"{record.line} came before {expected.records[index].line}")

    def _history(self, tree: "list[Found]") -> list[Line]:
        labels = {one.id: one.label for one in tree}
        rows = self._read(
            "SELECT instance_id, type, element, element_type, scope FROM history_event "
            "WHERE rowid > ? ORDER BY rowid",
            self._seen,
        )
        self._seen = self._newest_row()
        return [
            Line(
                instance=labels[instance],
                element=element,
                keys=keys_of(scope),
                event=kind.removeprefix("element."),
            )
            for instance, kind, element, element_type, scope in rows
            if instance in labels and element in self.drawn and _is_compared(kind, element_type)
        ]


class Found:
    """One instance as the engine has it, its state dropped and loaded again."""

    def __init__(
        self,
        identity: str,
        label: str,
        found: str,
        blob: bytes | None,
        graph: ProcessGraph,
        clock: MovableClock,
    ) -> None:
        self.id, self.label, self.state = identity, label, found
        self.variables = {k: v for k, v in state.variables(blob).items() if k not in HIDDEN}
        self._execution: Execution | None = None
        if blob is None:
            return
        self._execution = state.load(blob, graph, now=clock.now(), calendar=None, ports=NoPorts())
        if found == "running" and state.dump(self._execution) != blob:
            raise Difference(f"the state of {label} is not the same after loading and saving")

    def keys(self, token: str) -> str:
        """Give the multi-instance keys around a token."""
        assert self._execution is not None
        if token not in self._execution.tasks:
            raise Difference(f"a row belongs to the token {token}, which is gone")
        return keys_of(self._execution.tasks[token].scope_path())


class NoPorts:
    """Nothing is asked while a state is only looked at."""

    def decide(
        self, decision: str, variables: Mapping[str, Any], execution: Execution, *, element: str
    ) -> Decided:
        raise NotImplementedError

    def child_results(self, token: str) -> list[tuple[str, Any]]:
        raise NotImplementedError


def answered(answer: Answer) -> Mapping[str, Any]:
    """Answer a job."""
    if answer.fails:
        raise ConnectionError("the worker was not reached")
    if answer.error is not None:
        raise BusinessError(answer.error, variables=answer.variables)
    return answer.variables


def keys_of(scope: str) -> str:
    """Keep of a scope path what the standard knows of: which instance of a multi-instance."""
    return "/".join(KEY.findall(scope))


def positions(
    records: tuple[Record, ...], places: Mapping[tuple[str, str, str, str], list[int]]
) -> list[int]:
    """Give where each record stands in history; the first of equal ones is the first."""
    taken: Counter[tuple[str, str, str, str]] = Counter()
    found = []
    for record in records:
        found.append(places[record.line][taken[record.line]])
        taken[record.line] += 1
    return found


def _is_compared(event: str, element_type: str) -> bool:
    if event == "element.completed":
        return True
    return event == "element.cancelled" and bool(SEEN_CANCELLED.search(element_type))


def _same(what: str, found: Any, wanted: Any) -> None:
    if found == wanted:
        return
    if isinstance(found, Counter):
        extra, missing = list((found - wanted).elements()), list((wanted - found).elements())
        raise Difference(f"{what}: the engine also has {extra}, it lacks {missing}")
    if isinstance(found, dict):
        keys = [key for key in {**found, **wanted} if found.get(key) != wanted.get(key)]
        found, wanted = {k: found.get(k) for k in keys}, {k: wanted.get(k) for k in keys}
    raise Difference(f"{what}: the engine has {found}, it should have {wanted}")
