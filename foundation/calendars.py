"""Working calendars as data: tables, the shipped entries, manual entries that win, CSV (R-C1 to R-C3).

The calendar `default` belongs to the whole installation. A calendar with another name (an organisation's
id) lies on top of it and holds only what differs (R-C2); an unknown name means `default`.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

import orjson
from sqlalchemy import Boolean, Date, Delete, String, bindparam, delete, insert, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from foundation import outbox
from foundation.calendar_entries import SHIPPED_YEARS, packaged_days, read_csv, write_csv
from foundation.database import Base, Moment, UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound
from foundation.texts import _
from foundation.working_time import CalendarDay, DayKind, DaySource, WorkingCalendar

#: the calendar of the whole installation
DEFAULT = "default"


class CalendarDayRow(Base):
    """One entry of a calendar; a packaged and a manual one may stand side by side, the manual one wins."""

    __tablename__ = "calendar_day"

    calendar: Mapped[str] = mapped_column(String(64), primary_key=True)
    date: Mapped[date] = mapped_column(Date, primary_key=True)
    #: `package` or `manual`
    source: Mapped[str] = mapped_column(String(10), primary_key=True)
    #: holiday, compensatory, swapped_off or swapped_work
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    basis: Mapped[str] = mapped_column(String(300), default="")
    is_estimate: Mapped[bool] = mapped_column(Boolean, default=False)


class CalendarVersion(Base):
    """The version of a calendar's entries: a digest of them, so that equal data have equal versions."""

    __tablename__ = "calendar_version"

    calendar: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(String(16))
    changed_at: Mapped[datetime] = mapped_column(Moment)


def load(session: Session, name: str = DEFAULT) -> WorkingCalendar:
    """Give the calendar as it stands now; one tiny query when its version was loaded before.

    Raises NotFound when the installation has no calendar yet (`seed` makes it).
    """
    versions = dict(session.execute(_VERSIONS, {"name": name}).all())
    if DEFAULT not in versions:
        raise NotFound(
            _("Chưa có lịch làm việc. Hãy nạp lịch bằng lệnh “tiendo calendar seed”."), calendar=name
        )
    layers = [DEFAULT] if name == DEFAULT or name not in versions else [DEFAULT, name]
    version = "+".join(versions[layer] for layer in layers)
    known = _LOADED.get(version)
    if known is None:
        entries = {day.date: day for layer in layers for day in days(session, layer)}
        known = _remember(WorkingCalendar(version=version, days=entries))
    return known


def days(session: Session, name: str = DEFAULT, year: int | None = None) -> list[CalendarDay]:
    """Give the entries of one calendar by date (of one year if given), manual ones in place of packaged."""
    query = select(CalendarDayRow).where(CalendarDayRow.calendar == name)
    if year is not None:
        query = query.where(CalendarDayRow.date.between(date(year, 1, 1), date(year, 12, 31)))
    chosen: dict[date, CalendarDay] = {}
    # "manual" sorts before "package", so the first row of a date is the one that counts
    for row in session.scalars(query.order_by(CalendarDayRow.date, CalendarDayRow.source)):
        chosen.setdefault(row.date, _value(row))
    return list(chosen.values())


def seed(work: UnitOfWork, years: Iterable[int] = SHIPPED_YEARS, *, name: str = DEFAULT) -> int:
    """Write the packaged entries of the years anew (manual ones stay); give the number of entries."""
    wanted = sorted(set(years))
    _lock(work, name)
    for year in wanted:
        work.session.execute(
            delete(CalendarDayRow).where(
                CalendarDayRow.calendar == name,
                CalendarDayRow.source == DaySource.PACKAGE,
                CalendarDayRow.date.between(date(year, 1, 1), date(year, 12, 31)),
            )
        )
    entries = packaged_days(tuple(wanted))
    if entries:
        work.session.execute(insert(CalendarDayRow), [_columns(name, day) for day in entries])
    _changed(work, name)
    return len(entries)


def set_day(work: UnitOfWork, day: CalendarDay, *, name: str = DEFAULT) -> None:
    """Enter or replace the manual entry of a day; it wins over a packaged one.

    To make a packaged day off a working day, enter it as `swapped_work`. Raises Invalid without a name.
    """
    if not day.name.strip():
        raise Invalid(fields={"name": _("Cần ghi tên của ngày {date}.", date=f"{day.date:%d/%m/%Y}")})
    _lock(work, name)
    _put_manual(work, name, [day])
    _changed(work, name)


def remove_day(work: UnitOfWork, on: date, *, name: str = DEFAULT) -> None:
    """Take the manual entry of a day away; a packaged one underneath counts again.

    Raises NotFound when the day has no entry, Conflict when it has only a packaged one.
    """
    _lock(work, name)
    sources = set(
        work.session.scalars(
            select(CalendarDayRow.source).where(CalendarDayRow.calendar == name, CalendarDayRow.date == on)
        )
    )
    shown = f"{on:%d/%m/%Y}"
    if not sources:
        raise NotFound(_("Lịch không có mục nào cho ngày {date}.", date=shown), date=on.isoformat())
    if DaySource.MANUAL not in sources:
        raise Conflict(
            _(
                "Ngày {date} thuộc lịch có sẵn nên không xóa được; hãy đặt lại ngày này là ngày làm việc.",
                date=shown,
            ),
            date=on.isoformat(),
        )
    work.session.execute(_manual(name).where(CalendarDayRow.date == on))
    _changed(work, name)


def confirm_year(work: UnitOfWork, year: int, *, basis: str, name: str = DEFAULT) -> int:
    """Confirm the estimated entries of a year by the yearly notice `basis` (R-C3); give how many."""
    _lock(work, name)
    confirmed = [
        replace(day, basis=basis, is_estimate=False)
        for day in days(work.session, name, year)
        if day.is_estimate
    ]
    if confirmed:
        _put_manual(work, name, confirmed)
        _changed(work, name)
    return len(confirmed)


def import_csv(work: UnitOfWork, text: str, *, name: str = DEFAULT) -> int:
    """Enter every row of a CSV file as a manual entry; give the number of rows.

    Raises Invalid naming each wrong line (`calendar_entries.read_csv`); then nothing is entered.
    """
    entries = read_csv(text, DaySource.MANUAL)
    _lock(work, name)
    _put_manual(work, name, entries)
    _changed(work, name)
    return len(entries)


def export_csv(session: Session, name: str = DEFAULT, year: int | None = None) -> str:
    """Give the entries that count as CSV text that `import_csv` reads."""
    return write_csv(days(session, name, year))


def _put_manual(work: UnitOfWork, name: str, entries: Sequence[CalendarDay]) -> None:
    if not entries:
        return
    work.session.execute(_manual(name).where(CalendarDayRow.date.in_([day.date for day in entries])))
    work.session.execute(
        insert(CalendarDayRow), [_columns(name, replace(day, source=DaySource.MANUAL)) for day in entries]
    )


def _manual(name: str) -> Delete:
    return delete(CalendarDayRow).where(
        CalendarDayRow.calendar == name, CalendarDayRow.source == DaySource.MANUAL
    )


def _lock(work: UnitOfWork, name: str) -> None:
    """Make changes of one calendar wait for each other, so that the version always fits the entries."""
    work.session.execute(
        select(CalendarVersion.version).where(CalendarVersion.calendar == name).with_for_update()
    ).first()


def _changed(work: UnitOfWork, name: str) -> None:
    entries = days(work.session, name)
    version = _digest(name, entries)
    row = work.session.get(CalendarVersion, name)
    if row is None:
        work.session.add(CalendarVersion(calendar=name, version=version, changed_at=work.now))
    elif row.version == version:
        return
    else:
        row.version, row.changed_at = version, work.now
    work.session.flush()
    outbox.record(work, "calendar.changed", subject=name, data={"calendar": name, "version": version})


def _digest(name: str, entries: Sequence[CalendarDay]) -> str:
    rows = [[d.date, d.kind, d.name, d.basis, d.source, d.is_estimate] for d in entries]
    return hashlib.sha256(orjson.dumps([name, rows])).hexdigest()[:16]


def _columns(name: str, day: CalendarDay) -> dict[str, object]:
    return {
        "calendar": name,
        "date": day.date,
        "source": day.source.value,
        "kind": day.kind.value,
        "name": day.name,
        "basis": day.basis,
        "is_estimate": day.is_estimate,
    }


def _value(row: CalendarDayRow) -> CalendarDay:
    return CalendarDay(
        date=row.date,
        kind=DayKind(row.kind),
        name=row.name,
        basis=row.basis,
        source=DaySource(row.source),
        is_estimate=row.is_estimate,
    )


# made once: making it takes longer than running it
_VERSIONS = select(CalendarVersion.calendar, CalendarVersion.version).where(
    or_(CalendarVersion.calendar == DEFAULT, CalendarVersion.calendar == bindparam("name", type_=String))
)
#: calendars by version; a version is a digest of the entries, so an entry here never goes stale
_LOADED: dict[str, WorkingCalendar] = {}
_LOADED_LIMIT = 64


def _remember(calendar: WorkingCalendar) -> WorkingCalendar:
    if len(_LOADED) >= _LOADED_LIMIT:
        _LOADED.clear()
    _LOADED[calendar.version] = calendar
    return calendar
