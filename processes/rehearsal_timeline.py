"""What happened in a rehearsal, as people read it: who got what when, who was reminded, what was late."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives.account_tables import AccountRow
from directives.assignment_tables import Assignment, AssignmentCoordinator
from directives.notifications import NotificationRow
from directives.people_tables import PersonRow, PositionRow
from directives.plan_tables import Plan, PlanItem
from directives.report_tables import ConsolidatedReport, ReportRound, UnitReport
from engine.models import UserTask
from foundation.clock import BUSINESS_ZONE
from foundation.outbox import OutboxEvent
from foundation.texts import Text, _
from foundation.vietnamese import format_date
from foundation.working_time import WorkingCalendar, local_date
from processes.rehearsal_cast import RehearsalCast

#: kind of a notification → kind of an entry
_TOLD = {
    "task.due_soon": "reminder",
    "task.overdue": "overdue",
    "task.escalated": "escalation",
    "urge.sent": "urge",
    "report.overdue": "overdue",
    "task.assigned": "coordination",
}
#: order of what happens at one moment
_ORDER = (
    *("issued", "assigned", "coordination", "report_requested", "step", "consolidated", "sent", "accepted"),
    *("due", "reminder", "overdue", "escalation", "urge", "breach", "closed"),
)
_LAST_MINUTE = time(23, 59)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    #: role or title of who does it or is told, empty for what just happens
    who: str
    organisation: str
    what: str
    kind: str
    #: number of the task in the document, 0 for what concerns none
    item: int = 0
    #: the day it is about
    due: date | None = None
    #: the calendar of that year is not confirmed ("dự kiến", R-C3)
    is_estimate: bool = False

    def as_json(self) -> dict[str, Any]:
        """Give plain data, moments in Vietnam time."""
        return {
            "at": self.at.astimezone(BUSINESS_ZONE).isoformat(),
            "who": self.who,
            "organisation": self.organisation,
            "what": self.what,
            "kind": self.kind,
            "item": self.item or None,
            "due": None if self.due is None else self.due.isoformat(),
            "estimate": self.is_estimate,
        }


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one unit has to carry."""

    organisation: str
    assignments: int
    coordinations: int
    reports: int
    reminders: int
    #: tasks and reports that missed their day
    late: int
    first_due: date | None = None
    last_due: date | None = None

    def as_json(self) -> dict[str, Any]:
        """Give plain data."""
        return {
            "organisation": self.organisation,
            "assignments": self.assignments,
            "coordinations": self.coordinations,
            "reports": self.reports,
            "reminders": self.reminders,
            "late": self.late,
            "first_due": None if self.first_due is None else self.first_due.isoformat(),
            "last_due": None if self.last_due is None else self.last_due.isoformat(),
        }


@dataclass(frozen=True, kw_only=True)
class Told:
    """Everything read from a play."""

    entries: Sequence[Entry]
    load: Sequence[Load]


@dataclass(kw_only=True)
class _Reader:
    """Reads one play; the small tables are read once."""

    session: Session
    cast: RehearsalCast
    calendar: WorkingCalendar
    #: person or account id → (title, organisation id)
    people: dict[str, tuple[str, str]] = field(default_factory=dict)
    assignments: dict[str, Assignment] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    reports: dict[str, UnitReport] = field(default_factory=dict)
    rounds: dict[str, ReportRound] = field(default_factory=dict)
    #: document id → words that say more than its own title
    titles: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        query = select(AccountRow.id, PersonRow.id, PersonRow.full_name, PositionRow.organisation_id)
        query = query.join(PersonRow, PersonRow.id == AccountRow.person_id)
        query = query.join(PositionRow, PositionRow.person_id == PersonRow.id)
        for account, person, name, organisation in self.session.execute(query):
            self.people[account] = self.people[person] = (name, organisation)
        self.assignments = {one.id: one for one in self.session.scalars(select(Assignment))}
        ordinals = dict(self.session.execute(select(PlanItem.id, PlanItem.ordinal)).all())
        self.numbers = {one.id: ordinals.get(one.item_id or "", 0) for one in self.assignments.values()}
        self.reports = {one.id: one for one in self.session.scalars(select(UnitReport))}
        self.rounds = {one.id: one for one in self.session.scalars(select(ReportRound))}
        plan = self.session.scalars(select(Plan).order_by(Plan.id)).first()
        if plan is not None and plan.document_id is not None:
            self.titles[plan.document_id] = self.cast.title

    def entry(self, at: datetime, kind: str, what: Any, *, to: str = "", **more: Any) -> Entry:
        """Make an entry; `to` is a person, an account, a group or an organisation."""
        who, organisation = self._party(to)
        return Entry(
            at=at,
            kind=kind,
            what=str(what),
            who=who,
            organisation=organisation,
            is_estimate=self._is_estimate(local_date(at)),
            **more,
        )

    def _is_estimate(self, day: date) -> bool:
        """Tell whether the calendar of a day's year is not known, or mostly estimated (R-C3)."""
        if self.calendar.is_estimated(day):
            return True
        of_year = [one.is_estimate for one in self.calendar.days.values() if one.date.year == day.year]
        return 2 * sum(of_year) > len(of_year)

    def _party(self, to: str) -> tuple[str, str]:
        if to in self.people:
            name, organisation = self.people[to]
            return name, self.cast.names[organisation]
        role, _at, organisation = to.partition("@")
        account = self.cast.accounts.get(to)
        if account is not None:
            return self.people[account][0], self.cast.names[organisation]
        return ("", self.cast.names[to]) if to in self.cast.names else (role, "")

    def steps(self) -> Iterator[Entry]:
        """Give the steps people did."""
        query = select(UserTask).where(UserTask.completed_at.is_not(None))
        for task in self.session.scalars(query):
            assert task.completed_at is not None  # noqa: S101  the query asks for it
            number = self.numbers.get(task.business_key or "", 0)
            due = None if task.due_at is None else local_date(task.due_at)
            yield self.entry(
                task.completed_at, "step", task.name, to=task.completed_by or "", item=number, due=due
            )

    def notices(self) -> Iterator[Entry]:
        """Give reminders and escalations as their readers got them."""
        for row in self.session.scalars(select(NotificationRow)):
            kind = _TOLD.get(row.kind)
            if kind is None:
                continue
            title = Text(row.template, row.params)
            given, report = self.assignments.get(row.subject_id), self.reports.get(row.subject_id)
            due = given.current_due if given else report.due if report else None
            number = self.numbers.get(row.subject_id, 0)
            yield self.entry(row.created_at, kind, title, to=row.recipient, item=number, due=due)

    def events(self) -> Iterator[Entry]:
        """Give what the outside would hear: issue, assignment, requests, reports, the end."""
        for event in self.session.scalars(select(OutboxEvent)):
            data = event.data
            at = event.occurred_at
            if event.type == "task.assigned" and event.subject in self.assignments:
                given = self.assignments[event.subject]
                words: dict[str, Any] = {
                    "item": self.numbers[given.id],
                    "due": given.current_due,
                    "to": given.lead_id,
                }
                yield self.entry(at, "assigned", given.content, **words)
            elif event.type == "report.requested":
                report = self.reports[data["report"]]
                title = self.rounds[report.round_id].title
                yield self.entry(at, "report_requested", title, to=report.unit_id, due=report.due)
            elif event.type in _HAPPENED:
                kind, words_of = _HAPPENED[event.type]
                title = self.titles.get(event.subject) or data.get("title") or ""
                what = words_of(title=title)
                yield self.entry(at, kind, what, to=str(data.get("organisation") or ""))

    def answers(self) -> Iterator[Entry]:
        """Give the answers of the superior."""
        for report in self.session.scalars(select(ConsolidatedReport)):
            asked = self.rounds[report.round_id]
            if report.answered_at is not None:
                what = _("Chấp nhận báo cáo: {title}", title=asked.title)
                yield self.entry(report.answered_at, "accepted", what, to=asked.superior_id or "")

    def dues(self) -> Iterator[Entry]:
        """Give the due days of every level, and the breaches."""
        for given in self.assignments.values():
            if given.current_due is None or given.effective_due is None:
                continue
            words: dict[str, Any] = {
                "item": self.numbers[given.id],
                "due": given.current_due,
                "to": given.lead_id,
            }
            at = datetime.combine(given.effective_due, _LAST_MINUTE, BUSINESS_ZONE)
            yield self.entry(at, "due", _("Hết hạn: {title}", title=given.content), **words)
            if given.result_on is None or given.result_on > given.effective_due:
                yield self.entry(at, "breach", _lateness(given), **words)
        for report in self.reports.values():
            asked = self.rounds[report.round_id]
            at = datetime.combine(report.effective_due, _LAST_MINUTE, BUSINESS_ZONE)
            words = {"due": report.due, "to": report.unit_id}
            yield self.entry(at, "due", _("Hạn đơn vị gửi báo cáo: {title}", title=asked.title), **words)
            if report.is_late or report.status != "submitted":
                yield self.entry(at, "breach", _("Chậm báo cáo: {title}", title=asked.title), **words)
        for asked in self.rounds.values():
            if asked.status != "planned":
                at = datetime.combine(asked.due_up, _LAST_MINUTE, BUSINESS_ZONE)
                what = _("Hạn gửi báo cáo lên cấp trên: {title}", title=asked.title)
                yield self.entry(at, "due", what, to=asked.organisation_id, due=asked.due_up)


def read(session: Session, cast: RehearsalCast, calendar: WorkingCalendar) -> Told:
    """Read a play: the timeline in order, the load per unit."""
    reader = _Reader(session=session, cast=cast, calendar=calendar)
    found = [
        entry
        for part in (reader.events(), reader.steps(), reader.notices(), reader.answers(), reader.dues())
        for entry in part
    ]
    # one holder of two roles of a ladder is told twice and reads it once
    found = list(dict.fromkeys(found))
    found.sort(
        key=lambda entry: (entry.at, _ORDER.index(entry.kind), entry.item, entry.organisation, entry.who)
    )
    return Told(entries=found, load=_load(reader, found))


def warnings(told: Told) -> list[Text]:
    """Give what the timeline itself warns of: breaches, and years whose calendar is not confirmed."""
    years = sorted({entry.at.astimezone(BUSINESS_ZONE).year for entry in told.entries if entry.is_estimate})
    found = [
        _("Lịch làm việc năm {year} chưa được công bố; các ngày của năm này là dự kiến.", year=year)
        for year in years
    ]
    late = [load for load in told.load if load.late]
    found += [_("{name} chậm {count} việc.", name=load.organisation, count=load.late) for load in late]
    return found


def _load(reader: _Reader, entries: Sequence[Entry]) -> list[Load]:
    given = reader.assignments.values()
    coordinating = Counter(reader.session.scalars(select(AssignmentCoordinator.organisation_id)).all())
    leading = Counter(one.lead_id for one in given)
    reporting = Counter(one.unit_id for one in reader.reports.values())
    reminded = Counter(one.organisation for one in entries if one.kind in {"reminder", "overdue"})
    late = Counter(one.organisation for one in entries if one.kind == "breach")
    units = sorted(
        {*leading, *coordinating, *reporting}, key=lambda one: (-leading[one], reader.cast.names[one])
    )
    found = []
    for unit in units:
        name = reader.cast.names[unit]
        days = sorted(one.current_due for one in given if one.lead_id == unit and one.current_due)
        found.append(
            Load(
                organisation=name,
                assignments=leading[unit],
                coordinations=coordinating[unit],
                reports=reporting[unit],
                reminders=reminded[name],
                late=late[name],
                first_due=days[0] if days else None,
                last_due=days[-1] if days else None,
            )
        )
    return found


def _lateness(given: Assignment) -> Text:
    if given.result_on is None:
        return _("Chưa hoàn thành: {title}", title=given.content)
    return _("Hoàn thành chậm, ngày {day}: {title}", day=format_date(given.result_on), title=given.content)


def _issued(*, title: str) -> Text:
    return _("Ban hành: {title}", title=title)


def _consolidated(*, title: str) -> Text:
    return _("Lập báo cáo tổng hợp: {title}", title=title)


def _sent(*, title: str) -> Text:
    return _("Gửi báo cáo: {title}", title=title)


def _closed(*, title: str) -> Text:
    return _("Kết thúc chu trình: {title}", title=title)


#: event of the outbox → kind of the entry and its words
_HAPPENED: Mapping[str, tuple[str, Any]] = {
    "document.issued": ("issued", _issued),
    "report.consolidated": ("consolidated", _consolidated),
    "report.sent": ("sent", _sent),
    "cycle.closed": ("closed", _closed),
}
