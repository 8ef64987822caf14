"""New instances: the row, and the inbox item that makes it take its first steps in its own turn."""

from typing import Any

from sqlalchemy import insert

from engine import definitions, inbox
from engine.models import ProcessInstance
from engine.states import InstanceState
from foundation import outbox
from foundation.database import UnitOfWork
from foundation.ids import new_id


def create(
    work: UnitOfWork,
    key: str,
    variables: dict[str, Any],
    *,
    business_key: str | None = None,
    start_node: str | None = None,
    version: int | None = None,
    schedule: tuple[str, str] | None = None,
) -> str:
    """Write a new instance that takes its first steps in its own turn after the commit. Gives its id."""
    instance_id = write(
        work,
        key,
        business_key=business_key,
        version=version,
        schedule=schedule,
        call={"variables": variables},
    )
    inbox.put(work, instance_id, "start", {"element": start_node})
    return instance_id


def write(
    work: UnitOfWork,
    key: str,
    *,
    business_key: str | None = None,
    version: int | None = None,
    schedule: tuple[str, str] | None = None,
    call: dict[str, Any] | None = None,
) -> str:
    """Write the row of a new instance of the newest (or a given) version. Gives its id."""
    definition = definitions.published(work.session, key, version)
    instance_id = new_id()
    row = {
        "id": instance_id,
        "definition_id": definition.id,
        "key": definition.key,
        "definition_version": definition.version,
        "business_key": business_key,
        "state": InstanceState.CREATED.value,
        "revision": 0,
        "history_seq": 0,
        "history_head": "",
        "root_instance_id": instance_id,
        "call": call,
        "schedule_id": schedule[0] if schedule else None,
        "scheduled_for": schedule[1] if schedule else None,
        "started_at": work.now,
        "started_by": work.actor.id,
    }
    work.session.execute(insert(ProcessInstance.__table__), row)  # type: ignore[arg-type]
    facts = {"process": key, "business_key": business_key}
    outbox.record(work, "instance.started", subject=instance_id, instance_id=instance_id, data=facts)
    return instance_id
