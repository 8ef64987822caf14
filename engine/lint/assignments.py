"""User tasks: somebody must get them, and their dates and priorities must be readable."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from engine import expressions, iso8601
from engine.bpmn import CAMUNDA, due_date, extensions
from engine.feel import iso
from engine.findings import Finding
from engine.lint.model import Diagram, Node
from engine.rules import error, warning
from foundation.texts import _

NOBODY = warning(
    "user-task.nobody",
    _("Nhiệm vụ {name} chưa giao cho ai; hãy đặt người thực hiện, nhóm thực hiện, hoặc vẽ vào một làn."),
    why=_("Nhiệm vụ không giao cho ai thì không hiện trong hộp việc của ai."),
    example='<bpmn:userTask id="u"/>',
)
CANDIDATE_USERS = error(
    "user-task.candidate-users",
    _("Nhiệm vụ {name} dùng candidateUsers, chưa được hỗ trợ; hãy dùng candidateGroups hoặc assignee."),
    why=_("Bỏ qua danh sách này thì sai người được làm."),
    example='camunda:candidateUsers="an, bình"',
)
TIME = error(
    "user-task.time-invalid",
    _(
        "{name}: {attribute} “{found}” không phải ngày, thời điểm hay khoảng thời gian ISO "
        "8601; hãy viết như "
        "2026-01-15, P3D, hoặc một biểu thức bắt đầu bằng “=”."
    ),
    why=_("Hạn viết sai thì không nhắc, không báo trễ được."),
    example='camunda:dueDate="15/01/2026"',
)
PRIORITY = error(
    "user-task.priority-invalid",
    _(
        "Nhiệm vụ {name}: mức ưu tiên “{found}” phải là số nguyên hoặc biểu thức bắt đầu bằng “=”; "
        "hãy sửa lại."
    ),
    why=_("Hộp việc sắp xếp theo số ưu tiên."),
    example='camunda:priority="cao"',
)
FORM_DATA = warning(
    "user-task.form-data",
    _(
        "Nhiệm vụ {name} khai báo trường ngay trong sơ đồ (formData), không được dùng; hãy tạo biểu "
        "mẫu và chọn formKey."
    ),
    why=_("Biểu mẫu được quản lý riêng theo phiên bản."),
    example="<camunda:formData>",
)

PAST_DUE = warning(
    "user-task.past-due",
    _("{name}: {attribute} “{found}” đã qua; hãy đặt một khoảng như P3D hoặc biểu thức tính hạn."),
    why=_("Hạn cố định đã qua thì nhiệm vụ vừa mở đã trễ."),
    example='camunda:dueDate="2020-01-15"',
)
FOLLOW_UP_LATE = warning(
    "user-task.follow-up-late",
    _(
        "Nhiệm vụ {name}: ngày theo dõi “{found}” sau hạn “{due}”; hãy đặt ngày theo dõi trước hạn "
        "để còn kịp "
        "nhắc."
    ),
    why=_("Ngày theo dõi là ngày xem lại việc trước khi hết hạn."),
    example='camunda:dueDate="P3D" camunda:followUpDate="P5D"',
)


def check(diagram: Diagram) -> Iterator[Finding]:
    """Give the user tasks that nobody gets, and the tasks and calls whose dates cannot be read."""
    for node in diagram.of_kind("userTask"):
        yield from _who(diagram, node)
        for name in ("dueDate", "followUpDate"):
            yield from _when(diagram, node, name, (node.xml.get(f"{CAMUNDA}{name}") or "").strip())
        yield from _order(diagram, node)
        yield from _rest(diagram, node)
    for node in diagram.of_kind("callActivity"):
        yield from _when(diagram, node, "dueDate", due_date(node.xml))


def _when(diagram: Diagram, node: Node, name: str, text: str) -> Iterator[Finding]:
    if text and not expressions.is_marked(text) and not _is_time(text):
        yield TIME.at(node.xml, diagram.file, attribute=f"camunda:{name}", found=text)
    elif diagram.now is not None and _has_passed(text, diagram.now):
        yield PAST_DUE.at(node.xml, diagram.file, attribute=f"camunda:{name}", found=text)


def _rest(diagram: Diagram, node: Node) -> Iterator[Finding]:
    priority = (node.xml.get(f"{CAMUNDA}priority") or "").strip()
    if priority and not expressions.is_marked(priority) and not _is_integer(priority):
        yield PRIORITY.at(node.xml, diagram.file, found=priority)
    if next(extensions(node.xml, f"{CAMUNDA}formData"), None) is not None:
        yield FORM_DATA.at(node.xml, diagram.file)


def _who(diagram: Diagram, node: Node) -> Iterator[Finding]:
    if node.xml.get(f"{CAMUNDA}candidateUsers"):
        yield CANDIDATE_USERS.at(node.xml, diagram.file)
        return
    given = any((node.xml.get(f"{CAMUNDA}{name}") or "").strip() for name in ("assignee", "candidateGroups"))
    if not given and not _is_in_lane(diagram, node):
        yield NOBODY.at(node.xml, diagram.file)


def _is_in_lane(diagram: Diagram, node: Node) -> bool:
    """Tell whether the task, or a sub-process around it, is drawn in a lane."""
    if node.id in diagram.lanes:
        return True
    scope = node.scope
    while not scope.is_process and scope.parent is not None:
        if scope.xml.get("id") in diagram.lanes:
            return True
        scope = scope.parent
    return False


def _is_time(text: str) -> bool:
    literal = iso8601.read(text)
    return literal is not None and literal.kind != "cycle" and not literal.is_negative


def _has_passed(text: str, now: datetime) -> bool:
    literal = None if expressions.is_marked(text) else iso8601.read(text)
    return literal is not None and literal.is_before(now)


def _order(diagram: Diagram, node: Node) -> Iterator[Finding]:
    """Compare due and follow-up where both are literals of the same kind."""
    due, follow_up = (
        (node.xml.get(f"{CAMUNDA}{name}") or "").strip() for name in ("dueDate", "followUpDate")
    )
    first, second = iso8601.read(due), iso8601.read(follow_up)
    if first is None or second is None or first.kind != second.kind:
        return
    lengths = (_length(due), _length(follow_up))
    is_late = lengths[0] is not None and lengths[1] is not None and lengths[1] > lengths[0]
    if first.kind == "date":
        is_late = str(second.moment) > str(first.moment)
    if is_late:
        yield FOLLOW_UP_LATE.at(node.xml, diagram.file, found=follow_up, due=due)


def _length(text: str) -> timedelta | None:
    """Give the length of a duration of days and less; months have none."""
    try:
        found = iso.parse_duration(text)
    except iso.IsoError:
        return None
    return found.rest if not found.months else None


def _is_integer(text: str) -> bool:
    return text.removeprefix("-").isdecimal()
