"""Process instances: start, look, suspend, resume, cancel."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine import definitions, history, incidents, runner, starts
from engine.models import CallDeadline, EventSubscription, Job, ProcessInstance, Timer, UserTask
from engine.spiff import state
from engine.spiff.effects import Happened
from engine.states import LIVE, InstanceState, WorkState
from foundation.database import UnitOfWork
from foundation.errors import Conflict, Invalid, NotFound
from foundation.texts import _

#: names the engine keeps for itself or that would confuse readers of the state
RESERVED = ("typename",)


@dataclass(frozen=True, kw_only=True)
class WaitingElement:
    """Where an instance waits, and for what."""

    element: str
    token: str
    #: user_task | job | timer | message | signal | child | choice (an ad-hoc sub-process)
    kind: str
    name: str
    due_at: datetime | None = None


def start(
    work: UnitOfWork,
    key: str,
    variables: dict[str, Any],
    *,
    business_key: str | None = None,
    version: int | None = None,
) -> str:
    """Start an instance and take its first steps now, in this transaction. Gives its id.

    Raises Conflict when the process may not be started now, or a live instance has the business key and the
    definition asks for unique ones.
    """
    check_variables(variables)
    definition = definitions.startable(work.session, key, work.now, version)
    if definition.is_key_unique and not business_key:
        raise Invalid(
            _("Quy trình “{key}” yêu cầu mỗi phiên có mã hồ sơ riêng; hãy nêu mã hồ sơ.", key=key),
            fields={"business_key": _("Hãy nêu mã hồ sơ.")},
        )
    instance_id = starts.write(work, definition, business_key=business_key)
    with incidents.noted(work, instance_id, kind="command", reference="start"):
        runner.begin(work, runner.lock(work, instance_id), variables)
    return instance_id


def get(session: Session, instance_id: str) -> ProcessInstance:
    """Give an instance's row; NotFound when there is none."""
    found = session.get(ProcessInstance, instance_id)
    if found is None:
        raise NotFound(_("Không tìm thấy phiên chạy {id}.", id=instance_id))
    return found


def variables(instance: ProcessInstance) -> dict[str, Any]:
    """Give the process variables of an instance; before its first step, those it was given."""
    if instance.blob is None:
        return dict((instance.call or {}).get("variables", {}))
    return state.variables(instance.blob)


def waiting(session: Session, instance_id: str) -> list[WaitingElement]:
    """Give the elements at which an instance waits, oldest token first."""
    found = [
        *_rows(session, "user_task", UserTask, "name", instance_id, [WorkState.OPEN]),
        *_rows(session, "job", Job, "topic", instance_id, [WorkState.CREATED, WorkState.FAILED]),
        *_rows(session, "timer", Timer, "", instance_id, [WorkState.PENDING]),
        *_rows(session, "", EventSubscription, "name", instance_id, []),
        *_called(session, instance_id),
        *_choices(session, instance_id),
    ]
    return sorted(found, key=lambda one: (int(one.token.removeprefix("t")), one.kind))


def _rows(
    session: Session, kind: str, table: Any, name: str, instance_id: str, states: list[WorkState]
) -> list[WaitingElement]:
    statement = select(table).where(table.instance_id == instance_id)
    if states:
        statement = statement.where(table.state.in_([state.value for state in states]))
    return [
        WaitingElement(
            element=row.element,
            token=row.token,
            kind=kind or row.kind,
            name=getattr(row, name) if name else "",
            due_at=getattr(row, "due_at", None),
        )
        for row in session.scalars(statement)
    ]


def _called(session: Session, instance_id: str) -> list[WaitingElement]:
    columns = (ProcessInstance.parent_element, ProcessInstance.parent_token, ProcessInstance.key)
    rows = session.execute(
        select(*columns, func.min(CallDeadline.due_at))
        .outerjoin(CallDeadline, CallDeadline.id == ProcessInstance.id)
        .where(
            ProcessInstance.parent_instance_id == instance_id,
            ProcessInstance.state.in_([one.value for one in LIVE]),
        )
        .group_by(*columns)
    )
    return [
        WaitingElement(
            element=element or "", token=token or "t0", kind="child", name=called, due_at=first_due
        )
        for element, token, called, first_due in rows
    ]


def _choices(session: Session, instance_id: str) -> list[WaitingElement]:
    """Give the ad-hoc sub-processes that are open: they have no row, a person chooses what is next."""
    blob = session.scalar(
        select(ProcessInstance.blob).where(
            ProcessInstance.id == instance_id, ProcessInstance.state.in_([one.value for one in LIVE])
        )
    )
    return [
        WaitingElement(element=element, token=token, kind="choice", name="")
        for token, element, _local, internal in state.tokens(blob)
        if "offers" in internal
    ]


def cancel(work: UnitOfWork, instance_id: str, *, reason: str) -> None:
    """End an instance, a suspended one too, with everything in it; its children in their own turns."""
    if not reason.strip():
        raise Invalid(fields={"reason": _("Cần nêu lý do hủy.")})
    row = runner.lock(work, instance_id)
    facts = {"reason": reason, "before": row.state, "after": InstanceState.CANCELLED.value}

    def command(execution: Any) -> None:
        execution.effects.append(Happened(type="instance.cancel_requested", element="", data=facts))
        execution.end(InstanceState.CANCELLED.value)

    runner.repair(work, row, command)
    incidents.close_all(work, instance_id)


def suspend(work: UnitOfWork, instance_id: str, *, reason: str) -> None:
    """Stop an instance until it is resumed: nothing completes, fires or starts meanwhile."""
    _switch(work, instance_id, InstanceState.RUNNING, InstanceState.SUSPENDED, "instance.suspended", reason)


def resume(work: UnitOfWork, instance_id: str, *, reason: str) -> None:
    """Let a suspended instance go on; what came due or was repaired meanwhile goes on now."""
    _switch(work, instance_id, InstanceState.SUSPENDED, InstanceState.RUNNING, "instance.resumed", reason)
    runner.run(work, runner.lock(work, instance_id), lambda _execution: None)
    work.touched.add(instance_id)


def check_variables(given: dict[str, Any]) -> None:
    """Refuse variables that would not survive: reserved names, values that are no JSON (64-bit numbers)."""
    for name in given:
        if not name or name in RESERVED or name.startswith(("#", "__")):
            raise Invalid(
                _("Tên biến “{name}” không được dùng.", name=name),
                fields={name: _("Hãy đặt tên khác cho biến này.")},
            )
    try:
        orjson.dumps(given)
    except TypeError as error:
        raise Invalid(
            _("Giá trị biến không lưu được: {reason}", reason=str(error)),
            fields={"variables": _("Chỉ nhận dữ liệu JSON; số nguyên trong phạm vi 64 bit.")},
        ) from error


def _switch(
    work: UnitOfWork, instance_id: str, old: InstanceState, new: InstanceState, event: str, reason: str
) -> None:
    if not reason.strip():
        raise Invalid(fields={"reason": _("Cần nêu lý do.")})
    row = runner.lock(work, instance_id)
    if row.state != old:
        raise Conflict(_("Phiên chạy đang ở trạng thái “{state}”.", state=row.state), instance=instance_id)
    work.session.execute(
        update(ProcessInstance)
        .where(ProcessInstance.id == instance_id)
        .values(state=new.value, revision=ProcessInstance.revision + 1)
    )
    facts = {"reason": reason, "before": old.value, "after": new.value}
    history.append_alone(work, instance_id, Happened(type=event, element="", data=facts))
