"""Who sees which thing of the domain (R-U5): the own branch, and what one was given, asked or sent.

Conditions for lists, and the same for one thing: what is not visible is not there (NotFound).
"""

from sqlalchemy import ColumnElement, CompoundSelect, or_, select, union_all
from sqlalchemy.orm import Session

from directives import access
from directives.access import Principal
from directives.assignment_tables import Assignment, AssignmentCoordinator
from directives.directives import Directive
from directives.document_tables import Document, DocumentRecipient
from directives.plan_tables import Plan
from engine.models import UserTask, UserTaskCandidate
from foundation.errors import NotFound
from foundation.texts import _


def assignments(principal: Principal) -> ColumnElement[bool]:
    """Give the condition for assignments given, led, watched or helped by organisations of the branch."""
    helped = select(AssignmentCoordinator.assignment_id).where(
        access.within(principal, "assignments.read", AssignmentCoordinator.organisation_id)
    )
    return or_(
        access.within(principal, "assignments.read", Assignment.lead_id),
        access.within(principal, "assignments.read", Assignment.organisation_id),
        access.within(principal, "assignments.read", Assignment.monitor_id),
        Assignment.id.in_(helped),
    )


def directives(principal: Principal) -> ColumnElement[bool]:
    """Give the condition for cycles of the branch, and those in which it has an assignment or a step."""
    given = select(Assignment.directive_id).where(
        access.within(principal, "assignments.read", Assignment.lead_id)
    )
    helped = (
        select(Assignment.directive_id)
        .join(AssignmentCoordinator, AssignmentCoordinator.assignment_id == Assignment.id)
        .where(access.within(principal, "assignments.read", AssignmentCoordinator.organisation_id))
    )
    own = access.within(principal, "directives.read", Directive.organisation_id)
    return or_(own, Directive.id.in_(given), Directive.id.in_(helped), Directive.id.in_(_at_work(principal)))


def documents(principal: Principal) -> ColumnElement[bool]:
    """Give the condition for documents kept by the branch, sent to it, or carried out by it."""
    sent = select(DocumentRecipient.document_id).where(
        access.within(principal, "documents.read", DocumentRecipient.organisation_id)
    )
    implemented = select(Directive.document_id).where(directives(principal))
    own = access.within(principal, "documents.read", Document.organisation_id)
    issued = Document.direction != "draft"
    return or_(own, issued & Document.id.in_(sent), issued & Document.id.in_(implemented))


def plans(principal: Principal) -> ColumnElement[bool]:
    """Give the condition for plans of the branch, and issued ones under which it has an assignment."""
    given = select(Directive.id).where(directives(principal))
    own = access.within(principal, "plans.read", Plan.organisation_id)
    issued = (Plan.status != "draft") & Plan.directive_id.in_(given)
    return or_(own, issued, Plan.directive_id.in_(_at_work(principal)))


def _at_work(principal: Principal) -> CompoundSelect[str | None]:
    """Give the business keys of cycles in which a person has or had a step: a drafter sees the draft."""
    given = select(UserTask.business_key).where(UserTask.assignee == principal.account_id)
    offered = (
        select(UserTask.business_key)
        .join(UserTaskCandidate, UserTaskCandidate.task_id == UserTask.id)
        .where(UserTaskCandidate.group.in_(sorted(principal.groups)))
    )
    return union_all(given, offered)


def assignment(session: Session, principal: Principal, assignment_id: str) -> Assignment:
    """Give an assignment the principal may see; raises NotFound."""
    query = select(Assignment).where(Assignment.id == assignment_id, assignments(principal))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_("Không tìm thấy nhiệm vụ."), assignment=assignment_id)
    return found


def directive(session: Session, principal: Principal, directive_id: str) -> Directive:
    """Give a cycle the principal may see; raises NotFound."""
    query = select(Directive).where(Directive.id == directive_id, directives(principal))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(_("Không tìm thấy văn bản chỉ đạo."), directive=directive_id)
    return found


def document(session: Session, principal: Principal, document_id: str) -> Document:
    """Give a document the principal may see; raises NotFound."""
    found = session.scalars(
        select(Document).where(Document.id == document_id, documents(principal))
    ).one_or_none()
    if found is None:
        raise NotFound(_("Không tìm thấy văn bản."), document=document_id)
    return found


def plan(session: Session, principal: Principal, plan_id: str) -> Plan:
    """Give a plan the principal may see; raises NotFound."""
    found = session.scalars(select(Plan).where(Plan.id == plan_id, plans(principal))).one_or_none()
    if found is None:
        raise NotFound(_("Không tìm thấy kế hoạch."), plan=plan_id)
    return found
