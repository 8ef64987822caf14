"""Rehearsal: the whole cycle of a directive played in memory on a virtual clock, before anything is issued.

What a document asks is read by intake; the shipped (or given) processes run with everybody doing their step
in time, save the units said to be late. Nothing is stored. Equal input gives an equal answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from directives import intake, organisations, plan_checks, plans
from directives.assignment_tables import Assignment
from directives.directives import Directive
from directives.document_numbers import read as read_number
from directives.organisation_names import name_key
from directives.plan_tables import Plan
from directives.report_tables import ReportRound
from directives.states import ENDED
from engine import deployments
from engine.dispatcher import Dispatcher
from engine.models import Incident
from foundation import calendars
from foundation.calendar_entries import SHIPPED_YEARS, packaged_days
from foundation.clock import BUSINESS_ZONE, MovableClock
from foundation.database import Base, Database
from foundation.errors import Conflict, Invalid
from foundation.texts import Text, _
from foundation.vietnamese import fold, format_date
from foundation.working_time import WorkingCalendar, local_date
from processes import answering, handlers, receiving, rehearsal_cast, rehearsal_timeline, shipped
from processes.autopilot import Autopilot
from processes.rehearsal_cast import UNASSIGNED, RehearsalCast
from processes.rehearsal_script import ANSWER_DAYS, ARRIVAL, Script
from processes.rehearsal_timeline import Entry, Load

#: a rehearsal ends at the latest so long after the issue
LONGEST = timedelta(days=3 * 365)
#: tasks of one document; beyond, a rehearsal would take minutes
MOST_ITEMS = 300


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """What happens when a document is issued."""

    #: header as read by intake, with the day of issue that was rehearsed
    document: Mapping[str, Any]
    timeline: Sequence[Entry]
    load: Sequence[Load]
    warnings: Sequence[Text]
    #: the last moment that was played
    ended_at: datetime
    #: quirks of the text, as intake found them
    quirks: Sequence[Mapping[str, Any]] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Give the outside contract of `tiendo rehearse FILE --json`."""
        return {
            "document": dict(self.document),
            "timeline": [entry.as_json() for entry in self.timeline],
            "load": [load.as_json() for load in self.load],
            "warnings": [str(warning) for warning in self.warnings],
            "quirks": [dict(quirk) for quirk in self.quirks],
            "ended_at": self.ended_at.astimezone(BUSINESS_ZONE).isoformat(),
        }


def rehearse(
    content: bytes,
    *,
    filename: str,
    today: date,
    issued_on: date | None = None,
    late: Mapping[str, int] | None = None,
    progress: Callable[[Text], None] | None = None,
) -> Rehearsal:
    """Play the cycle of a document; `late` gives working days by which units (by name) miss their days.

    The day of issue is `issued_on`, else the document's own, else `today`. Raises Invalid for a text that
    gives no tasks, for more than `MOST_ITEMS` and for a late unit the document does not name; what intake
    refuses is refused here.
    """
    tell = progress or (lambda _text: None)
    tell(_("Đang đọc văn bản …"))
    calendar = shipped_calendar()
    found = intake.read(content, filename=filename, working=calendar).as_json()
    _require_tasks(found)
    stated = found["document"]["date"]
    day = issued_on or (date.fromisoformat(stated) if stated else today)
    found["document"]["issued_on"] = day.isoformat()
    tell(_("Đang diễn tập {count} nhiệm vụ …", count=len(found["items"])))
    play = _Play(found, day, calendar, late or {})
    try:
        play.run()
        return play.outcome()
    finally:
        play.database.dispose()


def shipped_calendar() -> WorkingCalendar:
    """Give the calendar shipped with the product."""
    days = packaged_days(tuple(SHIPPED_YEARS))
    return WorkingCalendar(version="packaged", days={day.date: day for day in days})


class _Play:
    """One rehearsal under way."""

    def __init__(
        self, found: Mapping[str, Any], day: date, calendar: WorkingCalendar, late: Mapping[str, int]
    ) -> None:
        self.found, self.day, self.calendar = found, day, calendar
        arrival_on = calendar.add_working_days(day, ARRIVAL[0])
        self.arrival = datetime.combine(arrival_on, ARRIVAL[1], BUSINESS_ZONE)
        self.database = Database("sqlite://", MovableClock(self.arrival - timedelta(hours=1)))
        Base.metadata.create_all(self.database.write_engine, tables=_tables())
        with self.database.unit_of_work() as work:
            calendars.seed(work)
            organisations.seed_levels(work)
            self.cast = rehearsal_cast.enter(work, found, arrival_on - timedelta(days=1))
            deployments.deploy_new(work, shipped.files())
            work.commit()
        self.consolidator = _consolidator(found["items"], self.cast)
        script = Script(
            cast=self.cast,
            calendar=calendar,
            issued_on=day,
            late=_late_units(late, self.cast),
            consolidator_id=self.consolidator,
            number=_symbol(found["document"]),
        )
        dispatcher = Dispatcher(self.database, handlers.HANDLERS, handlers.escalate)
        self.autopilot = Autopilot(self.database, dispatcher, script)
        self._answered: set[str] = set()
        self.findings: list[Text] = []

    def run(self) -> None:
        """Play until the first report is accepted and nothing with a day is open."""
        clerk = self.cast.account("clerk", self.cast.issuer_id)
        assert clerk is not None  # noqa: S101  every issuer is staffed
        proposal = {"document": self._from_above(), "items": self.found["items"]}
        self.autopilot.clock.move_to(self.arrival)
        self.autopilot.act(
            clerk,
            receiving.receive,
            self.cast.issuer_id,
            proposal=proposal,
            received_on=local_date(self.arrival),
        )
        until = datetime.combine(self.day, time(), BUSINESS_ZONE) + LONGEST
        self.autopilot.run(until, watch=self._watch)
        with self.database.reading() as session:
            incident = session.scalars(select(Incident).where(Incident.resolved_at.is_(None))).first()
        if incident is not None:
            raise Conflict(
                _(
                    "Diễn tập dừng ở bước “{element}” của quy trình: {reason}",
                    element=incident.element or incident.kind,
                    reason=incident.message,
                )
            )

    def outcome(self) -> Rehearsal:
        """Read what happened."""
        with self.database.reading() as session:
            told = rehearsal_timeline.read(session, self.cast, self.calendar)
            warnings = [*self._about_the_text(), *self._about_the_plan(session)]
            warnings += rehearsal_timeline.warnings(told)
        return Rehearsal(
            document=self.found["document"],
            timeline=told.entries,
            load=told.load,
            warnings=warnings,
            ended_at=self.autopilot.clock.now(),
            quirks=self.found["quirks"],
        )

    def _from_above(self) -> dict[str, Any]:
        basis = rehearsal_cast.superior_basis(self.found["document"])
        subject = self.found["document"]["subject"] or str(_("Văn bản chỉ đạo"))
        if basis is None:
            # conclusions of one's own meeting start a cycle themselves (R-U12)
            return {"issuer": self.found["document"]["issuer"], "subject": subject}
        return {
            "number": basis["number"],
            "date": basis["date"],
            "issuer": self.cast.superior_name,
            "subject": basis["quoted"] or subject,
        }

    def _watch(self, session: Session) -> bool:
        """Let the superior answer a report that came up; tell when the play is over."""
        rounds = list(session.scalars(select(ReportRound).order_by(ReportRound.due_up, ReportRound.id)))
        for asked in rounds:
            if asked.status == "sent" and asked.superior_id and asked.id not in self._answered:
                self._answered.add(asked.id)
                self._answer(asked.id, asked.superior_id)
        if session.scalar(select(Plan.id).where(Plan.status == "issued")) is None:
            return False
        if session.scalar(select(Directive.id).where(Directive.closed_at.is_(None))) is None:
            return True
        is_reported = not rounds or rounds[0].status in _REPORTED[rounds[0].superior_id is None]
        return is_reported and session.scalar(_OPEN_WITH_A_DAY) is None

    def _answer(self, round_id: str, superior_id: str) -> None:
        account = self.cast.account("head", superior_id)
        assert account is not None  # noqa: S101  every superior is staffed
        today = local_date(self.autopilot.clock.now())
        at = datetime.combine(self.calendar.add_working_days(today, ANSWER_DAYS), time(9), BUSINESS_ZONE)
        self.autopilot.at(at, lambda: self.autopilot.act(account, answering.accept, round_id))

    def _about_the_text(self) -> list[Text]:
        found = []
        if not self.found["document"]["date"]:
            found.append(
                _("Văn bản chưa ghi ngày ban hành; diễn tập với ngày {day}.", day=format_date(self.day))
            )
        if self.cast.superior_id is None:
            found.append(
                _("Văn bản không nêu cấp trên giao việc nên diễn tập không có báo cáo gửi lên cấp trên.")
            )
        without = [str(number) for number, item in enumerate(self.found["items"], 1) if not item["leads"]]
        if without:
            found.append(
                _(
                    "{count} nhiệm vụ chưa có đơn vị chủ trì, cần phân công trước khi giao: {numbers}.",
                    count=len(without),
                    numbers=", ".join(without),
                )
            )
        led = {name for item in self.found["items"] for name in item["leads"]}
        names = sorted(self.cast.names[group] for group in self.cast.groups)
        found += [
            _("“{name}” là nhóm cơ quan; diễn tập tính như một đơn vị.", name=name)
            for name in names
            if name in led
        ]
        return found

    def _about_the_plan(self, session: Session) -> list[Text]:
        plan = session.scalars(select(Plan).order_by(Plan.id)).first()
        if plan is None:
            return []
        numbers = {item.id: str(item.ordinal) for item in plans.items(session, plan.id)}
        by_code: dict[str, list[plan_checks.Finding]] = {}
        for one in plan_checks.check(session, plan.id, self.day):
            by_code.setdefault(one.code, []).append(one)
        by_code.pop("several_leads", None)
        found: list[Text] = []
        for code, group in by_code.items():
            if code == "no_due":
                listed = ", ".join(numbers.get(one.item_id or "", "–") for one in group)
                found.append(
                    _(
                        "{count} nhiệm vụ chưa có thời hạn, diễn tập để mở: {numbers}.",
                        count=len(group),
                        numbers=listed,
                    )
                )
                continue
            found += [
                _("Nhiệm vụ {number}: {text}", number=numbers.get(one.item_id or "", "–"), text=one.text)
                for one in group
            ]
        return found


#: states of a round that went up, by whether there is nobody above to answer
_REPORTED = ({"accepted"}, {"accepted", "sent"})
_OPEN_WITH_A_DAY = (
    select(Assignment.id)
    .where(
        Assignment.state.not_in([state.value for state in ENDED]),
        Assignment.effective_due.is_not(None),
    )
    .limit(1)
)


def _tables() -> list[Table]:
    """Give the tables a rehearsal may need: nothing is told to the outside."""
    return [table for name, table in Base.metadata.tables.items() if not name.startswith("webhook_")]


def _require_tasks(found: Mapping[str, Any]) -> None:
    items = found["items"]
    if not items:
        reason = next((str(quirk["message"]) for quirk in found["quirks"]), "")
        raise Invalid(
            _("Văn bản không giao nhiệm vụ nào nên không có gì để diễn tập. {reason}", reason=reason)
        )
    if len(items) > MOST_ITEMS:
        raise Invalid(
            _(
                "Văn bản có {found} nhiệm vụ; diễn tập được nhiều nhất {limit}.",
                found=len(items),
                limit=MOST_ITEMS,
            )
        )


def _consolidator(items: Sequence[Mapping[str, Any]], cast: RehearsalCast) -> str | None:
    """Give the unit that gathers the reports where the document names one (R-S6)."""
    for item in items:
        words = fold(str(item["text"]))
        if "tong hop" in words and "bao cao" in words and len(item["leads"]) == 1:
            found = cast.id_of(item["leads"][0])
            if found not in cast.groups:
                return found
    return None


def _late_units(late: Mapping[str, int], cast: RehearsalCast) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, days in late.items():
        if days < 0:
            raise Invalid(
                _("Số ngày chậm của “{name}” phải từ 0 trở lên, nhận được {found}.", name=name, found=days)
            )
        matching = [one for key, one in cast.ids.items() if name_key(name) in key]
        if name_key(name) in cast.ids:
            matching = [cast.ids[name_key(name)]]
        if len(matching) != 1:
            units = "; ".join(sorted(one for one in cast.names.values() if one != str(UNASSIGNED)))
            raise Invalid(
                _(
                    "“{name}” không chỉ rõ một đơn vị nào trong văn bản. Các đơn vị: {units}.",
                    name=name,
                    units=units,
                )
            )
        found[matching[0]] = days
    return found


def _symbol(document: Mapping[str, Any]) -> str:
    """Give the document's number when the register can take it, else leave the number to the register."""
    number = str(document["number"] or "")
    return number if number and read_number(number).sequence else ""
