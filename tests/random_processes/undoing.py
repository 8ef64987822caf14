"""Compensation and transactions: what completed in a scope is undone, newest first (BPMN 2.0 §13.5.5).

Scopes remember what completed in them. Nothing here looks at the engine: a record is the rest of a Python
generator, undone in the frame in which its activity ran.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.engine.diagrams import Diagram, compensation, extension
from tests.random_processes.activities import Work
from tests.random_processes.blocks import Block, Sequence
from tests.random_processes.oracle import Catcher, Flow, Frame, Thrown
from tests.random_processes.scopes import draw_scope, run_scope


@dataclass(frozen=True, kw_only=True)
class Done:
    """An activity that completed and can be undone."""

    activity: str
    number: int
    undo: Callable[[], Flow]


def remembering(at: Frame) -> Frame | None:
    """Give the innermost frame that remembers what completed."""
    return next((frame for frame in at.lineage() if frame.done is not None), None)


def remember(at: Frame, activity: str, undo: Callable[[], Flow], *, number: int | None = None) -> None:
    """Keep how to undo an activity that completed now."""
    frame = remembering(at)
    if frame is not None and frame.done is not None:
        frame.done.append(Done(activity=activity, number=number or len(at.world.records), undo=undo))


def undone(records: list[Done]) -> Flow:
    """Undo one after the other, newest first."""
    for one in sorted(records, key=lambda one: -one.number):
        yield from one.undo()
    return True


def done_by(work: Work, at: Frame, element: str) -> Flow:
    """Do the work of an element that is no activity of its own in the oracle."""
    try:
        yield from work.run(at, element, at)
    except GeneratorExit:
        at.passed(element, "cancelled")
        raise
    at.passed(element)
    return True


@dataclass(frozen=True, kw_only=True)
class LocalWork(Work):
    """Adds a local variable to `total`: what is undone sees the values of its sub-process."""

    local: str
    tag = "scriptTask"
    attributes = {"scriptFormat": "feel", "camunda__resultVariable": "total"}  # noqa: RUF012  read only

    def inside(self, diagram: Diagram) -> str:
        return f"<bpmn:script>= total + {self.local}</bpmn:script>"

    def run(self, at: Frame, element: str, keep: Frame) -> Flow:
        at.set({"total": at.get("total") + at.get(self.local)})
        yield from ()  # a generator that never waits
        return True


@dataclass(frozen=True, kw_only=True)
class Undoable(Block):
    """A step and the activity that undoes it."""

    first: str
    work: Work
    handler: Work

    def draw(self, diagram: Diagram) -> None:
        diagram.node(self.work.tag, self.first, self.work.inside(diagram), **self.work.attributes)
        handler = self.handler
        diagram.undone_by(f"{self.first}_h", handler.tag, handler.inside(diagram), **handler.attributes)

    def run(self, at: Frame) -> Flow:
        yield from done_by(self.work, at, self.first)
        remember(at, self.first, lambda: done_by(self.handler, at, f"{self.first}_h"))
        return True


@dataclass(frozen=True, kw_only=True)
class Undo(Block):
    """Throws compensation: for one activity of the scope, or for everything in it."""

    first: str
    activity: str | None
    waits: bool = True

    def draw(self, diagram: Diagram) -> None:
        diagram.throw(self.first, compensation(self.activity, waits=self.waits))

    def run(self, at: Frame) -> Flow:
        frame = remembering(at)
        assert frame is not None
        assert frame.done is not None
        taken = [one for one in frame.done if self.activity in {None, one.activity}]
        frame.done[:] = [one for one in frame.done if one not in taken]
        if self.waits:
            yield from undone(taken)
        else:
            at.side(undone(taken))
        at.passed(self.first)
        return True


@dataclass(frozen=True, kw_only=True)
class CancelEnd(Block):
    """Cancels the transaction around it."""

    first: str
    goes_on: bool = False

    def draw(self, diagram: Diagram) -> None:
        diagram.end(self.first, "<bpmn:cancelEventDefinition/>").at(None)

    def run(self, at: Frame) -> Flow:
        at.passed(self.first)
        at.throw("cancel", "", {})
        yield from ()  # a generator that never waits
        return False


@dataclass(frozen=True, kw_only=True)
class Fork(Block):
    """Branches beside each other that all end by themselves."""

    first: str
    branches: tuple[Sequence, ...]
    goes_on: bool = False

    def draw(self, diagram: Diagram) -> None:
        diagram.parallel(self.first)
        for one in self.branches:
            diagram.at(None)
            one.draw(diagram)
            diagram.flow(self.first, one.first)
        diagram.at(None)

    def run(self, at: Frame) -> Flow:
        at.passed(self.first)
        for one in self.branches:
            at.side(one.run(at))
        yield from ()  # a generator that never waits
        return False


@dataclass(frozen=True, kw_only=True)
class UndoScope(Work):
    """A sub-process or transaction that remembers; undone, it undoes what completed inside."""

    id: str
    body: Sequence
    local: int | None = None
    is_transaction: bool = False

    @property
    def tag(self) -> str:  # type: ignore[override]  # follows from the kind
        return "transaction" if self.is_transaction else "subProcess"

    def extension(self) -> str:
        if self.local is None:
            return ""
        given = f'<camunda:inputParameter name="local_{self.id}">= {self.local}</camunda:inputParameter>'
        return extension(f"<camunda:inputOutput>{given}</camunda:inputOutput>")

    def inside(self, diagram: Diagram) -> str:
        keeping = diagram.last
        diagram.at(None).inside(f"{self.id}-drawn")
        draw_scope(diagram, self.id, self.body, ())
        scope = diagram.scopes.pop()
        diagram.lasts.pop()
        diagram.at(keeping)
        return "".join(scope.parts)

    def run(self, at: Frame, element: str, keep: Frame) -> Flow:
        frame = at.inner(layer={} if self.local is None else {f"local_{self.id}": self.local})
        done = frame.done = []
        cancel = Catcher(kind="cancel", code=None, is_interrupting=True)
        if self.is_transaction:
            frame.catchers.append(cancel)
        frame.passed(f"{self.id}_s")
        try:
            yield from run_scope(frame, self.body, ())
        except Thrown as thrown:
            if thrown.catcher is not cancel:
                raise
            yield from undone(done)
            at.throw("cancel", "", {})
        except GeneratorExit:
            if done:
                newest = max(one.number for one in done)
                remember(at, element, lambda: undone(done), number=newest)
            raise
        if done:
            remember(at, element, lambda: undone(done))
        return True
