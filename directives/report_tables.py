"""Tables of reports: rounds, per-level dates, unit reports, consolidated reports with their lineage."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, Json, Moment
from foundation.ids import new_id


class ReportRound(Base):
    """One period's reporting on a directive: from the request to the superior's answer."""

    __tablename__ = "report_round"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    directive_id: Mapped[str] = mapped_column(String(32), index=True)
    #: who asks, and in whose name the consolidated report goes up
    organisation_id: Mapped[str] = mapped_column(String(32), index=True)
    consolidator_id: Mapped[str] = mapped_column(String(32))
    #: to whom it goes up, null for a report that stays in the house
    superior_id: Mapped[str | None] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(Text)
    #: periodic, thematic or ad_hoc (R-R1)
    kind: Mapped[str] = mapped_column(String(10))
    #: month, quarter, first_half, second_half, year or other
    period: Mapped[str] = mapped_column(String(12))
    #: first and last day of the data (R-R2)
    data_from: Mapped[date] = mapped_column(Date)
    data_to: Mapped[date] = mapped_column(Date)
    #: the day the figures stand at; what comes after is an estimate (R-R5)
    data_as_of: Mapped[date] = mapped_column(Date)
    #: due day of the upward report
    due_up: Mapped[date] = mapped_column(Date)
    #: due day of the units where the plan states it, null: proposed from `due_up` when they are asked
    due_units: Mapped[date | None] = mapped_column(Date)
    #: planned, collecting, consolidated, signed, sent, accepted, more_requested
    status: Mapped[str] = mapped_column(String(16))
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)


class UnitReport(Base):
    """What one unit reports in a round."""

    __tablename__ = "unit_report"
    __table_args__ = (
        UniqueConstraint("round_id", "unit_id"),
        Index("ix_unit_report_due", "status", "effective_due"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("report_round.id"))
    unit_id: Mapped[str] = mapped_column(String(32), index=True)
    #: steps below the consolidated report: 1 reports to the consolidator (R-R4)
    level: Mapped[int] = mapped_column(Integer, default=1)
    due: Mapped[date] = mapped_column(Date)
    #: last day that is on time (R-T5)
    effective_due: Mapped[date] = mapped_column(Date)
    #: requested, draft, submitted or returned
    status: Mapped[str] = mapped_column(String(12), default="requested")
    #: figure → number
    figures: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    #: figure → ids of the assignments behind it
    lineage: Mapped[dict[str, list[str]]] = mapped_column(Json, default=dict)
    #: heading → prose (R-R7)
    sections: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    #: figures the unit changed by hand, with its reason: figure → reason
    overrides: Mapped[dict[str, str]] = mapped_column(Json, default=dict)
    is_late: Mapped[bool] = mapped_column(Boolean, default=False)
    return_reason: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    #: the document it came with, where there is one
    document_id: Mapped[str | None] = mapped_column(String(32))
    #: counts submissions, also the ETag together with `edits`
    version: Mapped[int] = mapped_column(Integer, default=0)
    #: the ETag of the draft
    edits: Mapped[int] = mapped_column(Integer, default=0)


class UnitReportVersion(Base):
    """A unit report as it was submitted; a corrected one stands beside it (R-R8)."""

    __tablename__ = "unit_report_version"

    report_id: Mapped[str] = mapped_column(ForeignKey("unit_report.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    figures: Mapped[dict[str, int]] = mapped_column(Json)
    lineage: Mapped[dict[str, list[str]]] = mapped_column(Json)
    sections: Mapped[dict[str, str]] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(Text, default="")
    submitted_at: Mapped[datetime] = mapped_column(Moment)
    submitted_by: Mapped[str] = mapped_column(String(64))


class ConsolidatedReport(Base):
    """One version of what goes up: totals, prose, and who did not report."""

    __tablename__ = "consolidated_report"
    __table_args__ = (UniqueConstraint("round_id", "version"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("report_round.id"))
    version: Mapped[int] = mapped_column(Integer)
    #: draft, signed, sent, accepted, more_requested or superseded
    status: Mapped[str] = mapped_column(String(16), default="draft")
    totals: Mapped[dict[str, int]] = mapped_column(Json)
    sections: Mapped[dict[str, str]] = mapped_column(Json)
    #: units that had not reported, units that reported late
    missing_units: Mapped[list[str]] = mapped_column(Json)
    late_units: Mapped[list[str]] = mapped_column(Json)
    #: why there is a new version (R-R8)
    reason: Mapped[str] = mapped_column(Text, default="")
    signer: Mapped[dict[str, Any] | None] = mapped_column(Json)
    document_id: Mapped[str | None] = mapped_column(String(32))
    signed_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    #: what more the superior asks for
    answer: Mapped[str] = mapped_column(Text, default="")
    #: the ETag
    edits: Mapped[int] = mapped_column(Integer, default=0)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)


class FigureSource(Base):
    """A figure of a consolidated report opens to the unit reports behind it, and these to assignments."""

    __tablename__ = "report_figure_source"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    consolidated_id: Mapped[str] = mapped_column(ForeignKey("consolidated_report.id"), index=True)
    figure: Mapped[str] = mapped_column(String(30))
    unit_id: Mapped[str] = mapped_column(String(32))
    unit_report_id: Mapped[str] = mapped_column(String(32))
    #: the submission that was counted
    unit_report_version: Mapped[int] = mapped_column(Integer)
    value: Mapped[int] = mapped_column(Integer)
