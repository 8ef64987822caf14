"""Activities: what they do, how often, and the events on their border."""

from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar

from tests.engine.diagrams import Diagram, cardinality, multi
from tests.random_processes.blocks import Block, Sequence, random_value
from tests.random_processes.oracle import CHILD, Answer, Flow, Frame, Thrown, Variables, Wait
from tests.random_processes.triggers import Listener, Trigger


class Work:
    """What one round of an activity does."""

    tag = "task"
    attributes: ClassVar[dict[str, str]] = {}

    def extension(self) -> str:
        return ""

    def inside(self, diagram: Diagram) -> str:
        """Give what stands inside the element."""
        return ""

    def run(self, at: Frame, element: str, keep: Frame) -> Flow:
        """Do it; results go to `keep`."""
        yield from ()  # a generator that never waits
        return True


@dataclass(frozen=True, kw_only=True)
class UserWork(Work):
    """Somebody fills in one value."""

    result: str
    tag = "userTask"
    attributes: ClassVar[dict[str, str]] = {"camunda__assignee": "an"}

    def run(self, at: Frame, element: str, keep: Frame) -> Flow:
        def offer(random: Random) -> Answer:
            return Answer(variables={self.result: random_value(random)})

        answer = yield at.world.wait(Wait(kind="user_task", element=element, frame=at, offer=offer))
        keep.set(answer.variables)
        return True


@dataclass(frozen=True, kw_only=True)
class JobWork(Work):
    """A worker gives one value, or a BPMN error when somebody catches one."""

    result: str
    #: error codes it may end with
    errors: tuple[str, ...] = ()
    tag = "serviceTask"

    @property
    def attributes(self) -> dict[str, str]:  # type: ignore[override]  # the topic is the result's name
        return {"camunda__type": "external", "camunda__topic": self.result}

    def run(self, at: Frame, element: str, keep: Frame) -> Flow:
        def offer(random: Random) -> Answer:
            error = random.choice(self.errors) if self.errors and random.random() < 0.5 else None
            return Answer(variables={self.result: random_value(random)}, error=error)

        wait = Wait(kind="job", element=element, frame=at, name=self.result, offer=offer)
        answer = yield at.world.wait(wait)
        if answer.error is not None:
            at.throw("error", answer.error, answer.variables)
        keep.set(answer.variables)
        return True


@dataclass(frozen=True, kw_only=True)
class ScriptWork(Work):
    """Adds to a variable: the sum does not depend on the order in which branches move."""

    variable: str
    amount: int
    tag = "scriptTask"

    @property
    def attributes(self) -> dict[str, str]:  # type: ignore[override]  # the variable is its own
        return {"scriptFormat": "feel", "camunda__resultVariable": self.variable}

    def inside(self, diagram: Diagram) -> str:
        return f"<bpmn:script>= {self.variable} + {self.amount}</bpmn:script>"

    def run(self, at: Frame, element: str, keep: Frame) -> Flow:
        at.set({self.variable: at.get(self.variable) + self.amount})
        yield from ()  # a generator that never waits
        return True


@dataclass(frozen=True, kw_only=True)
class DecisionWork(Work):
    """Asks the decision table `grade`."""

    result: str
    tag = "businessRuleTask"

    @property
    def attributes(self) -> dict[str, str]:  # type: ignore[override]  # the variable is its own
        return {
            "camunda__decisionRef": "grade",
            "camunda__resultVariable": self.result,
            "camunda__mapDecisionResult": "singleEntry",
        }

    def run(self, at: Frame, element: str, keep: Frame) -> Flow:
        at.set({self.result: "many" if at.get("base") >= 50 else "few"})
        yield from ()  # a generator that never waits
        return True


@dataclass(frozen=True, kw_only=True)
class ReceiveWork(Work):
    """Waits for a message."""

    trigger: Trigger
    reference: str
    tag = "receiveTask"

    @property
    def attributes(self) -> dict[str, str]:  # type: ignore[override]  # the message is its own
        return {"messageRef": self.reference}

    def inside(self, diagram: Diagram) -> str:
        self.trigger.reference(diagram)
        return ""

    def run(self, at: Frame, element: str, keep: Frame) -> Flow:
        answer = yield at.world.wait(self.trigger.wait(at, element))
        keep.set(answer.variables)
        return True


# --- how often ------------------------------------------------------------------------------------------


class Repeat:
    """Once."""

    def xml(self) -> str:
        return ""

    def run(self, at: Frame, element: str, work: Work) -> Flow:
        return (yield from work.run(at, element, at))


ONCE = Repeat()


@dataclass(frozen=True, kw_only=True)
class Multi(Repeat):
    """Once for each item of the variable `items`."""

    is_sequential: bool
    by_number: bool
    #: completed instances that are enough
    enough: int | None
    #: variable that collects, and what of each instance it collects
    output: str | None
    element: str

    def xml(self) -> str:
        attributes = {"isSequential": "true" if self.is_sequential else "false"}
        attributes["camunda__elementVariable"] = "item"
        if not self.by_number:
            attributes["camunda__collection"] = "= items"
        if self.output is not None:
            attributes |= {
                "tiendo__outputCollection": self.output,
                "tiendo__outputElement": f"= {self.element}",
            }
        body = cardinality("= count(items)") if self.by_number else ""
        if self.enough is not None:
            condition = f"= numberOfCompletedInstances >= {self.enough}"
            body += f"<bpmn:completionCondition>{condition.replace('>', '&gt;')}</bpmn:completionCondition>"
        return multi(body, **attributes)

    def run(self, at: Frame, element: str, work: Work) -> Flow:
        items = at.get("items")
        items = list(range(1, len(items) + 1)) if self.by_number else items
        results: dict[int, Any] = {}
        todo = list(enumerate(items, 1))
        started, owner = 0, at.world.current
        assert owner is not None
        for _slot in todo[:1] if self.is_sequential else todo:
            started += 1
            self._start(at, element, work, todo[started - 1], results)
        done = 0
        while owner.children or owner.finished:
            yield CHILD
            done += 1
            if self.enough is not None and done >= self.enough:
                at.world.cancel_children(owner)
            elif self.is_sequential and started < len(todo):
                started += 1
                self._start(at, element, work, todo[started - 1], results)
        if self.output is not None:
            at.set({self.output: [results[key] for key in sorted(results)]})
        return True

    def _start(
        self, at: Frame, element: str, work: Work, slot: tuple[int, Any], results: dict[int, Any]
    ) -> None:
        number, item = slot
        keys = (*at.keys, f"{element}[{number}]")
        frame = at.inner(layer={"item": item, "loopCounter": number}, keys=keys)
        at.world.spawn(self._round(frame, element, work, number, results))

    def _round(self, frame: Frame, element: str, work: Work, number: int, results: dict[int, Any]) -> Flow:
        keep: Variables = {}
        kept = frame.inner(layer=keep) if self.output is None else Keeping(frame, keep)
        yield from one_round(frame, element, work, kept)
        if self.output is not None:
            results[number] = {**frame.view(), **keep}.get(self.element)
        return True


class Keeping(Frame):
    """A frame that keeps what is set in it."""

    def __init__(self, frame: Frame, layer: Variables) -> None:
        super().__init__(frame.world, frame.instance, parent=frame, layer=layer)

    def set(self, variables: Variables) -> None:
        self.layer.update(variables)


@dataclass(frozen=True, kw_only=True)
class Loop(Repeat):
    """While fewer rounds were made than a variable says."""

    rounds: str
    tests_before: bool

    def xml(self) -> str:
        before = ' testBefore="true"' if self.tests_before else ""
        condition = f"= loopCounter &lt; {self.rounds}"
        body = f"<bpmn:loopCondition>{condition}</bpmn:loopCondition>"
        return f"<bpmn:standardLoopCharacteristics{before}>{body}</bpmn:standardLoopCharacteristics>"

    def run(self, at: Frame, element: str, work: Work) -> Flow:
        wanted = at.get(self.rounds)
        frame = at.inner(layer={"loopCounter": 0})
        for number in range(1, (wanted if self.tests_before else max(1, wanted)) + 1):
            frame.layer["loopCounter"] = number
            at.world.spawn(one_round(frame, element, work, frame))
            yield from at.world.all_children()
        return True


def one_round(at: Frame, element: str, work: Work, keep: Frame) -> Flow:
    """Run one instance of a repeated activity."""
    try:
        yield from work.run(at, element, keep)
    except (GeneratorExit, Thrown):
        at.passed(element, "cancelled")
        raise
    at.passed(element)
    return True


# --- the activity ---------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """An event on the border of an activity, with what follows it."""

    id: str
    trigger: Trigger
    is_interrupting: bool
    handler: Sequence


@dataclass(frozen=True, kw_only=True)
class Activity(Block):
    """A task, sub-process or call with its repetitions and boundary events."""

    first: str
    work: Work
    repeat: Repeat = ONCE
    boundaries: tuple[Boundary, ...] = ()

    def draw(self, diagram: Diagram) -> None:
        inner = self.work.inside(diagram)
        body = self.work.extension() + self.repeat.xml() + inner
        diagram.node(self.work.tag, self.first, body, **self.work.attributes)
        exits = [self.first]
        for one in self.boundaries:
            cancels = "true" if one.is_interrupting else "false"
            more = {} if one.trigger.kind in {"error", "cancel"} else {"cancelActivity": cancels}
            diagram.boundary(one.id, self.first, one.trigger.body(diagram), **more)
            one.handler.draw(diagram)
            if diagram.last is not None:
                exits.append(diagram.last)
        diagram.at(self.first)
        if len(exits) > 1:
            merge(diagram, f"{self.first}_m", exits)

    @property
    def is_merged(self) -> bool:
        """Tell whether paths of boundary events come back behind the activity."""
        return any(one.handler.goes_on for one in self.boundaries)

    def run(self, at: Frame) -> Flow:
        is_going_on = yield from self._guarded(at)
        if is_going_on and self.is_merged:
            at.passed(f"{self.first}_m")
        return is_going_on

    def _guarded(self, at: Frame) -> Flow:
        world, guard = at.world, at.inner()
        owner = world.current
        assert owner is not None
        listeners = [self._listen(at, guard, one) for one in self.boundaries]
        world.spawn(self.repeat.run(guard, self.first, self.work))
        try:
            yield from world.all_children()
        except (Thrown, GeneratorExit) as thrown:
            world.cancel_children(owner)
            at.passed(self.first, "cancelled")
            for one in listeners:
                one.disarm()
            caught = thrown.catcher if isinstance(thrown, Thrown) else None
            pairs = zip(self.boundaries, listeners, strict=True)
            boundary = next((drawn for drawn, one in pairs if one.catcher is caught), None)
            if boundary is None or not isinstance(thrown, Thrown):
                raise
            at.set(thrown.variables)
            at.passed(boundary.id)
        else:
            for one in listeners:
                one.disarm()
            at.passed(self.first)
            return True
        return (yield from boundary.handler.run(at))

    def _listen(self, at: Frame, guard: Frame, boundary: Boundary) -> Listener:
        listener = Listener(boundary.trigger, boundary.id, guard, is_interrupting=boundary.is_interrupting)

        def beside(variables: Variables) -> None:
            thread = at.world.current
            assert thread is not None
            before = thread.after
            at.set(variables)
            at.passed(boundary.id)
            at.side(boundary.handler.run(at))
            thread.after = before

        listener.arm(beside)
        return listener


def merge(diagram: Diagram, identity: str, exits: list[str]) -> None:
    """Bring several ends together without waiting."""
    diagram.at(None).exclusive(identity)
    for one in exits:
        diagram.flow(one, identity)
