"""Roles that people hold in organisations (§2.1) and the rights that come with them.

A right is a verb on a type of resource (`reports.sign`). Whose things it is for: `directives.access`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


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
    #: Vietnamese title
    title: str
    permissions: frozenset[str]
    reach: Reach = Reach.SUBTREE


#: every right of the house with its Vietnamese name
PERMISSIONS: Mapping[str, str] = {
    "directives.read": "xem văn bản chỉ đạo",
    "directives.register": "vào sổ và tiếp nhận văn bản chỉ đạo",
    "directives.instruct": "cho ý kiến chỉ đạo",
    "directives.close": "kết thúc chu trình thực hiện",
    "documents.read": "xem văn bản",
    "documents.register": "vào sổ văn bản",
    "documents.issue": "phát hành văn bản",
    "plans.read": "xem kế hoạch",
    "plans.draft": "soạn kế hoạch",
    "plans.issue": "ban hành kế hoạch",
    "assignments.read": "xem nhiệm vụ",
    "assignments.assign": "giao nhiệm vụ",
    "assignments.perform": "tiếp nhận, cập nhật và báo cáo kết quả nhiệm vụ",
    "assignments.confirm": "xác nhận kết quả nhiệm vụ",
    "assignments.extend": "quyết định gia hạn nhiệm vụ",
    "assignments.withdraw": "thu hồi, tạm dừng hoặc hủy nhiệm vụ",
    "reports.read": "xem báo cáo",
    "reports.write": "soạn và gửi báo cáo của đơn vị",
    "reports.request": "yêu cầu báo cáo",
    "reports.consolidate": "tổng hợp báo cáo",
    "reports.sign": "ký báo cáo",
    "user_tasks.read": "xem việc cần làm",
    "user_tasks.work": "nhận và hoàn thành việc cần làm",
    "user_tasks.reassign": "chuyển việc cần làm cho người khác",
    "organisations.read": "xem danh bạ cơ quan",
    "organisations.edit": "sửa danh bạ cơ quan",
    "people.read": "xem danh bạ cán bộ",
    "people.edit": "sửa danh bạ cán bộ",
    "delegations.read": "xem ủy quyền",
    "delegations.edit": "lập và chấm dứt ủy quyền",
    "calendars.read": "xem lịch làm việc",
    "calendars.edit": "sửa lịch làm việc",
    "definitions.read": "xem quy trình",
    "definitions.edit": "sửa quy trình",
    "definitions.approve": "phê duyệt quy trình",
    "definitions.deploy": "triển khai quy trình",
    "decisions.read": "xem bảng quyết định",
    "decisions.evaluate": "chạy thử bảng quyết định",
    "instances.read": "xem phiên thực hiện quy trình",
    "instances.start": "khởi tạo phiên thực hiện quy trình",
    "instances.repair": "can thiệp vào phiên thực hiện quy trình",
    "messages.send": "gửi thông điệp vào quy trình",
    "jobs.work": "xử lý công việc tự động",
    "incidents.read": "xem sự cố",
    "incidents.resolve": "xử lý sự cố",
    "history.read": "xem lịch sử xử lý",
    "audit.read": "xem nhật ký hệ thống",
    "webhooks.read": "xem webhook",
    "webhooks.edit": "cấu hình webhook",
    "accounts.read": "xem tài khoản",
    "accounts.edit": "quản lý tài khoản",
    "settings.edit": "sửa cấu hình hệ thống",
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
    Role(key="clerk", title="Văn thư", permissions=_CLERK),
    Role(key="office_head", title="Chánh Văn phòng", permissions=_HEAD | _CLERK),
    Role(key="head", title="Thủ trưởng cơ quan", permissions=_HEAD),
    Role(key="deputy_head", title="Cấp phó phụ trách lĩnh vực", permissions=_HEAD),
    Role(key="unit_head", title="Trưởng phòng, trưởng đơn vị", permissions=_UNIT_HEAD),
    Role(key="officer", title="Chuyên viên", permissions=_OFFICER),
    Role(key="office_officer", title="Chuyên viên Văn phòng", permissions=_OFFICE_OFFICER),
    Role(key="lead", title="Đơn vị chủ trì", permissions=_OFFICER),
    Role(key="coordinator", title="Đơn vị phối hợp", permissions=_OFFICER),
    Role(
        key="monitor",
        title="Đơn vị theo dõi, đôn đốc",
        permissions=_OFFICER | _CONSOLIDATOR | {"assignments.confirm"},
    ),
    Role(key="consolidator", title="Đơn vị đầu mối tổng hợp", permissions=_OFFICER | _CONSOLIDATOR),
    Role(key="inspector", title="Thanh tra", permissions=_READ_ALL, reach=Reach.EVERYWHERE),
    Role(key="admin", title="Quản trị hệ thống", permissions=frozenset(PERMISSIONS), reach=Reach.EVERYWHERE),
)
