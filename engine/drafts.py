"""Drafts: definitions being edited, one per key, kept until they are published or dropped.

Nothing drawn is lost: what is dropped or replaced, and what somebody drew while somebody else saved, is kept
as a copy that can become the draft again.
"""

from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import definition_events, definitions
from engine.lifecycle_tables import DefinitionDraft, DraftCopy, Kind
from engine.models import DecisionDefinition, ProcessDefinition
from engine.states import DraftStage
from foundation.database import UnitOfWork
from foundation.errors import NotFound, Stale
from foundation.ids import new_id
from foundation.texts import _

#: word for the draft where a version number is expected
DRAFT = "draft"
Reason = Literal["dropped", "replaced", "kept"]


def get(session: Session, key: str, *, kind: Kind = Kind.PROCESS) -> DefinitionDraft | None:
    """Give the draft of a definition, None when nobody is editing."""
    return session.get(DefinitionDraft, (kind.value, key))


def content_of(session: Session, key: str, version: str) -> bytes:
    """Give the diagram of a version number or of `DRAFT`; NotFound when there is none."""
    if version == DRAFT:
        return needed(session, key).content
    if not version.isdecimal():
        raise NotFound(
            _("Quy trình “{key}” không có phiên bản {version}.", key=key, version=version[:40]), process=key
        )
    return definitions.content(session, definitions.published(session, key, int(version)))


def needed(session: Session, key: str, *, kind: Kind = Kind.PROCESS) -> DefinitionDraft:
    """Give the draft of a definition; NotFound when nobody is editing."""
    found = get(session, key, kind=kind)
    if found is None:
        raise NotFound(_("“{key}” không có bản nháp.", key=key), draft=key)
    return found


def unchanged(
    session: Session, key: str, revision: int | None, *, kind: Kind = Kind.PROCESS
) -> DefinitionDraft:
    """Give the draft for a change and lock it; NotFound without one, Stale when `revision` is not its own.

    The facts of Stale say who saved meanwhile (`updated_by`) and when (`updated_at`).
    """
    found = session.get(DefinitionDraft, (kind.value, key), with_for_update=True)
    if found is None:
        raise NotFound(_("“{key}” không có bản nháp.", key=key), draft=key)
    if revision is not None and revision != found.revision:
        raise stale(found)
    return found


def stale(draft: DefinitionDraft) -> Stale:
    """Say that a draft was saved by somebody else meanwhile."""
    return Stale(
        draft=draft.key,
        revision=draft.revision,
        updated_by=draft.updated_by,
        updated_at=draft.updated_at.isoformat(),
    )


def save(
    work: UnitOfWork, key: str, content: bytes, *, revision: int | None, kind: Kind = Kind.PROCESS
) -> DefinitionDraft:
    """Keep a definition being edited; Stale when somebody else saved since `revision` (0 for no draft yet).

    A change after the draft was sent for review or approved takes that back; saving the same bytes again
    changes nothing.
    """
    found = work.session.get(DefinitionDraft, (kind.value, key), with_for_update=True)
    if found is None:
        if revision:
            raise Stale(draft=key)
        return _begin(work, key, content, kind)
    if revision is not None and revision != found.revision:
        raise stale(found)
    if found.content != content:
        _change(work, found, content)
    return found


def drop(work: UnitOfWork, key: str, *, kind: Kind = Kind.PROCESS) -> str | None:
    """Put the draft away as a copy; gives the copy's id, None when there was no draft."""
    found = get(work.session, key, kind=kind)
    if found is None:
        return None
    copy = _put_aside(work, found, "dropped")
    forget(work, found)
    definition_events.record(work, key, "dropped", kind=kind, revision=found.revision)
    return copy


def forget(work: UnitOfWork, draft: DefinitionDraft) -> None:
    """Remove a draft that has been published."""
    work.session.delete(draft)
    work.session.flush()


def replace(work: UnitOfWork, key: str, content: bytes, *, kind: Kind = Kind.PROCESS) -> DefinitionDraft:
    """Make something else the draft (a file, an older version); the draft there was becomes a copy."""
    found = get(work.session, key, kind=kind)
    if found is not None and found.content != content:
        _put_aside(work, found, "replaced")
    return save(work, key, content, revision=None, kind=kind)


def keep_copy(work: UnitOfWork, key: str, content: bytes, *, kind: Kind = Kind.PROCESS) -> str:
    """Keep what somebody drew while somebody else saved; gives the copy's id."""
    draft = get(work.session, key, kind=kind)
    based_on = draft.based_on if draft is not None else _newest(work.session, key, kind)
    return _copy(work, kind, key, content, based_on, "kept")


def copies(session: Session, key: str, *, kind: Kind = Kind.PROCESS, limit: int = 50) -> list[DraftCopy]:
    """Give the copies of a definition's drafts, newest first."""
    statement = select(DraftCopy).where(DraftCopy.kind == kind.value, DraftCopy.key == key)
    return list(
        session.scalars(statement.order_by(DraftCopy.made_at.desc(), DraftCopy.id.desc()).limit(limit))
    )


def copy(session: Session, key: str, copy_id: str, *, kind: Kind = Kind.PROCESS) -> DraftCopy:
    """Give one copy of a definition; NotFound when it has none of this id."""
    found = session.get(DraftCopy, copy_id)
    if found is None or (found.kind, found.key) != (kind.value, key):
        raise NotFound(_("Không tìm thấy bản lưu {id}.", id=copy_id))
    return found


def restore(work: UnitOfWork, key: str, copy_id: str, *, kind: Kind = Kind.PROCESS) -> DefinitionDraft:
    """Make a copy the draft again; the draft there was becomes a copy in its place."""
    found = copy(work.session, key, copy_id, kind=kind)
    draft = replace(work, key, found.content, kind=kind)
    draft.based_on = found.based_on
    work.session.delete(found)
    definition_events.record(work, key, "restored", kind=kind, revision=draft.revision)
    return draft


def _begin(work: UnitOfWork, key: str, content: bytes, kind: Kind) -> DefinitionDraft:
    draft = DefinitionDraft(
        kind=kind.value,
        key=key,
        content=content,
        based_on=_newest(work.session, key, kind),
        revision=1,
        stage=DraftStage.EDITING.value,
        updated_at=work.now,
        updated_by=work.actor.id,
    )
    work.session.add(draft)
    work.session.flush()
    return draft


def _change(work: UnitOfWork, draft: DefinitionDraft, content: bytes) -> None:
    draft.content = content
    draft.revision += 1
    draft.updated_at, draft.updated_by = work.now, work.actor.id
    if draft.stage != DraftStage.EDITING:
        draft.stage = DraftStage.EDITING.value
        definition_events.record(work, draft.key, "reopened", kind=Kind(draft.kind), revision=draft.revision)
    work.session.flush()


def _put_aside(work: UnitOfWork, draft: DefinitionDraft, reason: Reason) -> str:
    return _copy(work, Kind(draft.kind), draft.key, draft.content, draft.based_on, reason)


def _copy(work: UnitOfWork, kind: Kind, key: str, content: bytes, based_on: int, reason: Reason) -> str:
    made = DraftCopy(
        id=new_id(),
        kind=kind.value,
        key=key,
        content=content,
        based_on=based_on,
        reason=reason,
        made_at=work.now,
        made_by=work.actor.id,
    )
    work.session.add(made)
    work.session.flush()
    return made.id


def _newest(session: Session, key: str, kind: Kind) -> int:
    """Give the newest version; of a decision model that of the decisions in the file of its name."""
    query = select(func.max(ProcessDefinition.version)).where(ProcessDefinition.key == key)
    if kind == Kind.DECISION:
        query = select(func.max(DecisionDefinition.version)).where(
            (DecisionDefinition.file == f"{key}.dmn")
            | DecisionDefinition.file.endswith(f"/{key}.dmn", autoescape=True)
        )
    return session.scalar(query) or 0
