"""Tells the stories of the sample province on one clock, from 2021 to now."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import access, accounts, delegations, notifications
from directives.account_tables import AccountRow
from directives.report_tables import ConsolidatedReport, ReportRound
from engine.dispatcher import Dispatcher
from foundation import calendars
from foundation.database import Database, UnitOfWork
from foundation.texts import _
from foundation.working_time import local_date
from processes import answering, handlers
from processes.autopilot import Autopilot
from processes.runtime import Runtime
from tiendo.demo import dak_nong, directory, dong_nai, quang_ngai, quang_tri, webhook
from tiendo.demo.directory import Directory
from tiendo.demo.habits import Habit, Habits
from tiendo.demo.story import Story, at

Report = Callable[[str], object]

#: working days before today from which the receiver of webhooks listens
_HEARD = -10
#: what is older was read
_FRESH = timedelta(days=7)
_MOST_NEWS = 2_000

#: chapters by which progress is told: what has happened by then
_CHAPTERS = (
    (date(2023, 1, 31), _("2021–2022: Kế hoạch 167/KH-UBND của Quảng Ngãi, đã kết thúc")),
    (date(2024, 12, 31), _("2024: Công văn 1394/UBND-KGVX của Đồng Nai và kế hoạch của Sở")),
)


def tell(runtime: Runtime, database: Database, report: Report) -> None:
    """Load everything into an empty installation; `database` has a clock of its own, early enough."""
    with database.unit_of_work() as work:
        found = directory.enter(work)
        work.commit()
    with database.reading() as session:
        calendar = calendars.load(session)
    story = Story(directory=found, calendar=calendar, now=runtime.clock.now())
    teller = _Teller(database, story)
    for tale in (quang_ngai, dong_nai, dak_nong, quang_tri):
        tale.tell(teller.autopilot, story)
    for last_day, title in _CHAPTERS:
        report(f"  {title}")
        teller.run(at(last_day, "23:00"))
    report(f"  {_('Từ năm 2025 đến nay: việc đang làm, báo cáo đột xuất, văn bản mới đến')}")
    teller.run(at(story.working_day(_HEARD), "07:00"))
    _tell_the_present(runtime, teller)
    _read_old_news(teller.autopilot, found)
    with database.unit_of_work() as work:
        _delegate(work, story)
        directory.admit(work, found.accounts)
        work.commit()


def _tell_the_present(runtime: Runtime, teller: "_Teller") -> None:
    """Tell the last days while a receiver of webhooks listens."""
    story, pilot, box = teller.story, teller.autopilot, runtime.secret_box
    admin = story.account(directory.ADMIN)
    with webhook.receiving() as url:
        subscription = webhook.subscribe(pilot, admin, box, url, story.id("dn.ubnd"))
        for count in range(_HEARD + 1, 1):
            teller.run(at(story.working_day(count), "07:30"))
            webhook.deliver(pilot.database, box)
        teller.run(story.now)
        webhook.deliver(pilot.database, box)
        webhook.switch_off(pilot, admin, subscription)


def _read_old_news(autopilot: Autopilot, found: Directory) -> None:
    """Let everybody have read what they were told before the last days."""
    before = autopilot.clock.now() - _FRESH
    with autopilot.database.unit_of_work() as work:
        for account_id in found.accounts.values():
            principal = access.principal_of(work.session, accounts.get(work.session, account_id), work.now)
            reader = principal.person_id or account_id
            told = notifications.unread(
                work.session, reader, sorted(principal.groups), work.now, limit=_MOST_NEWS
            )
            old = [one.id for one in told if one.created_at < before]
            notifications.mark_read(work, reader, old)
        work.commit()


class _Teller:
    """The autopilot with the habits of the province, and superiors who answer reports."""

    def __init__(self, database: Database, story: Story) -> None:
        self.story = story
        keys = {value: key for key, value in story.directory.organisations.items()}
        self.habits = Habits(
            calendar=story.calendar,
            cycles={
                quang_ngai.KEY: quang_ngai.habit(story),
                dak_nong.KEY: dak_nong.habit(story),
                quang_tri.KEY: quang_tri.habit(story),
                **dong_nai.habits(story),
            },
            keys=keys,
            officers=_officers(story.directory),
        )
        dispatcher = Dispatcher(database, handlers.HANDLERS, handlers.escalate)
        self.autopilot = Autopilot(database, dispatcher, self.habits)
        self._answered: set[str] = set()

    def run(self, until: datetime) -> None:
        """Tell on until a moment, at most until now."""
        self.autopilot.run(min(until, self.story.now), watch=self._watch)

    def _watch(self, session: Session) -> bool:
        """Let superiors answer what came up."""
        query = (
            select(ConsolidatedReport, ReportRound)
            .join(ReportRound, ReportRound.id == ConsolidatedReport.round_id)
            .where(ConsolidatedReport.status == "sent", ReportRound.superior_id.is_not(None))
        )
        for report, asked in session.execute(query):
            if report.id not in self._answered:
                self._answered.add(report.id)
                self._answer(self.habits.of_round(session, asked), report, asked)
        return False

    def _answer(self, habit: Habit, report: ConsolidatedReport, asked: ReportRound) -> None:
        account = self.story.account(habit.answered_by)
        reason = habit.more_wanted.get(asked.due_up.year, "") if report.version == 1 else ""
        day = self.story.calendar.add_working_days(local_date(self.autopilot.clock.now()), 3)

        def deed() -> None:
            if reason:
                self.autopilot.act(account, answering.ask_for_more, asked.id, reason)
            else:
                self.autopilot.act(account, answering.accept, asked.id)

        self.autopilot.at(at(day, "10:15"), deed)


def _officers(found: Directory) -> dict[str, str]:
    """Give who does the work of each organisation: its first officer."""
    officers: dict[str, str] = {}
    for username, (_name, organisation, role, _title) in directory.PEOPLE.items():
        if role in ("officer", "office_officer"):
            officers.setdefault(found.organisations[organisation], found.accounts[username])
    return officers


def _delegate(work: UnitOfWork, story: Story) -> None:
    """Let a deputy stand in for the director next week."""
    people = dict(work.session.execute(select(AccountRow.username, AccountRow.person_id)).all())
    delegator, stand_in = people["giamdoc"], people["phogiamdoc"]
    assert delegator is not None  # noqa: S101  both are entered with a person
    assert stand_in is not None  # noqa: S101
    delegations.delegate(
        work,
        delegator_id=delegator,
        delegate_id=stand_in,
        valid_from=story.working_day(3),
        valid_to=story.working_day(7),
        reason="Giám đốc dự lớp bồi dưỡng tại Hà Nội.",
    )
