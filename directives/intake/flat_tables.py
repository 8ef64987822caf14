"""Tables of tasks that lost their lines: one cell per line, or cells with tabs between them.

Text copied from a .docx or a .pdf keeps the words of a table and loses its grid. The headings ("STT",
"Nội dung", "Cơ quan chủ trì" …) say where it begins and which columns it has; the numbers in the first column
say where rows begin.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from directives.deadline_text import parse
from directives.intake.tables import heading_kind, is_number_heading
from directives.intake.text import Line
from foundation.vietnamese import fold

_FEWEST_COLUMNS = 3
_MOST_COLUMNS = 10
_LONGEST_HEADING = 60
_LONGEST_CELL = 600
_ROW_NUMBER = re.compile(r"^(\d{1,3}|\d{1,2}\.\d{1,2})\.?$")
_GROUP_NUMBER = re.compile(r"^([IVX]{1,5}|[A-HĐ])\.?$")
_GROUP_TITLE = re.compile(r"^[IVX]{1,5}[.)]\s+\S")
_AFTER_TABLE = re.compile(
    r"^(?:[IVX]{1,5}|\d{1,2})\s*[.)]\s+\S|^(?:dieu \d|noi nhan|tren day|trong qua trinh|yeu cau cac"
    r"|phu luc)\b"
)


@dataclass(frozen=True, kw_only=True)
class _Table:
    """A table found in the lines: where it lies and its rows."""

    start: int
    end: int
    rows: tuple[Line, ...]


def restored(raw: tuple[str, ...], lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Give the lines with every such table as rows of cells; each row stands on its first line."""
    result = list(lines)
    at = 0
    while at < len(raw):
        table = _by_tabs(raw, at) or _by_lines(raw, at)
        if table is None:
            at += 1
            continue
        for place in range(table.start, table.end):
            result[place] = Line(number=place + 1, text="")
        for row in table.rows:
            result[row.number - 1] = row
        at = table.end
    return tuple(result)


def _words(text: str) -> str:
    return " ".join(text.replace("*", "").split())


def _kinds(cells: list[str]) -> list[str] | None:
    """Give the kinds of columns, when the cells are the headings of a table of tasks."""
    if not _FEWEST_COLUMNS <= len(cells) <= _MOST_COLUMNS:
        return None
    kinds = ["number" if is_number_heading(cell) else heading_kind(cell) or "" for cell in cells]
    if any(len(cell) > _LONGEST_HEADING or cell.endswith((".", ";", ":")) for cell in cells):
        return None
    known = {kind for kind in kinds if kind}
    return kinds if "text" in known and len(known - {"text", "number"}) >= 1 else None


def _by_tabs(raw: tuple[str, ...], at: int) -> _Table | None:
    if "\t" not in raw[at]:
        return None
    head = [_words(cell) for cell in raw[at].strip("\r\n").split("\t")]
    if _kinds(head) is None:
        return None
    rows = [Line(number=at + 1, text="", cells=tuple(head))]
    end = at + 1
    while end < len(raw) and ("\t" in raw[end] or not raw[end].strip()):
        if raw[end].strip():
            cells = [_words(cell) for cell in raw[end].split("\t")]
            rows.append(Line(number=end + 1, text="", cells=tuple(cells)))
        end += 1
    return _Table(start=at, end=end, rows=tuple(rows)) if len(rows) > 1 else None


def _by_lines(raw: tuple[str, ...], at: int) -> _Table | None:
    if not is_number_heading(_words(raw[at])):
        return None
    heads: list[tuple[int, str]] = []
    for place, text in _filled(raw, at):
        if _ROW_NUMBER.match(text) or _GROUP_NUMBER.match(text) or len(heads) > _MOST_COLUMNS:
            break
        heads.append((place, text))
    kinds = _kinds([text for _place, text in heads])
    if kinds is None or not heads:
        return None
    cells: list[tuple[int, str]] = []
    end = heads[-1][0] + 1
    numbers = 0
    for place, text in _filled(raw, end):
        if _ends(text, cells, wanted=len(kinds), numbers=numbers):
            break
        numbers += _ROW_NUMBER.match(text) is not None
        cells.append((place, text))
        end = place + 1
    rows = [Line(number=at + 1, text="", cells=tuple(text for _place, text in heads))]
    rows += _rows(cells, kinds)
    return _Table(start=at, end=end, rows=tuple(rows)) if len(rows) > 1 else None


def _filled(raw: tuple[str, ...], start: int) -> Iterator[tuple[int, str]]:
    for place in range(start, len(raw)):
        text = _words(raw[place])
        if text:
            yield place, text


def _ends(text: str, cells: list[tuple[int, str]], *, wanted: int, numbers: int) -> bool:
    """Tell whether a line stands behind the table: a heading, a numbered or long paragraph, the tail."""
    if not cells:
        return _ROW_NUMBER.match(text) is None and _GROUP_NUMBER.match(text) is None
    since = 0
    for _place, cell in reversed(cells):
        if _ROW_NUMBER.match(cell) or _GROUP_NUMBER.match(cell):
            break
        since += 1
    if len(text) > _LONGEST_CELL or since > 3 * wanted:
        return True
    return (
        numbers > 0 and _AFTER_TABLE.match(fold(text) if not _GROUP_TITLE.match(text) else text) is not None
    )


def _rows(cells: list[tuple[int, str]], kinds: list[str]) -> Iterator[Line]:
    row: list[tuple[int, str]] = []
    for place, text in cells:
        begins = _ROW_NUMBER.match(text) or (_GROUP_NUMBER.match(text) and (not row or len(row) > 1))
        if begins and row:
            yield _row(row, kinds)
            row = []
        if row and len(row) > 1 and text[0].islower() and row[-1][1][-1:] not in {".", ";"}:
            row[-1] = (row[-1][0], f"{row[-1][1]} {text}")
            row.append((place, ""))
        else:
            row.append((place, text))
    if row:
        yield _row(row, kinds)


def _row(row: list[tuple[int, str]], kinds: list[str]) -> Line:
    number, until = row[0][0] + 1, row[-1][0] + 1
    texts = [text for _place, text in row if text]
    if "number" not in kinds:
        texts = texts[1:]
    cells = texts if len(texts) == len(kinds) else _aligned(texts, kinds)
    return Line(number=number, text="", cells=tuple(cells), until=until)


def _aligned(texts: list[str], kinds: list[str]) -> list[str]:
    """Place the cells of a row with empty ones under the columns: dates under time, the rest in order."""
    cells = ["" for _kind in kinds]
    time_at = kinds.index("time") if "time" in kinds else None
    dated = next(
        (
            at
            for at, text in enumerate(texts[2:], start=2)
            if time_at is not None and parse(text).kind != "none"
        ),
        None,
    )
    before = texts if dated is None else texts[:dated]
    after = [] if dated is None else texts[dated + 1 :]
    limit = len(kinds) if time_at is None or dated is None else time_at
    for at, text in enumerate(before[:limit]):
        cells[at] = text
    if time_at is not None and dated is not None:
        cells[time_at] = texts[dated]
        for at, text in enumerate(after[: len(kinds) - time_at - 1]):
            cells[time_at + 1 + at] = text
    return cells
