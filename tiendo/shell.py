"""What the commands of the shell share: opening the house, reading files, printing JSON and tables."""

import json
import shutil
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from foundation.errors import Conflict, Invalid, NotFound, TooLarge
from foundation.texts import _

if TYPE_CHECKING:
    from processes.runtime import Runtime

Command = TypeVar("Command", bound=Callable[..., Any])

#: largest file a command reads, in bytes
LARGEST_FILE = 30 * 1024 * 1024
#: characters of a line of a table that goes into a file or pipe
WIDTH = 160
#: a column is never folded below so many characters
NARROWEST = 8
#: files that can be deployed
KINDS = (".bpmn", ".dmn", ".form")


def data_option(command: Command) -> Command:
    """Give a command `--data`, the folder of the installation."""
    return click.option(
        "--data", type=click.Path(path_type=Path), help="Thư mục dữ liệu (mặc định TIENDO_DATA hoặc ./data)."
    )(command)


def json_option(command: Command) -> Command:
    """Give a command `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="In kết quả dạng JSON.")(command)


@contextmanager
def opened(data: Path | None, *, is_prepared: bool = True) -> "Iterator[Runtime]":
    """Open the installation for one command; raises Conflict when its database is not there or is older."""
    from tiendo import house, migrating
    from tiendo.settings import Settings

    settings = Settings.from_environment(data=data)
    if is_prepared and not settings.database_url and not (settings.data / "tiendo.db").exists():
        raise Conflict(
            _(
                "Chưa có cơ sở dữ liệu trong thư mục “{folder}”; hãy chạy “tiendo migrate” trước.",
                folder=settings.data,
            )
        )
    runtime = house.build(settings)
    try:
        if is_prepared and not migrating.is_current(runtime.database):
            raise Conflict(_("Cơ sở dữ liệu chưa ở phiên bản mới nhất; hãy chạy “tiendo migrate” trước."))
        yield runtime
    finally:
        runtime.database.dispose()


def content_of(path: Path) -> bytes:
    """Read a file; raises NotFound, Invalid or TooLarge in words for people."""
    if not path.exists():
        raise NotFound(_("Không có tệp “{path}”.", path=path))
    if path.is_dir():
        raise Invalid(_("“{path}” là thư mục, cần một tệp.", path=path))
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise TooLarge(
                _("Tệp “{path}” lớn hơn giới hạn {limit} MB.", path=path, limit=LARGEST_FILE // 1024 // 1024)
            )
        return path.read_bytes()
    except OSError as error:
        raise Invalid(
            _("Không đọc được tệp “{path}”: {reason}.", path=path, reason=error.strerror or "")
        ) from None


def definition_files(paths: Sequence[Path]) -> dict[str, bytes]:
    """Read diagrams, decisions and forms; a folder gives all in it, a pattern such as `*.bpmn` all that fit.

    Names are paths as they were given, the bare name for a whole path; of two files with one name the second
    keeps its whole path, so that none takes the place of the other.
    """
    found: dict[str, bytes] = {}
    for path in _expanded(paths):
        if path.is_dir():
            inside = sorted(file for file in path.rglob("*") if file.suffix.lower() in KINDS)
            if not inside:
                raise NotFound(_("Thư mục “{path}” không có tệp .bpmn, .dmn hoặc .form.", path=path))
            named = {file: str(file.relative_to(path.parent)) for file in inside}
        else:
            named = {path: path.name if path.is_absolute() else str(path)}
        for file, name in named.items():
            found[str(file) if name in found else name] = content_of(file)
    return found


def _expanded(paths: Sequence[Path]) -> Iterator[Path]:
    """Put the files that fit in the place of a pattern, where the shell did not."""
    for path in paths:
        marks = [at for at, part in enumerate(path.parts) if set(part) & set("*?[")]
        if path.exists() or not marks:
            yield path
            continue
        folder, pattern = Path(*path.parts[: marks[0]]), str(Path(*path.parts[marks[0] :]))
        fitting = sorted(folder.glob(pattern))
        yield from fitting or (path,)


def day(text: str | None) -> date | None:
    """Read a day written 2026-12-31 or 31/12/2026; raises Invalid."""
    if text is None:
        return None
    try:
        if "/" in text:
            number, month, year = text.split("/")
            return date(int(year), int(month), int(number))
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            _("Ngày phải có dạng 31/12/2026 hoặc 2026-12-31, nhận được “{found}”.", found=text)
        ) from None


def moment(text: str) -> datetime:
    """Read a moment in ISO 8601, Vietnam time when it has no zone; raises Invalid."""
    from foundation.clock import BUSINESS_ZONE

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(
            _("Thời điểm phải có dạng 2024-02-05T08:00:00+07:00, nhận được “{found}”.", found=text)
        ) from None
    return (found if found.tzinfo else found.replace(tzinfo=BUSINESS_ZONE)).astimezone(UTC)


def variables(text: str | None) -> dict[str, Any]:
    """Read variables from a JSON object or, after `@`, from a file that holds one; raises Invalid."""
    if not text:
        return {}
    if text.startswith("@"):
        text = content_of(Path(text[1:])).decode("utf-8", "replace")
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise Invalid(
            _(
                "Biến phải là JSON hợp lệ: sai ở dòng {line}, cột {column}.",
                line=error.lineno,
                column=error.colno,
            )
        ) from None
    if not isinstance(found, dict):
        raise Invalid(_("Biến phải là một đối tượng JSON, ví dụ {example}.", example='{"urgency": 0}'))
    return found


def print_json(value: Any) -> None:
    """Print a value as JSON for machines; moments and days in ISO 8601."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "") -> None:
    """Print rows for people; long cells are folded so that a line fits the terminal."""
    cells = [list(columns), *([_cell(value) for value in row] for row in rows)]
    widths = _widths(cells, shutil.get_terminal_size((WIDTH, 1)).columns)
    if title:
        click.echo(title)
    for number, row in enumerate(cells):
        folded = [textwrap.wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
        for parts in zip_longest(*folded, fillvalue=""):
            line = "  ".join(part.ljust(width) for part, width in zip(parts, widths, strict=True))
            click.echo(line.rstrip())
        if number == 0:
            click.echo("  ".join("─" * width for width in widths))


def _widths(cells: Sequence[Sequence[str]], available: int) -> list[int]:
    """Give the width of each column: what it needs, the widest ones narrowed until a line fits."""
    widths = [max(map(len, column)) or 1 for column in zip(*cells, strict=True)]
    narrowest = [min(width, NARROWEST) for width in widths]
    while sum(widths) + 2 * (len(widths) - 1) > available:
        # the first column holds ids, which must not be torn apart
        widest = max(range(1, len(widths)), key=widths.__getitem__, default=0)
        if widths[widest] <= narrowest[widest]:
            break
        widths[widest] -= 1
    return widths


def print_findings(findings: Iterable[Any]) -> None:
    """Print findings one by one: file, element, severity, rule and what to do."""
    for finding in findings:
        mark = "LỖI" if finding.severity == "error" else "LƯU Ý"
        line = finding.facts.get("line")
        place = f"{finding.file}:{line}" if line else finding.file
        element = f" [{finding.element}]" if finding.element else ""
        click.echo(f"{place}{element} {mark} {finding.rule}\n    {finding.message}")


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        from foundation.vietnamese import format_moment

        return format_moment(value)
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return "" if value is None else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)
