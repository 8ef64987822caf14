"""What an execution did, as values the runner writes into rows in the same transaction.

The nodes report; nobody compares states. Every effect names the token it belongs to, so that closing a
token closes whatever rows it opened.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.spiff.elements import Ladder, Value, VariableMapping
from foundation.texts import Text


@dataclass(frozen=True, kw_only=True, slots=True)
class UserTaskOpened:
    """Somebody has to do something."""

    token: str
    element: str
    name: str
    lane: str | None
    documentation: str
    assignee: str | None
    candidate_groups: tuple[str, ...]
    due_at: datetime | None
    follow_up_at: datetime | None
    priority: int
    form_key: str | None
    ladder: Ladder | None
    #: local variables of the task (inputs, item of a multi-instance)
    local: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class JobCreated:
    """A service task waits for its work to be done."""

    token: str
    element: str
    topic: str
    variables: dict[str, Any]
    retry_cycle: str
    priority: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TimerArmed:
    """A moment at which a token has to be woken."""

    token: str
    element: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class EventAwaited:
    """A token waits for a message (name and key) or a signal (name)."""

    token: str
    element: str
    kind: str
    name: str
    correlation_key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Callee:
    """One child to be started by a call activity."""

    key: str
    variables: dict[str, Any]
    business_key: str | None
    #: variables of the item, for which the due moment was worked out
    local: dict[str, Any] = field(default_factory=dict)
    #: when the caller wants it to have ended (UTC)
    due_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChildrenCalled:
    """A call activity starts its child instances; each is an instance of its own."""

    token: str
    element: str
    name: str
    process: str
    binding: str
    version: str | None
    callees: tuple[Callee, ...]
    #: mappings evaluated in the child's variables when it ends
    outputs: tuple[VariableMapping, ...]
    all_outputs: bool
    output_element: Value | None
    #: whether the call has a due date, even one that is not known yet
    is_dated: bool
    ladder: Ladder | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageThrown:
    """A message leaves this instance."""

    name: str
    correlation_key: str
    variables: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalThrown:
    """A signal is broadcast to every instance that waits for it, this one included."""

    name: str
    variables: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class EscalationLeft:
    """An escalation nobody in a called instance caught goes on to the activity that called it."""

    code: str | None
    variables: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenClosed:
    """A token that may have opened rows left; they are closed as completed or cancelled."""

    token: str
    element: str
    is_cancelled: bool
    #: kinds of rows the token may have opened (`Node.rows`), as its node says when it leaves
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Happened:
    """A line of history."""

    type: str
    element: str
    element_type: str = ""
    name: str = ""
    token: str = ""
    #: path of enclosing scopes with instance keys, outermost first
    scope: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """The instance is over: completed, terminated, or ended by an error nobody caught."""

    state: str
    error_code: str | None = None
    error_message: str | None = None
    #: what the error brings to whoever catches it at the call
    error_variables: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stuck:
    """Every token waits for another that cannot come: the instance stays, a person has to look."""

    element: str
    message: Text


Effect = (
    UserTaskOpened
    | JobCreated
    | TimerArmed
    | EventAwaited
    | ChildrenCalled
    | MessageThrown
    | SignalThrown
    | EscalationLeft
    | TokenClosed
    | Happened
    | Ended
    | Stuck
)
