"""Scopes: sub-processes with their event sub-processes, called processes, and the process itself."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from tests.engine.diagrams import Diagram, diagram, extension
from tests.random_processes.activities import Multi, Repeat, Work
from tests.random_processes.blocks import Sequence
from tests.random_processes.oracle import CHILD, Catcher, Flow, Frame, Instance, Thread, Thrown, Variables
from tests.random_processes.triggers import Listener, Trigger


@dataclass(frozen=True, kw_only=True)
class EventSub:
    """An event sub-process: what it listens for, and what it then does beside or instead of its scope."""

    id: str
    trigger: Trigger
    is_interrupting: bool
    body: Sequence

    def draw(self, drawn: Diagram) -> None:
        drawn.at(None).inside(self.id, triggeredByEvent="true")
        interrupting = "true" if self.is_interrupting else "false"
        drawn.start(f"{self.id}_s", self.trigger.body(drawn), isInterrupting=interrupting)
        self.body.draw(drawn)
        drawn.outside()

    def run(self, at: Frame, variables: Variables) -> Flow:
        frame = at.inner(layer=dict(variables))
        try:
            at.passed(f"{self.id}_s")
            yield from run_scope(frame, self.body, ())
        except (GeneratorExit, Thrown):
            at.passed(self.id, "cancelled")
            raise
        at.passed(self.id)
        return False


def run_scope(frame: Frame, body: Sequence, subs: tuple[EventSub, ...]) -> Generator[Any, Any, bool]:
    """Run a scope in the current thread until nothing moves in it; gives whether it was terminated."""
    world = frame.world
    owner = frame.scope = world.current
    assert owner is not None
    stop = Catcher(kind="terminate", code=None, is_interrupting=True)
    frame.catchers.append(stop)
    listeners = [_listen(frame, sub, owner) for sub in subs]
    world.spawn(body.run(frame))
    try:
        threads = yield from world.all_children()
    except Thrown as thrown:
        world.cancel_children(owner)
        for one in listeners:
            one.disarm()
        if thrown.catcher is stop:
            return True
        pairs = zip(subs, listeners, strict=True)
        sub = next((sub for sub, one in pairs if one.catcher is thrown.catcher), None)
        if sub is None:
            raise
        world.spawn(sub.run(frame, thrown.variables))
        threads = yield from world.all_children()
    for one in listeners:
        one.disarm()
    owner.after = frozenset().union(owner.after, *(thread.after for thread in threads))
    return False


def _listen(frame: Frame, sub: EventSub, owner: Thread) -> Listener:
    listener = Listener(sub.trigger, f"{sub.id}_s", frame, is_interrupting=sub.is_interrupting)
    listener.arm(lambda variables: _begin(frame, sub, owner, variables))
    return listener


def _begin(frame: Frame, sub: EventSub, owner: Thread, variables: Variables) -> None:
    frame.world.spawn(sub.run(frame, variables), owner)


@dataclass(frozen=True, kw_only=True)
class SubWork(Work):
    """An embedded sub-process with a local variable of its own."""

    id: str
    body: Sequence
    subs: tuple[EventSub, ...] = ()
    #: amount the local variable begins with; None for a sub-process without mappings
    local: int | None = None
    tag = "subProcess"

    def extension(self) -> str:
        if self.local is None:
            return ""
        given = (
            f'<camunda:inputParameter name="local_{self.id}">= base + {self.local}</camunda:inputParameter>'
        )
        back = f'<camunda:outputParameter name="out_{self.id}">= local_{self.id}</camunda:outputParameter>'
        return extension(f"<camunda:inputOutput>{given}{back}</camunda:inputOutput>")

    def inside(self, diagram: Diagram) -> str:
        keeping = diagram.last
        diagram.at(None).inside(f"{self.id}-drawn")
        draw_scope(diagram, self.id, self.body, self.subs)
        scope = diagram.scopes.pop()
        diagram.lasts.pop()
        diagram.at(keeping)
        return "".join(scope.parts)

    def run(self, at: Frame, element: str, keep: Frame) -> Flow:
        layer = {} if self.local is None else {f"local_{self.id}": at.get("base") + self.local}
        frame = at.inner(layer=layer)
        frame.passed(f"{self.id}_s")
        yield from run_scope(frame, self.body, self.subs)
        if self.local is not None:
            keep.set({f"out_{self.id}": frame.get(f"local_{self.id}")})
        return True


def draw_scope(drawn: Diagram, identity: str, body: Sequence, subs: tuple[EventSub, ...]) -> None:
    """Draw start, body and event sub-processes of a scope."""
    drawn.start(f"{identity}_s")
    body.draw(drawn)
    for sub in subs:
        sub.draw(drawn)
    drawn.at(None)


@dataclass(frozen=True, kw_only=True)
class Process:
    """A process, and everything the processes it calls need in the same deployment."""

    key: str
    body: Sequence
    subs: tuple[EventSub, ...] = ()
    called: "tuple[Process, ...]" = ()
    #: start variables a path chooses: name → most
    choices: tuple[tuple[str, int], ...] = ()
    #: kinds of blocks drawn in it
    kinds: frozenset[str] = frozenset()

    def files(self) -> dict[str, bytes]:
        drawn = diagram(self.key)
        draw_scope(drawn, self.key, self.body, self.subs)
        found = {f"{self.key}.bpmn": drawn.bytes()}
        for one in self.called:
            found |= one.files()
        return found

    def run(self, instance: Instance, frame: Frame) -> Flow:
        frame.world.instances.append(instance)
        frame.passed(f"{self.key}_s")
        was_terminated = yield from run_scope(frame, self.body, self.subs)
        instance.state = "terminated" if was_terminated else "completed"
        return True


@dataclass(frozen=True, kw_only=True)
class CallWork(Work):
    """Another process as an instance of its own; it sees all variables and gives one back."""

    id: str
    process: Process
    tag = "callActivity"

    @property
    def attributes(self) -> dict[str, str]:  # type: ignore[override]  # it names what it calls
        return {"calledElement": self.process.key}

    def extension(self) -> str:
        back = f'<camunda:out source="total" target="child_{self.id}"/>'
        return extension(f'<camunda:in variables="all"/>{back}')

    def run(self, at: Frame, element: str, keep: Frame) -> Flow:
        ended = yield from self.child(at, element, "1")
        keep.set({f"child_{self.id}": ended.variables["total"]})
        return True

    def child(self, at: Frame, element: str, key: str) -> Generator[Any, Any, Instance]:
        """Run one child to its end; an error that leaves it is thrown on here."""
        number = at.instance.called.get((element, key), 0)
        at.instance.called[element, key] = number + 1
        label = f"{at.instance.label}/{element}:{key}#{number}"
        child = Instance(label=label, key=self.process.key, variables=at.view())
        frame = Frame(at.world, child)
        at.world.spawn(self.process.run(child, frame))
        try:
            yield from at.world.all_children()
        except GeneratorExit:
            child.state = "cancelled"
            raise
        except Thrown as thrown:
            child.state = "failed"
            child.variables.update(thrown.variables)
            at.throw("error", thrown.code, thrown.variables)
        return child


@dataclass(frozen=True, kw_only=True)
class MultiCall(Repeat):
    """A call for each item: children are instances, the call itself is one step."""

    is_sequential: bool
    enough: int | None
    output: str

    def xml(self) -> str:
        drawn = Multi(
            is_sequential=self.is_sequential,
            by_number=False,
            enough=self.enough,
            output=self.output,
            element="total",
        )
        return drawn.xml()

    def run(self, at: Frame, element: str, work: Work) -> Flow:
        assert isinstance(work, CallWork)
        owner, results = at.world.current, dict[int, Any]()
        assert owner is not None
        todo = list(enumerate(at.get("items"), 1))
        started = 0
        for _slot in todo[:1] if self.is_sequential else todo:
            self._start(at, element, work, todo[started], results)
            started += 1
        done = 0
        while owner.children or owner.finished:
            yield CHILD
            done += 1
            if self.enough is not None and done >= self.enough:
                at.world.cancel_children(owner)
            elif self.is_sequential and started < len(todo):
                self._start(at, element, work, todo[started], results)
                started += 1
        at.set({self.output: [results[key] for key in sorted(results)]})
        return True

    def _start(
        self, at: Frame, element: str, work: CallWork, slot: tuple[int, Any], results: dict[int, Any]
    ) -> None:
        number, item = slot

        def child() -> Flow:
            frame = at.inner(layer={"item": item, "loopCounter": number})
            ended = yield from work.child(frame, element, str(number))
            results[number] = ended.variables["total"]
            return True

        at.world.spawn(child())
