"""What a block-structured process must do, worked out without the engine: threads, waits, records.

A block is a Python generator that yields where it waits; the oracle resumes it. Cancelling closes the
generator, an error is an exception that travels outwards through the generators around it. There are no
tokens, no flows and no joins here, so that the engine is compared with something that works differently.

Where BPMN leaves an order open (two branches moving in the same step) the records only say what must have
come before what.
"""

from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

#: a block under way: yields a `Wait` or CHILD, returns whether its token goes on
Flow = Generator[Any, Any, bool]
#: yielded to wait for the next thread of one's own that ends
CHILD = object()
Variables = dict[str, Any]


class Thrown(Exception):
    """An interrupting event on its way to the one who catches it; None leaves the instance."""

    def __init__(self, catcher: "Catcher | None", variables: Variables, code: str = "") -> None:
        super().__init__(code)
        self.catcher, self.variables, self.code = catcher, variables, code


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a path gives to whoever waits: variables, or a BPMN error."""

    variables: Variables = field(default_factory=dict)
    error: str | None = None
    #: a job is given back undone
    fails: bool = False


@dataclass(kw_only=True, eq=False)
class Catcher:
    """Somebody who listens for an error or escalation code (None: any); what happens is in `act`."""

    kind: str
    code: str | None
    is_interrupting: bool
    act: Callable[[Variables], None] = lambda _variables: None


@dataclass(kw_only=True, eq=False)
class Wait:
    """Something that an instance waits for from outside."""

    kind: str
    element: str
    frame: "Frame"
    name: str = ""
    due: datetime | None = None
    #: takes the answer
    fire: Callable[[Answer], None] = lambda _answer: None
    #: thinks of an answer
    offer: Callable[[Random], Answer] = lambda _random: Answer()

    @property
    def line(self) -> tuple[str, str, str, str, str]:
        """What the rows of the engine must say."""
        due = "" if self.due is None else self.due.isoformat()
        return (self.frame.instance.label, self.kind, self.element, "/".join(self.frame.keys), due)


@dataclass(frozen=True, kw_only=True)
class Record:
    """An element was completed or cancelled, after certain other records."""

    instance: str
    element: str
    keys: str
    event: str
    after: frozenset[int]

    @property
    def line(self) -> tuple[str, str, str, str]:
        """What history must say."""
        return (self.instance, self.element, self.keys, self.event)


@dataclass(kw_only=True, eq=False)
class Instance:
    """A process instance with its own variables."""

    label: str
    key: str
    variables: Variables
    state: str = "running"
    #: number of children by call element and key
    called: dict[tuple[str, str], int] = field(default_factory=dict)


class Thread:
    """One strand of work; it owns the threads it began and the waits it holds."""

    def __init__(self, flow: Flow, parent: "Thread | None", after: frozenset[int]) -> None:
        self.flow, self.parent, self.after = flow, parent, after
        self.children: list[Thread] = []
        self.finished: deque[Thread] = deque()
        self.awaits_child = False
        self.is_alive = True
        self.result = False
        self.waits: list[Wait] = []


class Frame:
    """Where a block runs: its instance, the variables in sight, who catches, the scope's thread."""

    def __init__(
        self,
        world: "World",
        instance: Instance,
        *,
        parent: "Frame | None" = None,
        layer: Variables | None = None,
        keys: tuple[str, ...] | None = None,
        catchers: tuple[Catcher, ...] = (),
    ) -> None:
        self.world, self.instance, self.parent = world, instance, parent
        self.layer = instance.variables if parent is None else {} if layer is None else layer
        outer: tuple[str, ...] = () if parent is None else parent.keys
        self.keys: tuple[str, ...] = outer if keys is None else keys
        self.catchers = list(catchers)
        #: what completed here and can be undone; None where nobody remembers
        self.done: list[Any] | None = None
        self.scope: Thread | None = None if parent is None else parent.scope

    def inner(self, **more: Any) -> "Frame":
        return Frame(self.world, self.instance, parent=self, **more)

    def lineage(self) -> "list[Frame]":
        return [self, *(self.parent.lineage() if self.parent is not None else [])]

    def view(self) -> Variables:
        merged: Variables = {}
        for frame in reversed(self.lineage()):
            merged.update(frame.layer)
        return merged

    def get(self, name: str) -> Any:
        return self.view()[name]

    def set(self, variables: Variables) -> None:
        """Change each variable where it lives; a new one belongs to the process."""
        for name, value in variables.items():
            frames = self.lineage()
            home = next((frame for frame in frames if name in frame.layer), frames[-1])
            home.layer[name] = value

    def passed(self, element: str, event: str = "completed") -> None:
        self.world.record(self, element, event)

    def side(self, flow: Flow) -> None:
        """Begin a thread beside the main one of the scope; the scope ends after it."""
        self.world.spawn(flow, self.scope)

    def throw(self, kind: str, code: str, variables: Variables) -> None:
        """Give an error or escalation to the innermost who catches it; interrupting ones are raised."""
        for frame in self.lineage():
            found = [one for one in frame.catchers if one.kind == kind and one.code in {None, code}]
            found.sort(key=lambda one: one.code is None)
            if found and found[0].is_interrupting:
                raise Thrown(found[0], variables, code)
            if found:
                found[0].act(variables)
                return
        if kind == "error":
            raise Thrown(None, variables, code)


class World:
    """All threads of one instance and the instances it calls, on one clock."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.waits: list[Wait] = []
        self.records: list[Record] = []
        self.instances: list[Instance] = []
        self.buffer: list[tuple[str, Answer]] = []
        self._ready: deque[tuple[Thread, Any, BaseException | None]] = deque()
        self.current: Thread | None = None

    # --- threads ----------------------------------------------------------------------------------------

    def spawn(self, flow: Flow, parent: Thread | None = None) -> Thread:
        """Begin a thread, of the current one unless told otherwise."""
        owner = parent or self.current
        after = self.current.after if self.current is not None else frozenset()
        thread = Thread(flow, owner, after)
        if owner is not None:
            owner.children.append(thread)
        self._ready.append((thread, None, None))
        return thread

    def wait(self, wait: Wait, *, fire: Callable[[Answer], None] | None = None) -> Wait:
        """Hold a wait for the current thread: it resumes the thread unless told what else to do."""
        thread = self.current
        assert thread is not None

        def resume(answer: Answer) -> None:
            self.forget(wait)
            self._ready.append((thread, answer, None))

        def act(answer: Answer) -> None:
            self.current = thread
            (fire or resume)(answer)

        wait.fire = act
        thread.waits.append(wait)
        self.waits.append(wait)
        return wait

    def forget(self, *waits: Wait) -> None:
        for wait in waits:
            if wait in self.waits:
                self.waits.remove(wait)

    def interrupt(self, thread: Thread, thrown: Thrown) -> None:
        self._ready.appendleft((thread, None, thrown))

    def cancel_children(self, thread: Thread) -> None:
        for child in list(thread.children):
            self.cancel(child)
        thread.children.clear()
        thread.finished.clear()

    def cancel(self, thread: Thread) -> None:
        self.cancel_children(thread)
        thread.is_alive = False
        self.forget(*thread.waits)
        keeping, self.current = self.current, thread
        thread.flow.close()
        self.current = keeping

    def run(self) -> None:
        """Move every thread until all of them wait."""
        while self._ready or self._deliver():
            while self._ready:
                thread, value, thrown = self._ready.popleft()
                if thread.is_alive:
                    self._move(thread, value, thrown)

    def _move(self, thread: Thread, value: Any, thrown: BaseException | None) -> None:
        self.current = thread
        try:
            asked = thread.flow.send(value) if thrown is None else thread.flow.throw(thrown)
        except StopIteration as stop:
            self._ended(thread, is_going_on=bool(stop.value))
            return
        except Thrown as raised:
            self._failed(thread, raised)
            return
        if asked is CHILD:
            thread.awaits_child = True
            self._next_child(thread)

    def leave(self, frame: Frame) -> None:
        """The current thread will end by itself: no join waits for it from now on (BPMN 2.0 §13.4.3)."""
        thread = self.current
        assert thread is not None
        fork = thread.parent
        if fork is None or frame.scope is None or fork is frame.scope:
            return
        fork.children.remove(thread)
        thread.parent = frame.scope
        frame.scope.children.append(thread)
        left = Thread(thread.flow, None, frozenset())
        fork.finished.append(left)
        self._next_child(fork)

    def _ended(self, thread: Thread, *, is_going_on: bool) -> None:
        thread.is_alive, thread.result = False, is_going_on
        self.forget(*thread.waits)
        if thread.parent is not None:
            thread.parent.children.remove(thread)
            thread.parent.finished.append(thread)
            self._next_child(thread.parent)

    def _failed(self, thread: Thread, thrown: Thrown) -> None:
        thread.is_alive = False
        self.forget(*thread.waits)
        self.cancel_children(thread)
        if thread.parent is None:
            raise AssertionError(f"nobody catches {thrown.code}: the generator drew a bad process")
        thread.parent.children.remove(thread)
        thread.parent.after |= thread.after
        self.interrupt(thread.parent, thrown)

    def _next_child(self, thread: Thread) -> None:
        if thread.awaits_child and thread.finished:
            thread.awaits_child = False
            child = thread.finished.popleft()
            if child.result:
                thread.after |= child.after
            self._ready.append((thread, child, None))

    def all_children(self) -> Generator[Any, Any, list[Thread]]:
        """Wait for all threads of the current one; gives them."""
        thread, found = self.current, []
        assert thread is not None
        while thread.children or thread.finished:
            found.append((yield CHILD))
        return found

    # --- what happens -----------------------------------------------------------------------------------

    def record(self, frame: Frame, element: str, event: str) -> None:
        thread = self.current
        assert thread is not None
        keys = "/".join(frame.keys)
        after = thread.after
        record = Record(instance=frame.instance.label, element=element, keys=keys, event=event, after=after)
        self.records.append(record)
        if event == "completed":
            thread.after = frozenset({len(self.records) - 1})

    def send(self, name: str, answer: Answer) -> None:
        """A message waits until somebody waits for it."""
        self.buffer.append((name, answer))

    def _deliver(self) -> bool:
        for sent in self.buffer:
            name, answer = sent
            taker = next((one for one in self.waits if one.kind == "message" and one.name == name), None)
            if taker is not None:
                self.buffer.remove(sent)
                taker.fire(answer)
                return True
        return False

    def broadcast(self, name: str, answer: Answer) -> None:
        """A signal reaches everybody who waits at this moment."""
        for wait in [one for one in self.waits if one.kind == "signal" and one.name == name]:
            if wait in self.waits:
                wait.fire(answer)
                self.run()

    def signal_from(self, name: str) -> None:
        """A signal thrown by the current thread: whoever waits is woken, and moves after it."""
        thrower = self.current
        for wait in [one for one in self.waits if one.kind == "signal" and one.name == name]:
            wait.fire(Answer())
        self.current = thrower

    def next_due(self) -> datetime | None:
        return min((one.due for one in self.waits if one.due is not None), default=None)

    def advance(self, moment: datetime) -> None:
        """Move the clock to a moment; everything due fires in order."""
        while (due := self.next_due()) is not None and due <= moment:
            self.now = due
            for wait in [one for one in self.waits if one.due == due]:
                if wait in self.waits:
                    wait.fire(Answer())
                    self.run()
        self.now = moment

    def later(self, seconds: int) -> datetime:
        return self.now + timedelta(seconds=seconds)
