"""Tables of people: persons, the positions they hold, and whom they stand in for (R-U6)."""

from datetime import date, datetime

from sqlalchemy import Boolean, Date, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, Moment


class PersonRow(Base):
    """Somebody who works in an organisation."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    full_name: Mapped[str] = mapped_column(String(200))
    #: given name first (R-U3)
    sort_key: Mapped[str] = mapped_column(String(800), index=True)
    #: folded name for search (R-U2)
    search_text: Mapped[str] = mapped_column(String(300))
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    is_active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)


class PositionRow(Base):
    """A role held by a person in an organisation from one day to another, both included (§2.1)."""

    __tablename__ = "position"
    __table_args__ = (
        Index("ix_position_person_id", "person_id", "valid_from"),
        Index("ix_position_organisation_id_role", "organisation_id", "role", "valid_from"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    #: key of `directives.roles.ROLES`
    role: Mapped[str] = mapped_column(String(40))
    #: title as on the door ("Phó Giám đốc phụ trách"), may be empty
    title: Mapped[str] = mapped_column(String(200), default="")
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)


class DelegationRow(Base):
    """That one person acts for another from one day to another, both included (R-U6)."""

    __tablename__ = "delegation"
    __table_args__ = (
        Index("ix_delegation_delegate_id", "delegate_id", "valid_from"),
        Index("ix_delegation_delegator_id", "delegator_id", "valid_from"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: who is absent
    delegator_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    #: who acts instead
    delegate_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    #: all, organisation or cycle
    scope: Mapped[str] = mapped_column(String(20))
    #: id of the organisation or of the directive; empty for `all`
    scope_id: Mapped[str] = mapped_column(String(32), default="")
    reason: Mapped[str] = mapped_column(String(500))
    basis: Mapped[str] = mapped_column(String(300), default="")
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(Moment)
    #: when its end was told to the outside, null until then
    end_told_at: Mapped[datetime | None] = mapped_column(Moment)
