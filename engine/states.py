"""The states things can be in; values equal the stored strings."""

from enum import StrEnum


class InstanceState(StrEnum):
    """Life of a process instance."""

    #: the row exists, its first step has not run yet
    CREATED = "created"
    RUNNING = "running"
    SUSPENDED = "suspended"
    #: every path came to its end
    COMPLETED = "completed"
    #: a terminate end event ended it
    TERMINATED = "terminated"
    #: a BPMN error left a called instance
    FAILED = "failed"
    #: a person or its parent cancelled it
    CANCELLED = "cancelled"


#: states in which an instance may still change
LIVE = (InstanceState.CREATED, InstanceState.RUNNING, InstanceState.SUSPENDED)


class WorkState(StrEnum):
    """Life of a user task, job, timer or ladder step."""

    OPEN = "open"
    PENDING = "pending"
    CREATED = "created"
    COMPLETED = "completed"
    FIRED = "fired"
    CANCELLED = "cancelled"
    #: tries used up; an incident waits for a person
    FAILED = "failed"
