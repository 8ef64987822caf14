"""Builds a random process from blocks; the same seed and depth give the same process."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from tests.random_processes.activities import (
    Activity,
    Boundary,
    DecisionWork,
    JobWork,
    Loop,
    Multi,
    ReceiveWork,
    Repeat,
    ScriptWork,
    UserWork,
    Work,
)
from tests.random_processes.blocks import Block, Catch, End, Link, Sequence, Throw
from tests.random_processes.rarer import Rarer
from tests.random_processes.routing import Arm, Back, EventGateway, Exclusive, Inclusive, Parallel
from tests.random_processes.scopes import CallWork, EventSub, MultiCall, Process, SubWork
from tests.random_processes.triggers import Trigger

DEPTH = 4
#: blocks one process may have, children included
SIZE = 24


@dataclass(frozen=True, kw_only=True)
class Place:
    """What may stand at a place of the process."""

    depth: int
    #: a branch may end by itself: nobody waits for it
    may_end: bool = True
    #: gateways that join may stand here: only one thread passes at a time
    may_join: bool = True
    #: codes of errors and interrupting escalations that are caught around it
    errors: tuple[str, ...] = ()
    escalations: tuple[str, ...] = ()
    may_call: bool = True
    may_terminate: bool = True

    def deeper(self, **more: object) -> "Place":
        return replace(self, depth=self.depth - 1, **more)  # type: ignore[arg-type]  # fields of the class


Draw = Callable[[Place], Block]


class Generator:
    """Draws one process."""

    def __init__(self, seed: int, depth: int = DEPTH, *, is_rarer: bool = False) -> None:
        self.random = Random(f"process {seed}")  # noqa: S311  reproducible, not secret
        self.seed, self.depth = seed, depth
        self.count = 0
        self.left = SIZE
        self.kinds: set[str] = set()
        self.is_rarer = is_rarer
        self.rarer = Rarer(self.name, self.choice, self._trigger, self.kinds, seed)
        self.called: list[Process] = []
        self.choices: list[tuple[str, int]] = []

    def process(self) -> Process:
        """Give the process of the seed."""
        return self._process(f"p{self.seed}", Place(depth=self.depth))

    def _process(self, key: str, place: Place) -> Process:
        outer_called, self.called = self.called, []
        subs = self._subs(place, key)
        body = self._enriched(self.sequence(self._caught(place, subs)))
        process = Process(
            key=key,
            body=self._closed(body),
            subs=subs,
            called=tuple(self.called),
            choices=tuple(self.choices),
            kinds=frozenset(self.kinds),
        )
        self.called = outer_called
        return process

    def _enriched(self, body: Sequence) -> Sequence:
        """Put a scope of compensation, a join of another kind or the like before what was drawn."""
        before = self.rarer.blocks() if self.is_rarer else ()
        return Sequence(blocks=(*before, *body.blocks))

    # --- sequences --------------------------------------------------------------------------------------

    def sequence(self, place: Place, *, most: int = 4) -> Sequence:
        """Give one to `most` blocks."""
        blocks: list[Block] = []
        for _number in range(self.random.randint(1, most)):
            if self.left <= 0 and blocks:
                break
            block = self.block(place)
            blocks.append(block)
            if not block.goes_on:
                break
        return Sequence(blocks=tuple(blocks))

    def block(self, place: Place) -> Block:
        """Give one block."""
        self.left -= 1
        plain: list[Draw] = [
            self.activity, self.activity, self.activity, self.catch, self.throw, self.link, self.messaging,
        ]  # fmt: skip
        deep: list[Draw] = [
            self.activity, self.exclusive, self.event_gateway, self.subprocess, self.subprocess, self.call,
        ]  # fmt: skip
        if place.may_join:
            deep += [self.parallel, self.inclusive, self.inclusive, self.back, self.signalling]
        caught = 0.3 if place.errors or place.escalations else 0.12
        if place.may_end and self.random.random() < caught:
            return self.killer(place)
        choose = deep if place.depth > 0 and self.left > 0 and self.random.random() < 0.6 else plain
        return self.random.choice(choose)(place)

    # --- plain blocks -----------------------------------------------------------------------------------

    def activity(self, place: Place) -> Block:
        """Give a task with its repetitions and boundary events."""
        boundaries = self._boundaries(place)
        errors = tuple(one.trigger.name or "any" for one in boundaries if one.trigger.kind == "error")
        work = self._work(errors)
        repeat = self._repeat(work)
        if not isinstance(work, JobWork):
            boundaries = tuple(one for one in boundaries if one.trigger.kind != "error")
        if isinstance(work, (ScriptWork, DecisionWork)):
            boundaries = ()
        return Activity(first=self.name(work.tag), work=work, repeat=repeat, boundaries=boundaries)

    def _work(self, errors: tuple[str, ...]) -> Work:
        number = self.random.random()
        if errors or number < 0.3:
            self.kinds.add("failing job" if errors else "job")
            return JobWork(result=self.name("j"), errors=errors)
        if number < 0.6:
            self.kinds.add("user task")
            return UserWork(result=self.name("a"))
        if number < 0.75:
            self.kinds.add("script")
            return ScriptWork(variable="total", amount=self.random.randint(1, 9))
        if number < 0.85:
            self.kinds.add("decision")
            return DecisionWork(result=self.name("d"))
        self.kinds.add("receive task")
        trigger = self._trigger("message")
        return ReceiveWork(trigger=trigger, reference=f"message-{trigger.name}")

    def _repeat(self, work: Work) -> Repeat:
        number = self.random.random()
        if number < 0.2:
            return self._multi(work)
        if number < 0.3:
            self.kinds.add("loop")
            return Loop(rounds=self.choice("r", 3), tests_before=self.random.random() < 0.5)
        return Repeat()

    def _multi(self, work: Work) -> Repeat:
        is_sequential = self.random.random() < 0.5
        self.kinds.add("sequential multi-instance" if is_sequential else "parallel multi-instance")
        waits = isinstance(work, (UserWork, JobWork))
        enough = self.random.choice([1, 2]) if waits and self.random.random() < 0.4 else None
        output = self.name("o") if waits and self.random.random() < 0.6 else None
        if enough is not None:
            self.kinds.add("completion condition")
        element = work.result if isinstance(work, (UserWork, JobWork)) else ""
        return Multi(
            is_sequential=is_sequential,
            by_number=self.random.random() < 0.3,
            enough=enough,
            output=output,
            element=element,
        )

    def catch(self, place: Place) -> Block:
        """Give an event that waits in the flow."""
        kind = self.random.choice(["timer", "message", "signal"])
        self.kinds.add(f"{kind} catch")
        return Catch(first=self.name("catch"), trigger=self._trigger(kind))

    def throw(self, place: Place) -> Block:
        """Give an event that throws on the way."""
        kind = self.random.choice(["none", "signal", "escalation"])
        self.kinds.add(f"{kind} throw")
        trigger = None if kind == "none" else self._trigger(kind)
        return Throw(first=self.name("throw"), trigger=trigger)

    def link(self, place: Place) -> Block:
        """Give a pair of link events."""
        self.kinds.add("link")
        return Link(first=self.name("link"))

    def messaging(self, place: Place) -> Block:
        """Give an event that throws a message and one that waits for it."""
        self.kinds.add("message throw")
        trigger = replace(self._trigger("message"), payload="")
        throw = Throw(first=self.name("throw"), trigger=trigger)
        between = [Activity(first=self.name("userTask"), work=UserWork(result=self.name("a")))]
        middle = between if self.random.random() < 0.5 else []
        return Sequence(blocks=(throw, *middle, Catch(first=self.name("catch"), trigger=trigger)))

    def killer(self, place: Place) -> Block:
        """Give an end that may end more than its own path, behind a step that somebody has to do."""
        options: list[tuple[str, Trigger | None]] = [("none", None)]
        options += [("error", Trigger(kind="error", name=code)) for code in place.errors]
        options += [("escalation", Trigger(kind="escalation", name=code)) for code in place.escalations]
        if place.may_terminate:
            options += [("terminate", None)]
        kind, trigger = self.random.choice(options)
        self.kinds.add(f"{kind} end")
        task = Activity(first=self.name("userTask"), work=UserWork(result=self.name("a")))
        end = End(first=self.name("end"), trigger=trigger, is_terminate=kind == "terminate")
        return Sequence(blocks=(task, end))

    # --- blocks with blocks inside ----------------------------------------------------------------------

    def exclusive(self, place: Place) -> Block:
        """Give a choice."""
        self.kinds.add("exclusive")
        branches = self._branches_of(place.deeper())
        return Exclusive(
            first=self.name("xor"), variable=self.choice("c", len(branches) - 1), branches=branches
        )

    def parallel(self, place: Place) -> Block:
        """Give branches that all run."""
        self.kinds.add("parallel")
        return Parallel(first=self.name("and"), branches=self._branches_of(place.deeper(may_end=False)))

    def inclusive(self, place: Place) -> Block:
        """Give branches of which some run."""
        is_task = self.random.random() < 0.4
        self.kinds.add("conditional flows" if is_task else "inclusive")
        branches = self._branches_of(place.deeper())
        if not any(one is None or one.goes_on for one in branches):
            branches = (*branches, None)
        return Inclusive(
            first=self.name("or"),
            variable=self.choice("i", 2 ** len(branches) - 1),
            branches=branches,
            is_task=is_task,
        )

    def _branches_of(self, place: Place) -> tuple[Sequence | None, ...]:
        branches: list[Sequence | None] = [
            self.sequence(place, most=2) for _number in range(self.random.randint(2, 3))
        ]
        if self.random.random() < 0.2:
            branches[self.random.randrange(len(branches))] = None
        return tuple(branches)

    def event_gateway(self, place: Place) -> Block:
        """Give a race of events."""
        self.kinds.add("event gateway")
        kinds = self.random.sample(
            ["timer", "timer", "message", "message", "signal"], self.random.randint(2, 3)
        )
        arms = tuple(
            Arm(
                id=self.name("arm"),
                trigger=self._trigger(kind),
                body=self.sequence(place.deeper(), most=1) if self.random.random() < 0.7 else None,
                is_task=kind == "message" and self.random.random() < 0.3,
            )
            for kind in kinds
        )
        return EventGateway(first=self.name("race"), arms=arms)

    def back(self, place: Place) -> Block:
        """Give a loop of the flow."""
        self.kinds.add("loop back")
        inner = place.deeper(may_end=False)
        body = self.sequence(inner, most=2)
        if place.depth > 1 and self.random.random() < 0.5:
            other = Sequence(blocks=(self.inclusive(inner.deeper()),))
            body = Sequence(blocks=(Parallel(first=self.name("and"), branches=(body, other)),))
        return Back(first=self.name("back"), body=body)

    def signalling(self, place: Place) -> Block:
        """Give a branch that waits for the signal another one throws."""
        self.kinds.add("signal across branches")
        trigger = replace(self._trigger("signal"), payload="")
        waiting = Sequence(blocks=(Catch(first=self.name("catch"), trigger=trigger),))
        task = Activity(first=self.name("userTask"), work=UserWork(result=self.name("a")))
        throwing = Sequence(blocks=(task, Throw(first=self.name("throw"), trigger=trigger)))
        return Parallel(first=self.name("and"), branches=(waiting, throwing))

    def subprocess(self, place: Place) -> Block:
        """Give an embedded sub-process."""
        self.kinds.add("sub-process")
        identity = self.name("sub")
        boundaries = self._boundaries(place, scope=True)
        subs = self._subs(place, identity)
        inner = self._caught(place.deeper(may_end=True, may_join=True, may_terminate=True), subs, boundaries)
        body = self._closed(self.sequence(inner))
        local = None
        repeat: Repeat = Repeat()
        if self.random.random() < 0.3:
            self.kinds.add("local variable")
            local = self.random.randint(1, 9)
            add = ScriptWork(variable=f"local_{identity}", amount=1)
            body = Sequence(blocks=(Activity(first=self.name("scriptTask"), work=add), *body.blocks))
        elif self.random.random() < 0.3:
            repeat = replace_enough(self._repeat(UserWork(result="")))
        work = SubWork(id=identity, body=body, subs=subs, local=local)
        return Activity(first=identity, work=work, repeat=repeat, boundaries=boundaries)

    def call(self, place: Place) -> Block:
        """Give a call of another process."""
        if not place.may_call:
            return self.subprocess(place)
        self.kinds.add("call activity")
        identity = self.name("call")
        boundaries = self._boundaries(place, scope=True, escalates=False)
        errors = tuple(one.trigger.name or "any" for one in boundaries if one.trigger.kind == "error")
        inner = Place(depth=place.depth - 1, errors=errors, may_call=self.random.random() < 0.3)
        process = self._process(f"p{self.seed}_{identity}", inner)
        self.called.append(process)
        repeat: Repeat = Repeat()
        if self.random.random() < 0.4:
            self.kinds.add("multi-instance call")
            repeat = MultiCall(is_sequential=self.random.random() < 0.5, enough=None, output=self.name("o"))
        work = CallWork(id=identity, process=process)
        return Activity(first=identity, work=work, repeat=repeat, boundaries=boundaries)

    # --- events beside the flow -------------------------------------------------------------------------

    def _boundaries(
        self, place: Place, *, scope: bool = False, escalates: bool = True
    ) -> tuple[Boundary, ...]:
        if self.random.random() > (0.6 if scope else 0.3) or self.left <= 0:
            return ()
        kinds = ["timer", "message", "signal", "error"]
        if scope and escalates:
            kinds += ["error", "escalation", "escalation"]
        chosen = self.random.sample(kinds, self.random.randint(1, 2))
        return tuple(self._boundary(place, kind) for kind in dict.fromkeys(chosen))

    def _boundary(self, place: Place, kind: str) -> Boundary:
        is_interrupting = kind == "error" or self.random.random() < 0.5
        self.kinds.add(f"{kind} boundary{'' if is_interrupting else ' beside'}")
        return Boundary(
            id=self.name("on"),
            trigger=self._beside(kind, is_interrupting=is_interrupting),
            is_interrupting=is_interrupting,
            handler=self._handler(place, is_interrupting=is_interrupting),
        )

    def _beside(self, kind: str, *, is_interrupting: bool) -> Trigger:
        trigger = self._trigger(kind)
        if kind in {"error", "escalation"} and self.random.random() < 0.2:
            return replace(trigger, name="")
        if kind == "timer" and not is_interrupting and self.random.random() < 0.4:
            return replace(trigger, times=2)
        return trigger

    def _handler(self, place: Place, *, is_interrupting: bool) -> Sequence:
        inner = place.deeper(errors=(), escalations=(), may_terminate=False)
        if is_interrupting:
            handler = self.sequence(inner, most=1)
            if handler.goes_on and place.may_end and self.random.random() < 0.3:
                return self._closed(handler)
            return handler
        beside = replace(inner, may_join=False, may_end=False)
        return self._closed(self.sequence(beside, most=1))

    def _subs(self, place: Place, identity: str) -> tuple[EventSub, ...]:
        if self.random.random() > 0.25 or place.depth <= 0:
            return ()
        kind = self.random.choice(["timer", "message", "signal", "error", "escalation"])
        is_interrupting = kind == "error" or self.random.random() < 0.5
        self.kinds.add(f"{kind} event sub-process{'' if is_interrupting else ' beside'}")
        inner = Place(depth=min(place.depth - 1, 1), may_call=False, may_terminate=False)
        body = self._closed(self.sequence(inner, most=2))
        trigger = self._beside(kind, is_interrupting=is_interrupting)
        return (EventSub(id=f"{identity}_e", trigger=trigger, is_interrupting=is_interrupting, body=body),)

    def _caught(
        self, place: Place, subs: tuple[EventSub, ...], boundaries: tuple[Boundary, ...] = ()
    ) -> Place:
        """Say what the listeners around a scope catch."""
        listening: list[Trigger] = [one.trigger for one in subs] + [one.trigger for one in boundaries]
        errors = tuple(one.name or "any" for one in listening if one.kind == "error")
        escalations = tuple(one.name or "any" for one in listening if one.kind == "escalation")
        return replace(place, errors=(*place.errors, *errors), escalations=(*place.escalations, *escalations))

    # --- names ------------------------------------------------------------------------------------------

    def _closed(self, sequence: Sequence) -> Sequence:
        if not sequence.goes_on:
            return sequence
        return Sequence(blocks=(*sequence.blocks, End(first=self.name("end"))))

    def _trigger(self, kind: str) -> Trigger:
        if kind == "timer":
            return Trigger(kind=kind, seconds=self.random.randint(60, 100_000))
        name = self.name({"message": "m", "signal": "s", "error": "E", "escalation": "L"}[kind])
        if kind == "signal":
            name = f"{name}-{self.seed}"
        payload = self.name("e") if kind == "message" and self.random.random() < 0.6 else ""
        return Trigger(kind=kind, name=name, payload=payload)

    def choice(self, prefix: str, most: int) -> str:
        """Give a new start variable with values from 0 to `most`."""
        name = self.name(prefix)
        self.choices.append((name, most))
        return name

    def name(self, prefix: str) -> str:
        """Give a new id."""
        self.count += 1
        return f"{prefix}{self.count}"


def replace_enough(repeat: Repeat) -> Repeat:
    """Take the parts of a multi-instance away that need a single waiting step."""
    if isinstance(repeat, Multi):
        return replace(repeat, enough=None, output=None)
    return repeat
