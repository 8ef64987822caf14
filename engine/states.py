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


class DefinitionState(StrEnum):
    """Life of a published version of a process."""

    #: may be started from its effective date on, as the newest in effect
    PUBLISHED = "published"
    #: published, its effective date is still to come
    SCHEDULED = "scheduled"
    #: taken back before its effective date
    WITHDRAWN = "withdrawn"
    #: starts nothing any more; what runs goes on
    RETIRED = "retired"


class DraftStage(StrEnum):
    """Where a draft stands between drawing and publishing."""

    EDITING = "editing"
    IN_REVIEW = "in_review"
    APPROVED = "approved"


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
