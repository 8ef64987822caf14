"""Tables of the life of definitions: drafts, copies of drafts, what was done with a definition, its settings.

Keyed by kind and key, so that diagrams, decisions and forms can go the same way.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Id, Key
from foundation.database import Base, Moment


class Kind(StrEnum):
    """What a definition is."""

    PROCESS = "process"
    DECISION = "decision"
    FORM = "form"


class DefinitionDraft(Base):
    """A definition being edited: one draft per key, kept until it is published or dropped."""

    __tablename__ = "definition_draft"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True, server_default=Kind.PROCESS.value)
    key: Mapped[str] = mapped_column(Key, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    based_on: Mapped[int] = mapped_column(Integer, default=0)
    #: grows with every change of the content; what a review or an editor has seen
    revision: Mapped[int] = mapped_column(Integer, default=1)
    #: see engine.states.DraftStage
    stage: Mapped[str] = mapped_column(String(20), server_default="editing")
    updated_at: Mapped[datetime] = mapped_column(Moment)
    updated_by: Mapped[str] = mapped_column(String(64))


class DraftCopy(Base):
    """A draft put aside, so that nothing drawn is lost: dropped, replaced, or kept beside another's."""

    __tablename__ = "draft_copy"
    __table_args__ = (Index("ix_draft_copy_definition", "kind", "key", "made_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(Key)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    based_on: Mapped[int] = mapped_column(Integer)
    #: dropped | replaced | kept (the writer found that somebody else had saved meanwhile)
    reason: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[str] = mapped_column(String(64))


class DefinitionEvent(Base):
    """One thing done with a definition, who did it and why; append only."""

    __tablename__ = "definition_event"
    __table_args__ = (Index("ix_definition_event_definition", "kind", "key", "at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(Key)
    #: see engine.definition_events.ACTS
    act: Mapped[str] = mapped_column(String(30))
    #: published version it is about, null for the draft or the definition as a whole
    version: Mapped[int | None] = mapped_column(Integer)
    #: revision of the draft it is about
    revision: Mapped[int | None] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(String(64))


class DefinitionSetting(Base):
    """What holds for all versions of a definition."""

    __tablename__ = "definition_setting"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(Key, primary_key=True)
    #: whether a second person must approve; null follows the installation
    four_eyes: Mapped[bool | None] = mapped_column(Boolean)
    #: since when no version may be started (UTC), null while it may
    retired_at: Mapped[datetime | None] = mapped_column(Moment)
