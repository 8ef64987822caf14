"""New instances: the row, and the inbox item that makes it take its first steps in its own turn."""

from dataclasses import asdict
from typing import Any

from engine import definitions, inbox, unique_keys
from engine.models import ProcessDefinition
from engine.spiff.elements import Occasion
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
    version: int | None = None,
    schedule: tuple[str, str] | None = None,
    definition: ProcessDefinition | None = None,
    occasion: Occasion | None = None,
) -> str:
    """Write a new instance that takes its first steps in its own turn after the commit. Gives its id."""
    instance_id = write(
        work,
        definition or definitions.startable(work.session, key, work.now, version),
        business_key=business_key,
        schedule=schedule,
        call={"variables": variables},
    )
    facts = {} if occasion is None else asdict(occasion)
    inbox.put(work, instance_id, "start", {"occasion": facts})
    return instance_id


def write(
    work: UnitOfWork,
    definition: ProcessDefinition,
    *,
    business_key: str | None = None,
    schedule: tuple[str, str] | None = None,
    call: dict[str, Any] | None = None,
    origin: tuple[str, str] | None = None,
) -> str:
    """Write the row of a new instance of a version. Gives its id.

    `origin` names the instance and the step it is forked from. Raises Conflict when the definition asks for
    unique business keys and a live instance has this one.
    """
    instance_id = new_id()
    row = {
        "id": instance_id,
        "definition_id": definition.id,
        "key": definition.key,
        "definition_version": definition.version,
        "business_key": business_key,
        "unique_key": business_key if definition.is_key_unique else None,
        "state": InstanceState.CREATED.value,
        "revision": 0,
        "history_seq": 0,
        "history_head": "",
        "root_instance_id": instance_id,
        "call": call,
        "origin_instance_id": origin[0] if origin else None,
        "origin_element": origin[1] if origin else None,
        "schedule_id": schedule[0] if schedule else None,
        "scheduled_for": schedule[1] if schedule else None,
        "started_at": work.now,
        "started_by": work.actor.id,
    }
    unique_keys.insert(work, [row])
    facts = {"process": definition.key, "business_key": business_key}
    outbox.record(work, "instance.started", subject=instance_id, instance_id=instance_id, data=facts)
    return instance_id
