"""Instances: where one is, what happened in it, what is wrong, and how to repair it."""

from collections.abc import Callable
from typing import Any

import orjson
from flask import Blueprint, jsonify, render_template, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from directives import access
from engine import (
    ad_hoc,
    call_deadlines,
    definitions,
    escalations,
    graphs,
    history,
    incidents,
    instances,
    repairs,
    user_tasks,
)
from engine.models import EventSubscription, Incident, ProcessInstance, Timer, UserTask
from engine.states import InstanceState, WorkState
from foundation.database import UnitOfWork
from foundation.errors import Invalid, NotFound, TiendoError
from foundation.texts import Text, _
from processes import instance_access, scenario_export, work_views
from web import instance_list, instance_state, names, repair_panel, timelines
from web.days import Days, days
from web.gate import principal, rule, runtime
from web.posted import Posted, problems, then

blueprint = Blueprint("instances", __name__, url_prefix="/instances")

#: rows of a page of history, of children
HISTORY_PAGE, CHILDREN = 100, 20
#: a history of up to so many lines is verified whenever the instance is looked at, a longer one on its page
VERIFIED_AT_ONCE = 1000
STATES: dict[str, tuple[Text, str]] = {
    InstanceState.CREATED: (_("Chờ chạy"), "pending"),
    InstanceState.RUNNING: (_("Đang chạy"), "running"),
    InstanceState.SUSPENDED: (_("Tạm dừng"), "suspended"),
    InstanceState.COMPLETED: (_("Đã kết thúc"), "ended"),
    InstanceState.TERMINATED: (_("Đã dừng hẳn"), "ended"),
    InstanceState.FAILED: (_("Kết thúc do lỗi"), "failed"),
    InstanceState.CANCELLED: (_("Đã hủy"), "cancelled"),
}
#: type of a history line → what happened, in words
EVENTS: dict[str, tuple[Text, str]] = {
    "instance.started": (_("Bắt đầu chạy"), "play"),
    "instance.ended": (_("Kết thúc"), "check"),
    **repair_panel.REPAIRS,
    "element.entered": (_("Đến bước"), "chevron-right"),
    "element.completed": (_("Xong bước"), "check"),
    "element.cancelled": (_("Bỏ bước"), "cancel"),
    "flows.chosen": (_("Chọn hướng đi tiếp"), "chevron-right"),
    "user_task.claimed": (_("Nhận việc"), "person"),
    "user_task.released": (_("Trả việc về nhóm"), "return"),
    "user_task.assigned": (_("Chuyển người làm"), "people"),
    "user_task.completed": (_("Hoàn thành việc"), "check-circle"),
    "user_task.candidates_changed": (_("Đổi nhóm có thể nhận"), "people"),
    "user_task.due_changed": (_("Đổi hạn"), "calendar"),
    "call.due_changed": (_("Đổi hạn của quy trình được gọi"), "calendar"),
    "escalation.fired": (_("Nhắc việc, báo lên"), "alarm"),
    "escalation.thrown": (_("Báo lên trong sơ đồ"), "alarm"),
    "ad_hoc.activated": (_("Chọn làm một bước"), "play"),
    "ad_hoc.ended": (_("Kết thúc tiểu quy trình tùy biến"), "check"),
    "timer.fired": (_("Đến giờ hẹn"), "clock"),
    "message.received": (_("Nhận thông tin"), "inbox"),
    "message.thrown": (_("Gửi thông tin"), "send"),
    "child.ended": (_("Quy trình con kết thúc"), "check"),
    "signal.received": (_("Nhận tín hiệu"), "webhook"),
    "job.completed": (_("Hệ thống xử lý xong"), "settings"),
    "decision.made": (_("Tra bảng quyết định"), "board"),
    "error.thrown": (_("Phát lỗi nghiệp vụ"), "warning"),
    "error.caught": (_("Bắt lỗi nghiệp vụ"), "warning"),
    "escalation.caught": (_("Nhận cấp báo trong sơ đồ"), "alarm"),
    "compensation.thrown": (_("Gọi hoàn tác"), "undo"),
    "compensation.caught": (_("Bắt đầu hoàn tác"), "undo"),
    "element.compensated": (_("Đã hoàn tác bước"), "undo"),
    "cancel.thrown": (_("Hủy giao dịch"), "cancel"),
    "cancel.caught": (_("Đi tiếp sau khi hủy giao dịch"), "chevron-right"),
    "behaviour.thrown": (_("Bước lặp báo kết quả"), "webhook"),
    "expression.warning": (_("Lưu ý khi tính biểu thức"), "warning"),
}
#: kind of what an instance is about → endpoint of its page and the name of its argument
_ABOUT = {
    "assignment": ("pages.assignments.show", "assignment_id"),
    "directive": ("pages.directives.show", "directive_id"),
    "report_round": ("pages.reports.show_round", "round_id"),
    "unit_report": ("pages.reports.show_unit", "report_id"),
}
#: lines that say why something went as it did, shown on the page of an instance
DECIDED = frozenset({"decision.made", "expression.warning"})
DECIDED_SHOWN = 20
#: lines that tell little beside the others; shown when asked for
DETAILS = frozenset({"element.entered", "flows.chosen"})


@blueprint.get("")
@rule("instances.read")
def index() -> str:
    """List instances, the newest first, with what each is about and waits for."""
    chosen = instance_list.chosen()
    with runtime().database.reading() as session:
        found = instance_list.listed(session, chosen)
        rows, more = found[: instance_list.PAGE], len(found) > instance_list.PAGE
        ids = [row.id for row in rows]
        shown = {
            "subjects": work_views.subjects_of(session, [(row.key, row.business_key) for row in rows]),
            "waiting": instance_list.open_steps(session, ids),
            "broken": instance_list.broken(session, ids),
            "processes": {one.key: one.name for one in definitions.latest(session)},
        }
    return render_template(
        "instances/index.html",
        here="definitions",
        rows=rows,
        chosen=chosen,
        states=STATES,
        after=rows[-1].id if more else None,
        **shown,
    )


@blueprint.get("/<instance_id>")
@rule("instances.read")
def show(instance_id: str) -> str:
    """Show one instance: diagram with outline, what is wrong, tasks, variables, children."""
    return page(instance_id)


@blueprint.get("/<instance_id>/state.json")
@rule("instances.read")
def state(instance_id: str) -> Response:
    """Give the marks on the diagram, asked again while the page is open."""
    with runtime().database.reading() as session:
        found = instances.get(session, instance_id)
        seen = instance_state.picture(session, found, _days(session))
    return jsonify(elements=seen.elements, flows=seen.flows)


@blueprint.get("/<instance_id>/scenario.yaml")
@rule("history.read")
def scenario_file(instance_id: str) -> Response:
    """Download the instance as a scenario that takes the same way."""
    with runtime().database.reading() as session:
        content = scenario_export.as_yaml(session, instance_id)
    headers = {"Content-Disposition": f'attachment; filename="{instance_id}.yaml"'}
    return Response(content, mimetype="application/yaml", headers=headers)


@blueprint.get("/<instance_id>/history")
@rule("history.read")
def history_page(instance_id: str) -> str:
    """Show what happened, page by page, and whether the chain of hashes holds."""
    after = max(0, request.args.get("after", 0, type=int))
    every = "every" in request.args
    with runtime().database.reading() as session:
        found = instances.get(session, instance_id)
        lines = history.of_instance(session, instance_id, after=after, limit=HISTORY_PAGE + 1)
        broken_at = history.verify(session, instance_id)
        definition = definitions.get(session, found.definition_id)
    shown = lines[:HISTORY_PAGE]
    return render_template(
        "instances/history.html",
        here="definitions",
        instance=found,
        name=definition.name,
        lines=[line for line in shown if every or line.type not in DETAILS],
        hidden=sum(line.type in DETAILS for line in shown) if not every else 0,
        every=every,
        after=after,
        next_after=shown[-1].seq if len(lines) > HISTORY_PAGE else None,
        broken_at=broken_at,
        events=EVENTS,
        to=timelines.TO,
        repairs=repair_panel.REPAIRS,
        decided=DECIDED,
        told=repair_panel.told,
        plain=_json,
    )


@blueprint.post("/<instance_id>/suspend")
@rule("instances.repair")
def suspend(instance_id: str) -> Any:
    """Stop an instance until it is resumed."""
    return _repair(instance_id, instances.suspend, _("Đã tạm dừng phiên chạy."))


@blueprint.post("/<instance_id>/resume")
@rule("instances.repair")
def resume(instance_id: str) -> Any:
    """Let an instance go on."""
    return _repair(instance_id, instances.resume, _("Phiên chạy đã tiếp tục."))


@blueprint.post("/<instance_id>/cancel")
@rule("instances.repair")
def cancel(instance_id: str) -> Any:
    """End an instance with everything in it."""
    return _repair(instance_id, instances.cancel, _("Đã hủy phiên chạy."))


@blueprint.post("/<instance_id>/choices/<activity>")
@rule("instances.start")
def activate(instance_id: str, activity: str) -> Any:
    """Start an activity of an ad-hoc sub-process that is open."""
    try:
        with runtime().database.unit_of_work(principal().actor) as work:
            instance_access.visible(work.session, principal(), instance_id)
            ad_hoc.activate(work, instance_id, activity, token=request.form.get("token"))
            work.commit()
    except NotFound:
        raise
    except TiendoError as error:
        return page(instance_id, errors=problems(error), act=request.endpoint or ""), 422
    return then("pages.instances.show", _("Đã bắt đầu bước đã chọn."), instance_id=instance_id)


@blueprint.post("/<instance_id>/choices/<token>/end")
@rule("instances.repair")
def end_choices(instance_id: str, token: str) -> Any:
    """End an ad-hoc sub-process."""

    def change(work: UnitOfWork, changed: str, *, reason: str) -> None:
        ad_hoc.end(work, changed, token, reason=reason)

    return _repair(instance_id, change, _("Đã kết thúc tiểu quy trình tùy biến."))


@blueprint.post("/<instance_id>/variables")
@rule("instances.repair")
def set_variable(instance_id: str) -> Any:
    """Repair one variable; its value is JSON, or text when it is none."""
    posted = Posted()
    name = posted.text("variable", _("Hãy ghi tên biến."), most=120)
    raw = posted.text("value")

    def change(work: UnitOfWork, changed: str, *, reason: str) -> None:
        posted.check()
        token = request.form.get("token") or None
        repairs.set_variables(work, changed, {name: _value(raw)}, reason=reason, token=token)

    return _repair(instance_id, change, _("Đã sửa biến {name}.", name=name))


@blueprint.post("/<instance_id>/tasks/<task_id>/assign")
@rule("user_tasks.reassign")
def assign(instance_id: str, task_id: str) -> Any:
    """Give an open task to somebody else, or back to its groups."""

    def change(work: UnitOfWork, changed: str, *, reason: str) -> None:
        task = user_tasks.get(work.session, task_id)
        if task.instance_id != changed:
            raise NotFound(_("Không tìm thấy công việc {id}.", id=task_id))
        _require_reach(task)
        user_tasks.assign(work, task_id, request.form.get("assignee") or None, reason=reason)

    return _repair(instance_id, change, _("Đã chuyển việc."))


def _require_reach(task: UserTask) -> None:
    """A unit head moves the tasks of the own units; administrators move all."""
    who = principal()
    places = {group.partition("@")[2] for group in task.candidate_groups} - {""}
    if not any(access.allow(who, "user_tasks.reassign", place) for place in places):
        access.require(who, "instances.repair")


def _repair(instance_id: str, change: Callable[..., None], said: Text) -> Any:
    posted = Posted()
    reason = posted.text("reason", _("Hãy ghi lý do; lý do được lưu vào lịch sử."), most=2000)
    try:
        posted.check()
        with runtime().database.unit_of_work(principal().actor) as work:
            change(work, instance_id, reason=reason)
            work.commit()
    except NotFound:
        raise
    except TiendoError as error:
        return page(instance_id, errors=problems(error), act=request.endpoint or ""), 422
    return then("pages.instances.show", said, instance_id=instance_id)


def page(instance_id: str, errors: dict[str, str] | None = None, act: str = "") -> str:
    """Give the page of an instance; `act` names the form that could not be carried out, if any."""
    with runtime().database.reading() as session:
        found = instances.get(session, instance_id)
        today = _days(session)
        tasks = user_tasks.of_instance(session, instance_id)
        shown: dict[str, Any] = {
            "definition": definitions.get(session, found.definition_id),
            "picture": instance_state.picture(session, found, today),
            "variables": {name: _json(value) for name, value in instances.variables(found).items()},
            "tasks": tasks,
            "task_groups": names.groups(
                session, [group for task in tasks for group in task.candidate_groups], principal().on
            ),
            "people": names.accounts(session, [task.assignee or "" for task in tasks] + [found.started_by]),
            "incidents": _incidents(session, instance_id),
            "parent": _parent(session, found),
            "children": _children(session, instance_id),
            "asked": call_deadlines.of_children(session, [instance_id]).get(instance_id),
            "ladder": timelines.of_ladder(escalations.of_child(session, instance_id)),
            "subject": work_views.subjects_of(session, [(found.key, found.business_key)]).get(
                found.business_key or ""
            ),
            "choices": ad_hoc.choices(session, instance_id),
            "timers": _timers(session, instance_id),
            "messages": _subscriptions(session, instance_id),
            "colleagues": _colleagues(session) if _may_reassign() else [],
            "is_verified": found.history_seq <= VERIFIED_AT_ONCE,
            "panel": repair_panel.panel(session, found) if _may_repair() else None,
            "repaired": repair_panel.done(session, instance_id),
            "decided": history.last_of(session, instance_id, DECIDED, limit=DECIDED_SHOWN),
            "steps_by_id": {
                node.element.id: node.title
                for node in graphs.of_definition(session, found.definition_id).nodes
            },
            "forks": _forks(session, instance_id),
            "newer": _newer(session, found),
        }
        shown["broken_at"] = history.verify(session, instance_id) if shown["is_verified"] else None
    return render_template(
        "instances/show.html",
        here="definitions",
        instance=found,
        subject_url=_address(shown["subject"]),
        states=STATES,
        today=today,
        may_repair=_may_repair(),
        may_choose=access.allow(principal(), "instances.start"),
        repairs=repair_panel.REPAIRS,
        told=repair_panel.told,
        plain=_json,
        may_reassign=_may_reassign(),
        may_resolve=access.allow(principal(), "incidents.resolve"),
        retryable=frozenset(incidents.RETRIES),
        errors=errors or {},
        act=act,
        values=request.form,
        **shown,
    )


def _address(subject: work_views.Subject | None) -> str | None:
    """Give the page of what an instance is about."""
    if subject is None or subject.kind not in _ABOUT:
        return None
    endpoint, name = _ABOUT[subject.kind]
    arguments: dict[str, Any] = {name: subject.id}
    return url_for(endpoint, **arguments)


def _may_repair() -> bool:
    return access.allow(principal(), "instances.repair")


def _titles(session: Session, definition_id: str) -> dict[str, str]:
    """Give the labels of the steps by element id."""
    return {node.element.id: node.title for node in graphs.of_definition(session, definition_id).nodes}


def _forks(session: Session, instance_id: str) -> list[str]:
    query = select(ProcessInstance.id).where(ProcessInstance.origin_instance_id == instance_id)
    return list(session.scalars(query.order_by(ProcessInstance.id).limit(CHILDREN)))


def _newer(session: Session, found: ProcessInstance) -> int | None:
    """Give the newest other version an instance could go to, None when there is none or it is over."""
    versions = [one.version for one in definitions.versions(session, found.key)]
    others = [version for version in versions if version != found.definition_version]
    return None if found.ended_at is not None or not others else others[0]


def _may_reassign() -> bool:
    return access.allow(principal(), "user_tasks.reassign")


def _incidents(session: Session, instance_id: str) -> list[Incident]:
    query = select(Incident).where(Incident.instance_id == instance_id, Incident.resolved_at.is_(None))
    return list(session.scalars(query.order_by(Incident.created_at)))


def _parent(session: Session, found: ProcessInstance) -> tuple[str, str] | None:
    if found.parent_instance_id is None:
        return None
    parent = instances.get(session, found.parent_instance_id)
    return parent.id, definitions.get(session, parent.definition_id).name


def _children(session: Session, instance_id: str) -> dict[str, Any]:
    table = ProcessInstance
    mine = table.parent_instance_id == instance_id
    rows = list(session.scalars(select(table).where(mine).order_by(table.id).limit(CHILDREN)))
    total = len(rows)
    if total == CHILDREN:
        total = session.scalar(select(func.count()).where(mine)) or 0
    return {
        "rows": rows,
        "total": total,
        "subjects": work_views.subjects_of(session, [(row.key, row.business_key) for row in rows]),
        "waiting": instance_list.open_steps(session, [row.id for row in rows]),
        "asked": call_deadlines.of_children(session, [row.id for row in rows]),
    }


def _timers(session: Session, instance_id: str) -> list[Timer]:
    query = select(Timer).where(
        Timer.instance_id == instance_id, Timer.state.in_([WorkState.PENDING.value, WorkState.FAILED.value])
    )
    return list(session.scalars(query.order_by(Timer.due_at).limit(CHILDREN)))


def _subscriptions(session: Session, instance_id: str) -> list[EventSubscription]:
    query = select(EventSubscription).where(EventSubscription.instance_id == instance_id)
    return list(session.scalars(query.order_by(EventSubscription.name).limit(CHILDREN)))


def _colleagues(session: Session) -> list[tuple[str, str]]:
    """Give account id and name of everybody who may be given a task, by given name."""
    from directives.account_tables import AccountRow
    from directives.people_tables import PersonRow

    query = (
        select(AccountRow.id, PersonRow.full_name)
        .join(PersonRow, PersonRow.id == AccountRow.person_id)
        .where(AccountRow.is_disabled.is_(False))
        .order_by(PersonRow.sort_key)
        .limit(500)
    )
    return [(row.id, row.full_name) for row in session.execute(query)]


def _days(session: Session) -> Days | None:
    try:
        return days(session)
    except NotFound:
        return None


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _value(raw: str) -> Any:
    """Read JSON; what looks like an object or list and is broken is refused, anything else is a text."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        if raw[:1] in {"{", "[", '"'}:
            raise Invalid(
                fields={"value": _("Giá trị không phải JSON đúng cú pháp; hãy kiểm tra ngoặc và dấu phẩy.")}
            ) from None
        return raw
