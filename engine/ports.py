"""What the engine needs from the rooms above it, as protocols they implement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from foundation.database import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class JobContext:
    """What a job handler is told."""

    job_id: str
    instance_id: str
    process_key: str
    business_key: str | None
    element: str
    topic: str
    variables: Mapping[str, Any]


class JobHandler(Protocol):
    """Does the work of a service task inside the transaction that completes it; returns new variables.

    Raises `engine.jobs.BusinessError` for an error drawn in the diagram; any other exception is retried and
    ends as an incident.
    """

    def __call__(self, work: UnitOfWork, job: JobContext, /) -> Mapping[str, Any] | None:
        """Do the work."""
        ...


@dataclass(frozen=True, kw_only=True)
class EscalationNotice:
    """One step of a ladder that came due: informs and re-routes, never closes or re-assigns."""

    #: the user task; None when a call activity carries the ladder
    user_task: str | None
    #: the instance that has the task or calls
    instance_id: str
    element: str
    title: str
    process_key: str
    business_key: str | None
    assignee: str | None
    candidate_groups: tuple[str, ...]
    due_at: datetime | None
    offset: int
    unit: str
    #: whom to tell: `assignee`, `unit_head`, `monitor`, `office_head`, `decision_holder` …
    to: str
    #: remind | overdue | escalate | urge
    action: str
    #: the called instance, its process and business key, when a call activity carries the ladder
    child_id: str | None = None
    called_key: str | None = None
    called_business_key: str | None = None


class EscalationSink(Protocol):
    """Tells the people a ladder step names."""

    def __call__(self, work: UnitOfWork, notice: EscalationNotice, /) -> None:
        """Write notifications, drafts, counters; committed with the step."""
        ...
