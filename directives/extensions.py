"""Extensions of a due day: asked by the lead, decided by who set the day (R-X1 to R-X8)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from directives import assignments, history, policies
from directives.assignment_tables import Assignment
from directives.states import NOT_STARTED, WORKING, State, next_state, refused
from foundation import calendars, outbox
from foundation.database import Base, Moment, UnitOfWork
from foundation.errors import Conflict, Forbidden, Invalid, NotFound
from foundation.ids import new_id
from foundation.texts import Text as Message
from foundation.texts import _
from foundation.vietnamese import format_date
from foundation.working_time import local_date


class Status(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    #: the holder proposed another day, the asker's turn
    COUNTERED = "countered"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


#: a request that still waits for somebody
PENDING = frozenset({Status.OPEN, Status.COUNTERED})


class Extension(Base):
    """One request to move the due day of an assignment."""

    __tablename__ = "extension"
    __table_args__ = (Index("ix_extension_holder", "holder_id", "status"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignment.id"), index=True)
    #: "gia hạn lần n" (R-X6), null until approved
    ordinal: Mapped[int | None] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(12), default=Status.OPEN)
    #: the lead that asks, and the organisation that decides
    lead_id: Mapped[str] = mapped_column(String(32))
    holder_id: Mapped[str] = mapped_column(String(32))
    #: a day set by a higher level than the assigner: asked by an upward document (R-X8)
    is_upward: Mapped[bool] = mapped_column(Boolean, default=False)
    #: asked after the due day, or later than the notice the policy wants (R-X7)
    is_late: Mapped[bool] = mapped_column(Boolean, default=False)
    old_due: Mapped[date] = mapped_column(Date)
    wanted_due: Mapped[date] = mapped_column(Date)
    countered_due: Mapped[date | None] = mapped_column(Date)
    new_due: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    #: the upward document of R-X8
    request_document_id: Mapped[str | None] = mapped_column(String(32))
    answer: Mapped[str] = mapped_column(Text, default="")
    #: number of the document that decides
    decision_number: Mapped[str] = mapped_column(String(120), default="")
    #: of a late request: does the decider forgive the days past? (R-X7)
    erases_overdue: Mapped[bool] = mapped_column(Boolean, default=False)
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_for: Mapped[str | None] = mapped_column(String(64))
    asked_by_name: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_by_name: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[datetime | None] = mapped_column(Moment)


def ask(
    work: UnitOfWork,
    assignment_id: str,
    *,
    lead_id: str,
    wanted_due: date,
    reason: str,
    request_document_id: str | None = None,
) -> Extension:
    """Ask for a later due day in the name of the organisation `lead_id` (R-X1, R-X2, R-X3, R-X5, R-X8).

    Raises Forbidden for another than the lead, Conflict in a state that allows no request or beside an open
    one, Invalid for a day that is not later than the present one or later than the parent's.
    """
    history.require_reason(reason)
    assignment = assignments.lock(work, assignment_id)
    old = _check_request(work, assignment, lead_id)
    _check_day(work.session, assignment, old, wanted_due)
    is_upward = assignment.due_holder_id != assignment.organisation_id
    if is_upward and not request_document_id:
        raise Conflict(
            _(
                "Thời hạn do cấp trên ấn định nên chỉ cấp đó được thay đổi; "
                "hãy trình văn bản đề nghị lên cấp trên và ghi văn bản đó vào đề nghị."
            ),
            rule="R-X8",
            assignment=assignment_id,
            holder=assignment.due_holder_id,
        )
    request = Extension(
        assignment_id=assignment_id,
        status=Status.OPEN,
        lead_id=lead_id,
        holder_id=assignment.due_holder_id,
        is_upward=is_upward,
        is_late=_is_late(work, assignment),
        old_due=old,
        wanted_due=wanted_due,
        reason=reason,
        request_document_id=request_document_id,
        asked_by=work.actor.id,
        asked_for=work.actor.on_behalf_of,
        asked_by_name=work.actor.name,
        asked_at=work.now,
    )
    work.session.add(request)
    assignment.is_extension_pending = True
    assignment.version += 1
    work.session.flush()
    _told(work, "extension.requested", "ask_extension", request, assignment, reason)
    return request


def approve(
    work: UnitOfWork,
    extension_id: str,
    *,
    holder_id: str,
    decision_number: str = "",
    erases_overdue: bool = False,
    note: str = "",
) -> Extension:
    """Accept the day asked for; only now does the due day change (R-X4, R-X6, R-X7)."""
    request = _deciding(work, extension_id, holder_id)
    request.decision_number, request.erases_overdue = decision_number, erases_overdue
    _decide(work, request, Status.APPROVED, note)
    _apply(work, request, request.wanted_due)
    return request


def refuse(work: UnitOfWork, extension_id: str, *, holder_id: str, reason: str) -> Extension:
    """Refuse with a reason; the due day stays (R-X4)."""
    history.require_reason(reason)
    request = _deciding(work, extension_id, holder_id)
    _decide(work, request, Status.REFUSED, reason)
    _close(work, request, "extension.refused", "refuse_extension", reason)
    return request


def counter(work: UnitOfWork, extension_id: str, *, holder_id: str, due: date, reason: str) -> Extension:
    """Propose another day; the asker accepts it or not (R-X4)."""
    history.require_reason(reason)
    request = _deciding(work, extension_id, holder_id)
    assignment = assignments.lock(work, request.assignment_id)
    _check_day(work.session, assignment, request.old_due, due)
    request.countered_due = due
    _decide(work, request, Status.COUNTERED, reason)
    _told(work, "extension.countered", "counter_extension", request, assignment, reason)
    return request


def answer_counter(work: UnitOfWork, extension_id: str, *, lead_id: str, is_accepted: bool) -> Extension:
    """The lead takes the proposed day or leaves the request (R-X4)."""
    request = _lock(work, extension_id)
    _require(request, frozenset({Status.COUNTERED}))
    _require_lead(request.lead_id, lead_id, request.assignment_id)
    if is_accepted and request.countered_due is not None:
        request.status = Status.APPROVED
        _apply(work, request, request.countered_due)
    else:
        request.status = Status.WITHDRAWN
        _close(work, request, None, "decline_counter", "")
    return request


def withdraw(work: UnitOfWork, extension_id: str, *, lead_id: str) -> Extension:
    """The lead takes an undecided request back."""
    request = _lock(work, extension_id)
    _require(request, PENDING)
    _require_lead(request.lead_id, lead_id, request.assignment_id)
    request.status = Status.WITHDRAWN
    _close(work, request, None, "withdraw_extension", "")
    return request


def get(session: Session, extension_id: str) -> Extension:
    """Give a request; raises NotFound."""
    request = session.get(Extension, extension_id)
    if request is None:
        raise NotFound(_("Không tìm thấy đề nghị gia hạn."), extension=extension_id)
    return request


def of_assignment(session: Session, assignment_id: str) -> list[Extension]:
    """Give all requests of an assignment, the oldest first: with them the history of its due day (R-X6)."""
    query = select(Extension).where(Extension.assignment_id == assignment_id)
    return list(session.scalars(query.order_by(Extension.asked_at, Extension.id)))


def waiting_for(session: Session, holder_id: str) -> list[Extension]:
    """Give the requests an organisation has to decide, the oldest first."""
    query = (
        select(Extension)
        .join(Assignment, Assignment.id == Extension.assignment_id)
        # the request of an assignment that ended meanwhile waits for nobody
        .where(
            Extension.holder_id == holder_id,
            Extension.status == Status.OPEN,
            Assignment.is_extension_pending.is_(True),
        )
    )
    return list(session.scalars(query.order_by(Extension.asked_at, Extension.id)))


def summary(count: int, policy: policies.Policy) -> Message | None:
    """Give what the report says of `count` extensions: "gia hạn lần n", from the third "nhiều lần" (R-X6)."""
    if count == 0:
        return None
    if count >= policy.many_extensions:
        return _("Gia hạn nhiều lần ({count} lần)", count=count)
    return _("Gia hạn lần {count}", count=count)


def _check_request(work: UnitOfWork, assignment: Assignment, lead_id: str) -> date:
    _require_lead(assignment.lead_id, lead_id, assignment.id)
    allowed = NOT_STARTED | WORKING
    if State(assignment.state) not in allowed:
        raise refused("extension", State(assignment.state), allowed, assignment.id)
    query = select(Extension.id).where(
        Extension.assignment_id == assignment.id, Extension.status.in_([s.value for s in PENDING])
    )
    if work.session.scalars(query).first():
        raise Conflict(
            _("Nhiệm vụ đã có một đề nghị gia hạn chưa được quyết định; hãy chờ hoặc rút đề nghị đó."),
            rule="R-X3",
            assignment=assignment.id,
        )
    if assignment.current_due is None:
        raise Conflict(
            _("Nhiệm vụ không có thời hạn nên không có gì để gia hạn."), rule="R-X2", assignment=assignment.id
        )
    return assignment.current_due


def _check_day(session: Session, assignment: Assignment, old: date, wanted: date) -> None:
    if wanted <= old:
        raise Invalid(
            fields={
                "wanted_due": _(
                    "Thời hạn mới phải sau thời hạn hiện tại {old}, nhận được {wanted}.",
                    old=format_date(old),
                    wanted=format_date(wanted),
                )
            },
            rule="R-X2",
        )
    assignments.check_against_parent(session, assignment, wanted)


def _is_late(work: UnitOfWork, assignment: Assignment) -> bool:
    calendar = calendars.load(work.session)
    today = local_date(work.now)
    notice = policies.current(work.session, today).extension_notice_days
    due = assignment.effective_due or assignment.current_due or today
    return today > calendar.add_working_days(due, -notice)


def _require_lead(lead_id: str, asking_id: str, assignment_id: str) -> None:
    if asking_id != lead_id:
        raise Forbidden(
            _("Chỉ đơn vị chủ trì nhiệm vụ được đề nghị gia hạn."), rule="R-X1", assignment=assignment_id
        )


def _deciding(work: UnitOfWork, extension_id: str, holder_id: str) -> Extension:
    request = _lock(work, extension_id)
    _require(request, frozenset({Status.OPEN}))
    if holder_id != request.holder_id:
        raise Forbidden(
            _("Chỉ cơ quan đã ấn định thời hạn được quyết định đề nghị gia hạn."),
            rule="R-X8" if request.is_upward else "R-X4",
            holder=request.holder_id,
        )
    askers = {request.asked_by, request.asked_for} - {None}
    if {work.actor.id, work.actor.on_behalf_of} & askers:
        raise Forbidden(
            _(
                "Người đề nghị gia hạn không được tự quyết định đề nghị của mình, kể cả khi được ủy quyền; "
                "hãy chuyển cho người khác có thẩm quyền."
            ),
            rule="R-X4",
            extension=extension_id,
        )
    return request


def _decide(work: UnitOfWork, request: Extension, status: Status, answer: str) -> None:
    request.status, request.answer = status, answer
    request.decided_by, request.decided_by_name = work.actor.id, work.actor.name
    request.decided_at = work.now


def _apply(work: UnitOfWork, request: Extension, due: date) -> None:
    assignment = assignments.lock(work, request.assignment_id)
    next_state("redate", State(assignment.state), assignment.id)
    assignments.check_against_parent(work.session, assignment, due)
    request.new_due, request.ordinal = due, assignment.extension_count + 1
    assignment.extension_count += 1
    if request.is_late and not request.erases_overdue:
        calendar = calendars.load(work.session)
        overdue = calendar.working_days_between(
            assignment.effective_due or request.old_due, local_date(work.now)
        )
        assignment.kept_overdue_days += max(0, overdue)
    assignments.put_due(work, assignment, due, reason=request.reason)
    _close(work, request, "extension.approved", "extend", request.answer)


def _close(work: UnitOfWork, request: Extension, event: str | None, act: str, reason: str) -> None:
    assignment = assignments.lock(work, request.assignment_id)
    assignment.is_extension_pending = False
    assignment.version += 1
    work.session.flush()
    _told(work, event, act, request, assignment, reason)


def _told(
    work: UnitOfWork, event: str | None, act: str, request: Extension, assignment: Assignment, reason: str
) -> None:
    facts = {
        "extension": request.id,
        "status": str(request.status),
        "old_due": request.old_due.isoformat(),
        "wanted_due": request.wanted_due.isoformat(),
        "countered_due": assignments.plain(request.countered_due),
        "new_due": assignments.plain(request.new_due),
        "ordinal": request.ordinal,
        "holder": request.holder_id,
        "is_late": request.is_late,
    }
    after = {**facts, "decision_number": request.decision_number}
    history.record(work, "assignment", assignment.id, act, after=after, reason=reason)
    if event is None:
        return
    data = {
        "assignment": assignment.id,
        "organisation": assignment.organisation_id,
        "organisations": [assignment.organisation_id, assignment.lead_id, request.holder_id],
        "lead": assignment.lead_id,
        "title": assignment.content,
        **facts,
    }
    outbox.record(work, event, subject=assignment.id, data=data)


def _require(request: Extension, allowed: frozenset[Status]) -> None:
    if request.status not in allowed:
        raise Conflict(
            _("Đề nghị gia hạn này đã được giải quyết hoặc đang chờ bên kia trả lời."),
            rule="R-X4",
            extension=request.id,
            status=request.status,
        )


def _lock(work: UnitOfWork, extension_id: str) -> Extension:
    request = work.session.get(Extension, extension_id, with_for_update=True)
    if request is None:
        raise NotFound(_("Không tìm thấy đề nghị gia hạn."), extension=extension_id)
    return request
