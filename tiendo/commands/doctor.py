"""`tiendo doctor`: whether everything is in place for this installation to work."""

import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import click

from foundation.errors import TiendoError
from tiendo.shell import data_option, json_option, opened, print_json

if TYPE_CHECKING:
    from processes.runtime import Runtime

#: difference between the clocks of machine and database that is still fine, in seconds
CLOCK_TOLERANCE = 5
#: lag of the oldest due timer that is still fine, in seconds
LAG_TOLERANCE = 30
#: how long a job of an external topic may lie untaken, in seconds
JOB_TOLERANCE = 15 * 60


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    is_good: bool
    #: what was found, and what to do when it is not good
    detail: str


@click.command("doctor", help="Kiểm tra cài đặt: cơ sở dữ liệu, giao diện, lịch, khóa bí mật, hẹn giờ.")
@data_option
@json_option
def command(*, data: Path | None, as_json: bool) -> None:
    """Run every check; exit code 1 when one is not good."""
    checks = [_assets()]
    try:
        with opened(data) as runtime:
            checks += [check for part in CHECKS for check in part(runtime, data)]
    except TiendoError as error:
        checks.append(Check(name="Cơ sở dữ liệu", is_good=False, detail=str(error.text)))
    if as_json:
        print_json({"checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            click.echo(f"{'✓' if check.is_good else '✗'} {check.name}: {check.detail}")
    if not all(check.is_good for check in checks):
        raise SystemExit(1)


def _assets() -> Check:
    built = resources.files("web") / "static" / "dist"
    count = sum(1 for _file in built.iterdir()) if built.is_dir() else 0
    detail = f"{count} tệp đã dựng" if count else "chưa dựng giao diện; hãy chạy “make assets”"
    return Check(name="Giao diện", is_good=count > 0, detail=detail)


def _database(runtime: "Runtime", _data: Path | None) -> Iterator[Check]:
    from tiendo import migrating

    kind = "SQLite" if runtime.database.is_sqlite else "PostgreSQL"
    detail = f"{kind}, bản {migrating.revision(runtime.database)}"
    yield Check(name="Cơ sở dữ liệu", is_good=True, detail=detail)
    if runtime.database.is_sqlite:
        from sqlalchemy import text

        with runtime.database.reading() as session:
            found = session.execute(text("PRAGMA quick_check")).scalar()
        yield Check(name="Tệp dữ liệu", is_good=found == "ok", detail=str(found))


def _clock(runtime: "Runtime", _data: Path | None) -> Iterator[Check]:
    from datetime import UTC, datetime

    from sqlalchemy import text

    statement = (
        "SELECT strftime('%s', 'now')" if runtime.database.is_sqlite else "SELECT extract(epoch from now())"
    )
    with runtime.database.reading() as session:
        theirs = datetime.fromtimestamp(float(session.execute(text(statement)).scalar() or 0), UTC)
    apart = abs((runtime.clock.now() - theirs).total_seconds())
    is_good = apart <= CLOCK_TOLERANCE
    advice = "" if is_good else "; hãy đồng bộ thời gian (NTP) của máy chủ và cơ sở dữ liệu"
    yield Check(name="Đồng hồ", is_good=is_good, detail=f"lệch {apart:.1f} giây{advice}")


def _calendar(runtime: "Runtime", _data: Path | None) -> Iterator[Check]:
    from foundation import calendars
    from foundation.working_time import local_date

    year = local_date(runtime.clock.now()).year
    with runtime.database.reading() as session:
        days = calendars.days(session, year=year)
    if not days:
        advice = f"chưa có lịch năm {year}; hãy chạy “tiendo calendar seed” hoặc “tiendo calendar import”"
        yield Check(name="Lịch làm việc", is_good=False, detail=advice)
        return
    estimated = sum(day.is_estimate for day in days)
    advice = f"; {estimated} ngày còn là ước tính, xác nhận bằng “tiendo calendar confirm {year}”"
    detail = f"năm {year} có {len(days)} ngày nghỉ, ngày bù{advice if estimated else ''}"
    yield Check(name="Lịch làm việc", is_good=True, detail=detail)


def _secret(_runtime: "Runtime", data: Path | None) -> Iterator[Check]:
    from tiendo.settings import Settings

    if os.environ.get("TIENDO_SECRET_KEY"):
        yield Check(name="Khóa bí mật", is_good=True, detail="đặt trong TIENDO_SECRET_KEY")
        return
    path = Settings.from_environment(data=data).data / "secret.key"
    is_private = path.stat().st_mode & 0o077 == 0
    advice = "" if is_private else f"; người khác đọc được, hãy chạy chmod 600 {path}"
    yield Check(
        name="Khóa bí mật", is_good=is_private, detail=f"tệp {path.name} trong thư mục dữ liệu{advice}"
    )


def _timers(runtime: "Runtime", _data: Path | None) -> Iterator[Check]:
    from engine import timers

    with runtime.database.reading() as session:
        lag = timers.lag(session, runtime.clock.now())
    is_good = lag.seconds <= LAG_TOLERANCE
    advice = (
        "" if is_good else "; bộ hẹn giờ không chạy hoặc quá tải, hãy xem “tiendo serve” hoặc “tiendo worker”"
    )
    detail = f"{lag.pending} hẹn giờ đang chờ, chậm nhất {lag.seconds:.0f} giây{advice}"
    yield Check(name="Hẹn giờ", is_good=is_good, detail=detail)


def _jobs(runtime: "Runtime", _data: Path | None) -> Iterator[Check]:
    from engine import external_jobs

    now = runtime.clock.now()
    with runtime.database.reading() as session:
        found = external_jobs.backlog(session, runtime.dispatcher.handlers, now)
    outside = [one for one in found if not one.is_in_house and one.waiting]
    if not outside:
        waiting = sum(one.waiting for one in found)
        detail = f"{waiting} việc đang chờ, đều do hệ thống tự xử lý"
        yield Check(name="Công việc tự động", is_good=True, detail=detail)
    for one in outside:
        oldest = 0.0 if one.oldest_due is None else (now - one.oldest_due).total_seconds()
        is_good = oldest <= JOB_TOLERANCE
        advice = "" if is_good else f", việc cũ nhất đã {oldest / 60:.0f} phút không ai nhận"
        advice += "" if is_good else "; hãy xem bộ xử lý bên ngoài của topic này có chạy không"
        detail = f"{one.waiting} việc chờ bộ xử lý bên ngoài, {one.locked} việc đang được giữ{advice}"
        yield Check(name=f"Topic {one.topic}", is_good=is_good, detail=detail)


def _incidents(runtime: "Runtime", _data: Path | None) -> Iterator[Check]:
    from sqlalchemy import func, select

    from engine.models import Incident

    with runtime.database.reading() as session:
        count = session.scalar(select(func.count(Incident.id)).where(Incident.resolved_at.is_(None))) or 0
    detail = f"{count} sự cố đang chờ xử lý" if count else "không có"
    yield Check(name="Sự cố", is_good=True, detail=detail)


CHECKS: tuple[Callable[["Runtime", Path | None], Iterator[Check]], ...] = (
    _database,
    _clock,
    _calendar,
    _secret,
    _timers,
    _jobs,
    _incidents,
)
