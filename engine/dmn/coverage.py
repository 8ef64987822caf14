"""What the rules of a decision table cover together: gaps, overlaps, rules never reached.

Only tables whose cells are literals and ranges of literals are examined. Each column is cut into the pieces
that its cells can tell apart; a piece is represented by one value, and each cell is tried on it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any, NamedTuple

from engine.dmn.model import InputClause, Problem, Rule, Table
from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError
from engine.feel.expressions import compile_unary_tests
from engine.feel.forms import Parser
from engine.feel.nodes import Call, Constant, Differs, Name, Node, Postfix, RangeOf
from engine.feel.temporal import read_date
from engine.feel.text import text_of
from foundation.texts import _

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_RULES = 300
_MOST_PIECES = 400
_MOST_COMBINATIONS = 20_000
_ONE_RESULT = frozenset({"UNIQUE", "FIRST", "ANY", "PRIORITY"})


class Piece(NamedTuple):
    """A part of a column that all its cells treat alike."""

    #: a value of the piece
    value: Any
    #: how the piece is shown
    shown: str


def coverage(table: Table) -> list[Problem]:
    """Give gaps, overlaps and unreachable rules; nothing for tables that are not simple or too large."""
    if not table.inputs or not table.rules or len(table.rules) > _MOST_RULES:
        return []
    columns = [
        _pieces(column, [rule.tests[at].text for rule in table.rules])
        for at, column in enumerate(table.inputs)
    ]
    if any(pieces is None or len(pieces) > _MOST_PIECES for pieces in columns):
        return []
    simple = [pieces for pieces in columns if pieces is not None]
    masks = [_masks(rule, simple) for rule in table.rules]
    return [*_hidden(table, masks), *_overlaps(table, masks), *_gaps(table, simple, masks)]


def _masks(rule: Rule, columns: list[list[Piece]]) -> list[int]:
    """Give per column the pieces a rule covers, as bits."""
    return [_mask(test.text, pieces) for test, pieces in zip(rule.tests, columns, strict=True)]


def _mask(text: str, pieces: list[Piece]) -> int:
    if text.strip() in ("", "-"):
        return (1 << len(pieces)) - 1
    tests = compile_unary_tests(text)
    return sum(
        1 << at
        for at, piece in enumerate(pieces)
        if tests.evaluate(piece.value, {}, now=_EPOCH).value is True
    )


def _pieces(  # noqa: PLR0911  one line per kind
    column: InputClause, cells: list[str]
) -> list[Piece] | None:
    """Cut a column into pieces; None when a cell is more than literals."""
    values: list[Any] = []
    for text in [*cells, column.values or "-"]:
        found = _literals(text)
        if found is None:
            return None
        values += found
    kinds = {type(value) for value in values}
    if not kinds:
        return [Piece(None, "-")]
    if kinds == {Decimal}:
        return _within(column, list(_number_pieces(sorted(set(values)))))
    if kinds == {date}:
        return _within(column, list(_date_pieces(sorted(set(values)))))
    if kinds == {bool}:
        return [Piece(True, "true"), Piece(False, "false")]
    if kinds == {str}:
        other = [] if column.values else [Piece("\x00", "…")]
        return [*(Piece(value, text_of(value, quoted=True)) for value in dict.fromkeys(values)), *other]
    return None


def _within(column: InputClause, pieces: list[Piece]) -> list[Piece]:
    if not column.values:
        return pieces
    mask = _mask(column.values, pieces)
    return [piece for at, piece in enumerate(pieces) if mask >> at & 1]


def _number_pieces(ends: list[Decimal]) -> Iterator[Piece]:
    yield Piece(ends[0] - 1, f"< {text_of(ends[0])}")
    for at, end in enumerate(ends):
        yield Piece(end, text_of(end))
        if at + 1 < len(ends):
            following = ends[at + 1]
            yield Piece((end + following) / 2, f"({text_of(end)}..{text_of(following)})")
    yield Piece(ends[-1] + 1, f"> {text_of(ends[-1])}")


def _date_pieces(ends: list[date]) -> Iterator[Piece]:
    day = timedelta(days=1)
    if ends[0] > date.min:
        yield Piece(ends[0] - day, f"< {text_of(ends[0])}")
    for at, end in enumerate(ends):
        yield Piece(end, text_of(end))
        following = ends[at + 1] if at + 1 < len(ends) else None
        if following is not None and following - end > day:
            yield Piece(end + day, f"({text_of(end)}..{text_of(following)})")
    if ends[-1] < date.max:
        yield Piece(ends[-1] + day, f"> {text_of(ends[-1])}")


def _literals(text: str) -> list[Any] | None:
    """Give the literals of a cell; None when it has anything else or does not parse."""
    if text.strip() in ("", "-"):
        return []
    try:
        cell = Parser(text).unary_tests()
    except (FeelSyntaxError, FeelLimitExceeded):
        return None
    values: list[Any] = []
    for test in cell.tests:
        for node in _ends(test):
            value = _value(node)
            if type(value) not in (Decimal, str, bool, date):
                return None
            values.append(value)
    return values


def _value(node: Node) -> Any:
    """Give the value of a literal or of `date("…")`, None for anything else."""
    if type(node) is Constant:
        return node.value
    if type(node) is not Postfix or type(node.base) is not Name or node.base.name != "date":
        return None
    step = node.steps[0]
    if len(node.steps) > 1 or type(step) is not Call or len(step.arguments) != 1:
        return None
    given = step.arguments[0]
    return read_date(given.value) if type(given) is Constant and type(given.value) is str else None


def _ends(test: Node) -> list[Node]:
    if type(test) is RangeOf:
        return [node for node in (test.low, test.high) if node is not None]
    return [test.value] if type(test) is Differs else [test]


def _hidden(table: Table, masks: list[list[int]]) -> Iterator[Problem]:
    if table.hit_policy != "FIRST":
        return
    for at, rule in enumerate(table.rules):
        for before in range(at):
            if all(mine & ~earlier == 0 for mine, earlier in zip(masks[at], masks[before], strict=True)):
                yield Problem(
                    element=rule.element,
                    rule="dmn-unreachable-rule",
                    severity="warning",
                    message=_(
                        "Luật {rule} không bao giờ được dùng vì luật {before} luôn khớp trước.",
                        rule=rule.number,
                        before=table.rules[before].number,
                    ),
                )
                break


def _overlaps(table: Table, masks: list[list[int]]) -> Iterator[Problem]:
    if table.hit_policy != "UNIQUE":
        return
    for at, rule in enumerate(table.rules):
        for before in range(at):
            if all(mine & earlier for mine, earlier in zip(masks[at], masks[before], strict=True)):
                yield Problem(
                    element=rule.element,
                    rule="dmn-overlapping-rules",
                    severity="error",
                    message=_(
                        "Luật {before} và luật {rule} có thể cùng khớp; chính sách UNIQUE chỉ cho một luật.",
                        rule=rule.number,
                        before=table.rules[before].number,
                    ),
                )
                break


def _gaps(table: Table, columns: list[list[Piece]], masks: list[list[int]]) -> Iterator[Problem]:
    count = 1
    for pieces in columns:
        count *= len(pieces)
    has_default = any(output.default is not None for output in table.outputs)
    if table.hit_policy not in _ONE_RESULT or has_default or count > _MOST_COMBINATIONS:
        return
    for places in product(*(range(len(pieces)) for pieces in columns)):
        if not any(all(mask >> at & 1 for mask, at in zip(rule, places, strict=True)) for rule in masks):
            shown = ", ".join(
                f"{column.label or column.expression.text}: {pieces[at].shown}"
                for column, pieces, at in zip(table.inputs, columns, places, strict=True)
            )
            yield Problem(
                element=table.element,
                rule="dmn-missing-rule",
                severity="warning",
                message=_("Không có luật nào cho trường hợp {case}.", case=shown),
            )
            return
