"""Views of the work list: what is due today, soon, overdue, waits for a decision, lies with the unit.

Reads only, a fixed number of queries whatever the length: the tasks of one page, then what they are about.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session

from directives import deadlines, policies
from directives.access import Principal
from directives.account_tables import AccountRow
from directives.assignment_tables import Assignment
from directives.directives import Directive
from directives.document_tables import Document
from directives.people import group
from directives.people_tables import PersonRow
from directives.report_tables import ReportRound, UnitReport
from directives.roles import ROLES
from engine import user_tasks
from engine.models import UserTask, UserTaskCandidate
from foundation import calendars
from foundation.texts import Text, _
from foundation.vietnamese import fold
from foundation.working_time import end_of_day, local_date

#: rows of one page
PAGE = 30
#: forms that ask for a decision end so; those of an arrival ask whether to take it
_DECISIONS = ("-approve", "-confirm", "-sign", "-check", "-decide", "-instruct", "-resolve-return")
_ARRIVALS = ("-accept", "-register")
#: the unit's view names its groups up to so many organisations
_MOST_ORGANISATIONS = 80


class View(StrEnum):
    """The lists an official asks for (R-U10)."""

    ALL = "all"
    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    DECISION = "decision"
    ARRIVAL = "arrival"
    UNIT = "unit"


VIEW_NAMES: dict[View, Text] = {
    View.ALL: _("Tất cả việc của tôi"),
    View.OVERDUE: _("Quá hạn"),
    View.TODAY: _("Đến hạn hôm nay"),
    View.SOON: _("Sắp đến hạn"),
    View.DECISION: _("Chờ tôi quyết định"),
    View.ARRIVAL: _("Chờ tiếp nhận"),
    View.UNIT: _("Việc của đơn vị"),
}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What a task is about: an assignment, a cycle, a report."""

    #: assignment, directive or report; empty when the process is not one of the house
    kind: str = ""
    id: str = ""
    title: str = ""
    directive_id: str | None = None
    #: number of the directive's document
    number: str = ""
    organisation_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the list."""

    id: str
    #: name of the step, as the diagram has it
    step: str
    process_key: str
    instance_id: str
    subject: Subject
    due_at: datetime | None
    priority: int
    assignee: str | None
    assignee_name: str
    candidate_groups: tuple[str, ...]
    revision: int
    created_at: datetime

    @property
    def due(self) -> date | None:
        """Give the due day in the business zone."""
        return None if self.due_at is None else local_date(self.due_at)


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of a view and how many there are in all."""

    rows: list[Row]
    total: int


def count(session: Session, principal: Principal) -> int:
    """Count what somebody may do or has claimed."""
    return int(session.scalar(select(func.count()).select_from(UserTask).where(_mine(principal))) or 0)


def counts(session: Session, principal: Principal, now: datetime) -> dict[View, int]:
    """Count every view, all but the unit's by one query."""
    conditions = _conditions(session, now)
    columns = [func.count().filter(condition).label(view) for view, condition in conditions.items()]
    row = session.execute(select(*columns).select_from(UserTask).where(_mine(principal))).one()
    found = {view: int(row[place]) for place, view in enumerate(conditions)}
    unit = select(func.count()).select_from(UserTask).where(_of_unit(principal))
    return {**found, View.UNIT: int(session.scalar(unit) or 0)}


def listing(
    session: Session,
    principal: Principal,
    now: datetime,
    view: View = View.ALL,
    *,
    text: str = "",
    process_key: str = "",
    page: int = 1,
) -> Page:
    """Give one page of a view, the most urgent first; `text` narrows by step, subject or number."""
    if view is View.UNIT:
        wanted = [_of_unit(principal)]
    else:
        wanted = [_mine(principal), _conditions(session, now)[view]]
    if process_key:
        wanted.append(UserTask.process_key == process_key)
    if text.strip():
        wanted.append(_containing(session, text, wanted))
    total = int(session.scalar(select(func.count()).select_from(UserTask).where(*wanted)) or 0)
    query = select(UserTask).where(*wanted)
    query = query.order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id)
    tasks = list(session.scalars(query.limit(PAGE).offset((max(1, page) - 1) * PAGE)))
    return Page(rows=rows_of(session, tasks), total=total)


def rows_of(session: Session, tasks: Sequence[UserTask]) -> list[Row]:
    """Give the lines of tasks with what they are about, by four queries whatever their number."""
    subjects = subjects_of(session, [(task.process_key, task.business_key) for task in tasks])
    names = _account_names(session, {task.assignee for task in tasks if task.assignee})
    return [
        Row(
            id=task.id,
            step=task.name,
            process_key=task.process_key,
            instance_id=task.instance_id,
            subject=subjects.get(task.business_key or "", Subject()),
            due_at=task.due_at,
            priority=task.priority,
            assignee=task.assignee,
            assignee_name=names.get(task.assignee or "", ""),
            candidate_groups=tuple(task.candidate_groups),
            revision=task.revision,
            created_at=task.created_at,
        )
        for task in tasks
    ]


def subjects_of(session: Session, keys: Iterable[tuple[str, str | None]]) -> dict[str, Subject]:
    """Give what processes are about by business key: assignments, cycles, report rounds, unit reports."""
    wanted = {key for _process, key in keys if key}
    if not wanted:
        return {}
    found: dict[str, Subject] = {}
    for query, kind in _subject_queries(wanted):
        for row in session.execute(query):
            found[row.id] = Subject(
                kind=kind,
                id=row.id,
                title=row.title,
                directive_id=row.directive_id,
                number=row.number or "",
                organisation_id=row.organisation_id,
            )
    return found


def _subject_queries(wanted: set[str]) -> list[tuple[Select[*tuple[Any, ...]], str]]:
    cycle = (
        select(
            Directive.id,
            Directive.title,
            Directive.id.label("directive_id"),
            Document.number,
            Directive.organisation_id,
        )
        .join(Document, Document.id == Directive.document_id)
        .where(Directive.id.in_(wanted))
    )
    task = (
        select(
            Assignment.id,
            Assignment.content.label("title"),
            Assignment.directive_id,
            Document.number,
            Assignment.organisation_id,
        )
        .join(Directive, Directive.id == Assignment.directive_id)
        .join(Document, Document.id == Directive.document_id)
        .where(Assignment.id.in_(wanted))
    )
    return [(cycle, "directive"), (task, "assignment"), *_report_queries(wanted)]


def _report_queries(wanted: set[str]) -> list[tuple[Select[*tuple[Any, ...]], str]]:
    columns = (Directive.id.label("directive_id"), Document.number)
    whole = (
        select(ReportRound.id, ReportRound.title, *columns, ReportRound.organisation_id)
        .join(Directive, Directive.id == ReportRound.directive_id)
        .join(Document, Document.id == Directive.document_id)
        .where(ReportRound.id.in_(wanted))
    )
    part = (
        select(UnitReport.id, ReportRound.title, *columns, ReportRound.organisation_id)
        .join(ReportRound, ReportRound.id == UnitReport.round_id)
        .join(Directive, Directive.id == ReportRound.directive_id)
        .join(Document, Document.id == Directive.document_id)
        .where(UnitReport.id.in_(wanted))
    )
    return [(whole, "report_round"), (part, "unit_report")]


def _conditions(session: Session, now: datetime) -> dict[View, ColumnElement[bool]]:
    today = local_date(now)
    soon = deadlines.due_soon_horizon(today, calendars.load(session), policies.current(session, today))
    due = UserTask.due_at
    return {
        View.ALL: UserTask.id.is_not(None),
        View.OVERDUE: due < now,
        View.TODAY: due.between(now, end_of_day(today)),
        View.SOON: and_(due > end_of_day(today), due <= end_of_day(soon)),
        View.DECISION: or_(*(UserTask.form_key.endswith(end) for end in _DECISIONS)),
        View.ARRIVAL: or_(*(UserTask.form_key.endswith(end) for end in _ARRIVALS)),
    }


def _mine(principal: Principal) -> ColumnElement[bool]:
    return user_tasks.may_be_done_by(principal.account_id, principal.groups)


def _of_unit(principal: Principal) -> ColumnElement[bool]:
    """Open tasks of the organisations somebody answers for that are not their own."""
    organisations = sorted(principal.organisation_ids)
    if len(organisations) > _MOST_ORGANISATIONS:
        organisations = sorted({one.partition("@")[2] for one in principal.groups})
    groups = [group(role, one) for role in ROLES for one in organisations]
    own = _candidates(principal.groups)
    # groups are kept only while a task is open; asking for its state too would lead the database astray
    return and_(
        UserTask.id.in_(_candidates(groups)),
        func.coalesce(UserTask.assignee, "") != principal.account_id,
        not_(and_(UserTask.assignee.is_(None), UserTask.id.in_(own))),
    )


def _candidates(groups: Iterable[str]) -> Select[str]:
    return select(UserTaskCandidate.task_id).where(UserTaskCandidate.group.in_(sorted(groups)))


def _containing(session: Session, text: str, wanted: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    # a person's list is short: what it is about is compared here, with or without marks (R-U2)
    tasks = session.execute(
        select(UserTask.id, UserTask.name, UserTask.process_key, UserTask.business_key).where(*wanted)
    ).all()
    subjects = subjects_of(session, [(task.process_key, task.business_key) for task in tasks])
    needle = fold(text.strip())
    found = []
    for task in tasks:
        about = subjects.get(task.business_key or "", Subject())
        if needle in fold(f"{task.name} {about.title} {about.number}"):
            found.append(task.id)
    return UserTask.id.in_(found)


def _account_names(session: Session, ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    query = select(AccountRow.id, AccountRow.username, PersonRow.full_name)
    query = query.join(PersonRow, PersonRow.id == AccountRow.person_id, isouter=True)
    return {
        row.id: row.full_name or row.username for row in session.execute(query.where(AccountRow.id.in_(ids)))
    }
