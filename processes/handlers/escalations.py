"""The escalation ladder reaches people: it informs, counts and drafts; it closes nothing (§2.3)."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from directives import assignments, directives, documents, organisations, reports
from directives.assignment_tables import Assignment
from directives.directives import Directive
from directives.documents import Header, Recipient
from directives.report_tables import ReportRound, UnitReport
from directives.states import NOT_STARTED, WORKING, State
from engine.ports import EscalationNotice
from foundation.clock import BUSINESS_ZONE
from foundation.database import UnitOfWork
from foundation.texts import Text, _
from foundation.vietnamese import format_date
from foundation.working_time import local_date
from processes import notices


@dataclass(frozen=True, kw_only=True)
class Parties:
    """The organisations behind the roles of a ladder, for the thing a step is about."""

    subject: tuple[str, str]
    title: str
    urgency: int = 0
    #: who does it, who gave it
    doer: str | None = None
    assigner: str | None = None
    monitor: str | None = None
    holder: str | None = None
    #: False when nobody needs to hear of it any more: suspended, ended
    is_alive: bool = True


def escalate(work: UnitOfWork, notice: EscalationNotice) -> None:
    """Tell the people a step names; an `urge` step also drafts the formal urging letter."""
    parties = _parties(work.session, notice)
    if not parties.is_alive:
        return
    kind, title = _words(notice, parties)
    notices.tell(
        work,
        recipients(work, notice, parties),
        kind=kind,
        title=title,
        subject=parties.subject,
        urgency=parties.urgency,
    )
    if parties.subject[0] == "assignment":
        _count(work, notice, parties)


def recipients(work: UnitOfWork, notice: EscalationNotice, parties: Parties) -> list[str]:
    """Give the people and groups behind the role of a step; groups nobody holds give way to those above."""
    is_call = notice.child_id is not None
    if notice.to == "assignee" and not is_call:
        return _assignee(work, notice)
    own = next((group.partition("@")[2] for group in notice.candidate_groups), "")
    doer, office = parties.doer or own, parties.assigner or own
    places = {
        # of a call, only a decision table can say it: whoever answers for the unit that was asked
        "assignee": (("unit_head", "head"), doer),
        "unit_head": (("unit_head", "head"), doer),
        "lead_head": (("head",), doer),
        "monitor": (("officer", "unit_head", "office_head"), parties.monitor or office),
        "office_head": (("office_head",), office if is_call or notice.element in _IMPLEMENTING else own),
        "decision_holder": (("office_head", "head"), parties.holder or office),
    }
    roles, organisation = places.get(notice.to, ((notice.to,), doer))
    return notices.nearest(work, roles, organisation)


def _assignee(work: UnitOfWork, notice: EscalationNotice) -> list[str]:
    if notice.assignee is not None:
        return [notices.recipient_of(work.session, notice.assignee)]
    held = notices.held_groups(work.session, notice.candidate_groups, work)
    return sorted(held) or list(notice.candidate_groups)


def _count(work: UnitOfWork, notice: EscalationNotice, parties: Parties) -> None:
    """Write the events of the assignment, once per step of the ladder, and the letter of an `urge`."""
    assignment_id = parties.subject[1]
    if notice.child_id is not None or notice.element not in _IMPLEMENTING:
        return
    if notice.action == "remind":
        assignments.remind(work, assignment_id, "due_soon", offset=notice.offset, unit=notice.unit)
    elif notice.action == "overdue" and notice.to == "assignee":
        assignments.remind(work, assignment_id, "overdue")
    elif notice.action in ("escalate", "urge"):
        assignments.remind(work, assignment_id, "escalated", to=notice.to, offset=notice.offset)
    if notice.action == "urge":
        assignments.urge(
            work, assignment_id, str(_title(notice, parties)), document_id=_letter(work, assignment_id)
        )


def _letter(work: UnitOfWork, assignment_id: str) -> str:
    """Draft the công văn đôn đốc of the assigner; people check, sign and issue it."""
    assignment = assignments.get(work.session, assignment_id)
    today = local_date(work.now)
    names = organisations.names_on(work.session, {assignment.organisation_id, assignment.lead_id}, today)
    lead = names.get(assignment.lead_id, "")
    subject = _(
        "V/v đôn đốc thực hiện nhiệm vụ quá hạn ngày {due}: {title}",
        due=format_date(assignment.current_due) if assignment.current_due else "",
        title=assignment.content,
    )
    header = Header(
        type_code="CV",
        issuer_id=assignment.organisation_id,
        issuer_name=names.get(assignment.organisation_id, ""),
        subject=str(subject),
        urgency=assignment.urgency,
        recipients=[Recipient(name=lead, organisation_id=assignment.lead_id)],
    )
    return documents.draft(work, assignment.organisation_id, header).id


def _words(notice: EscalationNotice, parties: Parties) -> tuple[str, Text]:
    kind = {"remind": "task.due_soon", "overdue": "task.overdue", "urge": "urge.sent"}.get(
        notice.action, "task.escalated"
    )
    return kind, _title(notice, parties)


def _title(notice: EscalationNotice, parties: Parties) -> Text:
    due = "" if notice.due_at is None else format_date(notice.due_at.astimezone(BUSINESS_ZONE).date())
    words = {"step": notice.title, "title": parties.title, "due": due}
    match notice.action:
        case "remind":
            return _("Sắp đến hạn {due}: {step} – {title}", **words)
        case "overdue":
            return _("Quá hạn {due}: {step} – {title}", **words)
        case "urge":
            return _("Cần đôn đốc, đã quá hạn {due}: {step} – {title}", **words)
        case _action:
            return _("Báo chậm, quá hạn {due}: {step} – {title}", **words)


def _parties(session: Session, notice: EscalationNotice) -> Parties:
    """Give the parties of what was called, else of what the instance of the step is about."""
    about = [(notice.called_key, notice.called_business_key), (notice.process_key, notice.business_key)]
    for process, key in about:
        find = _FINDERS.get(process or "")
        found = find(session, key) if find and key else None
        if found is not None:
            return found
    subject = ("user_task", notice.user_task) if notice.user_task else ("instance", notice.child_id or "")
    return Parties(subject=subject, title=notice.title)


def _of_assignment(session: Session, key: str) -> Parties | None:
    found = session.get(Assignment, key)
    if found is None:
        return None
    state = State(found.state)
    return Parties(
        subject=("assignment", found.id),
        title=found.content,
        urgency=found.urgency,
        doer=found.lead_id,
        assigner=found.organisation_id,
        monitor=found.monitor_id or found.organisation_id,
        holder=found.due_holder_id,
        is_alive=state in NOT_STARTED | WORKING or state is State.AWAITING_CONFIRMATION,
    )


def _of_directive(session: Session, key: str) -> Parties | None:
    found = session.get(Directive, key)
    if found is None:
        return None
    told = directives.instructions(session, key)
    return Parties(
        subject=("directive", found.id),
        title=found.title,
        urgency=found.urgency,
        doer=(told[-1].lead_unit_id if told else None) or found.organisation_id,
        assigner=found.organisation_id,
        monitor=found.monitor_id,
        is_alive=found.closed_at is None,
    )


def _of_round(session: Session, key: str) -> Parties | None:
    found = session.get(ReportRound, key)
    if found is None:
        return None
    return Parties(
        subject=("report_round", found.id),
        title=found.title,
        doer=found.consolidator_id,
        assigner=found.organisation_id,
    )


def _of_report(session: Session, key: str) -> Parties | None:
    found = session.get(UnitReport, key)
    if found is None:
        return None
    asked = reports.get_round(session, found.round_id)
    return Parties(
        subject=("unit_report", found.id),
        title=asked.title,
        doer=found.unit_id,
        assigner=asked.organisation_id,
    )


#: steps in which the task itself is being done; others are about the step only
_IMPLEMENTING = frozenset({"do", "approve"})
_FINDERS: dict[str, Callable[[Session, str], Parties | None]] = {
    "assignment": _of_assignment,
    "directive-cycle": _of_directive,
    "report-round": _of_round,
    "unit-report": _of_report,
}
