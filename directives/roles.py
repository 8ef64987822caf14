"""Roles that people hold in organisations (§2.1) and the rights that come with them.

A right is a verb on a type of resource (`reports.sign`). Whose things it is for: `directives.access`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from foundation.texts import Text, _


class Reach(StrEnum):
    """How far the rights of a role go."""

    #: the organisation of the position and everything below it
    SUBTREE = "subtree"
    #: the whole installation
    EVERYWHERE = "everywhere"


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role: its key in process variables and candidate groups, its title, its rights."""

    key: str
    #: title of who holds it
    title: Text
    permissions: frozenset[str]
    reach: Reach = Reach.SUBTREE


#: every right of the house with its name
PERMISSIONS: Mapping[str, Text] = {
    "directives.read": _("xem văn bản chỉ đạo"),
    "directives.register": _("vào sổ và tiếp nhận văn bản chỉ đạo"),
    "directives.instruct": _("cho ý kiến chỉ đạo"),
    "directives.close": _("kết thúc chu trình thực hiện"),
    "documents.read": _("xem văn bản"),
    "documents.register": _("vào sổ văn bản"),
    "documents.issue": _("phát hành văn bản"),
    "plans.read": _("xem kế hoạch"),
    "plans.draft": _("soạn kế hoạch"),
    "plans.issue": _("ban hành kế hoạch"),
    "assignments.read": _("xem nhiệm vụ"),
    "assignments.assign": _("giao nhiệm vụ"),
    "assignments.perform": _("tiếp nhận, cập nhật và báo cáo kết quả nhiệm vụ"),
    "assignments.confirm": _("xác nhận kết quả nhiệm vụ"),
    "assignments.extend": _("quyết định gia hạn nhiệm vụ"),
    "assignments.withdraw": _("thu hồi, tạm dừng hoặc hủy nhiệm vụ"),
    "reports.read": _("xem báo cáo"),
    "reports.write": _("soạn và gửi báo cáo của đơn vị"),
    "reports.request": _("yêu cầu báo cáo"),
    "reports.consolidate": _("tổng hợp báo cáo"),
    "reports.sign": _("ký báo cáo"),
    "user_tasks.read": _("xem việc cần làm"),
    "user_tasks.work": _("nhận và hoàn thành việc cần làm"),
    "user_tasks.reassign": _("chuyển việc cần làm cho người khác"),
    "organisations.read": _("xem danh bạ cơ quan"),
    "organisations.edit": _("sửa danh bạ cơ quan"),
    "people.read": _("xem danh bạ cán bộ"),
    "people.edit": _("sửa danh bạ cán bộ"),
    "delegations.read": _("xem ủy quyền"),
    "delegations.edit": _("lập và chấm dứt ủy quyền"),
    "calendars.read": _("xem lịch làm việc"),
    "calendars.edit": _("sửa lịch làm việc"),
    "definitions.read": _("xem quy trình"),
    "definitions.edit": _("sửa quy trình"),
    "definitions.approve": _("phê duyệt quy trình"),
    "definitions.deploy": _("triển khai quy trình"),
    "decisions.read": _("xem bảng quyết định"),
    "decisions.evaluate": _("chạy thử bảng quyết định"),
    "instances.read": _("xem phiên thực hiện quy trình"),
    "instances.start": _("khởi tạo phiên thực hiện quy trình"),
    "instances.repair": _("can thiệp vào phiên thực hiện quy trình"),
    "messages.send": _("gửi thông điệp vào quy trình"),
    "jobs.read": _("xem công việc tự động"),
    "jobs.work": _("xử lý công việc tự động"),
    "incidents.read": _("xem sự cố"),
    "incidents.resolve": _("xử lý sự cố"),
    "history.read": _("xem lịch sử xử lý"),
    "audit.read": _("xem nhật ký hệ thống"),
    "webhooks.read": _("xem webhook"),
    "webhooks.edit": _("cấu hình webhook"),
    "accounts.read": _("xem tài khoản"),
    "accounts.edit": _("quản lý tài khoản"),
    "settings.edit": _("sửa cấu hình hệ thống"),
}

#: what everybody who works somewhere may look at
_EVERYBODY = frozenset(
    {
        *("directives.read", "documents.read", "plans.read", "assignments.read", "reports.read"),
        *("user_tasks.read", "user_tasks.work", "organisations.read", "people.read", "delegations.read"),
        *("calendars.read", "definitions.read", "decisions.read", "instances.read", "history.read"),
    }
)
_OFFICER = _EVERYBODY | {"plans.draft", "assignments.perform", "reports.write"}
_CONSOLIDATOR = frozenset({"reports.request", "reports.consolidate"})
_CLERK = _EVERYBODY | {"directives.register", "documents.register", "documents.issue", "instances.start"}
_UNIT_HEAD = _OFFICER | _CONSOLIDATOR | {"assignments.assign", "assignments.confirm", "user_tasks.reassign"}
_OFFICE_OFFICER = _OFFICER | _CONSOLIDATOR | {"directives.register", "documents.register", "instances.start"}
_HEAD = (
    _UNIT_HEAD
    | {"directives.instruct", "directives.close", "plans.issue", "assignments.extend", "assignments.withdraw"}
    | {"reports.sign", "delegations.edit", "instances.start"}
)
_READ_ALL = frozenset(right for right in PERMISSIONS if right.endswith(".read"))


def _roles(*roles: Role) -> Mapping[str, Role]:
    return {role.key: role for role in roles}


#: every role a position may have; lead, coordinator, monitor and consolidator belong to an organisation in
#: one assignment or cycle, and as positions mean the person who does that work there
ROLES: Mapping[str, Role] = _roles(
    Role(key="clerk", title=_("Văn thư"), permissions=_CLERK),
    Role(key="office_head", title=_("Chánh Văn phòng"), permissions=_HEAD | _CLERK),
    Role(key="head", title=_("Thủ trưởng cơ quan"), permissions=_HEAD),
    Role(key="deputy_head", title=_("Cấp phó phụ trách lĩnh vực"), permissions=_HEAD),
    Role(key="unit_head", title=_("Trưởng phòng, trưởng đơn vị"), permissions=_UNIT_HEAD),
    Role(key="officer", title=_("Chuyên viên"), permissions=_OFFICER),
    Role(key="office_officer", title=_("Chuyên viên Văn phòng"), permissions=_OFFICE_OFFICER),
    Role(key="lead", title=_("Đơn vị chủ trì"), permissions=_OFFICER),
    Role(key="coordinator", title=_("Đơn vị phối hợp"), permissions=_OFFICER),
    Role(
        key="monitor",
        title=_("Đơn vị theo dõi, đôn đốc"),
        permissions=_OFFICER | _CONSOLIDATOR | {"assignments.confirm"},
    ),
    Role(key="consolidator", title=_("Đơn vị đầu mối tổng hợp"), permissions=_OFFICER | _CONSOLIDATOR),
    Role(key="inspector", title=_("Thanh tra"), permissions=_READ_ALL, reach=Reach.EVERYWHERE),
    Role(
        key="worker",
        title=_("Bộ xử lý bên ngoài"),
        permissions=frozenset({"jobs.work"}),
        reach=Reach.EVERYWHERE,
    ),
    Role(
        key="admin", title=_("Quản trị hệ thống"), permissions=frozenset(PERMISSIONS), reach=Reach.EVERYWHERE
    ),
)
