"""Tables of the directory: organisations, dated versions, aliases, groups, successions (R-O1)."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, Moment


class OrganisationLevel(Base):
    """A level of government or kind of body, as data (R-O4)."""

    __tablename__ = "organisation_level"

    #: key such as `province`, `commune`, `party`
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    #: order on pages, the highest level first
    rank: Mapped[int] = mapped_column(Integer)
    #: False for bodies that can only be asked (Party, associations): no escalation to their heads (R-O6)
    is_subordinate: Mapped[bool] = mapped_column(Boolean, default=True)
    #: last day of the level, such as 30/06/2025 for districts
    valid_to: Mapped[date | None] = mapped_column(Date)


class OrganisationRow(Base):
    """The identity of an organisation, or of a group such as “các sở, ban, ngành” (R-S3)."""

    __tablename__ = "organisation"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    is_group: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)


class OrganisationVersion(Base):
    """What an organisation was called and where it belonged from one day to another, both included (R-O1)."""

    __tablename__ = "organisation_version"
    __table_args__ = (
        Index("ix_organisation_version_organisation_id_valid_from", "organisation_id", "valid_from"),
        Index("ix_organisation_version_parent_id", "parent_id", "valid_from"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(300))
    short_name: Mapped[str] = mapped_column(String(120), default="")
    #: sort key of the name in Vietnamese order (R-U3)
    sort_key: Mapped[str] = mapped_column(String(1000))
    #: folded name for search (R-U2)
    search_text: Mapped[str] = mapped_column(String(500))
    #: what kind of body it is: sở, phòng, trung tâm …; free
    kind: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(40))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    #: agency identifier as issued, opaque (R-E4)
    code: Mapped[str | None] = mapped_column(String(60), index=True)
    valid_from: Mapped[date] = mapped_column(Date)
    #: last day of this version, null while it stands
    valid_to: Mapped[date | None] = mapped_column(Date)
    #: created, renamed, reparented, recoded, merged, split, continued
    change: Mapped[str] = mapped_column(String(20))
    #: the document the change rests on
    basis: Mapped[str] = mapped_column(String(300), default="")


class OrganisationAlias(Base):
    """A way to write an organisation's name; also its proper names, so that one index answers (R-O5)."""

    __tablename__ = "organisation_alias"
    __table_args__ = (Index("ix_organisation_alias_key", "key"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: as written
    alias: Mapped[str] = mapped_column(String(300))
    #: `organisation_names.name_key` of it
    key: Mapped[str] = mapped_column(String(500))
    #: the organisation in whose documents it means this one; null: everywhere (R-S10)
    scope_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    #: True for proper and short names of a version
    is_name: Mapped[bool] = mapped_column(Boolean, default=False)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class GroupMember(Base):
    """That an organisation belongs to a group from one day to another, both included (R-S3)."""

    __tablename__ = "organisation_group_member"
    __table_args__ = (Index("ix_organisation_group_member_group_id", "group_id", "valid_from"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    group_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    member_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class OrganisationSuccession(Base):
    """Who took over from whom by a merger, a split or a dissolution (R-O2, R-O3)."""

    __tablename__ = "organisation_succession"

    predecessor_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    successor_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)
    #: first day of the successor's responsibility
    effective_on: Mapped[date] = mapped_column(Date)
    #: merged, split or dissolved
    change: Mapped[str] = mapped_column(String(20))
    basis: Mapped[str] = mapped_column(String(300), default="")


class DirectoryState(Base):
    """One row whose revision changes with every change of the directory; caches go by it."""

    __tablename__ = "directory_state"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    revision: Mapped[str] = mapped_column(String(32))
