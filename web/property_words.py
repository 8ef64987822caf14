"""What an official calls the properties of a diagram's elements, for lists of differences."""

import re
from collections.abc import Mapping

from foundation.texts import Text, _

#: property of an element → what an official calls it
PROPERTIES: Mapping[str, Text] = {
    "": _("Loại"),
    "name": _("Tên"),
    "documentation": _("Hướng dẫn"),
    "isExecutable": _("Chạy được"),
    "tiendo:uniqueBusinessKey": _("Mã hồ sơ không được trùng"),
    "camunda:assignee": _("Người làm"),
    "camunda:candidateGroups": _("Nhóm có thể nhận"),
    "camunda:candidateUsers": _("Người có thể nhận"),
    "camunda:dueDate": _("Hạn"),
    "tiendo:dueDate": _("Hạn của quy trình được gọi"),
    "tiendo:dueDateKind": _("Cách tính hạn"),
    "camunda:followUpDate": _("Ngày theo dõi"),
    "camunda:priority": _("Độ ưu tiên"),
    "camunda:formKey": _("Biểu mẫu"),
    "camunda:formRef": _("Biểu mẫu"),
    "camunda:topic": _("Việc tự động"),
    "camunda:type": _("Cách thực hiện"),
    "camunda:decisionRef": _("Bảng quyết định"),
    "camunda:mapDecisionResult": _("Cách lấy kết quả quyết định"),
    "camunda:resultVariable": _("Biến nhận kết quả"),
    "camunda:failedJobRetryTimeCycle": _("Số lần thử lại"),
    "camunda:calledElementBinding": _("Phiên bản được gọi"),
    "camunda:calledElementVersion": _("Số phiên bản được gọi"),
    "conditionExpression": _("Điều kiện"),
    "script": _("Biểu thức"),
    "sourceRef": _("Từ bước"),
    "targetRef": _("Đến bước"),
    "calledElement": _("Quy trình được gọi"),
    "default": _("Hướng mặc định"),
    "attachedToRef": _("Gắn vào bước"),
    "cancelActivity": _("Dừng bước khi xảy ra"),
    "isInterrupting": _("Dừng phần đang chạy khi xảy ra"),
    "triggeredByEvent": _("Do sự kiện bắt đầu"),
    "timerEventDefinition/timeDuration": _("Sau khoảng thời gian"),
    "timerEventDefinition/timeDate": _("Vào thời điểm"),
    "timerEventDefinition/timeCycle": _("Theo chu kỳ"),
    "messageEventDefinition@messageRef": _("Thông điệp"),
    "signalEventDefinition@signalRef": _("Tín hiệu"),
    "errorEventDefinition@errorRef": _("Lỗi nghiệp vụ"),
    "escalationEventDefinition@escalationRef": _("Báo lên cấp trên"),
    "conditionalEventDefinition/condition": _("Khi điều kiện đúng"),
    "messageRef": _("Thông điệp"),
    "errorCode": _("Mã lỗi"),
    "escalationCode": _("Mã báo lên cấp trên"),
    "tiendo:correlationKey": _("Mã để gửi đúng phiên"),
    "tiendo:escalation@decision": _("Bảng bậc nhắc việc"),
    "tiendo:escalation@calendar": _("Lịch tính bậc nhắc việc"),
    "multiInstanceLoopCharacteristics@isSequential": _("Lặp lần lượt"),
    "multiInstanceLoopCharacteristics@camunda:collection": _("Lặp theo danh sách"),
    "multiInstanceLoopCharacteristics@camunda:elementVariable": _("Tên biến của từng mục"),
    "multiInstanceLoopCharacteristics@tiendo:elementKey": _("Mã của từng mục"),
    "multiInstanceLoopCharacteristics@tiendo:outputCollection": _("Danh sách kết quả"),
    "multiInstanceLoopCharacteristics@tiendo:outputElement": _("Kết quả của từng lượt"),
    "multiInstanceLoopCharacteristics/loopCardinality": _("Số lượt lặp"),
    "multiInstanceLoopCharacteristics/completionCondition": _("Kết thúc lặp khi"),
    "text": _("Nội dung ghi chú"),
}
#: part of a ladder step → what it is called
_STEPS: Mapping[str, Text] = {
    "offset": _("số ngày so với hạn"),
    "unit": _("đơn vị tính"),
    "to": _("gửi cho"),
    "action": _("việc làm"),
}
_STEP = re.compile(r"tiendo:escalation/tiendo:step@(\w+)(?:#(\d+))?$")
_MARKED = re.compile(
    r"(camunda:(?:inputParameter|outputParameter|in|out|property))\[(.+?)\](?:@(.+))?(?:#\d+)?$"
)
_MARKS: Mapping[str, Text] = {
    "camunda:inputParameter": _("Dữ liệu vào"),
    "camunda:outputParameter": _("Dữ liệu ra"),
    "camunda:in": _("Truyền vào quy trình được gọi"),
    "camunda:out": _("Nhận từ quy trình được gọi"),
    "camunda:property": _("Thuộc tính mở rộng"),
}


def property_name(path: str) -> Text:
    """Give what a property is called; the path itself when it has no name of its own."""
    known = PROPERTIES.get(path) or PROPERTIES.get(path.partition("#")[0])
    if known is not None:
        return known
    step = _STEP.match(path)
    if step is not None and step[1] in _STEPS:
        return _("Bậc nhắc {number}: {part}", number=step[2] or "1", part=_STEPS[step[1]])
    marked = _MARKED.match(path)
    if marked is not None:
        return _("{kind} “{name}”", kind=_MARKS[marked[1]], name=marked[2])
    if path.startswith("camunda:in@businessKey"):
        return _("Mã hồ sơ của phiên được gọi")
    return Text("{path}", {"path": path})
