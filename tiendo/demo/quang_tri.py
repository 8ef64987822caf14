"""Quảng Trị: conclusions of the director of the Sở, being drafted into a table of tasks these days.

The document is of 2023; its dates are moved as one to the present, so that somebody has current work.
"""

from collections.abc import Callable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from directives import plans
from directives.access import Principal
from directives.plan_tables import Plan
from foundation.database import UnitOfWork
from foundation.vietnamese import ROMAN_QUARTERS, format_date
from processes import planning, receiving
from processes.autopilot import Autopilot
from tiendo.demo.habits import Habit, Step
from tiendo.demo.story import Story, at, later, read, text

KEY = ("qt.khcn", "")


def habit(story: Story) -> Habit:
    """Registered and instructed last week; the officer is drafting."""
    return Habit(
        steps={
            "register": Step(),
            "instruct": Step(
                values={
                    "instruct_decision": "issue_plan",
                    "instruction": "Phòng Quản lý Khoa học lập bảng phân công, nêu rõ người làm và thời hạn.",
                    "drafting_unit": story.id("qt.qlkh"),
                    "monitor": story.id("qt.khcn"),
                    "consolidator": story.id("qt.qlkh"),
                }
            ),
            "assign_drafting": Step(values={"drafter": story.account("chuyenvien.quangtri")}),
        }
    )


def redated(content: str, story: Story) -> str:
    """Give the conclusions with their dates moved to the present."""
    meeting = story.working_day(-8)

    def month(offset: int) -> tuple[int, int]:
        index = meeting.year * 12 + meeting.month - 1 + offset
        return index // 12, index % 12 + 1

    (last_year, last), (quarter_year, quarter_month) = month(3), month(6)
    quarter = ROMAN_QUARTERS[(quarter_month - 1) // 3]
    moved = {
        "ngày tháng năm 2023": f"ngày tháng năm {meeting.year}",
        "Ngày 05/9/2023": f"Ngày {format_date(meeting)}",
        "đầu tháng 12/2023": f"đầu tháng {last}/{last_year}",
        "từ tháng 11-12/2023": "từ tháng {1}/{0} đến tháng {3}/{2}".format(*month(2), *month(3)),
        "tháng 10/2023": "tháng {1}/{0}".format(*month(1)),
        "tháng 9/2023": "tháng {1}/{0}".format(*month(0)),
        "quý I năm 2024": f"quý {quarter} năm {quarter_year}",
        "năm 2024": f"năm {meeting.year + 1}",
        "năm 2023": f"năm {meeting.year}",
    }
    for true, present in moved.items():
        content = content.replace(true, present)
    return content


def tell(autopilot: Autopilot, story: Story) -> None:
    """Let the conclusions be received; the officer has named some leads and days so far."""
    content = redated(text("quang-tri-thong-bao-ket-luan"), story)
    later(autopilot, story, at(story.working_day(-7), "08:20"), "vanthu.quangtri")(
        receiving.receive,
        story.id("qt.khcn"),
        proposal=read(content),
        lines=content.splitlines(),
        received_on=story.working_day(-7),
    )
    changes = (
        (-2, "15:20", "hồ sơ chấm dứt hợp đồng", "qt.khtc", story.working_day(12)),
        (-1, "09:45", "công nghệ sinh học", "qt.trung-tam", story.working_day(40)),
        (-1, "10:05", "lớp tập huấn", "qt.qlkh", story.working_day(60)),
    )
    for days, hour, words, lead, due in changes:
        later(autopilot, story, at(story.working_day(days), hour), "chuyenvien.quangtri")(
            _edit(story, lead, due), _item(story, words)
        )


def _item(story: Story, words: str) -> Callable[[Session], plans.ItemView]:
    def find(session: Session) -> plans.ItemView:
        plan = session.scalars(select(Plan).where(Plan.organisation_id == story.id("qt.khcn"))).one()
        return next(one for one in plans.items(session, plan.id) if words in one.draft.content)

    return find


def _edit(story: Story, lead: str, due: date) -> Callable[..., None]:
    def edit(work: UnitOfWork, principal: Principal, item: plans.ItemView) -> None:
        changes = {"leads": (story.party(lead),), "deadline": story.due(due)}
        planning.edit_item(work, principal, item.id, item.version, changes)

    return edit
