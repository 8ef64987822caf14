"""Source text to tokens (DMN 1.5 §10.3.1.2, grammar rules 22–37 and 61–66)."""

import re
import sys
from typing import NamedTuple

from engine.feel.errors import FeelSyntaxError
from foundation.texts import _

_START = (
    "?A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"

_TOKEN = re.compile(
    rf"""
    (?P<space>(?:\s|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)+)
    |(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<name>[{_START}][{_PART}]*)
    |(?P<op>\.\.|\*\*|->|<=|>=|!=|[-+*/=<>()\[\]{{}},:.@])
    |(?P<odd>['’“”&%$#!^~|;])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\", "/": "/"}

KEYWORDS = frozenset(
    [
        "true",
        "false",
        "null",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "between",
        "instance",
        "function",
        "external",
    ]
)


class Token(NamedTuple):
    """One word of the language."""

    #: number, string, name, op, odd or end
    kind: str
    #: text as written; of a string the value
    text: str
    #: 0-based offset of the first character
    at: int
    #: offset after the last character
    end: int


def tokens(source: str) -> list[Token]:
    """Split the source; the last token has kind `end`. Raises `FeelSyntaxError`."""
    found: list[Token] = []
    at = 0
    length = len(source)
    match_at = _TOKEN.match
    while at < length:
        match = match_at(source, at)
        if match is None:
            raise _unreadable(source, at)
        kind = match.lastgroup
        if kind == "op" and source.startswith("/*", at):
            raise _unreadable(source, at)
        end = match.end()
        if kind == "string":
            found.append(Token("string", unescape(source, at + 1, end - 1), at, end))
        elif kind != "space" and kind is not None:
            found.append(Token(kind, match.group(), at, end))
        at = end
    found.append(Token("end", "", length, length))
    return found


def unescape(source: str, start: int, end: int) -> str:
    """Give the value of a string literal's inside (rule 35)."""
    inner = source[start:end]
    if "\\" not in inner:
        return inner

    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        if code in _SIMPLE:
            return _SIMPLE[code]
        if code[0] in "uU" and len(code) > 1 and int(code[1:], 16) <= sys.maxunicode:
            return chr(int(code[1:], 16))
        return match.group()  # an unknown escape stays as written (so regular expressions read well)

    text = _ESCAPE.sub(one, inner)
    if any("\ud800" <= c <= "\udfff" for c in text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _unreadable(source: str, at: int) -> FeelSyntaxError:
    char = source[at]
    if char == '"':
        message = _("chuỗi mở bằng dấu nháy kép nhưng không được đóng lại.")
        expected = '"'
    elif source.startswith("/*", at):
        message = _("chú thích mở bằng /* nhưng không được đóng bằng */.")
        expected = "*/"
    else:
        message = _("ký tự “{char}” không dùng được trong biểu thức FEEL.", char=char)
        expected = ""
    return FeelSyntaxError(message, source=source, position=at, expected=expected, found=char)
