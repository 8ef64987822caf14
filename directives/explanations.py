"""Explanations of lateness: the cause a late lead gives, and who confirmed it (§2.3, R-K3)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from directives import assignments, history
from foundation.database import Base, Moment, UnitOfWork
from foundation.errors import Conflict, Forbidden, NotFound
from foundation.ids import new_id
from foundation.texts import _
from foundation.working_time import local_date


class Cause(StrEnum):
    """Why it is late: beyond the lead's power, or not."""

    OBJECTIVE = "khach_quan"
    SUBJECTIVE = "chu_quan"


class Explanation(Base):
    """What a late lead says, and whether a competent person confirmed the cause."""

    __tablename__ = "explanation"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignment.id"), index=True)
    cause: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    given_by: Mapped[str] = mapped_column(String(64))
    given_at: Mapped[datetime] = mapped_column(Moment)
    #: waiting, confirmed or rejected; only a confirmed objective cause counts (R-K3)
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    judged_by: Mapped[str | None] = mapped_column(String(64))
    judged_by_name: Mapped[str] = mapped_column(String(200), default="")
    judged_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[str] = mapped_column(Text, default="")


def explain(work: UnitOfWork, assignment_id: str, lead_id: str, cause: Cause, text: str) -> Explanation:
    """The lead explains why it is late; raises Conflict when it is not, Forbidden for another unit."""
    history.require_reason(text)
    assignment = assignments.lock(work, assignment_id)
    if assignment.lead_id != lead_id:
        raise Forbidden(_("Chỉ đơn vị chủ trì giải trình việc chậm tiến độ."), assignment=assignment_id)
    due = assignment.effective_due
    is_late = due is not None and (assignment.result_on or local_date(work.now)) > due
    if not is_late and assignment.kept_overdue_days == 0:
        raise Conflict(_("Nhiệm vụ không quá hạn nên không cần giải trình."), assignment=assignment_id)
    explanation = Explanation(
        assignment_id=assignment_id, cause=cause.value, text=text, given_by=work.actor.id, given_at=work.now
    )
    work.session.add(explanation)
    work.session.flush()
    history.record(work, "assignment", assignment_id, "explain", after={"cause": cause.value}, reason=text)
    return explanation


def judge(work: UnitOfWork, explanation_id: str, *, is_confirmed: bool, answer: str = "") -> Explanation:
    """A competent person confirms or rejects the cause; never the one who gave it."""
    explanation = work.session.get(Explanation, explanation_id, with_for_update=True)
    if explanation is None:
        raise NotFound(_("Không tìm thấy giải trình."), explanation=explanation_id)
    if explanation.status != "waiting":
        raise Conflict(_("Giải trình này đã được xem xét."), explanation=explanation_id)
    if explanation.given_by in {work.actor.id, work.actor.on_behalf_of}:
        raise Forbidden(_("Người giải trình không tự xác nhận nguyên nhân của mình."), rule="R-K3")
    explanation.status = "confirmed" if is_confirmed else "rejected"
    explanation.judged_by, explanation.judged_by_name = work.actor.id, work.actor.name
    explanation.judged_at, explanation.answer = work.now, answer
    after = {"cause": explanation.cause, "status": explanation.status}
    history.record(
        work, "assignment", explanation.assignment_id, "judge_explanation", after=after, reason=answer
    )
    return explanation


def of_assignment(session: Session, assignment_id: str) -> list[Explanation]:
    """Give the explanations of an assignment, the oldest first."""
    query = select(Explanation).where(Explanation.assignment_id == assignment_id)
    return list(session.scalars(query.order_by(Explanation.given_at)))
