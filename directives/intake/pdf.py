"""The text layer of a .pdf as lines, with ruled tables as rows of cells ("| a | b |").

A PDF knows places of words and strokes, no tables. Where strokes form a grid of three columns or more, words
are put into the cells they stand in; everything else keeps the order in which it was written. Lengths are
points (1/72 inch).
"""

import io
import itertools
import logging
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from foundation.errors import Invalid
from foundation.texts import _

_MOST_PAGES = 500
#: strokes thinner than this are lines of a grid
_THIN = 3.0
#: places nearer than this are the same
_NEAR = 3.0
_SHORTEST = 6.0
_FEWEST_COLUMNS = 3
_MOST_STROKES = 20_000

_Matrix = list[float]
_Point = tuple[float, float]
_OUTLINES = frozenset({b"S", b"s", b"B", b"B*", b"b", b"b*"})
_PAINTS = _OUTLINES | {b"f", b"F", b"f*"}


def lines_of_pdf(content: bytes) -> list[str]:
    """Give the lines of all pages. Raises Invalid for a damaged or locked file, or when it is no PDF."""
    from pypdf import PdfReader

    if b"%PDF" not in content[:1024]:
        raise Invalid(_("Tệp .pdf bị hỏng hoặc không phải PDF. Hãy xuất lại tệp rồi tải lên."), found="pdf")
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        pages = PdfReader(io.BytesIO(content)).pages
        lines = [line for page in pages[:_MOST_PAGES] for line in _lines(page)]
    except Exception as error:  # pypdf raises many kinds on damaged files
        raise Invalid(
            _("Tệp .pdf bị hỏng hoặc có mật khẩu. Hãy xuất lại tệp rồi tải lên."), found="pdf"
        ) from error
    return [unicodedata.normalize("NFC", line) for line in lines]


@dataclass(frozen=True, kw_only=True)
class _Word:
    """A run of text and where it begins."""

    x: float
    y: float
    text: str


@dataclass(kw_only=True)
class _Grid:
    """The rules of one table: rows from top to bottom, columns from left to right, words of each cell."""

    ys: list[float]
    xs: list[float]
    cells: dict[tuple[int, int], list[_Word]] = field(default_factory=dict)

    def holds(self, word: _Word) -> bool:
        """Tell whether a word stands inside."""
        return self.ys[-1] < word.y < self.ys[0] and self.xs[0] - _NEAR < word.x < self.xs[-1]

    def add(self, word: _Word) -> None:
        """Put a word into its cell."""
        row = sum(y > word.y for y in self.ys) - 1
        column = max(0, sum(x - _NEAR < word.x for x in self.xs) - 1)
        self.cells.setdefault((row, column), []).append(word)

    def lines(self) -> list[str]:
        """Give a line per row; rows without words are left out."""
        shown = []
        for row in range(len(self.ys) - 1):
            cells = [_joined(self.cells.get((row, column), [])) for column in range(len(self.xs) - 1)]
            if any(cells):
                shown.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
        return shown


@dataclass(kw_only=True)
class _Drawing:
    """Words and strokes of a page, collected while it is read."""

    words: list[_Word] = field(default_factory=list)
    #: (y, from x, to x) and (x, from y, to y)
    across: list[tuple[float, float, float]] = field(default_factory=list)
    down: list[tuple[float, float, float]] = field(default_factory=list)
    _at: _Point | None = None
    #: strokes of the path that is being built, and whether they only outline an area
    _path: list[tuple[_Point, _Point, bool]] = field(default_factory=list)

    def text(self, text: str, cm: _Matrix, tm: _Matrix, _font: Any, _size: float) -> None:
        """Take over a run of text."""
        if text.strip():
            x, y = _place(cm, tm[4], tm[5])
            self.words.append(_Word(x=x, y=y, text=text))

    def operand(self, operator: bytes, operands: list[Any], cm: _Matrix, _tm: _Matrix) -> None:
        """Take over lines and rectangles of a path when it is painted; a path that only clips is none."""
        if operator in _PAINTS:
            for one, other, is_outline in self._path:
                if not is_outline or operator in _OUTLINES:
                    self._stroke(one, other)
        if operator in _PAINTS or operator == b"n":
            self._path, self._at = [], None
        if operator not in {b"re", b"m", b"l"} or len(self.across) + len(self.down) > _MOST_STROKES:
            return
        values = [float(value) for value in operands]
        if operator == b"re":
            x, y, width, height = values
            self._rectangle(_place(cm, x, y), _place(cm, x + width, y + height))
            return
        here = _place(cm, *values)
        if operator == b"l" and self._at is not None:
            self._path.append((self._at, here, False))
        self._at = here

    def _rectangle(self, one: _Point, other: _Point) -> None:
        (x0, y0), (x1, y1) = one, other
        if abs(y1 - y0) <= _THIN or abs(x1 - x0) <= _THIN:
            self._path.append((one, (x1, y0) if abs(y1 - y0) <= _THIN else (x0, y1), False))
            return
        corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0))
        self._path += [(start, stop, True) for start, stop in itertools.pairwise(corners)]

    def _stroke(self, one: _Point, other: _Point) -> None:
        (x0, y0), (x1, y1) = one, other
        if abs(y1 - y0) <= _THIN and abs(x1 - x0) >= _SHORTEST:
            self.across.append((y0, min(x0, x1), max(x0, x1)))
        elif abs(x1 - x0) <= _THIN and abs(y1 - y0) >= _SHORTEST:
            self.down.append((x0, min(y0, y1), max(y0, y1)))

    def grids(self) -> list[_Grid]:
        """Give the tables with three columns or more: neighbouring rules that upright strokes connect."""
        found: list[_Grid] = []
        ys = _distinct((y for y, _from, _to in self.across), falling=True)
        group: list[float] = []
        for upper, lower in itertools.pairwise(ys):
            beside = [x for x, low, high in self.down if low - _NEAR <= lower and upper <= high + _NEAR]
            if len(_distinct(beside)) > 1:
                group = group or [upper]
                group.append(lower)
            else:
                found += self._grid(group)
                group = []
        return found + self._grid(group)

    def _grid(self, ys: list[float]) -> list[_Grid]:
        if len(ys) < 2:  # noqa: PLR2004 - a row has an upper and a lower rule
            return []
        xs = _distinct(x for x, low, high in self.down if low < ys[0] - _NEAR and high > ys[-1] + _NEAR)
        return [_Grid(ys=ys, xs=xs)] if len(xs) > _FEWEST_COLUMNS else []


def _lines(page: Any) -> list[str]:
    drawing = _Drawing()
    plain = page.extract_text(visitor_text=drawing.text, visitor_operand_before=drawing.operand) or ""
    grids = drawing.grids()
    if not grids:
        return str(plain).split("\n")
    shown: list[str] = []
    last: _Word | None = None
    written: list[_Grid] = []
    for grid in grids:
        for word in drawing.words:
            if grid.holds(word):
                grid.add(word)
    for word in drawing.words:
        table = next((grid for grid in grids if grid.holds(word)), None)
        if table is not None:
            if not any(table is other for other in written):
                written.append(table)
                shown += table.lines()
            last = None
            continue
        if last is not None and abs(last.y - word.y) < _NEAR:
            shown[-1] += word.text if word.text[0].isspace() or shown[-1][-1:].isspace() else f" {word.text}"
        else:
            shown.append(word.text.strip())
        last = word
    return [line for text in shown for line in text.split("\n")]


def _place(cm: _Matrix, x: float, y: float) -> tuple[float, float]:
    return x * cm[0] + y * cm[2] + cm[4], x * cm[1] + y * cm[3] + cm[5]


def _distinct(values: Iterable[float], *, falling: bool = False) -> list[float]:
    kept: list[float] = []
    for value in sorted(values, reverse=falling):
        if not kept or abs(value - kept[-1]) > _NEAR:
            kept.append(value)
    return kept


def _joined(words: list[_Word]) -> str:
    lines = sorted(words, key=lambda word: (-round(word.y), word.x))
    return " ".join(" ".join(word.text.split()) for word in lines)
