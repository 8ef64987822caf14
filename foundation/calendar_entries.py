"""Calendar entries outside the database: CSV text and the entries shipped with the product (R-C1, R-C3)."""

import csv
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from importlib import metadata, resources
from io import StringIO

from foundation.errors import Invalid
from foundation.texts import Text, _
from foundation.working_time import CalendarDay, DayKind, DaySource

#: years whose packaged list was compared with the official ones, and one estimated
SHIPPED_YEARS = range(2021, 2028)
#: the columns of the CSV form, in order
CSV_COLUMNS = ("date", "kind", "name", "basis", "is_estimate")
_NEEDED = CSV_COLUMNS[:3]
_LAW = "Bộ luật Lao động 2019, Điều 112"
_YES, _NO = {"yes", "true", "1", "có"}, {"", "no", "false", "0", "không"}


def write_csv(entries: Iterable[CalendarDay]) -> str:
    """Give the entries as CSV text that `read_csv` reads."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for day in entries:
        estimate = "yes" if day.is_estimate else "no"
        writer.writerow(
            [day.date.isoformat(), day.kind.value, _harmless(day.name), _harmless(day.basis), estimate]
        )
    return out.getvalue()


def read_csv(text: str, source: DaySource) -> list[CalendarDay]:
    """Read entries from CSV text.

    The first line names the columns `date` (yyyy-mm-dd or dd/mm/yyyy), `kind`, `name`, and optionally `basis`
    and `is_estimate`. Raises Invalid naming each wrong line.
    """
    reader = csv.DictReader(StringIO(text.removeprefix("\ufeff")))
    missing = [column for column in _NEEDED if column not in (reader.fieldnames or [])]
    if missing:
        raise Invalid(
            _(
                "Dòng đầu của tệp lịch phải có các cột date, kind, name; còn thiếu: {missing}.",
                missing=", ".join(missing),
            )
        )
    entries: dict[date, CalendarDay] = {}
    wrong: dict[str, Text] = {}
    for row in reader:
        try:
            day = _csv_day(
                {k: (v or "").strip() for k, v in row.items() if isinstance(k, str)}, source, entries
            )
        except Invalid as error:
            at = reader.line_num
            wrong[f"line {at}"] = _("Dòng {line}: {what}", line=at, what=error.text)
            continue
        entries[day.date] = day
    if wrong:
        first = next(iter(wrong.values()))
        raise Invalid(_("Tệp lịch có {count} dòng sai. {first}", count=len(wrong), first=first), fields=wrong)
    return list(entries.values())


@lru_cache(maxsize=8)
def packaged_days(years: tuple[int, ...]) -> tuple[CalendarDay, ...]:
    """Give the shipped entries: the `holidays` package, and over it `calendar_overlay.csv`.

    A year the overlay has no confirmed entry for is marked as estimated (R-C3).
    """
    overlay_file = resources.files("foundation") / "calendar_overlay.csv"
    overlay = [
        d
        for d in read_csv(overlay_file.read_text(encoding="utf-8"), DaySource.PACKAGE)
        if d.date.year in years
    ]
    confirmed = {day.date.year for day in overlay if not day.is_estimate}
    merged = {d.date: replace(d, is_estimate=d.date.year not in confirmed) for d in _computed_days(years)}
    merged.update({day.date: day for day in overlay})
    return tuple(merged[day] for day in sorted(merged))


def _computed_days(years: Sequence[int]) -> list[CalendarDay]:
    # imported late: reading the package takes longer than the start of the whole program may
    import holidays

    basis = f"{_LAW} (holidays {metadata.version('holidays')})"
    vietnam = holidays.country_holidays("VN", years=years, language="vi")
    entries = []
    for day, label in vietnam.items():
        kind = DayKind.HOLIDAY
        if "nghỉ bù" in label:
            kind = DayKind.COMPENSATORY
        elif "thay cho" in label:
            kind = DayKind.SWAPPED_OFF
        entries.append(CalendarDay(date=day, kind=kind, name=label, basis=basis))
    # the package lists swapped weekends of all years whatever years are asked for
    entries += [
        CalendarDay(date=day, kind=DayKind.SWAPPED_WORK, name="Ngày làm bù", basis=basis)
        for day in getattr(vietnam, "weekend_workdays", ())
        if day.year in years
    ]
    return entries


def _csv_day(row: dict[str, str], source: DaySource, earlier: Container[date]) -> CalendarDay:
    day = _csv_date(row["date"])
    if day in earlier:
        raise Invalid(_("ngày {date} đã có ở dòng trước.", date=f"{day:%d/%m/%Y}"))
    if row["kind"] not in list(DayKind):
        kinds = ", ".join(DayKind)
        raise Invalid(
            _("cột kind cần một trong {kinds}, nhận được “{found}”.", kinds=kinds, found=row["kind"])
        )
    estimate = row.get("is_estimate", "").lower()
    if estimate not in _YES | _NO:
        raise Invalid(_("cột is_estimate cần yes hoặc no, nhận được “{found}”.", found=estimate))
    if not row["name"]:
        raise Invalid(_("cột name không được để trống."))
    return CalendarDay(
        date=day,
        kind=DayKind(row["kind"]),
        name=row["name"],
        basis=row.get("basis", ""),
        source=source,
        is_estimate=estimate in _YES,
    )


def _csv_date(raw: str) -> date:
    try:
        if "/" in raw:
            day, month, year = raw.split("/")
            return date(int(year), int(month), int(day))
        return date.fromisoformat(raw)
    except ValueError:
        raise Invalid(
            _("cột date cần ngày dạng 31/12/2026 hoặc 2026-12-31, nhận được “{found}”.", found=raw)
        ) from None


def _harmless(text: str) -> str:
    """Keep a spreadsheet from reading text as a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
