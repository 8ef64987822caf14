"""The outline of a body: blocks joined over line and page breaks, then a tree by numbering (R-D12).

Order of levels: phần, chương, A, I, Điều, 1, 1.1, a), (1), paragraph, -, +, •.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from directives.intake.parties import span_of_parties
from directives.intake.text import Line
from directives.intake.words import STARTS_PARTY

#: outer levels have smaller ranks
RANKS = {
    "part": 0, "upper": 1, "roman": 2, "article": 3, "number": 4, "decimal": 5, "decimal3": 6,
    "letter": 7, "paren": 8, "paragraph": 9, "dash": 10, "plus": 11, "bullet": 12,
}  # fmt: skip
LISTS = frozenset({"dash", "plus", "bullet"})
_MARKERS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("part", re.compile(r"^((?:phần|chương|mục)\s+(?:thứ\s+\w+|[IVXLC]+|\d{1,2}|[A-ZĐ]))\s*(?:[.:\-–]\s*"
        r"|\s+|$)", re.IGNORECASE)),
    ("article", re.compile(r"^(Điều\s+\d{1,3}[a-zđ]?)\s*[.:]\s*", re.IGNORECASE)),
    ("roman", re.compile(r"^([IVX]{1,6})\s*(?:[.)/]|\s[-–])\s*(?=\S)")),
    ("upper", re.compile(r"^([A-HĐ])\s*(?:[.)/]|\s[-–])\s*(?=[A-ZĐÀ-Ỹ])")),
    ("decimal3", re.compile(r"^((?:\d{1,2}|[IVX]{1,5})(?:\.\d{1,2}){2,3})\s*[.)]?\s+(?=\S)")),
    ("decimal", re.compile(r"^((?:\d{1,2}|[IVX]{1,5})\.\d{1,2})\s*[.)]?\s+(?=\S)")),
    ("number", re.compile(r"^(\d{1,3})\s*(?:[.)/]\s+|[.)](?=[^\W\d_]))(?=\S)")),
    ("paren", re.compile(r"^\((\d{1,2}|[a-zđ]|[ivx]{1,4})\)\s*(?=\S)")),
    ("letter", re.compile(r"^([a-zđ](?:\.\d)?)\s*(?:\)\s*|[./]\s+)(?=\S)")),
    ("plus", re.compile(r"^()[+]\s*(?=\S)")),
    ("dash", re.compile(r"^()[-–—−‐\uf02d]\s*(?=\S)")),
    ("bullet", re.compile(r"^()(?:[•●▪■◦○·➢►✓❖\uf0b7\uf0a7\uf0d8\uf076]|o\s(?=[A-ZĐÀ-Ỹ]))\s*(?=\S)")),
)  # fmt: skip
_ENDS = (".", ";", ":", "!", "?", "./", "/.")
_HANGING = re.compile(
    r"(?:,|\b(?:và|của|với|cho|các|những|tại|theo|về|hoặc|để|từ|do|ngày|số))$", re.IGNORECASE
)
_WRAPPED = 55


class Row(NamedTuple):
    """A row of a table: its first and last line, its cells."""

    line: int
    until: int
    cells: tuple[str, ...]

    @property
    def lines(self) -> tuple[int, ...]:
        """Give all its lines."""
        return tuple(range(self.line, max(self.line, self.until) + 1))


@dataclass(frozen=True, kw_only=True)
class Block:
    """A paragraph, list entry or heading; page breaks inside it are mended."""

    kind: str
    label: str
    text: str
    #: (offset in text, line number), one for each line it was written on
    pieces: tuple[tuple[int, int], ...]
    is_strong: bool = False
    #: rows of a table
    rows: tuple[Row, ...] = ()

    @property
    def lines(self) -> tuple[int, ...]:
        """Give all its lines."""
        return tuple(line for _offset, line in self.pieces)

    def lines_between(self, start: int, end: int) -> tuple[int, ...]:
        """Give the lines that hold the words from `start` to `end`."""
        ends = [offset for offset, _line in self.pieces[1:]] + [len(self.text) + 1]
        return tuple(
            line
            for (offset, line), stop in zip(self.pieces, ends, strict=True)
            if offset < end and stop > start
        )


@dataclass(kw_only=True)
class Node:
    """A block with the blocks below it."""

    block: Block
    children: list["Node"] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """Give the node and everything below it in order."""
        yield self
        for child in self.children:
            yield from child.walk()


def marker(text: str) -> tuple[str, str, str]:
    """Split a line into kind, label and words; a line without a marker is a paragraph."""
    for kind, pattern in _MARKERS:
        match = pattern.match(text)
        if match is not None:
            return kind, " ".join(match[1].split()), text[match.end() :].strip()
    return "paragraph", "", text.strip()


def blocks(lines: Iterable[Line]) -> list[Block]:
    """Join lines into blocks."""
    done: list[Block] = []
    blank_before = True
    for line in lines:
        if line.is_blank:
            blank_before = True
            continue
        if line.cells:
            _add_row(done, line, blank_before=blank_before)
        else:
            kind, label, words = marker(line.text)
            if kind == "paragraph" and done and _continues(done[-1], line, blank_before=blank_before):
                done[-1] = _extended(done[-1], line)
            else:
                is_strong = line.is_strong or _is_capitals(words)
                pieces = ((0, line.number),)
                done.append(Block(kind=kind, label=label, text=words, pieces=pieces, is_strong=is_strong))
        blank_before = False
    return _letters_or_numerals(done)


def tree(found: Iterable[Block]) -> list[Node]:
    """Arrange blocks by their levels."""
    found = list(found)
    ranks = _ranks(found)
    roots: list[Node] = []
    stack: list[tuple[int, Node]] = []
    for block in found:
        node = Node(block=block)
        rank = ranks[block.kind]
        while stack and (stack[-1][0] >= rank):
            stack.pop()
        (stack[-1][1].children if stack else roots).append(node)
        if block.kind != "paragraph" or opens_list(block):
            stack.append((rank, node))
    return roots


def _ranks(found: list[Block]) -> dict[str, int]:
    """Give the order of levels; of the marks of lists the one that opens lists of others is the outer one."""
    ranks = dict(RANKS)
    pairs = [(a, b) for a, b in pairwise(found) if a.kind in LISTS and b.kind in LISTS and a.kind != b.kind]
    opened = [(a.kind, b.kind) for a, b in pairs if a.text.endswith(":")]
    for outer, inner in dict.fromkeys(opened):
        if ranks[outer] > ranks[inner] and (inner, outer) not in opened:
            ranks[outer], ranks[inner] = ranks[inner], ranks[outer]
    return ranks


def opens_list(block: Block) -> bool:
    """Tell whether list entries after a paragraph belong below it."""
    return not block.rows and (block.text.endswith(":") or (block.is_strong and len(block.text) < 200))  # noqa: PLR2004 - a limit of the form


def _add_row(done: list[Block], line: Line, *, blank_before: bool) -> None:
    row = Row(line.number, line.until, line.cells)
    if done and done[-1].rows and not (blank_before and len(done[-1].rows[0].cells) != len(line.cells)):
        last = done[-1]
        done[-1] = Block(
            kind="paragraph",
            label="",
            text="",
            pieces=(*last.pieces, *((0, number) for number in row.lines)),
            rows=(*last.rows, row),
        )
    else:
        done.append(
            Block(
                kind="paragraph",
                label="",
                text="",
                pieces=tuple((0, number) for number in row.lines),
                rows=(row,),
            )
        )


def _continues(last: Block, line: Line, *, blank_before: bool) -> bool:  # noqa: PLR0911 - one return per rule
    if last.rows or not last.text:
        return False
    first = line.text[0]
    if line.text[0].isupper() and _is_only_name(last):
        return False
    if last.text.endswith(_ENDS):
        return first.islower() and last.text.endswith((";", ",")) and not blank_before
    if first.islower() or first in ",;)/" or (last.text.endswith(",") and not line.is_strong):
        return not (last.is_strong and blank_before and _is_capitals(last.text))
    if _is_capitals(last.text) or last.is_strong:
        return (
            last.is_strong
            and line.is_strong
            and not blank_before
            and _is_capitals(last.text) == _is_capitals(line.text)
        )
    if _HANGING.search(last.text):
        return True
    return not blank_before and len(last.text) - last.pieces[-1][0] >= _WRAPPED and not line.is_strong


def _is_only_name(block: Block) -> bool:
    """Tell whether a numbered line only says who is meant: what follows is another block."""
    if block.kind not in {"number", "decimal", "decimal3", "letter", "paren"}:
        return False
    name = re.sub(r"^(?:Đối với|Nhiệm vụ của|Trách nhiệm của|Giao|Đề nghị|Yêu cầu)\s+", "", block.text)
    return STARTS_PARTY.match(name) is not None and span_of_parties(name) == len(name)


def _extended(last: Block, line: Line) -> Block:
    text = f"{last.text} {line.text}"
    pieces = (*last.pieces, (len(last.text) + 1, line.number))
    return Block(
        kind=last.kind,
        label=last.label,
        text=text,
        pieces=pieces,
        is_strong=last.is_strong and line.is_strong,
    )


def _is_capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) > 2 and sum(c.isupper() for c in letters) >= 0.85 * len(letters)  # noqa: PLR2004 - nearly all


def _letters_or_numerals(found: list[Block]) -> list[Block]:
    """Read “I.” as a letter after “H.”, and single C, D as letters only when A or B stand before them."""
    seen: str | None = None
    result: list[Block] = []
    for block in found:
        kind = block.kind
        if kind == "roman" and seen is not None and block.label == "I" and seen == "H":
            kind = "upper"
        if kind == "upper":
            seen = block.label
        result.append(
            block
            if kind == block.kind
            else Block(
                kind=kind, label=block.label, text=block.text, pieces=block.pieces, is_strong=block.is_strong
            )
        )
    return result
