"""The syntax tree of FEEL. Nodes are plain data; `at` is the 0-based offset in the source."""

from decimal import Decimal
from typing import Any, NamedTuple, TypeAlias

from engine.feel.types import Type


class Constant(NamedTuple):
    """A literal: number, string, boolean, null, or a date/time/duration written with @."""

    at: int
    value: Decimal | str | bool | Any | None


class Name(NamedTuple):
    """A variable or a built-in, by its normalised name."""

    at: int
    name: str


class Chain(NamedTuple):
    """Left-associative arithmetic of one level: an operand, then operator, operand and offset repeated."""

    at: int
    first: "Node"
    rest: "tuple[tuple[str, Node, int], ...]"


class Negate(NamedTuple):
    """Arithmetic negation, repeated `times` times."""

    at: int
    operand: "Node"
    times: int


class Junction(NamedTuple):
    """`and` or `or` over two or more operands."""

    at: int
    word: str
    operands: "tuple[Node, ...]"


class Compare(NamedTuple):
    """One comparison by =, !=, <, <=, > or >= of two values."""

    at: int
    sign: str
    left: "Node"
    right: "Node"


class Between(NamedTuple):
    """`value between low and high`, both ends included."""

    at: int
    value: "Node"
    low: "Node"
    high: "Node"


class Within(NamedTuple):
    """`value in tests`."""

    at: int
    value: "Node"
    tests: "tuple[Node, ...]"


class InstanceOf(NamedTuple):
    """`value instance of type`."""

    at: int
    value: "Node"
    type: Type


class If(NamedTuple):
    """`if … then … else if … then … else …`, flat."""

    at: int
    branches: "tuple[tuple[Node, Node], ...]"
    otherwise: "Node"


class For(NamedTuple):
    """`for a in x, b in y return body`; word `some` and `every` for the quantified forms."""

    at: int
    word: str
    names: tuple[str, ...]
    domains: "tuple[Node, ...]"
    body: "Node"


class RangeOf(NamedTuple):
    """A range; a side that is None is unbounded."""

    at: int
    low: "Node | None"
    high: "Node | None"
    low_closed: bool
    high_closed: bool
    #: True when written with two dots, False for a single comparison
    dotted: bool


class Differs(NamedTuple):
    """The unary test `!= value`."""

    at: int
    value: "Node"


class ListOf(NamedTuple):
    """A list literal."""

    at: int
    items: "tuple[Node, ...]"


class ContextOf(NamedTuple):
    """A context literal, entries in order."""

    at: int
    entries: "tuple[tuple[str, Node], ...]"


class FunctionOf(NamedTuple):
    """A function definition; `body` None means an external one, which is refused when called."""

    at: int
    parameters: tuple[tuple[str, Type], ...]
    body: "Node | None"


class Access(NamedTuple):
    """`….name`."""

    at: int
    name: str


class Filter(NamedTuple):
    """`…[condition]` or `…[index]`."""

    at: int
    condition: "Node"


class Call(NamedTuple):
    """`…(arguments)`; `names` is empty for positional arguments."""

    at: int
    arguments: "tuple[Node, ...]"
    names: tuple[str, ...]


class Postfix(NamedTuple):
    """A value followed by paths, filters and calls, flat."""

    at: int
    base: "Node"
    steps: tuple[Access | Filter | Call, ...]


Node: TypeAlias = (
    Constant | Name | Chain | Negate | Junction | Compare | Between | Within | InstanceOf | If | For
    | RangeOf | Differs | ListOf | ContextOf | FunctionOf | Postfix
)  # fmt: skip
