"""The tables of the engine: definitions, instances, and the projections pages and lists read.

State is one blob per instance; everything else here is written in the same transaction as the blob.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database import Base, Json, Moment

Id = String(32)
Key = String(120)
Serial = BigInteger().with_variant(Integer, "sqlite")
#: while an instance is in these states no other may have its unique key (`engine.states.LIVE`)
HOLDS_ITS_KEY = "state IN ('created', 'running', 'suspended')"


class Deployment(Base):
    """A set of files that came in together."""

    __tablename__ = "deployment"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text, default="")


class DeploymentFile(Base):
    """One file of a deployment, byte for byte."""

    __tablename__ = "deployment_file"

    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ProcessDefinition(Base):
    """One version of one process. Instances stay on their version."""

    __tablename__ = "process_definition"
    __table_args__ = (
        UniqueConstraint("key", "version"),
        Index("ix_process_definition_state_effective", "state", "effective_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(Key)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(200))
    #: see engine.states.DefinitionState
    state: Mapped[str] = mapped_column(String(20))
    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"))
    file: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(Moment)
    published_by: Mapped[str] = mapped_column(String(64))
    #: from when starts may use the version (UTC)
    effective_at: Mapped[datetime] = mapped_column(Moment, server_default="1970-01-01 00:00:00")
    #: the diagram asks that live instances never share a business key
    is_key_unique: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class DecisionDefinition(Base):
    """One version of one DMN decision."""

    __tablename__ = "decision_definition"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(Key)
    version: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(200))
    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"))
    file: Mapped[str] = mapped_column(String(200))
    published_at: Mapped[datetime] = mapped_column(Moment)


class FormDefinition(Base):
    """One version of one form."""

    __tablename__ = "form_definition"
    __table_args__ = (UniqueConstraint("key", "version"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(Key)
    version: Mapped[int] = mapped_column(Integer)
    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"))
    file: Mapped[str] = mapped_column(String(200))
    published_at: Mapped[datetime] = mapped_column(Moment)


class StartSubscription(Base):
    """A message or signal that starts the newest version of a process."""

    __tablename__ = "start_subscription"
    __table_args__ = (Index("ix_start_subscription_kind_name", "kind", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    definition_id: Mapped[str] = mapped_column(ForeignKey("process_definition.id"))
    key: Mapped[str] = mapped_column(Key, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    element: Mapped[str] = mapped_column(Key)


class Schedule(Base):
    """A timer start event: when the newest version of a process is started next."""

    __tablename__ = "schedule"
    __table_args__ = (Index("ix_schedule_next_at", "next_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    definition_id: Mapped[str] = mapped_column(ForeignKey("process_definition.id"))
    key: Mapped[str] = mapped_column(Key, index=True)
    element: Mapped[str] = mapped_column(Key)
    #: ISO interval between starts; null when it starts once
    interval: Mapped[str | None] = mapped_column(String(100))
    #: starts still to come, -1 without end
    remaining: Mapped[int] = mapped_column(Integer)
    #: fire_once | fire_all | skip: what happens to starts missed while the system was down
    misfire: Mapped[str] = mapped_column(String(20), default="fire_once")
    next_at: Mapped[datetime | None] = mapped_column(Moment)


class ProcessInstance(Base):
    """One run of one definition. This row is the first lock of every command."""

    __tablename__ = "process_instance"
    __table_args__ = (
        Index("ix_process_instance_parent", "parent_instance_id", "parent_token"),
        Index("ix_process_instance_key_state", "key", "state"),
        UniqueConstraint("schedule_id", "scheduled_for"),
        Index(
            "uq_process_instance_live_key",
            "key",
            "unique_key",
            unique=True,
            sqlite_where=text(HOLDS_ITS_KEY),
            postgresql_where=text(HOLDS_ITS_KEY),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    definition_id: Mapped[str] = mapped_column(ForeignKey("process_definition.id"))
    key: Mapped[str] = mapped_column(Key)
    definition_version: Mapped[int] = mapped_column(Integer)
    business_key: Mapped[str | None] = mapped_column(String(120), index=True)
    #: the business key again where the definition asks that live instances never share it
    unique_key: Mapped[str | None] = mapped_column(String(120))
    #: see engine.states.InstanceState
    state: Mapped[str] = mapped_column(String(20))
    #: grows by one with every command; the fence against lost updates
    revision: Mapped[int] = mapped_column(Integer)
    blob: Mapped[bytes | None] = mapped_column(LargeBinary)
    history_seq: Mapped[int] = mapped_column(Integer, default=0)
    #: hash of the newest history row: the head of the chain
    history_head: Mapped[str] = mapped_column(String(64), default="")
    root_instance_id: Mapped[str] = mapped_column(Id, index=True)
    parent_instance_id: Mapped[str | None] = mapped_column(Id)
    parent_token: Mapped[str | None] = mapped_column(String(20))
    parent_element: Mapped[str | None] = mapped_column(Key)
    #: key of this child among its sisters (agency, item)
    element_key: Mapped[str | None] = mapped_column(String(200))
    #: how it was called: start variables and output mappings
    call: Mapped[dict[str, Any] | None] = mapped_column(Json)
    #: what it gives back to its parent
    result: Mapped[Any] = mapped_column(Json, nullable=True)
    #: the instance it was forked from by an administrator, and the step it began at
    origin_instance_id: Mapped[str | None] = mapped_column(Id)
    origin_element: Mapped[str | None] = mapped_column(Key)
    schedule_id: Mapped[str | None] = mapped_column(Id)
    scheduled_for: Mapped[str | None] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(Moment)
    started_by: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class UserTask(Base):
    """Work for a person."""

    __tablename__ = "user_task"
    __table_args__ = (
        Index("ix_user_task_instance", "instance_id", "token"),
        Index("ix_user_task_assignee", "assignee", "state", "due_at"),
        Index("ix_user_task_state_due", "state", "due_at"),
        Index("ix_user_task_business_key", "business_key", "state"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    instance_id: Mapped[str] = mapped_column(ForeignKey("process_instance.id"))
    token: Mapped[str] = mapped_column(String(20))
    element: Mapped[str] = mapped_column(Key)
    name: Mapped[str] = mapped_column(String(300))
    process_key: Mapped[str] = mapped_column(Key)
    business_key: Mapped[str | None] = mapped_column(String(120))
    lane: Mapped[str | None] = mapped_column(String(200))
    documentation: Mapped[str] = mapped_column(Text, default="")
    assignee: Mapped[str | None] = mapped_column(String(64))
    candidate_groups: Mapped[list[str]] = mapped_column(Json)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    original_due_at: Mapped[datetime | None] = mapped_column(Moment)
    follow_up_at: Mapped[datetime | None] = mapped_column(Moment)
    priority: Mapped[int] = mapped_column(Integer)
    form_key: Mapped[str | None] = mapped_column(Key)
    local: Mapped[dict[str, Any]] = mapped_column(Json)
    #: the ladder as drawn, kept to plan again when the due moment moves
    ladder: Mapped[dict[str, Any] | None] = mapped_column(Json)
    #: open | completed | cancelled
    state: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)
    completed_at: Mapped[datetime | None] = mapped_column(Moment)
    completed_by: Mapped[str | None] = mapped_column(String(64))


class UserTaskCandidate(Base):
    """One group that may do an open task; rows exist while the task is open."""

    __tablename__ = "user_task_candidate"
    __table_args__ = (Index("ix_user_task_candidate_group", "group", "task_id"),)

    task_id: Mapped[str] = mapped_column(Id, primary_key=True)
    group: Mapped[str] = mapped_column(String(120), primary_key=True)


class CallDeadline(Base):
    """Until when a call activity wants one of its children to end, and the ladder of that child.

    A row of the calling instance, changed under its lock: nobody writes the row of the child for it.
    """

    __tablename__ = "call_deadline"
    __table_args__ = (Index("ix_call_deadline_instance", "instance_id", "token", "element_key"),)

    #: the called instance
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: the calling instance
    instance_id: Mapped[str] = mapped_column(Id)
    token: Mapped[str] = mapped_column(String(20))
    element: Mapped[str] = mapped_column(Key)
    name: Mapped[str] = mapped_column(String(300))
    #: key of the child among its sisters
    element_key: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    original_due_at: Mapped[datetime | None] = mapped_column(Moment)
    #: variables of the item, to work out the due moment again
    local: Mapped[dict[str, Any]] = mapped_column(Json)
    #: the ladder as drawn, kept to plan again when the due moment moves
    ladder: Mapped[dict[str, Any] | None] = mapped_column(Json)
    #: open | completed | cancelled
    state: Mapped[str] = mapped_column(String(20))


class EscalationStep(Base):
    """One planned step of a ladder: of a user task, or of one child of a call activity."""

    __tablename__ = "escalation_step"
    __table_args__ = (
        Index("ix_escalation_step_due", "state", "due_at"),
        Index("ix_escalation_step_task", "task_id"),
        Index("ix_escalation_step_child", "child_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: the instance that has the task or calls the child
    instance_id: Mapped[str] = mapped_column(Id)
    #: the user task; null for a call
    task_id: Mapped[str | None] = mapped_column(Id)
    #: the called instance (`call_deadline`); null for a user task
    child_id: Mapped[str | None] = mapped_column(Id)
    offset: Mapped[int] = mapped_column(Integer)
    unit: Mapped[str] = mapped_column(String(20))
    to: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(40))
    due_at: Mapped[datetime] = mapped_column(Moment)
    #: pending | fired | cancelled
    state: Mapped[str] = mapped_column(String(20))
    fired_at: Mapped[datetime | None] = mapped_column(Moment)
    calendar_version: Mapped[str] = mapped_column(String(64), default="")


class Timer(Base):
    """A moment at which a token is woken."""

    __tablename__ = "timer"
    __table_args__ = (
        Index("ix_timer_due", "state", "due_at"),
        Index("ix_timer_instance", "instance_id", "token"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    instance_id: Mapped[str] = mapped_column(Id)
    token: Mapped[str] = mapped_column(String(20))
    element: Mapped[str] = mapped_column(Key)
    due_at: Mapped[datetime] = mapped_column(Moment)
    #: pending | fired | cancelled | failed
    state: Mapped[str] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(Integer, default=0)


class Job(Base):
    """Work for a handler in this house or for an external worker."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_due", "state", "topic", "due_at"),
        Index("ix_job_instance", "instance_id", "token"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    instance_id: Mapped[str] = mapped_column(Id)
    token: Mapped[str] = mapped_column(String(20))
    element: Mapped[str] = mapped_column(Key)
    topic: Mapped[str] = mapped_column(Key)
    variables: Mapped[dict[str, Any]] = mapped_column(Json)
    priority: Mapped[int] = mapped_column(Integer, default=0)
    #: created | completed | failed | cancelled
    state: Mapped[str] = mapped_column(String(20))
    retries_left: Mapped[int] = mapped_column(Integer)
    #: ISO duration between tries
    retry_interval: Mapped[str] = mapped_column(String(40))
    due_at: Mapped[datetime] = mapped_column(Moment)
    lock_owner: Mapped[str | None] = mapped_column(String(120))
    locked_until: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    #: whose command created the job; its handler acts in this name
    actor_id: Mapped[str] = mapped_column(String(64))
    actor_name: Mapped[str] = mapped_column(String(200))
    on_behalf_of: Mapped[str | None] = mapped_column(String(64))


class EventSubscription(Base):
    """A token that waits for a message or signal."""

    __tablename__ = "event_subscription"
    __table_args__ = (
        Index("ix_event_subscription_match", "kind", "name", "correlation_key"),
        Index("ix_event_subscription_instance", "instance_id", "token"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    instance_id: Mapped[str] = mapped_column(Id)
    token: Mapped[str] = mapped_column(String(20))
    element: Mapped[str] = mapped_column(Key)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    correlation_key: Mapped[str] = mapped_column(String(200))


class BufferedMessage(Base):
    """A message nobody waited for yet; delivered to the first who does, until it expires."""

    __tablename__ = "buffered_message"
    __table_args__ = (Index("ix_buffered_message_match", "name", "correlation_key"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    correlation_key: Mapped[str] = mapped_column(String(200))
    variables: Mapped[dict[str, Any]] = mapped_column(Json)
    received_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class InboxItem(Base):
    """Something for one instance, written by another transaction; the instance's own turn consumes it."""

    __tablename__ = "inbox_item"
    __table_args__ = (Index("ix_inbox_item_instance", "instance_id", "seq"),)

    seq: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    instance_id: Mapped[str] = mapped_column(Id)
    #: start | child_ended | event | cancel
    kind: Mapped[str] = mapped_column(String(20))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    #: earliest next try (UTC)
    not_before: Mapped[datetime] = mapped_column(Moment, index=True)
    #: an incident holds it until somebody retries
    is_held: Mapped[bool] = mapped_column(Boolean, default=False)


class Incident(Base):
    """Something that did not go as drawn and needs a person."""

    __tablename__ = "incident"
    __table_args__ = (Index("ix_incident_open", "resolved_at", "created_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    instance_id: Mapped[str] = mapped_column(Id, index=True)
    #: job | timer | inbox | command | deadlock
    kind: Mapped[str] = mapped_column(String(20))
    #: id of the job, timer, inbox item or user task
    reference: Mapped[str] = mapped_column(String(64))
    element: Mapped[str] = mapped_column(Key)
    #: template and parameters of the message, for both languages
    message: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text, default="")
    count: Mapped[int] = mapped_column(Integer, default=1)
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment)
    resolved_at: Mapped[datetime | None] = mapped_column(Moment)
    resolved_by: Mapped[str | None] = mapped_column(String(64))


class HistoryEvent(Base):
    """One line of what happened in an instance; append only, chained by hash."""

    __tablename__ = "history_event"

    instance_id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    type: Mapped[str] = mapped_column(String(60))
    element: Mapped[str] = mapped_column(Key)
    element_type: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(300))
    token: Mapped[str] = mapped_column(String(20))
    scope: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[str] = mapped_column(String(64))
    actor_name: Mapped[str] = mapped_column(String(200))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    hash: Mapped[str] = mapped_column(String(64))


class BulkOperation(Base):
    """One act on many instances, worked off instance by instance; survives any stop of the house."""

    __tablename__ = "bulk_operation"
    __table_args__ = (
        Index("ix_bulk_operation_state", "state", "id"),
        Index("ix_bulk_operation_key", "key", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: migration
    kind: Mapped[str] = mapped_column(String(20))
    #: key of the process
    key: Mapped[str] = mapped_column(Key)
    #: what is done: versions and mapping of a migration
    plan: Mapped[dict[str, Any]] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(Text)
    #: running | stopped | finished
    state: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str] = mapped_column(String(64))
    #: name of who began it, as history shows it for every instance
    actor_name: Mapped[str] = mapped_column(String(200))
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class BulkItem(Base):
    """One instance of a bulk operation, and what came of it."""

    __tablename__ = "bulk_item"
    __table_args__ = (Index("ix_bulk_item_state", "operation_id", "state", "instance_id"),)

    operation_id: Mapped[str] = mapped_column(ForeignKey("bulk_operation.id"), primary_key=True)
    instance_id: Mapped[str] = mapped_column(Id, primary_key=True)
    #: waiting | done | refused | failed
    state: Mapped[str] = mapped_column(String(20))
    #: tries begun; counted before each, so that an instance that kills the process is found out
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    #: problems and warnings found when its turn came
    verdict: Mapped[dict[str, Any] | None] = mapped_column(Json)
    #: why it failed
    message: Mapped[str] = mapped_column(Text, default="")
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
