"""Plans: who does what by when. Drafted like a spreadsheet, checked, then issued with a document.

A draft is edited by several people at once: every row and the plan itself carry a version, a change with an
old one is refused as stale. After the issue only an amendment changes a plan (`directives.amendments`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from directives import deadlines, directives, history, organisation_aliases, organisation_groups, policies
from directives.deadlines import Deadline
from directives.organisation_tables import OrganisationRow
from directives.plan_tables import Plan, PlanItem, PlanParty, PlanTrace
from foundation import calendars
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound, Stale
from foundation.texts import _
from foundation.working_time import local_date

#: how a task reaches its lead (R-S2)
MODES = ("giao", "đề nghị")
LEAD, COORDINATOR = "lead", "coordinator"


@dataclass(frozen=True, kw_only=True)
class Party:
    """A lead or coordinator as drafted; without an organisation it is only a name."""

    name: str = ""
    organisation_id: str | None = None
    is_accountable: bool = False


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What an item carries out: an item above, as given in an assignment (R-S4)."""

    parent_item_id: str | None = None
    parent_assignment_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class ItemDraft:
    """One row of a plan, as drafted."""

    content: str
    section: str = ""
    leads: tuple[Party, ...] = ()
    coordinators: tuple[Party, ...] = ()
    deadline: Deadline = deadlines.NO_DEADLINE
    output: str = ""
    reports_to: str = ""
    reports_to_id: str | None = None
    mode: str = "giao"
    task_class: str = "substantive"
    source_lines: tuple[int, ...] = ()
    is_mandatory: bool = True
    traces: tuple[Trace, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ItemView:
    """One row of a plan, as read."""

    id: str
    version: int
    ordinal: int
    draft: ItemDraft


@dataclass(frozen=True, kw_only=True)
class ExpandedLead:
    """An organisation that gets an assignment of an item, and the group it was named by (R-S3)."""

    organisation_id: str
    is_accountable: bool
    group_id: str | None = None


def create(
    work: UnitOfWork,
    directive_id: str,
    title: str,
    *,
    monitor_id: str | None = None,
    consolidator_id: str | None = None,
) -> Plan:
    """Begin the draft of a plan of the organisation that implements the directive."""
    directive = directives.get(work.session, directive_id)
    plan = Plan(
        directive_id=directive_id,
        organisation_id=directive.organisation_id,
        title=title,
        monitor_id=monitor_id or directive.monitor_id,
        consolidator_id=consolidator_id or directive.consolidator_id,
        created_by=work.actor.id,
        created_at=work.now,
    )
    work.session.add(plan)
    work.session.flush()
    history.record(work, "plan", plan.id, "create", after={"title": title})
    return plan


def from_proposal(
    work: UnitOfWork,
    directive_id: str,
    items: Iterable[Mapping[str, Any]],
    title: str,
    *,
    scope: str | None = None,
) -> Plan:
    """Begin a draft from the items of an intake proposal (the JSON shape of `tiendo intake`).

    Names of leads and coordinators become organisations where they are certain in a document of the issuer
    `scope` (R-O5, R-S10); others stay names for a person to settle.
    """
    proposed = [dict(item) for item in items]
    names = {name for item in proposed for key in ("leads", "coordinators") for name in _names(item.get(key))}
    names |= {str(item["reports_to"]) for item in proposed if item.get("reports_to")}
    today = local_date(work.now)
    meanings = organisation_aliases.resolve_all(work.session, names, on=today, scope=scope)
    known = {name: meaning.organisation_id for name, meaning in meanings.items()}
    plan = create(work, directive_id, title)
    for item in proposed:
        add_item(work, plan.id, _proposed(item, known))
    return plan


def add_item(work: UnitOfWork, plan_id: str, draft: ItemDraft, *, ordinal: int | None = None) -> PlanItem:
    """Add a row at a place (counted from 1), at the end when none is given."""
    plan = _draft_plan(work, plan_id)
    _check(draft)
    last = work.session.scalar(select(func.max(PlanItem.ordinal)).where(PlanItem.plan_id == plan_id)) or 0
    if ordinal is not None and ordinal <= last:
        work.session.execute(
            update(PlanItem)
            .where(PlanItem.plan_id == plan_id, PlanItem.ordinal >= ordinal)
            .values(ordinal=PlanItem.ordinal + 1)
        )
    item = PlanItem(plan_id=plan_id, ordinal=last + 1 if ordinal is None else ordinal, version=1)
    _put(work, item, draft)
    plan.version += 1
    return item


def edit_item(work: UnitOfWork, item_id: str, version: int, **changes: Any) -> PlanItem:
    """Change columns of a row of a draft (names of `ItemDraft`); raises Stale when somebody was faster."""
    item = _item(work, item_id)
    plan = _draft_plan(work, item.plan_id)
    if item.version != version:
        raise Stale(item=item_id, version=item.version)
    unknown = sorted(set(changes) - {field.name for field in fields(ItemDraft)})
    if unknown:
        raise Invalid(_("Dòng kế hoạch không có cột {names}.", names=", ".join(unknown)), found=unknown)
    before = view(work.session, item_id).draft
    draft = replace(before, **changes)
    _check(draft)
    _put(work, item, draft)
    item.version += 1
    plan.version += 1
    history.record(
        work,
        "plan_item",
        item_id,
        "edit",
        before={name: plain(getattr(before, name)) for name in changes},
        after={name: plain(getattr(draft, name)) for name in changes},
    )
    return item


def move_item(work: UnitOfWork, item_id: str, version: int, ordinal: int) -> None:
    """Put a row of a draft at another place, counted from 1."""
    item = _item(work, item_id)
    plan = _draft_plan(work, item.plan_id)
    if item.version != version:
        raise Stale(item=item_id, version=item.version)
    order = list(
        work.session.scalars(
            select(PlanItem).where(PlanItem.plan_id == item.plan_id).order_by(PlanItem.ordinal)
        )
    )
    order.remove(item)
    order.insert(max(0, ordinal - 1), item)
    for place, row in enumerate(order, 1):
        row.ordinal = place
    plan.version += 1


def remove_item(work: UnitOfWork, item_id: str, version: int) -> None:
    """Take a row out of a draft; what it said stays in the history."""
    item = _item(work, item_id)
    plan = _draft_plan(work, item.plan_id)
    if item.version != version:
        raise Stale(item=item_id, version=item.version)
    gone = view(work.session, item_id).draft
    work.session.execute(delete(PlanParty).where(PlanParty.item_id == item_id))
    work.session.execute(delete(PlanTrace).where(PlanTrace.item_id == item_id))
    work.session.delete(item)
    plan.version += 1
    history.record(work, "plan_item", item_id, "remove", before={"content": gone.content})


def attach_document(work: UnitOfWork, plan_id: str, document_id: str) -> None:
    """Say which draft document will issue the plan, so that its recipients can be compared (R-S9)."""
    plan = _draft_plan(work, plan_id)
    plan.document_id = document_id
    plan.version += 1


def issue(work: UnitOfWork, plan_id: str, document_id: str | None = None, *, on: date | None = None) -> Plan:
    """Put the plan in force; raises Conflict while `plan_checks` finds an error in it."""
    from directives import plan_checks

    plan = _draft_plan(work, plan_id)
    plan.document_id = document_id or plan.document_id
    if not items(work.session, plan_id):
        raise Conflict(_("Kế hoạch chưa có nhiệm vụ nào."), plan=plan_id)
    errors = [f for f in plan_checks.check(work.session, plan_id, local_date(work.now)) if f.is_error]
    if errors:
        raise Conflict(
            _(
                "Chưa ban hành được kế hoạch: còn {count} lỗi. {first}",
                count=len(errors),
                first=errors[0].text,
            ),
            rule=errors[0].rule,
            items=[finding.item_id for finding in errors],
        )
    plan.status, plan.issued_on = "issued", on or local_date(work.now)
    plan.version += 1
    directives.begin_implementation(work, plan.directive_id)
    history.record(work, "plan", plan_id, "issue", after={"document": plan.document_id})
    return plan


def expand(session: Session, leads: Sequence[Party], on: date) -> list[ExpandedLead]:
    """Give the organisations behind the leads, groups as they were on a day (R-S3); names alone give none.

    An organisation named twice, by itself and by a group, gets one assignment.
    """
    ids = [lead.organisation_id for lead in leads if lead.organisation_id]
    groups = set(
        session.scalars(
            select(OrganisationRow.id).where(OrganisationRow.id.in_(ids), OrganisationRow.is_group.is_(True))
        )
    )
    found: dict[str, ExpandedLead] = {}
    for lead in sorted(leads, key=lambda party: party.organisation_id in groups):
        if lead.organisation_id is None:
            continue
        if lead.organisation_id not in groups:
            found.setdefault(
                lead.organisation_id,
                ExpandedLead(organisation_id=lead.organisation_id, is_accountable=lead.is_accountable),
            )
            continue
        for member in organisation_groups.members(session, lead.organisation_id, on):
            # each member answers for its own share
            found.setdefault(
                member,
                ExpandedLead(organisation_id=member, is_accountable=True, group_id=lead.organisation_id),
            )
    return list(found.values())


def get(session: Session, plan_id: str) -> Plan:
    """Give a plan; raises NotFound."""
    plan = session.get(Plan, plan_id)
    if plan is None:
        raise NotFound(_("Không tìm thấy kế hoạch."), plan=plan_id)
    return plan


def of_item(session: Session, item_id: str) -> Plan:
    """Give the plan of a row; raises NotFound."""
    plan = session.scalars(select(Plan).join(PlanItem).where(PlanItem.id == item_id)).first()
    if plan is None:
        raise NotFound(_("Không tìm thấy dòng kế hoạch."), item=item_id)
    return plan


def of_directive(session: Session, directive_id: str) -> list[Plan]:
    """Give the plans of a directive, the oldest first."""
    return list(session.scalars(select(Plan).where(Plan.directive_id == directive_id).order_by(Plan.id)))


def items(session: Session, plan_id: str) -> list[ItemView]:
    """Give the rows of a plan in order, by three queries whatever their number."""
    rows = list(
        session.scalars(select(PlanItem).where(PlanItem.plan_id == plan_id).order_by(PlanItem.ordinal))
    )
    return _views(session, rows, PlanItem.plan_id == plan_id)


def is_reporting(draft: ItemDraft) -> bool:
    """Tell whether an item is the reporting regime of the plan (“báo cáo trước ngày 15/11 hàng năm”)."""
    return draft.task_class == "reporting" and draft.deadline.kind in deadlines.RECURRING


def view(session: Session, item_id: str) -> ItemView:
    """Give one row of a plan; raises NotFound."""
    row = session.get(PlanItem, item_id)
    if row is None:
        raise NotFound(_("Không tìm thấy dòng kế hoạch."), item=item_id)
    return _views(session, [row], PlanItem.id == item_id)[0]


def put_item(work: UnitOfWork, item: PlanItem, draft: ItemDraft) -> None:
    """Write a row that was checked elsewhere (amendments)."""
    _check(draft)
    _put(work, item, draft)


def plain(value: Any) -> Any:
    """Give a value of a draft as plain JSON data for the history."""
    if isinstance(value, Deadline):
        return value.to_json()
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, Party):
        return value.organisation_id or value.name
    if isinstance(value, Trace):
        return value.parent_assignment_id or value.parent_item_id
    return value


def _views(session: Session, rows: Sequence[PlanItem], which: Any) -> list[ItemView]:
    parties: dict[tuple[str, str], list[Party]] = {}
    query = select(PlanParty).join(PlanItem, PlanItem.id == PlanParty.item_id).where(which)
    for row in session.scalars(query.order_by(PlanParty.ordinal)):
        party = Party(name=row.name, organisation_id=row.organisation_id, is_accountable=row.is_accountable)
        parties.setdefault((row.item_id, row.role), []).append(party)
    traces: dict[str, list[Trace]] = {}
    for trace in session.scalars(
        select(PlanTrace).join(PlanItem, PlanItem.id == PlanTrace.item_id).where(which)
    ):
        traces.setdefault(trace.item_id, []).append(
            Trace(parent_item_id=trace.parent_item_id, parent_assignment_id=trace.parent_assignment_id)
        )
    return [
        ItemView(
            id=row.id,
            version=row.version,
            ordinal=row.ordinal,
            draft=_as_draft(row, parties, tuple(traces.get(row.id, ()))),
        )
        for row in rows
    ]


def _as_draft(
    row: PlanItem, parties: Mapping[tuple[str, str], list[Party]], traces: tuple[Trace, ...]
) -> ItemDraft:
    return ItemDraft(
        content=row.content,
        section=row.section,
        leads=tuple(parties.get((row.id, LEAD), ())),
        coordinators=tuple(parties.get((row.id, COORDINATOR), ())),
        deadline=deadlines.from_json(row.deadline),
        output=row.output,
        reports_to=row.reports_to,
        reports_to_id=row.reports_to_id,
        mode=row.mode,
        task_class=row.task_class,
        source_lines=tuple(row.source_lines),
        is_mandatory=row.is_mandatory,
        traces=traces,
    )


def _put(work: UnitOfWork, item: PlanItem, draft: ItemDraft) -> None:
    calendar = calendars.load(work.session)
    policy = policies.current(work.session, local_date(work.now))
    deadline = deadlines.effective(draft.deadline, calendar, policy)
    item.content, item.section, item.output = draft.content.strip(), draft.section, draft.output
    item.reports_to, item.reports_to_id = draft.reports_to, draft.reports_to_id
    item.mode, item.task_class = draft.mode, draft.task_class
    item.deadline, item.due = deadline.to_json(), deadline.current_due
    item.source_lines, item.is_mandatory = list(draft.source_lines), draft.is_mandatory
    work.session.add(item)
    work.session.flush()
    work.session.execute(delete(PlanParty).where(PlanParty.item_id == item.id))
    work.session.execute(delete(PlanTrace).where(PlanTrace.item_id == item.id))
    for role, parties in ((LEAD, _one_accountable(draft.leads)), (COORDINATOR, draft.coordinators)):
        for ordinal, party in enumerate(parties, 1):
            work.session.add(
                PlanParty(
                    item_id=item.id,
                    role=role,
                    ordinal=ordinal,
                    name=party.name,
                    organisation_id=party.organisation_id,
                    is_accountable=party.is_accountable,
                )
            )
    for trace in draft.traces:
        work.session.add(
            PlanTrace(
                item_id=item.id,
                parent_item_id=trace.parent_item_id,
                parent_assignment_id=trace.parent_assignment_id,
            )
        )
    work.session.flush()


def _one_accountable(leads: Sequence[Party]) -> list[Party]:
    """Let the first of several leads answer for the item when none is marked (R-S2)."""
    if not leads or any(lead.is_accountable for lead in leads):
        return list(leads)
    return [replace(leads[0], is_accountable=True), *leads[1:]]


def _check(draft: ItemDraft) -> None:
    wrong = {}
    if not draft.content.strip():
        wrong["content"] = _("Cần ghi nội dung nhiệm vụ.")
    if draft.mode not in MODES:
        wrong["mode"] = _("Hình thức phải là “giao” hoặc “đề nghị”, nhận được “{found}”.", found=draft.mode)
    if sum(lead.is_accountable for lead in draft.leads) > 1:
        wrong["leads"] = _("Chỉ một đơn vị chủ trì chịu trách nhiệm chính.")
    if wrong:
        raise Invalid(fields=wrong)


def _draft_plan(work: UnitOfWork, plan_id: str) -> Plan:
    plan = work.session.get(Plan, plan_id, with_for_update=True)
    if plan is None:
        raise NotFound(_("Không tìm thấy kế hoạch."), plan=plan_id)
    if plan.status != "draft":
        raise Conflict(
            _("Kế hoạch đã ban hành; muốn thay đổi hãy ban hành văn bản điều chỉnh, bổ sung."), plan=plan_id
        )
    return plan


def _item(work: UnitOfWork, item_id: str) -> PlanItem:
    item = work.session.get(PlanItem, item_id, with_for_update=True)
    if item is None:
        raise NotFound(_("Không tìm thấy dòng kế hoạch."), item=item_id)
    return item


def _names(parties: Any) -> list[str]:
    """Read names given as texts or as `{"name": …}`."""
    return [str(p.get("name", "")) if isinstance(p, Mapping) else str(p) for p in parties or ()]


def _proposed(item: Mapping[str, Any], known: Mapping[str, str | None]) -> ItemDraft:
    def parties(key: str) -> tuple[Party, ...]:
        return tuple(Party(name=name, organisation_id=known.get(name)) for name in _names(item.get(key)))

    reports_to = str(item.get("reports_to") or "")
    return ItemDraft(
        content=str(item.get("text") or item.get("content") or ""),
        section=str(item.get("section") or ""),
        leads=parties("leads"),
        coordinators=parties("coordinators"),
        deadline=deadlines.from_proposal(item.get("deadline") or {}),
        output=str(item.get("output") or ""),
        reports_to=reports_to,
        reports_to_id=known.get(reports_to),
        mode=str(item.get("mode") or "giao"),
        task_class=str(item.get("class") or "substantive"),
        source_lines=tuple(item.get("source_lines") or ()),
    )
