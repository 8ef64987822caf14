"""The knobs of the domain: what an agency's own rules may set, each with the date from which it holds.

Decrees and local rules change; no number of domain.md is a constant (limits of the domain note). What an
agency has not set keeps the default written here.
"""

from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from foundation.database import Base, Json, Moment, UnitOfWork
from foundation.errors import Invalid
from foundation.texts import _


class Roll(StrEnum):
    """What happens to a due day on which nobody works (R-T5)."""

    NONE = "none"
    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The rules in force on a day."""

    #: lateness is judged by the rolled day (R-T5)
    roll: Roll = Roll.NEXT
    #: "trước ngày X": is X itself too late? (R-T1)
    before_is_strict: bool = False
    #: working days before the effective due day from which a task is "sắp đến hạn"
    due_soon_days: int = 3
    #: working days before the due day by which an extension should be asked (R-X7)
    extension_notice_days: int = 0
    #: from this extension on a task is flagged "gia hạn nhiều lần" (R-X6)
    many_extensions: int = 3
    #: working days between the dates of two reporting levels (R-R4 refuses less than 1)
    report_level_gap_days: int = 2
    #: largest file kept with a document, in bytes
    largest_file: int = 25_000_000
    #: largest sum of the files of one document, in bytes
    largest_document: int = 200_000_000


class PolicyRow(Base):
    """The policy that holds from a day on, until a later row."""

    __tablename__ = "directive_policy"

    effective_from: Mapped[date] = mapped_column(Date, primary_key=True)
    #: only the knobs that differ from the defaults
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    #: the document the rules rest on
    basis: Mapped[str] = mapped_column(String(300), default="")
    set_by: Mapped[str] = mapped_column(String(64))
    set_at: Mapped[datetime] = mapped_column(Moment)


def current(session: Session, on: date) -> Policy:
    """Give the policy in force on a day."""
    row = session.scalars(
        select(PolicyRow)
        .where(PolicyRow.effective_from <= on)
        .order_by(PolicyRow.effective_from.desc())
        .limit(1)
    ).first()
    if row is None:
        return Policy()
    settings = {**row.settings}
    settings["roll"] = Roll(settings.get("roll", Policy.roll))
    return replace(Policy(), **settings)


def put(work: UnitOfWork, policy: Policy, *, effective_from: date, basis: str = "") -> None:
    """Set the policy that holds from a day on; raises Invalid for a number below zero."""
    default = Policy()
    wrong = {
        field.name: _("Giá trị phải từ 0 trở lên, nhận được {found}.", found=getattr(policy, field.name))
        for field in fields(policy)
        if isinstance(getattr(policy, field.name), int) and getattr(policy, field.name) < 0
    }
    if wrong:
        raise Invalid(fields=wrong)
    settings = {name: value for name, value in asdict(policy).items() if value != getattr(default, name)}
    row = work.session.get(PolicyRow, effective_from)
    if row is None:
        row = PolicyRow(effective_from=effective_from)
        work.session.add(row)
    row.settings, row.basis = settings, basis
    row.set_by, row.set_at = work.actor.id, work.now
    work.session.flush()
