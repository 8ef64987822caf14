"""Who may look at a process instance: whoever started it, has a step of it, or may see what it is about."""

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from directives import access
from directives.access import Principal
from directives.assignment_tables import Assignment
from directives.directives import Directive
from directives.report_tables import ReportRound, UnitReport
from engine import instances, user_tasks
from engine.models import ProcessInstance
from foundation.errors import NotFound
from foundation.texts import _
from processes import visibility, work_list

RIGHT = "instances.read"


def within(principal: Principal) -> ColumnElement[bool]:
    """Give the condition for instances a principal may see in a list."""
    if RIGHT in principal.everywhere:
        return true()
    cycles = select(Directive.id).where(visibility.directives(principal))
    rounds = select(ReportRound.id).where(ReportRound.directive_id.in_(cycles))
    own = access.within(principal, "reports.read", UnitReport.unit_id)
    key = ProcessInstance.business_key
    return or_(
        ProcessInstance.started_by == principal.account_id,
        key.in_(cycles),
        key.in_(select(Assignment.id).where(visibility.assignments(principal))),
        key.in_(rounds),
        key.in_(select(UnitReport.id).where(or_(own, UnitReport.round_id.in_(rounds)))),
    )


def visible(session: Session, principal: Principal, instance_id: str) -> ProcessInstance:
    """Give an instance the principal may see; NotFound otherwise."""
    found = instances.get(session, instance_id)
    query = select(ProcessInstance.id).where(ProcessInstance.id == instance_id, within(principal))
    if session.scalar(query) is not None:
        return found
    tasks = user_tasks.of_instance(session, instance_id, only_open=False)
    if any(work_list.may_see(principal, task) for task in tasks):
        return found
    raise NotFound(_("Không tìm thấy phiên chạy {id}.", id=instance_id))


def require_subject(session: Session, principal: Principal, business_key: str | None) -> None:
    """Refuse to start something about a cycle or assignment the principal cannot see."""
    if business_key is None or RIGHT in principal.everywhere:
        return
    if session.get(Directive, business_key) is not None:
        visibility.directive(session, principal, business_key)
    if session.get(Assignment, business_key) is not None:
        visibility.assignment(session, principal, business_key)
