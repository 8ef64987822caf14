"""Amending an issued plan by a new document: words, leads or due days of an item (§2.3).

The plan keeps what it said in its history; running assignments are re-dated or re-worded, new leads are given
the task, leads that fell out lose it with the reason.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from directives import assignments, history, openings, plans
from directives.assignment_tables import Assignment
from directives.plan_tables import PlanItem
from directives.states import ENDED
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid
from foundation.texts import _
from foundation.working_time import local_date

#: columns of an item that an amendment may change
_AMENDABLE = frozenset(
    {"content", "output", "leads", "coordinators", "deadline", "reports_to", "reports_to_id"}
)


def amend_item(
    work: UnitOfWork, item_id: str, changes: Mapping[str, Any], *, document_id: str, reason: str
) -> list[Assignment]:
    """Change an item of an issued plan by the document `document_id`; gives the assignments newly opened.

    Raises Conflict for a draft (edit it instead), Invalid for a column that cannot be amended or a due day
    after the parent's.
    """
    history.require_reason(reason)
    plan = plans.of_item(work.session, item_id)
    if plan.status != "issued":
        raise Conflict(_("Kế hoạch chưa ban hành; hãy sửa trực tiếp dự thảo."), plan=plan.id)
    wrong = sorted(set(changes) - _AMENDABLE)
    if wrong:
        raise Invalid(_("Không điều chỉnh được cột {names}.", names=", ".join(wrong)), found=wrong)
    row = work.session.get_one(PlanItem, item_id, with_for_update=True)
    before = plans.view(work.session, item_id).draft
    after = replace(before, **changes)
    plans.put_item(work, row, after)
    row.version += 1
    plan.version += 1
    history.record(
        work,
        "plan_item",
        item_id,
        "amend",
        before={name: plans.plain(getattr(before, name)) for name in changes},
        after={**{name: plans.plain(getattr(after, name)) for name in changes}, "document": document_id},
        reason=reason,
    )
    _follow(work, item_id, after, before, document_id=document_id, reason=reason)
    return openings.open_item(work, item_id)


def _follow(
    work: UnitOfWork,
    item_id: str,
    after: plans.ItemDraft,
    before: plans.ItemDraft,
    *,
    document_id: str,
    reason: str,
) -> None:
    today = local_date(work.now)
    leads = {lead.organisation_id for lead in plans.expand(work.session, after.leads, today)}
    first = openings.first_leads(work.session, Assignment.item_id == item_id)
    due = after.deadline.current_due
    running = select(Assignment).where(
        Assignment.item_id == item_id, Assignment.state.not_in([state.value for state in ENDED])
    )
    for assignment in list(work.session.scalars(running)):
        if first[assignment.id][1] not in leads and assignment.lead_id not in leads:
            assignments.cancel(work, assignment.id, reason, document_id=document_id)
            continue
        if (after.content, after.output) != (before.content, before.output):
            assignments.act(work, assignment, "adjust", reason, content=after.content, output=after.output)
        if due != before.deadline.current_due:
            assignments.redate(work, assignment.id, due, reason, document_id=document_id)
