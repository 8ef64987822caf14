"""The working calendar: which days count in a year, why, and on what basis."""

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request

from directives import access
from foundation import calendars
from foundation.errors import Conflict, Invalid, NotFound
from foundation.texts import Text, _
from foundation.working_time import CalendarDay, DayKind, DaySource, WorkingCalendar, local_date
from web.gate import principal, rule, runtime
from web.posted import Posted, problems, then

blueprint = Blueprint("calendar", __name__, url_prefix="/calendar")

KINDS: dict[str, Text] = {
    DayKind.HOLIDAY: _("Nghỉ lễ, tết"),
    DayKind.COMPENSATORY: _("Nghỉ bù"),
    DayKind.SWAPPED_OFF: _("Nghỉ hoán đổi"),
    DayKind.SWAPPED_WORK: _("Làm bù"),
}
#: years one may turn to
_FIRST, _LAST = 2000, 2100
_BASIS = _("Hãy ghi văn bản làm căn cứ, ví dụ “Thông báo số 6150/TB-BLĐTBXH”.")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One day of the year view."""

    day: date
    #: workday, weekend, or one of `DayKind`
    kind: str
    entry: CalendarDay | None


@blueprint.get("")
@rule("calendars.read")
def index() -> str:
    """Show a year: months, days off, make-up Saturdays, what is only estimated."""
    return _page({})


@blueprint.post("/days")
@rule("calendars.edit")
def set_day() -> Any:
    """Enter a day that differs from its weekday."""
    posted = Posted()
    day = posted.needed_day("day", _("Hãy chọn ngày."))
    kind = posted.choice("kind", set(KINDS), _("Hãy chọn loại ngày."))
    name = posted.text("name", _("Hãy ghi tên ngày, ví dụ “Nghỉ Tết Nguyên đán”."), most=200)
    basis = posted.text("basis", _BASIS, most=300)
    try:
        posted.check()
        entry = CalendarDay(date=day, kind=DayKind(kind), name=name, basis=basis, source=DaySource.MANUAL)
        with runtime().database.unit_of_work(principal().actor) as work:
            calendars.set_day(work, entry)
            work.commit()
    except (Invalid, Conflict) as error:
        return _page(problems(error), year=day.year if day != date.min else None), 422
    return then("pages.calendar.index", _("Đã ghi ngày {day}.", day=f"{day:%d/%m/%Y}"), year=day.year)


@blueprint.post("/days/<day>/remove")
@rule("calendars.edit")
def remove_day(day: str) -> Any:
    """Take an entry made by hand away."""
    found = _iso(day)
    try:
        with runtime().database.unit_of_work(principal().actor) as work:
            calendars.remove_day(work, found)
            work.commit()
    except Conflict as error:
        return _page(problems(error), year=found.year), 422
    return then("pages.calendar.index", _("Đã bỏ ngày {day}.", day=f"{found:%d/%m/%Y}"), year=found.year)


@blueprint.post("/confirm")
@rule("calendars.edit")
def confirm() -> Any:
    """Confirm the estimated days of a year by the yearly notice."""
    posted = Posted()
    year, basis = posted.number("year"), posted.text("basis", _BASIS, most=300)
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            count = calendars.confirm_year(work, year, basis=basis)
            work.commit()
    except Invalid as error:
        return _page(problems(error), year=year), 422
    said = _("Đã xác nhận {count} ngày của năm {year}.", count=count, year=year)
    return then("pages.calendar.index", said, year=year)


@blueprint.get("/days.csv")
@rule("calendars.read")
def export() -> Response:
    """Give the entries of a year as CSV that can be imported again."""
    year = _year(request.args.get("year", type=int))
    with runtime().database.reading() as session:
        text = calendars.export_csv(session, year=year)
    headers = {"Content-Disposition": f'attachment; filename="lich-{year}.csv"'}
    # the mark tells Excel that the file is UTF-8
    return Response("\ufeff" + text, mimetype="text/csv; charset=utf-8", headers=headers)


@blueprint.post("/import")
@rule("calendars.edit")
def import_csv() -> Any:
    """Enter every row of a CSV file; one wrong line refuses all of it."""
    upload = request.files.get("file")
    year = request.form.get("year", type=int)
    try:
        raw = upload.read() if upload is not None else b""
        if not raw:
            raise Invalid(fields={"file": _("Hãy chọn tệp CSV.")})  # noqa: TRY301  answered like the refusals below
        with runtime().database.unit_of_work(principal().actor) as work:
            count = calendars.import_csv(work, _decoded(raw))
            work.commit()
    except Invalid as error:
        return _page(problems(error), year=year), 422
    return then("pages.calendar.index", _("Đã nhập {count} ngày.", count=count), year=year)


def _page(errors: Mapping[str, str], year: int | None = None) -> str:
    today = local_date(runtime().clock.now())
    year = _year(year or request.args.get("year", type=int))
    with runtime().database.reading() as session:
        entries = calendars.days(session, year=year)
        try:
            working = calendars.load(session)
        except NotFound:
            working = WorkingCalendar(version="")
    by_day = {entry.date: entry for entry in entries}
    return render_template(
        "calendar/index.html",
        here="calendar",
        year=year,
        today=today,
        months=_months(year, by_day),
        days_off=entries,
        estimates=sum(entry.is_estimate for entry in entries),
        workdays=working.working_days_in(date(year, 1, 1), date(year, 12, 31)),
        kinds=KINDS,
        errors=errors,
        values=request.form,
        may_edit=access.allow(principal(), "calendars.edit"),
    )


def _months(year: int, by_day: Mapping[date, CalendarDay]) -> list[tuple[int, list[list[Cell | None]]]]:
    weeks = months.Calendar()
    return [
        (
            month,
            [
                [_cell(day, by_day) if day.month == month else None for day in week]
                for week in weeks.monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]


def _cell(day: date, by_day: Mapping[date, CalendarDay]) -> Cell:
    entry = by_day.get(day)
    if entry is not None:
        return Cell(day=day, kind=entry.kind.value, entry=entry)
    return Cell(day=day, kind="weekend" if day.weekday() >= months.SATURDAY else "workday", entry=None)


def _year(wanted: int | None) -> int:
    if wanted is None or not _FIRST <= wanted <= _LAST:
        return local_date(runtime().clock.now()).year
    return wanted


def _iso(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound(_("Không có ngày “{found}”.", found=text[:20])) from None


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid(fields={"file": _("Tệp phải dùng mã UTF-8; hãy lưu lại dạng “CSV UTF-8”.")}) from None
