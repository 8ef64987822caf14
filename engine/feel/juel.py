"""Simple conditions of Camunda 7 (`${amount > 1000 && unit == 'HR'}`) as FEEL, where the meaning is certain.

Only names, paths, literals, comparisons, `and`, `or`, `not`, `empty`, `-`, `*`, `/` and `? :` are
translated. Calls of beans, indexing and everything else is refused with the reason; nothing is guessed.
"""

import re
from typing import NamedTuple

from engine.feel.errors import FeelLimitExceeded, FeelSyntaxError, expected_found
from engine.feel.lexer import KEYWORDS
from engine.feel.limits import DEFAULT
from foundation.texts import _

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<name>[A-Za-z_$][A-Za-z0-9_$]*)
    |(?P<op>==|!=|<=|>=|&&|\|\||[-+*/%<>!?:().,\[\]])
    """,
    re.VERBOSE | re.DOTALL,
)
_WORDS = {"eq": "=", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "and": "and", "or": "or"}
_SIGNS = {"==": "=", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "&&": "and", "||": "or"}
_LEVELS = {
    "or": 1,
    "and": 2,
    "=": 3,
    "!=": 3,
    "<": 4,
    ">": 4,
    "<=": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
}
_ORDER = 4
_NESTING = 40


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def is_juel(source: str) -> bool:
    """Say whether a text is written as `${…}` or `#{…}`."""
    text = source.strip()
    return text[:2] in ("${", "#{") and text.endswith("}")


def translate(source: str) -> str:
    """Give the FEEL of a `${…}` condition. Raises `FeelSyntaxError` where the meaning is not certain."""
    if len(source) > DEFAULT.source:
        raise FeelLimitExceeded(
            _("Biểu thức dài {size} ký tự, vượt giới hạn {most}.", size=len(source), most=DEFAULT.source),
            limit="source",
        )
    if not is_juel(source):
        raise expected_found(source, 0, "${…}", source[:20])
    start = source.index("{") + 1
    return _Translation(source, start, source.rindex("}")).whole()


class _Translation:
    """Reads the tokens once; an operator binding more loosely than its place gets brackets."""

    def __init__(self, source: str, start: int, end: int) -> None:
        self.source = source
        self.found = list(self._tokens(start, end))
        self.index = 0
        self.nesting = 0

    def _tokens(self, start: int, end: int) -> list[_Token]:
        found: list[_Token] = []
        while start < end:
            match = _TOKEN.match(self.source, start, end)
            if match is None:
                raise self._refused(
                    _("ký tự “{char}” không dịch được sang FEEL.", char=self.source[start]), start
                )
            if match.lastgroup != "space":
                found.append(_Token(str(match.lastgroup), match.group(), start))
            start = match.end()
        found.append(_Token("end", "", end))
        return found

    def _refused(self, message: object, at: int) -> FeelSyntaxError:
        return FeelSyntaxError(message, source=self.source, position=at)  # type: ignore[arg-type]  # a Text

    @property
    def token(self) -> _Token:
        return self.found[self.index]

    def next(self) -> _Token:
        token = self.token
        self.index = min(self.index + 1, len(self.found) - 1)
        return token

    def whole(self) -> str:
        text = self.choice()
        if self.token.kind != "end":
            raise expected_found(self.source, self.token.at, _("toán tử hoặc “}”"), self.token.text)
        return text

    def choice(self) -> str:
        """Read `condition ? a : b`."""
        self.nesting += 1
        if self.nesting > _NESTING:
            raise self._refused(_("biểu thức lồng nhau quá sâu."), self.token.at)
        text = self.binary(1)
        if self.token.text == "?":
            self.next()
            yes = self.choice()
            if self.next().text != ":":
                raise expected_found(self.source, self.token.at, "“:”", self.token.text)
            text = f"if {text} then {yes} else {self.choice()}"
        self.nesting -= 1
        return text

    def binary(self, lowest: int) -> str:
        text = self.unary()
        while True:
            token = self.token
            if token.text == "%" or token.text in ("mod", "div"):
                raise self._refused(
                    _("phép “{sign}” của JUEL không dịch được chắc chắn.", sign=token.text), token.at
                )
            sign = _SIGNS.get(token.text) or (_WORDS.get(token.text) if token.kind == "name" else None)
            if sign is None and token.kind == "op" and token.text in _LEVELS:
                sign = token.text
            level = _LEVELS.get(sign or "", 0)
            if level < lowest or sign is None:
                return text
            if sign == "+":
                raise self._refused(
                    _("dấu “+” của JUEL có thể là cộng số hoặc đổi chuỗi thành số; hãy viết lại bằng FEEL."),
                    token.at,
                )
            self.next()
            text = f"{text} {sign} {self.binary(level + 1)}"
            if level in (3, _ORDER) and _LEVELS.get(_SIGNS.get(self.token.text, ""), 0) in (3, _ORDER):
                raise self._refused(
                    _("so sánh nối tiếp không dịch được chắc chắn; hãy thêm ngoặc."), self.token.at
                )

    def unary(self) -> str:
        self.nesting += 1
        if self.nesting > _NESTING:
            raise self._refused(_("biểu thức lồng nhau quá sâu."), self.token.at)
        text = self.signed()
        self.nesting -= 1
        return text

    def signed(self) -> str:
        token = self.token
        if token.text in ("!", "not"):
            self.next()
            return f"not({self.unary()})"
        if token.text == "-":
            self.next()
            return f"-{self.unary()}"
        if token.text == "empty":
            self.next()
            value = self.unary()
            return f'({value} = null or {value} = "" or {value} = [])'
        return self.operand()

    def operand(self) -> str:
        token = self.next()
        if token.kind == "number":
            return token.text
        if token.kind == "string":
            return _string(token.text)
        if token.kind == "name":
            return token.text if token.text in ("true", "false", "null") else self.path(token)
        if token.text == "(":
            inner = self.choice()
            if self.token.text != ")":
                raise expected_found(self.source, self.token.at, "“)”", self.token.text)
            self.next()
            return f"({inner})"
        raise expected_found(self.source, token.at, _("một giá trị hoặc tên biến"), token.text)

    def path(self, first: _Token) -> str:
        parts = [first.text]
        while self.token.text == ".":
            self.next()
            part = self.next()
            if part.kind != "name":
                raise expected_found(self.source, part.at, _("tên thuộc tính sau dấu chấm"), part.text)
            parts.append(part.text)
        if self.token.text == "(":
            raise self._refused(
                _("lời gọi “{name}(…)” không có nghĩa trong FEEL.", name=".".join(parts)), first.at
            )
        if self.token.text == "[":
            raise self._refused(
                _("chỉ số […] của JUEL đếm từ 0, FEEL đếm từ 1; hãy viết lại."), self.token.at
            )
        for part_text in parts:
            if part_text in KEYWORDS or "$" in part_text:
                raise self._refused(_("tên “{name}” không dùng được trong FEEL.", name=part_text), first.at)
        return ".".join(parts)


def _string(text: str) -> str:
    inner = re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.DOTALL)
    return '"' + inner.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
