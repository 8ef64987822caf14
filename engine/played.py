"""What a play gives: its trace line by line, and where it stands (the outside contract of `tiendo play`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.instances import WaitingElement


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that happened, in the order in which it did."""

    seq: int
    process: str
    element: str
    #: tag of the element: `userTask` …
    type: str
    #: `element.entered`, `timer.fired` …
    event: str
    #: path of enclosing scopes
    scope: str
    at: datetime

    def as_json(self) -> dict[str, Any]:
        """Give the line as JSON values."""
        return {
            "seq": self.seq,
            "process": self.process,
            "element": self.element,
            "type": self.type,
            "event": self.event,
            "scope": self.scope,
            "at": self.at.isoformat(),
        }


@dataclass(frozen=True, kw_only=True)
class Played:
    """Where a play stands."""

    #: completed | waiting | failed
    state: str
    trace: tuple[Line, ...]
    waiting: tuple[WaitingElement, ...]
    variables: Mapping[str, Any]
    #: what went wrong: code, message, element; empty otherwise
    error: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Give the outside contract of `tiendo play --json`."""
        return {
            "state": self.state,
            "trace": [line.as_json() for line in self.trace],
            "waiting": [
                {
                    "element": one.element,
                    "kind": one.kind,
                    "name": one.name,
                    "due_at": one.due_at.isoformat() if one.due_at else None,
                }
                for one in self.waiting
            ],
            "variables": dict(self.variables),
            "error": dict(self.error) or None,
        }
