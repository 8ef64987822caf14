"""What does not fit together in a plan: late children, missing leads, those named but not notified.

Findings of severity `error` stop the issue; the others are shown beside the row, a person decides.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import documents, organisation_groups, plans
from directives.assignment_tables import Assignment
from directives.organisation_tables import OrganisationRow
from directives.plan_tables import PlanItem
from foundation import calendars
from foundation.texts import Text, _
from foundation.vietnamese import fold, format_date
from foundation.working_time import WorkingCalendar


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing to look at in a plan."""

    #: stable name such as `due_after_parent`
    code: str
    #: number of the rule in the domain note
    rule: str
    severity: Severity
    #: the row, None for the whole plan
    item_id: str | None
    text: Text

    @property
    def is_error(self) -> bool:
        """Tell whether the plan cannot be issued with it."""
        return self.severity is Severity.ERROR


def check(session: Session, plan_id: str, today: date) -> list[Finding]:
    """Give all findings of a plan in the order of its rows, by a fixed number of queries."""
    rows = plans.items(session, plan_id)
    calendar = calendars.load(session)
    parents = _parent_dues(session, rows)
    findings = [
        finding
        for row in rows
        for finding in (
            *_parties(row),
            *_due(row, calendar, today),
            *_against_parents(row, parents),
        )
    ]
    return [*findings, *_not_notified(session, plan_id, rows, today)]


def _parties(row: plans.ItemView) -> Iterator[Finding]:
    leads = row.draft.leads
    if not leads:
        yield _warn("no_lead", "R-S1", row, _("Chưa có đơn vị chủ trì; cần phân công trước khi thực hiện."))
    for party in (*leads, *row.draft.coordinators):
        if party.organisation_id is None:
            yield _warn(
                "unknown_organisation",
                "R-O5",
                row,
                _("“{name}” chưa gắn với cơ quan nào trong danh bạ; hãy chọn cơ quan.", name=party.name),
            )
    if len(leads) > 1:
        yield _warn(
            "several_leads",
            "R-S2",
            row,
            _(
                "Có {count} đơn vị cùng chủ trì; “{name}” chịu trách nhiệm chính.",
                count=len(leads),
                name=next(lead.name for lead in leads if lead.is_accountable),
            ),
            Severity.INFO,
        )


def _due(row: plans.ItemView, calendar: WorkingCalendar, today: date) -> Iterator[Finding]:
    deadline = row.draft.deadline
    due = deadline.current_due
    if due is None:
        yield _warn("no_due", "R-S1", row, _("Chưa có thời hạn; cần xác định thời hạn hoặc kỳ báo cáo."))
        return
    if deadline.invalid and not deadline.confirmed_by:
        yield _warn(
            "impossible_date",
            "R-S11",
            row,
            _(
                "Văn bản ghi ngày {raw} không có thật; đang hiểu là {due}, cần người xác nhận.",
                raw=deadline.invalid,
                due=format_date(due),
            ),
        )
    if (deadline.effective_due or due) < today:
        yield _warn(
            "late_at_birth",
            "R-S12",
            row,
            _("Thời hạn {due} đã qua trước khi giao; hãy xác định lại thời hạn.", due=format_date(due)),
        )
    if not calendar.is_working_day(due):
        yield _warn(
            "due_on_day_off",
            "R-T5",
            row,
            _(
                "Thời hạn {due} là ngày nghỉ; tính đúng hạn đến hết {effective}.",
                due=format_date(due),
                effective=format_date(deadline.effective_due or due),
            ),
            Severity.INFO,
        )


def _against_parents(row: plans.ItemView, parents: Mapping[plans.Trace, date | None]) -> Iterator[Finding]:
    due = row.draft.deadline.current_due
    known = [day for trace in row.draft.traces if (day := parents.get(trace)) is not None]
    if due is None or not known:
        return
    parent = min(known)
    if due > parent:
        yield _warn(
            "due_after_parent",
            "R-S4",
            row,
            _(
                "Thời hạn {due} muộn hơn thời hạn {parent} cấp trên giao; "
                "hãy rút ngắn hoặc xin cấp trên gia hạn trước.",
                due=format_date(due),
                parent=format_date(parent),
            ),
            Severity.ERROR,
        )
    elif due == parent:
        yield _warn(
            "due_equals_parent",
            "R-S4",
            row,
            _(
                "Thời hạn trùng với thời hạn {parent} cấp trên giao: không còn thời gian tổng hợp.",
                parent=format_date(parent),
            ),
        )


def _parent_dues(session: Session, rows: list[plans.ItemView]) -> dict[plans.Trace, date | None]:
    traces = {trace for row in rows for trace in row.draft.traces}
    assignment_ids = {trace.parent_assignment_id for trace in traces} - {None}
    item_ids = {trace.parent_item_id for trace in traces if not trace.parent_assignment_id} - {None}
    dues: dict[str | None, date | None] = {}
    if assignment_ids:
        query = select(Assignment.id, Assignment.current_due).where(Assignment.id.in_(assignment_ids))
        dues |= dict(session.execute(query).all())
    if item_ids:
        query = select(PlanItem.id, PlanItem.due).where(PlanItem.id.in_(item_ids))
        dues |= dict(session.execute(query).all())
    return {trace: dues.get(trace.parent_assignment_id or trace.parent_item_id) for trace in traces}


def _not_notified(
    session: Session, plan_id: str, rows: list[plans.ItemView], today: date
) -> Iterator[Finding]:
    """Find those named in tasks but missing from "Nơi nhận" (R-S9); nothing to compare without a document."""
    document_id = plans.get(session, plan_id).document_id
    if document_id is None:
        return
    recipients = documents.recipients(session, document_id)
    told_ids = {recipient.organisation_id for recipient in recipients} - {None}
    told_names = {fold(recipient.name) for recipient in recipients}
    groups = session.scalars(
        select(OrganisationRow.id).where(OrganisationRow.id.in_(told_ids), OrganisationRow.is_group.is_(True))
    ).all()
    for group in groups:
        told_ids |= set(organisation_groups.members(session, group, today))
    seen: set[str] = set()
    for row in rows:
        for party in (*row.draft.leads, *row.draft.coordinators):
            key = party.organisation_id or fold(party.name)
            if key in seen or party.organisation_id in told_ids or fold(party.name) in told_names:
                continue
            seen.add(key)
            yield _warn(
                "not_notified",
                "R-S9",
                row,
                _("“{name}” có tên trong nhiệm vụ nhưng không có trong nơi nhận.", name=party.name),
            )


def _warn(
    code: str, rule: str, row: plans.ItemView, text: Text, severity: Severity = Severity.WARNING
) -> Finding:
    return Finding(code=code, rule=rule, severity=severity, item_id=row.id, text=text)
