"""Incidents: what did not go as drawn, why, what to do about it, and trying again."""

from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy import func, select

from directives import access
from engine import incidents
from engine.models import Incident, ProcessDefinition, ProcessInstance
from foundation.texts import Text, _
from processes import work_views
from web import names
from web.gate import principal, rule, runtime
from web.posted import then

blueprint = Blueprint("incidents", __name__, url_prefix="/incidents")

PAGE = 100
#: kind of an incident → what failed and what to do
ADVICE: dict[str, tuple[Text, Text]] = {
    "job": (
        _("Việc tự động không làm được"),
        _("Xem nguyên nhân; sửa dữ liệu hoặc biến của phiên chạy nếu cần, rồi thử lại."),
    ),
    "timer": (
        _("Đến giờ hẹn nhưng không chạy tiếp được"),
        _("Thường do biểu thức ở bước sau; sửa biến của phiên chạy rồi thử lại."),
    ),
    "inbox": (
        _("Không nhận được kết quả từ nơi khác"),
        _("Kiểm tra phiên con hoặc thông điệp gửi đến, rồi thử lại."),
    ),
    "command": (
        _("Một thao tác bị dừng giữa chừng"),
        _("Trạng thái cũ được giữ nguyên. Sửa nguyên nhân rồi để người dùng làm lại thao tác."),
    ),
    "deadlock": (
        _("Các nhánh chờ nhau, không nhánh nào đi tiếp được"),
        _("Sửa sơ đồ cho phiên sau; phiên này cần được chuyển bước hoặc hủy."),
    ),
}


@blueprint.get("")
@rule("incidents.read")
def index() -> str:
    """List open incidents, or the resolved ones, the newest first."""
    is_done = "done" in request.args
    condition = Incident.resolved_at.is_not(None) if is_done else Incident.resolved_at.is_(None)
    query = (
        select(Incident, ProcessInstance.key, ProcessInstance.business_key, ProcessDefinition.name)
        .join(ProcessInstance, ProcessInstance.id == Incident.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(condition)
        .order_by(Incident.last_at.desc(), Incident.id)
        .limit(PAGE)
    )
    with runtime().database.reading() as session:
        rows = session.execute(query).all()
        total = session.scalar(select(func.count(Incident.id)).where(condition)) or 0
        subjects = work_views.subjects_of(session, [(row.key, row.business_key) for row in rows])
        people = names.accounts(session, [row.Incident.resolved_by or "" for row in rows])
    return render_template(
        "incidents/index.html",
        here="incidents",
        rows=rows,
        total=total,
        subjects=subjects,
        people=people,
        advice=ADVICE,
        is_done=is_done,
        retryable=frozenset(incidents.RETRIES),
        may_resolve=access.allow(principal(), "incidents.resolve"),
    )


@blueprint.post("/<incident_id>/retry")
@rule("incidents.resolve")
def retry(incident_id: str) -> Any:
    """Try again what failed; if it fails once more a new incident says so."""
    with runtime().database.unit_of_work(principal().actor) as work:
        tries = request.form.get("tries", type=int)
        instance_id = incidents.retry(work, incident_id, tries=tries)
        work.commit()
    with runtime().database.reading() as session:
        again = session.scalar(
            select(func.count(Incident.id)).where(
                Incident.instance_id == instance_id, Incident.resolved_at.is_(None)
            )
        )
    said, tone = _("Đã thử lại, không còn sự cố."), "done"
    if again:
        said, tone = _("Đã thử lại nhưng phiên chạy vẫn còn {count} sự cố.", count=again), "late"
    if request.form.get("back") == "instance":
        return then("pages.instances.show", said, tone=tone, instance_id=instance_id)
    back = "pages.jobs.index" if request.form.get("back") == "jobs" else "pages.incidents.index"
    return then(back, said, tone=tone)


@blueprint.post("/<incident_id>/close")
@rule("incidents.resolve")
def close(incident_id: str) -> Any:
    """Take note that an incident needs nothing more."""
    with runtime().database.unit_of_work(principal().actor) as work:
        instance_id = incidents.close(work, incident_id, reason=request.form.get("reason", ""))
        work.commit()
    return then("pages.instances.show", _("Đã đóng sự cố."), instance_id=instance_id)
