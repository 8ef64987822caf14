"""What can be subscribed to, and how an event looks on the wire (domain note §2.4).

The body is `{"type", "timestamp", "data"}`. `data` carries ids, titles, organisation codes, dates and the
actor, plus `subject`, `instance_id`, `sequence` and `schema`; never the text of a document (R-U7).
"""

import difflib
from collections.abc import Iterable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

import orjson

from foundation.errors import Invalid
from foundation.texts import Text, _

#: version of the payload's form; it changes when a receiver would have to change
SCHEMA = 1
#: the largest body, in bytes
MAX_BODY = 20 * 1024
#: sent by `delivery.ping`
PING = "endpoint.ping"
#: an endpoint has only failed for a day
ENDPOINT_FAILING = "endpoint.failing"
#: an endpoint was switched off
ENDPOINT_DISABLED = "endpoint.disabled"

#: event name → what it means, for the page of subscriptions and the reference
CATALOGUE: Mapping[str, Text] = {
    "document.received": _("Văn bản đến đã được tiếp nhận"),
    "document.registered": _("Văn bản đã được vào sổ"),
    "document.instructed": _("Lãnh đạo đã cho ý kiến chỉ đạo xử lý văn bản"),
    "document.issued": _("Văn bản đã được ban hành"),
    "document.returned": _("Văn bản bị trả lại"),
    "cycle.opened": _("Đã mở chu trình triển khai văn bản chỉ đạo"),
    "cycle.closed": _("Đã kết thúc chu trình triển khai"),
    "cycle.rolled_over": _("Chu trình được chuyển sang kỳ tiếp theo"),
    "task.assigned": _("Nhiệm vụ đã được giao"),
    "task.accepted": _("Đơn vị đã tiếp nhận nhiệm vụ"),
    "task.returned": _("Đơn vị trả lại nhiệm vụ"),
    "task.reassigned": _("Nhiệm vụ được giao lại cho đơn vị khác"),
    "task.split": _("Nhiệm vụ được chia thành các nhiệm vụ con"),
    "task.progress": _("Tiến độ thực hiện được cập nhật"),
    "task.due_soon": _("Nhiệm vụ sắp đến hạn"),
    "task.due_today": _("Nhiệm vụ đến hạn hôm nay"),
    "task.overdue": _("Nhiệm vụ quá hạn"),
    "task.escalated": _("Nhiệm vụ được báo cáo lên cấp trên do chậm tiến độ"),
    "task.submitted": _("Đơn vị đã báo cáo kết quả thực hiện"),
    "task.confirmed": _("Kết quả nhiệm vụ được xác nhận hoàn thành"),
    "task.redo": _("Kết quả chưa đạt, yêu cầu thực hiện lại"),
    "task.cancelled": _("Nhiệm vụ bị hủy"),
    "task.suspended": _("Nhiệm vụ tạm dừng"),
    "task.resumed": _("Nhiệm vụ được tiếp tục"),
    "extension.requested": _("Đơn vị đề nghị gia hạn"),
    "extension.approved": _("Đề nghị gia hạn được chấp thuận"),
    "extension.refused": _("Đề nghị gia hạn không được chấp thuận"),
    "extension.countered": _("Cấp có thẩm quyền đề xuất thời hạn khác"),
    "issue.raised": _("Đơn vị báo cáo khó khăn, vướng mắc"),
    "issue.decided": _("Khó khăn, vướng mắc đã có ý kiến giải quyết"),
    "report.requested": _("Đã yêu cầu báo cáo"),
    "report.due_soon": _("Báo cáo sắp đến hạn gửi"),
    "report.overdue": _("Báo cáo quá hạn gửi"),
    "report.submitted": _("Đơn vị đã gửi báo cáo"),
    "report.returned": _("Báo cáo bị trả lại để bổ sung"),
    "report.consolidated": _("Báo cáo tổng hợp đã hoàn thành"),
    "report.sent": _("Báo cáo đã được gửi lên cấp trên"),
    "urge.sent": _("Đã gửi văn bản đôn đốc"),
    "delegation.started": _("Ủy quyền bắt đầu có hiệu lực"),
    "delegation.ended": _("Ủy quyền hết hiệu lực"),
    "org.changed": _("Tổ chức thay đổi (thành lập, đổi tên, sáp nhập, chia tách, giải thể)"),
    "instance.started": _("Một quy trình bắt đầu chạy"),
    "instance.ended": _("Một quy trình kết thúc"),
    "instance.modified": _("Quản trị viên đã can thiệp vào vị trí đang chạy của một quy trình"),
    "instance.forked": _("Một phiên chạy mới được tách ra từ một bước của phiên khác"),
    "instance.migrated": _("Một phiên chạy được chuyển sang phiên bản khác của quy trình"),
    "bulk_operation.finished": _("Một thao tác trên nhiều phiên chạy đã kết thúc"),
    "user_task.created": _("Công việc mới chờ người xử lý"),
    "user_task.claimed": _("Công việc đã có người nhận xử lý"),
    "user_task.released": _("Người xử lý trả công việc về cho nhóm"),
    "user_task.assigned": _("Công việc được giao đích danh"),
    "user_task.completed": _("Công việc đã được xử lý"),
    "user_task.cancelled": _("Công việc không còn cần xử lý"),
    "user_task.due_soon": _("Công việc sắp đến hạn"),
    "user_task.overdue": _("Công việc quá hạn"),
    "user_task.escalated": _("Công việc chậm hạn được báo lên cấp trên"),
    "call.due_soon": _("Quy trình được gọi sắp đến hạn"),
    "call.overdue": _("Quy trình được gọi quá hạn"),
    "call.escalated": _("Quy trình được gọi chậm hạn được báo lên cấp trên"),
    "incident.created": _("Quy trình gặp sự cố, cần quản trị viên xử lý"),
    "definition.published": _("Phiên bản mới của quy trình được ban hành"),
    "definition.effective": _("Phiên bản mới của quy trình bắt đầu có hiệu lực"),
    "definition.retired": _("Quy trình hoặc một phiên bản ngừng áp dụng"),
    "definition.reinstated": _("Quy trình hoặc một phiên bản được áp dụng lại"),
    ENDPOINT_FAILING: _("Một điểm nhận webhook lỗi liên tục trong một ngày"),
    ENDPOINT_DISABLED: _("Một điểm nhận webhook đã bị ngừng"),
    PING: _("Thông điệp thử kết nối"),
}


def check_patterns(patterns: Iterable[str]) -> list[str]:
    """Give the patterns (`task.*`, `report.sent`, `*`) without repeats.

    Raises Invalid (field `events`) when there is none or one names no event, with the nearest names.
    """
    cleaned = list(dict.fromkeys(pattern.strip() for pattern in patterns))
    if not cleaned:
        text = _("Cần chọn ít nhất một loại sự kiện, ví dụ “task.*”.")
        raise Invalid(text, fields={"events": text})
    for pattern in cleaned:
        if not _is_pattern(pattern):
            near = difflib.get_close_matches(pattern, CATALOGUE, n=3) or ["task.*", "report.*", "*"]
            text = _(
                "Không có sự kiện “{found}”. Gần giống: {near}.", found=pattern[:80], near=", ".join(near)
            )
            raise Invalid(text, fields={"events": text})
    return cleaned


def matches(patterns: Iterable[str], event_type: str) -> bool:
    """Tell whether one of the patterns covers an event name."""
    return any(fnmatchcase(event_type, pattern) for pattern in patterns)


def body_of(
    event_type: str,
    occurred_at: datetime,
    data: Mapping[str, Any],
    *,
    subject: str,
    instance_id: str | None = None,
    sequence: int | None = None,
) -> bytes:
    """Give the body of a message.

    Data that would exceed `MAX_BODY` is left out and marked `"truncated": true`: the receiver learns that
    it happened and to what, and reads the rest over the API.
    """
    envelope = {"subject": subject, "instance_id": instance_id, "sequence": sequence, "schema": SCHEMA}
    body = _encode(event_type, occurred_at, {**data, **envelope})
    if len(body) <= MAX_BODY:
        return body
    return _encode(event_type, occurred_at, {**envelope, "truncated": True})


def organisations_of(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the organisations an event concerns: `organisation` or `organisation_id`, and `organisations`."""
    single = [data.get("organisation"), data.get("organisation_id")]
    several = data.get("organisations")
    found = [*single, *(several if isinstance(several, list) else [])]
    return tuple(dict.fromkeys(item for item in found if isinstance(item, str)))


def _encode(event_type: str, occurred_at: datetime, data: Mapping[str, Any]) -> bytes:
    message = {"type": event_type, "timestamp": occurred_at, "data": data}
    return orjson.dumps(message, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def _is_pattern(pattern: str) -> bool:
    if pattern == "*":
        return True
    stem = pattern.removesuffix(".*")
    if not stem.replace("_", "a").replace(".", "a").isalpha():
        return False
    return any(fnmatchcase(name, pattern) for name in CATALOGUE)
