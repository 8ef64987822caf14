"""Incidents: what did not go as drawn, kept for a person, with a way to try again.

A failed command leaves the previous state untouched; the incident is written in a transaction of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import or_, select, update

from engine import history, job_bell
from engine.models import InboxItem, Incident, Job, ProcessInstance, Timer
from engine.spiff.effects import Happened
from engine.states import WorkState
from engine.tries import TRIES
from foundation import outbox
from foundation.database import UnitOfWork
from foundation.errors import Busy, Conflict, Forbidden, Invalid, NotFound, TiendoError, Unauthenticated
from foundation.ids import new_id
from foundation.texts import Text, _

#: more tries than so many nobody may ask for
MOST_TRIES = 100
#: refusals that leave nothing to repair
ORDINARY = (Busy, Conflict, Forbidden, NotFound, Unauthenticated)


@contextmanager
def noted(
    work: UnitOfWork, instance_id: str, *, kind: str, reference: str, element: str = ""
) -> Iterator[None]:
    """Run a step; if it fails, have an incident written after the rollback, and let the error go on."""
    try:
        yield
    except ORDINARY:
        raise
    except Exception as error:
        place, message, detail = str(getattr(error, "element", element)), text_of(error), repr(error)

        def record(later: UnitOfWork) -> None:
            raise_incident(
                later,
                instance_id,
                kind=kind,
                reference=reference,
                element=place,
                message=message,
                detail=detail,
            )

        work.after_rollback(record)
        raise


def text_of(error: BaseException) -> Text:
    """Give what an error says to people; an unexpected one says where to look."""
    if isinstance(error, TiendoError):
        return error.text
    return _("Lỗi ngoài dự kiến: {error}", error=f"{type(error).__name__}: {error}")


def raise_incident(
    work: UnitOfWork,
    instance_id: str,
    *,
    kind: str,
    reference: str,
    element: str,
    message: Text,
    detail: str = "",
) -> str:
    """Write an incident, or count one more time on the open one for the same thing. Gives its id."""
    open_one = work.session.scalars(
        select(Incident).where(
            Incident.instance_id == instance_id,
            Incident.kind == kind,
            Incident.reference == reference,
            Incident.resolved_at.is_(None),
        )
    ).first()
    if open_one is not None:
        open_one.count += 1
        open_one.last_at, open_one.message, open_one.detail = work.now, str(message), detail[:4000]
        work.session.flush()
        return open_one.id
    incident = Incident(
        id=new_id(),
        instance_id=instance_id,
        kind=kind,
        reference=reference,
        element=element,
        message=str(message),
        detail=detail[:4000],
        count=1,
        created_at=work.now,
        last_at=work.now,
    )
    work.session.add(incident)
    work.session.flush()
    outbox.record(
        work,
        "incident.created",
        subject=incident.id,
        instance_id=instance_id,
        data={"incident": incident.id, "element": element, "message": str(message)},
    )
    return incident.id


def resolve(work: UnitOfWork, instance_id: str, *, kind: str, reference: str) -> None:
    """Close the incident of something that went well after all."""
    work.session.execute(
        update(Incident)
        .where(
            Incident.instance_id == instance_id,
            Incident.kind == kind,
            Incident.reference == reference,
            Incident.resolved_at.is_(None),
        )
        .values(resolved_at=work.now, resolved_by=work.actor.id)
        .execution_options(synchronize_session=False)
    )


def retry(work: UnitOfWork, incident_id: str, *, tries: int | None = None, reason: str = "") -> str:
    """Try again what failed: the job, timer or inbox item becomes due now. Gives the instance id.

    `tries` (1–100) is how often it may fail before it is an incident again; without it one try for a job,
    the usual number for timers and inbox items.
    """
    incident = work.session.get(Incident, incident_id)
    if incident is None:
        raise NotFound(_("Không tìm thấy sự cố {id}.", id=incident_id))
    if tries is not None and not 1 <= tries <= MOST_TRIES:
        text = _("Số lần thử phải từ 1 đến {most}, nhận được {found}.", most=MOST_TRIES, found=tries)
        raise Invalid(text, fields={"tries": text})
    _lock(work, incident)
    if incident.resolved_at is not None:
        raise Conflict(_("Sự cố này đã được xử lý."))
    if incident.kind not in RETRIES:
        raise Conflict(_("Sự cố này không có việc chạy ngầm để thử lại; hãy thực hiện lại thao tác."))
    RETRIES[incident.kind](work, incident.reference, tries)
    incident.resolved_at, incident.resolved_by = work.now, work.actor.id
    facts = {"kind": incident.kind, "message": incident.message, "count": incident.count, "tries": tries}
    line = Happened(type="incident.retried", element=incident.element, data={**facts, "reason": reason})
    history.append_alone(work, incident.instance_id, line)
    work.touched.add(incident.instance_id)
    return incident.instance_id


def close(work: UnitOfWork, incident_id: str, *, reason: str) -> str:
    """Take note that an incident needs nothing more where nothing waits for it. Gives the instance id.

    Raises Conflict while something still waits for it: then it has to be tried again, skipped or cancelled.
    """
    incident = work.session.get(Incident, incident_id)
    if incident is None:
        raise NotFound(_("Không tìm thấy sự cố {id}.", id=incident_id))
    if not reason.strip():
        raise Invalid(fields={"reason": _("Cần nêu lý do.")})
    _lock(work, incident)
    if incident.resolved_at is not None:
        raise Conflict(_("Sự cố này đã được xử lý."))
    if incident.kind in RETRIES and _still_waits(work, incident):
        raise Conflict(_("Việc gây ra sự cố này vẫn đang chờ; hãy thử lại hoặc bỏ qua bước đó."))
    incident.resolved_at, incident.resolved_by = work.now, work.actor.id
    facts = {"kind": incident.kind, "message": incident.message, "count": incident.count, "reason": reason}
    line = Happened(type="incident.closed", element=incident.element, data=facts)
    history.append_alone(work, incident.instance_id, line)
    return incident.instance_id


def close_all(work: UnitOfWork, instance_id: str) -> None:
    """Close the incidents of an instance that ends: nothing of it waits any more."""
    _set(
        work,
        update(Incident)
        .where(Incident.instance_id == instance_id, Incident.resolved_at.is_(None))
        .values(resolved_at=work.now, resolved_by=work.actor.id),
    )


def _still_waits(work: UnitOfWork, incident: Incident) -> bool:
    if incident.kind == "inbox":
        return work.session.get(InboxItem, int(incident.reference)) is not None
    table: Any = Job if incident.kind == "job" else Timer
    row = work.session.get(table, incident.reference)
    return row is not None and row.state in {WorkState.CREATED, WorkState.PENDING, WorkState.FAILED}


def _lock(work: UnitOfWork, incident: Incident) -> None:
    """Lock the instance of an incident, then read the incident as it is under the lock."""
    work.session.execute(
        select(ProcessInstance.id).where(ProcessInstance.id == incident.instance_id).with_for_update()
    ).one()
    work.session.refresh(incident)


def _retry_job(work: UnitOfWork, reference: str, tries: int | None) -> None:
    work.touched.add(job_bell.DUTY)
    _set(
        work,
        update(Job)
        .where(Job.id == reference, Job.state == WorkState.FAILED.value)
        .values(
            state=WorkState.CREATED.value,
            retries_left=tries or 1,
            attempts=0,
            due_at=work.now,
            locked_until=None,
            lock_owner=None,
        ),
    )


def _retry_timer(work: UnitOfWork, reference: str, tries: int | None) -> None:
    """The timer is due now, and so are the others of its instance that failed beside it."""
    instance = select(Timer.instance_id).where(Timer.id == reference).scalar_subquery()
    is_same = (Timer.id == reference) & (Timer.state == WorkState.PENDING.value)
    _set(
        work,
        update(Timer)
        .where(Timer.instance_id == instance, or_(Timer.state == WorkState.FAILED.value, is_same))
        .values(
            state=WorkState.PENDING.value,
            due_at=work.now,
            attempts=0 if tries is None else TRIES - tries,
        ),
    )


def _retry_inbox(work: UnitOfWork, reference: str, tries: int | None) -> None:
    used = 0 if tries is None else TRIES - tries
    _set(
        work,
        update(InboxItem)
        .where(InboxItem.seq == int(reference))
        .values(is_held=False, attempts=used, not_before=work.now),
    )


def _set(work: UnitOfWork, statement: Any) -> None:
    work.session.execute(statement.execution_options(synchronize_session=False))


RETRIES = {"job": _retry_job, "timer": _retry_timer, "inbox": _retry_inbox}
