"""Tables of assignments: the assignment itself, progress, coordinators' inputs, results, urgings."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, Json, Moment
from foundation.ids import new_id


class Assignment(Base):
    """A plan item given to one lead: state, due days, result, and the counts every table shows."""

    __tablename__ = "assignment"
    __table_args__ = (
        # the board reads only these columns, so the index alone answers it (R-K4)
        Index(
            "ix_assignment_board",
            "lead_id",
            "state",
            "effective_due",
            "result_on",
            "assigned_on",
            "current_due",
            "extension_count",
            "return_count",
        ),
        Index("ix_assignment_directive", "directive_id", "ordinal"),
        Index("ix_assignment_root", "root_id"),
        Index("ix_assignment_open_due", "state", "effective_due"),
        Index("ix_assignment_officer", "officer_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    directive_id: Mapped[str] = mapped_column(String(32))
    #: the highest directive of the tree, for roll-ups
    root_id: Mapped[str] = mapped_column(String(32))
    plan_id: Mapped[str | None] = mapped_column(String(32), index=True)
    item_id: Mapped[str | None] = mapped_column(String(32), index=True)
    #: the assignment it was split from (§2.3)
    parent_id: Mapped[str | None] = mapped_column(String(32), index=True)
    is_mandatory: Mapped[bool] = mapped_column(Boolean, default=True)
    ordinal: Mapped[int] = mapped_column(Integer, default=0)
    #: who gave it
    organisation_id: Mapped[str] = mapped_column(String(32), index=True)
    #: who does it
    lead_id: Mapped[str] = mapped_column(String(32))
    #: of several leads the one that answers for the item (R-S2)
    is_accountable: Mapped[bool] = mapped_column(Boolean, default=True)
    #: the group the lead was expanded from (R-S3)
    group_id: Mapped[str | None] = mapped_column(String(32))
    #: the person at work, named by the lead
    officer_id: Mapped[str | None] = mapped_column(String(32))
    monitor_id: Mapped[str | None] = mapped_column(String(32))
    reports_to_id: Mapped[str | None] = mapped_column(String(32))
    #: `giao` or `đề nghị`
    mode: Mapped[str] = mapped_column(String(10), default="giao")
    section: Mapped[str] = mapped_column(String(60), default="")
    content: Mapped[str] = mapped_column(Text)
    output: Mapped[str] = mapped_column(Text, default="")
    urgency: Mapped[int] = mapped_column(Integer, default=0)
    #: `states.State`
    state: Mapped[str] = mapped_column(String(20))
    #: where a suspended one goes on
    suspended_from: Mapped[str | None] = mapped_column(String(20))
    suspended_on: Mapped[date | None] = mapped_column(Date)
    resume_on: Mapped[date | None] = mapped_column(Date)
    #: `Deadline.to_json`; the three days beside it are its copies for lists
    deadline: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    original_due: Mapped[date | None] = mapped_column(Date)
    current_due: Mapped[date | None] = mapped_column(Date)
    #: last day that is on time
    effective_due: Mapped[date | None] = mapped_column(Date)
    #: who set the due day and so decides an extension (R-X4, R-X8)
    due_holder_id: Mapped[str] = mapped_column(String(32))
    extension_count: Mapped[int] = mapped_column(Integer, default=0)
    #: flag "chờ duyệt gia hạn" beside the state
    is_extension_pending: Mapped[bool] = mapped_column(Boolean, default=False)
    #: working days overdue that a late extension did not erase (R-X7)
    kept_overdue_days: Mapped[int] = mapped_column(Integer, default=0)
    return_count: Mapped[int] = mapped_column(Integer, default=0)
    redo_count: Mapped[int] = mapped_column(Integer, default=0)
    urge_count: Mapped[int] = mapped_column(Integer, default=0)
    #: percent, as the lead says
    progress: Mapped[int] = mapped_column(Integer, default=0)
    #: the date of the result itself; lateness is judged by it, not by the click (§2.2 step 16)
    result_on: Mapped[date | None] = mapped_column(Date)
    assigned_on: Mapped[date] = mapped_column(Date)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    #: the ETag
    version: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(Moment)


class AssignmentCoordinator(Base):
    """A unit that gives inputs by a date; it never closes the assignment (§2.1)."""

    __tablename__ = "assignment_coordinator"

    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignment.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(String(32), primary_key=True, index=True)
    #: by when the lead wants the input
    due: Mapped[date | None] = mapped_column(Date)
    input_text: Mapped[str] = mapped_column(Text, default="")
    input_document_id: Mapped[str | None] = mapped_column(String(32))
    given_at: Mapped[datetime | None] = mapped_column(Moment)
    given_by: Mapped[str | None] = mapped_column(String(64))


class ProgressNote(Base):
    """What was done so far, in the lead's words."""

    __tablename__ = "assignment_progress"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignment.id"), index=True)
    #: percent
    progress: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(String(64))
    by_name: Mapped[str] = mapped_column(String(200))


class Result(Base):
    """A result that was sent: a document or a statement. A redo makes a new one; none is lost."""

    __tablename__ = "assignment_result"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignment.id"), index=True)
    attempt: Mapped[int] = mapped_column(Integer)
    #: date of the result document or of the statement
    result_on: Mapped[date] = mapped_column(Date)
    statement: Mapped[str] = mapped_column(Text, default="")
    document_id: Mapped[str | None] = mapped_column(String(32))
    #: as written when the document is not in the system
    document_number: Mapped[str] = mapped_column(String(120), default="")
    #: `{name, sha256}` each
    files: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    #: waiting, recalled, confirmed or redo
    verdict: Mapped[str] = mapped_column(String(12), default="waiting")
    verdict_reason: Mapped[str] = mapped_column(Text, default="")
    sent_by: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(Moment)


class Urging(Base):
    """A reminder or a formal urging letter to a lead; each is counted in the report (§2.3)."""

    __tablename__ = "assignment_urging"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignment.id"), index=True)
    #: the công văn đôn đốc, where there is one
    document_id: Mapped[str | None] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(String(64))
