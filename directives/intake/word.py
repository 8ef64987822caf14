"""The text of a .docx: paragraphs and tables in order, with the automatic numbers people see on paper."""

import io
import re
import unicodedata
import zipfile
from typing import Any

from directives.intake.words import STARTS_PARTY
from foundation.errors import Invalid, TooLarge
from foundation.texts import _

_LARGEST_UNPACKED = 100_000_000
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
_LETTERS = "abcdđeghiklmnopqrstuvxy"
_BULLET = "-"


def lines_of_docx(content: bytes, limit: int) -> list[str]:
    """Give a line per paragraph and per table row ("| a | b |").

    Raises Invalid for a damaged file, TooLarge when the unpacked text exceeds `limit` characters.
    """
    import docx

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(part.file_size for part in package.infolist()) > _LARGEST_UNPACKED:
                raise TooLarge(  # noqa: TRY301 - the handler below passes it on
                    _("Tệp .docx quá lớn khi giải nén. Hãy bỏ hình ảnh rồi tải lên lại."), found="docx"
                )
        document = docx.Document(io.BytesIO(content))
        lines = _lines(document)
    except TooLarge:
        raise
    except Exception as error:  # python-docx and lxml raise many kinds on damaged files
        raise Invalid(
            _("Tệp .docx bị hỏng hoặc không phải tài liệu Word. Hãy lưu lại tệp rồi tải lên."), found="docx"
        ) from error
    return [unicodedata.normalize("NFC", line)[:limit] for line in lines]


def _lines(document: Any) -> list[str]:
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    numbers = _Numbers(document)
    lines: list[str] = []
    for element in document.element.body.iterchildren():
        if element.tag.endswith("}p"):
            paragraph = Paragraph(element, document)
            lines += (numbers.prefix(paragraph) + paragraph.text).split("\n")
        elif element.tag.endswith("}tbl"):
            lines += _rows(Table(element, document))
    return lines


def cell_text(paragraphs: list[str]) -> str:
    """Join the paragraphs of a cell; names below each other ("Sở A", "Sở B") are a list."""
    joined = ""
    for paragraph in paragraphs:
        words = " ".join(paragraph.split())
        if not words:
            continue
        names = all(STARTS_PARTY.match(name) and " " in name for name in (joined, words))
        ends = not joined or joined.endswith((";", ",", ":", ".", " và", "-"))
        joined += ("; " if names and not ends else " " if joined else "") + words
    return joined


def _rows(table: Any) -> list[str]:
    rows: list[str] = []
    header_like = len(table.columns) == 2 and len(table.rows) <= 4  # noqa: PLR2004 - the two-column form of NĐ 30
    for row in table.rows:
        cells: list[str] = []
        seen: set[int] = set()
        for cell in row.cells:
            if id(cell._tc) in seen:  # noqa: SLF001 - merged cells share one element, python-docx shows them again
                cells += [""] * (not header_like)
                continue
            seen.add(id(cell._tc))  # noqa: SLF001 - same
            cells.append(cell.text)
        if header_like:
            rows += [line for cell in cells for line in cell.split("\n")]
        else:
            rows.append(
                "| " + " | ".join(cell_text(cell.split("\n")).replace("|", "/") for cell in cells) + " |"
            )
    return ["", *rows, ""]


class _Numbers:
    """Counts automatic lists as Word shows them."""

    def __init__(self, document: Any) -> None:
        """Read the numbering part; a document without one has no automatic lists."""
        self.counters: dict[tuple[str, int], int] = {}
        self.formats: dict[tuple[str, int], tuple[str, str]] = {}
        try:
            numbering = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):
            return
        abstracts: dict[str, Any] = {}
        for element in numbering.iterchildren():
            if element.tag.endswith("}abstractNum"):
                abstracts[_attribute(element, "abstractNumId")] = element
        for element in numbering.iterchildren():
            if element.tag.endswith("}num"):
                self._learn(_attribute(element, "numId"), abstracts.get(_value(element, "abstractNumId")))

    def _learn(self, number_id: str, abstract: Any) -> None:
        if abstract is None:
            return
        for level in abstract.iterchildren():
            if level.tag.endswith("}lvl"):
                depth = int(_attribute(level, "ilvl") or 0)
                self.formats[number_id, depth] = (_value(level, "numFmt"), _value(level, "lvlText"))

    def prefix(self, paragraph: Any) -> str:
        """Give the marker of a paragraph with a space behind it, or nothing."""
        properties = paragraph._p.pPr  # noqa: SLF001 - python-docx has no public access to numbering
        numbering = getattr(properties, "numPr", None) if properties is not None else None
        if numbering is None or numbering.numId is None or not paragraph.text.strip():
            return ""
        number_id = str(numbering.numId.val)
        depth = int(numbering.ilvl.val) if numbering.ilvl is not None else 0
        form, pattern = self.formats.get((number_id, depth), ("", ""))
        if form in {"", "none"}:
            return ""
        if form == "bullet":
            return ("+ " if depth else _BULLET + " ") if pattern != "+" else "+ "
        self.counters[number_id, depth] = self.counters.get((number_id, depth), 0) + 1
        for other, level in list(self.counters):
            if other == number_id and level > depth:
                del self.counters[other, level]
        return re.sub(r"%(\d)", lambda m: self._shown(number_id, int(m[1]) - 1), pattern) + " "

    def _shown(self, number_id: str, depth: int) -> str:
        count = self.counters.get((number_id, depth), 1)
        form = self.formats.get((number_id, depth), ("decimal", ""))[0]
        if form in {"upperRoman", "lowerRoman"}:
            return _roman(count) if form == "upperRoman" else _roman(count).lower()
        if form in {"lowerLetter", "upperLetter"} and count <= len(_LETTERS):
            return _LETTERS[count - 1] if form == "lowerLetter" else _LETTERS[count - 1].upper()
        return str(count)


def _roman(count: int) -> str:
    shown = ""
    for value, letters in _ROMAN:
        while count >= value:
            shown, count = shown + letters, count - value
    return shown


def _attribute(element: Any, name: str) -> str:
    return next((str(v) for k, v in element.attrib.items() if k.endswith("}" + name)), "")


def _value(element: Any, name: str) -> str:
    return next(
        (_attribute(child, "val") for child in element.iterchildren() if child.tag.endswith("}" + name)), ""
    )
