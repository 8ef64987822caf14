"""What a diagram says about an element, read once into frozen values.

Attributes come from BPMN 2.0, from the `camunda:` namespace the stock properties panel writes, and from the
small `tiendo:` namespace. A text that starts with `=` is FEEL; where BPMN itself expects an expression
(conditions, timers, collections, mappings) the `=` may be left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class Value:
    """A literal or a FEEL expression."""

    #: the literal text, or the FEEL source without `=`
    text: str
    is_expression: bool


EventKind = Literal[
    "none",
    "message",
    "timer",
    "signal",
    "error",
    "escalation",
    "conditional",
    "terminate",
    "compensation",
    "cancel",
    "multiple",
]
TimerKind = Literal["date", "duration", "cycle"]


@dataclass(frozen=True, kw_only=True)
class EventDefinition:
    """What an event waits for or throws (BPMN 2.0 §10.5.5)."""

    kind: EventKind
    #: message or signal name; error or escalation code (None catches all)
    name: str | None = None
    #: expression that gives the correlation key of a message
    correlation_key: Value | None = None
    timer_kind: TimerKind | None = None
    #: timer expression or condition
    expression: Value | None = None
    #: the activity a compensation event undoes (None: all of its scope), and whether the thrower waits
    activity: str | None = None
    waits: bool = True
    #: what a thrown error says, and the variables a catcher puts code and message into
    message: str | None = None
    code_variable: str | None = None
    message_variable: str | None = None

    def told(self, code: str | None, message: str | None) -> dict[str, Any]:
        """Give the variables in which a catching event keeps what it caught."""
        kept = {self.code_variable: code, self.message_variable: message}
        return {name: value for name, value in kept.items() if name}


@dataclass(frozen=True, kw_only=True)
class ComplexBehaviour:
    """When a multi-instance activity ends early, and what it throws then (BPMN 2.0 table 10.31)."""

    condition: Value
    event: EventDefinition | None


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """What started an instance: the element, and for a message or signal its name. A person needs none."""

    element: str | None = None
    #: message or signal; empty for a timer
    kind: str = ""
    name: str = ""
    #: correlation key of the message
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class MultiInstance:
    """Loop characteristics of an activity that runs once per item (BPMN 2.0 §13.3.7)."""

    is_sequential: bool
    collection: Value | None
    cardinality: Value | None
    element_variable: str
    completion_condition: Value | None
    #: key of an item in the output mapping; the 1-based position when absent
    element_key: Value | None
    output_collection: str | None
    output_element: Value | None
    #: All, None, One or Complex: what is thrown when an instance completes
    behaviour: str = "All"
    #: what None and One throw
    event: EventDefinition | None = None
    complex: tuple[ComplexBehaviour, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StandardLoop:
    """Loop characteristics of an activity repeated while a condition holds (BPMN 2.0 §13.3.6)."""

    condition: Value | None
    maximum: Value | None
    test_before: bool


@dataclass(frozen=True, kw_only=True)
class AdHoc:
    """How an ad-hoc sub-process is worked through (BPMN 2.0 table 10.24)."""

    #: one activity at a time
    is_sequential: bool
    completion_condition: Value | None
    #: what still runs when the condition holds is cancelled; else it is waited for
    cancels_remaining: bool


@dataclass(frozen=True, kw_only=True)
class LadderStep:
    """One step of an escalation ladder: when, to whom, what kind."""

    offset: int
    unit: str
    to: str
    action: str


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """The escalation ladder of an activity: inline steps, or a decision that gives them."""

    decision: str | None
    calendar: str
    steps: tuple[LadderStep, ...]


@dataclass(frozen=True, kw_only=True)
class VariableMapping:
    """One variable mapping: target name and the value that goes there."""

    target: str
    value: Value


@dataclass(frozen=True, kw_only=True)
class DataFlow:
    """One value a data association moves: an expression, or a copy of another variable."""

    target: str
    value: Value | None = None
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class CallMapping:
    """What goes into a called process and what comes back."""

    inputs: tuple[VariableMapping, ...] = ()
    outputs: tuple[VariableMapping, ...] = ()
    all_inputs: bool = False
    all_outputs: bool = False
    business_key: Value | None = None
    binding: str = "latest"
    version: str | None = None


@dataclass(frozen=True, kw_only=True)
class Element:
    """One flow node of a process."""

    id: str
    name: str
    #: local tag name as in the standard: `userTask`, `startEvent` …
    type: str
    lane: str | None = None
    documentation: str = ""
    #: `camunda:` attributes by local name
    attributes: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[VariableMapping, ...] = ()
    outputs: tuple[VariableMapping, ...] = ()
    data_inputs: tuple[DataFlow, ...] = ()
    data_outputs: tuple[DataFlow, ...] = ()
    event: EventDefinition = EventDefinition(kind="none")
    #: the definitions of a multiple event in document order; empty for any other
    events: tuple[EventDefinition, ...] = ()
    #: a multiple event that waits for all its definitions (`parallelMultiple`)
    needs_all_events: bool = False
    #: boundary events and event sub-process starts: does it end what it interrupts?
    is_interrupting: bool = True
    attached_to: str | None = None
    multi: MultiInstance | None = None
    loop: StandardLoop | None = None
    ladder: Ladder | None = None
    call: CallMapping = CallMapping()
    script: str = ""
    #: job retries such as `R3/PT10S`
    retry_cycle: str = "R3/PT30S"
    default_flow: str | None = None
    is_event_subprocess: bool = False
    #: undoes another activity and never runs by itself
    is_for_compensation: bool = False
    #: boundary compensation events: id of the activity their association leads to
    handler: str | None = None
    #: id of the drawn element this one was made for by a transform; empty for what is drawn
    origin: str = ""
    #: tag the element was drawn with when a transform gave it another
    drawn_as: str = ""
    ad_hoc: AdHoc | None = None
    #: when a complex gateway starts
    activation_condition: Value | None = None
    #: tokens an activity takes before it begins, and gives when it is done
    start_quantity: int = 1
    completion_quantity: int = 1
    #: receive tasks and event-based gateways that start their process
    instantiates: bool = False
    #: an instantiating event-based gateway that needs every event behind it
    needs_all_targets: bool = False

    @property
    def definitions(self) -> tuple[EventDefinition, ...]:
        """Give every event definition, one or several."""
        return self.events or (self.event,)

    @property
    def drawn_id(self) -> str:
        """Give the id people know it by: its own, or that of the element it was made for."""
        return self.origin or self.id

    def attribute(self, name: str) -> Value | None:
        """Give a `camunda:` attribute as literal or expression."""
        text = self.attributes.get(name)
        return None if text is None or not text.strip() else value(text)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One sequence flow."""

    id: str
    source: str
    target: str
    condition: Value | None
    #: False for a flow that a transform added
    is_drawn: bool = True


def value(text: str, *, expects_expression: bool = False) -> Value:
    """Read a text as literal or FEEL: FEEL when it starts with `=` or an expression is expected."""
    stripped = text.strip()
    if stripped.startswith("="):
        return Value(text=stripped[1:].strip(), is_expression=True)
    return Value(text=stripped, is_expression=expects_expression)


Variables = dict[str, Any]
