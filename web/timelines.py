"""What happened and what comes next, in sentences: history of an instance, the ladder, acts of the domain."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from directives.history import Change
from engine.models import EscalationStep, HistoryEvent
from engine.states import WorkState
from foundation.texts import Text, _
from foundation.vietnamese import format_date
from web.context import text

Event = dict[str, Any]

#: whom a ladder step tells
TO: Mapping[str, Text] = {
    "assignee": _("người thực hiện"),
    "unit_head": _("trưởng đơn vị"),
    "lead_head": _("lãnh đạo cơ quan chủ trì"),
    "monitor": _("đơn vị theo dõi"),
    "office_head": _("Chánh Văn phòng"),
    "decision_holder": _("cơ quan đặt thời hạn"),
}
_STEP_NAMES: Mapping[str, Text] = {
    "remind": _("Nhắc việc: {to}"),
    "overdue": _("Báo quá hạn: {to}"),
    "escalate": _("Báo cáo lên: {to}"),
    "urge": _("Dự thảo văn bản đôn đốc: {to}"),
}
_TASK_EVENTS: Mapping[str, tuple[Text, str, str]] = {
    "element.entered": (_("Chuyển đến bước “{name}”"), "circle", ""),
    "user_task.completed": (_("Xong bước “{name}”"), "check", "done"),
    "user_task.claimed": (_("Nhận việc “{name}”"), "person", "term"),
    "user_task.released": (_("Trả việc “{name}” về nhóm"), "return", ""),
    "user_task.assigned": (_("Chuyển việc “{name}” cho người khác"), "people", "term"),
    "user_task.due_changed": (_("Đổi thời hạn của việc “{name}”"), "calendar", "soon"),
    "escalation.fired": (_("Nhắc việc “{name}”"), "alarm", "soon"),
}
#: elements people know by their lines: their tasks, and calls for what is told of them
_TOLD = frozenset({"userTask", "callActivity"})
#: acts of the domain on an assignment: sentence, icon, tone
_ACTS: Mapping[str, tuple[Text, str, str]] = {
    "assign": (_("Giao nhiệm vụ"), "send", "term"),
    "hand_over": (_("Chuyển đến đơn vị chủ trì"), "send", "term"),
    "accept": (_("Đơn vị nhận việc"), "check", "done"),
    "return": (_("Đơn vị trả lại"), "return", "soon"),
    "return_by_agreement": (_("Trả lại theo thỏa thuận"), "return", "soon"),
    "insist": (_("Giữ nguyên việc giao"), "undo", "term"),
    "reassign": (_("Giao lại cho đơn vị khác"), "people", "soon"),
    "name_officer": (_("Phân công người thực hiện"), "person", "term"),
    "progress": (_("Cập nhật tiến độ"), "progress", "term"),
    "submit": (_("Gửi kết quả"), "send", "wait"),
    "recall": (_("Lấy lại kết quả đã gửi"), "undo", ""),
    "confirm": (_("Xác nhận hoàn thành"), "check-circle", "done"),
    "redo": (_("Yêu cầu thực hiện lại"), "redo", "soon"),
    "complete_by_hand": (_("Kết thúc nhiệm vụ"), "check-circle", "done"),
    "suspend": (_("Tạm dừng"), "pause", ""),
    "resume": (_("Tiếp tục thực hiện"), "play", "term"),
    "cancel": (_("Hủy nhiệm vụ"), "cancel", "late"),
    "redate": (_("Đổi thời hạn"), "calendar", "soon"),
    "recompute": (_("Tính lại ngày cuối đúng hạn theo lịch làm việc mới"), "calendar", ""),
    "adjust": (_("Điều chỉnh nội dung"), "edit", "soon"),
    "urge": (_("Đôn đốc"), "alarm", "soon"),
    "input": (_("Đơn vị phối hợp gửi ý kiến"), "comment", "term"),
    "split": (_("Tách thành nhiệm vụ con"), "tree", "term"),
    "ask_extension": (_("Xin gia hạn"), "clock-history", "wait"),
    "extend": (_("Gia hạn được chấp nhận"), "check", "done"),
    "refuse_extension": (_("Không đồng ý gia hạn"), "cancel", "late"),
    "counter_extension": (_("Đề nghị thời hạn khác"), "clock-history", "wait"),
    "decline_counter": (_("Không nhận thời hạn được đề nghị"), "undo", ""),
    "withdraw_extension": (_("Rút đề nghị gia hạn"), "undo", ""),
    "raise_difficulty": (_("Báo cáo khó khăn, vướng mắc"), "warning", "soon"),
    "forward_difficulty": (_("Chuyển vướng mắc lên cấp tiếp theo"), "send", "wait"),
    "decide_difficulty": (_("Có chỉ đạo tháo gỡ vướng mắc"), "check", "done"),
    "explain": (_("Giải trình chậm tiến độ"), "comment", ""),
    "judge_explanation": (_("Xem xét giải trình"), "check", ""),
    "basis": (_("Ghi văn bản làm căn cứ"), "document", ""),
    "receive": (_("Mở chu trình thực hiện"), "inbox", "term"),
    "instruct": (_("Bút phê"), "sign", "term"),
    "link": (_("Gắn với văn bản cấp trên"), "link", ""),
    "close": (_("Kết thúc chu trình"), "check-circle", "done"),
    "draft": (_("Soạn dự thảo"), "draft", ""),
    "sign": (_("Ký"), "sign", "done"),
    "number": (_("Cấp số"), "document", "term"),
    "issue": (_("Ban hành"), "published", "done"),
    "correct": (_("Đính chính"), "edit", "soon"),
    "attach": (_("Đính kèm tệp"), "attachment", ""),
    "create": (_("Lập dự thảo kế hoạch"), "draft", ""),
    "amend": (_("Điều chỉnh, bổ sung kế hoạch"), "edit", "soon"),
    "register_stub": (_("Vào sổ văn bản mật (không ghi nội dung)"), "shield", ""),
}


def of_instance(events: Iterable[HistoryEvent]) -> list[Event]:
    """Give the lines of an instance that people care about: their own steps and what was told to them."""
    shown = []
    for event in events:
        known = _TASK_EVENTS.get(event.type)
        if known is None or event.element_type not in _TOLD or not event.name:
            continue
        words, icon, tone = known
        detail = event.data.get("reason") or ""
        if event.type == "escalation.fired":
            detail = step_name(event.data.get("action", ""), event.data.get("to", ""))
        shown.append(
            {
                "what": text(Text(words.template, {"name": event.name})),
                "when": event.at,
                "who": event.actor_name if event.actor_id != "system" else "",
                "icon": icon,
                "tone": tone,
                "detail": detail,
            }
        )
    return shown


def of_ladder(steps: Sequence[EscalationStep]) -> list[Event]:
    """Give the reminders of a task: those told, then those to come, marked as future."""
    together: dict[tuple[Any, ...], list[EscalationStep]] = {}
    for step in steps:
        key = (step.action, step.offset, step.unit, step.state, step.task_id, step.child_id)
        together.setdefault(key, []).append(step)
    return [_ladder_line(group) for group in together.values()]


def _ladder_line(group: Sequence[EscalationStep]) -> Event:
    step = group[0]
    is_told = step.state == WorkState.FIRED.value
    return {
        "what": step_name(step.action, *(one.to for one in group)),
        "when": step.fired_at or step.due_at,
        "icon": "check" if is_told else "alarm",
        "tone": {"remind": "soon"}.get(step.action, "late"),
        "detail": offset(step.offset, step.unit),
        "future": not is_told,
    }


def step_name(action: str, *to: str) -> str:
    """Give what a ladder step does and whom it tells."""
    words = _STEP_NAMES.get(action, _("Thông báo: {to}"))
    told = ", ".join(text(TO.get(one, one)) for one in to)
    return text(Text(words.template, {"to": told}))


def offset(count: int, unit: str) -> str:
    """Give how far a step stands from the due moment."""
    if count == 0:
        return text(_("đúng ngày đến hạn"))
    hours = unit == "hours"
    if count < 0:
        words = (
            _("trước hạn {count} giờ", count=-count)
            if hours
            else _("trước hạn {count} ngày làm việc", count=-count)
        )
    else:
        words = (
            _("sau hạn {count} giờ", count=count)
            if hours
            else _("sau hạn {count} ngày làm việc", count=count)
        )
    return text(words)


def of_changes(changes: Iterable[Change], names: Mapping[str, str]) -> list[Event]:
    """Give the acts of the domain upon one thing; `names` are those of organisations and people by id."""
    shown: list[Event] = []
    for change in changes:
        words, icon, tone = _ACTS.get(change.act, (Text(change.act), "circle", ""))
        detail = _detail(change.before or {}, change.after or {}, names)
        shown.append(
            {
                "what": text(words),
                "when": change.at,
                "who": change.actor_name if change.actor_id != "system" else "",
                "icon": icon,
                "tone": tone,
                "detail": " ".join(part for part in (detail, change.reason) if part),
            }
        )
    return _joined(shown)


def _joined(events: list[Event]) -> list[Event]:
    """Let a re-dating that belongs to the line beside it not stand twice."""
    kept: list[Event] = []
    for event in events:
        before = kept[-1] if kept else None
        is_same = (
            before is not None and before["what"] == event["what"] and before["detail"] == event["detail"]
        )
        if is_same and before is not None and abs(before["when"] - event["when"]) < timedelta(seconds=1):
            continue
        kept.append(event)
    return kept


def _detail(before: Mapping[str, Any], after: Mapping[str, Any], names: Mapping[str, str]) -> str:
    parts: list[Text] = []
    if after.get("lead_id"):
        parts.append(_("Đơn vị mới: {name}.", name=names.get(after["lead_id"], "")))
    if after.get("lead"):
        parts.append(_("Đơn vị chủ trì: {name}.", name=names.get(after["lead"], "")))
    if after.get("officer_id"):
        parts.append(_("Người thực hiện: {name}.", name=names.get(after["officer_id"], "")))
    if after.get("progress"):
        parts.append(_("Đã làm {percent} %.", percent=after["progress"]))
    if after.get("wanted_due"):
        parts.append(_("Xin đến {day}.", day=_day(after["wanted_due"])))
    if "current_due" in after and "current_due" in before:
        was, now = _day(before["current_due"]), _day(after["current_due"])
        parts.append(_("Thời hạn {was} thành {now}.", was=was or "–", now=now or "–"))
    elif after.get("due"):
        parts.append(_("Thời hạn {day}.", day=_day(after["due"])))
    if after.get("number"):
        parts.append(_("Số {number}.", number=after["number"]))
    return " ".join(text(part) for part in parts)


def _day(value: Any) -> str:
    try:
        return format_date(date.fromisoformat(str(value)[:10])) if value else ""
    except ValueError:
        return str(value)
