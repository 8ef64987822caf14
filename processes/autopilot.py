"""Plays people on a virtual clock: every open step is done by one of its holders at the moment a script says.

For rehearsals (everybody plays) and for the sample province (its history). What people do goes through the
same use cases as in the browser: the form is checked, the domain is asked, the engine runs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import access, accounts, people
from directives.access import Principal
from directives.account_tables import AccountRow
from directives.people_tables import PositionRow
from engine.dispatcher import Dispatcher, next_due
from engine.models import UserTask
from engine.states import WorkState
from foundation.clock import MovableClock
from foundation.database import Database, UnitOfWork
from foundation.errors import Conflict, Forbidden
from foundation.texts import _
from processes import work_list


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What somebody will enter into a step, and when."""

    at: datetime
    values: Mapping[str, Any] = field(default_factory=dict)
    #: done in the same transaction before the step is completed, as the person on the page would
    before: Callable[[UnitOfWork, Principal], None] | None = None
    #: the account that does it; None takes the first holder
    by: str | None = None


#: gives the turn of an open step; None leaves it open
Script = Callable[[Session, UserTask], Turn | None]
Deed = Callable[[], None]


class Autopilot:
    """Moves a clock from one moment at which something happens to the next, in order."""

    def __init__(self, database: Database, dispatcher: Dispatcher, script: Script) -> None:
        """Play the open steps of a database whose clock can be moved."""
        clock = database.clock
        if not isinstance(clock, MovableClock):
            raise TypeError("an autopilot needs a database with a movable clock")
        self.database, self.dispatcher, self.clock = database, dispatcher, clock
        self._script = script
        self._deeds: list[tuple[datetime, int, Deed]] = []
        self._order = count()
        self._seen: set[str] = set()
        self._holders: dict[str, list[str]] = {}

    def at(self, moment: datetime, deed: Deed) -> None:
        """Let something happen at a moment; what lies in the past happens next."""
        heappush(self._deeds, (moment, next(self._order), deed))

    def run(self, until: datetime, *, watch: Callable[[Session], bool] | None = None) -> None:
        """Play until a moment; `watch` looks at the house after everything that happens, True ends the play.

        Raises Conflict when something is due that is not done: a mistake in a process, not in the script.
        """
        self.dispatcher.settle()
        while True:
            with self.database.reading() as session:
                if watch is not None and watch(session):
                    return
                self._look(session)
                due = next_due(session, self.dispatcher.handlers)
            acted = self._deeds[0][0] if self._deeds else None
            moment = min((one for one in (due, acted) if one is not None), default=None)
            if moment is None or moment > until:
                break
            self.clock.move_to(max(moment, self.clock.now()))
            if acted is not None and acted <= self.clock.now():
                heappop(self._deeds)[2]()
            elif not self.dispatcher.settle():
                self._require_progress()
        self.clock.move_to(max(until, self.clock.now()))

    def act(self, account_id: str, use_case: Callable[..., Any], *values: Any, **named: Any) -> Any:
        """Let an account do something on a page: `use_case(work, principal, …)` in a transaction."""
        principal = self.principal(account_id)
        with self.database.unit_of_work(principal.actor) as work:
            found = use_case(work, principal, *values, **named)
            work.commit()
        return found

    def principal(self, account_id: str) -> Principal:
        """Give an account as the edge makes it of a session."""
        with self.database.reading() as session:
            return access.principal_of(session, accounts.get(session, account_id), self.clock.now())

    def forget(self, task_id: str) -> None:
        """Ask the script again about a step it left open or that has another day now."""
        self._seen.discard(task_id)

    def holders_of(self, session: Session, task: UserTask) -> list[str]:
        """Give the accounts that may do a step: its assignee, else holders of its groups in order."""
        if task.assignee is not None:
            return [task.assignee]
        if any(group not in self._holders for group in task.candidate_groups):
            self._read_holders(session)
        found = [one for group in task.candidate_groups for one in self._holders.get(group, ())]
        return list(dict.fromkeys(found))

    def _require_progress(self) -> None:
        """Refuse to wait for ever; a job that failed and is tried again later is progress."""
        with self.database.reading() as session:
            due = next_due(session, self.dispatcher.handlers)
        if due is not None and due <= self.clock.now():
            raise Conflict(_("Quy trình dừng lại: có việc đến hạn mà không xử lý được."), at=str(due))

    def _read_holders(self, session: Session) -> None:
        query = (
            select(PositionRow.role, PositionRow.organisation_id, AccountRow.id)
            .join(AccountRow, AccountRow.person_id == PositionRow.person_id)
            .order_by(PositionRow.id)
        )
        self._holders.clear()
        for role, organisation_id, account_id in session.execute(query):
            self._holders.setdefault(people.group(role, organisation_id), []).append(account_id)

    def _look(self, session: Session) -> None:
        open_now = session.execute(select(UserTask.id).where(UserTask.state == WorkState.OPEN.value))
        for (task_id,) in open_now:
            if task_id in self._seen:
                continue
            self._seen.add(task_id)
            turn = self._script(session, session.get_one(UserTask, task_id))
            if turn is not None:
                self.at(turn.at, lambda task_id=task_id, turn=turn: self._take(task_id, turn))  # type: ignore[misc]

    def _take(self, task_id: str, turn: Turn) -> None:
        with self.database.reading() as session:
            task = session.get_one(UserTask, task_id)
            if task.state != WorkState.OPEN.value:
                return
            holders = [turn.by] if turn.by else self.holders_of(session, task)

        def finish(work: UnitOfWork, principal: Principal) -> None:
            if turn.before is not None:
                turn.before(work, principal)
            work_list.complete(work, principal, task_id, turn.values)

        for holder in holders:
            try:
                self.act(holder, finish)
            except Forbidden:
                # nobody judges work of their own: the next holder of the group does
                if holder == holders[-1]:
                    raise
            else:
                return
