"""Tokens to the syntax tree: operators, names, literals (DMN 1.5 §10.3.1.2).

Precedence climbing, so that a long chain of operators is a loop; `depth` and `nesting` bound the recursion.
The words for, if, some, every, function, contexts and types are in `forms.py`.
"""

from decimal import Decimal

from engine.feel.cursor import Cursor
from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import KEYWORDS, Token
from engine.feel.nodes import (
    Access,
    Between,
    Call,
    Chain,
    Compare,
    Constant,
    Differs,
    Filter,
    InstanceOf,
    Junction,
    ListOf,
    Name,
    Negate,
    Node,
    Postfix,
    RangeOf,
    Within,
)
from engine.feel.types import Type
from engine.feel.values import DECIMAL128
from foundation.texts import _

_LEVELS = {
    "or": 1, "and": 2, "=": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "between": 3, "in": 3,
    "+": 4, "-": 4, "*": 5, "/": 5, "**": 6,
}  # fmt: skip
_AND, _COMPARISON = 2, 3
_COMPARATORS = frozenset({"<", "<=", ">", ">=", "=", "!="})
#: binary operators inside each other's right side, over all brackets
_OPERATOR_DEPTH = 180
_AFTER_RANGE = frozenset(
    {
        ")",
        "]",
        "}",
        ",",
        "",
        "and",
        "or",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "then",
        "else",
        "return",
        "satisfies",
        "..",
        ".",
    }
)


class Operators(Cursor):
    """The part of the parser for operators and operands."""

    def expression(self) -> Node:
        """Read one whole expression."""
        self.nesting += 1
        if self.nesting > self.limits.nesting:
            raise self.too_deep()
        node = self.form() if self.token.kind == "name" and self.token.text in KEYWORDS else self.binary(1)
        self.nesting -= 1
        return node

    def form(self) -> Node:
        """Read an expression that begins with a keyword; see `forms.py`."""
        raise NotImplementedError

    def binary(self, lowest: int) -> Node:
        """Read operands joined by operators that bind at least as tightly as `lowest`."""
        self.depth += 1
        if self.depth > _OPERATOR_DEPTH:
            raise self.too_deep()
        left = self.unary()
        while True:
            level = _LEVELS.get(self.token.text, 0) if self.token.kind in ("op", "name") else 0
            if level < lowest or level == 0:
                break
            if level <= _AND:
                left = self.junction(left, level)
            elif level == _COMPARISON:
                left = self.comparison(left)
            else:
                left = self.chain(left, level)
        self.depth -= 1
        return left

    def junction(self, left: Node, level: int) -> Node:
        """Read the further operands of one `and` or `or`."""
        at, word = self.token.at, self.token.text
        operands = [left]
        while self.at(word):
            self.advance()
            operands.append(self.operand(level + 1))
        return Junction(at, word, tuple(operands))

    def chain(self, left: Node, level: int) -> Node:
        """Read the further operands of one level of arithmetic."""
        at = self.token.at
        rest: list[tuple[str, Node, int]] = []
        while self.token.kind == "op" and _LEVELS.get(self.token.text) == level:
            sign = self.advance()
            rest.append((sign.text, self.operand(level + 1), sign.at))
        return Chain(at, left, tuple(rest))

    def operand(self, level: int) -> Node:
        """Read a right operand; an expression that begins with a keyword reaches to the end."""
        if self.at("if", "for", "some", "every", "function"):
            return self.expression()
        return self.binary(level)

    def comparison(self, left: Node) -> Node:
        """Read what follows the left side of a comparison."""
        sign = self.advance()
        if sign.text == "between":
            low = self.binary(4)
            self.take("and")
            return Between(sign.at, left, low, self.binary(4))
        if sign.text == "in":
            return Within(sign.at, left, self.tests())
        return Compare(sign.at, sign.text, left, self.operand(4))

    def tests(self) -> tuple[Node, ...]:
        """Read the right side of `in`: one test or several in brackets."""
        if not self.at("("):
            return (self.test(bracket=False),)
        start = self.index
        at = self.advance().at
        first = self.test(bracket=True)
        if self.at(".."):
            return (self.range_end(at, first, low_closed=False),)
        if (
            self.at(")")
            and not isinstance(first, RangeOf | Differs)
            and self.peek().text in ("+", "-", "*", "/", ".")
        ):
            self.jump(start)
            return (self.binary(4),)
        found = [first]
        while self.at(","):
            self.advance()
            found.append(self.test(bracket=True))
        self.take(")")
        return tuple(found)

    def test(self, *, bracket: bool) -> Node:
        """Read one positive unary test."""
        if self.token.kind == "op" and self.token.text in _COMPARATORS:
            return self.one_sided()
        return self.expression() if bracket else self.binary(4)

    def one_sided(self) -> Node:
        """Read `< value`, `>= value`, `= value` or `!= value`."""
        sign = self.advance()
        value = self.binary(4)
        if sign.text == "!=":
            return Differs(sign.at, value)
        if sign.text == "=":
            return RangeOf(sign.at, value, value, low_closed=True, high_closed=True, dotted=False)
        closed = sign.text.endswith("=")
        if sign.text[0] == "<":
            return RangeOf(sign.at, None, value, low_closed=False, high_closed=closed, dotted=False)
        return RangeOf(sign.at, value, None, low_closed=closed, high_closed=False, dotted=False)

    def unary(self) -> Node:
        """Read signs of negation, an operand and its type test."""
        at, count = self.token.at, 0
        while self.at("-"):
            self.advance()
            count += 1
        node = self.postfix(self.primary())
        if count:
            if type(node) is Constant and type(node.value) is Decimal and count == 1:
                node = Constant(at, DECIMAL128.minus(node.value))
            else:
                node = Negate(at, node, count)
        while self.at("instance"):
            place = self.advance().at
            self.take("of")
            node = InstanceOf(place, node, self.type())
        return node

    def type(self) -> Type:
        """Read a type; see `forms.py`."""
        raise NotImplementedError

    def primary(self) -> Node:  # noqa: PLR0911  one line per kind of operand
        """Read one operand."""
        token = self.token
        if token.kind == "number":
            self.advance()
            return self.number(token)
        if token.kind == "string":
            self.advance()
            return Constant(token.at, token.text)
        if token.kind == "name":
            return self.word(token)
        if token.kind == "op":
            if token.text == "(":
                return self.brackets()
            if token.text in ("[", "]"):
                return self.square()
            if token.text == "{":
                return self.context()
            if token.text == "@":
                return self.at_literal()
        raise self.unexpected(_("một giá trị, tên biến hoặc dấu ngoặc mở"))

    def context(self) -> Node:
        """Read a context; see `forms.py`."""
        raise NotImplementedError

    def at_literal(self) -> Node:
        """Read a date, time or duration written with @; see `forms.py`."""
        raise NotImplementedError

    def number(self, token: Token) -> Node:
        """Give a number literal, refused when decimal128 cannot hold it."""
        value = DECIMAL128.create_decimal(token.text)
        if not value.is_finite():
            raise FeelSyntaxError(
                _("số “{number}” quá lớn.", number=token.text[:40]), source=self.source, position=token.at
            )
        return Constant(token.at, value)

    def word(self, token: Token) -> Node:
        """Read a name or one of the words true, false, null."""
        if token.text in KEYWORDS:
            if token.text in ("true", "false", "null"):
                self.advance()
                return Constant(token.at, {"true": True, "false": False, "null": None}[token.text])
            if token.text in ("if", "for", "some", "every", "function"):
                return self.expression()
            raise self.unexpected(_("một giá trị hoặc tên biến"))
        name, after = self.names.match(self.found, self.index)
        self.advance()
        self.jump(after)
        return Name(token.at, name)

    def brackets(self) -> Node:
        """Read `(…)`: an expression, a range with an open start, or a one-sided range."""
        at = self.advance().at
        if self.token.kind == "op" and self.token.text in _COMPARATORS:
            node = self.one_sided()
            self.take(")")
            return node
        node = self.expression()
        if self.at(".."):
            return self.range_end(at, node, low_closed=False)
        self.take(")")
        return node

    def square(self) -> Node:
        """Read a list, or a range that begins with `[` or `]`."""
        opening = self.advance()
        if opening.text == "[" and self.at("]"):
            self.advance()
            return ListOf(opening.at, ())
        first = self.test(bracket=True)
        if opening.text == "]" or self.at(".."):
            return self.range_end(opening.at, first, low_closed=opening.text == "[")
        items = [first]
        while self.at(","):
            self.advance()
            items.append(self.test(bracket=True))
        self.take("]")
        return ListOf(opening.at, tuple(items))

    def range_end(self, at: int, low: Node, *, low_closed: bool) -> Node:
        """Read `.. high` and the closing sign of a range."""
        self.take("..")
        high = self.expression()
        if not self.at(")", "]", "["):
            raise self.unexpected(_("dấu đóng khoảng giá trị: “)”, “]” hoặc “[”"))
        closed = self.advance().text == "]"
        return RangeOf(at, low, high, low_closed=low_closed, high_closed=closed, dotted=True)

    def postfix(self, node: Node) -> Node:
        """Read the paths, filters and calls after an operand."""
        at = self.token.at
        steps: list[Access | Filter | Call] = []
        while self.token.kind == "op":
            if self.token.text == ".":
                steps.append(self.access())
            elif self.token.text == "[" and not self.closes_range():
                place = self.advance().at
                condition = self.expression()
                self.take("]")
                steps.append(Filter(place, condition))
            elif self.token.text == "(":
                steps.append(self.call())
            else:
                break
        return Postfix(at, node, tuple(steps)) if steps else node

    def closes_range(self) -> bool:
        """Tell the `[` that ends a range (`]1..5[`) from the one that begins a filter."""
        after = self.peek()
        return after.kind == "end" or (after.kind in ("op", "name") and after.text in _AFTER_RANGE)

    def access(self) -> Access:
        """Read `.name`."""
        self.advance()
        if self.token.kind != "name":
            raise self.unexpected(_("tên thuộc tính sau dấu chấm"))
        at = self.token.at
        name, after = self.names.match(self.found, self.index)
        self.advance()
        self.jump(after)
        return Access(at, name)

    def call(self) -> Call:
        """Read `(arguments)`, positional or named."""
        at = self.advance().at
        arguments: list[Node] = []
        names: list[str] = []
        while not self.at(")"):
            name = self.argument_name()
            if name is not None:
                names.append(name)
            arguments.append(self.expression())
            if len(names) not in (0, len(arguments)):
                raise self.unexpected(_("tên cho mọi tham số, hoặc không tham số nào có tên"))
            if not self.at(","):
                break
            self.advance()
            if self.at(")"):
                raise self.unexpected(_("một tham số nữa sau dấu phẩy"))
        self.take(")")
        return Call(at, tuple(arguments), tuple(names))

    def argument_name(self) -> str | None:
        """Read `name:` when the next argument has one."""
        if self.token.kind != "name":
            return None
        end = self.index
        while self.found[end].kind in ("name", "number"):
            end += 1
        if self.found[end].text != ":" or self.found[end].kind != "op":
            return None
        name = " ".join(token.text for token in self.found[self.index : end])
        self.advance()
        self.jump(end + 1)
        return name
