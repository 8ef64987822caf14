"""What officials call the elements of a diagram; tags are for machines."""

from collections.abc import Mapping

from foundation.texts import Text, _

#: local tag name → Vietnamese name
LABELS: Mapping[str, Text] = {
    "task": _("Bước"),
    "userTask": _("Nhiệm vụ người dùng"),
    "manualTask": _("Bước làm tay"),
    "scriptTask": _("Bước kịch bản"),
    "serviceTask": _("Bước dịch vụ"),
    "sendTask": _("Bước gửi"),
    "receiveTask": _("Bước nhận"),
    "businessRuleTask": _("Bước quy tắc"),
    "callActivity": _("Bước gọi quy trình"),
    "subProcess": _("Tiểu quy trình"),
    "transaction": _("Giao dịch"),
    "adHocSubProcess": _("Tiểu quy trình tùy biến"),
    "exclusiveGateway": _("Cổng loại trừ"),
    "parallelGateway": _("Cổng song song"),
    "inclusiveGateway": _("Cổng bao gồm"),
    "eventBasedGateway": _("Cổng sự kiện"),
    "complexGateway": _("Cổng phức hợp"),
    "startEvent": _("Sự kiện bắt đầu"),
    "endEvent": _("Sự kiện kết thúc"),
    "intermediateCatchEvent": _("Sự kiện chờ"),
    "intermediateThrowEvent": _("Sự kiện phát"),
    "implicitThrowEvent": _("Sự kiện phát ngầm"),
    "boundaryEvent": _("Sự kiện biên"),
    "choreographyTask": _("Bước phối hợp"),
    "subChoreography": _("Tiểu biểu đồ phối hợp"),
    "callChoreography": _("Bước gọi biểu đồ phối hợp"),
    "choreography": _("Biểu đồ phối hợp"),
    "globalChoreographyTask": _("Bước phối hợp dùng chung"),
    "conversation": _("Cuộc trao đổi"),
    "subConversation": _("Cuộc trao đổi con"),
    "callConversation": _("Lời gọi cuộc trao đổi"),
    "globalConversation": _("Cuộc trao đổi dùng chung"),
    "globalTask": _("Nhiệm vụ dùng chung"),
    "globalUserTask": _("Nhiệm vụ người dùng dùng chung"),
    "globalManualTask": _("Bước làm tay dùng chung"),
    "globalScriptTask": _("Bước kịch bản dùng chung"),
    "globalBusinessRuleTask": _("Bước quy tắc dùng chung"),
    "process": _("Quy trình"),
    "sequenceFlow": _("Luồng"),
}


def label(tag: str) -> Text:
    """Give the Vietnamese name of a tag, the tag itself when it has none."""
    return LABELS.get(tag) or Text(tag)
