"""What a story of the sample province is told with: days around today, people, documents, acts at moments."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from importlib import resources
from string import Template
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import deadlines, document_files, documents, intake, organisation_aliases, plans
from directives.access import Principal
from directives.assignment_tables import Assignment
from directives.deadlines import Deadline, DeadlineKind
from directives.directives import Directive
from directives.document_tables import Document
from directives.plan_tables import Plan
from directives.plans import ItemDraft, Party
from foundation.clock import BUSINESS_ZONE
from foundation.database import UnitOfWork
from foundation.vietnamese import format_date
from foundation.working_time import WorkingCalendar, local_date
from processes import planning
from processes.autopilot import Autopilot
from tiendo.demo.directory import Directory


@dataclass(frozen=True, kw_only=True)
class Story:
    """The means of telling; one for all cycles, because they share the clock."""

    directory: Directory
    calendar: WorkingCalendar
    #: the moment the stories end: now
    now: datetime

    @property
    def today(self) -> date:
        """Give the day on which the stories end."""
        return local_date(self.now)

    def working_day(self, count: int) -> date:
        """Give the n-th working day from today, before it when negative; for 0 today, worked or not."""
        return self.calendar.add_working_days(self.today, count) if count else self.today

    def due(self, day: date) -> Deadline:
        """Give a deadline as a drafter enters it."""
        raw = f"trước ngày {format_date(day)}"
        return Deadline(
            kind=DeadlineKind.FIXED, raw=raw, qualifier="before", original_due=day, current_due=day
        )

    def id(self, key: str) -> str:
        """Give the id of an organisation."""
        return self.directory.organisations[key]

    def account(self, username: str) -> str:
        """Give the id of an account."""
        return self.directory.accounts[username]

    def party(self, key: str) -> Party:
        """Give an organisation as a lead or coordinator."""
        return Party(name=key, organisation_id=self.id(key))


def at(day: date, hour: str = "09:00") -> datetime:
    """Give an hour of a day in Việt Nam."""
    return datetime.combine(day, time.fromisoformat(hour), BUSINESS_ZONE)


def text(name: str, **values: str) -> str:
    """Give the text of one of the documents."""
    raw = (resources.files("tiendo.demo") / "documents" / f"{name}.txt").read_text(encoding="utf-8")
    return Template(raw).safe_substitute(values)


def read(content: str) -> dict[str, Any]:
    """Read a document as the intake page does."""
    return intake.read(content.encode(), filename="van-ban.txt").as_json()


def directive_id(session: Session, organisation_id: str, number: str) -> str | None:
    """Give the cycle of an organisation by the number of the document it carries out."""
    query = (
        select(Directive.id)
        .join(Document, Document.id == Directive.document_id)
        .where(Directive.organisation_id == organisation_id, Document.number == number)
    )
    return session.scalars(query).first()


def later(autopilot: Autopilot, story: Story, moment: datetime, username: str) -> Callable[..., None]:
    """Let somebody do something at a moment: `later(…)(use_case, *values)`; values may be functions.

    A function among the values is asked when the moment comes, with a session: it finds what did not exist
    before. What lies after the end of the stories is not told.
    """

    def plan(use_case: Callable[..., Any], *values: Any, **named: Any) -> None:
        def deed() -> None:
            with autopilot.database.reading() as session:
                found = [value(session) if callable(value) else value for value in values]
            autopilot.act(story.account(username), use_case, *found, **named)

        if moment <= story.now:
            autopilot.at(moment, deed)

    return plan


def given(organisation_id: str, words: str, lead_id: str | None = None) -> Callable[[Session], str]:
    """Find a task by who gave it, words of its content and its lead, when the moment comes."""

    def find(session: Session) -> str:
        query = select(Assignment.id).where(
            Assignment.organisation_id == organisation_id, Assignment.content.contains(words)
        )
        if lead_id is not None:
            query = query.where(Assignment.lead_id == lead_id)
        return session.scalars(query.order_by(Assignment.id)).one()

    return find


def settle_parties(work: UnitOfWork, principal: Principal, plan_id: str, fallback_id: str) -> None:
    """Give the names of a draft their organisations, as the drafter does by search (R-S1, R-S3).

    Leads nobody knows go; a task left without one is given to `fallback_id`.
    """
    plan = plans.get(work.session, plan_id)
    for item in plans.items(work.session, plan_id):
        leads = _known(work, plan.organisation_id, item.draft.leads)
        changes: dict[str, Any] = {
            "coordinators": _known(work, plan.organisation_id, item.draft.coordinators),
            "leads": tuple(one for one in leads if one.organisation_id)
            or (Party(name="", organisation_id=fallback_id),),
        }
        planning.edit_item(work, principal, item.id, item.version, changes)


def _known(work: UnitOfWork, scope: str, parties: Iterable[Party]) -> tuple[Party, ...]:
    named = list(parties)
    names = [one.name for one in named if one.organisation_id is None]
    meanings = organisation_aliases.resolve_all(work.session, names, on=local_date(work.now), scope=scope)
    found: dict[str, Party] = {}
    for one in named:
        organisation_id = one.organisation_id or meanings[one.name].organisation_id
        found.setdefault(
            organisation_id or one.name,
            Party(name=one.name, organisation_id=organisation_id, is_accountable=one.is_accountable),
        )
    return tuple(found.values())


def item_of(story: Story, read_item: Mapping[str, Any], lead: str, *, due: date | None = None) -> ItemDraft:
    """Make a row of a plan of an item that was read, for a lead of the directory."""
    words = str(read_item["text"])
    return ItemDraft(
        content=words[0].upper() + words[1:],
        section=str(read_item["section"]),
        leads=(story.party(lead),),
        deadline=story.due(due) if due else deadlines.from_proposal(read_item["deadline"]),
    )


def write_document(work: UnitOfWork, plan: Plan, name: str, content: str) -> None:
    """Give the document of a plan its subject, its text and its file."""
    assert plan.document_id is not None  # noqa: S101  the process attached one
    documents.lock(work, plan.document_id).subject = read(content)["document"]["subject"]
    document_files.put_text(work, plan.document_id, content.splitlines())
    document_files.attach(work, plan.document_id, f"{name}.txt", content.encode(), "text/plain")
