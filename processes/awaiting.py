"""What running processes wait for: a page may send a message only where somebody hears it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import EventSubscription, ProcessInstance, UserTask
from engine.states import LIVE, WorkState
from foundation.errors import Conflict
from foundation.texts import Text


def require_heard(session: Session, message: str, key: str, otherwise: Text) -> None:
    """Raise Conflict with `otherwise` unless a process waits for the message under the key now."""
    heard = session.scalar(
        select(EventSubscription.id)
        .where(
            EventSubscription.kind == "message",
            EventSubscription.name == message,
            EventSubscription.correlation_key == key,
        )
        .limit(1)
    )
    if heard is None:
        raise Conflict(otherwise, awaited=message, key=key)


def instance_of(session: Session, process: str, business_key: str) -> Any | None:
    """Give id and state of the running instance of a process under a business key, if any."""
    return session.execute(
        select(ProcessInstance.id, ProcessInstance.state).where(
            ProcessInstance.business_key == business_key,
            ProcessInstance.key == process,
            ProcessInstance.state.in_([state.value for state in LIVE]),
        )
    ).first()


def open_task(session: Session, instance_id: str, form_key: str) -> str | None:
    """Give the open step of an instance that uses a form, if any."""
    return session.scalars(
        select(UserTask.id)
        .where(
            UserTask.instance_id == instance_id,
            UserTask.form_key == form_key,
            UserTask.state == WorkState.OPEN.value,
        )
        .order_by(UserTask.id.desc())
    ).first()
