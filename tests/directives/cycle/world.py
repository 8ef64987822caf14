"""A cycle to test with: Công văn 1394 arrives at the Sở, which gives tasks to its divisions."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from directives import deadlines, directives, documents, openings, organisations, plans
from directives.assignment_tables import Assignment
from directives.document_tables import Document
from directives.documents import Header
from directives.plan_tables import Plan
from foundation import calendars
from foundation.actors import Actor
from foundation.clock import BUSINESS_ZONE
from foundation.database import UnitOfWork
from foundation.outbox import OutboxEvent


def day(text: str) -> date:
    return datetime.strptime(text, "%d/%m/%Y").replace(tzinfo=UTC).date()


class World:
    """The province, with one word for each thing a test wants to happen."""

    def __init__(self, work: UnitOfWork, province: SimpleNamespace) -> None:
        self.work = work
        self.session = work.session
        self.province = province
        self.committee: str = province.committee
        self.science: str = province.science
        self.division: str = province.division
        self.other_division = organisations.create(
            work,
            name="Phòng Quản lý Chuyên ngành",
            kind="phong",
            level="unit",
            parent_id=province.science,
            on=date(2024, 1, 1),
        )
        calendars.seed(work)

    def on(self, text: str, hour: int = 9) -> "World":
        self.work.now = datetime.combine(day(text), time(hour), BUSINESS_ZONE).astimezone(UTC)
        return self

    def by(self, account: str, on_behalf_of: str | None = None) -> "World":
        self.work.actor = Actor(id=account, name=account.title(), on_behalf_of=on_behalf_of)
        return self

    def incoming(self, number: str = "1394 /UBND-KGVX", **header: Any) -> Document:
        facts = Header(
            type_code="CV",
            number_raw=number,
            issuer_id=self.committee,
            issuer_name="Ủy ban nhân dân tỉnh Đồng Nai",
            issued_on=day("05/02/2024"),
            subject="V/v triển khai thực hiện Kết luận số 463-KL/TU",
        )
        return documents.register_incoming(self.work, self.science, replace(facts, **header))

    def directive(self) -> directives.Directive:
        return directives.receive(self.work, self.incoming().id, self.science, received_on=day("05/02/2024"))

    def draft_plan(self, *items: plans.ItemDraft) -> Plan:
        plan = plans.create(self.work, self.directive().id, "Kế hoạch thực hiện Kết luận 463-KL/TU")
        for item in items:
            plans.add_item(self.work, plan.id, item)
        return plan

    def item(self, *leads: str, due: str | None = None, **more: Any) -> plans.ItemDraft:
        when = day(due) if due else None
        kind = deadlines.DeadlineKind.FIXED if due else deadlines.DeadlineKind.NONE
        return plans.ItemDraft(
            content=more.pop("content", "Rà soát các quy định để xây dựng chính sách"),
            leads=tuple(plans.Party(name=lead, organisation_id=lead) for lead in leads),
            deadline=deadlines.Deadline(kind=kind, original_due=when, current_due=when, raw=due or ""),
            **more,
        )

    def issued_plan(self, *items: plans.ItemDraft) -> list[Assignment]:
        """Issue a plan of the items and give its tasks."""
        plan = self.draft_plan(*items)
        plans.issue(self.work, plan.id)
        return openings.open_plan(self.work, plan.id)

    def events(self) -> list[str]:
        """Give the names of the events told so far."""
        return list(self.session.scalars(select(OutboxEvent.type).order_by(OutboxEvent.seq)))

    def assignment(self, due: str | None = "29/03/2024", **more: Any) -> Assignment:
        """Give one task of the Sở to its division."""
        directive = self.directive()
        when = day(due) if due else None
        deadline = deadlines.Deadline(
            kind=deadlines.DeadlineKind.FIXED, original_due=when, current_due=when, raw=due or ""
        )
        new = openings.NewAssignment(
            lead_id=self.division,
            content="Xây dựng chính sách đãi ngộ",
            deadline=deadline if due else deadlines.NO_DEADLINE,
            **more,
        )
        return openings.assign(self.work, directive.id, new)
