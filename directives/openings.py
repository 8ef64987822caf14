"""Giving tasks: a plan's items to their leads, one task at once, the parts of a task."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from directives import assignments, deadlines, directives, history, plans, policies
from directives.assignment_tables import Assignment, AssignmentCoordinator
from directives.deadlines import NO_DEADLINE, Deadline
from directives.history import Change
from directives.plan_tables import Plan
from directives.states import State, next_state
from foundation import calendars
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid
from foundation.texts import _
from foundation.vietnamese import format_date
from foundation.working_time import local_date


@dataclass(frozen=True, kw_only=True)
class NewAssignment:
    """A task to give without a plan: do-now work, or a part of another assignment."""

    lead_id: str
    content: str
    output: str = ""
    deadline: Deadline = NO_DEADLINE
    coordinators: tuple[str, ...] = ()
    officer_id: str | None = None
    section: str = ""
    mode: str = "giao"
    is_mandatory: bool = True
    #: prepared only (`moi`): the lead learns of it by `hand_over`
    is_held: bool = False


def open_plan(work: UnitOfWork, plan_id: str, *, is_held: bool = False) -> list[Assignment]:
    """Give every item of an issued plan to each of its leads, groups expanded as of today (R-S3).

    Items that only order reports are no tasks: they set the dates of the rounds (`plans.is_reporting`).
    Items without a lead wait for `open_item` after somebody assigned one (R-S1). Items already given are
    skipped, so a repeated call gives nothing twice. Held ones wait for `hand_over`.
    """
    plan = plans.get(work.session, plan_id)
    if plan.status != "issued":
        raise Conflict(_("Chỉ giao nhiệm vụ theo kế hoạch đã ban hành."), plan=plan_id)
    given = set(first_leads(work.session, Assignment.plan_id == plan_id).values())
    return [
        assignment
        for item in plans.items(work.session, plan_id)
        if not plans.is_reporting(item.draft)
        for assignment in _open_item(work, plan, item, given, is_held=is_held)
    ]


def open_item(work: UnitOfWork, item_id: str) -> list[Assignment]:
    """Give one item of an issued plan to those of its leads that do not have it yet."""
    item = plans.view(work.session, item_id)
    plan = plans.of_item(work.session, item_id)
    if plan.status != "issued":
        raise Conflict(_("Chỉ giao nhiệm vụ theo kế hoạch đã ban hành."), plan=plan.id)
    given = set(first_leads(work.session, Assignment.item_id == item_id).values())
    return _open_item(work, plan, item, given)


def assign(
    work: UnitOfWork,
    directive_id: str,
    new: NewAssignment,
    *,
    organisation_id: str | None = None,
    parent_id: str | None = None,
) -> Assignment:
    """Give a single task of a directive without a plan ("làm ngay", §2.2 step 3)."""
    directive = directives.get(work.session, directive_id)
    if not new.content.strip():
        raise Invalid(fields={"content": _("Cần ghi nội dung nhiệm vụ.")})
    assignment = _create(
        work,
        directive,
        new,
        organisation_id=organisation_id or directive.organisation_id,
        parent_id=parent_id,
    )
    directives.begin_implementation(work, directive_id)
    return assignment


def split(work: UnitOfWork, assignment_id: str, parts: Sequence[NewAssignment]) -> list[Assignment]:
    """Split an assignment into parts given by its lead (§2.3).

    A part without a due day inherits the parent's. Raises Invalid for a part due after the parent (R-S4).
    """
    parent = assignments.lock(work, assignment_id)
    next_state("progress", State(parent.state), parent.id)
    if not parts:
        raise Invalid(_("Cần ít nhất một nhiệm vụ con."), assignment=assignment_id)
    children = []
    for part in parts:
        due = part.deadline.current_due
        if due is not None and parent.current_due is not None and due > parent.current_due:
            raise Invalid(
                _(
                    "Thời hạn {due} của nhiệm vụ con muộn hơn thời hạn {parent} của nhiệm vụ cha; "
                    "hãy rút ngắn hoặc xin gia hạn nhiệm vụ cha trước.",
                    due=format_date(due),
                    parent=format_date(parent.current_due),
                ),
                rule="R-S4",
                assignment=assignment_id,
            )
        deadline = part.deadline
        if due is None and parent.current_due is not None:
            deadline = replace(
                deadlines.from_json(parent.deadline),
                original_due=parent.current_due,
                inherited_from=parent.id,
            )
        children.append(
            assign(
                work,
                parent.directive_id,
                replace(part, deadline=deadline),
                organisation_id=parent.lead_id,
                parent_id=parent.id,
            )
        )
    ids = [child.id for child in children]
    history.record(work, "assignment", assignment_id, "split", after={"children": ids})
    assignments.tell(work, "task.split", parent, children=ids)
    return children


def hand_over(work: UnitOfWork, assignment_id: str) -> Assignment:
    """Hand a prepared assignment (`moi`) to its lead."""
    assignment = assignments.act(work, assignments.lock(work, assignment_id), "hand_over")
    assignments.tell(work, "task.assigned", assignment)
    return assignment


def first_leads(session: Session, which: ColumnElement[bool]) -> dict[str, tuple[str | None, str]]:
    """Give per assignment its item and the lead that was first given it, whoever has it now.

    A task that was given to another lead by hand is still the task of the lead that the plan names.
    """
    query = select(Assignment.id, Assignment.item_id, Assignment.lead_id).where(which)
    found = {row_id: (item_id, lead_id) for row_id, item_id, lead_id in session.execute(query)}
    moves = (
        select(Change)
        .join(Assignment, Assignment.id == Change.subject_id)
        .where(Change.subject_type == "assignment", Change.act == "reassign", which)
        # backwards, so that the first move is the one that stays
        .order_by(Change.seq.desc())
    )
    for move in session.scalars(moves):
        if move.before and "lead_id" in move.before:
            found[move.subject_id] = (found[move.subject_id][0], move.before["lead_id"])
    return found


def _open_item(
    work: UnitOfWork,
    plan: Plan,
    item: plans.ItemView,
    given: Collection[tuple[str | None, str]],
    *,
    is_held: bool = False,
) -> list[Assignment]:
    directive = directives.get(work.session, plan.directive_id)
    draft = item.draft
    coordinating = plans.expand(work.session, draft.coordinators, local_date(work.now))
    opened = []
    for lead in plans.expand(work.session, draft.leads, local_date(work.now)):
        if (item.id, lead.organisation_id) in given:
            continue
        new = NewAssignment(
            lead_id=lead.organisation_id,
            content=draft.content,
            output=draft.output,
            deadline=draft.deadline,
            coordinators=tuple(c.organisation_id for c in coordinating),
            section=draft.section,
            mode=draft.mode,
            is_mandatory=draft.is_mandatory,
            is_held=is_held,
        )
        assignment = _create(work, directive, new, organisation_id=plan.organisation_id, plan=plan, item=item)
        assignment.group_id, assignment.is_accountable = lead.group_id, lead.is_accountable
        opened.append(assignment)
    return opened


def _create(
    work: UnitOfWork,
    directive: directives.Directive,
    new: NewAssignment,
    *,
    organisation_id: str,
    parent_id: str | None = None,
    plan: Plan | None = None,
    item: plans.ItemView | None = None,
) -> Assignment:
    calendar = calendars.load(work.session)
    policy = policies.current(work.session, local_date(work.now))
    assignment = Assignment(
        directive_id=directive.id,
        root_id=directive.root_id,
        plan_id=plan.id if plan else None,
        item_id=item.id if item else None,
        parent_id=parent_id,
        is_mandatory=new.is_mandatory,
        ordinal=item.ordinal if item else _next_ordinal(work.session, directive.id),
        organisation_id=organisation_id,
        lead_id=new.lead_id,
        officer_id=new.officer_id,
        monitor_id=(plan.monitor_id if plan else None) or directive.monitor_id,
        reports_to_id=item.draft.reports_to_id if item else None,
        mode=new.mode,
        section=new.section,
        content=new.content,
        output=new.output,
        urgency=directive.urgency,
        state=State.NEW if new.is_held else State.AWAITING_ACCEPTANCE,
        assigned_on=local_date(work.now),
        created_at=work.now,
    )
    assignments.copy_deadline(assignment, deadlines.effective(new.deadline, calendar, policy))
    assignment.due_holder_id = assignments.due_holder(work.session, assignment)
    work.session.add(assignment)
    work.session.flush()
    work.session.add_all(
        AssignmentCoordinator(assignment_id=assignment.id, organisation_id=unit)
        for unit in dict.fromkeys(new.coordinators)
        if unit != new.lead_id
    )
    work.session.flush()
    history.record(
        work,
        "assignment",
        assignment.id,
        "assign",
        after={"lead": new.lead_id, "due": assignments.plain(assignment.current_due)},
    )
    if not new.is_held:
        assignments.tell(work, "task.assigned", assignment)
    return assignment


def _next_ordinal(session: Session, directive_id: str) -> int:
    query = select(func.max(Assignment.ordinal)).where(Assignment.directive_id == directive_id)
    return (session.scalar(query) or 0) + 1
