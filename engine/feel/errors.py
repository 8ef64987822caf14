"""What can go wrong with an expression, said for the person who wrote it."""

from typing import Any, NamedTuple

from foundation.errors import Invalid, TooLarge
from foundation.texts import Text, _


class FeelSyntaxError(Invalid):
    """Biểu thức FEEL viết sai cú pháp."""

    code = "feel_syntax"

    def __init__(self, message: Text, *, source: str, position: int, **facts: Any) -> None:
        """Place the message in the source: 0-based offset, 1-based line and column."""
        before = source[:position]
        line = before.count("\n") + 1
        column = position - (before.rfind("\n") + 1) + 1
        super().__init__(
            _("Dòng {line}, cột {column}: {message}", line=line, column=column, message=message),
            position=position,
            line=line,
            column=column,
            **facts,
        )


class FeelLimitExceeded(TooLarge):
    """Biểu thức FEEL vượt quá giới hạn tính toán cho phép."""

    code = "feel_limit"


class Warning_(NamedTuple):  # noqa: N801  `Warning` is Python's
    """Why a part of an expression became null, and where."""

    #: what happened, for people
    message: Text
    #: 0-based offset in the source of the expression
    position: int
    #: machine-readable kind: unknown_name, type, argument, arithmetic, range, value, missing; conflict when
    #: rules of a decision table contradict its hit policy
    code: str
    #: element of the decision model whose expression it was; empty outside models
    element: str = ""


#: what people write who come from other languages, and how FEEL says it
_HINTS = {
    "'": _(" Chuỗi đặt trong dấu nháy kép."),
    "’": _(" Chuỗi đặt trong dấu nháy kép."),
    "“": _(" Chuỗi đặt trong dấu nháy kép thẳng."),
    "==": _(" So sánh bằng chỉ viết một dấu “=”."),
    "&": _(" Viết “and” thay cho “&&”."),
    "|": _(" Viết “or” thay cho “||”."),
    "!": _(" Viết “not(…)” để phủ định, “!=” để so sánh khác."),
    "<>": _(" So sánh khác viết là “!=”."),
    "%": _(" Phép chia lấy dư viết là “modulo(a, b)”."),
}


def expected_found(source: str, position: int, expected: Text | str, found: str) -> FeelSyntaxError:
    """Build the usual syntax error: what was expected, what stood there instead, a hint if there is one."""
    shown: Text | str = _("hết biểu thức") if found == "" else f"“{found[:40]}”"
    hint = _HINTS.get(source[max(position - 1, 0) : position + 1]) or _HINTS.get(found)
    return FeelSyntaxError(
        _("cần {expected}, nhưng gặp {found}.{hint}", expected=expected, found=shown, hint=hint or ""),
        source=source,
        position=position,
        expected=str(expected),
        found=found,
    )
