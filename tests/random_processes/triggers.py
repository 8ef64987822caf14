"""What events wait for or throw: how it is drawn, and what the oracle makes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.engine.diagrams import Diagram, event, timer
from tests.random_processes.oracle import Answer, Catcher, Frame, Thrown, Variables, Wait


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """A timer, message, signal, error or escalation."""

    #: timer | message | signal | error | escalation | cancel
    kind: str
    #: name of the message or signal, code of the error or escalation (empty: any)
    name: str = ""
    seconds: int = 0
    #: how often a timer beside the flow fires; 0 for one that is no cycle
    times: int = 0
    #: variable a message brings
    payload: str = ""

    def body(self, diagram: Diagram) -> str:
        """Give the event definition; what it refers to is added to the file once."""
        if self.kind == "timer":
            kind = "timeCycle" if self.times else "timeDuration"
            return timer(kind, f"R{self.times}/PT{self.seconds}S" if self.times else f"PT{self.seconds}S")
        return event(self.kind, self.reference(diagram))

    def reference(self, diagram: Diagram) -> str | None:
        """Give the id of the root element, added to the file when it is not there yet."""
        if not self.name:
            return None
        identity = f"{self.kind}-{self.name}"
        if not any(f'id="{identity}"' in one for one in diagram.before):
            add = {
                "message": lambda: diagram.message(identity, self.name, "= code"),
                "signal": lambda: diagram.signal(identity, self.name),
                "error": lambda: diagram.error(identity, self.name),
                "escalation": lambda: diagram.escalation(identity, self.name),
            }
            add[self.kind]()
        return identity

    def wait(self, at: Frame, element: str) -> Wait:
        """Give what an instance waits for when it comes to this event now."""
        due = at.world.later(self.seconds) if self.kind == "timer" else None

        def offer(random: Random) -> Answer:
            return Answer(variables={self.payload: random.randint(1, 99)} if self.payload else {})

        return Wait(kind=self.kind, element=element, frame=at, name=self.name, due=due, offer=offer)


class Listener:
    """An event that listens beside the flow: on the border of an activity, or at an event sub-process."""

    def __init__(self, trigger: Trigger, element: str, frame: Frame, *, is_interrupting: bool) -> None:
        self.trigger, self.element, self.frame = trigger, element, frame
        code = trigger.name or None
        self.catcher = Catcher(kind=trigger.kind, code=code, is_interrupting=is_interrupting)
        self._wait: Wait | None = None
        self._left = trigger.times - 1

    def arm(self, beside: Callable[[Variables], None]) -> None:
        """Listen for the current thread; interrupting it is thrown there, else `beside` happens."""
        self.catcher.act = beside
        thread = self.frame.world.current
        assert thread is not None

        def fire(answer: Answer) -> None:
            world = self.frame.world
            if self.catcher.is_interrupting:
                self.disarm()
                world.interrupt(thread, Thrown(self.catcher, answer.variables, self.element))
            else:
                self._again(fire)
                beside(answer.variables)

        if self.trigger.kind in {"error", "escalation", "cancel"}:
            self.frame.catchers.append(self.catcher)
        else:
            self._wait = self.frame.world.wait(self.trigger.wait(self.frame, self.element), fire=fire)

    def disarm(self) -> None:
        if self.catcher in self.frame.catchers:
            self.frame.catchers.remove(self.catcher)
        if self._wait is not None:
            self.frame.world.forget(self._wait)

    def _again(self, fire: Callable[[Answer], None]) -> None:
        if self.trigger.kind == "signal":
            return
        self.disarm()
        if self.trigger.kind == "message" or self._left > 0:
            self._left -= 1
            again = self.trigger.wait(self.frame, self.element)
            self._wait = self.frame.world.wait(again, fire=fire)
