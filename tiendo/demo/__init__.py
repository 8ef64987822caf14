"""The sample province: five directives in flight, brought about by people at work on a virtual clock.

The documents carry the facts of five real ones in our own words. Nothing is written behind the engine's back:
the same use cases run as in the browser, from November 2021 to the present moment.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from directives.account_tables import AccountRow
from directives.organisation_tables import OrganisationRow
from foundation.clock import MovableClock
from foundation.database import Database
from foundation.errors import Conflict
from foundation.texts import Text, _
from processes.runtime import Runtime
from tiendo.demo import directory

#: the first step of the oldest cycle lies after this moment
_BEGIN = datetime(2021, 11, 22, 1, 0, tzinfo=UTC)
#: the youngest present the stories can end in: a year after the documents of 2024
_EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)

Report = Callable[[str], object]


def load(runtime: Runtime, report: Report = lambda _line: None) -> None:
    """Load the sample province into an empty installation and say who may sign in; a second call only says.

    Raises Conflict when the installation holds other data, or a province whose loading was interrupted.
    """
    state = _state(runtime)
    if state == "loaded":
        _say(report)
        return
    if state != "empty":
        raise Conflict(_REFUSALS[state])
    if runtime.clock.now() < _EARLIEST:
        raise Conflict(_("Tỉnh mẫu cần đồng hồ từ năm 2025 trở đi."))
    from tiendo.demo import telling

    begun = perf_counter()
    report(str(_("Đang nạp tỉnh mẫu: cơ quan, con người …")))
    database = _quick(runtime)
    try:
        telling.tell(runtime, database, report)
    finally:
        database.dispose()
    report(str(_("Đã nạp tỉnh mẫu trong {seconds} giây.", seconds=round(perf_counter() - begun))))
    _say(report)


_REFUSALS: dict[str, Text] = {
    "other": _("Cơ sở dữ liệu đã có dữ liệu khác; tỉnh mẫu chỉ nạp vào cơ sở dữ liệu trống."),
    "interrupted": _("Tỉnh mẫu nạp dở từ lần trước; hãy xóa cơ sở dữ liệu rồi nạp lại."),
}


def _state(runtime: Runtime) -> str:
    """Tell what the installation holds: nobody of the sample province can sign in before it is complete."""
    with runtime.database.reading() as session:
        found = session.execute(
            select(AccountRow.password_hash).where(AccountRow.username == directory.INSPECTOR)
        ).first()
        if found is None:
            return "other" if _has_organisations(session) else "empty"
        first = session.scalar(select(AccountRow.id).where(AccountRow.username == "vanthu.daknong"))
    if first is None:
        return "other"
    return "loaded" if found.password_hash else "interrupted"


def _has_organisations(session: Session) -> bool:
    return session.scalar(select(OrganisationRow.id).limit(1)) is not None


def _quick(runtime: Runtime) -> Database:
    """Open the same database with a clock of its own.

    On SQLite a commit does not wait for the disk here: what a power failure takes can be loaded again, and
    write-ahead logging keeps the file whole.
    """
    url = runtime.database.url.render_as_string(hide_password=False)
    database = Database(url, MovableClock(_BEGIN))
    if database.is_sqlite:

        @event.listens_for(database.write_engine, "connect")
        def _prepare(connection, _record) -> None:  # type: ignore[no-untyped-def]
            connection.execute("PRAGMA synchronous=NORMAL")

    return database


def _say(report: Report) -> None:
    """Print the ways in."""
    report(str(_("Tài khoản dùng thử (mật khẩu chung: {password})", password=directory.PASSWORD)))
    for username in directory.LOGINS:
        name, title, place = _who(username)
        report(f"  {username:<20} {name}, {title}{' – ' + place if place else ''}")


def _who(username: str) -> tuple[str, str, str]:
    if username == directory.ADMIN:
        return directory.ADMIN_NAME, "Quản trị hệ thống", ""
    if username == directory.INSPECTOR:
        return directory.INSPECTOR_NAME, "Thanh tra (chỉ xem)", ""
    name, organisation, _role, title = directory.PEOPLE[username]
    return name, title, directory.ORGANISATIONS[organisation][0]
