"""Difficulties: what blocks an executor, the route it takes, and what is decided (R-S7, §2.3).

Reporting a difficulty does not stop the clock. The decision is carried out by the verb it names, in the same
command: guidance changes nothing, the others move the day, the words, the lead, or end the task.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from directives import assignments, history
from directives.states import ENDED, State
from foundation import outbox
from foundation.database import Base, Json, Moment, UnitOfWork
from foundation.errors import Conflict, Forbidden, Invalid, NotFound
from foundation.ids import new_id
from foundation.texts import Text as Message
from foundation.texts import _


class Remedy(StrEnum):
    """What may be decided about a difficulty."""

    GUIDANCE = "huong_dan"
    EXTENSION = "gia_han"
    ADJUSTMENT = "dieu_chinh"
    REASSIGNMENT = "giao_lai"
    CANCELLATION = "huy"


REMEDY_NAMES: dict[Remedy, Message] = {
    Remedy.GUIDANCE: _("Hướng dẫn thực hiện"),
    Remedy.EXTENSION: _("Gia hạn"),
    Remedy.ADJUSTMENT: _("Điều chỉnh nội dung"),
    Remedy.REASSIGNMENT: _("Giao lại cho đơn vị khác"),
    Remedy.CANCELLATION: _("Hủy nhiệm vụ"),
}


class Difficulty(Base):
    """One difficulty reported on an assignment."""

    __tablename__ = "difficulty"
    __table_args__ = (Index("ix_difficulty_desk", "desk_id", "status"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignment.id"), index=True)
    #: who reports it
    organisation_id: Mapped[str] = mapped_column(String(32))
    #: what blocks, and what is proposed
    text: Mapped[str] = mapped_column(Text)
    proposal: Mapped[str] = mapped_column(Text, default="")
    #: organisations it passes, the last one decides (R-S7)
    route: Mapped[list[str]] = mapped_column(Json)
    #: where it lies now
    desk_id: Mapped[str] = mapped_column(String(32))
    #: raised or decided
    status: Mapped[str] = mapped_column(String(10), default="raised")
    remedy: Mapped[str | None] = mapped_column(String(12))
    answer: Mapped[str] = mapped_column(Text, default="")
    decision_document_id: Mapped[str | None] = mapped_column(String(32))
    raised_by: Mapped[str] = mapped_column(String(64))
    raised_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What is decided, with what the remedy needs."""

    remedy: Remedy
    answer: str
    #: for `gia_han`
    due: date | None = None
    #: for `dieu_chinh`
    content: str = ""
    #: for `giao_lai`
    lead_id: str | None = None
    document_id: str | None = None


def raise_(
    work: UnitOfWork,
    assignment_id: str,
    organisation_id: str,
    text: str,
    *,
    proposal: str = "",
    route: list[str] | None = None,
) -> Difficulty:
    """Report a difficulty; without a route it goes to who gave the task. The clock keeps running.

    Raises Forbidden for a unit that neither leads nor coordinates the task.
    """
    if not text.strip():
        raise Invalid(fields={"text": _("Cần nêu rõ khó khăn, vướng mắc.")})
    assignment = assignments.lock(work, assignment_id)
    if State(assignment.state) in ENDED:
        raise Conflict(
            _("Nhiệm vụ đã kết thúc nên không còn vướng mắc để báo cáo."), assignment=assignment_id
        )
    helping = {row.organisation_id for row in assignments.coordinators(work.session, assignment_id)}
    if organisation_id not in {assignment.lead_id, *helping}:
        raise Forbidden(
            _("Chỉ đơn vị chủ trì hoặc phối hợp được báo cáo vướng mắc của nhiệm vụ."),
            rule="R-S7",
            assignment=assignment_id,
        )
    path = list(dict.fromkeys(route or [assignment.organisation_id]))
    difficulty = Difficulty(
        assignment_id=assignment_id,
        organisation_id=organisation_id,
        text=text,
        proposal=proposal,
        route=path,
        desk_id=path[0],
        raised_by=work.actor.id,
        raised_at=work.now,
    )
    work.session.add(difficulty)
    work.session.flush()
    _tell(work, "issue.raised", "raise_difficulty", difficulty, reason=text)
    return difficulty


def forward(work: UnitOfWork, difficulty_id: str, note: str = "") -> Difficulty:
    """Pass a difficulty on to the next organisation of its route; raises Conflict at the last one."""
    difficulty = _open(work, difficulty_id)
    place = difficulty.route.index(difficulty.desk_id)
    if place + 1 == len(difficulty.route):
        raise Conflict(
            _("Đây là cấp cuối cùng của đường báo cáo; hãy cho ý kiến giải quyết."), difficulty=difficulty_id
        )
    difficulty.desk_id = difficulty.route[place + 1]
    history.record(
        work,
        "assignment",
        difficulty.assignment_id,
        "forward_difficulty",
        after={"desk": difficulty.desk_id},
        reason=note,
    )
    return difficulty


def decide(work: UnitOfWork, difficulty_id: str, holder_id: str, ruling: Ruling) -> Difficulty:
    """Decide a difficulty in the name of the organisation at whose desk it lies, and carry the decision out.

    Raises Forbidden for another organisation or for the person who reported it, Invalid when the remedy lacks
    its day, words or lead.
    """
    difficulty = _open(work, difficulty_id)
    if holder_id != difficulty.desk_id:
        raise Forbidden(
            _("Vướng mắc đang ở cấp khác; chỉ cấp đó được quyết định."),
            rule="R-S7",
            holder=difficulty.desk_id,
        )
    if difficulty.raised_by in {work.actor.id, work.actor.on_behalf_of}:
        raise Forbidden(_("Người báo cáo vướng mắc không tự quyết định cách giải quyết."), rule="R-S7")
    history.require_reason(ruling.answer)
    _carry_out(work, difficulty, ruling)
    difficulty.status, difficulty.remedy = "decided", ruling.remedy.value
    difficulty.answer, difficulty.decision_document_id = ruling.answer, ruling.document_id
    difficulty.decided_by, difficulty.decided_at = work.actor.id, work.now
    work.session.flush()
    _tell(work, "issue.decided", "decide_difficulty", difficulty, reason=ruling.answer)
    return difficulty


def of_assignment(session: Session, assignment_id: str) -> list[Difficulty]:
    """Give the difficulties of an assignment, the oldest first."""
    query = select(Difficulty).where(Difficulty.assignment_id == assignment_id)
    return list(session.scalars(query.order_by(Difficulty.raised_at, Difficulty.id)))


def waiting_for(session: Session, organisation_id: str) -> list[Difficulty]:
    """Give the undecided difficulties at an organisation's desk, the oldest first."""
    query = select(Difficulty).where(Difficulty.desk_id == organisation_id, Difficulty.status == "raised")
    return list(session.scalars(query.order_by(Difficulty.raised_at, Difficulty.id)))


def _carry_out(work: UnitOfWork, difficulty: Difficulty, ruling: Ruling) -> None:
    target = difficulty.assignment_id
    match ruling.remedy:
        case Remedy.EXTENSION:
            if ruling.due is None:
                raise Invalid(fields={"due": _("Cần thời hạn mới khi quyết định gia hạn.")})
            _require_holder(work, difficulty)
            assignments.redate(work, target, ruling.due, ruling.answer, document_id=ruling.document_id)
        case Remedy.ADJUSTMENT:
            if not ruling.content.strip():
                raise Invalid(fields={"content": _("Cần nội dung nhiệm vụ sau điều chỉnh.")})
            assignment = assignments.lock(work, target)
            assignments.act(work, assignment, "adjust", ruling.answer, content=ruling.content)
        case Remedy.REASSIGNMENT:
            if not ruling.lead_id:
                raise Invalid(fields={"lead_id": _("Cần chọn đơn vị được giao lại.")})
            assignments.reassign(work, target, ruling.lead_id, ruling.answer)
        case Remedy.CANCELLATION:
            assignments.cancel(work, target, ruling.answer, document_id=ruling.document_id)
        case Remedy.GUIDANCE:
            pass


def _require_holder(work: UnitOfWork, difficulty: Difficulty) -> None:
    assignment = assignments.lock(work, difficulty.assignment_id)
    if assignment.due_holder_id != difficulty.desk_id:
        raise Forbidden(
            _("Thời hạn do cấp khác ấn định; hãy chuyển vướng mắc lên cấp đó hoặc làm thủ tục gia hạn."),
            rule="R-X8",
            holder=assignment.due_holder_id,
        )


def _open(work: UnitOfWork, difficulty_id: str) -> Difficulty:
    difficulty = work.session.get(Difficulty, difficulty_id, with_for_update=True)
    if difficulty is None:
        raise NotFound(_("Không tìm thấy báo cáo vướng mắc."), difficulty=difficulty_id)
    if difficulty.status != "raised":
        raise Conflict(_("Vướng mắc này đã có ý kiến giải quyết."), difficulty=difficulty_id)
    return difficulty


def _tell(work: UnitOfWork, event: str, act: str, difficulty: Difficulty, *, reason: str) -> None:
    facts: dict[str, Any] = {
        "difficulty": difficulty.id,
        "desk": difficulty.desk_id,
        "remedy": difficulty.remedy,
    }
    history.record(work, "assignment", difficulty.assignment_id, act, after=facts, reason=reason)
    data = {
        "assignment": difficulty.assignment_id,
        "organisation": difficulty.organisation_id,
        "organisations": [difficulty.organisation_id, *difficulty.route],
        **facts,
    }
    outbox.record(work, event, subject=difficulty.assignment_id, data=data)
