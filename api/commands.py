"""The transactions of views: `command()` for what changes something, `reading()` for what only looks.

With an `Idempotency-Key` the transaction stays open until the answer is known, so that effect and answer
are stored together (`api.idempotency`); `reading()` then sees what the command wrote.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flask import g
from sqlalchemy.orm import Session

from api.gate import runtime
from foundation.actors import SYSTEM, Actor
from foundation.database import UnitOfWork

if TYPE_CHECKING:
    from api.idempotency import Claim


@contextmanager
def command(actor: Actor | None = None) -> Iterator[UnitOfWork]:
    """Open the transaction of a view; it is committed when the view leaves the block without an error."""
    who = actor or (g.principal.actor if "principal" in g else SYSTEM)
    claim: Claim | None = g.get("claim")
    if claim is not None:
        yield claim.begin(runtime().database.unit_of_work(who))
        return
    with runtime().database.unit_of_work(who) as work:
        yield work
        work.commit()


@contextmanager
def reading() -> Iterator[Session]:
    """Open a session for reading; inside a command that has not been committed, its own."""
    claim: Claim | None = g.get("claim")
    if claim is not None and claim.work is not None:
        claim.work.session.flush()
        yield claim.work.session
        return
    with runtime().database.reading() as session:
        yield session
