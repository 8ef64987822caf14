"""The rest of the grammar: if, for, some, every, function, contexts, types, @-literals, unary tests."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from engine.feel.errors import FeelSyntaxError
from engine.feel.lexer import KEYWORDS
from engine.feel.nodes import Constant, ContextOf, For, FunctionOf, If, Node, RangeOf
from engine.feel.parser import Operators
from engine.feel.temporal import read_date, read_date_time, read_duration, read_time
from engine.feel.types import ANY_TYPE, CONTEXT, FUNCTION, LIST, NAMED, RANGE, Type
from foundation.texts import _

_STARTERS = frozenset({"if", "for", "some", "every", "function"})


class Tests(NamedTuple):
    """The tests of a decision-table cell."""

    #: True when written as `not(…)`
    negated: bool
    #: empty for `-`, which any value passes
    tests: tuple[Node, ...]


class Parser(Operators):
    """The whole grammar."""

    #: named types beside those of the language (item definitions of a decision model)
    types: Mapping[str, Type] = MappingProxyType({})

    def whole(self) -> Node:
        """Read one expression that fills the source."""
        if self.token.kind == "end":
            raise self.unexpected(_("một biểu thức"))
        node = self.expression()
        self.finish()
        return node

    def finish(self) -> None:
        """Make sure that nothing is left over."""
        if self.token.kind != "end":
            raise self.unexpected(_("toán tử hoặc hết biểu thức"))

    def unary_tests(self) -> Tests:
        """Read the tests of a decision-table cell (rules 12–17)."""
        if self.at("-") and self.peek().kind == "end":
            return Tests(negated=False, tests=())
        negated = (
            self.at("not") and self.peek().text == "(" and self.closing(self.index + 1) == len(self.found) - 2
        )
        if negated:
            self.advance()
            self.advance()
        found = [self.test(bracket=True)]
        while self.at(","):
            self.advance()
            found.append(self.test(bracket=True))
        if negated:
            self.take(")")
        self.finish()
        return Tests(negated=negated, tests=tuple(found))

    def closing(self, index: int) -> int:
        """Give the index of the bracket that closes the one at `index`."""
        level = 0
        for place in range(index, len(self.found)):
            token = self.found[place]
            if token.kind == "op":
                level += (token.text in "([{") - (token.text in ")]}")
                if level == 0:
                    return place
        return -1

    def form(self) -> Node:
        """Read an expression that begins with a keyword."""
        word = self.token.text
        if word == "if":
            return self.conditional()
        if word == "for":
            return self.loop("return")
        if word in ("some", "every"):
            return self.loop("satisfies")
        if word == "function":
            return self.binary(1) if self.peek().text != "(" else self.function()
        return self.binary(1)

    def conditional(self) -> Node:
        """Read `if … then … else …`; a chain of else-ifs is one node."""
        at = self.token.at
        branches: list[tuple[Node, Node]] = []
        while self.at("if"):
            self.advance()
            condition = self.expression()
            self.take("then")
            result = self.expression()
            branches.append((condition, result))
            self.take("else")
        return If(at, tuple(branches), self.expression())

    def loop(self, ending: str) -> Node:
        """Read the iterators and the body of for, some and every."""
        start = self.advance()
        names: list[str] = []
        domains: list[Node] = []
        learned: list[str] = []
        while True:
            name = self.variable("in")
            self.take("in")
            domains.append(self.domain())
            names.append(name)
            if self.names.add(name):
                learned.append(name)
            if not self.at(","):
                break
            self.advance()
        self.take(ending)
        body = self.expression()
        for name in learned:
            self.names.forget(name)
        return For(start.at, start.text, tuple(names), tuple(domains), body)

    def domain(self) -> Node:
        """Read what an iterator runs over: a list, a range, or `low..high` without brackets."""
        at = self.token.at
        node = self.expression()
        if self.at(".."):
            self.advance()
            return RangeOf(at, node, self.expression(), low_closed=True, high_closed=True, dotted=True)
        return node

    def variable(self, until: str) -> str:
        """Read the name of a variable up to a keyword or sign."""
        if self.token.kind != "name" or self.token.text in KEYWORDS:
            raise self.unexpected(_("tên biến"))
        start = self.token.at
        end = start
        while self.token.kind != "end" and not self.at(until, ",", ")", ":"):
            end = self.advance().end
        return " ".join(self.source[start:end].split())

    def function(self) -> Node:
        """Read a function definition; an external one is kept without a body."""
        at = self.advance().at
        self.take("(")
        parameters: list[tuple[str, Type]] = []
        while not self.at(")"):
            name = self.variable(",")
            wanted = ANY_TYPE
            if self.at(":"):
                self.advance()
                wanted = self.type()
            parameters.append((name, wanted))
            if not self.at(","):
                break
            self.advance()
        self.take(")")
        if self.at("external"):
            self.advance()
            self.expression()
            return FunctionOf(at, tuple(parameters), None)
        learned = [name for name, _type in parameters if self.names.add(name)]
        body = self.expression()
        for name in learned:
            self.names.forget(name)
        return FunctionOf(at, tuple(parameters), body)

    def context(self) -> Node:
        """Read `{name: value, …}`; later entries see earlier ones."""
        at = self.advance().at
        entries: list[tuple[str, Node]] = []
        learned: list[str] = []
        while not self.at("}"):
            name, place = self.key()
            if any(name == known for known, _value in entries):
                raise FeelSyntaxError(
                    _("tên “{name}” xuất hiện hai lần trong ngữ cảnh.", name=name),
                    source=self.source,
                    position=place,
                )
            entries.append((name, self.expression()))
            if self.names.add(name):
                learned.append(name)
            if not self.at(","):
                break
            self.advance()
        self.take("}")
        for name in learned:
            self.names.forget(name)
        return ContextOf(at, tuple(entries))

    def key(self) -> tuple[str, int]:
        """Read the name of an entry, a string or words and signs, with its colon."""
        token = self.token
        if token.kind == "string":
            self.advance()
            self.take(":")
            return token.text, token.at
        if token.kind != "name":
            raise self.unexpected(_("tên của mục trong ngữ cảnh"))
        end = token.end
        while not self.at(":"):
            if self.token.kind in ("end", "string") or self.at("{", "}", "[", "]", "(", ")", ","):
                raise self.unexpected("“:”")
            end = self.advance().end
        self.advance()
        return " ".join(self.source[token.at : end].split()), token.at

    def at_literal(self) -> Node:
        """Read `@"2024-01-31"` and its like."""
        at = self.advance().at
        if self.token.kind != "string":
            raise self.unexpected(_("chuỗi ngày, giờ hoặc khoảng thời gian sau dấu @"))
        text = self.advance().text
        for read in (read_date, read_date_time, read_time, read_duration):
            value = read(text)
            if value is not None:
                return Constant(at, value)
        raise FeelSyntaxError(
            _("“{text}” không phải ngày, giờ hay khoảng thời gian theo ISO 8601.", text=text[:40]),
            source=self.source,
            position=at,
            expected="ISO 8601",
            found=text[:40],
        )

    def type(self) -> Type:
        """Read a type: a name, list<…>, range<…>, context<…> or function<…> -> …."""
        self.nesting += 1
        if self.nesting > self.limits.nesting:
            raise self.too_deep()
        found = self.generic_type() if self.peek().text == "<" else self.named_type()
        self.nesting -= 1
        return found

    def generic_type(self) -> Type:
        """Read a type with something in angle brackets."""
        word = self.advance().text
        self.advance()
        if word in (LIST, RANGE):
            inner = self.type()
            self.take(">")
            return Type(word, inner)
        if word == CONTEXT:
            fields: list[tuple[str, Type]] = []
            while not self.at(">"):
                name = self.variable(":")
                self.take(":")
                fields.append((name, self.type()))
                if not self.at(","):
                    break
                self.advance()
            self.take(">")
            return Type(CONTEXT, fields=tuple(fields))
        if word == FUNCTION:
            parameters: list[Type] = []
            while not self.at(">"):
                parameters.append(self.type())
                if not self.at(","):
                    break
                self.advance()
            self.take(">")
            self.take("->")
            return Type(FUNCTION, self.type(), parameters=tuple(parameters))
        raise self.unexpected("list, range, context, function")

    def named_type(self) -> Type:
        """Read a type that has a name, of the language or of the model."""
        if self.token.kind != "name":
            raise self.unexpected(_("tên kiểu dữ liệu"))
        at = self.index
        name, after = self.names.match(self.found, at)
        while self.found[after].text == "." and self.found[after + 1].kind == "name":
            part, after = self.names.match(self.found, after + 1)
            name = f"{name}.{part}"
        known = NAMED.get(name) or self.types.get(name)
        if known is None:
            raise self.unexpected(_("tên kiểu dữ liệu đã biết (number, string, date, …)"))
        self.advance()
        self.jump(after)
        return known
