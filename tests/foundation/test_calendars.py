"""Working calendars in the database: seeding, manual entries that win, versions, CSV (R-C1 to R-C3)."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import event, select

from foundation import calendars
from foundation.calendars import import_csv, load, remove_day, seed, set_day
from foundation.database import Database, UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound
from foundation.outbox import OutboxEvent
from foundation.working_time import CalendarDay, DayKind

STORM = CalendarDay(date=date(2024, 9, 10), kind=DayKind.SWAPPED_OFF, name="Nghỉ tránh bão", basis="CV 12")


@pytest.fixture
def work(database: Database) -> Iterator[UnitOfWork]:
    with database.unit_of_work() as opened:
        seed(opened)
        yield opened


def test_the_seeded_calendar_knows_tet_the_swaps_and_their_sources(work: UnitOfWork) -> None:
    calendar = load(work.session)
    assert calendar.add_working_days(date(2024, 2, 5), 5) == date(2024, 2, 19)
    assert calendar.add_working_days(date(2026, 1, 9), 1) == date(2026, 1, 10)
    assert calendar.days[date(2026, 1, 2)].basis.startswith("Lịch hoán đổi")
    assert calendar.days[date(2023, 5, 3)].kind is DayKind.COMPENSATORY
    assert calendar.days[date(2024, 2, 10)].name == "Tết Nguyên Đán"


def test_no_calendar_is_said_so_instead_of_counting_without_holidays(database: Database) -> None:
    with database.reading() as session, pytest.raises(NotFound, match="Chưa có lịch làm việc"):
        load(session)


def test_a_manual_entry_wins_and_survives_seeding_anew(work: UnitOfWork) -> None:
    set_day(
        work, CalendarDay(date=date(2026, 11, 24), kind=DayKind.SWAPPED_WORK, name="Làm việc bình thường")
    )
    seed(work)
    assert load(work.session).is_working_day(date(2026, 11, 24))
    remove_day(work, date(2026, 11, 24))
    assert not load(work.session).is_working_day(date(2026, 11, 24))


def test_a_packaged_entry_is_not_removed_but_overruled(work: UnitOfWork) -> None:
    with pytest.raises(Conflict, match="01/05/2024 thuộc lịch có sẵn"):
        remove_day(work, date(2024, 5, 1))
    with pytest.raises(NotFound, match="07/05/2024"):
        remove_day(work, date(2024, 5, 7))


def test_the_version_changes_with_the_entries_and_comes_back_with_them(work: UnitOfWork) -> None:
    before = load(work.session).version
    set_day(work, STORM)
    assert load(work.session).version != before
    remove_day(work, STORM.date)
    assert load(work.session).version == before
    told = list(work.session.scalars(select(OutboxEvent.type)))
    assert told == ["calendar.changed"] * 3


def test_a_known_calendar_costs_one_query(database: Database, work: UnitOfWork) -> None:
    load(work.session)
    work.commit()
    queries: list[str] = []
    event.listen(database.read_engine, "before_cursor_execute", lambda *call: queries.append(call[2]))
    with database.reading() as session:
        load(session)
    assert [query for query in queries if query != "BEGIN"] == queries[-1:]


def test_an_organisation_may_have_days_of_its_own(work: UnitOfWork) -> None:
    set_day(work, STORM, name="org1")
    assert not load(work.session, "org1").is_working_day(STORM.date)
    assert not load(work.session, "org1").is_working_day(date(2024, 5, 1))
    assert load(work.session).is_working_day(STORM.date)
    assert load(work.session, "org2") is load(work.session)


def test_confirming_a_year_ends_its_estimates(work: UnitOfWork) -> None:
    assert calendars.confirm_year(work, 2027, basis="Thông báo lịch nghỉ 2027") > 10
    tet = load(work.session).days[date(2027, 2, 6)]
    assert (tet.is_estimate, tet.basis) == (False, "Thông báo lịch nghỉ 2027")
    assert calendars.confirm_year(work, 2027, basis="lần nữa") == 0


def test_entries_travel_as_csv(work: UnitOfWork) -> None:
    text = (
        "date,kind,name,basis\n10/09/2024,swapped_off,Nghỉ tránh bão,CV 12\n2024-09-14,swapped_work,Làm bù,\n"
    )
    assert import_csv(work, text) == 2
    assert not load(work.session).is_working_day(date(2024, 9, 10))
    assert load(work.session).is_working_day(date(2024, 9, 14))
    exported = calendars.export_csv(work.session, year=2024)
    assert "2024-09-10,swapped_off,Nghỉ tránh bão,CV 12,no" in exported
    before = load(work.session).version
    calendars.import_csv(work, calendars.export_csv(work.session), name="copy")
    assert load(work.session).version == before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("day,kind\n", "còn thiếu: date, name"),
        ("date,kind,name\n31/6/2024,holiday,A\n", "Dòng 2: cột date cần ngày .* “31/6/2024”"),
        ("date,kind,name\n2024-01-02,party,A\n", "Dòng 2: cột kind cần một trong holiday"),
        ("date,kind,name\n2024-01-02,holiday,\n", "Dòng 2: cột name"),
        ("date,kind,name,is_estimate\n2024-01-02,holiday,A,maybe\n", "yes hoặc no"),
        ("date,kind,name\n2024-01-02,holiday,A\n2024-01-02,holiday,B\n", "Dòng 3: ngày 02/01/2024 đã có"),
        ("", "còn thiếu: date, kind, name"),
        ("date,kind,name\n2024-01-02\n", "Dòng 2: cột kind"),
    ],
)
def test_a_wrong_file_is_refused_with_the_line_and_nothing_is_entered(
    work: UnitOfWork, text: str, why: str
) -> None:
    before = load(work.session).version
    with pytest.raises(Invalid, match=why):
        import_csv(work, text)
    assert load(work.session).version == before


def test_a_day_needs_a_name(work: UnitOfWork) -> None:
    with pytest.raises(Invalid):
        set_day(work, CalendarDay(date=date(2024, 9, 10), kind=DayKind.HOLIDAY, name=" "))
