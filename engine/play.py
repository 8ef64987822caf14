"""The player: a set of diagrams run in memory on a clock that is moved by hand, with canned job results.

The same engine, the same tables, in a database that nobody keeps. Processes that are called but not given
are stood in for: the call waits until `end_child`. Two plays of the same steps give the same trace.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text

from engine import (
    ad_hoc,
    definitions,
    deployments,
    external_jobs,
    forms,
    graphs,
    history,
    instances,
    messages,
    runner,
    stand_ins,
    starts,
    user_tasks,
)
from engine.dispatcher import Dispatcher
from engine.feel import iso
from engine.forms.choices import Choice
from engine.jobs import BusinessError
from engine.models import (
    CallDeadline,
    EscalationStep,
    HistoryEvent,
    Incident,
    Job,
    ProcessInstance,
    UserTask,
)
from engine.played import Line, Played
from engine.ports import JobContext
from engine.spiff.elements import Occasion
from engine.spiff.expressions import later
from engine.states import LIVE, InstanceState, WorkState
from foundation import calendars
from foundation.clock import MovableClock
from foundation.database import Base, Database, UnitOfWork
from foundation.errors import Invalid, NotFound, TiendoError
from foundation.texts import _

#: when a play begins unless somebody says otherwise: Monday 5 January 2026, 08:00 in Hà Nội
MORNING = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
#: key of a canned job result that makes the job end with a BPMN error of that code
ERROR_KEY = "bpmn_error"
#: canned result of a topic whose jobs wait until `work` does them
HELD = "wait"
#: name of the worker that does held jobs
WORKER = "player"
#: lines of history that say an element was passed: completed, or an event that fired there
PASSED = frozenset(
    {"element.completed", "timer.fired", "message.received", "signal.received", "condition.met"}
    | {"error.caught", "escalation.caught", "compensation.caught", "cancel.caught"}
)


class Player:
    """Plays one instance of one process, with the instances it calls."""

    def __init__(
        self,
        files: Mapping[str, bytes],
        *,
        process: str | None = None,
        start_at: datetime = MORNING,
        jobs: Mapping[str, Any] | None = None,
        library: Mapping[str, bytes] | None = None,
        calls_run: bool = True,
    ) -> None:
        """Deploy the files in memory; `calls_run` False stands in for every called process.

        `library` are decisions and forms that are there unless the files bring their own.
        `jobs` are canned results by topic: variables, or a list of them used one after the other, the last
        one staying. A topic not named gives nothing. Raises DefinitionRefused with every finding, also for
        drawings that are not executable.
        """
        called = stand_ins.read(files)
        #: of drawings without a process to run, lint says below what is missing
        self.process = called.main(process) if called.ordered else ""
        self.clock = MovableClock(start_at)
        self.database = Database("sqlite://", self.clock)
        Base.metadata.create_all(self.database.write_engine)
        self.instance_id: str | None = None
        self._error: dict[str, Any] = {}
        self._topics = called.topics
        canned = dict.fromkeys(called.topics, None) | dict(jobs or {})
        handlers = {topic: CannedJob(results) for topic, results in canned.items() if results != HELD}
        self._dispatcher = Dispatcher(self.database, handlers)
        with self.database.unit_of_work() as work:
            calendars.seed(work)
            if library:
                deployments.deploy(work, library)
            if missing := stand_ins.diagrams(called.missing()):
                deployments.deploy(work, missing)
            deployed = deployments.deploy(work, files)
            self.process = self.process or called.main(process)
            self.findings = deployed.warnings
            #: stood in for as a called process, the played one itself stays what it is
            self._version = next(one.version for one in deployed.processes if one.key == self.process)
            present = [] if calls_run else sorted(called.called & called.processes)
            if present:
                deployments.deploy(work, stand_ins.diagrams(present))
            work.commit()

    # --- steps --------------------------------------------------------------------------------------

    def begin(
        self,
        variables: Mapping[str, Any] | None = None,
        *,
        business_key: str | None = None,
        event: str | None = None,
    ) -> None:
        """Start the instance, at the start event named or else as drawn; what fails is kept as the error.

        A process that only an event starts is started by its event. Raises Invalid when it has several and
        none is named, or the named one is none of its start events.
        """
        occasion = self._occasion(event)
        given = dict(variables or {})
        try:
            with self.database.unit_of_work() as work:
                if occasion is None:
                    self.instance_id = instances.start(
                        work, self.process, given, business_key=business_key, version=self._version
                    )
                else:
                    instances.check_variables(given)
                    self.instance_id = starts.create(
                        work,
                        self.process,
                        given,
                        business_key=business_key,
                        occasion=occasion,
                        version=self._version,
                    )
                work.commit()
        except TiendoError as error:
            self.instance_id = None
            element = str(error.facts.get("element", ""))
            self._error = {"code": error.code, "message": str(error.text), "element": element}
            return
        self._dispatcher.settle()

    def _occasion(self, event: str | None) -> Occasion | None:
        with self.database.reading() as session:
            graph = graphs.of_definition(
                session, definitions.published(session, self.process, self._version).id
            )
        drawn = {node.element.id: node for node in graph.starts(None)}
        if event is None and (not drawn or any(node.is_none_start for node in drawn.values())):
            return None
        chosen = event or (next(iter(drawn)) if len(drawn) == 1 else "")
        if chosen not in drawn:
            raise Invalid(
                _("Quy trình “{process}” có các sự kiện bắt đầu {names}; hãy chọn một trong số đó "
                  "(--event, trong kịch bản là start.event).",
                  process=self.process, names=", ".join(drawn) or "–")
            )  # fmt: skip
        if drawn[chosen].is_none_start:
            return None
        happened = drawn[chosen].element.event
        kind = happened.kind if happened.kind in {"message", "signal"} else ""
        return Occasion(element=chosen, kind=kind, name=happened.name or "" if kind else "")

    def complete(
        self, element: str, variables: Mapping[str, Any] | None = None, *, scope: str | None = None
    ) -> None:
        """Complete the oldest open user task at an element; fields of its form not given are null.

        `scope` (as in the trace) tells the instances of a multi-instance apart. Raises NotFound when nobody
        waits there, Invalid when the form refuses the values.
        """
        task = self._open_task(element, scope)
        with self.database.unit_of_work() as work:
            user_tasks.complete(work, task.id, _entered(work, task, variables or {}))
            work.commit()
        self._dispatcher.settle()

    def activate(self, activity: str) -> None:
        """Start an activity of an open ad-hoc sub-process. Raises NotFound when none offers it."""
        if self.instance_id is None:
            raise NotFound(_("Quy trình chưa chạy nên chưa chọn được “{id}”.", id=activity))
        with self.database.unit_of_work() as work:
            ad_hoc.activate(work, self.instance_id, activity)
            work.commit()
        self._dispatcher.settle()

    def work(
        self,
        element: str,
        variables: Mapping[str, Any] | None = None,
        *,
        scope: str | None = None,
        error: str | None = None,
        failure: str | None = None,
    ) -> None:
        """Do the oldest held job at an element: bring its result, a BPMN error, or give it back undone.

        Raises NotFound when no job waits there.
        """
        given = dict(variables or {})
        job_id = self._held_job(element, scope).id
        with self.database.unit_of_work() as work:
            held = work.session.get_one(Job, job_id)
            held.lock_owner, held.locked_until = WORKER, work.now + timedelta(minutes=1)
            work.session.flush()
            if error is not None:
                external_jobs.throw(work, job_id, WORKER, code=error, message="", variables=given)
            elif failure is not None:
                external_jobs.fail(work, job_id, WORKER, message=failure)
            else:
                external_jobs.complete(work, job_id, WORKER, given)
            work.commit()
        self._dispatcher.settle()

    def send(self, name: str, key: str = "", variables: Mapping[str, Any] | None = None) -> None:
        """Send a message."""
        with self.database.unit_of_work() as work:
            messages.send(work, name, key, dict(variables or {}))
            work.commit()
        self._dispatcher.settle()

    def signal(self, name: str, variables: Mapping[str, Any] | None = None) -> None:
        """Broadcast a signal."""
        with self.database.unit_of_work() as work:
            messages.broadcast(work, name, dict(variables or {}))
            work.commit()
        self._dispatcher.settle()

    def end_child(
        self,
        call: str,
        key: str | None = None,
        variables: Mapping[str, Any] | None = None,
        *,
        scope: str | None = None,
        error: str | None = None,
        is_cancelled: bool = False,
    ) -> None:
        """End the called process a call activity waits for, with its variables or with a BPMN error.

        `key` tells sisters of a multi-instance apart, `scope` the calls themselves.
        """
        statement = select(ProcessInstance.id).where(
            ProcessInstance.parent_instance_id == self.instance_id,
            ProcessInstance.parent_element == call,
            ProcessInstance.state.in_([state.value for state in LIVE]),
        )
        if key is not None:
            statement = statement.where(ProcessInstance.element_key == key)
        scopes = self._scopes(call)
        with self.database.reading() as session:
            found = session.scalars(statement.order_by(ProcessInstance.id)).all()
            children = [(one, instances.get(session, one).parent_token or "") for one in found]
            child = next((one for one, token in children if scope in {None, scopes.get(token)}), None)
            tasks = [] if child is None else user_tasks.of_instance(session, child)
        task = next((one for one in tasks if one.element == stand_ins.WAIT), None)
        if task is None or child is None:
            raise NotFound(
                _("Bước gọi “{call}” không chờ quy trình con nào (khóa {key}).", call=call, key=key or "–")
            )
        given, token = dict(variables or {}), task.token
        with self.database.unit_of_work() as work:
            if is_cancelled:
                instances.cancel(work, child, reason=WORKER)
            elif error is None:
                user_tasks.complete(work, task.id, given)
            else:
                row = runner.lock(work, child)
                runner.run(work, row, lambda execution: execution.fail(execution.token(token), error, given))
            work.commit()
        self._dispatcher.settle()

    def cancel(self, reason: str) -> None:
        """Cancel the instance, as an administrator would."""
        with self.database.unit_of_work() as work:
            instances.cancel(work, self.instance_id or "", reason=reason)
            work.commit()
        self._dispatcher.settle()

    def advance_to(self, moment: datetime) -> None:
        """Move the clock; everything due on the way fires, in order. Raises Invalid for an earlier moment."""
        if moment < self.clock.now():
            raise Invalid(
                _(
                    "Đồng hồ đang ở {now}, không chạy lùi về {moment}.",
                    now=self.clock.now().isoformat(),
                    moment=moment.isoformat(),
                )
            )
        self._dispatcher.advance(self.clock, moment)

    def advance(self, duration: str) -> None:
        """Move the clock by an ISO 8601 duration."""
        self.advance_to(later(self.clock.now(), iso.parse_duration(duration)))

    # --- looking ------------------------------------------------------------------------------------

    def result(self) -> Played:
        """Give where the play stands and everything that happened so far."""
        if self.instance_id is None:
            return Played(state="failed", trace=(), waiting=(), variables={}, error=self._error)
        with self.database.reading() as session:
            row = instances.get(session, self.instance_id)
            incident = session.scalars(
                select(Incident)
                .where(Incident.resolved_at.is_(None))
                .order_by(Incident.created_at, Incident.id)
            ).first()
            waiting = tuple(instances.waiting(session, self.instance_id))
            variables = instances.variables(row)
        error = {} if incident is None else _told(incident)
        state = _STATES.get(row.state, "failed")
        return Played(
            state="failed" if error and state == "waiting" else state,
            trace=self.trace(),
            waiting=waiting,
            variables=variables,
            error=error,
        )

    def trace(self) -> tuple[Line, ...]:
        """Give what happened in all instances, in the order in which it did."""
        statement = (
            select(HistoryEvent, ProcessInstance.key)
            .join(ProcessInstance, ProcessInstance.id == HistoryEvent.instance_id)
            .order_by(text("history_event.rowid"))
        )
        with self.database.reading() as session:
            rows = session.execute(statement).all()
        hidden = stand_ins.PREFIX
        kept = [(event, key) for event, key in rows if not event.element.startswith(hidden)]
        return tuple(
            Line(
                seq=number,
                process=key,
                element=event.element,
                type=event.element_type,
                event=event.type,
                scope=event.scope,
                at=event.at,
            )
            for number, (event, key) in enumerate(kept, 1)
        )

    def visited(self) -> list[str]:
        """Give the elements of the played process that were passed, in order, each as often as it was."""
        if self.instance_id is None:
            return []
        with self.database.reading() as session:
            lines = history.of_instance(session, self.instance_id, limit=1_000_000)
        return [line.element for line in lines if line.type in PASSED]

    def chosen_flows(self) -> frozenset[str]:
        """Give the sequence flows that gateways of the played process chose."""
        if self.instance_id is None:
            return frozenset()
        with self.database.reading() as session:
            lines = history.of_instance(session, self.instance_id, limit=1_000_000)
        return frozenset(flow for line in lines for flow in (line.data or {}).get("flows", ()))

    def open_tasks(self) -> list[UserTask]:
        """Give the open user tasks of the played instance, oldest first."""
        if self.instance_id is None:
            return []
        with self.database.reading() as session:
            return user_tasks.of_instance(session, self.instance_id)

    def fired_steps(self) -> list[tuple[EscalationStep, str]]:
        """Give the ladder steps that fired so far, each with the element of its task or call, in order."""
        statement = (
            select(EscalationStep, func.coalesce(UserTask.element, CallDeadline.element))
            .outerjoin(UserTask, UserTask.id == EscalationStep.task_id)
            .outerjoin(CallDeadline, CallDeadline.id == EscalationStep.child_id)
            .where(EscalationStep.state == WorkState.FIRED.value)
            .order_by(EscalationStep.due_at, EscalationStep.id)
        )
        with self.database.reading() as session:
            return [(step, element) for step, element in session.execute(statement)]

    def open_jobs(self) -> list[Job]:
        """Give the jobs of the played instance that are not done, oldest first."""
        states = [WorkState.CREATED.value, WorkState.FAILED.value]
        statement = select(Job).where(Job.instance_id == self.instance_id, Job.state.in_(states))
        with self.database.reading() as session:
            return list(session.scalars(statement.order_by(Job.id)))

    def incidents(self) -> list[Incident]:
        """Give what went wrong and is not repaired, oldest first."""
        statement = select(Incident).where(Incident.resolved_at.is_(None))
        with self.database.reading() as session:
            return list(session.scalars(statement.order_by(Incident.created_at, Incident.id)))

    def _scopes(self, element: str) -> dict[str, str]:
        """Give the scope of every token that came to an element."""
        statement = select(HistoryEvent.token, HistoryEvent.scope).where(
            HistoryEvent.instance_id == self.instance_id,
            HistoryEvent.element == element,
            HistoryEvent.type == "element.entered",
        )
        with self.database.reading() as session:
            return dict(session.execute(statement).all())

    def _held_job(self, element: str, scope: str | None) -> Job:
        found = [one for one in self.open_jobs() if one.state == WorkState.CREATED.value]
        scopes = self._scopes(element)
        mine = [one for one in found if one.element == element and scope in {None, scopes.get(one.token)}]
        if not mine:
            open_ones = ", ".join(one.element for one in found) or "–"
            raise NotFound(
                _("Không có việc tự động đang chờ ở bước “{element}”; đang chờ: {open}.",
                  element=element, open=open_ones)
            )  # fmt: skip
        return mine[0]

    def _open_task(self, element: str, scope: str | None) -> UserTask:
        found = self.open_tasks()
        scopes = self._scopes(element)
        mine = (one for one in found if one.element == element and scope in {None, scopes.get(one.token)})
        task = next(mine, None)
        if task is None:
            open_ones = ", ".join(one.element for one in found) or "–"
            raise NotFound(
                _(
                    "Không có việc đang chờ ở bước “{element}”; đang chờ: {open}.",
                    element=element,
                    open=open_ones,
                )
            )
        return task


class CannedJob:
    """A job handler that gives results prepared beforehand, the last one again and again."""

    def __init__(self, results: Any) -> None:
        """Take one result, a list of them, or None for nothing."""
        self._results: Sequence[Any] = results if isinstance(results, list) else [results]
        self._next = 0

    def __call__(self, _work: UnitOfWork, _job: JobContext) -> Mapping[str, Any]:
        """Give the next result; raises BusinessError where one is prepared."""
        if not self._results:
            return {}
        result = dict(self._results[min(self._next, len(self._results) - 1)] or {})
        self._next += 1
        code = result.pop(ERROR_KEY, None)
        if code is not None:
            raise BusinessError(str(code), variables=result)
        return result


_STATES = {
    InstanceState.COMPLETED.value: "completed",
    InstanceState.TERMINATED.value: "completed",
    InstanceState.CREATED.value: "waiting",
    InstanceState.RUNNING.value: "waiting",
    InstanceState.SUSPENDED.value: "waiting",
}


def _told(incident: Incident) -> dict[str, Any]:
    return {"code": incident.kind, "message": incident.message, "element": incident.element}


def _entered(work: UnitOfWork, task: UserTask, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the form makes of the values; options from lists of the installation are taken as offered."""
    if not task.form_key:
        return dict(given)
    try:
        form = forms.load(definitions.form(work.session, task.form_key))
    except NotFound:
        return dict(given)
    known = {**instances.variables(instances.get(work.session, task.instance_id)), **task.local}
    for one in form.fields:
        if isinstance(one, Choice) and one.values_key and one.key in given:
            chosen = given[one.key]
            offered = chosen if isinstance(chosen, list) else [chosen]
            known[one.values_key] = [*known.get(one.values_key, []), *offered]
    blank = {one.key: None for one in form.fields if not one.is_read_only}
    return blank | form.validate(given, variables=known, now=work.now)
