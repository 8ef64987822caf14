"""What may be done on the page of an assignment: the acts, what each asks, and to whom each is offered.

The offer only spares people a refusal; the use cases of `processes.performing` check every right and state.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from directives import access, assignments, deadlines, difficulties, extensions
from directives.access import Principal
from directives.assignment_tables import Assignment, AssignmentCoordinator
from directives.deadlines import Deadline, DeadlineKind
from directives.difficulties import Difficulty
from directives.extensions import PENDING, Extension
from directives.openings import NewAssignment
from directives.states import ENDED, OPEN, WORKING, State
from foundation.database import UnitOfWork
from foundation.errors import Invalid
from foundation.texts import Text, _
from processes import performing
from web.days import day_of

Given = Mapping[str, str]
Perform = Callable[[UnitOfWork, Principal, str, Given], Any]


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing a person may do, on a page of its own."""

    #: the question of the page
    title: Text
    #: the word on the button, and on the link that leads to the page
    verb: Text
    icon: str
    #: said when it is done
    done: Text
    #: names of the fields it asks: see the template
    fields: tuple[str, ...]
    perform: Perform
    #: what people should know before
    advice: Text | None = None
    is_grave: bool = False


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What else decides about the acts: requests, difficulties, coordinators."""

    extensions: list[Extension]
    difficulties: list[Difficulty]
    coordinators: list[AssignmentCoordinator]

    @property
    def pending(self) -> Extension | None:
        """Give the request that waits for an answer."""
        return next((one for one in self.extensions if one.status in PENDING), None)

    @property
    def blocked(self) -> bool:
        """Tell whether a difficulty waits for a decision."""
        return any(one.status == "raised" for one in self.difficulties)


def standing(session: Session, assignment: Assignment) -> Standing:
    """Read what decides about the acts; three queries."""
    return Standing(
        extensions=extensions.of_assignment(session, assignment.id),
        difficulties=difficulties.of_assignment(session, assignment.id),
        coordinators=assignments.coordinators(session, assignment.id),
    )


def allowed(who: Principal, assignment: Assignment, now: Standing) -> list[str]:
    """Give the acts to offer somebody, in the order of the page."""
    state = State(assignment.state)
    offered = {
        **_of_lead(who, assignment, now),
        "input": bool(inputs_of(who, now)) and state not in ENDED,
        **_of_assigner(who, assignment),
    }
    return [act for act in ACTS if offered.get(act)]


def inputs_of(who: Principal, now: Standing) -> list[str]:
    """Give the coordinating organisations in whose name somebody may give an input."""
    return [
        one.organisation_id
        for one in now.coordinators
        if _works_in(who, one.organisation_id)
        and access.allow(who, "assignments.perform", one.organisation_id)
    ]


def _of_lead(who: Principal, assignment: Assignment, now: Standing) -> dict[str, bool]:
    state, lead = State(assignment.state), assignment.lead_id
    if not access.allow(who, "assignments.perform", lead) or not (who.is_admin or _works_in(who, lead)):
        return {}
    is_working = state in WORKING
    return {
        "progress": is_working,
        "extension": is_working and assignment.current_due is not None and now.pending is None,
        "withdraw-extension": now.pending is not None,
        "difficulty": is_working and not now.blocked,
        "split": is_working and access.allow(who, "assignments.assign", lead),
        "recall": state is State.AWAITING_CONFIRMATION,
    }


def _of_assigner(who: Principal, assignment: Assignment) -> dict[str, bool]:
    state, giver = State(assignment.state), assignment.organisation_id
    watches = access.allow(who, "assignments.confirm", assignment.monitor_id or giver)
    withdraws = access.allow(who, "assignments.withdraw", giver)
    is_running = state not in ENDED and state is not State.SUSPENDED
    return {
        "urge": state in OPEN and (watches or access.allow(who, "assignments.confirm", giver)),
        "redate": is_running and access.allow(who, "assignments.extend", assignment.due_holder_id),
        "reassign": state in WORKING and access.allow(who, "assignments.assign", giver),
        "suspend": withdraws and is_running and state is not State.AWAITING_CONFIRMATION,
        "resume": withdraws and state is State.SUSPENDED,
        "cancel": withdraws and state not in ENDED,
    }


def _works_in(who: Principal, organisation_id: str) -> bool:
    return any(group.partition("@")[2] == organisation_id for group in who.groups)


def _progress(work: UnitOfWork, who: Principal, assignment_id: str, given: Given) -> None:
    percent = given.get("progress", "").strip()
    if not percent.isdigit():
        raise Invalid(
            fields={"progress": _("Cần số phần trăm từ 0 đến 100, nhận được “{found}”.", found=percent[:20])}
        )
    performing.report_progress(work, who, assignment_id, int(percent), given.get("text", ""))


def _extension(work: UnitOfWork, who: Principal, assignment_id: str, given: Given) -> None:
    performing.request_extension(
        work,
        who,
        assignment_id,
        wanted_due=_day("wanted_due", given),
        reason=given.get("reason", ""),
        request_document_id=given.get("request_document_id") or None,
    )


def _withdraw(work: UnitOfWork, who: Principal, assignment_id: str, _given: Given) -> None:
    pending = Standing(
        extensions=extensions.of_assignment(work.session, assignment_id), difficulties=[], coordinators=[]
    ).pending
    if pending is None:
        raise Invalid(_("Không có đề nghị gia hạn nào đang chờ."), assignment=assignment_id)
    performing.withdraw_extension(work, who, pending.id)


def _difficulty(work: UnitOfWork, who: Principal, assignment_id: str, given: Given) -> None:
    performing.raise_difficulty(
        work, who, assignment_id, given.get("text", ""), proposal=given.get("proposal", "")
    )


def _input(work: UnitOfWork, who: Principal, assignment_id: str, given: Given) -> None:
    if not given.get("text", "").strip():
        raise Invalid(fields={"text": _("Cần ghi ý kiến phối hợp.")})
    performing.give_input(work, who, assignment_id, given.get("organisation", ""), given["text"])


def _split(work: UnitOfWork, who: Principal, assignment_id: str, given: Given) -> None:
    due = day_of("due", given.get("due", ""))
    deadline = deadlines.NO_DEADLINE
    if due is not None:
        deadline = Deadline(kind=DeadlineKind.FIXED, original_due=due, current_due=due)
    if not given.get("lead", ""):
        raise Invalid(fields={"lead": _("Cần chọn đơn vị thực hiện phần việc này.")})
    part = NewAssignment(lead_id=given["lead"], content=given.get("content", ""), deadline=deadline)
    performing.split(work, who, assignment_id, [part])


def _recall(work: UnitOfWork, who: Principal, assignment_id: str, given: Given) -> None:
    performing.recall(work, who, assignment_id, given.get("reason", ""))


def _urge(work: UnitOfWork, who: Principal, assignment_id: str, given: Given) -> None:
    performing.urge(work, who, assignment_id, given.get("text", ""))


def _redate(work: UnitOfWork, who: Principal, assignment_id: str, given: Given) -> None:
    performing.redate(work, who, assignment_id, _day("due", given), given.get("reason", ""))


def _reassign(work: UnitOfWork, who: Principal, assignment_id: str, given: Given) -> None:
    if not given.get("lead", ""):
        raise Invalid(fields={"lead": _("Cần chọn đơn vị chủ trì mới.")})
    performing.reassign(work, who, assignment_id, given["lead"], given.get("reason", ""))


def _suspend(work: UnitOfWork, who: Principal, assignment_id: str, given: Given) -> None:
    resume_on = day_of("resume_on", given.get("resume_on", ""))
    performing.suspend(work, who, assignment_id, given.get("reason", ""), resume_on=resume_on)


def _resume(work: UnitOfWork, who: Principal, assignment_id: str, given: Given) -> None:
    due = day_of("due", given.get("due", ""))
    performing.resume(work, who, assignment_id, given.get("reason", ""), due=due)


def _cancel(work: UnitOfWork, who: Principal, assignment_id: str, given: Given) -> None:
    performing.cancel(work, who, assignment_id, given.get("reason", ""))


def _day(field: str, given: Given) -> date:
    found = day_of(field, given.get(field, ""), is_required=True)
    assert found is not None  # noqa: S101  day_of raises when a required day is missing
    return found


#: acts by the name in the address, in the order of the page
ACTS: Mapping[str, Act] = {
    "progress": Act(
        title=_("Nhiệm vụ làm đến đâu rồi?"),
        verb=_("Cập nhật tiến độ"),
        icon="progress",
        done=_("Đã cập nhật tiến độ."),
        fields=("progress", "text"),
        perform=_progress,
    ),
    "extension": Act(
        title=_("Xin gia hạn đến ngày nào?"),
        verb=_("Xin gia hạn"),
        icon="clock-history",
        done=_("Đã gửi đề nghị gia hạn; thời hạn chỉ đổi khi được đồng ý."),
        fields=("wanted_due", "reason"),
        perform=_extension,
        advice=_(
            "Thời hạn hiện tại vẫn tính cho đến khi có quyết định. "
            "Nên xin trước khi đến hạn: đề nghị nộp muộn vẫn nhận nhưng bị đánh dấu."
        ),
    ),
    "withdraw-extension": Act(
        title=_("Rút đề nghị gia hạn?"),
        verb=_("Rút đề nghị gia hạn"),
        icon="undo",
        done=_("Đã rút đề nghị gia hạn."),
        fields=(),
        perform=_withdraw,
        advice=_("Thời hạn hiện tại được giữ nguyên."),
    ),
    "difficulty": Act(
        title=_("Đang vướng mắc điều gì?"),
        verb=_("Báo khó khăn, vướng mắc"),
        icon="warning",
        done=_("Đã gửi báo cáo vướng mắc."),
        fields=("difficulty", "proposal"),
        perform=_difficulty,
        advice=_("Thời hạn vẫn được tính trong khi chờ chỉ đạo."),
    ),
    "input": Act(
        title=_("Ý kiến phối hợp của đơn vị là gì?"),
        verb=_("Gửi ý kiến phối hợp"),
        icon="comment",
        done=_("Đã gửi ý kiến phối hợp."),
        fields=("organisation", "input"),
        perform=_input,
    ),
    "split": Act(
        title=_("Giao phần việc nào, cho ai?"),
        verb=_("Tách nhiệm vụ con"),
        icon="tree",
        done=_("Đã giao nhiệm vụ con."),
        fields=("content", "lead", "part_due"),
        perform=_split,
        advice=_(
            "Thời hạn của phần việc không được muộn hơn thời hạn của nhiệm vụ này; "
            "để trống thì lấy cùng thời hạn."
        ),
    ),
    "recall": Act(
        title=_("Lấy lại kết quả đã gửi?"),
        verb=_("Lấy lại kết quả"),
        icon="undo",
        done=_("Đã lấy lại kết quả; nhiệm vụ trở về bước thực hiện."),
        fields=("reason",),
        perform=_recall,
    ),
    "urge": Act(
        title=_("Đôn đốc đơn vị chủ trì về điều gì?"),
        verb=_("Đôn đốc"),
        icon="alarm",
        done=_("Đã đôn đốc đơn vị chủ trì."),
        fields=("urging",),
        perform=_urge,
        advice=_("Mỗi lần đôn đốc được đếm và ghi vào báo cáo."),
    ),
    "redate": Act(
        title=_("Đổi thời hạn thành ngày nào?"),
        verb=_("Đổi thời hạn"),
        icon="calendar",
        done=_("Đã đổi thời hạn; thời hạn ban đầu vẫn được lưu."),
        fields=("due", "reason"),
        perform=_redate,
    ),
    "reassign": Act(
        title=_("Giao lại cho đơn vị nào?"),
        verb=_("Giao lại cho đơn vị khác"),
        icon="people",
        done=_("Đã giao lại nhiệm vụ."),
        fields=("lead", "reason"),
        perform=_reassign,
        advice=_("Đơn vị đang chủ trì được báo; lịch sử thực hiện được giữ lại."),
    ),
    "suspend": Act(
        title=_("Tạm dừng nhiệm vụ vì sao?"),
        verb=_("Tạm dừng"),
        icon="pause",
        done=_("Đã tạm dừng nhiệm vụ."),
        fields=("reason", "resume_on"),
        perform=_suspend,
        advice=_("Trong thời gian tạm dừng, thời hạn không được tính."),
    ),
    "resume": Act(
        title=_("Cho tiếp tục thực hiện?"),
        verb=_("Tiếp tục thực hiện"),
        icon="play",
        done=_("Nhiệm vụ được tiếp tục."),
        fields=("reason", "resumed_due"),
        perform=_resume,
        advice=_("Để trống thời hạn mới thì thời hạn lùi đúng bằng số ngày làm việc đã tạm dừng."),
    ),
    "cancel": Act(
        title=_("Hủy nhiệm vụ này vì sao?"),
        verb=_("Hủy nhiệm vụ"),
        icon="cancel",
        done=_("Đã hủy nhiệm vụ."),
        fields=("reason",),
        perform=_cancel,
        is_grave=True,
        advice=_("Nhiệm vụ đã hủy không khôi phục được và không tính vào kết quả thực hiện."),
    ),
}
