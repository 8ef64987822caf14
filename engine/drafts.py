"""Drafts: diagrams being edited, one per process, kept until they are published or dropped."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from engine.models import DefinitionDraft, ProcessDefinition
from foundation.database import UnitOfWork
from foundation.errors import Stale


def get(session: Session, key: str) -> DefinitionDraft | None:
    """Give the draft of a process, None when nobody is editing."""
    return session.get(DefinitionDraft, key)


def save(work: UnitOfWork, key: str, diagram: bytes, *, revision: int | None) -> DefinitionDraft:
    """Keep a diagram being edited; Stale when somebody else saved since `revision`."""
    found = work.session.get(DefinitionDraft, key, with_for_update=True)
    if found is None:
        newest = work.session.scalar(
            select(func.max(ProcessDefinition.version)).where(ProcessDefinition.key == key)
        )
        found = DefinitionDraft(key=key, content=diagram, based_on=newest or 0, revision=0)
        work.session.add(found)
    elif revision is not None and revision != found.revision:
        raise Stale(draft=key, revision=found.revision)
    found.content = diagram
    found.revision += 1
    found.updated_at, found.updated_by = work.now, work.actor.id
    work.session.flush()
    return found


def drop(work: UnitOfWork, key: str) -> None:
    """Forget a draft."""
    work.session.execute(delete(DefinitionDraft).where(DefinitionDraft.key == key))
