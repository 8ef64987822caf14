"""A decision model as read from XML: plain data, expressions still as text (DMN 1.5 §6–§10)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from foundation.texts import Text

#: hit policies that give the results of all rules that match
_SEVERAL = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER"})


@dataclass(frozen=True, kw_only=True)
class Literal:
    """A literal expression."""

    element: str
    text: str
    type_ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class InputClause:
    """A column of conditions."""

    element: str
    label: str
    expression: Literal
    #: unary tests of the allowed values, as text
    values: str | None


@dataclass(frozen=True, kw_only=True)
class OutputClause:
    """A column of results."""

    element: str
    name: str
    type_ref: str | None
    #: unary tests of the allowed values, in order of priority, as text
    values: str | None
    default: Literal | None
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A row: one cell of tests per input, one expression per output."""

    element: str
    #: 1-based position
    number: int
    tests: tuple[Literal, ...]
    results: tuple[Literal, ...]
    #: what the author says about it
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A decision table."""

    element: str
    hit_policy: str
    #: SUM, MIN, MAX, COUNT or empty
    aggregation: str
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
    type_ref: str | None = None

    @property
    def gives_list(self) -> bool:
        """Say whether the result is the list of the results of all rules that match."""
        return self.hit_policy in _SEVERAL and not self.aggregation


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A named part of a boxed context, an invocation's binding, or (name empty) the result of a context."""

    name: str
    value: "Boxed | None"
    type_ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class BoxedContext:
    """Named entries, each seeing the earlier ones; the last may be the result."""

    element: str
    entries: tuple[Entry, ...]
    type_ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class BoxedList:
    """A list of expressions."""

    element: str
    items: "tuple[Boxed | None, ...]"
    type_ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A table of expressions: a list of contexts."""

    element: str
    columns: tuple[str, ...]
    rows: "tuple[tuple[Boxed | None, ...], ...]"
    type_ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """A call of a function with named bindings."""

    element: str
    called: "Boxed | None"
    bindings: tuple[Entry, ...]
    type_ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class FunctionDefinition:
    """A boxed function; kind FEEL, Java or PMML."""

    element: str
    kind: str
    parameters: tuple[tuple[str, str | None], ...]
    body: "Boxed | None"
    type_ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class Conditional:
    """A boxed if."""

    element: str
    condition: "Boxed | None"
    then: "Boxed | None"
    otherwise: "Boxed | None"
    type_ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class Iteration:
    """A boxed for, some, every or filter."""

    element: str
    #: for, some, every or filter
    word: str
    variable: str
    domain: "Boxed | None"
    body: "Boxed | None"
    type_ref: str | None = None


Boxed: TypeAlias = (
    Literal
    | Table
    | BoxedContext
    | BoxedList
    | Relation
    | Invocation
    | FunctionDefinition
    | Conditional
    | Iteration
)


@dataclass(frozen=True, kw_only=True)
class Input:
    """An input data element."""

    element: str
    name: str
    type_ref: str | None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A decision, what it requires, and its logic."""

    element: str
    name: str
    type_ref: str | None
    #: ids of required decisions
    decisions: tuple[str, ...]
    #: ids of required inputs
    inputs: tuple[str, ...]
    #: ids of required business knowledge models and decision services
    knowledge: tuple[str, ...]
    logic: Boxed | None

    @property
    def takes_anything(self) -> bool:
        """Say whether it draws no requirements; then it sees all inputs given (tables made with dmn-js)."""
        return not self.inputs and not self.decisions

    @property
    def id(self) -> str:
        """Give the id by which it is asked for."""
        return self.element


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """A business knowledge model: a function of its own."""

    element: str
    name: str
    knowledge: tuple[str, ...]
    logic: FunctionDefinition | None
    type_ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class Service:
    """A decision service: decisions offered as a function of inputs."""

    element: str
    name: str
    outputs: tuple[str, ...]
    input_decisions: tuple[str, ...]
    inputs: tuple[str, ...]
    type_ref: str | None = None


@dataclass(frozen=True, kw_only=True)
class Item:
    """An item definition: a named type."""

    element: str
    name: str
    type_ref: str | None
    collection: bool
    #: unary tests of the allowed values, as text
    allowed: str | None
    #: True when `allowed` constrains the whole value, not each element of a collection
    whole: bool
    components: "tuple[Item, ...]"
    #: parameter types and result of a function item
    function: tuple[tuple[str | None, ...], str | None] | None = None


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something lint has to say."""

    element: str
    #: machine-readable rule
    rule: str
    #: error or warning
    severity: str
    message: Text


@dataclass(frozen=True, kw_only=True)
class Model:
    """A whole decision model."""

    element: str
    name: str
    namespace: str
    decisions: Mapping[str, Decision]
    inputs: Mapping[str, Input]
    knowledge: Mapping[str, Knowledge]
    services: Mapping[str, Service]
    items: Mapping[str, Item]
    #: imported models by the name they are imported under
    imports: "Mapping[str, Model]" = field(default_factory=dict)
    #: closures made from the model, kept beside it; see `program.py`
    compiled: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
