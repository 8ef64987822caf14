"""Messages and signals between instances, and from the outside.

A message is a row until exactly one waiting token takes it, or a process that starts with it, or it
expires. A message whose correlation key a live instance holds as its unique business key starts no second
one and keeps waiting (`engine.unique_keys`). A signal reaches everybody who waits at that moment. Matching
holds no instance lock: the taker gets an inbox item and consumes it in its own turn.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Exists, delete, exists, insert, select
from sqlalchemy.orm import Session

from engine import inbox, starts, taking_effect, unique_keys
from engine.models import (
    BufferedMessage,
    EventSubscription,
    InboxItem,
    ProcessDefinition,
    ProcessInstance,
    StartSubscription,
)
from engine.spiff.elements import Occasion
from engine.states import InstanceState
from foundation.database import Database, UnitOfWork
from foundation.errors import Conflict, Invalid
from foundation.ids import new_id
from foundation.texts import _

#: name under which `UnitOfWork.touched` asks for matching after the commit
DUTY = "#messages"
#: how long a message waits for somebody
TIME_TO_LIVE = timedelta(days=7)
#: a token waits for the message
_IS_AWAITED = exists().where(
    EventSubscription.kind == "message",
    EventSubscription.name == BufferedMessage.name,
    EventSubscription.correlation_key == BufferedMessage.correlation_key,
)


def send(
    work: UnitOfWork,
    name: str,
    correlation_key: str,
    variables: dict[str, Any],
    *,
    time_to_live: timedelta = TIME_TO_LIVE,
) -> str:
    """Write a message down; it is matched after the commit. Gives its id."""
    if not name:
        raise Invalid(fields={"name": _("Cần tên thông điệp.")})
    message_id = new_id()
    work.session.execute(
        insert(BufferedMessage.__table__),  # type: ignore[arg-type]
        {
            "id": message_id,
            "name": name,
            "correlation_key": correlation_key,
            "variables": variables,
            "received_at": work.now,
            "expires_at": work.now + time_to_live,
        },
    )
    work.touched.add(DUTY)
    return message_id


def broadcast(work: UnitOfWork, name: str, variables: dict[str, Any], *, thrown_by: str | None = None) -> int:
    """Tell every waiting token and every process that starts with this signal; gives how many.

    The instance that threw it has woken its own tokens already.
    """
    waiting = work.session.execute(
        select(
            EventSubscription.instance_id,
            EventSubscription.token,
            EventSubscription.element,
            ProcessInstance.key,
        )
        .join(ProcessInstance, ProcessInstance.id == EventSubscription.instance_id)
        .where(
            EventSubscription.kind == "signal",
            EventSubscription.name == name,
            EventSubscription.instance_id != (thrown_by or ""),
        )
    ).all()
    facts = {"signal": name, "broadcast": new_id()}
    items = [
        inbox.row(
            work,
            row.instance_id,
            "event",
            {"token": row.token, "variables": variables, "how": "signal.received", "signal": facts},
        )
        for row in waiting
    ]
    if items:
        work.session.execute(insert(InboxItem.__table__), items)  # type: ignore[arg-type]
        work.touched.update(row.instance_id for row in waiting)
    taking_effect.switch_due(work)
    # an instance whose start still waits for this signal takes it; no second one is begun
    begun = {(row.key, row.element) for row in waiting}
    listeners = [
        start for start in _starts(work.session, "signal", name) if (start.key, start.element) not in begun
    ]
    for start in listeners:
        starts.create(
            work,
            start.key,
            variables,
            definition=_definition(work.session, start),
            occasion=Occasion(element=start.element, kind="signal", name=name),
        )
    return len(items) + len(listeners)


def match(database: Database, *, limit: int = 200) -> int:
    """Give waiting messages to waiting tokens or start processes with them; gives how many found a taker."""
    with database.reading() as session:
        found = session.scalars(
            select(BufferedMessage.id)
            .where(
                _IS_AWAITED
                | exists().where(
                    StartSubscription.kind == "message",
                    StartSubscription.name == BufferedMessage.name,
                    ~_is_taken(),
                )
            )
            .order_by(BufferedMessage.received_at, BufferedMessage.id)
            .limit(limit)
        ).all()
    taken = 0
    for message_id in found:
        with database.unit_of_work() as work:
            taken += _give(work, message_id)
            work.commit()
    return taken


def _is_taken() -> Exists:
    """A live instance holds the message's key as its unique business key."""
    return (
        exists()
        .where(
            ProcessInstance.key == StartSubscription.key,
            ProcessInstance.unique_key == BufferedMessage.correlation_key,
            ProcessInstance.state.in_(unique_keys.HOLDING),
        )
        .correlate(StartSubscription, BufferedMessage)
    )


def forget_expired(database: Database) -> int:
    """Drop messages whose time to live is over; gives how many."""
    with database.unit_of_work() as work:
        result = work.session.execute(delete(BufferedMessage).where(BufferedMessage.expires_at <= work.now))
        work.commit()
        return int(result.rowcount)  # type: ignore[attr-defined]  # CursorResult of a DELETE has it


def _give(work: UnitOfWork, message_id: str) -> int:
    if _is_kept_back(work.session, message_id):
        return 0
    message = work.session.execute(
        delete(BufferedMessage)
        .where(BufferedMessage.id == message_id)
        .returning(BufferedMessage.name, BufferedMessage.correlation_key, BufferedMessage.variables)
    ).one_or_none()
    if message is None:
        return 0
    taker = _claim_subscription(work, message.name, message.correlation_key)
    if taker is not None:
        payload = {
            "token": taker.token,
            "variables": message.variables,
            "how": "message.received",
            "message": {"name": message.name, "key": message.correlation_key},
        }
        inbox.put(work, taker.instance_id, "event", payload)
        return 1
    taking_effect.switch_due(work)
    for start in _starts(work.session, "message", message.name):
        if _begin(work, start, message.correlation_key or None, message.variables):
            return 1
    send(work, message.name, message.correlation_key, message.variables)
    return 0


def _begin(work: UnitOfWork, start: StartSubscription, business_key: str | None, variables: Any) -> bool:
    """Start a process by a message, unless a live instance has the key and it has to be unique."""
    definition = _definition(work.session, start)
    try:
        starts.create(
            work,
            start.key,
            variables,
            business_key=business_key,
            definition=definition,
            occasion=Occasion(element=start.element, kind="message", name=start.name, key=business_key or ""),
        )
    except Conflict:
        return False
    return True


def _definition(session: Session, start: StartSubscription) -> ProcessDefinition:
    return session.get_one(ProcessDefinition, start.definition_id)


def _is_kept_back(session: Session, message_id: str) -> bool:
    """Tell whether an instance with the message's key is about to begin: it may wait for just this."""
    about_to_begin = exists().where(
        StartSubscription.kind == "message",
        StartSubscription.name == BufferedMessage.name,
        ProcessInstance.key == StartSubscription.key,
        ProcessInstance.business_key == BufferedMessage.correlation_key,
        ProcessInstance.state == InstanceState.CREATED.value,
        InboxItem.instance_id == ProcessInstance.id,
        InboxItem.kind == "start",
        InboxItem.is_held.is_(False),
    )
    query = select(BufferedMessage.id).where(BufferedMessage.id == message_id, about_to_begin, ~_IS_AWAITED)
    return session.scalar(query) is not None


def _claim_subscription(work: UnitOfWork, name: str, key: str) -> Any:
    """Take the oldest matching subscription away: whoever deletes it has it."""
    candidates = work.session.scalars(
        select(EventSubscription.id)
        .where(
            EventSubscription.kind == "message",
            EventSubscription.name == name,
            EventSubscription.correlation_key == key,
        )
        .order_by(EventSubscription.id)
        .limit(5)
    ).all()
    for candidate in candidates:
        row = work.session.execute(
            delete(EventSubscription)
            .where(EventSubscription.id == candidate)
            .returning(EventSubscription.instance_id, EventSubscription.token)
        ).one_or_none()
        if row is not None:
            return row
    return None


def _starts(session: Session, kind: str, name: str) -> list[StartSubscription]:
    return list(
        session.scalars(
            select(StartSubscription)
            .where(StartSubscription.kind == kind, StartSubscription.name == name)
            .order_by(StartSubscription.key)
        )
    )
