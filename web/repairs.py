"""Repairing an instance: choose what to do, see before and after, confirm with a reason.

What would happen is found by doing it in a transaction that is rolled back; nothing is guessed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from engine import definitions, forks, instances, modifications, repairs
from engine.models import ProcessInstance
from engine.modifications import CancelToken, Instruction, MoveToken, StartAfter, StartBefore
from engine.spiff.errors import ExecutionError
from foundation.database import UnitOfWork
from foundation.errors import Invalid, NotFound, TiendoError
from foundation.texts import Text, _
from web.gate import principal, rule, runtime
from web.instances import page
from web.posted import Posted, problems, then

blueprint = Blueprint("repairs", __name__, url_prefix="/instances")

Change = Callable[[UnitOfWork, str], str]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the form asks for."""

    act: str
    token: str
    element: str
    scope: str | None
    #: before or after the element
    side: str
    variables: dict[str, Any]
    reason: str
    revision: int | None


@blueprint.post("/<instance_id>/repair")
@rule("instances.repair")
def act(instance_id: str) -> Any:
    """Show what an act would change; once confirmed, do it."""
    is_confirmed = "confirmed" in request.form
    try:
        asked = _asked(needs_reason=is_confirmed)
        change = ACTS[asked.act](asked)
        if not is_confirmed:
            return _preview(instance_id, asked, change)
        with runtime().database.unit_of_work(principal().actor) as work:
            shown = change(work, instance_id)
            work.commit()
    except NotFound:
        raise
    except (TiendoError, ExecutionError) as error:
        return page(instance_id, errors=problems(error), act=request.form.get("act", "")), 422
    return then("pages.instances.show", DONE[asked.act], instance_id=shown)


def _asked(*, needs_reason: bool) -> Asked:
    posted = Posted()
    kind = posted.choice("act", set(ACTS), _("Hãy chọn việc cần làm."))
    token = posted.text(
        "token", _("Hãy chọn vị trí đang chạy.") if kind in {"move", "remove", "skip"} else None
    )
    element = posted.text("element", _("Hãy chọn bước.") if kind in {"move", "add", "fork"} else None)
    reason = posted.text(
        "reason", _("Hãy ghi lý do; lý do được lưu vào lịch sử.") if needs_reason else None, most=2000
    )
    raw = posted.text("variables")
    posted.check()
    revision = request.form.get("revision", "")
    return Asked(
        act=kind,
        token=token,
        element=element,
        scope=posted.text("scope") or None,
        side=posted.text("side") or "before",
        variables=_variables(raw),
        reason=reason or PREVIEW,
        revision=int(revision) if revision.isdecimal() else None,
    )


def _variables(raw: str) -> dict[str, Any]:
    if not raw:
        return {}
    text = _("Biến phải viết dạng JSON, ví dụ {example}.", example='{"so": 7}')
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Invalid(text, fields={"variables": text}) from None
    if not isinstance(found, dict):
        raise Invalid(text, fields={"variables": text})
    return found


def _preview(instance_id: str, asked: Asked, change: Change) -> str:
    with runtime().database.unit_of_work(principal().actor) as work:
        found = _fresh(work.session, instance_id)
        before, variables = _where(work.session, found), instances.variables(found)
        changed = _fresh(work.session, change(work, instance_id))
        after, ended = _where(work.session, changed), changed.ended_at is not None
        fresh = dict(instances.variables(changed))
        definition = definitions.get(work.session, found.definition_id)
        values = {name: value for name, value in request.form.items() if name != "csrf_token"}
    return render_template(
        "instances/confirm.html",
        here="definitions",
        instance_id=instance_id,
        name=definition.name,
        asked=asked,
        title=TITLES[asked.act],
        before=before,
        after=after,
        ended=ended,
        changes=_changes(variables, fresh) if asked.act != "fork" else _changes({}, fresh),
        values=values,
    )


def _fresh(session: Session, instance_id: str) -> ProcessInstance:
    session.flush()
    instances.get(session, instance_id)
    return session.get_one(ProcessInstance, instance_id, populate_existing=True)


def _where(session: Session, found: ProcessInstance) -> list[tuple[str, int]]:
    counted: dict[str, int] = {}
    for one in modifications.positions(session, found):
        if not one.is_container:
            name = one.name or one.element
            counted[name] = counted.get(name, 0) + 1
    return list(counted.items())


def _changes(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    def shown(variables: dict[str, Any], name: str) -> str:
        return orjson.dumps(variables[name]).decode()[:200] if name in variables else ""

    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return [(name, shown(before, name), shown(after, name)) for name in names]


def _modify(*instructions: Instruction, asked: Asked) -> Change:
    def change(work: UnitOfWork, instance_id: str) -> str:
        modifications.modify(work, instance_id, instructions, reason=asked.reason, revision=asked.revision)
        return instance_id

    return change


def _move(asked: Asked) -> Change:
    where: dict[str, Any] = {"variables": asked.variables, "scope": asked.scope}
    return _modify(MoveToken(token=asked.token, element=asked.element, **where), asked=asked)


def _add(asked: Asked) -> Change:
    kind = StartAfter if asked.side == "after" else StartBefore
    return _modify(kind(element=asked.element, variables=asked.variables, scope=asked.scope), asked=asked)


def _remove(asked: Asked) -> Change:
    return _modify(CancelToken(token=asked.token), asked=asked)


def _skip(asked: Asked) -> Change:
    def change(work: UnitOfWork, instance_id: str) -> str:
        repairs.skip(
            work, instance_id, asked.token, asked.variables, reason=asked.reason, revision=asked.revision
        )
        return instance_id

    return change


def _fork(asked: Asked) -> Change:
    def change(work: UnitOfWork, instance_id: str) -> str:
        made = forks.fork(work, instance_id, asked.element, reason=asked.reason, variables=asked.variables)
        return made.instance_id

    return change


#: stands for the reason while only the outcome is looked at; never committed
PREVIEW = "–"
ACTS: dict[str, Callable[[Asked], Change]] = {
    "move": _move,
    "add": _add,
    "remove": _remove,
    "skip": _skip,
    "fork": _fork,
}
TITLES: dict[str, Text] = {
    "move": _("Chuyển vị trí đang chạy"),
    "add": _("Thêm một vị trí"),
    "remove": _("Bỏ một vị trí"),
    "skip": _("Bỏ qua bước đang chờ"),
    "fork": _("Tách phiên mới từ một bước"),
}
DONE: dict[str, Text] = {
    "move": _("Đã chuyển vị trí đang chạy."),
    "add": _("Đã thêm một vị trí."),
    "remove": _("Đã bỏ vị trí."),
    "skip": _("Đã bỏ qua bước."),
    "fork": _("Đã tách phiên mới; đây là phiên vừa tạo."),
}
