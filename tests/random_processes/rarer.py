"""The rarer blocks of a random process, drawn with a random of their own: other blocks stay as they were."""

from collections.abc import Callable
from random import Random

from tests.random_processes.activities import Activity, Boundary, JobWork, ScriptWork, UserWork, Work
from tests.random_processes.blocks import Block, End, Sequence
from tests.random_processes.meeting import AdHocWork, Condition, Meeting, RetriedJob, Several
from tests.random_processes.routing import Exclusive, Parallel
from tests.random_processes.scopes import SubWork
from tests.random_processes.triggers import Trigger
from tests.random_processes.undoing import CancelEnd, Fork, LocalWork, Undo, Undoable, UndoScope

#: how often a process has one of these blocks
SHARE = 0.4


class Rarer:
    """Draws compensation, transactions, joins of n of m, multiple events, conditions, choices, retries."""

    def __init__(
        self,
        name: Callable[[str], str],
        choice: Callable[[str, int], str],
        trigger: Callable[[str], Trigger],
        kinds: set[str],
        seed: int,
    ) -> None:
        """Share the names, start variables and events of the generator."""
        self.name, self.choice, self.trigger, self.kinds = name, choice, trigger, kinds
        self.random = Random(f"rarer {seed}")  # noqa: S311  reproducible, not secret

    def blocks(self) -> tuple[Block, ...]:
        """Give none or one of them."""
        if self.random.random() > SHARE:
            return ()
        draw = self.random.choice(
            [self.undoing, self.undoing, self.transaction, self.transaction, self.meeting, self.meeting,
             self.several, self.condition, self.ad_hoc, self.ad_hoc, self.retried]
        )  # fmt: skip
        return (draw(),)

    # --- compensation -----------------------------------------------------------------------------------

    def undoing(self) -> Block:
        """Give a sub-process that undoes what completed in it."""
        self.kinds.add("compensation")
        identity = self.name("sub")
        steps = self._steps(2)
        names = [one.first for one in steps if isinstance(one, (Undoable, Activity))]
        blocks: list[Block] = [*steps]
        if names and self.random.random() < 0.4:
            self.kinds.add("compensation of one activity")
            blocks.append(Undo(first=self.name("undo"), activity=self.random.choice(names)))
        waits = self.random.random() < 0.7
        self.kinds.add("compensation" if waits else "compensation beside")
        blocks += [Undo(first=self.name("undo"), activity=None, waits=waits), self._user()]
        body = Sequence(blocks=(*blocks, End(first=self.name("end"))))
        return Activity(first=identity, work=UndoScope(id=identity, body=body))

    def _steps(self, depth: int, local: str | None = None) -> list[Block]:
        return [self._step(depth, local) for _number in range(self.random.randint(1, 3))]

    def _step(self, depth: int, local: str | None) -> Block:
        number = self.random.random()
        if depth > 0 and number < 0.3:
            self.kinds.add("compensation of a sub-process")
            identity = self.name("sub")
            amount = self.random.randint(1, 9) if self.random.random() < 0.6 else None
            inner = None if amount is None else f"local_{identity}"
            body = Sequence(blocks=(*self._steps(depth - 1, inner), End(first=self.name("end"))))
            return Activity(first=identity, work=UndoScope(id=identity, body=body, local=amount))
        if depth > 0 and number < 0.5:
            branches = tuple(Sequence(blocks=tuple(self._steps(0, local))) for _branch in range(2))
            return Parallel(first=self.name("and"), branches=branches)
        return self._undoable(local)

    def _undoable(self, local: str | None = None) -> Undoable:
        works: list[Work] = [UserWork(result=self.name("a")), JobWork(result=self.name("j"))]
        handlers: list[Work] = [
            UserWork(result=self.name("h")),
            JobWork(result=self.name("h")),
            ScriptWork(variable="total", amount=self.random.randint(1, 9)),
        ]
        if local is not None:
            handlers.append(LocalWork(local=local))
        return Undoable(
            first=self.name("do"), work=self.random.choice(works), handler=self.random.choice(handlers)
        )

    def transaction(self) -> Block:
        """Give a transaction that may be cancelled, with work going on beside."""
        self.kinds.add("transaction")
        identity = self.name("deal")
        cancel = Sequence(blocks=(self._user(), CancelEnd(first=self.name("cancel"))))
        well = Sequence(blocks=(self._user(), End(first=self.name("end"))))
        chosen = Exclusive(first=self.name("xor"), variable=self.choice("c", 1), branches=(cancel, well))
        decision = Sequence(blocks=(*self._steps(1), chosen))
        beside = Sequence(blocks=(*self._steps(1), End(first=self.name("end"))))
        whole = decision
        if self.random.random() < 0.6:
            whole = Sequence(blocks=(Fork(first=self.name("and"), branches=(decision, beside)),))
        boundary = Boundary(
            id=self.name("on"),
            trigger=Trigger(kind="cancel"),
            is_interrupting=True,
            handler=Sequence(blocks=(self._user(),)),
        )
        work = UndoScope(id=identity, body=whole, is_transaction=True)
        return Activity(first=identity, work=work, boundaries=(boundary,))

    # --- where things meet ------------------------------------------------------------------------------

    def meeting(self) -> Block:
        """Give branches that meet at a complex gateway or at a gateway that does not wait."""
        count = self.random.randint(2, 4)
        needed = self.random.randint(1, count) if self.random.random() < 0.6 else 0
        self.kinds.add("join of n of m" if needed else "multi-merge")
        branches = tuple(Sequence(blocks=(self._user(),)) for _branch in range(count))
        tail = Sequence(blocks=(self._user(), End(first=self.name("end"))))
        block = Meeting(first=self.name("and"), branches=branches, needed=needed, tail=tail)
        identity = self.name("sub")
        return Activity(first=identity, work=SubWork(id=identity, body=Sequence(blocks=(block,))))

    def several(self) -> Block:
        """Give an event with several definitions."""
        needs_all = self.random.random() < 0.5
        self.kinds.add("parallel multiple event" if needs_all else "multiple event")
        kinds = self.random.sample(["timer", "message", "signal"], self.random.randint(2, 3))
        triggers = tuple(self._trigger(kind) for kind in kinds)
        return Several(first=self.name("catch"), triggers=triggers, needs_all=needs_all)

    def _trigger(self, kind: str) -> Trigger:
        if kind == "timer":
            return Trigger(kind=kind, seconds=self.random.randint(60, 100_000))
        name = self.name(kind[0])
        return Trigger(kind=kind, name=name if kind == "message" else f"{name}-{self.name('r')}")

    def condition(self) -> Block:
        """Give an event that waits for a condition."""
        self.kinds.add("conditional catch")
        return Condition(first=self.name("and"), variable=self.choice("q", 1))

    def ad_hoc(self) -> Block:
        """Give activities that people choose."""
        identity = self.name("adhoc")
        has_condition = self.random.random() < 0.7
        work = AdHocWork(
            id=identity,
            activities=tuple(self.name("userTask") for _number in range(self.random.randint(1, 3))),
            is_sequential=self.random.random() < 0.5,
            variable=self.choice("q", 0) if has_condition else None,
            cancels_remaining=self.random.random() < 0.5,
        )
        self.kinds.add("sequential ad-hoc" if work.is_sequential else "parallel ad-hoc")
        return Activity(first=identity, work=work)

    def retried(self) -> Block:
        """Give a job that fails before it succeeds."""
        self.kinds.add("job retries")
        return Activity(first=self.name("serviceTask"), work=RetriedJob(result=self.name("j")))

    def _user(self) -> Activity:
        return Activity(first=self.name("userTask"), work=UserWork(result=self.name("a")))
