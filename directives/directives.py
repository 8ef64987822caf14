"""Directives: a document being implemented by an organisation, from its arrival to the end of its cycle.

A directive may carry out another one, through an assignment of the plan above: so cycles form one tree over
all levels. Its id is the business key of the process that runs it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, Index, Integer, String, Text, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from directives import documents, history
from directives.assignment_tables import Assignment
from directives.document_tables import Document
from directives.states import ENDED
from foundation import outbox
from foundation.database import Base, Moment, UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound
from foundation.ids import new_id
from foundation.texts import Text as Message
from foundation.texts import _

#: a chain of cycles longer than this is a mistake
DEEPEST = 30


class Status(StrEnum):
    """How far a cycle is."""

    RECEIVED = "received"
    INSTRUCTED = "instructed"
    IMPLEMENTING = "implementing"
    CLOSED = "closed"
    FOR_INFORMATION = "for_information"
    FORWARDED = "forwarded"


STATUS_NAMES: dict[Status, Message] = {
    Status.RECEIVED: _("Đã tiếp nhận, chờ bút phê"),
    Status.INSTRUCTED: _("Đã có ý kiến chỉ đạo"),
    Status.IMPLEMENTING: _("Đang triển khai"),
    Status.CLOSED: _("Đã kết thúc"),
    Status.FOR_INFORMATION: _("Lưu để biết"),
    Status.FORWARDED: _("Đã chuyển cơ quan khác"),
}


class Decision(StrEnum):
    """What the head decides in the bút phê (§2.2 step 3)."""

    FOR_INFORMATION = "for_information"
    DO_NOW = "do_now"
    ISSUE_PLAN = "issue_plan"
    FORWARD = "forward"


class Directive(Base):
    """One cycle of one organisation."""

    __tablename__ = "directive"
    __table_args__ = (Index("ix_directive_organisation_status", "organisation_id", "status", "received_on"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    document_id: Mapped[str] = mapped_column(String(32), index=True)
    organisation_id: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(Text)
    #: the directive above, and the assignment of it that this cycle carries out
    parent_id: Mapped[str | None] = mapped_column(String(32), index=True)
    parent_assignment_id: Mapped[str | None] = mapped_column(String(32), index=True)
    #: the highest of the tree; itself when there is none above
    root_id: Mapped[str] = mapped_column(String(32), index=True)
    status: Mapped[str] = mapped_column(String(16))
    urgency: Mapped[int] = mapped_column(Integer, default=0)
    monitor_id: Mapped[str | None] = mapped_column(String(32))
    consolidator_id: Mapped[str | None] = mapped_column(String(32))
    received_on: Mapped[date] = mapped_column(Date)
    #: day by which the organisation wants it done, from the bút phê
    internal_due: Mapped[date | None] = mapped_column(Date)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)


class CarriedAssignment(Base):
    """An assignment that a cycle of its lead carries out beside the first one: one plan may serve several."""

    __tablename__ = "directive_carried_assignment"

    directive_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    assignment_id: Mapped[str] = mapped_column(String(32), primary_key=True, index=True)


class InstructionRow(Base):
    """A bút phê: what the head wrote on the document."""

    __tablename__ = "instruction"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    directive_id: Mapped[str] = mapped_column(String(32), index=True)
    decision: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    lead_unit_id: Mapped[str | None] = mapped_column(String(32))
    internal_due: Mapped[date | None] = mapped_column(Date)
    urgency: Mapped[int] = mapped_column(Integer)
    #: name and account of who instructs
    by: Mapped[str] = mapped_column(String(64))
    by_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """What the head decides about a directive."""

    decision: Decision
    text: str = ""
    #: the unit that drafts or does it; the other organisation for `forward`
    lead_unit_id: str | None = None
    internal_due: date | None = None
    #: None keeps the document's urgency
    urgency: int | None = None
    monitor_id: str | None = None
    consolidator_id: str | None = None


def receive(
    work: UnitOfWork,
    document_id: str,
    organisation_id: str,
    *,
    received_on: date,
    parent_id: str | None = None,
    parent_assignment_id: str | None = None,
    title: str = "",
) -> Directive:
    """Open the cycle of a document in an organisation; one document has one cycle per organisation.

    A cycle may also start from a notice of conclusions (R-U12). Raises Conflict when it is already open.
    """
    document = documents.get(work.session, document_id)
    if work.session.scalars(
        select(Directive.id).where(
            Directive.document_id == document_id, Directive.organisation_id == organisation_id
        )
    ).first():
        raise Conflict(
            _("Cơ quan đã mở chu trình thực hiện cho văn bản này."), rule="R-D3", document=document_id
        )
    if document.is_secret_stub:
        raise Conflict(
            _("Văn bản mật được xử lý theo chế độ mật, không mở chu trình thực hiện trên hệ thống."),
            rule="R-U7",
            document=document_id,
        )
    directive = Directive(
        id=new_id(),
        document_id=document_id,
        organisation_id=organisation_id,
        title=title or document.subject,
        status=Status.RECEIVED,
        urgency=document.urgency,
        received_on=received_on,
        created_by=work.actor.id,
        created_at=work.now,
    )
    directive.root_id = directive.id
    work.session.add(directive)
    work.session.flush()
    if parent_id or parent_assignment_id:
        link_parent(work, directive.id, parent_id=parent_id, parent_assignment_id=parent_assignment_id)
    history.record(work, "directive", directive.id, "receive")
    _tell(work, "cycle.opened", directive)
    return directive


def link_parent(
    work: UnitOfWork,
    directive_id: str,
    *,
    parent_id: str | None = None,
    parent_assignment_id: str | None = None,
) -> None:
    """Say which directive, and which assignment of it, this one carries out (R-U11).

    The whole branch moves to the parent's tree. Raises Invalid for an assignment of another directive and
    Conflict when the link would make a circle.
    """
    directive = lock(work, directive_id)
    if parent_assignment_id is not None:
        given = work.session.get(Assignment, parent_assignment_id)
        if given is None:
            raise NotFound(_("Không tìm thấy nhiệm vụ cấp trên."), assignment=parent_assignment_id)
        if parent_id not in (None, given.directive_id):
            raise Invalid(
                _("Nhiệm vụ cấp trên không thuộc văn bản chỉ đạo đã chọn."), assignment=parent_assignment_id
            )
        parent_id = given.directive_id
    if parent_id is None:
        raise Invalid(fields={"parent_id": _("Cần chọn văn bản chỉ đạo cấp trên.")})
    parent = lock(work, parent_id)
    if directive_id in {item.id for item in ancestors(work.session, parent_id)}:
        raise Conflict(
            _("Không thể nối: văn bản chỉ đạo cấp trên lại nằm dưới văn bản này."), directive=directive_id
        )
    old_root = directive.root_id
    directive.parent_id, directive.parent_assignment_id = parent_id, parent_assignment_id
    branch = [directive_id, *(item.id for item in descendants(work.session, directive_id, old_root))]
    _move_to_root(work, branch, parent.root_id)
    history.record(
        work,
        "directive",
        directive_id,
        "link",
        after={"parent": parent_id, "assignment": parent_assignment_id},
    )


def carry(work: UnitOfWork, directive_id: str, assignment_id: str) -> None:
    """Let an open cycle carry out one more assignment of its parent (sub-plan, §2.3)."""
    directive = lock(work, directive_id)
    if directive.closed_at is not None:
        raise Conflict(_("Chu trình thực hiện đã kết thúc."), directive=directive_id)
    if assignment_id not in carried(work.session, directive_id):
        work.session.add(CarriedAssignment(directive_id=directive_id, assignment_id=assignment_id))
        history.record(work, "directive", directive_id, "carry", after={"assignment": assignment_id})
        work.session.flush()


def carried(session: Session, directive_id: str) -> list[str]:
    """Give the assignments of the parent that a cycle carries out, the one it was opened for first."""
    first = session.scalar(select(Directive.parent_assignment_id).where(Directive.id == directive_id))
    others = session.scalars(
        select(CarriedAssignment.assignment_id)
        .where(CarriedAssignment.directive_id == directive_id)
        .order_by(CarriedAssignment.assignment_id)
    )
    return list(dict.fromkeys([*([first] if first else []), *others]))


def open_child(session: Session, parent_id: str, organisation_id: str) -> Directive | None:
    """Give the open cycle by which an organisation already carries out a directive, if any."""
    query = select(Directive).where(
        Directive.parent_id == parent_id,
        Directive.organisation_id == organisation_id,
        Directive.closed_at.is_(None),
    )
    return session.scalars(query.order_by(Directive.id)).first()


def instruct(work: UnitOfWork, directive_id: str, instruction: Instruction) -> Directive:
    """Record the bút phê and take its branch (§2.2 step 3).

    Raises Conflict once the plan is being carried out, Invalid when `forward` names no organisation.
    """
    directive = lock(work, directive_id)
    if directive.status not in (Status.RECEIVED, Status.INSTRUCTED):
        raise Conflict(
            _(
                "Không thể bút phê lại: văn bản đang ở bước “{status}”.",
                status=STATUS_NAMES[Status(directive.status)],
            ),
            directive=directive_id,
        )
    if instruction.decision is Decision.FORWARD and not instruction.lead_unit_id:
        raise Invalid(fields={"lead_unit_id": _("Cần chọn cơ quan có thẩm quyền để chuyển văn bản.")})
    directive.urgency = directive.urgency if instruction.urgency is None else instruction.urgency
    directive.internal_due = instruction.internal_due
    directive.monitor_id = instruction.monitor_id or directive.monitor_id
    directive.consolidator_id = instruction.consolidator_id or directive.consolidator_id
    directive.status = _AFTER[instruction.decision]
    work.session.add(
        InstructionRow(
            directive_id=directive_id,
            decision=instruction.decision.value,
            text=instruction.text,
            lead_unit_id=instruction.lead_unit_id,
            internal_due=instruction.internal_due,
            urgency=directive.urgency,
            by=work.actor.id,
            by_name=work.actor.name,
            at=work.now,
        )
    )
    history.record(
        work,
        "directive",
        directive_id,
        "instruct",
        after={"decision": instruction.decision.value},
        reason=instruction.text,
    )
    _tell(work, "document.instructed", directive, decision=instruction.decision.value)
    if directive.status != Status.INSTRUCTED:
        directive.closed_at = work.now
        _tell(work, "cycle.closed", directive, status=directive.status)
    return directive


def begin_implementation(work: UnitOfWork, directive_id: str) -> None:
    """Mark that tasks were given; called when a plan is issued or a single task assigned."""
    directive = lock(work, directive_id)
    if directive.status in (Status.RECEIVED, Status.INSTRUCTED):
        directive.status = Status.IMPLEMENTING


def close(work: UnitOfWork, directive_id: str, *, reason: str = "", is_forced: bool = False) -> Directive:
    """End a cycle (§2.2 step 21).

    Raises Conflict while assignments are open, unless `is_forced` with a reason.
    """
    directive = lock(work, directive_id)
    if directive.closed_at is not None:
        raise Conflict(_("Chu trình thực hiện đã kết thúc."), directive=directive_id)
    still_open = open_assignments(work.session, directive_id)
    if still_open and not is_forced:
        raise Conflict(
            _(
                "Còn {count} nhiệm vụ chưa kết thúc; "
                "hãy hoàn thành hoặc hủy trước, hoặc kết thúc có nêu lý do.",
                count=still_open,
            ),
            directive=directive_id,
            open=still_open,
        )
    if still_open:
        history.require_reason(reason)
    directive.status, directive.closed_at = Status.CLOSED, work.now
    history.record(work, "directive", directive_id, "close", reason=reason)
    _tell(work, "cycle.closed", directive, status=directive.status)
    return directive


def get(session: Session, directive_id: str) -> Directive:
    """Give a directive; raises NotFound."""
    directive = session.get(Directive, directive_id)
    if directive is None:
        raise NotFound(_("Không tìm thấy văn bản chỉ đạo."), directive=directive_id)
    return directive


def lock(work: UnitOfWork, directive_id: str) -> Directive:
    """Give a directive locked for a change; raises NotFound."""
    directive = work.session.get(Directive, directive_id, with_for_update=True)
    if directive is None:
        raise NotFound(_("Không tìm thấy văn bản chỉ đạo."), directive=directive_id)
    return directive


def instructions(session: Session, directive_id: str) -> list[InstructionRow]:
    """Give what was instructed, the oldest first."""
    return list(
        session.scalars(
            select(InstructionRow)
            .where(InstructionRow.directive_id == directive_id)
            .order_by(InstructionRow.at)
        )
    )


def document_of(session: Session, directive_id: str) -> Document:
    """Give the document being implemented."""
    return documents.get(session, get(session, directive_id).document_id)


def open_assignments(session: Session, directive_id: str) -> int:
    """Count the assignments of a directive that are neither done nor cancelled."""
    query = select(func.count()).select_from(Assignment)
    query = query.where(
        Assignment.directive_id == directive_id,
        Assignment.state.not_in([state.value for state in ENDED]),
    )
    return int(session.scalar(query) or 0)


def ancestors(session: Session, directive_id: str) -> list[Directive]:
    """Give the directive and all above it, the nearest first."""
    found: list[Directive] = []
    next_id: str | None = directive_id
    while next_id is not None and len(found) < DEEPEST:
        directive = get(session, next_id)
        found.append(directive)
        next_id = directive.parent_id
    return found


def descendants(session: Session, directive_id: str, root_id: str) -> list[Directive]:
    """Give all directives below one, by one query over its tree."""
    children: dict[str | None, list[Directive]] = {}
    for item in session.scalars(select(Directive).where(Directive.root_id == root_id).order_by(Directive.id)):
        children.setdefault(item.parent_id, []).append(item)
    found: list[Directive] = []
    waiting = [directive_id]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += [item.id for item in below]
    return found


_AFTER = {
    Decision.FOR_INFORMATION: Status.FOR_INFORMATION,
    Decision.DO_NOW: Status.INSTRUCTED,
    Decision.ISSUE_PLAN: Status.INSTRUCTED,
    Decision.FORWARD: Status.FORWARDED,
}


def _move_to_root(work: UnitOfWork, branch: list[str], root_id: str) -> None:
    work.session.execute(update(Directive).where(Directive.id.in_(branch)).values(root_id=root_id))
    work.session.execute(
        update(Assignment).where(Assignment.directive_id.in_(branch)).values(root_id=root_id)
    )


def _tell(work: UnitOfWork, event: str, directive: Directive, **more: object) -> None:
    data = {
        "directive": directive.id,
        "document": directive.document_id,
        "organisation": directive.organisation_id,
        "title": directive.title,
        "urgency": directive.urgency,
        **more,
    }
    outbox.record(work, event, subject=directive.id, data=data)
