"""Tables of plans: the plan, its items, the parties of an item and its traces to what it carries out."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, Json, Moment
from foundation.ids import new_id


class Plan(Base):
    """The table of tasks of a directive: a plan, or the tasks of a công văn or a notice of conclusions."""

    __tablename__ = "plan"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    directive_id: Mapped[str] = mapped_column(String(32), index=True)
    #: who issues it and so sets the due days
    organisation_id: Mapped[str] = mapped_column(String(32), index=True)
    title: Mapped[str] = mapped_column(Text)
    #: draft, issued, closed
    status: Mapped[str] = mapped_column(String(16), default="draft")
    #: the document that issues it, null while a draft
    document_id: Mapped[str | None] = mapped_column(String(32))
    issued_on: Mapped[date | None] = mapped_column(Date)
    monitor_id: Mapped[str | None] = mapped_column(String(32))
    consolidator_id: Mapped[str | None] = mapped_column(String(32))
    #: the ETag: counts every change of the plan or one of its items
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)


class PlanItem(Base):
    """One row of a plan: what is to be done, by when, with which product."""

    __tablename__ = "plan_item"
    __table_args__ = (Index("ix_plan_item_plan_ordinal", "plan_id", "ordinal"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plan.id"))
    ordinal: Mapped[int] = mapped_column(Integer)
    #: place in the document ("II.2.b")
    section: Mapped[str] = mapped_column(String(60), default="")
    content: Mapped[str] = mapped_column(Text)
    #: the product or result expected
    output: Mapped[str] = mapped_column(Text, default="")
    #: to whom the result goes, as written and where known as an organisation
    reports_to: Mapped[str] = mapped_column(String(300), default="")
    reports_to_id: Mapped[str | None] = mapped_column(String(32))
    #: `giao` (assigned) or `đề nghị` (asked: Party bodies, associations; R-S2, R-O6)
    mode: Mapped[str] = mapped_column(String(10), default="giao")
    #: substantive, organising, funding, monitoring or reporting
    task_class: Mapped[str] = mapped_column(String(20), default="substantive")
    #: `Deadline.to_json`
    deadline: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    due: Mapped[date | None] = mapped_column(Date)
    #: 1-based lines of the document's text it comes from
    source_lines: Mapped[list[int]] = mapped_column(Json, default=list)
    #: a mandatory child keeps its parent open (§2.3 split)
    is_mandatory: Mapped[bool] = mapped_column(Boolean, default=True)
    #: the ETag of the row
    version: Mapped[int] = mapped_column(Integer, default=1)


class PlanParty(Base):
    """A lead or coordinator of an item; a name that is no known organisation keeps its words."""

    __tablename__ = "plan_party"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    item_id: Mapped[str] = mapped_column(ForeignKey("plan_item.id"), index=True)
    #: `lead` or `coordinator`
    role: Mapped[str] = mapped_column(String(12))
    ordinal: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(300))
    organisation_id: Mapped[str | None] = mapped_column(String(32), index=True)
    #: exactly one lead of an item answers for it (R-S2)
    is_accountable: Mapped[bool] = mapped_column(Boolean, default=False)


class PlanTrace(Base):
    """An item carries out an item of the plan above, as given in one assignment (R-S4)."""

    __tablename__ = "plan_trace"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    item_id: Mapped[str] = mapped_column(ForeignKey("plan_item.id"), index=True)
    parent_item_id: Mapped[str | None] = mapped_column(String(32), index=True)
    parent_assignment_id: Mapped[str | None] = mapped_column(String(32), index=True)
