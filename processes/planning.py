"""Planning: the draft of a plan while its step is open, its document, its number, its recipients."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import access, documents, organisations, plan_checks, plans, proposals
from directives.access import Principal
from directives.document_tables import Document
from directives.documents import Purpose, Recipient
from directives.plan_checks import Finding
from directives.plan_tables import Plan, PlanItem
from engine import user_tasks
from engine.models import UserTask
from engine.states import WorkState
from foundation.database import UnitOfWork
from foundation.errors import Conflict, TiendoError
from foundation.texts import _
from foundation.vietnamese import fold
from foundation.working_time import local_date
from processes import reading, signatures

#: the form of the step in which a plan is drafted
DRAFT_FORM = "plan-draft"


def add_item(
    work: UnitOfWork,
    principal: Principal,
    plan_id: str,
    draft: plans.ItemDraft,
    *,
    ordinal: int | None = None,
) -> PlanItem:
    """Add a row to a draft that is open for drafting."""
    _require_drafting(work.session, principal, plan_id)
    return plans.add_item(work, plan_id, draft, ordinal=ordinal)


def edit_item(
    work: UnitOfWork, principal: Principal, item_id: str, version: int, changes: Mapping[str, Any]
) -> PlanItem:
    """Change columns of a row; raises Stale when somebody was faster."""
    _require_drafting(work.session, principal, plans.of_item(work.session, item_id).id)
    return plans.edit_item(work, item_id, version, **changes)


def move_item(work: UnitOfWork, principal: Principal, item_id: str, version: int, ordinal: int) -> None:
    """Put a row at another place."""
    _require_drafting(work.session, principal, plans.of_item(work.session, item_id).id)
    plans.move_item(work, item_id, version, ordinal)


def remove_item(work: UnitOfWork, principal: Principal, item_id: str, version: int) -> None:
    """Take a row out."""
    _require_drafting(work.session, principal, plans.of_item(work.session, item_id).id)
    plans.remove_item(work, item_id, version)


def findings(session: Session, principal: Principal, plan_id: str, today: date) -> list[Finding]:
    """Give what does not fit together in a plan, for the column beside its rows."""
    access.require_visible(principal, "plans.read", plans.get(session, plan_id).organisation_id)
    return plan_checks.check(session, plan_id, today)


def missing(session: Session, plan_id: str) -> list[int]:
    """Give the places of the rows that nobody leads yet: such a plan is not ready to be checked (R-S1)."""
    return [
        item.ordinal
        for item in plans.items(session, plan_id)
        if not any(lead.organisation_id for lead in item.draft.leads)
    ]


def proposed_items(session: Session, document_id: str, on: date) -> list[dict[str, Any]]:
    """Give the items of a document: those a person confirmed, else those read from its text."""
    confirmed = proposals.of_document(session, document_id)
    if confirmed is not None:
        return [_classed(item) for item in confirmed]
    lines = documents.text_lines(session, document_id)
    try:
        read = reading.read(session, "\n".join(lines).encode(), "van-ban.txt", on).as_json()
        return [_classed(item) for item in read["items"]]
    except TiendoError:
        # a text that intake cannot read begins with an empty table; the drafter fills it
        return []


def legal_bases(document: Document) -> list[dict[str, Any]]:
    """Give what a plan rests on: the document it carries out, then what that one rests on."""
    first = {
        "number": document.number,
        "date": document.issued_on.isoformat() if document.issued_on else None,
        "issuer": document.issuer_name,
        "role": "implements",
    }
    return [first, *document.legal_bases]


def put_recipients(work: UnitOfWork, plan: Plan) -> None:
    """Address the plan's document to everybody named in it, so that no one is named but not told (R-S9)."""
    if plan.document_id is None or documents.get(work.session, plan.document_id).direction != "draft":
        return
    purposes: dict[str, Purpose] = {}
    for item in plans.items(work.session, plan.id):
        for party in item.draft.coordinators:
            if party.organisation_id:
                purposes.setdefault(party.organisation_id, Purpose.COOPERATE)
        for party in item.draft.leads:
            if party.organisation_id:
                purposes[party.organisation_id] = Purpose.ACTION
    names = organisations.names_on(work.session, purposes, local_date(work.now))
    wanted = [
        Recipient(name=names.get(one, ""), purpose=purpose, organisation_id=one)
        for one, purpose in sorted(purposes.items(), key=lambda pair: (pair[1], names.get(pair[0], "")))
    ]
    file_copy = Recipient(name=str(_("Lưu: VT")), purpose=Purpose.FILE)
    documents.put_recipients(work, plan.document_id, [*wanted, file_copy])


def give_number(work: UnitOfWork, document: Document, written: str | None, on: date) -> str:
    """Number a signed document: as the clerk wrote it, or the next of the register (R-D4)."""
    number = signatures.number_of(work, written, document.organisation_id)
    if number.type_code is not None:
        document.type_code = number.type_code
    return documents.issue_number(work, document.id, number.symbol, on=on, sequence=number.sequence)


def drafting_tasks(session: Session, directive_ids: Iterable[str]) -> dict[str, str]:
    """Give the open drafting step by directive."""
    rows = session.execute(
        select(UserTask.business_key, UserTask.id).where(
            UserTask.business_key.in_(list(directive_ids)),
            UserTask.form_key == DRAFT_FORM,
            UserTask.state == WorkState.OPEN.value,
        )
    )
    return {str(key): task for key, task in rows}


def _classed(item: Mapping[str, Any]) -> dict[str, Any]:
    """Mark an item that orders recurring reports: it sets the rounds and is no task of its own."""
    kind = str((item.get("deadline") or {}).get("kind") or "")
    words = fold(str(item.get("text") or item.get("content") or ""))
    is_report = kind.startswith("recurring") and "bao cao" in words
    return {"class": "reporting" if is_report else "substantive", **item}


def _require_drafting(session: Session, principal: Principal, plan_id: str) -> None:
    """Let those edit who hold the drafting step, and those with the right over the whole organisation."""
    plan = plans.get(session, plan_id)
    task_id = drafting_tasks(session, [plan.directive_id]).get(plan.directive_id)
    is_holder = task_id is not None and user_tasks.may_do(
        user_tasks.get(session, task_id), principal.account_id, principal.groups
    )
    if not is_holder:
        access.require(principal, "plans.draft", plan.organisation_id)
    if plan.status == "draft" and task_id is None:
        raise Conflict(
            _("Dự thảo đang được kiểm tra hoặc trình ký; muốn sửa, hãy trả lại bước dự thảo."), plan=plan_id
        )
